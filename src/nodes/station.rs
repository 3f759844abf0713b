//! `station`: a bare queue with c servers, for models from the textbook.

use super::behaviour::{Behaviour, Order, UNLIMITED, WhenCallerLeaves, WhenFull};
use crate::parts::distribution::Distribution;
use crate::parts::outcome::Outcome;

#[derive(Clone, Debug)]
pub struct Station {
    /// `UNLIMITED` for a server each.
    pub servers: u32,
    pub discipline: Discipline,
    /// Waiting places, those in service not counted.
    pub queue: u32,
    pub patience: Option<Distribution>,
    pub when_caller_leaves: WhenCallerLeaves,
    /// Whether the visit goes on from here to the next node of its path (a network of
    /// queues) instead of staying while that one works.
    pub hands_over: bool,
    pub occupancy: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discipline {
    Fifo,
    Lifo,
    Random,
    Priority,
    ProcessorSharing,
}

impl Station {
    pub fn behaviour(&self) -> Behaviour {
        let shares = self.discipline == Discipline::ProcessorSharing;
        Behaviour {
            slots: if shares { UNLIMITED } else { self.servers },
            queue: self.queue,
            when_full: WhenFull::Answer(Outcome::Rejected),
            order: match self.discipline {
                Discipline::Fifo | Discipline::ProcessorSharing => Order::Fifo,
                Discipline::Lifo => Order::Lifo,
                Discipline::Random => Order::Random,
                Discipline::Priority => Order::Priority,
            },
            patience: self.patience.clone(),
            when_caller_leaves: self.when_caller_leaves,
            hands_over: self.hands_over,
            shared_cores: shares.then_some(self.servers),
            track_occupancy: self.occupancy,
            ..Behaviour::OPEN
        }
    }
}
