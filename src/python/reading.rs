//! Scenarios and tables as Python reads them.

use super::asking::{GivenText, given};
use super::table::Table;
use crate::document::problem::{Look, Problem, Severity, render};
use crate::output::record::{Lines, RecordError, open_lines};
use crate::output::scenario_json::Script;
use crate::output::{Format, json};
use crate::scenario::load::Loaded;
use pyo3::exceptions::{PyKeyError, PyOSError};
use pyo3::prelude::*;
use serde::Serialize;
use std::path::PathBuf;

/// What Python knows of a scenario.
#[derive(Serialize)]
struct Known {
    problems: Vec<Told>,
    scenario: Option<Inside>,
}

#[derive(Serialize)]
struct Told {
    severity: &'static str,
    message: String,
    hint: Option<String>,
    file: String,
    line: usize,
    column: usize,
    /// As a terminal shows it.
    text: String,
}

#[derive(Serialize)]
struct Inside {
    name: String,
    seed: u64,
    classes: Vec<String>,
    expectations: Vec<String>,
    script: Script,
}

/// As JSON.
#[pyfunction]
pub fn load(scenario: GivenText) -> PyResult<String> {
    let given = given(scenario);
    let loaded = given.load(&[])?;
    let inside = loaded.scenario.as_ref().map(|scenario| Inside {
        name: scenario.name.clone(),
        seed: scenario.run.seed,
        classes: scenario.classes.iter().map(|class| class.name.clone()).collect(),
        expectations: scenario.expectations.iter().map(|expectation| expectation.text.clone()).collect(),
        script: Script::of(&given, &loaded, &[], scenario.run.seed),
    });
    let problems = loaded.problems.iter().map(|problem| told(&loaded, problem)).collect();
    Ok(json::to_text(&Known { problems, scenario: inside })?)
}

fn told(loaded: &Loaded, problem: &Problem) -> Told {
    let place = loaded.source.location(problem.span.start);
    Told {
        severity: match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: problem.message.clone(),
        hint: problem.hint.clone(),
        file: place.name,
        line: place.line,
        column: place.column,
        text: render(&loaded.source, std::slice::from_ref(problem), Look::default()),
    }
}

/// What studies of several runs leave.
const STUDIES: [&str; 2] = ["sweep.csv", "compare.csv"];

/// One of a run's tables; nothing if there is no such file.
#[pyfunction]
pub fn read_table(folder: PathBuf, file: &str) -> PyResult<Option<Table>> {
    let failed = |error: RecordError| PyOSError::new_err(error.to_string());
    let mut names = Format::ALL.into_iter().map(Format::file_name).chain(STUDIES);
    let file = names.find(|name| *name == file);
    let file = file.ok_or_else(|| PyKeyError::new_err("there is no table of this name"))?;
    let lines = open_lines(&folder, file).map_err(failed)?;
    lines.map(|lines| columns(lines).map(Table::of_texts).map_err(failed)).transpose()
}

fn columns(mut lines: Lines) -> Result<Vec<(String, Vec<String>)>, RecordError> {
    let mut columns: Vec<(String, Vec<String>)> =
        lines.names().map(|name| (name.to_owned(), Vec::new())).collect();
    while lines.go_on()? {
        for (place, (_, cells)) in columns.iter_mut().enumerate() {
            cells.push(lines.text(place).to_owned());
        }
    }
    Ok(columns)
}
