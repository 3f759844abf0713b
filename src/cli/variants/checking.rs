//! All points of a study are checked before anything runs. What is wrong with many of them is
//! told once.

use super::Study;
use crate::analysis::gauges::Gauge;
use crate::cli::caller::Caller;
use crate::cli::ending::Failure;
use crate::document::alike::{kinds, name_in};
use crate::document::problem::{Look, Problem, Severity, listed, render};
use crate::experiment::in_parallel;
use crate::scenario::given::{Given, Settings};
use crate::scenario::load::Loaded;
use crate::scenario::model::Scenario;

/// No more different mistakes are told at once.
const TOLD_MOST: usize = 10;

pub struct Checked {
    /// The scenario of the first point.
    pub first: Scenario,
    pub text: String,
    /// What some point measures.
    pub gauges: Vec<Gauge>,
}

/// What there is to say of a point, with what it looks like.
struct Looked {
    told: Vec<(Problem, String)>,
    gauges: Vec<Gauge>,
}

/// The last `varied` settings of each point are those that differ.
pub fn check(
    given: &Given,
    (points, varied): (&[Settings], usize),
    study: &dyn Study,
    (quiet, caller): (bool, &Caller),
) -> Result<Checked, Failure> {
    let failed = |error| Failure::reading(given.path(), &error);
    let first = given.load(&points[0]).map_err(failed)?;
    let text = first.source.text().to_owned();
    let lines = caller.look();
    let look = |settings: &Settings| -> Result<Looked, Failure> {
        let mut loaded = given.load(settings).map_err(failed)?;
        loaded.source.rename_last(varied, "--vary");
        let gauges = match &loaded.scenario {
            Some(scenario) => {
                study.expectations(scenario)?;
                study.gauges(scenario)
            }
            None => Vec::new(),
        };
        Ok(Looked { told: told(&loaded, lines), gauges })
    };
    let looked = in_parallel(points.iter().collect(), look).into_iter().collect::<Result<Vec<_>, _>>()?;
    tell(&looked, quiet, caller)?;
    let mut gauges: Vec<Gauge> = Vec::new();
    for gauge in looked.into_iter().flat_map(|looked| looked.gauges) {
        if !gauges.contains(&gauge) {
            gauges.push(gauge);
        }
    }
    let first = first.scenario.ok_or(Failure::BadScenario)?;
    Ok(Checked { first, text, gauges })
}

fn told(loaded: &Loaded, look: Look) -> Vec<(Problem, String)> {
    let text = |problem: &Problem| render(&loaded.source, std::slice::from_ref(problem), look);
    loaded.problems.iter().map(|problem| (problem.clone(), text(problem))).collect()
}

/// Errors of any point; and warnings that all points have, since what only some of them do is what
/// is to be found out.
fn tell(points: &[Looked], quiet: bool, caller: &Caller) -> Result<(), Failure> {
    let mut found: Vec<(&Problem, &str, usize)> = Vec::new();
    for (problem, text) in points.iter().flat_map(|looked| &looked.told) {
        let alike = |other: &Problem| {
            (other.severity, &other.message, &other.hint)
                == (problem.severity, &problem.message, &problem.hint)
        };
        match found.iter_mut().find(|(other, ..)| alike(other)) {
            Some((.., points)) => *points += 1,
            None => found.push((problem, text, 1)),
        }
    }
    let (errors, warnings): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|(problem, ..)| problem.severity == Severity::Error);
    for (_, text, number) in errors.iter().take(TOLD_MOST) {
        caller.print_aside(text.trim_end());
        let where_else = format!("\n  (at {number} of {} points)", points.len());
        caller.print_aside(if points.len() > 1 { &where_else } else { "" });
        caller.print_aside("\n\n");
    }
    if errors.len() > TOLD_MOST {
        caller.print_aside(&format!("… and {} more\n", errors.len() - TOLD_MOST));
    }
    if !errors.is_empty() {
        return Err(Failure::BadScenario);
    }
    let of_all: Vec<_> =
        warnings.into_iter().filter(|(.., number)| *number == points.len() && !quiet).collect();
    for kind in kinds(&of_all, |(warning, ..)| &warning.message) {
        let (first, text, _) = kind[0];
        caller.print_aside(text.trim_end());
        let others = kind[1..].iter().filter_map(|(other, ..)| name_in(&other.message, &first.message));
        let others: Vec<&str> = others.collect();
        if !others.is_empty() {
            let told = format!("\n   = note: {} more like this: {}", others.len(), listed(&others));
            caller.print_aside(&told);
        }
        caller.print_aside("\n\n");
    }
    Ok(())
}
