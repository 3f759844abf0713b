//! Who calls whom: the redder a box or a line, the fuller the fullest of what belongs to it was in its
//! fullest time bucket; the wider a line, the more calls. A thick frame marks what takes requests with
//! it when it alone is down.

use super::drawing::Drawing;
use super::frame::{Look, MARGIN, Page};
use super::topology_boxes::{Member, Sketch};
use super::topology_frames::{HOST_PADDING, ZONE_PADDING, hosts_apart};
use super::topology_grid::{Plan, plan_anyhow, plan_well};
use super::topology_items::draw_item;
use super::topology_key::{key, message};
use super::topology_labels::{Area, Field};
use super::topology_lines::{draw_line, drawn, name_lines, whole_width};
use super::topology_sketch::sketch;
use crate::output::record::Record;

/// So many nodes of a site that is folded have boxes of their own; the fewer, the more surely all fits the page.
const APART: [usize; 9] = [32, 27, 22, 17, 13, 10, 7, 4, 0];
/// With more boxes than this a site is large.
const BOXES_MOST: usize = 40;
/// So few boxes are never too many.
const FEW: usize = 10;
pub(super) const FRAME: f64 = 2.6;
const MARK: f64 = 5.0;

pub fn draw(records: &[&Record], look: &Look) -> Drawing {
    let title = match records {
        [record] => format!("Who calls whom in {}", record.name),
        _ => "Who calls whom".to_owned(),
    };
    let sketches: Vec<Sketch> = records.iter().map(|record| fitting(record, look.width)).collect();
    let text = match sketches.as_slice() {
        [sketch] => message(sketch),
        many => format!("{} runs, one below the other", many.len()),
    };
    let mut page = match records {
        [_] => Page::of_run(look, &title, &text),
        _ => Page::new(look, &title, &text),
    };
    key(&mut page, &sketches);
    for (record, sketch) in records.iter().zip(&sketches) {
        if records.len() > 1 {
            page.panel_heading(&record.name, MARGIN, &[]);
        }
        if sketch.items.is_empty() {
            page.note("No request reaches a node.");
            continue;
        }
        let plan = plan_well(sketch, page.top, look.width);
        let plan = plan.unwrap_or_else(|| plan_anyhow(sketch, page.top, look.width));
        draw_sketch(&mut page, sketch, &plan);
    }
    page.finish()
}

/// All of it if that fits the page, else with as many nodes apart as fit.
fn fitting(record: &Record, width: f64) -> Sketch {
    let fits = |sketch: &Sketch| plan_well(sketch, 0.0, width).is_some();
    let whole = sketch(record, None);
    if whole.items.len() <= FEW || (whole.items.len() <= BOXES_MOST && fits(&whole)) {
        return whole;
    }
    let folded = APART.into_iter().map(|most| sketch(record, Some(most)));
    folded.reduce(|best, next| if fits(&best) { best } else { next }).unwrap_or(whole)
}

/// Nodes that share a box in the picture.
pub struct SharedBox {
    /// `37 app servers`
    pub title: String,
    pub zone: Option<String>,
    /// Each with the share in use in its fullest time bucket, if something of it can be full; the fullest first.
    pub members: Vec<(String, Option<f64>)>,
}

/// What a picture of so wide a page does not name, so that it can be looked up beside it.
pub fn shared_boxes(record: &Record, width: f64) -> Vec<SharedBox> {
    let sketch = fitting(record, width);
    let shared = sketch.items.iter().filter(|item| item.members.len() > 1).map(|item| {
        let mut members: Vec<&Member> = item.members.iter().collect();
        members.sort_by(|a, b| b.fullest().total_cmp(&a.fullest()));
        let told = |member: &Member| (member.title(), member.full.as_ref().map(|full| full.fullest));
        SharedBox {
            title: item.title(),
            zone: item.zone.map(|zone| sketch.zones[zone].name.clone()),
            members: members.into_iter().map(told).collect(),
        }
    });
    shared.collect()
}

/// A dot at the corner of what has failed. Returns what it takes up.
pub(super) fn mark_failed(page: &mut Page, x: f64, y: f64) -> Area {
    let (down, ground) = (page.palette.down, page.palette.background);
    page.drawing.circle((x, y), MARK + 1.0, ground);
    page.drawing.circle((x, y), MARK, down);
    let reach = MARK + 1.0;
    (x - reach, y - reach, x + reach, y + reach)
}

fn draw_sketch(page: &mut Page, sketch: &Sketch, plan: &Plan) {
    let Plan { grid, places, .. } = plan;
    let (left, right) = (MARGIN / 2.0, page.width() - MARGIN / 2.0);
    let mut field = Field::new((left, page.top - 6.0, right, grid.bottom + HOST_PADDING));
    let frames = plan.frames(sketch);
    frames.draw(page, &mut field);
    let lines = drawn(plan, &sketch.calls);
    let mut order: Vec<usize> = (0..lines.len()).collect();
    // The busiest way is not to be covered.
    order.sort_by_key(|&number| sketch.calls[number].is_busiest);
    for number in order {
        let (call, line) = (&sketch.calls[number], &lines[number]);
        let full = call.full.as_ref().map(|full| full.fullest);
        draw_line(page, &line.points, line.width, full, call.is_busiest);
    }
    let numbers: Vec<usize> = sketch
        .calls
        .iter()
        .zip(&lines)
        .map(|(call, line)| field.take_line(&line.points, whole_width(call, line)))
        .collect();
    for (item, &(x, y)) in sketch.items.iter().zip(places) {
        field.take(draw_item(page, sketch, item, (x, y, grid.box_width), &frames.framed));
    }
    frames.name(page, &mut field);
    name_lines(page, &sketch.calls, &numbers, &mut field);
    page.top = grid.bottom + HOST_PADDING + 2.0 * ZONE_PADDING;
    hosts_apart(page, sketch, &frames.framed);
}
