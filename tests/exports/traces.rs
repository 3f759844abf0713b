//! The traces, in three formats: every visit of every story is there, for schemas and for other
//! people's readers.

use super::{json, python, stories, text};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs;
use std::path::Path;

fn check_schema(schema: &str, document: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers").join(schema);
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(document).take(5).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn jaeger_has_every_visit_as_a_span_of_a_known_service() {
    let document = json("traces.jaeger.json");
    check_schema("jaeger.schema.json", &document);
    let (traces, stories) = (document["data"].as_array().unwrap(), stories());
    assert_eq!(traces.len(), stories.len());
    for (trace, story) in traces.iter().zip(&stories) {
        let (spans, visits) = (trace["spans"].as_array().unwrap(), story["visits"].as_array().unwrap());
        assert_eq!(spans.len(), visits.len());
        for (span, visit) in spans.iter().zip(visits) {
            let process = &trace["processes"][span["processID"].as_str().unwrap()];
            assert_eq!(process["serviceName"], visit["node"]);
            let parent = span["references"].get(0).map(|reference| &reference["spanID"]);
            let caller = visit["caller"].as_u64().map(|caller| &spans[caller as usize]["spanID"]);
            assert_eq!(parent, caller);
        }
        let length = story["end_ns"].as_u64().unwrap() - story["start_ns"].as_u64().unwrap();
        assert_eq!(spans[0]["duration"], length / 1_000);
    }
}

#[test]
fn perfetto_has_nodes_slices_instants_and_counters() {
    let document = json("traces.perfetto.json");
    check_schema("chrome-trace.schema.json", &document);
    let events = document["traceEvents"].as_array().unwrap();
    let of = |phase: &str| -> Vec<&Value> { events.iter().filter(|event| event["ph"] == phase).collect() };
    let named = of("M").into_iter().filter(|event| event["name"] == "process_name");
    let names: Vec<&str> = named.map(|event| event["args"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["events", "resources", "visitors", "host", "nginx", "app"]);
    let instants: Vec<&str> = of("i").iter().map(|event| event["name"].as_str().unwrap()).collect();
    assert_eq!(instants, ["slow app", "fail app/1", "surge 2x"]);
    assert!(of("C").iter().any(|event| event["name"] == "in line"));
    // What can be full has two tracks in each bucket.
    let link = "the link visitors -> host (answers)";
    let tracks = ["in use", "waiting"].map(|what| format!("{link}, {what}"));
    let counted = |track: &String| of("C").iter().filter(|event| event["name"] == track.as_str()).count();
    let buckets = text("resources_timeline.csv").lines().filter(|line| line.contains(link)).count();
    assert_eq!(tracks.each_ref().map(counted), [buckets; 2]);
    // Slices of one track open and close like brackets, and time goes on in them.
    let mut open: HashMap<(String, String), Vec<(&str, f64)>> = HashMap::new();
    for event in events.iter().filter(|event| event["ph"] == "b" || event["ph"] == "e") {
        let key = (event["pid"].to_string(), event["id2"]["local"].to_string());
        let (name, at) = (event["name"].as_str().unwrap(), event["ts"].as_f64().unwrap());
        let stack = open.entry(key).or_default();
        if event["ph"] == "b" {
            assert!(stack.last().is_none_or(|(_, start)| *start <= at));
            stack.push((name, at));
        } else {
            let (opened, start) = stack.pop().expect("it has begun");
            assert!(opened == name && start <= at, "{event}");
        }
    }
    assert!(open.values().all(Vec::is_empty));
    let visits: usize = stories().iter().map(|story| story["visits"].as_array().unwrap().len()).sum();
    let begun = of("b").iter().filter(|event| event["args"].get("request").is_some()).count();
    assert_eq!(begun, visits);
}

/// How many visits the stories have at each node, by class.
fn visits_by_node() -> HashMap<(String, String), u64> {
    let mut visits = HashMap::new();
    for story in stories() {
        let class = story["class"].as_str().unwrap();
        for visit in story["visits"].as_array().unwrap() {
            let node = visit["node"].as_str().unwrap();
            *visits.entry((node.to_owned(), class.to_owned())).or_insert(0) += 1;
        }
    }
    visits
}

#[test]
fn a_reader_of_saved_jaeger_traces_finds_every_visit() {
    let Some(found) = python("jaeger", "traces.jaeger.json") else { return };
    assert_eq!(found["traces"], stories().len());
    assert_eq!(found["whole"], true, "a span has no parent");
    let calls = found["calls"].as_object().unwrap();
    let known = visits_by_node();
    assert_eq!(calls.len(), known.len());
    for ((node, class), visits) in known {
        assert_eq!(calls[&format!("{node}/{class}")], visits, "{node}/{class}");
    }
}

#[test]
fn the_trace_processor_of_perfetto_finds_visits_below_their_nodes() {
    let Some(found) = python("perfetto", "traces.perfetto.json") else { return };
    assert_eq!(found["errors"], json!([]));
    assert_eq!(found["unfinished"], json!([{ "count": 0 }]));
    let mut nodes: Vec<&str> =
        found["nodes"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap()).collect();
    nodes.sort_unstable();
    assert_eq!(nodes, ["app", "events", "host", "nginx", "resources", "visitors"]);
    let slices = found["slices"].as_array().unwrap();
    let whole_visits: HashMap<(String, String), u64> = slices
        .iter()
        .filter(|slice| slice["depth"] == 0)
        .map(|slice| {
            let text = |name: &str| slice[name].as_str().unwrap().to_owned();
            ((text("node"), text("name")), slice["count"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(whole_visits, visits_by_node());
    let worked = slices.iter().find(|slice| slice["node"] == "app" && slice["name"] == "working").unwrap();
    assert!(worked["depth"] == 1 && worked["length_ns"].as_u64() > Some(0), "{worked}");
    let instants: Vec<(&str, u64)> = found["instants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|instant| (instant["name"].as_str().unwrap(), instant["ts"].as_u64().unwrap()))
        .collect();
    let second = 1_000_000_000;
    assert_eq!(instants, [("slow app", 30 * second), ("fail app/1", 60 * second), ("surge 2x", 90 * second)]);
    let counters = found["counters"].as_array().unwrap();
    let of_app = counters.iter().filter(|counter| counter["node"] == "app");
    assert_eq!(of_app.map(|counter| counter["count"].as_u64() > Some(9)).collect::<Vec<_>>(), [true, true]);
}

#[test]
fn opentelemetry_reads_the_traces() {
    let Some(traces) = python("otlp", "traces.otlp.jsonl") else { return };
    let (traces, stories) = (traces.as_array().unwrap(), stories());
    assert_eq!(traces.len(), stories.len());
    for (trace, story) in traces.iter().zip(&stories) {
        let (spans, visits) = (trace.as_array().unwrap(), story["visits"].as_array().unwrap());
        assert_eq!(spans.len(), visits.len());
        let roots: Vec<&Value> = spans.iter().filter(|span| span["parent"] == "").collect();
        assert_eq!(roots.len(), 1);
        assert_eq!((&roots[0]["start"], &roots[0]["end"]), (&story["start_ns"], &story["end_ns"]));
        assert_eq!(roots[0]["failed"], story["outcome"] != "ok");
        for span in spans.iter().filter(|span| span["parent"] != "") {
            assert!(spans.iter().any(|other| other["id"] == span["parent"]), "{span} has no parent");
        }
    }
}
