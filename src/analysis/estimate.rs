//! From intervals to figures: no interval reaches beyond what can be, and where there is none, or
//! none that is worth telling, plain words say why, and what would tell more.

use super::summary::Estimate;
use super::window::Window;
use crate::kernel::time::to_milliseconds;
use crate::scenario::model::{RunEnd, RunSettings};
use crate::stats::interval::{Interval, LEVEL, NoInterval};

/// What a figure can be at all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reach {
    /// From 0 to 1.
    Share,
    /// Nothing negative, and no more than this: no time is longer than the run.
    UpTo(f64),
    /// How far two figures are apart that can be no further apart than this, with the size of the
    /// larger of them.
    Apart { most: f64, size: f64 },
}

/// Of a share, an interval over more than this says hardly more than that it is one.
const WIDEST_OF_SHARE: f64 = 0.5;

/// With fewer runs Student's t makes intervals wide that says nothing of the runs themselves.
const FEW_RUNS: usize = 10;

/// What makes one run tell what it cannot tell by itself.
pub const MORE_RUNS: &str = "--replications 10";

/// Why there is no interval if nothing differs: it would be too sure.
pub const ALL_ALIKE: &str = "all runs alike";
const STRETCHES_ALIKE: &str = "all stretches of the run were alike";
/// Of how far two figures are apart.
pub const SAME_IN_ALL: &str = "the same in every run";

impl Reach {
    pub const ANY: Reach = Reach::UpTo(f64::INFINITY);

    /// Of a time in milliseconds, in the part of a run that counts.
    pub fn milliseconds_of(window: &Window) -> Reach {
        Reach::UpTo(to_milliseconds(window.end))
    }

    pub fn seconds_of(window: &Window) -> Reach {
        Reach::UpTo(window.length_s())
    }

    /// Of a figure with this unit, of any run of a scenario; no time is longer than `longest_ms`.
    pub fn of_unit(unit: &str, longest_ms: Option<f64>) -> Reach {
        match unit {
            "share" => Reach::Share,
            "ms" => Reach::UpTo(longest_ms.unwrap_or(f64::INFINITY)),
            _ => Reach::ANY,
        }
    }

    /// Of how far two figures of this kind are apart.
    pub fn between(self, size: f64) -> Reach {
        let most = match self {
            Reach::Share => 1.0,
            Reach::UpTo(most) | Reach::Apart { most, .. } => most,
        };
        Reach::Apart { most, size }
    }

    pub fn most(self) -> f64 {
        self.ends().1
    }

    fn ends(self) -> (f64, f64) {
        match self {
            Reach::Share => (0.0, 1.0),
            Reach::UpTo(most) => (0.0, most),
            Reach::Apart { most, .. } => (-most, most),
        }
    }

    /// Whether an interval says so little that it only confuses: it would be wider than the figure
    /// itself.
    fn is_useless(self, value: f64, half_width: f64) -> bool {
        match self {
            Reach::Share => (value + half_width).min(1.0) - (value - half_width).max(0.0) > WIDEST_OF_SHARE,
            Reach::UpTo(_) => half_width >= value,
            Reach::Apart { size, .. } => half_width >= size,
        }
    }
}

/// The longest time that a run of these settings can tell of.
pub fn longest_ms(run: &RunSettings) -> Option<f64> {
    match run.end {
        RunEnd::After(duration) => Some(to_milliseconds(duration)),
        RunEnd::Requests(_) => None,
    }
}

impl Estimate {
    /// Of nothing.
    pub fn empty(reason: &str) -> Estimate {
        Estimate::without_interval(None, reason)
    }

    pub fn without_interval(value: Option<f64>, reason: &str) -> Estimate {
        Estimate { value, why_no_interval: Some(reason.to_owned()), ..Estimate::default() }
    }

    /// Of a single run whose spread nobody has looked at.
    pub fn of_one_run(value: Option<f64>) -> Estimate {
        match value {
            Some(_) => Estimate::without_interval(value, &reason(NoInterval::OneRun)),
            None => Estimate::empty(&reason(NoInterval::NothingObserved)),
        }
    }

    /// The value, which may be known more exactly than the interval's own centre, with the
    /// width of an interval made of stretches of one run; both times `unit`.
    pub fn of_stretches(value: f64, interval: &Interval, unit: f64, reach: Reach) -> Estimate {
        let why = || {
            format!(
                "one run tells too little: its interval would be wider than the figure itself; {MORE_RUNS}"
            )
        };
        Estimate::bounded(value, interval, unit, reach, STRETCHES_ALIKE, Some(why))
    }

    /// The mean of independent runs.
    pub fn of_runs(interval: &Interval, reach: Reach) -> Estimate {
        let why = || format!("{} runs tell little: {MORE_RUNS}", interval.batches);
        let why = (interval.batches < FEW_RUNS).then_some(why);
        Estimate::bounded(interval.estimate, interval, 1.0, reach, ALL_ALIKE, why)
    }

    /// The mean of so many things that have nothing to do with each other.
    pub fn of_observations(value: f64, half_width: f64, count: u64, reach: Reach) -> Estimate {
        let interval = Interval { estimate: value, half_width: Ok(half_width), level: LEVEL, batches: 0 };
        let why = || format!("{count} of them tell little: a longer run, or {MORE_RUNS}");
        Estimate::bounded(value, &interval, 1.0, reach, "all of them were alike", Some(why))
    }

    /// A share that was measured in whatever way.
    pub fn of_share(value: f64, interval: &Interval) -> Estimate {
        Estimate::bounded(value, interval, 1.0, Reach::Share, ALL_ALIKE, None::<fn() -> String>)
    }

    fn bounded(
        value: f64,
        interval: &Interval,
        unit: f64,
        reach: Reach,
        alike: &str,
        why_useless: Option<impl Fn() -> String>,
    ) -> Estimate {
        if !value.is_finite() {
            let is_missing = interval.half_width == Err(NoInterval::Missing);
            let why = if is_missing { NoInterval::Missing } else { NoInterval::NothingObserved };
            return Estimate::empty(&reason(why));
        }
        let value = value * unit;
        let half_width = match interval.half_width.map(|half_width| half_width * unit) {
            Ok(half_width) if !half_width.is_finite() => return without(value, NoInterval::NotFinite),
            Ok(half_width) => half_width,
            Err(why) => return without(value, why),
        };
        // What is left of a spread by rounding alone is none.
        if half_width <= NOTHING * value.abs() {
            return Estimate::without_interval(Some(value), alike);
        }
        if let Some(why) = why_useless
            && reach.is_useless(value, half_width)
        {
            return Estimate::without_interval(Some(value), &why());
        }
        let (least, most) = reach.ends();
        Estimate {
            value: Some(value),
            half_width: Some(half_width),
            low: Some((value - half_width).max(least).min(value)),
            high: Some((value + half_width).min(most).max(value)),
            why_no_interval: None,
        }
    }

    /// Where its interval ends, if it has one; earlier versions told ends only where they were cut.
    pub fn ends(&self) -> Option<(f64, f64)> {
        let (value, half_width) = (self.value?, self.half_width?);
        Some((self.low.unwrap_or(value - half_width), self.high.unwrap_or(value + half_width)))
    }

    /// Whether there is no interval since nothing that was observed differed.
    pub fn is_alike(&self) -> bool {
        self.why_no_interval
            .as_deref()
            .is_some_and(|why| [ALL_ALIKE, STRETCHES_ALIKE, SAME_IN_ALL].contains(&why))
    }

    /// Whether even long stretches of the run are alike or drift, so that it tells no interval.
    pub fn is_unsettled(&self) -> bool {
        let why = self.why_no_interval.as_deref();
        why.is_some_and(|why| why.starts_with(TOO_LITTLE) || why.starts_with(TOO_SHORT))
    }

    /// Why there is no interval, if more runs would tell one.
    pub fn why_replications_would_tell(&self) -> Option<&str> {
        self.why_no_interval.as_deref().filter(|why| self.value.is_some() && why.ends_with(MORE_RUNS))
    }

    /// The same in another unit.
    pub fn times(self, unit: f64) -> Estimate {
        let times = |figure: Option<f64>| figure.map(|figure| figure * unit);
        Estimate {
            value: times(self.value),
            half_width: times(self.half_width),
            low: times(self.low),
            high: times(self.high),
            why_no_interval: self.why_no_interval,
        }
    }
}

/// A spread of so small a part of a figure is rounding.
const NOTHING: f64 = 1e-12;

const TOO_LITTLE: &str = "too little was observed";
const TOO_SHORT: &str = "even the longest stretches of the run resemble their neighbours";

fn without(value: f64, why: NoInterval) -> Estimate {
    Estimate::without_interval(Some(value), &reason(why))
}

fn reason(why: NoInterval) -> String {
    match why {
        NoInterval::NothingObserved => "nothing was observed".to_owned(),
        NoInterval::TooFew { found, needed } => format!(
            "{TOO_LITTLE}: it makes {found} batches, and {needed} are needed; a longer run, or {MORE_RUNS}"
        ),
        NoInterval::Correlated => {
            format!("{TOO_SHORT}: it is too short or drifts; {MORE_RUNS}")
        }
        NoInterval::OneRun => format!("one run says nothing of how far runs lie apart: {MORE_RUNS}"),
        NoInterval::Missing => "some run had no such figure".to_owned(),
        NoInterval::NotFinite => "the figures are too large".to_owned(),
    }
}

/// A share or a mean that is `None` where there is nothing to divide by.
pub fn ratio(numerator: f64, denominator: f64) -> Option<f64> {
    let quotient = numerator / denominator;
    quotient.is_finite().then_some(quotient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::interval::independent_interval;

    fn of_runs(figures: &[f64], unit: &str) -> Estimate {
        Estimate::of_runs(&independent_interval(figures), Reach::of_unit(unit, Some(1_000.0)))
    }

    #[test]
    fn no_interval_reaches_beyond_what_can_be() {
        let many = |one: f64, other: f64| [one, other].repeat(6);
        // Standard deviations of about the mean: the half width is over half of it.
        for (figures, unit, least, most) in [
            (many(0.0, 10.0), "ms", 0.0, 1_000.0),
            (many(990.0, 999.9), "ms", 0.0, 1_000.0),
            (many(0.98, 1.0), "share", 0.0, 1.0),
            (many(0.0, 0.02), "share", 0.0, 1.0),
            (many(0.0, 80.0), "per s", 0.0, f64::INFINITY),
        ] {
            let told = of_runs(&figures, unit);
            let (low, high) = told.ends().unwrap();
            let value = told.value.unwrap();
            assert!(least <= low && low < value && value < high && high <= most, "{told:?}");
        }
        let skewed = [vec![0.0; 11], vec![60.0]].concat();
        let cut = of_runs(&skewed, "ms");
        assert_eq!((cut.value, cut.low), (Some(5.0), Some(0.0)));
        assert!(cut.half_width.unwrap() > 5.0 && cut.high.unwrap() > 15.0);
    }

    #[test]
    fn an_interval_that_is_wider_than_its_figure_says_what_would_tell_more() {
        let few = of_runs(&[10.0, 1_150.0], "per s");
        assert_eq!((few.value, few.half_width, few.ends()), (Some(580.0), None, None));
        assert_eq!(few.why_no_interval.as_deref(), Some("2 runs tell little: --replications 10"));
        assert_eq!(few.why_replications_would_tell(), few.why_no_interval.as_deref());
        let wide = of_runs(&[0.4, 0.5], "share");
        assert_eq!(wide.why_no_interval.as_deref(), Some("2 runs tell little: --replications 10"));
        assert!(of_runs(&[10.0, 10.1], "per s").half_width.is_some(), "two that agree tell something");
    }

    #[test]
    fn what_never_differs_has_no_interval_of_no_width() {
        for (figures, unit) in
            [([5.0; 3], "ms"), ([0.0; 3], "per s"), ([1.0; 3], "share"), ([0.1; 3], "share")]
        {
            let told = of_runs(&figures, unit);
            assert_eq!((told.half_width, told.why_no_interval.as_deref()), (None, Some(ALL_ALIKE)), "{unit}");
            assert!(told.is_alike() && told.why_replications_would_tell().is_none());
        }
    }
}
