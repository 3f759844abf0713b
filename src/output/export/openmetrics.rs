//! OpenMetrics text with simulated timestamps: what Prometheus would have scraped at the end of
//! each time bucket, the start of the run being the epoch.

use super::{Export, ExportError, SIMULATE_AGAIN};
use crate::output::record::{
    ClassLatencies, Count, Moment, ResourceMoment, ResourceTimeline, Stretch, Timeline,
};
use crate::stats::histogram::bounds;
use std::fmt::Display;
use std::io::{self, Write};

/// One limit of the histogram for each power of two from a millisecond on, which no cell crosses.
const FIRST_POWER: u32 = 20;
const LAST_POWER: u32 = 36;
const NANOSECONDS_PER_S: f64 = 1e9;

pub fn write(export: &Export, file: &mut dyn Write) -> Result<(), ExportError> {
    let record = export.record;
    let timeline = record.timeline.as_ref();
    let timeline = timeline.ok_or(ExportError::Missing { file: "timeline.csv", how: SIMULATE_AGAIN })?;
    let classes = timeline.classes.iter().filter(|(name, _)| export.wants(name));
    let classes: Vec<(String, &[Count])> =
        classes.map(|(name, counts)| (labels(&[("class", name)]), counts.as_slice())).collect();
    if let (Some(class), true) = (export.class, classes.is_empty()) {
        return Err(ExportError::NoClass(class.to_owned()));
    }
    let buckets = timeline.buckets.as_slice();
    if timeline.without_requests {
        time_up(file, buckets, &classes)?;
    } else {
        requests(export, file, timeline, &classes)?;
        latencies(export, file)?;
    }
    nodes(export, file)?;
    resources(export, file)?;
    events(export, file)?;
    writeln!(file, "# EOF")?;
    Ok(())
}

/// Of a run without requests: the share of each bucket in which all was up that they would need.
fn time_up(file: &mut dyn Write, buckets: &[Stretch], classes: &[(String, &[Count])]) -> io::Result<()> {
    let name = "spof_time_up_ratio";
    let about = "Share of the time of the last bucket in which all was up that requests need.";
    writeln!(file, "# TYPE {name} gauge\n# UNIT {name} ratio\n# HELP {name} {about}")?;
    let mut classes = classes.iter();
    classes
        .try_for_each(|(labels, counts)| samples(file, name, labels, buckets, counts, |count| count.time_up))
}

fn requests(
    export: &Export,
    file: &mut dyn Write,
    timeline: &Timeline,
    classes: &[(String, &[Count])],
) -> io::Result<()> {
    let buckets = timeline.buckets.as_slice();
    counter(
        file,
        "spof_requests_offered",
        "Requests that users meant to send.",
        buckets,
        classes,
        |count| count.offered,
    )?;
    head(file, "spof_requests", "counter", "Requests that ended, by outcome.")?;
    for (name, counts) in timeline.classes.iter().filter(|(name, _)| export.wants(name)) {
        let ok = labels(&[("class", name), ("outcome", "ok")]);
        total(file, "spof_requests", &ok, buckets, counts, |count| count.ok)?;
        for (place, outcome) in timeline.failures.iter().enumerate() {
            let failed = |count: &Count| count.failures.get(place).copied().unwrap_or(0);
            if counts.iter().any(|count| failed(count) > 0) {
                let failure = labels(&[("class", name), ("outcome", outcome)]);
                total(file, "spof_requests", &failure, buckets, counts, failed)?;
            }
        }
    }
    let about = "Requests answered with success and within their objective.";
    counter(file, "spof_requests_good", about, buckets, classes, |count| count.good)?;
    head(file, "spof_requests_in_flight", "gauge", "Requests under way.")?;
    for (labels, counts) in classes {
        samples(file, "spof_requests_in_flight", labels, buckets, counts, |count| Some(count.in_flight))?;
    }
    Ok(())
}

fn head(file: &mut dyn Write, name: &str, kind: &str, about: &str) -> io::Result<()> {
    writeln!(file, "# TYPE {name} {kind}\n# HELP {name} {about}")
}

fn labels(pairs: &[(&str, &str)]) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
    pairs.join(",")
}

/// Seconds without more digits than they need.
fn instant(seconds: f64) -> f64 {
    (seconds * NANOSECONDS_PER_S).round() / NANOSECONDS_PER_S
}

fn samples<T, V: Display>(
    file: &mut dyn Write,
    name: &str,
    labels: &str,
    buckets: &[Stretch],
    values: &[T],
    mut value: impl FnMut(&T) -> Option<V>,
) -> io::Result<()> {
    for (stretch, counted) in buckets.iter().zip(values).filter(|(stretch, _)| stretch.length_s > 0.0) {
        if let Some(value) = value(counted) {
            writeln!(file, "{name}{{{labels}}} {value} {}", instant(stretch.end_s()))?;
        }
    }
    Ok(())
}

/// What has been counted up to the end of each bucket.
fn total<T>(
    file: &mut dyn Write,
    name: &str,
    labels: &str,
    buckets: &[Stretch],
    values: &[T],
    number: impl Fn(&T) -> u64,
) -> io::Result<()> {
    let mut sum = 0_u64;
    samples(file, &format!("{name}_total"), labels, buckets, values, |counted| {
        sum = sum.saturating_add(number(counted));
        Some(sum)
    })
}

fn counter<T>(
    file: &mut dyn Write,
    name: &str,
    about: &str,
    buckets: &[Stretch],
    series: &[(String, &[T])],
    number: impl Fn(&T) -> u64,
) -> io::Result<()> {
    head(file, name, "counter", about)?;
    series.iter().try_for_each(|(labels, values)| total(file, name, labels, buckets, values, &number))
}

/// How many answers took at most so long, as counters with a limit each: `histogram_quantile`
/// takes them, and readers that expect one point in time for each histogram do not stumble.
fn latencies(export: &Export, file: &mut dyn Write) -> io::Result<()> {
    let Some(latencies) = &export.record.latencies else { return Ok(()) };
    let classes: Vec<&ClassLatencies> =
        latencies.classes.iter().filter(|class| export.wants(&class.name)).collect();
    head(file, "spof_latency_answers", "counter", "Answers with success that took at most `le` seconds.")?;
    for class in &classes {
        for power in FIRST_POWER..=LAST_POWER {
            let limit = (1_u64 << power) as f64 / NANOSECONDS_PER_S;
            // No cell crosses a power of two.
            let is_below = |cell: u16| bounds(usize::from(cell)).0 < 1 << power;
            answers(file, class, &limit.to_string(), is_below)?;
        }
        answers(file, class, "+Inf", |_| true)?;
    }
    let name = "spof_latency_seconds";
    writeln!(file, "# TYPE {name} counter\n# UNIT {name} seconds")?;
    writeln!(file, "# HELP {name} Sum of the latencies of answers with success, exact within 2 %.")?;
    for class in &classes {
        let labels = labels(&[("class", &class.name)]);
        let mut sum_s = 0.0;
        for spread in class.buckets.iter().filter(|spread| spread.stretch.length_s > 0.0) {
            sum_s += spread.cells.iter().map(|&(cell, count)| middle_s(cell) * count as f64).sum::<f64>();
            writeln!(file, "{name}_total{{{labels}}} {sum_s} {}", instant(spread.stretch.end_s()))?;
        }
    }
    Ok(())
}

fn answers(
    file: &mut dyn Write,
    class: &ClassLatencies,
    limit: &str,
    is_below: impl Fn(u16) -> bool,
) -> io::Result<()> {
    let labels = labels(&[("class", &class.name), ("le", limit)]);
    let mut sum = 0_u64;
    for spread in class.buckets.iter().filter(|spread| spread.stretch.length_s > 0.0) {
        let below = spread.cells.iter().filter(|(cell, _)| is_below(*cell));
        sum = below.fold(sum, |sum, (_, count)| sum.saturating_add(*count));
        writeln!(file, "spof_latency_answers_total{{{labels}}} {sum} {}", instant(spread.stretch.end_s()))?;
    }
    Ok(())
}

/// The middle of a cell; that of the last one has no end.
fn middle_s(cell: u16) -> f64 {
    let (low, high) = bounds(usize::from(cell));
    (low as f64 + high.min(low.saturating_mul(2).max(1)) as f64) / 2.0 / NANOSECONDS_PER_S
}

fn nodes(export: &Export, file: &mut dyn Write) -> io::Result<()> {
    let Some(stations) = &export.record.stations else { return Ok(()) };
    let buckets = stations.buckets.as_slice();
    let series: Vec<(String, &[Moment])> = stations
        .stations
        .iter()
        .map(|station| (labels(&[("node", &station.name)]), station.moments.as_slice()))
        .collect();
    counter(file, "spof_node_visits", "Calls that came in.", buckets, &series, |moment| moment.visits)?;
    let about = "Visits that failed, by the node's own doing or by that of others.";
    counter(file, "spof_node_failed", about, buckets, &series, |moment| moment.failed)?;
    let name = "spof_node_utilisation_ratio";
    writeln!(
        file,
        "# TYPE {name} gauge\n# UNIT {name} ratio\n# HELP {name} Share in use in the last bucket."
    )?;
    for (labels, moments) in &series {
        samples(file, name, labels, buckets, moments, |moment| moment.utilisation)?;
    }
    head(file, "spof_node_queue", "gauge", "Mean number in line in the last bucket.")?;
    for (labels, moments) in &series {
        samples(file, "spof_node_queue", labels, buckets, moments, |moment| Some(moment.queue_mean))?;
    }
    Ok(())
}

fn resources(export: &Export, file: &mut dyn Write) -> io::Result<()> {
    let Some(timelines) = &export.record.resources else { return Ok(()) };
    let buckets = timelines.buckets.as_slice();
    let labels_of = |resource: &ResourceTimeline| {
        let all = [
            ("resource", resource.name.as_str()),
            ("kind", &resource.kind),
            ("owner", &resource.owner),
            ("way", &resource.way),
        ];
        // A label without a value is as good as none.
        labels(&all.into_iter().filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>())
    };
    let series: Vec<(String, &[ResourceMoment])> = timelines
        .resources
        .iter()
        .map(|resource| (labels_of(resource), resource.moments.as_slice()))
        .collect();
    let name = "spof_resource_utilisation_ratio";
    let about = "Share in use in the last bucket, of what was up.";
    writeln!(file, "# TYPE {name} gauge\n# UNIT {name} ratio\n# HELP {name} {about}")?;
    for (labels, moments) in &series {
        samples(file, name, labels, buckets, moments, |moment| moment.utilisation)?;
    }
    let name = "spof_resource_waiting";
    head(file, name, "gauge", "Mean number that waited for it in the last bucket.")?;
    for (labels, moments) in &series {
        samples(file, name, labels, buckets, moments, |moment| Some(moment.waiting_mean))?;
    }
    let about = "Those who got neither it nor a place in line.";
    let turned_away = |moment: &ResourceMoment| moment.turned_away.unwrap_or(0);
    counter(file, "spof_resource_turned_away", about, buckets, &series, turned_away)?;
    let about = "Those who left its line without it.";
    counter(file, "spof_resource_left", about, buckets, &series, |moment| moment.left.unwrap_or(0))
}

fn events(export: &Export, file: &mut dyn Write) -> io::Result<()> {
    let mut series: Vec<(String, Vec<(f64, u8)>)> = Vec::new();
    for event in &export.record.events {
        let labels = labels(&[("event", &event.label), ("kind", &event.kind), ("target", &event.target)]);
        let place = series.iter().position(|(known, _)| *known == labels).unwrap_or_else(|| {
            series.push((labels, Vec::new()));
            series.len() - 1
        });
        let points = &mut series[place].1;
        points.push((event.start_s, 1));
        if event.end_s.is_finite() {
            points.push((event.end_s, 0));
        }
    }
    if series.is_empty() {
        return Ok(());
    }
    head(file, "spof_event_active", "gauge", "Whether a fault, maintenance or a surge is in force.")?;
    for (labels, mut points) in series {
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (at, value) in points {
            writeln!(file, "spof_event_active{{{labels}}} {value} {}", instant(at))?;
        }
    }
    Ok(())
}
