//! What the offered load takes of each thing that there is only so much of, and which is
//! used up first as the load grows.

use super::client::Rates;
use crate::parts::resource::ResourceKind;
use crate::scenario::model::Scenario;
use crate::scenario::resource_load::{ResourceLoad, estimate, first_full};
use crate::scenario::resources::{name, unit};
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct Offered {
    /// Requests per second of all users together.
    pub rate_per_s: f64,
    /// A closed population sends no faster than that, and slower once answers take longer.
    pub at_most: bool,
    /// What is full first stands first: that one is the bottleneck, if any load fills it.
    pub resources: Vec<Resource>,
    /// In the order of the scenario.
    #[serde(skip)]
    pub loads: Vec<ResourceLoad>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Resource {
    /// `cores of server`
    pub name: String,
    pub scarce: ResourceKind,
    /// What one of them is called.
    pub unit: &'static str,
    /// How many of these there are in all its places together.
    pub capacity: f64,
    /// The share in use of all of them, and of those at the fullest place.
    pub utilisation: Option<f64>,
    pub utilisation_max: Option<f64>,
    /// Why it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<&'static str>,
    /// The requests per second, of all users in the same proportions, that use it up.
    pub saturates_at_per_s: Option<f64>,
    /// The same for a closed population: about how many users keep it busy all the time.
    pub saturates_at_users: Option<f64>,
}

impl Offered {
    pub fn of(scenario: &Scenario, rates: &Rates) -> Offered {
        let rate_per_s = rates.sent.in_all();
        let loads = estimate(scenario, &rates.sent);
        let mut resources: Vec<Resource> = loads.iter().map(|load| resource(scenario, load, rates)).collect();
        let at = |resource: &Resource| resource.saturates_at_per_s.unwrap_or(f64::INFINITY);
        let busy = |resource: &Resource| resource.utilisation_max.unwrap_or(-1.0);
        resources.sort_by(|a, b| at(a).total_cmp(&at(b)).then(busy(b).total_cmp(&busy(a))));
        debug_assert_eq!(
            first_full(&loads).map(|load| resource(scenario, load, rates).name),
            resources.first().filter(|first| at(first).is_finite()).map(|first| first.name.clone())
        );
        Offered { rate_per_s, at_most: rates.at_most, resources, loads }
    }

    /// What is used up first, if anything ever is.
    pub fn bottleneck(&self) -> Option<&Resource> {
        self.resources.first().filter(|resource| resource.saturates_at_per_s.is_some())
    }
}

fn resource(scenario: &Scenario, load: &ResourceLoad, rates: &Rates) -> Resource {
    let &crate::scenario::resources::Resource { kind, owner, capacity, places } = &load.resource;
    let name = name(scenario, kind, owner);
    let expected = load.expected.as_ref();
    let full_at = expected.ok().and_then(|expected| expected.full_at_per_s);
    let users = |rate: f64| rates.population * rate / rates.sent.in_all();
    Resource {
        name: name.strip_prefix("the ").unwrap_or(&name).to_owned(),
        scarce: kind,
        unit: unit(scenario, kind, owner),
        capacity: capacity * f64::from(places),
        utilisation: expected.ok().map(|expected| expected.share),
        utilisation_max: expected.ok().map(|expected| expected.fullest),
        unknown: expected.err().map(|unknown| unknown.reason()),
        saturates_at_per_s: full_at,
        saturates_at_users: full_at.filter(|_| rates.population > 0.0).map(users),
    }
}
