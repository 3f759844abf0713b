//! The generation of arrival instants, block by block.
//!
//! Time is summed in whole nanoseconds, so that a run of years keeps its resolution.

use super::custom::CustomWalk;
use super::profile::RateTable;
use super::surged::SurgedWalk;
use super::{Arrivals, RateProfile, Recording, share_on};
use crate::kernel::random::{Generator, uniform};
use crate::kernel::time::{Time, from_seconds};
use crate::parts::distribution::{Distribution, Sampler, unit_exponential};
use std::f64::consts::TAU;
use std::sync::Arc;

/// No arrival comes later (146 years); a process that gets there has ended. It is just
/// below the longest draw, so that a gap which was cut off there ends the process too.
pub const LAST_INSTANT: Time = (1 << 62) - 1;

/// One run of `Arrivals`.
#[derive(Clone, Debug)]
pub struct ArrivalProcess {
    source: Source,
    now: Time,
}

#[derive(Clone, Debug)]
enum Source {
    Nothing,
    Gaps(Sampler),
    Ticks(Ticks),
    OnOff(OnOff),
    Table(TableWalk),
    Sinusoid(Thinned),
    Replay { recording: Arc<Recording>, next: usize },
    Custom(CustomWalk),
    Surged(Box<SurgedWalk>),
}

impl ArrivalProcess {
    pub(super) fn new(arrivals: &Arrivals) -> ArrivalProcess {
        let source = match arrivals {
            _ if arrivals.problem().is_some() => Source::Nothing,
            Arrivals::Closed { .. } => Source::Nothing,
            Arrivals::Poisson { rate } => poisson(*rate).map_or(Source::Nothing, Source::Gaps),
            Arrivals::Every { period_seconds } => Source::Ticks(Ticks::new(*period_seconds)),
            Arrivals::Renewal(gap) => Source::Gaps(gap.sampler()),
            Arrivals::Custom(process) => Source::Custom(process.walk()),
            Arrivals::OnOff { on, off, rate_on, rate_off } => {
                OnOff::new(on, off, *rate_on, *rate_off).map_or(Source::Nothing, Source::OnOff)
            }
            Arrivals::Rate(RateProfile::Table(table)) => Source::Table(TableWalk::new(table)),
            Arrivals::Rate(RateProfile::Sinusoid { mean, amplitude, period_seconds, phase_seconds }) => {
                Thinned::new(*mean, *amplitude, *period_seconds, *phase_seconds)
                    .map_or(Source::Nothing, Source::Sinusoid)
            }
            Arrivals::Surged(surged) => {
                SurgedWalk::new(surged).map_or(Source::Nothing, |walk| Source::Surged(Box::new(walk)))
            }
            Arrivals::Replay(recording) => Source::Replay { recording: recording.clone(), next: 0 },
        };
        ArrivalProcess { source, now: 0 }
    }

    /// Fills `out` with the next instants, which never decrease, and returns how many;
    /// fewer than asked for means that the source has ended.
    pub fn fill(&mut self, generator: &mut Generator, out: &mut [Time]) -> usize {
        let now = self.now;
        let count = match &mut self.source {
            Source::Nothing => 0,
            Source::Gaps(gap) => {
                gap.fill(generator, out);
                sum_up(now, out)
            }
            Source::Ticks(ticks) => fill_each(out, || ticks.next()),
            Source::OnOff(phases) => {
                let mut now = now;
                fill_each(out, || {
                    now = phases.next(now, generator, Time::saturating_add);
                    now
                })
            }
            Source::Table(walk) => fill_each(out, || walk.next(generator)),
            Source::Sinusoid(thinned) => {
                let mut now = now;
                fill_each(out, || {
                    now = thinned.next(now, generator);
                    now
                })
            }
            Source::Custom(walk) => {
                let mut now = now;
                fill_each(out, || {
                    now = walk.next(now, generator);
                    now
                })
            }
            Source::Surged(walk) => {
                let mut now = now;
                fill_each(out, || {
                    now = walk.next(now, generator);
                    now
                })
            }
            Source::Replay { recording, next } => {
                let rest = &recording.instants[*next..];
                let count = rest.len().min(out.len());
                out[..count].copy_from_slice(&rest[..count]);
                *next += count;
                count
            }
        };
        if let Some(&last) = out[..count].last() {
            self.now = last;
        }
        if count < out.len() {
            self.source = Source::Nothing;
        }
        count
    }
}

pub(super) fn poisson(rate: f64) -> Option<Sampler> {
    (rate > 0.0).then(|| Distribution::Exponential { mean: 1.0 / rate }.sampler())
}

/// Turns gaps into instants in place.
fn sum_up(start: Time, gaps: &mut [Time]) -> usize {
    let mut now = start;
    for gap in gaps.iter_mut() {
        now = now.saturating_add(*gap);
        *gap = now;
    }
    // Instants rise, so one look at the last is enough for nearly every block.
    if now <= LAST_INSTANT { gaps.len() } else { gaps.partition_point(|&instant| instant <= LAST_INSTANT) }
}

fn fill_each(out: &mut [Time], mut next: impl FnMut() -> Time) -> usize {
    for (index, slot) in out.iter_mut().enumerate() {
        let instant = next();
        if instant > LAST_INSTANT {
            return index;
        }
        *slot = instant;
    }
    out.len()
}

/// Evenly spaced instants. The period is kept in 2^-32 nanoseconds, so that a period of a
/// third of a second stays on the beat for years.
#[derive(Clone, Debug)]
pub(super) struct Ticks {
    now: u128,
    period: u128,
}

impl Ticks {
    pub fn new(period_seconds: f64) -> Ticks {
        Ticks { now: 0, period: (period_seconds * 1e9 * 4_294_967_296.0 + 0.5) as u128 }
    }

    pub fn next(&mut self) -> Time {
        self.now = self.now.saturating_add(self.period);
        let rounded = self.now.saturating_add(1 << 31) >> 32;
        Time::try_from(rounded).unwrap_or(Time::MAX)
    }
}

#[derive(Clone, Debug)]
pub(super) struct OnOff {
    /// The on phase and the off phase.
    lengths: [Sampler; 2],
    gap_seconds: [Option<f64>; 2],
    share_on: f64,
    /// Which phase it is, and when it ends; none before the first draw.
    phase: Option<(usize, Time)>,
}

impl OnOff {
    pub fn new(on: &Distribution, off: &Distribution, rate_on: f64, rate_off: f64) -> Option<OnOff> {
        if rate_on <= 0.0 && rate_off <= 0.0 {
            return None;
        }
        Some(OnOff {
            lengths: [on.sampler(), off.sampler()],
            gap_seconds: [rate_on, rate_off].map(|rate| (rate > 0.0).then(|| 1.0 / rate)),
            share_on: share_on(on, off),
            phase: None,
        })
    }

    /// `advance` says when a gap that begins at an instant is over.
    pub fn next(
        &mut self,
        mut now: Time,
        generator: &mut Generator,
        mut advance: impl FnMut(Time, Time) -> Time,
    ) -> Time {
        let (mut index, mut end) = match self.phase {
            Some(phase) => phase,
            None => {
                let index = usize::from(uniform(generator) >= self.share_on);
                (index, from_seconds(self.lengths[index].draw(generator)))
            }
        };
        loop {
            // An exponential gap has no memory, so a phase may begin with a fresh one.
            if let Some(mean) = self.gap_seconds[index] {
                let next = advance(now, from_seconds(mean * unit_exponential(generator)));
                if next <= end {
                    now = next;
                    break;
                }
            }
            now = end;
            if now > LAST_INSTANT {
                break;
            }
            index = 1 - index;
            end = now.saturating_add(from_seconds(self.lengths[index].draw(generator)));
        }
        self.phase = Some((index, end));
        now
    }
}

/// Arrivals at the highest rate of a sinusoid, of which each is kept with the share that
/// the rate has just then.
#[derive(Clone, Debug)]
pub(super) struct Thinned {
    pub highest: Sampler,
    amplitude: f64,
    period: Time,
    phase_turns: f64,
}

impl Thinned {
    pub fn new(mean: f64, amplitude: f64, period_seconds: f64, phase_seconds: f64) -> Option<Thinned> {
        poisson(mean * (1.0 + amplitude)).map(|highest| Thinned {
            highest,
            amplitude,
            period: from_seconds(period_seconds).max(1),
            phase_turns: libm::fmod(phase_seconds, period_seconds) / period_seconds,
        })
    }

    fn next(&self, mut now: Time, generator: &mut Generator) -> Time {
        loop {
            now = now.saturating_add(from_seconds(self.highest.draw(generator)));
            if uniform(generator) * (1.0 + self.amplitude) < self.swing(now) || now > LAST_INSTANT {
                return now;
            }
        }
    }

    /// The rate at an instant as a multiple of its mean.
    fn swing(&self, now: Time) -> f64 {
        // The remainder in whole nanoseconds keeps late instants exact.
        let turns = (now % self.period) as f64 / self.period as f64 - self.phase_turns;
        1.0 + self.amplitude * libm::sin(TAU * turns)
    }

    /// The same as a share of the highest rate.
    pub fn share(&self, now: Time) -> f64 {
        self.swing(now) / (1.0 + self.amplitude)
    }
}

/// Inversion of the cumulated rate: each arrival collects one unit exponential of
/// expected arrivals, piece by piece. Instants are counted from the start of the round,
/// so that floats stay small.
#[derive(Clone, Debug)]
struct TableWalk {
    table: RateTable,
    round_start: Time,
    index: usize,
    offset_seconds: f64,
}

impl TableWalk {
    fn new(table: &RateTable) -> TableWalk {
        TableWalk { table: table.clone(), round_start: 0, index: 0, offset_seconds: 0.0 }
    }

    fn next(&mut self, generator: &mut Generator) -> Time {
        let mut wanted = unit_exponential(generator);
        loop {
            let piece = self.table.pieces[self.index];
            let left = piece.area(self.offset_seconds, piece.length_seconds);
            if wanted <= left && left > 0.0 {
                let end = self.offset_seconds + piece.time_to_collect(self.offset_seconds, wanted);
                self.offset_seconds = end.min(piece.length_seconds);
                return self
                    .round_start
                    .saturating_add(from_seconds(piece.start_seconds + self.offset_seconds));
            }
            wanted -= left;
            self.index += 1;
            self.offset_seconds = 0.0;
            if self.index == self.table.pieces.len() {
                match self.table.round {
                    Some(round) if self.table.area > 0.0 => wanted = self.skip_rounds(round, wanted),
                    _ => return Time::MAX,
                }
            }
        }
    }

    /// Goes to the start of a later round at once, if whole rounds hold too little.
    fn skip_rounds(&mut self, round: Time, wanted: f64) -> f64 {
        let whole = libm::floor(wanted / self.table.area);
        let rounds = (whole as u64).saturating_add(1);
        self.round_start = self.round_start.saturating_add(round.saturating_mul(rounds));
        self.index = 0;
        (wanted - whole * self.table.area).max(0.0)
    }
}
