//! What the live view shows: figures of the moment, made of two snapshots of the run.

use crate::analysis::events::{Event, surges};
use crate::analysis::measured::{Usage, usage_of_node};
use crate::analysis::nodes::each_node;
use crate::analysis::topology::pairs;
use crate::engine::{ClassSnapshot, Snapshot};
use crate::kernel::time::{NEVER, SECOND, Time, to_milliseconds, to_seconds};
use crate::nodes::kind::Kind;
use crate::output::charts::topology_layout::{Layout, lay_out};
use crate::results::NodeBucket;
use crate::scenario::model::{RunEnd, Scenario};
use crate::scenario::resources::{Resource, of_work};
use std::collections::VecDeque;
use std::ops::Range;

/// Rates are those of so much simulated time, or of what lies between two pictures if that is more.
const WINDOW_LEAST: Time = SECOND;
/// Windows that are remembered, to be drawn side by side.
const HISTORY_MOST: usize = 500;
/// Of more nodes none are laid out; they stand in the order of the scenario.
const LAID_OUT_MOST: usize = 400;
/// Heights of the layout that make one line of a terminal: its gaps are then one line high.
pub const LINE_HEIGHT: f64 = 26.0;
/// Lines of a node's box, frame included.
pub const BOX_LINES: usize = 5;

pub struct Picture {
    pub title: String,
    end: RunEnd,
    pub at: Time,
    ended: u64,
    pub in_flight: u64,
    /// Whether no requests are simulated at present.
    pub is_silent: bool,
    /// Of all classes together, and of each.
    pub total: Flow,
    pub classes: Vec<(String, Flow)>,
    pub history: VecDeque<Flow>,
    /// In the order of the scenario.
    pub nodes: Vec<NodeNow>,
    /// Those that send or are called, callers first.
    pub order: Vec<usize>,
    /// The same, as boxes in columns.
    pub layout: Layout,
    pub hosts: Vec<usize>,
    /// What is in force.
    pub events: Vec<String>,
    surges: Vec<Event>,
    replicas: Vec<Range<usize>>,
    /// Where the window of the rates begins.
    before: Option<Snapshot>,
}

/// Requests in a stretch of simulated time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Flow {
    pub offered_per_s: f64,
    pub good_per_s: f64,
    /// Not answered with success. Answers that came too late are neither good nor failed.
    pub failed_per_s: f64,
    /// Of answers with success.
    pub latency_mean_ms: Option<f64>,
}

pub struct NodeNow {
    pub name: String,
    pub is_user: bool,
    pub host: Option<String>,
    pub replicas: u32,
    pub down: u32,
    /// Its cores, or else its slots, if they are limited.
    pub work: Option<Resource>,
    /// Slots held, visits in line, and visits inside that have a slot.
    pub busy: u64,
    pub line: u64,
    pub serving: u64,
    pub utilisation: Option<f64>,
    pub visits_per_s: f64,
    pub failed_per_s: f64,
}

impl Picture {
    pub fn new(scenario: &Scenario) -> Picture {
        let name = |node: usize| scenario.nodes[node].name.clone();
        let node = |(number, node, _): (usize, &crate::scenario::model::Node, Range<usize>)| NodeNow {
            name: node.name.clone(),
            is_user: node.kind.is(Kind::User),
            host: node.on.map(|host| name(host.0 as usize)),
            replicas: node.replicas,
            down: 0,
            work: of_work(number as u32, node),
            busy: 0,
            line: 0,
            serving: 0,
            utilisation: None,
            visits_per_s: 0.0,
            failed_per_s: 0.0,
        };
        let is_host = |node: &usize| scenario.nodes[*node].kind.is(Kind::Server);
        let (hosts, others): (Vec<usize>, Vec<usize>) = (0..scenario.nodes.len()).partition(is_host);
        let layout = layout(scenario, &others);
        let mut order: Vec<usize> = (0..others.len()).collect();
        let place = |&it: &usize| layout.boxes.get(it).map_or((0, 0.0), |placed| (placed.column, placed.y));
        order.sort_by(|a, b| {
            let (a, b) = (place(a), place(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        // Boxes are numbered as they are ordered.
        let mut number_of = vec![0; others.len()];
        order.iter().enumerate().for_each(|(number, &it)| number_of[it] = number);
        let mut sorted = layout;
        if !sorted.boxes.is_empty() {
            sorted.boxes = order.iter().map(|&it| sorted.boxes[it]).collect();
        }
        for way in &mut sorted.ways {
            (way.from, way.to) = (number_of[way.from], number_of[way.to]);
        }
        let ended_at = match scenario.run.end {
            RunEnd::After(length) => length,
            RunEnd::Requests(_) => NEVER,
        };
        Picture {
            title: scenario.name.clone(),
            end: scenario.run.end,
            at: 0,
            ended: 0,
            in_flight: 0,
            is_silent: false,
            total: Flow::default(),
            classes: scenario.classes.iter().map(|class| (class.name.clone(), Flow::default())).collect(),
            history: VecDeque::new(),
            nodes: each_node(scenario).map(node).collect(),
            order: order.into_iter().map(|it| others[it]).collect(),
            layout: sorted,
            hosts,
            events: Vec::new(),
            surges: surges(scenario, ended_at),
            replicas: each_node(scenario).map(|(_, _, replicas)| replicas).collect(),
            before: None,
        }
    }

    /// How much of the run is done, if that can be told.
    pub fn progress(&self) -> f64 {
        let share = match self.end {
            RunEnd::After(length) => self.at as f64 / (length as f64).max(1.0),
            RunEnd::Requests(number) => self.ended as f64 / (number as f64).max(1.0),
        };
        share.clamp(0.0, 1.0)
    }

    /// Of a run that lasts so long.
    pub fn length(&self) -> Option<Time> {
        match self.end {
            RunEnd::After(length) => Some(length),
            RunEnd::Requests(_) => None,
        }
    }

    pub fn update(&mut self, now: Snapshot) {
        self.at = now.at;
        (self.in_flight, self.is_silent) = (now.in_flight, now.is_silent);
        self.ended = now.classes.iter().map(|class| class.ok + class.failed).sum();
        for (node, replicas) in self.nodes.iter_mut().zip(&self.replicas) {
            let instances = &now.instances[replicas.clone()];
            let sum = |number: fn(&crate::engine::InstanceSnapshot) -> u32| {
                instances.iter().map(|instance| u64::from(number(instance))).sum()
            };
            node.busy = sum(|instance| instance.busy);
            node.line = sum(|instance| instance.line);
            node.serving = sum(|instance| instance.serving);
            node.down = instances.iter().filter(|instance| instance.is_down).count() as u32;
        }
        self.events = in_force(&now, &self.surges);
        let Some(before) = self.before.take() else {
            self.before = Some(now);
            return;
        };
        if now.at < before.at.saturating_add(WINDOW_LEAST) {
            self.before = Some(before);
            return;
        }
        self.measure(&before, &now);
        self.before = Some(now);
    }

    fn measure(&mut self, before: &Snapshot, now: &Snapshot) {
        let length = now.at - before.at;
        let seconds = to_seconds(length);
        let mut all = (ClassSnapshot::default(), ClassSnapshot::default());
        for ((flow, earlier), later) in self.classes.iter_mut().zip(&before.classes).zip(&now.classes) {
            flow.1 = Flow::between(earlier, later, seconds);
            all = (all.0.with(earlier), all.1.with(later));
        }
        self.total = Flow::between(&all.0, &all.1, seconds);
        self.history.push_back(self.total);
        if self.history.len() > HISTORY_MOST {
            self.history.pop_front();
        }
        for (node, replicas) in self.nodes.iter_mut().zip(&self.replicas) {
            let earlier = &before.instances[replicas.clone()];
            let later = &now.instances[replicas.clone()];
            let all = || later.iter().zip(earlier).map(|(later, earlier)| later.since(earlier));
            let sum = all().fold(NodeBucket::default(), |sum, one| sum.join(&one));
            node.utilisation = node.work.as_ref().and_then(|work| {
                let mut usage = Usage::default();
                all().for_each(|one| usage.add(&usage_of_node(work, &one, length)));
                usage.share()
            });
            node.visits_per_s = sum.visits as f64 / seconds;
            node.failed_per_s = sum.failed as f64 / seconds;
        }
    }
}

impl Flow {
    fn between(earlier: &ClassSnapshot, later: &ClassSnapshot, seconds: f64) -> Flow {
        let rate = |later: u64, earlier: u64| later.saturating_sub(earlier) as f64 / seconds;
        let answers = later.ok.saturating_sub(earlier.ok);
        let time = later.latency_sum.saturating_sub(earlier.latency_sum);
        Flow {
            offered_per_s: rate(later.offered, earlier.offered),
            good_per_s: rate(later.good, earlier.good),
            failed_per_s: rate(later.failed, earlier.failed),
            latency_mean_ms: (answers > 0).then(|| to_milliseconds(1) * time as f64 / answers as f64),
        }
    }
}

/// Nodes that are not hosts in columns from callers to called, as in the chart of the topology.
fn layout(scenario: &Scenario, others: &[usize]) -> Layout {
    if others.len() > LAID_OUT_MOST {
        return Layout::default();
    }
    let place = |node: u32| others.iter().position(|&other| other == node as usize);
    let calls: Vec<(usize, usize)> =
        pairs(scenario).iter().filter_map(|(from, to)| Some((place(from.0)?, place(to.0)?))).collect();
    let is_user = |it: &usize| scenario.nodes[others[*it]].kind.is(Kind::User);
    let starts: Vec<usize> = (0..others.len()).filter(is_user).collect();
    let host = |(it, &node): (usize, &usize)| {
        scenario.nodes[node].on.map_or(scenario.nodes.len() + it, |host| host.0 as usize)
    };
    let family: Vec<usize> = others.iter().enumerate().map(host).collect();
    let heights = vec![BOX_LINES as f64 * LINE_HEIGHT; others.len()];
    lay_out(&heights, &calls, &starts, (&family, 0.0))
}

/// "crash server since 10 min", "surge 4x of visitors".
fn in_force(now: &Snapshot, surges: &[Event]) -> Vec<String> {
    let is_on = |surge: &&Event| surge.start <= now.at && surge.end.is_none_or(|end| now.at < end);
    let since = |start: Time| crate::parts::quantity::format_span(to_seconds(start));
    let surges = surges.iter().filter(is_on);
    let surges =
        surges.map(|surge| format!("{} of {}, since {}", surge.label, surge.target, since(surge.start)));
    let incidents = now.incidents.iter();
    incidents
        .map(|incident| format!("{}, since {}", incident.name, since(incident.start)))
        .chain(surges)
        .collect()
}
