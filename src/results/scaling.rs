//! What autoscaling did, over the whole run.

use crate::kernel::time::Time;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScalingRecord {
    /// The time of all that ran or booted, added up: what has to be paid for.
    pub paid: u128,
    pub most: u32,
    pub least: u32,
    /// How many there were to be, from when on; the first so many changes.
    pub changes: Vec<(Time, u32)>,
    /// How often that changed.
    pub changed: u64,
}
