//! A sweep of two settings as a map: the stronger the colour, the larger the figure.

use super::drawing::{Anchor, Drawing, Label};
use super::frame::{Look, MARGIN, NORMAL, Page, Panel, SMALL};
use super::scale::{Scale, Tick, short_number};
use super::sweep::{NUMBERS_WIDTH, Places, told};
use super::theme::{Color, Palette, on_scale};
use crate::analysis::breaking::Standing;
use crate::analysis::sweep::{SweepSummary, SweptPoint, SweptValue};
use crate::telling::Answer;

const HEIGHT_MOST: f64 = 460.0;
const ROW_HEIGHT: f64 = 34.0;
/// From this ratio on, colours go by powers of ten.
const DECADES: f64 = 30.0;
const DOT: f64 = 9.0;

pub fn draw(summary: &SweepSummary, answer: &Answer, look: &Look) -> Option<Drawing> {
    let place = summary.place(&summary.measure)?;
    let unit = summary.gauges[place].unit;
    let value = |point: &SweptPoint| point.figures[place].estimate.value;
    let known: Vec<f64> = summary.points.iter().filter_map(value).collect();
    let (low, high) =
        known.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), value| (low.min(*value), high.max(*value)));
    let [down, along] = [0, 1].map(|axis: usize| summary.axes[axis].path.as_str());
    let title = format!("{} of {} over {down} and {along}", summary.measure, summary.scenario);
    let message = match known.is_empty() {
        true => "No point has such a figure.".to_owned(),
        false => format!(
            "{} From {} to {}: the stronger the colour, the more. Means over {} runs of each point.",
            answer.headline.text,
            told(low, unit),
            told(high, unit),
            summary.replications
        ),
    };
    let mut page = Page::of_run(look, &title, message.trim_start());
    let (left, right) = (MARGIN + NUMBERS_WIDTH + 30.0, look.width - MARGIN);
    let of_axis = |axis: usize| summary.points.iter().map(move |point| &point.values[axis]);
    let columns = Places::of(of_axis(1), left, right);
    let lines = Places::of(of_axis(0), 0.0, 1.0).ticks.len();
    page.panel_heading(down, MARGIN, &key(summary, &page.palette));
    let height = (lines as f64 * ROW_HEIGHT).clamp(4.0 * ROW_HEIGHT, HEIGHT_MOST);
    let panel = Panel { left, top: page.top, width: right - left, height };
    let rows = Places::of(of_axis(0), panel.bottom(), panel.top);
    let shades = match low > 0.0 && high / low >= DECADES {
        true => Scale::logarithmic(low, high, 0.08, 1.0),
        false => Scale::linear(low.min(high), high, 0.08, 1.0),
    };
    let cells = columns.ticks.len() * rows.ticks.len();
    // In a grid each value has a cell; points that were drawn by chance stand where they are.
    if cells == summary.points.len() {
        let columns = Places { scale: by_rank(columns.ticks.len(), left, right), ..columns };
        let rows = Places { scale: by_rank(rows.ticks.len(), panel.bottom(), panel.top), ..rows };
        grid(&mut page, summary, (&columns, &rows), &panel, (place, &shades));
    } else {
        // No point hangs over the edge.
        let columns = Places::of(of_axis(1), left + 2.0 * DOT, right - 2.0 * DOT);
        let rows = Places::of(of_axis(0), panel.bottom() - 2.0 * DOT, panel.top + 2.0 * DOT);
        scattered(&mut page, summary, (&columns, &rows), &panel, (place, &shades));
    }
    let muted = page.palette.muted;
    page.top += 16.0;
    let label = Label::new(along, right, page.top, NORMAL, muted).anchored(Anchor::End);
    page.drawing.label(label.within(right - left));
    Some(page.finish())
}

/// Ranks from the middle of the first cell to that of the last.
fn by_rank(number: usize, from: f64, to: f64) -> Scale {
    let half = (to - from) / number.max(1) as f64 / 2.0;
    Scale::linear(0.0, number.saturating_sub(1).max(1) as f64, from + half, to - half)
}

fn grid(
    page: &mut Page,
    summary: &SweepSummary,
    (columns, rows): (&Places, &Places),
    panel: &Panel,
    (place, shades): (usize, &Scale),
) {
    let rank = |places: &Places, text: &str| {
        places.ticks.iter().position(|tick| tick.text == text).unwrap_or(0) as f64
    };
    let width = panel.width / columns.ticks.len() as f64;
    let height = panel.height / rows.ticks.len() as f64;
    let (muted, idle) = (page.palette.muted, page.palette.idle);
    for point in &summary.points {
        let x = columns.scale.place(rank(columns, &point.values[1].text));
        let y = rows.scale.place(rank(rows, &point.values[0].text));
        let figure = &point.figures[place];
        let value = figure.estimate.value;
        let fill = value.map_or(idle, |value| on_scale(&page.palette.density, shades.place(value)));
        let corners = ((x - width / 2.0, y - height / 2.0), (x + width / 2.0, y + height / 2.0));
        page.drawing.tile(corners.0, corners.1, fill);
        let ink = page.palette.ink_on(fill);
        let text = value.map_or("–".to_owned(), |value| told(value, figure.unit));
        let label = Label::new(text, x, y + 4.0, SMALL, ink).anchored(Anchor::Middle);
        if label.width() < width - 4.0 && height > SMALL + 3.0 {
            page.drawing.label(label);
        }
        if let Some(color) = point.stands.map(|stands| standing_color(stands, &page.palette)) {
            let corner = (x + width / 2.0 - 8.0, y - height / 2.0 + 8.0);
            page.drawing.circle(corner, 4.5, page.palette.background);
            page.drawing.circle(corner, 3.5, color);
        }
    }
    contour(page, summary, (columns, rows), (width, height));
    let at = |places: &Places, axis: usize| ranked(places, today(summary, axis)?);
    if let (Some(column), Some(row)) = (at(columns, 1), at(rows, 0)) {
        let (x, y) = (columns.scale.place(column), rows.scale.place(row));
        if column.fract() == 0.0 && row.fract() == 0.0 {
            let ink = page.palette.ink;
            page.drawing.outline(x - width / 2.0, y - height / 2.0, width, height, ink, 3.5);
        } else {
            ring(page, x, y);
        }
    }
    for (number, tick) in columns.ticks.iter().enumerate() {
        let x = columns.scale.place(number as f64);
        let label = Label::new(&tick.text, x, panel.bottom() + 16.0, SMALL, muted);
        page.drawing.label_if_free(label.anchored(Anchor::Middle));
    }
    for (number, tick) in rows.ticks.iter().enumerate() {
        let y = rows.scale.place(number as f64) + 4.0;
        let label = Label::new(&tick.text, panel.left - 7.0, y, SMALL, muted).anchored(Anchor::End);
        page.drawing.label_if_free(label.within(panel.left - MARGIN - 7.0));
    }
    page.top = panel.bottom() + 20.0;
}

/// Whether it holds at a point.
fn standing_color(stands: Standing, palette: &Palette) -> Color {
    match stands {
        Standing::Holds => palette.series[2],
        Standing::Broken => palette.down,
        Standing::Open => palette.muted,
    }
}

fn key(summary: &SweepSummary, palette: &Palette) -> Vec<(String, Color)> {
    let named = [
        (Standing::Holds, "it holds"),
        (Standing::Broken, "it breaks"),
        (Standing::Open, "the runs do not tell"),
    ];
    let is_there =
        |stands: &Standing| summary.points.iter().any(|point| point.stands.as_ref() == Some(stands));
    let told = named.into_iter().filter(|(stands, _)| is_there(stands));
    let stands = told.map(|(stands, name)| (name.to_owned(), standing_color(stands, palette)));
    let today = today(summary, 0).zip(today(summary, 1));
    let today = today.map(|(down, along)| (format!("today: {} and {}", down.text, along.text), palette.ink));
    stands.chain(today).collect()
}

/// A line between points at which it holds and those beside them at which it does not.
fn contour(
    page: &mut Page,
    summary: &SweepSummary,
    (columns, rows): (&Places, &Places),
    (width, height): (f64, f64),
) {
    let place = |places: &Places, text: &str| places.ticks.iter().position(|tick| tick.text == text);
    let mut holds: Vec<Vec<Option<bool>>> = vec![vec![None; columns.ticks.len()]; rows.ticks.len()];
    for point in &summary.points {
        let at = (place(rows, &point.values[0].text), place(columns, &point.values[1].text));
        if let ((Some(row), Some(column)), Some(stands)) = (at.0.zip(at.1).unzip(), point.stands) {
            holds[row][column] = Some(stands == Standing::Holds);
        }
    }
    let differ = |a: Option<bool>, b: Option<bool>| a.zip(b).is_some_and(|(a, b)| a != b);
    let ink = page.palette.ink;
    for (row, line) in holds.iter().enumerate() {
        for (column, &own) in line.iter().enumerate() {
            let (x, y) = (columns.scale.place(column as f64), rows.scale.place(row as f64));
            let (right, top) = (x + width / 2.0, y - height / 2.0);
            if line.get(column + 1).is_some_and(|next| differ(own, *next)) {
                page.drawing.line(&[(right, top), (right, top + height)], ink, 2.5);
            }
            if holds.get(row + 1).is_some_and(|above| differ(own, above[column])) {
                page.drawing.line(&[(right - width, top), (right, top)], ink, 2.5);
            }
        }
    }
}

/// What an axis is in the scenario.
fn today(summary: &SweepSummary, axis: usize) -> Option<&SweptValue> {
    summary.axes[axis].today.as_ref()
}

/// Where a value stands among the ranks of a grid: at its own, or between those next to it.
fn ranked(places: &Places, value: &SweptValue) -> Option<f64> {
    if let Some(rank) = places.ticks.iter().position(|tick| tick.text == value.text) {
        return Some(rank as f64);
    }
    let number = value.number?;
    let after = places.ticks.iter().position(|tick| tick.value >= number)?;
    let before = after.checked_sub(1)?;
    let (low, high) = (places.ticks[before].value, places.ticks[after].value);
    Some(before as f64 + (number - low) / (high - low))
}

/// Between the points that were tried, or among others.
fn ring(page: &mut Page, x: f64, y: f64) {
    let (ink, ground) = (page.palette.ink, page.palette.background);
    for (radius, color) in [(DOT, ground), (DOT - 1.5, ink), (DOT - 4.0, ground)] {
        page.drawing.circle((x, y), radius, color);
    }
}

fn scattered(
    page: &mut Page,
    summary: &SweepSummary,
    (columns, rows): (&Places, &Places),
    panel: &Panel,
    (place, shades): (usize, &Scale),
) {
    let shade = page.palette.shade;
    page.drawing.rectangle(panel.left, panel.top, panel.width, panel.height, shade);
    let ends = |places: &Places| -> Vec<(f64, String)> {
        // Values by chance have many digits, and their axis says what they are of.
        let is_numeric =
            places.ticks.iter().all(|tick| tick.text.starts_with(|letter: char| letter.is_ascii_digit()));
        let text = |tick: &Tick| if is_numeric { short_number(tick.value) } else { tick.text.clone() };
        places.ticks.iter().map(|tick| (places.scale.place(tick.value), text(tick))).collect()
    };
    let marks: Vec<(f64, String)> = ends(rows);
    page.rows(panel, &marks);
    for point in &summary.points {
        let at = (columns.place(&point.values[1]), rows.place(&point.values[0]));
        let value = point.figures[place].estimate.value;
        let fill =
            value.map_or(page.palette.idle, |value| on_scale(&page.palette.density, shades.place(value)));
        // An edge, so that pale ones are seen as well.
        page.drawing.circle(at, DOT, page.palette.axis);
        page.drawing.circle(at, DOT - 1.0, fill);
    }
    let at = |places: &Places, axis: usize| places.within(today(summary, axis)?);
    if let (Some(x), Some(y)) = (at(columns, 1), at(rows, 0)) {
        ring(page, x, y);
    }
    let muted = page.palette.muted;
    for (x, text) in ends(columns) {
        let label = Label::new(text, x, panel.bottom() + 16.0, SMALL, muted).anchored(Anchor::Middle);
        if label.bounds().2 < page.width() {
            page.drawing.label_if_free(label);
        }
    }
    page.top = panel.bottom() + 20.0;
}
