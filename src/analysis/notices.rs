//! What the reader should know before he trusts a figure.

use super::classes::answers_needed;
use super::summary::{ClassSummary, Estimate, Notice};
use super::window::{Origin, Window};
use crate::kernel::time::to_seconds;
use crate::parts::fidelity::Fidelity;
use crate::parts::quantity::format_duration;
use crate::results::{RunResults, StopReason};

/// No more classes than this are named in a notice.
const DOUBTS_MOST: usize = 5;

pub fn notices(
    results: &RunResults,
    window: &Window,
    total: &ClassSummary,
    classes: &[ClassSummary],
) -> Vec<Notice> {
    let mut notices = Vec::new();
    notices.extend(stop(results));
    notices.extend(fidelity(results));
    if total.ended == 0 {
        let text = "No request has ended, so there is nothing to tell of.".to_owned();
        notices.push(Notice { about: "empty", text });
        return notices;
    }
    if window.origin == Origin::Drifting {
        let text = "Latencies drift through the whole run (MSER-5 found no steady state): the figures describe \
                    this run from its start to its end, not a steady state.";
        notices.push(Notice { about: "drift", text: text.to_owned() });
    }
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
