//! `server`: a host, whose cores and memory all that stands on it shares.

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
