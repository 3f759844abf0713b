//! Who waits for something that there is only so much of: counted as they come, are served, or leave.

use crate::kernel::time::Time;

/// Areas and sums of times wrap around; differences between two instants are right.
#[derive(Clone, Debug, Default)]
pub struct Waits {
    /// How many wait now, and the most at once since that was asked for last.
    waiting: u32,
    most: u32,
    area: u64,
    counts: WaitCounts,
}

/// Since the start of the run.
#[derive(Clone, Copy, Debug, Default)]
pub struct WaitCounts {
    pub taken: u64,
    pub waited: u64,
    pub waited_time: u64,
    pub left: u64,
    pub left_time: u64,
    pub turned_away: u64,
}

/// What is read at an instant.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reading {
    /// How many have waited, over time, up to now.
    pub area: u64,
    /// The most that waited at once since this was read last.
    pub most: u32,
    pub counts: WaitCounts,
}

impl Waits {
    pub fn waiting(&self) -> u32 {
        self.waiting
    }

    /// Somebody takes one that is free.
    pub fn takes_at_once(&mut self) {
        self.counts.taken += 1;
    }

    /// Somebody comes for whom there is neither one nor a place in the line for one.
    pub fn turns_away(&mut self) {
        self.counts.turned_away += 1;
    }

    pub fn joins(&mut self, now: Time) {
        self.waiting += 1;
        self.most = self.most.max(self.waiting);
        self.area = self.area.wrapping_sub(now);
    }

    fn goes(&mut self, now: Time) {
        self.waiting -= 1;
        self.area = self.area.wrapping_add(now);
    }

    /// Whoever has waited for so long gets it now.
    pub fn served(&mut self, time: Time, now: Time) {
        self.goes(now);
        self.counts.taken += 1;
        self.counts.waited += 1;
        self.counts.waited_time = self.counts.waited_time.wrapping_add(time);
    }

    /// Whoever has waited for so long leaves without it.
    pub fn leaves(&mut self, time: Time, now: Time) {
        self.goes(now);
        self.counts.left += 1;
        self.counts.left_time = self.counts.left_time.wrapping_add(time);
    }

    pub fn read(&mut self, now: Time) -> Reading {
        Reading {
            area: self.area.wrapping_add(now.wrapping_mul(u64::from(self.waiting))),
            most: std::mem::replace(&mut self.most, self.waiting),
            counts: self.counts,
        }
    }
}

impl Reading {
    /// Together with those who wait in another line for the same.
    pub fn with(self, other: &Reading) -> Reading {
        Reading {
            area: self.area.wrapping_add(other.area),
            most: self.most + other.most,
            counts: self.counts.with(&other.counts),
        }
    }
}

impl WaitCounts {
    fn with(mut self, other: &WaitCounts) -> WaitCounts {
        self.taken += other.taken;
        self.waited += other.waited;
        self.waited_time = self.waited_time.wrapping_add(other.waited_time);
        self.left += other.left;
        self.left_time = self.left_time.wrapping_add(other.left_time);
        self.turned_away += other.turned_away;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_are_served_and_those_who_leave_are_told_apart() {
        let mut waits = Waits::default();
        waits.joins(10);
        waits.joins(20);
        waits.served(30, 40);
        waits.leaves(80, 100);
        assert_eq!(waits.waiting(), 0);
        let Reading { area, most, counts } = waits.read(500);
        assert_eq!((area, most, waits.read(500).most), (110, 2, 0));
        assert_eq!((counts.waited, counts.waited_time, counts.left, counts.left_time), (1, 30, 1, 80));
    }
}
