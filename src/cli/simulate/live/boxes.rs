//! Nodes as boxes in columns, callers to the left of those they call, and their hosts below.

use super::drawing::{Canvas, down, name_style, occupied, percent, rate, titled};
use super::ink::{EAST, Ink, NORTH, SOUTH, WEST};
use super::state::{BOX_LINES, LINE_HEIGHT, NodeNow, Picture};
use ratatui::style::Style;
use ratatui::text::Line;

const BOX_WIDTH_LEAST: usize = 18;
const BOX_WIDTH_MOST: usize = 28;
/// Between two columns, for the lines.
const GUTTER: usize = 6;
/// Places in a gutter at which lines turn.
const TURNS: usize = 3;
/// A host with its bar.
const HOST_WIDTH: usize = 44;
const HOST_BAR: usize = 10;

pub struct Grid {
    width: usize,
    box_width: usize,
    /// Lines of all boxes, without the hosts.
    lines: usize,
    hosts_per_line: usize,
}

impl Grid {
    /// If everything has its place in so much room.
    pub fn fitting(picture: &Picture, width: usize, height: usize) -> Option<Grid> {
        let columns = picture.layout.columns;
        if picture.layout.boxes.is_empty() || columns == 0 {
            return None;
        }
        let share = ((width + GUTTER) / columns).checked_sub(GUTTER)?;
        let box_width = share.min(BOX_WIDTH_MOST);
        let lines = (0..picture.order.len()).map(|it| top_of(picture, it) + BOX_LINES).max()?;
        let hosts_per_line = (width / HOST_WIDTH).max(1);
        let all = lines + picture.hosts.len().div_ceil(hosts_per_line);
        let fits = box_width >= BOX_WIDTH_LEAST && all <= height;
        fits.then_some(Grid { width, box_width, lines, hosts_per_line })
    }

    fn left(&self, column: usize) -> usize {
        column * (self.box_width + GUTTER)
    }
}

fn top_of(picture: &Picture, it: usize) -> usize {
    let placed = &picture.layout.boxes[it];
    ((placed.y - placed.height / 2.0) / LINE_HEIGHT).round().max(0.0) as usize
}

pub fn draw_boxes(canvas: &mut Canvas, picture: &Picture, grid: &Grid, top: usize, ink: Ink) {
    draw_lines(canvas, picture, grid, top, ink);
    let users = picture.nodes.iter().filter(|node| node.is_user).count();
    for (it, &node) in picture.order.iter().enumerate() {
        let node = &picture.nodes[node];
        let place = (grid.left(picture.layout.boxes[it].column), top + top_of(picture, it));
        // Which of several users sends how much is not counted.
        let sent = (node.is_user && users == 1).then_some(picture.total.offered_per_s);
        draw_box(canvas, node, sent, (place, grid.box_width), ink);
    }
    for (number, &host) in picture.hosts.iter().enumerate() {
        let x = HOST_WIDTH * (number % grid.hosts_per_line);
        let y = top + grid.lines + number / grid.hosts_per_line;
        draw_host(canvas, &picture.nodes[host], (x, y), ink);
    }
}

fn draw_box(
    canvas: &mut Canvas,
    node: &NodeNow,
    sent: Option<f64>,
    ((x, y), width): ((usize, usize), usize),
    ink: Ink,
) {
    let frame = if node.down > 0 { ink.bad() } else { ink.plain() };
    let inner = width - 4;
    let level = ink.line(EAST | WEST).to_string().repeat(width - 2);
    let edge = |left: u8, right: u8| format!("{}{level}{}", ink.line(left), ink.line(right));
    canvas.put((x, y), &edge(EAST | SOUTH, WEST | SOUTH), frame);
    canvas.put((x, y + BOX_LINES - 1), &edge(EAST | NORTH, WEST | NORTH), frame);
    for line in 1..BOX_LINES - 1 {
        let side = ink.line(NORTH | SOUTH);
        canvas.put((x, y + line), &format!("{side}{}{side}", " ".repeat(width - 2)), frame);
    }
    named(canvas, &titled(node), ((x + 1, y), inner + 2), name_style(node, ink));
    if let Some(host) = &node.host {
        named(canvas, host, ((x + 1, y + BOX_LINES - 1), inner + 2), ink.faint());
    }
    let (left, right) = (x + 2, x + 2 + inner);
    let mut at_the_right = |line: usize, text: &str, style: Style| {
        canvas.put((right.saturating_sub(text.chars().count()), y + line), text, style);
    };
    match node.utilisation {
        Some(share) => at_the_right(1, &percent(share), ink.plain()),
        None if node.is_user => at_the_right(1, "users", ink.faint()),
        None => {}
    }
    if node.line > 0 {
        at_the_right(2, &format!("line {}", node.line), ink.doubtful());
    }
    if node.down > 0 {
        at_the_right(3, &down(node), ink.bad());
    } else if node.failed_per_s > 0.0 {
        at_the_right(3, &format!("{} {}", ink.cross(), rate(node.failed_per_s)), ink.bad());
    }
    if let Some(share) = node.utilisation {
        let bar = ink.bar(share, inner.saturating_sub(6));
        canvas.put((left, y + 1), &bar, ink.fullness(share));
    }
    canvas.put((left, y + 2), &occupied(node), ink.plain());
    match sent {
        Some(sent) => canvas.put((left, y + 3), &rate(sent), ink.plain()),
        None if node.is_user => {}
        None => canvas.put((left, y + 3), &rate(node.visits_per_s), ink.plain()),
    }
}

/// A name in a frame, with a blank at each side.
fn named(canvas: &mut Canvas, name: &str, (place, room): ((usize, usize), usize), style: Style) {
    let most = room.saturating_sub(2);
    let name = match name.chars().count() {
        long if long > most => name.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
        _ => name.to_owned(),
    };
    canvas.line(place, &Line::styled(format!(" {name} "), style), room);
}

fn draw_host(canvas: &mut Canvas, host: &NodeNow, (x, y): (usize, usize), ink: Ink) {
    let name: String = titled(host).chars().take(12).collect();
    canvas.put((x, y), &name, name_style(host, ink));
    let share = host.utilisation.unwrap_or(0.0);
    canvas.put((x + 13, y), &ink.bar(share, HOST_BAR), ink.fullness(share));
    let text = format!("{:>5}  {}", host.utilisation.map_or(String::new(), percent), occupied(host));
    canvas.put((x + 13 + HOST_BAR, y), &text, ink.plain());
    if host.down > 0 {
        canvas.put((x + 14 + HOST_BAR + text.chars().count(), y), &down(host), ink.bad());
    }
}

/// Which way lines leave each cell, so that those that meet are drawn as one.
struct Wires {
    width: usize,
    cells: Vec<u8>,
}

impl Wires {
    fn add(&mut self, (x, y): (usize, usize), directions: u8) {
        if x < self.width
            && let Some(cell) = self.cells.get_mut(y * self.width + x)
        {
            *cell |= directions;
        }
    }

    fn level(&mut self, y: usize, columns: std::ops::Range<usize>) {
        columns.for_each(|x| self.add((x, y), EAST | WEST));
    }

    /// From one side of a gutter to the other, up or down at one place in it.
    fn cross(&mut self, from: (usize, usize), to: (usize, usize), turn: usize) {
        self.level(from.1, from.0..turn);
        self.level(to.1, turn + 1..to.0);
        if from.1 == to.1 {
            self.level(from.1, turn..turn + 1);
            return;
        }
        let (away, back) = if from.1 < to.1 { (SOUTH, NORTH) } else { (NORTH, SOUTH) };
        self.add((turn, from.1), WEST | away);
        self.add((turn, to.1), EAST | back);
        for y in from.1.min(to.1) + 1..from.1.max(to.1) {
            self.add((turn, y), NORTH | SOUTH);
        }
    }
}

fn draw_lines(canvas: &mut Canvas, picture: &Picture, grid: &Grid, top: usize, ink: Ink) {
    let mut wires = Wires { width: grid.width, cells: vec![0; grid.width * grid.lines] };
    let middle = |it: usize| top_of(picture, it) + BOX_LINES / 2;
    let mut arrows = Vec::new();
    // Calls back go against all others, and would only hide them.
    for way in picture.layout.ways.iter().filter(|way| !way.back) {
        let column = picture.layout.boxes[way.from].column;
        let mut from = (grid.left(column) + grid.box_width, middle(way.from));
        for &(column, y) in &way.through {
            let to = (grid.left(column), (y / LINE_HEIGHT) as usize);
            wires.cross(from, to, from.0 + 1 + way.from % TURNS);
            wires.level(to.1, to.0..to.0 + grid.box_width);
            from = (to.0 + grid.box_width, to.1);
        }
        let to = (grid.left(picture.layout.boxes[way.to].column), middle(way.to));
        wires.cross(from, to, from.0 + 1 + way.from % TURNS);
        arrows.push((to.0 - 1, to.1));
    }
    for (place, &directions) in wires.cells.iter().enumerate().filter(|(_, cell)| **cell > 0) {
        let (x, y) = (place % grid.width, place / grid.width);
        canvas.put((x, top + y), &ink.line(directions).to_string(), ink.faint());
    }
    for (x, y) in arrows {
        canvas.put((x, top + y), &ink.arrow().to_string(), ink.faint());
    }
}
