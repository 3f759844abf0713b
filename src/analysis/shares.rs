//! Shares of requests, or of the time, with intervals within 0 and 1.

use super::estimate::Reach;
use super::planned::Part;
use super::summary::Estimate;
use super::window::Window;
use crate::stats::interval::ratio_interval;

/// By the ratio of batches, where these say anything of other runs.
pub fn share(parts: &[Part], window: &Window) -> Estimate {
    let pairs: Vec<(f64, f64)> = parts.iter().map(|part| (part.counted, part.of)).collect();
    let (counted, of) = parts.iter().fold((0.0, 0.0), |sum, part| (sum.0 + part.counted, sum.1 + part.of));
    let estimate = Estimate::of_stretches(counted / of, &ratio_interval(&pairs), 1.0, Reach::Share);
    // Of the share and what is missing from it, the smaller one is what is asked about.
    let size = (counted / of).min(1.0 - counted / of);
    estimate.unless_planned(parts, window, size)
}

/// An interval that is no wider than this part of what it is about tells enough, whatever made it:
/// what was planned only makes it wider, so that it holds the truth more often than it says.
const NARROW: f64 = 0.1;

impl Estimate {
    /// Where what was planned makes the stretches of a run what they are, they say nothing of
    /// other runs. `size` is that of what the interval is about.
    pub fn unless_planned(self, parts: &[Part], window: &Window, size: f64) -> Estimate {
        let is_narrow = self.half_width.is_some_and(|half_width| half_width <= NARROW * size);
        match window.planned.makes(parts) {
            Some(why) if self.value.is_some() && !self.is_alike() && !is_narrow => {
                Estimate::without_interval(self.value, &why)
            }
            _ => self,
        }
    }
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
    fn given_faults_have_no_interval_however_many() {
        let one = simulated("", FIRST);
        let why = one.total.good_share.why_no_interval.as_deref();
        assert!(why.is_some_and(|why| why.contains("a fault at a given time")), "{why:?}");
        assert!((one.total.good_share.value.unwrap() - 117.0 / 120.0).abs() < 0.005);
        for view in [&one.availability.views.probe, &one.availability.views.good_buckets] {
            assert_eq!((view.why_no_interval.as_deref(), view.half_width), (why, None));
        }
        // Nothing went wrong there.
        let web = &one.availability.views.health_checker;
        assert!(web.value == Some(1.0) && web.is_alike(), "{web:?}");
        for timeline in [FIRST.to_owned() + SECOND, FIRST.to_owned() + SECOND + THIRD] {
            let several = simulated("", &timeline);
            assert_eq!(several.total.good_share.why_no_interval.as_deref(), why);
        }
    }

    #[test]
    fn chance_has_an_interval_that_stays_within_a_share() {
        let chance = simulated("mtbf: 30m, mttr: 1m", "  []\n").total.good_share;
        let (value, half_width) = (chance.value.unwrap(), chance.half_width.unwrap());
        let (low, high) = chance.ends().unwrap();
        assert!(half_width > 0.0 && (low - (value - half_width)).abs() < 1e-12, "{chance:?}");
        assert!(low < value && value < high && high <= 1.0, "{chance:?}");
        let over = value + half_width;
        assert!(over <= 1.0 || high == 1.0, "{chance:?}");
        let all_good = simulated("", "  []\n").total.good_share;
        assert_eq!((all_good.value, all_good.high), (Some(1.0), Some(1.0)));
        assert!(all_good.low.unwrap() < 1.0);
    }

    #[test]
    fn where_chance_does_more_than_the_plan_its_interval_is_told() {
        let chance = "mtbf: 10m, mttr: 1m";
        let brief = "  - { at: 20m, fail: app, for: 10s }\n";
        assert!(simulated(chance, brief).total.good_share.half_width.is_some());
        let long = "  - { at: 20m, fail: app, for: 25m }\n";
        let planned = simulated(chance, long).total.good_share;
        assert!(planned.why_no_interval.is_some_and(|why| why.contains("a fault at a given time")));
    }
}
