//! The fingerprint of a run: digests of chosen ingredients, so that when two runs differ one can
//! tell in what, and from where on.
//!
//! It is made of what a run gives anyway, when somebody asks for it; the engine knows nothing of
//! it. Two runs can be compared as they stand, or one with a few lines of text that were kept of
//! another.

mod print;
mod words;

pub use print::Difference;
use print::{Kept, Print, of_text};
use words::Words;

use super::RunResults;
use super::row::Rows;
use std::fmt::Write;

/// What a fingerprint can be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ingredient {
    /// Which request ended after which.
    Order,
    /// When requests began, and of which class they are.
    Starts,
    /// How requests ended, and after how many attempts.
    Outcomes,
    Latencies,
    /// The time of each request at each node.
    Stays,
    /// Numbers of things counted in each time bucket.
    Counts,
    /// Lengths of time added up in each time bucket.
    Times,
    /// What went wrong, and what became of writes and of autoscaling.
    Incidents,
    /// A few figures of the whole run, which can be read: they tell by how much.
    Sums,
}

impl Ingredient {
    pub const ALL: [Ingredient; 9] = [
        Ingredient::Order,
        Ingredient::Starts,
        Ingredient::Outcomes,
        Ingredient::Latencies,
        Ingredient::Stays,
        Ingredient::Counts,
        Ingredient::Times,
        Ingredient::Incidents,
        Ingredient::Sums,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Ingredient::Order => "order",
            Ingredient::Starts => "starts",
            Ingredient::Outcomes => "outcomes",
            Ingredient::Latencies => "latencies",
            Ingredient::Stays => "stays",
            Ingredient::Counts => "counts",
            Ingredient::Times => "times",
            Ingredient::Incidents => "incidents",
            Ingredient::Sums => "sums",
        }
    }

    /// What its parts are.
    fn part(self) -> &'static str {
        match self {
            Ingredient::Order => "end",
            Ingredient::Starts | Ingredient::Outcomes | Ingredient::Latencies | Ingredient::Stays => {
                "request"
            }
            Ingredient::Counts | Ingredient::Times => "bucket",
            Ingredient::Incidents => "entry",
            Ingredient::Sums => "figure",
        }
    }
}

/// The fingerprint of one run.
#[derive(Clone, Debug)]
pub struct Fingerprint {
    prints: Vec<(Ingredient, Print)>,
    /// The numbers of the requests, in order.
    ids: Vec<u64>,
    sums: Vec<(&'static str, u128)>,
}

impl Fingerprint {
    /// Of all rows of a run, in the order in which the requests ended.
    pub fn of(results: &RunResults, rows: &Rows, wanted: &[Ingredient]) -> Fingerprint {
        let mut by_id: Vec<usize> = (0..rows.rows.len()).collect();
        by_id.sort_by_key(|&place| rows.rows[place].id);
        let row = |place: &usize| rows.rows[*place];
        let print = |ingredient| match ingredient {
            Ingredient::Order => Print::of(rows.rows.iter().map(|row| [row.id])),
            Ingredient::Starts => {
                Print::of(by_id.iter().map(row).map(|row| [row.id, row.start, u64::from(row.class)]))
            }
            Ingredient::Outcomes => Print::of(
                by_id.iter().map(row).map(|row| [row.id, row.outcome as u64, u64::from(row.attempts)]),
            ),
            Ingredient::Latencies => Print::of(by_id.iter().map(row).map(|row| [row.id, row.latency])),
            Ingredient::Stays => Print::of(by_id.iter().map(|&place| rows.times_of(place).iter().copied())),
            Ingredient::Counts => Print::of(buckets(results).map(|words| words.counts)),
            Ingredient::Times => Print::of(buckets(results).map(|words| words.times)),
            Ingredient::Incidents => incidents(results),
            Ingredient::Sums => Print::default(),
        };
        let is_wanted = |ingredient: &Ingredient| wanted.contains(ingredient);
        Fingerprint {
            prints: wanted.iter().map(|&ingredient| (ingredient, print(ingredient))).collect(),
            ids: by_id.iter().map(|place| row(place).id).collect(),
            sums: Some(Ingredient::Sums).filter(is_wanted).map_or(Vec::new(), |_| sums(results)),
        }
    }

    /// One line for each ingredient, by which another run can be compared with this one.
    pub fn lines(&self) -> Vec<String> {
        self.lines_with(Print::kept)
    }

    fn lines_with(&self, kept: fn(&Print) -> Kept) -> Vec<String> {
        let prints = self.prints.iter();
        prints
            .map(|(ingredient, print)| match ingredient {
                Ingredient::Sums => {
                    let sums = self.sums.iter().map(|(name, sum)| format!(" {name}={sum}"));
                    format!("{}{}", ingredient.name(), sums.collect::<String>())
                }
                _ => format!("{} {}", ingredient.name(), kept(print).written()),
            })
            .collect()
    }

    /// What differs from another run, as exactly as can be.
    pub fn differences(&self, other: &Fingerprint) -> Vec<String> {
        self.differences_from(&other.lines_with(Print::kept_whole))
    }

    /// What differs from the run of which these lines were kept. Nothing that both know differs
    /// if there are none.
    pub fn differences_from<Line: AsRef<str>>(&self, lines: &[Line]) -> Vec<String> {
        let mut told = Vec::new();
        for (ingredient, print) in &self.prints {
            let name = ingredient.name();
            let kept = lines.iter().find_map(|line| line.as_ref().strip_prefix(name)?.strip_prefix(' '));
            let Some(kept) = kept else {
                told.push(format!("{name} was not kept"));
                continue;
            };
            if *ingredient == Ingredient::Sums {
                told.extend(self.sums_that_differ(kept));
            } else if let Some(kept) = Kept::read(kept) {
                told.extend(print.difference(&kept).map(|difference| self.told(*ingredient, difference)));
            } else {
                told.push(format!("the line of {name} cannot be read"));
            }
        }
        told
    }

    fn told(&self, ingredient: Ingredient, difference: Difference) -> String {
        let (name, part) = (ingredient.name(), ingredient.part());
        let differ = if ingredient == Ingredient::Order { "differs" } else { "differ" };
        // Requests have numbers, from 0; all else is counted from 1.
        let number = |place: usize| match part {
            "request" => self.ids.get(place).copied().unwrap_or(place as u64),
            _ => place as u64 + 1,
        };
        match difference {
            Difference::From(parts) if parts.len() == 1 => {
                format!("{name} {differ} from {part} {} on", number(parts.start))
            }
            Difference::From(parts) => {
                let (first, last) = (number(parts.start), number(parts.end.max(1) - 1));
                format!("{name} {differ} from somewhere between {part} {first} and {part} {last} on")
            }
            Difference::Length { kept, now } => {
                format!("{name}: {now} instead of {kept} parts, which began alike")
            }
        }
    }

    fn sums_that_differ(&self, kept: &str) -> Option<String> {
        let before: Vec<(&str, u128)> = kept
            .split(' ')
            .filter_map(|sum| sum.split_once('='))
            .filter_map(|(name, sum)| Some((name, sum.parse().ok()?)))
            .collect();
        let mut told = String::new();
        for &(name, now) in &self.sums {
            let before = before.iter().find(|(other, _)| *other == name).map(|(_, sum)| *sum);
            let separator = if told.is_empty() { "" } else { ", " };
            let told = &mut told;
            match before {
                Some(before) if before == now => continue,
                Some(before) if before > 0 => {
                    let change = 100.0 * (now as f64 / before as f64 - 1.0);
                    write!(told, "{separator}{name} {before} → {now} ({change:+.6} %)")
                }
                Some(before) => write!(told, "{separator}{name} {before} → {now}"),
                None => write!(told, "{separator}{name} {now}, which was not kept"),
            }
            .expect("a text takes everything");
        }
        (!told.is_empty()).then(|| format!("sums differ: {told}"))
    }
}

/// Bucket by bucket, what was counted of classes, of nodes and of what stands between them.
fn buckets(results: &RunResults) -> impl Iterator<Item = Words> {
    let count = results.bucket_edges.len().saturating_sub(1);
    (0..count).map(|bucket| {
        let mut words = Words::default();
        let classes = results.classes.iter().filter_map(|class| class.buckets.get(bucket));
        classes.for_each(|class| words.add_class(class));
        let nodes = results.nodes.iter().filter_map(|node| node.buckets.get(bucket));
        nodes.for_each(|node| words.add_node(node));
        let places = results.resources.iter().flat_map(|resource| &resource.places);
        let places = places.filter_map(|place| place.buckets.get(bucket));
        places.for_each(|place| words.add_resource(place));
        words
    })
}

fn incidents(results: &RunResults) -> Print {
    let mut told = vec![
        format!("{:?} {} {}", results.stop, results.ended_at, results.skipped),
        format!("{:?}", results.standstill),
        format!("{} {:?}", results.unlisted_incidents, results.unlisted_outages),
    ];
    told.extend(results.incidents.iter().map(|incident| format!("{incident:?}")));
    told.extend(results.outages.iter().map(|outage| format!("{outage:?}")));
    told.extend(results.replications.iter().map(|replication| format!("{replication:?}")));
    told.extend(results.scalings.iter().map(|scaling| format!("{scaling:?}")));
    Print::of(told.iter().map(|entry| [of_text(entry)]))
}

fn sums(results: &RunResults) -> Vec<(&'static str, u128)> {
    let classes = || results.classes.iter().flat_map(|class| &class.buckets);
    let nodes = || results.nodes.iter().flat_map(|node| &node.buckets);
    vec![
        ("events", u128::from(results.events)),
        ("offered", u128::from(results.offered)),
        ("ended", u128::from(results.ended)),
        ("good", classes().map(|bucket| u128::from(bucket.good)).sum()),
        ("attempts", classes().map(|bucket| u128::from(bucket.attempts)).sum()),
        ("latency", classes().map(|bucket| bucket.latency_sum).sum()),
        ("failed_latency", classes().map(|bucket| bucket.failed_latency_sum).sum()),
        ("visits", nodes().map(|bucket| u128::from(bucket.visits)).sum()),
        ("waited", nodes().map(|bucket| bucket.waited_time).sum()),
        ("held", nodes().map(|bucket| bucket.held).sum()),
        ("served", nodes().map(|bucket| bucket.served).sum()),
        ("cpu", nodes().map(|bucket| bucket.cpu).sum()),
        ("on_cpu", nodes().map(|bucket| bucket.on_cpu).sum()),
    ]
}
