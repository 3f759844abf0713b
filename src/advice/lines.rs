//! Shorter lines, lines that are shed, and limits: what turns away early who could not be served in time.

use super::change::{Change, Family, Remedy};
use super::demand::holding_s;
use super::evidence::Evidence;
use super::site::Site;
use super::steps;
use crate::kernel::time::{NEVER, to_seconds};
use crate::nodes::NodeKind;
use crate::nodes::behaviour::{Order, UNLIMITED};
use crate::parts::resource::{Owner, ResourceKind};
use crate::scenario::model::{Flow, Stage};

/// Of the time that an answer may take, so much may be spent in line.
const IN_LINE_SHARE: f64 = 0.5;
/// Where nobody says how long an answer may take.
const ANSWER_S: f64 = 1.0;
/// A wait that is long for a line, as a share of the same time.
const TARGET_SHARE: f64 = 0.02;
/// Of what can be served, so much is let in.
const LET_IN: f64 = 0.85;
/// So many of a second's requests may come at once.
const BURST_SHARE: f64 = 0.2;

/// How long an answer may take: the shortest objective, or half of what users wait for.
pub fn answer_s(site: &Site) -> f64 {
    let objectives = site.scenario.classes.iter().filter_map(|class| class.objective);
    if let Some(objective) = objectives.min() {
        return to_seconds(objective);
    }
    let patience = site.scenario.nodes.iter().filter_map(|node| match &node.kind {
        NodeKind::User(user) if user.timeout != NEVER => Some(to_seconds(user.timeout) / 2.0),
        _ => None,
    });
    patience.reduce(f64::min).unwrap_or(ANSWER_S)
}

/// For each node that was full and lets others wait.
pub fn lines(site: &Site, evidence: &Evidence) -> Vec<Change> {
    if !evidence.is_overloaded && !evidence.has_unwanted_work && !evidence.has_aftermath {
        return Vec::new();
    }
    let mut changes = Vec::new();
    let mut seen = Vec::new();
    for full in &evidence.full {
        let (ResourceKind::Slots | ResourceKind::Backlog, Owner::Node(node)) =
            (full.resource.kind, full.resource.owner)
        else {
            continue;
        };
        let node = node as usize;
        if seen.contains(&node) {
            continue;
        }
        seen.push(node);
        match &site.node(node).kind {
            NodeKind::Database(_) => changes.extend(bulkheads(site, node)),
            NodeKind::Cache(_) => {}
            _ => {
                changes.extend(line_limit(site, evidence, node));
                changes.extend(shedding(site, node));
            }
        }
    }
    changes
}

fn line_limit(site: &Site, evidence: &Evidence, node: usize) -> Option<Change> {
    let behaviour = site.node(node).behaviour.as_ref()?;
    let slots = f64::from(behaviour.slots);
    if behaviour.queue == 0 || behaviour.slots == UNLIMITED {
        return None;
    }
    let holding_s = holding_s(&site.scenario, node, &evidence.peak_rates)?;
    let places = steps::count((slots * answer_s(site) * IN_LINE_SHARE / holding_s).max(1.0));
    (places < u64::from(behaviour.queue)).then(|| {
        let remedy = Remedy::LineLimit { node: site.node(node).name.clone(), places };
        Change::new(Family::Lines, remedy, vec![site.setting(node, "queue_limit", places)])
    })
}

fn shedding(site: &Site, node: usize) -> Vec<Change> {
    let behaviour = site.node(node).behaviour.as_ref();
    if behaviour.is_none_or(|behaviour| behaviour.order != Order::Fifo || behaviour.queue == 0) {
        return Vec::new();
    }
    let target = steps::time(answer_s(site) * TARGET_SHARE);
    let by = |by: &str| {
        let remedy = Remedy::Shedding {
            node: site.node(node).name.clone(),
            by: by.to_owned(),
            target: target.clone(),
        };
        let value = format!("{{ by: {by}, target: {target} }}");
        Change::new(Family::Lines, remedy, vec![site.setting(node, "shedding", value)])
    };
    vec![by("codel"), by("adaptive_lifo")]
}

/// A database has no line; those that call it can have one.
fn bulkheads(site: &Site, database: usize) -> Vec<Change> {
    let Some(slots) = site.node(database).behaviour.as_ref().map(|behaviour| behaviour.slots) else {
        return Vec::new();
    };
    let places = f64::from(slots) * f64::from(site.node(database).replicas);
    let callers = site.callers(database);
    let instances: u32 = callers.iter().map(|caller| site.node(*caller).replicas).sum();
    let of_caller = |caller: usize| {
        let can = site.node(caller).behaviour.is_some() && !site.is_given(caller, "calls.max_in_flight");
        let calls = (places / f64::from(instances.max(1))).max(1.0) as u64;
        can.then(|| {
            let remedy = Remedy::Bulkhead { caller: site.node(caller).name.clone(), calls };
            Change::new(Family::Lines, remedy, vec![site.setting(caller, "calls.max_in_flight", calls)])
        })
    };
    callers.into_iter().filter_map(of_caller).collect()
}

/// A limit where users come in, at what can be served.
pub fn limits(site: &Site, evidence: &Evidence) -> Vec<Change> {
    let let_in = steps::rate_below(evidence.served_per_s * LET_IN);
    if !evidence.is_overloaded || let_in <= 0.0 {
        return Vec::new();
    }
    let mut entrances: Vec<usize> = Vec::new();
    for class in &site.scenario.classes {
        let Flow::Calls(stages) = &class.flow else { continue };
        for call in stages.iter().flat_map(Stage::calls) {
            entrances.extend(site.scenario.nodes_of(call.target).iter().map(|node| node.0 as usize));
        }
    }
    entrances.sort_unstable();
    entrances.dedup();
    // With several doors nobody knows how much comes through which.
    let [entrance] = entrances.as_slice() else { return Vec::new() };
    let node = site.node(*entrance);
    let has_one =
        node.behaviour.as_ref().is_none_or(|behaviour| behaviour.limits.iter().any(Option::is_some));
    if has_one || matches!(node.kind, NodeKind::Dns(_)) || node.replicas > 1 {
        return Vec::new();
    }
    let rate = steps::spell_rate(let_in);
    let burst = steps::count((let_in * BURST_SHARE).max(1.0));
    let value = format!("{{ rate: {rate}, burst: {burst} }}");
    let remedy = Remedy::RateLimit { node: node.name.clone(), rate };
    vec![Change::new(Family::Limits, remedy, vec![site.setting(*entrance, "rate_limit", value)])]
}
