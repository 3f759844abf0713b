//! The slow requests explained: which node and which cause made the tail beyond p99, in shares
//! that come to all of it.

use super::parts::{Followed, Sums, followed, name_of, slow_from, words};
use super::window::Window;
use crate::kernel::time::{Time, to_milliseconds, to_seconds};
use crate::results::path::{Cause, Part, Place};
use crate::results::row::NO_INCIDENT;
use crate::results::{Nanoseconds, RunResults};
use crate::scenario::model::Scenario;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The slowest good answers of all classes, and what kept them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TailSummary {
    pub requests: u64,
    /// Of these so many were followed, chosen by chance.
    pub followed: u64,
    /// The share of the good answers that these are.
    pub share: f64,
    pub latency_least_ms: f64,
    pub latency_mean_ms: f64,
    /// The largest first; the shares come to 1.
    pub parts: Vec<TailPart>,
    /// The slowest of all that were followed, one by one.
    pub slowest: Vec<SlowRequest>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SlowRequest {
    pub id: u64,
    pub class: String,
    pub start_s: f64,
    pub latency_ms: f64,
    pub attempts: u32,
    /// The longest first; they come to the latency.
    pub parts: Vec<SlowPart>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SlowPart {
    pub cause: Cause,
    pub place: String,
    pub ns: Time,
}

impl SlowPart {
    pub fn of(scenario: &Scenario, (part, ns): (Part, Time)) -> SlowPart {
        SlowPart { cause: part.cause(), place: name_of(scenario, part.place()), ns }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TailPart {
    pub cause: Cause,
    /// The node, the link, or the caller and those it calls; none of small parts, which are put
    /// together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The fault or maintenance in force while those requests were under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub during: Option<String>,
    #[serde(default)]
    pub share: f64,
    /// For each of the requests.
    #[serde(default)]
    pub mean_ms: f64,
}

impl TailPart {
    /// The cause in words.
    pub fn words(&self) -> String {
        words(self.cause, self.place.as_deref())
    }

    /// The same where nothing is set off.
    pub fn plain_words(&self) -> String {
        self.words().replace('`', "")
    }
}

impl SlowPart {
    /// The cause in words where nothing is set off.
    pub fn plain_words(&self) -> String {
        words(self.cause, Some(&self.place)).replace('`', "")
    }
}

/// The share of the requests that is the tail.
const TAIL: f64 = 0.01;
/// Requests that are told one by one.
const SLOWEST_TOLD: usize = 20;
/// Incidents that are told apart; later ones go together.
const INCIDENTS_MOST: u32 = 1_000;
/// Parts that are listed; smaller ones are put together by their cause.
const PARTS_MOST: usize = 24;

/// A part of a latency, and the number of an incident.
type Key = (Part, u32);

/// Of all good answers that were followed, the slowest; none if none were.
pub fn tail(scenario: &Scenario, results: &RunResults, window: &Window) -> Option<TailSummary> {
    let mut all: Vec<Followed> = Vec::new();
    for number in 0..results.paths.classes.len() {
        all.extend(followed(scenario, results, number, window));
    }
    let weight: Nanoseconds = all.iter().map(|one| one.weight).sum();
    let slow_from = slow_from(&all, TAIL);
    all.retain(|one| one.path.latency >= slow_from);
    // Of equally slow ones those come first that were sent first.
    all.sort_by_key(|one| (std::cmp::Reverse(one.path.latency), one.path.id));
    let mut sums: Sums<Key> = Sums::none();
    for one in &all {
        let incident = match one.path.during {
            NO_INCIDENT => NO_INCIDENT,
            incident => incident.min(INCIDENTS_MOST),
        };
        sums.add(one, |part| (part, incident));
    }
    Some(TailSummary {
        requests: sums.requests(),
        followed: sums.followed,
        share: sums.weight as f64 / weight as f64,
        latency_least_ms: to_milliseconds(all.last()?.path.latency),
        latency_mean_ms: sums.mean_ms(sums.latency),
        parts: listed(&sums, scenario, results),
        slowest: all.iter().take(SLOWEST_TOLD).map(|one| told(scenario, one)).collect(),
    })
}

fn told(scenario: &Scenario, one: &Followed) -> SlowRequest {
    let mut times = one.times.to_vec();
    times.sort_by_key(|&(part, time)| (std::cmp::Reverse(time), part));
    SlowRequest {
        id: one.path.id,
        class: scenario.classes[one.class].name.clone(),
        start_s: to_seconds(one.path.start),
        latency_ms: to_milliseconds(one.path.latency),
        attempts: one.path.attempts,
        parts: times.into_iter().map(|time| SlowPart::of(scenario, time)).collect(),
    }
}

fn listed(sums: &Sums<Key>, scenario: &Scenario, results: &RunResults) -> Vec<TailPart> {
    // Incidents of one name are one.
    let mut named: BTreeMap<(Part, Option<&str>), Nanoseconds> = BTreeMap::new();
    for (&(part, incident), &time) in &sums.parts {
        let during = match incident {
            NO_INCIDENT => None,
            INCIDENTS_MOST => Some("later incidents"),
            incident => results.incidents.get(incident as usize).map(|incident| incident.name.as_str()),
        };
        *named.entry((part, during)).or_default() += time;
    }
    let mut sizes: Vec<Nanoseconds> = named.values().copied().collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let least = sizes.get(PARTS_MOST).copied().unwrap_or(0);
    let mut kept: BTreeMap<(Cause, Option<Place>, Option<&str>), Nanoseconds> = BTreeMap::new();
    for ((part, during), time) in named {
        let key = if time > least {
            (part.cause(), Some(part.place()), during)
        } else {
            (part.cause(), None, None)
        };
        *kept.entry(key).or_default() += time;
    }
    let mut parts: Vec<_> = kept.into_iter().collect();
    parts.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
    let part =
        |((cause, place, during), time): ((Cause, Option<Place>, Option<&str>), Nanoseconds)| TailPart {
            cause,
            place: place.map(|place| name_of(scenario, place)),
            during: during.map(str::to_owned),
            share: sums.share(time),
            mean_ms: sums.mean_ms(time),
        };
    parts.into_iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example::{results, scenario};
    use crate::kernel::time::{MILLISECOND, SECOND};
    use crate::results::incident::Incident;
    use crate::results::path::{ClassPaths, Path, Paths};

    /// 990 fast requests, and ten of a second, half of them with a fault; one in `one_in` of two
    /// classes each.
    fn results_of(one_in: [u64; 2]) -> RunResults {
        let mut classes = one_in.map(ClassPaths::of);
        for number in 0..1_000 {
            let slow = number % 100 == 7;
            let latency = if slow { 1_000 * MILLISECOND } else { 10 * MILLISECOND };
            let during = if slow && number < 500 { 0 } else { NO_INCIDENT };
            let (line, again) = if slow { (600 * MILLISECOND, 200 * MILLISECOND) } else { (0, 0) };
            let work = 2 * MILLISECOND;
            let times: Vec<(Part, Time)> = vec![
                (Part::at(Cause::Queue, 2), line),
                (Part::at(Cause::Service, 2), work),
                (Part::between(Cause::Retry, 0, 2), again),
                (Part::at(Cause::Syn, 2), latency - line - again - work),
            ];
            let mut path = Path::new(number, 10 * SECOND, latency);
            path.during = during;
            classes[number as usize % 2].add(path, &times);
        }
        let mut results = results();
        results.incidents = vec![Incident::of_maintenance("restart app".into(), "app".into(), 0)];
        results.paths = Paths { classes: classes.to_vec(), steady_thousandths: 1_000 };
        results
    }

    fn tail_of(results: &RunResults) -> Option<TailSummary> {
        let scenario = scenario();
        tail(&scenario, results, &Window::of(&scenario, results))
    }

    #[test]
    fn the_tail_is_split_by_cause_place_and_incident() {
        let tail = tail_of(&results_of([1, 1])).unwrap();
        assert_eq!((tail.requests, tail.followed, tail.share), (10, 10, 0.01));
        assert_eq!((tail.latency_least_ms, tail.latency_mean_ms), (1_000.0, 1_000.0));
        assert!((tail.parts.iter().map(|part| part.share).sum::<f64>() - 1.0).abs() < 1e-12);
        let told: Vec<(Cause, Option<&str>, Option<&str>, f64)> = tail
            .parts
            .iter()
            .map(|part| (part.cause, part.place.as_deref(), part.during.as_deref(), part.share))
            .collect();
        let restart = Some("restart app");
        for during in [None, restart] {
            for part in [
                (Cause::Queue, Some("app"), during, 0.3),
                (Cause::Retry, Some("visitors -> app"), during, 0.1),
                (Cause::Syn, Some("app"), during, 0.099),
                (Cause::Service, Some("app"), during, 0.001),
            ] {
                assert!(told.contains(&part), "{part:?} in {told:?}");
            }
        }
        assert_eq!(told.len(), 8);
    }

    #[test]
    fn classes_of_which_fewer_are_followed_count_for_more() {
        // All slow ones have odd numbers, and are of the second class: 10 of 500, or 20 of 1,500.
        let tail = tail_of(&results_of([1, 2])).unwrap();
        assert_eq!((tail.requests, tail.followed), (20, 10));
        assert_eq!(tail.share, 20.0 / 1_500.0);
    }

    #[test]
    fn where_nobody_was_followed_there_is_nothing_to_explain() {
        assert!(tail_of(&RunResults { paths: Paths::default(), ..results() }).is_none());
    }
}
