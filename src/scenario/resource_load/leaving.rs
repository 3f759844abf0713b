//! What becomes of visits whose caller goes on before they have ended.

use super::race::Race;

/// A visit that stops when nobody waits for its answer any more.
#[derive(Clone, Copy)]
pub struct Leaving<'r> {
    /// The race in which it is called, directly or by one of those who are, and which of its calls.
    race: Option<(&'r Race, usize)>,
    /// When it begins, after the calls of the race were made.
    since: f64,
    /// The share of its time that lies before the end of the race, where that is known exactly.
    whole: Option<f64>,
}

impl<'r> Leaving<'r> {
    /// Whoever has called it waits for it.
    pub const NEVER: Leaving<'static> = Leaving { race: None, since: 0.0, whole: None };

    /// One of the calls of a race.
    pub fn in_race(race: &'r Race, call: usize, comes: f64) -> Leaving<'r> {
        Leaving { race: Some((race, call)), since: comes, whole: Some(race.within[call]) }
    }

    /// A visit that it makes, or its own course from some time on.
    pub fn later(self, seconds: f64) -> Leaving<'r> {
        Leaving { since: self.since + seconds, whole: None, ..self }
    }

    /// The share of the visits that still go on so long after they have begun.
    pub fn going(&self, after: f64) -> f64 {
        self.race.map_or(1.0, |(race, call)| race.going_at(call, self.since + after))
    }

    /// The share of so much of their time that they are there for.
    pub fn during(&self, after: f64, length: f64) -> f64 {
        self.race.map_or(1.0, |(race, call)| race.going_during(call, self.since + after, length))
    }

    /// The same of all their time, which takes so long.
    pub fn whole(&self, length: f64) -> f64 {
        self.whole.unwrap_or_else(|| self.during(0.0, length))
    }
}
