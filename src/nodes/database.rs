//! `database`: MySQL. Above `max_connections` it answers error 1040 at once; it has no queue.

use super::behaviour::{Behaviour, WhenFull};
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;

#[derive(Clone, Debug)]
pub struct Database {
    pub software: Software,
    pub max_connections: u32,
    /// CPU time that the server spends on a new connection.
    pub connect: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Software {
    Mysql,
    Mariadb,
}

impl Database {
    pub fn behaviour(&self) -> Behaviour {
        Behaviour {
            slots: self.max_connections,
            queue: 0,
            when_full: WhenFull::Answer(Outcome::TooManyConnections),
            ..Behaviour::OPEN
        }
    }
}
