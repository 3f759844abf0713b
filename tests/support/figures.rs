//! Every figure of a file can be, and lies within its interval, or it is said why it has none.

use proptest::prelude::*;
use serde_json::Value;
use spof::analysis::comparison::{ComparedMeasures, Variant};
use spof::analysis::gauges::Gauges;
use spof::analysis::study::Measures;
use spof::analysis::sweep::{PointRuns, Swept, SweptAxis, SweptValue};
use spof::analysis::window::Window;
use spof::results::RunResults;
use spof::scenario::model::Scenario;

/// What a study, a sweep and a comparison tell of runs: `replications.json`, `sweep.json` and
/// `compare.json`.
pub fn told_of_many(scenario: &Scenario, seed: u64, runs: &[RunResults]) -> [Value; 3] {
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
    let of_variant = |number: usize| -> Vec<Vec<f64>> {
        runs[number..number + 2].iter().map(|run| compared.of_scenario(number).figures(run)).collect()
    };
    let of_both = [of_variant(0), of_variant(1)];
    let column = |number: usize, place: usize| of_both[number].iter().map(|figures| figures[place]).collect();
    let variant = |name: &str| Variant { name: name.to_owned(), file: String::new(), settings: vec![] };
    let comparison =
        compared.summarise(vec![variant("one"), variant("other")], (seed, 2, String::new()), &column);
    [serde_json::to_value(study), serde_json::to_value(sweep), serde_json::to_value(comparison)]
        .map(|told| told.expect("figures"))
}

/// Goes through a file, figure by figure.
pub struct Figures<'a> {
    pub longest_s: f64,
    pub text: &'a str,
}

impl Figures<'_> {
    /// `unit` is that of the figures around, and `name` the field's.
    pub fn check(&self, name: &str, value: &Value, unit: &str) -> Result<(), TestCaseError> {
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
