//! The picture on a screen of any size: what matters most stays longest when there is little room.

use super::boxes::{Grid, draw_boxes};
use super::ink::Ink;
use super::pace::{Pace, speed_text};
use super::state::{Flow, NodeNow, Picture};
use crate::kernel::time::to_seconds;
use crate::output::terminal::count;
use crate::output::terminal::figure::{length, three_digits};
use crate::parts::quantity::format_span;
use crate::parts::resource::ResourceKind;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Running,
    Ended,
}

/// A screen on which nothing can be drawn beside the page.
pub struct Canvas<'b> {
    buffer: &'b mut Buffer,
    area: Rect,
}

/// With fewer lines than these the parts are left out.
const LINES_FOR_PROGRESS: usize = 8;
const LINES_FOR_HISTORY: usize = 15;
const LINES_FOR_CLASSES: usize = 20;
const CLASSES_MOST: usize = 5;
/// Before the bars of the past.
const HISTORY_INDENT: usize = 8;
/// Lists with fewer columns have no bars.
const WIDE: usize = 70;
const BAR: usize = 10;

impl Canvas<'_> {
    pub fn width(&self) -> usize {
        usize::from(self.area.width)
    }

    pub fn height(&self) -> usize {
        usize::from(self.area.height)
    }

    pub fn put(&mut self, (x, y): (usize, usize), text: &str, style: Style) {
        self.line((x, y), &Line::from(Span::styled(text.to_owned(), style)), usize::MAX);
    }

    /// At most so many columns of it.
    pub fn line(&mut self, (x, y): (usize, usize), line: &Line, most: usize) {
        if x < self.width() && y < self.height() {
            let (x, y) = (x as u16, y as u16);
            let room = most.min(usize::from(self.area.width - x)) as u16;
            self.buffer.set_line(self.area.x + x, self.area.y + y, line, room);
        }
    }
}

pub fn draw(
    frame: &mut Frame,
    picture: &Picture,
    pace: &mut Pace,
    (status, reached): (Status, Option<f64>),
    ink: Ink,
) {
    let area = frame.area();
    let canvas = &mut Canvas { buffer: frame.buffer_mut(), area };
    let height = canvas.height();
    heading(canvas, picture, pace, (status, reached), ink);
    let mut top = 1;
    if height >= LINES_FOR_PROGRESS {
        let bar = ink.bar(picture.progress(), canvas.width());
        canvas.put((0, top), &bar, ink.faint());
        top += 1;
    }
    let width = canvas.width();
    let mut rates = flow(&picture.total, ink);
    rates.push(Span::styled(format!("  in flight {}", picture.in_flight), ink.plain()));
    if picture.is_silent {
        rates = vec![Span::styled("no requests are simulated in quiet times", ink.faint())];
    }
    canvas.line((0, top), &Line::from(rates), width);
    top += 1;
    if height >= LINES_FOR_HISTORY {
        history(canvas, picture, top, ink);
        top += 2;
    }
    if height >= LINES_FOR_CLASSES && picture.classes.len() > 1 {
        top += classes(canvas, picture, top, ink);
    }
    // Two lines at the foot: what is in force, and what the keys do.
    let foot = height.saturating_sub(2);
    if top < foot {
        nodes(canvas, picture, pace, (top, foot), ink);
    }
    if height > top + 1 {
        in_force(canvas, picture, foot, ink);
    }
    if height > top {
        help(canvas, status, pace, height - 1, ink);
    }
}

fn heading(
    canvas: &mut Canvas,
    picture: &Picture,
    pace: &Pace,
    (status, reached): (Status, Option<f64>),
    ink: Ink,
) {
    let now = format_span(to_seconds(picture.at));
    let of = picture.length().map_or(String::new(), |all| format!(" of {}", format_span(to_seconds(all))));
    let mut speed = speed_text(pace.speed);
    if let Some(reached) = reached.filter(|_| status == Status::Running && !pace.is_paused) {
        speed = format!("{speed}, reaches {}", speed_text(round(reached)));
    }
    let right = match status {
        Status::Ended => format!("over after {now}"),
        Status::Running if pace.is_paused => format!("paused at {now}{of}, {speed}"),
        Status::Running => format!("{now}{of}, {speed}"),
    };
    let width = right.chars().count();
    let room = canvas.width().saturating_sub(width + 2);
    canvas.line((0, 0), &Line::styled(picture.title.clone(), ink.strong()), room);
    let style = if pace.is_paused { ink.doubtful() } else { ink.plain() };
    canvas.put((canvas.width().saturating_sub(width), 0), &right, style);
}

/// To two digits.
fn round(speed: f64) -> f64 {
    format!("{speed:.1e}").parse().unwrap_or(speed)
}

pub fn rate(per_second: f64) -> String {
    format!("{}/s", three_digits(per_second))
}

/// `offered 40.2/s  good 40.1/s  failed 0/s  mean 70 ms`
fn flow(flow: &Flow, ink: Ink) -> Vec<Span<'static>> {
    let failed = if flow.failed_per_s > 0.0 { ink.bad() } else { ink.plain() };
    let mut spans = vec![
        Span::styled(format!("offered {:<7}", rate(flow.offered_per_s)), ink.plain()),
        Span::styled(format!(" good {:<7}", rate(flow.good_per_s)), ink.good()),
        Span::styled(format!(" failed {:<7}", rate(flow.failed_per_s)), failed),
    ];
    if let Some(mean_ms) = flow.latency_mean_ms {
        spans.push(Span::styled(format!("  mean {:<8}", length(mean_ms)), ink.plain()));
    }
    spans
}

/// The past, a column for each window, good and failed requests on one scale.
fn history(canvas: &mut Canvas, picture: &Picture, top: usize, ink: Ink) {
    let room = canvas.width().saturating_sub(HISTORY_INDENT);
    let shown = picture.history.len().min(room);
    let past = || picture.history.iter().skip(picture.history.len() - shown);
    let most = past().map(|flow| flow.good_per_s.max(flow.failed_per_s)).fold(0.0, f64::max);
    let bars = |number: fn(&Flow) -> f64| -> String {
        past().map(|flow| ink.height(if most > 0.0 { number(flow) / most } else { 0.0 })).collect()
    };
    canvas.put((0, top), "good", ink.good());
    canvas.put((HISTORY_INDENT, top), &bars(|flow| flow.good_per_s), ink.good());
    canvas.put((0, top + 1), "failed", ink.bad());
    canvas.put((HISTORY_INDENT, top + 1), &bars(|flow| flow.failed_per_s), ink.bad());
}

fn classes(canvas: &mut Canvas, picture: &Picture, top: usize, ink: Ink) -> usize {
    let shown = picture.classes.len().min(CLASSES_MOST);
    let width = canvas.width();
    let names = picture.classes.iter().take(shown).map(|(name, _)| name.chars().count());
    let indent = names.max().unwrap_or(0).clamp(HISTORY_INDENT - 1, 20) + 1;
    for (number, (name, of_class)) in picture.classes.iter().take(shown).enumerate() {
        canvas.line((0, top + number), &Line::styled(name.clone(), ink.strong()), indent - 1);
        canvas.line((indent, top + number), &Line::from(flow(of_class, ink)), width);
    }
    shown
}

/// Boxes with lines between where there is room, and a list otherwise.
fn nodes(canvas: &mut Canvas, picture: &Picture, pace: &mut Pace, (top, foot): (usize, usize), ink: Ink) {
    if let Some(grid) = Grid::fitting(picture, canvas.width(), foot - top) {
        pace.scrolled = 0;
        draw_boxes(canvas, picture, &grid, top, ink);
        return;
    }
    // Users have nothing to tell that does not stand above.
    let all = picture.order.iter().chain(&picture.hosts).copied();
    let all: Vec<usize> = all.filter(|&node| !picture.nodes[node].is_user).collect();
    let room = foot - top;
    // A line tells how many more there are.
    let shown = if all.len() > room { room - 1 } else { room };
    pace.scrolled = pace.scrolled.min(all.len().saturating_sub(shown));
    for (line, &node) in all.iter().skip(pace.scrolled).take(shown).enumerate() {
        let text = list_line(&picture.nodes[node], canvas.width(), ink);
        let width = canvas.width();
        canvas.line((0, top + line), &text, width);
    }
    if all.len() > room {
        let below = all.len() - shown - pace.scrolled;
        let text = match (pace.scrolled, below) {
            (0, below) => format!("{below} more below"),
            (above, 0) => format!("{above} more above"),
            (above, below) => format!("{above} more above, {below} more below"),
        };
        canvas.put((0, foot - 1), &text, ink.faint());
    }
}

fn list_line(node: &NodeNow, width: usize, ink: Ink) -> Line<'static> {
    let name_width = if width >= WIDE { 20 } else { 12 };
    let name: String = titled(node).chars().take(name_width).collect();
    let mut spans = vec![Span::styled(format!("{name:<name_width$} "), name_style(node, ink))];
    if width >= WIDE {
        let bar = node.utilisation.map_or(String::new(), |share| ink.bar(share, BAR));
        let style = ink.fullness(node.utilisation.unwrap_or(0.0));
        spans.push(Span::styled(format!("{bar:<BAR$} "), style));
    }
    let share = node.utilisation.map_or(String::new(), percent);
    spans.push(Span::styled(format!("{share:>5}  "), ink.plain()));
    if node.down > 0 {
        spans.push(Span::styled(format!("{}  ", down(node)), ink.bad()));
    }
    if node.work.as_ref().is_some_and(|work| work.kind == ResourceKind::Cores) {
        spans.push(Span::styled(occupied(node), ink.faint()));
        return Line::from(spans);
    }
    let line = if node.line > 0 { ink.doubtful() } else { ink.plain() };
    spans.push(Span::styled(format!("line {:<5} ", node.line), line));
    spans.push(Span::styled(format!("{:<8} ", rate(node.visits_per_s)), ink.plain()));
    if node.failed_per_s > 0.0 {
        spans.push(Span::styled(format!("failed {:<8} ", rate(node.failed_per_s)), ink.bad()));
    }
    spans.push(Span::styled(occupied(node), ink.faint()));
    if let Some(host) = &node.host {
        spans.push(Span::styled(format!(", on {host}"), ink.faint()));
    }
    Line::from(spans)
}

fn in_force(canvas: &mut Canvas, picture: &Picture, y: usize, ink: Ink) {
    let down = || picture.nodes.iter().filter(|node| node.down > 0).map(|node| node.name.as_str());
    match picture.events.as_slice() {
        [] if down().next().is_some() => {
            let names: Vec<&str> = down().collect();
            canvas.put((0, y), &format!("not up again: {}", names.join(", ")), ink.bad());
        }
        [] => canvas.put((0, y), "nothing out of the ordinary is in force", ink.faint()),
        [one] => canvas.put((0, y), &format!("in force: {one}"), ink.bad()),
        many => canvas.put((0, y), &format!("{} in force: {}", many.len(), many.join("; ")), ink.bad()),
    }
}

fn help(canvas: &mut Canvas, status: Status, pace: &Pace, y: usize, ink: Ink) {
    let text = match status {
        Status::Ended => "q leave: the run is over",
        Status::Running if pace.is_paused => "q quit  space go on  . step  + - speed  up down scroll",
        Status::Running => "q quit  space pause  . step  + - speed  up down scroll",
    };
    canvas.put((0, y), text, ink.faint());
}

/// `app ×3`
pub fn titled(node: &NodeNow) -> String {
    match node.replicas {
        1 => node.name.clone(),
        replicas => format!("{} ×{replicas}", node.name),
    }
}

pub fn name_style(node: &NodeNow, ink: Ink) -> Style {
    if node.down > 0 { ink.bad() } else { ink.strong() }
}

pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// `down`, or how many of them are.
pub fn down(node: &NodeNow) -> String {
    match (node.down, node.replicas) {
        (down, all) if down >= all => "down".to_owned(),
        (down, all) => format!("{down} of {all} down"),
    }
}

/// `3 of 4 busy`
pub fn occupied(node: &NodeNow) -> String {
    let all = |one: f64| match one * f64::from(node.replicas) {
        whole if whole.fract() == 0.0 => count(whole as u64),
        part => three_digits(part),
    };
    match node.work.as_ref().map(|work| (work.kind, work.capacity)) {
        _ if node.is_user => String::new(),
        None => format!("{} inside", node.serving),
        Some((ResourceKind::Cores, 1.0)) if node.replicas == 1 => "1 core".to_owned(),
        Some((ResourceKind::Cores, cores)) => format!("{} cores", all(cores)),
        Some((_, slots)) => format!("{} of {} busy", count(node.busy), all(slots)),
    }
}
