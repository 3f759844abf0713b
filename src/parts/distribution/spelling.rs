//! How each distribution is written, and which parameters it takes.

use super::arguments::{Call, Read, did_you_mean, forms_list, plain};
use super::special::normal_quantile;
use super::syntax::{BadDistribution, Form, Piece};
use super::{Distribution, FindLaw, Table};
use crate::parts::quantity::{parse_share, quoted};
use libm::{log, sqrt, tgamma};
use std::ops::Range;

const NAMES: [&str; 15] = [
    "constant",
    "uniform",
    "exp",
    "exponential",
    "erlang",
    "gamma",
    "lognormal",
    "normal",
    "weibull",
    "pareto",
    "hyperexp",
    "hyperexponential",
    "empirical",
    "shifted",
    "mixture",
];

/// More parts would make every draw slow, and belong into `empirical`.
const PARTS_MAX: usize = 1000;

pub struct Reader<'t> {
    pub text: &'t str,
    pub table: &'t mut Table<'t>,
    pub law: &'t FindLaw<'t>,
}

impl<'t> Reader<'t> {
    pub fn distribution(&mut self, piece: &Piece) -> Read<Distribution> {
        match &piece.form {
            Form::Quantity => Ok(Distribution::Constant(self.duration(piece)?)),
            Form::Quoted => Err(BadDistribution::at(
                &piece.span,
                "a text stands where a duration is expected",
                "write empirical(file \"times.csv\") for the values of a file",
            )),
            Form::Sum(terms) => self.sum(terms),
            Form::Call { name, arguments } => {
                let text = self.text;
                self.call(Call { name: &text[name.clone()], span: &piece.span, arguments }, name)
            }
        }
    }

    fn call(&mut self, call: Call, name: &Range<usize>) -> Read<Distribution> {
        match call.name {
            "constant" => {
                Ok(Distribution::Constant(self.duration(&self.take(call, &[&["value"]])?.1[0].value)?))
            }
            "uniform" => self.uniform(call),
            "exp" | "exponential" => {
                Ok(Distribution::Exponential { mean: self.positive(self.take(call, &[&["mean"]])?.1[0])? })
            }
            "erlang" => self.erlang(call),
            "gamma" => self.gamma(call),
            "lognormal" => self.lognormal(call),
            "normal" => {
                let (_, given) = self.take(call, &[&["mean", "sd"]])?;
                Ok(Distribution::Normal {
                    mu: self.duration(&given[0].value)?,
                    sigma: self.positive(given[1])?,
                })
            }
            "weibull" => self.weibull(call),
            "pareto" => self.pareto(call),
            "hyperexp" | "hyperexponential" => self.hyperexponential(call),
            "empirical" => self.empirical(call),
            "shifted" => {
                let (_, given) = self.take(call, &[&["by", "of"]])?;
                let by = self.duration(&given[0].value)?;
                Ok(shifted(by, self.distribution(&given[1].value)?))
            }
            "mixture" => {
                let parts = self.parts(call)?;
                let of = call.arguments.iter().map(|argument| self.distribution(&argument.value));
                let of = of.collect::<Read<Vec<_>>>()?;
                Ok(Distribution::Mixture(parts.into_iter().zip(of).collect()))
            }
            "law" => {
                let (_, given) = self.take(call, &[&["name"]])?;
                let found = (self.law)(self.string(given[0])?);
                found.map_err(|(problem, hint)| BadDistribution::at(call.span, problem, hint))
            }
            _ => Err(BadDistribution::at(
                name,
                format!("{} is not a distribution", quoted(call.name)),
                did_you_mean(call.name, &NAMES),
            )),
        }
    }

    /// `5ms + exp(6ms)`: any number of fixed durations and at most one random one.
    fn sum(&mut self, terms: &[Piece]) -> Read<Distribution> {
        let mut by = 0.0;
        let mut random = None;
        for term in terms {
            match self.distribution(term)? {
                Distribution::Constant(value) => by += value,
                Distribution::Shifted { by: inner, of } if random.is_none() => {
                    by += inner;
                    random = Some(*of);
                }
                other if random.is_none() => random = Some(other),
                _ => {
                    return Err(BadDistribution::at(
                        &term.span,
                        "a sum has more than one random term",
                        "write two steps, or erlang(n, mean) for a sum of exponentials",
                    ));
                }
            }
        }
        Ok(match random {
            None => Distribution::Constant(by),
            Some(of) => shifted(by, of),
        })
    }

    fn uniform(&mut self, call: Call) -> Read<Distribution> {
        let (_, given) = self.take(call, &[&["low", "high"]])?;
        let (low, high) = (self.duration(&given[0].value)?, self.duration(&given[1].value)?);
        if low < high {
            return Ok(Distribution::Uniform { low, high });
        }
        Err(BadDistribution::at(
            call.span,
            "the first bound is not below the second",
            "write the lower bound first",
        ))
    }

    fn erlang(&mut self, call: Call) -> Read<Distribution> {
        let (_, given) = self.take(call, &[&["stages", "mean"]])?;
        let stages = self.number(given[0], 1.0, 1e6)?;
        if stages != stages.trunc() {
            return Err(BadDistribution::at(
                &given[0].value.span,
                "the number of stages is not whole",
                "write gamma(shape …, scale …) for a broken one",
            ));
        }
        Ok(Distribution::Erlang { stages: stages as u32, mean: self.positive(given[1])? })
    }

    fn gamma(&mut self, call: Call) -> Read<Distribution> {
        let (form, given) = self.take(call, &[&["shape", "scale"], &["mean", "cv"], &["shape", "mean"]])?;
        if form == 1 {
            let (mean, cv) = (self.positive(given[0])?, self.number(given[1], 2e-3, 30.0)?);
            return Ok(Distribution::Gamma { shape: 1.0 / (cv * cv), scale: mean * cv * cv });
        }
        let (shape, other) = (self.number(given[0], 1e-3, 1e6)?, self.positive(given[1])?);
        Ok(Distribution::Gamma { shape, scale: if form == 0 { other } else { other / shape } })
    }

    fn lognormal(&mut self, call: Call) -> Read<Distribution> {
        let named: [&[&str]; 4] =
            [&["median", "p99"], &["mean", "cv"], &["mu", "sigma"], &["median", "sigma"]];
        if let Some(argument) = call.arguments.iter().find(|argument| argument.label.is_none()) {
            return Err(BadDistribution::at(
                &argument.span(),
                "this number could be a median or a mean",
                format!("lognormal takes {}", forms_list(&named)),
            ));
        }
        let (form, given) = self.take(call, &named)?;
        let (mu, sigma) = match form {
            0 => {
                let (median, p99) = (self.positive(given[0])?, self.positive(given[1])?);
                (log(median), log(p99 / median) / normal_quantile(0.99))
            }
            1 => {
                let (mean, cv) = (self.positive(given[0])?, self.number(given[1], 1e-8, 1e9)?);
                let sigma_squared = libm::log1p(cv * cv);
                (log(mean) - 0.5 * sigma_squared, sqrt(sigma_squared))
            }
            2 => (self.number(given[0], -800.0, 40.0)?, self.number(given[1], 1e-17, 10.0)?),
            _ => (log(self.positive(given[0])?), self.number(given[1], 1e-17, 10.0)?),
        };
        if sigma > 0.0 && sigma <= 10.0 {
            return Ok(Distribution::LogNormal { mu, sigma });
        }
        let (problem, hint) = match sigma > 0.0 {
            true => ("this spreads over more than any clock can count", "bring p99 closer to the median"),
            false => ("the p99 is not above the median", "write the larger duration as p99"),
        };
        Err(BadDistribution::at(call.span, problem, hint))
    }

    fn weibull(&mut self, call: Call) -> Read<Distribution> {
        let (form, given) = self.take(call, &[&["shape", "scale"], &["shape", "mean"]])?;
        let (shape, other) = (self.number(given[0], 0.05, 100.0)?, self.positive(given[1])?);
        let scale = if form == 0 { other } else { other / tgamma(1.0 + 1.0 / shape) };
        Ok(Distribution::Weibull { shape, scale })
    }

    fn pareto(&mut self, call: Call) -> Read<Distribution> {
        let (form, given) = self.take(call, &[&["shape", "scale"], &["shape", "mean"]])?;
        let (shape, other) = (self.number(given[0], 0.05, 1000.0)?, self.positive(given[1])?);
        if form == 0 {
            return Ok(Distribution::Pareto { shape, scale: other });
        }
        if shape <= 1.0 {
            return Err(BadDistribution::at(
                &given[0].value.span,
                "a Pareto law of shape 1 or less has no finite mean",
                "write a shape above 1, or give the scale",
            ));
        }
        Ok(Distribution::Pareto { shape, scale: other * (shape - 1.0) / shape })
    }

    fn hyperexponential(&mut self, call: Call) -> Read<Distribution> {
        if call.arguments.iter().all(|argument| argument.label.is_none()) {
            let shares = self.parts(call)?;
            let means =
                call.arguments.iter().map(|argument| self.positive(argument)).collect::<Read<Vec<_>>>()?;
            return Ok(Distribution::HyperExponential(shares.into_iter().zip(means).collect()));
        }
        let (_, given) = self.take(call, &[&["mean", "cv"]])?;
        let (mean, cv) = (self.positive(given[0])?, self.number(given[1], 0.0, 1e4)?);
        if cv <= 1.0 {
            return Err(BadDistribution::at(
                &given[1].value.span,
                "a hyperexponential law has a cv above 1",
                "write exp(mean) for a cv of 1, gamma(mean …, cv …) for less",
            ));
        }
        // Balanced means: both branches contribute the same to the mean. The rare
        // branch's share is written so that it does not cancel for a large cv.
        let square = cv * cv;
        let root = sqrt((square - 1.0) / (square + 1.0));
        let rare = 1.0 / (square + 1.0) / (1.0 + root);
        let common = 1.0 - rare;
        Ok(Distribution::HyperExponential(vec![(common, mean / (2.0 * common)), (rare, mean / (2.0 * rare))]))
    }

    fn empirical(&mut self, call: Call) -> Read<Distribution> {
        let by_file = call.arguments.iter().any(|argument| argument.label.is_some());
        let mut values = if by_file {
            let forms: [&[&str]; 2] = [&["file"], &["file", "column"]];
            let (form, given) = self.take(call, &forms)?;
            let path = self.string(given[0])?;
            let column = if form == 1 { Some(self.string(given[1])?) } else { None };
            (self.table)(path, column).map_err(|problem| {
                BadDistribution::at(
                    call.span,
                    problem,
                    "write empirical(file \"times.csv\", column \"latency_ms\")",
                )
            })?
        } else {
            call.arguments.iter().map(|argument| self.duration(plain(argument)?)).collect::<Read<Vec<_>>>()?
        };
        if values.is_empty() {
            return Err(BadDistribution::at(
                call.span,
                "there are no values",
                "write empirical(1ms, 2ms, 3ms)",
            ));
        }
        if !values.iter().all(|&value| value >= 0.0 && value.is_finite()) {
            return Err(BadDistribution::at(
                call.span,
                "a value is negative or not a number",
                "correct the file",
            ));
        }
        values.sort_by(f64::total_cmp);
        Ok(Distribution::Empirical(values.into()))
    }

    /// The shares of `90% this, 10% that`. They must add up to 1 within a millionth, and
    /// are then divided by their sum.
    fn parts(&mut self, call: Call) -> Read<Vec<f64>> {
        if call.arguments.is_empty() || call.arguments.len() > PARTS_MAX {
            let hint = "write it like 90% 1ms, 10% 50ms, with at most 1000 parts";
            return Err(BadDistribution::at(
                call.span,
                format!("{} has no parts or too many", call.name),
                hint,
            ));
        }
        let mut shares = Vec::with_capacity(call.arguments.len());
        for argument in call.arguments {
            let span = argument.share.as_ref().ok_or_else(|| {
                BadDistribution::at(&argument.span(), "this part has no share", "write it like 90% 1ms")
            })?;
            let share = parse_share(&self.text[span.clone()])
                .map_err(|bad| BadDistribution::from_quantity(span, bad))?;
            if share <= 0.0 {
                return Err(BadDistribution::at(span, "this part never happens", "leave it out"));
            }
            shares.push(share);
        }
        let sum: f64 = shares.iter().sum();
        if (sum - 1.0).abs() > 1e-6 {
            return Err(BadDistribution::at(
                call.span,
                format!("the shares add up to {}%, not 100%", (sum * 1e6).round() / 1e4),
                "make them add up to 100%",
            ));
        }
        // A sum that is off by roundings alone is left, so that a described
        // distribution parses back to itself.
        if (sum - 1.0).abs() > 1e-12 {
            shares.iter_mut().for_each(|share| *share /= sum);
        }
        Ok(shares)
    }
}

/// No shift inside a shift, and none of nothing: each law has one form.
fn shifted(by: f64, of: Distribution) -> Distribution {
    match of {
        Distribution::Constant(value) => Distribution::Constant(by + value),
        Distribution::Shifted { by: inner, of } => Distribution::Shifted { by: by + inner, of },
        of if by == 0.0 => of,
        of => Distribution::Shifted { by, of: Box::new(of) },
    }
}
