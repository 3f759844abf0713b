//! What became of the writes to a set of databases, over the whole run.

use crate::kernel::time::Time;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplicationRecord {
    /// Writes that were acknowledged.
    pub writes: u64,
    /// Of these, the ones that the promoted replica never got.
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
    pub without_primary: Time,
}
