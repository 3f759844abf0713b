//! What there is only so much of: whatever of a site can be full.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// Of a host, or of a station that shares them.
    Cores,
    /// What a visit holds while it is inside: a worker, a thread, a connection, a server.
    Slots,
    /// Places in the line in front of the slots.
    Backlog,
    /// Connections that the processes of one node keep to their database.
    Pool,
    /// Calls that a careful caller makes at once to each of its peers (`max_in_flight`), and to all.
    InFlight,
    InFlightInAll,
    /// What a link carries one way.
    Bandwidth,
    /// What a rate limit lets pass.
    Rate,
    /// Of a host.
    Memory,
}

/// A resource of which so much is in use in a time bucket, at its fullest place, is full.
pub const FULL: f64 = 0.95;

impl ResourceKind {
    pub const ALL: [ResourceKind; 9] = [
        ResourceKind::Cores,
        ResourceKind::Slots,
        ResourceKind::Backlog,
        ResourceKind::Pool,
        ResourceKind::InFlight,
        ResourceKind::InFlightInAll,
        ResourceKind::Bandwidth,
        ResourceKind::Rate,
        ResourceKind::Memory,
    ];

    /// Whether what it is called stands for several: cores, workers, calls.
    pub fn is_plural(self) -> bool {
        matches!(
            self,
            ResourceKind::Cores | ResourceKind::Slots | ResourceKind::InFlight | ResourceKind::InFlightInAll
        )
    }

    /// As it stands in tables.
    pub fn name(self) -> &'static str {
        match self {
            ResourceKind::Cores => "cores",
            ResourceKind::Slots => "slots",
            ResourceKind::Backlog => "backlog",
            ResourceKind::Pool => "pool",
            ResourceKind::InFlight => "in_flight",
            ResourceKind::InFlightInAll => "in_flight_in_all",
            ResourceKind::Bandwidth => "bandwidth",
            ResourceKind::Rate => "rate",
            ResourceKind::Memory => "memory",
        }
    }
}

/// Which way a message goes over a link: calls out, answers back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    Out,
    Back,
}

impl Way {
    pub const BOTH: [Way; 2] = [Way::Out, Way::Back];

    /// As it stands in tables.
    pub fn name(self) -> &'static str {
        match self {
            Way::Out => "out",
            Way::Back => "back",
        }
    }
}

/// Who calls, or is called: a node or a group, by its number in the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Party {
    Node(u32),
    Group(u32),
}

/// Whose it is, by numbers of the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner {
    Node(u32),
    Link { link: u32, way: Way },
    Calls { from: Party, to: Party },
    Limit { node: u32, number: u32 },
}

impl Owner {
    /// Of a link, which way it is.
    pub fn way(self) -> Option<Way> {
        match self {
            Owner::Link { way, .. } => Some(way),
            _ => None,
        }
    }
}
