//! What a run simulates.

use crate::kernel::time::Time;

/// What is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fidelity {
    /// Every request.
    Requests,
    /// Requests around changes: from `lead` before each until nothing has changed for
    /// `settle`. A stretch of the steady state as long as `sample` stands for the rest.
    Incidents { settle: Time, lead: Time, sample: Time },
    /// What is up and what is down, and no requests.
    Components,
}
