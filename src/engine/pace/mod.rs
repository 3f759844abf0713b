//! How time passes in a run: with silences that are skipped, without requests, or not at all.
//!
//! What is kept about that, and nobody else's business; what follows from it for the other rooms
//! stands in `happenings`.

pub mod components;
pub mod quiet;
mod sample;
pub mod standstill;
