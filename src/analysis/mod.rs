//! What the numbers of a run come to: estimates with their uncertainty.

pub mod availability;
pub mod branches;
pub mod breaking;
mod classes;
pub mod columns;
pub mod comparison;
pub mod costs;
mod estimate;
pub mod events;
mod expectations;
pub mod gauges;
pub mod goals;
pub mod journey;
pub mod moments;
pub mod nodes;
pub mod normality;
mod notices;
pub mod parts;
mod replication;
mod scaling;
pub mod shard;
mod shares;
mod single_points;
pub mod solve;
pub mod study;
pub mod summarise;
pub mod summary;
pub mod sweep;
pub mod tail;
pub mod time_spent;
pub mod topology;
pub mod trial;
mod views;
pub mod waterfall;
pub mod window;

#[cfg(test)]
mod comparison_tests;
#[cfg(test)]
pub mod example;
#[cfg(test)]
mod quiet_tests;
#[cfg(test)]
mod tests;
