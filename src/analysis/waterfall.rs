//! One simulated request, blow by blow: a typical one of its class.
//!
//! A short run finds which request took about as long as the median; the same run again,
//! with the same seed, follows that one.

use crate::engine::{Advance, Doing, Options, Simulation, TracedVisit};
use crate::kernel::time::{NEVER, Time, to_milliseconds, to_seconds};
use crate::parts::fidelity::Fidelity;
use crate::parts::outcome::Outcome;
use crate::plan::{self, Plan};
use crate::results::row::{Row, RowSampling};
use crate::scenario::model::{RunEnd, Scenario, Warmup};
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct Waterfall {
    pub request: u64,
    pub start_s: f64,
    pub latency_ms: f64,
    pub outcome: &'static str,
    pub attempts: u32,
    /// Of so many requests it is the one in the middle.
    pub requests: usize,
    /// One for each visit, callers before those they call.
    pub bars: Vec<Bar>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Bar {
    pub node: String,
    /// Where the node has more than one.
    pub replica: Option<u32>,
    pub depth: usize,
    pub from_ms: f64,
    pub until_ms: f64,
    pub travelling_ms: f64,
    pub in_line_ms: f64,
    pub working_ms: f64,
    pub pieces: Vec<Piece>,
}

/// Times count from the request's start.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Piece {
    pub doing: Activity,
    pub from_ms: f64,
    pub until_ms: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    Travelling,
    InLine,
    Working,
}

/// Good answers that are enough for a median, and events after which the search ends.
const REQUESTS_ENOUGH: usize = 1_001;
const EVENTS_MOST: u64 = 3_000_000;
const SLICE_EVENTS: u64 = 100_000;

/// A typical request of a class, given by its number; `None` if none came to its end.
pub fn waterfall(scenario: &Scenario, class: usize) -> Option<Waterfall> {
    let mut every_request = scenario.clone();
    every_request.run.fidelity = Fidelity::Requests;
    let plan = plan::compile(&every_request);
    let options = Options { seed: scenario.run.seed, replication: 0, rows: RowSampling::All };
    let mut sample = sample(scenario, &plan, options, class as u32);
    sample.sort_by_key(|row| (row.latency, row.id));
    let typical = *sample.get(sample.len() / 2)?;
    let mut simulation = Simulation::new(&plan, options);
    simulation.follow(typical.id);
    let ended = (typical.start + typical.latency).saturating_add(1);
    while simulation.now() < ended && simulation.advance(ended, EVENTS_MOST) == Advance::RowsFull {
        simulation.clear_rows();
    }
    let visits = &simulation.trace().visits;
    Some(Waterfall {
        request: typical.id,
        start_s: to_seconds(typical.start),
        latency_ms: to_milliseconds(typical.latency),
        outcome: typical.outcome.meaning(),
        attempts: typical.attempts,
        requests: sample.len(),
        bars: visits.iter().map(|visit| bar(scenario, visits, visit, &typical)).collect(),
    })
}

/// Requests of the class: good ones after the warm-up if there are any, else what there is.
fn sample(scenario: &Scenario, plan: &Plan, options: Options, class: u32) -> Vec<Row> {
    let is_warm = |row: &Row| match (scenario.run.warmup, scenario.run.end) {
        (Warmup::After(time), _) => row.start >= time,
        (Warmup::Requests(requests), _) => row.id >= requests,
        (Warmup::Auto, RunEnd::After(duration)) => row.start >= duration / 10,
        (Warmup::Auto, RunEnd::Requests(requests)) => row.id >= requests / 10,
    };
    let is_good = |row: &Row| row.outcome == Outcome::Ok;
    let mut simulation = Simulation::new(plan, options);
    let mut rows: Vec<Row> = Vec::new();
    let mut enough = 0;
    while enough < REQUESTS_ENOUGH && simulation.events() < EVENTS_MOST {
        let advance = simulation.advance(NEVER, SLICE_EVENTS);
        for row in simulation.rows().rows.iter().filter(|row| row.class == class) {
            enough += usize::from(is_warm(row) && is_good(row));
            rows.push(*row);
        }
        simulation.clear_rows();
        if advance == Advance::Ended {
            break;
        }
    }
    let preferred = |row: &Row| is_warm(row) && is_good(row);
    if rows.iter().any(preferred) {
        rows.retain(preferred);
    } else if rows.iter().any(is_good) {
        rows.retain(is_good);
    }
    rows
}

fn bar(scenario: &Scenario, visits: &[TracedVisit], visit: &TracedVisit, typical: &Row) -> Bar {
    let (start, latency_ms) = (typical.start, to_milliseconds(typical.latency));
    let since_start = |time: Time| to_milliseconds(time.saturating_sub(start));
    let pieces: Vec<Piece> = visit
        .spans
        .iter()
        .map(|span| Piece {
            doing: match span.doing {
                Doing::Travelling => Activity::Travelling,
                Doing::InLine => Activity::InLine,
                Doing::Working => Activity::Working,
            },
            from_ms: since_start(span.from),
            until_ms: since_start(span.until),
        })
        .collect();
    let sum = |doing: Activity| {
        pieces
            .iter()
            .filter(|piece| piece.doing == doing)
            .map(|piece| piece.until_ms - piece.from_ms)
            .sum::<f64>()
    };
    let node = &scenario.nodes[visit.node as usize];
    let callers = std::iter::successors(visit.caller, |&caller| visits[caller].caller);
    let (from_ms, until_ms) = match visit.caller {
        // The request itself stands at its user all the time.
        None => (0.0, latency_ms),
        Some(_) => (
            pieces.first().map_or(0.0, |piece| piece.from_ms),
            pieces.last().map_or(0.0, |piece| piece.until_ms),
        ),
    };
    Bar {
        node: node.name.clone(),
        replica: (node.replicas > 1).then_some(visit.replica),
        depth: callers.count(),
        from_ms,
        until_ms,
        travelling_ms: sum(Activity::Travelling),
        in_line_ms: sum(Activity::InLine),
        working_ms: sum(Activity::Working),
        pieces,
    }
}
