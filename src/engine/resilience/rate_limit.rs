//! Rate limits: who comes too often is turned away, or waits for his turn.

use crate::engine::Simulation;
use crate::kernel::time::Time;
use crate::parts::rate_limit::Per;
use crate::plan::{NONE, Plan};
use crate::results::path::Cause;

/// The buckets of all limits.
#[derive(Debug)]
pub struct Buckets {
    /// When the rate has room for the next request, of each bucket.
    due: Vec<Time>,
    /// Of each limit, where the buckets of its first replica begin, and how many each replica has.
    places: Vec<(usize, usize)>,
    /// How many clients the sources before each have.
    clients_before: Vec<usize>,
}

impl Buckets {
    pub fn new(plan: &Plan) -> Self {
        let mut clients = 0;
        let clients_before = plan.sources.iter().map(|source| {
            clients += source.clients as usize;
            clients - source.clients as usize
        });
        let clients_before = clients_before.collect();
        let mut count = 0;
        let places = plan.limits.iter().map(|limit| {
            let each = match limit.per {
                Per::Site => 1,
                Per::Client => clients,
            };
            count += each * limit.replicas as usize;
            (count - each * limit.replicas as usize, each)
        });
        let places = places.collect();
        Buckets { due: vec![0; count], places, clients_before }
    }
}

impl Simulation<'_> {
    /// The visit passes a limit at once or later, or is turned away. Returns who goes on.
    #[inline(never)]
    pub(in crate::engine) fn ask_limit(&mut self, slot: u32, number: u32) -> Option<u32> {
        let limit = &self.plan.limits[number as usize];
        let visit = &self.visits[slot];
        let (instance, root, is_inside) = (visit.instance, visit.root, visit.flags.inside);
        // A process that is gone turns nobody away: whoever comes finds that out next.
        if self.disturbed && !is_inside && self.conditions[instance as usize].is_down() {
            return self.skip(slot, 1);
        }
        let (first, each) = self.buckets.places[number as usize];
        let mut place = first + each * (instance - limit.first_instance) as usize;
        if limit.per == Per::Client && root != NONE {
            let request = &self.visits.requests[root as usize];
            place += self.buckets.clients_before[request.source as usize] + request.client as usize;
        }
        match limit.bucket.ask(&mut self.buckets.due[place], self.now) {
            Some(wait) if wait > 0 && limit.delays => {
                self.visits[slot].step += 1;
                if self.visits[slot].flags.followed {
                    self.note_delay(slot, Cause::RateLimit, wait);
                }
                self.schedule(slot, self.now.saturating_add(wait));
                None
            }
            Some(_) => self.skip(slot, 1),
            None => {
                if !is_inside {
                    let counts = &mut self.nodes[instance as usize].counts;
                    counts.visits += 1;
                    counts.ended += 1;
                    counts.failed += 1;
                }
                self.end_visit(slot, limit.answer)
            }
        }
    }
}
