//! Traces as the JSON that Jaeger's page shows and loads. A visit is a span, its node the
//! service, and what it did are the span's logs. Times count from the start of the run.

use super::{Export, ExportError, microseconds, span_id, trace_id};
use crate::output::record::{Story, StoryVisit};
use serde_json::{Map, Value, json};
use std::io::Write;

pub fn write(export: &Export, file: &mut dyn Write) -> Result<(), ExportError> {
    let seed = export.seed();
    file.write_all(b"{\"data\":[")?;
    let mut gap: &[u8] = b"\n";
    export.stories(|story| {
        file.write_all(gap)?;
        gap = b",\n";
        Ok(serde_json::to_writer(&mut *file, &request(seed, &story))?)
    })?;
    // As Jaeger's query service ends its answers, which saved traces are.
    Ok(file.write_all(b"\n],\"total\":0,\"limit\":0,\"offset\":0,\"errors\":null}\n")?)
}

fn request(seed: u64, story: &Story) -> Value {
    let mut services: Vec<&str> = Vec::new();
    let mut spans = Vec::with_capacity(story.visits.len());
    for (place, visit) in story.visits.iter().enumerate() {
        let service = services.iter().position(|name| *name == visit.node).unwrap_or_else(|| {
            services.push(&visit.node);
            services.len() - 1
        });
        spans.push(span(seed, story, place, visit, service));
    }
    let processes: Map<String, Value> = services
        .iter()
        .enumerate()
        .map(|(number, name)| (process(number), json!({ "serviceName": name, "tags": [] })))
        .collect();
    json!({ "traceID": trace_id(seed, story.id), "spans": spans, "processes": processes, "warnings": null })
}

fn process(number: usize) -> String {
    format!("p{}", number + 1)
}

fn span(seed: u64, story: &Story, place: usize, visit: &StoryVisit, service: usize) -> Value {
    let trace = trace_id(seed, story.id);
    let outcome = visit.outcome.as_deref().unwrap_or("left");
    let mut tags = vec![
        json!({ "key": "class", "type": "string", "value": story.class }),
        json!({ "key": "replica", "type": "int64", "value": visit.replica }),
        json!({ "key": "outcome", "type": "string", "value": outcome }),
    ];
    if outcome != "ok" {
        tags.push(json!({ "key": "error", "type": "bool", "value": true }));
    }
    if place == 0 {
        tags.push(json!({ "key": "request", "type": "int64", "value": story.id }));
        tags.push(json!({ "key": "attempts", "type": "int64", "value": story.attempts }));
    }
    let references = match visit.caller {
        Some(caller) => json!([{ "refType": "CHILD_OF", "traceID": trace, "spanID": span_id(caller) }]),
        None => json!([]),
    };
    let logs: Vec<Value> = visit
        .spans
        .iter()
        .map(|span| {
            let lasted = format!("{} for {} µs", span.0.name(), microseconds(span.2.saturating_sub(span.1)));
            json!({
                "timestamp": span.1 / 1_000,
                "fields": [{ "key": "event", "type": "string", "value": lasted }],
            })
        })
        .collect();
    json!({
        "traceID": trace,
        "spanID": span_id(place),
        // It was sampled. Readers of saved traces ask for it.
        "flags": 1,
        "operationName": story.class,
        "references": references,
        "startTime": visit.start_ns / 1_000,
        "duration": visit.ends_for_caller_ns().saturating_sub(visit.start_ns) / 1_000,
        "tags": tags,
        "logs": logs,
        "processID": process(service),
        "warnings": null,
    })
}
