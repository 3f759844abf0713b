//! How what watches over processes starts those again that have died.

use crate::kernel::time::{MILLISECOND, SECOND, Time};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestartPolicy {
    /// From a process's death to its next start.
    pub after: Time,
    /// So many starts within that time, and it is given up.
    pub starts_most: u32,
    /// 0: nothing is too often.
    pub within: Time,
}

impl RestartPolicy {
    /// `RestartSec`, `StartLimitBurst` and `StartLimitIntervalSec`.
    pub const SYSTEMD: RestartPolicy =
        RestartPolicy { after: 100 * MILLISECOND, starts_most: 5, within: 10 * SECOND };
}
