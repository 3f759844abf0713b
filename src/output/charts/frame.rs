//! What pictures have in common: headings, axes, keys, and marks for what happened.

use super::drawing::{Anchor, Drawing, Label, shortened, text_width};
use super::scale::{Scale, Tick, time_ticks};
use super::states::SURGE;
use super::theme::{Color, Palette, Theme, palette};
use crate::analysis::events::UNLISTED;
use crate::output::record::{Event, Record};
use crate::output::terminal::folding::words;
use crate::telling::figure::count;
use crate::telling::words::capital;
use rustc_hash::FxHashSet;

pub const MARGIN: f64 = 24.0;
pub const SMALL: f64 = 11.0;
pub const NORMAL: f64 = 12.5;
const TITLE: f64 = 18.0;
const TITLE_STEP: f64 = 23.0;
/// More would be two lines on most pages.
const TITLE_LETTERS_MOST: usize = 90;
/// Of an event.
const MARK_WIDTH: f64 = 8.0;

/// How a picture is to look.
#[derive(Clone, Debug)]
pub struct Look {
    pub theme: Theme,
    /// As it is drawn.
    pub width: f64,
    /// So many times as large it is shown.
    pub zoom: f64,
}

/// Letters for the last row of a room.
const SLIDE: f64 = 1.6;

impl Look {
    pub fn new(theme: Theme, width: f64) -> Look {
        Look { theme, width, zoom: 1.0 }
    }

    /// As wide, with larger letters and thicker lines.
    pub fn for_slide(self) -> Look {
        Look { width: self.width / SLIDE, zoom: self.zoom * SLIDE, ..self }
    }
}

/// Where values are shown: the inside of a diagram.
#[derive(Clone, Copy, Debug)]
pub struct Panel {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Panel {
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }
}

/// A picture in the making.
pub struct Page {
    pub drawing: Drawing,
    pub palette: Palette,
    /// Where the next thing may begin.
    pub top: f64,
}

impl Page {
    /// What is to be seen in a picture of one run stands first: the first sentence of what it says. Below
    /// it stands of what it is, and what else there is to say.
    pub fn of_run(look: &Look, subject: &str, message: &str) -> Page {
        if message.is_empty() {
            return Page::new(look, subject, "");
        }
        let (finding, more) = message.split_once(". ").unwrap_or((message, ""));
        let finding = finding.strip_suffix('.').unwrap_or(finding);
        // Of what is too long for a title the rest comes below.
        let (title, rest) = match finding.split_once("; ").filter(|_| finding.len() > TITLE_LETTERS_MOST) {
            Some((title, rest)) => (title, format!(" {}.", capital(rest))),
            None => (finding, String::new()),
        };
        Page::new(look, title, format!("{subject}.{rest} {more}").trim_end())
    }

    /// With a title, and below it what it says.
    pub fn new(look: &Look, title: &str, message: &str) -> Page {
        let palette = palette(look.theme);
        let mut drawing = Drawing::new(look.width, palette.background, title);
        drawing.about = message.to_owned();
        let room = look.width - 2.0 * MARGIN;
        let mut top = 36.0 - TITLE_STEP;
        for line in wrapped_in(title, TITLE, true, room) {
            top += TITLE_STEP;
            drawing.label(Label::new(line, MARGIN, top, TITLE, palette.ink).bold().within(room));
        }
        top += 6.0;
        for line in wrapped(message, NORMAL, room) {
            top += 17.0;
            drawing.label(Label::new(line, MARGIN, top, NORMAL, palette.muted));
        }
        Page { drawing, palette, top: top + 14.0 }
    }

    pub fn width(&self) -> f64 {
        self.drawing.width
    }

    pub fn finish(mut self) -> Drawing {
        self.drawing.height = (self.top + MARGIN).ceil();
        self.drawing
    }

    /// A heading above a panel, and at its right a key to the colours.
    pub fn panel_heading(&mut self, text: &str, left: f64, key: &[(String, Color)]) {
        let right = self.width() - MARGIN;
        let mut place = left;
        for line in wrapped_in(text, NORMAL, true, right - left) {
            self.top += 16.0;
            let line = Label::new(line, left, self.top, NORMAL, self.palette.ink).bold();
            let line = line.within(right - left);
            place = left + line.width() + 24.0;
            self.drawing.label(line);
        }
        for (name, color) in key {
            let name = shortened(name, SMALL, false, right - left - 16.0);
            let width = 16.0 + text_width(&name, SMALL, false);
            if place + width > right {
                self.top += 16.0;
                place = left;
            }
            self.drawing.rectangle(place, self.top - 9.0, 11.0, 9.0, *color);
            self.drawing.label(Label::new(name, place + 16.0, self.top, SMALL, self.palette.muted));
            place += width + 16.0;
        }
        self.top += 14.0;
    }

    /// Lines at round values, with the values to the left of the panel.
    pub fn rows(&mut self, panel: &Panel, ticks: &[(f64, String)]) {
        for (y, text) in ticks {
            let (grid, muted) = (self.palette.grid, self.palette.muted);
            self.drawing.line(&[(panel.left, *y), (panel.right(), *y)], grid, 1.0);
            let label = Label::new(text, panel.left - 7.0, y + 4.0, SMALL, muted).anchored(Anchor::End);
            self.drawing.label_if_free(label);
        }
    }

    /// Lines at round values along a panel, and the values below it.
    pub fn columns(&mut self, panels: &[Panel], scale: &Scale, ticks: &[Tick], unit: &str) {
        let Some(last) = panels.last() else { return };
        let y = last.bottom() + 16.0;
        for panel in panels {
            for tick in ticks {
                let x = scale.place(tick.value);
                let grid = self.palette.grid;
                self.drawing.line(&[(x, panel.top), (x, panel.bottom())], grid, 1.0);
            }
        }
        let muted = self.palette.muted;
        let unit = Label::new(unit, last.right(), y + 15.0, SMALL, muted).anchored(Anchor::End);
        let unit = unit.within(last.right() - MARGIN);
        for tick in ticks {
            let x = scale.place(tick.value);
            let label = Label::new(&tick.text, x, y, SMALL, muted).anchored(Anchor::Middle);
            self.drawing.label_if_free(label);
        }
        self.drawing.label(unit);
        self.top = y + 20.0;
    }

    pub fn time_columns(&mut self, panels: &[Panel], scale: &Scale) {
        let room = scale.ends().1 - scale.ends().0;
        let (ticks, unit) = time_ticks(scale.high(), (room / 75.0) as usize);
        self.columns(panels, scale, &ticks, &format!("simulated time, {unit}"));
    }

    /// The lower edge of a panel, drawn over what is in it.
    pub fn base_line(&mut self, panel: &Panel) {
        let ends = [(panel.left, panel.bottom()), (panel.right(), panel.bottom())];
        let axis = self.palette.axis;
        self.drawing.line(&ends, axis, 1.0);
    }

    /// Shades what is not counted.
    pub fn shade_warmup(&mut self, panel: &Panel, scale: &Scale, record: &Record) {
        let end = scale.place(record.warmup_s());
        if record.warmup_s() > 0.0 && end - panel.left > 1.0 {
            let shade = self.palette.shade;
            self.drawing.rectangle(panel.left, panel.top, end - panel.left, panel.height, shade);
        }
    }

    /// Says what the shade at the beginning is, if there is room.
    pub fn name_warmup(&mut self, panel: &Panel, scale: &Scale, record: &Record) {
        let room = scale.place(record.warmup_s()) - panel.left - 6.0;
        let name = Label::new("warm-up", panel.left + 4.0, panel.top + 13.0, SMALL, self.palette.ink);
        if name.width() <= room {
            self.drawing.label_if_free(name);
        }
    }

    /// Stripes where something happened, from top to bottom of a panel.
    pub fn shade_events(&mut self, panel: &Panel, scale: &Scale, events: &[Event]) {
        for (sort, color) in self.sorts() {
            let color = color.mix(self.palette.background, 0.82);
            let of_kind = events.iter().filter(|event| Sort::of(event) == sort);
            for (from, to) in merged(scale, of_kind.map(|event| (event.start_s, event.end_s)), 1.0) {
                self.drawing.rectangle(from, panel.top, to - from, panel.height, color);
            }
        }
    }

    /// The names of what happened, in as few lines as they need above a panel. Of many things
    /// only the longest are named, so that they can be found; all have their marks.
    pub fn name_events(&mut self, left: f64, right: f64, scale: &Scale, events: &[Event]) {
        const LINES_MOST: usize = 4;
        const ALL_NAMED_MOST: usize = 12;
        const LONGEST_NAMED: usize = 6;
        if events.is_empty() {
            return;
        }
        let mut named: Vec<&Event> = events.iter().collect();
        let length_s = |event: &Event| event.end_s - event.start_s;
        named.sort_by(|a, b| length_s(b).total_cmp(&length_s(a)));
        if events.len() > ALL_NAMED_MOST {
            named.truncate(LONGEST_NAMED);
            self.top += 14.0;
            let text = format!("{}; the longest are named", in_numbers(events));
            let muted = self.palette.muted;
            self.drawing.label(Label::new(text, left, self.top, SMALL, muted).within(right - left));
        }
        named.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
        let first = self.top + 12.0;
        let mut ends = [f64::MIN; LINES_MOST];
        let mut lowest = first;
        for event in named {
            let label = Label::new(event_name(event), 0.0, 0.0, SMALL, self.palette.ink).within(right - left);
            let start = scale.place(event.start_s).min(right - label.width()).max(left);
            if let Some(line) = ends.iter().position(|end| *end + 8.0 < start) {
                ends[line] = start + label.width();
                let y = first + 14.0 * line as f64;
                lowest = lowest.max(y);
                self.drawing.label(Label { x: start, y, ..label });
            }
        }
        let base = lowest + 12.0;
        for (sort, color) in self.sorts() {
            let of_kind = events.iter().filter(|event| Sort::of(event) == sort);
            let mut row: Vec<f64> = Vec::new();
            for x in of_kind.map(|event| scale.place(event.start_s)).chain([f64::INFINITY]) {
                if row.last().is_some_and(|last| x > last + MARK_WIDTH) {
                    self.marks(&std::mem::take(&mut row), base, color);
                }
                row.push(x);
            }
        }
        self.top = base;
    }

    /// Marks that touch each other; more than a few are a band.
    fn marks(&mut self, row: &[f64], base: f64, color: Color) {
        const MARKS_MOST: usize = 3;
        let (first, last) = (row[0], row[row.len() - 1]);
        if row.len() > MARKS_MOST {
            let left = first - MARK_WIDTH / 2.0;
            return self.drawing.rectangle(left, base - 7.0, last - first + MARK_WIDTH, 5.0, color);
        }
        for x in row {
            self.drawing.polygon(vec![(x - 4.0, base - 7.0), (x + 4.0, base - 7.0), (*x, base)], color);
        }
    }

    /// What is drawn later covers what was drawn before.
    fn sorts(&self) -> [(Sort, Color); 3] {
        let Palette { degraded, maintenance, down, .. } = self.palette;
        [(Sort::Surge, degraded), (Sort::Maintenance, maintenance), (Sort::Fault, down)]
    }

    /// What there is to say where there is nothing to draw.
    pub fn note(&mut self, text: &str) {
        let room = self.width() - 2.0 * MARGIN;
        for line in wrapped(text, NORMAL, room) {
            self.top += 17.0;
            let muted = self.palette.muted;
            self.drawing.label(Label::new(line, MARGIN, self.top, NORMAL, muted));
        }
    }
}

/// Runs whose figures a title can hold.
pub const RUNS_IN_TITLE_MOST: usize = 4;

/// What events look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Surge,
    Maintenance,
    Fault,
}

impl Sort {
    fn of(event: &Event) -> Sort {
        match event.planned {
            true => Sort::Maintenance,
            false if event.kind == SURGE => Sort::Surge,
            false => Sort::Fault,
        }
    }
}

/// Stretches of time in the order of their beginnings as stretches on the page, each at least so
/// wide; those that touch are one.
pub fn merged(scale: &Scale, stretches: impl Iterator<Item = (f64, f64)>, least: f64) -> Vec<(f64, f64)> {
    let mut merged: Vec<(f64, f64)> = Vec::new();
    for (start_s, end_s) in stretches {
        let from = scale.place(start_s);
        let to = scale.place(end_s).max(from + least);
        match merged.last_mut() {
            Some((_, end)) if from <= *end => *end = end.max(to),
            _ => merged.push((from, to)),
        }
    }
    merged
}

/// `54 faults, 52 of maintenance`
fn in_numbers(events: &[Event]) -> String {
    let sorts = [
        (Sort::Fault, "fault", "faults"),
        (Sort::Maintenance, "piece of maintenance", "pieces of maintenance"),
        (Sort::Surge, "surge", "surges"),
    ];
    let told = sorts.into_iter().filter_map(|(sort, one, many)| {
        let listed = events.iter().filter(|event| event.kind != UNLISTED);
        let number = listed.filter(|event| Sort::of(event) == sort).count();
        (number > 0).then(|| format!("{} {}", count(number as u64), if number == 1 { one } else { many }))
    });
    let told = told.collect::<Vec<_>>().join(", ");
    // One of these stands for many.
    let is_cut = events.iter().any(|event| event.kind == UNLISTED);
    if is_cut { told + " and more, which are not listed" } else { told }
}

/// What happened in any of some runs, each once.
pub fn events_of(records: &[&Record]) -> Vec<Event> {
    let mut known = FxHashSet::default();
    let all = records.iter().flat_map(|record| &record.events);
    let mut events: Vec<Event> = all
        .filter(|event| {
            let is_new = known.insert((event.start_s.to_bits(), &event.kind, &event.target, &event.label));
            is_new || records.len() == 1
        })
        .cloned()
        .collect();
    events.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    events
}

/// What happened, in a few words.
pub fn event_name(event: &Event) -> String {
    match (event.label.as_str(), event.target.as_str()) {
        ("", "") => event.kind.clone(),
        ("", target) => format!("{} {target}", event.kind),
        (label, _) => label.to_owned(),
    }
}

/// Colours for a number of series; there are no more than these.
pub fn series_color(palette: &Palette, number: usize) -> Color {
    palette.series[number % palette.series.len()]
}

/// A text in lines of a width.
pub fn wrapped(text: &str, size: f64, width: f64) -> Vec<String> {
    wrapped_in(text, size, false, width)
}

/// The same in letters that may be bold.
fn wrapped_in(text: &str, size: f64, bold: bool, width: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words(text) {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if text_width(&longer, size, bold) > width && !line.is_empty() {
            lines.push(std::mem::replace(&mut line, word.to_owned()));
        } else {
            line = longer;
        }
    }
    lines.extend((!line.is_empty()).then_some(line));
    lines
}
