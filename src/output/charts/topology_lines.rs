//! The lines of a topology: where they run, how they are drawn, and what is written beside them.

use super::drawing::{Label, Point};
use super::frame::{Page, SMALL};
use super::scale::short_number;
use super::topology_boxes::{Line, percent};
use super::topology_grid::Plan;
use super::topology_labels::Field;
use super::topology_layout::Way;

/// What is drawn at both sides of a line through which only so much goes.
const EDGE: f64 = 0.9;
const THINNEST: f64 = 1.0;
const THICKEST: f64 = 6.0;

pub struct Drawn {
    pub points: Vec<Point>,
    pub width: f64,
}

/// A line for each call, with how wide it is.
pub fn drawn(plan: &Plan, calls: &[Line]) -> Vec<Drawn> {
    let most = calls.iter().map(|call| call.calls_per_s).fold(0.0, f64::max);
    calls
        .iter()
        .zip(&plan.layout.ways)
        .map(|(call, way)| {
            let share = if most > 0.0 { (call.calls_per_s / most).sqrt() } else { 0.0 };
            let width = THINNEST + (THICKEST - THINNEST) * share;
            Drawn { points: curve(plan, way), width }
        })
        .collect()
}

/// As wide as there are calls; with how full it is, if there is only so much of what lies between.
pub fn draw_line(page: &mut Page, points: &[Point], width: f64, full: Option<f64>, is_busiest: bool) {
    let ground = page.palette.background;
    let plain = if is_busiest { page.palette.muted } else { page.palette.axis.mix(ground, 0.25) };
    let Some(full) = full else {
        page.drawing.line(points, plain, width);
        return;
    };
    page.drawing.line(points, plain, width + 2.0 * EDGE);
    let color = page.palette.fullness_of(full);
    page.drawing.line(points, color, width);
}

/// How wide it is with what is drawn at its sides.
pub fn whole_width(call: &Line, drawn: &Drawn) -> f64 {
    drawn.width + if call.full.is_some() { 2.0 * EDGE } else { 0.0 }
}

/// From the far side of the caller to the near side of the called, past what is between.
fn curve(plan: &Plan, way: &Way) -> Vec<Point> {
    let Plan { grid, layout, places, heights } = plan;
    let side = |it: usize, far: f64| {
        let (x, y) = places[it];
        match grid.down {
            true => (x + grid.box_width / 2.0, y + far * heights[it]),
            false => (x + far * grid.box_width, y + heights[it] / 2.0),
        }
    };
    let (from, to) = (side(way.from, 1.0), side(way.to, 0.0));
    if way.back {
        return match grid.down {
            true => around(turned(from), turned(to), grid.box_width / 2.0).into_iter().map(turned).collect(),
            false => around(from, to, heights[way.from] / 2.0),
        };
    }
    let band = |it: usize| grid.band(layout.boxes[it].column);
    let mut stops = vec![(band(way.from), from)];
    for &(column, along) in &way.through {
        stops.extend(grid.passage(column, along).map(|point| (grid.band(column), point)));
    }
    stops.push((band(way.to), to));
    let mut points = Vec::new();
    for pair in stops.windows(2) {
        let ((band, from), (next, to)) = (pair[0], pair[1]);
        match (band == next, grid.down) {
            (true, true) => {
                let mut part = Vec::new();
                bend(&mut part, turned(from), turned(to));
                points.extend(part.into_iter().map(turned));
            }
            (true, false) => bend(&mut points, from, to),
            (false, _) => points.extend(grid.to_next_band(from, to, band)),
        }
    }
    points
}

/// What runs down runs to the right, and the other way round.
fn turned((x, y): Point) -> Point {
    (y, x)
}

const CURVE_POINTS: usize = 14;

/// An S whose ends are level.
fn bend(points: &mut Vec<Point>, from: Point, to: Point) {
    if from.1 == to.1 {
        points.extend([from, to]);
        return;
    }
    let reach = ((to.0 - from.0) / 2.0).abs().max(24.0);
    for number in 0..=CURVE_POINTS {
        let t = number as f64 / CURVE_POINTS as f64;
        let weights = [
            (1.0 - t) * (1.0 - t) * (1.0 - t),
            3.0 * t * (1.0 - t) * (1.0 - t),
            3.0 * t * t * (1.0 - t),
            t * t * t,
        ];
        let x = weights[0] * from.0
            + weights[1] * (from.0 + reach)
            + weights[2] * (to.0 - reach)
            + weights[3] * to.0;
        let y = (weights[0] + weights[1]) * from.1 + (weights[2] + weights[3]) * to.1;
        points.push((x, y));
    }
}

/// Back to where the calls came from, below the boxes.
fn around(from: Point, to: Point, half_height: f64) -> Vec<Point> {
    let below = from.1.max(to.1) + half_height + 11.0;
    let out = 10.0;
    vec![from, (from.0 + out, from.1), (from.0 + out, below), (to.0 - out, below), (to.0 - out, to.1), to]
}

/// How many calls there are, and how full it is between. The busier a line, the sooner it chooses
/// where its figures stand; those for which there is no room stand only in the files.
pub fn name_lines(page: &mut Page, calls: &[Line], numbers: &[usize], field: &mut Field) {
    let mut order: Vec<usize> = (0..calls.len()).collect();
    let weight = |call: &Line| (call.is_busiest, call.full.as_ref().map_or(0.0, |full| full.fullest));
    order.sort_by(|&a, &b| {
        let ((a_busiest, a_full), (b_busiest, b_full)) = (weight(&calls[a]), weight(&calls[b]));
        let by_full = b_busiest.cmp(&a_busiest).then(b_full.total_cmp(&a_full));
        by_full.then(calls[b].calls_per_s.total_cmp(&calls[a].calls_per_s))
    });
    let muted = page.palette.muted;
    for number in order {
        let call = &calls[number];
        let rate = short_number(call.calls_per_s);
        let share = call.full.as_ref().map(|full| percent(full.fullest));
        let texts = match &share {
            _ if call.calls_per_s <= 0.0 => continue,
            Some(share) => vec![format!("{rate}/s, {share}"), format!("{rate}, {share}"), share.clone()],
            // The key at the top says what is counted.
            None => vec![format!("{rate}/s"), rate],
        };
        let texts: Vec<Label> =
            texts.into_iter().map(|text| Label::new(text, 0.0, 0.0, SMALL, muted)).collect();
        field.write_beside(&mut page.drawing, numbers[number], &texts);
    }
}
