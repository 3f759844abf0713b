//! `station`: a bare queue with c servers, for models from the textbook.

use super::behaviour::{Behaviour, Order, UNLIMITED, WhenCallerLeaves, WhenFull};
use super::fields::Fields;
use super::setting::{Setting, Takes};
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

pub const SETTINGS: &[Setting] = &[
    Setting::new("servers", Takes::WholeOrUnlimited(1, 10_000_000), "1", "spof", "visits served at once"),
    Setting::new(
        "discipline",
        Takes::Word(&["fifo", "lifo", "random", "priority", "ps"]),
        "fifo",
        "spof",
        "who is next; `ps` shares the servers among all",
    ),
    Setting::new(
        "queue",
        Takes::WholeOrUnlimited(0, 1_000_000_000),
        "unlimited",
        "spof",
        "waiting places, those in service not counted; who finds none is rejected",
    ),
    Setting::optional("patience", Takes::Distribution, "how long a visit waits before it gives up"),
    Setting::new(
        "when_caller_leaves",
        Takes::Word(&["finish", "stop"]),
        "finish",
        "spof",
        "what becomes of a visit whose caller no longer waits",
    ),
    Setting::new(
        "hands_over",
        Takes::Flag,
        "true",
        "spof: as in a network of queues",
        "the visit moves on to the next element of its path instead of waiting for it",
    ),
    Setting::new(
        "occupancy",
        Takes::Flag,
        "false",
        "spof",
        "keeps how long each number of visits was inside",
    ),
    Setting::new(
        "boot",
        Takes::Duration,
        "0s",
        "spof: theory knows none",
        "how long it takes from its start until it serves",
    ),
];

impl Station {
    pub fn read(fields: &mut Fields) -> Station {
        Station {
            servers: fields.whole("servers"),
            discipline: [
                Discipline::Fifo,
                Discipline::Lifo,
                Discipline::Random,
                Discipline::Priority,
                Discipline::ProcessorSharing,
            ][fields.word("discipline")],
            queue: fields.whole("queue"),
            patience: fields.optional_distribution("patience"),
            when_caller_leaves: [WhenCallerLeaves::Finish, WhenCallerLeaves::Stop]
                [fields.word("when_caller_leaves")],
            hands_over: fields.flag("hands_over"),
            occupancy: fields.flag("occupancy"),
        }
    }
}
