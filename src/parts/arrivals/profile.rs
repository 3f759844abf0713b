//! Arrival rates that follow the clock.

use crate::kernel::time::{NEVER, Time, from_seconds, to_seconds};
use crate::parts::quantity::{format_duration, format_rate};
use std::f64::consts::TAU;

const DAY_SECONDS: f64 = 86_400.0;

/// The rate of arrivals per second as a function of time.
#[derive(Clone, Debug, PartialEq)]
pub enum RateProfile {
    Table(RateTable),
    /// `mean * (1 + amplitude * sin(2 pi (t - phase) / period))`, the amplitude at most 1:
    /// the rate rises through its mean at `phase_seconds`, and peaks a quarter later.
    Sinusoid {
        mean: f64,
        amplitude: f64,
        period_seconds: f64,
        phase_seconds: f64,
    },
}

/// What the rate does between two points of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// It stays what it was at the earlier point.
    Hold,
    /// It follows the line from one to the other.
    Line,
}

/// A table of (time, rate) points, with a piece for each gap between them.
#[derive(Clone, Debug, PartialEq)]
pub struct RateTable {
    pub(super) pieces: Vec<Piece>,
    /// The length of one round, if the table repeats.
    pub(super) round: Option<Time>,
    /// The expected arrivals of one round, or up to the last point.
    pub(super) area: f64,
}

/// A stretch of time with a rate that is constant or changes along a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Piece {
    pub start_seconds: f64,
    pub length_seconds: f64,
    pub rate: f64,
    /// The change of the rate per second.
    pub slope: f64,
}

impl Piece {
    pub fn rate_after(&self, offset_seconds: f64) -> f64 {
        // Zero times an endless length is not a number, and no slope needs no product.
        if self.slope == 0.0 { self.rate } else { (self.rate + self.slope * offset_seconds).max(0.0) }
    }

    /// The expected arrivals between two offsets.
    pub fn area(&self, from: f64, to: f64) -> f64 {
        let rate = 0.5 * (self.rate_after(from) + self.rate_after(to));
        if rate > 0.0 { rate * (to - from) } else { 0.0 }
    }

    /// How long after `from` the expected arrivals reach `area`: the root of a quadratic
    /// in the form that neither cancels nor divides by a slope of zero.
    pub fn time_to_collect(&self, from: f64, area: f64) -> f64 {
        let rate = self.rate_after(from);
        let discriminant = (rate * rate + 2.0 * self.slope * area).max(0.0);
        2.0 * area / (rate + libm::sqrt(discriminant))
    }
}

impl RateTable {
    /// Points as (seconds, rate per second), in rising order of time. Before the first
    /// point its rate holds, after the last one that rate holds for ever; a table that
    /// repeats goes from its last point to the first of the next round.
    pub fn new(
        points: &[(f64, f64)],
        between: Between,
        repeat_seconds: Option<f64>,
    ) -> Result<RateTable, String> {
        let (Some(&first), Some(&last)) = (points.first(), points.last()) else {
            return Err("the table has no points".into());
        };
        if points.iter().any(|&(at, rate)| !(0.0..4e9).contains(&at) || !(0.0..1e12).contains(&rate)) {
            return Err("a time or a rate is negative, or too large".into());
        }
        if points.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            return Err("the times of the table do not rise".into());
        }
        let mut points = points.to_vec();
        let end = match repeat_seconds {
            None => f64::INFINITY,
            Some(round) if (1e-6..4e9).contains(&round) && round > last.0 => round,
            Some(_) => return Err("the table repeats before its last point".into()),
        };
        if first.0 > 0.0 {
            points.insert(0, (0.0, rate_at_midnight(first, last, between, repeat_seconds)));
        }
        if repeat_seconds.is_some() {
            let wrapped = if between == Between::Line { points[0].1 } else { last.1 };
            points.push((end, wrapped));
        } else {
            points.push((end, last.1));
        }
        let pieces: Vec<Piece> = points.windows(2).map(|pair| piece(pair[0], pair[1], between)).collect();
        let finite = pieces.iter().filter(|piece| piece.length_seconds.is_finite());
        let area = finite.map(|piece| piece.area(0.0, piece.length_seconds)).sum();
        Ok(RateTable { pieces, round: repeat_seconds.map(from_seconds), area })
    }

    /// The same course with all rates multiplied.
    pub fn scaled(&self, factor: f64) -> RateTable {
        let piece =
            |piece: &Piece| Piece { rate: piece.rate * factor, slope: piece.slope * factor, ..*piece };
        RateTable {
            pieces: self.pieces.iter().map(piece).collect(),
            round: self.round,
            area: self.area * factor,
        }
    }

    fn rate_at(&self, seconds: f64) -> f64 {
        let within = self.round.map_or(seconds, |round| libm::fmod(seconds, to_seconds(round)));
        let index = self.pieces.partition_point(|piece| piece.start_seconds <= within).max(1) - 1;
        self.pieces[index].rate_after(within - self.pieces[index].start_seconds)
    }

    /// The rate at an instant, its change per second, and when the next piece begins.
    pub(super) fn part_at(&self, now: Time) -> (f64, f64, Time) {
        let within = self.round.map_or(now, |round| now % round);
        let begins = |piece: &Piece| from_seconds(piece.start_seconds);
        let index = self.pieces.partition_point(|piece| begins(piece) <= within).max(1) - 1;
        let piece = &self.pieces[index];
        let end = self.pieces.get(index + 1).map(begins).or(self.round).unwrap_or(NEVER);
        let rate = piece.rate_after(to_seconds(within - begins(piece)));
        (rate, piece.slope, (now - within).saturating_add(end))
    }

    /// The expected arrivals from zero to an instant.
    fn cumulated(&self, seconds: f64) -> f64 {
        let (rounds, within) = match self.round {
            None => (0.0, seconds),
            Some(round) => {
                let rounds = libm::floor(seconds / to_seconds(round));
                (rounds, seconds - rounds * to_seconds(round))
            }
        };
        let begun = self.pieces.iter().take_while(|piece| piece.start_seconds < within);
        let part: f64 =
            begun.map(|piece| piece.area(0.0, piece.length_seconds.min(within - piece.start_seconds))).sum();
        rounds * self.area + part
    }
}

/// The rate at the start of a round whose first point comes later.
fn rate_at_midnight(
    first: (f64, f64),
    last: (f64, f64),
    between: Between,
    repeat_seconds: Option<f64>,
) -> f64 {
    match (repeat_seconds, between) {
        (None, _) => first.1,
        (Some(_), Between::Hold) => last.1,
        (Some(round), Between::Line) => {
            let gap = round - last.0 + first.0;
            last.1 + (first.1 - last.1) * (round - last.0) / gap
        }
    }
}

fn piece(from: (f64, f64), to: (f64, f64), between: Between) -> Piece {
    let length_seconds = to.0 - from.0;
    let slope = match between {
        Between::Line if length_seconds.is_finite() => (to.1 - from.1) / length_seconds,
        _ => 0.0,
    };
    Piece { start_seconds: from.0, length_seconds, rate: from.1, slope }
}

impl RateProfile {
    /// 24 hourly rates, each held for its hour, every day.
    pub fn daily(hourly: &[f64; 24]) -> Result<RateProfile, String> {
        RateProfile::hourly(hourly)
    }

    /// 168 hourly rates, from the first hour of the week, every week.
    pub fn weekly(hourly: &[f64; 168]) -> Result<RateProfile, String> {
        RateProfile::hourly(hourly)
    }

    /// Points of the day as (seconds after midnight, rate), joined by lines, every day.
    pub fn daily_points(points: &[(f64, f64)]) -> Result<RateProfile, String> {
        RateTable::new(points, Between::Line, Some(DAY_SECONDS)).map(RateProfile::Table)
    }

    pub fn sinusoid(
        mean: f64,
        amplitude: f64,
        period_seconds: f64,
        phase_seconds: f64,
    ) -> Result<RateProfile, String> {
        if !(0.0..1e12).contains(&mean) || !(0.0..=1.0).contains(&amplitude) {
            return Err(
                "the mean rate must not be negative, and the amplitude lies between 0% and 100%".into()
            );
        }
        if !(1e-6..4e9).contains(&period_seconds) || !phase_seconds.is_finite() {
            return Err("the period is too short or too long".into());
        }
        Ok(RateProfile::Sinusoid { mean, amplitude, period_seconds, phase_seconds })
    }

    fn hourly(rates: &[f64]) -> Result<RateProfile, String> {
        let points: Vec<(f64, f64)> =
            rates.iter().enumerate().map(|(hour, &rate)| (hour as f64 * 3600.0, rate)).collect();
        RateTable::new(&points, Between::Hold, Some(rates.len() as f64 * 3600.0)).map(RateProfile::Table)
    }

    /// The rate per second at an instant.
    pub fn rate_at(&self, seconds: f64) -> f64 {
        match self {
            RateProfile::Table(table) => table.rate_at(seconds),
            RateProfile::Sinusoid { mean, amplitude, period_seconds, phase_seconds } => {
                let turns = libm::fmod(seconds - phase_seconds, *period_seconds) / period_seconds;
                mean * (1.0 + amplitude * libm::sin(TAU * turns))
            }
        }
    }

    /// After so long it begins anew, if it does.
    pub fn round(&self) -> Option<Time> {
        match self {
            RateProfile::Table(table) => table.round,
            RateProfile::Sinusoid { period_seconds, .. } => Some(from_seconds(*period_seconds)),
        }
    }

    /// The mean rate between two instants.
    pub fn mean_rate(&self, from_seconds: f64, to_seconds: f64) -> f64 {
        if to_seconds.is_nan() || to_seconds <= from_seconds {
            return self.rate_at(from_seconds);
        }
        (self.cumulated(to_seconds) - self.cumulated(from_seconds)) / (to_seconds - from_seconds)
    }

    fn cumulated(&self, seconds: f64) -> f64 {
        match self {
            RateProfile::Table(table) => table.cumulated(seconds),
            RateProfile::Sinusoid { mean, amplitude, period_seconds, phase_seconds } => {
                let angle = |at: f64| TAU * (at - phase_seconds) / period_seconds;
                let swing = libm::cos(angle(0.0)) - libm::cos(angle(seconds));
                mean * (seconds + amplitude * period_seconds / TAU * swing)
            }
        }
    }

    pub fn describe(&self) -> String {
        match self {
            RateProfile::Table(table) => {
                let highest = table.pieces.iter().map(|piece| piece.rate).fold(0.0, f64::max);
                let round = match table.round {
                    Some(round) => format!(", every {}", format_duration(to_seconds(round))),
                    None => String::new(),
                };
                format!("a table of {} rates up to {}{round}", table.pieces.len(), format_rate(highest))
            }
            RateProfile::Sinusoid { mean, amplitude, period_seconds, .. } => format!(
                "{} to {} and back every {}",
                format_rate(mean * (1.0 - amplitude)),
                format_rate(mean * (1.0 + amplitude)),
                format_duration(*period_seconds)
            ),
        }
    }
}
