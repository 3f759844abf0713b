//! What a sweep has found: the figures of each point with their intervals, where it breaks, and
//! where a figure takes off.

use super::branches::{Hysteresis, UP};
use super::breaking::{Breaking, Curve, CurvePoint, Knee};
use super::estimate::longest_ms;
use super::gauges::Gauge;
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaking: Option<Breaking>,
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
}

#[derive(Clone, Debug, Serialize)]
pub struct SweptPoint {
    /// One for each axis.
    pub values: Vec<SweptValue>,
    pub figures: Vec<SweptFigure>,
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
    /// Links that are full there by what is sent over them.
    pub full_links: Vec<String>,
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
        let is_known =
            |place: usize| points.iter().flat_map(|point| &point.runs).any(|run| run[place].is_finite());
        let known: Vec<usize> = (0..self.gauges.len()).filter(|place| is_known(*place)).collect();
        let figure = |runs: &[Vec<f64>], place: usize| {
            let Gauge { name, unit } = &self.gauges[place];
            let longest_ms = longest_ms(&self.scenario.run);
            let estimate = estimate(&independent_interval(&column(runs, place)), unit, longest_ms);
            SweptFigure { name: name.clone(), unit, estimate }
        };
        let point = |point: &PointRuns| SweptPoint {
            values: point.values.clone(),
            figures: known.iter().map(|place| figure(&point.runs, *place)).collect(),
        };
        let curve = curve(&self.axes, self.gauges, points);
        let found = |curve: &Curve| {
            let breaking = curve.breaking(self.scenario, self.served_least);
            (breaking, curve.knee(self.measure, self.served_least))
        };
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
            points: points.iter().map(point).collect(),
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
        let PointRuns { runs, full_links, .. } = point;
        Some(CurvePoint { text, number: (*number)?, runs, full_links })
    };
    let mut values = points.iter().filter(is_on_curve).map(point).collect::<Option<Vec<_>>>()?;
    values.sort_by(|a, b| a.number.total_cmp(&b.number));
    Some(Curve { path: &axis.path, gauges, values })
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
