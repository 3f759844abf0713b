//! What requests do: the steps of their programs, calls and answers, lines and slots, and what callers
//! do about those who do not answer. All of it is `impl World`: a step asks the rooms one after the
//! other, and knows of each only what that tells.

pub mod admission;
mod borrowing;
mod caching;
mod calls;
mod choosing;
mod crossing;
mod cutting;
pub mod ending;
pub mod health;
mod leaving;
mod plain;
mod replication;
pub mod resilience;
mod resolving;
mod source;
mod steps;
mod telling;
mod usual;
