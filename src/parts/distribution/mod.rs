//! Random durations: what can be written, what it means, and how it is drawn.
//!
//! A distribution is one variant here and its arms in `spelling` (how it is read),
//! `describing` (how it is printed), `moments` (mean, variance, cdf, quantile) and `sampler` (how it is drawn).

mod arguments;
mod custom;
mod describing;
mod moments;
#[cfg(test)]
mod oracle_tests;
mod sampler;
mod special;
mod spelling;
mod syntax;
mod table;
#[cfg(test)]
mod tests;
mod ziggurat;

pub use custom::{Custom, not_here, spelled};
pub use sampler::Sampler;
pub use syntax::BadDistribution;
pub use table::{cell_seconds, column_seconds, header_unit};
pub(in crate::parts) use ziggurat::exponential as unit_exponential;

use std::sync::Arc;

/// Gives the values of a CSV file's column in seconds, from the path and the column's name.
pub type Table<'t> = dyn FnMut(&str, Option<&str>) -> Result<Vec<f64>, String> + 't;

/// Finds a law of a program by its name. The error says what is wrong, and what to write instead.
pub type FindLaw<'l> = dyn Fn(&str) -> Result<Distribution, (String, String)> + 'l;

/// The law of a random duration. All parameters are in seconds, no duration is negative.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    Constant(f64),
    Uniform {
        low: f64,
        high: f64,
    },
    Exponential {
        mean: f64,
    },
    /// The sum of `stages` exponentials; `mean` is that of the sum.
    Erlang {
        stages: u32,
        mean: f64,
    },
    Gamma {
        shape: f64,
        scale: f64,
    },
    /// The exponential of a normal variate; `mu` and `sigma` belong to the logarithm of
    /// the seconds.
    LogNormal {
        mu: f64,
        sigma: f64,
    },
    /// A normal law cut off at zero. `mu` and `sigma` are those before the cut; mean and
    /// variance are those after it.
    Normal {
        mu: f64,
        sigma: f64,
    },
    Weibull {
        shape: f64,
        scale: f64,
    },
    /// Never below `scale`; a shape of one or less has an infinite mean.
    Pareto {
        shape: f64,
        scale: f64,
    },
    /// One of several exponentials, as (share, mean).
    HyperExponential(Vec<(f64, f64)>),
    /// One of these values, sorted, each as likely as the next. Nothing is drawn between
    /// two values.
    Empirical(Arc<[f64]>),
    Shifted {
        by: f64,
        of: Box<Distribution>,
    },
    /// One of several distributions, each with its share.
    Mixture(Vec<(f64, Distribution)>),
    /// A law that a program has brought along.
    Custom(Custom),
}

impl Distribution {
    /// Reads a distribution as it is written in scenarios, such as "250ms", "exp(6ms)",
    /// "5ms + lognormal(median 20ms, p99 80ms)" or "mixture(90% exp(5ms), 10% 300ms)".
    ///
    /// `table(path, column)` gives the values of a CSV file's column in seconds, so that
    /// this module reads no files; `column_seconds` does it for a text.
    pub fn parse(text: &str, table: &mut Table) -> Result<Distribution, BadDistribution> {
        Distribution::parse_with(text, table, &|name| Err(not_here(name)))
    }

    /// The same where a program has brought laws of its own, which it finds by their names.
    pub fn parse_with(text: &str, table: &mut Table, law: &FindLaw) -> Result<Distribution, BadDistribution> {
        let piece = syntax::read(text)?;
        spelling::Reader { text, table, law }.distribution(&piece)
    }

    pub fn sampler(&self) -> Sampler {
        Sampler::new(self)
    }
}
