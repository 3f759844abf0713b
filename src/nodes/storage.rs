//! `storage`: a shared file system or disk with a number of channels.

use super::behaviour::{Behaviour, UNLIMITED};
use super::fields::Fields;
use super::setting::{Setting, Takes};

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

pub const SETTINGS: &[Setting] = &[
    Setting::new(
        "channels",
        Takes::WholeOrUnlimited(1, 1_000_000),
        "1",
        "spof: one disk",
        "operations served at once",
    ),
    Setting::new(
        "boot",
        Takes::Duration,
        "5s",
        "spof: it checks its disks",
        "how long it takes from its start until it serves",
    ),
];

impl Storage {
    pub fn read(fields: &mut Fields) -> Storage {
        Storage { channels: fields.whole("channels") }
    }
}
