//! A fixed set of clocks, each with the next instant at which it rings.
//!
//! What recurs (a source, a host's processor, a lane of timeouts, the edge of a time
//! bucket) keeps its one next instant here rather than in the agenda. A tournament tree
//! finds the earliest: setting a clock replays its matches up to the root.

use super::time::{NEVER, Time};

#[derive(Clone, Debug)]
pub struct Clocks {
    /// Node 1 is the root; node i has the children 2i and 2i + 1; the leaves come last.
    nodes: Vec<Winner>,
    leaves: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Winner {
    pub time: Time,
    pub clock: u32,
}

impl Clocks {
    /// So many clocks, none of them set.
    pub fn new(count: usize) -> Self {
        let leaves = count.max(2).next_power_of_two();
        let mut nodes = vec![Winner { time: NEVER, clock: 0 }; 2 * leaves];
        for (clock, leaf) in nodes[leaves..].iter_mut().enumerate() {
            leaf.clock = clock as u32;
        }
        for place in (1..leaves).rev() {
            nodes[place] = nodes[2 * place];
        }
        Clocks { nodes, leaves }
    }

    /// The clock that rings next; of equal ones the lowest number.
    #[inline(always)]
    pub fn first(&self) -> Winner {
        self.nodes[1]
    }

    #[inline(always)]
    pub fn time(&self, clock: u32) -> Time {
        self.nodes[self.leaves + clock as usize].time
    }

    #[inline(always)]
    pub fn set(&mut self, clock: u32, time: Time) {
        let mut place = self.leaves + clock as usize;
        if self.nodes[place].time == time {
            return;
        }
        self.nodes[place].time = time;
        while place > 1 {
            place /= 2;
            let (left, right) = (self.nodes[2 * place], self.nodes[2 * place + 1]);
            let winner = if right.time < left.time { right } else { left };
            if self.nodes[place] == winner {
                return;
            }
            self.nodes[place] = winner;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::{StreamFamily, below};

    #[test]
    fn the_earliest_clock_is_first_whatever_is_set() {
        for count in [1, 2, 3, 17, 100] {
            let mut clocks = Clocks::new(count as usize);
            let mut times = vec![NEVER; count as usize];
            let mut generator = StreamFamily::new(1, 0).stream("clocks", "test");
            assert_eq!(clocks.first().time, NEVER);
            for _ in 0..2_000 {
                let clock = below(&mut generator, count);
                let time =
                    if below(&mut generator, 9) == 0 { NEVER } else { u64::from(below(&mut generator, 50)) };
                clocks.set(clock, time);
                times[clock as usize] = time;
                let least = *times.iter().min().unwrap();
                assert_eq!(clocks.first().time, least);
                assert_eq!(clocks.time(clock), time);
                if least != NEVER {
                    let first = times.iter().position(|&time| time == least).unwrap();
                    assert_eq!(clocks.first().clock as usize, first);
                }
            }
        }
    }
}
