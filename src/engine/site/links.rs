//! What it takes to cross a link.

use super::sending::Sending;
use super::waits::Reading;
use crate::engine::chance::Chance;
use crate::kernel::random::{Generator, uniform};
use crate::kernel::table::{Id, Table};
use crate::kernel::time::{MILLISECOND, SECOND, Time};
use crate::parts::fault::Fault;
use crate::parts::resource::Way;
use crate::plan::ids::Die;
use crate::plan::{LinkPlan, Plan, ids};

/// All links.
#[derive(Clone, Debug)]
pub struct Links {
    all: Table<ids::Link, Link>,
}

/// A link as it is now.
#[derive(Clone, Debug)]
struct Link {
    /// What is being sent, each way: links carry both at once.
    sending: [Sending; 2],
    /// What is wrong with it.
    faults: Vec<FaultInForce>,
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

#[derive(Clone, Copy, Debug)]
struct FaultInForce {
    fault: Fault,
    until: Time,
}

/// What somebody sends over a link.
#[derive(Clone, Copy)]
pub struct Message {
    pub link: Id<ids::Link>,
    pub way: Way,
    pub bytes: u64,
    /// Of a handshake, which come first.
    pub round_trips: u32,
}

/// How long a message takes to cross a link, and what of that is not the link's latency.
#[derive(Clone, Copy, Debug)]
pub struct Crossing {
    pub link: Id<ids::Link>,
    pub time: Time,
    /// It waits until lost segments are sent again, behind other messages, and for its own bytes.
    pub lost: Time,
    pub queued: Time,
    pub sending: Time,
}

/// How one way of a link has been used.
#[derive(Clone, Copy, Debug)]
pub struct Carried {
    /// For how long it has been busy, and cut.
    pub busy: u64,
    pub cut: Time,
    pub waits: Reading,
}

/// TCP sends a lost segment again after this long, and a lost SYN after a second; each
/// further loss doubles the wait.
const RETRANSMISSION: Time = 200 * MILLISECOND;
const LOSSES_MOST: u32 = 6;

impl Links {
    pub fn new(plan: &Plan) -> Links {
        Links { all: plan.links.iter().map(Link::new).collect() }
    }

    /// A message is sent. `waited` is told how long those have waited who did until now.
    pub fn cross(
        &mut self,
        plan: &Plan,
        message: Message,
        chance: &mut Chance,
        now: Time,
        waited: impl FnMut(Time),
    ) -> Crossing {
        let Message { link, way, bytes, round_trips } = message;
        let link_plan = &plan.links[link];
        let state = &mut self.all[link];
        let mut one_way = chance.draws.take(plan, link_plan.latency);
        if let Some(jitter) = link_plan.jitter {
            one_way = one_way.saturating_add(chance.draws.take(plan, jitter));
        }
        one_way = one_way.saturating_add(state.delay);
        let mut time = one_way.saturating_mul(Time::from(1 + 2 * round_trips));
        let is_sound = state.loss == 0.0 && state.cut_until <= now;
        let lost =
            if is_sound { 0 } else { state.time_lost(link_plan.die, &mut chance.dice, round_trips, now) };
        time = time.saturating_add(lost);
        let mut crossing = Crossing { link, time, lost, queued: 0, sending: 0 };
        if state.nanoseconds_per_byte > 0.0 && bytes > 0 {
            let sending = (bytes as f64 * state.nanoseconds_per_byte) as Time;
            let sent_in = state.sending[way as usize].send(sending, now, waited);
            (crossing.queued, crossing.sending) = (sent_in.saturating_sub(sending), sending);
            crossing.time = time.saturating_add(sent_in);
        }
        crossing
    }

    pub fn strike(&mut self, plan: &Plan, link: Id<ids::Link>, fault: Fault, until: Time, now: Time) {
        let state = &mut self.all[link];
        state.faults.push(FaultInForce { fault, until });
        state.put_together(&plan.links[link], now);
    }

    pub fn lift(&mut self, plan: &Plan, link: Id<ids::Link>, fault: Fault, now: Time) {
        let state = &mut self.all[link];
        if let Some(place) = state.faults.iter().position(|other| other.fault == fault) {
            state.faults.swap_remove(place);
        }
        state.put_together(&plan.links[link], now);
    }

    /// How one way of it has been used up to now, and `waited` as above.
    pub fn read(
        &mut self,
        link: Id<ids::Link>,
        way: Way,
        now: Time,
        waited: &mut impl FnMut(Time),
    ) -> Carried {
        let link = &mut self.all[link];
        let cut = link.time_cut(now);
        let sending = &mut link.sending[way as usize];
        sending.catch_up(now, waited);
        Carried { busy: sending.busy(now), cut, waits: sending.read_waits(now) }
    }
}

impl Link {
    fn new(plan: &LinkPlan) -> Link {
        Link {
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

    /// The link as it is planned with all that is wrong with it: delays add up, losses
    /// are independent, and the slowest throttle counts.
    fn put_together(&mut self, plan: &LinkPlan, now: Time) {
        (self.cut_before, self.cut_since) = (self.time_cut(now), now);
        (self.delay, self.cut_until) = (0, 0);
        (self.loss, self.nanoseconds_per_byte) = (plan.loss, plan.nanoseconds_per_byte);
        for &FaultInForce { fault, until } in &self.faults {
            match fault {
                Fault::Delay { by } => self.delay = self.delay.saturating_add(by),
                Fault::Loss { share } => self.loss = 1.0 - (1.0 - self.loss) * (1.0 - share),
                Fault::Throttle { nanoseconds_per_byte } => {
                    self.nanoseconds_per_byte = self.nanoseconds_per_byte.max(nanoseconds_per_byte);
                }
                Fault::Partition => self.cut_until = self.cut_until.max(until),
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
                | Fault::Failover => unreachable!("`{}` strikes no link", fault.name()),
            }
        }
    }

    /// For how long it has been cut up to now.
    fn time_cut(&self, now: Time) -> Time {
        self.cut_before + self.cut_until.min(now).saturating_sub(self.cut_since)
    }

    /// Until segments get through that are lost on the way.
    #[inline(never)]
    fn time_lost(&self, die: Id<Die>, dice: &mut Table<Die, Generator>, round_trips: u32, now: Time) -> Time {
        let mut lost: Time = 0;
        if self.cut_until > now {
            let first_wait = if round_trips > 0 { SECOND } else { RETRANSMISSION };
            lost = repeated_until(now, self.cut_until, first_wait);
        }
        if self.loss > 0.0 {
            let generator = &mut dice[die];
            for trip in 0..=round_trips {
                let mut wait = if trip < round_trips { SECOND } else { RETRANSMISSION };
                let mut losses = 0;
                while losses < LOSSES_MOST && uniform(generator) < self.loss {
                    lost = lost.saturating_add(wait);
                    wait *= 2;
                    losses += 1;
                }
            }
        }
        lost
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
