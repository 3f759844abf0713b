//! What one asks of a scenario, each question a plain function: it takes a [`Scenario`], options and
//! somebody who may watch, and returns values. None of them prints, writes a file, starts a clock
//! or reads a command line; whoever calls (the command line, Python, a page in a browser) parses
//! words and shows what comes back, and nothing else.

pub(crate) mod advise;
pub mod builder;
pub mod error;
pub mod findings;
pub mod rows;
pub mod scenario;
pub(crate) mod simulate;
pub mod stage;

pub use advise::advise;
pub use error::{Error, Mistakes};
pub use findings::Findings;
pub use scenario::{Scenario, load};
pub use simulate::{Run, SimulateOptions, simulate};
pub use stage::{ClassView, NodeView, ReplicaView, Stage, View};
