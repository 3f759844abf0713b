//! The changing state of nodes: slots, lines, pools and what is counted about them.

use crate::engine::visit::Visit;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::nodes::behaviour::Order;
use crate::parts::shedding::{Codel, Shedding};
use crate::plan::Plan;
use crate::plan::ids::{Instance, Node, Occupancy, Processor, WatchdogLane};

/// One replica of a node. An area is the time integral of a number: it loses `now` when
/// the number rises by one and gains `now` when it falls, so that `area + number × now`
/// is the integral up to now. Areas wrap around; differences between two instants are right.
#[derive(Clone, Debug)]
pub struct NodeState {
    pub busy: u32,
    pub slots: u32,
    pub line_length: u32,
    pub line_limit: u32,
    /// Something is so here that is seldom so, and whoever comes, works or leaves has to be looked at:
    /// a fault is in force, it is cold, or somebody wants to know who is inside.
    pub needs_care: bool,
    /// The slots and the places in line that it has when it is well: beside them it is full.
    pub capacity: u32,
    pub line_capacity: u32,
    /// The line's first and last, for lines in order of arrival and its reverse.
    pub head: Option<Id<Visit>>,
    pub tail: Option<Id<Visit>>,
    /// Visits being served.
    pub serving: u32,
    /// Visits that wait for calls to others.
    pub calling: u32,
    /// Slots held beyond one for each visit served: may be negative.
    pub extra: i32,
    /// The node in the plan, shared by its replicas.
    pub node: Id<Node>,
    /// Its line, if that is more than a list.
    pub side_line: Option<Id<SideLine>>,
    /// Where it is told how many are inside, if that is wanted.
    pub occupancy: Option<Id<Occupancy>>,
    pub watchdog_lane: Option<Id<WatchdogLane>>,
    /// What shares out its CPU time, if anything does.
    pub processor: Option<Id<Processor>>,
    pub served_area: u64,
    pub calling_area: u64,
    pub queued_area: u64,
    pub extra_area: u64,
    /// The time during which all slots, and all places in line, were taken.
    pub full_area: u64,
    pub line_full_area: u64,
    pub queue_max: u32,
    pub counts: Counts,
}

/// Since the start of the run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub visits: u64,
    pub started: u64,
    pub waited: u64,
    /// How long these had waited; it wraps around, as areas do.
    pub waited_time: u64,
    /// Visits that left the line without a slot, and how long they had waited.
    pub left: u64,
    pub left_time: u64,
    /// Those for whom there was neither a slot nor a place in line; SYNs are counted one by one.
    pub turned_away: u64,
    pub ended: u64,
    pub failed: u64,
    pub unwanted: u64,
    /// Visits that failed after their caller had gone on without them, as it is meant to, and calls
    /// that failed and that the request did without.
    pub background_lost: u64,
    pub optional_lost: u64,
    pub lookups: u64,
    pub hits: u64,
}

impl Counts {
    /// A visit gets its slot after so long in line.
    #[inline(always)]
    pub fn has_waited(&mut self, time: Time) {
        self.waited += 1;
        self.waited_time = self.waited_time.wrapping_add(time);
    }

    /// A visit leaves the line without having had a slot.
    pub fn left_unserved(&mut self, time: Time) {
        self.left += 1;
        self.left_time = self.left_time.wrapping_add(time);
    }
}

/// A line that is not a plain list: by priority, in random order, or with shedding.
#[derive(Clone, Debug)]
pub enum SideLine {
    /// First and last of each priority.
    Priority(Vec<Ends>),
    Random(Vec<Id<Visit>>),
    Slow(SlowLine),
}

/// A line's first and last, if anybody stands in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ends {
    pub head: Option<Id<Visit>>,
    pub tail: Option<Id<Visit>>,
}

/// A line of which the oldest may be turned away.
#[derive(Clone, Copy, Debug, Default)]
pub struct SlowLine {
    pub head: Option<Id<Visit>>,
    pub tail: Option<Id<Visit>>,
    codel: Codel,
}

impl SlowLine {
    /// Whether its oldest, who has waited for so long, is to be turned away.
    pub fn sheds(&mut self, settings: &Shedding, waited: Time, is_alone: bool, now: Time) -> bool {
        self.codel.sheds(settings, waited, is_alone, now)
    }
}

impl NodeState {
    #[inline(always)]
    pub fn serve_one(&mut self, now: Time) {
        self.serving += 1;
        self.served_area = self.served_area.wrapping_sub(now);
        self.counts.started += 1;
    }

    #[inline(always)]
    pub fn served_one(&mut self, now: Time) {
        self.serving -= 1;
        self.served_area = self.served_area.wrapping_add(now);
        self.counts.ended += 1;
    }

    #[inline(always)]
    pub fn calls(&mut self, now: Time) {
        self.calling += 1;
        self.calling_area = self.calling_area.wrapping_sub(now);
    }

    #[inline(always)]
    pub fn called(&mut self, now: Time) {
        self.calling -= 1;
        self.calling_area = self.calling_area.wrapping_add(now);
    }

    #[inline(always)]
    pub fn stand_in_line(&mut self, now: Time) {
        self.line_length += 1;
        self.queue_max = self.queue_max.max(self.line_length);
        if self.line_length == self.line_capacity {
            self.line_full_area = self.line_full_area.wrapping_sub(now);
        }
        self.queued_area = self.queued_area.wrapping_sub(now);
    }

    #[inline(always)]
    pub fn left_the_line(&mut self, now: Time) {
        if self.line_length == self.line_capacity {
            self.line_full_area = self.line_full_area.wrapping_add(now);
        }
        self.line_length -= 1;
        self.queued_area = self.queued_area.wrapping_add(now);
    }

    /// Somebody takes a slot that is free.
    #[inline(always)]
    pub fn take(&mut self, now: Time) {
        self.busy += 1;
        if self.busy == self.capacity {
            self.full_area = self.full_area.wrapping_sub(now);
        }
    }

    /// A slot is free, and nobody gets it.
    #[inline(always)]
    pub fn give_back(&mut self, now: Time) {
        if self.busy == self.capacity {
            self.full_area = self.full_area.wrapping_add(now);
        }
        self.busy -= 1;
    }

    fn is_full(&self) -> bool {
        self.busy >= self.capacity && self.capacity > 0
    }

    fn is_line_full(&self) -> bool {
        self.line_length >= self.line_capacity && self.line_capacity > 0
    }

    /// From now on it has so many slots.
    pub fn set_capacity(&mut self, capacity: u32, now: Time) {
        if self.is_full() {
            self.full_area = self.full_area.wrapping_add(now);
        }
        self.capacity = capacity;
        if self.is_full() {
            self.full_area = self.full_area.wrapping_sub(now);
        }
    }

    /// For how long all slots, and all places in line, have been taken up to now.
    pub fn time_full(&self, now: Time) -> [u64; 2] {
        let up_to_now = |area: u64, is_full: bool| area.wrapping_add(if is_full { now } else { 0 });
        [up_to_now(self.full_area, self.is_full()), up_to_now(self.line_full_area, self.is_line_full())]
    }

    pub fn hold_extra(&mut self, change: i32, now: Time) {
        self.extra += change;
        self.extra_area = self.extra_area.wrapping_sub((now as i64).wrapping_mul(i64::from(change)) as u64);
    }

    /// The integrals up to now: served, calling, queued and extra slots.
    pub fn integrals(&self, now: Time) -> [u64; 4] {
        let up_to_now = |area: u64, number: i64| area.wrapping_add(now.wrapping_mul(number as u64));
        [
            up_to_now(self.served_area, i64::from(self.serving)),
            up_to_now(self.calling_area, i64::from(self.calling)),
            up_to_now(self.queued_area, i64::from(self.line_length)),
            up_to_now(self.extra_area, i64::from(self.extra)),
        ]
    }
}

/// All replicas in their first state, and the lines that need more than a list.
pub fn states(plan: &Plan) -> (Table<Instance, NodeState>, Table<SideLine, SideLine>) {
    let mut lines = Table::new();
    let mut tracked = (0..).map(Id::numbered);
    let priorities = 1 + plan.classes.iter().map(|class| usize::from(class.priority)).max().unwrap_or(0);
    let states = plan.instances.iter().map(|instance| {
        let node = &plan.nodes[instance.node];
        let side_line = match node.order {
            Order::Fifo | Order::Lifo => None,
            Order::Priority => Some(lines.push(SideLine::Priority(vec![Ends::default(); priorities]))),
            Order::Shedding(_) => Some(lines.push(SideLine::Slow(SlowLine::default()))),
            Order::Random => Some(lines.push(SideLine::Random(Vec::new()))),
        };
        let occupancy = if node.track_occupancy { tracked.next() } else { None };
        NodeState {
            busy: 0,
            slots: node.slots,
            line_length: 0,
            line_limit: node.line,
            needs_care: false,
            capacity: node.slots,
            line_capacity: node.line,
            head: None,
            tail: None,
            serving: 0,
            calling: 0,
            extra: 0,
            node: instance.node,
            side_line,
            occupancy,
            watchdog_lane: node.watchdog_lane,
            processor: instance.processor,
            served_area: 0,
            calling_area: 0,
            queued_area: 0,
            extra_area: 0,
            full_area: 0,
            line_full_area: 0,
            queue_max: 0,
            counts: Counts::default(),
        }
    });
    let states = states.collect();
    (states, lines)
}
