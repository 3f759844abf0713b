//! Shares of requests, or of the time, with intervals within 0 and 1.

use super::summary::Estimate;
use super::window::Window;
use crate::stats::interval::ratio_interval;

/// What was counted in a time bucket, and what it is a share of.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub bucket: usize,
    pub counted: f64,
    pub of: f64,
}

/// By the ratio of batches, where these say anything of other runs.
pub fn share(parts: &[Part], window: &Window) -> Estimate {
    let pairs: Vec<(f64, f64)> = parts.iter().map(|part| (part.counted, part.of)).collect();
    let (counted, of) = sums(parts.iter());
    let estimate = Estimate::of_share(counted / of, &ratio_interval(&pairs));
    if estimate.half_width.is_some() && is_of_given_faults(parts, window) {
        let why = match window.given_faults.len() {
            1 => "one fault at a given time: another run has the same; see --replications",
            _ => "two faults at given times: another run has the same; see --replications",
        };
        return Estimate::without_interval(estimate.value, why);
    }
    estimate
}

/// Of what is unlike the rest of the run, at least so much lies within the given faults. The
/// rest may be what they left behind, such as a storm of retries.
const MOST: f64 = 0.5;

/// Whether most that went wrong did so in faults at given times. Where these began is
/// no chance, but would look like it from one batch to the next.
fn is_of_given_faults(parts: &[Part], window: &Window) -> bool {
    let is_within = |part: &&Part| window.given_faults.iter().any(|fault| fault.contains(&part.bucket));
    let within = sums(parts.iter().filter(is_within));
    let outside = sums(parts.iter().filter(|part| !is_within(part)));
    if outside.1 == 0.0 {
        return false;
    }
    // Whatever is rarer outside is what goes wrong: that which is counted, or all else.
    let is_counted_bad = outside.0 <= outside.1 - outside.0;
    let bad = |(counted, of): (f64, f64)| if is_counted_bad { counted } else { of - counted };
    bad(within) > 0.0 && bad(within) >= MOST * (bad(within) + bad(outside))
}

fn sums<'p>(parts: impl Iterator<Item = &'p Part>) -> (f64, f64) {
    parts.fold((0.0, 0.0), |sum, part| (sum.0 + part.counted, sum.1 + part.of))
}

#[cfg(test)]
mod tests {
    use crate::analysis::summarise::summarise;
    use crate::analysis::summary::Summary;
    use crate::engine::trial;
    use crate::plan::compile;
    use crate::scenario::load::load_text;

    const SITE: &str = "
run: { duration: 2h, warmup: 0s, bucket: 1m }
nodes:
  visitors: { kind: user, arrivals: 5/s, timeout: 1s }
  web: { kind: web_server, boot: 0s }
  app: { kind: app_server, boot: 0s, workers: 4, MORE }
requests:
  page: { path: [ web: 1ms, app: 1ms ] }
timeline:
";

    fn simulated(more: &str, timeline: &str) -> Summary {
        let text = SITE.replace("MORE", more) + timeline;
        let scenario = load_text("site.yaml", &text, &[]).scenario.expect("a good scenario");
        summarise(&scenario, 1, &trial::run(&compile(&scenario)))
    }

    const FIRST: &str = "  - { at: 20m, fail: app, for: 3m }\n";
    const SECOND: &str = "  - { at: 80m, errors: app, share: 50%, for: 2m }\n";
    const THIRD: &str = "  - { at: 100m, fail: app, for: 3m }\n";

    #[test]
    fn given_faults_have_no_interval() {
        let one = simulated("", FIRST);
        let why = one.total.good_share.why_no_interval.as_deref();
        assert_eq!(why, Some("one fault at a given time: another run has the same; see --replications"));
        assert!((one.total.good_share.value.unwrap() - 117.0 / 120.0).abs() < 0.005);
        for view in [&one.availability.views.probe, &one.availability.views.good_buckets] {
            assert_eq!((view.why_no_interval.as_deref(), view.half_width), (why, None));
        }
        // Nothing went wrong there.
        let web = &one.availability.views.health_checker;
        assert!(web.half_width.is_some(), "{web:?}");
        let two = simulated("", &(FIRST.to_owned() + SECOND));
        let why = two.total.good_share.why_no_interval.as_deref();
        assert_eq!(why, Some("two faults at given times: another run has the same; see --replications"));
    }

    #[test]
    fn chance_has_an_interval_that_stays_within_a_share() {
        let many = FIRST.to_owned() + SECOND + THIRD;
        let chance = "mtbf: 30m, mttr: 1m";
        for (more, timeline) in [("", many.as_str()), (chance, FIRST), (chance, "  []\n")] {
            let share = simulated(more, timeline).total.good_share;
            let (value, half_width) = (share.value.unwrap(), share.half_width.unwrap());
            let (low, high) = (share.low.unwrap(), share.high.unwrap());
            assert!(half_width > 0.0 && (low - (value - half_width)).abs() < 1e-12, "{share:?}");
            assert!(low < value && value < high && high <= 1.0, "{share:?}");
        }
        let wide = simulated(chance, "  []\n").total.good_share;
        let over = wide.value.unwrap() + wide.half_width.unwrap();
        assert!(over <= 1.0 || wide.high == Some(1.0), "{wide:?}");
        let all_good = simulated("", "  []\n").total.good_share;
        assert_eq!((all_good.value, all_good.high), (Some(1.0), Some(1.0)));
        assert!(all_good.low.unwrap() < 1.0);
    }
}
