//! The files and the summary of a run made up by hand, as they stand.

use super::charts::states::{State, of_site};
use super::latency_csv::LatencyCsv;
use super::record::{Record, read_with};
use super::terminal::page::Page;
use super::{Kept, json, nodes_csv, terminal};
use crate::analysis::example::{results, results_between, scenario, scenario_between};
use crate::engine::trial;
use crate::kernel::time::SECOND;
use crate::nodes::NodeKind;
use crate::parts::outcome::Outcome;
use crate::plan::compile;
use crate::questions::findings::Findings;
use crate::results::RunResults;
use crate::results::incident::{Incident, Outage};
use crate::results::row::{Row, Rows};
use crate::scenario::load::load_text;
use crate::scenario::model::Scenario;
use std::io;
use std::path::Path;

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn rows() -> Rows {
    let row = |id, class, outcome, start, latency| Row { id, class, outcome, attempts: 1, start, latency };
    Rows {
        rows: vec![
            row(0, 0, Outcome::Ok, 4_000_000_001, 31_204_518),
            row(1, 1, Outcome::TimedOut, 4_000_000_002, 10_000_000_000),
        ],
        // Visitors, host, app, network, waits.
        times: vec![0, 0, 11_204_518, 20_000_000, 0, 0, 0, 0, 2_000_000, 9_998_000_000],
        columns: 5,
    }
}

fn record(scenario: &Scenario, results: &RunResults) -> Record {
    Record::of(scenario, Findings::of(scenario, 7, results), results)
}

fn file_of(record: &Record, kept: Kept) -> String {
    let mut bytes = Vec::new();
    record.write(kept, &mut bytes).unwrap();
    text(bytes)
}

/// Of its files alone.
fn read_again(record: &Record) -> Record {
    let kept = |file: &str| Kept::ALL.into_iter().find(|kept| kept.file_name() == file);
    let text = |file: &str| kept(file).map(|kept| file_of(record, kept)).filter(|text| !text.is_empty());
    read_with("made-up", |file| Ok(text(file).map(io::Cursor::new))).unwrap()
}

#[test]
fn latency_csv_has_every_nanosecond() {
    let mut file = LatencyCsv::new(Vec::new(), &scenario());
    file.write(&rows()).unwrap();
    assert_eq!(
        text(file.finish().unwrap()),
        "id,class,start_s,latency_ms,outcome,attempts,app_ms,network_ms\n\
         0,page,4.000000001,31.204518,ok,1,11.204518,20.000000\n\
         1,asset,4.000000002,10000.000000,timed_out,1,0,2.000000\n"
    );
}

#[test]
fn waits_for_nobody_have_a_column_where_there_may_be_some() {
    let mut scenario = scenario();
    let NodeKind::User(user) = &mut scenario.nodes[0].kind else { panic!("visitors are a user") };
    (user.retries, user.backoff.base) = (1, 1);
    let mut file = LatencyCsv::new(Vec::new(), &scenario);
    file.write(&rows()).unwrap();
    assert_eq!(
        text(file.finish().unwrap()),
        "id,class,start_s,latency_ms,outcome,attempts,app_ms,network_ms,waiting_ms\n\
         0,page,4.000000001,31.204518,ok,1,11.204518,20.000000,0\n\
         1,asset,4.000000002,10000.000000,timed_out,1,0,2.000000,9998.000000\n"
    );
}

#[test]
fn names_that_csv_would_misread_are_quoted() {
    let mut scenario = scenario();
    scenario.classes[0].name = "a \"b\", c".to_owned();
    let mut file = LatencyCsv::new(Vec::new(), &scenario);
    file.write(&rows()).unwrap();
    let bytes = file.finish().unwrap();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    assert_eq!(&reader.records().next().unwrap().unwrap()[1], "a \"b\", c");
}

#[test]
fn timeline_csv_tells_classes_and_all() {
    let text = file_of(&record(&scenario(), &results()), Kept::TimelineCsv);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1 + 40 * 3);
    let shown = [&lines[..4], &lines[13..16]].concat().join("\n");
    insta::assert_snapshot!("timeline_csv", shown);
}

#[test]
fn nodes_csv_has_a_line_for_each_replica() {
    let mut file = Vec::new();
    nodes_csv::write(&mut file, &scenario(), &results()).unwrap();
    insta::assert_snapshot!("nodes_csv", text(file));
}

#[test]
fn resources_csv_has_a_line_for_all_that_can_be_full() {
    let record = record(&scenario_between(), &results_between());
    insta::assert_snapshot!("resources_csv", file_of(&record, Kept::ResourcesCsv));
}

#[test]
fn resources_timeline_csv_has_a_line_for_each_bucket_and_resource() {
    let scenario = scenario_between();
    let text = file_of(&record(&scenario, &results_between()), Kept::ResourcesTimelineCsv);
    let lines: Vec<&str> = text.lines().collect();
    let resources = crate::scenario::resources::resources(&scenario).len();
    assert_eq!(lines.len(), 1 + 40 * resources);
    // The first bucket, the first that counts, and the fullest.
    let bucket = |number: usize| &lines[1 + number * resources..1 + (number + 1) * resources];
    let shown = [&lines[..1], bucket(0), bucket(4), bucket(20)].concat().join("\n");
    insta::assert_snapshot!("resources_timeline_csv", shown);
}

#[test]
fn summary_json_is_as_it_was() {
    let summary = Findings::of(&scenario(), 7, &results());
    // The version is not what this is about.
    let json = json::to_text(&summary).unwrap().replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!("summary_json", json);
}

#[test]
fn the_terminal_summary_is_as_it_was_and_fits_the_page() {
    let scenario = scenario();
    let findings = Findings::of(&scenario, 7, &results());
    let coloured = terminal::render(
        &findings,
        "",
        Some(Path::new("output/example")),
        &["latency.csv", "nodes.csv"],
        Page::endless(),
    );
    let plain = anstream::adapter::strip_str(&coloured).to_string();
    assert!(coloured.len() > plain.len());
    assert!(plain.lines().all(|line| line.chars().count() <= 100), "{plain}");
    insta::assert_snapshot!("terminal", plain);
}

#[test]
fn of_a_run_without_requests_files_tell_the_time_up_and_are_read_back() {
    let text_of = "
run: { duration: 40h, warmup: 0s, bucket: 10h, fidelity: components }
nodes:
  visitors: { kind: user, arrivals: 2/s }
  web: { kind: web_server, boot: 0s }
requests: { page: { path: [ web: 1ms ] } }
timeline: [ { at: 12h, fail: web, for: 1h } ]
";
    let scenario = load_text("site.yaml", text_of, &[]).scenario.unwrap();
    let results = trial::run(&compile(&scenario));
    let record = record(&scenario, &results);
    let table = file_of(&record, Kept::TimelineCsv);
    let up: Vec<&str> = table.lines().filter_map(|line| line.rsplit(',').next()).step_by(2).collect();
    assert_eq!(up, ["time_up", "1", "0.9", "1", "1"]);
    let counts = table.lines().nth(3).unwrap();
    assert!(counts.starts_with("36000.000000000,36000.000000000,page,,,,"), "{counts}");
    let outages = file_of(&record, Kept::OutagesCsv);
    assert!(outages.ends_with("\n43200.000000000,46800.000000000,3600.000000000,,fail web,false,,,\n"));
    let record = read_again(&record);
    let timeline = record.timeline.as_ref().unwrap();
    assert!(timeline.without_requests && timeline.all[1].good_share() == Some(0.9));
    let states: Vec<State> = of_site(&record).into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, [State::Up, State::Down, State::Up]);
    let told = terminal::render(&Findings::of(&scenario, 1, &results), "", None, &[], Page::endless());
    assert!(told.contains("no requests") && told.contains("1 h in all"), "{told}");
    for invented in ["/s", "requests lost", "connection refused", "100 % ×"] {
        assert!(!told.contains(invented), "{invented}: {told}");
    }
}

#[test]
fn lists_that_are_cut_say_so_in_their_last_lines() {
    let (scenario, mut results) = (scenario(), results());
    let outage = |start: u64| Outage {
        start: start * SECOND,
        end: (start + 2) * SECOND,
        lost: 20,
        first_error: Outcome::Reset,
        last_error: Outcome::Reset,
        cause: None,
    };
    results.outages = vec![outage(10)];
    results.unlisted_outages.add(&outage(20), 12 * SECOND);
    results.unlisted_outages.add(&outage(30), 22 * SECOND);
    let crash = |start: u64| Incident::of_maintenance("restart app".into(), "app".into(), start * SECOND);
    results.incidents = vec![crash(9), Incident { times: 3, end: Some(33 * SECOND), ..crash(19) }];
    results.unlisted_incidents = 3;
    let record = record(&scenario, &results);
    let outages = file_of(&record, Kept::OutagesCsv);
    let last = outages.lines().last().unwrap();
    let expected =
        "20.000000000,32.000000000,4.000000000,40,\"2 outages more, which are not listed one by one\"";
    assert_eq!(last, format!("{expected},,,,"));
    let events = file_of(&record, Kept::EventsCsv);
    let last = events.lines().last().unwrap();
    assert_eq!(last, "19.000000000,33.000000000,unlisted,app,true,\"restart app, 3 times more\"");
    let summary = Findings::of(&scenario, 7, &results).summary;
    let availability = &summary.availability;
    assert_eq!((availability.outages, availability.outages_listed), (3, Some(1)));
    assert_eq!((availability.events, availability.events_listed), (4, 1));
    assert_eq!((availability.outage_s, availability.requests_lost), (6.0, Some(60)));
    let notice = summary.notices.iter().find(|notice| notice.about == "cut").unwrap();
    assert!(notice.text.contains("of 3 outages the first 1 in outages.csv"), "{}", notice.text);
    assert!(notice.text.contains("of 4 events the first 1 in events.csv"), "{}", notice.text);
    // Whoever reads them back takes the last line for no outage.
    let record = read_again(&record);
    assert_eq!(record.outages.unwrap().len(), 1);
    assert!(record.findings.unwrap().summary.availability.is_cut());
}
