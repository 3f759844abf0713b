//! spof simulates web infrastructure request by request: what breaks, what does it cost, and
//! what would fix it?
//!
//! This crate is what the command line `spof` is made of, for those who want to run scenarios
//! from a program:
//!
//! - [`load`] reads a scenario file and checks all of it, [`Scenario::parse`] a text, and [`site`] builds one in
//!   code, with durations and arrivals of any making ([`law()`], [`arrivals_by`]).
//! - [`Scenario::with`] gives the same with another setting, under the path that `--set` takes on the command
//!   line.
//! - [`simulate()`] runs it and returns figures with their uncertainty, what they mean, and that in words
//!   ([`Findings`]).
//! - [`Stage`] is a run that one advances, looks at, touches and takes back.
//! - [`advise()`] tries what would help.
//!
//! None of these prints, writes a file or looks at a clock. Work that takes long is watched, and broken off, by
//! a [`Watcher`]; nobody looks if it is [`Unwatched`]. The folder `examples` of the repository shows what can
//! be done, in the order in which one would want to read it; `ARCHITECTURE.md` there is the map of the inside.
//!
//! Features: `cli` (the default) is the program with all that it prints and writes. Without default features
//! there are no terminal, no pictures and no threads.
//!
//! # An example
//!
//! A counter with one clerk, to whom a customer comes every 100 ms on average and stays for
//! 80 ms on average: the queue M/M/1 at a load of 0.8. The textbook says that a customer spends
//! 80 ms / (1 − 0.8) = 400 ms there.
//!
//! ```
//! use spof::{Scenario, SimulateOptions, Unwatched, simulate};
//!
//! let scenario = Scenario::parse("
//! name: A counter
//! run: { requests: 400000, warmup: 2000 requests, seed: 7 }
//! nodes:
//!   customers: { kind: user, arrivals: 10/s }
//!   counter: { kind: station, servers: 1 }
//! requests:
//!   order: { path: [ counter: exp(80ms) ] }
//! ")?;
//! let run = simulate(&scenario, &SimulateOptions::default(), &Unwatched)?;
//! // No request is ever lost.
//! assert_eq!(run.results.offered, run.results.ended + run.results.in_flight);
//!
//! let summary = &run.findings.summary;
//! let order = &summary.classes[0];
//! let mean_ms = order.mean_ms.value.expect("there were answers");
//! let half_width_ms = order.mean_ms.half_width.expect("there were many");
//! assert!((mean_ms - 400.0).abs() < 2.0 * half_width_ms, "{mean_ms} ± {half_width_ms} ms");
//! assert!((summary.nodes[1].utilisation.expect("it has one slot") - 0.8).abs() < 0.01);
//!
//! let two_clerks = scenario.with("counter.servers", 2)?;
//! let run = simulate(&two_clerks, &SimulateOptions::default(), &Unwatched)?;
//! assert!(run.findings.summary.classes[0].mean_ms.value < Some(100.0));
//! # Ok::<(), spof::Error>(())
//! ```
//!
//! What is wrong comes back all at once, as text for people or piece by piece ([`Mistakes::each`]):
//!
//! ```
//! use spof::Scenario;
//!
//! let text = "nodes: { customers: { kind: user, arrivals: 10 } }\nrequests: { order: { path: [ shop ] } }";
//! let told = Scenario::parse(text).expect_err("two things are wrong").to_string();
//! assert!(told.contains("does not say per what"), "{told}");
//! assert!(told.contains("there is no node `shop`"), "{told}");
//! ```
//!
//! # What can be relied on
//!
//! The same scenario, seed and replication give the same results, bit for bit, on every machine
//! and with any number of threads. Each random quantity has a stream of its own, so that a change
//! to one node leaves the chance of all others as it was. The engine allocates nothing per event,
//! uses no threads, no files and no clock.

#![cfg_attr(not(feature = "python"), forbid(unsafe_code))]
// What only some features need is not dead where they are left out.
#![cfg_attr(
    not(all(feature = "parquet", feature = "python", feature = "tui")),
    allow(dead_code, unused_imports)
)]

// What programs use is named below. The rooms are open to the tests and benches of this repository only
// (feature `inside`), so that the compiler finds what nobody uses.
#[cfg(feature = "inside")]
pub mod advice;
#[cfg(not(feature = "inside"))]
mod advice;
#[cfg(feature = "inside")]
pub mod analysis;
#[cfg(not(feature = "inside"))]
mod analysis;
#[cfg(all(feature = "cli", feature = "inside"))]
pub mod cli;
#[cfg(all(feature = "cli", not(feature = "inside")))]
mod cli;
#[cfg(feature = "inside")]
pub mod diagnosis;
#[cfg(not(feature = "inside"))]
mod diagnosis;
#[cfg(feature = "inside")]
pub mod document;
#[cfg(not(feature = "inside"))]
mod document;
#[cfg(feature = "inside")]
pub mod engine;
#[cfg(not(feature = "inside"))]
mod engine;
#[cfg(feature = "inside")]
pub mod experiment;
#[cfg(not(feature = "inside"))]
mod experiment;
#[cfg(feature = "inside")]
pub mod kernel;
#[cfg(not(feature = "inside"))]
mod kernel;
#[cfg(feature = "inside")]
pub mod nodes;
#[cfg(not(feature = "inside"))]
mod nodes;
#[cfg(all(feature = "charts", feature = "inside"))]
pub mod output;
#[cfg(all(feature = "charts", not(feature = "inside")))]
mod output;
#[cfg(feature = "inside")]
pub mod parts;
#[cfg(not(feature = "inside"))]
mod parts;
#[cfg(feature = "inside")]
pub mod plan;
#[cfg(not(feature = "inside"))]
mod plan;
#[cfg(feature = "python")]
mod python;
#[cfg(feature = "inside")]
pub mod questions;
#[cfg(not(feature = "inside"))]
mod questions;
#[cfg(feature = "inside")]
pub mod results;
#[cfg(not(feature = "inside"))]
mod results;
#[cfg(feature = "inside")]
pub mod scenario;
#[cfg(not(feature = "inside"))]
mod scenario;
#[cfg(feature = "inside")]
pub mod stats;
#[cfg(not(feature = "inside"))]
mod stats;
#[cfg(feature = "inside")]
pub mod structure;
#[cfg(not(feature = "inside"))]
mod structure;
#[cfg(feature = "inside")]
pub mod telling;
#[cfg(not(feature = "inside"))]
mod telling;
#[cfg(feature = "inside")]
pub mod theory;
#[cfg(not(feature = "inside"))]
mod theory;
#[cfg(feature = "inside")]
pub mod verify;
#[cfg(not(feature = "inside"))]
mod verify;

pub use advice::{Family, Wish};
/// The command line, from its words to its exit code.
#[cfg(feature = "cli")]
#[doc(hidden)]
pub use cli::run as run_command_line;
pub use experiment::tasks::{Crew, Unwatched, Watcher};
pub use questions::builder::{
    Element, Elements, Law, Settings, SiteBuilder, Value, arrivals_by, call, law, list, site, table,
};
pub use questions::error::Mistake;
pub use questions::rows::RowColumns;
pub use questions::{
    ClassView, Error, Findings, Mistakes, NodeView, ReplicaView, Run, Scenario, SimulateOptions, Stage, View,
    advise, load, simulate,
};
/// The crates that the laws of a program come from, in the versions that fit.
pub use rand;
pub use rand_distr;
pub use results::row::RowSampling;
