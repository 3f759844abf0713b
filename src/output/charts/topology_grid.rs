//! Where boxes stand on the page: in columns from left to right where these fit, else in rows from top to bottom,
//! else in several bands of columns.

use super::drawing::Point;
use super::frame::MARGIN;
use super::topology_boxes::Sketch;
use super::topology_frames::{Frames, HOST_HEADING, HOST_PADDING, ZONE_HEADING, ZONE_PADDING, around};
use super::topology_items::height;
use super::topology_layout::{Layout, Placed, lay_out_around};

const BOX_WIDTH_MOST: f64 = 150.0;
/// Narrower ones are filled only where nothing else is possible.
pub const BOX_WIDTH_READABLE: f64 = 98.0;
const BOX_WIDTH_LEAST: f64 = 74.0;
/// What is tried in rows; where nodes share boxes, rather more of them share than that they are narrow.
const ROW_WIDTHS: [f64; 4] = [BOX_WIDTH_MOST, 132.0, 114.0, BOX_WIDTH_READABLE];
const SHARED_WIDTHS: [f64; 3] = [BOX_WIDTH_MOST, 132.0, 114.0];
const COLUMN_GAP_LEAST: f64 = 30.0;
/// With so much between columns, figures can stand there.
const COLUMN_GAP_USUAL: f64 = 48.0;
const COLUMN_STEP_MORE_MOST: f64 = 160.0;
const ROW_GAP: f64 = 56.0;
/// Between bands; lines that go on in the next one pass there.
const BAND_GAP: f64 = 56.0;
/// How far outside they pass.
const OUT: f64 = 14.0;

pub struct Grid {
    /// Rows from top to bottom.
    pub down: bool,
    pub box_width: f64,
    pub bottom: f64,
    /// Of each column or row, its upper left corner, how thick it is, and in which band.
    lines: Vec<GridLine>,
    left: f64,
    right: f64,
    /// Half-way between each band and the next.
    between: Vec<f64>,
}

#[derive(Clone, Copy)]
struct GridLine {
    corner: Point,
    thickness: f64,
    band: usize,
}

/// What is drawn where.
pub struct Plan {
    pub grid: Grid,
    pub layout: Layout,
    /// The upper left corners of the boxes, and their heights.
    pub places: Vec<Point>,
    pub heights: Vec<f64>,
}

/// None if it fits the page only in bands, or with boxes in which hardly anything can be read.
pub fn plan_well(sketch: &Sketch, top: f64, width: f64) -> Option<Plan> {
    let across = lay_out(sketch, None);
    let columns = Columns::of(sketch, &across, width);
    if columns.bands == 1 && columns.box_width >= BOX_WIDTH_READABLE && sketch.folded_of.is_none() {
        return Some(columns.plan(sketch, across, top));
    }
    let room = width - 2.0 * MARGIN - 2.0 * outermost(sketch);
    let widths: &[f64] = if sketch.folded_of.is_some() { &SHARED_WIDTHS } else { &ROW_WIDTHS };
    widths.iter().find_map(|&box_width| {
        let layout = lay_out(sketch, Some(box_width));
        (layout.height <= room).then(|| rows(sketch, layout, (top, width, box_width)))
    })
}

pub fn plan_anyhow(sketch: &Sketch, top: f64, width: f64) -> Plan {
    let layout = lay_out(sketch, None);
    Columns::of(sketch, &layout, width).plan(sketch, layout, top)
}

/// In rows boxes of a width stand beside each other.
fn lay_out(sketch: &Sketch, box_width: Option<f64>) -> Layout {
    let sizes: Vec<f64> = sketch.items.iter().map(|item| box_width.unwrap_or_else(|| height(item))).collect();
    let calls: Vec<(usize, usize)> = sketch.calls.iter().map(|call| (call.from, call.to)).collect();
    let starts: Vec<usize> = (0..sketch.items.len()).filter(|&it| sketch.items[it].is_user()).collect();
    lay_out_around(&sizes, &calls, &starts, &around(sketch, box_width.is_some()))
}

/// What frames may need at each side.
fn outermost(sketch: &Sketch) -> f64 {
    HOST_PADDING + if sketch.zones.is_empty() { 0.0 } else { ZONE_PADDING }
}

/// What frames may need above the first box.
fn headings(sketch: &Sketch) -> f64 {
    let zones = if sketch.zones.is_empty() { 0.0 } else { ZONE_HEADING + ZONE_PADDING };
    let hosts = if sketch.frames_hosts() { HOST_HEADING + HOST_PADDING } else { 0.0 };
    zones + hosts
}

struct Columns {
    per_band: usize,
    bands: usize,
    box_width: f64,
    step: f64,
}

impl Columns {
    fn of(sketch: &Sketch, layout: &Layout, width: f64) -> Columns {
        let frames = outermost(sketch);
        let room = width - 2.0 * MARGIN - 2.0 * frames;
        let host = if sketch.frames_hosts() { HOST_PADDING } else { 0.0 };
        let zone = frames - HOST_PADDING;
        let (least, usual) = (COLUMN_GAP_LEAST + 2.0 * zone, COLUMN_GAP_USUAL + 2.0 * (zone + host));
        let columns = layout.columns.max(1);
        let width_of = |count: usize, gap: f64| (room - (count as f64 - 1.0) * gap) / count as f64;
        let one_band = width_of(columns, usual).max(width_of(columns, least).min(BOX_WIDTH_READABLE));
        let per_band = match one_band >= BOX_WIDTH_READABLE {
            true => columns,
            false => {
                let fitting = ((room + least) / (BOX_WIDTH_LEAST + least)).max(1.0) as usize;
                let readable = ((room + least) / (BOX_WIDTH_READABLE + least)).max(1.0) as usize;
                let bands = columns.div_ceil(readable.clamp(1, fitting));
                columns.div_ceil(bands)
            }
        };
        let box_width = width_of(per_band, usual).max(width_of(per_band, least).min(BOX_WIDTH_READABLE));
        let box_width = box_width.clamp(BOX_WIDTH_LEAST, BOX_WIDTH_MOST);
        let step = match per_band {
            1 => 0.0,
            many => ((room - box_width) / (many as f64 - 1.0)).min(box_width + COLUMN_STEP_MORE_MOST),
        };
        Columns { per_band, bands: columns.div_ceil(per_band), box_width, step }
    }

    fn plan(&self, sketch: &Sketch, layout: Layout, top: f64) -> Plan {
        let left = MARGIN + outermost(sketch);
        let mut lines = Vec::new();
        let mut between = Vec::new();
        let mut bottom = top;
        for band in 0..self.bands {
            let columns = band * self.per_band..((band + 1) * self.per_band).min(layout.columns);
            let reach = layout.boxes.iter().filter(|placed| columns.contains(&placed.column));
            let ways = layout.ways.iter().flat_map(|way| &way.through);
            let ways = ways.filter(|(column, _)| columns.contains(column)).map(|&(_, y)| (y, y));
            let ends = reach.map(Placed::ends).chain(ways);
            let (first, last) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |all, (first, last)| {
                (all.0.min(first), all.1.max(last))
            });
            let (first, last) = if first <= last { (first, last) } else { (0.0, 0.0) };
            let start = if band == 0 { top } else { bottom + BAND_GAP } + headings(sketch);
            if band > 0 {
                between.push(bottom + BAND_GAP / 2.0 + HOST_PADDING);
            }
            bottom = start + last - first;
            lines.extend(columns.map(|column| {
                let x = left + self.step * (column % self.per_band) as f64;
                GridLine { corner: (x, start - first), thickness: self.box_width, band }
            }));
        }
        let right = left + self.step * (self.per_band as f64 - 1.0) + self.box_width;
        let grid = Grid { down: false, box_width: self.box_width, bottom, lines, left, right, between };
        grid.plan(sketch, layout)
    }
}

fn rows(sketch: &Sketch, layout: Layout, (top, width, box_width): (f64, f64, f64)) -> Plan {
    let left = ((width - layout.height) / 2.0).max(MARGIN + outermost(sketch));
    let mut y = top;
    let mut lines = Vec::new();
    for row in 0..layout.columns {
        let inside = || (0..sketch.items.len()).filter(|&it| layout.boxes[it].column == row);
        // Where a frame begins its heading has to stand.
        let begins = |it: usize| {
            let zone = sketch.items[it].zone;
            let first = (0..sketch.items.len()).filter(|&other| sketch.items[other].zone == zone);
            let first = first.map(|other| layout.boxes[other].column).min();
            if zone.is_some() && first == Some(row) { ZONE_HEADING + ZONE_PADDING } else { 0.0 }
        };
        let hosts = if sketch.frames_hosts() { HOST_HEADING } else { 0.0 };
        y += hosts + inside().map(begins).fold(0.0, f64::max);
        let thickness = inside().map(|it| height(&sketch.items[it])).fold(0.0, f64::max);
        lines.push(GridLine { corner: (left, y), thickness, band: 0 });
        y += thickness + ROW_GAP;
    }
    let bottom = y - ROW_GAP;
    let right = left + layout.height;
    let grid = Grid { down: true, box_width, bottom, lines, left, right, between: Vec::new() };
    grid.plan(sketch, layout)
}

impl Grid {
    fn plan(self, sketch: &Sketch, layout: Layout) -> Plan {
        let heights: Vec<f64> = sketch.items.iter().map(height).collect();
        let place = |placed: &Placed| {
            let (x, y) = self.lines[placed.column].corner;
            let along = placed.y - placed.height / 2.0;
            if self.down { (x + along, y) } else { (x, y + along) }
        };
        let places = layout.boxes.iter().map(place).collect();
        Plan { grid: self, layout, places, heights }
    }

    /// Where a line comes into a column or row, and where it leaves it.
    pub fn passage(&self, column: usize, along: f64) -> [Point; 2] {
        let GridLine { corner: (x, y), thickness, .. } = self.lines[column];
        match self.down {
            true => [(x + along, y), (x + along, y + thickness)],
            false => [(x, y + along), (x + thickness, y + along)],
        }
    }

    pub fn band(&self, column: usize) -> usize {
        self.lines[column].band
    }

    /// Out to the right, back between the bands, and in from the left.
    pub fn to_next_band(&self, from: Point, to: Point, band: usize) -> [Point; 6] {
        let between = self.between[band];
        let (out, back) = (self.right + OUT, self.left - OUT);
        [from, (out, from.1), (out, between), (back, between), (back, to.1), to]
    }
}

impl Plan {
    pub fn frames<'s>(&self, sketch: &'s Sketch) -> Frames<'s> {
        let band = |it: usize| self.grid.band(self.layout.boxes[it].column);
        let edges = |it: usize| {
            let (x, y) = self.places[it];
            (x, y, x + self.grid.box_width, y + self.heights[it])
        };
        Frames::of(sketch, &edges, &band)
    }
}
