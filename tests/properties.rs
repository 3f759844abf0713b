//! Random scenarios: whatever happens in them, the books are kept.
//!
//! More cases: `PROPTEST_CASES=20000 cargo test --test properties`.

#[path = "support/random_scenario.rs"]
mod random_scenario;
mod support;

use proptest::prelude::*;
use proptest::test_runner::Config;
use random_scenario::random_scenario;
use serde_json::Value;
use spof::analysis::comparison::{ComparedMeasures, Variant};
use spof::analysis::gauges::Gauges;
use spof::analysis::study::Measures;
use spof::analysis::summarise::summarise;
use spof::analysis::sweep::{PointRuns, Swept, SweptAxis, SweptValue};
use spof::analysis::window::Window;
use spof::engine::{Advance, Options, Simulation};
use spof::kernel::time::{NEVER, Time, to_seconds};
use spof::nodes::behaviour::UNLIMITED;
use spof::plan;
use spof::results::row::{Row, RowSampling};
use spof::results::{ClassBucket, RunResults, StopReason};
use spof::scenario::model::{RunEnd, Scenario, Warmup};
use spof::structure::analyze;
use support::{Outcome, run, scenario};

/// A run of these scenarios that takes more events is stopped, and checked as it stands.
const EVENTS_MOST: u64 = 300_000;

fn config() -> Config {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { Config::default().cases } else { 150 };
    Config { cases, failure_persistence: None, max_shrink_iters: 3_000, ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_books_are_kept(random in random_scenario(), seed in 0_u64..1_000) {
        let scenario = scenario(&random.text);
        let outcome = run(&scenario, seed, EVENTS_MOST);
        check_requests(&outcome, random.parallel)?;
        check_classes(&scenario, &outcome)?;
        check_nodes(&scenario, &outcome.results)?;
        check_incidents(&outcome.results)?;
        check_outages(&outcome.results)?;
        for (name, text) in outcome.files.iter().filter(|(name, _)| name.ends_with(".json")) {
            check_figures(name, text)?;
        }
    }

    #[test]
    fn figures_can_be_and_intervals_hold_them(random in random_scenario(), seed in 0_u64..1_000) {
        let scenario = scenario(&random.text);
        let runs: Vec<RunResults> =
            (0..3).map(|run| results_of(&scenario, seed + run, EVENTS_MOST / 10)).collect();
        let longest_s = match scenario.run.end {
            RunEnd::After(duration) => to_seconds(duration),
            RunEnd::Requests(_) => f64::INFINITY,
        };
        let of_run = &runs[0];
        let summary = serde_json::to_value(summarise(&scenario, seed, of_run)).expect("figures");
        Figures { longest_s: to_seconds(of_run.ended_at), text: &random.text }.check("", &summary, "")?;
        let figures = Figures { longest_s, text: &random.text };
        for told in told_of_many(&scenario, seed, &runs) {
            figures.check("", &told, "")?;
        }
    }

    #[test]
    fn in_the_ledger_shares_are_shares(random in random_scenario()) {
        let ledger = analyze(&scenario(&random.text), 4).expect("it is small");
        check_figures("the ledger", &serde_json::to_string(&ledger).expect("it is data"))?;
        let least = ledger.classes.iter().map(|class| class.unavailability).fold(0.0, f64::max);
        let is_share = |value: f64| (-1e-9..=1.0 + 1e-9).contains(&value);
        for standing in ledger.classes.iter().chain([&ledger.any]) {
            prop_assert!(is_share(standing.availability) && standing.outages_per_year >= -1e-9);
        }
        prop_assert!(ledger.any.unavailability >= least - 1e-12, "whoever fails, some class fails");
        for part in &ledger.parts {
            let weight = part.any;
            for share in [part.unavailability, weight.birnbaum, weight.fussell_vesely, weight.criticality] {
                prop_assert!(share.is_none_or(is_share), "{}: {share:?}\n{}", part.name, random.text);
            }
        }
    }

    #[test]
    fn equal_seeds_give_equal_files(random in random_scenario(), seed in 0_u64..1_000) {
        let scenario = scenario(&random.text);
        let (one, two) = (run(&scenario, seed, EVENTS_MOST / 4), run(&scenario, seed, EVENTS_MOST / 4));
        prop_assert!(one.files == two.files);
        prop_assert!(one.results.incidents == two.results.incidents);
        prop_assert!(one.results.outages == two.results.outages);
    }
}

fn results_of(scenario: &Scenario, seed: u64, events_most: u64) -> RunResults {
    let plan = plan::compile(scenario);
    let mut simulation = Simulation::new(&plan, Options { seed, replication: 0, rows: RowSampling::None });
    let mut ended = false;
    while !ended && simulation.events() < events_most {
        ended = simulation.advance(NEVER, events_most - simulation.events()) == Advance::Ended;
    }
    simulation.finish(!ended)
}

/// What a study, a sweep and a comparison tell of runs: `replications.json`, `sweep.json` and
/// `compare.json`.
fn told_of_many(scenario: &Scenario, seed: u64, runs: &[RunResults]) -> [Value; 3] {
    let measures = Measures::of(scenario, &[]);
    let columns: Vec<Vec<f64>> = runs.iter().map(|run| measures.figures(run)).collect();
    let study = measures.summarise(seed, &columns, "");
    let gauges = Gauges::of(scenario);
    let point = |text: &str, runs: &[RunResults]| PointRuns {
        values: vec![SweptValue { text: text.to_owned(), number: None }],
        runs: runs.iter().map(|run| gauges.figures(run, &Window::of(scenario, run))).collect(),
        full_links: Vec::new(),
    };
    let swept = Swept {
        scenario,
        seed,
        replications: 2,
        axes: vec![SweptAxis { path: "seed".to_owned(), is_numeric: false }],
        gauges: &gauges.names(),
        measure: "p99",
        served_least: 0.99,
    };
    let sweep = swept.summarise(&[point("first", &runs[..2]), point("second", &runs[1..])]);
    let none = [vec![], vec![]];
    let compared = ComparedMeasures::of(&[scenario, scenario], &[vec![], vec![]], &none);
    let figures = |number: usize, place: usize| {
        let runs = &runs[number..number + 2];
        runs.iter().map(|run| compared.of_scenario(number).figures(run)[place]).collect()
    };
    let variant = |name: &str| Variant { name: name.to_owned(), file: String::new(), settings: vec![] };
    let comparison =
        compared.summarise(vec![variant("one"), variant("other")], (seed, 2, String::new()), &figures);
    [serde_json::to_value(study), serde_json::to_value(sweep), serde_json::to_value(comparison)]
        .map(|told| told.expect("figures"))
}

/// Goes through a file, figure by figure.
struct Figures<'a> {
    longest_s: f64,
    text: &'a str,
}

impl Figures<'_> {
    /// `unit` is that of the figures around, and `name` the field's.
    fn check(&self, name: &str, value: &Value, unit: &str) -> Result<(), TestCaseError> {
        match value {
            Value::Array(all) => {
                for one in all {
                    self.check(name, one, unit)?;
                }
            }
            Value::Object(fields) => {
                let unit = fields.get("unit").and_then(Value::as_str).unwrap_or(unit);
                let figure = fields.get("value").or(fields.get("measured"));
                if let Some(figure) = figure.filter(|_| fields.contains_key("half_width")) {
                    let is_apart = fields.contains_key("verdict") && name == "differences";
                    self.check_estimate(name, figure, value, (unit, is_apart))?;
                }
                for (name, value) in fields {
                    // Where the time went is told by the paths of requests, some of them side by side.
                    if !["time_spent", "tail"].contains(&name.as_str()) {
                        self.check(name, value, unit)?;
                    }
                }
            }
            Value::Number(number) => {
                let number = number.as_f64().expect("a figure");
                let (least, most) = self.reach(name, "");
                prop_assert!(least <= number && number <= most, "{name}: {number}\n{}", self.text);
            }
            _ => {}
        }
        Ok(())
    }

    fn check_estimate(
        &self,
        name: &str,
        figure: &Value,
        estimate: &Value,
        (unit, is_apart): (&str, bool),
    ) -> Result<(), TestCaseError> {
        let about = || format!("{name} in {unit}: {estimate}\n{}", self.text);
        let (least, most) = self.reach(name, unit);
        let least = if is_apart { -most } else { least };
        let ends = (estimate["low"].as_f64(), estimate["high"].as_f64(), estimate["half_width"].as_f64());
        match (figure.as_f64(), ends) {
            (Some(value), (Some(low), Some(high), Some(half_width))) => {
                prop_assert!(least <= low && low <= value && value <= high && high <= most, "{}", about());
                prop_assert!(half_width > 0.0 && half_width.is_finite(), "{}", about());
                prop_assert!(estimate["why_no_interval"].is_null(), "{}", about());
            }
            (value, ends) => {
                prop_assert!(ends == (None, None, None), "{}", about());
                prop_assert!(estimate["why_no_interval"].is_string(), "{}", about());
                let value = value.unwrap_or(least.max(0.0));
                prop_assert!(least <= value && value <= most, "{}", about());
            }
        }
        Ok(())
    }

    /// What a figure of this name, or with this unit, can be.
    fn reach(&self, name: &str, unit: &str) -> (f64, f64) {
        const SHARES: [&str; 9] = [
            "good_share",
            "waited_share",
            "utilisation",
            "utilisation_max",
            "time_up",
            "hit_ratio",
            "user",
            "server_log",
            "probe",
        ];
        // Sums of halves and the like are exact to the last bit but one.
        let longest_s = self.longest_s * (1.0 + 1e-12);
        match (name, unit) {
            ("pairing_gain" | "relative", _) => (f64::NEG_INFINITY, f64::INFINITY),
            (_, "share") => (0.0, 1.0),
            (name, _) if SHARES.contains(&name) || ["health_checker", "good_buckets"].contains(&name) => {
                (0.0, 1.0)
            }
            (_, "ms") => (0.0, longest_s * 1e3),
            (_, "s") => (0.0, longest_s),
            ("down_h_per_year", _) => (0.0, 8_766.0),
            (name, _) if name.ends_with("_ms") => (0.0, longest_s * 1e3),
            (name, _) if name.ends_with("_s") && !name.ends_with("_per_s") => (0.0, longest_s),
            (name, _) if ["value", "low", "high", "half_width", "at_most", "bound"].contains(&name) => {
                (f64::NEG_INFINITY, f64::INFINITY)
            }
            _ => (0.0, f64::INFINITY),
        }
    }
}

/// Figures that there may not be: nothing to divide by, no limit to fill, or nobody has said it.
const MAY_BE_NOTHING: [&str; 28] = [
    "attempts_mean",
    "birnbaum",
    "costs_minutes_per_year",
    "criticality",
    "failed_mean_ms",
    "fussell_vesely",
    "half_width",
    "hit_ratio",
    "max_ms",
    "measured",
    "minutes_per_year",
    "mtbf_hours",
    "mttr_hours",
    "nines",
    "outage_minutes_mean",
    "probability",
    "second_saves_minutes_per_year",
    "service_mean_ms",
    "sojourn_mean_ms",
    "time_up",
    "unavailability",
    "utilisation",
    "utilisation_max",
    "value",
    "wait_p50_ms",
    "wait_p95_ms",
    "wait_p99_ms",
    "waited_share",
];

/// JSON has no number for what is not finite, and says `null`: whoever reads it back finds nothing
/// where there has to be a figure.
fn check_figures(name: &str, text: &str) -> Result<(), TestCaseError> {
    let mut pending = vec![(name.to_owned(), serde_json::from_str::<Value>(text).expect("it is JSON"))];
    while let Some((name, value)) = pending.pop() {
        match value {
            Value::Null => prop_assert!(MAY_BE_NOTHING.contains(&name.as_str()), "{} is null", name),
            Value::Array(values) => pending.extend(values.into_iter().map(|value| (name.clone(), value))),
            Value::Object(fields) => pending.extend(fields),
            _ => {}
        }
    }
    Ok(())
}

/// Each request once, in order, and its time at most once.
fn check_requests(outcome: &Outcome, parallel: bool) -> Result<(), TestCaseError> {
    let results = &outcome.results;
    prop_assert_eq!(results.offered, results.ended + results.in_flight);
    prop_assert_eq!(results.ended, outcome.requests.len() as u64);
    let mut earlier: Option<(u64, Time)> = None;
    for (row, times) in &outcome.requests {
        if let Some((id, start)) = earlier {
            prop_assert!(row.id > id, "{} comes after {id}", row.id);
            prop_assert!(row.start >= start, "request {} starts before {id}", row.id);
        }
        earlier = Some((row.id, row.start));
        prop_assert!(row.id < results.offered);
        prop_assert!(row.start + row.latency <= results.ended_at);
        prop_assert!(row.attempts >= 1);
        let spent: u128 = times.iter().map(|&time| u128::from(time)).sum();
        if !parallel {
            prop_assert_eq!(spent, u128::from(row.latency), "{:?} {:?}", row, times);
        }
    }
    Ok(())
}

fn check_classes(scenario: &Scenario, outcome: &Outcome) -> Result<(), TestCaseError> {
    let results = &outcome.results;
    let edges = &results.bucket_edges;
    prop_assert!(edges.windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", edges);
    prop_assert_eq!(edges.first(), Some(&0));
    prop_assert_eq!(edges.last(), Some(&results.ended_at));
    let (mut offered, mut ended, mut attempts, mut good) = (0, 0, 0, 0);
    for class in &results.classes {
        prop_assert_eq!(class.buckets.len() + 1, edges.len());
        let mut in_flight = 0;
        for bucket in &class.buckets {
            let done: u64 = bucket.outcomes.iter().sum();
            in_flight = in_flight + bucket.offered - done;
            prop_assert_eq!(bucket.in_flight, in_flight);
            prop_assert!(bucket.good <= bucket.outcomes[0]);
            prop_assert!(
                bucket.latency_sum <= u128::from(bucket.latency_max) * u128::from(bucket.outcomes[0])
            );
            offered += bucket.offered;
            ended += done;
            attempts += bucket.attempts;
            good += bucket.outcomes[0];
        }
    }
    prop_assert_eq!((offered, ended), (results.offered, results.ended));
    prop_assert_eq!(attempts, outcome.requests.iter().map(|(row, _)| u64::from(row.attempts)).sum::<u64>());
    prop_assert_eq!(good, outcome.requests.iter().filter(|(row, _)| row.outcome.is_ok()).count() as u64);
    let cells: u64 =
        results.classes.iter().flat_map(|class| &class.cells).map(|&count| u64::from(count)).sum();
    prop_assert_eq!(cells, good);
    check_timeline(outcome)?;
    let warmup = if let Warmup::Requests(requests) = scenario.run.warmup { requests } else { 0 };
    if let (RunEnd::Requests(requests), StopReason::Requests) = (scenario.run.end, results.stop) {
        // A crash ends many at once, and the run with them.
        let wanted = requests + warmup;
        let earlier = |(row, _): &&(Row, Vec<u64>)| row.start + row.latency < results.ended_at;
        let earlier = outcome.requests.iter().filter(earlier).count() as u64;
        prop_assert!(earlier < wanted && wanted <= results.ended, "{earlier} {}", results.ended);
        prop_assert!(wanted == results.ended || !results.incidents.is_empty(), "{}", results.ended);
    }
    Ok(())
}

/// The lines of the timeline add up to the run.
fn check_timeline(outcome: &Outcome) -> Result<(), TestCaseError> {
    let timeline = &outcome.files[1].1;
    let mut sums = (0, 0);
    for line in timeline.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        if fields[2] == "all" {
            let count = |place: usize| fields[place].parse::<u64>().expect("a count");
            sums = (sums.0 + count(3), sums.1 + count(4));
        }
    }
    prop_assert_eq!(sums, (outcome.results.offered, outcome.results.ended));
    Ok(())
}

/// The kernel takes so many connections for a process that hangs, however short its line.
const BACKLOG_OF_HUNG: u32 = 128;

/// Nobody holds more slots or cores than there are, and nobody ends who has not come.
fn check_nodes(scenario: &Scenario, results: &RunResults) -> Result<(), TestCaseError> {
    let mut records = results.nodes.iter();
    let hangs = results.incidents.iter().any(|incident| incident.kind == "hang");
    for node in &scenario.nodes {
        let behaviour = node.behaviour.as_ref();
        let slots = behaviour.map_or(0, |behaviour| behaviour.slots);
        let line = behaviour.map_or(0, |behaviour| behaviour.queue);
        let line = if hangs { line.max(BACKLOG_OF_HUNG) } else { line };
        let cores = match &node.kind {
            spof::nodes::NodeKind::Server(server) => Some(server.cores),
            _ => behaviour.and_then(|behaviour| behaviour.shared_cores),
        };
        for record in records.by_ref().take(node.replicas as usize) {
            let (mut visits, mut started, mut ended) = (0, 0, 0);
            for (bucket, edges) in record.buckets.iter().zip(results.bucket_edges.windows(2)) {
                let length = u128::from(edges[1] - edges[0]);
                visits += bucket.visits;
                started += bucket.started;
                ended += bucket.ended;
                prop_assert!(started <= visits && ended <= visits, "{}: {:?}", node.name, bucket);
                prop_assert!(bucket.waited <= bucket.started && bucket.failed <= bucket.ended);
                prop_assert!(bucket.down <= length, "{}: {:?}", node.name, bucket);
                prop_assert!(bucket.unwanted <= bucket.ended && bucket.hits <= bucket.lookups);
                // Requests stand at their user without being served there.
                prop_assert!(
                    behaviour.is_none() || bucket.calling <= bucket.served,
                    "{}: {:?}",
                    node.name,
                    bucket
                );
                if slots != UNLIMITED {
                    prop_assert!(bucket.held <= u128::from(slots) * length, "{}: {:?}", node.name, bucket);
                }
                if line != UNLIMITED {
                    prop_assert!(bucket.queue_max <= line, "{}: {:?}", node.name, bucket);
                    prop_assert!(bucket.queued <= u128::from(line) * length, "{}: {:?}", node.name, bucket);
                }
                if let Some(cores) = cores {
                    prop_assert!(bucket.cpu <= u128::from(cores) * length, "{}: {:?}", node.name, bucket);
                    prop_assert!(bucket.cpu <= bucket.on_cpu, "{}: {:?}", node.name, bucket);
                }
            }
        }
    }
    prop_assert!(records.next().is_none());
    Ok(())
}

/// What goes wrong begins in order, and ends after it began or not at all.
fn check_incidents(results: &RunResults) -> Result<(), TestCaseError> {
    let incidents = &results.incidents;
    prop_assert!(incidents.windows(2).all(|pair| pair[0].start <= pair[1].start), "{:?}", incidents);
    for incident in incidents {
        let end = incident.end.unwrap_or(results.ended_at);
        prop_assert!(incident.start <= end && end <= results.ended_at, "{:?}", incident);
    }
    Ok(())
}

/// Outages end in order, lose no more than failed, and blame what had begun by then.
fn check_outages(results: &RunResults) -> Result<(), TestCaseError> {
    let outages = &results.outages;
    prop_assert!(outages.windows(2).all(|pair| pair[0].end <= pair[1].end), "{:?}", outages);
    for outage in outages {
        prop_assert!(outage.start <= outage.end && outage.end <= results.ended_at, "{:?}", outage);
        prop_assert!(!outage.first_error.is_ok() && !outage.last_error.is_ok(), "{:?}", outage);
        if let Some(cause) = outage.cause {
            let incident = results.incidents.get(cause as usize);
            prop_assert!(incident.is_some_and(|incident| incident.start <= outage.end), "{:?}", outage);
        }
    }
    let failed = |bucket: &ClassBucket| bucket.outcomes[1..].iter().sum::<u64>();
    let failed: u64 = results.classes.iter().flat_map(|class| &class.buckets).map(failed).sum();
    prop_assert!(outages.iter().map(|outage| outage.lost).sum::<u64>() <= failed, "{:?}", outages);
    Ok(())
}
