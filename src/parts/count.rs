//! Random whole numbers: how many queries a page makes, how many pages a visit has.

use crate::kernel::random::{Generator, below};
use crate::parts::distribution::unit_exponential;
use crate::parts::quantity::{BadQuantity, parse_count, parse_number, quoted};

/// No draw is larger, so that one request cannot become a run of its own.
pub const LARGEST_COUNT: u32 = 10_000;

/// Means above this would make most draws hit `LARGEST_COUNT`.
const LARGEST_MEAN: f64 = 1_000.0;

const HINT: &str = "write it like 3, 1..5, poisson(3) or geometric(2.5)";

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Count {
    Fixed(u32),
    /// Each number from `low` to `high`, both included, is as likely as the next.
    Uniform {
        low: u32,
        high: u32,
    },
    Poisson {
        mean: f64,
    },
    /// 0, 1, 2, …, each a constant factor rarer than the one before.
    Geometric {
        mean: f64,
    },
}

impl Count {
    pub fn parse(text: &str) -> Result<Count, BadQuantity> {
        let trimmed = text.trim();
        if let Some((low, high)) = trimmed.split_once("..") {
            let (low, high) = (bounded(low)?, bounded(high.strip_prefix('=').unwrap_or(high))?);
            return match low <= high {
                true => Ok(Count::Uniform { low, high }),
                false => {
                    Err(bad(format!("{} goes from high to low", quoted(text)), "write the lower bound first"))
                }
            };
        }
        let call = trimmed.strip_suffix(')').and_then(|call| call.split_once('('));
        match call.map(|(name, argument)| (name.trim(), argument)) {
            None => bounded(trimmed).map(Count::Fixed),
            Some(("poisson", argument)) => Ok(Count::Poisson { mean: mean(argument)? }),
            Some(("geometric", argument)) => Ok(Count::Geometric { mean: mean(argument)? }),
            Some((name, _)) => Err(bad(format!("{} is not a kind of count", quoted(name)), HINT)),
        }
    }

    /// The mean, without the effect of the cap at `LARGEST_COUNT`, which is below one in
    /// ten thousand.
    pub fn mean(&self) -> f64 {
        match *self {
            Count::Fixed(count) => f64::from(count),
            Count::Uniform { low, high } => 0.5 * (f64::from(low) + f64::from(high)),
            Count::Poisson { mean } | Count::Geometric { mean } => mean,
        }
    }

    /// The variance, without the effect of the cap.
    pub fn variance(&self) -> f64 {
        match *self {
            Count::Fixed(_) => 0.0,
            Count::Uniform { low, high } => {
                let numbers = f64::from(high - low) + 1.0;
                (numbers * numbers - 1.0) / 12.0
            }
            Count::Poisson { mean } => mean,
            Count::Geometric { mean } => mean * (1.0 + mean),
        }
    }

    /// The mean of `base` to the power of the count: the chance that something which each of them
    /// leaves out with chance `base` is left out by all.
    pub fn chance_of_none(&self, base: f64) -> f64 {
        match *self {
            Count::Fixed(count) => power(base, count),
            Count::Uniform { low, high } => {
                let numbers = f64::from(high - low) + 1.0;
                match 1.0 - base {
                    0.0 => 1.0,
                    // The sum of a geometric series.
                    part => power(base, low) * (1.0 - libm::pow(base, numbers)) / (part * numbers),
                }
            }
            Count::Poisson { mean } => libm::exp(-mean * (1.0 - base)),
            Count::Geometric { mean } => 1.0 / (1.0 + mean * (1.0 - base)),
        }
    }

    pub fn chance_of_more_than(&self, number: u32) -> f64 {
        match *self {
            Count::Fixed(count) => f64::from(u8::from(count > number)),
            Count::Uniform { low, high } => {
                let larger = f64::from(high.saturating_sub(number));
                (larger / (f64::from(high - low) + 1.0)).min(1.0)
            }
            Count::Poisson { mean } => {
                let mut exactly = libm::exp(-mean);
                let mut up_to = exactly;
                for step in 1..=number {
                    exactly *= mean / f64::from(step);
                    up_to += exactly;
                }
                (1.0 - up_to).max(0.0)
            }
            Count::Geometric { mean } => power(mean / (1.0 + mean), number.saturating_add(1)),
        }
    }

    /// The mean where no number counts for more than this one.
    pub fn mean_at_most(&self, most: f64) -> f64 {
        let whole = most.clamp(0.0, f64::from(LARGEST_COUNT)) as u32;
        let mut sum = 0.0;
        for number in 0..whole {
            let beyond = self.chance_of_more_than(number);
            sum += beyond;
            if beyond < 1e-12 {
                return sum;
            }
        }
        sum + (most - f64::from(whole)).clamp(0.0, 1.0) * self.chance_of_more_than(whole)
    }

    /// One draw, at most `LARGEST_COUNT`.
    pub fn draw(&self, generator: &mut Generator) -> u32 {
        match *self {
            Count::Fixed(count) => count.min(LARGEST_COUNT),
            Count::Uniform { low, high } => {
                let high = high.min(LARGEST_COUNT);
                let low = low.min(high);
                low + below(generator, high - low + 1)
            }
            Count::Poisson { mean } => poisson(mean, generator),
            Count::Geometric { mean } if mean > 0.0 => {
                // The whole part of an exponential variate of mean 1 / ln(1 + 1 / mean).
                let value = unit_exponential(generator) / libm::log1p(1.0 / mean);
                (value as u32).min(LARGEST_COUNT)
            }
            Count::Geometric { .. } => 0,
        }
    }

    /// A spelling that parses back to the same.
    pub fn describe(&self) -> String {
        match self {
            Count::Fixed(count) => count.to_string(),
            Count::Uniform { low, high } => format!("{low}..{high}"),
            Count::Poisson { mean } => format!("poisson({mean})"),
            Count::Geometric { mean } => format!("geometric({mean})"),
        }
    }
}

fn power(base: f64, count: u32) -> f64 {
    libm::pow(base, f64::from(count))
}

/// How many exponential gaps of mean one fit into `mean`.
fn poisson(mean: f64, generator: &mut Generator) -> u32 {
    let mut left = mean;
    for count in 0..LARGEST_COUNT {
        left -= unit_exponential(generator);
        if left.is_nan() || left < 0.0 {
            return count;
        }
    }
    LARGEST_COUNT
}

fn bounded(text: &str) -> Result<u32, BadQuantity> {
    let count = parse_count(text).map_err(|problem| BadQuantity { hint: HINT.to_string(), ..problem })?;
    match u32::try_from(count) {
        Ok(count) if count <= LARGEST_COUNT => Ok(count),
        _ => Err(bad(format!("{} is too large", quoted(text)), format!("stay at or below {LARGEST_COUNT}"))),
    }
}

fn mean(text: &str) -> Result<f64, BadQuantity> {
    let text = text.trim();
    let value = parse_number(text.strip_prefix("mean ").unwrap_or(text))?;
    match (0.0..=LARGEST_MEAN).contains(&value) {
        // A negative zero would not print as it was read.
        true => Ok(value.abs()),
        false => Err(bad(format!("{} is out of range", quoted(text)), "stay between 0 and 1000")),
    }
}

fn bad(problem: impl Into<String>, hint: impl Into<String>) -> BadQuantity {
    BadQuantity { problem: problem.into(), hint: hint.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::StreamFamily;
    use proptest::prelude::*;

    #[test]
    fn counts_are_read_and_described() {
        for (text, count) in [
            ("3", Count::Fixed(3)),
            ("1..5", Count::Uniform { low: 1, high: 5 }),
            ("poisson(3)", Count::Poisson { mean: 3.0 }),
            ("geometric(2.5)", Count::Geometric { mean: 2.5 }),
        ] {
            assert_eq!(Count::parse(text), Ok(count));
            assert_eq!(count.describe(), text);
        }
        for text in [
            "",
            "-1",
            "1.5",
            "5..1",
            "1..",
            "poisson(-1)",
            "poisson(1e9)",
            "binomial(3)",
            "99999",
            "poisson(",
            "nan",
        ] {
            assert!(Count::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_are_larger_than_others_as_often_as_their_law_has_it() {
        for count in [
            Count::Fixed(3),
            Count::Uniform { low: 2, high: 6 },
            Count::Poisson { mean: 3.0 },
            Count::Geometric { mean: 2.5 },
        ] {
            // Their sum is the mean.
            let sum: f64 = (0..400).map(|number| count.chance_of_more_than(number)).sum();
            assert!((sum - count.mean()).abs() < 1e-9, "{count:?}: {sum}");
            assert!((count.mean_at_most(1e9) - count.mean()).abs() < 1e-9);
            assert!((count.chance_of_more_than(0) - (1.0 - count.chance_of_none(0.0))).abs() < 1e-12);
            assert_eq!(count.mean_at_most(0.0), 0.0);
        }
        assert_eq!(Count::Uniform { low: 0, high: 3 }.mean_at_most(1.5), 0.75 + 0.25);
    }

    #[test]
    fn draws_have_the_mean_and_variance_of_their_law() {
        for (text, variance) in [
            ("1..5", 2.0),
            ("poisson(3)", 3.0),
            ("poisson(0)", 0.0),
            ("poisson(100)", 100.0),
            ("geometric(2.5)", 8.75),
            ("geometric(0)", 0.0),
        ] {
            let count = Count::parse(text).unwrap();
            let mut generator = StreamFamily::new(1, 0).stream("count", text);
            let draws: Vec<f64> = (0..200_000).map(|_| f64::from(count.draw(&mut generator))).collect();
            let mean = draws.iter().sum::<f64>() / 2e5;
            let found = draws.iter().map(|draw| (draw - mean) * (draw - mean)).sum::<f64>() / 2e5;
            assert!((mean - count.mean()).abs() <= 5.0 * libm::sqrt(variance / 2e5), "{text}: {mean}");
            assert!((found - variance).abs() <= 0.03 * variance, "{text}: {found}");
            assert!((count.variance() - variance).abs() <= 1e-12 * variance, "{text}");
            for base in [0.0, 0.3, 0.9, 1.0] {
                let none = draws.iter().map(|draw| libm::pow(base, *draw)).sum::<f64>() / 2e5;
                let expected = count.chance_of_none(base);
                assert!((none - expected).abs() < 0.006, "{text}, {base}: {none} is not {expected}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC*|[0-9.e(=)poisngmtrc -]{0,20}") {
            if let Ok(count) = Count::parse(&text) {
                prop_assert_eq!(Count::parse(&count.describe()), Ok(count));
                let mut generator = StreamFamily::new(1, 0).stream("count", "any");
                prop_assert!(count.draw(&mut generator) <= LARGEST_COUNT);
            }
        }
    }
}
