//! spof simulates web infrastructure request by request.

pub mod analysis;
pub mod cli;
pub mod document;
pub mod engine;
pub mod experiment;
pub mod kernel;
pub mod nodes;
pub mod output;
pub mod parts;
pub mod plan;
pub mod results;
pub mod scenario;
pub mod stats;
