//! A heap behind a small sorted front.
//!
//! Most runs have few events pending; all of them then stand in the front, where taking
//! the earliest is a decrement and putting one in moves a few neighbours.

use super::agenda::{Event, EventQueue, Key};
use super::heap::QuadHeap;
use super::time::Time;

/// Events in the sorted front.
const FRONT: usize = 32;
/// Events that move from the heap to an empty front at once.
const REFILL: usize = 28;

#[derive(Clone, Debug)]
pub struct FrontedHeap {
    /// Latest first, so that the earliest is taken from the end.
    front: [Key; FRONT],
    front_length: usize,
    /// Whether the front has been filled from the heap and nobody has asked since.
    refilled: bool,
    /// No event here is earlier than any in the front.
    heap: QuadHeap,
}

impl EventQueue for FrontedHeap {
    fn new() -> Self {
        FrontedHeap::with_capacity(256)
    }

    #[inline(always)]
    fn push(&mut self, event: Event) {
        self.push_key(event.key());
    }

    #[inline(always)]
    fn pop_before(&mut self, limit: Time) -> Option<Event> {
        if self.front_length == 0 && (self.heap.is_empty() || !self.refill()) {
            return None;
        }
        let event = Event::from_key(self.front[self.front_length - 1]);
        if event.time >= limit {
            return None;
        }
        self.front_length -= 1;
        Some(event)
    }

    #[inline(always)]
    fn come_near(&mut self) -> Option<&[Key]> {
        std::mem::take(&mut self.refilled).then(|| &self.front[..self.front_length])
    }

    #[inline(always)]
    fn len(&self) -> usize {
        self.front_length + self.heap.len()
    }
}

impl FrontedHeap {
    /// With room for so many behind the front before memory is asked for.
    pub fn with_capacity(capacity: usize) -> Self {
        FrontedHeap {
            front: [0; FRONT],
            front_length: 0,
            refilled: false,
            heap: QuadHeap::with_capacity(capacity),
        }
    }

    /// The earliest of all.
    #[inline(always)]
    pub fn first(&mut self) -> Option<Event> {
        if self.front_length == 0 && (self.heap.is_empty() || !self.refill()) {
            return None;
        }
        Some(Event::from_key(self.front[self.front_length - 1]))
    }

    pub fn clear(&mut self) {
        self.front_length = 0;
        self.heap.clear();
    }

    /// Takes out all there are, in no order.
    pub fn take_all(&mut self) -> Vec<Event> {
        let front = &self.front[..self.front_length];
        let all = front.iter().copied().chain(self.heap.drain()).map(Event::from_key).collect();
        self.front_length = 0;
        all
    }

    /// Says whether it was not the front that took it.
    #[inline(always)]
    pub fn push_key(&mut self, key: Key) -> bool {
        if self.front_length < FRONT {
            // A front with room takes whatever is earlier than its last, or all there is.
            if self.heap.is_empty() || (self.front_length > 0 && key < self.front[0]) {
                self.insert(key);
                return false;
            }
        } else if key < self.front[0] {
            self.push_into_full_front(key);
            return true;
        }
        self.heap.push(key);
        true
    }

    /// The latest of the front makes room.
    #[inline(never)]
    fn push_into_full_front(&mut self, key: Key) {
        let latest = self.front[0];
        self.front.copy_within(1.., 0);
        self.front_length -= 1;
        self.insert(key);
        self.heap.push(latest);
    }

    /// Takes out everything but the front, in no order.
    pub fn drain_heap(&mut self) -> std::vec::Drain<'_, Key> {
        self.heap.drain()
    }

    pub fn heap_len(&self) -> usize {
        self.heap.len()
    }

    #[inline(always)]
    fn insert(&mut self, key: Key) {
        let mut place = self.front_length;
        while place > 0 && self.front[place - 1] < key {
            self.front[place] = self.front[place - 1];
            place -= 1;
        }
        self.front[place] = key;
        self.front_length += 1;
    }

    /// Moves the earliest of the heap to the empty front; false if there are none.
    #[inline(never)]
    fn refill(&mut self) -> bool {
        let count = REFILL.min(self.heap.len());
        for place in (0..count).rev() {
            self.front[place] = self.heap.pop().expect("as many as were counted");
        }
        self.front_length = count;
        self.refilled = true;
        count > 0
    }
}
