//! Lists through visits, by the slots of their neighbours: lines of stations and of pools.

use crate::engine::visit::Visits;
use crate::plan::NONE;

#[inline(always)]
pub fn append(visits: &mut Visits, head: &mut u32, tail: &mut u32, slot: u32) {
    visits[slot].next = NONE;
    visits[slot].previous = *tail;
    match *tail {
        NONE => *head = slot,
        last => visits[last].next = slot,
    }
    *tail = slot;
}

pub fn prepend(visits: &mut Visits, head: &mut u32, tail: &mut u32, slot: u32) {
    visits[slot].previous = NONE;
    visits[slot].next = *head;
    match *head {
        NONE => *tail = slot,
        first => visits[first].previous = slot,
    }
    *head = slot;
}

#[inline(always)]
pub fn unlink(visits: &mut Visits, head: &mut u32, tail: &mut u32, slot: u32) {
    let (next, previous) = (visits[slot].next, visits[slot].previous);
    match previous {
        NONE => *head = next,
        previous => visits[previous].next = next,
    }
    match next {
        NONE => *tail = previous,
        next => visits[next].previous = previous,
    }
}
