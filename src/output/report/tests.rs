//! What a report says of runs made up by hand, and that it needs nothing but itself.

use super::*;
use crate::output::record::read_with;

const SUMMARY: &str = r#"{
  "scenario": "A <shop> & more", "version": "VERSION", "seed": 7,
  "run": { "simulated_s": 1200, "stopped": "at the end of its duration", "warmup_s": 60, "warmup": "given",
           "offered": 6100, "ended": 6000 },
  "total": { "name": "all", "ended": 5700, "good_share": { "value": 0.9, "half_width": 0.01 },
             "outcomes": { "ok": 5200, "502": 400, "timed_out": 100 }, "attempts_mean": 1.5,
             "p50_ms": { "value": 50 }, "p99_ms": { "value": 400 }, "max_ms": 900 },
  "classes": [],
  "nodes": [
    { "name": "app", "kind": "app_server", "visits": 6000, "utilisation": 0.5, "utilisation_max": 0.5,
      "queue_max": 90, "unwanted": 1200 }
  ],
  "availability": { "outages": 1, "outage_s": 130, "time_up": 0.886,
                    "views": { "health_checker": { "value": 0.995, "half_width": 0.001 } } },
  "expectations": [
    { "text": "availability >= 99%", "metric": "availability", "bound": 0.99, "unit": "share", "measured": 0.9 }
  ],
  "told": {
    "headline": "Goal missed (availability >= 99% came to 90.0 %): down 10 min to 12 min 10 s, because of `fail <host>`.",
    "is_bad": true, "how_sure": "How sure: seen in one run.",
    "happened": [ "**Down 10 min to 12 min 10 s** began with the fault `fail <host>`." ],
    "headroom": "As traffic grows, the workers of app are full first.", "in_silence": []
  },
  "diagnosis": { "verdict": "missed", "counted": { "from_s": 60, "to_s": 1200, "ended": 5700, "good": 5130, "has_requests": true },
    "phases": [ { "kind": "good", "start_s": 60, "end_s": 600 },
                { "kind": "down", "start_s": 600, "end_s": 730, "failed": 500, "ended": 520,
                  "trigger": { "what": "fault", "label": "fail <host>", "kind": "fail", "target": "host", "start_s": 600, "end_s": 700 },
                  "full": [ { "name": "the workers of app", "kind": "slots", "owner": "app", "from_s": 600, "to_s": 1200,
                              "utilisation": 0.99, "full_share": 0.9, "waiting_max": 90, "turned_away": 0, "left": 0, "is_cause": true } ] },
                { "kind": "good", "start_s": 730, "end_s": 1200 } ] },
  "notices": [ { "about": "too short", "text": "The run is too short to trust these: p99." } ]
}"#;

const TIMELINE: &str =
    "start_s,length_s,class,offered,ended,ok,good,502,mean_ms,p50_ms,p95_ms,p99_ms,in_flight
0,600,all,3000,3000,3000,3000,0,50,50,100,200,1
600,600,all,3100,3000,2500,2500,500,60,55,200,400,1
";

const STATIONS: &str =
    "start_s,length_s,node,visits,ended,failed,utilisation,utilisation_max,queue_mean,queue_max
0,600,app,3000,3000,0,0.2,0.2,0,0
600,600,app,3000,3000,500,0.99,0.99,9,90
";

const TOPOLOGY: &str = r#"{ "nodes": [
  { "name": "host", "kind": "server", "replicas": 1, "single_point_of": [ "page" ] },
  { "name": "app", "kind": "app_server", "replicas": 1, "on": "host", "single_point_of": [] }
], "calls": [] }"#;

const EVENTS: &str = "start_s,end_s,kind,target,planned,label
100,130,maintenance,app/0,true,restart app
600,700,fail,host,false,fail <host>
";

const OUTAGES: &str = "start_s,end_s,length_s,requests_lost,cause,planned,first_error,last_error
600,730,130,500,fail <host>,false,timed_out,502
";

const SCRIPT: &str = r#"{ "file": "shop.yaml", "command": "spof simulate shop.yaml --seed 7", "changed": [],
  "text": "nodes: { app: { kind: app_server } } # </pre><script>alert(1)</script>",
  "nodes": [ { "node": "app", "kind": "app_server", "settings": [
    { "setting": "workers", "value": "1", "given": false, "source": "gunicorn's default" } ] } ] }"#;

fn record(files: &[(&str, &str)]) -> Record {
    read_with("run", |name| Ok(files.iter().find(|(file, _)| *file == name).map(|(_, text)| text.as_bytes())))
        .unwrap()
}

fn troubled() -> Record {
    record(&[
        ("summary.json", SUMMARY),
        ("timeline.csv", TIMELINE),
        ("nodes_timeline.csv", STATIONS),
        ("topology.json", TOPOLOGY),
        ("events.csv", EVENTS),
        ("outages.csv", OUTAGES),
        ("scenario.json", SCRIPT),
    ])
}

#[test]
fn what_was_told_and_what_it_cost_stand_first() {
    let record = troubled();
    insta::assert_snapshot!("told", first::body(&record, record.findings.as_ref().unwrap()));
}

#[test]
fn a_run_that_nobody_has_judged_says_so() {
    let old = r#"{ "scenario": "A shop", "total": { "ended": 10, "good_share": { "value": 1.0 } } }"#;
    let record = record(&[("summary.json", old)]);
    assert!(render(&record).unwrap().contains("This run has not been judged"));
}

#[test]
fn names_cannot_break_out_of_the_page() {
    let page = render(&troubled()).unwrap();
    assert!(page.contains("<h1>A &lt;shop&gt; &amp; more</h1>"));
    assert!(!page.contains("<shop>") && !page.contains("fail <host>") && !page.contains("<script>alert"));
    assert_eq!(page.matches("</script>").count(), 3);
}

#[test]
fn availability_is_told_from_where_one_looks() {
    let record = troubled();
    let table = tables::views(record.findings.as_ref().unwrap());
    assert!(
        table.contains("a health checker</th><td class=\"number\" data-head=\"share\">99.50 ±0.10 %</td>"),
        "{table}"
    );
    assert_eq!(table.matches("<tr>").count(), 2);
    assert_eq!(tables::views(&Findings::default()), "");
}

#[test]
fn a_report_needs_nothing_but_itself() {
    let page = render(&troubled()).unwrap();
    for (place, _) in page.match_indices("http") {
        let around: String = page[place..].chars().take(40).collect();
        let harmless = ["http://www.w3.org/", "https://github.com/leeoniya/uPlot", "http-equiv"];
        assert!(harmless.iter().any(|known| around.starts_with(known)), "{around}");
    }
    for word in [" src=", "@import", "url("] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn names_within_the_page_are_there_once_and_links_lead_somewhere() {
    let page = render(&troubled()).unwrap();
    let page = page.split("<script").next().unwrap();
    let values = |attribute: &str| -> Vec<&str> {
        let parts = page.split(attribute).skip(1);
        parts.filter_map(|rest| rest.split('"').next()).flat_map(str::split_whitespace).collect()
    };
    let mut names = values(" id=\"");
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(count, names.len(), "{names:?}");
    for name in values(" href=\"#").into_iter().chain(values(" aria-labelledby=\"")) {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    for element in ["main", "nav", "header", "footer", "section", "table", "figure", "details", "svg"] {
        let (open, close) = (format!("<{element}"), format!("</{element}>"));
        assert_eq!(page.matches(&open).count(), page.matches(&close).count(), "{element}");
    }
}

#[test]
fn files_that_are_missing_leave_gaps_and_no_summary_no_report() {
    assert!(render(&record(&[("summary.json", "{}")])).unwrap().contains("has not been judged"));
    assert_eq!(render(&record(&[])).unwrap_err().to_string(), "summary.json is missing");
}
