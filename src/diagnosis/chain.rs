//! From what a phase began with, over what was full, to what users got.

use super::dependence::waits_for_another;
use super::phases::{Ended, PhaseKind, Stretch, counts};
use super::{ClassLoss, EventFacts, FULL, FullResource, Phase, Trigger};
use crate::analysis::estimate::ratio;
use crate::analysis::events::{Event, events};
use crate::analysis::resources::Measured;
use crate::analysis::window::Window;
use crate::kernel::time::{SECOND, Time, to_seconds};
use crate::parts::outcome::Outcome;
use crate::results::RunResults;
use crate::results::blame::Blame;
use crate::results::incident::ends_with_a_start;
use crate::scenario::model::Scenario;
use crate::scenario::resources::{name, owner};
use std::collections::BTreeMap;
use std::ops::Range;

/// What was over so long before a phase began may still have led to it: caches are cold, lines long.
const GRACE: Time = 10 * SECOND;
/// Users feel what goes on for so long after its cause is over.
const AFTERMATH_LEAST_S: f64 = 1.0;
/// Tries for each request in a phase, beside those in good times.
const TRIES_MANY: f64 = 1.2;
/// Phases beyond so many are told with their trigger alone, since a year has thousands.
const FOLLOWED_MOST: usize = 500;

/// What is looked at for each phase.
struct Followed<'a> {
    scenario: &'a Scenario,
    results: &'a RunResults,
    window: &'a Window,
    resources: &'a [Measured<'a>],
    events: Vec<Event>,
    /// Tries for each request while all was good.
    tries_usual: f64,
}

pub fn follow(
    scenario: &Scenario,
    results: &RunResults,
    window: &Window,
    (resources, stretches): (&[Measured], &[Stretch]),
) -> Vec<Phase> {
    let events = events(scenario, results);
    let mut followed = Followed { scenario, results, window, resources, events, tries_usual: 1.0 };
    let good = stretches.iter().filter(|stretch| stretch.kind == PhaseKind::Good);
    let tries = good.map(|stretch| followed.tries(followed.buckets(stretch)));
    let (tries, ended) = tries.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    followed.tries_usual = ratio(tries as f64, ended as f64).unwrap_or(1.0);
    let mut left = FOLLOWED_MOST;
    let mut phases: Vec<Phase> = Vec::new();
    // The event of the phase just before, if users felt that one.
    let mut before: Option<usize> = None;
    for stretch in stretches {
        let mut phase = followed.felt(stretch);
        if stretch.kind == PhaseKind::Good {
            before = None;
        } else {
            if left > 0 {
                phase.full = followed.full(stretch);
                left -= 1;
            }
            // What goes on from one bad phase to the next began with the same.
            before = followed.event(stretch).or(before);
            followed.explain(&mut phase, stretch, before.map(|number| &followed.events[number]));
        }
        phases.push(phase);
    }
    phases
}

impl Followed<'_> {
    /// The time buckets that a stretch touches; of two that share one, the one that has its middle.
    fn buckets(&self, stretch: &Stretch) -> Range<usize> {
        let edges = &self.results.bucket_edges;
        let middle = |bucket: usize| edges[bucket] + (edges[bucket + 1] - edges[bucket]) / 2;
        let within: Vec<usize> = self
            .touched(stretch)
            .filter(|&bucket| (stretch.start..stretch.end).contains(&middle(bucket)))
            .collect();
        match (within.first(), within.last()) {
            (Some(&first), Some(&last)) => first..last + 1,
            _ => self.touched(stretch),
        }
    }

    fn touched(&self, stretch: &Stretch) -> Range<usize> {
        let edges = &self.results.bucket_edges;
        let first = edges.partition_point(|&edge| edge <= stretch.start).saturating_sub(1);
        let last = edges.partition_point(|&edge| edge < stretch.end);
        first.max(self.window.buckets.start)..last.min(self.window.buckets.end)
    }

    fn tries(&self, buckets: Range<usize>) -> (u64, u64) {
        let all = self.results.classes.iter().flat_map(|class| &class.buckets[buckets.clone()]);
        all.fold((0, 0), |sum, bucket| (sum.0 + bucket.attempts, sum.1 + counts(bucket).ended))
    }

    /// What users got.
    fn felt(&self, stretch: &Stretch) -> Phase {
        let buckets = self.buckets(stretch);
        let mut all = Ended::default();
        let mut classes = Vec::new();
        let mut failures: BTreeMap<String, u64> = BTreeMap::new();
        for (class, record) in self.scenario.classes.iter().zip(&self.results.classes) {
            let mut loss = ClassLoss { class: class.name.clone(), ..ClassLoss::default() };
            for bucket in &record.buckets[buckets.clone()] {
                let ended = counts(bucket);
                all.ended += ended.ended;
                all.failed += ended.failed;
                all.late += ended.late;
                loss.ended += ended.ended;
                loss.bad += ended.failed + ended.late;
                for outcome in Outcome::ALL.into_iter().filter(|outcome| !outcome.is_ok()) {
                    let count = bucket.outcomes[outcome as usize];
                    if count > 0 {
                        *failures.entry(outcome.name().to_owned()).or_default() += count;
                    }
                }
            }
            classes.extend((loss.bad > 0).then_some(loss));
        }
        classes.sort_by_key(|loss| std::cmp::Reverse(loss.bad));
        // An outage knows its own requests, those of partly touched buckets included.
        let outage = stretch.outage;
        Phase {
            kind: stretch.kind,
            start_s: to_seconds(stretch.start),
            end_s: to_seconds(stretch.end),
            begun_before: outage.is_some() && stretch.start == self.window.start && stretch.start > 0,
            cut_at_end: stretch.kind != PhaseKind::Good && stretch.end >= self.window.end,
            ended: all.ended,
            failed: outage.map_or(all.failed, |outage| outage.lost),
            late: all.late,
            failures,
            classes,
            ..Phase::default()
        }
    }

    fn explain(&self, phase: &mut Phase, stretch: &Stretch, event: Option<&Event>) {
        let (tries, ended) = self.tries(self.buckets(stretch));
        let tries = ratio(tries as f64, ended as f64).unwrap_or(1.0);
        phase.attempts_mean = (tries > TRIES_MANY * self.tries_usual).then_some(tries);
        phase.trigger = match event {
            Some(event) => trigger(event),
            None if self.is_storm(stretch) => Trigger::Retries,
            None if phase.full.iter().any(|full| full.is_cause) => Trigger::Traffic,
            None => Trigger::Unknown,
        };
        let over = event.and_then(|event| event.end).filter(|&end| end < stretch.end);
        let aftermath_s = over.map(|end| to_seconds(stretch.end - end));
        phase.aftermath_s = aftermath_s.filter(|&seconds| seconds > AFTERMATH_LEAST_S);
        if let (Some(aftermath_s), Some(event)) = (phase.aftermath_s, event) {
            phase.booting_s = self
                .booting_s(event)
                .filter(|&seconds| seconds > 0.0)
                .map(|seconds| seconds.min(aftermath_s));
        }
    }

    /// What was in force when it began, the latest to have begun; or what had been shortly before.
    fn event(&self, stretch: &Stretch) -> Option<usize> {
        let named = stretch.outage.and_then(|outage| outage.cause);
        let named = named.and_then(|number| self.results.incidents.get(number as usize));
        if let Some(incident) = named {
            let is_it = |event: &&Event| event.start == incident.start && event.label == incident.name;
            return self.events.iter().position(|event| is_it(&event));
        }
        let width = self
            .touched(stretch)
            .next()
            .map_or(0, |bucket| self.results.bucket_edges[bucket + 1] - self.results.bucket_edges[bucket]);
        let began = |event: &&Event| event.start <= stretch.start.saturating_add(width);
        let lasted = |event: &&Event| {
            event.end.is_none_or(|end| end.saturating_add(GRACE.max(width)) >= stretch.start)
        };
        self.events.iter().rposition(|event| began(&event) && lasted(&event))
    }

    /// Whether most of what was lost in it is put down to a storm of retries.
    fn is_storm(&self, stretch: &Stretch) -> bool {
        let buckets = self.buckets(stretch);
        let all = self.results.classes.iter().flat_map(|class| &class.buckets[buckets.clone()]);
        let (storm, lost) = all.fold((0, 0), |sum, bucket| {
            (sum.0 + bucket.lost[Blame::RetryStorm as usize], sum.1 + bucket.lost.iter().sum::<u64>())
        });
        storm * 2 > lost
    }

    /// The longest that any of the nodes that an event was about takes to start, and what stands on them.
    fn booting_s(&self, event: &Event) -> Option<f64> {
        if !ends_with_a_start(event.kind) {
            return None;
        }
        let nodes = &self.scenario.nodes;
        let targets: Vec<&str> =
            event.target.split(';').map(|target| target.split('/').next().unwrap_or(target)).collect();
        let is_hit = |name: &str| targets.contains(&name);
        let boots = nodes.iter().filter_map(|node| {
            let host = node.on.map(|host| &nodes[host.0 as usize]);
            let of_host = host.filter(|host| is_hit(&host.name)).map(|host| host.boot + node.boot);
            of_host.or(is_hit(&node.name).then_some(node.boot))
        });
        boots.max().map(to_seconds)
    }

    /// What was full while it lasted.
    fn full(&self, stretch: &Stretch) -> Vec<FullResource> {
        let edges = &self.results.bucket_edges;
        let buckets = self.buckets(stretch);
        let mut found = Vec::new();
        let mut known = Vec::new();
        for measured in self.resources {
            let mut full: Option<FullResource> = None;
            let (mut full_time, mut time) = (0.0, 0.0);
            for bucket in buckets.clone() {
                let length = edges[bucket + 1] - edges[bucket];
                let Some((share, full_share)) = measured.fullest_place(bucket, length) else { continue };
                full_time += full_share * length as f64;
                time += length as f64;
                if share < FULL {
                    continue;
                }
                let (from_s, to_s) = (to_seconds(edges[bucket]), to_seconds(edges[bucket + 1]));
                let full = full.get_or_insert_with(|| self.first_full(measured, from_s));
                full.to_s = to_s;
                full.utilisation = full.utilisation.max(share);
            }
            let Some(mut full) = full else { continue };
            let counts = measured.total(buckets.clone(), edges).counts;
            full.full_share = full_time / time;
            (full.waiting_max, full.turned_away) = (counts.waiting_max, counts.turned_away);
            full.left = counts.left;
            found.push(full);
            known.push(&measured.resource);
        }
        for (full, waits) in found.iter_mut().zip(waits_for_another(self.scenario, &known)) {
            full.is_cause = !waits;
        }
        found.sort_by(|a, b| b.is_cause.cmp(&a.is_cause).then(b.full_share.total_cmp(&a.full_share)));
        found
    }

    fn first_full(&self, measured: &Measured, from_s: f64) -> FullResource {
        let resource = &measured.resource;
        FullResource {
            name: name(self.scenario, resource.kind, resource.owner),
            kind: resource.kind,
            owner: owner(self.scenario, resource.owner),
            from_s,
            to_s: from_s,
            utilisation: 0.0,
            full_share: 0.0,
            waiting_max: 0,
            turned_away: 0,
            left: 0,
            is_cause: false,
        }
    }
}

fn trigger(event: &Event) -> Trigger {
    let facts = EventFacts {
        label: event.label.clone(),
        kind: event.kind.to_owned(),
        target: event.target.clone(),
        start_s: to_seconds(event.start),
        end_s: event.end.map(to_seconds),
        by_chance: event.by_chance,
    };
    match (event.kind, event.planned) {
        ("surge", _) => Trigger::Surge(facts),
        (_, true) => Trigger::Maintenance(facts),
        (_, false) => Trigger::Fault(facts),
    }
}
