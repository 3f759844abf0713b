//! What can be full, and is worth a row of the picture: nodes, and what else each run has of it.

use crate::output::record::{Moment, Record, ResourceMoment, ResourceTimeline, Stretch};
use rustc_hash::{FxHashMap, FxHashSet};

/// With more rows than this, the fullest and those with the longest lines are shown.
const ROWS_MOST: usize = 16;
/// What is no node is shown if its fullest place was ever as full.
const WORTH_SHOWING: f64 = 0.5;
/// Of what was never fuller nothing is to be seen.
pub const SEEN_FROM: f64 = 0.01;

/// A node, or something else that can be full, in the runs that have it.
pub struct Row<'a> {
    pub name: &'a str,
    /// What it is called in front of the row: a node's name, or an owner and what it has.
    pub labels: [&'a str; 2],
    pub runs: Vec<(usize, Vec<(Stretch, Moment)>)>,
    /// How full it was on average, as the tables have it or else of all that was measured.
    pub means: Vec<f64>,
}

impl Row<'_> {
    pub fn mean(&self) -> f64 {
        self.means.iter().sum::<f64>() / self.means.len().max(1) as f64
    }

    fn moments(&self) -> impl Iterator<Item = &(Stretch, Moment)> {
        self.runs.iter().flat_map(|(_, moments)| moments)
    }

    pub fn fullest(&self) -> f64 {
        self.moments().filter_map(|(_, moment)| moment.utilisation).fold(0.0, f64::max)
    }

    pub fn longest_line(&self) -> f64 {
        self.moments().map(|(_, moment)| f64::from(moment.queue_max)).fold(0.0, f64::max)
    }

    /// The others would be empty panels.
    pub fn is_worth_a_look(&self) -> bool {
        self.fullest() >= SEEN_FROM || self.longest_line() > 0.0
    }

    pub fn is_used(&self) -> bool {
        self.moments().any(|(_, moment)| {
            moment.queue_max > 0 || moment.utilisation.is_some_and(|utilisation| utilisation > 0.0)
        })
    }
}

pub fn rows<'a>(records: &[&'a Record], points_most: usize) -> Vec<Row<'a>> {
    let mut rows: Vec<Row> = Vec::new();
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    let means: Vec<FxHashMap<&str, f64>> = records.iter().map(|record| means_of(record)).collect();
    let mut add = |name: &'a str, labels, (number, buckets, moments): (usize, &[Stretch], &[Moment])| {
        let place = *places.entry(name).or_insert_with(|| {
            rows.push(Row { name, labels, runs: Vec::new(), means: Vec::new() });
            rows.len() - 1
        });
        let told = means[number].get(name).copied();
        rows[place].means.extend(told.or_else(|| mean_of(buckets, moments)));
        rows[place].runs.push((number, joined(buckets, moments, points_most)));
    };
    for (number, record) in records.iter().enumerate() {
        let Some(stations) = &record.stations else { continue };
        for station in &stations.stations {
            add(&station.name, [&station.name, ""], (number, &stations.buckets, &station.moments));
        }
    }
    let resources = records.iter().enumerate().filter_map(|(number, record)| {
        let timelines = record.resources.as_ref()?;
        Some(timelines.resources.iter().map(move |resource| (number, &timelines.buckets, resource)))
    });
    let resources: Vec<_> = resources.flatten().filter(|(_, _, resource)| !is_of_node(resource)).collect();
    let worth: FxHashSet<&str> = resources
        .iter()
        .filter(|(_, _, resource)| fullest(resource) >= WORTH_SHOWING)
        .map(|(_, _, resource)| resource.name.as_str())
        .collect();
    for (number, buckets, resource) in resources {
        if worth.contains(resource.name.as_str()) {
            let moments: Vec<Moment> = resource.moments.iter().map(as_of_node).collect();
            let labels = [resource.owner.as_str(), what_it_is(resource)];
            add(&resource.name, labels, (number, buckets, &moments));
        }
    }
    rows
}

/// As `nodes.csv` and `resources.csv` have them: after the warm-up, and of the time up.
fn means_of(record: &Record) -> FxHashMap<&str, f64> {
    let Some(findings) = &record.findings else { return FxHashMap::default() };
    let summary = &findings.summary;
    let nodes = summary.nodes.iter().filter_map(|node| Some((node.name.as_str(), node.utilisation?)));
    let resources = summary.resources.iter();
    let resources = resources.filter_map(|one| Some((one.name.as_str(), one.utilisation_max?)));
    nodes.chain(resources).collect()
}

fn mean_of(buckets: &[Stretch], moments: &[Moment]) -> Option<f64> {
    let known =
        buckets.iter().zip(moments).filter_map(|(stretch, it)| Some((stretch.length_s, it.utilisation?)));
    let (sum, length) =
        known.fold((0.0, 0.0), |sum, (length_s, used)| (sum.0 + used * length_s, sum.1 + length_s));
    (length > 0.0).then(|| sum / length)
}

/// Whether it has been shown with its node.
fn is_of_node(resource: &ResourceTimeline) -> bool {
    matches!(resource.kind.as_str(), "cores" | "slots")
}

fn fullest(resource: &ResourceTimeline) -> f64 {
    resource.moments.iter().filter_map(|moment| moment.utilisation_max).fold(0.0, f64::max)
}

/// Of several places the fullest: that one is full says more than that others are not.
fn as_of_node(moment: &ResourceMoment) -> Moment {
    Moment {
        utilisation: moment.utilisation_max,
        queue_mean: moment.waiting_mean,
        queue_max: moment.waiting_max,
        ..Moment::default()
    }
}

fn what_it_is(resource: &ResourceTimeline) -> &str {
    match (resource.kind.as_str(), resource.way.as_str()) {
        ("bandwidth", "out") => "link, calls",
        ("bandwidth", _) => "link, answers",
        ("pool", _) => "connection pool",
        ("in_flight", _) => "calls at once",
        ("rate", _) => "rate limit",
        (other, _) => other,
    }
}

/// In no more points than can be seen; the fullest and the longest line of each are kept.
fn joined(buckets: &[Stretch], moments: &[Moment], points_most: usize) -> Vec<(Stretch, Moment)> {
    let together = buckets.len().div_ceil(points_most.max(1)).max(1);
    let pairs: Vec<(&Stretch, &Moment)> = buckets.iter().zip(moments).collect();
    let join = |pairs: &[(&Stretch, &Moment)]| {
        let (first, last) = (pairs[0].0, pairs[pairs.len() - 1].0);
        let stretch = Stretch { start_s: first.start_s, length_s: last.end_s() - first.start_s };
        let mut sum = pairs[0].1.clone();
        for (_, moment) in &pairs[1..] {
            sum.utilisation = match (sum.utilisation, moment.utilisation) {
                (Some(mine), Some(other)) => Some(mine.max(other)),
                (mine, other) => mine.or(other),
            };
            sum.queue_mean = sum.queue_mean.max(moment.queue_mean);
            sum.queue_max = sum.queue_max.max(moment.queue_max);
        }
        (stretch, sum)
    };
    pairs.chunks(together).map(join).collect()
}

/// Those to be seen, in the order of the scenario, and how many are not.
pub fn busiest(rows: Vec<Row>) -> (Vec<Row>, usize) {
    let all = rows.len();
    if all <= ROWS_MOST {
        return (rows, 0);
    }
    let mut order: Vec<(usize, Row)> = rows.into_iter().enumerate().collect();
    // A line says as much as being full: somebody had to wait.
    let load = |row: &Row| row.fullest() + row.longest_line() / (row.longest_line() + 10.0);
    order.sort_by(|a, b| load(&b.1).total_cmp(&load(&a.1)));
    order.truncate(ROWS_MOST);
    order.sort_by_key(|(place, _)| *place);
    (order.into_iter().map(|(_, row)| row).collect(), all - ROWS_MOST)
}
