//! A fixed set of clocks, each with the next instant at which it rings.
//!
//! What recurs (a source, a host's processor, a lane of timeouts, the edge of a time
//! bucket) keeps its one next instant here rather than in the agenda. A few clocks are
//! looked through when the first of them has moved; many stand in a tournament tree, in
//! which setting a clock replays its matches up to the root.

use super::time::{NEVER, Time};

/// Clocks up to which looking through them is faster than a tournament.
const FEW: usize = 8;

#[derive(Clone, Debug)]
pub struct Clocks {
    first: Winner,
    few: [Time; FEW],
    /// Whether the first half of them are all there are.
    very_few: bool,
    /// Match k is between the winners of matches 2k and 2k + 1; the last half is between
    /// the clocks themselves, and match 1 is the final. Empty for a few clocks.
    matches: Vec<[Winner; 2]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Winner {
    pub time: Time,
    pub clock: u32,
}

impl Clocks {
    /// So many clocks, none of them set.
    pub fn new(count: usize) -> Self {
        let unset = |clock: usize| Winner { time: NEVER, clock: clock as u32 };
        let mut clocks =
            Clocks { first: unset(0), few: [NEVER; FEW], very_few: count <= FEW / 2, matches: Vec::new() };
        if count <= FEW {
            return clocks;
        }
        let places = count.next_power_of_two();
        let mut matches = vec![[unset(0); 2]; places];
        for (place, pair) in matches[places / 2..].iter_mut().enumerate() {
            *pair = [unset(2 * place), unset(2 * place + 1)];
        }
        for place in (1..places / 2).rev() {
            matches[place] = [matches[2 * place][0], matches[2 * place + 1][0]];
        }
        clocks.matches = matches;
        clocks
    }

    /// The clock that rings next; of equal ones the lowest number.
    #[inline(always)]
    pub fn first(&self) -> Winner {
        self.first
    }

    /// The clock with the least value; some have none. No value is less than the clock's own
    /// time, so that clocks that ring later than the least so far are not asked.
    pub fn least(&self, value: &mut impl FnMut(u32, Time) -> Option<u128>) -> Option<u32> {
        let mut least = None;
        if self.matches.is_empty() {
            for (clock, &time) in (0..).zip(&self.few) {
                ask(Winner { time, clock }, &mut least, value);
            }
        } else {
            self.ask_match(1, &mut least, value);
        }
        least.map(|(_, clock)| clock)
    }

    fn ask_match(
        &self,
        place: usize,
        least: &mut Option<(u128, u32)>,
        value: &mut impl FnMut(u32, Time) -> Option<u128>,
    ) {
        let pair = &self.matches[place];
        let first = usize::from(pair[1].time < pair[0].time);
        for side in [first, 1 - first] {
            if is_in_vain(pair[side], *least) {
                continue;
            }
            match 2 * place < self.matches.len() {
                true => self.ask_match(2 * place + side, least, value),
                false => ask(pair[side], least, value),
            }
        }
    }

    #[inline(always)]
    pub fn time(&self, clock: u32) -> Time {
        if self.matches.is_empty() {
            return self.few[clock as usize % FEW];
        }
        self.matches[(self.matches.len() + clock as usize) / 2][clock as usize & 1].time
    }

    #[inline(always)]
    pub fn set(&mut self, clock: u32, time: Time) {
        if !self.matches.is_empty() {
            self.set_in_tournament(clock, time);
            return;
        }
        self.few[clock as usize % FEW] = time;
        if clock == self.first.clock && time > self.first.time {
            self.look_through();
        } else if (time, clock) < (self.first.time, self.first.clock) {
            self.first = Winner { time, clock };
        }
    }

    #[inline(always)]
    fn look_through(&mut self) {
        // A length that the compiler knows makes a straight line of either.
        if self.very_few {
            self.first = first_of(&self.few[..FEW / 2]);
        } else {
            self.first = first_of(&self.few);
        }
    }

    fn set_in_tournament(&mut self, clock: u32, time: Time) {
        let mut place = self.matches.len() + clock as usize;
        let mut winner = Winner { time, clock };
        while place > 1 {
            let pair = &mut self.matches[place / 2];
            if pair[place & 1] == winner {
                return;
            }
            pair[place & 1] = winner;
            winner = if pair[1].time < pair[0].time { pair[1] } else { pair[0] };
            place /= 2;
        }
        self.first = winner;
    }
}

/// Whether neither this clock nor any that rings later can have the least value.
fn is_in_vain(first: Winner, least: Option<(u128, u32)>) -> bool {
    first.time == NEVER || least.is_some_and(|(least, _)| least <= u128::from(first.time))
}

fn ask(clock: Winner, least: &mut Option<(u128, u32)>, value: &mut impl FnMut(u32, Time) -> Option<u128>) {
    if is_in_vain(clock, *least) {
        return;
    }
    if let Some(value) = value(clock.clock, clock.time)
        && least.is_none_or(|(least, _)| value < least)
    {
        *least = Some((value, clock.clock));
    }
}

#[inline(always)]
fn first_of(times: &[Time]) -> Winner {
    let mut first = Winner { time: times[0], clock: 0 };
    for (clock, &time) in times.iter().enumerate().skip(1) {
        if time < first.time {
            first = Winner { time, clock: clock as u32 };
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::{StreamFamily, below};

    #[test]
    fn the_earliest_clock_is_first_whatever_is_set() {
        for count in [1, 2, 3, 8, 9, 17, 100] {
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
                // As if every third had none, and every second came later than its time.
                let value = |clock: u32, time: Time| {
                    (!clock.is_multiple_of(3)).then(|| u128::from(time) + u128::from(clock % 2) * 7)
                };
                let set = times.iter().zip(0..).filter(|(time, _)| **time != NEVER);
                let values = set.filter_map(|(&time, clock)| value(clock, time).map(|it| (it, clock)));
                let found = clocks.least(&mut { value }).and_then(|clock| value(clock, clocks.time(clock)));
                assert_eq!(found, values.min().map(|(value, _)| value));
                if least != NEVER {
                    let first = times.iter().position(|&time| time == least).unwrap();
                    assert_eq!(clocks.first().clock as usize, first);
                }
            }
        }
    }
}
