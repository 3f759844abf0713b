//! `report.html` as a reader meets it: one small file, the same each time, that says what the data say and
//! that a browser opens without a complaint.

#[path = "support/page.rs"]
mod page;

use assert_cmd::Command;
use page::{Element, Page, contrast};
use serde_json::Value;
use spof::telling::figure::{count, difference, in_unit, share};
use spof::telling::words::span;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::LazyLock;

/// A normal run's report is smaller than this.
const BYTES_MOST: usize = 1_000_000;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn spof(arguments: &[&str]) -> String {
    let done =
        Command::cargo_bin("spof").unwrap().current_dir(repository()).args(arguments).output().unwrap();
    assert!(done.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// One report of each sort, with the data that it tells of.
struct Reports {
    home: tempfile::TempDir,
}

/// Short runs with all that a report has to tell.
const SHORT: [&str; 4] = ["--set", "run.duration=90s", "--set", "run.warmup=10s"];
const LOADED: &str = "visitors.arrivals=140/s";
const SERVER: &str = "scenarios/one-server.yaml";
const YEAR: &str = "scenarios/year-of-failures.yaml";

/// Of runs, by the names of their scenarios.
const RUNS: [&str; 3] = ["one-server", "spof-server-down", "traffic-surge"];
/// In which nothing happens, and in which nothing goes well.
const EDGES: [&str; 2] = ["empty", "all-down"];
const STUDIES: [&str; 6] = ["compare", "sweep", "map", "many", "advise", "analyze"];

static REPORTS: LazyLock<Reports> = LazyLock::new(Reports::made);

impl Reports {
    fn made() -> Reports {
        let reports = Reports { home: tempfile::tempdir().unwrap() };
        for name in RUNS {
            reports.run(&["simulate", &format!("scenarios/{name}.yaml"), "--quiet"], name);
        }
        let (nobody, at_once) = (["--set", "visitors.arrivals=0.0001/s"], ["--set", "timeline.0.at=0s"]);
        reports.run(&[&["simulate", SERVER, "--quiet"], &nobody[..], &SHORT].concat(), "empty");
        reports.run(
            &[&["simulate", "scenarios/spof-server-down.yaml", "--quiet"], &at_once[..]].concat(),
            "all-down",
        );
        let variant = "twice: links.visitors -> server.bandwidth=100Mbps";
        let few = ["--replications", "3"];
        let loaded = [&SHORT[..], &["--set", LOADED]].concat();
        reports.run(
            &[&["compare", SERVER, "--variant", variant, "--quiet"], &few[..], &loaded].concat(),
            "compare",
        );
        let load = ["--vary", "visitors.arrivals=80/s..160/s:40", "--quiet"];
        reports.run(&[&["sweep", SERVER], &load[..], &few, &SHORT].concat(), "sweep");
        let workers = ["--vary", "gunicorn.workers=1,2"];
        reports.run(&[&["sweep", SERVER], &load[..], &workers, &few, &SHORT].concat(), "map");
        let many = [&["simulate", SERVER, "--rows", "none"], &few[..], &loaded].concat();
        let told = reports.run(&many, "many");
        assert!(told.contains("report.html"), "{told}");
        reports.run(&[&["advise", SERVER, "--quiet"], &few[..], &loaded].concat(), "advise");
        let (folder, file) = (reports.home.path().join("analyze"), reports.path("analyze"));
        fs::create_dir(&folder).unwrap();
        let text = spof(&["analyze", YEAR, "--json", "--report", file.to_str().unwrap()]);
        fs::write(folder.join("analyze.json"), text).unwrap();
        reports
    }

    fn run(&self, arguments: &[&str], name: &str) -> String {
        let folder = self.home.path().join(name);
        spof(&[arguments, &["--out", folder.to_str().unwrap()]].concat())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name).join("report.html")
    }

    fn page(&self, name: &str) -> Page {
        Page::read(&fs::read_to_string(self.path(name)).unwrap())
    }

    fn data(&self, name: &str, file: &str) -> Value {
        serde_json::from_slice(&fs::read(self.home.path().join(name).join(file)).unwrap()).unwrap()
    }
}

fn every() -> impl Iterator<Item = (&'static str, Page)> {
    RUNS.into_iter().chain(EDGES).chain(STUDIES).map(|name| (name, REPORTS.page(name)))
}

#[test]
fn a_report_is_small_and_can_be_made_again_from_the_files() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("down");
    let words = ["simulate", "scenarios/spof-server-down.yaml", "--quiet", "--out", folder.to_str().unwrap()];
    spof(&words);
    let report = folder.join("report.html");
    let first = fs::read(&report).unwrap();
    assert!(first == fs::read(REPORTS.path("spof-server-down")).unwrap(), "another folder, another report");
    fs::remove_file(&report).unwrap();
    spof(&["render", folder.to_str().unwrap(), "--report"]);
    assert!(fs::read(&report).unwrap() == first, "it is another one");
    let text = String::from_utf8(first).unwrap();
    for told in
        ["As expected: down 10 min to 15 min 35 s", "13,341 requests failed", "single point of failure"]
    {
        assert!(text.contains(told), "{told}");
    }
}

#[test]
fn pages_are_whole_small_and_in_order() {
    for (name, page) in every() {
        assert!(page.size() <= BYTES_MOST, "{name}: {} bytes", page.size());
        assert_eq!(page.all("html").next().unwrap().attributes["lang"], "en", "{name}");
        let levels: Vec<u32> = page.elements.iter().filter_map(level).collect();
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{name}");
        assert_eq!(levels[0], 1, "{name}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{name}: {levels:?}");
        let ids: Vec<&String> = page.elements.iter().filter_map(|one| one.attributes.get("id")).collect();
        let different: HashSet<&String> = ids.iter().copied().collect();
        assert_eq!(ids.len(), different.len(), "{name}: {ids:?}");
        let mut led_to = 0;
        for link in page.all("a") {
            let place = link.attributes["href"].strip_prefix('#').expect("links lead to the page itself");
            assert!(different.contains(&place.to_owned()), "{name}: {place}");
            led_to += 1;
        }
        assert!(led_to >= 4, "{name}: {led_to} links");
    }
}

/// Of a heading.
fn level(element: &Element) -> Option<u32> {
    element.name.strip_prefix('h').and_then(|level| level.parse().ok())
}

#[test]
fn pictures_say_what_is_to_be_seen_and_what_moves_can_be_reached_by_keyboard() {
    let mut pictures = 0;
    for (name, page) in every() {
        for picture in page.all("svg") {
            pictures += 1;
            let words = |place: usize| -> String {
                let id = picture.attributes["aria-labelledby"].split(' ').nth(place).unwrap();
                let named = |one: &&Element| one.attributes.get("id").is_some_and(|its| its == id);
                page.elements.iter().find(named).unwrap_or_else(|| panic!("{name}: {id}")).text.clone()
            };
            assert!(words(0).len() > 5 && words(1).len() > 10, "{name}: {} {}", words(0), words(1));
            let frame = &page.elements[*picture.around.last().unwrap()].attributes;
            assert_eq!(frame["tabindex"], "0", "{name}");
            assert!(frame["aria-label"].ends_with(&words(0)), "{name}: {frame:?}");
        }
        for table in page.all("table") {
            let frame = &page.elements[*table.around.last().unwrap()].attributes;
            assert_eq!((&*frame["role"], &*frame["tabindex"]), ("region", "0"), "{name}");
        }
    }
    assert!(pictures > 20, "{pictures}");
}

#[test]
fn what_is_to_be_read_can_be_told_from_what_it_stands_on() {
    // The least that WCAG's level AA allows for letters, and for marks.
    const LETTERS: f64 = 4.5;
    const MARKS: f64 = 3.0;
    let page = REPORTS.page("one-server");
    for (theme, colours) in ["light", "dark"].into_iter().zip(page.colours()) {
        for ground in ["ground", "card"] {
            for letters in ["ink", "muted", "link", "good", "bad"] {
                let told = contrast(&colours[letters], &colours[ground]);
                assert!(told >= LETTERS, "{letters} on {ground}, {theme}: {told:.2}");
            }
        }
        for mark in ["focus", "answered", "failed", "offered", "p50", "p95", "p99", "fault", "outage"] {
            // Of light yellows on white no line could be told.
            let told = contrast(&colours[mark], &colours["ground"]);
            assert!(told >= MARKS, "{mark}, {theme}: {told:.2}");
        }
    }
    assert!((contrast("#fff", "#000000") - 21.0).abs() < 1e-9);
}

#[test]
fn the_answer_stands_first_in_the_words_of_the_data() {
    let files =
        ["compare.json", "sweep.json", "sweep.json", "replications.json", "advice.json", "analyze.json"];
    let runs = RUNS.into_iter().chain(EDGES).zip(["summary.json"; 5]);
    for (name, file) in runs.chain(STUDIES.into_iter().zip(files)) {
        let (page, data) = (REPORTS.page(name), REPORTS.data(name, file));
        let of_class =
            |one: &&Element| one.attributes.get("class").is_some_and(|it| it.starts_with("verdict"));
        let verdict = page.elements.iter().find(of_class).unwrap();
        let told = &data["told"];
        assert_eq!(verdict.text, plain(&told["headline"]), "{name}");
        let is_bad = verdict.attributes["class"].ends_with(" bad");
        assert_eq!(is_bad, told["is_bad"].as_bool().unwrap(), "{name}");
        let words = page.words();
        let all = ["happened", "in_silence", "further"].iter().filter_map(|part| told[*part].as_array());
        for sentence in all.flatten().chain([&told["how_sure"]]) {
            assert!(words.contains(&plain(sentence)), "{name}: {sentence}");
        }
    }
}

/// Without the marks of names and of what is strong.
fn plain(sentence: &Value) -> String {
    let text = sentence["text"].as_str().or(sentence.as_str()).unwrap();
    text.replace("**", "").replace('`', "")
}

#[test]
fn the_first_screen_of_a_run_has_the_figures_of_its_summary() {
    let (page, summary) =
        (REPORTS.page("spof-server-down"), REPORTS.data("spof-server-down", "summary.json"));
    let about: Vec<&str> = page.all("dt").map(|about| about.text.as_str()).collect();
    let figures: Vec<&str> = page.all("dd").map(|figure| figure.text.as_str()).collect();
    let (total, diagnosis) = (&summary["total"], &summary["diagnosis"]);
    let good = total["good_share"]["value"].as_f64().unwrap();
    let ended = total["ended"].as_u64().unwrap();
    let down: f64 = diagnosis["phases"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|phase| phase["kind"] == "down")
        .fold(0.0, |sum, phase| sum + phase["end_s"].as_f64().unwrap() - phase["start_s"].as_f64().unwrap());
    let bad = ((1.0 - good) * ended as f64).round() as u64;
    assert_eq!(figures[..4], ["yes", &*span(down), &*count(bad), &*share(good)]);
    assert_eq!(about[2], format!("of {} requests were not good", count(ended)));
}

/// The line of a table that begins so.
fn line<'l>(lines: &'l [Vec<String>], name: &str) -> &'l [String] {
    lines.iter().find(|line| line[0] == name).unwrap_or_else(|| panic!("{name} in {lines:?}"))
}

/// As an estimate is told.
fn told(estimate: &Value, unit: &str) -> String {
    let number = |name: &str| estimate[name].as_f64();
    number("value").map_or("–".to_owned(), |value| match unit {
        "" => spof::telling::figure::three_digits(value),
        unit => in_unit(value, number("low").zip(number("high")), unit),
    })
}

#[test]
fn tables_of_studies_have_the_figures_of_their_data() {
    let comparison = REPORTS.data("compare", "compare.json");
    let lines = REPORTS.page("compare").table("B (twice) against A");
    for figure in comparison["figures"].as_array().unwrap().iter().filter(|one| one["class"].is_null()) {
        let (unit, apart) = (figure["unit"].as_str().unwrap(), &figure["differences"][0]);
        let cells = line(&lines, figure["name"].as_str().unwrap());
        for (place, cell) in cells[1..3].iter().enumerate() {
            let value = figure["means"][place]["value"].as_f64();
            assert_eq!(*cell, value.map_or("–".to_owned(), |value| in_unit(value, None, unit)), "{figure}");
        }
        if apart["verdict"] != "alike" {
            let told = difference(apart["value"].as_f64().unwrap(), apart["half_width"].as_f64(), unit);
            assert_eq!(cells[3], told, "{figure}");
        }
    }
    for name in ["sweep", "map"] {
        let sweep = REPORTS.data(name, "sweep.json");
        let (axes, points) = (sweep["axes"].as_array().unwrap().len(), sweep["points"].as_array().unwrap());
        let lines = REPORTS.page(name).table("What was set");
        assert_eq!(lines.len(), points.len(), "{name}");
        for (cells, point) in lines.iter().zip(points) {
            for (cell, value) in cells.iter().zip(point["values"].as_array().unwrap()) {
                assert_eq!(*cell, value["text"].as_str().unwrap(), "{name}");
            }
            for (place, wanted) in ["offered", "goodput", "errors", "mean", "p99"].iter().enumerate() {
                let figures = point["figures"].as_array().unwrap();
                let figure = figures.iter().find(|figure| figure["name"] == *wanted).unwrap();
                assert_eq!(cells[axes + 1 + place], told(figure, figure["unit"].as_str().unwrap()), "{name}");
            }
        }
    }
    let many = REPORTS.data("many", "replications.json");
    let lines = REPORTS.page("many").table("Each figure over all runs");
    for figure in many["figures"].as_array().unwrap() {
        let cells = line(&lines, figure["name"].as_str().unwrap());
        assert_eq!(cells[1], told(figure, figure["unit"].as_str().unwrap()));
    }
    let advice = REPORTS.data("advise", "advice.json");
    let lines = REPORTS.page("advise").table("What was tried");
    assert!(lines.len() > advice["tried"].as_array().unwrap().len(), "each has a line");
    assert_eq!(lines[0][1], share(advice["as_it_stands"]["good_share"].as_f64().unwrap()));
    let ledger = REPORTS.data("analyze", "analyze.json");
    let lines = REPORTS.page("analyze").table("How it stands");
    for standing in ledger["classes"].as_array().unwrap() {
        let told = share(standing["availability"].as_f64().unwrap());
        assert!(line(&lines, standing["class"].as_str().unwrap())[1].ends_with(&told), "{standing}");
    }
}

#[test]
fn the_command_in_a_study_s_report_makes_the_same_report_again() {
    for name in ["compare", "sweep", "advise"] {
        let page = REPORTS.page(name);
        let command = page.all("pre").last().unwrap().text.clone();
        let words = shell_words(command.strip_prefix("spof ").unwrap());
        let home = tempfile::tempdir().unwrap();
        let out = ["--quiet", "--out", home.path().to_str().unwrap()].map(str::to_owned);
        let done = Command::cargo_bin("spof")
            .unwrap()
            .current_dir(repository().join("scenarios"))
            .args(words)
            .args(out)
            .output()
            .unwrap();
        assert!(done.status.code().is_some_and(|code| code < 2), "{command}");
        let (again, first) = (home.path().join("report.html"), REPORTS.path(name));
        assert!(fs::read(again).unwrap() == fs::read(first).unwrap(), "{command}");
    }
}

#[test]
fn shards_put_together_have_the_report_of_one_machine() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().to_str().unwrap();
    let common = ["simulate", SERVER, "--rows", "none", "--quiet", "--replications", "3", "--set", LOADED];
    for shard in ["1/2", "2/2"] {
        spof(&[&common[..], &SHORT, &["--shard", shard, "--out", folder]].concat());
    }
    let shards = ["shard-1-of-2.spof", "shard-2-of-2.spof"].map(|name| format!("{folder}/{name}"));
    spof(&["merge", "--quiet", &shards[0], &shards[1]]);
    let page = |path: PathBuf| Page::read(&fs::read_to_string(path).unwrap());
    let (merged, one) = (page(home.path().join("report.html")), REPORTS.page("many"));
    let figures = "Each figure over all runs";
    assert!(one.table(figures).len() > 10);
    assert_eq!(merged.table(figures), one.table(figures));
    let verdict = |page: &Page| page.all("p").nth(1).unwrap().text.clone();
    assert_eq!(verdict(&merged), verdict(&one));
}

/// What a shell makes of a line without quotes in quotes.
fn shell_words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(place, part)| match place % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

#[test]
fn a_browser_opens_reports_and_pictures() {
    let tools = repository().join("tests/browser");
    if !tools.join("node_modules/playwright-core").exists() || !has_chromium() {
        let missing = "Chromium or playwright-core is missing: `npm ci --prefix tests/browser` installs the one, \
                       `apt-get install chromium` the other";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{missing}");
        eprintln!("left out: {missing}");
        return;
    }
    let mut files: Vec<PathBuf> = RUNS.into_iter().chain(STUDIES).map(|name| REPORTS.path(name)).collect();
    let pictures = fs::read_dir(REPORTS.home.path().join("traffic-surge")).unwrap();
    let pictures = pictures.map(|entry| entry.unwrap().path());
    files.extend(pictures.filter(|path| path.extension().is_some_and(|ending| ending == "svg")));
    let done = process::Command::new("node").arg(tools.join("report.mjs")).args(&files).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn has_chromium() -> bool {
    let find = "[ -n \"$CHROMIUM\" ] || command -v chromium chromium-browser google-chrome";
    process::Command::new("sh")
        .args(["-c", find])
        .output()
        .is_ok_and(|found| !found.stdout.is_empty() || { std::env::var_os("CHROMIUM").is_some() })
}
