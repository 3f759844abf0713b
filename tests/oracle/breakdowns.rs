//! Group D: what breaks by chance, is repaired, stands by and is maintained. The hours of the
//! cases are seconds in the models, so that a run has enough of what is rare.

use super::judging::{Figure, Study, figure, figure_of};
use super::models::model;
use spof::experiment::{in_parallel, run};
use spof::kernel::time::{SECOND, Time, to_seconds};
use spof::plan::compile;
use spof::results::RunResults;
use std::collections::BTreeSet;

pub static STUDIES: [Study; 6] = [
    Study::new("D01", repaired),
    Study::new("D02", structures),
    Study::new("D06", first_outages),
    Study::new("D08", maintained),
    Study::new("D11", from_the_first_day),
    Study { left_out: &["p_rare", "n_min_cuts"], ..Study::new("D14", either_supply) },
];

const YEAR_S: f64 = 8_760.0;

/// What is measured in each of several runs of a model.
fn measure<T: Send>(
    file: &str,
    settings: &[(&str, &str)],
    (seed, runs): (u64, u64),
    look: impl Fn(&RunResults) -> T + Sync + Send,
) -> Vec<T> {
    let plan = compile(&model(file, settings));
    in_parallel((0..runs).collect(), |replication| {
        let results = run(&plan, seed, replication);
        assert_eq!(results.unlisted_incidents, 0, "there are too many failures to look at each");
        look(&results)
    })
}

fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, count) = values.into_iter().fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

/// The share of the time for which the only server was there.
fn up(results: &RunResults) -> f64 {
    let down: u128 = results.nodes[1].buckets.iter().map(|bucket| bucket.down).sum();
    1.0 - down as f64 / results.ended_at as f64
}

/// The share of requests that were answered.
fn answered(results: &RunResults) -> f64 {
    let good: u64 = results.classes[0].buckets.iter().map(|bucket| bucket.good).sum();
    good as f64 / results.ended as f64
}

fn repaired(seed: u64) -> Vec<Figure> {
    let look = |results: &RunResults| {
        let years = to_seconds(results.ended_at) / YEAR_S;
        [up(results), answered(results), results.incidents.len() as f64 / years]
    };
    let runs = measure("d01-repairable-server.yaml", &[], (seed, 6), look);
    let mean = |place: usize| mean(runs.iter().map(|run| run[place]));
    vec![
        figure("availability", mean(0)),
        figure_of("as users see it", "availability", mean(1)),
        figure("downtime_h_per_year", (1.0 - mean(0)) * YEAR_S),
        figure("outages_per_year", mean(2)),
    ]
}

fn either_supply(seed: u64) -> Vec<Figure> {
    let plan = compile(&model("d14-power-supply.yaml", &[]));
    let dark = |replication: u64| 1.0 - answered(&run(&plan, seed, replication));
    vec![figure("p_exact", mean(in_parallel((0..2).collect(), dark)))]
}

/// When each server, by its name, was down.
fn stays(results: &RunResults) -> impl Iterator<Item = (&str, Time, Time)> {
    results
        .incidents
        .iter()
        .map(|incident| (incident.name.as_str(), incident.start, incident.end.unwrap_or(results.ended_at)))
}

/// The instants at which more or fewer are down, each with how many are from then on.
fn numbers_down(results: &RunResults) -> Vec<(Time, i32)> {
    let mut changes: Vec<(Time, i32)> =
        stays(results).flat_map(|(_, start, end)| [(start, 1), (end, -1)]).collect();
    changes.sort_unstable();
    let mut down = 0;
    for change in &mut changes {
        down += change.1;
        change.1 = down;
    }
    changes
}

fn structures(seed: u64) -> Vec<Figure> {
    let look = |results: &RunResults| {
        let changes = numbers_down(results);
        let mut seconds_with = [0.0; 4];
        for pair in changes.windows(2) {
            seconds_with[pair[0].1 as usize] += to_seconds(pair[1].0 - pair[0].0);
        }
        let [_, one, two, three] = seconds_with.map(|seconds| seconds / to_seconds(results.ended_at));
        // There are three pairs; while two servers are down one of the pairs is.
        let a_pair = two / 3.0 + three;
        [1.0 - one - two - three, 1.0 - a_pair, 1.0 - two - three, answered(results)]
    };
    let runs = measure("d02-three-servers.yaml", &[], (seed, 16), look);
    let mean = |place: usize| mean(runs.iter().map(|run| run[place]));
    vec![
        figure("series3", mean(0)),
        figure_of("as users see it", "series3", mean(3)),
        figure("parallel2", mean(1)),
        figure("two_of_three", mean(2)),
    ]
}

/// A spare in service is no outage: the first one is what lasts.
fn first_outages(seed: u64) -> Vec<Figure> {
    const RUNS: u64 = 20_000;
    let first_that_lasts = |results: &RunResults| {
        let first = stays(results).find(|(_, start, end)| end > start);
        first.map_or(f64::NAN, |(_, start, _)| to_seconds(start))
    };
    let first_of_both = |results: &RunResults| {
        let first = numbers_down(results).into_iter().find(|(_, down)| *down == 2);
        first.map_or(f64::NAN, |(at, _)| to_seconds(at))
    };
    const NEVER_REPAIRED: &[(&str, &str)] = &[("nodes.server.mttr", "1000000h")];
    let cold = "d06-cold-standby.yaml";
    vec![
        figure("cold_with_repair", mean(measure(cold, &[], (seed, RUNS), first_that_lasts))),
        figure("cold_no_repair", mean(measure(cold, NEVER_REPAIRED, (seed, RUNS), first_that_lasts))),
        figure("hot_with_repair", mean(measure("d06-hot-pair.yaml", &[], (seed, RUNS), first_of_both))),
    ]
}

fn maintained(seed: u64) -> Vec<Figure> {
    let availability = mean(measure("d08-maintenance.yaml", &[], (seed, 4), up));
    vec![figure("availability", availability), figure("downtime_h_per_year", (1.0 - availability) * YEAR_S)]
}

fn from_the_first_day(seed: u64) -> Vec<Figure> {
    const RUNS: u64 = 24;
    const SERVERS: f64 = 50_000.0;
    let look = |results: &RunResults| {
        let up_after = |seconds: Time| {
            let at = seconds * SECOND;
            let down = stays(results).filter(|(_, start, end)| *start <= at && at < *end).count();
            1.0 - down as f64 / SERVERS
        };
        let until = 20 * SECOND;
        let lost = stays(results).filter(|(_, start, _)| *start < until);
        let lost: f64 = lost.map(|(_, start, end)| to_seconds(end.min(until) - start)).sum();
        let broken: BTreeSet<&str> =
            stays(results).filter(|(_, start, _)| *start <= 100 * SECOND).map(|(name, _, _)| name).collect();
        let unbroken = 1.0 - broken.len() as f64 / SERVERS;
        // After a hundred seconds age makes no difference in the sixth digit.
        [unbroken, up_after(5), up_after(20), up_after(100), 1.0 - lost / (SERVERS * to_seconds(until))]
    };
    let runs = measure("d11-fifty-thousand-servers.yaml", &[], (seed, RUNS), look);
    let keys = ["p_no_outage_100", "A5", "A20", "Ainf", "Abar20"];
    let mean = |place: usize| mean(runs.iter().map(|run| run[place]));
    keys.into_iter().enumerate().map(|(place, key)| figure(key, mean(place))).collect()
}
