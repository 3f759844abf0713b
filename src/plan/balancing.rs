//! Routes: from one caller to the peers among which it may choose.

use super::ids::{Die, Instance, Link, View};
use super::{CallPlan, Plan};
use crate::kernel::random::mix;
use crate::kernel::table::Id;
use crate::parts::balance::Balance;

/// The peers of one caller, and how it chooses among them.
#[derive(Clone, Debug)]
pub struct RoutePlan {
    pub members: Vec<MemberPlan>,
    /// How many of them, from the front, are not backups.
    pub primaries: u32,
    pub policy: Policy,
    pub die: Id<Die>,
}

#[derive(Clone, Debug)]
pub struct MemberPlan {
    pub instance: Id<Instance>,
    pub weight: u32,
    /// The link that leads there, if there is one.
    pub link: Option<Id<Link>>,
}

/// A balancing policy, prepared.
#[derive(Clone, Debug)]
pub enum Policy {
    /// There is nothing to choose.
    Single,
    RoundRobin,
    /// Smooth weighted round robin.
    WeightedRoundRobin,
    LeastConnections,
    /// Uniformly.
    Random,
    /// Cumulated weights.
    WeightedRandom(Vec<u64>),
    /// Cumulated weights, if they differ.
    Choices {
        count: u8,
        cumulated: Option<Vec<u64>>,
    },
    /// Cumulated weights, looked up by the client.
    IpHash(Vec<u64>),
    /// Points on a ring, ordered, each with its member.
    Ring(Vec<(u64, u32)>),
}

impl Plan {
    /// What a replica which makes a call knows of its peers.
    #[inline(always)]
    pub fn view_of(&self, call: &CallPlan, caller: Id<Instance>) -> Id<View> {
        call.site.plus(self.share_of(call, caller))
    }

    /// Each replica of a caller keeps its own view of its peers; or all keep one. Which it is of those
    /// that belong to the caller's node.
    #[inline(always)]
    pub fn share_of(&self, call: &CallPlan, caller: Id<Instance>) -> u32 {
        if call.site_per_replica { self.instances[caller].replica } else { 0 }
    }
}

impl Policy {
    /// Whether a client comes to the same peer each time, and to no other as long as that is well.
    pub fn goes_by_client(&self) -> bool {
        match self {
            Policy::IpHash(_) | Policy::Ring(_) => true,
            Policy::Single
            | Policy::RoundRobin
            | Policy::WeightedRoundRobin
            | Policy::LeastConnections
            | Policy::Random
            | Policy::WeightedRandom(_)
            | Policy::Choices { .. } => false,
        }
    }
}

/// Points on the ring for each unit of weight, as in nginx.
const RING_POINTS: u32 = 160;

impl RoutePlan {
    /// `members` with the backups behind the others.
    pub fn new(
        members: Vec<MemberPlan>,
        primaries: u32,
        balance: Balance,
        names: &[String],
        die: Id<Die>,
    ) -> Self {
        let weights: Vec<u64> =
            members[..primaries as usize].iter().map(|member| u64::from(member.weight)).collect();
        let weighted = weights.windows(2).any(|pair| pair[0] != pair[1]);
        let policy = match balance {
            _ if members.len() == 1 => Policy::Single,
            Balance::RoundRobin if weighted => Policy::WeightedRoundRobin,
            Balance::RoundRobin => Policy::RoundRobin,
            Balance::LeastConnections => Policy::LeastConnections,
            Balance::Random if weighted => Policy::WeightedRandom(cumulated(&weights)),
            Balance::Random => Policy::Random,
            Balance::Choices(count) => {
                Policy::Choices { count, cumulated: weighted.then(|| cumulated(&weights)) }
            }
            Balance::IpHash => Policy::IpHash(cumulated(&weights)),
            Balance::ConsistentHash => Policy::Ring(ring(&weights, names)),
        };
        RoutePlan { members, primaries, policy, die }
    }
}

fn cumulated(weights: &[u64]) -> Vec<u64> {
    let mut sum = 0;
    weights
        .iter()
        .map(|weight| {
            sum += weight;
            sum
        })
        .collect()
}

/// The points depend on the members' names alone, so that others may come and go.
fn ring(weights: &[u64], names: &[String]) -> Vec<(u64, u32)> {
    let mut points = Vec::new();
    for (member, (&weight, name)) in weights.iter().zip(names).enumerate() {
        let base = name.bytes().fold(0, |state, byte| mix(state ^ u64::from(byte)));
        for point in 0..weight * u64::from(RING_POINTS) {
            points.push((mix(base ^ mix(point)), member as u32));
        }
    }
    points.sort_unstable();
    points
}
