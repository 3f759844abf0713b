//! `spof advise`, as a user meets it: what it finds in known troubles, and that it tells nothing that it
//! has not tried.

#[path = "support/command_line.rs"]
mod command_line;

use command_line::spof;
use serde_json::Value;
use std::fs;
use std::path::Path;

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for name in ["one-server.yaml", "traffic-surge.yaml", "retry-storm.yaml"] {
        fs::copy(Path::new("scenarios").join(name), home.path().join(name)).unwrap();
    }
    home
}

fn advise(home: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = spof(home, &[&["advise", "--json"], arguments].concat()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let answer = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{told}"));
    (output.status.code(), answer)
}

const FULL_LINK: [&str; 7] = [
    "one-server.yaml",
    "--set",
    "visitors.arrivals=140/s",
    "--set",
    "run.duration=2m",
    "--set",
    "run.warmup=30s",
];
const SURGE: [&str; 7] = [
    "traffic-surge.yaml",
    "--set",
    "run.duration=6m",
    "--set",
    "timeline.0.at=2m",
    "--set",
    "timeline.0.hold=1m",
];
const STORM: [&str; 5] = ["retry-storm.yaml", "--set", "run.duration=4m", "--set", "timeline.0.at=90s"];

/// All that was tried with exactly these settings.
fn tried<'a>(answer: &'a Value, settings: &[&str]) -> &'a Value {
    let all = ["tried", "together"].into_iter().flat_map(|list| answer[list].as_array().unwrap());
    let is_it = |tried: &&Value| settings_of(tried) == settings;
    all.into_iter().find(is_it).unwrap_or_else(|| panic!("{settings:?} was not tried"))
}

fn settings_of(tried: &Value) -> Vec<&str> {
    let changes = tried["changes"].as_array().unwrap().iter();
    changes
        .flat_map(|change| change["settings"].as_array().unwrap())
        .map(|text| text.as_str().unwrap())
        .collect()
}

fn best(answer: &Value) -> &Value {
    let (list, place) = answer["best"].as_object().unwrap().iter().next().unwrap();
    &answer[list.as_str()][place.as_u64().unwrap() as usize]
}

fn good(tried: &Value) -> &Value {
    tried["figures"].as_array().unwrap().iter().find(|figure| figure["figure"] == "good").unwrap()
}

#[test]
fn a_full_link_is_found_and_the_advice_can_be_typed() {
    let home = home();
    let (code, answer) = advise(home.path(), &FULL_LINK);
    assert_eq!(code, Some(0));
    assert_eq!(settings_of(best(&answer)), ["links.visitors -> server.bandwidth=100Mbps"]);
    assert!(best(&answer)["goals"].as_array().unwrap().iter().all(|goal| goal["standing"] == "met"));
    // Whoever types it finds nothing left to mend.
    let typed = ["--set", "links.visitors -> server.bandwidth=100Mbps"];
    let (_, mended) = advise(home.path(), &[&FULL_LINK[..], &typed].concat());
    assert_eq!(mended["as_it_stands"]["is_troubled"], false);
    assert!(mended["tried"].as_array().unwrap().is_empty());
}

#[test]
fn a_surge_takes_workers_and_cores_or_lines_that_are_shed() {
    let home = home();
    let only = ["--only", "capacity,lines", "--replications", "4"];
    let (_, answer) = advise(home.path(), &[&SURGE[..], &only].concat());
    assert_eq!(settings_of(best(&answer)), ["server.cores=8", "gunicorn.workers=8"]);
    assert_eq!(tried(&answer, &["gunicorn.workers=8"])["verdict"], "no_difference");
    let shed = tried(&answer, &["gunicorn.shedding={ by: codel, target: 20ms }"]);
    assert_eq!(shed["verdict"], "helps");
    assert!(shed["price_per_month"].is_null(), "nothing in it has a price");
}

#[test]
fn a_storm_is_ended_by_fewer_retries_and_not_by_a_larger_machine() {
    let home = home();
    let only = ["--only", "retries,capacity", "--replications", "4"];
    let (_, answer) = advise(home.path(), &[&STORM[..], &only].concat());
    assert_eq!(tried(&answer, &["visitors.retries=0"])["verdict"], "helps");
    assert_eq!(tried(&answer, &["visitors.retry_budget=10%"])["verdict"], "helps");
    assert_eq!(tried(&answer, &["server.cores=8"])["verdict"], "no_difference");
    assert!(settings_of(best(&answer)).iter().all(|setting| setting.starts_with("visitors.retr")));
}

#[test]
fn that_nothing_helps_is_an_answer() {
    let home = home();
    let only = ["--only", "capacity", "--replications", "4"];
    let (_, answer) = advise(home.path(), &[&STORM[..], &only].concat());
    let headline = answer["told"]["headline"].as_str().unwrap();
    assert!(headline.starts_with("None of 3 changes and 1 pair of them tried helps: "), "{headline}");
    assert!(answer.get("best").is_none());
    let (code, answer) = advise(home.path(), &[&FULL_LINK[..], &["--only", "data"]].concat());
    let headline = answer["told"]["headline"].as_str().unwrap();
    assert!(headline.contains("no change is known that might help"), "{headline}");
    assert_eq!(code, Some(1), "goals are missed, and nothing meets them");
}

#[test]
fn what_is_told_is_what_was_measured() {
    let home = home();
    let only = ["--only", "capacity,lines", "--replications", "4"];
    let (_, answer) = advise(home.path(), &[&SURGE[..], &only].concat());
    let sentences = answer["told"]["tried"].as_array().unwrap();
    let mut held = 0;
    for told in sentences {
        let settings: Vec<&str> =
            told["settings"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
        let tried = tried(&answer, &settings);
        assert_eq!(told["verdict"], tried["verdict"]);
        let text = told["text"].as_str().unwrap();
        let Some((now, was)) = text.split_once(" of the requests are good instead of ") else { continue };
        // `…: 93.28 ±0.14 %`, and `60.4 % (…`.
        let now = now.rsplit(": ").next().unwrap().split([' ', '%']).next().unwrap();
        let was = was.split([' ', '%']).next().unwrap();
        for (text, share) in [(now, &good(tried)["with_it"]["value"]), (was, &good(tried)["as_it_stands"])] {
            let told: f64 = text.parse().unwrap_or_else(|_| panic!("{text}"));
            assert!((told / 100.0 - share.as_f64().unwrap()).abs() <= 0.000_51, "{told}: {share}");
        }
        held += 1;
    }
    assert!(held >= 3, "{held}");
    // Nothing is told of what was not tried.
    let all = answer["tried"].as_array().unwrap().len() + answer["together"].as_array().unwrap().len();
    assert!(sentences.len() <= all);
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let home = home();
    let bytes = |threads: &str| {
        let only = ["--json", "--only", "capacity", "--replications", "3"];
        let arguments = [&["advise"], &FULL_LINK[..], &only].concat();
        spof(home.path(), &arguments).env("RAYON_NUM_THREADS", threads).output().unwrap().stdout
    };
    let one = bytes("1");
    assert!(one.len() > 1_000);
    assert_eq!(one, bytes("3"));
}

#[test]
fn when_its_time_is_over_it_tells_what_was_tried() {
    let home = home();
    // Long enough for a few runs of a few seconds each, and not for all of them.
    let long = ["retry-storm.yaml", "--set", "run.duration=2h", "--time-limit", "20s"];
    let output = spof(home.path(), &[&["advise", "--out", "cut"], &long[..]].concat()).output().unwrap();
    let Ok(text) = fs::read_to_string(home.path().join("cut/advice.json")) else {
        // A machine so slow that not one run was done says so.
        assert!(String::from_utf8_lossy(&output.stderr).contains("not one run was done"));
        return;
    };
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["is_cut_short"], true);
    assert!(answer["runs"].as_u64().unwrap() > 0);
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_was_tried() {
    use std::process::{Command, Stdio};
    use std::time::Duration;
    let home = home();
    let child = Command::new(assert_cmd::cargo::cargo_bin("spof"))
        .current_dir(home.path())
        .args(["advise", "retry-storm.yaml", "--set", "run.duration=2h", "--out", "cut"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !home.path().join("cut").exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_secs(8));
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    // On a machine so slow that not one run was done there is nothing to keep.
    if let Ok(text) = fs::read_to_string(home.path().join("cut/advice.json")) {
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answer["is_cut_short"], true);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(told.contains("ended before all was tried"), "{told}");
    }
}

#[test]
fn a_run_takes_its_advice_along_and_its_report_tells_all_of_it() {
    let home = home();
    let more = ["--advise", "--rows", "none", "--no-charts", "--out", "run"];
    let output = spof(home.path(), &[&["simulate"], &FULL_LINK[..], &more].concat()).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let link = "--set 'links.visitors -> server.bandwidth=100Mbps'";
    assert!(told.contains(link), "{told}");
    let file = |name: &str| fs::read_to_string(home.path().join("run").join(name)).unwrap();
    let answer: Value = serde_json::from_str(&file("advice.json")).unwrap();
    assert_eq!(answer["file"], "one-server.yaml");
    let report = file("report.html");
    let shown = text_of(&report);
    assert!(shown.contains(link));
    let told = &answer["told"];
    let tried = told["tried"].as_array().unwrap();
    assert!(tried.len() > 1);
    // A sentence that claims nothing is a bare text.
    let words = |told: &Value| told["text"].as_str().or(told.as_str()).unwrap().replace('`', "");
    let sentences = tried.iter().map(|one| &one["text"]);
    for sentence in sentences.chain([&told["headline"], &told["how_sure"]]).map(words) {
        assert!(shown.contains(&sentence), "{sentence}");
    }
    // The answer stands on the first page too.
    assert_eq!(shown.matches(&words(&told["headline"])).count(), 2);

    // The next run into the same folder asks for no advice, and tells none.
    let again = ["--rows", "none", "--no-charts", "--out", "run"];
    let output = spof(home.path(), &[&["simulate"], &FULL_LINK[..], &again].concat()).output().unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2));
    assert!(!home.path().join("run/advice.json").exists());
    assert!(!text_of(&file("report.html")).contains("What would help"));
}

/// What a reader sees of a page.
fn text_of(page: &str) -> String {
    let mut text = String::new();
    for piece in page.split("<script").next().unwrap().split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
