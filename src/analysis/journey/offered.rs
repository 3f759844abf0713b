//! What the offered load takes of each thing that there is only so much of, and which is
//! used up first as the load grows.

use super::calls;
use super::client::Rates;
use super::links::Links;
use crate::nodes::NodeKind;
use crate::nodes::behaviour::UNLIMITED;
use crate::scenario::load_estimate::{NodeLoad, estimate};
use crate::scenario::model::{Node, Scenario};
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct Offered {
    /// Requests per second of all users together.
    pub rate_per_s: f64,
    /// A closed population sends no faster than that, and slower once answers take longer.
    pub at_most: bool,
    /// The fullest first: that one is the bottleneck.
    pub resources: Vec<Resource>,
    /// In the order of the scenario's nodes.
    #[serde(skip)]
    pub loads: Vec<NodeLoad>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Resource {
    pub name: String,
    pub scarce: Scarce,
    /// What one of them is called.
    pub unit: &'static str,
    /// How many slots or cores, or how many bytes per second.
    pub capacity: f64,
    pub utilisation: f64,
    /// The requests per second, of all users in the same proportions, that use it up.
    pub saturates_at_per_s: Option<f64>,
    /// The same for a closed population: about how many users keep it busy all the time.
    pub saturates_at_users: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scarce {
    Cores,
    Slots,
    Bandwidth,
}

impl Offered {
    pub fn of(scenario: &Scenario, rates: &Rates) -> Offered {
        let rate_per_s: f64 = rates.classes.iter().sum();
        let loads = estimate(&rates.opened).unwrap_or_default();
        let mut resources: Vec<Resource> = Vec::new();
        let mut add = |name: &str, scarce, unit, capacity: f64, utilisation: f64| {
            let grows_by = (utilisation > 0.0).then(|| 1.0 / utilisation);
            resources.push(Resource {
                name: name.to_owned(),
                scarce,
                unit,
                capacity,
                utilisation,
                saturates_at_per_s: grows_by.map(|factor| factor * rate_per_s),
                saturates_at_users: grows_by
                    .filter(|_| rates.population > 0.0)
                    .map(|factor| factor * rates.population),
            });
        };
        for (node, load) in scenario.nodes.iter().zip(&loads) {
            let replicas = f64::from(node.replicas);
            if let (NodeKind::Server(server), Some(utilisation)) = (&node.kind, load.core_utilisation) {
                add(&node.name, Scarce::Cores, "core", f64::from(server.cores) * replicas, utilisation);
            }
            if let (Some((scarce, slots)), Some(utilisation)) = (slots(node), load.slot_utilisation) {
                let unit = node.kind.slot_word();
                add(&node.name, scarce, unit, f64::from(slots) * replicas, utilisation);
            }
        }
        for (link, bytes_per_s) in scenario.links.iter().zip(link_bytes(scenario, rates)) {
            if let Some(bandwidth) = link.bandwidth {
                let end = |node: crate::scenario::model::NodeId| &scenario.nodes[node.0 as usize].name;
                let name = format!("{} -> {}", end(link.from), end(link.to));
                add(&name, Scarce::Bandwidth, "byte per second", bandwidth, bytes_per_s / bandwidth);
            }
        }
        resources.sort_by(|a, b| b.utilisation.total_cmp(&a.utilisation));
        Offered { rate_per_s, at_most: rates.at_most, resources, loads }
    }

    /// What is used up first, if anything ever is.
    pub fn bottleneck(&self) -> Option<&Resource> {
        self.resources.first().filter(|resource| resource.utilisation > 0.0)
    }
}

fn slots(node: &Node) -> Option<(Scarce, u32)> {
    let behaviour = node.behaviour.as_ref()?;
    match behaviour.shared_cores {
        Some(UNLIMITED) => None,
        Some(cores) => Some((Scarce::Cores, cores)),
        None if behaviour.slots == UNLIMITED => None,
        None => Some((Scarce::Slots, behaviour.slots)),
    }
}

/// The bytes per second that each link is to carry, both ways together.
fn link_bytes(scenario: &Scenario, rates: &Rates) -> Vec<f64> {
    let links = Links::new(scenario);
    let mut sums = vec![0.0; scenario.links.len()];
    if scenario.links.iter().all(|link| link.bandwidth.is_none()) {
        return sums;
    }
    for (class, &rate) in rates.classes.iter().enumerate() {
        for (link, bytes) in calls::link_bytes(scenario, &links, class, rates) {
            sums[link] += rate * bytes;
        }
    }
    sums
}
