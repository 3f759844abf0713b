//! How latencies were spread at each moment: the darker, the more of that moment's answers.

use super::drawing::{Anchor, Drawing, Label, Point};
use super::frame::{Look, MARGIN, NORMAL, Page, Panel, SMALL};
use super::scale::{Scale, latency_ticks};
use super::site_strip;
use super::states::{State, of_site, outages};
use super::theme::on_scale;
use crate::output::record::{LogRows, Record, Stretch, rounded};
use crate::output::terminal::figure;
use crate::stats::histogram::{CELLS, bounds};
use std::ops::Range;

const NUMBERS_WIDTH: f64 = 62.0;
const PANEL_HEIGHT: f64 = 300.0;
const COLUMNS_MOST: usize = 240;
const ROW_PIXELS: f64 = 6.0;
/// Colours are told apart up to about here.
const SHADES: usize = 10;
const NANOSECOND_MS: f64 = 1e-6;

/// The answers of a stretch of time by cell, of all classes.
struct Column {
    stretch: Stretch,
    cells: Vec<u64>,
    /// From the first cell that is not empty to the last.
    used: Range<usize>,
    answers: u64,
}

impl Column {
    /// The share of the answers in each row.
    fn shares(&self, grid: &LogRows) -> Vec<f64> {
        grid.shares(&self.cells[..self.used.end])
    }
}

pub fn draw(records: &[&Record], look: &Look) -> Drawing {
    let (title, message) = match records {
        [record] => (format!("Latencies over time of {}", record.name), message(record)),
        _ => ("Latencies over time".to_owned(), format!("{} runs, all on the same scales", records.len())),
    };
    let mut page = match records {
        [_] => Page::of_run(look, &title, &message),
        _ => Page::new(look, &title, &message),
    };
    let runs: Vec<Vec<Column>> = records.iter().map(|record| columns(record)).collect();
    let Some((first, last)) = cells_used(&runs) else {
        page.note("No request was answered with success.");
        return page.finish();
    };
    let end_s = records.iter().map(|record| record.end_s()).fold(0.0, f64::max);
    let left = MARGIN + NUMBERS_WIDTH;
    let right = look.width - MARGIN;
    let scale = Scale::linear(0.0, end_s, left, right);
    let rows = |panel: &Panel| {
        let (low, high) = (bounds(first).0.max(1) as f64, bounds(last).1.min(1 << 60) as f64);
        Scale::logarithmic(low * NANOSECOND_MS, high * NANOSECOND_MS, panel.bottom(), panel.top)
    };
    let height = if runs.len() == 1 { PANEL_HEIGHT } else { PANEL_HEIGHT * 0.6 };
    let grid = LogRows::new(first, last, (height / ROW_PIXELS) as usize);
    let shares: Vec<Vec<Vec<f64>>> =
        runs.iter().map(|columns| columns.iter().map(|column| column.shares(&grid)).collect()).collect();
    let densest = densest(&runs, &shares);
    key(&mut page, densest);
    let states: Vec<State> =
        records.iter().flat_map(|record| of_site(record)).map(|(_, state)| state).collect();
    site_strip::key(&mut page, &states);
    let mut panel = Panel { left, top: page.top, width: right - left, height };
    for ((record, columns), shares) in records.iter().zip(&runs).zip(&shares) {
        if records.len() == 1 {
            page.name_events(left, right, &scale, &record.events);
        } else {
            page.panel_heading(&record.name, MARGIN, &[]);
        }
        page.top += 8.0;
        panel = Panel { top: page.top, ..panel };
        let rows = rows(&panel);
        cells(&mut page, &scale, &panel, (columns, shares), densest);
        let ticks = latency_ticks(&rows, panel.height * 2.0);
        let muted = page.palette.muted;
        for tick in ticks {
            let y = rows.place(tick.value);
            let grid = page.palette.axis.mix(page.palette.background, 0.6);
            page.drawing.line(&[(left - 4.0, y), (left, y)], grid, 1.0);
            let label = Label::new(tick.text, left - 7.0, y + 4.0, SMALL, muted).anchored(Anchor::End);
            page.drawing.label_if_free(label);
        }
        percentiles(&mut page, &scale, &rows, columns);
        page.base_line(&panel);
        page.top = panel.bottom() + 6.0;
        felt(&mut page, &scale, &panel, record);
        page.top += 3.0;
    }
    let below = Panel { top: page.top - 3.0, height: 4.0, ..panel };
    page.time_columns(&[below], &scale);
    page.finish()
}

/// What is drawn in one shade: the answers of a stretch between two latencies.
pub struct Tile {
    pub run: usize,
    pub stretch: Stretch,
    pub low_ms: f64,
    pub high_ms: f64,
    /// Of the answers of that stretch.
    pub share: f64,
}

/// Those that are not empty, in the order of the runs and of time.
pub fn tiles(records: &[&Record]) -> Vec<Tile> {
    let runs: Vec<Vec<Column>> = records.iter().map(|record| columns(record)).collect();
    let Some((first, last)) = cells_used(&runs) else { return Vec::new() };
    let number = (PANEL_HEIGHT / ROW_PIXELS) as usize;
    let grid = LogRows::new(first, last, number);
    let (low, high) = (bounds(first).0.max(1) as f64, bounds(last).1.min(1 << 60) as f64);
    let edge = |row: usize| rounded(low * libm::pow(high / low, row as f64 / number as f64) * NANOSECOND_MS);
    let mut tiles = Vec::new();
    for (run, column) in runs.iter().enumerate().flat_map(|(run, all)| all.iter().map(move |one| (run, one)))
    {
        let shares = column.shares(&grid).into_iter().enumerate();
        tiles.extend(shares.filter(|(_, share)| *share > 1e-6).map(|(row, share)| Tile {
            run,
            stretch: column.stretch,
            low_ms: edge(row),
            high_ms: edge(row + 1),
            share,
        }));
    }
    tiles
}

/// Below the latencies of those who were answered, whether users were.
fn felt(page: &mut Page, scale: &Scale, panel: &Panel, record: &Record) {
    const HEIGHT: f64 = 7.0;
    let states = of_site(record);
    if states.iter().all(|(_, state)| *state <= State::Up) {
        return;
    }
    let muted = page.palette.muted;
    let label = Label::new("the site", panel.left - 7.0, page.top + HEIGHT, SMALL, muted);
    page.drawing.label(label.anchored(Anchor::End));
    site_strip::strip(page, panel, scale, &states, (page.top, HEIGHT));
    page.top += HEIGHT;
    if site_strip::marks(page, scale, outages(record)) {
        page.top += site_strip::MARK + 1.0;
    }
}

fn message(record: &Record) -> String {
    let total = record.findings.as_ref().map(|findings| &findings.summary.total);
    match total.and_then(|total| Some((total.p50_ms.value?, total.p99_ms.value?, total.max_ms?))) {
        Some((p50, p99, max)) => format!(
            "Half of the good answers came within {}, 99 % within {}; the slowest took {}.",
            figure::length(p50),
            figure::length(p99),
            figure::length(max)
        ),
        None => String::new(),
    }
}

/// All classes together, in no more columns than can be seen.
fn columns(record: &Record) -> Vec<Column> {
    let end_s = record.end_s();
    let Some(latencies) = &record.latencies else { return Vec::new() };
    let mut stretches: Vec<Stretch> =
        latencies.classes.iter().flat_map(|class| &class.buckets).map(|spread| spread.stretch).collect();
    stretches.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    stretches.dedup_by(|a, b| a.start_s == b.start_s);
    let least_s = end_s / COLUMNS_MOST as f64;
    let mut columns: Vec<Column> = Vec::new();
    for stretch in stretches {
        match columns.last_mut() {
            Some(last) if stretch.end_s() - last.stretch.start_s <= least_s => {
                last.stretch.length_s = stretch.end_s() - last.stretch.start_s;
            }
            _ => columns.push(Column { stretch, cells: vec![0; CELLS], used: 0..0, answers: 0 }),
        }
    }
    for spread in latencies.classes.iter().flat_map(|class| &class.buckets) {
        let after = columns.partition_point(|column| column.stretch.start_s <= spread.stretch.start_s);
        let Some(column) = after.checked_sub(1).and_then(|place| columns.get_mut(place)) else { continue };
        for &(cell, count) in spread.cells.iter().filter(|(_, count)| *count > 0) {
            let cell = usize::from(cell);
            column.used = match column.used.is_empty() {
                true => cell..cell + 1,
                false => column.used.start.min(cell)..column.used.end.max(cell + 1),
            };
            column.cells[cell] = column.cells[cell].saturating_add(count);
            column.answers = column.answers.saturating_add(count);
        }
    }
    columns.retain(|column| column.answers > 0);
    columns
}

fn cells_used(runs: &[Vec<Column>]) -> Option<(usize, usize)> {
    let columns = || runs.iter().flatten();
    let first = columns().map(|column| column.used.start).min()?;
    let last = columns().map(|column| column.used.end - 1).max()?;
    // A little more, so that the axis has a length even if all latencies are the same.
    Some((first.saturating_sub(2), (last + 2).min(CELLS - 1)))
}

/// The share of a moment's answers that gets the strongest colour. Moments with hardly any
/// answers would always win, so that they do not count.
fn densest(runs: &[Vec<Column>], shares: &[Vec<Vec<f64>>]) -> f64 {
    let mean = |columns: &[Column]| {
        columns.iter().map(|column| column.answers as f64).sum::<f64>() / columns.len().max(1) as f64
    };
    let shares = runs.iter().zip(shares).flat_map(|(columns, shares)| {
        let least = mean(columns) * 0.3;
        let pairs = columns.iter().zip(shares);
        pairs.filter(move |(column, _)| column.answers as f64 >= least).flat_map(|(_, shares)| shares)
    });
    shares.copied().fold(0.0, f64::max).max(1e-9)
}

/// Roots bring out what is rare, and the tail is what one looks for.
fn shade(share: f64, densest: f64) -> usize {
    // What is spread over rows leaves specks.
    if share <= densest * 1e-4 {
        return 0;
    }
    let place = (share / densest).min(1.0).sqrt() * SHADES as f64;
    (place.ceil() as usize).clamp(1, SHADES)
}

fn cells(
    page: &mut Page,
    scale: &Scale,
    panel: &Panel,
    (columns, shares): (&[Column], &[Vec<f64>]),
    densest: f64,
) {
    let rows = shares.first().map_or(0, Vec::len);
    for row in 0..rows {
        cells_of_row(page, scale, panel, (columns, shares), (row, rows), densest);
    }
}

fn cells_of_row(
    page: &mut Page,
    scale: &Scale,
    panel: &Panel,
    (columns, shares): (&[Column], &[Vec<f64>]),
    (row, rows): (usize, usize),
    densest: f64,
) {
    let y = |row: usize| panel.bottom() - panel.height * row as f64 / rows as f64;
    let shades: Vec<usize> = shares.iter().map(|shares| shade(shares[row], densest)).collect();
    let shade_of = |column: usize| shades[column];
    let mut start = 0;
    while start < columns.len() {
        let mut end = start + 1;
        // Neighbours of one shade are one rectangle.
        while end < columns.len()
            && shade_of(end) == shade_of(start)
            && columns[end].stretch.start_s <= columns[end - 1].stretch.end_s()
        {
            end += 1;
        }
        if shade_of(start) > 0 {
            let color = on_scale(&page.palette.density, shade_of(start) as f64 / SHADES as f64);
            let from = scale.place(columns[start].stretch.start_s);
            let to = scale.place(columns[end - 1].stretch.end_s()).max(from + 1.0);
            page.drawing.tile((from, y(row + 1)), (to, y(row)), color);
        }
        start = end;
    }
}

/// The median and p99 of each moment, over the cells.
fn percentiles(page: &mut Page, scale: &Scale, rows: &Scale, columns: &[Column]) {
    let of_column = |column: &Column| {
        let histogram = crate::output::record::histogram_of(&column.cells);
        [0.5, 0.99].map(|share| histogram.quantile(share))
    };
    let percentiles: Vec<[f64; 2]> = columns.iter().map(of_column).collect();
    let colors = [(page.palette.background, 1.2), (page.palette.bad, 1.6)];
    for (place, (color, width)) in colors.into_iter().enumerate() {
        let mut rest = percentiles.as_slice();
        // Where nothing was answered there is nothing to draw a line through.
        for columns in columns.chunk_by(follows) {
            let (own, behind) = rest.split_at(columns.len());
            rest = behind;
            let point = |(column, percentiles): (&Column, &[f64; 2])| {
                let middle = column.stretch.start_s + column.stretch.length_s / 2.0;
                (scale.place(middle), rows.place(percentiles[place] * NANOSECOND_MS))
            };
            let points: Vec<Point> = columns.iter().zip(own).map(point).collect();
            if let [point] = points[..] {
                page.drawing.circle(point, if width > 1.5 { 2.0 } else { 1.5 }, color);
            }
            page.drawing.line(&points, color, width);
        }
    }
}

/// Whether a column begins where the one before it ends.
fn follows(column: &Column, next: &Column) -> bool {
    next.stretch.start_s - column.stretch.end_s() < next.stretch.length_s / 2.0
}

fn key(page: &mut Page, densest: f64) {
    page.top += 14.0;
    let (muted, ink) = (page.palette.muted, page.palette.ink);
    let heading = Label::new("share of a moment's answers", MARGIN, page.top, NORMAL, ink).bold();
    let mut x = MARGIN + heading.width() + 16.0;
    page.drawing.label(heading);
    let most = format!("{:.0} %", densest * 100.0);
    let (none, most) =
        (Label::new("0", 0.0, page.top, SMALL, muted), Label::new(most, 0.0, page.top, SMALL, muted));
    let place = |label: Label, x: f64| Label { x, ..label };
    let next = x + none.width() + 5.0;
    page.drawing.label(place(none, x));
    x = next;
    for shade in 0..=SHADES {
        let color = on_scale(&page.palette.density, shade as f64 / SHADES as f64);
        page.drawing.rectangle(x, page.top - 9.0, 12.0, 10.0, color);
        x += 12.0;
    }
    let next = x + 5.0 + most.width() + 20.0;
    page.drawing.label(place(most, x + 5.0));
    x = next;
    let (white, bad, axis) = (page.palette.background, page.palette.bad, page.palette.density[4]);
    for (name, color, ground) in [("median", white, axis), ("p99", bad, page.palette.background)] {
        let label = Label::new(name, x + 26.0, page.top, SMALL, muted);
        let next = x + 26.0 + label.width() + 16.0;
        if next > page.width() - MARGIN {
            break;
        }
        page.drawing.rectangle(x, page.top - 9.0, 20.0, 10.0, ground);
        page.drawing.rectangle(x, page.top - 5.0, 20.0, 2.0, color);
        page.drawing.label(label);
        x = next;
    }
    page.top += 6.0;
}
