//! All that there is only so much of, over time.

use super::stretch::{Stretch, rounded};
use crate::analysis::resources::{counts_takers, measured, moment};
use crate::analysis::shown::Shown;
use crate::parts::resource::{ResourceKind, Way};
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use crate::scenario::resources::{name, owner};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResourceTimelines {
    pub buckets: Vec<Stretch>,
    pub resources: Vec<ResourceTimeline>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResourceTimeline {
    /// `the link visitors -> server (answers)`
    pub name: String,
    pub kind: String,
    pub owner: String,
    /// Of a link, `out` or `back`.
    pub way: String,
    /// One for each bucket.
    pub moments: Vec<ResourceMoment>,
}

/// What is not counted of a resource is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ResourceMoment {
    pub utilisation: Option<f64>,
    /// The fullest place's.
    pub utilisation_max: Option<f64>,
    pub full_share: f64,
    pub waiting_mean: f64,
    pub waiting_max: u32,
    /// Those who got it, and of these the ones who had waited.
    pub taken: Option<u64>,
    pub waited: Option<u64>,
    pub wait_mean_ms: Option<f64>,
    pub left: Option<u64>,
    pub turned_away: Option<u64>,
}

impl ResourceTimelines {
    pub fn of(scenario: &Scenario, results: &RunResults, shown: &[Shown]) -> ResourceTimelines {
        let resources = measured(scenario, results).into_iter().map(|measured| {
            let (kind, whose) = (measured.resource.kind, measured.resource.owner);
            let takers = counts_takers(kind);
            let moments = shown.iter().map(|stretch| {
                let moment = moment(&measured, stretch);
                let counts = moment.counts;
                ResourceMoment {
                    utilisation: moment.utilisation.map(rounded),
                    utilisation_max: moment.utilisation_max.map(rounded),
                    full_share: rounded(moment.full_share),
                    waiting_mean: rounded(moment.waiting_mean),
                    waiting_max: counts.waiting_max,
                    taken: takers.then_some(counts.taken),
                    waited: takers.then_some(counts.waited),
                    wait_mean_ms: moment.wait_mean_ms.filter(|_| takers).map(rounded),
                    left: takers.then_some(counts.left),
                    turned_away: (kind != ResourceKind::Cores).then_some(counts.turned_away),
                }
            });
            ResourceTimeline {
                name: name(scenario, kind, whose),
                kind: kind.name().to_owned(),
                owner: owner(scenario, whose),
                way: whose.way().map_or("", Way::name).to_owned(),
                moments: moments.collect(),
            }
        });
        let resources = resources.collect();
        ResourceTimelines { buckets: shown.iter().map(Stretch::of).collect(), resources }
    }
}
