//! Shedding: who is taken out of a line that has become too slow, and who comes next.
//!
//! CoDel as RFC 8289 has it, with requests for packets: when even the quickest through
//! the line has waited longer than the target for a whole interval, the oldest is turned
//! away, and then the next ones, ever sooner after each other, until waits are short again.

use crate::kernel::time::Time;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shedding {
    /// Turns the oldest away.
    pub codel: bool,
    /// While the oldest has waited longer than the target, the newest comes next.
    pub newest_first: bool,
    pub target: Time,
    pub interval: Time,
}

/// What CoDel remembers of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Codel {
    /// When waits will have been too long for an interval; 0 while they are not.
    too_long_at: Time,
    is_shedding: bool,
    next_at: Time,
    /// How many were turned away since it began, and when it last began.
    count: u32,
    count_before: u32,
}

/// Shedding that begins again so soon goes on as fast as it left off.
const SOON_INTERVALS: Time = 16;

impl Codel {
    /// Whether the oldest in line, who has waited so long, is turned away. Asked again for
    /// the next one then. Nobody is who is alone.
    pub fn sheds(&mut self, settings: &Shedding, waited: Time, is_alone: bool, now: Time) -> bool {
        let is_too_long = self.has_been_too_long(settings, waited, is_alone, now);
        if !is_too_long {
            self.is_shedding = false;
            return false;
        }
        if self.is_shedding {
            if now < self.next_at {
                return false;
            }
            self.count += 1;
            self.next_at = after(self.next_at, settings.interval, self.count);
            return true;
        }
        self.is_shedding = true;
        let before = self.count - self.count_before;
        let is_soon = now.saturating_sub(self.next_at) < SOON_INTERVALS * settings.interval;
        self.count = if before > 1 && is_soon { before } else { 1 };
        self.count_before = self.count;
        self.next_at = after(now, settings.interval, self.count);
        true
    }

    fn has_been_too_long(&mut self, settings: &Shedding, waited: Time, is_alone: bool, now: Time) -> bool {
        if waited < settings.target || is_alone {
            self.too_long_at = 0;
            return false;
        }
        if self.too_long_at == 0 {
            self.too_long_at = now.saturating_add(settings.interval).max(1);
            return false;
        }
        now >= self.too_long_at
    }
}

/// The more have been turned away, the sooner the next is.
fn after(time: Time, interval: Time, count: u32) -> Time {
    time.saturating_add((interval as f64 / libm::sqrt(f64::from(count))) as Time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::MILLISECOND;

    #[test]
    fn after_an_interval_of_long_waits_it_sheds_ever_faster_until_they_are_short() {
        let settings = Shedding {
            codel: true,
            newest_first: false,
            target: 5 * MILLISECOND,
            interval: 100 * MILLISECOND,
        };
        let mut codel = Codel::default();
        let mut sheds =
            |at: u64, waited: u64| codel.sheds(&settings, waited * MILLISECOND, false, at * MILLISECOND);
        assert!(!sheds(50, 6), "long waits have only begun");
        assert!(!sheds(149, 20));
        // At 150, then after 100, 100/√2 = 70.7, 100/√3 = 57.7 ms.
        let story = [(150, true), (150, false), (249, false), (250, true), (320, false), (321, true)];
        for (at, expected) in story {
            assert_eq!(sheds(at, 20), expected, "at {at}");
        }
        assert!(!sheds(378, 20));
        assert!(sheds(379, 20));
        assert!(!sheds(400, 4), "waits are short again");
        assert!(!sheds(410, 20));
        // It begins again at the pace of before, with three more than at first.
        assert!(sheds(510, 20));
        assert!(!sheds(510 + 57, 20));
        assert!(sheds(510 + 58, 20));
    }

    #[test]
    fn whoever_is_alone_stays() {
        let settings = Shedding { codel: true, newest_first: false, target: 0, interval: MILLISECOND };
        let mut codel = Codel::default();
        assert!((0..100).all(|at| !codel.sheds(&settings, 50 * MILLISECOND, true, at * MILLISECOND)));
    }
}
