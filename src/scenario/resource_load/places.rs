//! From what is asked of everything to how full it is: of all its places together, and of the fullest.

use super::demand::{Demand, Spread};
use super::members::behaviour;
use super::{Expected, ResourceLoad, Unknown};
use crate::nodes::NodeKind;
use crate::parts::rate_limit::{Per, RateLimit};
use crate::parts::resource::{Owner, ResourceKind};
use crate::scenario::model::{Node, NodeId, Scenario};
use crate::scenario::resources::{Resource, resources};

/// In the order of `resources`, without what depends on how the load grows.
pub fn loads(scenario: &Scenario, demand: &Demand) -> Vec<ResourceLoad> {
    let mut residents = vec![Vec::new(); scenario.nodes.len()];
    for (number, node) in scenario.nodes.iter().enumerate() {
        if let Some(host) = node.on {
            residents[host.0 as usize].push(number);
        }
    }
    let places = Places { scenario, demand, residents };
    let load = |resource: Resource| {
        let expected = places.expected(&resource);
        let expected = expected.and_then(|expected| match expected.fullest.is_finite() {
            true => Ok(expected),
            false => Err(Unknown::WithoutMean),
        });
        ResourceLoad { resource, expected }
    };
    resources(scenario).into_iter().map(load).collect()
}

struct Places<'a> {
    scenario: &'a Scenario,
    demand: &'a Demand,
    /// Of each node those that stand on it.
    residents: Vec<Vec<usize>>,
}

/// What is in use in all places together, in the fullest, and in that one without any requests.
#[derive(Clone, Copy)]
struct InUse {
    in_all: f64,
    most: f64,
    idle: f64,
}

impl InUse {
    fn of(spread: &Spread, replicas: u32) -> InUse {
        InUse { in_all: spread.in_all(), most: spread.most(replicas), idle: 0.0 }
    }

    fn alike(in_all: f64, places: u32) -> InUse {
        InUse { in_all, most: in_all / f64::from(places), idle: 0.0 }
    }

    fn out_of(self, capacity: f64, places: u32) -> Expected {
        Expected {
            share: self.in_all / (capacity * f64::from(places)),
            fullest: self.most / capacity,
            idle: self.idle / capacity,
            full_at_per_s: None,
        }
    }
}

impl Places<'_> {
    fn expected(&self, resource: &Resource) -> Result<Expected, Unknown> {
        let of_node =
            |number: u32| (&self.scenario.nodes[number as usize], &self.demand.nodes[number as usize]);
        let &Resource { kind, owner, capacity, places } = resource;
        let in_use = match (kind, owner) {
            (ResourceKind::Backlog, _) => return Err(Unknown::Line),
            (ResourceKind::Cores, Owner::Node(number)) => match &of_node(number).0.kind {
                NodeKind::Server(server) => {
                    let in_use = self.on_hosts(number, |node, demand| {
                        // A station that shares cores of its own leaves those of its host alone.
                        let own = node.behaviour.as_ref().is_some_and(|it| it.shared_cores.is_some());
                        (0.0, if own { Spread::default() } else { demand.cpu })
                    });
                    return Ok(in_use.out_of(capacity * server.speed, places));
                }
                _ => InUse::of(&of_node(number).1.cpu, places),
            },
            (ResourceKind::Memory, Owner::Node(number)) => self.on_hosts(number, |node, demand| {
                let mut inside = demand.inside;
                inside.times(node.memory.per_request as f64);
                (node.memory.base as f64, inside)
            }),
            (ResourceKind::Rate, Owner::Limit { node, number }) => {
                self.passing(NodeId(node), number as usize)
            }
            (_, Owner::Node(number)) => InUse::of(&of_node(number).1.slots, places),
            (_, Owner::Link { link, way }) => {
                InUse::alike(self.demand.links[link as usize][way as usize], places)
            }
            (kind, owner) => {
                InUse::alike(self.demand.kept.get(&(kind, owner)).copied().unwrap_or(0.0), places)
            }
        };
        Ok(in_use.out_of(capacity, places))
    }

    /// Of the replicas of a host, on which those of its residents stand in turn: what each replica of a
    /// resident needs, and what all of them share out.
    fn on_hosts(&self, host: u32, of: impl Fn(&Node, &super::demand::NodeDemand) -> (f64, Spread)) -> InUse {
        let hosts = self.scenario.nodes[host as usize].replicas;
        let needs = self.residents[host as usize].iter().map(|&number| {
            let node = &self.scenario.nodes[number];
            let (each, shared) = of(node, &self.demand.nodes[number]);
            (node.replicas, each, shared)
        });
        let needs: Vec<(u32, f64, Spread)> = needs.collect();
        let mut sum = InUse { in_all: 0.0, most: 0.0, idle: 0.0 };
        for (replicas, each, shared) in &needs {
            sum.in_all += f64::from(*replicas) * each + shared.in_all();
        }
        // Where a resident has a replica more is the same from one such change to the next.
        let mut places: Vec<u32> = needs.iter().map(|(replicas, ..)| replicas % hosts).collect();
        places.extend([0, 1]);
        places.sort_unstable();
        places.dedup();
        for place in places.into_iter().filter(|&place| place < hosts) {
            let (mut most, mut idle) = (0.0, 0.0);
            for (replicas, each, shared) in &needs {
                let here = replicas / hosts + u32::from(place < replicas % hosts);
                let (first, other) = shared.each(*replicas);
                let with_first = u32::from(place == 0 && here > 0);
                idle += f64::from(here) * each;
                // What takes a time without a mean is infinite.
                most += if with_first > 0 { first } else { 0.0 };
                most += if here > with_first { f64::from(here - with_first) * other } else { 0.0 };
            }
            if idle + most > sum.most {
                (sum.most, sum.idle) = (idle + most, idle);
            }
        }
        sum
    }

    /// Through a rate limit: of all who have a bucket of their own, and of the one who comes most.
    fn passing(&self, id: NodeId, number: usize) -> InUse {
        let node = &self.scenario.nodes[id.0 as usize];
        let limits = behaviour(self.scenario, id).limits;
        let limit: Option<RateLimit> = limits.into_iter().flatten().nth(number);
        let visits = &self.demand.nodes[id.0 as usize].visits;
        if limit.is_none_or(|limit| limit.per == Per::Site) {
            return InUse::of(visits, node.replicas);
        }
        let replicas = f64::from(node.replicas);
        let (mut clients, mut most) = (0.0, 0.0_f64);
        for (number, user) in self.scenario.nodes.iter().enumerate() {
            let NodeKind::User(sender) = &user.kind else { continue };
            let of_user = f64::from(user.replicas) * f64::from(sender.clients.max(1));
            let comes = self.demand.by_user.get(&(id, NodeId(number as u32))).copied().unwrap_or(0.0);
            clients += of_user;
            most = most.max(comes / of_user / replicas);
        }
        InUse { in_all: visits.in_all() / f64::max(clients, 1.0), most, idle: 0.0 }
    }
}
