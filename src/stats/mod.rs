//! What a run observes, in a size that does not grow with it: histograms of lengths of
//! time, folded series, the end of the warm-up, and how far an estimate may be trusted.
//!
//! Recording allocates nothing and adds whole numbers only, so that results do not
//! depend on the order in which threads or machines hand them in.

pub mod histogram;
pub mod interval;
pub mod looks;
mod occupied;
pub mod pairs;
pub mod series;
pub mod student;
pub mod two_stages;
pub mod warmup;

#[cfg(test)]
mod coverage;
