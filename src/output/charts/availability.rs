//! When the site was up as its users felt it, and each of its nodes as its callers did; with
//! what happened, how long outages lasted, and what is left of the error budget.

use super::drawing::{Anchor, Label};
use super::frame::{Look, MARGIN, Page, Panel, RUNS_IN_TITLE_MOST, SMALL, events_of};
use super::scale::Scale;
use super::site_strip::{self, state_color};
use super::states::{State, of_stations};
use crate::output::record::{Record, Stretch};
use crate::output::terminal::{count, figure};
use crate::telling::caption;
use crate::telling::words::and;

const NODE_HEIGHT: f64 = 13.0;
const NODE_GAP: f64 = 5.0;

/// With more nodes than this, those that were well share one strip.
const NODES_MOST: usize = 24;

/// What a site is held to if its scenario does not say.
const USUAL_TARGET: f64 = 0.999;

pub fn draw(records: &[&Record], look: &Look) -> super::drawing::Drawing {
    let (title, message) = match records {
        [record] => (format!("Availability of {}", record.name), message(record)),
        _ => ("Availability".to_owned(), of_runs(records)),
    };
    let mut page = match records {
        [] => Page::new(look, &title, &message),
        _ => Page::of_run(look, &title, &message),
    };
    let end_s = records.iter().map(|record| record.end_s()).fold(0.0, f64::max);
    if end_s == 0.0 {
        page.note("Nothing happened: the run has no time in it.");
        return page.finish();
    }
    let names_width = (look.width * 0.16).clamp(90.0, 190.0);
    let figures_width = 72.0;
    let panel = Panel {
        left: MARGIN + names_width,
        top: 0.0,
        width: look.width - 2.0 * MARGIN - names_width - figures_width,
        height: 0.0,
    };
    let scale = Scale::linear(0.0, end_s, panel.left, panel.right());
    key(&mut page);
    if let [record] = records {
        budget(&mut page, record);
    }
    page.name_events(panel.left, panel.right(), &scale, &events_of(records));
    page.top += 6.0;
    let first = page.top;
    for record in records {
        let name = if records.len() == 1 { "the site" } else { &record.name };
        let share = good_share(record).map(figure::share).unwrap_or_default();
        site_strip::draw(&mut page, &panel, &scale, record, (name, &share));
    }
    if let [record] = records {
        node_strips(&mut page, &panel, &scale, record);
    }
    let panel = Panel { top: first, height: page.top - first, ..panel };
    time_axis(&mut page, &panel, &scale);
    page.finish()
}

/// Ticks below the strips; lines through them would look like gaps.
fn time_axis(page: &mut Page, panel: &Panel, scale: &Scale) {
    let below = Panel { top: panel.bottom(), height: 4.0, ..*panel };
    page.time_columns(&[below], scale);
}

fn good_share(record: &Record) -> Option<f64> {
    if let Some(findings) = &record.findings {
        return findings.summary.total.good_share.value;
    }
    let counts = &record.timeline.as_ref()?.all;
    let ended: u64 = counts.iter().map(|count| count.ended).sum();
    let good: u64 = counts.iter().map(|count| count.good).sum();
    (ended > 0).then(|| good as f64 / ended as f64)
}

/// `99.9 % of the requests were good in one, 79.3 % in the other. 2 runs, as their users felt them.`
fn of_runs(records: &[&Record]) -> String {
    let parts: Vec<String> = records
        .iter()
        .filter_map(|record| Some(format!("{} in {}", figure::share(good_share(record)?), record.name)))
        .collect();
    let about = format!("{} runs, as their users felt them", records.len());
    match parts.len() {
        told if told == records.len() && told <= RUNS_IN_TITLE_MOST => {
            format!("Good: {}. {about}.", and(&parts))
        }
        _ => about,
    }
}

fn message(record: &Record) -> String {
    let Some(share) = good_share(record) else { return "No request ended.".to_owned() };
    let good = match record.timeline.as_ref().is_some_and(|timeline| timeline.without_requests) {
        true => {
            format!("All was up that requests need for {} of the time{}.", figure::share(share), nines(share))
        }
        false => format!("{} of requests were good{}.", figure::share(share), nines(share)),
    };
    match record.findings.as_ref().and_then(|findings| caption::felt(&findings.diagnosis)) {
        Some(felt) => format!("{felt} {good}"),
        None => good,
    }
}

/// ` (3.4 nines)`
fn nines(share: f64) -> String {
    if !(0.9..1.0).contains(&share) {
        return String::new();
    }
    let nines = libm::floor(-libm::log10(1.0 - share) * 10.0 + 1e-6) / 10.0;
    format!(" ({nines} {})", if nines == 1.0 { "nine" } else { "nines" })
}

fn key(page: &mut Page) {
    let states = [
        (State::Up, "up"),
        (State::Degraded, "slow or failing"),
        (State::Down, "down"),
        (State::Maintenance, "maintenance"),
        (State::Idle, "no requests, or not judged"),
    ];
    let mut x = MARGIN;
    page.top += 12.0;
    for (state, name) in states {
        let label = Label::new(name, x + 16.0, page.top, SMALL, page.palette.muted);
        let next = x + 16.0 + label.width() + 16.0;
        if next > page.width() - MARGIN && x > MARGIN {
            page.top += 16.0;
            x = MARGIN;
        }
        let width = label.width();
        let color = state_color(page, state);
        page.drawing.rectangle(x, page.top - 9.0, 11.0, 9.0, color);
        page.drawing.label(Label { x: x + 16.0, y: page.top, ..label });
        x += 16.0 + width + 16.0;
    }
    page.top += 8.0;
}

/// How much may still go wrong.
fn budget(page: &mut Page, record: &Record) {
    let Some(share) = good_share(record) else { return };
    let given = record.findings.as_ref().and_then(|findings| findings.summary.availability_target());
    let target = given.unwrap_or(USUAL_TARGET);
    let used = (1.0 - share) / (1.0 - target);
    let goal = match given {
        Some(_) => format!("goal {} %", (target * 1e8).round() / 1e6),
        None => format!("no goal given; if it were {} %", (target * 1e8).round() / 1e6),
    };
    let verdict = match used {
        used if used <= 1.0 => format!("{:.0} % of the error budget left", (1.0 - used) * 100.0),
        used => format!("error budget overspent {}", times(used)),
    };
    let (left, width, height) = (MARGIN, 150.0, 9.0);
    page.top += 16.0;
    // Maintenance has a colour of its own.
    let (idle, down, good, ink) =
        (page.palette.idle, page.palette.down, page.palette.series[2], page.palette.ink);
    let y = page.top - height;
    page.drawing.rectangle(left, y, width, height, idle);
    // What is left is what the words beside it tell; where nothing is left, all is lost.
    let (color, filled) = if used > 1.0 { (down, 1.0) } else { (good, 1.0 - used) };
    page.drawing.rectangle(left, y, width * filled, height, color);
    let room = page.width() - 2.0 * MARGIN - width - 12.0;
    let text = format!("{verdict} ({goal})");
    page.drawing.label(Label::new(text, left + width + 12.0, page.top, SMALL, ink).within(room));
    page.top += 8.0;
}

/// `2.5 times`
fn times(factor: f64) -> String {
    match factor {
        large if large >= 9.95 => format!("{} times", count(large.round() as u64)),
        small => format!("{small:.1} times"),
    }
}

fn node_strips(page: &mut Page, panel: &Panel, scale: &Scale, record: &Record) {
    let Some(stations) = &record.stations else { return };
    let all: Vec<(usize, Vec<(Stretch, State)>)> = of_stations(record, stations)
        .into_iter()
        .enumerate()
        .filter(|(_, states)| states.iter().any(|(_, state)| *state > State::Idle))
        .collect();
    let trouble = |states: &[(Stretch, State)]| {
        let weight = |state: State| match state {
            State::Uncounted | State::Idle | State::Up => 0.0,
            State::Maintenance => 0.1,
            State::Degraded => 1.0,
            State::Down => 3.0,
        };
        states.iter().map(|(stretch, state)| stretch.length_s * weight(*state)).sum::<f64>()
    };
    let mut shown: Vec<usize> = (0..all.len()).collect();
    if all.len() > NODES_MOST {
        shown.sort_by(|&a, &b| trouble(&all[b].1).total_cmp(&trouble(&all[a].1)));
        shown.retain(|&place| trouble(&all[place].1) > 0.0);
        shown.truncate(NODES_MOST - 1);
        shown.sort_unstable();
    }
    if all.is_empty() {
        return;
    }
    page.top += 14.0;
    let muted = page.palette.muted;
    let heading = Label::new("nodes, as their callers felt them", panel.left, page.top, SMALL, muted);
    page.drawing.label(heading);
    page.top += 6.0;
    for &place in &shown {
        let (number, states) = &all[place];
        let station = &stations.stations[*number];
        let (ended, failed) = station
            .moments
            .iter()
            .fold((0u64, 0u64), |sum, moment| (sum.0 + moment.ended, sum.1 + moment.failed));
        let share = if ended > 0 {
            figure::share(1.0 - failed.min(ended) as f64 / ended as f64)
        } else {
            String::new()
        };
        node_strip(page, panel, scale, &station.name, &share, states);
    }
    if shown.len() < all.len() {
        let rest = (0..all.len()).filter(|place| !shown.contains(place));
        let rest: Vec<&Vec<(Stretch, State)>> = rest.map(|place| &all[place].1).collect();
        let worst: Vec<(Stretch, State)> = stations
            .buckets
            .iter()
            .enumerate()
            .map(|(bucket, stretch)| {
                let states = rest.iter().filter_map(|states| states.get(bucket));
                (*stretch, states.map(|(_, state)| *state).max().unwrap_or(State::Idle))
            })
            .collect();
        let name = if shown.is_empty() { "all" } else { "the other" };
        node_strip(page, panel, scale, &format!("{name} {} nodes", rest.len()), "", &worst);
    }
}

fn node_strip(
    page: &mut Page,
    panel: &Panel,
    scale: &Scale,
    name: &str,
    share: &str,
    states: &[(Stretch, State)],
) {
    let y = page.top;
    let muted = page.palette.muted;
    let base = y + NODE_HEIGHT - 2.5;
    let label = Label::new(name, panel.left - 10.0, base, SMALL, muted);
    page.drawing.label(label.within(panel.left - 10.0 - MARGIN).anchored(Anchor::End));
    page.drawing.label(Label::new(share, panel.right() + 8.0, base, SMALL, muted));
    site_strip::strip(page, panel, scale, states, (y, NODE_HEIGHT));
    page.top = y + NODE_HEIGHT + NODE_GAP;
}
