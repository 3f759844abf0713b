//! A fixed set of clocks, each with the next instant at which it rings.
//!
//! What recurs (a source, a host's processor, a lane of timeouts, the edge of a time
//! bucket) keeps its one next instant here rather than in the agenda. A few clocks are
//! looked through, half of them, when the first of a half has moved; many stand in a tree in which each
//! eight have a common parent that knows the first of them. A clock that moves but neither
//! was nor becomes the first of its eight costs a comparison.

use super::time::{NEVER, Time};

/// Clocks up to which looking through them is faster than a tree, and how many a parent has.
const FEW: usize = 8;
const HALF: usize = FEW / 2;

#[derive(Clone, Debug)]
pub struct Clocks {
    first: Winner,
    few: [Time; FEW],
    /// The first of either half of a few: those that seldom move have low numbers, and are not looked
    /// through each time that one of the others has.
    halves: [Winner; 2],
    /// Of many clocks, in whole eights; empty for a few.
    times: Vec<Time>,
    /// The first clock below each parent: children of parent p are `8 p + 1` to `8 p + 8`, and
    /// of the lowest parents the clocks themselves.
    parents: Vec<Winner>,
    /// Where the lowest parents begin.
    lowest: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Winner {
    pub time: Time,
    pub clock: u32,
}

impl Clocks {
    /// So many clocks, none of them set.
    pub fn new(count: usize) -> Self {
        let first = Winner { time: NEVER, clock: 0 };
        let mut clocks = Clocks {
            first,
            few: [NEVER; FEW],
            halves: [first, Winner { time: NEVER, clock: HALF as u32 }],
            times: Vec::new(),
            parents: Vec::new(),
            lowest: 0,
        };
        if count <= FEW {
            return clocks;
        }
        // Full levels from the root on; of the lowest only as many as have clocks, and their sisters.
        let (mut across, mut covers) = (1, count.next_multiple_of(FEW));
        clocks.times = vec![NEVER; covers];
        while covers > FEW {
            clocks.lowest += across;
            across *= FEW;
            covers = covers.div_ceil(FEW);
        }
        let lowest = (clocks.times.len() / FEW).next_multiple_of(FEW);
        clocks.parents = vec![first; clocks.lowest + lowest];
        for (group, parent) in clocks.parents[clocks.lowest..].iter_mut().enumerate() {
            parent.clock = (group * FEW) as u32;
        }
        for place in (0..clocks.lowest).rev() {
            // A parent without children keeps a number that no clock has.
            clocks.parents[place].clock = clocks.parents.get(FEW * place + 1).map_or(u32::MAX, |it| it.clock);
        }
        clocks
    }

    /// The clock that rings next; of equal ones the lowest number.
    #[inline(always)]
    pub fn first(&self) -> Winner {
        self.first
    }

    /// The clock with the least value, of equal ones the lowest number; some have none. No value
    /// is less than the clock's own time, so that clocks that ring later than the least so far
    /// are not asked, and the earliest are asked first.
    pub fn least(&self, value: &mut impl FnMut(u32, Time) -> Option<u128>) -> Option<u32> {
        let mut least = None;
        if self.times.is_empty() {
            for (clock, &time) in (0..).zip(&self.few) {
                ask(Winner { time, clock }, &mut least, value);
            }
        } else {
            self.ask_below(0, &mut least, value);
        }
        least.map(|(_, clock)| clock)
    }

    fn ask_below(
        &self,
        parent: usize,
        least: &mut Option<(u128, u32)>,
        value: &mut impl FnMut(u32, Time) -> Option<u128>,
    ) {
        let mut children = self.children(parent);
        loop {
            let first = (1..FEW).fold(0, |first, other| match children[other] < children[first] {
                true => other,
                false => first,
            });
            if is_in_vain(children[first], *least) {
                return;
            }
            match parent < self.lowest {
                true => self.ask_below(FEW * parent + 1 + first, least, value),
                false => ask(children[first], least, value),
            }
            // It has had its turn.
            children[first].time = NEVER;
        }
    }

    fn children(&self, parent: usize) -> [Winner; FEW] {
        if parent < self.lowest {
            return std::array::from_fn(|child| self.parents[FEW * parent + 1 + child]);
        }
        let begin = (parent - self.lowest) * FEW;
        std::array::from_fn(|child| Winner { time: self.times[begin + child], clock: (begin + child) as u32 })
    }

    #[inline(always)]
    pub fn time(&self, clock: u32) -> Time {
        if self.times.is_empty() {
            return self.few[clock as usize % FEW];
        }
        self.times[clock as usize]
    }

    #[inline(always)]
    pub fn set(&mut self, clock: u32, time: Time) {
        if !self.times.is_empty() {
            self.set_in_tree(clock, time);
            return;
        }
        self.few[clock as usize % FEW] = time;
        let moved = Winner { time, clock };
        let half = usize::from(clock as usize >= HALF);
        let before = self.halves[half];
        if clock == before.clock && time > before.time {
            self.halves[half] = match half {
                0 => first_of(&self.few[..HALF], 0),
                _ => first_of(&self.few[HALF..], HALF),
            };
        } else if moved < before {
            self.halves[half] = moved;
        } else {
            return;
        }
        let [low, high] = self.halves;
        self.first = if high.time < low.time { high } else { low };
    }

    fn set_in_tree(&mut self, clock: u32, time: Time) {
        let before = std::mem::replace(&mut self.times[clock as usize], time);
        let parent = self.lowest + clock as usize / FEW;
        if time < before {
            self.moved_forward(parent, Winner { time, clock });
        } else if time > before && self.parents[parent].clock == clock {
            self.first_moved_back(parent, clock);
        }
    }

    /// A clock that rings earlier than before is first up to where another one is earlier still.
    fn moved_forward(&mut self, mut parent: usize, moved: Winner) {
        while moved < self.parents[parent] {
            self.parents[parent] = moved;
            if parent == 0 {
                self.first = moved;
                return;
            }
            parent = (parent - 1) / FEW;
        }
    }

    /// A clock that rings later than before has to be the first anew wherever it has been so.
    fn first_moved_back(&mut self, mut parent: usize, clock: u32) {
        let begin = clock as usize / FEW * FEW;
        let mut first = first_of(&self.times[begin..begin + FEW], begin);
        self.parents[parent] = first;
        while parent > 0 {
            parent = (parent - 1) / FEW;
            if self.parents[parent].clock != clock {
                return;
            }
            first = first_winner(&self.parents[FEW * parent + 1..FEW * parent + 1 + FEW]);
            self.parents[parent] = first;
        }
        self.first = first;
    }
}

/// Whether neither this clock nor any that rings later can have the least value.
fn is_in_vain(first: Winner, least: Option<(u128, u32)>) -> bool {
    first.time == NEVER || least.is_some_and(|least| least <= (u128::from(first.time), first.clock))
}

fn ask(clock: Winner, least: &mut Option<(u128, u32)>, value: &mut impl FnMut(u32, Time) -> Option<u128>) {
    if is_in_vain(clock, *least) {
        return;
    }
    if let Some(value) = value(clock.clock, clock.time)
        && least.is_none_or(|least| (value, clock.clock) < least)
    {
        *least = Some((value, clock.clock));
    }
}

/// Of clocks whose numbers begin there.
#[inline(always)]
fn first_of(times: &[Time], begin: usize) -> Winner {
    let mut first = Winner { time: times[0], clock: begin as u32 };
    for (place, &time) in times.iter().enumerate().skip(1) {
        if time < first.time {
            first = Winner { time, clock: (begin + place) as u32 };
        }
    }
    first
}

/// Later children have higher numbers, so that the first of equals stays.
#[inline(always)]
fn first_winner(children: &[Winner]) -> Winner {
    let mut first = children[0];
    for &other in &children[1..] {
        if other.time < first.time {
            first = other;
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::{Generator, StreamFamily, below};

    const COUNTS: [u32; 15] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 64, 65, 100, 513, 5_000];

    fn generator() -> Generator {
        StreamFamily::new(1, 0).stream("clocks", "test")
    }

    /// As if every third had none, and every second came later than its time.
    fn value(clock: u32, time: Time) -> Option<u128> {
        (!clock.is_multiple_of(3)).then(|| u128::from(time) + u128::from(clock % 2) * 7)
    }

    fn agrees_with_a_search(clocks: &Clocks, times: &[Time]) {
        let all = || times.iter().copied().zip(0..);
        let (time, clock) = all().min().expect("there are some");
        assert_eq!(clocks.first(), Winner { time, clock });
        let set = all().filter(|&(time, _)| time != NEVER);
        let values = set.filter_map(|(time, clock)| value(clock, time).map(|value| (value, clock)));
        assert_eq!(clocks.least(&mut { value }), values.min().map(|(_, clock)| clock));
    }

    #[test]
    fn the_earliest_clock_is_first_whatever_is_set() {
        for count in COUNTS {
            let mut clocks = Clocks::new(count as usize);
            let mut times = vec![NEVER; count as usize];
            let mut generator = generator();
            agrees_with_a_search(&clocks, &times);
            // Many ties, and then hardly any.
            for reach in [50, 1_000_000] {
                for round in 0..2_000 {
                    let clock = match below(&mut generator, 3) {
                        0 => clocks.first().clock,
                        _ => below(&mut generator, count),
                    };
                    let time = match below(&mut generator, 9) {
                        0 => NEVER,
                        _ => u64::from(below(&mut generator, reach)),
                    };
                    clocks.set(clock, time);
                    times[clock as usize] = time;
                    assert_eq!(clocks.time(clock), time);
                    if count < 1_000 || round % 16 == 0 {
                        agrees_with_a_search(&clocks, &times);
                    }
                }
            }
        }
    }

    #[test]
    fn clocks_ring_in_order_until_none_is_set() {
        for count in COUNTS {
            let mut clocks = Clocks::new(count as usize);
            let mut generator = generator();
            let times: Vec<Time> = (0..count).map(|_| u64::from(below(&mut generator, count))).collect();
            for (clock, &time) in (0..).zip(&times) {
                clocks.set(clock, time);
            }
            let mut expected: Vec<(Time, u32)> = times.into_iter().zip(0..).collect();
            expected.sort_unstable();
            for (time, clock) in expected {
                assert_eq!(clocks.first(), Winner { time, clock });
                clocks.set(clock, NEVER);
            }
            assert_eq!(clocks.first(), Winner { time: NEVER, clock: 0 });
        }
    }

    #[test]
    fn while_few_have_no_value_few_are_asked_for_the_least() {
        for count in [65, 513, 5_000] {
            let mut clocks = Clocks::new(count as usize);
            for clock in 0..count {
                // All in another order, each at its own time.
                clocks.set(clock, u64::from(clock) * 7_919 % u64::from(count));
            }
            let mut asked = 0;
            let least = clocks.least(&mut |_, time| {
                asked += 1;
                (time >= 3).then_some(u128::from(time))
            });
            assert_eq!(least.map(|clock| clocks.time(clock)), Some(3));
            assert!((4..=8).contains(&asked), "{asked} of {count}");
        }
    }
}
