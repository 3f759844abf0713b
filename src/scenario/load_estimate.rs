//! The load that a scenario puts on each node, computed from mean rates and mean work.
//!
//! It knows no queues, failures or retries: what it shows is what has to be served if all
//! goes well, and so whether that is possible at all.

use super::model::{Call, Flow, NodeId, RequestClass, RunEnd, Scenario, Stage, Target, Walk, Work};
use crate::kernel::time::to_seconds;
use crate::nodes::NodeKind;
use crate::nodes::behaviour::UNLIMITED;
use crate::nodes::cache::Holds;

/// What is asked of one node (all its replicas together).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NodeLoad {
    pub visits_per_second: f64,
    /// Seconds of CPU asked for per second.
    pub cpu_seconds_per_second: f64,
    /// Slots that are taken on average, calls to other nodes included.
    pub slots_taken: f64,
    /// The share of the slots taken; `None` if there is no limit.
    pub slot_utilisation: Option<f64>,
    /// Of a `server`: the share of its cores that all on it ask for.
    pub core_utilisation: Option<f64>,
}

/// The load of each node, in the order of the scenario. `None` if a rate is unknown
/// because a closed population sends only as fast as it is answered.
pub fn estimate(scenario: &Scenario) -> Option<Vec<NodeLoad>> {
    Some(estimate_for(scenario, &class_rates(scenario)?))
}

/// The same if each class is sent at a given rate.
pub fn estimate_for(scenario: &Scenario, class_rates: &[f64]) -> Vec<NodeLoad> {
    let mut estimate = Estimate { scenario, loads: vec![NodeLoad::default(); scenario.nodes.len()] };
    for (class, &rate) in scenario.classes.iter().zip(class_rates) {
        match &class.flow {
            Flow::Calls(stages) => {
                estimate.stages(stages, rate);
            }
            Flow::Walk(walk) => estimate.walk(walk, rate),
        }
    }
    estimate.finish()
}

/// Each class's requests per second; `None` if a closed population sends some.
pub fn class_rates(scenario: &Scenario) -> Option<Vec<f64>> {
    let rates = UserRates::of(scenario)?;
    let of_class = |class: &RequestClass| class.from.iter().map(|&user| rates.of_class(class, user)).sum();
    Some(scenario.classes.iter().map(of_class).collect())
}

/// What each user sends on average.
pub struct UserRates {
    /// Requests per second, by node.
    rates: Vec<f64>,
    /// The sum of the shares of all classes that it sends, by node.
    shares: Vec<f64>,
}

impl UserRates {
    pub fn of(scenario: &Scenario) -> Option<UserRates> {
        let horizon_seconds = match scenario.run.end {
            RunEnd::After(end) => to_seconds(end),
            // Long enough for any rate to have gone through its day.
            RunEnd::Requests(_) => 86_400.0,
        };
        let mut shares = vec![0.0; scenario.nodes.len()];
        for class in &scenario.classes {
            class.from.iter().for_each(|user| shares[user.0 as usize] += class.share);
        }
        let mut rates = vec![0.0; scenario.nodes.len()];
        for (rate, node) in rates.iter_mut().zip(&scenario.nodes) {
            if let NodeKind::User(user) = &node.kind {
                *rate = user.arrivals.mean_rate(horizon_seconds)? * f64::from(node.replicas);
            }
        }
        Some(UserRates { rates, shares })
    }

    /// Requests of a class that a user sends per second.
    pub fn of_class(&self, class: &RequestClass, user: NodeId) -> f64 {
        match self.shares[user.0 as usize] {
            shares if shares > 0.0 => self.rates[user.0 as usize] * class.share / shares,
            _ => 0.0,
        }
    }
}

/// How often a walk comes to each of its stops on average, from what comes in from outside
/// and from the others.
pub fn expected_visits(walk: &Walk) -> Vec<f64> {
    const ROUNDS_MAX: usize = 20_000;
    const STEPS_MAX: usize = 20_000_000;
    let ways: usize = walk.stops.iter().map(|stop| stop.next.len()).sum();
    let mut visits = vec![0.0; walk.stops.len()];
    for _ in 0..ROUNDS_MAX.min(STEPS_MAX / ways.max(1)) {
        let mut next = vec![0.0; visits.len()];
        next[0] = 1.0;
        for (stop, visits) in walk.stops.iter().zip(&visits) {
            for (way, share) in &stop.next {
                if let Some(way) = way {
                    next[*way as usize] += visits * share;
                }
            }
        }
        let change: f64 = next.iter().zip(&visits).map(|(new, old)| f64::abs(new - old)).sum();
        visits = next;
        if change < 1e-9 {
            break;
        }
    }
    visits
}

struct Estimate<'a> {
    scenario: &'a Scenario,
    loads: Vec<NodeLoad>,
}

impl Estimate<'_> {
    /// Returns how long the caller waits for all of them.
    fn stages(&mut self, stages: &[Stage], rate: f64) -> f64 {
        let mut seconds = 0.0;
        for stage in stages {
            match stage {
                Stage::Call(call) => seconds += self.call(call, rate) * call.times.mean() * call.chance,
                Stage::Parallel(parallel) => {
                    let times: Vec<f64> = parallel.calls.iter().map(|call| self.call(call, rate)).collect();
                    seconds += times.into_iter().fold(0.0, f64::max);
                }
            }
        }
        seconds
    }

    /// Returns how long one such call takes.
    fn call(&mut self, call: &Call, caller_rate: f64) -> f64 {
        let rate = caller_rate * call.chance * call.times.mean();
        let shares = self.shares(call.target);
        let onward_rate = rate * shares.iter().map(|&(id, share)| share * self.miss_share(id)).sum::<f64>();
        let calling = self.stages(&call.stages, onward_rate);
        let mut within = 0.0;
        for (id, share) in shares {
            let work = call.work_at(id);
            let held_seconds = held(work) + held(&call.afterwards) + calling * self.miss_share(id);
            self.add_to(id, rate * share, cpu(work) + cpu(&call.afterwards), held_seconds);
            within += share * held_seconds;
        }
        within + call.hand_over.as_ref().map_or(0.0, |next| self.call(next, onward_rate))
    }

    fn walk(&mut self, walk: &Walk, rate: f64) {
        for (stop, visits) in walk.stops.iter().zip(expected_visits(walk)) {
            for (id, share) in self.shares(stop.target) {
                let work = stop.work_at(id);
                self.add_to(id, rate * visits * share, cpu(work), held(work));
            }
        }
    }

    /// Which share of the visits each node gets.
    fn shares(&self, target: Target) -> Vec<(NodeId, f64)> {
        let group = match target {
            Target::Node(id) => return vec![(id, 1.0)],
            Target::Group(group) => &self.scenario.groups[group as usize],
        };
        let weight = |member: &super::model::Member| {
            f64::from(member.weight) * f64::from(self.scenario.nodes[member.node.0 as usize].replicas)
        };
        let members = group.members.iter().filter(|member| !member.backup);
        let weights: Vec<(NodeId, f64)> = members.map(|member| (member.node, weight(member))).collect();
        let sum: f64 = weights.iter().map(|(_, weight)| weight).sum();
        weights.into_iter().map(|(id, weight)| (id, weight / sum)).collect()
    }

    fn add_to(&mut self, id: NodeId, rate: f64, cpu_seconds: f64, held_seconds: f64) {
        let load = &mut self.loads[id.0 as usize];
        load.visits_per_second += rate;
        load.cpu_seconds_per_second += rate * cpu_seconds;
        load.slots_taken += rate * held_seconds;
    }

    /// The share of visits that call on: not all of them, at a cache with a known hit ratio.
    fn miss_share(&self, id: NodeId) -> f64 {
        match &self.scenario.nodes[id.0 as usize].kind {
            NodeKind::Cache(cache) => match cache.holds {
                Holds::Ratio(ratio) => 1.0 - ratio,
                Holds::Objects { .. } => 1.0,
            },
            _ => 1.0,
        }
    }

    fn finish(self) -> Vec<NodeLoad> {
        let nodes = &self.scenario.nodes;
        let mut loads = self.loads;
        for (index, node) in nodes.iter().enumerate() {
            let Some(behaviour) = &node.behaviour else { continue };
            let slots = match behaviour.shared_cores {
                Some(cores) => cores,
                None => behaviour.slots,
            };
            if slots < UNLIMITED {
                let places = f64::from(slots) * f64::from(node.replicas);
                // A proxied request counts twice at a node that counts both connections.
                loads[index].slot_utilisation = Some(loads[index].slots_taken / places);
            }
            if let Some(host) = node.on {
                let asked = loads[index].cpu_seconds_per_second;
                loads[host.0 as usize].cpu_seconds_per_second += asked;
            }
        }
        for (load, node) in loads.iter_mut().zip(nodes) {
            if let NodeKind::Server(server) = &node.kind {
                let cores = f64::from(server.cores) * server.speed * f64::from(node.replicas);
                load.core_utilisation = Some(load.cpu_seconds_per_second / cores);
            }
        }
        loads
    }
}

fn cpu(work: &Work) -> f64 {
    work.cpu.as_ref().map_or(0.0, |cpu| cpu.mean())
}

fn held(work: &Work) -> f64 {
    cpu(work) + work.wait.as_ref().map_or(0.0, |wait| wait.mean()) + to_seconds(work.overhead)
}
