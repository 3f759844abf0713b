//! Follows what users send through all that comes of it, and adds up what is asked of each node.

use super::circumstances::Circumstances;
use super::demand::Demand;
use super::leaving::Leaving;
use super::members::{Part, behaviour, members, node};
use super::moments::Moments;
use super::reckoning::{Place, Reckoned, Reckoner, Stages};
use crate::kernel::time::to_seconds;
use crate::nodes::NodeKind;
use crate::nodes::behaviour::WhenCallerLeaves;
use crate::parts::arrivals::{Arrivals, Recording};
use crate::parts::rate_limit::Per;
use crate::parts::resource::{Owner, Party, ResourceKind, Way};
use crate::scenario::crossing::Links;
use crate::scenario::load_estimate::{Sent, expected_visits};
use crate::scenario::model::{Flow, NodeId, Scenario, Target, Walk};
use rustc_hash::FxHashMap;

/// What is asked of everything if so much is sent.
pub fn demand(scenario: &Scenario, sent: &Sent, circumstances: &Circumstances) -> Demand {
    let links = Links::new(scenario);
    let mut demand = Demand::none(scenario);
    let counts_clients = counts_clients(scenario);
    for (number, class) in scenario.classes.iter().enumerate() {
        let senders = sent.of_class(number).iter().copied().filter(|(_, rate)| *rate > 0.0);
        // Whose requests differ from others' are followed by themselves.
        let is_apart = |&(user, _): &(NodeId, f64)| counts_clients || recorded(scenario, user).is_some();
        let (apart, together): (Vec<_>, Vec<_>) = senders.partition(is_apart);
        for users in apart.into_iter().map(|user| vec![user]).chain([together]) {
            let Some(&(first, _)) = users.first() else { continue };
            let recorded = recorded_times(scenario, first);
            let reckoner = Reckoner { scenario, links: &links, circumstances, class, recorded };
            let client = counts_clients.then_some(first);
            let mut following = Following { reckoner: &reckoner, demand: &mut demand, client };
            match &class.flow {
                Flow::Calls(stages) => {
                    let ids: Vec<NodeId> = users.iter().map(|(user, _)| *user).collect();
                    let caller = |&(id, rate): &(NodeId, f64)| Caller {
                        id,
                        rate,
                        before_calls: Moments::NONE,
                        after_calls: 0.0,
                    };
                    let callers: Vec<Caller> = users.iter().map(caller).collect();
                    following.stages(&reckoner.stages(&ids, stages), &callers, Leaving::NEVER);
                }
                Flow::Walk(walk) => following.walk(walk, &users),
            }
        }
    }
    demand
}

fn counts_clients(scenario: &Scenario) -> bool {
    let limits = scenario.nodes.iter().filter_map(|node| node.behaviour.as_ref());
    limits.flat_map(|behaviour| behaviour.limits.iter().flatten()).any(|limit| limit.per == Per::Client)
}

fn recorded(scenario: &Scenario, user: NodeId) -> Option<&Recording> {
    match &node(scenario, user).kind {
        NodeKind::User(user) => match &user.arrivals {
            Arrivals::Replay(recording) if !recording.work.is_empty() => Some(recording),
            _ => None,
        },
        _ => None,
    }
}

/// How long a user's requests work at the nodes of which its recording says so.
fn recorded_times(scenario: &Scenario, user: NodeId) -> FxHashMap<NodeId, Moments> {
    let Some(recording) = recorded(scenario, user) else { return FxHashMap::default() };
    let times = recording.work.iter().filter_map(|work| {
        let number = scenario.nodes.iter().position(|node| node.name == work.node)?;
        let count = work.durations.len().max(1) as f64;
        let mean = work.durations.iter().map(|&time| to_seconds(time)).sum::<f64>() / count;
        let from_mean = |&time: &u64| to_seconds(time) - mean;
        let squares = work.durations.iter().map(from_mean).map(|distance| distance * distance);
        Some((NodeId(number as u32), Moments { mean, variance: squares.sum::<f64>() / count }))
    });
    times.collect()
}

/// Who makes calls, and how many visits to it there are per second that make them.
struct Caller {
    id: NodeId,
    rate: f64,
    /// What comes before the calls, and after them, until the visit ends.
    before_calls: Moments,
    after_calls: f64,
}

struct Following<'a, 'd> {
    reckoner: &'d Reckoner<'a>,
    demand: &'d mut Demand,
    /// The user whose clients are counted one by one.
    client: Option<NodeId>,
}

impl Following<'_, '_> {
    fn stages(&mut self, stages: &Stages, callers: &[Caller], leaving: Leaving) {
        for (number, stage) in stages.list.iter().enumerate() {
            for (call, reckoned) in stage.calls.iter().enumerate() {
                let place = Place { stage: number, call };
                let (rates, begin) = self.calls(stages, place, callers, leaving);
                // Callers of one call are alike in this.
                let first = callers.iter().position(|caller| caller.rate > 0.0).unwrap_or(0);
                let left = callers.get(first).map_or(Leaving::NEVER, |caller| {
                    let comes = stage.times(first).calls[call].comes;
                    match &stage.times(first).race {
                        Some(race) if race.leaves_some() => Leaving::in_race(race, call, comes, begin),
                        _ => {
                            leaving.later(begins(stages, place, first, caller).then(Moments::constant(comes)))
                        }
                    }
                });
                self.visits(reckoned, &rates, left);
            }
        }
        for (number, caller) in callers.iter().enumerate().filter(|(_, caller)| caller.rate > 0.0) {
            self.sessions(stages, number, caller, leaving);
            self.borrowings(stages, number, caller, leaving);
        }
    }

    /// What callers do to make one of their calls; returns how many come to each member per second, and
    /// which share of all that is.
    fn calls(
        &mut self,
        stages: &Stages,
        place: Place,
        callers: &[Caller],
        leaving: Leaving,
    ) -> (Vec<f64>, f64) {
        let stage = &stages.list[place.stage];
        let reckoned = &stage.calls[place.call];
        let often = reckoned.call.chance * reckoned.call.times.mean();
        let mut rates = vec![0.0; reckoned.members.len()];
        let mut made = 0.0;
        for (number, caller) in callers.iter().enumerate() {
            let begins = begins(stages, place, number, caller);
            let calls = caller.rate * often * leaving.going(begins);
            if calls <= 0.0 {
                continue;
            }
            let times = stage.times(number);
            let call = &times.calls[place.call];
            if !stage.side_by_side {
                let within = leaving.during(begins.mean, call.takes.mean);
                let under_way = caller.rate * often * call.takes.mean * within;
                self.calls_under_way(caller.id, reckoned.call.target, under_way);
            }
            let answered = times.race.as_ref().map_or(1.0, |race| race.answered[place.call]);
            let answered = answered * leaving.going(begins.then(call.sent)) / leaving.going(begins);
            made += calls;
            for (rate, member) in rates.iter_mut().zip(&reckoned.members) {
                let fresh =
                    self.reckoner.fresh_share(caller.id, place, reckoned, &member.at, &stages.contacts);
                // Who is not waited for any more while he shakes hands sends nothing.
                let greeted = times.race.as_ref().filter(|race| race.leaves_some()).map_or(1.0, |race| {
                    race.going_at(place.call, self.reckoner.handshake_seconds(caller.id, member.at.node))
                });
                let begin = calls * member.at.share;
                let come = begin * (1.0 - fresh * (1.0 - greeted));
                *rate += come;
                self.come(caller.id, &member.at, come, fresh);
                self.crosses(caller.id, member.at.node, come, Some(begin * answered));
            }
        }
        let come: f64 = rates.iter().sum();
        (rates, if made > 0.0 { come / made } else { 1.0 })
    }

    /// New connections cost those time to whom they are made.
    fn come(&mut self, from: NodeId, to: &super::members::Member, come: f64, fresh: f64) {
        let is_encrypted = self.reckoner.is_encrypted(from);
        let cpu = come * fresh * self.reckoner.greeting_cpu_seconds(to.node, is_encrypted);
        if cpu <= 0.0 {
            return;
        }
        let seconds = come * fresh * self.reckoner.greeting_seconds(to.node, is_encrypted);
        let is_database = matches!(node(self.reckoner.scenario, to.node).kind, NodeKind::Database(_));
        let demand = self.demand.at(to.node);
        demand.cpu.add(to.replicas, cpu);
        demand.inside.add(to.replicas, seconds);
        if !is_database {
            demand.slots.add(to.replicas, seconds);
        }
    }

    /// So many calls per second, and so many answers if there are any.
    fn crosses(&mut self, from: NodeId, to: NodeId, calls: f64, answers: Option<f64>) {
        let class = self.reckoner.class;
        let Some(crossing) = self.reckoner.crossing(from, to, 0.0) else { return };
        let out = calls * crossing.share * class.request_bytes as f64;
        self.demand.sends(crossing.link, Way::Out, out);
        if let Some(answers) = answers {
            let back = answers * crossing.share * class.response_bytes as f64;
            self.demand.sends(crossing.link, Way::Back, back);
        }
    }

    /// What a caller holds while so many of its calls are under way.
    fn calls_under_way(&mut self, caller: NodeId, target: Target, under_way: f64) {
        let scenario = self.reckoner.scenario;
        let Some(behaviour) = &node(scenario, caller).behaviour else { return };
        if behaviour.calling.takes_extra_slot {
            self.demand.at(caller).slots.add(Part::All, under_way);
        }
        if behaviour.calling.caution.is_some_and(|caution| caution.bulkhead.is_some()) {
            for kind in [ResourceKind::InFlight, ResourceKind::InFlightInAll] {
                self.demand.keeps(kind, between(caller, target), under_way);
            }
        }
    }

    fn visits(&mut self, reckoned: &Reckoned, rates: &[f64], leaving: Leaving) {
        let scenario = self.reckoner.scenario;
        let stops = |id| behaviour(scenario, id).when_caller_leaves == WhenCallerLeaves::Stop;
        for (&rate, member) in rates.iter().zip(&reckoned.members).filter(|(rate, _)| **rate > 0.0) {
            let (id, replicas, stay) = (member.at.node, member.at.replicas, member.stay.mean);
            let within = if stops(id) { leaving.whole(stay) } else { 1.0 };
            let is_database = matches!(node(scenario, id).kind, NodeKind::Database(_));
            self.visited(id, replicas, rate);
            let demand = self.demand.at(id);
            demand.cpu.add(replicas, rate * member.cpu_seconds * within);
            demand.inside.add(replicas, rate * stay * within);
            // Connections to a database are kept by whoever has made them.
            if !is_database {
                demand.slots.add(replicas, rate * stay * within);
            }
        }
        let callers: Vec<Caller> = rates
            .iter()
            .zip(&reckoned.members)
            .map(|(rate, member)| Caller {
                id: member.at.node,
                rate: rate * member.calling_share,
                before_calls: member.before_calls,
                after_calls: member.after_calls,
            })
            .collect();
        let is_left = reckoned.members.iter().all(|member| stops(member.at.node));
        let inner = if is_left { leaving.later(Moments::NONE) } else { Leaving::NEVER };
        self.stages(&reckoned.inner, &callers, inner);
        let Some(next) = &reckoned.next else { return };
        let mut onward = vec![0.0; next.members.len()];
        let stays = reckoned.members.iter().map(|member| (member.at.share, member.stay));
        let stay = Moments::one_of(stays);
        for (&rate, from) in rates.iter().zip(&reckoned.members) {
            let rate = rate * inner.going(from.stay);
            for (onward, to) in onward.iter_mut().zip(&next.members) {
                *onward += rate * to.at.share;
                self.crosses(from.at.node, to.at.node, rate * to.at.share, None);
            }
        }
        self.visits(next, &onward, inner.later(stay));
    }

    fn visited(&mut self, id: NodeId, replicas: Part, rate: f64) {
        self.demand.at(id).visits.add(replicas, rate);
        if let Some(client) = self.client {
            *self.demand.by_user.entry((id, client)).or_insert(0.0) += rate;
        }
    }

    /// Connections to databases are held from a visit's first call to one until the visit ends.
    fn sessions(&mut self, stages: &Stages, number: usize, caller: &Caller, leaving: Leaving) {
        for contact in stages.contacts.iter().filter(|contact| contact.opened > 0.0) {
            let stage = &stages.list[contact.stage];
            let call = stage.times(number).calls[contact.call].takes.mean;
            let opening = match contact.moves {
                0 => {
                    let fresh = self.reckoner.handshakes(caller.id, contact.database);
                    let crossing = self.reckoner.crossing(caller.id, contact.database, fresh);
                    crossing.map_or(0.0, |it| it.out.mean)
                }
                moves => before_move(&stage.calls[contact.call], moves),
            };
            let race = stage.times(number).race.as_ref();
            let side_by_side = race.map_or(0.0, |race| race.until_with[contact.call]);
            let rest = side_by_side + rest(stages, contact.stage, number, caller) - opening;
            let held = held(contact.calls, call, contact.opened, rest);
            let place = Place { stage: contact.stage, call: contact.call };
            let held =
                held * leaving.during(begins(stages, place, number, caller).mean, held / contact.opened);
            self.demand.at(contact.database).slots.add(contact.replicas, caller.rate * held);
        }
    }

    /// So are those of the caller's pool, by the visit that waits for the database.
    fn borrowings(&mut self, stages: &Stages, number: usize, caller: &Caller, leaving: Leaving) {
        if behaviour(self.reckoner.scenario, caller.id).calling.pool.is_none() {
            return;
        }
        for borrowing in stages.borrowings.iter().filter(|borrowing| borrowing.opened > 0.0) {
            let stage = &stages.list[borrowing.stage];
            let call = stage.times(number).calls[borrowing.call].takes.mean;
            let side_by_side = if stage.side_by_side { stage.times(number).takes.mean } else { 0.0 };
            let rest = side_by_side + rest(stages, borrowing.stage, number, caller);
            let held = held(borrowing.calls, call, borrowing.opened, rest);
            let place = Place { stage: borrowing.stage, call: borrowing.call };
            let held =
                held * leaving.during(begins(stages, place, number, caller).mean, held / borrowing.opened);
            self.demand.keeps(ResourceKind::Pool, between(caller.id, borrowing.target), caller.rate * held);
        }
    }

    /// A request that walks by itself takes its slots one after the other.
    fn walk(&mut self, walk: &Walk, users: &[(NodeId, f64)]) {
        let scenario = self.reckoner.scenario;
        let rate: f64 = users.iter().map(|(_, rate)| rate).sum();
        // From whichever stop it comes, it takes the way from the one before in the list.
        let mut before: Vec<(NodeId, f64)> = users.iter().map(|&(id, part)| (id, part / rate)).collect();
        for (stop, visits) in walk.stops.iter().zip(expected_visits(walk)) {
            let members = members(scenario, stop.target);
            for member in &members {
                let come = rate * visits * member.share;
                let (own, cpu) = self.reckoner.work(member.node, stop.work_at(member.node));
                self.visited(member.node, member.replicas, come);
                let demand = self.demand.at(member.node);
                demand.cpu.add(member.replicas, come * cpu);
                for held in [&mut demand.inside, &mut demand.slots] {
                    held.add(member.replicas, come * own.mean);
                }
                for (from, part) in &before {
                    self.crosses(*from, member.node, come * part, None);
                }
            }
            before = members.iter().map(|member| (member.node, member.share)).collect();
        }
    }
}

/// What a caller keeps for its calls to somebody.
fn between(caller: NodeId, target: Target) -> Owner {
    Owner::Calls { from: Party::Node(caller.0), to: Party::of(target) }
}

/// How long something is held that calls of a stage take, from the first of them until the visit ends.
fn held(calls: f64, each: f64, opened: f64, rest: f64) -> f64 {
    let calling = if calls > 0.0 { calls * each } else { 0.0 };
    let after = if opened > 0.0 { opened * rest } else { 0.0 };
    (calling + after).max(0.0)
}

/// How long after a visit has begun it makes a call.
fn begins(stages: &Stages, place: Place, number: usize, caller: &Caller) -> Moments {
    caller.before_calls.then(stages.before(place.stage, number))
}

/// What comes in a visit after a stage.
fn rest(stages: &Stages, stage: usize, number: usize, caller: &Caller) -> f64 {
    stages.behind(stage, number).mean + caller.after_calls
}

/// How long a call stays at other nodes before its visit has moved on so often.
fn before_move(call: &Reckoned, moves: usize) -> f64 {
    let mean = |step: &Reckoned, of: fn(&super::reckoning::MemberTimes) -> f64| -> f64 {
        step.members.iter().map(|member| member.at.share * of(member)).sum()
    };
    let whole = mean(call, |member| member.whole.mean);
    let last = call.steps().nth(moves).map_or(0.0, |step| mean(step, |member| member.whole.mean));
    // Where either lasts for ever nothing can be told.
    if whole.is_finite() { whole - last } else { 0.0 }
}
