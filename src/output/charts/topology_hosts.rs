//! Hosts in the picture of a topology: frames around what stands on them, or a list below.

use super::drawing::{Anchor, Label};
use super::frame::{MARGIN, Page, SMALL};
use super::topology::{FRAME, Grid, HOST_HEADING, HOST_PADDING, both_shares, percent};
use super::topology_boxes::{Member, Sketch};

/// A frame around all that stands on a host, where nothing else comes into it.
pub fn frame_hosts(
    page: &mut Page,
    sketch: &Sketch,
    grid: &Grid,
    places: &[(f64, f64)],
    heights: &[f64],
) -> Vec<bool> {
    let mut framed = vec![false; sketch.hosts.len()];
    let mut frames: Vec<(f64, f64, f64, f64)> = Vec::new();
    for (number, host) in sketch.hosts.iter().enumerate() {
        let inside: Vec<usize> =
            (0..places.len()).filter(|&it| sketch.items[it].host == Some(number)).collect();
        let Some(&first) = inside.first() else { continue };
        let edges = |it: usize| {
            let (x, y) = places[it];
            (x, y, x + grid.box_width, y + heights[it])
        };
        let around = inside
            .iter()
            .map(|&it| edges(it))
            .fold(edges(first), |a, b| (a.0.min(b.0), a.1.min(b.1), a.2.max(b.2), a.3.max(b.3)));
        let (left, top) = (around.0 - HOST_PADDING, around.1 - HOST_PADDING - HOST_HEADING);
        let (right, bottom) = (around.2 + HOST_PADDING, around.3 + HOST_PADDING);
        let apart = |other: (f64, f64, f64, f64)| {
            other.2 <= left || other.0 >= right || other.3 <= top || other.1 >= bottom
        };
        let strangers = (0..places.len()).filter(|it| !inside.contains(it));
        if !strangers.map(edges).all(apart) || !frames.iter().copied().all(apart) {
            continue;
        }
        framed[number] = true;
        frames.push((left, top, right, bottom));
        let (shade, ink) = (page.palette.shade, page.palette.ink);
        page.drawing.rectangle(left, top, right - left, bottom - top, shade);
        let (color, line) = if host.is_single_point { (ink, FRAME) } else { (page.palette.axis, 1.0) };
        page.drawing.outline(left, top, right - left, bottom - top, color, line);
        // Beside the fullest the average, if there is room for both.
        let width_of = |text: &str| Label::new(text, 0.0, 0.0, SMALL, ink).width() + 8.0;
        let share = host.full.as_ref().map(both_shares);
        let has_room = |text: &String| width_of(text) <= (right - left) / 2.0;
        let share = share.filter(has_room).or_else(|| host.full.as_ref().map(|full| percent(full.fullest)));
        let use_width = share.as_ref().map_or(0.0, |share| width_of(share).max(44.0));
        let name = Label::new(host.title(), left + 8.0, top + 16.0, SMALL, ink).bold();
        page.drawing.label(name.within(right - left - 18.0 - use_width));
        if let Some(share) = share {
            let ground = page.palette.fullness_of(host.fullest());
            page.drawing.rectangle(right - use_width - 4.0, top + 4.0, use_width, 15.0, ground);
            let color = page.palette.ink_on(ground);
            let label = Label::new(share, right - use_width / 2.0 - 4.0, top + 15.5, SMALL, color);
            page.drawing.label(label.anchored(Anchor::Middle));
        }
    }
    framed
}

/// Hosts that could not be drawn around what stands on them.
pub fn hosts_apart(page: &mut Page, sketch: &Sketch, framed: &[bool]) {
    let apart: Vec<&Member> =
        sketch.hosts.iter().zip(framed).filter(|(_, framed)| !**framed).map(|(host, _)| host).collect();
    if apart.is_empty() {
        return;
    }
    page.panel_heading("hosts", MARGIN, &[]);
    const WIDTH: f64 = 150.0;
    const HEIGHT: f64 = 24.0;
    let per_line = ((page.width() - 2.0 * MARGIN + 8.0) / (WIDTH + 8.0)).max(1.0) as usize;
    const LINES_MOST: usize = 3;
    let shown = apart.len().min(per_line * LINES_MOST);
    let mut order = apart.clone();
    if shown < apart.len() {
        order.sort_by(|a, b| b.fullest().total_cmp(&a.fullest()));
    }
    let top = page.top;
    for (number, host) in order.iter().take(shown).enumerate() {
        let (x, y) = (
            MARGIN + (WIDTH + 8.0) * (number % per_line) as f64,
            top + (HEIGHT + 8.0) * (number / per_line) as f64,
        );
        let ground = page.palette.fullness_of(host.fullest());
        let color = page.palette.ink_on(ground);
        page.drawing.rectangle(x, y, WIDTH, HEIGHT, ground);
        let (frame, line) =
            if host.is_single_point { (page.palette.ink, FRAME) } else { (page.palette.axis, 1.0) };
        page.drawing.outline(x, y, WIDTH, HEIGHT, frame, line);
        let share = host.full.as_ref().map(both_shares).unwrap_or_default();
        let share = Label::new(share, x + WIDTH - 8.0, y + 16.5, SMALL, color).anchored(Anchor::End);
        let room = WIDTH - 20.0 - share.width();
        page.drawing.label(Label::new(host.title(), x + 8.0, y + 16.5, SMALL, color).bold().within(room));
        page.drawing.label(share);
        page.top = y + HEIGHT;
    }
    page.top += 8.0;
    if shown < apart.len() {
        page.note(&format!("and {} less busy hosts", apart.len() - shown));
    }
}
