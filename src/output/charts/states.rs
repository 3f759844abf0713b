//! Up, degraded or down: what the counts of a time bucket mean to those who were there.

pub use super::site::{of_site, outages};
use crate::analysis::events::UNLISTED;
use crate::output::record::{Event, Moment, Record, StationTimelines, Stretch};
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
pub(super) const UP_LEAST: f64 = 0.99;
/// Down is where more than this share of the requests fails: whoever finds outages while a run goes
/// on (`engine::outages`) means the same, to the request.
const DOWN_FROM: f64 = 0.25;

pub(super) fn state_of_shares(good: f64, failed: f64) -> State {
    match (good, failed) {
        (_, failed) if failed > DOWN_FROM => State::Down,
        (good, _) if good >= UP_LEAST => State::Up,
        _ => State::Degraded,
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
    for event in record.events.iter().filter(|event| ![SURGE, UNLISTED].contains(&event.kind.as_str())) {
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
        ended => {
            let failed = moment.failed.min(ended) as f64 / ended as f64;
            state_of_shares(1.0 - failed, failed)
        }
    }
}

/// The buckets in which an event was in force.
pub(super) fn touched(buckets: &[Stretch], event: &Event) -> Range<usize> {
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
/// that began in it, or the one that holds on in it. As among requests, a column is down if it is so
/// for more than a quarter of its time, and up if nearly all of it was.
pub fn in_columns(states: &[(Stretch, State)], end_s: f64, columns: usize) -> Vec<State> {
    let mut worst = vec![None; columns];
    let mut times = vec![Times::default(); columns];
    let middle = |stretch: &Stretch| stretch.start_s + stretch.length_s / 2.0;
    for (stretch, state) in states {
        let column = (middle(stretch) / end_s.max(f64::MIN_POSITIVE) * columns as f64) as usize;
        if let Some(place) = worst.get_mut(column) {
            *place = (*place).max(Some(*state));
            times[column].add(*state, stretch.length_s);
        }
    }
    let worst = worst.into_iter().zip(times).map(|(state, times)| state.map(|worst| times.state(worst)));
    let mut next = 0;
    let columns = worst.enumerate().map(|(column, state)| {
        let instant = (column as f64 + 0.5) / columns as f64 * end_s;
        while next + 1 < states.len() && states[next].0.end_s() <= instant {
            next += 1;
        }
        let holding = states.get(next).filter(|(stretch, _)| stretch.overlaps(instant, instant));
        state.or(holding.map(|(_, state)| *state)).unwrap_or(State::Idle)
    });
    columns.collect()
}

/// How long a column was in which state.
#[derive(Clone, Copy, Default)]
struct Times {
    all_s: f64,
    bad_s: f64,
    down_s: f64,
}

impl Times {
    fn add(&mut self, state: State, length_s: f64) {
        self.all_s += length_s;
        self.bad_s += if state >= State::Degraded { length_s } else { 0.0 };
        self.down_s += if state == State::Down { length_s } else { 0.0 };
    }

    fn state(&self, worst: State) -> State {
        match worst {
            State::Degraded | State::Down if self.bad_s <= (1.0 - UP_LEAST) * self.all_s => State::Up,
            State::Down if self.down_s <= DOWN_FROM * self.all_s => State::Degraded,
            worst => worst,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::record::{StationTimeline, Topology, TopologyNode};

    fn stretches(count: usize) -> Vec<Stretch> {
        (0..count).map(|number| Stretch { start_s: number as f64 * 10.0, length_s: 10.0 }).collect()
    }

    fn event(kind: &str, target: &str, planned: bool) -> Event {
        let (kind, target) = (kind.to_owned(), target.to_owned());
        Event { start_s: 20.0, end_s: 25.0, kind, target, planned, label: String::new() }
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
        // Down for ten seconds of fifty.
        let brief: Vec<(Stretch, State)> =
            stretches(5).into_iter().zip([State::Up, State::Down, State::Up, State::Up, State::Up]).collect();
        assert_eq!(in_columns(&brief, 50.0, 1), [State::Degraded]);
        assert_eq!(in_columns(&brief, 50.0, 5)[..2], [State::Up, State::Down]);
        let instant = Stretch { start_s: 20.0, length_s: 0.1 };
        let long = [stretches(2).remove(0), Stretch { start_s: 20.1, length_s: 29.9 }];
        let hardly = [(long[0], State::Up), (instant, State::Down), (long[1], State::Up)];
        assert_eq!(in_columns(&hardly, 50.0, 1), [State::Up]);
    }
}
