//! The canonical spelling of a distribution, which parses back to the very same one.

use super::{Distribution, spelled};
use crate::parts::quantity::{parse_duration, spell_duration, spell_share};
use libm::{exp, log};

impl Distribution {
    pub fn describe(&self) -> String {
        match self {
            Distribution::Constant(value) => spell_duration(*value),
            Distribution::Uniform { low, high } => {
                format!("uniform({}, {})", spell_duration(*low), spell_duration(*high))
            }
            Distribution::Exponential { mean } => format!("exp({})", spell_duration(*mean)),
            Distribution::Erlang { stages, mean } => format!("erlang({stages}, {})", spell_duration(*mean)),
            Distribution::Gamma { shape, scale } => {
                format!("gamma(shape {shape}, scale {})", spell_duration(*scale))
            }
            Distribution::LogNormal { mu, sigma } => match spell_median(*mu) {
                Some(median) => format!("lognormal(median {median}, sigma {sigma})"),
                None => format!("lognormal(mu {mu}, sigma {sigma})"),
            },
            Distribution::Normal { mu, sigma } => {
                format!("normal({}, {})", spell_duration(*mu), spell_duration(*sigma))
            }
            Distribution::Weibull { shape, scale } => {
                format!("weibull(shape {shape}, scale {})", spell_duration(*scale))
            }
            Distribution::Pareto { shape, scale } => {
                format!("pareto(shape {shape}, scale {})", spell_duration(*scale))
            }
            Distribution::HyperExponential(branches) => {
                let parts = branches
                    .iter()
                    .map(|(share, mean)| format!("{} {}", spell_share(*share), spell_duration(*mean)));
                format!("hyperexp({})", parts.collect::<Vec<_>>().join(", "))
            }
            Distribution::Empirical(values) => {
                let values = values.iter().map(|&value| spell_duration(value));
                format!("empirical({})", values.collect::<Vec<_>>().join(", "))
            }
            Distribution::Shifted { by, of } => format!("{} + {}", spell_duration(*by), of.describe()),
            Distribution::Mixture(parts) => {
                let parts =
                    parts.iter().map(|(share, of)| format!("{} {}", spell_share(*share), of.describe()));
                format!("mixture({})", parts.collect::<Vec<_>>().join(", "))
            }
            Distribution::Custom(law) => spelled(law.name()),
        }
    }
}

/// The median of a lognormal law, if a short spelling of it gives back the same `mu`.
fn spell_median(mu: f64) -> Option<String> {
    let median = format!("{:.11e}", exp(mu)).parse::<f64>().ok()?;
    let text = spell_duration(median);
    let same = parse_duration(&text).is_ok_and(|seconds| log(seconds) == mu);
    (text.len() <= 12 && same).then_some(text)
}
