//! What can go wrong with a node or a link.

use crate::kernel::time::Time;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// The process, or the host with all that stands on it, is gone: what is inside ends as
    /// a reset, queues, connections and caches are lost. A port without its process
    /// refuses; a dead host is silent.
    Crash,
    /// It takes connections and never answers.
    Hang,
    /// All work takes so many times as long.
    Slow { factor: f64 },
    /// This share of the requests fails.
    Errors { share: f64 },
    /// Every request fails at once, so that the node looks idle to those who balance by load.
    BlackHole,
    /// Writes fail.
    FullDisk,
    /// It needs more and more memory, until it is started again.
    Leak { bytes_per_s: f64 },
    /// The data are gone: it is down until its backup is restored, and has lost what was
    /// written since that was made.
    DataLoss,
    /// A link takes so much longer, one way.
    Delay { by: Time },
    /// A link loses this share of its messages on top of its own.
    Loss { share: f64 },
    /// A link sends no faster than this.
    Throttle { nanoseconds_per_byte: f64 },
    /// Nothing crosses the link.
    Partition,
    /// The resolver gets no answers from the authoritative servers.
    DnsOutage,
    /// New connections that are encrypted fail.
    ExpiredCertificate,
    /// The database's primary is lost and a replica takes over.
    Failover,
}

impl Fault {
    /// The word for it in scenarios and output.
    pub fn name(self) -> &'static str {
        match self {
            Fault::Crash => "fail",
            Fault::Hang => "hang",
            Fault::Slow { .. } => "slow",
            Fault::Errors { .. } => "errors",
            Fault::BlackHole => "black_hole",
            Fault::FullDisk => "fill_disk",
            Fault::Leak { .. } => "leak",
            Fault::DataLoss => "lose_data",
            Fault::Delay { .. } => "delay",
            Fault::Loss { .. } => "lose",
            Fault::Throttle { .. } => "throttle",
            Fault::Partition => "partition",
            Fault::DnsOutage => "dns_outage",
            Fault::ExpiredCertificate => "expire_certificate",
            Fault::Failover => "failover",
        }
    }
}
