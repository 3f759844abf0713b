//! The files and the summary of a run made up by hand, as they stand.

use super::latency_csv::LatencyCsv;
use super::{json, nodes_csv, terminal, timeline_csv};
use crate::analysis::example::{results, scenario};
use crate::analysis::summarise::summarise;
use crate::nodes::NodeKind;
use crate::parts::outcome::Outcome;
use crate::results::row::{Row, Rows};
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
    let mut file = Vec::new();
    timeline_csv::write(&mut file, &scenario(), &results()).unwrap();
    let text = text(file);
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
fn summary_json_is_as_it_was() {
    let summary = summarise(&scenario(), 7, &results());
    // The version is not what this is about.
    let json = json::to_text(&summary).unwrap().replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!("summary_json", json);
}

#[test]
fn the_terminal_summary_is_as_it_was_and_fits_the_page() {
    let summary = summarise(&scenario(), 7, &results());
    let coloured =
        terminal::render(&summary, "", Some(Path::new("output/example")), &["latency.csv", "nodes.csv"]);
    let plain = anstream::adapter::strip_str(&coloured).to_string();
    assert!(coloured.len() > plain.len());
    assert!(plain.lines().all(|line| line.chars().count() <= 100), "{plain}");
    insta::assert_snapshot!("terminal", plain);
}
