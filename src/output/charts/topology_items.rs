//! The boxes of a topology: how full a node is, how often it is there, and who stands by.

use super::drawing::{Anchor, Label};
use super::frame::{NORMAL, Page, SMALL};
use super::theme::Color;
use super::topology::{FRAME, mark_failed};
use super::topology_boxes::{Full, Item, Member, Sketch, percent};
use super::topology_labels::Area;

const BOX_HEIGHT: f64 = 46.0;
const DOT: f64 = 9.0;
/// How far the one behind looks out.
const BEHIND: f64 = 4.0;
const DASH: f64 = 4.0;

pub fn height(item: &Item) -> f64 {
    match item.members.len() {
        1 => BOX_HEIGHT,
        many => {
            BOX_HEIGHT + (many.div_ceil(Item::DOTS_PER_LINE).min(Item::DOT_LINES_MOST)) as f64 * (DOT + 2.0)
        }
    }
}

/// Returns what it takes up.
pub fn draw_item(
    page: &mut Page,
    sketch: &Sketch,
    item: &Item,
    (x, y, width): (f64, f64, f64),
    framed: &[bool],
) -> Area {
    let height = height(item);
    let full = item.full();
    let ground = match &full {
        Some(full) if item.members.len() == 1 => page.palette.fullness_of(full.fullest),
        _ => page.palette.background,
    };
    let behind = draw_behind(page, item, (x, y, width, height), ground);
    let (color, faint) = (page.palette.ink_on(ground), page.palette.axis);
    page.drawing.rectangle(x, y, width, height, ground);
    let (frame, line) = if item.has_single_point() { (page.palette.ink, FRAME) } else { (faint, 1.0) };
    page.drawing.outline(x, y, width, height, frame, line);
    let inner = width - 16.0;
    write_below(page, sketch, item, (x + 8.0, y + 36.0, inner, color), framed);
    let title = |size: f64| Label::new(item.title(), x + 8.0, y + 19.0, size, color).bold();
    let size = if title(NORMAL).width() > inner { SMALL } else { NORMAL };
    page.drawing.label(title(size).within(inner));
    if item.members.len() > 1 {
        dots(page, &item.members, (x + 8.0, y + BOX_HEIGHT - 3.0, inner));
    }
    let (top, right) = (y - behind, x + width + behind);
    if !item.has_failed() {
        return (x, top, right, y + height);
    }
    let mark = mark_failed(page, x + width, y);
    (x, top.min(mark.1), right.max(mark.2), y + height)
}

/// What it is, and at the right how full.
fn write_below(
    page: &mut Page,
    sketch: &Sketch,
    item: &Item,
    (x, y, inner, color): (f64, f64, f64, Color),
    framed: &[bool],
) {
    let on = item.host.filter(|&host| !framed[host] && sketch.folded_of.is_none());
    let texts = item.subtitles(on.map(|host| sketch.hosts[host].name.as_str()));
    let subtitles: Vec<Label> = texts.into_iter().map(|text| Label::new(text, x, y, SMALL, color)).collect();
    // Of many it is said how full they are at most.
    let full = item.full().filter(|_| item.members.len() == 1);
    let shares: Vec<Label> = full
        .iter()
        .flat_map(|full| [Full::both(full), percent(full.fullest)])
        .map(|text| Label::new(text, x + inner, y, SMALL, color).anchored(Anchor::End))
        .collect();
    // Where there is little room, what kind of node it is says more than its average.
    let last = subtitles.len().saturating_sub(1);
    let room = |share: Option<&Label>| inner - share.map_or(0.0, |share| share.width() + 4.0);
    let fits = |subtitle: &Label, share: Option<&Label>| subtitle.width() <= room(share);
    let choice = subtitles.iter().enumerate().find_map(|(number, subtitle)| match shares.is_empty() {
        true => fits(subtitle, None).then_some((number, None)),
        false => shares.iter().find(|share| fits(subtitle, Some(share))).map(|share| (number, Some(share))),
    });
    let (number, share) = choice.unwrap_or((last, shares.last()));
    page.drawing.label(subtitles[number].clone().within(room(share)));
    if let Some(share) = share {
        page.drawing.label(share.clone());
    }
}

/// Of several there is another behind it, and the same with an open edge for one that stands by.
/// Returns how far they look out.
fn draw_behind(
    page: &mut Page,
    item: &Item,
    (x, y, width, height): (f64, f64, f64, f64),
    ground: Color,
) -> f64 {
    let [member] = item.members.as_slice() else { return 0.0 };
    let layers = [(member.replicas > 1, false), (member.standbys > 0, true)];
    let count = layers.iter().filter(|(is_there, _)| *is_there).count();
    let color = page.palette.axis;
    let mut out = BEHIND * count as f64;
    for (_, is_open) in layers.into_iter().rev().filter(|(is_there, _)| *is_there) {
        let (left, top) = (x + out, y - out);
        let ground = if is_open { page.palette.background } else { ground };
        page.drawing.rectangle(left, top, width, height, ground);
        match is_open {
            false => page.drawing.outline(left, top, width, height, color, 1.0),
            true => dashed(page, left, top, left + width, top + height),
        }
        out -= BEHIND;
    }
    BEHIND * count as f64
}

/// The upper and the right edge, which are all that can be seen.
fn dashed(page: &mut Page, left: f64, top: f64, right: f64, bottom: f64) {
    let color = page.palette.muted;
    let dashes = |length: f64| (0..(length / (2.0 * DASH)) as usize).map(|number| 2.0 * DASH * number as f64);
    for at in dashes(right - left) {
        page.drawing.line(&[(left + at, top + 0.5), (left + at + DASH, top + 0.5)], color, 1.0);
    }
    for at in dashes(bottom - top) {
        page.drawing.line(&[(right - 0.5, top + at), (right - 0.5, top + at + DASH)], color, 1.0);
    }
}

/// A small square for each of many, the fullest first.
fn dots(page: &mut Page, members: &[Member], (x, y, width): (f64, f64, f64)) {
    let step = (width / Item::DOTS_PER_LINE as f64).min(DOT + 2.0);
    let mut members: Vec<&Member> = members.iter().collect();
    members.sort_by(|a, b| b.fullest().total_cmp(&a.fullest()));
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
