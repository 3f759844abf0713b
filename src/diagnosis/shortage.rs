//! What was short in runs of which figures alone are kept, as in a sweep or a search: each run tells
//! of every resource how much of what went wrong it explains, and these figures are put together
//! point by point.

use super::phases::{self, PhaseKind, Stretch, counts};
use super::{FULL, dependence};
use crate::analysis::gauges::{
    FOR_DIAGNOSIS, Gauge, Gauges, NamedResource, fullest_share, in_use_of, named_resources,
};
use crate::analysis::point_fullness::{Fullness, PointFullness};
use crate::analysis::resources::{Measured, measured};
use crate::analysis::window::Window;
use crate::kernel::time::{Time, to_seconds};
use crate::parts::resource::ResourceKind;
use crate::results::{ClassRecord, RunResults};
use crate::scenario::model::Scenario;
use crate::scenario::resources::Resource;
use std::ops::Range;

/// What explains less than this share of what went wrong in a run was not short in it,
const EXPLAINS_LEAST: f64 = 0.1;
/// nor what explains less than this share of what explains most.
const BESIDE_LEAST: f64 = 0.5;

/// All that is measured of a run whose settings are varied, and what a diagnosis needs of it.
pub fn gauges(scenario: &Scenario) -> Vec<Gauge> {
    let mut gauges = Gauges::of(scenario).names();
    let of_resource = |one: &NamedResource| Gauge { name: short(&one.name), unit: FOR_DIAGNOSIS };
    gauges.extend(named_resources(scenario).iter().map(of_resource));
    gauges
}

/// In the order of the gauges; behind them what is expected, as `Gauges` has it.
pub fn figures(scenario: &Scenario, results: &RunResults, window: &Window) -> Vec<f64> {
    let gauges = Gauges::of(scenario);
    let mut figures = gauges.figures(results, window);
    let expected = figures.split_off(gauges.names().len());
    figures.extend(explained(scenario, results, window));
    figures.extend(expected);
    figures
}

fn short(resource: &str) -> String {
    format!("{resource} short")
}

/// For each resource the share of what went wrong that it explains.
fn explained(scenario: &Scenario, results: &RunResults, window: &Window) -> Vec<f64> {
    let measured = measured(scenario, results);
    let stretches = phases::of_run(scenario, results, window);
    let bad: Vec<&Stretch> = stretches.iter().filter(|stretch| stretch.kind != PhaseKind::Good).collect();
    let explained: Vec<f64> = match bad.is_empty() {
        true => of_whole(scenario, results, window, &measured),
        false => of_phases(scenario, results, &bad, &measured),
    };
    let of_resource = |one: &NamedResource| {
        measured.iter().position(|measured| one.is(measured)).map_or(0.0, |place| explained[place])
    };
    named_resources(scenario).iter().map(of_resource).collect()
}

/// What is bad in a phase counts for as much of its time as the resource was full. Without requests
/// the time counts itself.
fn of_phases(scenario: &Scenario, results: &RunResults, bad: &[&Stretch], measured: &[Measured]) -> Vec<f64> {
    let edges = &results.bucket_edges;
    let touched = |stretch: &Stretch| {
        let first = edges.partition_point(|&edge| edge <= stretch.start).saturating_sub(1);
        first..edges.partition_point(|&edge| edge < stretch.end).min(edges.len().saturating_sub(1))
    };
    let requests = |stretch: &Stretch| -> u64 {
        let of_class =
            |class: &ClassRecord| class.buckets[touched(stretch)].iter().map(counts).collect::<Vec<_>>();
        results.classes.iter().flat_map(of_class).map(|ended| ended.failed + ended.late).sum()
    };
    let has_requests = bad.iter().any(|stretch| requests(stretch) > 0);
    let mut explained = vec![0.0; measured.len()];
    let mut all = 0.0;
    for stretch in bad {
        let weight = match has_requests {
            true => requests(stretch) as f64,
            false => to_seconds(stretch.end - stretch.start),
        };
        all += weight;
        let full: Vec<f64> = measured.iter().map(|one| full_share(one, touched(stretch), edges)).collect();
        // What was full for a moment only explains nothing beside what was so all along.
        let most = full.iter().copied().fold(0.0, f64::max);
        let told: Vec<usize> = (0..full.len())
            .filter(|place| full[*place] > 0.0 && full[*place] >= most * BESIDE_LEAST)
            .collect();
        for place in causes(scenario, measured, told) {
            explained[place] += weight * full[place];
        }
    }
    explained.iter().map(|share| if all > 0.0 { share / all } else { 0.0 }).collect()
}

/// The share of the time of some buckets in which a resource was full.
fn full_share(measured: &Measured, buckets: Range<usize>, edges: &[Time]) -> f64 {
    let (mut full, mut all) = (0.0, 0.0);
    for bucket in buckets {
        let length = edges[bucket + 1] - edges[bucket];
        all += length as f64;
        let is_full = measured.fullest_place(bucket, length).is_some_and(|(share, _)| share >= FULL);
        full += if is_full { length as f64 } else { 0.0 };
    }
    if all > 0.0 { full / all } else { 0.0 }
}

/// Those of these places that wait for no other of them.
fn causes(scenario: &Scenario, measured: &[Measured], full: Vec<usize>) -> Vec<usize> {
    let resources: Vec<&Resource> = full.iter().map(|place| &measured[*place].resource).collect();
    let waits = dependence::waits_for_another(scenario, &resources);
    full.into_iter().zip(waits).filter(|(_, waits)| !waits).map(|(place, _)| place).collect()
}

/// Nobody felt anything, but what does not keep up may have been full all the time.
fn of_whole(scenario: &Scenario, results: &RunResults, window: &Window, measured: &[Measured]) -> Vec<f64> {
    let share = |one: &Measured| fullest_share(one, results, window).unwrap_or(0.0);
    let shares: Vec<f64> = measured.iter().map(share).collect();
    let full = (0..measured.len()).filter(|place| shares[*place] >= FULL).collect();
    let mut explained = vec![0.0; measured.len()];
    for place in causes(scenario, measured, full) {
        explained[place] = shares[place];
    }
    explained
}

/// What is full at a point, of which these are the figures of all runs.
pub fn at_point(scenario: &Scenario, gauges: &[Gauge], runs: &[Vec<f64>]) -> PointFullness {
    let column = |name: &str| -> Vec<f64> {
        let place = gauges.iter().position(|gauge| gauge.name == name);
        let figures = place.into_iter().flat_map(|place| runs.iter().map(move |run| run[place]));
        figures.filter(|figure| figure.is_finite()).collect()
    };
    let mean = |figures: &[f64]| figures.iter().sum::<f64>() / figures.len().max(1) as f64;
    let resources = named_resources(scenario);
    let explained: Vec<Vec<f64>> = resources.iter().map(|one| column(&short(&one.name))).collect();
    let most = |run: usize| {
        let of_run = explained.iter().filter_map(|figures| figures.get(run).copied());
        of_run.fold(EXPLAINS_LEAST / BESIDE_LEAST, f64::max)
    };
    let least: Vec<f64> = (0..runs.len()).map(|run| most(run) * BESIDE_LEAST).collect();
    let mut all: Vec<(Fullness, f64)> = Vec::new();
    for (one, explains) in resources.into_iter().zip(&explained) {
        let in_use = column(&in_use_of(&one.name));
        if in_use.is_empty() {
            continue;
        }
        let short_in = explains.iter().zip(&least).filter(|(share, least)| share >= least).count();
        let (in_use, runs) = (mean(&in_use), runs.len());
        all.push((Fullness { name: one.name, kind: one.kind, in_use, short_in, runs }, mean(explains)));
    }
    let is_short = |(one, _): &(Fullness, f64)| one.short_in * 2 > one.runs;
    // Whole per cent are what people see; of two that are as full, the one that is short comes first.
    let rank = |one: &(Fullness, f64)| ((one.0.in_use * 100.0).round() as u64, is_short(one), one.0.in_use);
    // A line is full only since what is behind it is.
    let fullest = all.iter().filter(|one| one.0.kind != ResourceKind::Backlog || is_short(one));
    let fullest = fullest.max_by(|a, b| {
        let (a, b) = (rank(a), rank(b));
        a.0.cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.total_cmp(&b.2))
    });
    let fullest = fullest.map(|(one, _)| one.clone());
    let mut full: Vec<(Fullness, f64)> = all.into_iter().filter(is_short).collect();
    full.sort_by(|a, b| b.1.total_cmp(&a.1));
    PointFullness { full: full.into_iter().map(|(one, _)| one).collect(), fullest }
}
