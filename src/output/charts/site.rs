//! The site as its users felt it: up, degraded or down, and its outages.

use super::states::{State, UP_LEAST, state_of_shares, touched};
use crate::output::record::{Count, Outage, Record, Stretch};
use crate::parts::outcome::Outcome;

/// Where a stretch is longer than so many usual answers, silence means something.
const SILENCE_ANSWERS: f64 = 20.0;

/// The site, as its users felt it. Where its outages are known it is down in these and nowhere
/// else, however long the time buckets are.
pub fn of_site(record: &Record) -> Vec<(Stretch, State)> {
    let by_counts = by_counts(record);
    let (Some(outages), Some(timeline)) = (&record.outages, &record.timeline) else { return by_counts };
    let known_s = known_until_s(record, outages);
    let mut states = Vec::with_capacity(by_counts.len() + 2 * outages.len());
    let mut first = 0;
    for ((stretch, state), count) in by_counts.into_iter().zip(&timeline.all) {
        first += outages[first..].partition_point(|outage| outage.end_s < stretch.start_s);
        let in_it = outages[first..].iter().take_while(|outage| outage.start_s < stretch.end_s());
        if stretch.start_s >= known_s {
            states.push((stretch, state));
        } else {
            cut_at_outages(&mut states, (stretch, state), count, in_it);
        }
    }
    states
}

/// Up to when all outages are listed one by one.
fn known_until_s(record: &Record, outages: &[Outage]) -> f64 {
    let is_cut = record.facts.as_ref().is_some_and(|facts| facts.availability.is_cut());
    match outages.last() {
        Some(last) if is_cut => last.end_s,
        _ => f64::INFINITY,
    }
}

/// A time bucket in pieces: down in its outages, and beside them as good as what is left of it.
fn cut_at_outages<'o>(
    states: &mut Vec<(Stretch, State)>,
    (stretch, state): (Stretch, State),
    count: &Count,
    outages: impl Iterator<Item = &'o Outage>,
) {
    let (mut at_s, mut explained) = (stretch.start_s, 0.0);
    let mut pieces = Vec::new();
    for outage in outages {
        let (start_s, end_s) = (outage.start_s.max(at_s), outage.end_s.min(stretch.end_s()));
        if start_s > at_s {
            pieces.push((at_s, start_s, None));
        }
        let down = if outage.planned { State::Maintenance } else { State::Down };
        pieces.push((start_s, end_s.max(start_s), Some(down)));
        at_s = at_s.max(end_s);
        let share = (end_s - start_s).max(0.0) / outage.length_s().max(f64::MIN_POSITIVE);
        explained += match outage.requests_lost {
            Some(lost) => share.min(1.0) * lost / count.ended.max(1) as f64,
            None => (end_s - start_s).max(0.0) / stretch.length_s.max(f64::MIN_POSITIVE),
        };
    }
    if at_s < stretch.end_s() || pieces.is_empty() {
        pieces.push((at_s, stretch.end_s(), None));
    }
    let left = count.good_share().map(|share| share + explained);
    let beside = match (state, left) {
        (State::Down | State::Degraded, Some(share)) if share >= UP_LEAST => State::Up,
        // Some failed, but it was no outage.
        (State::Down, _) => State::Degraded,
        (state, _) => state,
    };
    states.extend(pieces.into_iter().map(|(start_s, end_s, state)| {
        (Stretch { start_s, length_s: end_s - start_s }, state.unwrap_or(beside))
    }));
}

/// The site by the counts of its time buckets alone.
fn by_counts(record: &Record) -> Vec<(Stretch, State)> {
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
    let state = match (count.good_share(), count.failed_share()) {
        (Some(good), Some(failed)) => state_of_shares(good, failed),
        // Many wait, and nobody was answered for long.
        _ if count.in_flight > 0 && stretch.length_s > SILENCE_ANSWERS * usual_s && usual_s > 0.0 => {
            State::Down
        }
        _ => return State::Idle,
    };
    if state != State::Up && in_maintenance { State::Maintenance } else { state }
}

/// The outages of a run: those of its file, or else the stretches in which the site was down.
pub fn outages(record: &Record) -> Vec<Outage> {
    if let Some(outages) = &record.outages {
        return outages.clone();
    }
    let Some(timeline) = &record.timeline else { return Vec::new() };
    let mut found: Vec<(Outage, Vec<u64>)> = Vec::new();
    let mut was_down = false;
    for ((stretch, state), count) in by_counts(record).iter().zip(&timeline.all) {
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
    use crate::output::record::{Event, Timeline};

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
        assert_eq!(states(&record), [Up, Up, Degraded, Down, Down, Down]);
        let outages = outages(&record);
        assert_eq!((outages.len(), outages[0].start_s, outages[0].end_s), (1, 30.0, 60.0));
        assert_eq!(
            (outages[0].requests_lost, outages[0].cause.as_str()),
            (Some(201.0), "timed out at the client")
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
    fn the_site_is_down_for_as_long_as_its_outages_last() {
        use State::{Degraded, Down, Maintenance, Up};
        let mut record = record(&[100, 40, 0, 90, 97]);
        let outage = |start_s: f64, end_s: f64, lost: f64, planned| Outage {
            start_s,
            end_s,
            requests_lost: Some(lost),
            planned,
            ..Outage::default()
        };
        record.outages = Some(vec![outage(14.0, 30.0, 160.0, false), outage(32.0, 33.0, 10.0, true)]);
        let pieces: Vec<(f64, f64, State)> = of_site(&record)
            .into_iter()
            .map(|(stretch, state)| (stretch.start_s, stretch.end_s(), state))
            .collect();
        assert_eq!(
            pieces,
            [
                (0.0, 10.0, Up),
                (10.0, 14.0, Up),
                (14.0, 20.0, Down),
                (20.0, 30.0, Down),
                (30.0, 30.0, Down),
                (30.0, 32.0, Up),
                (32.0, 33.0, Maintenance),
                (33.0, 40.0, Up),
                // Three in a hundred fail, which is no outage.
                (40.0, 50.0, Degraded),
            ]
        );
        // Without the list of outages, the counts say where more than a quarter failed.
        record.outages = None;
        let states: Vec<State> = of_site(&record).into_iter().map(|(_, state)| state).collect();
        assert_eq!(states, [Up, Down, Down, Degraded, Degraded]);
    }
}
