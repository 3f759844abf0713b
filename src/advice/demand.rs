//! How much of a resource the load would take if there were enough of it, where that can be reckoned.

use crate::analysis::window::Window;
use crate::kernel::time::{SECOND, Time, to_seconds};
use crate::parts::outcome::Outcome;
use crate::results::RunResults;
use crate::scenario::load_estimate::Sent;
use crate::scenario::model::{NodeId, Scenario};
use crate::scenario::resource_load::{holding_seconds, in_use};
use crate::scenario::resources::Resource;

/// A peak lasts as long as this at least: what comes within a second is chance.
const PEAK: Time = 10 * SECOND;

/// Of what is to be enough, so much may be in use: beyond, waits grow long.
pub const IN_USE_MOST: f64 = 0.8;

/// Requests per second of each class, and answers with success of all, late ones included, each where
/// there were most.
pub fn peak_rates(results: &RunResults, window: &Window) -> (Vec<f64>, f64) {
    let edges = &results.bucket_edges;
    let peak = |count: &dyn Fn(usize) -> u64| {
        let mut most = 0.0_f64;
        let (mut first, mut sum) = (window.buckets.start, 0);
        for bucket in window.buckets.clone() {
            sum += count(bucket);
            let length = edges[bucket + 1] - edges[first];
            if length < PEAK && bucket + 1 < window.buckets.end {
                continue;
            }
            most = most.max(sum as f64 / to_seconds(length));
            // The next stretch begins a bucket later.
            while first <= bucket && edges[bucket + 1] - edges[first] >= PEAK {
                sum -= count(first);
                first += 1;
            }
        }
        most
    };
    let of_classes = results.classes.iter().map(|class| peak(&|bucket| class.buckets[bucket].offered));
    let ok = |bucket: usize| {
        results.classes.iter().map(|class| class.buckets[bucket].outcomes[Outcome::Ok as usize]).sum()
    };
    (of_classes.collect(), peak(&ok))
}

/// How much of each place would be in use on average at these rates of the classes, at the fullest of
/// them. It knows no retries; nothing where it cannot be reckoned.
pub fn demand(scenario: &Scenario, resource: &Resource, class_rates: &[f64]) -> Option<f64> {
    let loads = in_use(scenario, &Sent::at_rates(scenario, class_rates));
    let load = loads.iter().find(|load| load.resource == *resource)?;
    let fullest = load.fullest().filter(|share| share.is_finite() && *share > 0.0)?;
    Some(fullest * resource.capacity)
}

/// How long a visit holds its slot where nobody waits, in seconds.
pub fn holding_s(scenario: &Scenario, node: usize, class_rates: &[f64]) -> Option<f64> {
    holding_seconds(scenario, &Sent::at_rates(scenario, class_rates), NodeId(node as u32))
        .filter(|seconds| seconds.is_finite() && *seconds > 0.0)
}
