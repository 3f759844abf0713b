//! `traces.jsonl`: the stories of sampled requests, one in each line. All other formats of
//! traces are made of it.

use crate::analysis::tail::SlowPart;
use crate::engine::{Doing, KeptTrace, Reason, TracedVisit};
use crate::scenario::model::Scenario;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Line<'a> {
    id: u64,
    class: &'a str,
    outcome: &'static str,
    attempts: u32,
    start_ns: u64,
    end_ns: u64,
    why: &'static str,
    /// What it waited for, which comes to its latency; visits side by side come to more.
    parts: Vec<SlowPart>,
    visits: Vec<Visit<'a>>,
}

#[derive(Serialize)]
struct Visit<'a> {
    node: &'a str,
    replica: u32,
    caller: Option<usize>,
    start_ns: u64,
    end_ns: u64,
    outcome: Option<&'static str>,
    /// What it did, from when to when.
    spans: Vec<(&'static str, u64, u64)>,
}

pub struct TracesFile<W: Write> {
    file: W,
}

impl<W: Write> TracesFile<W> {
    pub fn new(file: W) -> TracesFile<W> {
        TracesFile { file }
    }

    pub fn write(&mut self, scenario: &Scenario, kept: &KeptTrace) -> io::Result<()> {
        let row = &kept.row;
        let line = Line {
            id: row.id,
            class: &scenario.classes[row.class as usize].name,
            outcome: row.outcome.name(),
            attempts: row.attempts,
            start_ns: row.start,
            end_ns: row.start.saturating_add(row.latency),
            why: match kept.reason {
                Reason::Sampled => "sampled",
                Reason::Slowest => "slowest",
                Reason::Failed => "failed",
            },
            parts: kept.parts.iter().map(|&time| SlowPart::of(scenario, time)).collect(),
            visits: kept.trace.visits.iter().map(|visit| Visit::of(scenario, visit)).collect(),
        };
        serde_json::to_writer(&mut self.file, &line).map_err(io::Error::from)?;
        self.file.write_all(b"\n")
    }

    pub fn finish(mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl<'a> Visit<'a> {
    fn of(scenario: &'a Scenario, visit: &TracedVisit) -> Visit<'a> {
        let doing = |doing: Doing| match doing {
            Doing::Travelling => "travelling",
            Doing::InLine => "in_line",
            Doing::Working => "working",
        };
        Visit {
            node: &scenario.nodes[visit.node as usize].name,
            replica: visit.replica,
            caller: visit.caller,
            start_ns: visit.from,
            end_ns: visit.until,
            outcome: visit.outcome.map(|outcome| outcome.name()),
            spans: visit.spans.iter().map(|span| (doing(span.doing), span.from, span.until)).collect(),
        }
    }
}
