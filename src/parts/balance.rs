//! How a caller picks one of several peers.

/// A balancing policy, under the names that nginx and HAProxy use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Balance {
    /// In turn; with weights, nginx's smooth weighted round robin.
    #[default]
    RoundRobin,
    /// The peer with the fewest open requests of this caller, for its weight.
    LeastConnections,
    /// Uniformly at random, by weight.
    Random,
    /// The least loaded for its weight of so many different ones drawn at random by weight, as nginx's
    /// `random two`; ties at random.
    Choices(u8),
    /// By the client's address: the same client goes to the same peer.
    IpHash,
    /// By the client on a ring, so that a lost peer moves only its own clients.
    ConsistentHash,
}
