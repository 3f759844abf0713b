//! The figures of the report in tables.

use super::html::Table;
use super::story;
use crate::analysis::summary::{ClassSummary, Estimate, ExpectationResult, NodeSummary};
use crate::output::record::{Findings, Record};
use crate::output::terminal::figure::{
    count, in_unit, length, length_with_ends, requests_followed, share, share_with_ends, three_digits,
};
use crate::telling::clock::Clock;
use crate::telling::figure::counted;
use crate::telling::headline::kind_name;
use crate::telling::words::{failure, span};

/// Lines of a table; the files have all of them.
const LINES_MOST: usize = 200;

const NONE: &str = "–";

pub fn outages_table(record: &Record) -> String {
    let outages = record.outages.as_deref().unwrap_or_default();
    if outages.is_empty() {
        return String::new();
    }
    let mut table = Table::new("Outages: stretches in which more than a quarter of the requests failed")
        .figures("from", "simulated time at which the first request that failed was sent")
        .figures("to", "when the last one failed")
        .figures("length", "")
        .figures("requests lost", "requests that failed within it")
        .words("cause", "what was in force when it began")
        .words("planned", "")
        .words("first error", "")
        .words("last error", "");
    for outage in outages.iter().take(LINES_MOST) {
        table.line(&[
            span(outage.start_s),
            span(outage.end_s),
            span(outage.length_s),
            outage.requests_lost.map_or(NONE.to_owned(), count),
            outage.cause.clone(),
            if outage.planned { "yes" } else { "no" }.to_owned(),
            failure(&outage.first_error).to_owned(),
            failure(&outage.last_error).to_owned(),
        ]);
    }
    let all = record.findings.as_ref().map_or(0, |findings| findings.summary.availability.outages as usize);
    table.text() + &left_out(all.max(outages.len()), "outage", "outages.csv")
}

/// Who looks, and what they see.
const VIEWS: [(&str, &str); 5] = [
    ("users", "of the requests that they sent were good"),
    ("the logs of what users reach first", "of the requests in them were good"),
    ("a health checker", "of its checks passed: it asks whether a process is there"),
    ("a probe", "of its requests were good: it sends one every so often, busy or not"),
    ("a count of good moments", "of the time nearly all requests were good"),
];

/// The same run's availability from different places: who looks at one alone may miss an outage.
pub fn views(findings: &Findings) -> String {
    let mut table = Table::new("Availability, by where one looks from")
        .words("seen by", "")
        .figures("share", "with a 95 % interval")
        .words("means", "what this is a share of");
    let views = &findings.summary.availability.views;
    let looked: [&Estimate; VIEWS.len()] =
        [&views.user, &views.server_log, &views.health_checker, &views.probe, &views.good_buckets];
    for (view, (who, what)) in looked.into_iter().zip(VIEWS) {
        if let Some(value) = view.value {
            let seen = share_with_ends(value, view.ends());
            table.line(&[who.to_owned(), seen, what.to_owned()]);
        }
    }
    if table.is_empty() { String::new() } else { table.text() }
}

pub fn events_table(record: &Record) -> String {
    if record.events.is_empty() {
        return String::new();
    }
    let mut table = Table::new("Events: what went wrong, was maintained or surged")
        .figures("from", "")
        .figures("to", "")
        .words("what", "")
        .words("kind", "")
        .words("where", "nodes, replicas and links")
        .words("planned", "");
    for event in record.events.iter().take(LINES_MOST) {
        let end = if event.end_s.is_finite() { span(event.end_s) } else { "the end".to_owned() };
        table.line(&[
            span(event.start_s),
            end,
            event.label.clone(),
            event.kind.clone(),
            event.target.replace(';', ", "),
            if event.planned { "yes" } else { "no" }.to_owned(),
        ]);
    }
    let all = record.findings.as_ref().map_or(0, |findings| findings.summary.availability.events as usize);
    table.text() + &left_out(all.max(record.events.len()), "event", "events.csv")
}

fn left_out(lines: usize, what: &str, file: &str) -> String {
    match lines.saturating_sub(LINES_MOST) {
        0 => String::new(),
        left => format!("<p>{} more in <code>{file}</code>.</p>\n", counted(left as u64, what)),
    }
}

pub fn classes(findings: &Findings) -> String {
    let mut table = Table::new("Requests by class, after the warm-up; latencies are those of good answers")
        .words("class", "")
        .figures("ended", "requests that ended")
        .figures("good", "answered with success and within the class's objective, with a 95 % interval")
        .figures("good/s", "good answers per second")
        .figures("tries", "tries for each request")
        .figures("mean", "")
        .figures("p50", "half of the answers came within this time")
        .figures("p90", "")
        .figures("p99", "")
        .figures("p99.9", "")
        .figures("max", "");
    let several = findings.summary.classes.len() > 1;
    let classes = findings.summary.classes.iter().chain(several.then_some(&findings.summary.total));
    for class in classes.take(LINES_MOST) {
        table.line(&class_line(class));
    }
    table.text() + &left_out(findings.summary.classes.len(), "class", "summary.json")
}

pub fn failures(findings: &Findings) -> String {
    let mut table = Table::new("How requests failed")
        .words("class", "")
        .words("failure", "")
        .figures("requests", "")
        .figures("share", "of the requests of the class that ended");
    for class in findings.summary.classes.iter().take(LINES_MOST) {
        for (name, number) in super::story::failures(class) {
            let part = share(number as f64 / story::ended(class).max(1) as f64);
            table.line(&[class.name.clone(), name.to_owned(), count(number), part]);
        }
    }
    if table.is_empty() { String::new() } else { table.text() }
}

fn class_line(class: &ClassSummary) -> Vec<String> {
    let latency = |figure: &Estimate| {
        figure.value.map_or(NONE.to_owned(), |value| length_with_ends(value, figure.ends()))
    };
    let good = &class.good_share;
    vec![
        class.name.clone(),
        // Without requests there is nothing but the time for which it was up.
        class.goodput_per_s.map_or(NONE.to_owned(), |_| count(story::ended(class))),
        good.value.map_or(NONE.to_owned(), |value| share_with_ends(value, good.ends())),
        class.goodput_per_s.map_or(NONE.to_owned(), three_digits),
        class.attempts_mean.map_or(NONE.to_owned(), three_digits),
        latency(&class.mean_ms),
        latency(&class.p50_ms),
        latency(&class.p90_ms),
        latency(&class.p99_ms),
        latency(&class.p999_ms),
        class.max_ms.map_or(NONE.to_owned(), length),
    ]
}

/// Of the time of the slowest requests; `summary.json` has the smaller parts, too.
const PART_LEAST: f64 = 0.005;

/// What made the slowest requests slow.
pub fn tail(findings: &Findings) -> String {
    let Some(tail) = &findings.summary.tail else {
        return "<p>What made the slow requests slow is not known: no good answer was followed.</p>\n"
            .to_owned();
    };
    let mut table = Table::new(format!(
        "The slow requests explained: the slowest {} of the good answers ({} from {} on, {} on average)",
        share(tail.share),
        requests_followed(tail.requests, tail.followed),
        length(tail.latency_least_ms),
        length(tail.latency_mean_ms)
    ))
    .words("what the time went on", "")
    .words("while this was in force", "a fault or maintenance during the request")
    .figures("share", "of the latency of all of these requests")
    .figures("of each", "on average");
    let told = tail.parts.iter().filter(|part| part.share >= PART_LEAST);
    for part in told {
        let during = part.during.clone().unwrap_or(NONE.to_owned());
        table.line(&[part.words(), during, share(part.share), length(part.mean_ms)]);
    }
    let rest = tail.parts.iter().filter(|part| part.share < PART_LEAST);
    let (number, of_all, of_each) =
        rest.fold((0u64, 0.0, 0.0), |sum, part| (sum.0 + 1, sum.1 + part.share, sum.2 + part.mean_ms));
    if number > 0 {
        let name = format!("{} that each took less", counted(number, "part"));
        table.line(&[name, NONE.to_owned(), share(of_all), length(of_each)]);
    }
    table.text()
}

pub fn expectations(findings: &Findings) -> String {
    if findings.summary.expectations.is_empty() {
        return String::new();
    }
    let mut table = Table::new("Expectations of the scenario")
        .words("expectation", "")
        .words("holds", "")
        .figures("measured", "with a 95 % interval");
    for expectation in &findings.summary.expectations {
        let mut holds = if expectation.holds { "✔ yes" } else { "✘ **no**" }.to_owned();
        if expectation.uncertain {
            holds.push_str(", a close call: another seed may judge otherwise");
        }
        table.line(&[expectation.text.clone(), holds, measured(expectation)]);
    }
    table.text()
}

/// In the unit in which the expectation is written.
pub fn measured(expectation: &ExpectationResult) -> String {
    let Some(value) = expectation.measured else { return "nothing".to_owned() };
    match &*expectation.unit {
        unit @ ("s" | "share") => in_unit(value, expectation.ends(), unit),
        unit => format!("{} {}", three_digits(value), unit.replace("per s", "per second")),
    }
}

/// The time that counts as users felt it.
pub fn phases(findings: &Findings) -> String {
    let diagnosis = &findings.diagnosis;
    if diagnosis.phases.is_empty() {
        return String::new();
    }
    let clock = Clock::new(diagnosis.counted.starts_s, diagnosis.counted.to_s);
    let mut table = Table::new("Phases, as users felt them")
        .words(
            "phase",
            "good, slow, failing, down or maintenance: what these mean stands in docs/diagnosis.md",
        )
        .figures("from", "")
        .figures("to", "")
        .figures("length", "")
        .figures("ended", "requests that ended")
        .figures("failed", "")
        .figures("too late", "answered later than their objective")
        .words("what was full", "and waited for nothing else that was full");
    for phase in diagnosis.phases.iter().take(LINES_MOST) {
        let full: Vec<String> = phase.causes().map(|full| full.name.clone()).collect();
        table.line(&[
            kind_name(phase.kind).to_owned(),
            clock.at(phase.start_s),
            clock.at(phase.end_s),
            span(phase.length_s()),
            count(phase.ended),
            count(phase.failed),
            count(phase.late),
            if full.is_empty() { NONE.to_owned() } else { full.join(", ") },
        ]);
    }
    table.text() + &left_out(diagnosis.phases.len(), "phase", "summary.json")
}

pub fn resources(findings: &Findings) -> String {
    let mut table =
        Table::new("What there is only so much of, after the warm-up; all places of one together")
            .words("resource", "")
            .figures("in use", "share of it, on average while it was up")
            .figures("fullest", "the fullest place in its fullest time bucket")
            .figures("at", "when that was")
            .figures("full", "share of the time during which nothing of it was left")
            .figures("in line", "mean number that waited for it")
            .figures("at most", "the most that waited at once")
            .figures("wait", "mean wait of those who got it")
            .figures("p99", "99 % of them waited no longer")
            .figures("left", "gave up waiting, or were given up")
            .figures("turned away", "for whom there was no place to wait");
    for one in findings.summary.resources.iter().take(LINES_MOST) {
        let part = |figure: Option<f64>| figure.map_or(NONE.to_owned(), share);
        let waits = |figure: Option<f64>| figure.map_or(NONE.to_owned(), length);
        table.line(&[
            one.name.clone(),
            part(one.utilisation),
            part(one.fullest.as_ref().map(|fullest| fullest.utilisation)),
            one.fullest.as_ref().map_or(NONE.to_owned(), |fullest| span(fullest.from_s)),
            share(one.full_share),
            three_digits(one.waiting_mean),
            count(one.waiting_max.into()),
            waits(one.wait_mean_ms),
            waits(one.wait_p99_ms),
            count(one.left.unwrap_or(0)),
            count(one.turned_away.unwrap_or(0)),
        ]);
    }
    if table.is_empty() {
        String::new()
    } else {
        table.text() + &left_out(findings.summary.resources.len(), "resource", "summary.json")
    }
}

pub fn nodes(findings: &Findings) -> String {
    let mut table = Table::new("Nodes, after the warm-up; the replicas of a node together")
        .words("node", "")
        .words("kind", "")
        .figures("×", "replicas")
        .figures("in use", "share of its slots, or of a server's cores, that was held")
        .figures("fullest", "the same of the fullest replica")
        .figures("visits/s", "calls that came in per second")
        .figures("failed", "visits that failed, by its own doing or by that of others")
        .figures("in line", "mean number of visits that waited for a slot")
        .figures("at most", "the longest line")
        .figures("wait", "mean wait of those who got a slot; those who left the line are not in it")
        .figures("time there", "mean time of a visit, in line, at work and in calls; those who left count")
        .figures("hits", "share of look-ups that a cache answered")
        .figures("for nobody", "visits finished for callers that had left");
    for station in findings.summary.nodes.iter().take(LINES_MOST) {
        table.line(&node_line(station));
    }
    table.text() + &left_out(findings.summary.nodes.len(), "node", "nodes.csv")
}

fn node_line(station: &NodeSummary) -> Vec<String> {
    let latency = |figure: Option<f64>| figure.map_or(NONE.to_owned(), length);
    let part = |figure: Option<f64>| figure.map_or(NONE.to_owned(), share);
    let is_called = station.visits > 0;
    let if_called = |text: String| if is_called { text } else { NONE.to_owned() };
    vec![
        station.name.clone(),
        station.kind.to_string(),
        count(station.replicas.into()),
        part(station.utilisation),
        part(station.utilisation_max),
        if_called(three_digits(station.visits_per_s)),
        if_called(count(station.failed)),
        if_called(three_digits(station.queue_mean)),
        if_called(count(station.queue_max as u64)),
        latency(station.wait_mean_ms.value.filter(|_| is_called)),
        latency(station.sojourn_mean_ms),
        part(station.hit_ratio),
        if_called(count(station.unwanted)),
    ]
}
