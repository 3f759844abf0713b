//! What it takes to cross a link.

use super::Simulation;
use crate::kernel::random::uniform;
use crate::kernel::time::{MILLISECOND, SECOND, Time};
use crate::plan::NONE;

/// When the last byte so far will have left, for each way: links carry both at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct LinkState {
    free_at: [Time; 2],
}

/// Which way a message goes over a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Out,
    Back,
}

/// TCP sends a lost segment again after this long, and a lost SYN after a second; each
/// further loss doubles the wait.
const RETRANSMISSION: Time = 200 * MILLISECOND;
const LOSSES_MOST: u32 = 6;

impl Simulation<'_> {
    /// The time for a message over a link, after so many round trips of handshake.
    pub(super) fn travel(&mut self, link: u32, way: Way, bytes: u64, round_trips: u32) -> Time {
        let plan = &self.plan.links[link as usize];
        let mut one_way = self.draws.take(self.plan, plan.latency);
        if plan.jitter != NONE {
            one_way = one_way.saturating_add(self.draws.take(self.plan, plan.jitter));
        }
        let mut time = one_way.saturating_mul(Time::from(1 + 2 * round_trips));
        if plan.loss > 0.0 {
            let generator = &mut self.dice[plan.die as usize];
            for trip in 0..=round_trips {
                let mut wait = if trip < round_trips { SECOND } else { RETRANSMISSION };
                let mut losses = 0;
                while losses < LOSSES_MOST && uniform(generator) < plan.loss {
                    time = time.saturating_add(wait);
                    wait *= 2;
                    losses += 1;
                }
            }
        }
        if plan.nanoseconds_per_byte > 0.0 && bytes > 0 {
            let sending = (bytes as f64 * plan.nanoseconds_per_byte) as Time;
            let free_at = &mut self.links[link as usize].free_at[way as usize];
            *free_at = (*free_at).max(self.now).saturating_add(sending);
            time = time.saturating_add(*free_at - self.now);
        }
        time
    }
}
