//! The outages of a run as all that tells of them has them: the site is down from the sending of
//! the first request that fails to the end of the last one, where more than a quarter of the
//! requests fail (`engine::watch` finds them). Whatever lists or sums outages asks here, so
//! that every figure, line and picture is about the same stretches of time.

use super::estimate::Reach;
use super::summary::Estimate;
use super::window::Window;
use crate::kernel::time::to_seconds;
use crate::parts::fidelity::Fidelity;
use crate::parts::outcome::Outcome;
use crate::results::RunResults;
use crate::results::incident::{CauseSums, Outage, OutageSums};
use crate::stats::interval::LEVEL;
use crate::stats::student::two_sided_t;
use std::collections::BTreeMap;

const NANOSECOND_S: f64 = 1e-9;

/// The outages of the part of a run that counts.
#[derive(Clone, Debug)]
pub struct Outages {
    /// In the order of time. Whatever reaches beyond an end of that part is cut there.
    pub listed: Vec<Outage>,
    /// What those come to that are not listed, since there are too many.
    pub unlisted: OutageSums,
}

impl Outages {
    pub fn of(results: &RunResults, window: &Window) -> Outages {
        let listed = results.outages.iter().filter_map(|outage| cut(results, window, outage)).collect();
        Outages { listed, unlisted: results.unlisted_outages.clone() }
    }

    pub fn count(&self) -> u64 {
        self.listed.len() as u64 + self.unlisted.all.count
    }

    /// What all of them come to.
    pub fn sum(&self) -> CauseSums {
        self.listed.iter().fold(self.unlisted.all, with)
    }

    /// The same of those with some causes.
    pub fn sum_where(&self, is_wanted: impl Fn(Option<u32>) -> bool) -> CauseSums {
        let by_cause = self.by_cause().into_iter().filter(|(cause, _)| is_wanted(*cause));
        by_cause.fold(CauseSums::default(), |mut sum, (_, one)| {
            sum.join(&one);
            sum
        })
    }

    /// What those of each cause come to.
    pub fn by_cause(&self) -> BTreeMap<Option<u32>, CauseSums> {
        let mut causes = self.unlisted.by_cause.clone();
        for outage in &self.listed {
            causes.entry(outage.cause).or_default().add(outage);
        }
        causes
    }

    pub fn time_s(&self) -> f64 {
        self.sum().seconds()
    }

    pub fn longest_s(&self) -> Option<f64> {
        let listed = self.listed.iter().map(|outage| outage.end - outage.start).max();
        let unlisted = (self.unlisted.all.count > 0).then_some(self.unlisted.longest);
        listed.max(unlisted).map(to_seconds)
    }

    /// How long each of them was.
    pub fn lengths(&self) -> Lengths {
        let unlisted = &self.unlisted;
        let start = Lengths { count: unlisted.all.count, sum: unlisted.all.time, squares: unlisted.squares };
        self.listed.iter().map(Outage::length).fold(start, Lengths::with)
    }

    /// From the end of each to the start of the next.
    pub fn times_between(&self) -> Lengths {
        let unlisted = &self.unlisted;
        let start =
            Lengths { count: unlisted.all.count, sum: unlisted.between, squares: unlisted.between_squares };
        let pairs = self.listed.windows(2);
        pairs.map(|pair| u128::from(pair[1].start.saturating_sub(pair[0].end))).fold(start, Lengths::with)
    }
}

fn with(mut sum: CauseSums, outage: &Outage) -> CauseSums {
    sum.add(outage);
    sum
}

impl CauseSums {
    pub fn seconds(&self) -> f64 {
        self.time as f64 * NANOSECOND_S
    }
}

/// What of an outage lies in the part of the run that counts.
fn cut(results: &RunResults, window: &Window, outage: &Outage) -> Option<Outage> {
    let (start, end) = (outage.start.max(window.start), outage.end.min(window.end));
    let is_instant = outage.start == outage.end && start == outage.start;
    if start > end || (start == end && !is_instant) {
        return None;
    }
    if (start, end) == (outage.start, outage.end) {
        return Some(*outage);
    }
    // Not more can have been lost in there than failed in its time buckets.
    let edges = &results.bucket_edges;
    let buckets = edges.partition_point(|&edge| edge <= start).saturating_sub(1)
        ..edges.partition_point(|&edge| edge < end).min(window.buckets.end);
    let failed = |class: &crate::results::ClassRecord| -> u64 {
        let buckets = class.buckets.get(buckets.clone()).unwrap_or_default();
        let ok = Outcome::Ok as usize;
        buckets.iter().map(|bucket| bucket.outcomes.iter().sum::<u64>() - bucket.outcomes[ok]).sum()
    };
    let failed = results.classes.iter().map(failed).sum();
    Some(Outage { start, end, lost: outage.lost.min(failed), ..*outage })
}

/// Lengths of time that are summed up, exactly: they come to no more than a run, so that even
/// their squares are within the numbers that there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lengths {
    pub count: u64,
    sum: u128,
    squares: u128,
}

impl Lengths {
    fn with(self, length: u128) -> Lengths {
        Lengths { count: self.count + 1, sum: self.sum + length, squares: self.squares + length * length }
    }

    /// The root of the sum of the squares.
    pub fn root_of_squares_s(&self) -> f64 {
        (self.squares as f64).sqrt() * NANOSECOND_S
    }

    /// Of independent lengths.
    pub fn mean(&self, window: &Window) -> Estimate {
        if self.count == 0 {
            return Estimate::empty("nothing was observed");
        }
        let number = self.count as f64;
        let value = self.sum as f64 / number * NANOSECOND_S;
        if self.count == 1 {
            return Estimate::without_interval(Some(value), "one observation has no spread");
        }
        let degrees = (self.count - 1).min(u64::from(u32::MAX)) as u32;
        let error = (self.spread() / (number - 1.0) / number).sqrt() * NANOSECOND_S;
        Estimate::of_observations(
            value,
            two_sided_t(degrees, LEVEL) * error,
            self.count,
            Reach::seconds_of(window),
        )
    }

    /// The sum of the squared distances from the mean. Taken from the nearest whole number, it is
    /// exact, and nothing where all are alike.
    fn spread(&self) -> f64 {
        let count = i128::from(self.count);
        let (sum, squares) = (self.sum as i128, self.squares as i128);
        let middle = (sum + count / 2) / count;
        let about_middle = squares - 2 * middle * sum + count * middle * middle;
        let off = (sum - count * middle) as f64;
        (about_middle as f64 - off * off / count as f64).max(0.0)
    }
}

/// The name of what was in force when it began, or what else makes requests fail.
pub fn cause(results: &RunResults, cause: Option<u32>) -> &str {
    let incident = cause.and_then(|number| results.incidents.get(number as usize));
    incident.map_or("overload", |incident| &incident.name)
}

pub fn is_planned(results: &RunResults, cause: Option<u32>) -> bool {
    let incident = cause.and_then(|number| results.incidents.get(number as usize));
    incident.is_some_and(|incident| incident.planned)
}

/// Requests lost, if there were requests.
pub fn lost(results: &RunResults, lost: u64) -> Option<u64> {
    (results.fidelity != Fidelity::Components).then_some(lost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::availability::summarise_availability;
    use crate::analysis::example;
    use crate::analysis::summarise::summarise;
    use crate::engine::trial;
    use crate::kernel::time::{MINUTE, SECOND};
    use crate::plan::compile;
    use crate::scenario::load::load_text;

    fn outage(start_s: u64, end_s: u64) -> Outage {
        Outage {
            start: start_s * SECOND,
            end: end_s * SECOND,
            lost: 100,
            first_error: Outcome::Reset,
            last_error: Outcome::TimedOut,
            cause: None,
        }
    }

    /// The warm-up of the example ends after 4 s, and the run after 40.
    fn listed(outages: &[Outage]) -> Vec<(u64, u64, u64)> {
        let mut results = example::results();
        results.outages = outages.to_vec();
        let window = Window::of(&example::scenario(), &results);
        let seconds = |outage: &Outage| (outage.start / SECOND, outage.end / SECOND, outage.lost);
        Outages::of(&results, &window).listed.iter().map(seconds).collect()
    }

    #[test]
    fn outages_are_cut_at_the_ends_of_the_part_that_counts() {
        assert_eq!(listed(&[outage(1, 3), outage(2, 4), outage(4, 4)]), [(4, 4, 100)]);
        // In each second one request fails, so that no more than so many can be lost in there.
        assert_eq!(listed(&[outage(2, 9), outage(20, 22)]), [(4, 9, 5), (20, 22, 100)]);
        assert_eq!(listed(&[outage(38, 50)]), [(38, 40, 2)]);
        assert_eq!(listed(&[outage(0, 99)]), [(4, 40, 36)]);
    }

    #[test]
    fn an_outage_that_begins_in_the_warm_up_is_told_from_its_end_on() {
        let text = "
run: { duration: 60m, warmup: 1m }
nodes:
  u: { kind: user, arrivals: 20/s, timeout: 5s }
  app: { kind: app_server, workers: 8, boot: 0s }
requests: { r: { path: [ app: { wait: 5ms } ] } }
timeline: [ { at: 59s, fail: app, for: 30m } ]
";
        let scenario = load_text("site.yaml", text, &[]).scenario.unwrap();
        let results = trial::run(&compile(&scenario));
        let told = summarise(&scenario, 1, &results).availability;
        assert_eq!((told.outages, told.outages_listed, told.events), (1, Some(1), 1));
        assert!((told.outage_s - 29.0 * 60.0 - 59.0).abs() < 1.0, "{}", told.outage_s);
        let failed: u64 = told.lost.values().sum();
        assert!(told.requests_lost.is_some_and(|lost| lost <= failed && lost > failed - 9), "{told:?}");
        assert!((told.time_up.unwrap() - 29.0 / 59.0).abs() < 1e-3, "{told:?}");
        assert_eq!(told.by_cause.len(), 1);
        assert_eq!(told.by_cause[0].cause, "fail app");
    }

    #[test]
    fn what_is_not_listed_is_in_every_figure() {
        let all: Vec<Outage> = (0..12).map(|number| outage(5 + 2 * number, 6 + 2 * number)).collect();
        let (scenario, mut listed) = (example::scenario(), example::results());
        let mut cut = example::results();
        listed.outages = all.clone();
        cut.outages = all[..5].to_vec();
        for pair in all[4..].windows(2) {
            cut.unlisted_outages.add(&pair[1], pair[0].end);
        }
        let figures = |results: &RunResults| {
            let window = Window::of(&scenario, results);
            let outages = Outages::of(results, &window);
            let told = summarise_availability(&scenario, results, &window, &outages, &Estimate::empty(""));
            let mut told = serde_json::to_value(told).unwrap();
            told.as_object_mut().unwrap().remove("outages_listed").map(|listed| (told, listed)).unwrap()
        };
        let ((whole, listed), (sums, fewer)) = (figures(&listed), figures(&cut));
        assert_eq!(whole, sums);
        assert_eq!((listed.as_u64(), fewer.as_u64()), (Some(12), Some(5)));
        assert_eq!((sums["outages"].as_u64(), sums["requests_lost"].as_u64()), (Some(12), Some(1_200)));
        // All are as long, and so is the time between them: nothing tells how sure that is.
        assert_eq!(sums["mean_time_to_repair_s"]["value"].as_f64(), Some(1.0));
        assert!(sums["mean_time_to_repair_s"]["half_width"].is_null());
    }

    #[test]
    fn means_of_lengths_have_the_spread_of_the_textbook() {
        let lengths = [4, 6, 2].map(|seconds| u128::from(seconds * SECOND));
        let lengths = lengths.into_iter().fold(Lengths::default(), Lengths::with);
        let window = Window::of_buckets(0..0, 0, MINUTE);
        let mean = lengths.mean(&window);
        // t for two degrees of freedom is 4.303, the standard error 2 / √3: wider than the mean.
        assert_eq!((mean.value, mean.half_width), (Some(4.0), None));
        assert!(mean.why_no_interval.unwrap().starts_with("3 of them tell little"));
        let more = (0..9).fold(lengths, |lengths, _| lengths.with(4 * u128::from(SECOND)));
        let half_width = more.mean(&window).half_width.unwrap();
        assert!((half_width - 2.201 * (8.0_f64 / 11.0 / 12.0).sqrt()).abs() < 1e-3, "{half_width}");
    }
}
