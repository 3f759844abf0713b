//! The JSON of Chrome's trace viewer, which Perfetto reads: nodes as processes, visits as
//! slices, what happened as instants and slices of its own, queues and utilisation as counters, of nodes
//! and of all that can be full.
//! Times count from the start of the run.

use super::{Export, ExportError, microseconds};
use crate::output::record::{Record, Story};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::io::{self, Write};

/// What happened to the site stands above the nodes, and so does what can be full.
const EVENTS: u64 = 1;
const RESOURCES: u64 = 2;

/// A track of the process that it stands in; with an `id` alone it would belong to none.
fn local(id: &str) -> Value {
    json!({ "local": id })
}

struct Trace<'t> {
    file: &'t mut dyn Write,
    has_some: bool,
    processes: FxHashMap<String, u64>,
}

pub fn write(export: &Export, file: &mut dyn Write) -> Result<(), ExportError> {
    let mut trace = Trace { file, has_some: false, processes: FxHashMap::default() };
    trace.file.write_all(b"{\"displayTimeUnit\":\"ms\",\"traceEvents\":[")?;
    trace.name_process(EVENTS, "events")?;
    if export.record.resources.is_some() {
        trace.name_process(RESOURCES, "resources")?;
    }
    if let Some(stations) = &export.record.stations {
        for station in &stations.stations {
            trace.process(&station.name)?;
        }
    }
    trace.events(export.record)?;
    trace.counters(export.record)?;
    trace.resources(export.record)?;
    export.stories_if_any(|story| Ok(trace.story(&story)?))?;
    Ok(trace.file.write_all(b"\n]}\n")?)
}

impl Trace<'_> {
    /// `at` in microseconds stands first, as exact text.
    fn push(&mut self, at: &str, event: &Value) -> io::Result<()> {
        let gap = if std::mem::replace(&mut self.has_some, true) { ",\n" } else { "\n" };
        let text = event.to_string();
        write!(self.file, "{gap}{{\"ts\":{at},{}", &text[1..])
    }

    fn name_process(&mut self, number: u64, name: &str) -> io::Result<()> {
        self.push(
            "0",
            &json!({ "ph": "M", "name": "process_name", "pid": number, "args": { "name": name } }),
        )?;
        let order = json!({ "ph": "M", "name": "process_sort_index", "pid": number, "args": { "sort_index": number } });
        self.push("0", &order)
    }

    fn process(&mut self, node: &str) -> io::Result<u64> {
        if let Some(&number) = self.processes.get(node) {
            return Ok(number);
        }
        let number = RESOURCES + 1 + self.processes.len() as u64;
        self.processes.insert(node.to_owned(), number);
        self.name_process(number, node)?;
        Ok(number)
    }

    fn events(&mut self, record: &Record) -> io::Result<()> {
        for (number, event) in record.events.iter().enumerate() {
            let (start, end) = (at(event.start_s), at(event.end_s.min(record.end_s())));
            let args = json!({ "kind": event.kind, "target": event.target, "planned": event.planned });
            let name = &event.label;
            self.push(
                &start,
                &json!({ "ph": "i", "s": "p", "name": name, "cat": "event", "pid": EVENTS, "tid": 1, "args": args }),
            )?;
            for (phase, time) in [("b", &start), ("e", &end)] {
                self.push(
                    time,
                    &json!({ "ph": phase, "name": name, "cat": "event", "id2": local(&format!("event {number}")),
                             "pid": EVENTS, "tid": 1, "args": args }),
                )?;
            }
        }
        Ok(())
    }

    fn counters(&mut self, record: &Record) -> io::Result<()> {
        let Some(stations) = &record.stations else { return Ok(()) };
        for station in &stations.stations {
            let process = self.process(&station.name)?;
            for (stretch, moment) in stations.buckets.iter().zip(&station.moments) {
                let start = at(stretch.start_s);
                let line = json!({ "ph": "C", "name": "in line", "pid": process, "tid": 0,
                                   "args": { "mean": moment.queue_mean } });
                self.push(&start, &line)?;
                if let Some(utilisation) = moment.utilisation {
                    let used = json!({ "ph": "C", "name": "in use", "pid": process, "tid": 0,
                                       "args": { "share": utilisation } });
                    self.push(&start, &used)?;
                }
            }
        }
        Ok(())
    }

    /// A track of how full each was, and one of those who waited for it.
    fn resources(&mut self, record: &Record) -> io::Result<()> {
        let Some(timelines) = &record.resources else { return Ok(()) };
        for resource in &timelines.resources {
            let names = ["in use", "waiting"].map(|what| format!("{}, {what}", resource.name));
            for (stretch, moment) in timelines.buckets.iter().zip(&resource.moments) {
                let start = at(stretch.start_s);
                if let Some(utilisation) = moment.utilisation {
                    let used = json!({ "ph": "C", "name": names[0], "pid": RESOURCES, "tid": 0,
                                       "args": { "share": utilisation } });
                    self.push(&start, &used)?;
                }
                let waiting = json!({ "ph": "C", "name": names[1], "pid": RESOURCES, "tid": 0,
                                      "args": { "mean": moment.waiting_mean } });
                self.push(&start, &waiting)?;
            }
        }
        Ok(())
    }

    /// Visits overlap, so that each is a track of its own below its node; what it did stands
    /// within.
    fn story(&mut self, story: &Story) -> io::Result<()> {
        for (place, visit) in story.visits.iter().enumerate() {
            let process = self.process(&visit.node)?;
            let id = format!("{}.{place}", story.id);
            let slice = |phase: &str, name: &str, args: Value| json!({ "ph": phase, "name": name, "cat": "visit", "id2": local(&id), "pid": process, "tid": 1, "args": args });
            let args = json!({
                "request": story.id, "class": story.class, "replica": visit.replica,
                "outcome": visit.outcome.as_deref().unwrap_or("left"), "why": story.why,
            });
            let end = microseconds(visit.ends_for_caller_ns());
            self.push(&microseconds(visit.start_ns), &slice("b", &story.class, args))?;
            for span in &visit.spans {
                self.push(&microseconds(span.1), &slice("b", span.0.name(), json!({})))?;
                self.push(&microseconds(span.2), &slice("e", span.0.name(), json!({})))?;
            }
            self.push(&end, &slice("e", &story.class, json!({})))?;
        }
        Ok(())
    }
}

/// Seconds as microseconds.
fn at(seconds: f64) -> String {
    microseconds((seconds.max(0.0) * 1e9).round() as u64)
}
