//! What a run's topology is drawn with, made from its record.

use super::states::{takes_down, targets};
use super::topology_boxes::{Full, Item, Line, Member, SinglePoint, Sketch, Zone};
use super::topology_folds::{Boxes, Site, boxes};
use crate::output::record::{Record, Topology, TopologyNode};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

/// Of more lines, those with the most calls are drawn.
const LINES_MOST: usize = 50;
/// Components that are no nodes: `single_points` alone names them.
const NO_NODES: [&str; 3] = ["fault", "zone", "certificate"];

/// Folded, if it is said how many nodes have boxes of their own.
pub fn sketch(record: &Record, apart_most: Option<usize>) -> Sketch {
    let empty = Topology::default();
    let topology = record.topology.as_ref().unwrap_or(&empty);
    let numbers: FxHashMap<&str, usize> =
        topology.nodes.iter().enumerate().map(|(number, node)| (node.name.as_str(), number)).collect();
    let on: Vec<Option<usize>> =
        topology.nodes.iter().map(|node| numbers.get(node.on.as_deref()?).copied()).collect();
    let (zones, zone_of) = zones(topology, &numbers, &on);
    let failed = failed(record);
    let mut members: Vec<Member> = topology.nodes.iter().map(member).collect();
    for (member, zone) in members.iter_mut().zip(zone_of) {
        member.zone = zone;
        member.failed = failed.contains(member.name.as_str());
    }
    let (calls, fulls): (Vec<(usize, usize, f64)>, Vec<_>) = topology
        .calls
        .iter()
        .filter_map(|call| {
            let ends = (*numbers.get(&*call.from)?, *numbers.get(&*call.to)?, call.calls_per_s);
            Some((ends, Full::of(call.fullest.as_ref(), call.utilisation)))
        })
        .unzip();
    let (hosts, host_numbers) = hosts(&on, &members);
    let boxes = boxes(&Site { members: &members, calls: &calls, on: &on, apart_most });
    let items = items(&members, &boxes, |node| host_numbers.get(&on[node]?).copied());
    let (calls, left_out) = lines(calls, fulls, &boxes);
    let calls_left_out = left_out.saturating_add(topology.calls_left_out);
    let folded_of = boxes.folded.then(|| boxes.of_node.iter().flatten().count());
    let single_points = single_points(topology);
    Sketch { items, calls, hosts, zones, calls_left_out, folded_of, single_points }
}

fn member(node: &TopologyNode) -> Member {
    Member {
        name: node.name.clone(),
        kind: node.kind.to_string(),
        replicas: node.replicas.into(),
        standbys: node.standbys.unwrap_or(0).into(),
        full: Full::of(node.fullest.as_ref(), node.utilisation),
        is_single_point: !node.single_point_of.is_empty(),
        failed: false,
        zone: None,
    }
}

fn single_points(topology: &Topology) -> Vec<SinglePoint> {
    let of_nodes = topology
        .nodes
        .iter()
        .filter(|node| !node.single_point_of.is_empty())
        .map(|node| SinglePoint { name: node.name.clone(), kind: node.kind.to_string() });
    let others = topology.single_points.iter().filter(|point| NO_NODES.contains(&point.kind.as_ref()));
    let others =
        others.map(|point| SinglePoint { name: point.component.clone(), kind: point.kind.to_string() });
    of_nodes.chain(others).collect()
}

/// What a host stands in that is no node is its zone. All that is on the host is in it as well.
fn zones(
    topology: &Topology,
    numbers: &FxHashMap<&str, usize>,
    on: &[Option<usize>],
) -> (Vec<Zone>, Vec<Option<usize>>) {
    let mut zones: Vec<Zone> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut owns: Vec<Option<usize>> = vec![None; topology.nodes.len()];
    for (own, node) in owns.iter_mut().zip(&topology.nodes) {
        // Of a topology that is no whole the hosts may not be listed; these are no zones.
        let zone = node.on.as_deref().filter(|name| node.kind == "server" && !numbers.contains_key(name));
        *own = zone.map(|name| {
            *places.entry(name).or_insert_with(|| {
                let is_single_point = topology.single_points.iter().any(|point| point.component == name);
                zones.push(Zone { name: name.to_owned(), is_single_point });
                zones.len() - 1
            })
        });
    }
    let of_nodes = owns.iter().zip(on).map(|(own, on)| own.or_else(|| owns[(*on)?])).collect();
    (zones, of_nodes)
}

/// All that something unplanned has taken down, replicas by the names of their nodes.
fn failed(record: &Record) -> FxHashSet<&str> {
    let faults = record.events.iter().filter(|event| !event.planned && takes_down(&event.kind));
    faults.flat_map(targets).map(|(name, _)| name).collect()
}

/// Those on which something stands, in the order of the scenario, and their numbers by node.
fn hosts(on: &[Option<usize>], members: &[Member]) -> (Vec<Member>, BTreeMap<usize, usize>) {
    let used: BTreeSet<usize> = on.iter().flatten().copied().collect();
    let hosts = used.iter().map(|&node| members[node].clone()).collect();
    (hosts, used.into_iter().enumerate().map(|(number, node)| (node, number)).collect())
}

fn items(members: &[Member], boxes: &Boxes, host_of: impl Fn(usize) -> Option<usize>) -> Vec<Item> {
    let count = boxes.of_node.iter().flatten().max().map_or(0, |last| last + 1);
    let mut items: Vec<Item> =
        (0..count).map(|_| Item { members: Vec::new(), host: None, zone: None }).collect();
    for (node, place) in boxes.of_node.iter().enumerate() {
        let Some(place) = *place else { continue };
        let (host, zone) = (host_of(node), members[node].zone);
        let item = &mut items[place];
        let is_first = item.members.is_empty();
        item.host = if is_first || item.host == host { host } else { None };
        item.zone = if is_first || item.zone == zone { zone } else { None };
        item.members.push(members[node].clone());
    }
    items
}

/// The calls between boxes. Of too many those with the most are kept, and of each box the line over
/// which it is called most.
fn lines(calls: Vec<(usize, usize, f64)>, fulls: Vec<Option<Full>>, boxes: &Boxes) -> (Vec<Line>, usize) {
    let mut sums: BTreeMap<(usize, usize), Line> = BTreeMap::new();
    for ((caller, called, rate), full) in calls.into_iter().zip(fulls) {
        let (Some(from), Some(to)) = (boxes.of_node[caller], boxes.of_node[called]) else { continue };
        if from == to && boxes.folded {
            continue;
        }
        let none = || Line { from, to, calls_per_s: 0.0, full: None, is_busiest: false };
        let line = sums.entry((from, to)).or_insert_with(none);
        line.calls_per_s += rate;
        line.full = Full::fuller(line.full.take(), full);
        line.is_busiest |= boxes.busiest.contains(&(caller, called));
    }
    let mut lines: Vec<Line> = sums.into_values().collect();
    let all = lines.len();
    if all > LINES_MOST {
        lines.sort_by(|a, b| b.calls_per_s.total_cmp(&a.calls_per_s));
        let mut called: BTreeSet<usize> = BTreeSet::new();
        let mut number = 0;
        lines.retain(|line| {
            number += 1;
            called.insert(line.to) || number <= LINES_MOST
        });
        lines.sort_by_key(|line| (line.from, line.to));
    }
    let left_out = all - lines.len();
    (lines, left_out)
}
