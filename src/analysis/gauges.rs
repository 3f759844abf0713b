//! What is measured of a run whose settings are varied: the figures of any study, and beside them
//! the load, how full hosts are, how long the lines, and whatever the scenario expects.

use super::classes::Requests;
use super::nodes::summarise_nodes;
use super::study::Measures;
use super::window::Window;
use crate::nodes::NodeKind;
use crate::results::RunResults;
use crate::scenario::model::{Node, Scenario};

/// A figure that runs have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Gauge {
    pub name: String,
    /// `ms`, `share`, `per s`, `per month`, or nothing for a number.
    pub unit: &'static str,
}

/// The name of what users send per second.
pub const OFFERED: &str = "offered";

/// All gauges of a scenario.
pub struct Gauges<'s> {
    scenario: &'s Scenario,
    measures: Measures<'s>,
}

impl<'s> Gauges<'s> {
    pub fn of(scenario: &'s Scenario) -> Gauges<'s> {
        Gauges { scenario, measures: Measures::of(scenario, &[]) }
    }

    /// Those with names; what is expected comes after them.
    pub fn names(&self) -> Vec<Gauge> {
        let gauge = |name: String, unit| Gauge { name, unit };
        let mut names = vec![gauge(OFFERED.to_owned(), "per s")];
        names.extend(self.measures.usual_names().map(|(name, unit)| gauge(name, unit)));
        names.extend(self.hosts().map(|(_, node)| gauge(utilisation_of(&node.name), "share")));
        names.extend(self.lines().map(|(_, node)| gauge(format!("{} in line", node.name), "")));
        names
    }

    /// In the order of the names, then for each expectation its figure and the number of requests
    /// that it rests on, or of seconds in a run without requests. Not a number where a run has no such figure.
    pub fn figures(&self, results: &RunResults, window: &Window) -> Vec<f64> {
        let nodes = summarise_nodes(self.scenario, results, window);
        let of_measures = self.measures.figures_with(results, window, &nodes);
        let usual = self.measures.usual(&of_measures);
        let offered = Requests::new(results, None, window).offered_per_s();
        let mut figures = vec![offered.unwrap_or(f64::NAN)];
        figures.extend(usual);
        figures.extend(self.hosts().map(|(number, _)| nodes[number].utilisation.unwrap_or(f64::NAN)));
        figures.extend(self.lines().map(|(number, _)| nodes[number].queue_mean));
        let expected = self.scenario.expectations.iter().zip(&of_measures[usual.len()..]);
        figures.extend(expected.flat_map(|(expectation, &figure)| {
            let requests = Requests::new(results, expectation.measure.class, window);
            [figure, requests.ended() as f64]
        }));
        figures
    }

    fn hosts(&self) -> impl Iterator<Item = (usize, &Node)> {
        let nodes = self.scenario.nodes.iter().enumerate();
        nodes.filter(|(_, node)| matches!(node.kind, NodeKind::Server(_)))
    }

    fn lines(&self) -> impl Iterator<Item = (usize, &Node)> {
        self.scenario.nodes.iter().enumerate().filter(|(_, node)| node.behaviour.is_some())
    }
}

/// Which share of what is offered is served well, in a run with these gauges: what does not keep up
/// is as bad as what fails.
pub fn served(gauges: &[Gauge]) -> Option<impl Fn(&Vec<f64>) -> f64> {
    let place = |name: &str| gauges.iter().position(|gauge| gauge.name == name);
    let (offered, goodput, availability) = (place(OFFERED)?, place("goodput")?, place("availability")?);
    // Without requests, availability is a share of the time, and nothing else is known.
    Some(move |run: &Vec<f64>| match run[goodput] / run[offered] {
        kept_up if kept_up.is_nan() && run[offered].is_nan() => run[availability],
        kept_up => run[availability].min(kept_up),
    })
}

/// As the utilisation of a node is called among the gauges.
pub fn utilisation_of(node: &str) -> String {
    format!("{node} utilisation")
}
