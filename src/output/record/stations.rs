//! Each node over time, its replicas together.

use super::stretch::{Stretch, rounded};
use crate::analysis::measured::work_of_nodes;
use crate::analysis::moments::{Moment, lines, moments};
use crate::analysis::shown::Shown;
use crate::results::RunResults;
use crate::scenario::model::Scenario;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct StationTimelines {
    pub buckets: Vec<Stretch>,
    pub stations: Vec<StationTimeline>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct StationTimeline {
    pub name: String,
    /// One for each bucket.
    pub moments: Vec<Moment>,
}

impl StationTimelines {
    pub fn of(scenario: &Scenario, results: &RunResults, shown: &[Shown]) -> StationTimelines {
        let (lines, works) = (lines(scenario, results), work_of_nodes(scenario, results));
        let nodes = scenario.nodes.iter();
        let mut stations: Vec<StationTimeline> = nodes
            .map(|node| StationTimeline { name: node.name.clone(), moments: Vec::with_capacity(shown.len()) })
            .collect();
        for stretch in shown {
            let moments = moments(scenario, results, (&lines, &works), stretch);
            for (station, moment) in stations.iter_mut().zip(moments) {
                station.moments.push(Moment {
                    utilisation: moment.utilisation.map(rounded),
                    utilisation_max: moment.utilisation_max.map(rounded),
                    queue_mean: rounded(moment.queue_mean),
                    inside_mean: rounded(moment.inside_mean),
                    wait_mean_ms: moment.wait_mean_ms.map(rounded),
                    ..moment
                });
            }
        }
        StationTimelines { buckets: shown.iter().map(Stretch::of).collect(), stations }
    }
}
