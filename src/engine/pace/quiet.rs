//! `fidelity: incidents`: in quiet times no requests are simulated.
//!
//! ```text
//! watching ─ calm for long enough ─▶ sampling ─ long enough ─▶ silent ─ a change is near ─▶ leading ─▶ watching
//! ```
//!
//! While it is silent no requests are sent, so that time passes in a few steps; what would
//! have been counted is what was counted while the steady state was sampled, in
//! proportion. Before the next change requests are sent again, and what they do until the
//! site is as full as it always is does not count.

pub use super::sample::{Counted, Scale};

use super::sample::{Sample, StandIn};
use crate::kernel::time::Time;
use crate::parts::fidelity::Fidelity;
use crate::plan::Plan;

/// A silence is at least so many times as long as it takes to fill the site again.
const WORTHWHILE: Time = 4;
/// A site is calm with no more requests in flight than so many times those that the
/// sample had in the mean, and a handful.
const CALM: u64 = 4;
const CALM_LEAST: u64 = 20;
/// The sample has as many parts as an interval has batches. Each stands for its own part of
/// the run, so that batches differ as much as the sample is uncertain.
const PARTS: usize = 20;

#[derive(Clone, Debug)]
pub struct Quiet {
    state: State,
    /// How long nothing may have changed before it is quiet.
    settle: Time,
    /// How long requests are sent before they count again.
    lead: Time,
    sample_length: Time,
    /// When it is looked again whether it is quiet; whatever comes earlier is out of date.
    looks_at: Time,
    sample: Option<Sample>,
    /// The parts of the sample that is being taken.
    sampled: Vec<Counted>,
    /// The time for which the sample has to stand in and is not in the buckets yet.
    due: StandIn,
    /// When the present silence began.
    silent_since: Time,
    /// Time without requests.
    skipped: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Off,
    Watching,
    Sampling { since: Time },
    Silent { since: Time },
    Leading { since: Time },
}

impl Quiet {
    pub fn new(plan: &Plan) -> Self {
        let (state, settle, lead, sample_length) = match plan.fidelity {
            Fidelity::Incidents { settle, lead, sample } => (State::Watching, settle, lead, sample),
            Fidelity::Requests | Fidelity::Components => (State::Off, 0, 0, 0),
        };
        Quiet {
            state,
            settle,
            lead,
            sample_length,
            looks_at: 0,
            sample: None,
            sampled: Vec::new(),
            due: StandIn::default(),
            silent_since: 0,
            skipped: 0,
        }
    }

    pub fn is_on(&self) -> bool {
        self.state != State::Off
    }

    /// Whether no requests are simulated at present.
    pub fn is_silent(&self) -> bool {
        matches!(self.state, State::Silent { .. })
    }

    /// Whether what is simulated just now does not count.
    pub fn is_leading(&self) -> bool {
        matches!(self.state, State::Leading { .. })
    }

    /// Whether what happens just now is to stand for time without requests.
    pub fn is_sampling(&self) -> bool {
        matches!(self.state, State::Sampling { .. })
    }

    /// Time without requests, up to now.
    pub fn skipped(&self) -> Time {
        self.skipped
    }

    /// No more are in flight than usual.
    pub fn is_usual(&self, in_flight: u64) -> bool {
        let usual = self.sample.as_ref().map_or(u64::MAX / (2 * CALM), Sample::in_flight);
        in_flight <= CALM * usual + CALM_LEAST
    }

    pub fn has_sample(&self) -> bool {
        self.sample.is_some()
    }

    /// Whether so much time is worth a silence.
    pub fn is_worthwhile(&self, time: Time) -> bool {
        time >= self.lead.saturating_mul(WORTHWHILE)
    }

    /// What there is to do now; `None`: it is looked at later.
    pub fn looks(&self, now: Time) -> Option<State> {
        (now >= self.looks_at).then_some(self.state)
    }

    /// The time since the last call counts as if the sample had gone on.
    fn advance(&mut self, now: Time) {
        match &mut self.state {
            State::Silent { since } => {
                let time = now - std::mem::replace(since, now);
                self.due.classes += time;
                self.due.nodes += time;
                self.skipped += time;
            }
            State::Leading { since } => self.due.classes += now - std::mem::replace(since, now),
            State::Off | State::Watching | State::Sampling { .. } => {}
        }
    }
}

/// What happens; when it is to be looked at next is returned.
impl Quiet {
    fn look_at(&mut self, time: Time) -> Time {
        self.looks_at = time;
        time
    }

    /// Not before the warm-up is over.
    pub fn begins(&mut self, warmup: Time) -> Time {
        self.look_at(warmup.max(self.settle))
    }

    /// Something has changed, and is going to be felt, at a time with requests.
    pub fn is_disturbed(&mut self, now: Time) -> Option<Time> {
        if self.is_sampling() {
            self.state = State::Watching;
        }
        // Not before the warm-up is over.
        let settled = self.looks_at.max(now.saturating_add(self.settle));
        (self.state == State::Watching).then(|| self.look_at(settled))
    }

    /// It is not calm yet.
    pub fn waits(&mut self, now: Time) -> Time {
        self.look_at(now.saturating_add(self.settle))
    }

    /// A new sample is taken from now on.
    pub fn begins_sample(&mut self, now: Time) -> Time {
        self.sampled.clear();
        self.begins_part(now)
    }

    fn begins_part(&mut self, now: Time) -> Time {
        let length = (self.sample_length / PARTS as Time).max(1);
        self.state = State::Sampling { since: now };
        self.look_at(now.saturating_add(length))
    }

    /// A part of the sample is there. `None`: it was the last; otherwise the next one begins.
    pub fn takes_part(&mut self, part: Counted, now: Time) -> Option<Time> {
        self.sampled.push(part);
        (self.sampled.len() < PARTS).then(|| self.begins_part(now))
    }

    /// All parts are there, at a time when so many requests come.
    pub fn takes_sample(&mut self, rate_per_s: f64) {
        let parts = std::mem::take(&mut self.sampled);
        if let Some(sample) = Sample::of(parts, rate_per_s, self.sample_length) {
            self.sample = Some(sample);
        }
        self.state = State::Watching;
    }

    /// No more requests until shortly before the next change.
    pub fn falls_silent(&mut self, now: Time, next: Time) -> Time {
        self.state = State::Silent { since: now };
        self.silent_since = now;
        self.look_at(next - self.lead)
    }

    /// How long the present silence has lasted.
    pub fn silence(&self, now: Time) -> Time {
        now - self.silent_since
    }

    /// Requests are sent again, and do not count yet.
    pub fn leads(&mut self, now: Time) -> Time {
        self.advance(now);
        self.state = State::Leading { since: now };
        self.look_at(now.saturating_add(self.lead))
    }

    /// From now on requests count again.
    pub fn counts_again(&mut self, now: Time) -> Time {
        self.advance(now);
        self.state = State::Watching;
        self.waits(now)
    }

    /// The present bucket is about to be put away.
    pub fn reaches_edge(&mut self, now: Time) {
        self.advance(now);
    }
}

/// What is to be added to the books.
impl Quiet {
    /// What is to be added to the bucket that was put away last, for classes.
    pub fn due_for_classes(&mut self, now: Time, horizon: Time) -> Option<(&Counted, Scale)> {
        let sample = self.sample.as_mut()?;
        sample.fill_classes(std::mem::take(&mut self.due.classes), now, horizon)
    }

    /// The same for nodes.
    pub fn due_for_nodes(&mut self, now: Time, horizon: Time) -> Option<(&Counted, Scale)> {
        let sample = self.sample.as_mut()?;
        sample.fill_nodes(std::mem::take(&mut self.due.nodes), now, horizon)
    }
}
