pub mod kernel;
pub mod stats;
