//! Lists through visits, by the slots of their neighbours: lines of stations and of pools.

use crate::engine::visit::{Visit, Visits};
use crate::kernel::table::Id;

#[inline(always)]
pub fn append(
    visits: &mut Visits,
    head: &mut Option<Id<Visit>>,
    tail: &mut Option<Id<Visit>>,
    slot: Id<Visit>,
) {
    visits[slot].next = None;
    visits[slot].previous = *tail;
    match *tail {
        None => *head = Some(slot),
        Some(last) => visits[last].next = Some(slot),
    }
    *tail = Some(slot);
}

pub fn prepend(
    visits: &mut Visits,
    head: &mut Option<Id<Visit>>,
    tail: &mut Option<Id<Visit>>,
    slot: Id<Visit>,
) {
    visits[slot].previous = None;
    visits[slot].next = *head;
    match *head {
        None => *tail = Some(slot),
        Some(first) => visits[first].previous = Some(slot),
    }
    *head = Some(slot);
}

#[inline(always)]
pub fn unlink(
    visits: &mut Visits,
    head: &mut Option<Id<Visit>>,
    tail: &mut Option<Id<Visit>>,
    slot: Id<Visit>,
) {
    let (next, previous) = (visits[slot].next, visits[slot].previous);
    match previous {
        None => *head = next,
        Some(previous) => visits[previous].next = next,
    }
    match next {
        None => *tail = previous,
        Some(next) => visits[next].previous = previous,
    }
}
