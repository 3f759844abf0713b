//! Measured against known: the table, and the verdict.

use super::answers::{Answer, Answers};
use spof::experiment::in_parallel;
use std::time::Instant;

/// How the numbers of one case are measured.
pub struct Study {
    pub case: &'static str,
    /// Given a seed, what was measured.
    pub measure: fn(u64) -> Vec<Figure>,
    /// Keys of the answer that are not measured.
    pub left_out: &'static [&'static str],
    /// The name under which the file keeps a tolerance for one entry of a list.
    pub name_of: fn(&str, usize) -> String,
}

impl Study {
    pub const fn new(case: &'static str, measure: fn(u64) -> Vec<Figure>) -> Study {
        Study { case, measure, left_out: &[], name_of: |key, _| key.to_owned() }
    }
}

/// A measured number and the answer that it belongs to.
pub struct Figure {
    key: &'static str,
    index: usize,
    /// Which of several models with the same answer it was measured in.
    of: &'static str,
    value: f64,
}

pub fn figure(key: &'static str, value: f64) -> Figure {
    figure_of("", key, value)
}

/// A figure of one of several models.
pub fn figure_of(of: &'static str, key: &'static str, value: f64) -> Figure {
    Figure { key, index: 0, of, value }
}

/// A list of numbers with one key.
pub fn figures(key: &'static str, values: impl IntoIterator<Item = f64>) -> impl Iterator<Item = Figure> {
    values.into_iter().enumerate().map(move |(index, value)| Figure { key, index, of: "", value })
}

/// The seed of all studies; any other should do as well.
fn seed() -> u64 {
    std::env::var("ORACLE_SEED").map_or(1, |seed| seed.parse().expect("a seed is a whole number"))
}

/// Runs the studies, prints a table of what was measured, and fails if anything is further
/// off than it may be.
pub fn judge(studies: &[Study]) {
    let answers = Answers::read();
    let tables = in_parallel(studies.iter().collect(), |study: &Study| {
        let started = Instant::now();
        let figures = (study.measure)(seed());
        let title = answers.title(study.case);
        let mut lines = vec![format!("{} {title} ({:.1} s)", study.case, started.elapsed().as_secs_f64())];
        let mut off = Vec::new();
        for answer in answers.of(study.case, study.name_of) {
            compare(study, &answer, &figures, &mut lines, &mut off);
        }
        (lines, off)
    });
    let (lines, off): (Vec<_>, Vec<_>) = tables.into_iter().unzip();
    println!("{}", lines.concat().join("\n"));
    let off = off.concat();
    assert!(off.is_empty(), "further off than they may be:\n{}", off.join("\n"));
}

fn compare(
    study: &Study,
    answer: &Answer,
    figures: &[Figure],
    lines: &mut Vec<String>,
    off: &mut Vec<String>,
) {
    let Answer { key, index, value, tolerance, .. } = answer;
    if study.left_out.contains(&key.as_str()) {
        lines.push(format!("    {key:<28} {value:>14.7}   is not measured"));
        return;
    }
    let measured: Vec<&Figure> =
        figures.iter().filter(|figure| figure.key == key && figure.index == *index).collect();
    assert!(!measured.is_empty(), "{}: {key}[{index}] is not measured", study.case);
    for figure in measured {
        let name = match (index, figure.of) {
            (0, of) => format!("{key} {of}"),
            (index, of) => format!("{key}[{index}] {of}"),
        };
        let line = format!(
            "    {name:<28} {value:>14.7} {:>14.7} {:>+8.2} % of {:.1} %",
            figure.value,
            answer.difference(figure.value) * 100.0,
            tolerance * 100.0
        );
        if !answer.is_met_by(figure.value) {
            off.push(format!("{}{line}", study.case));
        }
        lines.push(line);
    }
}
