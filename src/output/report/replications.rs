//! The report of `spof simulate --replications`: what many runs say together, and the first of them looked
//! into.

use super::html::Table;
use super::page::{Reader, Section};
use super::study::{Repeat, StudyPage, level, sentence_of, told};
use super::{ReportError, first, of_engineer, scenario, series};
use crate::analysis::study::{StudySummary, Verdict};
use crate::analysis::summary::Estimate;
use crate::output::record::Record;
use crate::telling::Answered;
use crate::telling::figure::{self, count, in_unit};

const NONE: &str = "–";

/// `first_run`: as its files tell it.
pub fn render(
    study: &Answered<StudySummary>,
    first_run: &Record,
    repeat: &Repeat,
) -> Result<String, ReportError> {
    let summary = &study.data;
    let findings = first_run.findings.as_ref().ok_or(ReportError::Missing("summary.json"))?;
    let section = |id, heading, body| Section::new(Reader::Engineer, id, heading, body);
    let intro = format!(
        "<p>All that follows is of the first of the {} runs alone.</p>\n{}",
        count(summary.replications),
        first::body(first_run, findings)
    );
    let mut sections = vec![
        section("figures", "Figure by figure", figures(summary)),
        section("first", "The first run", intro),
    ];
    sections.extend(of_engineer(first_run, findings)?);
    let settings = scenario::settings_and_file(first_run);
    sections.push(Section::new(Reader::Doubter, "scenario", "The scenario", settings));
    let mut trust = vec![sentence_of(summary.method), level(summary.level)];
    let why = summary.figures.iter().find_map(|figure| figure.estimate.why_replications_would_tell());
    trust.extend(why.map(|why| format!("Figures without ±: {why}.")));
    let page = StudyPage {
        name: summary.scenario.clone(),
        about: format!(
            "{} replications, {}; seed {}.",
            count(summary.replications),
            summary.stopped,
            summary.seed
        ),
        answer: told(&study.told) + &expectations(summary) + &goals(summary),
        sections,
        trust,
        repeat,
        series: Some(series(first_run)),
    };
    Ok(page.text())
}

fn figures(summary: &StudySummary) -> String {
    let mut table = Table::new("Each figure over all runs")
        .words("figure", "")
        .figures("mean over the runs", "with a 95 % interval")
        .figures("least", "of one run")
        .figures("most", "of one run");
    for figure in &summary.figures {
        let bare =
            |value: Option<f64>| value.map_or(NONE.to_owned(), |value| in_unit(value, None, figure.unit));
        let mean = figure::told(&figure.estimate, figure.unit).unwrap_or(NONE.to_owned());
        table.line(&[figure.name.clone(), mean, bare(figure.least), bare(figure.most)]);
    }
    table.text()
}

fn expectations(summary: &StudySummary) -> String {
    let mut table = Table::new("What was expected of all runs together")
        .words("expectation", "")
        .words("holds", "")
        .figures("measured", "");
    for one in &summary.expectations {
        let holds = match one.verdict {
            Verdict::Pass => "✔ yes",
            Verdict::Fail => "✘ **no**",
            Verdict::Undecided => "? cannot tell yet: more replications",
        };
        table.line(&[one.text.clone(), holds.to_owned(), measured(&one.estimate, one.unit)]);
    }
    if table.is_empty() { String::new() } else { table.text() }
}

fn goals(summary: &StudySummary) -> String {
    let mut table = Table::new("How exactly figures were to be known")
        .words("goal", "")
        .words("reached", "")
        .figures("measured", "");
    for one in &summary.goals {
        let reached = if one.reached { "✔ yes" } else { "✘ **no**" };
        table.line(&[one.text.clone(), reached.to_owned(), measured(&one.estimate, one.unit)]);
    }
    if table.is_empty() { String::new() } else { table.text() }
}

fn measured(estimate: &Estimate, unit: &str) -> String {
    figure::told(estimate, unit)
        .unwrap_or_else(|| estimate.why_no_interval.clone().unwrap_or(NONE.to_owned()))
}
