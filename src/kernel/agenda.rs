//! The agenda: what is going to happen, earliest first.

use super::ladder::Ladder;
use super::time::Time;

/// Something that happens at an instant. The word says what; it also breaks ties, so that
/// words given out in rising order keep equal times in the order of their insertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    pub time: Time,
    pub word: u64,
}

/// Time and word in one number, so that one comparison orders events.
pub type Key = u128;

impl Event {
    #[inline(always)]
    pub fn key(self) -> Key {
        (Key::from(self.time) << 64) | Key::from(self.word)
    }

    #[inline(always)]
    pub fn from_key(key: Key) -> Event {
        Event { time: (key >> 64) as Time, word: key as u64 }
    }
}

/// What every kind of agenda can do.
pub trait EventQueue {
    fn new() -> Self;
    fn push(&mut self, event: Event);
    /// Takes the earliest event out if it comes before `limit`.
    fn pop_before(&mut self, limit: Time) -> Option<Event>;
    /// The next events, latest first, if they have come near since this was last asked:
    /// when very many are pending it pays to fetch from memory what they will need.
    fn come_near(&mut self) -> Option<&[Key]>;
    fn len(&self) -> usize;
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The agenda that the engine uses; any other `EventQueue` can stand here.
pub type Agenda = Ladder;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::fronted::FrontedHeap;
    use crate::kernel::random::{StreamFamily, below};
    use rand::Rng;
    use std::collections::BTreeSet;

    /// Pushes and pops at random, with many ties, and compares every pop with an ordered set.
    fn agrees_with_an_ordered_set<Q: EventQueue>(most_pending: usize, spread: u64, purpose: &str) {
        let mut generator = StreamFamily::new(7, 0).stream("agenda", purpose);
        let (mut queue, mut reference) = (Q::new(), BTreeSet::new());
        let (mut now, mut word) = (0, 0);
        for round in 0..60_000 {
            let filling = reference.len() < most_pending && (round / 5_000) % 3 != 2;
            if filling || below(&mut generator, 3) == 0 {
                // Near, far and very far events, as timeouts beside service times are.
                let reach = [spread, spread * 1_000, spread * 1_000_000][below(&mut generator, 3) as usize];
                let event = Event { time: now + generator.next_u64() % reach, word };
                word += 1;
                queue.push(event);
                reference.insert(event.key());
            } else {
                let limit = now + generator.next_u64() % (spread * 2_000_000);
                let expected = reference.first().copied().filter(|&key| Event::from_key(key).time < limit);
                assert_eq!(queue.pop_before(limit), expected.map(Event::from_key));
                if let Some(key) = expected {
                    reference.remove(&key);
                    now = Event::from_key(key).time;
                }
            }
            assert_eq!(queue.len(), reference.len());
        }
        while let Some(event) = queue.pop_before(Time::MAX) {
            assert_eq!(Some(event.key()), reference.pop_first());
        }
        assert!(reference.is_empty());
    }

    #[test]
    fn agendas_pop_in_order_of_time_then_insertion() {
        for (most_pending, spread, purpose) in [(5, 3, "few"), (300, 10, "some"), (20_000, 1_000, "many")] {
            agrees_with_an_ordered_set::<FrontedHeap>(most_pending, spread, purpose);
            agrees_with_an_ordered_set::<Ladder>(most_pending, spread, purpose);
        }
    }

    #[test]
    fn the_latest_possible_event_waits_behind_every_limit() {
        let mut queue = Ladder::new();
        queue.push(Event { time: Time::MAX, word: 1 });
        assert_eq!(queue.pop_before(Time::MAX), None);
        assert_eq!(queue.len(), 1);
    }
}
