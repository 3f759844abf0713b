//! From what runs have shown to changes that might help: one rule for each kind of trouble. Nothing of
//! it is advice before it has been tried.

use super::caches::caches;
use super::change::{Change, Family};
use super::checks::checks;
use super::data::data;
use super::evidence::Evidence;
use super::lines::{limits, lines};
use super::more::{more, scaling};
use super::planned::planned;
use super::retries::{retries, timeouts};
use super::second::{second, standby};
use super::site::Site;
use crate::diagnosis::EventFacts;
use crate::parts::resource::{Owner, ResourceKind};
use crate::scenario::resources::Resource;

/// A change, and what it makes more of.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub change: Change,
    pub grows: Option<Resource>,
}

/// All that come into question, each once, in the order in which it makes sense to try them. `only`
/// these families, if any are named.
pub fn candidates(site: &Site, evidence: &Evidence, only: &[Family]) -> Vec<Candidate> {
    if !evidence.is_troubled {
        return Vec::new();
    }
    let mut all: Vec<Candidate> = Vec::new();
    let mut add = |change: Change, grows: Option<&Resource>| {
        let is_wanted = only.is_empty() || only.contains(&change.family);
        if is_wanted && !all.iter().any(|known| known.change.settings == change.settings) {
            all.push(Candidate { change, grows: grows.cloned() });
        }
    };
    for full in &evidence.full {
        if let Some(change) = more(site, &full.resource, full.enough) {
            add(change, Some(&full.resource));
        }
    }
    let others = [
        planned(site, evidence),
        seconds(site, evidence),
        retries(site, evidence),
        lines(site, evidence),
        limits(site, evidence),
        checks(site, evidence),
        timeouts(site, evidence),
        caches(site, evidence),
        data(site, evidence),
    ];
    others.into_iter().flatten().for_each(|change| add(change, None));
    all
}

/// More of what was full by having one more of it, and a second of what broke.
fn seconds(site: &Site, evidence: &Evidence) -> Vec<Change> {
    let mut changes = Vec::new();
    for node in struck(site, &evidence.faults) {
        changes.extend(second(site, node));
        changes.extend(standby(site, node));
    }
    for full in &evidence.full {
        let (ResourceKind::Cores | ResourceKind::Slots, Owner::Node(node)) =
            (full.resource.kind, full.resource.owner)
        else {
            continue;
        };
        let node = node as usize;
        changes.extend(scaling(site, node));
        // One more process beside others on the same machine is what more workers are.
        let shares_a_host = full.resource.kind == ResourceKind::Slots && site.node(node).on.is_some();
        if !shares_a_host {
            changes.extend(second(site, node));
        }
    }
    changes
}

/// The nodes that faults hit, in the order of the file.
fn struck(site: &Site, faults: &[EventFacts]) -> Vec<usize> {
    let names = faults.iter().flat_map(|event| event.target.split(';'));
    let nodes = names.filter_map(|target| site.node_named(target.split('/').next().unwrap_or(target)));
    let mut nodes: Vec<usize> = nodes.collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}
