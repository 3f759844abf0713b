//! What the runs of a scenario as it stands show together: what went wrong, what it began with, and
//! what was full.

use super::demand::{IN_USE_MOST, demand};
use super::seen::{Closer, Seen, is_wish};
use super::site::Site;
use crate::diagnosis::{EventFacts, FullResource, Phase, PhaseKind, SilentLoss, Standing, Trigger};
use crate::scenario::resources::{Resource, name, resources};

/// Users feel what went wrong for some seconds anyway.
const AFTERMATH_LEAST_S: f64 = 5.0;
/// What was full for less of the time in which something was broken was so by the way.
const FULL_SHARE_LEAST: f64 = 0.1;

/// Something that was full while users felt something.
#[derive(Clone, Debug)]
pub struct Full {
    pub name: String,
    pub resource: Resource,
    /// It waited for nothing else that was.
    pub is_cause: bool,
    /// So much of each place would be enough, as far as that can be reckoned.
    pub enough: Option<f64>,
}

#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Users felt something, or a goal was missed, or something was lost in silence.
    pub is_troubled: bool,
    /// What waits for nothing else comes first.
    pub full: Vec<Full>,
    pub faults: Vec<EventFacts>,
    pub planned: Vec<EventFacts>,
    /// More came than could be served, or came again and again.
    pub is_overloaded: bool,
    /// Requests failed, and were not only late.
    pub has_failures: bool,
    pub has_unwanted_work: bool,
    /// Users felt something for long after what had begun it was over, and had started again.
    pub has_aftermath: bool,
    pub lost: Vec<SilentLoss>,
    /// Requests per second of each class where most came.
    pub peak_rates: Vec<f64>,
    /// What it has served, or could where that is known, per second.
    pub served_per_s: f64,
}

impl Evidence {
    pub fn of(site: &Site, runs: &[Seen]) -> Evidence {
        let looked_at: Vec<&Closer> = runs.iter().filter_map(|run| run.closer.as_deref()).collect();
        let mut evidence = Evidence::default();
        let Some(first) = looked_at.first() else { return evidence };
        evidence.peak_rates = first.peak_rates.clone();
        evidence.served_per_s = served(first);
        for closer in &looked_at {
            evidence.add(site, closer);
        }
        let is_explained = !evidence.faults.is_empty() || !evidence.planned.is_empty();
        if evidence.full.is_empty() && evidence.is_troubled && !is_explained {
            // Nothing was full all the time, and what is fullest is still where waits are longest.
            let headroom = first.diagnosis.headroom.iter();
            let names =
                headroom.flat_map(|headroom| [Some(&headroom.first), headroom.next.as_ref()]).flatten();
            for bottleneck in names {
                evidence.add_full(site, &bottleneck.name, true);
            }
        }
        evidence.full.sort_by_key(|full| !full.is_cause);
        evidence
    }

    fn add(&mut self, site: &Site, closer: &Closer) {
        let diagnosis = &closer.diagnosis;
        let is_missed = |goal: &&crate::diagnosis::Goal| is_wish(goal) && goal.standing != Standing::Met;
        let misses = diagnosis.goals.iter().filter(is_missed).count() > 0;
        self.is_troubled |= misses || diagnosis.bad_phases().next().is_some();
        for phase in diagnosis.bad_phases() {
            match &phase.trigger {
                Trigger::Fault(event) => push_new(&mut self.faults, event),
                Trigger::Maintenance(event) => push_new(&mut self.planned, event),
                Trigger::Surge(_) | Trigger::Retries | Trigger::Traffic => self.is_overloaded = true,
                Trigger::None | Trigger::Unknown => {}
            }
            self.has_failures |= phase.failed > 0 || phase.kind == PhaseKind::Down;
            let aftermath_s = phase.aftermath_s.unwrap_or(0.0) - phase.booting_s.unwrap_or(0.0);
            self.has_aftermath |= aftermath_s > AFTERMATH_LEAST_S;
            for full in phase.full.iter().filter(|full| is_worth_more(phase, full)) {
                self.add_full(site, &full.name, full.is_cause);
            }
        }
        for loss in &diagnosis.lost_in_silence {
            self.has_unwanted_work |= matches!(loss, SilentLoss::Unwanted { .. });
            self.is_troubled |= matches!(loss, SilentLoss::Background { .. } | SilentLoss::Writes { .. });
            self.lost.push(loss.clone());
        }
    }

    fn add_full(&mut self, site: &Site, full: &str, is_cause: bool) {
        if let Some(known) = self.full.iter_mut().find(|known| known.name == full) {
            known.is_cause |= is_cause;
        } else if let Some(found) = find(site, full, &self.peak_rates) {
            self.full.push(Full { is_cause, ..found });
        }
    }
}

/// A resource by its name, with how much of it would be enough.
pub fn find(site: &Site, full: &str, peak_rates: &[f64]) -> Option<Full> {
    let scenario = &site.scenario;
    let resource = resources(scenario).into_iter().find(|one| name(scenario, one.kind, one.owner) == full)?;
    let enough = demand(scenario, &resource, peak_rates).map(|demand| demand / IN_USE_MOST);
    Some(Full { name: full.to_owned(), resource, is_cause: false, enough })
}

/// Where something was broken or worked on, what is full for a moment is none of the trouble.
fn is_worth_more(phase: &Phase, full: &FullResource) -> bool {
    let is_by_the_way = matches!(phase.trigger, Trigger::Fault(_) | Trigger::Maintenance(_));
    !is_by_the_way || full.full_share >= FULL_SHARE_LEAST
}

/// An event that comes again and again is one.
fn push_new(events: &mut Vec<EventFacts>, event: &EventFacts) {
    if !events.iter().any(|known| known.label == event.label && known.target == event.target) {
        events.push(event.clone());
    }
}

/// Where nothing is full yet, it could serve more than it has been asked to.
fn served(closer: &Closer) -> f64 {
    let reckoned = closer.diagnosis.headroom.as_ref().map_or(0.0, |headroom| match headroom.trust {
        crate::diagnosis::bottleneck::Trust::Seen => 0.0,
        _ => headroom.first.full_at_per_s,
    });
    closer.peak_answered_per_s.max(reckoned)
}
