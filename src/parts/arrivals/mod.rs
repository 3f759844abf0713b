//! How requests arrive.
//!
//! `Arrivals` says what was asked for; `ArrivalProcess` is one run of it, which yields
//! instants block by block.

mod access_log;
mod custom;
mod pace;
mod process;
mod profile;
mod recording;
mod surge;
#[cfg(test)]
mod surge_tests;
mod surged;
#[cfg(test)]
mod tests;
mod timestamp;

pub use custom::CustomArrivals;
pub use process::ArrivalProcess;
pub use profile::{Between, RateProfile, RateTable};
pub use recording::{BadRow, Recording, ReplayColumns, WorkColumn};
pub use surge::{Course, Ending, Level, Surge, Surged};

use crate::kernel::time::{Time, from_seconds, to_seconds};
use crate::parts::distribution::{Distribution, spelled};
use crate::parts::quantity::{format_duration, format_rate};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq)]
pub enum Arrivals {
    /// Independent arrivals at a constant rate per second.
    Poisson { rate: f64 },
    /// The first arrival comes after one period.
    Every { period_seconds: f64 },
    /// Independent gaps of one law.
    Renewal(Distribution),
    /// Poisson arrivals whose rate changes with phases of random length; with
    /// exponential phases this is a Markov-modulated Poisson process. The first phase is
    /// drawn by the share of time of each.
    OnOff { on: Distribution, off: Distribution, rate_on: f64, rate_off: f64 },
    /// Poisson arrivals of a rate that follows the clock.
    Rate(RateProfile),
    /// The instants of a recording, as they are.
    Replay(Arc<Recording>),
    /// A fixed number of users, each of whom thinks, asks, and waits for the answer. Its
    /// arrivals depend on the answers, so its process yields nothing by itself.
    Closed { population: u32, think: Distribution },
    /// Gaps as a program makes them.
    Custom(CustomArrivals),
    /// Any of these that has a rate of its own, changed for a while.
    Surged(Box<Surged>),
}

impl Arrivals {
    pub fn process(&self) -> ArrivalProcess {
        ArrivalProcess::new(self)
    }

    /// The expected arrivals per second over the horizon; `None` for a closed population,
    /// whose rate depends on the answers.
    pub fn mean_rate(&self, horizon_seconds: f64) -> Option<f64> {
        Some(match self {
            Arrivals::Poisson { rate } => *rate,
            Arrivals::Every { period_seconds } => inverse(*period_seconds),
            Arrivals::Renewal(gap) => inverse(gap.mean()),
            Arrivals::OnOff { on, off, rate_on, rate_off } => {
                let share_on = share_on(on, off);
                share_on * rate_on + (1.0 - share_on) * rate_off
            }
            Arrivals::Rate(profile) => profile.mean_rate(0.0, horizon_seconds),
            Arrivals::Replay(recording) => {
                let horizon = from_seconds(horizon_seconds);
                let count = recording.instants.partition_point(|&instant| instant < horizon);
                if horizon_seconds > 0.0 { count as f64 / horizon_seconds } else { 0.0 }
            }
            Arrivals::Custom(process) => process.mean_rate(),
            Arrivals::Surged(surged) => surged.mean_rate(horizon_seconds),
            Arrivals::Closed { .. } => return None,
        })
    }

    /// The expected arrivals per second at an instant; of what has no rate that follows
    /// the clock, the mean.
    pub fn rate_at(&self, now: Time) -> f64 {
        match self {
            Arrivals::Rate(profile) => profile.rate_at(to_seconds(now)),
            Arrivals::Surged(surged) => surged.rate_at(now),
            steady => steady.mean_rate(0.0).unwrap_or(0.0),
        }
    }

    /// What makes these arrivals impossible to generate, for the one who checks a
    /// scenario. A process of such arrivals yields nothing.
    pub fn problem(&self) -> Option<String> {
        let bad_rate = |rate: f64| !rate.is_finite() || rate < 0.0;
        match self {
            Arrivals::Poisson { rate } if bad_rate(*rate) => {
                Some("the rate is negative or not finite".into())
            }
            Arrivals::Every { period_seconds } if from_seconds(*period_seconds) == 0 => {
                Some("the period is shorter than a nanosecond".into())
            }
            Arrivals::Renewal(gap) if gap.mean() < 1e-9 => {
                Some("the mean gap is shorter than a nanosecond, so time would stand still".into())
            }
            Arrivals::OnOff { on, off, rate_on, rate_off } => {
                if bad_rate(*rate_on) || bad_rate(*rate_off) {
                    return Some("a rate is negative or not finite".into());
                }
                let cycle_seconds = on.mean() + off.mean();
                if cycle_seconds < 1e-9 {
                    return Some("both phases are shorter than a nanosecond".into());
                }
                let rate = self.mean_rate(0.0).unwrap_or(0.0);
                // Silent phases are walked through one by one.
                (rate > 0.0 && rate * cycle_seconds < 1e-6)
                    .then(|| "less than one arrival is expected in a million phases".into())
            }
            Arrivals::Custom(process) if process.mean_rate() <= 0.0 => {
                Some("its gaps never take time, or never end".into())
            }
            Arrivals::Surged(surged) => surged.problem(),
            _ => None,
        }
    }

    /// One line for people.
    pub fn describe(&self) -> String {
        match self {
            Arrivals::Poisson { rate } => format!("poisson arrivals, {}", format_rate(*rate)),
            Arrivals::Every { period_seconds } => format!("one every {}", format_duration(*period_seconds)),
            Arrivals::Renewal(gap) => format!("gaps of {}", gap.describe()),
            Arrivals::OnOff { on, off, rate_on, rate_off } => format!(
                "{} for {}, then {} for {}",
                format_rate(*rate_on),
                on.describe(),
                format_rate(*rate_off),
                off.describe()
            ),
            Arrivals::Custom(process) => format!("arrivals by {}", spelled(process.name())),
            Arrivals::Rate(profile) => profile.describe(),
            Arrivals::Surged(surged) => surged.describe(),
            Arrivals::Replay(recording) => format!("a recording of {} arrivals", recording.instants.len()),
            Arrivals::Closed { population, think } => {
                format!("{population} users who think for {}", think.describe())
            }
        }
    }
}

/// The share of time spent in the on phase, in the long run.
fn share_on(on: &Distribution, off: &Distribution) -> f64 {
    match (on.mean(), off.mean()) {
        (f64::INFINITY, f64::INFINITY) => 0.5,
        (f64::INFINITY, _) => 1.0,
        (on, off) if on + off > 0.0 => on / (on + off),
        _ => 0.0,
    }
}

fn inverse(seconds: f64) -> f64 {
    if seconds > 0.0 { 1.0 / seconds } else { 0.0 }
}
