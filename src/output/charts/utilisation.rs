//! How full each node was, and how many stood in its line, over time; and the same of whatever else
//! was at least half full.

use super::drawing::{Anchor, Drawing, Label, Point};
use super::frame::{Look, MARGIN, NORMAL, Page, Panel, SMALL, series_color};
use super::scale::{Scale, nice_above, short_number};
use super::utilisation_rows::{Row, SEEN_FROM, busiest, rows};
use crate::diagnosis::FULL;
use crate::output::record::{Moment, Record, Stretch};
use crate::telling::caption;

const ROW_HEIGHT: f64 = 40.0;
const ROW_GAP: f64 = 12.0;
const FIGURES_WIDTH: f64 = 78.0;

const POINT_PIXELS: f64 = 1.5;

pub fn draw(records: &[&Record], look: &Look) -> Drawing {
    let end_s = records.iter().map(|record| record.end_s()).fold(0.0, f64::max);
    let names_width = (look.width * 0.13).clamp(80.0, 150.0);
    let width = (look.width - 2.0 * MARGIN - names_width - 2.0 * FIGURES_WIDTH) / 2.0;
    let rows = rows(records, (width / POINT_PIXELS) as usize);
    let (rows, quiet): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(Row::is_worth_a_look);
    let (shown, mut left_out) = busiest(rows);
    left_out += quiet.iter().filter(|row| row.is_used()).count();
    let title = match records {
        [record] => format!("How full {} was", record.name),
        _ => "How full everything was".to_owned(),
    };
    let mut page = match records {
        [record] => Page::of_run(look, &title, &message(record, &shown)),
        _ => Page::new(look, &title, &of_rows(&shown)),
    };
    if shown.is_empty() || end_s == 0.0 {
        page.note(&nothing(&quiet));
        return page.finish();
    }
    let left = MARGIN + names_width;
    let uses = Scale::linear(0.0, end_s, left, left + width);
    let second = left + width + FIGURES_WIDTH;
    let lines = Scale::linear(0.0, end_s, second, second + width);
    headings(&mut page, records, (left, second));
    for row in &shown {
        let upper = Panel { left, top: page.top, width, height: ROW_HEIGHT };
        name_row(&mut page, row, (left - 10.0, upper.top), names_width - 10.0);
        in_use(&mut page, &upper, &uses, records, row);
        in_line(&mut page, &Panel { left: second, ..upper }, &lines, records, row);
        page.top = upper.bottom() + ROW_GAP;
    }
    let below = Panel { left, top: page.top - ROW_GAP, width, height: 4.0 };
    let top = page.top;
    page.time_columns(&[below], &uses);
    page.top = top;
    page.time_columns(&[Panel { left: second, ..below }], &lines);
    if left_out > 0 {
        let text = match left_out {
            1 => "1 quieter one is not shown".to_owned(),
            many => format!("{many} quieter ones are not shown"),
        };
        page.note(&format!("{text}; nodes.csv and resources.csv have all."));
    }
    page.finish()
}

/// What there is to say where there is nothing to see.
fn nothing(quiet: &[Row]) -> String {
    let fullest = quiet.iter().rev().max_by(|a, b| a.fullest().total_cmp(&b.fullest()));
    match fullest.filter(|row| row.fullest() > 0.0) {
        Some(row) => format!(
            "Nothing was ever as much as {} in use, and nobody had to stand in line; the fullest was {} with {}.",
            percent(SEEN_FROM),
            row.name,
            percent(row.fullest())
        ),
        None => "No node has a limit or a line, or nothing happened.".to_owned(),
    }
}

/// In one line, or an owner above what it has.
fn name_row(page: &mut Page, row: &Row, (right, top): Point, width: f64) {
    let (ink, muted) = (page.palette.ink, page.palette.muted);
    let middle = top + ROW_HEIGHT / 2.0 + 4.5;
    let lines = match row.labels {
        [name, ""] => vec![(name, middle, NORMAL, ink)],
        [owner, what] => vec![(owner, middle - 7.5, SMALL, ink), (what, middle + 7.5, SMALL, muted)],
    };
    for (text, y, size, color) in lines {
        page.drawing.label(Label::new(text, right, y, size, color).within(width).anchored(Anchor::End));
    }
}

/// What was full while users felt it comes first.
fn message(record: &Record, rows: &[Row]) -> String {
    let full = record.findings.as_ref().and_then(|findings| caption::full(&findings.diagnosis));
    match full {
        Some(full) => full + &longest(rows),
        None => of_rows(rows),
    }
}

fn of_rows(rows: &[Row]) -> String {
    // Of several that are as full the first is named.
    let fullest = rows.iter().rev().max_by(|a, b| a.fullest().total_cmp(&b.fullest()));
    let Some(fullest) = fullest.filter(|row| row.fullest() > 0.0) else { return String::new() };
    let share = percent(fullest.fullest());
    format!("The fullest was {}, at times with {share} in use.", fullest.name) + &longest(rows)
}

/// ` The longest line was at gunicorn: 2,050.`
fn longest(rows: &[Row]) -> String {
    let longest = rows.iter().max_by(|a, b| a.longest_line().total_cmp(&b.longest_line()));
    match longest.map(|row| (row.name, row.longest_line())) {
        Some((name, line)) if line > 0.0 => {
            format!(" The longest line was at {name}: {}.", short_number(line))
        }
        _ => " Nobody had to stand in line.".to_owned(),
    }
}

fn percent(share: f64) -> String {
    match share * 100.0 {
        small if small < 9.95 => format!("{} %", (small * 10.0).round() / 10.0),
        large => format!("{} %", large.round()),
    }
}

fn headings(page: &mut Page, records: &[&Record], (left, second): (f64, f64)) {
    let ink = page.palette.ink;
    if records.len() > 1 {
        let runs = records.iter().enumerate();
        let key: Vec<_> =
            runs.map(|(number, record)| (record.name.clone(), series_color(&page.palette, number))).collect();
        page.panel_heading("", MARGIN, &key);
    }
    page.top += 14.0;
    let width = second - left - 8.0;
    for (text, x) in [("in use, of 100 %", left), ("in line: mean and (pale) longest", second)] {
        page.drawing.label(Label::new(text, x, page.top, NORMAL, ink).bold().within(width));
    }
    page.top += 10.0;
}

fn in_use(page: &mut Page, panel: &Panel, scale: &Scale, records: &[&Record], row: &Row) {
    let rows = Scale::linear(0.0, 1.0, panel.bottom(), panel.top);
    frame(page, panel);
    let limited: Vec<(usize, Vec<(Stretch, f64)>)> = row
        .runs
        .iter()
        .map(|(number, moments)| {
            let used = moments.iter().filter_map(|(stretch, it)| Some((*stretch, it.utilisation?)));
            (*number, used.collect())
        })
        .collect();
    if limited.iter().all(|(_, used)| used.is_empty()) {
        let muted = page.palette.muted;
        let y = panel.top + ROW_HEIGHT / 2.0 + 4.0;
        page.drawing.label(Label::new("without limit", panel.left + 8.0, y, SMALL, muted));
        return;
    }
    if let ([record], [(_, used)]) = (records, limited.as_slice()) {
        events(page, panel, scale, record);
        // Pieces of one shade in a row are one area.
        for (stretch, utilisation) in used {
            let color = page.palette.fullness_of(if *utilisation >= FULL { 1.0 } else { utilisation * 0.9 });
            let color =
                if *utilisation < 0.5 { page.palette.good.mix(page.palette.background, 0.55) } else { color };
            let (from, to) = (scale.place(stretch.start_s).round(), scale.place(stretch.end_s()).round());
            let y = rows.place(*utilisation);
            page.drawing.rectangle(from, y, to - from, panel.bottom() - y, color);
        }
    } else {
        for (number, used) in &limited {
            let color = series_color(&page.palette, *number);
            page.drawing.line(&outline(scale, &rows, used), color, 1.4);
        }
    }
    page.base_line(panel);
    let (mean, most) = (percent(row.mean()), percent(row.fullest()));
    figures(page, panel, &format!("{mean} mean"), &format!("{most} max"));
}

fn in_line(page: &mut Page, panel: &Panel, scale: &Scale, records: &[&Record], row: &Row) {
    frame(page, panel);
    page.base_line(panel);
    if row.longest_line() == 0.0 {
        figures(page, panel, "", "no line");
        return;
    }
    let top = nice_above(row.longest_line().max(1.0));
    let rows = Scale::linear(0.0, top, panel.bottom(), panel.top);
    if let [record] = records {
        events(page, panel, scale, record);
    }
    for (number, moments) in &row.runs {
        let color = if records.len() == 1 { page.palette.ink } else { series_color(&page.palette, *number) };
        let pick = |figure: fn(&Moment) -> f64| -> Vec<(Stretch, f64)> {
            moments.iter().map(|(stretch, moment)| (*stretch, figure(moment))).collect()
        };
        if records.len() == 1 {
            let mut points = outline(scale, &rows, &pick(|moment| moment.queue_max.into()));
            if let (Some(first), Some(last)) = (points.first().copied(), points.last().copied()) {
                points.extend([(last.0, panel.bottom()), (first.0, panel.bottom())]);
            }
            page.drawing.polygon(points, color.mix(page.palette.background, 0.8));
        }
        page.drawing.line(&outline(scale, &rows, &pick(|moment| moment.queue_mean)), color, 1.3);
    }
    let longest = short_number(row.longest_line());
    figures(page, panel, "", &format!("{longest} max"));
}

fn frame(page: &mut Page, panel: &Panel) {
    let (shade, grid) = (page.palette.shade, page.palette.grid);
    page.drawing.rectangle(panel.left, panel.top, panel.width, panel.height, shade);
    page.drawing.line(&[(panel.left, panel.top), (panel.right(), panel.top)], grid, 1.0);
}

fn events(page: &mut Page, panel: &Panel, scale: &Scale, record: &Record) {
    page.shade_events(panel, scale, &record.events);
}

fn figures(page: &mut Page, panel: &Panel, upper: &str, lower: &str) {
    let muted = page.palette.muted;
    let x = panel.right() + 6.0;
    page.drawing.label(Label::new(upper, x, panel.top + 15.0, SMALL, muted));
    page.drawing.label(Label::new(lower, x, panel.top + 32.0, SMALL, muted));
}

fn outline(scale: &Scale, rows: &Scale, series: &[(Stretch, f64)]) -> Vec<Point> {
    let mut points = Vec::new();
    for (stretch, value) in series {
        let y = rows.place(*value);
        points.push((scale.place(stretch.start_s), y));
        points.push((scale.place(stretch.end_s()), y));
    }
    points
}
