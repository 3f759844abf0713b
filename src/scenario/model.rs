//! A checked scenario: every name resolved, every default filled in, nothing left that can fail.

use crate::kernel::time::Time;
use crate::nodes::NodeKind;
use crate::nodes::behaviour::Behaviour;
use crate::nodes::dns::Record;
use crate::parts::arrivals::Surge;
use crate::parts::balance::Balance;
use crate::parts::count::Count;
use crate::parts::distribution::Distribution;
use crate::parts::fault::Fault;
use crate::parts::fidelity::Fidelity;
use petgraph::graph::DiGraph;

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
    /// The nodes with an edge for every call that some request makes; the weight of an
    /// edge is the link it goes over (an index into `links`), if any is declared.
    pub graph: DiGraph<NodeId, Option<usize>>,
}

/// An index into `Scenario::nodes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

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
    pub memory: NodeMemory,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Node(NodeId),
    /// An index into `Scenario::groups`.
    Group(u32),
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

/// `{ at: 20m, surge: 4x, hold: 3m }`
#[derive(Clone, Debug)]
pub struct Happening {
    /// What it is called: "surge 4x".
    pub name: String,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    Surge(TrafficSurge),
    Fault(TimedFault),
    Maintenance(Maintenance),
    RecordChange(RecordChange),
}

#[derive(Clone, Debug)]
pub struct TrafficSurge {
    pub surge: Surge,
    pub on: SurgeOn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SurgeOn {
    /// All users that can send faster.
    Everyone,
    User(NodeId),
    /// An index into `Scenario::classes`.
    Class(usize),
}

/// `{ at: 20m, change_record: foobar.com A 9.9.9.9 60s }`
#[derive(Clone, Debug)]
pub struct RecordChange {
    pub at: Time,
    /// Who has the records of that name.
    pub resolver: NodeId,
    pub record: Record,
}

/// What a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultTarget {
    /// All of its replicas.
    Node(NodeId),
    Replica(NodeId, u32),
    /// An index into `Scenario::links`.
    Link(u32),
}

/// `{ at: 50m, fail: server, for: 5m }`
#[derive(Clone, Debug)]
pub struct TimedFault {
    pub at: Time,
    /// `NEVER`: it stays.
    pub until: Time,
    pub targets: Vec<FaultTarget>,
    pub fault: Fault,
}

/// `{ at: Sunday 03:00, maintain: app, how: rolling, batch: 1, every: 7d }`
#[derive(Clone, Debug)]
pub struct Maintenance {
    pub at: Time,
    /// Nodes and replicas.
    pub targets: Vec<FaultTarget>,
    pub how: How,
    /// How long each is down before it boots, or how long the new one takes to make.
    pub takes: Time,
    pub batch: u32,
    pub pause: Time,
    /// More instances while it lasts.
    pub extra: u32,
    pub drain: Time,
    /// What a canary gets at first, and for how long.
    pub share: f64,
    pub bake: Time,
    pub every: Option<Time>,
    /// How often it is done.
    pub rounds: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    StopStart,
    Restart,
    Reload,
    Rolling,
    BlueGreen,
    Canary,
    Migrate,
}

/// What breaks by chance, and is repaired.
#[derive(Clone, Debug)]
pub struct RandomFault {
    pub name: String,
    pub hits: Vec<FaultTarget>,
    /// Hits all at once; otherwise each instance breaks by itself.
    pub together: bool,
    pub fault: Fault,
    /// From being whole to breaking.
    pub time_between: Distribution,
    pub repair: Distribution,
    /// An index into `Scenario::crews`; `None`: its repair begins at once.
    pub crew: Option<u32>,
}

/// Those who repair, so many things at a time.
#[derive(Clone, Debug)]
pub struct Crew {
    pub name: String,
    pub repairers: u32,
}

/// What takes a node's place when it breaks.
#[derive(Clone, Debug)]
pub struct Standby {
    pub node: NodeId,
    /// It runs, and can break, meanwhile; otherwise it boots first.
    pub hot: bool,
    pub spares: u32,
    pub switch_over: Time,
    /// How often the switch succeeds.
    pub coverage: f64,
}

/// A set of databases of which one takes the writes and the others follow.
#[derive(Clone, Debug)]
pub struct Replication {
    pub target: Target,
    /// From a write's commit until a replica has it.
    pub lag: Distribution,
    /// From the primary's loss until a replica is promoted; `None`: nobody is.
    pub failover: Option<Time>,
    pub reads: Reads,
    pub backup: Option<Backup>,
}

impl Replication {
    /// Whether the node is one of its databases.
    pub fn includes(&self, scenario: &Scenario, id: NodeId) -> bool {
        match self.target {
            Target::Node(node) => node == id,
            Target::Group(group) => {
                scenario.groups[group as usize].members.iter().any(|member| member.node == id)
            }
        }
    }
}

/// Copies that are made every so often, the first when the run starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backup {
    pub every: Time,
    /// How long it takes to put one back.
    pub restore: Time,
}

/// Who answers the reads of a set of databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    Replicas,
    All,
    Primary,
}

impl Maintenance {
    pub fn start_of(&self, round: u32) -> Time {
        self.at.saturating_add(self.every.unwrap_or(0).saturating_mul(Time::from(round)))
    }
}

/// `page p99 < 500ms`
#[derive(Clone, Debug)]
pub struct Expectation {
    pub text: String,
    /// `None`: over all classes.
    pub class: Option<usize>,
    pub metric: Metric,
    pub comparison: Comparison,
    /// Seconds, a share, or requests per second.
    pub bound: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Less,
    AtMost,
    Greater,
    AtLeast,
}
