//! Up, degraded or down: what the counts of a time bucket mean to those who were there.

use crate::output::record::{Count, Event, Moment, Outage, Record, StationTimelines, Stretch};
use crate::parts::outcome::Outcome;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// From good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nothing was asked for.
    Idle,
    Up,
    Maintenance,
    Degraded,
    Down,
}

/// With a smaller share of good answers than this somebody will notice.
const UP_LEAST: f64 = 0.99;
/// With a smaller one most are not served.
const DEGRADED_LEAST: f64 = 0.5;
/// Where a stretch is longer than so many usual answers, silence means something.
const SILENCE_ANSWERS: f64 = 20.0;

/// The site, as its users felt it.
pub fn of_site(record: &Record) -> Vec<(Stretch, State)> {
    let Some(timeline) = &record.timeline else { return Vec::new() };
    let mut medians: Vec<f64> = timeline.all.iter().filter_map(|count| count.p50).collect();
    medians.sort_by(f64::total_cmp);
    let usual_s = medians.get(medians.len() / 2).map_or(0.0, |median| median * 1e-3);
    let mut in_maintenance = vec![false; timeline.buckets.len()];
    for event in record.events.iter().filter(|event| event.planned) {
        in_maintenance[touched(&timeline.buckets, event)].fill(true);
    }
    let counts = timeline.buckets.iter().zip(&timeline.all).zip(in_maintenance);
    counts
        .map(|((stretch, count), planned)| (*stretch, site_state(stretch, count, usual_s, planned)))
        .collect()
}

fn site_state(stretch: &Stretch, count: &Count, usual_s: f64, in_maintenance: bool) -> State {
    let share = match count.good_share() {
        Some(share) => share,
        // Many wait, and nobody was answered for long.
        None if count.in_flight > 0 && stretch.length_s > SILENCE_ANSWERS * usual_s && usual_s > 0.0 => 0.0,
        None => return State::Idle,
    };
    match state_of_share(share) {
        State::Up => State::Up,
        _ if in_maintenance => State::Maintenance,
        state => state,
    }
}

fn state_of_share(share: f64) -> State {
    match share {
        share if share >= UP_LEAST => State::Up,
        share if share >= DEGRADED_LEAST => State::Degraded,
        _ => State::Down,
    }
}

/// The nodes, as their callers felt them; with what was done to them.
pub fn of_stations(record: &Record, stations: &StationTimelines) -> Vec<Vec<(Stretch, State)>> {
    let mut states: Vec<Vec<(Stretch, State)>> = stations
        .stations
        .iter()
        .map(|station| {
            let moments = stations.buckets.iter().zip(&station.moments);
            moments.map(|(stretch, moment)| (*stretch, state_felt(moment))).collect()
        })
        .collect();
    let numbers: FxHashMap<&str, usize> = stations
        .stations
        .iter()
        .enumerate()
        .map(|(number, station)| (station.name.as_str(), number))
        .collect();
    // More traffic is nothing that was done to a node.
    for event in record.events.iter().filter(|event| event.kind != SURGE) {
        let buckets = touched(&stations.buckets, event);
        for (name, is_all_of_it) in targets(event) {
            let done = match event.planned {
                true => State::Maintenance,
                false if is_all_of_it && takes_down(&event.kind) => State::Down,
                false => State::Degraded,
            };
            // Whatever stands on a host falls with it.
            let falls = is_all_of_it && takes_down(&event.kind);
            let others = if falls { standing_on(record, name) } else { Vec::new() };
            for name in others.into_iter().chain([name]) {
                let Some(&number) = numbers.get(name) else { continue };
                let touched = states[number].get_mut(buckets.clone()).unwrap_or_default();
                for (_, state) in touched.iter_mut().filter(|(_, state)| *state != State::Down) {
                    // What is known to have been planned is not called trouble.
                    *state = if done == State::Maintenance { done } else { done.max(*state) };
                }
            }
        }
    }
    states
}

/// The nodes on a host.
fn standing_on<'r>(record: &'r Record, host: &str) -> Vec<&'r str> {
    let nodes = record.topology.iter().flat_map(|topology| &topology.nodes);
    nodes.filter(|node| node.on.as_deref() == Some(host)).map(|node| node.name.as_str()).collect()
}

fn state_felt(moment: &Moment) -> State {
    match moment.ended {
        0 if moment.utilisation.is_some_and(|utilisation| utilisation > 0.0) => State::Up,
        0 => State::Idle,
        ended => state_of_share(1.0 - moment.failed.min(ended) as f64 / ended as f64),
    }
}

/// The buckets in which an event was in force.
fn touched(buckets: &[Stretch], event: &Event) -> Range<usize> {
    let first = buckets.partition_point(|stretch| stretch.end_s() <= event.start_s);
    let end = event.end_s.max(event.start_s);
    let last = buckets.partition_point(|stretch| stretch.start_s < end || stretch.start_s <= event.start_s);
    first..last.max(first)
}

/// The kind of the events in which more is asked for.
pub const SURGE: &str = "surge";

fn takes_down(kind: &str) -> bool {
    matches!(kind, "fail" | "hang" | "black_hole" | "dns_outage" | "break")
}

/// The nodes that an event is about, each with whether all of it is meant: `app`, or one replica
/// of it, `app/2`. What befalls a link befalls neither of its ends.
fn targets(event: &Event) -> impl Iterator<Item = (&str, bool)> {
    event.target.split(';').filter(|target| !target.contains("->")).map(|target| {
        let (name, replica) = target.split_once('/').unzip();
        (name.unwrap_or(target), replica.is_none())
    })
}

/// So many columns of equal length from the beginning to the end: each has the worst state
/// that began in it, or the one that holds on in it.
pub fn in_columns(states: &[(Stretch, State)], end_s: f64, columns: usize) -> Vec<State> {
    let mut worst = vec![None; columns];
    let middle = |stretch: &Stretch| stretch.start_s + stretch.length_s / 2.0;
    for (stretch, state) in states {
        let column = (middle(stretch) / end_s.max(f64::MIN_POSITIVE) * columns as f64) as usize;
        if let Some(place) = worst.get_mut(column) {
            *place = (*place).max(Some(*state));
        }
    }
    let mut next = 0;
    let columns = worst.into_iter().enumerate().map(|(column, state)| {
        let instant = (column as f64 + 0.5) / columns as f64 * end_s;
        while next + 1 < states.len() && states[next].0.end_s() <= instant {
            next += 1;
        }
        let holding = states.get(next).filter(|(stretch, _)| stretch.overlaps(instant, instant));
        state.or(holding.map(|(_, state)| *state)).unwrap_or(State::Idle)
    });
    columns.collect()
}

/// Stretches of the same state one after the other are one.
pub fn in_pieces(states: &[State]) -> Vec<(usize, usize, State)> {
    let mut pieces: Vec<(usize, usize, State)> = Vec::new();
    for (column, &state) in states.iter().enumerate() {
        match pieces.last_mut() {
            Some((_, end, last)) if *last == state => *end = column + 1,
            _ => pieces.push((column, column + 1, state)),
        }
    }
    pieces
}

/// The outages of a run: those of its file, or else the stretches in which the site was down.
pub fn outages(record: &Record) -> Vec<Outage> {
    if let Some(outages) = &record.outages {
        return outages.clone();
    }
    let Some(timeline) = &record.timeline else { return Vec::new() };
    let mut found: Vec<(Outage, Vec<u64>)> = Vec::new();
    let mut was_down = false;
    for ((stretch, state), count) in of_site(record).iter().zip(&timeline.all) {
        let is_down = *state == State::Down;
        if is_down {
            if !was_down {
                let (start_s, end_s) = (stretch.start_s, stretch.end_s());
                let outage = Outage { start_s, end_s, requests_lost: Some(0.0), ..Outage::default() };
                found.push((outage, vec![0; timeline.failures.len()]));
            }
            if let Some((outage, failures)) = found.last_mut() {
                outage.end_s = stretch.end_s();
                outage.requests_lost = outage.requests_lost.map(|lost| lost + count.bad() as f64);
                for (sum, failed) in failures.iter_mut().zip(&count.failures) {
                    *sum = sum.saturating_add(*failed);
                }
            }
        }
        was_down = is_down;
    }
    let named = found.into_iter().map(|(mut outage, failures)| {
        outage.cause = cause(record, &outage, &timeline.failures, &failures);
        outage
    });
    named.collect()
}

/// What befell the site then, or else what users saw most.
fn cause(record: &Record, outage: &Outage, names: &[String], failures: &[u64]) -> String {
    let event = record
        .events
        .iter()
        .find(|event| event.start_s < outage.end_s && event.end_s.max(event.start_s) >= outage.start_s);
    if let Some(event) = event {
        return super::frame::event_name(event);
    }
    let most = names.iter().zip(failures).max_by_key(|(_, count)| **count);
    match most {
        Some((name, &count)) if count > 0 => meaning(name).to_owned(),
        _ => "answers too late".to_owned(),
    }
}

/// A kind of failure in words.
fn meaning(name: &str) -> &str {
    let known = Outcome::ALL.into_iter().find(|outcome| outcome.name() == name);
    known.map_or(name, |outcome| outcome.meaning())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::record::{StationTimeline, Timeline, Topology, TopologyNode};

    fn stretches(count: usize) -> Vec<Stretch> {
        (0..count).map(|number| Stretch { start_s: number as f64 * 10.0, length_s: 10.0 }).collect()
    }

    /// 100 requests end in each bucket; so many of them are good.
    fn record(good: &[u64]) -> Record {
        let count = |&good: &u64| Count {
            offered: 100,
            ended: 100,
            good,
            in_flight: 5,
            failures: vec![1, 99 - good.min(99)],
            p50: Some(20.0),
            ..Count::default()
        };
        let timeline = Timeline {
            buckets: stretches(good.len()),
            all: good.iter().map(count).collect(),
            classes: Vec::new(),
            failures: vec!["502".to_owned(), "timed_out".to_owned()],
        };
        Record { timeline: Some(timeline), ..Record::default() }
    }

    fn event(kind: &str, target: &str, planned: bool) -> Event {
        let (kind, target) = (kind.to_owned(), target.to_owned());
        Event { start_s: 20.0, end_s: 25.0, kind, target, planned, label: String::new() }
    }

    #[test]
    fn the_site_is_as_good_as_its_answers() {
        let mut record = record(&[100, 99, 98, 50, 49, 0]);
        let states =
            |record: &Record| -> Vec<State> { of_site(record).into_iter().map(|(_, state)| state).collect() };
        use State::{Degraded, Down, Idle, Maintenance, Up};
        assert_eq!(states(&record), [Up, Up, Degraded, Degraded, Down, Down]);
        let outages = outages(&record);
        assert_eq!((outages.len(), outages[0].start_s, outages[0].end_s), (1, 40.0, 60.0));
        assert_eq!(
            (outages[0].requests_lost, outages[0].cause.as_str()),
            (Some(151.0), "timed out at the client")
        );
        record.events = vec![event("restart", "app", true)];
        assert_eq!(states(&record)[2], Maintenance);
        // Nobody was answered for 500 times the usual, or nobody had asked.
        let counts = &mut record.timeline.as_mut().unwrap().all;
        counts[0] = Count { in_flight: 9, ..Count::default() };
        counts[1] = Count::default();
        assert_eq!(states(&record)[..2], [Down, Idle]);
    }

    #[test]
    fn a_node_is_as_its_callers_feel_it_and_as_it_was_treated() {
        let moment = |ended, failed| Moment { ended, failed, ..Moment::default() };
        let stations = StationTimelines {
            buckets: stretches(4),
            stations: vec![StationTimeline {
                name: "app".to_owned(),
                moments: vec![moment(10, 0), moment(10, 1), moment(10, 0), moment(0, 0)],
            }],
        };
        let mut record = Record::default();
        let states = |record: &Record| -> Vec<State> {
            of_stations(record, &stations).remove(0).into_iter().map(|(_, state)| state).collect()
        };
        use State::{Degraded, Down, Idle, Maintenance, Up};
        assert_eq!(states(&record), [Up, Degraded, Up, Idle]);
        for (kind, target, planned, state) in [
            ("fail", "app", false, Down),
            ("fail", "app/2", false, Degraded),
            ("fail", "apple;app", false, Down),
            ("surge", "app", false, Up),
            ("slow", "app", false, Degraded),
            ("restart", "app", true, Maintenance),
            ("fail", "apple", false, Up),
            ("partition", "app -> apple", false, Up),
        ] {
            record.events = vec![event(kind, target, planned)];
            assert_eq!(states(&record)[1..].first(), Some(&Degraded), "{kind} {target}");
            assert_eq!(states(&record)[2], state, "{kind} {target}");
        }
    }

    #[test]
    fn what_stands_on_a_host_falls_with_it() {
        let idle = StationTimeline { name: "app".to_owned(), moments: vec![Moment::default(); 4] };
        let stations = StationTimelines { buckets: stretches(4), stations: vec![idle] };
        let node = TopologyNode { name: "app".into(), on: Some("host".into()), ..TopologyNode::default() };
        let topology = Some(Topology { nodes: vec![node], ..Topology::default() });
        let states = |kind: &str, target: &str| {
            let record = Record {
                events: vec![event(kind, target, false)],
                topology: topology.clone(),
                ..Record::default()
            };
            of_stations(&record, &stations)[0].iter().map(|(_, state)| *state).collect::<Vec<_>>()
        };
        use State::{Down, Idle};
        assert_eq!(states("fail", "host"), [Idle, Idle, Down, Idle]);
        for (kind, target) in [("slow", "host"), ("fail", "host/1"), ("fail", "other")] {
            assert_eq!(states(kind, target), [Idle; 4], "{kind} {target}");
        }
    }

    #[test]
    fn columns_show_the_worst_and_fill_what_lies_between() {
        let states: Vec<(Stretch, State)> =
            stretches(4).into_iter().zip([State::Up, State::Down, State::Up, State::Degraded]).collect();
        assert_eq!(in_columns(&states, 40.0, 2), [State::Down, State::Degraded]);
        let eight = in_columns(&states, 40.0, 8);
        assert_eq!(eight[..4], [State::Up, State::Up, State::Down, State::Down]);
        assert_eq!(in_pieces(&eight).len(), 4);
        assert_eq!(in_columns(&[], 0.0, 3), [State::Idle; 3]);
    }
}
