//! Charts as Python shows them.

use super::asking::{GivenText, given};
use crate::engine::{Options, Simulation};
use crate::output::charts::{self, Chart, Look, PictureFormat, Theme};
use crate::output::record::{Record, read_folder};
use crate::plan;
use crate::questions::findings::Findings;
use crate::results::row::RowSampling;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use std::borrow::Cow;
use std::path::PathBuf;

fn look(theme: &str, width: u32) -> PyResult<Look> {
    let theme = match theme {
        "light" => Theme::Light,
        "dark" => Theme::Dark,
        other => return Err(PyValueError::new_err(format!("theme={other:?}: write \"light\" or \"dark\""))),
    };
    let (least, most) = (charts::WIDTH_LEAST, charts::WIDTH_MOST);
    if !(least..=most).contains(&width) {
        return Err(PyValueError::new_err(format!("width={width}: pictures are {least} to {most} wide")));
    }
    Ok(Look::new(theme, f64::from(width)))
}

/// A chart of runs, from their folders, each with its name.
#[pyfunction]
pub fn chart(
    folders: Vec<(String, PathBuf)>,
    name: &str,
    theme: &str,
    width: u32,
    format: &str,
) -> PyResult<Cow<'static, [u8]>> {
    let look = look(theme, width)?;
    let chart = Chart::ALL.into_iter().find(|chart| chart.name() == name);
    let format = PictureFormat::ALL.into_iter().find(|known| known.name() == format);
    let (Some(chart), Some(format)) = (chart, format) else {
        return Err(PyValueError::new_err(format!("there is no chart {name:?} of this kind")));
    };
    let mut records = Vec::new();
    for (name, folder) in folders {
        let record = read_folder(&folder).map_err(|error| PyOSError::new_err(error.to_string()))?;
        if !chart.can_be_drawn(&record) {
            let message = format!("{} has no {}, which this chart needs", folder.display(), chart.source());
            return Err(PyValueError::new_err(message));
        }
        records.push(Record { name, ..record });
    }
    let picture = charts::render(chart, &records, &look, format);
    picture.map(Cow::Owned).map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Who calls whom, before anything has run; nothing if the scenario has errors.
#[pyfunction]
pub fn site(scenario: GivenText, theme: &str, width: u32) -> PyResult<Option<String>> {
    let look = look(theme, width)?;
    let Some(scenario) = given(scenario).load(&[])?.scenario else { return Ok(None) };
    let plan = plan::compile(&scenario);
    let options = Options { seed: scenario.run.seed, replication: 0, rows: RowSampling::None };
    let results = Simulation::new(&plan, options).finish(true);
    let wrong = |error: String| PyValueError::new_err(error);
    let findings = Findings::of(&scenario, scenario.run.seed, &results);
    let record = Record::of(&scenario, findings, &results);
    let picture = charts::render(Chart::Topology, &[record], &look, PictureFormat::Svg)
        .map_err(|error| wrong(error.to_string()))?;
    Ok(Some(String::from_utf8_lossy(&picture).into_owned()))
}
