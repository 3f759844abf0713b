//! Traces as OpenTelemetry's JSON, as its file exporter writes them: one request in each line.
//! A visit is a span; its node is the service. Times count from the start of the run.

use super::{Export, ExportError, span_id, trace_id};
use crate::output::record::{Activity, Story, StoryVisit};
use serde_json::{Value, json};
use std::io::Write;

/// The kinds and codes of the protocol.
const SERVER: u8 = 2;
const CLIENT: u8 = 3;
const FAILED: u8 = 2;

pub fn write(export: &Export, file: &mut dyn Write) -> Result<(), ExportError> {
    let seed = export.seed();
    export.stories(|story| {
        serde_json::to_writer(&mut *file, &request(seed, &story))?;
        Ok(file.write_all(b"\n")?)
    })
}

fn request(seed: u64, story: &Story) -> Value {
    let mut services: Vec<(&str, Vec<Value>)> = Vec::new();
    for (place, visit) in story.visits.iter().enumerate() {
        let span = span(seed, story, place, visit);
        match services.iter_mut().find(|(name, _)| *name == visit.node) {
            Some((_, spans)) => spans.push(span),
            None => services.push((&visit.node, vec![span])),
        }
    }
    let resource = |(name, spans): (&str, Vec<Value>)| {
        json!({
            "resource": { "attributes": [text("service.name", name)] },
            "scopeSpans": [{
                "scope": { "name": "spof", "version": env!("CARGO_PKG_VERSION") },
                "spans": spans,
            }],
        })
    };
    json!({ "resourceSpans": services.into_iter().map(resource).collect::<Vec<Value>>() })
}

fn span(seed: u64, story: &Story, place: usize, visit: &StoryVisit) -> Value {
    let mut attributes =
        vec![text("spof.class", &story.class), whole("spof.replica", u64::from(visit.replica))];
    for activity in [Activity::Travelling, Activity::InLine, Activity::Working] {
        let spent = visit.spent_ns(activity);
        if spent > 0 {
            attributes.push(whole(&format!("spof.{}_ns", activity.name().replace(' ', "_")), spent));
        }
    }
    if place == 0 {
        attributes.push(whole("spof.request", story.id));
        attributes.push(whole("spof.attempts", u64::from(story.attempts)));
        attributes.push(text("spof.why", &story.why));
    }
    let outcome = visit.outcome.as_deref().unwrap_or("left");
    attributes.push(text("spof.outcome", outcome));
    let mut span = json!({
        "traceId": trace_id(seed, story.id),
        "spanId": span_id(place),
        "name": format!("{} {}", visit.node, story.class),
        "kind": if visit.caller.is_none() { CLIENT } else { SERVER },
        "startTimeUnixNano": visit.start_ns.to_string(),
        "endTimeUnixNano": visit.ends_for_caller_ns().to_string(),
        "attributes": attributes,
    });
    if let Some(caller) = visit.caller {
        span["parentSpanId"] = span_id(caller).into();
    }
    if outcome != "ok" {
        span["status"] = json!({ "code": FAILED, "message": outcome });
    }
    span
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// Whole numbers are written as text, since JSON has no 64 bits.
fn whole(key: &str, value: u64) -> Value {
    json!({ "key": key, "value": { "intValue": value.to_string() } })
}
