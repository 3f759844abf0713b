//! Remedies at work: how nodes protect themselves and their callers from too much.

pub mod bulkhead;
pub mod guard;
mod hedging;
pub mod rate_limit;
mod retrying;
pub mod scaling;
pub mod shedding;
mod stale;
