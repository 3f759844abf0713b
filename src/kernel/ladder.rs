//! A ladder queue: a heap for what comes soon, buckets of equal width for what comes
//! later, and one unsorted heap of things for what comes after that.
//!
//! With few events pending it is the heap alone. With many, each event is added to the end of
//! its bucket and looked at again only when that bucket's turn has come; then the bucket is
//! sorted as a whole. There are few enough buckets for their ends to stay near the processor,
//! and all else is read and written in a row, so that the cost of an event hardly grows with
//! the number of those that wait.

use super::agenda::{Event, EventQueue, Key};
use super::fronted::FrontedHeap;
use super::time::Time;

/// Events in the heap beyond which a rung of buckets is laid.
const HEAP_LONGEST: usize = 1_024;
/// Events that a bucket should hold.
const PER_BUCKET: usize = 512;
const BUCKETS_MOST: usize = 1 << 10;
/// Events of one bucket lie together in blocks of this many.
const BLOCK: usize = 15;
const NO_BLOCK: u32 = u32::MAX;
/// So many of a sorted bucket come near at a time.
const NEAR: usize = 28;

#[derive(Clone, Copy, Debug)]
struct Block {
    keys: [Key; BLOCK],
    length: u32,
    next: u32,
}

#[derive(Clone, Debug)]
pub struct Ladder {
    /// All events before `near_end` but those that are sorted.
    near: FrontedHeap,
    near_end: Time,
    /// The bucket whose turn it is, latest first.
    sorted: Vec<Key>,
    /// How many of them will be left when the next come near.
    sorted_beyond: usize,
    /// The first block of each bucket; bucket b covers `2^shift` ns from `start + b × 2^shift`.
    buckets: Vec<u32>,
    bucket_count: usize,
    current: usize,
    start: Time,
    shift: u32,
    blocks: Vec<Block>,
    free_block: u32,
    in_buckets: usize,
    /// Events after the last bucket.
    far: Vec<Key>,
}

impl EventQueue for Ladder {
    fn new() -> Self {
        Ladder {
            near: FrontedHeap::new(),
            near_end: Time::MAX,
            sorted: Vec::new(),
            sorted_beyond: 0,
            buckets: Vec::new(),
            bucket_count: 0,
            current: 0,
            start: 0,
            shift: 0,
            blocks: Vec::new(),
            free_block: NO_BLOCK,
            in_buckets: 0,
            far: Vec::new(),
        }
    }

    #[inline(always)]
    fn push(&mut self, event: Event) {
        if event.time >= self.near_end {
            self.push_far(event);
        } else if self.near.push_key(event.key()) && self.near.heap_len() > HEAP_LONGEST {
            self.spill();
        }
    }

    #[inline(always)]
    fn pop_before(&mut self, limit: Time) -> Option<Event> {
        // While no rung is laid nothing is sorted. Where clocks and lanes hold all that is to come
        // the heap is empty, and asked before every event.
        if self.near_end == Time::MAX { self.near.pop_before(limit) } else { self.pop_from_rung(limit) }
    }

    #[inline(always)]
    fn come_near(&mut self) -> Option<&[Key]> {
        if self.sorted.len() > self.sorted_beyond || self.sorted.is_empty() {
            return self.near.come_near();
        }
        self.sorted_beyond = self.sorted.len().saturating_sub(NEAR);
        Some(&self.sorted[self.sorted_beyond..])
    }

    #[inline(always)]
    fn len(&self) -> usize {
        self.near.len() + self.sorted.len() + self.in_buckets + self.far.len()
    }
}

impl Ladder {
    #[inline(never)]
    fn pop_from_rung(&mut self, limit: Time) -> Option<Event> {
        if self.sorted.is_empty() && self.near.is_empty() {
            self.sort_next();
        }
        let Some(&sorted) = self.sorted.last() else { return self.near.pop_before(limit) };
        if self.near.first().is_some_and(|near| near.key() < sorted) {
            return self.near.pop_before(limit);
        }
        let first = Event::from_key(sorted);
        if first.time >= limit {
            return None;
        }
        self.sorted.pop();
        Some(first)
    }

    #[inline(never)]
    fn push_far(&mut self, event: Event) {
        let bucket = ((event.time - self.start) >> self.shift) as usize;
        // While no rung is laid `near_end` is the end of time, and an event there is far.
        if self.near_end == Time::MAX || bucket >= self.bucket_count {
            self.far.push(event.key());
        } else {
            self.push_to_bucket(bucket, event.key());
        }
    }

    fn push_to_bucket(&mut self, bucket: usize, key: Key) {
        self.in_buckets += 1;
        let first = self.buckets[bucket];
        if first != NO_BLOCK {
            let block = &mut self.blocks[first as usize];
            if (block.length as usize) < BLOCK {
                block.keys[block.length as usize] = key;
                block.length += 1;
                return;
            }
        }
        let mut fresh = Block { keys: [0; BLOCK], length: 1, next: first };
        fresh.keys[0] = key;
        let place = self.free_block;
        if place == NO_BLOCK {
            self.buckets[bucket] = self.blocks.len() as u32;
            self.blocks.push(fresh);
        } else {
            self.free_block = self.blocks[place as usize].next;
            self.blocks[place as usize] = fresh;
            self.buckets[bucket] = place;
        }
    }

    /// The heap has grown too long: all but its front goes into buckets.
    #[inline(never)]
    fn spill(&mut self) {
        if self.near_end != Time::MAX {
            // The buckets are laid; this one is merely full.
            return;
        }
        let Ladder { near, far, .. } = self;
        far.extend(near.drain_heap());
        self.lay_rung();
    }

    /// Moves on to the next bucket that has events.
    #[inline(never)]
    fn sort_next(&mut self) {
        if self.near_end == Time::MAX {
            return;
        }
        loop {
            while self.in_buckets > 0 && self.current < self.bucket_count {
                let bucket = self.current;
                self.current += 1;
                self.near_end = self.start + ((self.current as Time) << self.shift);
                if self.buckets[bucket] != NO_BLOCK {
                    self.sort_bucket(bucket);
                    return;
                }
            }
            if self.far.is_empty() {
                self.near_end = Time::MAX;
                return;
            }
            if self.far.len() <= HEAP_LONGEST / 2 {
                // Few enough for the heap alone.
                self.near_end = Time::MAX;
                while let Some(key) = self.far.pop() {
                    self.near.push_key(key);
                }
                return;
            }
            self.lay_rung();
        }
    }

    fn sort_bucket(&mut self, bucket: usize) {
        let mut place = std::mem::replace(&mut self.buckets[bucket], NO_BLOCK);
        while place != NO_BLOCK {
            let block = &mut self.blocks[place as usize];
            let next = block.next;
            self.sorted.extend_from_slice(&block.keys[..block.length as usize]);
            block.next = self.free_block;
            self.free_block = place;
            place = next;
        }
        self.in_buckets -= self.sorted.len();
        self.sorted.sort_unstable_by(|one, other| other.cmp(one));
        self.sorted_beyond = self.sorted.len();
    }

    /// Spreads the far events over buckets that reach twice their mean distance ahead.
    fn lay_rung(&mut self) {
        let time_of = |key: Key| (key >> 64) as Time;
        let earliest = self.far.iter().map(|&key| time_of(key)).min().expect("far events");
        let total: u128 = self.far.iter().map(|&key| Key::from(time_of(key) - earliest)).sum();
        let reach = (2 * total / self.far.len() as u128).min(u128::from(Time::MAX / 4)) as Time;
        let wanted = (self.far.len() / PER_BUCKET).next_power_of_two().clamp(16, BUCKETS_MOST);
        self.shift = (reach / wanted as Time).max(1).ilog2() + 1;
        self.bucket_count = wanted;
        if self.buckets.len() < wanted {
            self.buckets.resize(wanted, NO_BLOCK);
        }
        self.start = earliest;
        self.current = 0;
        // Buckets past the end of time are not needed, and could not be counted.
        let last = ((Time::MAX - 1 - earliest) >> self.shift) as usize;
        self.bucket_count = self.bucket_count.min(last);
        self.near_end = self.start;
        let mut kept = 0;
        for place in 0..self.far.len() {
            let key = self.far[place];
            let bucket = ((time_of(key) - earliest) >> self.shift) as usize;
            if bucket < self.bucket_count {
                self.push_to_bucket(bucket, key);
            } else {
                self.far[kept] = key;
                kept += 1;
            }
        }
        self.far.truncate(kept);
    }
}
