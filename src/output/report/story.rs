//! What it cost, and how long answers took, in sentences.

use crate::analysis::summary::ClassSummary;
use crate::output::record::Findings;
use crate::output::terminal::figure::{self, count, length, three_digits};
use crate::telling::tail::tail;
use crate::telling::words::{and_more, failure, span};

/// Kinds of failure that are named.
const FAILURES_MOST: usize = 4;

/// The requests of a class that ended; none where none were simulated.
pub fn ended(class: &ClassSummary) -> u64 {
    class.ended.unwrap_or(0)
}

pub fn bad(class: &ClassSummary) -> u64 {
    let share = class.good_share.value.unwrap_or(1.0);
    ((1.0 - share) * ended(class) as f64).round() as u64
}

/// How the requests of a class were not good, the most frequent first.
pub fn failures(class: &ClassSummary) -> Vec<(&str, u64)> {
    let failures = class.outcomes.iter().filter(|(name, _)| *name != "ok");
    let mut failures: Vec<(&str, u64)> = failures.map(|(name, number)| (failure(name), *number)).collect();
    let failed: u64 = failures.iter().map(|(_, number)| number).sum();
    failures.push(("answered too late for the objective", bad(class).saturating_sub(failed)));
    failures.retain(|&(_, number)| number > 0);
    failures.sort_by_key(|&(_, number)| std::cmp::Reverse(number));
    failures
}

/// What it cost: requests, the error budget, outages.
pub fn cost(findings: &Findings) -> Vec<String> {
    let mut told = Vec::new();
    let total = &findings.summary.total;
    if ended(total) > 0 {
        told.push(lost(total));
    }
    if let (Some(target), Some(share)) = (findings.summary.availability_target(), total.good_share.value) {
        told.push(budget(target, share));
    }
    for class in findings.summary.classes.iter().filter(|_| findings.summary.classes.len() > 1) {
        if let (Some(share), true) = (class.good_share.value, bad(class) * 100 > ended(class)) {
            told.push(format!("Of `{}`, {} were good.", class.name, figure::share(share)));
        }
    }
    let availability = &findings.summary.availability;
    if let (true, Some(up)) = (availability.outages > 0, availability.time_up) {
        let mut text = format!("{} of the time was without an outage", figure::share(up));
        if availability.planned_outage_s > 0.0 {
            text.push_str(&format!("; {} of the rest was planned", span(availability.planned_outage_s)));
        }
        text.push('.');
        told.push(text);
    }
    if let (Some(hours), Some(half_width)) =
        (availability.down_h_per_year.value, availability.down_h_per_year.half_width)
    {
        let most = three_digits(hours + half_width);
        let hours = if half_width > hours {
            format!("{} hours (0–{most})", three_digits(hours))
        } else {
            format!("{} ±{} hours", three_digits(hours), three_digits(half_width))
        };
        told.push(format!("A year like this run would be without service for {hours}."));
    }
    told
}

/// How long answers took, and what made the slowest slow.
pub fn latencies(findings: &Findings) -> Vec<String> {
    let mut told = Vec::new();
    let total = &findings.summary.total;
    if let (Some(p50), Some(p99)) = (total.p50_ms.value, total.p99_ms.value) {
        let slowest = total.max_ms.map_or(String::new(), |max| format!(", the slowest in {}", length(max)));
        told.push(format!(
            "Half of the good answers came within {}, 99 % within {}{slowest}.",
            length(p50),
            length(p99)
        ));
    }
    let slow = findings.summary.tail.as_ref().map(|slowest| tail(slowest).text);
    told.extend(slow.filter(|text| !text.is_empty()));
    told
}

fn lost(total: &ClassSummary) -> String {
    let bad = bad(total);
    if bad == 0 {
        return format!("Nothing: all {} requests were good.", count(ended(total)));
    }
    let kinds: Vec<String> =
        failures(total).into_iter().map(|(what, number)| format!("{} × {what}", count(number))).collect();
    format!(
        "{} of {} requests ({}) were not good: {}.",
        count(bad),
        count(ended(total)),
        figure::share(bad as f64 / ended(total) as f64),
        and_more(&kinds, FAILURES_MOST)
    )
}

fn budget(target: f64, share: f64) -> String {
    let allowed = 1.0 - target;
    let used = (1.0 - share) / allowed;
    let wanted = figure::share(target);
    match used {
        0.0 => format!("The target is {wanted}; nothing of its error budget is used up."),
        used if used <= 1.0 => {
            format!("The target is {wanted}; {} of its error budget is used up.", figure::share(used))
        }
        used => format!(
            "The target is {wanted}; this is {} times the error budget that it leaves.",
            three_digits(used)
        ),
    }
}
