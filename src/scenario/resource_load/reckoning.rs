//! How long each call of a request takes, from the last node of its path to the first, as long as
//! nobody waits for others.

use super::circumstances::Circumstances;
use super::contacts::{Borrowing, Contact, borrowings, contacts};
use super::members::{Member, behaviour, called, members, node};
use super::moments::Moments;
use super::race::{Race, Runner, race};
use crate::kernel::time::to_seconds;
use crate::nodes::NodeKind;
use crate::scenario::crossing::Links;
use crate::scenario::model::{Call, NodeId, RequestClass, Scenario, Stage, Work};
use rustc_hash::FxHashMap;

/// A call of a path with all that follows from it.
pub struct Reckoned<'a> {
    pub call: &'a Call,
    pub members: Vec<MemberTimes>,
    /// What each member does behind it, as a caller.
    pub inner: Stages<'a>,
    /// Where it moves on to.
    pub next: Option<Box<Reckoned<'a>>>,
}

impl<'a> Reckoned<'a> {
    /// It, and wherever it moves on to.
    pub fn steps(&self) -> impl Iterator<Item = &Reckoned<'a>> {
        std::iter::successors(Some(self), |step| step.next.as_deref())
    }
}

/// A visit to one of those who take a call.
pub struct MemberTimes {
    pub at: Member,
    /// On cores of speed 1.
    pub cpu_seconds: f64,
    /// From getting in to leaving the node.
    pub stay: Moments,
    /// The nodes included that it moves on to.
    pub whole: Moments,
    /// What comes before the calls of the visit, and after them, until it ends.
    pub before_calls: Moments,
    pub after_calls: f64,
    /// The share of the visits that make these calls: of a cache those that miss.
    pub calling_share: f64,
}

/// What a node calls in one visit, one stage after the other.
pub struct Stages<'a> {
    pub list: Vec<StageReckoned<'a>>,
    /// For each caller how long all stages before each take, and all from it on.
    course: Vec<[Vec<Moments>; 2]>,
    pub contacts: Vec<Contact>,
    pub borrowings: Vec<Borrowing>,
}

pub struct StageReckoned<'a> {
    pub calls: Vec<Reckoned<'a>>,
    pub side_by_side: bool,
    /// For each caller, or once where it makes no difference who calls.
    times: Vec<StageTimes>,
}

impl Stages<'_> {
    /// How long the stages before this one take a caller.
    pub fn before(&self, stage: usize, caller: usize) -> Moments {
        self.course[caller.min(self.course.len() - 1)][0][stage]
    }

    /// And those behind it.
    pub fn behind(&self, stage: usize, caller: usize) -> Moments {
        self.course[caller.min(self.course.len() - 1)][1][stage + 1]
    }
}

/// Once where callers are alike.
fn course(list: &[StageReckoned], callers: usize) -> Vec<[Vec<Moments>; 2]> {
    let different = list.iter().map(|stage| stage.times.len()).max().unwrap_or(1);
    let sums = |caller: usize| {
        let takes = || list.iter().map(|stage| stage.times(caller).takes);
        let sum = |sum: &mut Moments, takes: Moments| {
            *sum = sum.then(takes);
            Some(*sum)
        };
        let none = || std::iter::once(Moments::NONE);
        let before: Vec<Moments> = none().chain(takes().scan(Moments::NONE, sum)).collect();
        let mut from: Vec<Moments> = none().chain(takes().rev().scan(Moments::NONE, sum)).collect();
        from.reverse();
        [before, from]
    };
    (0..different.min(callers.max(1)).max(1)).map(sums).collect()
}

impl StageReckoned<'_> {
    /// For the caller of this number.
    pub fn times(&self, caller: usize) -> &StageTimes {
        &self.times[caller.min(self.times.len() - 1)]
    }
}

pub struct StageTimes {
    /// The stage in a visit.
    pub takes: Moments,
    /// Each time that a call is made.
    pub calls: Vec<CallTimes>,
    /// Of those made side by side, what becomes of each.
    pub race: Option<Race>,
}

pub struct CallTimes {
    /// Until its answer is there.
    pub takes: Moments,
    /// Until its answer leaves whoever is called, and until it has come there.
    pub sent: Moments,
    pub comes: f64,
}

/// Where a call stands among those of a visit.
#[derive(Clone, Copy)]
pub struct Place {
    pub stage: usize,
    pub call: usize,
}

pub struct Reckoner<'a> {
    pub scenario: &'a Scenario,
    pub links: &'a Links<'a>,
    pub circumstances: &'a Circumstances,
    pub class: &'a RequestClass,
    /// How long the requests of a recording work at each node.
    pub recorded: FxHashMap<NodeId, Moments>,
}

impl<'a> Reckoner<'a> {
    pub fn stages(&self, callers: &[NodeId], stages: &'a [Stage]) -> Stages<'a> {
        let reckoned = |stage: &'a Stage| StageReckoned {
            calls: stage.calls().iter().map(|call| self.visit(call, false)).collect(),
            side_by_side: matches!(stage, Stage::Parallel(_)),
            times: Vec::new(),
        };
        let mut list: Vec<StageReckoned> = stages.iter().map(reckoned).collect();
        let contacts = contacts(self.scenario, &list);
        let borrowings = borrowings(self.scenario, &list);
        for (number, stage) in stages.iter().enumerate() {
            let first = match stage {
                Stage::Call(_) => None,
                Stage::Parallel(parallel) => parallel.first,
            };
            let alike = self.links.is_empty() && !self.greets(&list[number]);
            let callers = if alike { &callers[..callers.len().min(1)] } else { callers };
            let times = callers
                .iter()
                .map(|&caller| self.stage_times(caller, &list[number], number, first, &contacts));
            list[number].times = times.collect();
        }
        let course = course(&list, callers.len());
        Stages { list, course, contacts, borrowings }
    }

    /// Whether a new connection costs somebody time.
    fn greets(&self, stage: &StageReckoned) -> bool {
        let members = stage.calls.iter().flat_map(|call| &call.members);
        members.into_iter().any(|member| self.greeting_seconds(member.at.node, true) > 0.0)
    }

    fn stage_times(
        &self,
        caller: NodeId,
        stage: &StageReckoned,
        number: usize,
        first: Option<u32>,
        contacts: &[Contact],
    ) -> StageTimes {
        let calls = stage.calls.iter().enumerate().map(|(call, reckoned)| {
            self.call_times(caller, Place { stage: number, call }, reckoned, contacts)
        });
        let calls: Vec<CallTimes> = calls.collect();
        let made = stage.calls.iter().map(|reckoned| reckoned.call).zip(&calls);
        if !stage.side_by_side {
            let repeated = made.map(|(call, times)| times.takes.repeated(&call.times, call.chance));
            return StageTimes { takes: repeated.fold(Moments::NONE, Moments::then), calls, race: None };
        }
        let runners: Vec<Runner> = made
            .map(|(call, &CallTimes { takes, sent, comes })| {
                let (times, chance) = (&call.times, call.chance);
                Runner { takes, sent, comes, times, chance }
            })
            .collect();
        let race = race(&runners, first);
        StageTimes { takes: race.until, calls, race: Some(race) }
    }

    /// Whoever of the members takes it.
    fn call_times(
        &self,
        caller: NodeId,
        place: Place,
        reckoned: &Reckoned,
        contacts: &[Contact],
    ) -> CallTimes {
        let mut comes = 0.0;
        let (mut sent, mut takes) = (Vec::new(), Vec::new());
        for member in &reckoned.members {
            let share = member.at.share;
            let fresh = self.fresh_share(caller, place, reckoned, &member.at, contacts);
            let greeting = fresh * self.greeting_seconds(member.at.node, self.is_encrypted(caller));
            let there = member.whole.then(Moments::constant(greeting));
            let (out, back) = match self.crossing(caller, member.at.node, fresh) {
                Some(crossing) => (crossing.out, crossing.back),
                None => (Moments::NONE, Moments::NONE),
            };
            comes += share * out.mean;
            sent.push((share, out.then(there)));
            takes.push((share, out.then(there).then(back)));
        }
        CallTimes {
            takes: Moments::one_of(takes.into_iter()),
            sent: Moments::one_of(sent.into_iter()),
            comes,
        }
    }

    fn visit(&self, call: &'a Call, moved: bool) -> Reckoned<'a> {
        let found = match moved {
            true => members(self.scenario, call.target),
            false => called(self.scenario, call.target, call.write),
        };
        let nodes: Vec<NodeId> = found.iter().map(|member| member.node).collect();
        let inner = self.stages(&nodes, &call.stages);
        let next = call.hand_over.as_deref().map(|next| Box::new(self.visit(next, true)));
        let times = found.into_iter().enumerate().map(|(number, at)| {
            let ((own, cpu), (after, cpu_after)) =
                (self.work(at.node, call.work_at(at.node)), self.work(at.node, &call.afterwards));
            let fetching = inner.list.iter().map(|stage| stage.times(number).takes);
            let fetching = fetching.fold(Moments::NONE, Moments::then);
            let calling_share = self.circumstances.misses(at.node);
            let stay = own.then(fetching.then(after).perhaps(calling_share));
            let moving = next.as_deref().map_or(Moments::NONE, |next| self.moving(at.node, next));
            MemberTimes {
                at,
                cpu_seconds: cpu + calling_share * cpu_after,
                stay,
                whole: stay.then(moving),
                before_calls: own,
                after_calls: after.mean + moving.mean,
                calling_share,
            }
        });
        let members = times.collect();
        Reckoned { call, members, inner, next }
    }

    /// From leaving one node for another until the visit ends there, or wherever it moves on to.
    fn moving(&self, from: NodeId, next: &Reckoned) -> Moments {
        let way = |member: &MemberTimes| match self.crossing(from, member.at.node, 0.0) {
            Some(crossing) => (member.at.share, crossing.out.then(member.whole)),
            None => (member.at.share, member.whole),
        };
        let ways: Vec<(f64, Moments)> = next.members.iter().map(way).collect();
        Moments::one_of(ways.into_iter())
    }

    /// How long a visit's own work takes, and how much of it is CPU time at speed 1.
    pub fn work(&self, id: NodeId, work: &Work) -> (Moments, f64) {
        let place = node(self.scenario, id);
        let own_cores = behaviour(self.scenario, id).shared_cores.is_some();
        let speed = match place.on.map(|host| &node(self.scenario, host).kind) {
            // A station that shares cores of its own does not work on those of its host.
            Some(NodeKind::Server(server)) if !own_cores => server.speed,
            _ => 1.0,
        };
        let shares = own_cores || place.on.is_some();
        let is_empty = *work == Work::default();
        if let Some(&recorded) = self.recorded.get(&id).filter(|_| !is_empty) {
            return match shares {
                true => (recorded.stretched(1.0 / speed), recorded.mean),
                false => (recorded, 0.0),
            };
        }
        let law = |law: &Option<_>| law.as_ref().map_or(Moments::NONE, Moments::of);
        let (cpu, wait) = (law(&work.cpu), law(&work.wait));
        let wait = wait.then(Moments::constant(to_seconds(work.overhead)));
        let on_cores = match (shares, own_cores) {
            (_, true) => cpu.mean + wait.mean,
            (true, false) => cpu.mean,
            (false, false) => 0.0,
        };
        (cpu.stretched(1.0 / speed).then(wait), on_cores)
    }
}
