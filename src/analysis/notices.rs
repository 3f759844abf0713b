//! What the reader should know before he trusts a figure.

use super::availability::counted;
use super::classes::{answers_needed, sum};
use super::summary::{ClassSummary, Estimate, NodeSummary, Notice};
use super::window::{Origin, Window};
use crate::kernel::time::to_seconds;
use crate::parts::fidelity::Fidelity;
use crate::parts::outcome::Outcome;
use crate::parts::quantity::{format_duration, format_share};
use crate::plan::buckets_most;
use crate::results::{ClassRecord, RunResults, StopReason};
use crate::scenario::model::Scenario;

/// Above this share of its time a node counts as busy all the time.
const FULL: f64 = 0.99;

/// Requests in flight have grown if there are so many times more in the last quarter of
/// the run than in the second one, and more than a handful.
const GROWTH: f64 = 1.5;
const GROWTH_LEAST: f64 = 20.0;

/// From this share of requests that timed out or were turned away on, there were too many.
const LOST: f64 = 0.05;

/// No more classes than this are named in a notice.
const DOUBTS_MOST: usize = 5;

pub fn notices(
    scenario: &Scenario,
    results: &RunResults,
    window: &Window,
    total: &ClassSummary,
    classes: &[ClassSummary],
    nodes: &[NodeSummary],
) -> Vec<Notice> {
    let mut notices = Vec::new();
    notices.extend(stop(results));
    notices.extend(fidelity(results));
    notices.extend(buckets(scenario, results));
    if total.ended == 0 {
        let text = "No request has ended, so there is nothing to tell of.".to_owned();
        notices.push(Notice { about: "empty", text });
        return notices;
    }
    let overload = overload(results, window, total, nodes);
    if overload.is_none() && window.origin == Origin::Drifting {
        let text = "Latencies drift through the whole run (MSER-5 found no steady state): the figures describe \
                    this run from its start to its end, not a steady state.";
        notices.push(Notice { about: "drift", text: text.to_owned() });
    }
    notices.extend(overload);
    notices.extend(too_short(classes, window));
    notices.extend(restless(classes));
    notices
}

fn stop(results: &RunResults) -> Option<Notice> {
    let at = format_duration(to_seconds(results.ended_at));
    let (about, text) = match results.stop {
        StopReason::Horizon | StopReason::Requests => return None,
        StopReason::NothingLeft => {
            ("stopped", format!("After {at} nothing was left to happen, and the run ended there."))
        }
        StopReason::Interrupted => {
            ("stopped", format!("The run was stopped after {at} of simulated time; this is what there was."))
        }
        StopReason::TooManyInFlight => (
            "limit",
            format!("The run ended after {at}: more requests were in flight at once than can be simulated."),
        ),
        StopReason::TooManyEvents => {
            ("limit", format!("The run ended after {at}: more events than can be simulated."))
        }
    };
    Some(Notice { about, text })
}

fn fidelity(results: &RunResults) -> Option<Notice> {
    let text = match results.fidelity {
        Fidelity::Requests => return None,
        Fidelity::Incidents { .. } => {
            let simulated = format_duration(to_seconds(results.ended_at - results.skipped).round());
            format!(
                "Requests were simulated for {simulated}, around incidents; what was counted in a stretch of the \
                 steady state stands for the rest. Rows, and where the time goes, are of what was simulated."
            )
        }
        Fidelity::Components => {
            "No requests were simulated: each class was asked once a second whether all that \
                                 it needs is up. What callers do about what is down (health checks, retries, \
                                 timeouts), links, errors, slow work and overload are left out."
                .to_owned()
        }
    };
    Some(Notice { about: "fidelity", text })
}

/// A bucket that was asked for is made longer where there would be too many.
fn buckets(scenario: &Scenario, results: &RunResults) -> Option<Notice> {
    let asked = scenario.run.bucket?;
    let in_force = results.bucket_edges.windows(2).map(|edges| edges[1] - edges[0]).max()?;
    if in_force <= asked {
        return None;
    }
    let [asked, in_force] = [asked, in_force].map(|time| format_duration(to_seconds(time)));
    let instances = results.nodes.len();
    let text = format!(
        "Time buckets are {in_force} long, and not {asked} as `run.bucket` has it: with {instances} nodes and replicas \
         no more than {} of them are kept.",
        buckets_most(scenario, instances)
    );
    Some(Notice { about: "buckets", text })
}

fn overload(
    results: &RunResults,
    window: &Window,
    total: &ClassSummary,
    nodes: &[NodeSummary],
) -> Option<Notice> {
    let utilisation = |node: &NodeSummary| node.utilisation_max.unwrap_or(0.0);
    let fullest = nodes
        .iter()
        .filter(|node| utilisation(node) >= FULL)
        .max_by(|a, b| utilisation(a).total_cmp(&utilisation(b)))
        .map(|node| node.name.as_str());
    let lost = lost_share(results, window, total);
    let text = if let Some((earlier, later)) = growth(results, window) {
        let bottleneck = fullest.map_or(String::new(), |name| format!(" {name} was busy all the time."));
        format!(
            "The system was overloaded: requests in flight grew from about {earlier:.0} to {later:.0}.\
             {bottleneck} Latencies depend on how long such a run lasts."
        )
    } else if lost >= LOST {
        // Those who give up keep the lines short, so that nothing piles up.
        let bottleneck = match fullest {
            Some(name) => format!("{name} was busy all the time"),
            None => "no node was busy all the time, so look at the links and at what waits".to_owned(),
        };
        format!(
            "The system was overloaded: {} of the requests timed out or were turned away; {bottleneck}.",
            format_share(lost),
        )
    } else {
        let name = fullest?;
        format!("{name} was busy all the time: it is the bottleneck, and whatever more comes can only wait.")
    };
    Some(Notice { about: "overload", text })
}

/// The share of requests that ended as they do when there are too many. Stations that
/// turn away or lose the impatient do so by design, and what a fault has cost is its own matter.
fn lost_share(results: &RunResults, window: &Window, total: &ClassSummary) -> f64 {
    let signs =
        [Outcome::TimedOut, Outcome::GatewayTimeout, Outcome::Unavailable, Outcome::TooManyConnections];
    let lost: u64 = signs.iter().filter_map(|outcome| total.outcomes.get(outcome.name())).sum();
    let by_faults = counted(results, window).filter(|outage| outage.cause.is_some());
    let by_faults: u64 = by_faults.map(|outage| outage.lost).sum();
    lost.saturating_sub(by_faults) as f64 / total.ended as f64
}

/// The mean number of requests in flight in the second and in the last quarter of the run,
/// if it has grown.
fn growth(results: &RunResults, window: &Window) -> Option<(f64, f64)> {
    let records: Vec<&ClassRecord> = results.classes.iter().collect();
    let in_flight: Vec<f64> =
        window.buckets.clone().map(|bucket| sum(&records, bucket..bucket + 1).in_flight as f64).collect();
    let quarter = in_flight.len() / 4;
    if quarter < 2 {
        return None;
    }
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let earlier = mean(&in_flight[quarter..2 * quarter]);
    let later = mean(&in_flight[in_flight.len() - quarter..]);
    let half = mean(&in_flight[2 * quarter..in_flight.len() - quarter]);
    // A surge near the end looks like growth too, but it comes at once and not all along.
    let all_along = earlier < half && half < later;
    (all_along && later > GROWTH * earlier && later > GROWTH_LEAST).then_some((earlier, later))
}

/// One notice for all classes, with what each lacks.
fn too_short(classes: &[ClassSummary], window: &Window) -> Option<Notice> {
    let mut doubts = Vec::new();
    let mut longer_s: f64 = 0.0;
    for class in classes {
        let quantiles: [(&str, f64, &Estimate); 4] = [
            ("p50", 0.5, &class.p50_ms),
            ("p90", 0.9, &class.p90_ms),
            ("p99", 0.99, &class.p99_ms),
            ("p99.9", 0.999, &class.p999_ms),
        ];
        let answers = class.outcomes.get("ok").copied().unwrap_or(0);
        let doubtful = |share: f64, estimate: &Estimate| {
            estimate.value.is_some() && estimate.half_width.is_none() && answers < answers_needed(share)
        };
        let names: Vec<&str> = quantiles
            .iter()
            .filter(|(_, share, estimate)| doubtful(*share, estimate))
            .map(|(name, share, _)| {
                let needed_s = window.length_s() * answers_needed(*share) as f64 / answers as f64;
                longer_s = longer_s.max(needed_s);
                *name
            })
            .collect();
        if !names.is_empty() {
            let these = if names.len() == 1 { "rests" } else { "rest" };
            doubts.push(format!("{} of {} {these} on {answers} answers", names.join(", "), class.name));
        }
    }
    if doubts.is_empty() {
        return None;
    }
    let left_out = doubts.len().saturating_sub(DOUBTS_MOST);
    doubts.truncate(DOUBTS_MOST);
    let more = if left_out > 0 { format!(" (and {left_out} classes more)") } else { String::new() };
    let text = format!(
        "The run is too short to trust these: {}{more}. They need a run of about {}.",
        doubts.join("; "),
        format_duration(longer_s),
    );
    Some(Notice { about: "too short", text })
}

/// Means whose spread cannot be told although there are answers enough.
fn restless(classes: &[ClassSummary]) -> Option<Notice> {
    let names: Vec<&str> = classes
        .iter()
        .filter(|class| class.mean_ms.value.is_some() && class.mean_ms.half_width.is_none())
        .take(DOUBTS_MOST)
        .map(|class| class.name.as_str())
        .collect();
    if names.is_empty() {
        return None;
    }
    let text = format!(
        "How far the mean of {} may be off cannot be told: the run is too short beside the time for which \
         the system remembers, or it never settles.",
        names.join(", "),
    );
    Some(Notice { about: "too short", text })
}

#[cfg(test)]
mod tests {
    use crate::analysis::summarise::summarise;
    use crate::engine::{Options, Simulation};
    use crate::kernel::time::NEVER;
    use crate::plan::compile;
    use crate::results::row::RowSampling;
    use crate::scenario::load::load_text;

    fn notices_of(replicas: u32, bucket: &str) -> Vec<String> {
        let text = format!(
            "
run: {{ duration: 200s, warmup: none{bucket} }}
nodes:
  users: {{ kind: user, arrivals: 20/s }}
  app: {{ kind: app_server, replicas: {replicas} }}
requests:
  page: {{ path: [ app: 1ms ] }}
"
        );
        let scenario = load_text("wide.yaml", &text, &[]).scenario.expect("it is one");
        let plan = compile(&scenario);
        let mut simulation =
            Simulation::new(&plan, Options { seed: 1, replication: 0, rows: RowSampling::None });
        simulation.advance(NEVER, u64::MAX);
        let summary = summarise(&scenario, 1, &simulation.finish(false));
        let about = summary.notices.into_iter().filter(|notice| notice.about == "buckets");
        about.map(|notice| notice.text).collect()
    }

    #[test]
    fn a_bucket_that_is_made_longer_is_told_with_both_lengths() {
        assert_eq!(
            notices_of(9_999, ", bucket: 1s"),
            [
                "Time buckets are 8 s long, and not 1 s as `run.bucket` has it: with 10000 nodes and replicas no more \
              than 50 of them are kept."
            ]
        );
        assert!(notices_of(2, ", bucket: 1s").is_empty(), "there is room for it");
        assert!(notices_of(9_999, "").is_empty(), "nobody has asked for any length");
    }
}
