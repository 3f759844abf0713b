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

use super::World;
use super::changes::Change;
use crate::kernel::time::{NEVER, Time, from_seconds};
use crate::parts::fidelity::Fidelity;
use crate::plan::Plan;
use crate::results::resource::ResourceBucket;
use crate::results::{ClassBucket, NodeBucket};
use crate::scenario::model::Warmup;

/// A silence is at least so many times as long as it takes to fill the site again.
const WORTHWHILE: Time = 4;
/// A site is calm with no more requests in flight than so many times those that the
/// sample had in the mean, and a handful.
const CALM: u64 = 4;
const CALM_LEAST: u64 = 20;
/// The sample has as many parts as an interval has batches. Each stands for its own part of
/// the run, so that batches differ as much as the sample is uncertain.
const PARTS: usize = 20;
/// Parts in which fewer requests end are joined in pairs.
const ENDED_LEAST: u64 = 50;

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
    sampled: Vec<Part>,
    /// The time for which the sample has to stand in and is not in the buckets yet: for
    /// classes and for nodes.
    due: [Time; 2],
    /// When the present silence began.
    silent_since: Time,
    /// Time without requests.
    pub skipped: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Off,
    Watching,
    Sampling { since: Time },
    Silent { since: Time },
    Leading { since: Time },
}

/// What was counted in the steady state.
#[derive(Clone, Debug)]
struct Sample {
    parts: Vec<Part>,
    in_flight: u64,
}

#[derive(Clone, Debug)]
struct Part {
    /// In this time so many requests come as ended here.
    length: Time,
    ended: u64,
    classes: Vec<ClassBucket>,
    cells: Vec<u64>,
    nodes: Vec<NodeBucket>,
    resources: Vec<ResourceBucket>,
    /// The time for which it has stood in so far: for classes and for nodes.
    filled: [Time; 2],
}

impl Part {
    /// With the one after it.
    fn join(mut self, next: Part) -> Part {
        self.ended += next.ended;
        self.classes =
            self.classes.into_iter().zip(&next.classes).map(|(one, other)| one.join(other)).collect();
        self.cells.iter_mut().zip(&next.cells).for_each(|(sum, count)| *sum += count);
        self.nodes = self.nodes.iter().zip(&next.nodes).map(|(one, other)| one.join(other)).collect();
        let resources = self.resources.iter().zip(&next.resources);
        self.resources = resources.map(|(one, other)| one.join(other)).collect();
        self
    }
}

/// Until each has enough to stand for anything.
fn join_small(mut parts: Vec<Part>) -> Vec<Part> {
    while parts.len() > 1 && parts.iter().any(|part| part.ended < ENDED_LEAST) {
        let mut one_by_one = parts.into_iter();
        let mut joined = Vec::new();
        while let Some(part) = one_by_one.next() {
            joined.push(match one_by_one.next() {
                Some(next) => part.join(next),
                None => part,
            });
        }
        parts = joined;
    }
    parts
}

impl Quiet {
    pub fn new(plan: &Plan) -> Self {
        let (state, settle, lead, sample_length) = match plan.fidelity {
            Fidelity::Incidents { settle, lead, sample } => (State::Watching, settle, lead, sample),
            _ => (State::Off, 0, 0, 0),
        };
        Quiet {
            state,
            settle,
            lead,
            sample_length,
            looks_at: 0,
            sample: None,
            sampled: Vec::new(),
            due: [0; 2],
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

    /// The time since the last call counts as if the sample had gone on.
    fn advance(&mut self, now: Time) {
        match &mut self.state {
            State::Silent { since } => {
                let time = now - std::mem::replace(since, now);
                self.due[0] += time;
                self.due[1] += time;
                self.skipped += time;
            }
            State::Leading { since } => self.due[0] += now - std::mem::replace(since, now),
            _ => {}
        }
    }

    /// The part of the sample that stands for this instant.
    fn part_at(&self, now: Time, horizon: Time) -> usize {
        let parts = self.sample.as_ref().map_or(0, |sample| sample.parts.len());
        let number = u128::from(now) * parts as u128 / u128::from(horizon.max(1));
        (number as usize).min(parts.saturating_sub(1))
    }

    /// What the part adds for the time that is due, in whole requests and without a rest
    /// that gets lost.
    fn take_due(&mut self, which: usize, part: usize) -> Option<impl Fn(u128) -> u128 + use<>> {
        let part = &mut self.sample.as_mut()?.parts[part];
        let length = u128::from(part.length);
        let before = u128::from(part.filled[which]);
        part.filled[which] += std::mem::take(&mut self.due[which]);
        let after = u128::from(part.filled[which]);
        (after > before).then_some(move |count: u128| count * after / length - count * before / length)
    }
}

impl World {
    pub(super) fn start_quiet(&mut self, plan: &Plan) {
        if self.quiet.is_on() {
            let warmup = match plan.warmup {
                Warmup::After(time) => time,
                _ => 0,
            };
            self.rest_at(warmup.max(self.quiet.settle));
        }
    }

    fn rest_at(&mut self, time: Time) {
        self.quiet.looks_at = time;
        self.trouble.changes.add(time, Change::Rests);
    }

    /// Something has changed, and is going to be felt.
    pub(super) fn quiet_is_over(&mut self, plan: &Plan) {
        if !self.quiet.is_on() {
            return;
        }
        match self.quiet.state {
            State::Sampling { .. } => self.quiet.state = State::Watching,
            State::Silent { .. } => self.wake(plan),
            _ => {}
        }
        if self.quiet.state == State::Watching {
            // Not before the warm-up is over.
            self.rest_at(self.quiet.looks_at.max(self.clockwork.now.saturating_add(self.quiet.settle)));
        }
    }

    /// Looks whether it is quiet, and what is to be done about it.
    pub(super) fn rest(&mut self, plan: &Plan) {
        let now = self.clockwork.now;
        if now < self.quiet.looks_at {
            return;
        }
        match self.quiet.state {
            State::Watching if !self.is_calm() => self.rest_at(now.saturating_add(self.quiet.settle)),
            State::Watching if self.quiet.sample.is_none() => {
                self.cut_bucket(plan);
                self.quiet.sampled.clear();
                self.sample_from_now();
            }
            State::Sampling { since } => {
                self.take_part(plan, since);
                if self.quiet.sampled.len() < PARTS {
                    return self.sample_from_now();
                }
                self.take_sample(plan);
                self.quiet.state = State::Watching;
                self.rest(plan);
            }
            State::Watching => self.fall_silent(plan),
            State::Silent { .. } => self.wake(plan),
            State::Leading { .. } => self.count_again(),
            State::Off => {}
        }
    }

    /// Nothing is wrong, and no more requests are in flight than usual.
    fn is_calm(&self) -> bool {
        let sample = self.quiet.sample.as_ref();
        let usual = sample.map_or(u64::MAX / (2 * CALM), |sample| sample.in_flight);
        self.trouble.changes.active.is_empty()
            && self.trouble.draining == 0
            && self.site.scalings.is_empty()
            && self
                .trouble
                .conditions
                .iter()
                .all(|condition| !condition.is_down() && condition.is_warm(self.clockwork.now))
            && self.in_flight() <= CALM * usual + CALM_LEAST
    }

    fn sample_from_now(&mut self) {
        let length = (self.quiet.sample_length / PARTS as Time).max(1);
        self.quiet.state = State::Sampling { since: self.clockwork.now };
        self.rest_at(self.clockwork.now.saturating_add(length));
    }

    /// What was counted since this part of the sample began.
    fn take_part(&mut self, plan: &Plan, since: Time) {
        self.cut_bucket(plan);
        let nodes = self.watch.nodes_since(since);
        let resources = self.watch.resources_since(since);
        let mut classes = self.watch.classes_since(since);
        for (bucket, _) in &mut classes {
            // In the steady state as many end as are offered.
            bucket.offered = bucket.outcomes.iter().sum();
        }
        let ended = classes.iter().map(|(bucket, _)| bucket.offered).sum();
        self.quiet.sampled.push(Part {
            length: 0,
            ended,
            cells: classes.iter().flat_map(|(_, cells)| cells.iter().copied()).collect(),
            classes: classes.into_iter().map(|(bucket, _)| bucket).collect(),
            nodes,
            resources,
            filled: [0; 2],
        });
    }

    /// From its parts, unless nobody came.
    fn take_sample(&mut self, plan: &Plan) {
        let mut parts = join_small(std::mem::take(&mut self.quiet.sampled));
        let rate_per_s: f64 = plan.sources.iter().filter_map(|source| source.arrivals.mean_rate(0.0)).sum();
        let latency = |bucket: &ClassBucket| bucket.latency_sum + bucket.failed_latency_sum;
        let sum: u128 = parts.iter().flat_map(|part| &part.classes).map(latency).sum();
        if sum == 0 || rate_per_s <= 0.0 {
            return;
        }
        // So many requests come in this time, whatever the sample had.
        parts.iter_mut().for_each(|part| part.length = from_seconds(part.ended as f64 / rate_per_s).max(1));
        let in_flight = (sum / u128::from(self.quiet.sample_length.max(1))) as u64;
        self.quiet.sample = Some(Sample { parts, in_flight });
    }

    /// No more requests until shortly before the next change, if that is worth the while.
    fn fall_silent(&mut self, plan: &Plan) {
        let next = self.trouble.changes.next_but_checks().min(self.clockwork.horizon);
        let (now, lead) = (self.clockwork.now, self.quiet.lead);
        if next.saturating_sub(now) < lead.saturating_mul(WORTHWHILE) {
            // What comes next brings it here again.
            return;
        }
        for number in 0..self.site.sources.len() as u32 {
            let clock = self.clockwork.numbers.first_source + number;
            self.site.sources[number as usize].held = self.clockwork.clocks.time(clock);
            self.clockwork.clocks.set(clock, NEVER);
        }
        self.quiet.state = State::Silent { since: now };
        self.quiet.silent_since = now;
        self.stop_looking_at_memory(plan);
        self.rest_at(next - lead);
    }

    /// Requests are sent again, as if no time had passed for those who send them.
    fn wake(&mut self, plan: &Plan) {
        self.quiet.advance(self.clockwork.now);
        let began = self.quiet.silent_since;
        for number in 0..self.site.sources.len() as u32 {
            let source = &mut self.site.sources[number as usize];
            let due = source.resume(self.clockwork.now - began);
            self.clockwork.clocks.set(self.clockwork.numbers.first_source + number, due);
        }
        self.quiet.state = State::Leading { since: self.clockwork.now };
        self.watch.keep_present();
        self.start_looking_at_memory(plan);
        self.rest_at(self.clockwork.now.saturating_add(self.quiet.lead));
    }

    /// From now on requests count again.
    fn count_again(&mut self) {
        self.watch.restore_present();
        self.quiet.advance(self.clockwork.now);
        self.quiet.state = State::Watching;
        self.rest_at(self.clockwork.now.saturating_add(self.quiet.settle));
    }

    /// The present bucket is about to be put away.
    pub(super) fn quiet_before_cut(&mut self) {
        if let State::Leading { .. } = self.quiet.state {
            // What was counted since requests were sent again does not count.
            self.watch.restore_present();
        }
        self.quiet.advance(self.clockwork.now);
    }

    /// The bucket has been put away: what the sample adds to it is added, and the next begins.
    pub(super) fn quiet_after_cut(&mut self) {
        let number = self.quiet.part_at(self.clockwork.now, self.clockwork.horizon);
        if let Some(scaled) = self.quiet.take_due(0, number)
            && let Some(sample) = &self.quiet.sample
        {
            let part = &sample.parts[number];
            self.watch.add_to_last_of_classes(&part.classes, &part.cells, &scaled);
        }
        if let Some(scaled) = self.quiet.take_due(1, number)
            && let Some(sample) = &self.quiet.sample
        {
            let part = &sample.parts[number];
            self.watch.add_to_last_of_nodes(&part.nodes, &part.resources, &scaled);
        }
        if let State::Leading { .. } = self.quiet.state {
            self.watch.keep_present();
        }
    }
}
