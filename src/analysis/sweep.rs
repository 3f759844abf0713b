//! What a sweep has found: the figures of each point with their intervals, whether it holds there,
//! where it breaks, and where a figure takes off.

use super::branches::{Hysteresis, UP};
use super::breaking::{Breaking, Curve, CurvePoint, Knee, Standing, Standings, standing};
use super::estimate::longest_ms;
use super::gauges::Gauge;
use super::point_fullness::{PointFullness, short_somewhere};
use super::study::{column, estimate, heading};
use super::summary::Estimate;
use crate::scenario::model::Scenario;
use crate::stats::interval::{LEVEL, independent_interval};
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct SweepSummary {
    pub scenario: String,
    pub version: &'static str,
    pub seed: u64,
    pub replications: u64,
    pub level: f64,
    pub method: &'static str,
    pub axes: Vec<SweptAxis>,
    /// The figure that is looked at first.
    pub measure: String,
    /// What the estimates of each point are of.
    #[serde(skip)]
    pub gauges: Vec<Gauge>,
    pub points: Vec<SweptPoint>,
    /// How many points hold; none where no run tells what was served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standings: Option<Standings>,
    /// Along one axis of numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaking: Option<Breaking>,
    /// Of two axes, along one of them at each value of the other.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<SweptLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub knee: Option<Knee>,
    /// Of a load that went up and down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hysteresis: Option<Hysteresis>,
}

#[derive(Clone, Debug, Serialize)]
pub struct SweptAxis {
    pub path: String,
    /// Whether its values have sizes.
    pub is_numeric: bool,
    /// What it is in the scenario, if that can be placed among the values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub today: Option<SweptValue>,
}

#[derive(Clone, Debug, Serialize)]
pub struct SweptPoint {
    /// One for each axis.
    pub values: Vec<SweptValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stands: Option<Standing>,
    #[serde(flatten)]
    pub fullness: PointFullness,
    pub figures: Vec<SweptFigure>,
}

/// Where it breaks while one setting stays as it is.
#[derive(Clone, Debug, Serialize)]
pub struct SweptLine {
    pub path: String,
    pub at: String,
    pub breaking: Breaking,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweptValue {
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub struct SweptFigure {
    pub name: String,
    pub unit: &'static str,
    #[serde(flatten)]
    pub estimate: Estimate,
}

const METHOD: &str = "each run's own figure, its mean over the runs of a point, and Student's t; run n of all \
                      points has the same chance";

/// A point with the figures of each of its runs.
pub struct PointRuns {
    pub values: Vec<SweptValue>,
    pub runs: Vec<Vec<f64>>,
    /// How full things are there.
    pub fullness: PointFullness,
}

/// What was swept, and how.
pub struct Swept<'a> {
    pub scenario: &'a Scenario,
    pub seed: u64,
    pub replications: u64,
    pub axes: Vec<SweptAxis>,
    pub gauges: &'a [Gauge],
    pub measure: &'a str,
    /// Where less than this share is served, it breaks.
    pub served_least: f64,
}

impl Swept<'_> {
    pub fn summarise(self, points: &[PointRuns]) -> SweepSummary {
        // What no run has is no figure.
        let is_known = |place: usize| {
            let mut runs = points.iter().flat_map(|point| &point.runs);
            self.gauges[place].is_shown() && runs.any(|run| run[place].is_finite())
        };
        let known: Vec<usize> = (0..self.gauges.len()).filter(|place| is_known(*place)).collect();
        let figure = |runs: &[Vec<f64>], place: usize| {
            let Gauge { name, unit } = &self.gauges[place];
            let longest_ms = longest_ms(&self.scenario.run);
            let estimate = estimate(&independent_interval(&column(runs, place)), unit, longest_ms);
            SweptFigure { name: name.clone(), unit, estimate }
        };
        let point = |point: &PointRuns| SweptPoint {
            values: point.values.clone(),
            stands: standing(self.gauges, &point.runs, self.served_least),
            fullness: point.fullness.clone(),
            figures: known.iter().map(|place| figure(&point.runs, *place)).collect(),
        };
        let swept: Vec<SweptPoint> = points.iter().map(point).collect();
        let curve = curve(&self.axes, self.gauges, points);
        let found =
            |curve: &Curve| (curve.breaking(self.served_least), curve.knee(self.measure, self.served_least));
        let (breaking, knee) = curve.as_ref().map(found).unwrap_or_default();
        SweepSummary {
            scenario: self.scenario.name.clone(),
            version: env!("CARGO_PKG_VERSION"),
            seed: self.seed,
            replications: self.replications,
            level: LEVEL,
            method: METHOD,
            measure: self.measure.to_owned(),
            gauges: known.iter().map(|place| self.gauges[*place].clone()).collect(),
            standings: standings(&swept, self.served_least),
            lines: lines(&self.axes, self.gauges, points, self.served_least),
            points: swept,
            breaking,
            knee,
            hysteresis: None,
            axes: self.axes,
        }
    }
}

/// If there is one axis, and its values are numbers; of a load that goes up and down, the way up.
fn curve<'a>(axes: &'a [SweptAxis], gauges: &'a [Gauge], points: &'a [PointRuns]) -> Option<Curve<'a>> {
    let axis = match axes {
        [axis] => axis,
        [axis, way] if way.path == WAY => axis,
        _ => return None,
    };
    let is_on_curve = |point: &&PointRuns| point.values.get(1).is_none_or(|way| way.text == UP);
    let point = |point: &'a PointRuns| {
        let SweptValue { text, number } = point.values.first()?;
        let PointRuns { runs, fullness, .. } = point;
        Some(CurvePoint { text, number: (*number)?, runs, fullness })
    };
    let mut values = points.iter().filter(is_on_curve).map(point).collect::<Option<Vec<_>>>()?;
    values.sort_by(|a, b| a.number.total_cmp(&b.number));
    Some(Curve { path: &axis.path, gauges, values })
}

/// Whether points hold, all together.
fn standings(points: &[SweptPoint], served_least: f64) -> Option<Standings> {
    let number = |wanted: Standing| points.iter().filter(|point| point.stands == Some(wanted)).count();
    let broken = points.iter().filter(|point| point.stands == Some(Standing::Broken));
    points.iter().all(|point| point.stands.is_some()).then(|| Standings {
        served_least,
        holds: number(Standing::Holds),
        broken: number(Standing::Broken),
        open: number(Standing::Open),
        short_where_broken: short_somewhere(broken.map(|point| &point.fullness)),
    })
}

/// Of two axes, where it breaks along the one that has numbers (the second, if both have) at each
/// value of the other.
fn lines(axes: &[SweptAxis], gauges: &[Gauge], points: &[PointRuns], served_least: f64) -> Vec<SweptLine> {
    let [first, second] = axes else { return Vec::new() };
    if second.path == WAY {
        return Vec::new();
    }
    let (fixed, along) = match (first.is_numeric, second.is_numeric) {
        (_, true) => (0, 1),
        (true, false) => (1, 0),
        (false, false) => return Vec::new(),
    };
    let mut values: Vec<&SweptValue> = Vec::new();
    for point in points {
        if !values.contains(&&point.values[fixed]) {
            values.push(&point.values[fixed]);
        }
    }
    let line = |at: &SweptValue| {
        let on_line = points.iter().filter(|point| point.values[fixed] == *at);
        let point = |point: &PointRuns| point.values[along].number;
        let mut all = on_line.clone().filter(|one| point(one).is_some()).collect::<Vec<_>>();
        all.sort_by(|a, b| point(a).unwrap_or(0.0).total_cmp(&point(b).unwrap_or(0.0)));
        let values = all.iter().map(|one| CurvePoint {
            text: &one.values[along].text,
            number: point(one).unwrap_or(0.0),
            runs: &one.runs,
            fullness: &one.fullness,
        });
        let curve = Curve { path: &axes[along].path, gauges, values: values.collect() };
        // With a single point in it there is no line.
        let breaking = curve.breaking(served_least).filter(|_| all.len() > 1)?;
        Some(SweptLine { path: axes[fixed].path.clone(), at: at.text.clone(), breaking })
    };
    values.into_iter().filter_map(line).collect()
}

/// The second axis of a load that goes up and down.
pub const WAY: &str = "way";

impl SweepSummary {
    pub fn is_walk(&self) -> bool {
        self.axes.get(1).is_some_and(|axis| axis.path == WAY)
    }

    /// The place of a figure in all points.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.gauges.iter().position(|gauge| gauge.name == name)
    }

    /// What stands above the columns of its table: values, then each figure with its interval.
    pub fn headings(&self) -> Vec<String> {
        let figures = self.gauges.iter().flat_map(|gauge| {
            let heading = heading(&gauge.name, gauge.unit);
            [heading.clone(), format!("{heading} low"), format!("{heading} high")]
        });
        self.axes.iter().map(|axis| axis.path.clone()).chain(figures).collect()
    }
}

impl SweptPoint {
    /// In the order of the headings behind the values; not a number where there is none.
    pub fn numbers(&self) -> impl Iterator<Item = f64> {
        self.figures.iter().flat_map(|figure| {
            let Estimate { value, .. } = figure.estimate;
            let ends = figure.estimate.ends();
            [value, ends.map(|ends| ends.0), ends.map(|ends| ends.1)].map(|figure| figure.unwrap_or(f64::NAN))
        })
    }
}
