//! The report of `spof compare`: which is better, in what, and by how much.

use super::html::Table;
use super::page::{Reader, Section};
use super::study::{Repeat, StudyPage, level, sentence_of, told};
use super::{ReportError, picture};
use crate::analysis::comparison::{ComparedFigure, Comparison, Difference, Verdict};
use crate::output::charts::{self, Chart, Look, PaintError, PictureFormat};
use crate::output::record::Record;
use crate::telling::Answered;
use crate::telling::comparison::needed;
use crate::telling::figure::{count, difference, in_unit};

const NONE: &str = "–";

/// The pictures that show several runs over each other.
const CHARTS: [Chart; 3] = [Chart::Latency, Chart::Timeline, Chart::Availability];

/// `records`: the first run of each; without them there are no pictures of runs.
pub fn render(
    compared: &Answered<Comparison>,
    with_classes: bool,
    records: &[Record],
    repeat: &Repeat,
) -> Result<String, ReportError> {
    let comparison = &compared.data;
    let names: Vec<&str> = comparison.variants.iter().map(|variant| variant.name.as_str()).collect();
    let name = names
        .split_first()
        .map_or(String::new(), |(first, others)| format!("{} against {first}", others.join(", ")));
    let figures: String =
        (1..names.len()).map(|number| table(comparison, number, with_classes)).collect::<String>()
            + &goals(comparison);
    let differences = picture::figure("differences", "", &|look: &Look| {
        as_text(charts::render_differences(compared, with_classes, look, PictureFormat::Svg))
    })?;
    let section = |id, heading, body| Section::new(Reader::Engineer, id, heading, body);
    let mut trust = vec![sentence_of(comparison.method), level(comparison.level)];
    trust.extend(comparison.notices.iter().map(|notice| sentence_of(notice)));
    let page = StudyPage {
        name,
        about: format!(
            "{} replications of each, {}; the same chance in all; seed {}.",
            count(comparison.replications),
            comparison.stopped,
            comparison.seed
        ),
        answer: told(&compared.told) + &variants(comparison),
        sections: vec![
            section("figures", "Figure by figure", figures + &differences),
            section("runs", "The first run of each", pictures(records)?),
        ],
        trust,
        repeat,
        series: None,
    };
    Ok(page.text())
}

fn as_text(picture: Result<Vec<u8>, PaintError>) -> Result<String, ReportError> {
    let bytes = picture.map_err(ReportError::Paint)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn pictures(records: &[Record]) -> Result<String, ReportError> {
    let mut text = String::new();
    for chart in CHARTS.into_iter().filter(|chart| records.iter().any(|record| chart.can_be_drawn(record))) {
        text.push_str(&picture::figure(&format!("chart-{}", chart.name()), "", &|look: &Look| {
            as_text(charts::render(chart, records, look, PictureFormat::Svg))
        })?);
    }
    Ok(text)
}

/// What a variant is called in tables.
fn letter(number: usize) -> String {
    char::from_u32('A' as u32 + number as u32).unwrap_or('?').to_string()
}

fn variants(comparison: &Comparison) -> String {
    let mut table = Table::new("What is compared; A is what the others are held against")
        .words("letter", "what it is called in the tables")
        .words("name", "")
        .words("file", "")
        .words("settings", "in which it differs from its file");
    for (number, variant) in comparison.variants.iter().enumerate() {
        let settings: Vec<String> = variant.settings.iter().map(|setting| format!("`{setting}`")).collect();
        let settings = if settings.is_empty() { NONE.to_owned() } else { settings.join(" ") };
        table.line(&[letter(number), variant.name.clone(), format!("`{}`", variant.file), settings]);
    }
    table.text()
}

fn table(comparison: &Comparison, number: usize, with_classes: bool) -> String {
    let (first, other) = (letter(0), letter(number));
    let names = (&comparison.variants[number].name, &comparison.variants[0].name);
    let mut table = Table::new(format!("{other} ({}) against {first} ({})", names.0, names.1))
        .words("figure", "")
        .figures(&*first, "the mean over its runs")
        .figures(&*other, "the mean over its runs")
        .figures(format!("{other} less {first}"), "the mean difference of pairs of runs, with an interval")
        .words("verdict", "whether that is more than chance");
    let is_shown = |figure: &&ComparedFigure| with_classes || figure.class.is_none() || figure.asked_for;
    for figure in comparison.figures.iter().filter(is_shown) {
        let mean = |number: usize| {
            figure.means[number].value.map_or(NONE.to_owned(), |value| in_unit(value, None, figure.unit))
        };
        let found = &figure.differences[number - 1];
        table.line(&[
            figure.name.clone(),
            mean(0),
            mean(number),
            apart(found, figure.unit),
            said(found, figure.unit, comparison.replications),
        ]);
    }
    table.text()
}

fn apart(found: &Difference, unit: &str) -> String {
    match (found.verdict, found.estimate.value) {
        (Verdict::Alike, _) => "0".to_owned(),
        (_, Some(value)) => difference(value, found.estimate.half_width, unit),
        (_, None) => NONE.to_owned(),
    }
}

/// What can be said of a difference.
fn said(found: &Difference, unit: &str, replications: u64) -> String {
    let word = match found.verdict {
        Verdict::Better => "**better**",
        Verdict::Worse => "**worse**",
        Verdict::Higher => "higher",
        Verdict::Lower => "lower",
        Verdict::Alike => "the same in every run",
        Verdict::CannotTell => {
            return match (needed(found, replications), found.at_most) {
                (Some(needed), _) => format!("cannot tell: about {} replications would", count(needed)),
                (None, Some(most)) => {
                    let most = difference(most, None, unit);
                    format!("cannot tell: at most {} apart", most.trim_start_matches('+'))
                }
                (None, None) => "cannot tell".to_owned(),
            };
        }
    };
    word.to_owned()
}

fn goals(comparison: &Comparison) -> String {
    let mut table = Table::new("How exactly differences were to be known")
        .words("goal", "")
        .words("of", "")
        .figures("known", "half of the interval")
        .words("reached", "");
    for goal in &comparison.goals {
        let known = goal.half_width.map_or("no interval".to_owned(), |half_width| {
            difference(0.0, Some(half_width), goal.unit).replace("0 ±", "±")
        });
        let reached = if goal.reached { "✔ yes" } else { "✘ **no**" };
        table.line(&[goal.text.clone(), goal.variant.clone(), known, reached.to_owned()]);
    }
    if table.is_empty() { String::new() } else { table.text() }
}
