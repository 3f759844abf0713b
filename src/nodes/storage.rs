//! `storage`: a shared file system or disk with a number of channels.

use super::behaviour::{Behaviour, UNLIMITED};

#[derive(Clone, Debug)]
pub struct Storage {
    /// Operations served at once; the others wait in line.
    pub channels: u32,
}

impl Storage {
    pub fn behaviour(&self) -> Behaviour {
        Behaviour { slots: self.channels, queue: UNLIMITED, ..Behaviour::OPEN }
    }
}
