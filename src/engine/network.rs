//! What it takes to cross a link.

use super::World;
use super::sending::Sending;
use super::watch::Crossing;
use crate::kernel::random::uniform;
use crate::kernel::time::{MILLISECOND, SECOND, Time};
use crate::parts::fault::Fault;
use crate::parts::resource::Way;
use crate::plan::{LinkPlan, NONE, Plan};

/// A link as it is now.
#[derive(Clone, Debug)]
pub struct LinkState {
    /// What is being sent, each way: links carry both at once.
    pub sending: [Sending; 2],
    /// What is wrong with it.
    faults: Vec<(Fault, Time)>,
    /// What every message has to wait in addition to the link's latency.
    delay: Time,
    loss: f64,
    nanoseconds_per_byte: f64,
    /// Until then nothing gets through.
    cut_until: Time,
    /// Since when, and for how long it has been cut before.
    cut_since: Time,
    cut_before: Time,
}

/// TCP sends a lost segment again after this long, and a lost SYN after a second; each
/// further loss doubles the wait.
const RETRANSMISSION: Time = 200 * MILLISECOND;
const LOSSES_MOST: u32 = 6;

impl LinkState {
    pub fn new(plan: &LinkPlan) -> Self {
        LinkState {
            sending: [Sending::default(), Sending::default()],
            faults: Vec::new(),
            delay: 0,
            loss: plan.loss,
            nanoseconds_per_byte: plan.nanoseconds_per_byte,
            cut_until: 0,
            cut_since: 0,
            cut_before: 0,
        }
    }

    pub fn strike(&mut self, plan: &LinkPlan, fault: Fault, until: Time, now: Time) {
        self.faults.push((fault, until));
        self.put_together(plan, now);
    }

    pub fn lift(&mut self, plan: &LinkPlan, fault: Fault, now: Time) {
        if let Some(place) = self.faults.iter().position(|&(other, _)| other == fault) {
            self.faults.swap_remove(place);
        }
        self.put_together(plan, now);
    }

    /// The link as it is planned with all that is wrong with it: delays add up, losses
    /// are independent, and the slowest throttle counts.
    fn put_together(&mut self, plan: &LinkPlan, now: Time) {
        (self.cut_before, self.cut_since) = (self.time_cut(now), now);
        (self.delay, self.cut_until) = (0, 0);
        (self.loss, self.nanoseconds_per_byte) = (plan.loss, plan.nanoseconds_per_byte);
        for &(fault, until) in &self.faults {
            match fault {
                Fault::Delay { by } => self.delay = self.delay.saturating_add(by),
                Fault::Loss { share } => self.loss = 1.0 - (1.0 - self.loss) * (1.0 - share),
                Fault::Throttle { nanoseconds_per_byte } => {
                    self.nanoseconds_per_byte = self.nanoseconds_per_byte.max(nanoseconds_per_byte);
                }
                Fault::Partition => self.cut_until = self.cut_until.max(until),
                // These hit instances.
                Fault::Crash
                | Fault::Hang
                | Fault::Slow { .. }
                | Fault::Errors { .. }
                | Fault::BlackHole
                | Fault::FullDisk
                | Fault::Leak { .. }
                | Fault::DataLoss
                | Fault::DnsOutage
                | Fault::ExpiredCertificate
                | Fault::Failover => {}
            }
        }
    }
}

impl LinkState {
    /// For how long it has been cut up to now.
    pub fn time_cut(&self, now: Time) -> Time {
        self.cut_before + self.cut_until.min(now).saturating_sub(self.cut_since)
    }
}

/// When TCP's next repetition gets through a cut link: it sends again after the first
/// wait, and each further wait is twice as long.
fn repeated_until(now: Time, cut_until: Time, first_wait: Time) -> Time {
    let (mut waited, mut wait) = (0_u64, first_wait);
    while now.saturating_add(waited) < cut_until {
        waited = waited.saturating_add(wait);
        wait = wait.saturating_mul(2);
    }
    waited
}

impl World {
    /// What a message meets on a link, after so many round trips of handshake.
    pub(super) fn travel(
        &mut self,
        plan: &Plan,
        link: u32,
        way: Way,
        bytes: u64,
        round_trips: u32,
    ) -> Crossing {
        let link_plan = &plan.links[link as usize];
        let state = &self.site.links[link as usize];
        let mut one_way = self.chance.draws.take(plan, link_plan.latency);
        if link_plan.jitter != NONE {
            one_way = one_way.saturating_add(self.chance.draws.take(plan, link_plan.jitter));
        }
        one_way = one_way.saturating_add(state.delay);
        let mut time = one_way.saturating_mul(Time::from(1 + 2 * round_trips));
        let is_sound = state.loss == 0.0 && state.cut_until <= self.clockwork.now;
        let lost = if is_sound { 0 } else { self.time_lost(plan, link, round_trips) };
        time = time.saturating_add(lost);
        let mut crossing = Crossing { link, time, lost, queued: 0, sending: 0 };
        let state = &mut self.site.links[link as usize];
        if state.nanoseconds_per_byte > 0.0 && bytes > 0 {
            let sending = (bytes as f64 * state.nanoseconds_per_byte) as Time;
            let waited = |wait| self.watch.waited_for_link(link, way, wait);
            let sent_in = state.sending[way as usize].send(sending, self.clockwork.now, waited);
            (crossing.queued, crossing.sending) = (sent_in.saturating_sub(sending), sending);
            crossing.time = time.saturating_add(sent_in);
        }
        crossing
    }

    /// Until segments get through that are lost on the way.
    #[inline(never)]
    fn time_lost(&mut self, plan: &Plan, link: u32, round_trips: u32) -> Time {
        let (plan, state) = (&plan.links[link as usize], &self.site.links[link as usize]);
        let mut lost: Time = 0;
        if state.cut_until > self.clockwork.now {
            let first_wait = if round_trips > 0 { SECOND } else { RETRANSMISSION };
            lost = repeated_until(self.clockwork.now, state.cut_until, first_wait);
        }
        if state.loss > 0.0 {
            let generator = &mut self.chance.dice[plan.die as usize];
            for trip in 0..=round_trips {
                let mut wait = if trip < round_trips { SECOND } else { RETRANSMISSION };
                let mut losses = 0;
                while losses < LOSSES_MOST && uniform(generator) < state.loss {
                    lost = lost.saturating_add(wait);
                    wait *= 2;
                    losses += 1;
                }
            }
        }
        lost
    }
}
