//! Who calls whom: the redder a box or a line, the fuller the fullest of what belongs to it was in its
//! fullest time bucket; the wider a line, the more calls. A thick frame marks what takes requests with
//! it when it alone is down.

use super::drawing::{Anchor, Drawing, Label};
use super::frame::{Look, MARGIN, NORMAL, Page, SMALL};
use super::scale::short_length;
use super::topology_boxes::{Full, Item, Member, Sketch, sketch};
use super::topology_hosts::{frame_hosts, hosts_apart};
use super::topology_layout::{Layout, lay_out};
use super::topology_lines::{End, curve, draw_line, name_line};
use crate::diagnosis::FULL;
use crate::output::record::Record;

const BOX_WIDTH_MOST: f64 = 150.0;
const BOX_WIDTH_LEAST: f64 = 74.0;
const COLUMN_GAP_LEAST: f64 = 30.0;
const BOX_HEIGHT: f64 = 46.0;
/// Around the boxes that stand on one host, with its name above them.
pub(super) const HOST_PADDING: f64 = 10.0;
pub(super) const HOST_HEADING: f64 = 18.0;
pub(super) const FRAME: f64 = 2.6;
const DOT: f64 = 9.0;

pub fn draw(records: &[&Record], look: &Look) -> Drawing {
    let title = match records {
        [record] => format!("Who calls whom in {}", record.name),
        _ => "Who calls whom".to_owned(),
    };
    let sketches: Vec<Sketch> = records.iter().map(|record| sketch(record)).collect();
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
        draw_sketch(&mut page, sketch);
    }
    page.finish()
}

fn message(sketch: &Sketch) -> String {
    let members = || sketch.items.iter().flat_map(|item| &item.members).chain(&sketch.hosts);
    let single: Vec<&str> =
        members().filter(|member| member.is_single_point).map(|member| member.name.as_str()).collect();
    let mut text = match single.as_slice() {
        [] => "There is no single point of failure.".to_owned(),
        [one] => format!("One single point of failure: {one}."),
        few if few.len() <= 8 => format!("{} single points of failure: {}.", few.len(), few.join(", ")),
        many => format!("{} single points of failure.", many.len()),
    };
    let of_members = members().filter_map(|member| member.full.as_ref());
    let of_lines = sketch.calls.iter().filter_map(|call| call.full.as_ref());
    let mut full: Vec<String> = Vec::new();
    for one in of_members.chain(of_lines).filter(|one| one.fullest >= FULL) {
        let told = format!("{} ({})", one.resource, percent(one.fullest));
        // What lies between some may lie between others as well.
        if !full.contains(&told) {
            full.push(told);
        }
    }
    match full.as_slice() {
        [] => {}
        few if few.len() <= 6 => text.push_str(&format!(" Fullest: {}.", few.join(", "))),
        many => text.push_str(&format!(
            " At times {} things were in use by {} or more.",
            many.len(),
            percent(FULL)
        )),
    }
    if sketch.calls_left_out > 0 {
        text.push_str(&format!(" {} calls with little traffic are not shown.", sketch.calls_left_out));
    }
    text
}

/// "in use in its fullest 5 s (and on average)"
fn key_to_shares(sketches: &[Sketch]) -> String {
    let members = sketches.iter().flat_map(|sketch| {
        let members = sketch.items.iter().flat_map(|item| &item.members).chain(&sketch.hosts);
        let of_lines = sketch.calls.iter().filter_map(|call| call.full.as_ref());
        members.filter_map(|member| member.full.as_ref()).chain(of_lines)
    });
    let lengths: Vec<f64> = members.map(|full| full.length_s).collect();
    match lengths.split_first() {
        Some((first, others)) if others.iter().all(|other| other == first) => {
            format!("in use in its fullest {} (and on average): 0 %", short_length(*first))
        }
        _ => "in use in its fullest stretch (and on average): 0 %".to_owned(),
    }
}

fn key(page: &mut Page, sketches: &[Sketch]) {
    page.top += 12.0;
    let (muted, ink) = (page.palette.muted, page.palette.ink);
    let mut x = MARGIN;
    let word = |page: &mut Page, x: f64, text: &str| {
        let label = Label::new(text, x, page.top, SMALL, muted);
        let end = x + label.width();
        page.drawing.label(label);
        end
    };
    x = word(page, x, &key_to_shares(sketches)) + 6.0;
    for step in 0..=10 {
        let color = page.palette.fullness_of(f64::from(step) / 10.0);
        page.drawing.rectangle(x, page.top - 9.0, 12.0, 10.0, color);
        x += 12.0;
    }
    x = word(page, x + 6.0, "100 %") + 22.0;
    let room = |page: &mut Page, x: f64, needed: f64| {
        if x + needed <= page.width() - MARGIN {
            return x;
        }
        page.top += 18.0;
        MARGIN
    };
    x = room(page, x, 160.0);
    page.drawing.outline(x, page.top - 11.0, 20.0, 13.0, ink, FRAME);
    x = word(page, x + 26.0, "single point of failure") + 22.0;
    x = room(page, x, 150.0);
    for (number, width) in [1.0, 3.0, 6.0].into_iter().enumerate() {
        let y = page.top - 4.0;
        let from = x + 12.0 * number as f64;
        draw_line(page, &[(from, y), (from + 12.0, y)], width, None);
    }
    x = word(page, x + 42.0, "calls per second") + 22.0;
    x = room(page, x, 230.0);
    let y = page.top - 4.0;
    draw_line(page, &[(x, y), (x + 36.0, y)], 3.0, Some(0.6));
    word(page, x + 42.0, "only so much goes through, or at once");
    page.top += 14.0;
}

/// Where a column of boxes stands.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    left: f64,
    pub(super) box_width: f64,
    step: f64,
    /// More columns than fit go on below.
    columns_per_band: usize,
    band_height: f64,
    top: f64,
}

impl Grid {
    fn new(page: &Page, layout: &Layout) -> Grid {
        let room = page.width() - 2.0 * MARGIN - 2.0 * HOST_PADDING;
        let columns = layout.columns.max(1);
        let fitting = ((room + COLUMN_GAP_LEAST) / (BOX_WIDTH_LEAST + COLUMN_GAP_LEAST)) as usize;
        let columns_per_band = columns.min(fitting.max(1));
        let share = room / (columns_per_band as f64 + (columns_per_band as f64 - 1.0) * 0.45);
        let box_width = share.clamp(BOX_WIDTH_LEAST, BOX_WIDTH_MOST);
        let step = match columns_per_band {
            1 => 0.0,
            many => ((room - box_width) / (many as f64 - 1.0)).min(box_width + 160.0),
        };
        Grid {
            left: MARGIN + HOST_PADDING,
            box_width,
            step,
            columns_per_band,
            band_height: layout.height + 40.0,
            top: page.top + HOST_HEADING + HOST_PADDING,
        }
    }

    /// The left edge of a column, and how far down its band lies.
    pub(super) fn column(&self, column: usize) -> (f64, f64) {
        let band = column / self.columns_per_band;
        let x = self.left + self.step * (column % self.columns_per_band) as f64;
        (x, self.top + self.band_height * band as f64)
    }

    fn bands(&self, columns: usize) -> usize {
        columns.div_ceil(self.columns_per_band).max(1)
    }
}

fn draw_sketch(page: &mut Page, sketch: &Sketch) {
    if sketch.items.is_empty() {
        page.note("No request reaches a node.");
        return;
    }
    let heights: Vec<f64> = sketch.items.iter().map(height).collect();
    let calls: Vec<(usize, usize)> = sketch.calls.iter().map(|call| (call.from, call.to)).collect();
    let starts: Vec<usize> = (0..sketch.items.len()).filter(|&it| sketch.items[it].is_user()).collect();
    let family: Vec<usize> = sketch
        .items
        .iter()
        .enumerate()
        .map(|(it, item)| item.host.map_or(sketch.hosts.len() + it, |host| host))
        .collect();
    let clearance = if sketch.hosts.is_empty() { 0.0 } else { HOST_HEADING + 2.0 * HOST_PADDING - 8.0 };
    let layout = lay_out(&heights, &calls, &starts, (&family, clearance));
    let grid = Grid::new(page, &layout);
    let places: Vec<(f64, f64)> = layout
        .boxes
        .iter()
        .map(|placed| {
            let (x, y) = grid.column(placed.column);
            (x, y + placed.y - placed.height / 2.0)
        })
        .collect();
    let framed = frame_hosts(page, sketch, &grid, &places, &heights);
    let most = sketch.calls.iter().map(|call| call.calls_per_s).fold(0.0, f64::max);
    for (call, way) in sketch.calls.iter().zip(&layout.ways) {
        let share = if most > 0.0 { (call.calls_per_s / most).sqrt() } else { 0.0 };
        let points = curve(&grid, way, &places, &heights);
        draw_line(page, &points, 1.0 + 5.0 * share, call.full.as_ref().map(|full| full.fullest));
    }
    for (item, &(x, y)) in sketch.items.iter().zip(&places) {
        draw_item(page, sketch, item, (x, y, grid.box_width), &framed);
    }
    for (call, way) in sketch.calls.iter().zip(&layout.ways) {
        let in_frame = sketch.items[call.to].host.is_some_and(|host| framed[host])
            && sketch.items[call.from].host != sketch.items[call.to].host;
        let leaves_frame = sketch.items[call.from].host.is_some_and(|host| framed[host]) && in_frame;
        let room = End { in_frame, leaves_frame, back: way.back };
        name_line(page, call, &curve(&grid, way, &places, &heights), room);
    }
    page.top = grid.top + grid.band_height * grid.bands(layout.columns) as f64 - 40.0 + HOST_PADDING + 8.0;
    hosts_apart(page, sketch, &framed);
}

fn height(item: &Item) -> f64 {
    match item.members.len() {
        1 => BOX_HEIGHT,
        many => {
            BOX_HEIGHT + (many.div_ceil(Item::DOTS_PER_LINE).min(Item::DOT_LINES_MOST)) as f64 * (DOT + 2.0)
        }
    }
}

fn draw_item(page: &mut Page, sketch: &Sketch, item: &Item, (x, y, width): (f64, f64, f64), framed: &[bool]) {
    let height = height(item);
    let full = item.full();
    let ground = match &full {
        Some(full) if item.members.len() == 1 => page.palette.fullness_of(full.fullest),
        _ => page.palette.background,
    };
    let (color, faint) = (page.palette.ink_on(ground), page.palette.axis);
    page.drawing.rectangle(x, y, width, height, ground);
    let (frame, line) = if item.has_single_point() { (page.palette.ink, FRAME) } else { (faint, 1.0) };
    page.drawing.outline(x, y, width, height, frame, line);
    let inner = width - 16.0;
    let share = |text: String| Label::new(text, x + width - 8.0, y + 36.0, SMALL, color);
    let both = share(full.as_ref().map(both_shares).unwrap_or_default());
    let on = item.host.filter(|&host| !framed[host]).map(|host| sketch.hosts[host].name.as_str());
    let subtitle = Label::new(item.subtitle(on), x + 8.0, y + 36.0, SMALL, color);
    // Where there is little room, what kind of node it is says more than its average.
    let share = match both.width() + 4.0 + subtitle.width() <= inner {
        true => both,
        false => share(full.map(|full| percent(full.fullest)).unwrap_or_default()),
    };
    let share = share.anchored(Anchor::End);
    let room = inner - share.width() - 4.0;
    let title = |size: f64| Label::new(item.title(), x + 8.0, y + 19.0, size, color).bold();
    let size = if title(NORMAL).width() > inner { SMALL } else { NORMAL };
    page.drawing.label(title(size).within(inner));
    page.drawing.label(subtitle.within(room));
    page.drawing.label(share);
    if item.members.len() > 1 {
        dots(page, &item.members, (x + 8.0, y + BOX_HEIGHT - 3.0, inner));
    }
}

/// A small square for each of many.
fn dots(page: &mut Page, members: &[Member], (x, y, width): (f64, f64, f64)) {
    let step = (width / Item::DOTS_PER_LINE as f64).min(DOT + 2.0);
    for (number, member) in members.iter().take(Item::DOTS_PER_LINE * Item::DOT_LINES_MOST).enumerate() {
        let place = (number % Item::DOTS_PER_LINE, number / Item::DOTS_PER_LINE);
        let color = page.palette.fullness_of(member.fullest());
        let (left, top) = (x + step * place.0 as f64, y + (DOT + 2.0) * place.1 as f64);
        page.drawing.rectangle(left, top, step - 1.5, DOT, color);
        let (ink, axis) = (page.palette.ink, page.palette.axis);
        let edge = if member.is_single_point { ink } else { axis };
        page.drawing.outline(left, top, step - 1.5, DOT, edge, 0.6);
    }
}

pub(super) fn percent(share: f64) -> String {
    match share * 100.0 {
        small if (0.05..0.95).contains(&small) => format!("{small:.1} %"),
        large => format!("{large:.0} %"),
    }
}

/// `98 % (43 %)`: in the fullest time bucket, and on average.
pub(super) fn both_shares(full: &Full) -> String {
    match full.mean {
        Some(mean) => format!("{} ({})", percent(full.fullest), percent(mean)),
        None => percent(full.fullest),
    }
}
