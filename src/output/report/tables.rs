//! The figures of the report in tables.

use super::html::Table;
use super::words::{counted, failure, span};
use crate::output::charts::states::outages;
use crate::output::record::{Class, Expectation, Facts, Figure, Record, Station};
use crate::output::terminal::figure::{
    count, length, length_with_spread, requests_followed, share, share_with_spread, three_digits,
};

/// Lines of a table; the files have all of them.
const LINES_MOST: usize = 200;

const NONE: &str = "–";

pub fn outages_table(record: &Record) -> String {
    let outages = outages(record);
    if outages.is_empty() {
        return "<p>There was no outage: at no time did more than a quarter of the requests fail.</p>\n"
            .to_owned();
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
            span(outage.length_s()),
            outage.requests_lost.map_or(NONE.to_owned(), |lost| count(lost as u64)),
            outage.cause.clone(),
            if outage.planned { "yes" } else { "no" }.to_owned(),
            failure(&outage.first_error).to_owned(),
            failure(&outage.last_error).to_owned(),
        ]);
    }
    table.text() + &left_out(outages.len(), "outage", "outages.csv")
}

/// Who looks, and what they see.
const VIEWS: [(&str, &str, &str); 5] = [
    ("user", "users", "of the requests that they sent were good"),
    ("server_log", "the logs of what users reach first", "of the requests in them were good"),
    ("health_checker", "a health checker", "of its checks passed: it asks whether a process is there"),
    ("probe", "a probe", "of its requests were good: it sends one every so often, busy or not"),
    ("good_buckets", "a count of good moments", "of the time nearly all requests were good"),
];

/// The same run's availability from different places: who looks at one alone may miss an outage.
pub fn views(facts: &Facts) -> String {
    let mut table = Table::new("Availability, by where one looks from")
        .words("seen by", "")
        .figures("share", "with a 95 % interval")
        .words("means", "what this is a share of");
    for (name, who, what) in VIEWS {
        let Some(view) = facts.availability.views.get(name) else { continue };
        if let Some(value) = view.value {
            let seen = share_with_spread(value, view.half_width);
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
    table.text() + &left_out(record.events.len(), "event", "events.csv")
}

fn left_out(lines: usize, what: &str, file: &str) -> String {
    match lines.saturating_sub(LINES_MOST) {
        0 => String::new(),
        left => format!("<p>{} more in <code>{file}</code>.</p>\n", counted(left as u64, what)),
    }
}

pub fn classes(facts: &Facts) -> String {
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
    let several = facts.classes.len() > 1;
    let classes = facts.classes.iter().chain(several.then_some(&facts.total));
    for class in classes.take(LINES_MOST) {
        table.line(&class_line(class));
    }
    table.text() + &left_out(facts.classes.len(), "class", "summary.json") + &failures(facts)
}

fn failures(facts: &Facts) -> String {
    let mut table = Table::new("How requests failed")
        .words("class", "")
        .words("failure", "")
        .figures("requests", "")
        .figures("share", "of the requests of the class that ended");
    for class in facts.classes.iter().take(LINES_MOST) {
        for (name, number) in super::story::failures(class) {
            let part = share(number as f64 / class.ended.max(1) as f64);
            table.line(&[class.name.clone(), name.to_owned(), count(number), part]);
        }
    }
    if table.is_empty() { String::new() } else { table.text() }
}

fn class_line(class: &Class) -> Vec<String> {
    let latency = |figure: &Figure| {
        figure.value.map_or(NONE.to_owned(), |value| length_with_spread(value, figure.half_width))
    };
    let good = &class.good_share;
    vec![
        class.name.clone(),
        count(class.ended),
        good.value.map_or(NONE.to_owned(), |value| share_with_spread(value, good.half_width)),
        three_digits(class.goodput_per_s),
        class.attempts_mean.map_or(NONE.to_owned(), three_digits),
        latency(&class.mean_ms),
        latency(&class.p50_ms),
        latency(&class.p90_ms),
        latency(&class.p99_ms),
        latency(&class.p999_ms),
        class.max_ms.map_or(NONE.to_owned(), length),
    ]
}

/// What made the slowest requests slow.
pub fn tail(facts: &Facts) -> String {
    let Some(tail) = &facts.tail else {
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
    for part in &tail.parts {
        let during = part.during.clone().unwrap_or(NONE.to_owned());
        table.line(&[part.words(), during, share(part.share), length(part.mean_ms)]);
    }
    table.text()
}

pub fn expectations(facts: &Facts) -> String {
    if facts.expectations.is_empty() {
        return String::new();
    }
    let mut table = Table::new("Expectations of the scenario")
        .words("expectation", "")
        .words("holds", "")
        .figures("measured", "with a 95 % interval");
    for expectation in &facts.expectations {
        let mut holds = if expectation.holds { "✔ yes" } else { "✘ **no**" }.to_owned();
        if expectation.uncertain {
            holds.push_str(", a close call: another seed may judge otherwise");
        }
        table.line(&[expectation.text.clone(), holds, measured(expectation)]);
    }
    table.text()
}

/// In the unit in which the expectation is written.
pub fn measured(expectation: &Expectation) -> String {
    let Some(value) = expectation.measured else { return "nothing".to_owned() };
    let spread = expectation.half_width;
    match expectation.unit.as_str() {
        "s" => length_with_spread(value * 1e3, spread.map(|half_width| half_width * 1e3)),
        "share" => share_with_spread(value, spread),
        unit => format!("{} {}", three_digits(value), unit.replace("per s", "per second")),
    }
}

pub fn nodes(facts: &Facts) -> String {
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
        .figures("wait", "mean wait for a slot")
        .figures("time there", "mean time of a visit, calls to others included")
        .figures("hits", "share of look-ups that a cache answered")
        .figures("for nobody", "visits finished for callers that had left");
    for station in facts.nodes.iter().take(LINES_MOST) {
        table.line(&node_line(station));
    }
    table.text() + &left_out(facts.nodes.len(), "node", "nodes.csv")
}

fn node_line(station: &Station) -> Vec<String> {
    let latency = |figure: Option<f64>| figure.map_or(NONE.to_owned(), length);
    let part = |figure: Option<f64>| figure.map_or(NONE.to_owned(), share);
    let is_called = station.visits > 0;
    let if_called = |text: String| if is_called { text } else { NONE.to_owned() };
    vec![
        station.name.clone(),
        station.kind.clone(),
        count(station.replicas),
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
