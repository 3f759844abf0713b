//! The changing state of nodes: slots, lines, pools and what is counted about them.

use super::resilience::shedding::SlowLine;
use crate::kernel::time::Time;
use crate::nodes::behaviour::Order;
use crate::plan::{NONE, Plan, PoolPlan};

/// One replica of a node. An area is the time integral of a number: it loses `now` when
/// the number rises by one and gains `now` when it falls, so that `area + number × now`
/// is the integral up to now. Areas wrap around; differences between two instants are right.
#[derive(Clone, Debug)]
pub struct NodeState {
    pub busy: u32,
    pub slots: u32,
    pub line_length: u32,
    pub line_limit: u32,
    /// The line's first and last, for lines in order of arrival and its reverse.
    pub head: u32,
    pub tail: u32,
    /// Visits being served.
    pub serving: u32,
    /// Visits that wait for calls to others.
    pub calling: u32,
    /// Slots held beyond one for each visit served: may be negative.
    pub extra: i32,
    /// The node in the plan, shared by its replicas.
    pub node: u32,
    /// Which of the side lines or occupancy records it has, or `NONE`.
    pub side_line: u32,
    pub occupancy: u32,
    pub watchdog_lane: u32,
    pub served_area: u64,
    pub calling_area: u64,
    pub queued_area: u64,
    pub extra_area: u64,
    pub queue_max: u32,
    pub counts: Counts,
}

/// Since the start of the run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub visits: u64,
    pub started: u64,
    pub waited: u64,
    pub ended: u64,
    pub failed: u64,
    pub unwanted: u64,
    pub lookups: u64,
    pub hits: u64,
}

/// A line that is not a plain list: by priority, in random order, or with shedding.
#[derive(Clone, Debug)]
pub enum SideLine {
    /// First and last of each priority.
    Priority(Vec<(u32, u32)>),
    Random(Vec<u32>),
    Slow(SlowLine),
}

/// A pool of database connections of one replica of a caller, or of places for its calls.
#[derive(Clone, Debug)]
pub struct PoolState {
    pub busy: u32,
    pub size: u32,
    pub wait: Time,
    pub head: u32,
    pub tail: u32,
    /// How many stand in its line, and how many may.
    pub length: u32,
    pub line: u32,
}

/// Connections that visits hold until they are done, in lists through a slab.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    pub all: Vec<Session>,
    free: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
pub struct Session {
    pub holds: Holds,
    pub next: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A connection at this instance of a database.
    Connection(u32),
    /// A place in this pool of the caller's.
    Pool(u32),
    /// A place for a call to one of the caller's peers, in the pool of that peer and in that of all
    /// together.
    Peer { together: u32, member: u32 },
    /// An object that it fetches into a cache.
    Object(u32),
}

impl Sessions {
    pub fn add(&mut self, session: Session) -> u32 {
        if let Some(place) = self.free.pop() {
            self.all[place as usize] = session;
            return place;
        }
        self.all.push(session);
        self.all.len() as u32 - 1
    }

    pub fn remove(&mut self, place: u32) -> Session {
        self.free.push(place);
        self.all[place as usize]
    }

    /// Takes one of a list's sessions out of it, if it is there.
    pub fn take_out(&mut self, first: &mut u32, wanted: Holds) -> bool {
        let mut before = NONE;
        let mut place = *first;
        while place != NONE {
            let session = self.all[place as usize];
            if session.holds == wanted {
                match before {
                    NONE => *first = session.next,
                    before => self.all[before as usize].next = session.next,
                }
                self.remove(place);
                return true;
            }
            (before, place) = (place, session.next);
        }
        false
    }

    /// The instances to which a list has connections.
    pub fn connections(&self, first: u32) -> impl Iterator<Item = u32> {
        let sessions = std::iter::successors(self.all.get(first as usize), |session| {
            self.all.get(session.next as usize)
        });
        sessions.filter_map(|session| match session.holds {
            Holds::Connection(instance) => Some(instance),
            Holds::Pool(_) | Holds::Peer { .. } | Holds::Object(_) => None,
        })
    }

    /// The object that is being fetched, if one is.
    pub fn object(&self, first: u32) -> Option<u32> {
        let mut place = first;
        while place != NONE {
            let session = self.all[place as usize];
            if let Holds::Object(object) = session.holds {
                return Some(object);
            }
            place = session.next;
        }
        None
    }

    /// The peer of those of a pool at which a list has got a place last.
    pub fn place_at_peer(&self, first: u32, wanted: u32) -> Option<u32> {
        let mut place = first;
        while place != NONE {
            let session = self.all[place as usize];
            match session.holds {
                Holds::Peer { together, member } if together == wanted => return Some(member),
                _ => place = session.next,
            }
        }
        None
    }

    pub fn holds(&self, first: u32, wanted: Holds) -> bool {
        let mut place = first;
        while place != NONE {
            let session = self.all[place as usize];
            if session.holds == wanted {
                return true;
            }
            place = session.next;
        }
        false
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
        self.queued_area = self.queued_area.wrapping_sub(now);
    }

    #[inline(always)]
    pub fn left_the_line(&mut self, now: Time) {
        self.line_length -= 1;
        self.queued_area = self.queued_area.wrapping_add(now);
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
pub fn states(plan: &Plan) -> (Vec<NodeState>, Vec<SideLine>) {
    let mut lines = Vec::new();
    let mut tracked = 0;
    let priorities = 1 + plan.classes.iter().map(|class| usize::from(class.priority)).max().unwrap_or(0);
    let states = plan.instances.iter().map(|instance| {
        let node = &plan.nodes[instance.node as usize];
        let side_line = match node.order {
            Order::Fifo | Order::Lifo => NONE,
            Order::Priority => {
                lines.push(SideLine::Priority(vec![(NONE, NONE); priorities]));
                lines.len() as u32 - 1
            }
            Order::Shedding(_) => {
                lines.push(SideLine::Slow(SlowLine::new(NONE)));
                lines.len() as u32 - 1
            }
            Order::Random => {
                lines.push(SideLine::Random(Vec::new()));
                lines.len() as u32 - 1
            }
        };
        let occupancy = if node.track_occupancy {
            tracked += 1;
            tracked - 1
        } else {
            NONE
        };
        NodeState {
            busy: 0,
            slots: node.slots,
            line_length: 0,
            line_limit: node.line,
            head: NONE,
            tail: NONE,
            serving: 0,
            calling: 0,
            extra: 0,
            node: instance.node,
            side_line,
            occupancy,
            watchdog_lane: node.watchdog_lane,
            served_area: 0,
            calling_area: 0,
            queued_area: 0,
            extra_area: 0,
            queue_max: 0,
            counts: Counts::default(),
        }
    });
    let states = states.collect();
    (states, lines)
}

pub fn pools(plan: &Plan) -> Vec<PoolState> {
    let one = |pool: &PoolPlan, size: u32| PoolState {
        busy: 0,
        size,
        wait: pool.wait,
        head: NONE,
        tail: NONE,
        length: 0,
        line: pool.line,
    };
    let of_caller = |pool: &PoolPlan| {
        let mut places = vec![one(pool, pool.size.saturating_mul(pool.peers.max(1)))];
        places.resize(1 + pool.peers as usize, one(pool, pool.size));
        places
    };
    plan.pools.iter().flat_map(|pool| (0..pool.callers).flat_map(move |_| of_caller(pool))).collect()
}
