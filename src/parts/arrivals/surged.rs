//! Arrivals under surges. They use the draws that the source takes without them, so that
//! up to the first surge the instants are the same, and later each comes a little sooner
//! or later: a scenario with a surge and one without it share their chance.

use super::custom::CustomWalk;
use super::pace::Pace;
use super::process::{OnOff, Thinned, Ticks, poisson};
use super::surge::Surged;
use super::{Arrivals, RateProfile};
use crate::kernel::random::{Generator, uniform};
use crate::kernel::time::{NEVER, Time, from_seconds};
use crate::parts::distribution::{Sampler, unit_exponential};

#[derive(Clone, Debug)]
pub struct SurgedWalk {
    driver: Driver,
    pace: Pace,
}

/// What the source takes its gaps from, on a clock that goes at its pace.
#[derive(Clone, Debug)]
enum Driver {
    Gaps(Sampler),
    Custom(CustomWalk),
    /// A period that has been rounded to whole nanoseconds one by one, so that it keeps
    /// its beat.
    Ticks {
        ticks: Ticks,
        last: Time,
    },
    /// Expected arrivals until the next one, by inversion of a rate.
    Units,
    /// Phases go by the real clock, and the gaps within them by the surge's.
    OnOff(OnOff),
    Wave(Thinned),
}

impl SurgedWalk {
    pub(super) fn new(surged: &Surged) -> Option<SurgedWalk> {
        let rate = surged.base.mean_rate(0.0).filter(|rate| *rate > 0.0);
        let on_clock = |rate: f64| Pace::of_clock(surged, rate);
        let in_units = || Some(SurgedWalk { driver: Driver::Units, pace: Pace::of(surged, 1.0)? });
        let (driver, pace) = match (&surged.base, rate) {
            (Arrivals::Rate(RateProfile::Table(_)), _) | (Arrivals::Poisson { .. }, None) => {
                return in_units();
            }
            (Arrivals::Poisson { .. }, Some(rate)) => (Driver::Gaps(poisson(rate)?), on_clock(rate)),
            (Arrivals::Renewal(gap), Some(rate)) => (Driver::Gaps(gap.sampler()), on_clock(rate)),
            (Arrivals::Custom(process), Some(rate)) => (Driver::Custom(process.walk()), on_clock(rate)),
            (Arrivals::Every { period_seconds }, Some(rate)) => {
                (Driver::Ticks { ticks: Ticks::new(*period_seconds), last: 0 }, on_clock(rate))
            }
            (Arrivals::OnOff { on, off, rate_on, rate_off }, Some(rate)) => {
                (Driver::OnOff(OnOff::new(on, off, *rate_on, *rate_off)?), on_clock(rate))
            }
            // What brings a wave up to a rate is no wave.
            (Arrivals::Rate(RateProfile::Sinusoid { .. }), _) if surged.adds_up_to_a_rate() => {
                return in_units();
            }
            (Arrivals::Rate(RateProfile::Sinusoid { mean, amplitude, period_seconds, phase_seconds }), _) => {
                match Thinned::new(*mean, *amplitude, *period_seconds, *phase_seconds) {
                    Some(thinned) => (Driver::Wave(thinned), on_clock(mean * (1.0 + amplitude))),
                    None => return in_units(),
                }
            }
            _ => return None,
        };
        Some(SurgedWalk { driver, pace })
    }

    pub(super) fn next(&mut self, now: Time, generator: &mut Generator) -> Time {
        let pace = &mut self.pace;
        match &mut self.driver {
            Driver::Gaps(sampler) => {
                let mut gap = 0;
                sampler.fill(generator, std::slice::from_mut(&mut gap));
                advance(pace, now, gap)
            }
            Driver::Custom(walk) => advance(pace, now, walk.gap(generator)),
            Driver::Ticks { ticks, last } => {
                let tick = ticks.next();
                let gap = tick - *last;
                *last = tick;
                advance(pace, now, gap)
            }
            Driver::Units => pace.advance(now, unit_exponential(generator) * 1e9),
            Driver::OnOff(phases) => phases.next(now, generator, |now, gap| advance(pace, now, gap)),
            Driver::Wave(thinned) => {
                let mut now = now;
                loop {
                    now = advance(pace, now, from_seconds(thinned.highest.draw(generator)));
                    let chance = uniform(generator);
                    if now == NEVER {
                        return NEVER;
                    }
                    // Candidates come as if the wave stood at its highest.
                    let highest = pace.rate_over(now, 1.0);
                    if chance * highest < pace.rate_over(now, thinned.share(now)) {
                        return now;
                    }
                }
            }
        }
    }
}

fn advance(pace: &mut Pace, now: Time, gap: Time) -> Time {
    if gap == NEVER { NEVER } else { pace.advance(now, gap as f64) }
}
