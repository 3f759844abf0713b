//! What happened to a site in a run: faults, maintenance and surges, in the order of time.

use crate::kernel::time::{NEVER, Time};
use crate::nodes::kind::Kind;
use crate::results::RunResults;
use crate::scenario::model::{Scenario, SurgeOn, TrafficSurge, What};

#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub start: Time,
    /// `None`: it was still in force at the end of the run.
    pub end: Option<Time>,
    /// That of the incident, or `surge`.
    pub kind: &'static str,
    /// Nodes, replicas `app/2` and links `a -> b`, with `;` between; of a surge, who sends more.
    pub target: String,
    pub planned: bool,
    /// It broke by chance, and not at a given time.
    pub by_chance: bool,
    pub label: String,
    /// One; or more, if there were too many to be listed one by one: then this stands for all that
    /// were alike, from the start of the first one to the end of the last.
    pub times: u64,
}

/// The kind of what stands for many.
pub const UNLISTED: &str = "unlisted";

/// A surge that comes again and again is listed so often.
const ROUNDS_MOST: u64 = 10_000;

pub fn events(scenario: &Scenario, results: &RunResults) -> Vec<Event> {
    let incidents = results.incidents.iter().map(|incident| Event {
        start: incident.start,
        end: incident.end,
        kind: if incident.times == 1 { incident.kind } else { UNLISTED },
        target: incident.target.clone(),
        planned: incident.planned,
        by_chance: incident.by_chance,
        label: label(&incident.name, incident.times),
        times: incident.times,
    });
    let mut events: Vec<Event> = incidents.collect();
    events.extend(surges(scenario, results.ended_at));
    // The sort keeps the order of those that begin together.
    events.sort_by_key(|event| event.start);
    events
}

fn label(name: &str, times: u64) -> String {
    if times == 1 { name.to_owned() } else { format!("{name}, {times} times more") }
}

/// The surges that begin before an instant, in the order of the timeline.
pub fn surges(scenario: &Scenario, ended_at: Time) -> Vec<Event> {
    let mut surges = Vec::new();
    for happening in &scenario.timeline {
        if let What::Surge(traffic) = &happening.what {
            surges.extend(rounds(scenario, traffic, &happening.name, ended_at));
        }
    }
    surges
}

/// A surge, each time that it came before the end of the run.
fn rounds(scenario: &Scenario, traffic: &TrafficSurge, name: &str, ended_at: Time) -> Vec<Event> {
    let surge = &traffic.surge;
    let target = senders(scenario, traffic.on);
    let rounds = |first: Time, last: Time, times: u64| {
        let end = last.saturating_add(surge.noticeable_length());
        Event {
            start: first,
            end: (end <= ended_at && end < NEVER).then_some(end),
            kind: if times == 1 { "surge" } else { UNLISTED },
            target: target.clone(),
            planned: false,
            by_chance: false,
            label: label(name, times),
            times,
        }
    };
    let first = surge.starts_at();
    let step = surge.every().unwrap_or(NEVER).max(1);
    let number = if first < ended_at { (ended_at - 1 - first) / step + 1 } else { 0 };
    let start = |round: u64| first + round * step;
    let listed = (0..number.min(ROUNDS_MOST)).map(|round| rounds(start(round), start(round), 1));
    let rest = number.saturating_sub(ROUNDS_MOST);
    let rest = (rest > 0).then(|| rounds(start(ROUNDS_MOST), start(number - 1), rest));
    listed.chain(rest).collect()
}

/// The users that send more.
fn senders(scenario: &Scenario, on: SurgeOn) -> String {
    let name = |node: usize| scenario.nodes[node].name.as_str();
    let names: Vec<&str> = match on {
        SurgeOn::User(user) => vec![name(user.0 as usize)],
        SurgeOn::Class(class) => {
            scenario.classes[class].from.iter().map(|user| name(user.0 as usize)).collect()
        }
        SurgeOn::Everyone => (0..scenario.nodes.len())
            .filter(|&node| scenario.nodes[node].kind.is(Kind::User))
            .map(name)
            .collect(),
    };
    names.join(";")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example;
    use crate::kernel::time::SECOND;
    use crate::results::incident::Incident;
    use crate::scenario::load::load_text;

    #[test]
    fn surges_stand_among_the_incidents_as_often_as_they_come() {
        let text = "
run: { duration: 40s }
nodes: { visitors: { kind: user, arrivals: 5/s }, app: { kind: station } }
requests: { page: { path: [ app: 5ms ] } }
timeline:
  - { at: 4s, surge: 3x, hold: 2s, every: 10s }
  - { at: 35s, surge: 2x, on: visitors }
";
        let scenario = load_text("surges.yaml", text, &[]);
        let scenario = scenario.scenario.unwrap_or_else(|| panic!("{:?}", scenario.problems));
        let mut results = example::results();
        results.incidents = vec![Incident::of_maintenance("restart".into(), "app".into(), 20 * SECOND)];
        let events = events(&scenario, &results);
        let told: Vec<_> = events
            .iter()
            .map(|event| {
                (event.start / SECOND, event.end.map(|end| end / SECOND), event.kind, &*event.target)
            })
            .collect();
        let surge = |start, end| (start, end, "surge", "visitors");
        assert_eq!(
            told,
            [
                surge(4, Some(6)),
                surge(14, Some(16)),
                (20, None, "maintenance", "app"),
                surge(24, Some(26)),
                surge(34, Some(36)),
                surge(35, None),
            ]
        );
    }
}
