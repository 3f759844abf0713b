//! What happened, when, why and what it cost, in sentences.

use super::words::{and_more, counted, failure, span, stretch};
use crate::output::charts::states::{SURGE, outages};
use crate::output::record::{Class, Event, Facts, Outage, Part, Record, Tail};
use crate::output::terminal::figure::{self, count, length, three_digits};

/// Causes and events that are told one by one.
const TOLD_MOST: usize = 6;
/// Kinds of failure that are named.
const FAILURES_MOST: usize = 4;
/// Parts of the slowest requests' time that are told.
const PARTS_MOST: usize = 3;
/// An outage that goes on for so long after its cause is worth a sentence.
const AFTERMATH_S: f64 = 1.0;

/// The most important thing, in one sentence; and whether it is bad.
pub fn verdict(record: &Record, facts: &Facts) -> (String, bool) {
    let outages = outages(record);
    let down_s: f64 = outages.iter().map(Outage::length_s).sum();
    let bad = bad(&facts.total);
    let failed = facts.expectations.iter().filter(|expectation| !expectation.holds).count() as u64;
    let (mut text, mut is_bad) = match (outages.as_slice(), bad, facts.total.ended) {
        (_, _, 0) => ("No request ended after the warm-up: there is nothing to judge.".to_owned(), true),
        ([], 0, ended) => {
            (format!("The site was up throughout: all {} requests were good.", count(ended)), false)
        }
        ([], bad, ended) => {
            let share = figure::share(bad as f64 / ended as f64);
            let text = format!(
                "The site was up throughout; {} of {} requests ({share}) were not good.",
                count(bad),
                count(ended)
            );
            (text, false)
        }
        ([outage], _, _) => {
            let planned = if outage.planned { ", as planned" } else { "" };
            (format!("The site was down once{planned}, for {}.", span(outage.length_s())), true)
        }
        (many, _, _) => {
            (format!("The site was down {} times, {} in all.", count(many.len() as u64), span(down_s)), true)
        }
    };
    if failed > 0 {
        let fails = if failed == 1 { "fails" } else { "fail" };
        text.push_str(&format!(" {} {fails}.", counted(failed, "expectation")));
        is_bad = true;
    }
    (text, is_bad)
}

pub fn bad(class: &Class) -> u64 {
    let share = class.good_share.value.unwrap_or(1.0);
    ((1.0 - share) * class.ended as f64).round() as u64
}

/// How the requests of a class were not good, the most frequent first.
pub fn failures(class: &Class) -> Vec<(&str, u64)> {
    let failures = class.outcomes.iter().filter(|(name, _)| *name != "ok");
    let mut failures: Vec<(&str, u64)> = failures.map(|(name, number)| (failure(name), *number)).collect();
    let failed: u64 = failures.iter().map(|(_, number)| number).sum();
    failures.push(("answered too late for the objective", bad(class).saturating_sub(failed)));
    failures.retain(|&(_, number)| number > 0);
    failures.sort_by_key(|&(_, number)| std::cmp::Reverse(number));
    failures
}

/// What happened, and why: outages by their causes, and what was done to the site without one.
pub fn happened(record: &Record) -> Vec<String> {
    let outages = outages(record);
    let mut causes: Vec<(&str, Vec<&Outage>)> = Vec::new();
    for outage in &outages {
        match causes.iter_mut().find(|(cause, _)| *cause == outage.cause) {
            Some((_, of_cause)) => of_cause.push(outage),
            None => causes.push((&outage.cause, vec![outage])),
        }
    }
    let down_s = |outages: &[&Outage]| outages.iter().map(|outage| outage.length_s()).sum::<f64>();
    causes.sort_by(|a, b| down_s(&b.1).total_cmp(&down_s(&a.1)));
    let mut told: Vec<String> = Vec::new();
    for (cause, outages) in causes.iter().take(TOLD_MOST) {
        told.push(match outages.as_slice() {
            [outage] => outage_story(record, outage),
            many => outages_story(cause, many, down_s(many)),
        });
    }
    if causes.len() > TOLD_MOST {
        let left = causes[TOLD_MOST..].iter().map(|(_, outages)| outages.len() as u64).sum();
        told.push(format!("{} had other causes; all stand in the table below.", counted(left, "outage")));
    }
    told.extend(harmless(record, &outages));
    if told.is_empty() {
        told.push("Nothing went wrong, nothing was maintained, and traffic was as usual.".to_owned());
    }
    told
}

/// What happened without an outage.
fn harmless(record: &Record, outages: &[Outage]) -> Vec<String> {
    // Outages come in order and do not overlap.
    let met = |event: &Event| {
        let next = outages.partition_point(|outage| outage.end_s <= event.start_s);
        outages.get(next).is_some_and(|outage| outage.start_s < event.end_s)
    };
    let events: Vec<&Event> = record.events.iter().filter(|event| !met(event)).collect();
    if events.len() > TOLD_MOST {
        let number = counted(events.len() as u64, "event");
        return vec![format!("{number} caused no outage; the table below has them.")];
    }
    let line = |event: &&Event| {
        let what = if event.target.is_empty() || event.label.contains(&event.target) {
            String::new()
        } else {
            format!(" (`{}`)", event.target.replace(';', "`, `"))
        };
        format!("`{}`{what}, {}, caused no outage.", event.label, stretch(event))
    };
    events.iter().map(line).collect()
}

/// Several outages of one cause.
fn outages_story(cause: &str, outages: &[&Outage], down_s: f64) -> String {
    let lost: f64 = outages.iter().filter_map(|outage| outage.requests_lost).sum();
    let longest = outages.iter().max_by(|a, b| a.length_s().total_cmp(&b.length_s()));
    let longest = longest.map_or(String::new(), |outage| {
        format!(" The longest was at {}, for {}.", span(outage.start_s), span(outage.length_s()))
    });
    format!(
        "**`{cause}`** took the site down {} times, {} in all; {}{} lost.{longest}",
        count(outages.len() as u64),
        span(down_s),
        counted(lost as u64, "request"),
        was(lost)
    )
}

/// Whether an event was in force during an outage.
fn concerns(event: &Event, outage: &Outage) -> bool {
    event.start_s < outage.end_s && event.end_s > outage.start_s
}

fn outage_story(record: &Record, outage: &Outage) -> String {
    let mut text =
        format!("**At {}, for {}**, users met errors", span(outage.start_s), span(outage.length_s()));
    match (outage.first_error.as_str(), outage.last_error.as_str()) {
        ("", _) => {}
        (first, last) if first == last => text.push_str(&format!(": {}", failure(first))),
        (first, last) => text.push_str(&format!(": at first {}, at last {}", failure(first), failure(last))),
    }
    text.push('.');
    if let Some(lost) = outage.requests_lost {
        text.push_str(&format!(" {} lost.", counted(lost as u64, "request") + was(lost)));
    }
    let cause = record.events.iter().rfind(|event| event.label == outage.cause && concerns(event, outage));
    match cause {
        Some(event) => {
            text.push_str(&format!(" The cause: `{}`, {}.", event.label, stretch(event)));
            text.push_str(&aftermath(record, outage, event));
        }
        None => text.push_str(&overload(record, outage)),
    }
    text
}

/// What was felt when the cause was over.
fn aftermath(record: &Record, outage: &Outage, event: &Event) -> String {
    let longer_s = outage.end_s - event.end_s;
    let longest_s = AFTERMATH_S.max(event.end_s - event.start_s);
    // Requests that fail at the very end of a run are not counted any more.
    let goes_on = outage.end_s > record.end_s() - AFTERMATH_S && longer_s > longest_s;
    match longer_s {
        longer_s if goes_on => format!(
            " It went on to the end of the run, {} after its cause was over: what it had left behind, such as \
             retries and work for callers that had left, kept it up.",
            span(longer_s)
        ),
        longer_s if longer_s > AFTERMATH_S => format!(
            " Users felt it for {} longer than it lasted: what was down had to start again, and what had waited \
             had to be served or given up.",
            span(longer_s)
        ),
        _ => String::new(),
    }
}

fn was(number: f64) -> &'static str {
    if number == 1.0 { " was" } else { " were" }
}

/// Nothing was broken: more came in than could be served.
fn overload(record: &Record, outage: &Outage) -> String {
    let surges: Vec<&Event> =
        record.events.iter().filter(|event| event.kind == SURGE && concerns(event, outage)).collect();
    let Some(surge) = surges.first() else {
        return match outage.cause.as_str() {
            "" => String::new(),
            "overload" => " Nothing was broken: more came in than could be served in time.".to_owned(),
            cause => format!(" The cause: `{cause}`."),
        };
    };
    let mut text = format!(
        " Nothing was broken: with `{}`, {}, more came in than could be served in time.",
        surge.label,
        stretch(surge)
    );
    if outage.end_s > surge.end_s + AFTERMATH_S {
        text.push_str(&format!(
            " It took {} longer than the surge to get rid of what had piled up.",
            span(outage.end_s - surge.end_s)
        ));
    }
    text
}

/// What it cost: requests, the error budget, time.
pub fn cost(record: &Record, facts: &Facts) -> Vec<String> {
    let mut told = Vec::new();
    let total = &facts.total;
    if total.ended > 0 {
        told.push(lost(total));
    }
    if let (Some(target), Some(share)) = (facts.availability_target(), total.good_share.value) {
        told.push(budget(target, share));
    }
    for class in facts.classes.iter().filter(|_| facts.classes.len() > 1) {
        if let (Some(share), true) = (class.good_share.value, bad(class) * 100 > class.ended) {
            told.push(format!("Of `{}`, {} were good.", class.name, figure::share(share)));
        }
    }
    let availability = &facts.availability;
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
    if let (Some(p50), Some(p99)) = (total.p50_ms.value, total.p99_ms.value) {
        let slowest = total.max_ms.map_or(String::new(), |max| format!(", the slowest in {}", length(max)));
        told.push(format!(
            "Half of the good answers came within {}, 99 % within {}{slowest}.",
            length(p50),
            length(p99)
        ));
    }
    told.extend(facts.tail.as_ref().and_then(slow));
    if told.is_empty() && record.timeline.is_some() {
        told.push("The figures of this run are not in its folder: `summary.json` is missing.".to_owned());
    }
    told
}

/// What the slowest requests spent most of their time on.
fn slow(tail: &Tail) -> Option<String> {
    let part = |part: &Part| {
        let during =
            part.during.as_deref().map_or(String::new(), |during| format!(" while `{during}` was in force"));
        format!("{} {}{during}", figure::share(part.share), part.words())
    };
    let parts: Vec<String> = tail.parts.iter().take(PARTS_MOST).map(part).collect();
    (!parts.is_empty()).then(|| {
        format!(
            "Of the time of the slowest {} (beyond {}) went {}.",
            figure::share(tail.share),
            length(tail.latency_least_ms),
            super::words::and(&parts)
        )
    })
}

fn lost(total: &Class) -> String {
    let bad = bad(total);
    if bad == 0 {
        return format!("Nothing: all {} requests were good.", count(total.ended));
    }
    let kinds: Vec<String> =
        failures(total).into_iter().map(|(what, number)| format!("{} × {what}", count(number))).collect();
    format!(
        "{} of {} requests ({}) were not good: {}.",
        count(bad),
        count(total.ended),
        figure::share(bad as f64 / total.ended as f64),
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
