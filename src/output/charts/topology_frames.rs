//! Frames in the picture of a topology: hosts around what stands on them, zones around their hosts.

use super::drawing::{Anchor, Label};
use super::frame::{MARGIN, Page, SMALL};
use super::topology::{FRAME, mark_failed};
use super::topology_boxes::{Full, Member, Sketch, percent};
use super::topology_labels::{Area, Field, overlap};
use super::topology_layout::Around;

/// Around the boxes that stand on one host, with its name above them; the same of a zone.
pub const HOST_PADDING: f64 = 10.0;
pub const HOST_HEADING: f64 = 18.0;
pub const ZONE_PADDING: f64 = 8.0;
pub const ZONE_HEADING: f64 = 18.0;
const GAP_IN_ROWS: f64 = 15.0;

struct Frame<'s> {
    area: Area,
    name: String,
    full: Option<&'s Full>,
    is_single_point: bool,
    failed: bool,
}

#[derive(Default)]
pub struct Frames<'s> {
    zones: Vec<Frame<'s>>,
    hosts: Vec<Frame<'s>>,
    /// Which of the hosts have one.
    pub framed: Vec<bool>,
}

/// How boxes are to be kept together and apart so that frames can be drawn around them, in columns or `down`
/// the page in rows, where headings stand between rows.
pub fn around(sketch: &Sketch, down: bool) -> Around {
    let count = sketch.items.len();
    let host = |it: usize| sketch.items[it].host.filter(|_| sketch.frames_hosts());
    let hosts = sketch.hosts.len();
    // Boxes without either are families and lanes of their own.
    let family = (0..count).map(|it| host(it).unwrap_or(hosts + it)).collect();
    let zone = |it: usize| sketch.items[it].zone;
    let lane = match sketch.zones.len() {
        0 => (0..count).map(|it| host(it).unwrap_or(hosts + it)).collect(),
        zones => (0..count).map(|it| zone(it).unwrap_or(zones + it)).collect(),
    };
    let where_host = |room: f64| (0..count).map(|it| if host(it).is_some() { room } else { 0.0 }).collect();
    let where_zone = |room: f64| (0..count).map(|it| if zone(it).is_some() { room } else { 0.0 }).collect();
    let shared = (0..count).map(|it| sketch.items[it].members.len() > 1);
    Around {
        family,
        lane,
        second: if sketch.folded_of.is_some() { shared.collect() } else { Vec::new() },
        narrow: down,
        gap: if down { GAP_IN_ROWS } else { 0.0 },
        above: where_host(HOST_PADDING + if down { 0.0 } else { HOST_HEADING }),
        below: where_host(HOST_PADDING),
        lane_above: where_zone(ZONE_PADDING + if down { 0.0 } else { ZONE_HEADING }),
        lane_below: where_zone(ZONE_PADDING),
    }
}

impl<'s> Frames<'s> {
    /// A frame around all that stands on a host or in a zone, where nothing else comes into it; a zone has one in
    /// each band of the picture in which it is.
    pub fn of(
        sketch: &'s Sketch,
        edges: &dyn Fn(usize) -> Area,
        band: &dyn Fn(usize) -> usize,
    ) -> Frames<'s> {
        let count = sketch.items.len();
        let around = |inside: &[usize], padding: f64, heading: f64| {
            let (first, others) = inside.split_first()?;
            let area = others.iter().map(|&it| edges(it)).fold(edges(*first), whole);
            let area = (area.0 - padding, area.1 - padding - heading, area.2 + padding, area.3 + padding);
            let mut strangers = (0..count).filter(|it| !inside.contains(it));
            strangers.all(|it| !overlap(edges(it), area)).then_some(area)
        };
        let all = |is_in: &dyn Fn(usize) -> bool| (0..count).filter(|&it| is_in(it)).collect::<Vec<_>>();
        let mut found = Frames { framed: vec![false; sketch.hosts.len()], ..Frames::default() };
        for (number, host) in sketch.hosts.iter().enumerate().filter(|_| sketch.frames_hosts()) {
            let inside = all(&|it| sketch.items[it].host == Some(number));
            let Some(area) = around(&inside, HOST_PADDING, HOST_HEADING) else { continue };
            if !found.hosts.iter().any(|other| overlap(other.area, area)) {
                found.framed[number] = true;
                found.hosts.push(Frame {
                    area,
                    name: host.title(),
                    full: host.full.as_ref(),
                    is_single_point: host.is_single_point,
                    failed: host.failed,
                });
            }
        }
        let (padding, heading) = match sketch.frames_hosts() {
            true => (HOST_PADDING + ZONE_PADDING, HOST_HEADING + ZONE_HEADING),
            false => (ZONE_PADDING, ZONE_HEADING),
        };
        let bands = (0..count).map(band).max().map_or(0, |last| last + 1);
        for (number, zone) in sketch.zones.iter().enumerate() {
            for this in 0..bands {
                let inside = all(&|it| sketch.items[it].zone == Some(number) && band(it) == this);
                let Some(area) = around(&inside, padding, heading) else { continue };
                let parts = |other: &Frame| {
                    let inside = (area.0 <= other.area.0 && other.area.2 <= area.2)
                        && (area.1 <= other.area.1 && other.area.3 <= area.3);
                    inside || !overlap(other.area, area)
                };
                if found.zones.iter().any(|other| overlap(other.area, area)) || !found.hosts.iter().all(parts)
                {
                    continue;
                }
                let (name, is_single_point) = (zone.name.clone(), zone.is_single_point);
                found.zones.push(Frame { area, name, full: None, is_single_point, failed: false });
            }
        }
        found
    }
}

fn whole(a: Area, b: Area) -> Area {
    (a.0.min(b.0), a.1.min(b.1), a.2.max(b.2), a.3.max(b.3))
}

impl Frames<'_> {
    /// Below lines and boxes.
    pub fn draw(&self, page: &mut Page, field: &mut Field) {
        for frame in self.zones.iter().chain(&self.hosts) {
            let (left, top, right, bottom) = frame.area;
            let (shade, ink) = (page.palette.shade, page.palette.ink);
            page.drawing.rectangle(left, top, right - left, bottom - top, shade);
            let (color, line) = if frame.is_single_point { (ink, FRAME) } else { (page.palette.axis, 1.0) };
            page.drawing.outline(left, top, right - left, bottom - top, color, line);
            let middle = line / 2.0;
            field.take_edge((left + middle, top + middle, right - middle, bottom - middle), line);
        }
    }

    /// Above lines: these pass below names.
    pub fn name(&self, page: &mut Page, field: &mut Field) {
        for frame in self.zones.iter().chain(&self.hosts) {
            frame.write(page, field);
        }
    }
}

impl Frame<'_> {
    fn write(&self, page: &mut Page, field: &mut Field) {
        let (left, top, right, _) = self.area;
        let (shade, ink) = (page.palette.shade, page.palette.ink);
        // Beside the fullest the average, if there is room for both.
        let width_of = |text: &str| Label::new(text, 0.0, 0.0, SMALL, ink).width() + 8.0;
        let name = Label::new(&*self.name, left + 8.0, top + 16.0, SMALL, ink).bold();
        let room = right - left - 18.0;
        let fits = |text: &String| width_of(text) + name.width() <= room;
        let share =
            self.full.map(Full::both).filter(fits).or_else(|| self.full.map(|full| percent(full.fullest)));
        let use_width = share.as_ref().map_or(0.0, |share| width_of(share).max(36.0));
        let name = name.within(room - use_width);
        // Where no line passes, if there is such a place.
        let tab_at = |x: f64| (x - 3.0, top + 4.0, x + 3.0 + name.width(), top + 20.0);
        let last = (right - 14.0 - use_width - name.width()).max(left + 8.0);
        let mut tried = (0..).map(|step| left + 8.0 + 12.0 * f64::from(step)).take_while(|x| *x <= last);
        let x = tried.find(|&x| field.has_no_line(tab_at(x))).unwrap_or(left + 8.0);
        let (name, tab) = (Label { x, ..name.clone() }, tab_at(x));
        page.drawing.rectangle(tab.0, tab.1, tab.2 - tab.0, tab.3 - tab.1, shade);
        page.drawing.label(name);
        field.take(tab);
        if let (Some(share), Some(full)) = (share, self.full) {
            let ground = page.palette.fullness_of(full.fullest);
            let area = (right - use_width - 4.0, top + 4.0, right - 4.0, top + 19.0);
            page.drawing.rectangle(area.0, area.1, use_width, 15.0, ground);
            let color = page.palette.ink_on(ground);
            let label = Label::new(share, right - use_width / 2.0 - 4.0, top + 15.5, SMALL, color);
            page.drawing.label(label.anchored(Anchor::Middle));
            field.take(area);
        }
        if self.failed {
            field.take(mark_failed(page, right, top));
        }
    }
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
        let name = Label::new(host.title(), x + 8.0, y + 16.5, SMALL, color).bold();
        let share =
            |text: String| Label::new(text, x + WIDTH - 8.0, y + 16.5, SMALL, color).anchored(Anchor::End);
        let both = host.full.as_ref().map(|full| share(full.both()));
        let both = both.filter(|both| both.width() + name.width() <= WIDTH - 20.0);
        let only = || host.full.as_ref().map(|full| share(percent(full.fullest)));
        let share = both.or_else(only).unwrap_or_else(|| share(String::new()));
        let room = WIDTH - 20.0 - share.width();
        page.drawing.label(name.within(room));
        page.drawing.label(share);
        if host.failed {
            mark_failed(page, x + WIDTH, y);
        }
        page.top = y + HEIGHT;
    }
    page.top += 8.0;
    if shown < apart.len() {
        page.note(&format!("and {} less busy hosts", apart.len() - shown));
    }
}
