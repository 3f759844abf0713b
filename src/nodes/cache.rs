//! `cache`: answers what it holds and calls on for what it does not.

use super::behaviour::{Answers, Behaviour, Calling};
use crate::kernel::time::Time;

#[derive(Clone, Debug)]
pub struct Cache {
    pub holds: Holds,
}

/// How the cache knows whether it has an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Holds {
    /// A given share of look-ups hit.
    Ratio(f64),
    /// The objects that fit, asked for with Zipf's popularity (weight of the i-th: 1/i^exponent).
    Objects {
        count: u32,
        exponent: f64,
        /// Places, the least recently used object leaving first; `None` for room for all.
        capacity: Option<u32>,
        /// Time to live from insertion; hits do not extend it.
        ttl: Option<Time>,
    },
}

impl Cache {
    pub fn behaviour(&self) -> Behaviour {
        Behaviour { calling: Calling { answers: Answers::PassOn, ..Calling::PLAIN }, ..Behaviour::OPEN }
    }
}
