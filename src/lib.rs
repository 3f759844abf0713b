//! spof simulates web infrastructure request by request: what breaks, what does it cost, and
//! what would fix it?
//!
//! This crate is what the command line `spof` is made of, for those who want to run scenarios
//! from a program. `ARCHITECTURE.md` in the repository places every file; this page shows the
//! way through and a worked example.
//!
//! # The map
//!
//! ```text
//! scenario file ─▶ Scenario ─▶ Plan ─▶ Simulation ─▶ RunResults ─▶ Summary ─▶ files, terminal
//! ```
//!
//! 1. [`scenario::load::load`] reads and checks a file, [`scenario::load::load_text`] a text. All
//!    that can be wrong is found here, all at once, each with its place and a hint.
//! 2. [`plan::compile`] translates the [`Scenario`](scenario::model::Scenario) into flat arrays: a
//!    [`Plan`](plan::Plan), in which a class of requests is a program of small steps.
//! 3. [`engine::Simulation`] runs a plan event by event, as far as one lets it.
//!    [`experiment::run`] runs it to its end, [`experiment::study::replicate`] several times side by side.
//! 4. [`results::RunResults`] are sums and counts per time bucket. They can be merged.
//! 5. [`analysis::summarise::summarise`] makes figures of them, with confidence intervals where
//!    there are any and with reasons where there are none.
//! 6. [`structure::analyze`] goes another way: from the scenario to exact availability and single
//!    points of failure, without a run.
//! 7. [`verify`] holds the simulator to the answers of [`theory`], as anybody can on any machine.
//! 8. [`output`] writes files and the summary for people.
//!
//! Below these, [`nodes`] says how real software behaves, [`parts`] what scenarios are written
//! with, [`document`] how a text becomes values that know their place, [`kernel`] what time,
//! chance and events are, and [`stats`] how they are observed. [`cli`] stands above all.
//! A module imports only from those below it.
//!
//! Many runs can be spread over machines: [`analysis::shard::Part::runs`] says which are whose,
//! [`experiment::study::replicate`] makes them, [`output::shard_file`] takes what they came to from one machine
//! to another, and [`analysis::shard::merge`] puts all together, to the same bits as on one.
//!
//! A scenario need not be a file: [`site`] builds one in code, with durations and arrivals of any making
//! ([`law()`], [`arrivals_by`]). The folder `examples` of the repository shows what can be done, in the order
//! in which one would want to read it.
//!
//! # An example
//!
//! A counter with one clerk, to whom a customer comes every 100 ms on average and stays for
//! 80 ms on average: the queue M/M/1 at a load of 0.8. The textbook says that a customer spends
//! 80 ms / (1 − 0.8) = 400 ms there.
//!
//! ```
//! use spof::analysis::summarise::summarise;
//! use spof::{experiment, plan, scenario};
//!
//! let text = "
//! name: A counter
//! run: { requests: 400000, warmup: 2000 requests, seed: 7 }
//! nodes:
//!   customers: { kind: user, arrivals: 10/s }
//!   counter: { kind: station, servers: 1 }
//! requests:
//!   order: { path: [ counter: exp(80ms) ] }
//! ";
//! let loaded = scenario::load::load_text("counter.yaml", text, &[]);
//! assert!(!loaded.has_errors(), "{}", loaded.render(false));
//! let scenario = loaded.scenario.expect("a scenario without errors");
//!
//! let plan = plan::compile(&scenario);
//! let results = experiment::run(&plan, scenario.run.seed, 0);
//! // No request is ever lost.
//! assert_eq!(results.offered, results.ended + results.in_flight);
//!
//! let summary = summarise(&scenario, scenario.run.seed, &results);
//! let order = &summary.classes[0];
//! let mean_ms = order.mean_ms.value.expect("there were answers");
//! let half_width_ms = order.mean_ms.half_width.expect("there were many");
//! assert!((mean_ms - 400.0).abs() < 2.0 * half_width_ms, "{mean_ms} ± {half_width_ms} ms");
//! assert!((summary.nodes[1].utilisation.expect("it has one slot") - 0.8).abs() < 0.01);
//! ```
//!
//! The last argument of `load_text` replaces settings, as `--set` does on the command line.
//! A mistake comes back as text for people:
//!
//! ```
//! use spof::scenario::load::load_text;
//!
//! let text = "nodes: { customers: { kind: user, arrivals: 10 } }\nrequests: { order: { path: [ shop ] } }";
//! let told = load_text("wrong.yaml", text, &[]).render(false);
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

/// The command line, from its words to its exit code.
#[cfg(feature = "cli")]
#[doc(hidden)]
pub use cli::run as run_command_line;
pub use experiment::tasks::{Unwatched, Watcher};
pub use questions::builder::{
    Element, Elements, Law, Settings, SiteBuilder, Value, arrivals_by, call, law, list, site, table,
};
pub use questions::{
    ClassView, Error, Mistakes, NodeView, ReplicaView, Run, Scenario, SimulateOptions, Stage, View, advise,
    load, simulate,
};
/// The crates that the laws of a program come from, in the versions that fit.
pub use rand;
pub use rand_distr;
