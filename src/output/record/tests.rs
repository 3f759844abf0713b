//! Files are read back as they were written, and those that nobody wrote are refused.

use super::*;
use crate::analysis::example::{
    BUCKETS, WARMUP_BUCKETS, results, results_between, scenario, scenario_between,
};
use crate::engine::trial;
use crate::output::Kept;
use crate::plan::compile;
use crate::questions::findings::Findings;
use crate::scenario::load::load_text;
use crate::stats::histogram::{CELLS, Histogram};

fn files() -> Vec<(&'static str, Vec<u8>)> {
    let (scenario, results) = (scenario(), results());
    let record = Record::of(&scenario, Findings::of(&scenario, 7, &results), &results);
    let kept = [
        Kept::TimelineCsv,
        Kept::HistogramCsv,
        Kept::NodesTimelineCsv,
        Kept::TopologyJson,
        Kept::SummaryJson,
    ];
    kept.map(|kept| (kept.file_name(), file_of(&record, kept))).to_vec()
}

fn file_of(record: &Record, kept: Kept) -> Vec<u8> {
    let mut bytes = Vec::new();
    record.write(kept, &mut bytes).unwrap();
    bytes
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
    let target = record.findings.unwrap().summary.availability_target().unwrap();
    assert!((target - 0.999).abs() < 1e-9);
    assert_eq!(record.topology.unwrap().calls.len(), 1);
    assert!(record.outages.is_none() && record.events.is_empty());
}

#[test]
fn a_figure_that_is_no_number_is_no_figure() {
    let summary = r#"{ "scenario": "odd", "nodes": [ { "name": "app", "queue_mean": null, "visits": 3 } ],
        "tail": { "share": null, "parts": [ { "cause": "queue", "share": null } ] } }"#;
    let summary = read(&[("summary.json", summary.into())]).unwrap().findings.unwrap().summary;
    let node = &summary.nodes[0];
    assert_eq!((summary.scenario.as_str(), node.visits, node.queue_mean), ("odd", 3, 0.0));
    assert_eq!(summary.tail.unwrap().parts[0].words(), "in line");
}

#[test]
fn resources_are_read_back_as_they_were() {
    let (scenario, results) = (scenario_between(), results_between());
    let record = Record::of(&scenario, Findings::of(&scenario, 7, &results), &results);
    let kept = [Kept::ResourcesTimelineCsv, Kept::TopologyJson, Kept::SummaryJson];
    let record = read(&kept.map(|kept| (kept.file_name(), file_of(&record, kept)))).unwrap();
    let timelines = record.resources.unwrap();
    let summaries = record.findings.unwrap().summary.resources;
    let names = |names: &mut dyn Iterator<Item = &String>| names.cloned().collect::<Vec<_>>();
    let in_timelines = names(&mut timelines.resources.iter().map(|resource| &resource.name));
    assert_eq!(in_timelines, names(&mut summaries.iter().map(|resource| &resource.name)));
    let link = timelines.resources.last().unwrap();
    assert_eq!((link.owner.as_str(), link.way.as_str()), ("visitors -> host", "back"));
    let known = [20, 30].map(|bucket| link.moments[bucket].utilisation_max);
    assert_eq!(known, [Some(1.0), Some(0.43)]);
    // What is fullest in a call stands with it, and what a node has with the node.
    let topology = record.topology.unwrap();
    let [link, pool] = [0, 1].map(|call: usize| topology.calls[call].fullest.clone().unwrap());
    assert_eq!(
        (link.resource.as_str(), link.bucket.utilisation),
        ("the link visitors -> host (answers)", 1.0)
    );
    assert_eq!((pool.resource.as_str(), pool.bucket.utilisation), ("the connection pool app -> db", 0.3));
    assert_eq!(topology.nodes[1].fullest.as_ref().unwrap().resource, "the cores of host");
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
    assert_eq!(record.outages.unwrap()[0].requests_lost, Some(450));
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

/// Sites with all that a record can hold: faults, surges, outages, links, caches, costs, a run that
/// ends at an instant at which something else ends.
const SITES: [&str; 4] = [
    "
run: { duration: 20m, warmup: 1m }
nodes:
  visitors: { kind: user, arrivals: 20/s, timeout: 2s }
  edge: { kind: load_balancer }
  app: { kind: app_server, workers: 4, replicas: 2, cost: 0.10/h }
  db: { kind: database }
requests:
  page: { share: 80%, path: [ edge: 0.1ms, app: exp(40ms), db: exp(5ms) ] }
  asset: { share: 20%, path: [ edge: 0.2ms ] }
expect: [ \"availability >= 99%\", \"page p99 < 1s\" ]
timeline:
  - { at: 5m, fail: db, for: 30s }
  - { at: 10m, surge: 6x, hold: 1m }
  - { at: 15m, maintain: app }
",
    "
run: { duration: 40h, warmup: 0s, bucket: 10h, fidelity: components }
nodes:
  visitors: { kind: user, arrivals: 2/s }
  web: { kind: web_server, boot: 0s }
requests: { page: { path: [ web: 1ms ] } }
timeline: [ { at: 12h, fail: web, for: 1h } ]
",
    "
run: { requests: 10, warmup: 0s }
nodes:
  visitors: { kind: user, arrivals: { every: 1s } }
  app: { kind: station }
requests: { page: { path: [ app: 100ms ] } }
",
    "
run: { duration: 1s, warmup: 0s }
nodes: { visitors: { kind: user, arrivals: 0.001/s }, app: { kind: station } }
requests: { page: { path: [ app: 5ms ] } }
",
];

#[test]
fn what_is_read_from_the_files_is_the_record_that_they_were_written_from() {
    for site in SITES {
        let loaded = load_text("site.yaml", site, &[]);
        let shown = loaded.render(false);
        let scenario = loaded.scenario.unwrap_or_else(|| panic!("{shown}"));
        let results = trial::run(&compile(&scenario));
        let made = Record::of(&scenario, Findings::of(&scenario, 7, &results), &results);
        let files: Vec<(&str, Vec<u8>)> =
            Kept::ALL.iter().map(|&kept| (kept.file_name(), file_of(&made, kept))).collect();
        let files: Vec<(&str, Vec<u8>)> = files.into_iter().filter(|(_, bytes)| !bytes.is_empty()).collect();
        let found = read(&files).unwrap();
        assert_eq!(found.name, made.name);
        assert_eq!(found.timeline, made.timeline, "{site}");
        assert_eq!(found.latencies, made.latencies, "{site}");
        assert_eq!(found.stations, made.stations, "{site}");
        assert_eq!(found.resources, made.resources, "{site}");
        assert_eq!(found.events, made.events, "{site}");
        assert_eq!(
            (found.outages.as_ref(), &found.unlisted_outages),
            (made.outages.as_ref(), &made.unlisted_outages)
        );
        for (kept, bytes) in Kept::ALL.iter().map(|&kept| (kept, file_of(&found, kept))) {
            let was = files.iter().find(|(file, _)| *file == kept.file_name());
            let was = was.map(|(_, bytes)| String::from_utf8_lossy(bytes)).unwrap_or_default();
            assert_eq!(String::from_utf8_lossy(&bytes), was, "{}", kept.file_name());
        }
    }
}
