//! When to look at a growing number of runs whether a question is decided, and how sure one has
//! to be each time: whoever looks again and again until an interval is on one side of a bound
//! would sooner or later see it on the wrong one.

use super::interval::LEVEL;

/// Runs at the first look: fewer tell too little of how far runs lie apart.
const FIRST_LOOK: u64 = 10;

/// Each look takes twice the runs of the one before, so that there are few.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looks {
    runs: Vec<u64>,
}

impl Looks {
    /// The last look is at so many runs.
    pub fn up_to(runs_most: u64) -> Looks {
        Looks::from_to(FIRST_LOOK, runs_most)
    }

    /// The first look is at so many runs, if there are as many.
    pub fn from_to(first: u64, runs_most: u64) -> Looks {
        let doubled = std::iter::successors(Some(first), |runs| runs.checked_mul(2));
        let mut runs: Vec<u64> = doubled.take_while(|runs| *runs < runs_most).collect();
        runs.push(runs_most);
        Looks { runs }
    }

    /// The runs of each look, those before included.
    pub fn runs(&self) -> &[u64] {
        &self.runs
    }

    /// The level of each look's interval. The chance of an error is shared out evenly: however
    /// the looks depend on each other, the chance that any of their intervals misses the truth is
    /// no larger than the sum of theirs (Bonferroni).
    pub fn level(&self) -> f64 {
        1.0 - (1.0 - LEVEL) / self.runs.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::{StreamFamily, uniform};
    use crate::stats::interval::independent_interval_at;

    #[test]
    fn looks_double_and_share_the_error() {
        assert_eq!(Looks::up_to(160).runs(), [10, 20, 40, 80, 160]);
        assert_eq!(Looks::up_to(100).runs(), [10, 20, 40, 80, 100]);
        assert_eq!(Looks::up_to(10).runs(), [10]);
        assert_eq!(Looks::up_to(4).runs(), [4]);
        assert_eq!(Looks::from_to(5, 30).runs(), [5, 10, 20, 30]);
        assert!((Looks::up_to(160).level() - 0.99).abs() < 1e-12);
        assert_eq!(Looks::up_to(10).level(), LEVEL);
        assert_eq!(Looks::up_to(u64::MAX).runs().last(), Some(&u64::MAX));
    }

    /// How often some look's interval misses the truth, at a level for each look.
    fn missed(level: f64, looks: &Looks, draw: &mut dyn FnMut() -> f64) -> f64 {
        const STUDIES: u32 = 4_000;
        let mut missed = 0;
        for _ in 0..STUDIES {
            let mut values: Vec<f64> = Vec::new();
            missed += u32::from(looks.runs().iter().any(|&runs| {
                values.extend((values.len() as u64..runs).map(|_| draw()));
                !independent_interval_at(&values, level).contains(1.0)
            }));
        }
        f64::from(missed) / f64::from(STUDIES)
    }

    #[test]
    fn looking_often_does_not_make_errors_more_frequent() {
        let looks = Looks::up_to(160);
        let mut source = StreamFamily::new(1, 0).stream("looks", "test");
        let mut normal = || 1.0 + (0..12).map(|_| uniform(&mut source)).sum::<f64>() - 6.0;
        let (shared, naive) =
            (missed(looks.level(), &looks, &mut normal), missed(LEVEL, &looks, &mut normal));
        assert!(shared < 0.05 && shared > 0.01, "{shared}");
        assert!(naive > 0.10, "it would be without sharing: {naive}");
    }
}
