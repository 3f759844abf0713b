//! `spof sweep --up-and-down`: one run in which the load goes up step by step, and down again.

use super::{SweepArguments, check_measure};
use crate::analysis::branches::{self, STEP_BUCKETS, Step, walk};
use crate::analysis::gauges::Gauge;
use crate::analysis::sweep::{PointRuns, SweptAxis, SweptValue, WAY};
use crate::analysis::window::Window;
use crate::cli::caller::Caller;
use crate::cli::ending::Failure;
use crate::cli::reading::read;
use crate::cli::variants::{Study, VariantArguments};
use crate::diagnosis::shortage;
use crate::kernel::time::{NEVER, Time, from_seconds, to_seconds};
use crate::parts::quantity::{format_duration, parse_rate};
use crate::results::RunResults;
use crate::scenario::given::Settings;
use crate::scenario::model::Scenario;

/// A load that goes up and down in one run.
pub struct UpAndDown {
    path: String,
    pub loads: Vec<SweptValue>,
    steps: Vec<Step>,
    hold: Time,
    seed: u64,
    measure: String,
}

impl Study for UpAndDown {
    fn check(&self, first: &Scenario, _gauges: &[Gauge]) -> Result<(), Failure> {
        check_measure(&self.measure, &shortage::gauges(first))
    }

    fn gauges(&self, scenario: &Scenario) -> Vec<Gauge> {
        branches::gauges(&shortage::gauges(scenario), self.steps.len())
    }

    fn figures(&self, scenario: &Scenario, results: &RunResults) -> Vec<f64> {
        let measure = |window: &Window| shortage::figures(scenario, results, window);
        branches::figures(results, self.steps.len(), self.hold, measure)
    }
}

const HINT: &str = "--up-and-down walks one load: vary the arrivals of one user and nothing else, as in \
                    --vary visitors.arrivals=10/s..100/s:10";

impl UpAndDown {
    pub fn of(arguments: &SweepArguments, caller: &Caller) -> Result<UpAndDown, Failure> {
        let variants = &arguments.variants;
        let refused = || Failure::Usage(HINT.to_owned());
        let [axis] = &variants.axes[..] else { return Err(refused()) };
        if !axis.path.ends_with(".arrivals") {
            return Err(refused());
        }
        let values = axis.listed().ok_or_else(|| {
            Failure::Usage(format!(
                "`{}` has values without end; write a step, as in 10/s..100/s:10",
                axis.path
            ))
        })?;
        let load =
            |text: &str| parse_rate(text).map_err(|bad| Failure::Usage(format!("{}; {HINT}", bad.problem)));
        let mut loads = Vec::new();
        for value in values {
            loads.push(SweptValue { text: value.text.clone(), number: Some(load(&value.text)?) });
        }
        loads.sort_by(|a, b| a.number.unwrap_or(0.0).total_cmp(&b.number.unwrap_or(0.0)));
        if loads.len() < 2 {
            return Err(Failure::Usage("a walk up and down takes two loads at least".to_owned()));
        }
        let steps = walk(&loads);
        let hold = from_seconds(arguments.hold.as_secs_f64()) / STEP_BUCKETS * STEP_BUCKETS;
        if hold == 0 || hold.saturating_mul(steps.len() as u64) >= NEVER / 4 {
            return Err(Failure::Usage("--hold is far too short or too long; write it like 2m".to_owned()));
        }
        let loaded = read(&variants.file, &variants.settings, true, caller)?;
        let scenario = loaded.scenario.ok_or(Failure::BadScenario)?;
        Ok(UpAndDown {
            path: axis.path.clone(),
            loads,
            steps,
            hold,
            seed: scenario.run.seed,
            measure: arguments.measure.clone(),
        })
    }

    /// Times are written in nanoseconds, so that steps end where buckets do.
    pub fn settings(&self, variants: &VariantArguments) -> Settings {
        let hold = self.hold;
        let place = |step: (usize, &Step)| format!("[{}ns, {}]", hold * step.0 as u64, step.1.load.text);
        let rates: Vec<String> = self.steps.iter().enumerate().map(place).collect();
        let run = format!(
            "{{ duration: {}ns, warmup: none, bucket: {}ns, seed: {} }}",
            hold * self.steps.len() as u64,
            hold / STEP_BUCKETS,
            self.seed
        );
        let mut settings = variants.settings.clone();
        settings.push(("run".to_owned(), run));
        settings.push((self.path.clone(), format!("{{ rate: [{}], steps: true }}", rates.join(", "))));
        settings
    }

    pub fn axes(&self) -> Vec<SweptAxis> {
        let axis = |path: &str, is_numeric| SweptAxis { path: path.to_owned(), is_numeric, today: None };
        vec![axis(&self.path, true), axis(WAY, false)]
    }

    /// The runs of each step.
    pub fn points(&self, scenario: &Scenario, gauges: &[Gauge], runs: &[Vec<f64>]) -> Vec<PointRuns> {
        let fullness = |runs: &[Vec<f64>]| shortage::at_point(scenario, gauges, runs);
        branches::points(&self.steps, gauges.len(), runs, fullness)
    }

    /// What to say before it runs.
    pub fn warning(&self, scenario: &Scenario) -> Option<String> {
        let whole = format_duration(to_seconds(self.hold) * self.steps.len() as f64);
        (!scenario.timeline.is_empty()).then(|| {
            format!(
                "What stands in the scenario's timeline happens within the {whole} of the walk, too; leave it out \
                 with --set 'timeline=[]'.\n"
            )
        })
    }
}
