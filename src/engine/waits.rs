//! Who waits for something that there is only so much of: counted as they come, are served, or leave.

use crate::kernel::time::Time;

/// Since the start of the run. Areas and sums of times wrap around; differences between two
/// instants are right.
#[derive(Clone, Copy, Debug, Default)]
pub struct Waits {
    /// How many wait now, and the most at once since that was asked for last.
    pub waiting: u32,
    most: u32,
    area: u64,
    pub taken: u64,
    pub waited: u64,
    pub waited_time: u64,
    pub left: u64,
    pub left_time: u64,
    pub turned_away: u64,
}

impl Waits {
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
        self.taken += 1;
        self.waited += 1;
        self.waited_time = self.waited_time.wrapping_add(time);
    }

    /// Whoever has waited for so long leaves without it.
    pub fn leaves(&mut self, time: Time, now: Time) {
        self.goes(now);
        self.left += 1;
        self.left_time = self.left_time.wrapping_add(time);
    }

    /// How many have waited, over time, up to now.
    pub fn area(&self, now: Time) -> u64 {
        self.area.wrapping_add(now.wrapping_mul(u64::from(self.waiting)))
    }

    /// The most that waited at once since this was asked for last.
    pub fn take_most(&mut self) -> u32 {
        std::mem::replace(&mut self.most, self.waiting)
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
        assert_eq!((waits.area(500), waits.waiting), (110, 0));
        assert_eq!((waits.waited, waits.waited_time, waits.left, waits.left_time), (1, 30, 1, 80));
        assert_eq!((waits.take_most(), waits.take_most()), (2, 0));
    }
}
