//! Surges: stretches of time in which a source sends more than usual, or less.
//!
//! At each instant a surge makes the rate `multiply * rate + add`: a factor multiplies, and
//! an absolute rate takes the place of what was there as it ramps up. Surges that overlap
//! apply one after the other, so that factors multiply.

use super::Arrivals;
use crate::kernel::time::{NEVER, Time, from_seconds, to_seconds};
use crate::parts::quantity::{format_duration, format_rate};

/// How high a surge goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Level {
    /// So many times the usual rate.
    Factor(f64),
    /// So many requests per second.
    Rate(f64),
}

/// How a surge comes and goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Course {
    pub ramp: Time,
    /// `None`: it stays.
    pub hold: Option<Time>,
    pub ending: Ending,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ending {
    /// Along a line, within so long.
    Fall(Time),
    /// Half of what is too much is gone after this time, and half of the rest after it again.
    Decay { half_life: Time },
}

/// A temporary change of a source's rate.
#[derive(Clone, Debug, PartialEq)]
pub struct Surge {
    at: Time,
    every: Option<Time>,
    /// In rising order and without gaps; instants count from the surge's start.
    stretches: Vec<Stretch>,
    /// What it is called in descriptions.
    level: Level,
}

/// A part of a surge in which its effect moves one way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    start: Time,
    end: Time,
    /// At the start, and at the end or, if it decays, in the long run.
    multiply: [f64; 2],
    add: [f64; 2],
    half_life: Option<Time>,
}

/// After so many half-lives nothing is left that could be measured.
const HALF_LIVES: u64 = 40;

impl Surge {
    pub fn new(at: Time, level: Level, course: Course) -> Surge {
        let (none, full) = (effect(level, 0.0), effect(level, 1.0));
        let mut surge = Surge { at, every: None, stretches: Vec::new(), level };
        surge.push(course.ramp, none, full, None);
        surge.push(course.hold.unwrap_or(NEVER), full, full, None);
        match course.ending {
            Ending::Fall(fall) => surge.push(fall, full, none, None),
            Ending::Decay { half_life } => {
                surge.push(half_life.saturating_mul(HALF_LIVES), full, none, Some(half_life));
            }
        }
        surge
    }

    /// Along a line from point to point; the instants count from `at` and rise. With the
    /// last point it is over.
    pub fn along(at: Time, points: &[(Time, Level)]) -> Surge {
        let highest = points.iter().map(|point| point.1).max_by(|a, b| a.value().total_cmp(&b.value()));
        let level = highest.unwrap_or(Level::Factor(1.0));
        let mut surge = Surge { at, every: None, stretches: Vec::new(), level };
        if let Some(&(first, level)) = points.first() {
            surge.push(first, effect(level, 1.0), effect(level, 1.0), None);
        }
        for pair in points.windows(2) {
            let [from, to] = [pair[0].1, pair[1].1].map(|level| effect(level, 1.0));
            surge.push(pair[1].0.saturating_sub(pair[0].0), from, to, None);
        }
        surge
    }

    /// The same again after each such time; what is longer than that is cut off.
    pub fn repeated(mut self, every: Time) -> Surge {
        self.stretches.retain(|stretch| stretch.start < every);
        if let Some(last) = self.stretches.last_mut()
            && last.end > every
        {
            last.end = every;
        }
        self.every = Some(every);
        self
    }

    /// The same for one of several sources that share its absolute rate, or for a source
    /// that counts in another unit.
    pub fn scaled(mut self, factor: f64) -> Surge {
        for stretch in &mut self.stretches {
            stretch.add = stretch.add.map(|rate| rate * factor);
        }
        self
    }

    pub fn starts_at(&self) -> Time {
        self.at
    }

    pub fn level(&self) -> Level {
        self.level
    }

    /// How long it lasts, once; `NEVER` if it stays.
    pub fn length(&self) -> Time {
        self.stretches.last().map_or(0, |last| last.end)
    }

    /// The same, but what decays counts only until a tenth of it is left.
    pub fn noticeable_length(&self) -> Time {
        const HALF_LIVES_TO_A_TENTH: f64 = 3.322;
        let decayed = |stretch: &Stretch| match stretch.half_life {
            Some(half_life) => (half_life as f64 * HALF_LIVES_TO_A_TENTH) as Time,
            None => NEVER,
        };
        self.stretches.last().map_or(0, |last| last.end.min(last.start.saturating_add(decayed(last))))
    }

    pub fn every(&self) -> Option<Time> {
        self.every
    }

    /// The instants at which its first round changes its course, of a decay the first ten
    /// half-lives in quarters.
    pub fn edges(&self) -> Vec<Time> {
        const QUARTERS: u64 = 40;
        let mut edges = vec![self.at];
        for stretch in &self.stretches {
            if let Some(half_life) = stretch.half_life {
                let quarters = (1..=QUARTERS)
                    .map(|quarter| stretch.start.saturating_add((half_life / 4).saturating_mul(quarter)));
                edges.extend(quarters.map(|edge| self.at.saturating_add(edge)));
            }
            edges.push(self.at.saturating_add(stretch.end));
        }
        edges
    }

    /// `(multiply, add)` at an instant.
    pub fn effect_at(&self, now: Time) -> (f64, f64) {
        match self.stretch_at(now) {
            (Some((stretch, since)), _) => stretch.effect(since as f64),
            (None, _) => (1.0, 0.0),
        }
    }

    /// The stretch that an instant is in with the time since the stretch began, and when
    /// the next one begins.
    pub(super) fn stretch_at(&self, now: Time) -> (Option<(Stretch, Time)>, Time) {
        let Some(since) = now.checked_sub(self.at) else { return (None, self.at) };
        let within = self.every.map_or(since, |every| since % every);
        let round_start = now - within;
        let index = self.stretches.partition_point(|stretch| stretch.end <= within);
        match self.stretches.get(index) {
            Some(stretch) => {
                let edge = round_start.saturating_add(stretch.next_edge(within));
                (Some((*stretch, within - stretch.start)), edge)
            }
            None => (None, self.every.map_or(NEVER, |every| round_start.saturating_add(every))),
        }
    }

    pub fn describe(&self) -> String {
        let level = match self.level {
            Level::Factor(factor) => format!("{factor}x"),
            Level::Rate(rate) => format_rate(rate),
        };
        let at = format_duration(to_seconds(self.at));
        let again = match self.every {
            Some(every) => format!(" and every {} from then on", format_duration(to_seconds(every))),
            None => String::new(),
        };
        format!("{level} at {at}{again}")
    }

    fn push(&mut self, length: Time, from: (f64, f64), to: (f64, f64), half_life: Option<Time>) {
        let start = self.length();
        if length > 0 && start < NEVER {
            let end = start.saturating_add(length);
            let (multiply, add) = ([from.0, to.0], [from.1, to.1]);
            self.stretches.push(Stretch { start, end, multiply, add, half_life });
        }
    }
}

impl Stretch {
    /// `(multiply, add)` so many nanoseconds after its start.
    pub fn effect(&self, nanoseconds: f64) -> (f64, f64) {
        let progress = match self.half_life {
            Some(half_life) => 1.0 - libm::exp2(-nanoseconds / half_life as f64),
            None if self.is_level() => 0.0,
            None => nanoseconds / (self.end - self.start) as f64,
        };
        let between = |[from, to]: [f64; 2]| from + (to - from) * progress;
        (between(self.multiply), between(self.add))
    }

    /// The degrees of `multiply` and `add` as polynomials in time; `None` if it decays.
    pub fn degrees(&self) -> Option<(u32, u32)> {
        let degree = |[from, to]: [f64; 2]| u32::from(from != to);
        self.half_life.is_none().then(|| (degree(self.multiply), degree(self.add)))
    }

    fn is_level(&self) -> bool {
        self.multiply[0] == self.multiply[1] && self.add[0] == self.add[1]
    }

    /// Where it is looked at anew: at its end or, so that numerical integrals stay exact,
    /// after a quarter of a half-life.
    fn next_edge(&self, within: Time) -> Time {
        match self.half_life {
            Some(half_life) => {
                let quarter = (half_life / 4).max(1);
                let quarters = (within - self.start) / quarter + 1;
                self.end.min(self.start.saturating_add(quarters.saturating_mul(quarter)))
            }
            None => self.end,
        }
    }
}

impl Level {
    pub fn value(self) -> f64 {
        match self {
            Level::Factor(value) | Level::Rate(value) => value,
        }
    }
}

/// `(multiply, add)` of a surge that has gone so much of its way.
fn effect(level: Level, share: f64) -> (f64, f64) {
    match level {
        Level::Factor(factor) => (1.0 + (factor - 1.0) * share, 0.0),
        Level::Rate(rate) => (1.0 - share, rate * share),
    }
}

/// A source under surges.
#[derive(Clone, Debug, PartialEq)]
pub struct Surged {
    pub base: Arrivals,
    pub surges: Vec<Surge>,
    /// Of the arrivals only what the surges from this one on add: a source beside that
    /// which sends the rest.
    pub beyond: Option<usize>,
}

impl Surged {
    /// The expected arrivals between two instants.
    pub fn expected(&self, from: Time, to: Time) -> f64 {
        let pace = super::pace::Pace::of(self, 1.0);
        pace.map_or(0.0, |mut pace| pace.area(from, to) * 1e-9)
    }

    pub(super) fn rate_at(&self, now: Time) -> f64 {
        let (mut rate, mut before) = (self.base.rate_at(now), 0.0);
        for (index, surge) in self.surges.iter().enumerate() {
            if self.beyond == Some(index) {
                before = rate;
            }
            let (multiply, add) = surge.effect_at(now);
            rate = multiply * rate + add;
        }
        (rate - before).max(0.0)
    }

    /// Whether it adds what is missing to a rate, however much that is at the moment.
    pub(super) fn adds_up_to_a_rate(&self) -> bool {
        let absolute = |surge: &Surge| matches!(surge.level, Level::Rate(_));
        self.beyond.is_some_and(|first| self.surges.iter().skip(first).any(absolute))
    }

    pub(super) fn mean_rate(&self, horizon_seconds: f64) -> f64 {
        let horizon = from_seconds(horizon_seconds).max(1);
        self.expected(0, horizon) / to_seconds(horizon)
    }

    pub(super) fn describe(&self) -> String {
        let surges: Vec<String> = self.surges.iter().map(Surge::describe).collect();
        format!("{}, and {}", self.base.describe(), surges.join(", "))
    }

    pub(super) fn problem(&self) -> Option<String> {
        match &self.base {
            Arrivals::Closed { .. } => Some("a population sends only as fast as it is answered".into()),
            Arrivals::Replay(_) => Some("a recording is replayed as it is".into()),
            Arrivals::Surged(_) => Some("surges come together, not one upon the other".into()),
            base => base.problem(),
        }
    }
}
