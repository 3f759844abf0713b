//! Instants as people tell them: by the clock on the wall where a scenario has one, or else since the
//! start of the run.

use super::words::{span, span_apart};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const DAY_S: f64 = 86_400.0;
const WEEK_S: f64 = 7.0 * DAY_S;

/// How the instants of one run are told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    /// In seconds after Monday at midnight.
    starts_s: Option<f64>,
    /// Whether the run is longer than a day, so that the day has to be told.
    tells_days: bool,
}

impl Clock {
    pub fn new(starts_s: Option<f64>, length_s: f64) -> Clock {
        // Weeks are not told apart by the names of days.
        let starts_s = starts_s.filter(|_| length_s <= WEEK_S);
        let first_day = starts_s.map(|starts_s| (starts_s / DAY_S) as u64);
        let last_day = starts_s.map(|starts_s| ((starts_s + length_s) / DAY_S) as u64);
        Clock { starts_s, tells_days: first_day != last_day }
    }

    /// `14:02:35`, `Tuesday 14:02:35`, or `4 min 2 s`
    pub fn at(&self, seconds: f64) -> String {
        let Some(starts_s) = self.starts_s else { return span(seconds) };
        let whole = (starts_s + seconds).round() as u64;
        let clock = format!("{:02}:{:02}:{:02}", whole / 3_600 % 24, whole / 60 % 60, whole % 60);
        match self.tells_days {
            true => format!("{} {clock}", DAYS[(whole / 86_400 % 7) as usize]),
            false => clock,
        }
    }

    /// `14:00:00 to 14:02:35 (2 min 35 s)`; `extra` stands behind the length.
    pub fn stretch(&self, from_s: f64, to_s: f64, extra: &str) -> String {
        let (from, to) = match self.starts_s {
            Some(_) => (self.at(from_s), self.at(to_s)),
            None => span_apart(from_s, to_s),
        };
        format!("{from} to {to} ({}{extra})", span(to_s - from_s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_told_by_the_clock_if_there_is_one() {
        let afternoon = Clock::new(Some(13.0 * 3_600.0 + 55.0 * 60.0), 600.0);
        assert_eq!(afternoon.stretch(300.0, 455.0, ""), "14:00:00 to 14:02:35 (2 min 35 s)");
        let overnight = Clock::new(Some(6.0 * DAY_S + 82_800.0), 7_200.0);
        assert_eq!(overnight.at(0.0), "Sunday 23:00:00");
        assert_eq!(overnight.at(3_601.0), "Monday 00:00:01");
        let year = Clock::new(None, 365.0 * DAY_S);
        assert_eq!(
            year.stretch(5.0 * DAY_S + 40_000.0, 5.0 * DAY_S + 41_264.0, ""),
            "5 days 11 h 6 min to 5 days 11 h 27 min (21 min 4 s)"
        );
        let none = Clock::new(None, 600.0);
        assert_eq!(
            none.stretch(320.0, 524.2, ", of them 5 s"),
            "5 min 20 s to 8 min 44 s (3 min 24 s, of them 5 s)"
        );
    }
}
