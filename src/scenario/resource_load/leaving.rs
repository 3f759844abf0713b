//! What becomes of visits whose caller goes on before they have ended.

use super::moments::Moments;
use super::race::Race;

/// A visit that stops when nobody waits for its answer any more.
#[derive(Clone, Copy)]
pub struct Leaving<'r> {
    /// The race in which it is called, directly or by one of those who are, and which of its calls.
    race: Option<(&'r Race, usize)>,
    /// When it begins, after the calls of the race were made.
    since: Moments,
    /// The share of these visits that begin, since others are cut off on their way.
    begin: f64,
    /// The share of its time that lies before the end of the race, where that is known exactly.
    whole: Option<f64>,
}

impl<'r> Leaving<'r> {
    /// Whoever has called it waits for it.
    pub const NEVER: Leaving<'static> = Leaving { race: None, since: Moments::NONE, begin: 1.0, whole: None };

    /// One of the calls of a race, of which this share comes.
    pub fn in_race(race: &'r Race, call: usize, comes: f64, begin: f64) -> Leaving<'r> {
        let whole = Some(per(race.within[call], begin));
        Leaving { race: Some((race, call)), since: Moments::constant(comes), begin, whole }
    }

    /// A visit that it makes, or its own course from some time on.
    pub fn later(self, time: Moments) -> Leaving<'r> {
        Leaving { since: self.since.then(time), whole: None, ..self }
    }

    /// The share of the visits that still go on so long after they have begun.
    pub fn going(&self, after: Moments) -> f64 {
        self.race.map_or(1.0, |(race, call)| per(race.going_about(call, self.since.then(after)), self.begin))
    }

    /// The share of so much of their time that they are there for.
    pub fn during(&self, after: f64, length: f64) -> f64 {
        let going = |(race, call): (&Race, usize)| race.going_during(call, self.since.mean + after, length);
        self.race.map_or(1.0, |one| per(going(one), self.begin))
    }

    /// The same of all their time, which takes so long.
    pub fn whole(&self, length: f64) -> f64 {
        self.whole.unwrap_or_else(|| self.during(0.0, length))
    }
}

/// Of those that begin.
fn per(share: f64, begin: f64) -> f64 {
    if begin > 0.0 { (share / begin).min(1.0) } else { 0.0 }
}
