//! Which nodes share a box: of a small site those that are alike, of a large one all that matter less.

use super::topology_boxes::Member;
use super::topology_layout::layers;
use rustc_hash::FxHashSet;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// More nodes than this that are alike share a box.
const ALIKE_APART_MOST: usize = 6;
/// A site with more nodes than this has boxes only for those that matter.
const LARGE: usize = 40;
/// So many boxes can be shared.
const SHARED_MOST: usize = 40;
/// So many of the fullest are among them.
const FULLEST_APART: usize = 4;

pub struct Site<'a> {
    pub members: &'a [Member],
    pub calls: &'a [(usize, usize, f64)],
    pub on: &'a [Option<usize>],
    /// How many nodes have boxes of their own, if it is folded.
    pub apart_most: Option<usize>,
}

pub struct Boxes {
    /// None for hosts, and for what takes no part.
    pub of_node: Vec<Option<usize>>,
    pub folded: bool,
    /// The calls from node to node on the way that most take, of a large site.
    pub busiest: FxHashSet<(usize, usize)>,
}

pub fn boxes(site: &Site) -> Boxes {
    let together = alike(site);
    let Some(apart_most) = site.apart_most else {
        return Boxes { of_node: numbered(together, site), folded: false, busiest: FxHashSet::default() };
    };
    let way = busiest_way(site);
    let busiest = way.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let nodes: Vec<usize> = together.into_iter().flatten().collect();
    let together = folded(site, &nodes, &way, apart_most);
    Boxes { of_node: numbered(together, site), folded: true, busiest }
}

/// By the nodes that are in them; boxes stand in the order of the scenario.
fn numbered(mut together: Vec<Vec<usize>>, site: &Site) -> Vec<Option<usize>> {
    together.iter_mut().for_each(|nodes| nodes.sort_unstable());
    together.sort_by_key(|nodes| nodes[0]);
    let mut boxes = vec![None; site.members.len()];
    for (place, nodes) in together.iter().enumerate() {
        nodes.iter().for_each(|&node| boxes[node] = Some(place));
    }
    boxes
}

/// Nodes of one kind and zone that the same call, and that call the same.
fn alike(site: &Site) -> Vec<Vec<usize>> {
    let count = site.members.len();
    let mut callers: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); count];
    let mut called: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); count];
    for &(from, to, _) in site.calls {
        callers[to].insert(from);
        called[from].insert(to);
    }
    let takes_part = |node: usize| !callers[node].is_empty() || !called[node].is_empty();
    let alike = |node: usize| {
        let member = &site.members[node];
        (&member.kind, member.zone, &callers[node], &called[node], site.on[node].is_some())
    };
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for node in (0..count).filter(|&node| takes_part(node)) {
        groups.entry(alike(node)).or_default().push(node);
    }
    let mut together: Vec<Vec<usize>> = Vec::new();
    for nodes in groups.into_values() {
        match nodes.len() > ALIKE_APART_MOST {
            true => together.push(nodes),
            false => together.extend(nodes.into_iter().map(|node| vec![node])),
        }
    }
    together
}

/// From the user that calls most, always on to the one that is called most.
fn busiest_way(site: &Site) -> Vec<usize> {
    let mut onward: Vec<Vec<(usize, f64)>> = vec![Vec::new(); site.members.len()];
    for &(from, to, rate) in site.calls {
        onward[from].push((to, rate));
    }
    let sent = |node: usize| onward[node].iter().map(|(_, rate)| rate).sum::<f64>();
    let most = |one: f64, other: f64| one.total_cmp(&other);
    let users = (0..site.members.len()).filter(|&node| site.members[node].kind == "user");
    // Of those that are equal, the first.
    let Some(first) = users.rev().max_by(|&a, &b| most(sent(a), sent(b))) else { return Vec::new() };
    let mut way = vec![first];
    loop {
        let here = way[way.len() - 1];
        let open = onward[here].iter().rev().filter(|(to, rate)| *rate > 0.0 && !way.contains(to));
        match open.max_by(|a, b| most(a.1, b.1)) {
            Some((next, _)) => way.push(*next),
            None => return way,
        }
    }
}

/// Those that matter stand alone, the others share a box for each layer, kind and zone.
fn folded(site: &Site, nodes: &[usize], way: &[usize], apart_most: usize) -> Vec<Vec<usize>> {
    let apart = apart(site, nodes, way, apart_most);
    let plain: Vec<(usize, usize)> = site.calls.iter().map(|&(from, to, _)| (from, to)).collect();
    let users: Vec<usize> = nodes.iter().copied().filter(|&node| site.members[node].kind == "user").collect();
    let layers = layers(site.members.len(), &plain, &users);
    let others: Vec<usize> = nodes.iter().copied().filter(|node| !apart.contains(node)).collect();
    let kind = |node: usize| site.members[node].kind.as_str();
    let mut together = grouped(&others, |node| (layers[node], kind(node), site.members[node].zone));
    if together.len() > SHARED_MOST {
        together = grouped(&others, |node| (layers[node], kind(node), None));
    }
    if together.len() > SHARED_MOST {
        // A chain as long as this is cut into pieces of several layers.
        let last = layers.iter().max().map_or(1, |last| last + 1);
        together = grouped(&others, |node| (layers[node] * SHARED_MOST / last, "", None));
    }
    together.extend(apart.into_iter().map(|node| vec![node]));
    together
}

type Key<'a> = (usize, &'a str, Option<usize>);

fn grouped<'a>(nodes: &[usize], key: impl Fn(usize) -> Key<'a>) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<Key<'a>, Vec<usize>> = BTreeMap::new();
    nodes.iter().for_each(|&node| groups.entry(key(node)).or_default().push(node));
    groups.into_values().collect()
}

/// What has failed, what is on the busiest way, what has no second, and the fullest; of a small site others as well.
fn apart(site: &Site, nodes: &[usize], way: &[usize], most: usize) -> BTreeSet<usize> {
    let mut by_fullness = nodes.to_vec();
    by_fullness.sort_by(|&a, &b| site.members[b].fullest().total_cmp(&site.members[a].fullest()));
    let fullest = by_fullness.iter().take(FULLEST_APART).filter(|&&node| site.members[node].fullest() > 0.0);
    let fullest: BTreeSet<usize> = fullest.copied().collect();
    let weight = |node: usize| {
        let member = &site.members[node];
        let reasons = [member.failed, way.contains(&node), fullest.contains(&node), member.is_single_point];
        reasons.iter().rev().enumerate().map(|(place, &is_so)| usize::from(is_so) << place).sum::<usize>()
    };
    let mut ranked: Vec<(Reverse<usize>, usize)> = by_fullness
        .iter()
        .map(|&node| (Reverse(weight(node)), node))
        .filter(|(weight, _)| weight.0 > 0 || nodes.len() <= LARGE)
        .collect();
    // The sort keeps the order of those that matter as much: the fullest first.
    ranked.sort_by_key(|(weight, _)| *weight);
    ranked.into_iter().take(most).map(|(_, node)| node).collect()
}
