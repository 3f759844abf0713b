//! Stretches of a series in which there is more of something than chance would make.
//!
//! Each time bucket says how many requests ended and how many of them were bad. A stretch is told
//! when its counts speak so much more for a high share than for a tolerable one that chance does so
//! in less than one of a thousand runs: a likelihood ratio, summed up along the series, whose climbs
//! are the stretches, as those of a score are outages in the engine.

use std::ops::Range;

/// A share of bad requests of so many times the tolerable one is what is looked for.
const TIMES: f64 = 5.0;
/// Chance may make such a stretch in so many runs.
const RUNS_OF_CHANCE: f64 = 0.001;
/// With fewer bad requests there is nothing to tell.
const BAD_LEAST: u64 = 10;
/// A share that is looked for is never higher than this.
const SHARE_MOST: f64 = 0.5;
/// The counts of neighbours differ by more than chance would make them where bad requests come in
/// bunches; those that differ most are left out, since they stand at the edges of stretches.
const EDGES_LEFT_OUT: f64 = 0.1;

/// How many requests ended in a time bucket, and how many of them were bad.
pub type Counts = (u64, u64);

/// The stretches of buckets, in order, in which more are bad than a share that is tolerable.
pub fn stretches(series: &[Counts], tolerable: f64) -> Vec<Range<usize>> {
    let wanted = (tolerable * TIMES).min(SHARE_MOST);
    if series.is_empty() || tolerable <= 0.0 || tolerable >= wanted {
        return Vec::new();
    }
    let for_bad = libm::log(wanted / tolerable);
    let for_good = libm::log((1.0 - wanted) / (1.0 - tolerable));
    let bunching = bunching(series);
    let score = |&(ended, bad): &Counts| {
        (bad as f64 * for_bad + ended.saturating_sub(bad) as f64 * for_good) / bunching
    };
    let scores: Vec<f64> = series.iter().map(score).collect();
    let enough = libm::log(series.len() as f64 / RUNS_OF_CHANCE);
    let is_told =
        |range: &Range<usize>| series[range.clone()].iter().map(|(_, bad)| bad).sum::<u64>() >= BAD_LEAST;
    climbs(&scores, enough).into_iter().filter(is_told).collect()
}

/// How many times more unevenly bad requests come than one by one and independently: 1 or more.
fn bunching(series: &[Counts]) -> f64 {
    let (ended, bad) = series.iter().fold((0, 0), |(all, some), (ended, bad)| (all + ended, some + bad));
    let share = bad as f64 / ended.max(1) as f64;
    if share <= 0.0 || share >= 1.0 {
        return 1.0;
    }
    let share_of = |&(ended, bad): &Counts| bad as f64 / ended as f64;
    let pairs = series.windows(2).filter(|pair| pair[0].0 > 0 && pair[1].0 > 0);
    let mut unevenness: Vec<f64> = pairs
        .map(|pair| {
            let expected = share * (1.0 - share) * (1.0 / pair[0].0 as f64 + 1.0 / pair[1].0 as f64);
            let apart = share_of(&pair[0]) - share_of(&pair[1]);
            apart * apart / expected
        })
        .collect();
    unevenness.sort_by(f64::total_cmp);
    let kept = unevenness.len() - (unevenness.len() as f64 * EDGES_LEFT_OUT) as usize;
    if kept == 0 {
        return 1.0;
    }
    (unevenness[..kept].iter().sum::<f64>() / kept as f64).max(1.0)
}

/// Climbs of the sum that are high enough: from where it begins to rise to its peak. One is over when
/// the sum has fallen from its peak by as much as a climb needs, so that a good time between two bad
/// ones is told if it is as sure as they are.
fn climbs(scores: &[f64], enough: f64) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut place = 0;
    while place < scores.len() {
        if scores[place] <= 0.0 {
            place += 1;
            continue;
        }
        let start = place;
        let (mut sum, mut peak, mut end) = (0.0, 0.0, start + 1);
        for (number, score) in scores.iter().enumerate().skip(start) {
            sum += score;
            if sum > peak {
                (peak, end) = (sum, number + 1);
            }
            if sum <= 0.0 || peak - sum >= enough {
                break;
            }
        }
        if peak >= enough {
            found.push(start..end);
        }
        place = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::{StreamFamily, uniform};

    #[test]
    fn a_stretch_of_bad_requests_is_found_with_its_edges() {
        let mut series = vec![(100, 0); 50];
        series[20..30].fill((100, 20));
        assert_eq!(stretches(&series, 0.01), std::slice::from_ref(&(20..30)));
        // A gap of good ones in it does not make two of it, if it is short.
        series[25] = (100, 1);
        assert_eq!(stretches(&series, 0.01), std::slice::from_ref(&(20..30)));
        series[5..8].fill((100, 60));
        assert_eq!(stretches(&series, 0.01), [5..8, 20..30]);
    }

    #[test]
    fn what_is_bad_all_along_is_one_stretch() {
        assert_eq!(stretches(&[(300, 90); 40], 0.01), std::slice::from_ref(&(0..40)));
        assert_eq!(stretches(&[(20, 20); 1], 0.01), std::slice::from_ref(&(0..1)));
    }

    #[test]
    fn a_handful_is_none_and_neither_is_a_tolerable_share() {
        assert!(stretches(&[(100, 0), (9, 9), (100, 0)], 0.01).is_empty());
        assert!(stretches(&[(1_000, 10); 60], 0.01).is_empty());
        assert!(stretches(&[], 0.01).is_empty());
    }

    #[test]
    fn chance_makes_no_stretch_in_nearly_all_runs() {
        let mut runs_with_any = 0;
        for seed in 0..400 {
            let mut stream = StreamFamily::new(seed, 0).stream("scan", "tests");
            let bucket = |_: usize| {
                let bad = (0..200).filter(|_| uniform(&mut stream) < 0.01).count() as u64;
                (200, bad)
            };
            let series: Vec<Counts> = (0..200).map(bucket).collect();
            runs_with_any += usize::from(!stretches(&series, 0.01).is_empty());
        }
        assert!(runs_with_any <= 2, "{runs_with_any} of 400");
    }
}
