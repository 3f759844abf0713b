//! Random scenarios: every figure that is told can be, and every interval holds its figure.
//!
//! More cases: `PROPTEST_CASES=20000 cargo test --test figures`.

#[path = "support/cases.rs"]
mod cases;
#[path = "support/random_scenario.rs"]
#[allow(dead_code)]
mod random_scenario;
#[allow(dead_code)]
mod support;

use cases::cases;
use proptest::prelude::*;
use random_scenario::random_scenario;
use serde_json::Value;
use spof::analysis::comparison::{ComparedMeasures, Variant};
use spof::analysis::gauges::Gauges;
use spof::analysis::point_fullness::PointFullness;
use spof::analysis::study::Measures;
use spof::analysis::summarise::summarise;
use spof::analysis::sweep::{PointRuns, Swept, SweptAxis, SweptValue};
use spof::analysis::window::Window;
use spof::engine::{Advance, Options, Simulation};
use spof::kernel::time::{NEVER, to_seconds};
use spof::plan;
use spof::results::RunResults;
use spof::results::row::RowSampling;
use spof::scenario::model::{RunEnd, Scenario};
use spof::structure::analyze;
use support::{run, scenario};

/// A run of these scenarios that takes more events is stopped, and checked as it stands.
const EVENTS_MOST: u64 = 300_000;

proptest! {
    #![proptest_config(cases(40, 3_000))]

    #[test]
    fn there_is_a_figure_wherever_there_has_to_be_one(random in random_scenario(), seed in 0_u64..1_000) {
        let outcome = run(&scenario(&random.text), seed, EVENTS_MOST);
        for (name, text) in outcome.files.iter().filter(|(name, _)| name.ends_with(".json")) {
            check_figures(name, text)?;
        }
        let ledger = analyze(&scenario(&random.text), 4).expect("it is small");
        check_figures("the ledger", &serde_json::to_string(&ledger).expect("it is data"))?;
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
        fullness: PointFullness::default(),
    };
    let swept = Swept {
        scenario,
        seed,
        replications: 2,
        axes: vec![SweptAxis { path: "seed".to_owned(), is_numeric: false, today: None }],
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
const MAY_BE_NOTHING: [&str; 48] = [
    "attempts_mean",
    "birnbaum",
    "bytes_per_month",
    "costs_minutes_per_year",
    "criticality",
    "end_s",
    "ended",
    "failed_mean_ms",
    "fussell_vesely",
    "goodput_per_s",
    "half_width",
    "high",
    "hit_ratio",
    "in_flight",
    "left",
    "left_wait_mean_ms",
    "longest_outage_s",
    "low",
    "max_ms",
    "measured",
    "minutes_per_year",
    "mtbf_hours",
    "mttr_hours",
    "nines",
    "offered",
    "offered_per_s",
    "outage_minutes_mean",
    "per_month",
    "probability",
    "requests_lost",
    "second_saves_minutes_per_year",
    "service_mean_ms",
    "slowest",
    "sojourn_mean_ms",
    "subject",
    "taken",
    "time_up",
    "turned_away",
    "unavailability",
    "unserved_wait_mean_ms",
    "utilisation",
    "utilisation_max",
    "value",
    "wait_mean_ms",
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
