//! Requests per second and latencies on one time axis.

use super::drawing::{Anchor, Drawing, Label, Point};
use super::frame::{Look, MARGIN, NORMAL, Page, Panel, RUNS_IN_TITLE_MOST, events_of, series_color};
use super::scale::{Scale, latency_ticks, short_latency, short_number, ticks_from_zero};
use super::theme::Color;
use crate::output::record::{Count, Event, Record, Stretch, Timeline};
use crate::output::terminal::{count, counted, figure};
use crate::telling::words::and;

const PANEL_HEIGHT: f64 = 190.0;
const NUMBERS_WIDTH: f64 = 62.0;

/// A point on the page stands for at least so many pixels.
const POINT_PIXELS: f64 = 2.0;
/// With fewer buckets each is shown as a step.
const STEPS_MOST: usize = 60;
/// When the slowest are so many times slower than the usual, only a logarithmic axis shows both.
const WIDE_RATIO: f64 = 15.0;

pub fn draw(records: &[&Record], look: &Look) -> Drawing {
    let (title, message) = match records {
        [record] => (format!("Requests and latencies of {}", record.name), message(record)),
        _ => ("Requests and latencies".to_owned(), of_runs(records)),
    };
    let mut page = match records {
        [] => Page::new(look, &title, &message),
        _ => Page::of_run(look, &title, &message),
    };
    let is_without =
        |record: &&Record| record.timeline.as_ref().is_some_and(|timeline| timeline.without_requests);
    if !records.is_empty() && records.iter().all(is_without) {
        page.note("No requests were simulated: there are no rates and no latencies.");
        return page.finish();
    }
    let end_s = records.iter().map(|record| record.end_s()).fold(0.0, f64::max);
    let left = MARGIN + NUMBERS_WIDTH;
    let width = look.width - left - MARGIN;
    let scale = Scale::linear(0.0, end_s, left, left + width);
    let runs: Vec<Run> =
        records.iter().map(|record| Run::of(record, (width / POINT_PIXELS) as usize)).collect();
    if end_s == 0.0 || runs.iter().all(|run| run.points.is_empty()) {
        page.note("Nothing happened: the run has no time in it.");
        return page.finish();
    }
    let events = events_of(records);
    page.name_events(left, left + width, &scale, &events);
    let rates = rates_panel(&mut page, &scale, records, &runs);
    let latencies = latencies_panel(&mut page, &scale, records, &runs);
    for panel in [&rates, &latencies] {
        page.base_line(panel);
        if let [record] = records {
            page.name_warmup(panel, &scale, record);
        }
    }
    let below = Panel { top: latencies.bottom(), height: 4.0, ..latencies };
    page.time_columns(&[below], &scale);
    page.finish()
}

/// All that were sent, and of those that ended the ones that were not good.
fn sums(record: &Record) -> (u64, u64) {
    let counts = record.timeline.iter().flat_map(|timeline| &timeline.all);
    counts.fold((0, 0), |(offered, bad): (u64, u64), one| {
        (offered.saturating_add(one.offered), bad.saturating_add(one.bad()))
    })
}

/// `Not good: 13,341 requests in one and 0 in the other. 2 runs over each other.`
fn of_runs(records: &[&Record]) -> String {
    let about = format!("{} runs over each other", records.len());
    if records.len() > RUNS_IN_TITLE_MOST || records.is_empty() {
        return about;
    }
    let parts: Vec<String> = records
        .iter()
        .map(|record| (sums(record), &record.name))
        .map(|((offered, bad), name)| format!("{} of {} in {name}", count(bad), counted(offered, "request")))
        .collect();
    format!("Not good: {}. {about}.", and(&parts))
}

fn message(record: &Record) -> String {
    let (offered, bad) = sums(record);
    if record.timeline.as_ref().is_some_and(|timeline| timeline.without_requests) {
        return "Only what was up and what was down was simulated.".to_owned();
    }
    let failed = match bad {
        0 => "all that ended were good".to_owned(),
        1 => "1 was not good".to_owned(),
        bad => format!("{} were not good", count(bad)),
    };
    let mut text = format!(
        "{} {} sent; {failed}.",
        counted(offered, "request"),
        if offered == 1 { "was" } else { "were" }
    );
    let total = record.findings.as_ref().map(|findings| &findings.summary.total);
    if let Some((p50, p99)) = total.and_then(|total| Some((total.p50_ms.value?, total.p99_ms.value?))) {
        text.push_str(&format!(
            " Half of the good answers came within {}, 99 % within {}.",
            figure::length(p50),
            figure::length(p99)
        ));
    }
    text
}

/// A run in as many points as can be seen.
struct Run {
    points: Vec<(Stretch, Count)>,
}

impl Run {
    fn of(record: &Record, points_most: usize) -> Run {
        let empty = Timeline::default();
        let timeline = record.timeline.as_ref().unwrap_or(&empty);
        let together = timeline.buckets.len().div_ceil(points_most.max(1)).max(1);
        let buckets: Vec<(&Stretch, &Count)> = timeline.buckets.iter().zip(&timeline.all).collect();
        let points = buckets.chunks(together).map(join).filter(|(stretch, _)| stretch.length_s > 0.0);
        Run { points: points.collect() }
    }

    fn rate(&self, counted: impl Fn(&Count) -> u64) -> Vec<(Stretch, Option<f64>)> {
        let rate =
            |(stretch, count): &(Stretch, Count)| (*stretch, Some(counted(count) as f64 / stretch.length_s));
        self.points.iter().map(rate).collect()
    }

    fn latency(&self, figure: impl Fn(&Count) -> Option<f64>) -> Vec<(Stretch, Option<f64>)> {
        self.points.iter().map(|(stretch, count)| (*stretch, figure(count))).collect()
    }
}

/// Counts add up; of percentiles the worst is kept, since that is what one looks for.
fn join(buckets: &[(&Stretch, &Count)]) -> (Stretch, Count) {
    let mut sum = Count::default();
    let (first, last) = (buckets[0].0, buckets[buckets.len() - 1].0);
    for (_, count) in buckets {
        sum.offered = sum.offered.saturating_add(count.offered);
        sum.ended = sum.ended.saturating_add(count.ended);
        sum.good = sum.good.saturating_add(count.good);
        for (mine, other) in [
            (&mut sum.p50, count.p50),
            (&mut sum.p95, count.p95),
            (&mut sum.p99, count.p99),
            (&mut sum.max, count.max),
        ] {
            *mine = match (*mine, other) {
                (Some(mine), Some(other)) => Some(mine.max(other)),
                (mine, other) => mine.or(other),
            };
        }
    }
    (Stretch { start_s: first.start_s, length_s: last.end_s() - first.start_s }, sum)
}

fn rates_panel(page: &mut Page, scale: &Scale, records: &[&Record], runs: &[Run]) -> Panel {
    let (ink, good, bad) = (page.palette.ink, page.palette.good, page.palette.bad);
    let failed = runs.iter().flat_map(|run| &run.points).any(|(_, count)| count.bad() > 0);
    let key = match records {
        [_] => {
            let failed = if failed { "not good" } else { "not good (none)" };
            vec![("sent".to_owned(), ink), ("good".to_owned(), good), (failed.to_owned(), bad)]
        }
        _ => key_of_runs(page, records),
    };
    page.panel_heading("requests per second", MARGIN, &key);
    let (left, right) = scale.ends();
    let panel = Panel { left, top: page.top, width: right - left, height: PANEL_HEIGHT };
    let rates = |run: &Run| [run.rate(|it| it.offered), run.rate(|it| it.good), run.rate(|it| it.ended)];
    let series: Vec<_> = runs.iter().map(rates).collect();
    let values = series.iter().flatten().flatten().filter_map(|(_, value)| *value);
    let ticks = ticks_from_zero(values.fold(0.0, f64::max), 4);
    let rows = Scale::linear(0.0, ticks[ticks.len() - 1], panel.bottom(), panel.top);
    prepare(page, &panel, scale, records);
    page.rows(
        &panel,
        &ticks.iter().map(|&value| (rows.place(value), short_number(value))).collect::<Vec<_>>(),
    );
    if let [run] = runs {
        let pale = good.mix(page.palette.background, 0.78);
        area(page, scale, &rows, &run.rate(|it| it.good), pale);
        // What was not good stands on what was, so that both together are all that ended.
        if failed {
            band(page, scale, &rows, (&run.rate(|it| it.good), &run.rate(|it| it.ended)), bad);
        }
        curve(page, scale, &rows, &run.rate(|it| it.offered), (ink, 1.0));
        curve(page, scale, &rows, &run.rate(|it| it.good), (good, 1.8));
    } else {
        for (number, run) in runs.iter().enumerate() {
            let color = series_color(&page.palette, number);
            curve(page, scale, &rows, &run.rate(|it| it.good), (color, 1.6));
        }
    }
    page.top = panel.bottom() + 10.0;
    panel
}

fn latencies_panel(page: &mut Page, scale: &Scale, records: &[&Record], runs: &[Run]) -> Panel {
    let good = page.palette.good;
    let background = page.palette.background;
    let (wide, narrow) = (good.mix(background, 0.82), good.mix(background, 0.62));
    let key = match records {
        [_] => vec![("median".to_owned(), good), ("to p95".to_owned(), narrow), ("to p99".to_owned(), wide)],
        _ => key_of_runs(page, records),
    };
    let heading = if runs.len() == 1 { "latency of good answers" } else { "latency: median (thin) and p99" };
    let axis = if span(runs).is_some_and(|span| span.is_wide()) { ", logarithmic" } else { "" };
    page.panel_heading(&format!("{heading}{axis}"), MARGIN, &key);
    let (left, right) = scale.ends();
    let panel = Panel { left, top: page.top, width: right - left, height: PANEL_HEIGHT };
    let rows = latency_rows(&panel, runs);
    prepare(page, &panel, scale, records);
    let Some((rows, ticks)) = rows else {
        let place = (panel.left + panel.width / 2.0, panel.top + PANEL_HEIGHT / 2.0);
        let ink = page.palette.ink;
        let text = Label::new("No request was answered with success.", place.0, place.1, NORMAL, ink);
        page.drawing.label(text.anchored(Anchor::Middle));
        page.top = panel.bottom();
        return panel;
    };
    page.rows(&panel, &ticks);
    if let [run] = runs {
        let lower = run.latency(|count| count.p50);
        band(page, scale, &rows, (&lower, &run.latency(|count| count.p99)), wide);
        band(page, scale, &rows, (&lower, &run.latency(|count| count.p95)), narrow);
        curve(page, scale, &rows, &lower, (good, 1.8));
    } else {
        for (number, run) in runs.iter().enumerate() {
            let color = series_color(&page.palette, number);
            curve(page, scale, &rows, &run.latency(|count| count.p50), (color, 0.9));
            curve(page, scale, &rows, &run.latency(|count| count.p99), (color, 1.8));
        }
    }
    page.top = panel.bottom();
    panel
}

type Rows = (Scale, Vec<(f64, String)>);

/// From the least median over the usual one to the slowest of 99 %.
struct LatencySpan {
    least: f64,
    usual: f64,
    most: f64,
}

impl LatencySpan {
    fn is_wide(&self) -> bool {
        self.most > WIDE_RATIO * self.usual && self.least > 0.0
    }
}

fn span(runs: &[Run]) -> Option<LatencySpan> {
    let counts = || runs.iter().flat_map(|run| &run.points);
    let mut medians: Vec<f64> = counts().filter_map(|(_, count)| count.p50).collect();
    medians.sort_by(f64::total_cmp);
    let usual = *medians.get(medians.len() / 2)?;
    let most = counts().filter_map(|(_, count)| count.p99.or(count.p50)).fold(0.0, f64::max);
    Some(LatencySpan { least: medians[0], usual, most })
}

fn latency_rows(panel: &Panel, runs: &[Run]) -> Option<Rows> {
    let span = span(runs)?;
    let LatencySpan { least, most, .. } = span;
    if span.is_wide() {
        let scale = Scale::logarithmic(least / 1.3, most * 1.1, panel.bottom(), panel.top);
        let ticks = latency_ticks(&scale, panel.height * 2.5);
        let ticks = ticks.into_iter().map(|tick| (scale.place(tick.value), tick.text));
        return Some((scale, ticks.collect()));
    }
    let ticks = ticks_from_zero(most, 4);
    let scale = Scale::linear(0.0, ticks[ticks.len() - 1], panel.bottom(), panel.top);
    let ticks = ticks.into_iter().map(|value| (scale.place(value), short_latency(value)));
    Some((scale, ticks.collect()))
}

/// What lies below the curves.
fn prepare(page: &mut Page, panel: &Panel, scale: &Scale, records: &[&Record]) {
    let Some((first, others)) = records.split_first() else { return };
    if others.is_empty() {
        page.shade_warmup(panel, scale, first);
        return page.shade_events(panel, scale, &first.events);
    }
    // What happened in all of them alike; events stand in the order of time.
    let has = |other: &&Record, event: &Event| {
        let from = other.events.partition_point(|one| one.start_s < event.start_s);
        other.events[from..].iter().take_while(|one| one.start_s <= event.start_s).any(|one| one == event)
    };
    let happened = |event: &&Event| others.iter().all(|other| has(other, event));
    let events: Vec<Event> = first.events.iter().filter(happened).cloned().collect();
    page.shade_events(panel, scale, &events);
}

fn key_of_runs(page: &Page, records: &[&Record]) -> Vec<(String, Color)> {
    let runs = records.iter().enumerate();
    runs.map(|(number, record)| (record.name.clone(), series_color(&page.palette, number))).collect()
}

/// Places of values on the page, broken where there is none: steps if there are few.
fn outline(scale: &Scale, rows: &Scale, series: &[(Stretch, Option<f64>)]) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = vec![Vec::new()];
    let steps = series.len() <= STEPS_MOST;
    let is_missing = |place: Option<usize>| {
        place.and_then(|place| series.get(place)).is_none_or(|(_, value)| value.is_none())
    };
    for (place, (stretch, value)) in series.iter().enumerate() {
        let Some(value) = value else {
            pieces.push(Vec::new());
            continue;
        };
        let y = rows.place(*value);
        let piece = pieces.last_mut().expect("there is one from the start");
        // A piece begins and ends with its first and last bucket, not in the middle of them.
        if steps || is_missing(place.checked_sub(1)) {
            piece.push((scale.place(stretch.start_s), y));
        }
        if !steps {
            piece.push((scale.place(stretch.middle_s()), y));
        }
        if steps || is_missing(Some(place + 1)) {
            piece.push((scale.place(stretch.end_s()), y));
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn curve(page: &mut Page, scale: &Scale, rows: &Scale, series: &[(Stretch, Option<f64>)], pen: (Color, f64)) {
    for piece in outline(scale, rows, series) {
        page.drawing.line(&piece, pen.0, pen.1);
    }
}

fn area(page: &mut Page, scale: &Scale, rows: &Scale, series: &[(Stretch, Option<f64>)], color: Color) {
    if series.iter().all(|(_, value)| value.is_none_or(|value| value == 0.0)) {
        return;
    }
    for mut piece in outline(scale, rows, series) {
        let base = rows.ends().0;
        let (first, last) = (piece[0].0, piece[piece.len() - 1].0);
        piece.extend([(last, base), (first, base)]);
        page.drawing.polygon(piece, color);
    }
}

/// A figure for each stretch in which there was one.
type Figures = [(Stretch, Option<f64>)];

/// Between two series that are there at the same times.
fn band(page: &mut Page, scale: &Scale, rows: &Scale, (lower, upper): (&Figures, &Figures), color: Color) {
    for (mut low, high) in outline(scale, rows, lower).into_iter().zip(outline(scale, rows, upper)) {
        low.extend(high.into_iter().rev());
        page.drawing.polygon(low, color);
    }
}
