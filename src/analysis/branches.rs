//! A load that goes up and down again: at the same load, is the system the same both ways? If not,
//! what began on the way keeps itself going.

use super::gauges::{Gauge, Gauges, served};
use super::sweep::{PointRuns, SweptValue};
use super::window::Window;
use crate::kernel::time::Time;
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use crate::stats::interval::independent_interval_at;
use serde::Serialize;

/// The doubt that is shared among all loads.
const DOUBT: f64 = 0.05;

/// Buckets of a step; those of its first half are left for the system to settle.
pub const STEP_BUCKETS: u64 = 8;

pub const UP: &str = "up";
pub const DOWN: &str = "down";

/// One step of the walk: a load, and on which way.
#[derive(Clone, Debug)]
pub struct Step {
    pub load: SweptValue,
    pub way: &'static str,
}

/// Up to the highest load, and down from it again; the highest is the last on the way up, and
/// the first on the way down.
pub fn walk(loads: &[SweptValue]) -> Vec<Step> {
    let step = |load: &SweptValue, way| Step { load: load.clone(), way };
    let up = loads.iter().map(|load| step(load, UP));
    up.chain(loads.iter().rev().map(|load| step(load, DOWN))).collect()
}

/// The gauges of all steps, one step behind the other.
pub fn gauges(scenario: &Scenario, steps: usize) -> Vec<Gauge> {
    let names = Gauges::of(scenario).names();
    let of_step = |step: usize| {
        let named = move |gauge: &Gauge| Gauge { name: format!("{step} {}", gauge.name), ..gauge.clone() };
        names.iter().map(named).collect::<Vec<_>>()
    };
    (0..steps).flat_map(of_step).collect()
}

/// The figures of the second half of each step.
pub fn figures(scenario: &Scenario, results: &RunResults, steps: usize, hold: Time) -> Vec<f64> {
    let gauges = Gauges::of(scenario);
    let edges = &results.bucket_edges;
    let of_step = |step: usize| {
        let end = hold * (step as u64 + 1);
        let start = end - hold / 2;
        let buckets = edges.partition_point(|edge| *edge < start)..edges.partition_point(|edge| *edge < end);
        let last = edges.len().saturating_sub(1);
        let buckets = buckets.start.min(last)..buckets.end.min(last);
        let (start, end) = (edges[buckets.start], edges[buckets.end]);
        let window = Window::of_buckets(buckets, start, end);
        gauges.figures(results, &window)
    };
    (0..steps).flat_map(of_step).collect()
}

/// The runs of each step, from those of the whole walk.
pub fn points(steps: &[Step], gauges: usize, runs: &[Vec<f64>]) -> Vec<PointRuns> {
    let of_step = |(number, step): (usize, &Step)| PointRuns {
        full_links: Vec::new(),
        values: vec![step.load.clone(), SweptValue { text: step.way.to_owned(), number: None }],
        runs: runs.iter().map(|run| run[number * gauges..(number + 1) * gauges].to_vec()).collect(),
    };
    steps.iter().enumerate().map(of_step).collect()
}

/// Where the two ways differ.
#[derive(Clone, Debug, Serialize)]
pub struct Hysteresis {
    /// The loads at which less is served on the way down, beyond the intervals.
    pub worse_on_the_way_down: Vec<String>,
    pub text: String,
}

impl Hysteresis {
    /// `noticeable` is the difference in the share served that counts.
    pub fn of(
        loads: &[SweptValue],
        points: &[PointRuns],
        gauges: &[Gauge],
        noticeable: f64,
    ) -> Option<Hysteresis> {
        let served = served(gauges)?;
        // Between the ways the highest load is the same stretch of time, but for its length.
        let (count, compared) = (loads.len(), loads.len().saturating_sub(1));
        let mut worse: Vec<(usize, f64, f64)> = Vec::new();
        for number in 0..compared {
            let (up, down) = (&points[number].runs, &points[2 * count - 1 - number].runs);
            let (up, down): (Vec<f64>, Vec<f64>) =
                (up.iter().map(&served).collect(), down.iter().map(&served).collect());
            let lost: Vec<f64> = up.iter().zip(&down).map(|(up, down)| up - down).collect();
            if least(&lost, DOUBT / compared as f64)? > noticeable {
                worse.push((number, mean(&up), mean(&down)));
            }
        }
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        let text = match (worse.first(), worse.last()) {
            (Some(&(first, ..)), Some(&(last, ..))) => {
                let (at, up, down) =
                    worse.iter().copied().max_by(|a, b| (a.1 - a.2).total_cmp(&(b.1 - b.2)))?;
                let from = match first == last {
                    true => format!("At {}", loads[first].text),
                    false => format!("From {} to {}", loads[first].text, loads[last].text),
                };
                let end = match first.checked_sub(1) {
                    Some(well) => format!("and is over at {}", loads[well].text),
                    None => "even at the least load".to_owned(),
                };
                format!(
                    "{from} less is served on the way down than at the same load on the way up: {} instead of {} \
                     at {}. What has begun at the top outlasts a step {end}. Longer steps (--hold) tell an \
                     overload that keeps itself going (metastable) from a backlog that takes its time.",
                    percent(down),
                    percent(up),
                    loads[at].text
                )
            }
            _ => "On the way down as much is served as at the same load on the way up, within the intervals."
                .to_owned(),
        };
        let worse_on_the_way_down = worse.iter().map(|(number, ..)| loads[*number].text.clone()).collect();
        Some(Hysteresis { worse_on_the_way_down, text })
    }
}

fn mean(figures: &[f64]) -> f64 {
    figures.iter().sum::<f64>() / figures.len() as f64
}

/// The lower end of the interval of a mean; `None` if one run alone cannot tell.
fn least(figures: &[f64], doubt: f64) -> Option<f64> {
    independent_interval_at(figures, 1.0 - doubt).ends().map(|(least, _)| least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::gauges::OFFERED;

    fn loads(texts: &[&str]) -> Vec<SweptValue> {
        texts.iter().map(|text| SweptValue { text: (*text).to_owned(), number: None }).collect()
    }

    fn hysteresis(served: &[f64], runs: usize) -> Option<Hysteresis> {
        let gauges = [OFFERED, "goodput", "availability"];
        let gauges = gauges.map(|name| Gauge { name: name.to_owned(), unit: "" });
        let loads = loads(&["10/s", "20/s", "30/s"]);
        // Runs differ by a tenth of a percent.
        let run = |number: usize| -> Vec<f64> {
            let share = |served: &f64| served - number as f64 * 1e-3;
            served.iter().flat_map(|served| [10.0, 10.0 * share(served), 1.0]).collect()
        };
        let runs: Vec<Vec<f64>> = (0..runs).map(run).collect();
        let points = points(&walk(&loads), 3, &runs);
        Hysteresis::of(&loads, &points, &gauges, 0.01)
    }

    #[test]
    fn a_walk_goes_up_and_down_the_same_loads() {
        let walk: Vec<String> =
            walk(&loads(&["1", "2"])).iter().map(|step| format!("{} {}", step.load.text, step.way)).collect();
        assert_eq!(walk, ["1 up", "2 up", "2 down", "1 down"]);
    }

    #[test]
    fn what_differs_between_the_ways_is_told_with_the_load_that_ends_it() {
        let stuck = hysteresis(&[1.0, 1.0, 0.4, 0.4, 0.3, 1.0], 5).unwrap();
        assert_eq!(stuck.worse_on_the_way_down, ["20/s"]);
        assert!(stuck.text.starts_with("At 20/s less is served"), "{}", stuck.text);
        assert!(stuck.text.contains("29.8 % instead of 99.8 % at 20/s"), "{}", stuck.text);
        assert!(stuck.text.contains("outlasts a step and is over at 10/s."), "{}", stuck.text);
        let forever = hysteresis(&[1.0, 1.0, 0.4, 0.4, 0.3, 0.3], 5).unwrap();
        assert!(
            forever.text.contains("From 10/s to 20/s") && forever.text.contains("even at the least load")
        );
    }

    #[test]
    fn without_a_difference_beyond_the_intervals_nothing_is_claimed() {
        let same = hysteresis(&[1.0, 0.9, 0.4, 0.4, 0.895, 1.0], 5).unwrap();
        assert!(same.worse_on_the_way_down.is_empty(), "{}", same.text);
        assert!(hysteresis(&[1.0, 1.0, 0.4, 0.4, 0.3, 1.0], 1).is_none(), "one run shows nothing");
    }
}
