//! The condition of one replica: which faults are in force, and what they make of those who
//! come in.

use crate::kernel::time::Time;
use crate::parts::fault::Fault;
use crate::parts::release::Release;

#[derive(Clone, Debug)]
pub struct Condition {
    /// Reasons why its process is not there: crashes of its own and of its host, booting.
    down: u32,
    /// Of these, how many make its host silent.
    silent: u32,
    hung: u32,
    black_holes: u32,
    full_disks: u32,
    expired: u32,
    dns_outages: u32,
    slowdowns: Faults,
    errors: Faults,
    room: Room,
    /// Reasons why callers that have a choice send it nothing new.
    drained_for: u32,
    /// Of these, how many are over when it is up again.
    drained_until_up: u32,
    /// Writes wait until then.
    writes_locked_until: Option<Time>,
    /// The version that runs, and one that a share of the requests meets instead.
    version: Release,
    canary: Option<Canary>,
    /// It has crashed, and was not merely stopped.
    has_crashed: bool,
    /// Since when it has been serving without what it had in memory, and until when that is felt.
    cold_since: Time,
    cold_until: Time,
    down_since: Time,
    down_time: Time,
}

/// The slots and the places in line that it has when it is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub slots: u32,
    pub line_limit: u32,
}

/// A new version that only so many of the requests meet.
#[derive(Clone, Copy, Debug)]
pub struct Canary {
    pub share: f64,
    pub release: Release,
}

/// Faults of one sort in force, and their product.
#[derive(Clone, Copy, Debug)]
struct Faults {
    count: u32,
    product: f64,
}

impl Faults {
    const NONE: Faults = Faults { count: 0, product: 1.0 };

    fn add(&mut self, factor: f64) {
        self.count += 1;
        self.product *= factor;
    }

    fn remove(&mut self, factor: f64) {
        self.count -= 1;
        // Without any it is exactly one again.
        self.product = if self.count == 0 { 1.0 } else { self.product / factor };
    }
}

/// How far a replica is from what it is in a run in which nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// Not at all.
    Nowhere,
    /// Those who have come in, or ask something of it, have to be looked at.
    Inside,
    /// So have those who come in.
    AtTheDoor,
}

/// Somebody who comes in.
#[derive(Clone, Copy, Debug)]
pub struct Comer {
    /// Over a connection that is new, and over one that is encrypted.
    pub is_fresh: bool,
    pub is_encrypted: bool,
    pub writes: bool,
}

/// What a replica does with somebody who comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// What it always does, but for errors of which chance decides.
    AsUsual,
    Refuse,
    SendSynAgain,
    Fail,
    /// It comes in at this instant.
    ComeBackAt(Time),
    /// Into the line, however many workers are free.
    Wait,
}

impl Condition {
    pub fn well(room: Room) -> Condition {
        Condition {
            down: 0,
            silent: 0,
            hung: 0,
            black_holes: 0,
            full_disks: 0,
            expired: 0,
            dns_outages: 0,
            slowdowns: Faults::NONE,
            errors: Faults::NONE,
            room,
            drained_for: 0,
            drained_until_up: 0,
            writes_locked_until: None,
            version: Release::ALIKE,
            canary: None,
            has_crashed: false,
            cold_since: 0,
            cold_until: 0,
            down_since: 0,
            down_time: 0,
        }
    }

    /// Where somebody has to look at it. Each field is named, so that whoever adds one has to say
    /// who feels it.
    pub fn care(&self, now: Time) -> Care {
        let Condition {
            down,
            hung,
            black_holes,
            full_disks,
            expired,
            dns_outages,
            slowdowns,
            errors,
            writes_locked_until,
            version,
            canary,
            cold_until,
            // Some of those for which it is down.
            silent: _,
            // What it has when it is well.
            room: _,
            // This is asked by whoever chooses among peers.
            drained_for: _,
            drained_until_up: _,
            // Whether it has to recover matters when it starts.
            has_crashed: _,
            // These only say since when, and for how long.
            cold_since: _,
            down_since: _,
            down_time: _,
        } = self;
        let faults = down + hung + black_holes + full_disks + expired + errors.count;
        let errs = version.errors > 0.0 || canary.is_some_and(|canary| canary.release.errors > 0.0);
        if faults > 0 || writes_locked_until.is_some() || errs {
            return Care::AtTheDoor;
        }
        let is_new = *version != Release::ALIKE || canary.is_some();
        match slowdowns.count + dns_outages > 0 || is_new || now < *cold_until {
            true => Care::Inside,
            false => Care::Nowhere,
        }
    }

    /// What it does with somebody who comes in.
    pub fn treat(&self, comer: Comer, now: Time) -> Treatment {
        if self.silent > 0 {
            return Treatment::SendSynAgain;
        }
        if self.down > 0 {
            return Treatment::Refuse;
        }
        if self.hung > 0 {
            return Treatment::Wait;
        }
        if self.expired > 0 && comer.is_fresh && comer.is_encrypted {
            return Treatment::Refuse;
        }
        if self.black_holes > 0 || (self.full_disks > 0 && comer.writes) {
            return Treatment::Fail;
        }
        let locked = self.writes_locked_until.filter(|&until| comer.writes && until > now);
        locked.map_or(Treatment::AsUsual, Treatment::ComeBackAt)
    }

    pub fn is_down(&self) -> bool {
        self.down > 0
    }

    pub fn hangs(&self) -> bool {
        self.hung > 0
    }

    /// Whether a health checker gets its answer, and whoever stands in line its turn.
    pub fn answers_checks(&self) -> bool {
        self.down == 0 && self.hung == 0
    }

    /// Whether a request that comes in is going to be answered.
    pub fn answers(&self) -> bool {
        self.answers_checks() && self.black_holes + self.dns_outages + self.expired == 0
    }

    /// Whether it has in memory what it needs.
    pub fn is_warm(&self, now: Time) -> bool {
        now >= self.cold_until
    }

    /// For how long it has been serving without what it had in memory, as far as that is felt.
    pub fn cold_for(&self, now: Time) -> Option<Time> {
        (!self.is_warm(now)).then(|| now - self.cold_since)
    }

    pub fn drains(&self) -> bool {
        self.drained_for > 0
    }

    pub fn has_dns_outage(&self) -> bool {
        self.dns_outages > 0
    }

    pub fn has_crashed(&self) -> bool {
        self.has_crashed
    }

    /// For how long it has been down now.
    pub fn down_for(&self, now: Time) -> Option<Time> {
        (self.down > 0).then(|| now - self.down_since)
    }

    /// For how long it has been down in all.
    pub fn down_time(&self, now: Time) -> Time {
        self.down_time + self.down_for(now).unwrap_or(0)
    }

    pub fn room(&self) -> Room {
        self.room
    }

    /// Its work takes so many times as long.
    pub fn slowdown(&self) -> f64 {
        self.slowdowns.product
    }

    /// The share of the requests that its errors let pass, if there are any.
    pub fn passes(&self) -> Option<f64> {
        (self.errors.count > 0).then_some(self.errors.product)
    }

    /// The version that somebody meets; is it one of those who meet the canary, given its share?
    pub fn release(&self, meets_canary: impl FnOnce(f64) -> bool) -> Release {
        let canary = self.canary.filter(|canary| meets_canary(canary.share));
        canary.map_or(self.version, |canary| canary.release)
    }

    pub fn version(&self) -> Release {
        self.version
    }
}

/// What happens to it.
impl Condition {
    /// One more reason why it is down, and maybe why its host is silent.
    pub(super) fn goes_down(&mut self, is_silent: bool, is_planned: bool, now: Time) {
        if self.down == 0 {
            self.down_since = now;
        }
        self.down += 1;
        self.silent += u32::from(is_silent);
        self.has_crashed |= !is_planned;
    }

    /// One reason less. Returns how many reasons to drain are over with that.
    pub(super) fn comes_up(&mut self, now: Time) -> u32 {
        self.down -= 1;
        if self.down > 0 {
            return 0;
        }
        self.has_crashed = false;
        self.down_time += now - self.down_since;
        std::mem::take(&mut self.drained_until_up)
    }

    /// Its host's kernel is there again.
    pub fn host_answers(&mut self) {
        self.silent -= 1;
    }

    /// What comes from a backup has no log to go through.
    pub fn is_restored(&mut self) {
        self.has_crashed = false;
    }

    /// It serves from now on without what it had in memory, and is warm after so long.
    pub fn starts_cold(&mut self, now: Time, warms_in: Time) {
        self.cold_since = now;
        self.cold_until = now.saturating_add(warms_in);
    }

    /// Says whether it drains only from now on.
    pub(super) fn drain(&mut self) -> bool {
        self.drained_for += 1;
        self.drained_for == 1
    }

    /// So many reasons to drain are over; says whether those were the last.
    pub(super) fn drain_no_more(&mut self, reasons: u32) -> bool {
        self.drained_for -= reasons;
        reasons > 0 && self.drained_for == 0
    }

    /// What drains is about to be stopped, and gets nothing new before it is up again.
    pub fn drain_until_up(&mut self) {
        self.drained_until_up += 1;
    }

    /// Writes wait until then, or no longer.
    pub fn lock_writes(&mut self, until: Option<Time>) {
        self.writes_locked_until = until;
    }

    /// A share of the requests meets another version than the rest, or none does any more.
    pub fn show_some(&mut self, canary: Option<Canary>) {
        self.canary = canary;
    }

    /// From now on all requests meet this version.
    pub fn show_all(&mut self, version: Release) {
        self.version = version;
    }

    /// From now on it has so many slots when it is well.
    pub fn set_slots(&mut self, slots: u32) {
        self.room.slots = slots;
    }

    pub fn is_slowed(&mut self, factor: f64) {
        self.slowdowns.add(factor);
    }

    pub fn is_slowed_no_more(&mut self, factor: f64) {
        self.slowdowns.remove(factor);
    }

    /// This share of the requests fails.
    pub fn errs(&mut self, share: f64) {
        self.errors.add(1.0 - share);
    }

    pub fn errs_no_more(&mut self, share: f64) {
        self.errors.remove(1.0 - share);
    }

    /// A fault of which there may be several, each as bad as all of them, begins.
    pub fn suffers(&mut self, fault: Fault) {
        if let Some(counter) = self.counter(fault) {
            *counter += 1;
        }
    }

    pub fn suffers_no_more(&mut self, fault: Fault) {
        if let Some(counter) = self.counter(fault) {
            *counter -= 1;
        }
    }

    fn counter(&mut self, fault: Fault) -> Option<&mut u32> {
        match fault {
            Fault::Hang => Some(&mut self.hung),
            Fault::BlackHole => Some(&mut self.black_holes),
            Fault::FullDisk => Some(&mut self.full_disks),
            Fault::ExpiredCertificate => Some(&mut self.expired),
            Fault::DnsOutage => Some(&mut self.dns_outages),
            // More happens than that one of these begins.
            Fault::Crash | Fault::DataLoss | Fault::Failover | Fault::Leak { .. } => None,
            // These add up.
            Fault::Slow { .. } | Fault::Errors { .. } => None,
            // These hit links.
            Fault::Delay { .. } | Fault::Loss { .. } | Fault::Throttle { .. } | Fault::Partition => None,
        }
    }
}
