//! Follows a request class through its calls, or along its random walk.

use super::client::{self, Rates};
use super::hazards::{self, Caller, Hazard, Trouble};
use super::{GoOn, GroupShown, Journey, Offered, PlaceTime, Step, Travel, What};
use crate::kernel::time::{NEVER, to_seconds};
use crate::nodes::NodeKind;
use crate::nodes::behaviour::Calling;
use crate::nodes::user::User;
use crate::scenario::crossing::{
    Links, handshake_seconds, lost_segment_seconds, one_way_seconds, sending_seconds,
};
use crate::scenario::load_estimate::expected_visits;
use crate::scenario::model::{Call, Flow, Group, NodeId, RequestClass, Scenario, Stage, Target, Walk};
use crate::scenario::topology::targets;

pub const NETWORK: &str = "network";

/// The journey of a class from the first of the users that send it.
pub fn journey(scenario: &Scenario, class: usize, rates: &Rates, offered: Option<&Offered>) -> Journey {
    let links = Links::new(scenario);
    let users = &scenario.classes[class].from;
    let user = users.first().copied().unwrap_or(NodeId(0));
    let mut follower = Follower::new(scenario, &links, class, user, rates, offered);
    let seconds = follower.follow();
    let name = |id: &NodeId| scenario.nodes[id.0 as usize].name.clone();
    Journey {
        class: scenario.classes[class].name.clone(),
        user: name(&user),
        also_from: users.iter().skip(1).map(name).collect(),
        groups: groups(scenario, class),
        expected_ms: 1e3 * seconds,
        at_least: follower.at_least,
        places: places(&follower.steps),
        steps: follower.steps,
    }
}

fn groups(scenario: &Scenario, class: usize) -> Vec<GroupShown> {
    let (_, mut groups) = targets(&scenario.classes[class].flow);
    groups.sort_unstable();
    groups.dedup();
    let groups = groups.into_iter().map(|group| &scenario.groups[group as usize]);
    let shown = |group: &Group| GroupShown {
        group: group.name.clone(),
        member: scenario.nodes[group.members[0].node.0 as usize].name.clone(),
    };
    groups.filter(|group| group.members.len() > 1).map(shown).collect()
}

/// The mean seconds until a user has its answer, if nobody waits for others.
pub fn answer_seconds(scenario: &Scenario, class: usize, user: NodeId, rates: &Rates) -> f64 {
    let links = Links::new(scenario);
    Follower::new(scenario, &links, class, user, rates, None).follow()
}

pub(super) struct Follower<'a> {
    pub scenario: &'a Scenario,
    links: &'a Links<'a>,
    pub class: &'a RequestClass,
    pub user_id: NodeId,
    pub user: Option<&'a User>,
    pub rates: &'a Rates,
    pub offered: Option<&'a Offered>,
    pub callers: Vec<Caller>,
    pub steps: Vec<Step>,
    side_by_side: bool,
    at_least: bool,
}

/// Where a call comes from.
#[derive(Clone, Copy)]
pub(super) struct From {
    pub node: NodeId,
    /// How often a mean request gets there.
    pub times: f64,
    pub depth: usize,
}

impl<'a> Follower<'a> {
    fn new(
        scenario: &'a Scenario,
        links: &'a Links<'a>,
        class: usize,
        user_id: NodeId,
        rates: &'a Rates,
        offered: Option<&'a Offered>,
    ) -> Self {
        let user = match &scenario.nodes[user_id.0 as usize].kind {
            NodeKind::User(user) => Some(user),
            _ => None,
        };
        Follower {
            scenario,
            links,
            class: &scenario.classes[class],
            user_id,
            user,
            rates,
            offered,
            callers: Vec::new(),
            steps: Vec::new(),
            side_by_side: false,
            at_least: false,
        }
    }

    /// Goes the whole way; returns its mean seconds.
    fn follow(&mut self) -> f64 {
        let from = From { node: self.user_id, times: 1.0, depth: 0 };
        match &self.class.flow {
            Flow::Walk(walk) => self.walk(walk),
            Flow::Calls(stages) => self.resolve() + self.connect(stages) + self.stages(stages, from),
        }
    }

    fn resolve(&mut self) -> f64 {
        let Some(user) = self.user else { return 0.0 };
        let found = client::resolve(self.scenario, self.links, self.rates, self.user_id, user);
        let Some((resolve, seconds)) = found else { return 0.0 };
        let dns = client::resolver(self.scenario, &resolve.name).map(|(_, dns)| dns);
        let hazard = dns.and_then(|dns| hazards::resolver_silent(dns.timeout, dns.attempts));
        let place = resolve.resolver.clone();
        let (times, each_ms) = (resolve.asked_share, resolve.lookup_ms);
        self.add(0, &place, times, 1e-3 * each_ms, What::Resolve(resolve), hazard.into_iter().collect());
        self.set_expected(seconds);
        seconds
    }

    /// The client opens its connection before the first call, if at all.
    fn connect(&mut self, stages: &[Stage]) -> f64 {
        let first = match stages.first() {
            Some(Stage::Call(call)) => Some(call),
            Some(Stage::Parallel(parallel)) => parallel.calls.first(),
            None => None,
        };
        let Some(to) = first.map(|call| self.first_node(call.target)) else { return 0.0 };
        let found = client::connect(self.scenario, self.links, self.rates, self.user_id, to);
        let Some((connect, seconds)) = found else { return 0.0 };
        let each_s = 1e-3 * connect.round_trip_ms * f64::from(connect.round_trips);
        self.add(0, NETWORK, connect.fresh_share, each_s, What::Connect(connect), Vec::new());
        self.set_expected(seconds);
        seconds
    }

    /// One call after the other; returns the mean seconds for all of them.
    pub fn stages(&mut self, stages: &[Stage], from: From) -> f64 {
        let mut seconds = 0.0;
        for stage in stages {
            match stage {
                Stage::Call(call) => {
                    let often = call.chance * call.times.mean();
                    seconds += often * self.call(call, From { times: from.times * often, ..from });
                }
                Stage::Parallel(parallel) => {
                    let before = std::mem::replace(&mut self.side_by_side, true);
                    let mut each: Vec<f64> = Vec::new();
                    for call in &parallel.calls {
                        let often = call.chance * call.times.mean();
                        each.push(self.call(call, From { times: from.times * often, ..from }));
                        self.at_least |= often > 1.0 || call.chance < 1.0;
                    }
                    self.side_by_side = before;
                    self.at_least |= each.len() > 1;
                    each.sort_by(f64::total_cmp);
                    let last = parallel.first.map_or(each.len(), |first| each.len().min(first as usize));
                    seconds += last.checked_sub(1).map_or(0.0, |last| each[last]);
                }
            }
        }
        seconds
    }

    /// Returns what one such call takes.
    fn call(&mut self, call: &Call, from: From) -> f64 {
        let to = self.first_node(call.target);
        let link = self.links.between(from.node, to);
        let is_client = self.callers.is_empty();
        let caller = &self.scenario.nodes[from.node.0 as usize];
        let calling = match &caller.behaviour {
            Some(behaviour) if !is_client => behaviour.calling.clone(),
            _ => {
                let timeout = self.user.map_or(NEVER, |user| user.timeout);
                let caution = self.user.and_then(|user| user.caution.as_deref().copied());
                Calling { connect_timeout: timeout, caution, ..Calling::PLAIN }
            }
        };
        let round_trips = u32::from(!is_client && !calling.keeps_connections);
        let mut seconds = 0.0;
        if let Some(link) = link {
            let travel = self.travel(link, from.node, to, self.class.request_bytes, round_trips);
            seconds += self.cross(link, travel, from, What::Travel);
        }
        self.callers.push(Caller { name: caller.name.clone(), calling, optional: call.optional });
        seconds += self.visit(call, to, from);
        self.callers.pop();
        if let Some(link) = link {
            let travel = self.travel(link, to, from.node, self.class.response_bytes, 0);
            seconds += self.cross(link, travel, from, What::Return);
        }
        seconds
    }

    /// A visit with all that it calls, until its answer leaves.
    fn visit(&mut self, call: &Call, to: NodeId, from: From) -> f64 {
        let place = self.steps.len();
        let mut visit = self.visit_to(call.target, to, call.work_at(to));
        visit.repeated = super::visits::repeated(call, self.side_by_side);
        visit.optional = call.optional;
        let own = super::visits::seconds(&visit.work);
        let hazards = self.hazards_at(to, call);
        let name = visit.node.clone();
        self.add(from.depth, &name, from.times, own, What::Visit(visit), hazards);
        let onward = self.rates.calling_shares[to.0 as usize];
        let inner = From { node: to, times: from.times * onward, depth: from.depth + 1 };
        let before = std::mem::take(&mut self.side_by_side);
        let mut held = own + onward * self.stages(&call.stages, inner);
        self.side_by_side = before;
        let work = self.work_of(to, &call.afterwards);
        let afterwards = super::visits::seconds(&work);
        if afterwards > 0.0 {
            held += onward * afterwards;
            let go_on = What::GoOn(GoOn { node: name.clone(), work });
            self.add(from.depth, &name, inner.times, afterwards, go_on, Vec::new());
        }
        if let What::Visit(visit) = &mut self.steps[place].what {
            visit.held_ms = 1e3 * held;
        }
        let Some(next) = &call.hand_over else { return held };
        let next_node = self.first_node(next.target);
        let on = From { node: to, times: inner.times, ..from };
        let mut seconds = held;
        if let Some(link) = self.links.between(to, next_node) {
            let travel = self.travel(link, to, next_node, self.class.request_bytes, 0);
            seconds += onward * self.cross(link, travel, on, What::Travel);
        }
        seconds + onward * self.visit(next, next_node, on)
    }

    /// Each stop once, with how often a mean request comes there.
    fn walk(&mut self, walk: &Walk) -> f64 {
        let mut seconds = 0.0;
        let mut before = self.user_id;
        for (stop, times) in walk.stops.iter().zip(expected_visits(walk)) {
            let to = self.first_node(stop.target);
            let from = From { node: before, times, depth: 0 };
            if let Some(link) = self.links.between(before, to) {
                let travel = self.travel(link, before, to, self.class.request_bytes, 0);
                seconds += times * self.cross(link, travel, from, What::Travel);
            }
            let mut visit = self.visit_to(stop.target, to, stop.work_at(to));
            let own = super::visits::seconds(&visit.work);
            visit.held_ms = 1e3 * own;
            let name_of = |stop: u32| self.target_name(walk.stops[stop as usize].target);
            visit.ways = stop.next.iter().map(|&(next, share)| (next.map(name_of), share)).collect();
            let name = visit.node.clone();
            let behaviour = self.scenario.nodes[to.0 as usize].behaviour.as_ref();
            let hazards =
                behaviour.map_or(Vec::new(), |behaviour| hazards::of_visit(behaviour, &[], 1, true, false));
            self.add(0, &name, times, own, What::Visit(visit), hazards);
            seconds += times * own;
            before = to;
        }
        seconds
    }

    fn travel(&self, link: usize, from: NodeId, to: NodeId, bytes: u64, round_trips: u32) -> Travel {
        let link = self.links.get(link);
        let name = |id: NodeId| self.scenario.nodes[id.0 as usize].name.clone();
        Travel {
            from: name(from),
            to: name(to),
            latency: link.latency.describe(),
            one_way_ms: 1e3 * one_way_seconds(link),
            bytes,
            sending_ms: 1e3 * sending_seconds(link, bytes),
            round_trips,
            loss: link.loss,
        }
    }

    fn cross(&mut self, link: usize, travel: Travel, from: From, what: fn(Travel) -> What) -> f64 {
        let link = self.links.get(link);
        let handshake = match travel.round_trips {
            0 => 0.0,
            round_trips => handshake_seconds(link, f64::from(round_trips)),
        };
        let seconds = 1e-3 * (travel.one_way_ms + travel.sending_ms) + lost_segment_seconds(link) + handshake;
        self.add(from.depth, NETWORK, from.times, seconds, what(travel), Vec::new());
        seconds
    }

    fn hazards_at(&self, to: NodeId, call: &Call) -> Vec<Hazard> {
        let node = &self.scenario.nodes[to.0 as usize];
        let Some(behaviour) = &node.behaviour else { return Vec::new() };
        let idempotent = self.class.idempotent && !call.write;
        let borrows = matches!(node.kind, NodeKind::Database(_));
        let mut hazards =
            hazards::of_visit(behaviour, &self.callers, self.peers(call.target), idempotent, borrows);
        let Some(user) = self.user else { return hazards };
        let Some(after_s) = hazards::timeout_s(user.timeout) else { return hazards };
        if self.callers.len() == 1 {
            let user_sees = hazards::seen_by_user(&self.callers, crate::parts::outcome::Outcome::TimedOut);
            hazards
                .push(Hazard { trouble: Trouble::UserLeaves { after_s, retries: user.retries }, user_sees });
        }
        if !call.stages.is_empty() || self.callers.len() > 1 {
            hazards.push(hazards::when_user_leaves(behaviour));
        }
        hazards
    }

    /// The node itself, or the first of the group, which stands for the others: `groups` names it.
    pub fn first_node(&self, target: Target) -> NodeId {
        match target {
            Target::Node(node) => node,
            Target::Group(group) => self.scenario.groups[group as usize].members[0].node,
        }
    }

    fn add(&mut self, depth: usize, place: &str, times: f64, each_s: f64, what: What, hazards: Vec<Hazard>) {
        self.steps.push(Step {
            number: self.steps.len() + 1,
            depth,
            place: place.to_owned(),
            times,
            each_ms: 1e3 * each_s,
            expected_ms: if each_s > 0.0 { 1e3 * times * each_s } else { 0.0 },
            side_by_side: self.side_by_side,
            what,
            hazards,
        });
    }

    /// Of the step just added, where it is not simply so many times the same.
    fn set_expected(&mut self, seconds: f64) {
        if let Some(step) = self.steps.last_mut() {
            step.expected_ms = 1e3 * seconds;
        }
    }

    /// The mean of what the user's recording says of a node.
    pub fn recorded_seconds(&self, node: &str) -> Option<f64> {
        use crate::parts::arrivals::Arrivals;
        let Arrivals::Replay(recording) = &self.user?.arrivals else { return None };
        let work = recording.work.iter().find(|work| work.node == node)?;
        let sum: f64 = work.durations.iter().map(|&duration| to_seconds(duration)).sum();
        Some(sum / work.durations.len().max(1) as f64)
    }
}

fn places(steps: &[Step]) -> Vec<PlaceTime> {
    let mut places: Vec<PlaceTime> = Vec::new();
    for step in steps.iter().filter(|step| step.expected_ms > 0.0) {
        match places.iter_mut().find(|place| place.place == step.place) {
            Some(place) => place.mean_ms += step.expected_ms,
            None => places.push(PlaceTime { place: step.place.clone(), mean_ms: step.expected_ms }),
        }
    }
    places.sort_by(|a, b| b.mean_ms.total_cmp(&a.mean_ms));
    places
}
