//! What the numbers of a run come to: estimates with their uncertainty.

pub mod availability;
pub mod branches;
pub mod breaking;
pub mod classes;
pub mod columns;
pub mod comparison;
pub mod confirmation;
pub mod costs;
pub mod estimate;
pub mod events;
mod expectations;
pub mod fullness;
pub mod gauges;
pub mod goals;
pub mod journey;
pub mod measured;
pub mod moments;
pub mod nodes;
pub mod normality;
mod notices;
pub mod outages;
pub mod parts;
mod planned;
pub mod point_fullness;
pub mod preference;
pub mod replication;
pub mod resources;
mod scaling;
pub mod shard;
mod shares;
pub mod shown;
pub mod solve;
mod stays;
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
#[cfg(test)]
mod topology_tests;
