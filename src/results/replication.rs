//! What became of the writes to a set of databases, over the whole run.

use crate::kernel::time::{Time, from_seconds, to_seconds};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReplicationRecord {
    /// Writes that were acknowledged.
    pub writes: u64,
    /// Of these, the ones that are gone: the promoted replica never got them, or no backup had
    /// them when the disk was lost.
    pub lost_writes: u64,
    /// Reads that a replica answered.
    pub replica_reads: u64,
    /// Of these, the ones answered while the replica lacked any acknowledged write.
    pub behind_reads: u64,
    /// Of these, the ones that missed the latest write of the very client that asks.
    pub stale_reads: u64,
    /// Promotions of a replica.
    pub failovers: u64,
    /// Time without a primary that answers.
    #[serde(rename = "without_primary_s", serialize_with = "in_seconds", deserialize_with = "of_seconds")]
    pub without_primary: Time,
}

fn in_seconds<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(to_seconds(*time))
}

fn of_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    f64::deserialize(deserializer).map(from_seconds)
}
