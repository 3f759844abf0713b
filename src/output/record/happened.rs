//! What befell a site, and what its users felt of it.

use super::stretch::seconds;
use crate::analysis::events::events;
use crate::analysis::normality::Normality;
use crate::analysis::outages::{Outages, cause, is_planned, lost};
use crate::analysis::window::Window;
use crate::kernel::time::{Time, from_seconds};
use crate::parts::fidelity::Fidelity;
use crate::parts::outcome::Outcome;
use crate::results::RunResults;
use crate::scenario::model::Scenario;

/// Something that was done to the site or befell it. Of too many to be listed, all that are alike
/// are one together, of the kind `unlisted`.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub start_s: f64,
    /// What has no end was in force to the end of the run.
    pub end_s: f64,
    pub kind: String,
    pub target: String,
    pub planned: bool,
    pub label: String,
}

/// A stretch in which users were not served.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outage {
    pub start_s: f64,
    pub end_s: f64,
    pub length_s: f64,
    pub requests_lost: Option<u64>,
    pub cause: String,
    pub planned: bool,
    /// How the first and the last of its requests failed; empty if that is not known.
    pub first_error: String,
    pub last_error: String,
    /// How long after its end latencies were as they had been.
    pub normal_again_s: Option<f64>,
}

/// What those outages come to together that are not listed one by one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnlistedOutages {
    pub start_s: f64,
    pub end_s: f64,
    pub length_s: f64,
    pub requests_lost: Option<u64>,
    pub told: String,
}

/// In the order of their beginnings.
pub fn events_of(scenario: &Scenario, results: &RunResults) -> Vec<Event> {
    let event = |event: crate::analysis::events::Event| Event {
        start_s: seconds(event.start),
        end_s: event.end.map_or(f64::INFINITY, seconds),
        kind: event.kind.to_owned(),
        target: event.target,
        planned: event.planned,
        label: event.label,
    };
    events(scenario, results).into_iter().map(event).collect()
}

/// Those of the part that counts, and what the unlisted ones come to, if there are any.
pub fn outages_of(scenario: &Scenario, results: &RunResults) -> (Vec<Outage>, Option<UnlistedOutages>) {
    let window = Window::of(scenario, results);
    let normality = Normality::of(results, &window.buckets);
    let outages = Outages::of(results, &window);
    // Nobody met one where nobody asked.
    let error = |outcome: Outcome| match results.fidelity {
        Fidelity::Components => String::new(),
        _ => outcome.name().to_owned(),
    };
    let listed = outages.listed.iter().map(|outage| Outage {
        start_s: seconds(outage.start),
        end_s: seconds(outage.end),
        length_s: seconds(outage.end - outage.start),
        requests_lost: lost(results, outage.lost),
        cause: cause(results, outage.cause).to_owned(),
        planned: is_planned(results, outage.cause),
        first_error: error(outage.first_error),
        last_error: error(outage.last_error),
        normal_again_s: normality.normal_again_s(outage).map(|time| seconds(from_seconds(time))),
    });
    let more = &outages.unlisted;
    let unlisted = (more.all.count > 0).then(|| UnlistedOutages {
        start_s: seconds(more.start),
        end_s: seconds(more.end),
        // No longer than the run, like all of them together.
        length_s: seconds(Time::try_from(more.all.time).unwrap_or(Time::MAX)),
        requests_lost: lost(results, more.all.lost),
        told: format!("{} outages more, which are not listed one by one", more.all.count),
    });
    (listed.collect(), unlisted)
}
