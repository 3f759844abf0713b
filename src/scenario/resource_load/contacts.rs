//! Which calls of a visit are the first to a database, since its connection is kept from then on.
//!
//! Calls one after the other come to any of the replicas of a database, since those of other requests
//! come between them; calls side by side take their turns.

use super::members::{Part, node};
use super::reckoning::{Reckoned, StageReckoned};
use crate::nodes::NodeKind;
use crate::parts::count::Count;
use crate::scenario::model::{NodeId, Scenario, Target};
use rustc_hash::FxHashMap;

/// Connections that a visit opens by one of its calls and keeps until it ends.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Which stage of the visit, and which call of the stage.
    pub stage: usize,
    pub call: usize,
    /// How often the call has been handed over when it comes to the database.
    pub moves: usize,
    pub database: NodeId,
    /// Alike replicas, and how many connections to them a visit opens by this call on average.
    pub replicas: Part,
    pub opened: f64,
    /// How many of its calls find none: those side by side begin before any of them has opened one.
    pub greeting: f64,
    /// How many calls of the same stage are made while these are open, over all of them.
    pub calls: f64,
}

/// The same for the caller's pool, of which a visit takes one for all it asks a database.
#[derive(Clone, Debug)]
pub struct Borrowing {
    pub stage: usize,
    pub call: usize,
    pub target: Target,
    pub opened: f64,
    pub calls: f64,
}

/// The chance that a visit has no connection yet to one of some replicas.
struct Untouched {
    stage: usize,
    /// Before this stage, and behind the calls of it so far.
    before: f64,
    now: f64,
}

impl Default for Untouched {
    fn default() -> Self {
        Untouched { stage: 0, before: 1.0, now: 1.0 }
    }
}

impl Untouched {
    fn begin(&mut self, stage: usize) {
        if stage != self.stage {
            (self.stage, self.before) = (stage, self.now);
        }
    }
}

/// In the order of the calls.
pub fn contacts(scenario: &Scenario, stages: &[StageReckoned]) -> Vec<Contact> {
    let mut untouched: FxHashMap<(NodeId, Part), Untouched> = FxHashMap::default();
    let mut contacts = Vec::new();
    each_call(stages, |stage, call, reckoned, side_by_side| {
        for (moves, step) in reckoned.steps().enumerate() {
            for member in &step.members {
                let NodeKind::Database(_) = node(scenario, member.at.node).kind else { continue };
                let all = node(scenario, member.at.node).replicas;
                let each = member.at.share / f64::from(member.at.replicas.count(all));
                for (replicas, count) in member.at.replicas.halves(all) {
                    let known = untouched.entry((member.at.node, replicas)).or_default();
                    known.begin(stage);
                    let (times, chance) = (&reckoned.call.times, reckoned.call.chance);
                    let (opened, calls) = match side_by_side {
                        true => (chance * times.mean_at_most(1.0 / each) * each, 0.0),
                        false => first_of(times, chance, each),
                    };
                    let often = f64::from(count) * known.now;
                    let greeting = match side_by_side {
                        true => f64::from(count) * known.before * chance * times.mean() * each,
                        false => often * opened,
                    };
                    contacts.push(Contact {
                        stage,
                        call,
                        moves,
                        database: member.at.node,
                        replicas,
                        opened: often * opened,
                        greeting,
                        calls: often * calls,
                    });
                    known.now *= 1.0 - opened;
                }
            }
        }
    });
    contacts
}

/// What is asked side by side is asked over one connection, taken before.
pub fn borrowings(scenario: &Scenario, stages: &[StageReckoned]) -> Vec<Borrowing> {
    let mut untouched: Vec<(Target, f64)> = Vec::new();
    let mut borrowings = Vec::new();
    each_call(stages, |stage, call, reckoned, side_by_side| {
        let target = reckoned.call.target;
        let first = scenario.nodes_of(target).first().copied();
        let asks = first.is_some_and(|id| matches!(node(scenario, id).kind, NodeKind::Database(_)));
        if !asks {
            return;
        }
        let known = untouched.iter().position(|(known, _)| *known == target);
        let place = known.unwrap_or_else(|| {
            untouched.push((target, 1.0));
            untouched.len() - 1
        });
        let left = &mut untouched[place].1;
        let (opened, calls) = match side_by_side {
            true => (1.0, 0.0),
            false => first_of(&reckoned.call.times, reckoned.call.chance, 1.0),
        };
        borrowings.push(Borrowing { stage, call, target, opened: *left * opened, calls: *left * calls });
        *left *= 1.0 - opened;
    });
    borrowings
}

fn each_call(stages: &[StageReckoned], mut look: impl FnMut(usize, usize, &Reckoned, bool)) {
    for (number, stage) in stages.iter().enumerate() {
        for (place, reckoned) in stage.calls.iter().enumerate() {
            look(number, place, reckoned, stage.side_by_side);
        }
    }
}

/// Of calls that come to a replica with a chance each: the chance that one of them does, and how many
/// are made on average from the first of those on, it included.
fn first_of(times: &Count, chance: f64, share: f64) -> (f64, f64) {
    if share <= 0.0 {
        return (0.0, 0.0);
    }
    let opened = 1.0 - times.chance_of_none(1.0 - share);
    let before = (1.0 - share) / share * opened;
    (chance * opened, chance * (times.mean() - before).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_call_is_as_late_as_chance_has_it() {
        // Of three calls the first comes to one of two replicas at once, at the second or at the third.
        let (opened, calls) = first_of(&Count::Fixed(3), 1.0, 0.5);
        assert!((opened - 0.875).abs() < 1e-12 && (calls - (1.5 + 0.5 + 0.125)).abs() < 1e-12, "{calls}");
        let (opened, calls) = first_of(&Count::Fixed(4), 0.5, 1.0);
        assert_eq!((opened, calls), (0.5, 2.0));
        let (opened, calls) = first_of(&Count::Uniform { low: 0, high: 1 }, 1.0, 1.0);
        assert_eq!((opened, calls), (0.5, 0.5));
    }
}
