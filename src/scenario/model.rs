//! A checked scenario: every name resolved, every default filled in, nothing left that can fail.

pub use super::costs::Prices;
pub use super::happening::{
    Backup, Crew, FaultTarget, Happening, How, Maintenance, RandomFault, Reads, RecordChange, Replication,
    Standby, SurgeOn, TimedFault, TrafficSurge, What,
};
pub use super::identity::{NodeId, Target};

use crate::document::value::Span;
use crate::kernel::time::Time;
use crate::nodes::NodeKind;
use crate::nodes::behaviour::Behaviour;
use crate::parts::balance::Balance;
use crate::parts::count::Count;
use crate::parts::distribution::Distribution;
use crate::parts::fidelity::Fidelity;
use crate::parts::restart::RestartPolicy;
use petgraph::graph::DiGraph;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug)]
pub struct Scenario {
    pub name: String,
    pub about: Option<String>,
    pub run: RunSettings,
    /// In the order of the file.
    pub nodes: Vec<Node>,
    pub links: Vec<Link>,
    /// Declared groups; a node with replicas is a group without being declared.
    pub groups: Vec<Group>,
    pub classes: Vec<RequestClass>,
    /// What happens at given times, in the order of the file.
    pub timeline: Vec<Happening>,
    /// What breaks by chance.
    pub faults: Vec<RandomFault>,
    pub crews: Vec<Crew>,
    pub standbys: Vec<Standby>,
    pub replications: Vec<Replication>,
    pub expectations: Vec<Expectation>,
    /// What is paid for beside nodes.
    pub prices: Prices,
    /// The nodes with an edge for every call that some request makes; the weight of an
    /// edge is the link it goes over (an index into `links`), if any is declared.
    pub graph: DiGraph<NodeId, Option<usize>>,
}

#[derive(Clone, Debug)]
pub struct RunSettings {
    pub end: RunEnd,
    pub warmup: Warmup,
    pub seed: u64,
    /// Length of a line in `timeline.csv`; chosen from the run's length if not given.
    pub bucket: Option<Time>,
    /// When it starts, after Monday at midnight.
    pub starts: Time,
    pub fidelity: Fidelity,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunEnd {
    After(Time),
    /// When so many requests have ended.
    Requests(u64),
}

/// What is left out of the statistics at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warmup {
    /// Found by MSER-5.
    Auto,
    After(Time),
    Requests(u64),
}

#[derive(Clone, Debug)]
pub struct Node {
    pub name: String,
    pub replicas: u32,
    /// The `server` it stands on; replica i stands on replica i modulo the host's replicas.
    pub on: Option<NodeId>,
    /// From its start until it serves.
    pub boot: Time,
    /// Who starts it again when it has died; `None`: nobody.
    pub restart: Option<RestartPolicy>,
    pub memory: NodeMemory,
    /// What each replica costs, or each server of a station that is scaled.
    pub cost_per_hour: Option<f64>,
    pub kind: NodeKind,
    /// The kind's behaviour on this host; `None` for users and servers, which nobody calls.
    pub behaviour: Option<Behaviour>,
}

/// What each replica needs of its host's memory, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct NodeMemory {
    /// When it is idle.
    pub base: u64,
    /// For each request inside or in line.
    pub per_request: u64,
}

impl Node {
    /// The memory of the server that it stands on, if that has any limit.
    pub fn memory_limit(&self, nodes: &[Node]) -> Option<u64> {
        match &nodes[self.on?.0 as usize].kind {
            NodeKind::Server(server) => server.memory,
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Link {
    pub from: NodeId,
    pub to: NodeId,
    /// One way.
    pub latency: Distribution,
    /// Added to each message's latency.
    pub jitter: Option<Distribution>,
    /// Share of messages lost and sent again by TCP.
    pub loss: f64,
    /// Bytes per second.
    pub bandwidth: Option<f64>,
}

#[derive(Clone, Debug)]
pub struct Group {
    pub name: String,
    pub members: Vec<Member>,
    /// `None`: as the caller balances.
    pub balance: Option<Balance>,
}

#[derive(Clone, Debug)]
pub struct Member {
    /// All of its replicas are members.
    pub node: NodeId,
    pub weight: u32,
    pub backup: bool,
}

#[derive(Clone, Debug)]
pub struct RequestClass {
    pub name: String,
    /// Relative to the other classes of the same user.
    pub share: f64,
    /// The users that send it.
    pub from: Vec<NodeId>,
    pub flow: Flow,
    /// A good answer that took longer does not count as good.
    pub objective: Option<Time>,
    pub request_bytes: u64,
    pub response_bytes: u64,
    /// POST, LOCK and PATCH are not tried again by a proxy once they were sent.
    pub idempotent: bool,
    /// Caches before an application keep answers to GET and HEAD alone.
    pub cacheable: bool,
    /// Lowest first, where a node's line goes by priority.
    pub priority: u8,
}

#[derive(Clone, Debug)]
pub enum Flow {
    /// The client's calls, one after the other.
    Calls(Vec<Stage>),
    /// A walk through a network of queues.
    Walk(Walk),
}

#[derive(Clone, Debug)]
pub enum Stage {
    Call(Call),
    Parallel(Parallel),
}

/// Calls made at the same time.
#[derive(Clone, Debug)]
pub struct Parallel {
    /// `times` of a call here are so many calls side by side.
    pub calls: Vec<Call>,
    /// Goes on when so many have answered; `None` for all.
    pub first: Option<u32>,
}

#[derive(Clone, Debug)]
pub struct Call {
    pub target: Target,
    pub work: Work,
    /// How often the caller makes it, one after the other.
    pub times: Count,
    /// Made at all with this probability.
    pub chance: f64,
    /// The caller goes on even if it fails.
    pub optional: bool,
    pub write: bool,
    /// What the called node does then while it holds its slot (on a miss, if it is a cache).
    pub stages: Vec<Stage>,
    /// The called node's work after its own calls.
    pub afterwards: Work,
    /// Where the visit moves on to when the called node hands over.
    pub hand_over: Option<Box<Call>>,
}

/// What a visit does at a node, in this order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Work {
    /// CPU time, shared on the host's cores.
    pub cpu: Option<Distribution>,
    /// Time that takes no core.
    pub wait: Option<Distribution>,
    /// A fixed addition to every visit, which takes no core.
    pub overhead: Time,
}

/// A random walk: from each stop to another with given probabilities, until it leaves.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The first is the start.
    pub stops: Vec<Stop>,
}

#[derive(Clone, Debug)]
pub struct Stop {
    pub target: Target,
    pub work: Work,
    /// (index of the next stop, `None` to leave; probability). The probabilities sum to 1.
    pub next: Vec<(Option<u32>, f64)>,
}

impl Scenario {
    /// The resolver that a user's clients ask: the first that knows the name which it visits.
    pub fn resolver_of(&self, user: NodeId) -> Option<NodeId> {
        let NodeKind::User(user) = &self.nodes[user.0 as usize].kind else { return None };
        let name = user.visits.as_ref()?;
        let knows = |node: &Node| matches!(&node.kind, NodeKind::Dns(dns) if dns.knows(name));
        self.nodes.iter().position(knows).map(|number| NodeId(number as u32))
    }

    /// The set of databases that a node is one of, if it is of one.
    pub fn set_of(&self, id: NodeId) -> Option<&Replication> {
        self.replications.iter().find(|set| match set.target {
            Target::Node(node) => node == id,
            Target::Group(group) => {
                self.groups[group as usize].members.iter().any(|member| member.node == id)
            }
        })
    }
}

/// `page p99 < 500ms`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expectation {
    pub text: String,
    /// Where it is written.
    #[serde(skip)]
    pub place: Span,
    pub measure: Measure,
    pub comparison: Comparison,
    /// Seconds, a share, requests per second, or money per month.
    pub bound: f64,
}

/// What is measured, and of which requests.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// `None`: over all classes.
    pub class: Option<usize>,
    pub metric: Metric,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Metric {
    Mean,
    /// Of the latency: 0.99 for p99.
    Quantile(f64),
    Max,
    /// Share of good requests.
    Availability,
    /// Share of requests that failed.
    Errors,
    /// Good requests per second.
    Goodput,
    /// Utilisation of a node (by index).
    Utilisation(NodeId),
    /// Of the whole site, per month.
    Cost,
}

impl Metric {
    /// Whether it lies between 0 and 1.
    pub fn is_share(self) -> bool {
        matches!(self, Metric::Availability | Metric::Errors | Metric::Utilisation(_))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Comparison {
    pub fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Comparison::Less => value < bound,
            Comparison::AtMost => value <= bound,
            Comparison::Greater => value > bound,
            Comparison::AtLeast => value >= bound,
        }
    }
}
