//! `server`: a host, whose cores and memory all that stands on it shares.

use super::fields::Fields;
use super::setting::{Setting, Takes};

#[derive(Clone, Debug)]
pub struct Server {
    pub address: Option<String>,
    pub cores: u32,
    /// Bytes.
    pub memory: Option<u64>,
    pub zone: Option<String>,
    /// How fast a core is, next to the one on which the scenario's CPU times were measured.
    pub speed: f64,
}

pub const SETTINGS: &[Setting] = &[
    Setting::optional("address", Takes::Text, "the address that a DNS record may point to"),
    Setting::new(
        "cores",
        Takes::Whole(1, 100_000),
        "1",
        "spof: one core",
        "cores that all on this host share",
    ),
    Setting::optional("memory", Takes::Size, "memory that all on this host share"),
    Setting::optional("zone", Takes::Text, "the availability zone it stands in"),
    Setting::new(
        "speed",
        Takes::Number,
        "1",
        "spof: the machine on which the CPU times were measured",
        "how fast a core is: 2 halves all CPU times",
    ),
    Setting::new(
        "boot",
        Takes::Duration,
        "30s",
        "spof: a small virtual machine",
        "how long it takes from its start until it serves",
    ),
];

impl Server {
    pub fn read(fields: &mut Fields) -> Server {
        Server {
            address: fields.optional_text("address"),
            cores: fields.whole("cores"),
            memory: fields.optional_size("memory"),
            zone: fields.optional_text("zone"),
            speed: fields.number("speed"),
        }
    }
}
