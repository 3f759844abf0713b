//! `run.json`: what the run cost on this machine, today. All that changes from run to run
//! stands here, so that the other files do not.

use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct RunCost {
    pub spof_version: &'static str,
    pub scenario_file: String,
    /// UTC, as in RFC 3339.
    pub started_at: String,
    pub wall_s: f64,
    pub simulated_s: f64,
    /// None where none were simulated.
    pub requests: Option<u64>,
    pub requests_per_s: Option<f64>,
    pub events: u64,
    pub events_per_s: Option<f64>,
    pub event_ns: Option<f64>,
    /// Writing rows included.
    pub request_ns: Option<f64>,
    pub rows: u64,
}
