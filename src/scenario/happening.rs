//! What happens to a checked scenario while it runs, and who follows whom.

use super::identity::{NodeId, Target};
use crate::kernel::time::Time;
use crate::nodes::dns::Record;
use crate::parts::arrivals::Surge;
use crate::parts::distribution::Distribution;
use crate::parts::fault::Fault;
use crate::parts::release::Release;

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
    /// Whoever watches over a process that has died starts it again.
    pub restarts: bool,
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
    /// What is wrong with the new version, and whether the old one gets all again.
    pub release: Release,
    pub goes_back: bool,
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
    /// `None`: whoever watches over the process starts it again.
    pub repair: Option<Distribution>,
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
