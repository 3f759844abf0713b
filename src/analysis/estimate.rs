//! From intervals to figures with plain words where there is no interval.

use super::summary::Estimate;
use crate::stats::interval::{Interval, NoInterval};

impl Estimate {
    /// Of nothing.
    pub fn empty(reason: &str) -> Estimate {
        Estimate::without_interval(None, reason)
    }

    pub fn without_interval(value: Option<f64>, reason: &str) -> Estimate {
        Estimate { value, why_no_interval: Some(reason.to_owned()), ..Estimate::default() }
    }

    /// The value, which may be known more exactly than the interval's own centre, with the
    /// interval's width; both times `unit`.
    pub fn with_interval(value: f64, interval: &Interval, unit: f64) -> Estimate {
        if !value.is_finite() {
            let is_missing = interval.half_width == Err(NoInterval::Missing);
            let why = if is_missing { NoInterval::Missing } else { NoInterval::NothingObserved };
            return Estimate::empty(&reason(why));
        }
        let (half_width, why_no_interval) = match interval.half_width {
            Ok(half_width) if half_width.is_finite() => (Some(half_width * unit), None),
            Ok(_) => (None, Some(reason(NoInterval::NotFinite))),
            Err(why) => (None, Some(reason(why))),
        };
        Estimate { value: Some(value * unit), half_width, why_no_interval, ..Estimate::default() }
    }

    /// None of its interval lies below 0 or above 1.
    pub fn of_share(value: f64, interval: &Interval) -> Estimate {
        Estimate::with_interval(value, interval, 1.0).within(0.0, 1.0)
    }

    /// Where its interval ends, if it has one.
    pub fn ends(&self) -> Option<(f64, f64)> {
        let ends = self.value.zip(self.half_width);
        let (low, high) = ends.map(|(value, half_width)| (value - half_width, value + half_width))?;
        Some((self.low.unwrap_or(low), self.high.unwrap_or(high)))
    }

    /// The truth cannot be less or more than this, so the interval ends there at the latest.
    pub fn within(self, least: f64, most: f64) -> Estimate {
        let ends = self.value.zip(self.half_width);
        Estimate {
            low: ends.map(|(value, half_width)| (value - half_width).max(least)),
            high: ends.map(|(value, half_width)| (value + half_width).min(most)),
            ..self
        }
    }
}

fn reason(why: NoInterval) -> String {
    match why {
        NoInterval::NothingObserved => "nothing was observed".to_owned(),
        NoInterval::TooFew { found, needed } => {
            format!("too little was observed: it makes {found} batches, and {needed} are needed")
        }
        NoInterval::Correlated => {
            "even the longest stretches of the run resemble their neighbours: it is too short or drifts"
                .to_owned()
        }
        NoInterval::OneRun => "one run says nothing of how far runs lie apart".to_owned(),
        NoInterval::Missing => "some run had no such figure".to_owned(),
        NoInterval::NotFinite => "the figures are too large".to_owned(),
    }
}

/// A share or a mean that is `None` where there is nothing to divide by.
pub fn ratio(numerator: f64, denominator: f64) -> Option<f64> {
    let quotient = numerator / denominator;
    quotient.is_finite().then_some(quotient)
}
