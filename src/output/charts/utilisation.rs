//! How full each node was, and how many stood in its line, over time; and the same of whatever else
//! was at least half full.

use super::drawing::{Anchor, Drawing, Label, Point};
use super::frame::{Look, MARGIN, NORMAL, Page, Panel, SMALL, series_color};
use super::scale::{Scale, nice_above, short_number};
use crate::diagnosis::FULL;
use crate::output::record::{Moment, Record, ResourceMoment, ResourceTimeline, Stretch};
use crate::telling::caption;
use rustc_hash::{FxHashMap, FxHashSet};

const ROW_HEIGHT: f64 = 40.0;
const ROW_GAP: f64 = 12.0;
const FIGURES_WIDTH: f64 = 78.0;

/// With more rows than this, the fullest and those with the longest lines are shown.
const ROWS_MOST: usize = 16;

/// What is no node is shown if its fullest place was ever as full.
const WORTH_SHOWING: f64 = 0.5;

const POINT_PIXELS: f64 = 1.5;

/// A node, or something else that can be full, in the runs that have it.
struct Row<'a> {
    name: &'a str,
    /// What it is called in front of the row: a node's name, or an owner and what it has.
    labels: [&'a str; 2],
    runs: Vec<(usize, Vec<(Stretch, Moment)>)>,
    /// How full it was on average, as the tables have it or else of all that was measured.
    means: Vec<f64>,
}

impl Row<'_> {
    fn mean(&self) -> f64 {
        self.means.iter().sum::<f64>() / self.means.len().max(1) as f64
    }

    fn moments(&self) -> impl Iterator<Item = &(Stretch, Moment)> {
        self.runs.iter().flat_map(|(_, moments)| moments)
    }

    fn fullest(&self) -> f64 {
        self.moments().filter_map(|(_, moment)| moment.utilisation).fold(0.0, f64::max)
    }

    fn longest_line(&self) -> f64 {
        self.moments().map(|(_, moment)| f64::from(moment.queue_max)).fold(0.0, f64::max)
    }

    fn is_used(&self) -> bool {
        self.moments().any(|(_, moment)| {
            moment.queue_max > 0 || moment.utilisation.is_some_and(|utilisation| utilisation > 0.0)
        })
    }
}

pub fn draw(records: &[&Record], look: &Look) -> Drawing {
    let end_s = records.iter().map(|record| record.end_s()).fold(0.0, f64::max);
    let names_width = (look.width * 0.13).clamp(80.0, 150.0);
    let width = (look.width - 2.0 * MARGIN - names_width - 2.0 * FIGURES_WIDTH) / 2.0;
    let rows = rows(records, (width / POINT_PIXELS) as usize);
    let (shown, left_out) = busiest(rows);
    let title = match records {
        [record] => format!("How full {} was", record.name),
        _ => "How full everything was".to_owned(),
    };
    let mut page = match records {
        [record] => Page::of_run(look, &title, &message(record, &shown)),
        _ => Page::new(look, &title, &of_rows(&shown)),
    };
    if shown.is_empty() || end_s == 0.0 {
        page.note("No node has a limit or a line, or nothing happened.");
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
        page.note(&format!("{left_out} quieter ones are not shown; nodes.csv and resources.csv have all."));
    }
    page.finish()
}

fn rows<'a>(records: &[&'a Record], points_most: usize) -> Vec<Row<'a>> {
    let mut rows: Vec<Row> = Vec::new();
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    let means: Vec<FxHashMap<&str, f64>> = records.iter().map(|record| means_of(record)).collect();
    let mut add = |name: &'a str, labels, (number, buckets, moments): (usize, &[Stretch], &[Moment])| {
        let place = *places.entry(name).or_insert_with(|| {
            rows.push(Row { name, labels, runs: Vec::new(), means: Vec::new() });
            rows.len() - 1
        });
        let told = means[number].get(name).copied();
        rows[place].means.extend(told.or_else(|| mean_of(buckets, moments)));
        rows[place].runs.push((number, joined(buckets, moments, points_most)));
    };
    for (number, record) in records.iter().enumerate() {
        let Some(stations) = &record.stations else { continue };
        for station in &stations.stations {
            add(&station.name, [&station.name, ""], (number, &stations.buckets, &station.moments));
        }
    }
    let resources = records.iter().enumerate().filter_map(|(number, record)| {
        let timelines = record.resources.as_ref()?;
        Some(timelines.resources.iter().map(move |resource| (number, &timelines.buckets, resource)))
    });
    let resources: Vec<_> = resources.flatten().filter(|(_, _, resource)| !is_of_node(resource)).collect();
    let worth: FxHashSet<&str> = resources
        .iter()
        .filter(|(_, _, resource)| fullest(resource) >= WORTH_SHOWING)
        .map(|(_, _, resource)| resource.name.as_str())
        .collect();
    for (number, buckets, resource) in resources {
        if worth.contains(resource.name.as_str()) {
            let moments: Vec<Moment> = resource.moments.iter().map(as_of_node).collect();
            let labels = [resource.owner.as_str(), what_it_is(resource)];
            add(&resource.name, labels, (number, buckets, &moments));
        }
    }
    rows.retain(Row::is_used);
    rows
}

/// As `nodes.csv` and `resources.csv` have them: after the warm-up, and of the time up.
fn means_of(record: &Record) -> FxHashMap<&str, f64> {
    let Some(findings) = &record.findings else { return FxHashMap::default() };
    let summary = &findings.summary;
    let nodes = summary.nodes.iter().filter_map(|node| Some((node.name.as_str(), node.utilisation?)));
    let resources = summary.resources.iter();
    let resources = resources.filter_map(|one| Some((one.name.as_str(), one.utilisation_max?)));
    nodes.chain(resources).collect()
}

fn mean_of(buckets: &[Stretch], moments: &[Moment]) -> Option<f64> {
    let known =
        buckets.iter().zip(moments).filter_map(|(stretch, it)| Some((stretch.length_s, it.utilisation?)));
    let (sum, length) =
        known.fold((0.0, 0.0), |sum, (length_s, used)| (sum.0 + used * length_s, sum.1 + length_s));
    (length > 0.0).then(|| sum / length)
}

/// Whether it has been shown with its node.
fn is_of_node(resource: &ResourceTimeline) -> bool {
    matches!(resource.kind.as_str(), "cores" | "slots")
}

fn fullest(resource: &ResourceTimeline) -> f64 {
    resource.moments.iter().filter_map(|moment| moment.utilisation_max).fold(0.0, f64::max)
}

/// Of several places the fullest: that one is full says more than that others are not.
fn as_of_node(moment: &ResourceMoment) -> Moment {
    Moment {
        utilisation: moment.utilisation_max,
        queue_mean: moment.waiting_mean,
        queue_max: moment.waiting_max,
        ..Moment::default()
    }
}

fn what_it_is(resource: &ResourceTimeline) -> &str {
    match (resource.kind.as_str(), resource.way.as_str()) {
        ("bandwidth", "out") => "link, calls",
        ("bandwidth", _) => "link, answers",
        ("pool", _) => "connection pool",
        ("in_flight", _) => "calls at once",
        ("rate", _) => "rate limit",
        (other, _) => other,
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

/// In no more points than can be seen; the fullest and the longest line of each are kept.
fn joined(buckets: &[Stretch], moments: &[Moment], points_most: usize) -> Vec<(Stretch, Moment)> {
    let together = buckets.len().div_ceil(points_most.max(1)).max(1);
    let pairs: Vec<(&Stretch, &Moment)> = buckets.iter().zip(moments).collect();
    let join = |pairs: &[(&Stretch, &Moment)]| {
        let (first, last) = (pairs[0].0, pairs[pairs.len() - 1].0);
        let stretch = Stretch { start_s: first.start_s, length_s: last.end_s() - first.start_s };
        let mut sum = pairs[0].1.clone();
        for (_, moment) in &pairs[1..] {
            sum.utilisation = match (sum.utilisation, moment.utilisation) {
                (Some(mine), Some(other)) => Some(mine.max(other)),
                (mine, other) => mine.or(other),
            };
            sum.queue_mean = sum.queue_mean.max(moment.queue_mean);
            sum.queue_max = sum.queue_max.max(moment.queue_max);
        }
        (stretch, sum)
    };
    pairs.chunks(together).map(join).collect()
}

/// Those to be seen, in the order of the scenario, and how many are not.
fn busiest(rows: Vec<Row>) -> (Vec<Row>, usize) {
    let all = rows.len();
    if all <= ROWS_MOST {
        return (rows, 0);
    }
    let mut order: Vec<(usize, Row)> = rows.into_iter().enumerate().collect();
    // A line says as much as being full: somebody had to wait.
    let load = |row: &Row| row.fullest() + row.longest_line() / (row.longest_line() + 10.0);
    order.sort_by(|a, b| load(&b.1).total_cmp(&load(&a.1)));
    order.truncate(ROWS_MOST);
    order.sort_by_key(|(place, _)| *place);
    (order.into_iter().map(|(_, row)| row).collect(), all - ROWS_MOST)
}

/// What was full while users felt it comes first.
fn message(record: &Record, rows: &[Row]) -> String {
    let full = record.findings.as_ref().and_then(|findings| caption::full(&findings.diagnosis));
    full.map_or(String::new(), |full| full + " ") + &of_rows(rows)
}

fn of_rows(rows: &[Row]) -> String {
    let fullest = rows.iter().max_by(|a, b| a.fullest().total_cmp(&b.fullest()));
    let Some(fullest) = fullest.filter(|row| row.fullest() > 0.0) else { return String::new() };
    let share = percent(fullest.fullest());
    let mut text = format!("The fullest was {}, at times with {share} in use.", fullest.name);
    let longest = rows.iter().max_by(|a, b| a.longest_line().total_cmp(&b.longest_line()));
    match longest.map(|row| (row.name, row.longest_line())) {
        Some((name, line)) if line > 0.0 => {
            text.push_str(&format!(" The longest line was at {name}: {}.", short_number(line)));
        }
        _ => text.push_str(" Nobody had to stand in line."),
    }
    text
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
