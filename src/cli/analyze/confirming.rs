//! `spof analyze --simulate`: measures what the ledger has reckoned.

use crate::analysis::confirmation::{Confirmation, Confirmed};
use crate::analysis::summary::Estimate;
use crate::cli::caller::Caller;
use crate::experiment::rare_events::{RareShare, rare_share};
use crate::experiment::study::{Length, replicate, study};
use crate::kernel::time::{HOUR, Time};
use crate::output::terminal::count;
use crate::output::terminal::figure::three_digits;
use crate::parts::fidelity::Fidelity;
use crate::plan;
use crate::results::{ClassRecord, RunResults};
use crate::scenario::model::{Happening, RunEnd, Scenario, Warmup, What};
use crate::stats::interval::{Interval, LEVEL};
use crate::stats::student::two_sided_t;
use crate::stats::two_stages::{FIRST_STAGE, Precision, two_stage_interval};
use crate::structure::{Breakables, HOURS_PER_YEAR, Ledger, NotAlone, Standing};

/// One run; so many are simulated at most.
const YEARS: u64 = 50;
const RUNS_MOST: u64 = 200;
const YEAR: Time = HOURS_PER_YEAR as Time * HOUR;
/// Work that comes again is simulated so often in a run at most.
const ROUNDS_MOST: Time = 20_000;
/// How exactly shares are wanted.
const WANTED: Precision = Precision::Relative(0.05);
/// With fewer outages than these, the interval would be wider than that.
const OUTAGES_ENOUGH: f64 = 2_000.0;
/// Two figures that are further apart than this level allows do not agree.
const LEVEL_OF_AGREEMENT: f64 = 0.999;

pub fn confirm(scenario: &Scenario, ledger: &Ledger, seed: u64, caller: &Caller) -> Confirmation {
    let (scenario, run_length) = long_run(scenario);
    let years = run_length as f64 / YEAR as f64;
    let is_rare = |standing: &Standing| {
        standing.unavailability > 0.0
            && standing.outages_per_year * years * (RUNS_MOST as f64) < OUTAGES_ENOUGH
    };
    let breakables = Breakables::of(&scenario);
    let is_sampled: Vec<bool> =
        ledger.classes.iter().map(|standing| is_rare(standing) && breakables.is_ok()).collect();
    let mut classes: Vec<Option<Confirmed>> = vec![None; is_sampled.len()];
    if is_sampled.iter().any(|is_sampled| !is_sampled) {
        let plan = plan::compile(&scenario);
        let plain = (0..is_sampled.len()).filter(|&class| !is_sampled[class]);
        let goals = plain.map(|class| (class, WANTED)).collect();
        let length = Length::Until { goals, runs_most: RUNS_MOST };
        let watcher = caller.onlooker("runs", None);
        let done = study(&length, |numbers| replicate(&plan, seed, numbers, &watcher, &shares_lost));
        let simulated = done.figures.len() as f64 * years;
        for (class, standing) in ledger.classes.iter().enumerate().filter(|(class, _)| !is_sampled[*class]) {
            let interval = two_stage_interval(&done.column(class));
            classes[class] = Some(plain_one(standing, &interval, simulated, breakables.as_ref().err()));
        }
    }
    if let Ok(breakables) = &breakables {
        for (class, standing) in ledger.classes.iter().enumerate().filter(|(class, _)| is_sampled[*class]) {
            let found = rare_share(breakables, class, seed, &caller.onlooker("batches", None));
            classes[class] = Some(sampled_one(standing, found, caller.has_stopped()));
        }
    }
    let classes = classes.into_iter().flatten().collect();
    Confirmation { classes, interrupted: caller.has_stopped() }
}

/// The same scenario without requests, for many years, and without what the timeline does once.
fn long_run(scenario: &Scenario) -> (Scenario, Time) {
    let mut scenario = scenario.clone();
    let period = |happening: &Happening| match &happening.what {
        What::Maintenance(maintenance) => maintenance.every,
        _ => None,
    };
    scenario.timeline.retain(|happening| period(happening).is_some());
    let shortest = scenario.timeline.iter().filter_map(period).min().unwrap_or(Time::MAX);
    let length = (YEARS * YEAR).min(shortest.saturating_mul(ROUNDS_MOST));
    for happening in &mut scenario.timeline {
        if let What::Maintenance(maintenance) = &mut happening.what
            && let Some(every) = maintenance.every
        {
            maintenance.rounds = length.saturating_sub(maintenance.at).div_ceil(every).max(1) as u32;
        }
    }
    scenario.run.fidelity = Fidelity::Components;
    scenario.run.end = RunEnd::After(length);
    scenario.run.warmup = Warmup::After(0);
    scenario.run.bucket = Some(length);
    (scenario, length)
}

/// Of each class, by the answers that it would have got once a second.
fn shares_lost(results: &RunResults) -> Vec<f64> {
    let of_class = |class: &ClassRecord| {
        let good: u64 = class.buckets.iter().map(|bucket| bucket.good).sum();
        let ended: u64 = class.buckets.iter().flat_map(|bucket| bucket.outcomes).sum();
        (ended - good) as f64 / ended as f64
    };
    results.classes.iter().map(of_class).collect()
}

fn plain_one(
    standing: &Standing,
    interval: &Interval,
    years: f64,
    not_alone: Option<&NotAlone>,
) -> Confirmed {
    let how = format!("{} years of failures simulated", count(years.round() as u64));
    if interval.estimate == 0.0 && standing.unavailability > 0.0 {
        let why = match not_alone {
            Some(NotAlone::Calendar) => "too rare to be seen, and importance sampling knows no calendar",
            Some(NotAlone::Unrepaired) => "what has broken is never repaired, so that it happens but once",
            _ => "too rare to be seen",
        };
        return confirmed(standing, Estimate::empty(why), how);
    }
    confirmed(standing, Estimate::of_share(interval.estimate, interval), how)
}

fn sampled_one(standing: &Standing, found: Option<RareShare>, is_stopped: bool) -> Confirmed {
    let Some(found) = found else {
        let why = match is_stopped {
            true => "stopped before enough was measured",
            false => "no way was found on which it is lost",
        };
        return confirmed(standing, Estimate::empty(why), "importance sampling".to_owned());
    };
    let interval = Interval {
        estimate: found.share,
        half_width: Ok(found.half_width),
        level: LEVEL,
        batches: FIRST_STAGE,
    };
    let how = format!(
        "importance sampling: {} losses in {} stretches, each worth {} plain ones",
        count(found.losses),
        count(found.stretches),
        three_digits(found.gain)
    );
    let confirmed = confirmed(standing, Estimate::of_share(found.share, &interval), how);
    Confirmed { variance_gain: Some(found.gain), ..confirmed }
}

fn confirmed(standing: &Standing, measured: Estimate, how: String) -> Confirmed {
    let difference = measured.value.map(|value| value - standing.unavailability);
    let degrees = FIRST_STAGE as u32 - 1;
    let wider = two_sided_t(degrees, LEVEL_OF_AGREEMENT) / two_sided_t(degrees, LEVEL);
    let is_within = |(difference, half_width): (f64, f64)| difference.abs() <= half_width * wider;
    Confirmed {
        class: standing.class.clone(),
        exact: standing.unavailability,
        difference,
        agrees: difference.zip(measured.half_width).map(is_within),
        measured,
        how,
        variance_gain: None,
    }
}
