//! A sweep as a picture: curves with their intervals for one setting, a map for two.

use super::drawing::{Drawing, Label, Point, shortened};
use super::frame::{Look, MARGIN, Page, Panel, SMALL};
use super::scale::{Scale, Tick, latency_ticks, short_latency, short_number, ticks_from_zero};
use super::sweep_map;
use super::theme::{Color, Palette, Theme};
use super::{PaintError, WIDTH_USUAL, svg};
use crate::analysis::branches::{DOWN, UP};
use crate::analysis::gauges::OFFERED;
use crate::analysis::sweep::{SweepSummary, SweptFigure, SweptValue};
use crate::telling::Answer;

/// The name of the picture beside the tables.
pub const SWEEP_PICTURE: &str = "sweep.svg";

pub(super) const NUMBERS_WIDTH: f64 = 64.0;
const PANEL_HEIGHT: f64 = 190.0;

/// From this ratio of its ends on, an axis is logarithmic.
const DECADES: f64 = 30.0;

/// Nothing if there are too many settings for a page.
pub fn render(summary: &SweepSummary, told: &Answer) -> Result<Option<Vec<u8>>, PaintError> {
    let picture = embedded(summary, told, &Look::new(Theme::Light, f64::from(WIDTH_USUAL)))?;
    Ok(picture.map(String::into_bytes))
}

/// The same in any look.
pub fn embedded(summary: &SweepSummary, told: &Answer, look: &Look) -> Result<Option<String>, PaintError> {
    let Some(drawing) = draw(summary, told, look) else { return Ok(None) };
    Ok(Some(svg::render(&drawing)))
}

pub(super) fn draw(summary: &SweepSummary, told: &Answer, look: &Look) -> Option<Drawing> {
    match summary.axes.len() {
        1 => Some(curves(summary, told, look)),
        2 if summary.is_walk() => Some(curves(summary, told, look)),
        2 => sweep_map::draw(summary, told, look),
        _ => None,
    }
}

/// A figure for people.
pub(super) fn told(value: f64, unit: &str) -> String {
    match unit {
        "ms" => short_latency(value),
        "share" => format!("{} %", short_number(value * 100.0)),
        "per s" => format!("{}/s", short_number(value)),
        "per month" => format!("{}/month", short_number(value)),
        _ => short_number(value),
    }
}

/// Where the values of an axis stand: by their size, or one after the other.
pub(super) struct Places {
    pub scale: Scale,
    pub ticks: Vec<Tick>,
}

impl Places {
    pub fn of<'v>(values: impl Iterator<Item = &'v SweptValue>, from: f64, to: f64) -> Places {
        let mut different: Vec<&SweptValue> = Vec::new();
        for value in values {
            if !different.contains(&value) {
                different.push(value);
            }
        }
        let numbers: Option<Vec<f64>> = different.iter().map(|value| value.number).collect();
        let places = numbers.unwrap_or_else(|| (0..different.len()).map(|place| place as f64).collect());
        let ticks = different.iter().zip(&places);
        let mut ticks: Vec<Tick> =
            ticks.map(|(value, place)| Tick { value: *place, text: value.text.clone() }).collect();
        ticks.sort_by(|a, b| a.value.total_cmp(&b.value));
        let (low, high) = (ticks[0].value, ticks[ticks.len() - 1].value);
        let scale = match low > 0.0 && high / low >= DECADES {
            true => Scale::logarithmic(low, high, from, to),
            false => Scale::linear(low, high, from, to),
        };
        Places { scale, ticks }
    }

    /// Where a value would stand that need not be one of them, but lies between their ends.
    pub fn within(&self, value: &SweptValue) -> Option<f64> {
        let tick = self.ticks.iter().find(|tick| tick.text == value.text);
        let number = tick.map(|tick| tick.value).or(value.number)?;
        let (first, last) = (self.ticks.first()?.value, self.ticks.last()?.value);
        (first <= number && number <= last).then(|| self.scale.place(number))
    }

    pub fn place(&self, value: &SweptValue) -> f64 {
        let tick = self.ticks.iter().find(|tick| tick.text == value.text);
        tick.map_or(f64::NAN, |tick| self.scale.place(tick.value))
    }
}

/// One of several curves in a panel.
struct Series<'s> {
    name: String,
    color: Color,
    points: Vec<(f64, &'s SweptFigure)>,
}

fn curves(summary: &SweepSummary, told: &Answer, look: &Look) -> Drawing {
    let axis = &summary.axes[0].path;
    let found: Vec<&str> =
        [&told.headline].into_iter().chain(&told.further).map(|sentence| sentence.text.as_str()).collect();
    let mut page = Page::of_run(look, &format!("{} over {axis}", summary.scenario), &found.join(" "));
    let (left, right) = (MARGIN + NUMBERS_WIDTH, look.width - MARGIN - 12.0);
    let places = Places::of(summary.points.iter().map(|point| &point.values[0]), left, right);
    let mut panels = Vec::new();
    let mut shown: Vec<&str> = Vec::new();
    for (name, beside) in [(summary.measure.as_str(), None), ("goodput", Some(OFFERED)), ("errors", None)] {
        if shown.contains(&name) {
            continue;
        }
        shown.push(name);
        let series = of_panel(summary, &places, (name, beside), &page.palette);
        if let Some(panel) = panel(&mut page, summary, &places, (name, &series), (left, right)) {
            panels.push(panel);
            page.top = panel.bottom() + 12.0;
        }
    }
    let Some(last) = panels.last() else {
        page.note("No request was answered at any point.");
        return page.finish();
    };
    // Their lines have been drawn below the curves.
    let below = Panel { top: last.bottom(), height: 0.0, ..*last };
    // A long name at the edge keeps on the page.
    let room = |x: f64| 2.0 * x.min(look.width - x) - MARGIN;
    let within = |tick: &Tick| shortened(&tick.text, SMALL, false, room(places.scale.place(tick.value)));
    let ticks: Vec<Tick> =
        places.ticks.iter().map(|tick| Tick { value: tick.value, text: within(tick) }).collect();
    page.columns(&[below], &places.scale, &ticks, axis);
    page.finish()
}

/// A figure and what it is held against; or the figure on both ways.
fn of_panel<'s>(
    summary: &'s SweepSummary,
    places: &Places,
    (name, beside): (&str, Option<&str>),
    palette: &Palette,
) -> Vec<Series<'s>> {
    let wanted: Vec<(&str, Option<&str>, &str)> = match summary.is_walk() {
        true => [UP, DOWN].map(|way| (name, Some(way), way)).to_vec(),
        false => [Some(name), beside].into_iter().flatten().map(|name| (name, None, name)).collect(),
    };
    let colors = palette.series.iter();
    let series = wanted.into_iter().zip(colors).filter_map(|((name, way, called), color)| {
        let place = summary.place(name)?;
        let points = summary.points.iter().filter(|point| way.is_none_or(|way| point.values[1].text == way));
        let points = points.map(|point| (places.place(&point.values[0]), &point.figures[place]));
        let mut points: Vec<(f64, &SweptFigure)> =
            points.filter(|(_, figure)| figure.estimate.value.is_some()).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        (!points.is_empty()).then(|| Series { name: called.to_owned(), color: *color, points })
    });
    series.collect()
}

fn ends(figure: &SweptFigure) -> (f64, f64) {
    let value = figure.estimate.value.unwrap_or(f64::NAN);
    figure.estimate.ends().unwrap_or((value, value))
}

/// Draws the curves of one unit; where they lie, if there are any.
fn panel(
    page: &mut Page,
    summary: &SweepSummary,
    places: &Places,
    (name, series): (&str, &[Series]),
    (left, right): (f64, f64),
) -> Option<Panel> {
    let unit = series.first()?.points.first()?.1.unit;
    let all = || series.iter().flat_map(|series| &series.points);
    let high = all().map(|(_, figure)| ends(figure).1).fold(0.0, f64::max);
    let least = all().filter_map(|(_, figure)| figure.estimate.value).fold(f64::INFINITY, f64::min);
    if unit == "share" && high == 0.0 {
        return None;
    }
    let key: Vec<(String, Color)> = match series {
        [_] if !summary.is_walk() => Vec::new(),
        many => many.iter().map(|series| (series.name.clone(), series.color)).collect(),
    };
    let is_band = all().any(|(_, figure)| figure.estimate.half_width.is_some());
    let heading = if is_band { "with its 95 % interval" } else { "" };
    page.panel_heading(&format!("{name} {heading}"), left, &key);
    let panel = Panel { left, top: page.top, width: right - left, height: PANEL_HEIGHT };
    let is_wide = unit == "ms" && least > 0.0 && high / least >= DECADES;
    let (rows, ticks) = if is_wide {
        let rows = Scale::logarithmic(least * 0.8, high * 1.1, panel.bottom(), panel.top);
        let ticks = latency_ticks(&rows, panel.height * 2.0);
        (rows, ticks.into_iter().map(|tick| (rows.place(tick.value), tick.text)).collect::<Vec<_>>())
    } else {
        let values = ticks_from_zero(high, 4);
        let rows = Scale::linear(0.0, values[values.len() - 1], panel.bottom(), panel.top);
        (rows, values.into_iter().map(|value| (rows.place(value), told(value, unit))).collect())
    };
    let names = marks(page, summary, places, &panel);
    page.rows(&panel, &ticks);
    for tick in &places.ticks {
        let (x, grid) = (places.scale.place(tick.value), page.palette.grid);
        page.drawing.line(&[(x, panel.top), (x, panel.bottom())], grid, 1.0);
    }
    for one in series {
        let pale = one.color.mix(page.palette.background, 0.75);
        let edge = |of: fn((f64, f64)) -> f64| one.points.iter().map(move |(x, it)| (*x, of(ends(it))));
        let upper = edge(|ends| ends.1);
        let lower = edge(|ends| ends.0.max(0.0)).rev();
        let band: Vec<Point> = upper.chain(lower).map(|(x, value)| (x, rows.place(value))).collect();
        page.drawing.polygon(band, pale);
    }
    for one in series {
        let value = |figure: &SweptFigure| rows.place(figure.estimate.value.unwrap_or(0.0));
        let line: Vec<Point> = one.points.iter().map(|(x, figure)| (*x, value(figure))).collect();
        page.drawing.line(&line, one.color, 1.8);
        for point in line {
            page.drawing.circle(point, 2.6, one.color);
        }
    }
    page.base_line(&panel);
    for name in names.into_iter().filter(|name| name.x + name.width() < panel.right()) {
        page.drawing.label_if_free(name);
    }
    Some(panel)
}

/// Marks where it breaks, and where the knee is; and the names of these.
fn marks(page: &mut Page, summary: &SweepSummary, places: &Places, panel: &Panel) -> Vec<Label> {
    let place = |text: &str| {
        let tick = places.ticks.iter().find(|tick| tick.text == text);
        tick.map(|tick| places.scale.place(tick.value))
    };
    let mut names = Vec::new();
    let muted = page.palette.muted;
    if let Some(breaking) = &summary.breaking
        && let (Some(holds), Some(breaks)) = (&breaking.holds_at, &breaking.breaks_at)
        && let (Some(holds), Some(breaks)) = (place(holds), place(breaks))
    {
        let shade = page.palette.degraded.mix(page.palette.background, 0.8);
        let (from, to) = (holds.min(breaks), holds.max(breaks));
        page.drawing.rectangle(from, panel.top, to - from, panel.height, shade);
        names.push(Label::new("breaks", from + 4.0, panel.bottom() - 8.0, SMALL, muted));
    }
    if let Some(x) = summary.axes[0].today.as_ref().and_then(|today| places.within(today)) {
        let ink = page.palette.ink;
        page.drawing.line(&[(x, panel.top), (x, panel.bottom())], ink, 1.2);
        names.push(Label::new("today", x + 4.0, panel.bottom() - 40.0, SMALL, ink));
    }
    if let Some(x) = summary.knee.as_ref().and_then(|knee| place(&knee.at)) {
        page.drawing.line(&[(x - 1.0, panel.top), (x - 1.0, panel.bottom())], muted, 1.2);
        names.push(Label::new("knee", x + 4.0, panel.bottom() - 24.0, SMALL, muted));
    }
    names
}
