//! Where the time of a mean request goes, part by part, and that of the slowest ones.

use super::parts::{Sums, followed, name_of, slow_from};
use super::summary::{PartTime, SlowestTime, TimeSpent};
use super::window::Window;
use crate::parts::outcome::Outcome;
use crate::results::RunResults;
use crate::results::path::Part;
use crate::scenario::model::Scenario;

/// The share of requests that counts as the slowest.
const SLOWEST: f64 = 0.01;

/// Classes with good answers that were followed.
pub fn time_spent(scenario: &Scenario, results: &RunResults, window: &Window) -> Vec<TimeSpent> {
    let mut spent = Vec::new();
    for (number, class) in results.paths.classes.iter().enumerate() {
        let paths = followed(scenario, results, number, window);
        if paths.is_empty() {
            continue;
        }
        let slow_from = slow_from(&paths, SLOWEST);
        let (mut all, mut slow) = (Sums::none(), Sums::none());
        for one in &paths {
            all.add(one, |part| part);
            if one.path.latency >= slow_from {
                slow.add(one, |part| part);
            }
        }
        let mut order: Vec<Part> = all.parts.keys().copied().collect();
        order.sort_by_key(|part| (std::cmp::Reverse(all.parts[part]), *part));
        let buckets = results.classes[number].buckets.get(window.buckets.clone()).unwrap_or(&[]);
        spent.push(TimeSpent {
            class: scenario.classes[number].name.clone(),
            requests: buckets.iter().map(|bucket| bucket.outcomes[Outcome::Ok as usize]).sum(),
            followed: all.followed,
            one_in: class.one_in,
            latency_mean_ms: all.mean_ms(all.latency),
            parts: parts(scenario, &all, &order),
            slowest: Some(SlowestTime {
                share: slow.weight as f64 / all.weight as f64,
                requests: slow.requests(),
                followed: slow.followed,
                latency_mean_ms: slow.mean_ms(slow.latency),
                parts: parts(scenario, &slow, &order),
            }),
        });
    }
    spent
}

fn parts(scenario: &Scenario, sums: &Sums<Part>, order: &[Part]) -> Vec<PartTime> {
    let part = |part: &Part| {
        let sum = sums.parts.get(part).copied().unwrap_or(0);
        let place = name_of(scenario, part.place());
        PartTime { cause: part.cause(), place, share: sums.share(sum), mean_ms: sums.mean_ms(sum) }
    };
    order.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example::{results, scenario};
    use crate::kernel::time::{MILLISECOND, SECOND, Time};
    use crate::results::path::{Cause, ClassPaths, Path, Paths};

    /// 990 requests of 10 ms and ten of 1 s, which they spent at the app, after a warm-up of 4 s in
    /// which all was worse.
    fn spent(one_in: u64) -> Vec<TimeSpent> {
        let mut class = ClassPaths::of(one_in);
        for number in 0..1_100 {
            let (start, latency) = match number {
                0..100 => (3 * SECOND, SECOND - 1),
                _ if number % 100 == 7 => (5 * SECOND, SECOND),
                _ => (5 * SECOND, 10 * MILLISECOND),
            };
            let line = 2 * MILLISECOND;
            let times: [(Part, Time); 2] =
                [(Part::at(Cause::Queue, 2), line), (Part::at(Cause::Service, 2), latency - line)];
            class.add(Path::new(number, start, latency), &times);
        }
        let mut results = results();
        results.paths = Paths { classes: vec![class], steady_thousandths: 1_000 };
        let scenario = scenario();
        time_spent(&scenario, &results, &Window::of(&scenario, &results))
    }

    #[test]
    fn the_slowest_are_told_apart() {
        let times = spent(1);
        let [page] = times.as_slice() else { panic!("{times:?}") };
        let told = |parts: &[PartTime]| -> Vec<(Cause, String, f64)> {
            let rounded = |part: &PartTime| (part.mean_ms * 1e6).round() / 1e6;
            parts.iter().map(|part| (part.cause, part.place.clone(), rounded(part))).collect()
        };
        let named =
            |work: f64| vec![(Cause::Service, "app".to_owned(), work), (Cause::Queue, "app".to_owned(), 2.0)];
        assert_eq!((page.followed, told(&page.parts)), (1_000, named(17.9)));
        let slowest = page.slowest.as_ref().unwrap();
        assert_eq!((slowest.requests, slowest.followed, slowest.share), (10, 10, 0.01));
        assert_eq!((slowest.latency_mean_ms, told(&slowest.parts)), (1_000.0, named(998.0)));
        assert_eq!(slowest.parts.iter().map(|part| part.share).sum::<f64>(), 1.0);
    }

    #[test]
    fn of_a_sample_it_is_told_how_many_it_stands_for() {
        let (all, sample) = (&spent(1)[0], &spent(16)[0]);
        let slowest = sample.slowest.as_ref().unwrap();
        assert_eq!((sample.followed, sample.one_in), (1_000, 16));
        assert_eq!((slowest.requests, slowest.followed), (160, 10));
        assert_eq!((sample.latency_mean_ms, &sample.parts), (all.latency_mean_ms, &all.parts));
    }
}
