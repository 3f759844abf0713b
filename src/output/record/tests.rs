//! Files are read back as they were written, and those that nobody wrote are refused.

use super::*;
use crate::analysis::example::{BUCKETS, WARMUP_BUCKETS, results, scenario};
use crate::analysis::summarise::summarise;
use crate::analysis::topology::topology;
use crate::output::{histogram_csv, json, nodes_timeline_csv, timeline_csv};
use crate::stats::histogram::Histogram;

fn files() -> Vec<(&'static str, Vec<u8>)> {
    let (scenario, results) = (scenario(), results());
    let mut files = Vec::new();
    let mut write = |name, write: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = Vec::new();
        write(&mut bytes);
        files.push((name, bytes));
    };
    write("timeline.csv", &|file| timeline_csv::write(file, &scenario, &results).unwrap());
    write("histogram.csv", &|file| histogram_csv::write(file, &scenario, &results).unwrap());
    write("nodes_timeline.csv", &|file| nodes_timeline_csv::write(file, &scenario, &results).unwrap());
    write("topology.json", &|file| json::write(file, &topology(&scenario, &results)).unwrap());
    write("summary.json", &|file| json::write(file, &summarise(&scenario, 7, &results)).unwrap());
    files
}

fn read(files: &[(&str, Vec<u8>)]) -> Result<Record, RecordError> {
    read_with("made-up", |name| Ok(files.iter().find(|(file, _)| *file == name).map(|(_, bytes)| &bytes[..])))
}

#[test]
fn a_run_is_read_back_as_it_was() {
    let record = read(&files()).unwrap();
    assert_eq!((record.name.as_str(), record.warmup_s(), record.end_s()), ("An example", 4.0, 40.0));
    let timeline = record.timeline.unwrap();
    assert_eq!(
        (timeline.buckets.len(), timeline.failures.len()),
        (BUCKETS, crate::parts::outcome::Outcome::COUNT - 1)
    );
    let count = &timeline.all[WARMUP_BUCKETS];
    assert_eq!((count.offered, count.ended, count.ok, count.good, count.bad()), (150, 150, 149, 148, 2));
    assert_eq!(count.failures.iter().sum::<u64>(), 1);
    let latencies = record.latencies.unwrap();
    let mut written = Histogram::new();
    let results = results();
    for cells in results.classes[0].cells.chunks(CELLS) {
        written.add_cells(cells);
    }
    let found = latencies.since(4.0, Some(0));
    assert_eq!((found.cells(), found.count()), (written.cells(), 99 * 36));
    let stations = record.stations.unwrap();
    assert_eq!(stations.stations[2].moments[10].visits, 150);
    assert_eq!(stations.stations[1].moments[10].utilisation, Some(0.3));
    let target = record.facts.unwrap().availability_target().unwrap();
    assert!((target - 0.999).abs() < 1e-9);
    assert_eq!(record.topology.unwrap().calls.len(), 1);
    assert!(record.outages.is_none() && record.events.is_empty());
}

#[test]
fn a_figure_that_is_no_number_is_no_figure() {
    let summary = r#"{ "scenario": "odd", "nodes": [ { "name": "app", "queue_mean": null, "visits": 3 } ],
        "tail": { "share": null, "parts": [ { "cause": "queue", "share": null } ] } }"#;
    let facts = read(&[("summary.json", summary.into())]).unwrap().facts.unwrap();
    assert_eq!((facts.scenario.as_str(), facts.nodes[0].visits, facts.nodes[0].queue_mean), ("odd", 3, 0.0));
    assert_eq!(facts.tail.unwrap().parts[0].cause, "queue");
}

#[test]
fn events_and_outages_are_read_where_there_are_some() {
    let events = "start_s,end_s,kind,target,planned,label\n20,25,fail,db,false,db fails\n5,,surge,,true,\n";
    let outages = "start_s,end_s,length_s,requests_lost,cause,planned\n20,24.5,4.5,450,db fails,false\n";
    let mut files = files();
    files.push(("events.csv", events.as_bytes().to_vec()));
    files.push(("outages.csv", outages.as_bytes().to_vec()));
    let record = read(&files).unwrap();
    assert_eq!((record.events[0].start_s, record.events[0].end_s), (5.0, f64::INFINITY));
    assert_eq!((record.events[1].target.as_str(), record.events[1].planned), ("db", false));
    assert_eq!(record.outages.unwrap()[0].requests_lost, Some(450.0));
}

#[test]
fn what_no_run_writes_is_refused_with_its_place() {
    for (file, text, told) in [
        ("timeline.csv", "start_s,length_s\n", "timeline.csv:1: there is no column `class`"),
        (
            "histogram.csv",
            "start_s,length_s,class,answers,cells\n0,1,page,3,9:x\n",
            "histogram.csv:2: `9:x` in column `cells` is not a list of cell:count",
        ),
        (
            "histogram.csv",
            "start_s,length_s,class,answers,cells\n0,1,page,3,9999:1\n",
            "histogram.csv:2: `9999:1` in column `cells` is not",
        ),
        (
            "histogram.csv",
            "start_s,length_s,class,answers,cells\n5,1,page,3,9:1\n1,1,page,3,9:1\n",
            "histogram.csv:3: this time bucket begins before",
        ),
        (
            "events.csv",
            "start_s,end_s,kind\n1,nan,fail\n",
            "events.csv:2: `nan` in column `end_s` is not a number from 0 on",
        ),
        ("events.csv", "start_s,end_s,kind\n1,2\n", "events.csv:2: this line has 2 fields and the header 3"),
        ("topology.json", "{ \"nodes\": 7 }", "topology.json:1: invalid type"),
    ] {
        let error = read(&[(file, text.as_bytes().to_vec())]).unwrap_err();
        assert!(error.to_string().starts_with(told), "{error}");
    }
}

#[test]
fn no_files_are_an_empty_record() {
    let record = read(&[]).unwrap();
    assert_eq!((record.name.as_str(), record.end_s()), ("made-up", 0.0));
}
