//! The lines of a topology: where they run, how they are drawn, and what is written beside them.

use super::drawing::{Anchor, Label, Point};
use super::frame::{Page, SMALL};
use super::scale::short_number;
use super::topology::{FRAME, Grid, HOST_PADDING, percent};
use super::topology_boxes::Line;
use super::topology_layout::Way;

/// What is drawn at both sides of a line through which only so much goes.
const EDGE: f64 = 0.9;

/// As wide as there are calls; with how full it is, if there is only so much of what lies between.
pub fn draw_line(page: &mut Page, points: &[Point], width: f64, full: Option<f64>) {
    let plain = page.palette.axis.mix(page.palette.background, 0.25);
    let Some(full) = full else {
        page.drawing.line(points, plain, width);
        return;
    };
    page.drawing.line(points, plain, width + 2.0 * EDGE);
    let color = page.palette.fullness_of(full);
    page.drawing.line(points, color, width);
}

/// From the right side of the caller to the left side of the called, past what is between.
pub fn curve(grid: &Grid, way: &Way, places: &[(f64, f64)], heights: &[f64]) -> Vec<Point> {
    let side = |it: usize, right: bool| {
        let (x, y) = places[it];
        (if right { x + grid.box_width } else { x }, y + heights[it] / 2.0)
    };
    let mut stops = vec![side(way.from, true)];
    for &(column, y) in &way.through {
        let (x, top) = grid.column(column);
        stops.push((x, top + y));
        stops.push((x + grid.box_width, top + y));
    }
    stops.push(side(way.to, false));
    if way.back {
        return around(side(way.from, true), side(way.to, false), heights[way.from] / 2.0);
    }
    let mut points = Vec::new();
    for pair in stops.windows(2) {
        bend(&mut points, pair[0], pair[1]);
    }
    points
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

/// What stands around the end of a call.
pub struct End {
    pub in_frame: bool,
    /// A frame that the call leaves takes room as well.
    pub leaves_frame: bool,
    pub back: bool,
}

/// How many calls there are, and how full it is between.
pub fn name_line(page: &mut Page, line: &Line, points: &[Point], around: End) {
    if line.calls_per_s <= 0.0 || points.len() < 2 {
        return;
    }
    // At its end it is clear whose it is; where many end at one box, their beginnings differ.
    let calls = short_number(line.calls_per_s);
    let share = line.full.as_ref().map(|full| percent(full.fullest));
    let texts = match &share {
        Some(share) => vec![format!("{calls}/s, {share}"), format!("{calls}, {share}"), share.clone()],
        // The key at the top says what is counted.
        None => vec![format!("{calls}/s"), calls],
    };
    let (first, last) = (points[0], points[points.len() - 1]);
    let muted = page.palette.muted;
    let room = last.0 - first.0 - 2.0 * (HOST_PADDING + FRAME) - 7.0;
    let fits = |text: &&String| Label::new(text.as_str(), 0.0, 0.0, SMALL, muted).width() <= room;
    let fitting = if around.leaves_frame { texts.iter().position(|text| fits(&text)) } else { Some(0) };
    // A line that comes from above leaves room below it, and the other way round. Where there
    // may be a frame around the box, the text stands before it.
    let (near, far) = if first.1 < last.1 { (16.0, -7.0) } else { (-7.0, 16.0) };
    let before = if around.in_frame { HOST_PADDING + 7.0 } else { 8.0 };
    // A call back comes down beside its end.
    let end = last.0 - if around.back { before + 12.0 } else { before };
    for text in &texts[fitting.unwrap_or(texts.len() - 1)..] {
        for (x, y, anchor) in [
            (end, last.1 + near, Anchor::End),
            (end, last.1 + far, Anchor::End),
            (first.0 + 9.0, first.1 + far, Anchor::Start),
            (first.0 + 9.0, first.1 + near, Anchor::Start),
        ] {
            let label = Label::new(text.as_str(), x, y, SMALL, muted).anchored(anchor);
            if page.drawing.label_if_free(label) {
                return;
            }
        }
    }
}
