//! What to do about it: each piece of advice with the figure that it rests on.

use crate::output::charts::states::outages;
use crate::output::record::{Event, Facts, Outage, Record, Station, TopologyNode};
use crate::output::terminal::figure::{self, count, three_digits};
use crate::telling::words::{and_more, counted, span};

/// A node that was as full as this in some bucket is full.
const FULL: f64 = 0.95;
/// From this share on, work for callers that had left is worth a word.
const UNWANTED_SHARE: f64 = 0.02;
/// So many tries for each request are many.
const ATTEMPTS_MANY: f64 = 1.1;
/// Names in one sentence.
const NAMES_MOST: usize = 4;
/// A first bottleneck further away than this is none.
const HEADROOM_MOST: f64 = 1_000.0;

pub fn advice(record: &Record, facts: &Facts) -> Vec<String> {
    let outages = outages(record);
    let mut told = Vec::new();
    single_points(record, &outages, &mut told);
    maintenance(&outages, &mut told);
    let full = full_nodes(record, facts);
    overload(&full, &mut told);
    wasted(facts, &mut told);
    for expectation in facts.expectations.iter().filter(|expectation| !expectation.holds) {
        let measured = super::tables::measured(expectation);
        told.push(format!("`{}` does not hold (measured: {measured}).", expectation.text));
    }
    if told.is_empty() {
        told.push("Nothing has to be done for this load.".to_owned());
    }
    if full.is_empty() {
        told.extend(first_bottleneck(record, facts));
    }
    if let Some(notice) = facts.notices.iter().find(|notice| notice.about == "too short") {
        told.push(format!("Run it longer before quoting the tail. {}", notice.text));
    }
    told
}

/// Faults that caused outages, and whether anything else could have served meanwhile.
fn single_points(record: &Record, outages: &[Outage], told: &mut Vec<String>) {
    let mut seen: Vec<(&str, bool)> = Vec::new();
    for outage in outages.iter().filter(|outage| !outage.planned) {
        let event = record.events.iter().find(|event| event.label == outage.cause);
        for target in event.iter().flat_map(|event| event.target.split(';')) {
            let node = target.split('/').next().unwrap_or(target);
            let key = (node, target.contains("->"));
            if target.is_empty() || seen.contains(&key) {
                continue;
            }
            seen.push(key);
            let cost_s: f64 = outages
                .iter()
                .filter(|other| other.cause == outage.cause)
                .map(|other| other.end_s - other.start_s)
                .sum();
            told.push(about_target(record, event, target, node, cost_s));
        }
    }
}

fn about_target(record: &Record, event: Option<&Event>, target: &str, node: &str, cost_s: f64) -> String {
    let cost = span(cost_s);
    if target.contains("->") {
        return format!(
            "A second way beside the link `{target}`: its fault cost {cost} of service, and nothing went round it."
        );
    }
    let nodes = record.topology.iter().flat_map(|topology| &topology.nodes);
    let known = nodes.clone().find(|known| known.name == node);
    let single = |known: &&TopologyNode| !known.single_point_of.is_empty();
    match known.filter(single) {
        Some(known) => {
            let standing: Vec<String> = nodes
                .filter(|other| other.on.as_deref() == Some(node))
                .map(|other| format!("`{}`", other.name))
                .collect();
            let with_it = match standing.as_slice() {
                [] => String::new(),
                names => format!(", and {} with it", and_more(names, NAMES_MOST)),
            };
            let classes: Vec<String> =
                known.single_point_of.iter().map(|class| format!("`{class}`")).collect();
            let fail = if classes.len() == 1 { "fails" } else { "fail" };
            format!(
                "A second `{node}`: it is a **single point of failure**. When it alone is down{with_it}, {} {fail}; \
                 here that cost {cost} of service. If it cannot be doubled, detect and repair it sooner.",
                and_more(&classes, NAMES_MOST)
            )
        }
        None => {
            let kind = event.map_or("fault", |event| event.kind.as_str());
            format!(
                "`{target}` has others beside it, and still its fault (`{kind}`) cost {cost} of service: let callers \
                 find out sooner (health checks, shorter timeouts) and try another one."
            )
        }
    }
}

fn maintenance(outages: &[Outage], told: &mut Vec<String>) {
    let planned: Vec<&Outage> = outages.iter().filter(|outage| outage.planned).collect();
    let mut causes: Vec<&str> = planned.iter().map(|outage| outage.cause.as_str()).collect();
    causes.dedup();
    for cause in causes {
        let of = planned.iter().filter(|outage| outage.cause == cause);
        let (down_s, lost) = of.fold((0.0, 0.0), |(down_s, lost), outage| {
            (down_s + outage.end_s - outage.start_s, lost + outage.requests_lost.unwrap_or(0.0))
        });
        told.push(format!(
            "`{cause}` cost {} of service and {}: drain first and take one replica after the other (`how: rolling`), \
             or bring the new one up beside the old (`how: blue_green`).",
            span(down_s),
            counted(lost as u64, "request")
        ));
    }
}

/// A node that was full for some time: from when to when, and its longest line.
struct Full<'f> {
    station: &'f Station,
    from_s: f64,
    to_s: f64,
}

/// The nodes with the longest lines first. A server is full with what stands on it.
fn full_nodes<'f>(record: &Record, facts: &'f Facts) -> Vec<Full<'f>> {
    let Some(timelines) = &record.stations else { return Vec::new() };
    let warmup_s = record.warmup_s();
    let mut full: Vec<Full> = Vec::new();
    for station in &facts.nodes {
        let Some(timeline) = timelines.stations.iter().find(|timeline| timeline.name == station.name) else {
            continue;
        };
        let moments = timelines.buckets.iter().zip(&timeline.moments);
        let is_full = |utilisation: Option<f64>| utilisation.is_some_and(|share| share >= FULL);
        let mut stretches = moments
            .filter(|(stretch, moment)| stretch.middle_s() >= warmup_s && is_full(moment.utilisation))
            .map(|(stretch, _)| stretch);
        let Some(first) = stretches.next() else { continue };
        let to_s = stretches.next_back().unwrap_or(first).end_s();
        full.push(Full { station, from_s: first.start_s, to_s });
    }
    full.sort_by(|a, b| b.station.queue_max.total_cmp(&a.station.queue_max));
    full
}

fn overload(full: &[Full], told: &mut Vec<String>) {
    let Some(first) = full.first() else { return };
    let line = match first.station.queue_max {
        0.0 => String::new(),
        most => format!(", with up to {} in line", count(most as u64)),
    };
    told.push(format!(
        "More room at `{}`, or less work there: it was full between {} and {}{line}. Until then, turn away early \
         what cannot be served in time: a short line loses fewer requests than a long one.",
        first.station.name,
        span(first.from_s),
        span(first.to_s)
    ));
    let others: Vec<String> = full[1..].iter().map(|full| format!("`{}`", full.station.name)).collect();
    if !others.is_empty() {
        let were = if others.len() == 1 { "was" } else { "were" };
        told.push(format!(
            "Look at {} as well, which {were} full at times: more room at one node moves the line to the next.",
            and_more(&others, NAMES_MOST)
        ));
    }
}

/// Work that helped nobody.
fn wasted(facts: &Facts, told: &mut Vec<String>) {
    if let Some(attempts) = facts.total.attempts_mean.filter(|attempts| *attempts >= ATTEMPTS_MANY) {
        told.push(format!(
            "Clients tried each request {} times on average. Retries add load just when there is too much of it; a \
             budget for them, and longer waits between them, keep that within bounds.",
            three_digits(attempts)
        ));
    }
    let share = |station: &Station| station.unwanted as f64 / station.visits.max(1) as f64;
    let wasteful = facts.nodes.iter().filter(|station| share(station) >= UNWANTED_SHARE);
    if let Some(most) = wasteful.max_by(|a, b| a.unwanted.cmp(&b.unwanted)) {
        told.push(format!(
            "{} of the visits at `{}` were finished for callers that had left ({}): let work end when its caller \
             does, or make the line shorter than the callers' patience.",
            figure::share(share(most)),
            most.name,
            counted(most.unwanted, "visit")
        ));
    }
}

/// What would be full first, if the load grew.
fn first_bottleneck(record: &Record, facts: &Facts) -> Option<String> {
    let usage = |station: &Station| station.utilisation_max.or(station.utilisation).unwrap_or(0.0);
    let fullest = facts.nodes.iter().max_by(|a, b| usage(a).total_cmp(&usage(b)))?;
    let factor = 1.0 / usage(fullest);
    if factor > HEADROOM_MOST || record.stations.is_none() {
        return None;
    }
    let single: Vec<String> = record
        .topology
        .iter()
        .flat_map(|topology| &topology.nodes)
        .filter(|node| !node.single_point_of.is_empty())
        .map(|node| format!("`{}`", node.name))
        .collect();
    let mut text = format!(
        "If traffic grows, `{}` is full first, at about {} times this load ({} in use on average); waits grow long \
         before that.",
        fullest.name,
        three_digits(factor),
        figure::share(usage(fullest))
    );
    if !single.is_empty() {
        let have = if single.len() == 1 { "has" } else { "have" };
        text.push_str(&format!(" {} {have} no second.", and_more(&single, NAMES_MOST + 1)));
    }
    Some(text)
}
