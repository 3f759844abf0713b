//! Which boxes a topology is drawn with: one for each node, and one for many that are alike.

use crate::analysis::resources::FullestBucket;
use crate::output::record::{Fullest, Record, Topology, TopologyNode};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// More nodes than this that are alike share a box.
const ALIKE_APART_MOST: usize = 6;
/// With more boxes than this, the nodes of one kind share one even if they are called by
/// different nodes.
const BOXES_MOST: usize = 40;
/// Of more lines, those with the most calls are drawn.
const LINES_MOST: usize = 150;

/// What is to be drawn.
pub struct Sketch {
    pub items: Vec<Item>,
    pub calls: Vec<Line>,
    pub hosts: Vec<Member>,
    pub calls_left_out: usize,
}

pub struct Line {
    pub from: usize,
    pub to: usize,
    pub calls_per_s: f64,
    /// Of what lies between them.
    pub full: Option<Full>,
}

/// How full the fullest was of what belongs to a box or a line.
#[derive(Clone, Debug)]
pub struct Full {
    pub resource: String,
    /// The share in use in its fullest time bucket, how long that is, and on average.
    pub fullest: f64,
    pub length_s: f64,
    pub mean: Option<f64>,
}

impl Full {
    fn of(fullest: Option<&Fullest>, mean: Option<f64>) -> Option<Full> {
        let Fullest { resource, bucket: FullestBucket { length_s, utilisation, .. } } = fullest?.clone();
        Some(Full { resource, fullest: utilisation, length_s, mean })
    }

    /// Of two that are as full, the first.
    fn fuller(one: Option<Full>, other: Option<Full>) -> Option<Full> {
        match (one, other) {
            (Some(one), Some(other)) if other.fullest > one.fullest => Some(other),
            (one, other) => one.or(other),
        }
    }
}

pub struct Item {
    pub members: Vec<Member>,
    /// The host on which all of them stand.
    pub host: Option<usize>,
}

#[derive(Clone)]
pub struct Member {
    pub name: String,
    pub kind: String,
    pub replicas: u64,
    pub full: Option<Full>,
    pub is_single_point: bool,
}

impl Member {
    pub fn fullest(&self) -> f64 {
        self.full.as_ref().map_or(0.0, |full| full.fullest)
    }

    pub fn title(&self) -> String {
        if self.replicas > 1 { format!("{} ×{}", self.name, self.replicas) } else { self.name.clone() }
    }
}

impl Item {
    pub const DOTS_PER_LINE: usize = 12;
    pub const DOT_LINES_MOST: usize = 20;

    pub fn is_user(&self) -> bool {
        self.members.iter().any(|member| member.kind == "user")
    }

    pub fn title(&self) -> String {
        match self.members.as_slice() {
            [one] => one.title(),
            many => {
                let kind = many[0].kind.replace('_', " ");
                let kind = if many.iter().all(|other| other.kind == many[0].kind) {
                    kind
                } else {
                    "nodes".to_owned()
                };
                format!("{} × {kind}", many.len())
            }
        }
    }

    pub fn subtitle(&self, on: Option<&str>) -> String {
        match (self.members.as_slice(), on) {
            ([_], Some(host)) => format!("on {host}"),
            ([one], None) => one.kind.replace('_', " "),
            (many, _) => format!("{} …", many[0].name),
        }
    }

    /// The fullest's.
    pub fn full(&self) -> Option<Full> {
        self.members.iter().fold(None, |full, member| Full::fuller(full, member.full.clone()))
    }

    pub fn has_single_point(&self) -> bool {
        self.members.iter().any(|member| member.is_single_point)
    }
}

pub fn sketch(record: &Record) -> Sketch {
    let empty = Topology::default();
    let topology = record.topology.as_ref().unwrap_or(&empty);
    let numbers: FxHashMap<&str, usize> =
        topology.nodes.iter().enumerate().map(|(number, node)| (node.name.as_str(), number)).collect();
    let members: Vec<Member> = topology.nodes.iter().map(member).collect();
    let (calls, fulls): (Vec<(usize, usize, f64)>, Vec<_>) = topology
        .calls
        .iter()
        .filter_map(|call| {
            let ends = (*numbers.get(&*call.from)?, *numbers.get(&*call.to)?, call.calls_per_s);
            Some((ends, Full::of(call.fullest.as_ref(), call.utilisation)))
        })
        .unzip();
    let on: Vec<Option<usize>> =
        topology.nodes.iter().map(|node| numbers.get(node.on.as_deref()?).copied()).collect();
    let (hosts, host_numbers) = hosts(&on, &members);
    let boxes = boxes(&members, &calls, &on);
    let count = boxes.iter().flatten().max().map_or(0, |last| last + 1);
    let mut items: Vec<Item> = (0..count).map(|_| Item { members: Vec::new(), host: None }).collect();
    for (node, place) in boxes.iter().enumerate() {
        let Some(place) = *place else { continue };
        let host = on[node].and_then(|host| host_numbers.get(&host).copied());
        let item = &mut items[place];
        item.host = if item.members.is_empty() || item.host == host { host } else { None };
        item.members.push(members[node].clone());
    }
    let mut sums: BTreeMap<(usize, usize), (f64, Option<Full>)> = BTreeMap::new();
    for ((from, to, rate), full) in calls.into_iter().zip(fulls) {
        if let (Some(from), Some(to)) = (boxes[from], boxes[to]) {
            let sum = sums.entry((from, to)).or_default();
            sum.0 += rate;
            sum.1 = Full::fuller(sum.1.take(), full);
        }
    }
    let line = |((from, to), (calls_per_s, full))| Line { from, to, calls_per_s, full };
    let mut lines: Vec<Line> = sums.into_iter().map(line).collect();
    let left_out = lines.len().saturating_sub(LINES_MOST);
    if left_out > 0 {
        lines.sort_by(|a, b| b.calls_per_s.total_cmp(&a.calls_per_s));
        lines.truncate(LINES_MOST);
        lines.sort_by_key(|line| (line.from, line.to));
    }
    let calls_left_out = left_out.saturating_add(topology.calls_left_out);
    Sketch { items, calls: lines, hosts, calls_left_out }
}

fn member(node: &TopologyNode) -> Member {
    Member {
        name: node.name.clone(),
        kind: node.kind.to_string(),
        replicas: node.replicas.into(),
        full: Full::of(node.fullest.as_ref(), node.utilisation),
        is_single_point: !node.single_point_of.is_empty(),
    }
}

/// Those on which something stands, in the order of the scenario, and their numbers by node.
fn hosts(on: &[Option<usize>], members: &[Member]) -> (Vec<Member>, BTreeMap<usize, usize>) {
    let used: BTreeSet<usize> = on.iter().flatten().copied().collect();
    let hosts = used.iter().map(|&node| members[node].clone()).collect();
    (hosts, used.into_iter().enumerate().map(|(number, node)| (node, number)).collect())
}

/// The box of each node; none for hosts, and for what takes no part.
fn boxes(members: &[Member], calls: &[(usize, usize, f64)], on: &[Option<usize>]) -> Vec<Option<usize>> {
    let mut callers: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); members.len()];
    let mut called: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); members.len()];
    for &(from, to, _) in calls {
        callers[to].insert(from);
        called[from].insert(to);
    }
    let takes_part = |node: usize| !callers[node].is_empty() || !called[node].is_empty();
    let alike = |node: usize| (&members[node].kind, &callers[node], &called[node], on[node].is_some());
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for node in (0..members.len()).filter(|&node| takes_part(node)) {
        groups.entry(alike(node)).or_default().push(node);
    }
    let mut together: Vec<Vec<usize>> = Vec::new();
    for nodes in groups.into_values() {
        if nodes.len() > ALIKE_APART_MOST {
            together.push(nodes);
        } else {
            together.extend(nodes.into_iter().map(|node| vec![node]));
        }
    }
    if together.len() > BOXES_MOST {
        let mut kinds: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        together
            .into_iter()
            .flatten()
            .for_each(|node| kinds.entry(&members[node].kind).or_default().push(node));
        together = kinds.into_values().collect();
        together.iter_mut().for_each(|nodes| nodes.sort_unstable());
    }
    together.sort_by_key(|nodes| nodes[0]);
    let mut boxes = vec![None; members.len()];
    for (place, nodes) in together.iter().enumerate() {
        nodes.iter().for_each(|&node| boxes[node] = Some(place));
    }
    boxes
}
