//! Autoscaling: how many of a node there are to be, as Kubernetes' HorizontalPodAutoscaler
//! decides it.

use crate::kernel::time::Time;
use std::collections::VecDeque;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Autoscale {
    pub initial: u32,
    pub minimum: u32,
    pub maximum: u32,
    pub measure: Measure,
    /// Time from one decision to the next.
    pub every: Time,
    /// Nothing is done about so small a deviation from what is wanted.
    pub tolerance: f64,
    /// It shrinks to the most that was recommended in this time.
    pub stabilisation: Time,
    /// The servers of one station, with one line, rather than replicas.
    pub by_servers: bool,
}

/// What each is to have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// So great a share of its slots held.
    Utilisation(f64),
    /// So many in line.
    Queue(f64),
}

/// What was recommended lately.
#[derive(Clone, Debug)]
pub struct Recommendations {
    latest: VecDeque<(Time, u32)>,
}

impl Recommendations {
    /// `initial` counts as recommended at the start.
    pub fn new(settings: &Autoscale) -> Recommendations {
        let most = settings.stabilisation / settings.every.max(1) + 2;
        let mut latest = VecDeque::with_capacity(most.min(1 << 20) as usize);
        latest.push_back((0, settings.initial));
        Recommendations { latest }
    }

    /// How many there are to be, if there are to be `present` now, and this is what all of
    /// them together have: utilisations added up, or all in line.
    pub fn decide(&mut self, settings: &Autoscale, present: u32, sum: f64, now: Time) -> u32 {
        let (Measure::Utilisation(wanted) | Measure::Queue(wanted)) = settings.measure;
        let needed = sum / wanted;
        let deviation = needed / f64::from(present.max(1)) - 1.0;
        let recommended = if deviation.abs() <= settings.tolerance {
            present
        } else {
            // What is a whole number but for a rounding error stays one.
            (needed - 1e-9).ceil().max(0.0) as u32
        };
        let recommended = recommended.clamp(settings.minimum, settings.maximum);
        while let Some(&(time, _)) = self.latest.front()
            && now.saturating_sub(time) > settings.stabilisation
        {
            self.latest.pop_front();
        }
        // Whatever was no more than this will never again be the most.
        while let Some(&(_, earlier)) = self.latest.back()
            && earlier <= recommended
        {
            self.latest.pop_back();
        }
        self.latest.push_back((now, recommended));
        let most = self.latest.front().map_or(recommended, |&(_, most)| most);
        if recommended >= present { recommended } else { most.min(present) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::SECOND;

    const SETTINGS: Autoscale = Autoscale {
        initial: 2,
        minimum: 2,
        maximum: 10,
        measure: Measure::Utilisation(0.5),
        every: 15 * SECOND,
        tolerance: 0.1,
        stabilisation: 60 * SECOND,
        by_servers: false,
    };

    #[test]
    fn it_grows_at_once_and_never_above_the_maximum() {
        let mut latest = Recommendations::new(&SETTINGS);
        assert_eq!(latest.decide(&SETTINGS, 2, 2.0, 15 * SECOND), 4, "both are full, and half is wanted");
        assert_eq!(latest.decide(&SETTINGS, 4, 2.1, 30 * SECOND), 4, "5 % off is within the tolerance");
        assert_eq!(latest.decide(&SETTINGS, 4, 2.3, 45 * SECOND), 5);
        assert_eq!(latest.decide(&SETTINGS, 5, 50.0, 60 * SECOND), 10);
    }

    #[test]
    fn it_shrinks_to_the_most_that_was_recommended_lately() {
        let mut latest = Recommendations::new(&SETTINGS);
        let mut decide =
            |at: u64, present: u32, sum: f64| latest.decide(&SETTINGS, present, sum, at * SECOND);
        assert_eq!(decide(15, 2, 4.0), 8);
        assert_eq!(decide(30, 8, 3.0), 8, "six would do");
        assert_eq!(decide(45, 8, 1.0), 8, "two would do");
        assert_eq!(decide(75, 8, 1.0), 8, "a minute ago it was eight");
        assert_eq!(decide(76, 8, 1.0), 6);
        assert_eq!(decide(91, 6, 1.0), 2);
        assert_eq!(decide(200, 2, 0.0), 2, "the minimum");
    }

    #[test]
    fn a_line_asks_for_as_many_as_its_length_is_worth() {
        let settings = Autoscale { measure: Measure::Queue(100.0), maximum: 15, ..SETTINGS };
        let mut latest = Recommendations::new(&settings);
        assert_eq!(latest.decide(&settings, 5, 4_200.0, 60 * SECOND), 15);
    }
}
