//! `report.html` as a reader meets it: one small file, the same each time, that a browser
//! opens without a complaint.

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;

/// A normal run's report is smaller than this.
const BYTES_MOST: u64 = 1_000_000;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn spof(arguments: &[&str]) {
    let done =
        Command::cargo_bin("spof").unwrap().current_dir(repository()).args(arguments).output().unwrap();
    assert!(done.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&done.stderr));
}

fn simulate(name: &str, home: &Path) -> PathBuf {
    let folder = home.join(name);
    let scenario = format!("scenarios/{name}.yaml");
    spof(&["simulate", &scenario, "--quiet", "--out", folder.to_str().unwrap()]);
    folder
}

#[test]
fn a_report_is_small_and_can_be_made_again_from_the_files() {
    let home = tempfile::tempdir().unwrap();
    let folder = simulate("spof-server-down", home.path());
    let report = folder.join("report.html");
    let first = fs::read(&report).unwrap();
    assert!(first.len() as u64 <= BYTES_MOST, "{} bytes", first.len());
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
fn a_browser_opens_reports_and_pictures() {
    let tools = repository().join("tests/browser");
    if !tools.join("node_modules/playwright-core").exists() || !has_chromium() {
        let missing = "Chromium or playwright-core is missing: `npm ci --prefix tests/browser` installs the one, \
                       `apt-get install chromium` the other";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{missing}");
        eprintln!("left out: {missing}");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for name in ["one-server", "spof-server-down", "traffic-surge"] {
        files.push(simulate(name, home.path()).join("report.html"));
    }
    let pictures = fs::read_dir(home.path().join("traffic-surge")).unwrap();
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
