//! How latencies are spread: how many answers took about so long, and below it, on the same
//! axis, how many took longer, down to one in a million.

use super::drawing::{Drawing, Point};
use super::frame::{Look, MARGIN, Page, Panel, series_color};
use super::scale::{Scale, latency_ticks, ticks_from_zero};
use crate::analysis::summary::ClassSummary;
use crate::output::record::Record;
use crate::output::terminal::{count, counted, figure};
use crate::stats::histogram::{CELLS, Histogram, bounds};

const NUMBERS_WIDTH: f64 = 92.0;
const SPREAD_HEIGHT: f64 = 190.0;
const TAIL_HEIGHT: f64 = 240.0;

const NANOSECOND_MS: f64 = 1e-6;

/// Classes beyond these share no curve: the ones with the most answers are shown.
const SERIES_MOST: usize = 7;

/// No run says anything about rarer answers than these.
const RAREST: f64 = 1e-6;

/// With fewer answers than this in a curve, cells are put together until it is smooth.
const ANSWERS_FOR_FINE_CELLS: u64 = 500_000;

struct Series<'r> {
    name: String,
    histogram: Histogram,
    told: Option<&'r ClassSummary>,
}

/// As `summary.json` has it, which knows more than the cells of a histogram; or else by these.
fn percentile_ms(histogram: &Histogram, told: Option<&ClassSummary>, share: f64) -> f64 {
    let told = told.and_then(|class| match share {
        0.5 => class.p50_ms.value,
        0.99 => class.p99_ms.value,
        0.999 => class.p999_ms.value,
        _ => None,
    });
    told.unwrap_or_else(|| histogram.quantile(share) * NANOSECOND_MS)
}

pub fn draw(records: &[&Record], look: &Look) -> Drawing {
    let series = series(records);
    let (title, message) = match records {
        [record] => (format!("Latencies of {}", record.name), message(record)),
        _ => {
            ("Latencies".to_owned(), format!("Good answers of {} runs, all classes together", records.len()))
        }
    };
    let mut page = match records {
        [_] => Page::of_run(look, &title, &message),
        _ => Page::new(look, &title, &message),
    };
    let extremes = series
        .iter()
        .filter_map(|series| Some((series.histogram.minimum()? as f64, series.histogram.maximum()? as f64)));
    let Some((low, high)) = extremes.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) else {
        page.note("No request was answered with success.");
        return page.finish();
    };
    let left = MARGIN + NUMBERS_WIDTH;
    let right = look.width - MARGIN;
    // A nanosecond is the least that a latency can be told from nothing.
    let (low, high) = (low.max(1.0) * NANOSECOND_MS / 1.25, high.max(2.0) * NANOSECOND_MS * 1.25);
    let scale = Scale::logarithmic(low, high, left, right);
    let key: Vec<_> = series
        .iter()
        .enumerate()
        .map(|(number, series)| (key_text(series), series_color(&page.palette, number)))
        .collect();
    page.panel_heading("answers within ±5 % of a latency", MARGIN, &key);
    let upper = Panel { left, top: page.top, width: right - left, height: SPREAD_HEIGHT };
    page.top = upper.bottom() + 10.0;
    page.panel_heading("answers that took longer", MARGIN, &[]);
    let lower = Panel { top: page.top, height: TAIL_HEIGHT, ..upper };
    page.columns(&[upper, lower], &scale, &latency_ticks(&scale, right - left), "latency, logarithmic");
    spread(&mut page, &upper, &scale, &series);
    tail(&mut page, &lower, &scale, &series);
    page.base_line(&upper);
    page.base_line(&lower);
    page.finish()
}

fn series<'r>(records: &[&'r Record]) -> Vec<Series<'r>> {
    let mut series = Vec::new();
    for record in records {
        let Some(latencies) = &record.latencies else { continue };
        let since = record.warmup_s();
        let summary = record.findings.as_ref().map(|findings| &findings.summary);
        if records.len() > 1 {
            let told = summary.map(|summary| &summary.total);
            series.push(Series { name: record.name.clone(), histogram: latencies.since(since, None), told });
            continue;
        }
        for (number, class) in latencies.classes.iter().enumerate() {
            let histogram = latencies.since(since, Some(number));
            let told = summary.and_then(|summary| summary.classes.iter().find(|one| one.name == class.name));
            series.push(Series { name: class.name.clone(), histogram, told });
        }
    }
    series.retain(|series| series.histogram.count() > 0);
    if series.len() > SERIES_MOST {
        // The sort keeps the order of those that are equal.
        series.sort_by_key(|series| std::cmp::Reverse(series.histogram.count()));
        series.truncate(SERIES_MOST);
    }
    series
}

fn message(record: &Record) -> String {
    let latencies = record.latencies.as_ref().map(|latencies| latencies.since(record.warmup_s(), None));
    let Some(all) = latencies.filter(|all| all.count() > 0) else { return String::new() };
    let total = record.findings.as_ref().map(|findings| &findings.summary.total);
    let length = |share: f64| figure::length(percentile_ms(&all, total, share));
    let mut text = format!(
        "Of {} half came within {}, 99 % within {}",
        counted(all.count(), "good answer"),
        length(0.5),
        length(0.99)
    );
    if all.count() >= 10_000 {
        text.push_str(&format!(", 99.9 % within {}", length(0.999)));
    }
    text.push('.');
    text
}

fn key_text(series: &Series) -> String {
    let length = |share: f64| figure::length(percentile_ms(&series.histogram, series.told, share));
    format!("{}: p50 {}, p99 {}", series.name, length(0.5), length(0.99))
}

/// The share of the answers within 5 % of each latency, so that the width of cells does not
/// matter.
fn shares(histogram: &Histogram) -> Vec<(f64, f64)> {
    let together = match histogram.count() {
        many if many >= ANSWERS_FOR_FINE_CELLS => 1,
        some if some >= ANSWERS_FOR_FINE_CELLS / 10 => 2,
        some if some >= ANSWERS_FOR_FINE_CELLS / 100 => 4,
        _ => 8,
    };
    let first = histogram.cells().iter().position(|&count| count > 0).unwrap_or(0);
    let last = histogram.cells().iter().rposition(|&count| count > 0).unwrap_or(0);
    // One empty piece at either end brings the curve down to nothing.
    let first = (first / together).saturating_sub(1) * together;
    let mut shares = Vec::new();
    let mut cell = first;
    while cell <= last + together && cell + together <= CELLS {
        let sum: u64 = histogram.cells()[cell..cell + together].iter().sum();
        let (low, high) = (bounds(cell).0 as f64, bounds(cell + together - 1).1 as f64 + 1.0);
        let width = libm::log(high / low.max(1.0));
        let share = sum as f64 / histogram.count() as f64 * libm::log(1.05 / 0.95) / width.max(1e-9);
        shares.push(((low.max(1.0) * high).sqrt() * NANOSECOND_MS, share.min(1.0)));
        cell += together;
    }
    shares
}

fn spread(page: &mut Page, panel: &Panel, scale: &Scale, series: &[Series]) {
    let curves: Vec<Vec<(f64, f64)>> = series.iter().map(|series| shares(&series.histogram)).collect();
    let most = curves.iter().flatten().map(|(_, share)| *share).fold(0.0, f64::max);
    let ticks = ticks_from_zero(most * 100.0, 4);
    let rows = Scale::linear(0.0, ticks[ticks.len() - 1], panel.bottom(), panel.top);
    let ticks: Vec<(f64, String)> = ticks
        .into_iter()
        .map(|value| (rows.place(value), format!("{} %", (value * 1e6).round() / 1e6)))
        .collect();
    page.rows(panel, &ticks);
    for (number, curve) in curves.iter().enumerate() {
        let color = series_color(&page.palette, number);
        let points: Vec<Point> =
            curve.iter().map(|(latency, share)| (scale.place(*latency), rows.place(share * 100.0))).collect();
        if series.len() == 1 {
            let mut ground = points.clone();
            let ends = (points[0].0, points[points.len() - 1].0);
            ground.extend([(ends.1, panel.bottom()), (ends.0, panel.bottom())]);
            page.drawing.polygon(ground, color.mix(page.palette.background, 0.8));
        }
        page.drawing.line(&points, color, 1.8);
    }
}

fn tail(page: &mut Page, panel: &Panel, scale: &Scale, series: &[Series]) {
    let answers = series.iter().map(|series| series.histogram.count()).max().unwrap_or(1);
    let power = libm::ceil(libm::log10(answers as f64) - 1e-9).clamp(2.0, -libm::log10(RAREST));
    let rarest = libm::pow(10.0, -power);
    let rows = Scale::logarithmic(rarest, 1.0, panel.bottom(), panel.top);
    let ticks: Vec<(f64, String)> = (0..=power as i32)
        .map(|power| {
            let share = libm::pow(10.0, -f64::from(power));
            let text = match power {
                0 => "all".to_owned(),
                power => format!("1 in {}", count(libm::pow(10.0, f64::from(power)).round() as u64)),
            };
            (rows.place(share), text)
        })
        .collect();
    page.rows(panel, &ticks);
    for (number, series) in series.iter().enumerate() {
        let color = series_color(&page.palette, number);
        let points = tail_points(&series.histogram, rarest);
        let points: Vec<Point> =
            points.into_iter().map(|(latency, share)| (scale.place(latency), rows.place(share))).collect();
        page.drawing.line(&points, color, 1.8);
        for share in [0.5, 0.99, 0.999, 0.9999] {
            // A percentile that rests on less than ten answers is not worth a mark.
            if series.histogram.count() as f64 * (1.0 - share) >= 10.0 {
                let latency = series.histogram.quantile(share) * NANOSECOND_MS;
                page.drawing.circle((scale.place(latency), rows.place(1.0 - share)), 3.2, color);
            }
        }
    }
    let text = "The dots are p50, p99, p99.9 and p99.99.";
    let muted = page.palette.muted;
    let label = super::drawing::Label::new(text, MARGIN, page.top - 5.0, super::frame::SMALL, muted);
    page.drawing.label_if_free(label);
}

/// From all answers down to one of them, or to the rarest that are shown.
fn tail_points(histogram: &Histogram, rarest: f64) -> Vec<(f64, f64)> {
    let all = histogram.count();
    let least = (1.0 / all as f64).max(rarest);
    let mut left = all;
    let mut points = vec![(histogram.minimum().unwrap_or(0).max(1) as f64 * NANOSECOND_MS, 1.0)];
    for (cell, &inside) in histogram.cells().iter().enumerate().filter(|(_, inside)| **inside > 0) {
        left -= inside;
        let share = left as f64 / all as f64;
        let end = bounds(cell).1.min(histogram.maximum().unwrap_or(u64::MAX)).max(1);
        points.push((end as f64 * NANOSECOND_MS, share.max(least)));
        if share < least {
            break;
        }
    }
    points
}
