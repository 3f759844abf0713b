//! Up, degraded or down: what the counts of a time bucket mean to those who were there.

use crate::analysis::events::UNLISTED;
use crate::diagnosis::PhaseKind;
use crate::diagnosis::phases::of_calls;
use crate::output::record::{Event, Moment, Outage, Record, StationTimelines, Stretch};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// From good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It does not count, or nobody has judged it.
    Uncounted,
    /// Nothing was asked for.
    Idle,
    Up,
    Maintenance,
    Degraded,
    Down,
}

/// The site, as its users felt it: the phases of its diagnosis.
pub fn of_site(record: &Record) -> Vec<(Stretch, State)> {
    let phases = record.findings.iter().flat_map(|findings| &findings.diagnosis.phases);
    let mut states = Vec::new();
    let mut end_s = 0.0;
    for phase in phases {
        if phase.start_s > end_s {
            states.push((Stretch { start_s: end_s, length_s: phase.start_s - end_s }, State::Uncounted));
        }
        let state = match phase.kind {
            PhaseKind::Good if phase.ended == 0 && has_requests(record) => State::Idle,
            kind => state_of(kind),
        };
        states.push((Stretch { start_s: phase.start_s, length_s: phase.length_s() }, state));
        end_s = phase.end_s;
    }
    states
}

fn state_of(kind: PhaseKind) -> State {
    match kind {
        PhaseKind::Good => State::Up,
        PhaseKind::Slow | PhaseKind::Failing => State::Degraded,
        PhaseKind::Maintenance => State::Maintenance,
        PhaseKind::Down => State::Down,
    }
}

fn has_requests(record: &Record) -> bool {
    record.findings.as_ref().is_some_and(|findings| findings.diagnosis.counted.has_requests)
}

/// The nodes, as their callers felt them, bucket by bucket; and behind these what was done to them, for as
/// long as it was.
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
                // A long bucket with a short event in it is as it was felt.
                let filled = |stretch: &Stretch| 2.0 * shared_s(stretch, event) >= stretch.length_s;
                let open =
                    touched.iter_mut().filter(|(stretch, state)| *state != State::Down && filled(stretch));
                for (_, state) in open {
                    // What is known to have been planned is not called trouble.
                    *state = if done == State::Maintenance { done } else { done.max(*state) };
                }
                let end_s = event.end_s.min(stations.buckets.last().map_or(0.0, Stretch::end_s));
                let length_s = (end_s - event.start_s).max(0.0);
                states[number].push((Stretch { start_s: event.start_s, length_s }, done));
            }
        }
    }
    states
}

fn shared_s(stretch: &Stretch, event: &Event) -> f64 {
    stretch.end_s().min(event.end_s) - stretch.start_s.max(event.start_s)
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
        ended => state_of(of_calls(ended, moment.failed)),
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

pub(super) fn takes_down(kind: &str) -> bool {
    matches!(kind, "fail" | "hang" | "black_hole" | "dns_outage" | "break")
}

/// The nodes that an event is about, each with whether all of it is meant: `app`, or one replica
/// of it, `app/2`. What befalls a link befalls neither of its ends.
pub(super) fn targets(event: &Event) -> impl Iterator<Item = (&str, bool)> {
    event.target.split(';').filter(|target| !target.contains("->")).map(|target| {
        let (name, replica) = target.split_once('/').unzip();
        (name.unwrap_or(target), replica.is_none())
    })
}

/// So many columns of equal length from the beginning to the end: each has the state that was longest
/// in it, and every stretch that was bad has one at least.
pub fn in_columns(states: &[(Stretch, State)], end_s: f64, columns: usize) -> Vec<State> {
    let width_s = end_s.max(f64::MIN_POSITIVE) / columns as f64;
    let mut longest = vec![(0.0, State::Uncounted); columns];
    for (stretch, state) in states {
        let first = ((stretch.start_s / width_s) as usize).min(columns);
        for (column, found) in longest.iter_mut().enumerate().skip(first) {
            let start_s = column as f64 * width_s;
            if start_s >= stretch.end_s() {
                break;
            }
            let shared_s = stretch.end_s().min(start_s + width_s) - stretch.start_s.max(start_s);
            // Of two that are as long the worse one is shown.
            if (shared_s, *state) > *found {
                *found = (shared_s, *state);
            }
        }
    }
    let mut columns_of: Vec<State> = longest.into_iter().map(|(_, state)| state).collect();
    for (stretch, state) in states.iter().filter(|(_, state)| *state > State::Up) {
        let middle = ((stretch.middle_s() / width_s) as usize).min(columns.saturating_sub(1));
        if let Some(shown) = columns_of.get_mut(middle) {
            *shown = (*shown).max(*state);
        }
    }
    columns_of
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

/// The outages of a run.
pub fn outages(record: &Record) -> &[Outage] {
    record.outages.as_deref().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::{Diagnosis, Phase};
    use crate::output::record::{Findings, StationTimeline, Topology, TopologyNode};

    fn stretches(count: usize) -> Vec<Stretch> {
        (0..count).map(|number| Stretch { start_s: number as f64 * 10.0, length_s: 10.0 }).collect()
    }

    fn event(kind: &str, target: &str, planned: bool) -> Event {
        let (kind, target) = (kind.to_owned(), target.to_owned());
        Event { start_s: 20.0, end_s: 25.0, kind, target, planned, label: String::new() }
    }

    #[test]
    fn the_site_is_as_its_phases_say_and_for_as_long() {
        let phase = |kind, start_s, end_s| Phase { kind, start_s, end_s, ended: 1, ..Phase::default() };
        let phases = vec![
            phase(PhaseKind::Good, 10.0, 60.0),
            phase(PhaseKind::Down, 60.0, 65.0),
            phase(PhaseKind::Slow, 65.0, 100.0),
        ];
        let diagnosis = Diagnosis { phases, ..Diagnosis::default() };
        let record =
            Record { findings: Some(Findings { diagnosis, ..Findings::default() }), ..Record::default() };
        let states = of_site(&record);
        use State::{Degraded, Down, Uncounted, Up};
        assert_eq!(
            states
                .iter()
                .map(|(stretch, state)| (stretch.start_s, stretch.length_s, *state))
                .collect::<Vec<_>>(),
            [(0.0, 10.0, Uncounted), (10.0, 50.0, Up), (60.0, 5.0, Down), (65.0, 35.0, Degraded)]
        );
        assert!(of_site(&Record::default()).is_empty(), "nobody has judged it");
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
        // What lasts for less than half of a bucket has its own length, and is seen all the same.
        record.events = vec![Event { end_s: 22.0, ..event("fail", "app", false) }];
        assert_eq!(states(&record), [Up, Degraded, Up, Idle, Down]);
        let (piece, _) = of_stations(&record, &stations)[0][4];
        assert_eq!((piece.start_s, piece.length_s), (20.0, 2.0));
        assert_eq!(in_columns(&of_stations(&record, &stations)[0], 40.0, 4), [Up, Degraded, Down, Idle]);
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
        assert_eq!(states("fail", "host"), [Idle, Idle, Down, Idle, Down]);
        for (kind, target) in [("slow", "host"), ("fail", "host/1"), ("fail", "other")] {
            assert_eq!(states(kind, target)[..4], [Idle; 4], "{kind} {target}");
        }
    }

    #[test]
    fn columns_show_what_was_longest_and_hide_nothing_bad() {
        let at = |start_s, length_s, state| (Stretch { start_s, length_s }, state);
        use State::{Degraded, Down, Uncounted, Up};
        let states = [at(0.0, 10.0, Up), at(10.0, 10.0, Down), at(20.0, 19.0, Up), at(39.0, 1.0, Degraded)];
        assert_eq!(in_columns(&states, 40.0, 4), [Up, Down, Up, Degraded]);
        let eight = in_columns(&states, 40.0, 8);
        assert_eq!(eight, [Up, Up, Down, Down, Up, Up, Up, Degraded]);
        assert_eq!(in_pieces(&eight).len(), 4);
        // A short one is seen in the column of its middle alone.
        let short = [at(0.0, 19.0, Up), at(19.0, 2.0, Down), at(21.0, 19.0, Up)];
        assert_eq!(in_columns(&short, 40.0, 2), [Up, Down]);
        assert_eq!(in_columns(&[], 0.0, 3), [Uncounted; 3]);
    }
}
