//! Where the time of requests goes: of a mean one, and of the slowest.

use super::drawing::{Anchor, Drawing, Label, text_width};
use super::frame::{Look, MARGIN, NORMAL, Page, Panel, SMALL};
use super::scale::{Scale, Tick, short_latency, ticks_from_zero};
use super::theme::{Color, Palette};
use crate::analysis::summary::{PartTime, SlowestTime, TimeSpent};
use crate::output::record::Record;
use crate::output::terminal::figure;
use crate::results::path::Cause;
use std::collections::BTreeMap;

const ROW_HEIGHT: f64 = 20.0;
const BAR_HEIGHT: f64 = 13.0;
const FIGURES_WIDTH: f64 = 128.0;
/// The share of the page that names may take, and how wide they are at least.
const NAMES_SHARE: f64 = 0.42;
const NAMES_LEAST: f64 = 90.0;

/// More classes than these would not be read; those with the most requests are shown.
const CLASSES_MOST: usize = 6;
/// Where one part is so much of all, the others are drawn again without it.
const ENLARGED_FROM: f64 = 0.9;
/// Parts with less than this share of the time, and those beyond so many, are put together.
const PART_LEAST: f64 = 0.005;
const PARTS_MOST: usize = 10;

struct Waterfall {
    heading: String,
    bars: Vec<Bar>,
    /// It has a scale of its own, and an axis below it.
    is_enlarged: bool,
}

/// Parts of one name.
#[derive(Clone, Debug)]
struct Bar {
    name: String,
    kind: Kind,
    mean_ms: f64,
    share: f64,
}

/// What has a colour of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Work,
    Line,
    Network,
    InVain,
    Else,
}

impl Kind {
    const NAMED: [(&'static str, Kind); 4] = [
        ("work", Kind::Work),
        ("waiting for a turn", Kind::Line),
        ("on the way", Kind::Network),
        ("lost or in vain", Kind::InVain),
    ];

    fn of(part: &PartTime) -> Kind {
        match part.cause {
            Cause::Service | Cause::ColdCache => Kind::Work,
            Cause::Queue | Cause::Pool | Cause::MaxInFlight | Cause::RateLimit | Cause::FullLink => {
                Kind::Line
            }
            Cause::Network | Cause::Sending => Kind::Network,
            Cause::Retransmission | Cause::Syn | Cause::Retry | Cause::Waiting => Kind::InVain,
        }
    }

    fn color(self, palette: &Palette) -> Color {
        match self {
            Kind::Work => palette.good,
            Kind::Line => palette.degraded,
            Kind::Network => palette.axis,
            Kind::InVain => palette.bad,
            Kind::Else => palette.idle,
        }
    }
}

pub fn draw(records: &[&Record], look: &Look) -> Drawing {
    let waterfalls: Vec<Waterfall> =
        records.iter().flat_map(|record| of_record(record, records.len() > 1)).collect();
    let title = match records {
        [record] => format!("Where the time goes in {}", record.name),
        _ => "Where the time goes".to_owned(),
    };
    let mut page = match records {
        [_] => Page::of_run(look, &title, &message(records)),
        _ => Page::new(look, &title, &message(records)),
    };
    let together = || waterfalls.iter().filter(|waterfall| !waterfall.is_enlarged);
    let most = together().map(Waterfall::end_ms).fold(0.0, f64::max);
    if most == 0.0 {
        page.note("No request was answered with success.");
        return page.finish();
    }
    let names = waterfalls.iter().flat_map(|waterfall| &waterfall.bars);
    let longest = names.map(|bar| text_width(&bar.name, NORMAL, false) + 12.0).fold(0.0, f64::max);
    let names_width = longest.clamp(NAMES_LEAST, (look.width * NAMES_SHARE).max(NAMES_LEAST));
    let left = MARGIN + names_width;
    let width = look.width - left - MARGIN - FIGURES_WIDTH;
    let of_all = Axis::new(most, (left, width));
    let mut panels = Vec::new();
    let last = waterfalls.iter().rposition(|waterfall| !waterfall.is_enlarged);
    let key = Kind::NAMED.map(|(name, kind)| (name.to_owned(), kind.color(&page.palette)));
    for (number, waterfall) in waterfalls.iter().enumerate() {
        page.panel_heading(&waterfall.heading, MARGIN, if number == 0 { &key } else { &[] });
        let height = ROW_HEIGHT * waterfall.bars.len() as f64;
        let panel = Panel { left, top: page.top, width, height };
        page.top += height + 6.0;
        if waterfall.is_enlarged {
            let axis = Axis::new(waterfall.end_ms(), (left, width));
            page.columns(&[panel], &axis.scale, &axis.ticks, "the same, larger");
            draw_bars(&mut page, &panel, &axis.scale, waterfall);
            continue;
        }
        panels.push(panel);
        if Some(number) == last {
            let unit = "time since the request was sent, with alike parts together";
            page.columns(&panels, &of_all.scale, &of_all.ticks, unit);
        }
    }
    for (waterfall, panel) in together().zip(&panels) {
        draw_bars(&mut page, panel, &of_all.scale, waterfall);
    }
    page.finish()
}

/// From zero to a round number.
struct Axis {
    scale: Scale,
    ticks: Vec<Tick>,
}

impl Axis {
    fn new(most: f64, (left, width): (f64, f64)) -> Axis {
        let ticks = ticks_from_zero(most, 6);
        let scale = Scale::linear(0.0, ticks[ticks.len() - 1], left, left + width);
        let tick = |value| Tick { value, text: short_latency(value) };
        Axis { scale, ticks: ticks.into_iter().map(tick).collect() }
    }
}

impl Waterfall {
    fn new(heading: String, total_ms: f64, bars: &[Bar]) -> Waterfall {
        let worth = |(number, bar): &(usize, &Bar)| *number < PARTS_MOST && bar.share >= PART_LEAST;
        let mut shown: Vec<Bar> = bars.iter().enumerate().filter(worth).map(|(_, bar)| bar.clone()).collect();
        let share = 1.0 - shown.iter().map(|bar| bar.share).sum::<f64>();
        if share >= PART_LEAST {
            let (name, kind) = ("all else".to_owned(), Kind::Else);
            shown.push(Bar { name, kind, mean_ms: share * total_ms, share });
        }
        Waterfall { heading, bars: shown, is_enlarged: false }
    }

    /// All but the largest part, where it leaves the others hardly any room.
    fn enlarged(bars: &[Bar]) -> Option<Waterfall> {
        let largest = bars.iter().max_by(|a, b| a.share.total_cmp(&b.share))?;
        let others: Vec<Bar> = bars.iter().filter(|bar| bar.name != largest.name).cloned().collect();
        let rest_ms: f64 = others.iter().map(|bar| bar.mean_ms).sum();
        if largest.share < ENLARGED_FROM || others.len() < 2 || rest_ms == 0.0 {
            return None;
        }
        let worth =
            |(number, bar): &(usize, &Bar)| *number < PARTS_MOST && bar.mean_ms >= PART_LEAST * rest_ms;
        let shown = others.iter().enumerate().filter(worth).map(|(_, bar)| bar.clone()).collect();
        let heading = format!("all but {}: {}", largest.name, figure::length(rest_ms));
        Some(Waterfall { heading, bars: shown, is_enlarged: true })
    }

    fn end_ms(&self) -> f64 {
        self.bars.iter().map(|bar| bar.mean_ms).sum()
    }
}

fn of_record(record: &Record, with_name: bool) -> Vec<Waterfall> {
    let Some(findings) = &record.findings else { return Vec::new() };
    let mut classes: Vec<&TimeSpent> = findings.summary.time_spent.iter().collect();
    classes.sort_by_key(|class| std::cmp::Reverse(class.requests));
    classes.truncate(CLASSES_MOST);
    let name = if with_name { format!("{}, ", record.name) } else { String::new() };
    let mut waterfalls = Vec::new();
    for class in classes {
        let by_chance = match class.one_in {
            0 | 1 => String::new(),
            one_in => format!(", of 1 in {one_in} chosen by chance"),
        };
        let length = figure::length(class.latency_mean_ms);
        let heading = format!("{name}a mean {}: {length}{by_chance}", class.class);
        let kinds = alike(record, &class.parts);
        let bars = together(&class.parts, &kinds);
        waterfalls.push(Waterfall::new(heading, class.latency_mean_ms, &bars));
        let enlarged = Waterfall::enlarged(&bars);
        if let Some(slowest) = class.slowest.as_ref().filter(|slowest| slowest.requests < class.requests) {
            let heading = format!(
                "{name}the slowest {} of {} ({}): {}",
                percent(slowest.share),
                class.class,
                figure::requests_followed(slowest.requests, slowest.followed),
                figure::length(slowest.latency_mean_ms)
            );
            let bars = together(&slowest.parts, &kinds);
            waterfalls.push(Waterfall::new(heading, slowest.latency_mean_ms, &bars));
        }
        waterfalls.extend(enlarged.map(|waterfall| Waterfall {
            heading: format!("{name}of a mean {}, {}", class.class, waterfall.heading),
            ..waterfall
        }));
    }
    // Those on one scale stand together.
    waterfalls.sort_by_key(|waterfall| waterfall.is_enlarged);
    waterfalls
}

/// Where there are too many parts, those of one cause at nodes of one kind share a bar: the name
/// of that kind for each of their places.
fn alike(record: &Record, parts: &[PartTime]) -> BTreeMap<(Cause, String), String> {
    let mut names = BTreeMap::new();
    let Some(findings) = record.findings.as_ref().filter(|_| parts.len() > PARTS_MOST) else { return names };
    let kinds: BTreeMap<&str, &str> = findings
        .summary
        .nodes
        .iter()
        .filter(|node| !node.kind.is_empty())
        .map(|node| (node.name.as_str(), &*node.kind))
        .collect();
    let known = |part: &PartTime| {
        let kind = *kinds.get(part.place.as_str())?;
        Some((part.cause, part.place.clone(), kind))
    };
    let mut counts: BTreeMap<(Cause, &str), usize> = BTreeMap::new();
    for (cause, _, kind) in parts.iter().filter_map(known) {
        *counts.entry((cause, kind)).or_default() += 1;
    }
    for (cause, place, kind) in parts.iter().filter_map(known) {
        let count = counts.get(&(cause, kind)).copied().unwrap_or(0);
        if count > 1 {
            names.insert((cause, place), format!("{count} × {}", kind.replace('_', " ")));
        }
    }
    names
}

/// In the order of the mean request's parts, so that both waterfalls can be compared.
fn together(parts: &[PartTime], names: &BTreeMap<(Cause, String), String>) -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    for part in parts {
        let key = (part.cause, part.place.clone());
        let place = names.get(&key).unwrap_or(&part.place).clone();
        let name = PartTime { place, ..part.clone() }.plain_words();
        match bars.iter_mut().find(|bar| bar.name == name) {
            Some(bar) => {
                bar.mean_ms += part.mean_ms;
                bar.share += part.share;
            }
            None => {
                let (kind, mean_ms, share) = (Kind::of(part), part.mean_ms, part.share);
                bars.push(Bar { name, kind, mean_ms, share });
            }
        }
    }
    bars
}

fn percent(share: f64) -> String {
    format!("{} %", (share * 1_000.0).round() / 10.0)
}

/// What makes the slowest slow: the part that grows most.
fn message(records: &[&Record]) -> String {
    let [record] = records else { return "All on one scale.".to_owned() };
    let Some(findings) = &record.findings else { return String::new() };
    // The class whose slowest take the most longer.
    let extra =
        |(class, slowest): &(&TimeSpent, &SlowestTime)| slowest.latency_mean_ms - class.latency_mean_ms;
    let classes =
        findings.summary.time_spent.iter().filter_map(|class| Some((class, class.slowest.as_ref()?)));
    let Some((class, slowest)) = classes.max_by(|a, b| extra(a).total_cmp(&extra(b))) else {
        return String::new();
    };
    let kinds = alike(record, &class.parts);
    let (mean, slow) = (together(&class.parts, &kinds), together(&slowest.parts, &kinds));
    let growth = slow.iter().map(|bar| {
        let before = mean.iter().find(|other| other.name == bar.name);
        (bar.mean_ms - before.map_or(0.0, |before| before.mean_ms), &bar.name)
    });
    match growth.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((more, name)) if more > 0.0 => {
            let all = (slowest.latency_mean_ms - class.latency_mean_ms).max(more);
            let share = more / all * 100.0;
            format!("{share:.0} % of what the slowest {} requests take longer is {name}.", class.class)
        }
        _ => String::new(),
    }
}

fn draw_bars(page: &mut Page, panel: &Panel, scale: &Scale, waterfall: &Waterfall) {
    let mut before = 0.0;
    for (number, bar) in waterfall.bars.iter().enumerate() {
        let y = panel.top + ROW_HEIGHT * number as f64;
        let base = y + ROW_HEIGHT / 2.0 + 4.0;
        let (ink, muted, grid) = (page.palette.ink, page.palette.muted, page.palette.axis);
        let label = Label::new(&bar.name, panel.left - 10.0, base, NORMAL, ink);
        page.drawing.label(label.within(panel.left - 10.0 - MARGIN).anchored(Anchor::End));
        let color = bar.kind.color(&page.palette);
        let (from, to) = (scale.place(before), scale.place(before + bar.mean_ms));
        let top = y + (ROW_HEIGHT - BAR_HEIGHT) / 2.0;
        page.drawing.rectangle(from, top, (to - from).max(1.0), BAR_HEIGHT, color);
        before += bar.mean_ms;
        if number + 1 < waterfall.bars.len() {
            page.drawing.line(&[(to, top + BAR_HEIGHT), (to, top + ROW_HEIGHT)], grid, 1.0);
        }
        let share = match bar.share {
            little if little < 0.01 => figure::share(little),
            share => format!("{:.0} %", share * 100.0),
        };
        let text = format!("{} ({share})", figure::length(bar.mean_ms));
        page.drawing.label(Label::new(text, panel.right() + 10.0, base, SMALL, muted));
    }
}
