//! `dns`: a recursive resolver with the records of the zone it is asked for.

use crate::kernel::time::Time;
use crate::parts::distribution::Distribution;

#[derive(Clone, Debug)]
pub struct Dns {
    pub records: Vec<Record>,
    /// How long the resolver takes to ask the authoritative servers when its own cache is cold.
    pub lookup: Distribution,
    /// A stub resolver waits this long for an answer …
    pub timeout: Time,
    /// … and asks so many times.
    pub attempts: u32,
    /// How long "no such name" is remembered.
    pub negative_ttl: Time,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub name: String,
    pub points_to: PointsTo,
    pub ttl: Time,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PointsTo {
    /// An A or AAAA record: the address of a `server`, or of any node.
    Address(String),
    /// A CNAME record: another name.
    Name(String),
}

/// What looking a name up comes to: each record's time to live on the way to an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    pub ttls: Vec<Time>,
    pub address: Option<String>,
}

impl Dns {
    /// Follows CNAMEs from a name to an address; a loop or a dead end has no address.
    pub fn chain(&self, name: &str) -> Chain {
        let mut ttls = Vec::new();
        let mut name = name;
        while ttls.len() <= self.records.len() {
            let Some(record) = self.records.iter().find(|record| record.name.eq_ignore_ascii_case(name))
            else {
                break;
            };
            ttls.push(record.ttl);
            match &record.points_to {
                PointsTo::Address(address) => return Chain { ttls, address: Some(address.clone()) },
                PointsTo::Name(next) => name = next,
            }
        }
        Chain { ttls, address: None }
    }
}
