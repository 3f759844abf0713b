//! Where along an axis a system breaks, and where its latencies take off. Nothing is claimed that
//! the intervals do not show.

use super::gauges::{Gauge, served};
use super::point_fullness::{PointFullness, ShortSomewhere};
use super::study;
use super::summary::Estimate;
use crate::stats::interval::independent_interval;
use serde::Serialize;

/// A knee is claimed from so many points on,
const KNEE_POINTS_FEWEST: usize = 5;
/// if the figure rises to so many times its least,
const KNEE_RISE: f64 = 2.0;
/// and bends so far away from the straight line between its ends, as a share of its rise.
const KNEE_BEND: f64 = 0.2;

/// The runs along an axis of numbers, in rising order.
pub struct Curve<'a> {
    pub path: &'a str,
    pub gauges: &'a [Gauge],
    pub values: Vec<CurvePoint<'a>>,
}

pub struct CurvePoint<'a> {
    pub text: &'a str,
    pub number: f64,
    /// The figures of each run.
    pub runs: &'a [Vec<f64>],
    pub fullness: &'a PointFullness,
}

/// Whether at least the wanted share of what is offered is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Holds,
    Broken,
    /// The interval reaches over the bound.
    Open,
}

/// How it goes along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Course {
    /// At all values that tell.
    Holds,
    /// At none of them.
    NeverHolds,
    /// On one side of a limit.
    Breaks,
    /// Here and there.
    ComesAndGoes,
    /// No value tells.
    Unknown,
}

/// Where less than the wanted share of what is offered is served.
#[derive(Clone, Debug, Serialize)]
pub struct Breaking {
    pub path: String,
    pub served_least: f64,
    pub course: Course,
    /// The values between which this was looked for.
    pub from: String,
    pub to: String,
    /// The last value that surely holds, beside the first that surely does not. If none holds, of
    /// those that do not the one that comes nearest.
    pub holds_at: Option<String>,
    pub breaks_at: Option<String>,
    /// More is too much, and not less too little.
    pub breaks_upwards: bool,
    /// At some values the runs do not tell.
    pub is_open_elsewhere: bool,
    /// The share that is served at these two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub served_where_it_holds: Option<Estimate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub served_where_it_breaks: Option<Estimate>,
    /// How full things are where it breaks.
    #[serde(flatten)]
    pub fullness: PointFullness,
}

/// How many points hold, and what is short at those that do not.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Standings {
    pub served_least: f64,
    pub holds: usize,
    pub broken: usize,
    pub open: usize,
    pub short_where_broken: Vec<ShortSomewhere>,
}

/// Where a curve takes off, or gains little any more.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Knee {
    pub measure: String,
    pub at: String,
    pub rises: bool,
}

/// Whether a point holds; nothing where no run tells what was served.
pub fn standing(gauges: &[Gauge], runs: &[Vec<f64>], served_least: f64) -> Option<Standing> {
    let served = served(gauges)?;
    let figures: Vec<f64> = runs.iter().map(served).collect();
    Some(match independent_interval(&figures).ends() {
        Some((low, _)) if low >= served_least => Standing::Holds,
        Some((_, high)) if high < served_least => Standing::Broken,
        _ => Standing::Open,
    })
}

impl Curve<'_> {
    /// The ends of the interval of a figure of the runs of a point; if all runs are alike, that
    /// figure.
    fn ends(&self, point: usize, place: usize) -> Option<(f64, f64)> {
        independent_interval(&study::column(self.values[point].runs, place)).ends()
    }

    fn standings(&self, served_least: f64) -> Option<Vec<Standing>> {
        self.values.iter().map(|point| standing(self.gauges, point.runs, served_least)).collect()
    }

    fn served(&self, point: usize) -> Option<Estimate> {
        let served = served(self.gauges)?;
        let figures: Vec<f64> = self.values[point].runs.iter().map(served).collect();
        Some(study::estimate(&independent_interval(&figures), "share", None))
    }

    /// Where it breaks, as far as the runs tell.
    pub fn breaking(&self, served_least: f64) -> Option<Breaking> {
        let standings = self.standings(served_least)?;
        let text_of = |place: usize| self.values[place].text.to_owned();
        let sure: Vec<usize> =
            (0..standings.len()).filter(|place| standings[*place] != Standing::Open).collect();
        let switches: Vec<(usize, usize)> = sure
            .windows(2)
            .filter(|pair| standings[pair[0]] != standings[pair[1]])
            .map(|pair| (pair[0], pair[1]))
            .collect();
        let (first, last) = (self.values.first()?, self.values.last()?);
        let mut breaking = Breaking {
            path: self.path.to_owned(),
            served_least,
            course: Course::Unknown,
            from: first.text.to_owned(),
            to: last.text.to_owned(),
            holds_at: None,
            breaks_at: None,
            breaks_upwards: true,
            is_open_elsewhere: !sure.is_empty() && sure.len() < standings.len(),
            served_where_it_holds: None,
            served_where_it_breaks: None,
            fullness: PointFullness::default(),
        };
        let (holds, breaks) = match switches[..] {
            _ if sure.is_empty() => (None, None),
            [] => {
                (breaking.from, breaking.to) = (text_of(sure[0]), text_of(sure[sure.len() - 1]));
                let holds = standings[sure[0]] == Standing::Holds;
                breaking.course = if holds { Course::Holds } else { Course::NeverHolds };
                (None, if holds { None } else { self.nearest(&sure) })
            }
            [(left, right)] => {
                breaking.course = Course::Breaks;
                // What lies between the two is where the limit is.
                let beyond = |place: &usize| *place < left || *place > right;
                breaking.is_open_elsewhere =
                    (0..standings.len()).filter(beyond).any(|place| standings[place] == Standing::Open);
                breaking.breaks_upwards = standings[left] == Standing::Holds;
                if breaking.breaks_upwards { (Some(left), Some(right)) } else { (Some(right), Some(left)) }
            }
            _ => {
                breaking.course = Course::ComesAndGoes;
                (None, None)
            }
        };
        breaking.holds_at = holds.map(text_of);
        breaking.breaks_at = breaks.map(text_of);
        breaking.served_where_it_holds = holds.and_then(|place| self.served(place));
        breaking.served_where_it_breaks = breaks.and_then(|place| self.served(place));
        breaking.fullness = breaks.map_or_else(Default::default, |place| self.values[place].fullness.clone());
        Some(breaking)
    }

    /// Where most is served.
    fn nearest(&self, places: &[usize]) -> Option<usize> {
        let served = |place: usize| self.served(place).and_then(|share| share.value).unwrap_or(0.0);
        places.iter().copied().reduce(|best, place| if served(place) > served(best) { place } else { best })
    }

    /// The point that lies farthest below the straight line between the ends of the curve
    /// (Satopää's Kneedle), among those at which the system does not break.
    pub fn knee(&self, measure: &str, served_least: f64) -> Option<Knee> {
        let place = self.gauges.iter().position(|gauge| gauge.name == measure)?;
        let standings = self.standings(served_least)?;
        let mut values: Vec<(f64, f64, f64, &str)> = Vec::new();
        for (number, point) in self.values.iter().enumerate() {
            if standings[number] != Standing::Broken {
                let (low, high) = self.ends(number, place)?;
                values.push((point.number, low, high, point.text));
            }
        }
        let (first, last) = (values.first()?, values.last()?);
        let rises = last.1 > KNEE_RISE * first.2;
        let falls = first.1 > KNEE_RISE * last.2;
        if values.len() < KNEE_POINTS_FEWEST || !(rises || falls) {
            return None;
        }
        let middle = |value: &(f64, f64, f64, &str)| (value.1 + value.2) / 2.0;
        let (from, to) = (middle(first), middle(last));
        // How far the whole interval lies below the line.
        let bend = |value: &(f64, f64, f64, &str)| {
            let along = (value.0 - first.0) / (last.0 - first.0);
            (from + along * (to - from) - value.2) / (to - from).abs()
        };
        let knee = values.iter().max_by(|a, b| bend(a).total_cmp(&bend(b)))?;
        let is_one = bend(knee) >= KNEE_BEND;
        is_one.then(|| Knee { measure: measure.to_owned(), at: knee.3.to_owned(), rises })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::gauges::OFFERED;
    use crate::analysis::point_fullness::Fullness;
    use crate::parts::resource::ResourceKind;

    const NAMES: [&str; 4] = [OFFERED, "goodput", "availability", "p99"];

    struct Made {
        gauges: Vec<Gauge>,
        points: Vec<(String, f64, Vec<Vec<f64>>)>,
        fullness: PointFullness,
    }

    /// For each load the share that is served, and p99; in three runs.
    fn made(points: &[(f64, f64, f64)]) -> Made {
        let runs = |&(load, served, p99): &(f64, f64, f64)| {
            let run = |shake: f64| vec![load, load * served, 1.0, p99 * (1.0 + shake)];
            (format!("{load}/s"), load, vec![run(-0.01), run(0.0), run(0.01)])
        };
        let gauges = NAMES.map(|name| Gauge { name: name.to_owned(), unit: "" }).to_vec();
        let name = "the workers of app".to_owned();
        let full = Fullness { name, kind: ResourceKind::Slots, in_use: 0.99, short_in: 3, runs: 3 };
        let fullness = PointFullness { full: vec![full.clone()], fullest: Some(full) };
        Made { gauges, points: points.iter().map(runs).collect(), fullness }
    }

    impl Made {
        fn curve(&self) -> Curve<'_> {
            let values = self.points.iter();
            Curve {
                path: "users.arrivals",
                gauges: &self.gauges,
                values: values
                    .map(|(text, number, runs)| CurvePoint {
                        text,
                        number: *number,
                        runs,
                        fullness: &self.fullness,
                    })
                    .collect(),
            }
        }

        fn breaking(&self) -> Breaking {
            self.curve().breaking(0.99).unwrap()
        }
    }

    #[test]
    fn it_breaks_between_the_last_that_holds_and_the_first_that_does_not() {
        let breaking = made(&[(10.0, 1.0, 5.0), (20.0, 0.999, 9.0), (30.0, 0.8, 90.0)]).breaking();
        assert_eq!(
            (breaking.holds_at.as_deref(), breaking.breaks_at.as_deref()),
            (Some("20/s"), Some("30/s"))
        );
        assert_eq!((breaking.course, breaking.breaks_upwards), (Course::Breaks, true));
        assert_eq!(breaking.fullness.full[0].name, "the workers of app");
        let share = breaking.served_where_it_breaks.unwrap().value.unwrap();
        assert!((share - 0.8).abs() < 1e-12, "{share}");
        let workers = made(&[(1.0, 0.5, 5.0), (2.0, 1.0, 5.0)]).breaking();
        assert_eq!((workers.breaks_at.as_deref(), workers.breaks_upwards), (Some("1/s"), false));
    }

    #[test]
    fn what_the_runs_do_not_show_is_not_claimed() {
        let holds = made(&[(10.0, 1.0, 5.0), (20.0, 1.0, 5.0)]).breaking();
        assert_eq!((holds.course, holds.fullness), (Course::Holds, PointFullness::default()));
        let never = made(&[(10.0, 0.4, 5.0), (20.0, 0.5, 5.0)]).breaking();
        assert_eq!((never.course, never.breaks_at.as_deref()), (Course::NeverHolds, Some("20/s")));
        let odd = made(&[(10.0, 1.0, 5.0), (20.0, 0.4, 5.0), (30.0, 1.0, 5.0)]).breaking();
        assert_eq!((odd.course, odd.breaks_at), (Course::ComesAndGoes, None));
        let mut open = made(&[(10.0, 1.0, 5.0), (20.0, 0.99, 5.0), (30.0, 0.5, 5.0)]);
        open.points[1].2[0][1] = 15.0;
        let breaking = open.breaking();
        assert_eq!(breaking.holds_at.as_deref(), Some("10/s"), "what is open lies between");
        assert!(!breaking.is_open_elsewhere);
        open.points.truncate(2);
        assert!(open.breaking().is_open_elsewhere);
        open.points.iter_mut().for_each(|point| point.2.truncate(1));
        assert_eq!(open.breaking().course, Course::Unknown, "one run shows nothing");
    }

    #[test]
    fn a_knee_is_where_a_curve_bends_most() {
        let queue = |rate: f64| (rate, 1.0, 10.0 / (1.0 - rate / 100.0));
        let rates = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0];
        let bent = made(&rates.map(queue));
        let knee = bent.curve().knee("p99", 0.99).unwrap();
        // The slope of 1 / (1 - x) is that of the chord at 1 - x = √(0.9 · 0.1) = 0.3.
        assert_eq!((knee.at.as_str(), knee.rises), ("70/s", true));
        let line = made(&rates.map(|rate| (rate, 1.0, rate)));
        assert_eq!(line.curve().knee("p99", 0.99), None, "a straight line has none");
        let flat = made(&rates.map(|rate| (rate, 1.0, 10.0)));
        assert_eq!(flat.curve().knee("p99", 0.99), None);
        let few = made(&[queue(10.0), queue(50.0), queue(90.0)]);
        assert_eq!(few.curve().knee("p99", 0.99), None);
    }
}
