//! Where the time of requests goes: of a mean one, and of the slowest.

use super::drawing::{Anchor, Drawing, Label};
use super::frame::{Look, MARGIN, NORMAL, Page, Panel, SMALL};
use super::scale::{Scale, short_latency, ticks_from_zero};
use crate::output::record::{Place, Record, TimeSpent};
use crate::output::terminal::{count, figure};
use std::collections::BTreeMap;

const ROW_HEIGHT: f64 = 20.0;
const BAR_HEIGHT: f64 = 13.0;
const FIGURES_WIDTH: f64 = 128.0;

/// More classes than these would not be read; those with the most requests are shown.
const CLASSES_MOST: usize = 6;
/// Places with less than this share of the time, and those beyond so many, are put together.
const PLACE_LEAST: f64 = 0.005;
const PLACES_MOST: usize = 10;

/// Not a node, but what lies between them.
const NETWORK: &str = "network";

struct Waterfall {
    heading: String,
    total_ms: f64,
    places: Vec<Place>,
}

/// Where visits take so many times as long as the request, it is told why.
const SIDE_BY_SIDE_LEAST: f64 = 1.02;

pub fn draw(records: &[&Record], look: &Look) -> Drawing {
    let waterfalls: Vec<Waterfall> =
        records.iter().flat_map(|record| of_record(record, records.len() > 1)).collect();
    let title = match records {
        [record] => format!("Where the time goes in {}", record.name),
        _ => "Where the time goes".to_owned(),
    };
    let mut page = Page::new(look, &title, &message(records));
    let most = waterfalls.iter().map(Waterfall::end_ms).fold(0.0, f64::max);
    if most == 0.0 {
        page.note("No request was answered with success.");
        return page.finish();
    }
    let names_width = (look.width * 0.16).clamp(90.0, 190.0);
    let left = MARGIN + names_width;
    let width = look.width - left - MARGIN - FIGURES_WIDTH;
    let ticks = ticks_from_zero(most, 6);
    let scale = Scale::linear(0.0, ticks[ticks.len() - 1], left, left + width);
    let ticks: Vec<super::scale::Tick> =
        ticks.into_iter().map(|value| super::scale::Tick { value, text: short_latency(value) }).collect();
    let mut panels = Vec::new();
    for waterfall in &waterfalls {
        page.panel_heading(&waterfall.heading, MARGIN, &[]);
        let height = ROW_HEIGHT * waterfall.places.len() as f64;
        panels.push(Panel { left, top: page.top, width, height });
        page.top += height + 6.0;
    }
    page.columns(
        &panels,
        &scale,
        &ticks,
        "time since the request was sent, if one thing came after the other",
    );
    for (waterfall, panel) in waterfalls.iter().zip(&panels) {
        bars(&mut page, panel, &scale, waterfall);
    }
    page.finish()
}

impl Waterfall {
    fn new(heading: String, total_ms: f64, places: &[Place]) -> Waterfall {
        let sum: f64 = places.iter().map(|place| place.mean_ms).sum();
        let worth = |(number, place): &(usize, &Place)| {
            *number < PLACES_MOST && place.mean_ms >= PLACE_LEAST * sum && place.mean_ms > 0.0
        };
        let mut shown: Vec<Place> =
            places.iter().enumerate().filter(worth).map(|(_, place)| place.clone()).collect();
        let named: f64 = shown.iter().map(|place| place.mean_ms).sum();
        // What is left are small places, and what calls side by side have in common.
        let rest = total_ms.max(sum) - named;
        if rest > PLACE_LEAST * sum && rest > 0.0 {
            shown.push(Place { place: "elsewhere".to_owned(), mean_ms: rest });
        }
        let heading = match sum > SIDE_BY_SIDE_LEAST * total_ms {
            true => format!(
                "{heading}; its visits took {}, side by side or after it was given up",
                figure::length(sum)
            ),
            false => heading,
        };
        Waterfall { heading, total_ms, places: shown }
    }

    fn end_ms(&self) -> f64 {
        self.places.iter().map(|place| place.mean_ms).sum::<f64>().max(self.total_ms)
    }
}

fn of_record(record: &Record, with_name: bool) -> Vec<Waterfall> {
    let Some(facts) = &record.facts else { return Vec::new() };
    let mut classes: Vec<&TimeSpent> = facts.time_spent.iter().collect();
    classes.sort_by_key(|class| std::cmp::Reverse(class.requests));
    classes.truncate(CLASSES_MOST);
    let name = if with_name { format!("{}, ", record.name) } else { String::new() };
    let mut waterfalls = Vec::new();
    for class in classes {
        let of = if class.class == "all" {
            "a mean request".to_owned()
        } else {
            format!("a mean {}", class.class)
        };
        let heading = format!("{name}{of}: {}", figure::length(class.latency_mean_ms));
        let kinds = alike(record, &class.places);
        waterfalls.push(Waterfall::new(heading, class.latency_mean_ms, &together(&class.places, &kinds)));
        if let Some(slowest) = class.slowest.as_ref().filter(|slowest| slowest.requests < class.requests) {
            let heading = format!(
                "{name}the slowest {} of {} ({} {}): {}",
                percent(slowest.share),
                class.class,
                count(slowest.requests),
                if slowest.requests == 1 { "request" } else { "requests" },
                figure::length(slowest.latency_mean_ms)
            );
            waterfalls.push(Waterfall::new(
                heading,
                slowest.latency_mean_ms,
                &together(&slowest.places, &kinds),
            ));
        }
    }
    waterfalls
}

/// Where there are too many places, those of one kind share a bar: its name for each of them.
fn alike(record: &Record, places: &[Place]) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    let Some(facts) = record.facts.as_ref().filter(|_| places.len() > PLACES_MOST) else { return names };
    let kinds: BTreeMap<&str, &str> = facts
        .nodes
        .iter()
        .filter(|node| !node.kind.is_empty())
        .map(|node| (node.name.as_str(), node.kind.as_str()))
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let known = |place: &Place| kinds.get(place.place.as_str()).copied();
    places.iter().filter_map(known).for_each(|kind| *counts.entry(kind).or_default() += 1);
    for place in places {
        if let Some((kind, &count)) = known(place).and_then(|kind| Some((kind, counts.get(kind)?)))
            && count > 1
        {
            names.insert(place.place.clone(), format!("{count} × {}", kind.replace('_', " ")));
        }
    }
    names
}

/// In the order of the mean request's places, so that both waterfalls can be compared.
fn together(places: &[Place], names: &BTreeMap<String, String>) -> Vec<Place> {
    let mut sums: Vec<Place> = Vec::new();
    for place in places {
        let name = names.get(&place.place).unwrap_or(&place.place);
        match sums.iter_mut().find(|sum| sum.place == *name) {
            Some(sum) => sum.mean_ms += place.mean_ms,
            None => sums.push(Place { place: name.clone(), mean_ms: place.mean_ms }),
        }
    }
    sums
}

fn percent(share: f64) -> String {
    format!("{} %", (share * 1_000.0).round() / 10.0)
}

/// What makes the slowest slow: the place that grows most.
fn message(records: &[&Record]) -> String {
    let [record] = records else { return "All on one scale.".to_owned() };
    let Some(facts) = &record.facts else { return String::new() };
    let class = facts.time_spent.iter().max_by_key(|class| class.requests);
    let Some((class, slowest)) = class.and_then(|class| Some((class, class.slowest.as_ref()?))) else {
        return "All requests together, the failed ones included.".to_owned();
    };
    let kinds = alike(record, &class.places);
    let (mean, slow) = (together(&class.places, &kinds), together(&slowest.places, &kinds));
    let growth = slow.iter().map(|place| {
        let before = mean.iter().find(|other| other.place == place.place);
        (place.mean_ms - before.map_or(0.0, |place| place.mean_ms), &place.place)
    });
    match growth.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((more, place)) if more > 0.0 => {
            let all = (slowest.latency_mean_ms - class.latency_mean_ms).max(more);
            let place = if place == NETWORK { "the network" } else { place };
            format!(
                "The slowest {} requests owe {:.0} % of their extra time to {place}.",
                class.class,
                more / all * 100.0
            )
        }
        _ => String::new(),
    }
}

fn bars(page: &mut Page, panel: &Panel, scale: &Scale, waterfall: &Waterfall) {
    let mut before = 0.0;
    let sum = waterfall.end_ms();
    for (number, place) in waterfall.places.iter().enumerate() {
        let y = panel.top + ROW_HEIGHT * number as f64;
        let base = y + ROW_HEIGHT / 2.0 + 4.0;
        let (ink, muted, grid) = (page.palette.ink, page.palette.muted, page.palette.axis);
        let label = Label::new(&place.place, panel.left - 10.0, base, NORMAL, ink);
        page.drawing.label(label.within(panel.left - 10.0 - MARGIN).anchored(Anchor::End));
        let color = match place.place.as_str() {
            NETWORK => page.palette.axis,
            "elsewhere" => page.palette.idle,
            _ => page.palette.good,
        };
        let (from, to) = (scale.place(before), scale.place(before + place.mean_ms));
        let top = y + (ROW_HEIGHT - BAR_HEIGHT) / 2.0;
        page.drawing.rectangle(from, top, (to - from).max(1.0), BAR_HEIGHT, color);
        before += place.mean_ms;
        if number + 1 < waterfall.places.len() {
            page.drawing.line(&[(to, top + BAR_HEIGHT), (to, top + ROW_HEIGHT)], grid, 1.0);
        }
        let share = place.mean_ms / sum * 100.0;
        let text = format!("{} ({share:.0} %)", figure::length(place.mean_ms));
        page.drawing.label(Label::new(text, panel.right() + 10.0, base, SMALL, muted));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_that_outlast_their_request_are_explained() {
        let heading = |spent_ms: f64| {
            let places = [Place { place: "app".to_owned(), mean_ms: spent_ms }];
            Waterfall::new("a mean request: 5.54 s".to_owned(), 5_540.0, &places).heading
        };
        assert_eq!(heading(5_500.0), "a mean request: 5.54 s");
        assert!(heading(22_400.0).contains("its visits took 22.4 s"), "{}", heading(22_400.0));
    }
}
