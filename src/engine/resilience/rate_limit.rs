//! Rate limits: who comes too often is turned away, or waits for his turn.

use super::passing::Passing;
use crate::engine::World;
use crate::kernel::time::Time;
use crate::parts::rate_limit::Per;
use crate::plan::{NONE, Plan};
use crate::results::path::Cause;

/// The buckets of all limits.
#[derive(Clone, Debug)]
pub struct Buckets {
    /// When the rate has room for the next request, of each bucket.
    due: Vec<Time>,
    /// Of each limit, where the buckets of its first replica begin, and how many each replica has.
    places: Vec<(usize, usize)>,
    /// How many clients the sources before each have.
    clients_before: Vec<usize>,
    /// Of each limit, where those of its replicas begin.
    first_passing: Vec<usize>,
    passings: Vec<Passing>,
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
        let mut passings = 0;
        let first_passing = plan.limits.iter().map(|limit| {
            passings += limit.replicas as usize;
            passings - limit.replicas as usize
        });
        let first_passing = first_passing.collect();
        let passings = vec![Passing::default(); passings];
        Buckets { due: vec![0; count], places, clients_before, first_passing, passings }
    }

    /// Of one replica's limit.
    pub fn passing(&mut self, limit: u32, replica: u32) -> &mut Passing {
        &mut self.passings[self.first_passing[limit as usize] + replica as usize]
    }
}

impl World {
    /// The visit passes a limit at once or later, or is turned away. Returns who goes on.
    #[inline(never)]
    pub(in crate::engine) fn ask_limit(&mut self, plan: &Plan, slot: u32, number: u32) -> Option<u32> {
        let limit = &plan.limits[number as usize];
        let visit = &self.visits[slot];
        let (instance, root, is_inside) = (visit.instance, visit.root, visit.flags.inside);
        // A process that is gone turns nobody away: whoever comes finds that out next.
        if !is_inside && self.is_down(instance) {
            return self.skip(slot, 1);
        }
        let (first, each) = self.site.buckets.places[number as usize];
        let mut place = first + each * (instance - limit.first_instance) as usize;
        if limit.per == Per::Client && root != NONE {
            let request = &self.visits.requests[root as usize];
            place += self.site.buckets.clients_before[request.source as usize] + request.client as usize;
        }
        let replica = instance - limit.first_instance;
        let wait = limit.bucket.ask(&mut self.site.buckets.due[place], self.clockwork.now);
        let passing = self.site.buckets.passing(number, replica);
        match wait {
            Some(wait) => {
                let watch = &mut self.watch;
                passing.let_pass(limit, wait, self.clockwork.now, &mut |wait| {
                    watch.waited_for_limit(number, wait)
                });
            }
            None => passing.waits(limit).turned_away += 1,
        }
        match wait {
            Some(wait) if wait > 0 && limit.delays => {
                self.visits[slot].step += 1;
                if self.visits[slot].flags.followed {
                    self.note_delay(plan, slot, Cause::RateLimit, wait);
                }
                self.schedule(slot, self.clockwork.now.saturating_add(wait));
                None
            }
            Some(_) => self.skip(slot, 1),
            None => {
                if !is_inside {
                    let counts = &mut self.site.nodes[instance as usize].counts;
                    counts.visits += 1;
                    counts.ended += 1;
                    counts.failed += 1;
                }
                self.end_visit(plan, slot, limit.answer)
            }
        }
    }
}
