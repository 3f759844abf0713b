//! What the reader should know before he trusts a figure.

use super::availability::AvailabilitySummary;
use super::classes::answers_needed;
use super::summary::{ClassSummary, Estimate, NodeSummary, Notice};
use super::window::{Origin, Window};
use crate::kernel::time::to_seconds;
use crate::parts::fidelity::Fidelity;
use crate::parts::quantity::format_duration;
use crate::plan::buckets_most;
use crate::results::{RunResults, StopReason};
use crate::scenario::model::Scenario;

/// No more classes or nodes than this are named in a notice.
const DOUBTS_MOST: usize = 5;

/// So many visits, and such a share of those that came, may be in line at the end without a word.
const UNFINISHED_LEAST: f64 = 20.0;
const UNFINISHED: f64 = 0.01;

pub fn notices(
    scenario: &Scenario,
    results: &RunResults,
    window: &Window,
    (total, classes): (&ClassSummary, &[ClassSummary]),
    nodes: &[NodeSummary],
    availability: &AvailabilitySummary,
) -> Vec<Notice> {
    let mut notices = Vec::new();
    notices.extend(stop(results));
    notices.extend(fidelity(results));
    notices.extend(buckets(scenario, results));
    notices.extend(cut(availability));
    let Some(ended) = total.ended else { return notices };
    if ended == 0 {
        let text = "No request has ended, so there is nothing to tell of.".to_owned();
        notices.push(Notice { about: "empty".into(), text });
        return notices;
    }
    if window.origin == Origin::Drifting {
        let text = "Latencies drift through the whole run (MSER-5 found no steady state): the figures describe \
                    this run from its start to its end, not a steady state.";
        notices.push(Notice { about: "drift".into(), text: text.to_owned() });
    }
    notices.extend(unfinished(nodes));
    notices.extend(too_short(classes, window));
    notices.extend(restless(classes));
    notices.extend(planned(total, classes, window));
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
        StopReason::StandsStill => ("standstill", stands_still(results, &at)),
    };
    Some(Notice { about: about.into(), text })
}

/// Who goes round, and what would let time pass.
fn stands_still(results: &RunResults, at: &str) -> String {
    let quoted: Vec<String> = results.standstill.iter().map(|name| format!("`{name}`")).collect();
    let who = match &quoted[..] {
        [] => "something".to_owned(),
        [only] => only.clone(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    };
    format!(
        "Simulated time stood still at {at}, and the run ended there: between {who} requests end in no time, and the \
         next begin at once. Let the users `think`, or give the link to them a latency."
    )
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
            "No requests were simulated: shares are of the time in which all that a class needs was up, \
             and an outage is a stretch in which some class lacked it. What callers do about what is \
             down (health checks, retries, timeouts), links, errors, slow work and overload are left out."
                .to_owned()
        }
    };
    Some(Notice { about: "fidelity".into(), text })
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
    Some(Notice { about: "buckets".into(), text })
}

/// What is counted and not listed.
fn cut(availability: &AvailabilitySummary) -> Option<Notice> {
    let list = |what: &str, file: &str, all: u64, listed: u64| {
        (all > listed).then(|| format!("of {all} {what} the first {listed} in {file}"))
    };
    let outages = list(
        "outages",
        "outages.csv",
        availability.outages,
        availability.outages_listed.unwrap_or(availability.outages),
    );
    let events = list("events", "events.csv", availability.events, availability.events_listed);
    let lists: Vec<String> = [outages, events].into_iter().flatten().collect();
    if lists.is_empty() {
        return None;
    }
    let text = format!(
        "Not all are listed one by one: {}. Figures, and the last lines there, are of all.",
        lists.join(", ")
    );
    Some(Notice { about: "cut".into(), text })
}

/// Where so many stand in line at the end that they are more than a moment's work, means are of
/// those who were served.
fn unfinished(nodes: &[NodeSummary]) -> Option<Notice> {
    let waits = |node: &&NodeSummary| {
        node.line_at_end > UNFINISHED_LEAST && node.line_at_end > UNFINISHED * node.visits as f64
    };
    let told: Vec<String> = nodes
        .iter()
        .filter(waits)
        .take(DOUBTS_MOST)
        .map(|node| {
            let others = node.unserved_wait_mean_ms.map_or(String::new(), |wait_ms| {
                format!(", after {} in line on average", format_duration(round_s(wait_ms)))
            });
            format!(
                "about {:.0} visits were in line at {}, and {} of {} had got no slot{others}",
                node.line_at_end, node.name, node.unserved, node.visits
            )
        })
        .collect();
    if told.is_empty() {
        return None;
    }
    let text = format!(
        "At the end {}. Waits are of those who got one, and times there at least what they are said to be.",
        told.join("; ")
    );
    Some(Notice { about: "unfinished".into(), text })
}

/// From milliseconds, to three digits.
fn round_s(milliseconds: f64) -> f64 {
    format!("{:.2e}", milliseconds * 1e-3).parse().unwrap_or(milliseconds * 1e-3)
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
    Some(Notice { about: "too short".into(), text })
}

/// Figures that differ along the run by plan more than by chance.
fn planned(total: &ClassSummary, classes: &[ClassSummary], window: &Window) -> Option<Notice> {
    let why = window.planned.why()?;
    let is_so = |class: &&ClassSummary| {
        let figures = [&class.good_share, &class.mean_ms, &class.p50_ms, &class.p99_ms];
        figures.iter().any(|figure| figure.why_no_interval.as_ref() == Some(&why))
    };
    let all = if classes.len() == 1 { None } else { Some(total) };
    let names: Vec<&str> =
        classes.iter().chain(all).filter(is_so).take(DOUBTS_MOST).map(|class| class.name.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let text =
        format!("This run alone cannot tell how far figures of {} may be off: {why}.", names.join(", "));
    Some(Notice { about: "planned".into(), text })
}

/// Means whose spread cannot be told although there are answers enough.
fn restless(classes: &[ClassSummary]) -> Option<Notice> {
    let names: Vec<&str> = classes
        .iter()
        .filter(|class| class.mean_ms.is_unsettled())
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
    Some(Notice { about: "too short".into(), text })
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
