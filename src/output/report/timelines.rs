//! The series of the interactive timelines, as JSON.

use crate::output::charts::states::{SURGE, outages};
use crate::output::number;
use crate::output::record::{Count, Record, StationTimelines, Stretch, Timeline};
use serde::Serialize;

/// Classes that can be looked at by themselves.
const CLASSES_MOST: usize = 8;
/// Nodes in one diagram: those with most to see.
const NODES_MOST: usize = 7;
/// Events that are marked, of more those that last longest.
const MARKS_MOST: usize = 200;

#[derive(Serialize)]
pub struct Timelines {
    warmup_s: f64,
    end_s: f64,
    /// Where each bucket begins; the last one ends at `end_s`.
    start_s: Vec<f64>,
    /// All requests first, then each class.
    classes: Vec<ClassSeries>,
    nodes_start_s: Vec<f64>,
    in_use: Vec<NodeSeries>,
    in_line: Vec<NodeSeries>,
    marks: Vec<Mark>,
}

#[derive(Serialize)]
struct ClassSeries {
    name: String,
    /// Per second.
    offered: Vec<Option<f64>>,
    good: Vec<Option<f64>>,
    bad: Vec<Option<f64>>,
    /// In milliseconds.
    p50: Vec<Option<f64>>,
    p95: Vec<Option<f64>>,
    p99: Vec<Option<f64>>,
}

#[derive(Serialize)]
struct NodeSeries {
    name: String,
    values: Vec<Option<f64>>,
}

#[derive(Serialize)]
struct Mark {
    start_s: f64,
    end_s: f64,
    /// `fault`, `maintenance`, `surge` or `outage`.
    sort: &'static str,
    label: String,
}

pub fn timelines(record: &Record) -> Option<Timelines> {
    let timeline = record.timeline.as_ref().filter(|timeline| !timeline.buckets.is_empty())?;
    let mut classes = vec![class_series("all", &timeline.buckets, &timeline.all)];
    if timeline.classes.len() > 1 {
        classes.extend(some_classes(timeline));
    }
    let stations = record.stations.as_ref();
    let (in_use, in_line) = stations.map_or((Vec::new(), Vec::new()), |stations| {
        let in_use = busiest(stations, |moment| moment.utilisation.map(|share| share * 100.0));
        (in_use, busiest(stations, |moment| Some(moment.queue_mean)))
    });
    Some(Timelines {
        warmup_s: instant(record.warmup_s()),
        end_s: instant(record.end_s()),
        start_s: starts(&timeline.buckets),
        classes,
        nodes_start_s: stations.map_or(Vec::new(), |stations| starts(&stations.buckets)),
        in_use,
        in_line,
        marks: marks(record),
    })
}

fn starts(buckets: &[Stretch]) -> Vec<f64> {
    buckets.iter().map(|stretch| instant(stretch.start_s)).collect()
}

fn some_classes(timeline: &Timeline) -> impl Iterator<Item = ClassSeries> {
    let classes = timeline.classes.iter().take(CLASSES_MOST);
    classes.map(|(name, counts)| class_series(name, &timeline.buckets, counts))
}

fn class_series(name: &str, buckets: &[Stretch], counts: &[Count]) -> ClassSeries {
    let rates = |number: &dyn Fn(&Count) -> u64| {
        let rate = |(stretch, count): (&Stretch, &Count)| {
            (stretch.length_s > 0.0).then(|| rounded(number(count) as f64 / stretch.length_s))
        };
        buckets.iter().zip(counts).map(rate).collect()
    };
    let times =
        |time: &dyn Fn(&Count) -> Option<f64>| counts.iter().map(|count| time(count).map(rounded)).collect();
    ClassSeries {
        name: name.to_owned(),
        offered: rates(&|count| count.offered),
        good: rates(&|count| count.good),
        bad: rates(&Count::bad),
        p50: times(&|count| count.p50),
        p95: times(&|count| count.p95),
        p99: times(&|count| count.p99),
    }
}

/// The nodes with the highest values, the highest first.
fn busiest(
    stations: &StationTimelines,
    value: impl Fn(&crate::output::record::Moment) -> Option<f64>,
) -> Vec<NodeSeries> {
    let mut series: Vec<(f64, NodeSeries)> = Vec::new();
    for station in &stations.stations {
        let values: Vec<Option<f64>> =
            station.moments.iter().map(|moment| value(moment).map(rounded)).collect();
        let highest = values.iter().flatten().copied().fold(0.0, f64::max);
        if highest > 0.0 {
            series.push((highest, NodeSeries { name: station.name.clone(), values }));
        }
    }
    // The sort keeps the order of those that are equal.
    series.sort_by(|a, b| b.0.total_cmp(&a.0));
    series.truncate(NODES_MOST);
    series.into_iter().map(|(_, series)| series).collect()
}

fn marks(record: &Record) -> Vec<Mark> {
    let end_s = record.end_s();
    let events = record.events.iter().map(|event| Mark {
        start_s: instant(event.start_s),
        end_s: instant(event.end_s.min(end_s)),
        sort: match event.planned {
            true => "maintenance",
            false if event.kind == SURGE => "surge",
            false => "fault",
        },
        label: event.label.clone(),
    });
    let outages = outages(record).iter().map(|outage| Mark {
        start_s: instant(outage.start_s),
        end_s: instant(outage.end_s),
        sort: "outage",
        label: format!("outage: {}", outage.cause),
    });
    let mut marks: Vec<Mark> = events.chain(outages).collect();
    marks.sort_by(|a, b| (b.end_s - b.start_s).total_cmp(&(a.end_s - a.start_s)));
    marks.truncate(MARKS_MOST);
    marks.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    marks
}

/// To the millisecond.
fn instant(seconds: f64) -> f64 {
    (seconds * 1e3).round() / 1e3
}

/// Five digits are more than a screen shows.
fn rounded(value: f64) -> f64 {
    number::rounded(value, 5)
}
