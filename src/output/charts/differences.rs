//! How far variants are from the first one, figure by figure, each with its interval: what does
//! not reach the line in the middle is told apart.

use super::drawing::{Anchor, Drawing, Label};
use super::frame::{Look, MARGIN, Page, Panel, SMALL, series_color};
use super::scale::{Scale, Tick, nice_above};
use crate::analysis::comparison::{ComparedFigure, Comparison, Difference, Verdict};
use crate::output::terminal::comparison::shown;
use crate::output::terminal::figure;
use crate::telling::Answered;

const NAMES_WIDTH: f64 = 150.0;
const FIGURES_WIDTH: f64 = 190.0;
const ROW_HEIGHT: f64 = 17.0;
const ROW_GAP: f64 = 7.0;
/// From one label below a panel to the next.
const TICK_PIXELS: f64 = 80.0;

/// A figure in the unit of its panel, for each variant but the first: the difference and the ends
/// of its interval.
struct Row<'c> {
    figure: &'c ComparedFigure,
    places: Vec<Option<(f64, f64, f64)>>,
}

pub fn draw(compared: &Answered<Comparison>, with_classes: bool, look: &Look) -> Drawing {
    let Answered { told, data: comparison } = compared;
    let first = format!("“{}”", comparison.variants[0].name);
    let message = format!(
        "{} {} replications of each, which share their chance. Intervals that do not reach the line at 0 tell two \
         apart; those that do are paler.",
        told.headline.text, comparison.replications
    );
    let mut page = Page::new(look, &format!("Differences to {first}"), message.trim_start());
    let figures: Vec<&ComparedFigure> = shown(comparison, with_classes).collect();
    let in_percent: Vec<Row> =
        figures.iter().filter(|one| one.unit != "share").map(|one| relative(one)).collect();
    let in_points: Vec<Row> =
        figures.iter().filter(|one| one.unit == "share").map(|one| points(one)).collect();
    let colors = comparison.variants.iter().enumerate().skip(1);
    let mut key: Vec<_> =
        colors.map(|(number, variant)| (variant.name.clone(), series_color(&page.palette, number))).collect();
    for (rows, heading, unit) in [
        (in_percent, format!("in per cent of {first}"), "%"),
        (in_points, "in percentage points".to_owned(), "points"),
    ] {
        if rows.iter().any(|row| row.places.iter().any(Option::is_some)) {
            page.panel_heading(&heading, MARGIN, &std::mem::take(&mut key));
            panel(&mut page, &rows, unit);
        }
    }
    page.finish()
}

fn relative(figure: &ComparedFigure) -> Row<'_> {
    let baseline = figure.means[0].value.filter(|mean| *mean != 0.0);
    let places = figure.differences.iter().map(|difference| place(difference, 100.0 / baseline?));
    Row { figure, places: places.collect() }
}

fn points(figure: &ComparedFigure) -> Row<'_> {
    let places = figure.differences.iter().map(|difference| place(difference, 100.0));
    Row { figure, places: places.collect() }
}

fn place(difference: &Difference, factor: f64) -> Option<(f64, f64, f64)> {
    let value = difference.estimate.value?;
    // What is the same in every run is a point.
    let ends = difference.estimate.ends().or(difference.estimate.is_alike().then_some((value, value)))?;
    let ends = (ends.0 * factor, ends.1 * factor);
    (ends.0.is_finite() && ends.1.is_finite()).then_some((value * factor, ends.0, ends.1))
}

fn panel(page: &mut Page, rows: &[Row], unit: &str) {
    let rows: Vec<&Row> = rows.iter().filter(|row| row.places.iter().any(Option::is_some)).collect();
    let lines: usize = rows.iter().map(|row| row.places.len()).sum();
    let panel = Panel {
        left: MARGIN + NAMES_WIDTH,
        top: page.top,
        width: page.width() - 2.0 * MARGIN - NAMES_WIDTH - FIGURES_WIDTH,
        height: lines as f64 * ROW_HEIGHT + rows.len() as f64 * ROW_GAP,
    };
    let ends = rows.iter().flat_map(|row| row.places.iter().flatten());
    let (low, high) =
        ends.fold((0.0, 0.0), |(low, high): (f64, f64), place| (low.min(place.1), high.max(place.2)));
    let room = ((high - low) * 0.05).max(f64::MIN_POSITIVE);
    let scale = match high - low > NOTHING {
        true => Scale::linear(low - room, high + room, panel.left, panel.right()),
        false => Scale::linear(-1.0, 1.0, panel.left, panel.right()),
    };
    page.columns(&[panel], &scale, &ticks(&scale, panel.width), unit);
    let (zero, ink) = (scale.place(0.0), page.palette.axis);
    page.drawing.line(&[(zero, panel.top), (zero, panel.bottom())], ink, 1.5);
    let mut y = panel.top + ROW_GAP / 2.0;
    for row in rows {
        let middle = y + row.places.len() as f64 * ROW_HEIGHT / 2.0 + 4.0;
        let name = Label::new(&row.figure.name, panel.left - 8.0, middle, SMALL, page.palette.ink);
        page.drawing.label(name.anchored(Anchor::End).within(NAMES_WIDTH - 8.0));
        for (number, place) in row.places.iter().enumerate() {
            if let Some(place) = place {
                interval(
                    page,
                    &scale,
                    (number, *place),
                    y + ROW_HEIGHT / 2.0,
                    &row.figure.differences[number],
                );
            }
            let words = words(&row.figure.differences[number], row.figure.unit);
            let label = Label::new(
                words,
                panel.right() + 10.0,
                y + ROW_HEIGHT / 2.0 + 4.0,
                SMALL,
                page.palette.muted,
            );
            page.drawing.label(label.within(FIGURES_WIDTH - 10.0));
            y += ROW_HEIGHT;
        }
        y += ROW_GAP;
    }
}

/// Differences that are smaller, in points, milliseconds or per second, are none: an axis of them would show
/// what rounding has left.
const NOTHING: f64 = 1e-6;

/// What cannot be told from nothing is paler.
fn interval(
    page: &mut Page,
    scale: &Scale,
    (number, (value, low, high)): (usize, (f64, f64, f64)),
    y: f64,
    difference: &Difference,
) {
    let color = series_color(&page.palette, number + 1);
    let color = match difference.verdict {
        Verdict::CannotTell | Verdict::Alike => color.mix(page.palette.background, 0.5),
        _ => color,
    };
    let (from, to) = (scale.place(low), scale.place(high));
    page.drawing.line(&[(from, y), (to, y)], color, 2.0);
    for end in [from, to] {
        page.drawing.line(&[(end, y - 4.0), (end, y + 4.0)], color, 1.5);
    }
    page.drawing.circle((scale.place(value), y), 4.0, color);
}

fn words(difference: &Difference, unit: &str) -> String {
    let verdict = match difference.verdict {
        Verdict::Better => "better",
        Verdict::Worse => "worse",
        Verdict::Higher => "higher",
        Verdict::Lower => "lower",
        Verdict::CannotTell => "cannot tell",
        Verdict::Alike => return "the same in every run".to_owned(),
    };
    let Some(value) = difference.estimate.value else { return String::new() };
    format!("{}, {verdict}", figure::difference(value, difference.estimate.half_width, unit))
}

/// Round values on both sides of zero.
fn ticks(scale: &Scale, room: f64) -> Vec<Tick> {
    let wanted = (room / TICK_PIXELS).max(2.0);
    let step = nice_above((scale.high() - scale.low()) / wanted);
    let (first, last) = (libm::ceil(scale.low() / step) as i64, libm::floor(scale.high() / step) as i64);
    let tick = |number: i64| {
        let value = number as f64 * step;
        // A multiple of a decimal step is told without its rounding error.
        let told = format!("{value:.2e}").parse::<f64>().unwrap_or(value);
        let sign = if number > 0 { "+" } else { "" };
        Tick { value, text: format!("{sign}{told}").replace('-', "−") }
    };
    (first..=last).map(tick).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Theme;
    use super::*;
    use crate::analysis::comparison::Variant;
    use crate::analysis::summary::Estimate;
    use crate::telling::{Answer, Sentence};

    fn difference(value: f64, half_width: f64, verdict: Verdict) -> Difference {
        let estimate = match verdict {
            Verdict::Alike => Estimate::without_interval(Some(value), "the same in every run"),
            _ => Estimate {
                value: Some(value),
                half_width: Some(half_width),
                low: Some(value - half_width),
                high: Some(value + half_width),
                why_no_interval: None,
            },
        };
        Difference {
            estimate,
            relative: None,
            verdict,
            at_most: None,
            replications_needed: None,
            pairing_gain: None,
        }
    }

    fn comparison(variants: usize) -> Answered<Comparison> {
        let figure = |(name, unit, mean): (&str, &'static str, Option<f64>)| {
            let differences = (1..variants).map(|number| match number % 3 {
                0 => difference(-1234.5, 2.0, Verdict::Better),
                1 => difference(0.25, 0.5, Verdict::CannotTell),
                _ => difference(0.0, 0.0, Verdict::Alike),
            });
            ComparedFigure {
                name: name.into(),
                class: None,
                asked_for: false,
                unit,
                means: vec![Estimate { value: mean, ..Estimate::default() }; variants],
                differences: differences.collect(),
            }
        };
        let figures = [
            ("mean", "ms", Some(70.0)),
            ("goodput", "per s", Some(0.0)),
            ("a node with a very long name utilisation", "share", Some(0.5)),
            ("cost", "per month", None),
        ];
        let variant = |number: usize| Variant {
            name: format!("a variant with a long name {number}"),
            file: String::new(),
            settings: Vec::new(),
        };
        let headline = Sentence::bare("With `a variant with a long name 1` it is better: ".repeat(4));
        let told = Answer { headline, ..Answer::default() };
        let data = Comparison {
            version: String::new(),
            seed: 1,
            replications: 20,
            stopped: String::new(),
            level: 0.95,
            level_of_each: 0.95,
            method: "",
            variants: (0..variants).map(variant).collect(),
            preferences: Vec::new(),
            figures: figures.into_iter().map(figure).collect(),
            goals: Vec::new(),
            notices: Vec::new(),
        };
        Answered { told, data }
    }

    #[test]
    fn texts_stand_side_by_side_on_the_page() {
        for variants in [2, 4, 8] {
            for width in [480.0, 1_000.0] {
                let drawing = draw(&comparison(variants), false, &Look::new(Theme::Light, width));
                let labels: Vec<&Label> = drawing.labels().collect();
                for (number, label) in labels.iter().enumerate() {
                    let (left, top, right, bottom) = label.bounds();
                    let on_page = left >= 0.0 && top >= 0.0 && right <= width && bottom <= drawing.height;
                    assert!(on_page, "{variants} {width}: {label:?}");
                    let hidden = labels[..number].iter().find(|other| other.overlaps(label));
                    assert!(hidden.is_none(), "{variants} {width}: {label:?} and {hidden:?}");
                }
            }
        }
    }

    #[test]
    fn what_has_no_figure_to_be_a_part_of_is_left_out() {
        let drawing = draw(&comparison(2), false, &Look::new(Theme::Light, 1_000.0));
        let texts: Vec<&str> = drawing.labels().map(|label| label.text.as_str()).collect();
        assert!(
            texts.contains(&"mean") && !texts.contains(&"goodput") && !texts.contains(&"cost"),
            "{texts:?}"
        );
        assert!(texts.contains(&"+250 ±500 µs, cannot tell"), "{texts:?}");
    }
}
