//! What people read fits on their screens: no line is wider than the terminal, in letters that it
//! can show, and nothing is lost in pipes.

#[path = "support/command_line.rs"]
mod command_line;
#[path = "support/wide_site.rs"]
mod wide_site;

use command_line::spof;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use unicode_width::UnicodeWidthStr;
use wide_site::wide_site;

/// A terminal, or none.
#[derive(Clone, Copy)]
struct Screen {
    columns: Option<&'static str>,
    locale: &'static str,
}

const PIPE: Screen = Screen { columns: None, locale: "C.UTF-8" };

const fn unicode(columns: &'static str) -> Screen {
    Screen { columns: Some(columns), locale: "C.UTF-8" }
}

const fn ascii(columns: &'static str) -> Screen {
    Screen { columns: Some(columns), locale: "C" }
}

const COLOURS: [&str; 3] = ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"];

/// All that is printed, to standard output and beside it, but how long it took.
fn printed(home: &Path, arguments: &[&str], screen: Screen, variables: &[(&str, &str)]) -> String {
    let mut command = spof(home, arguments);
    for name in COLOURS {
        command.env_remove(name);
    }
    command.env_remove("COLUMNS").env_remove("LC_CTYPE").env("LC_ALL", screen.locale);
    command.envs(screen.columns.map(|columns| ("COLUMNS", columns)));
    command.envs(variables.iter().copied());
    let output = command.output().expect("it can be started");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints UTF-8");
    let told = text(output.stdout);
    without_speed(&told) + &text(output.stderr)
}

/// How fast it was is another each time. That may take two lines, and a blank one is behind them.
fn without_speed(told: &str) -> String {
    let mut is_speed = false;
    let is_kept = |line: &&str| {
        is_speed = line.contains(" events simulated in ") || is_speed && !line.trim().is_empty();
        !is_speed
    };
    told.split_inclusive('\n').filter(is_kept).collect()
}

fn refuse_wide_lines(text: &str, screen: Screen, arguments: &[&str]) {
    let Some(columns) = screen.columns else { return };
    let columns: usize = columns.parse().expect("it is a number");
    for line in text.lines() {
        let width = line.width();
        assert!(width <= columns, "{width} of {columns} columns: {line}\n{arguments:?}\n{text}");
        assert!(screen.locale != "C" || line.is_ascii(), "{line}\n{arguments:?}\n{text}");
        assert!(!line.contains('\u{1b}'), "{line}\n{arguments:?}");
    }
}

fn wide_site_in(home: &TempDir) {
    fs::write(home.path().join("shop.yaml"), wide_site()).expect("the folder is there");
}

const SIMULATE: &[&str] = &["simulate", "shop.yaml", "--no-charts", "--no-report"];

#[test]
fn a_site_of_thirty_nodes_with_long_names_fits_on_any_screen() {
    let home = TempDir::new().expect("there is room");
    wide_site_in(&home);
    let commands: [(&str, &[&str]); 6] = [
        ("simulate", SIMULATE),
        ("explain_run", &["explain", "output/shop", "--slowest", "3"]),
        ("check", &["check", "shop.yaml"]),
        ("explain", &["explain", "shop.yaml"]),
        ("analyze", &["analyze", "shop.yaml"]),
        ("compare", &["compare", "shop.yaml", "shop.yaml", "--replications", "2", "--classes"]),
    ];
    let screens = [("80", unicode("80")), ("120", unicode("120")), ("80_ascii", ascii("80"))];
    for (name, arguments) in commands {
        for (size, screen) in screens {
            let text = printed(home.path(), arguments, screen, &[]);
            refuse_wide_lines(&text, screen, arguments);
            insta::assert_snapshot!(format!("{name}_{size}"), text);
        }
        for screen in [unicode("40"), ascii("60"), unicode("200")] {
            let text = printed(home.path(), arguments, screen, &[]);
            assert!(text.lines().all(|line| !line.ends_with(' ')), "{text}");
        }
    }
}

#[test]
fn many_runs_fit_as_well() {
    let home = TempDir::new().expect("there is room");
    wide_site_in(&home);
    let workers = "checkout-and-recommendation-service-eu-west-1.workers=2,4";
    let arrivals = "visitors.arrivals=20/s,40/s";
    let short = ["--set", "run.bucket=10s"];
    let commands: [&[&str]; 6] = [
        &["simulate", "shop.yaml", "--no-charts", "--no-report", "--replications", "3"],
        &["sweep", "shop.yaml", "--vary", workers, "--replications", "2"],
        &["sweep", "shop.yaml", "--vary", workers, "--vary", arrivals, "--replications", "2"],
        &["solve", "shop.yaml", "--vary", workers, "--for", "p99 < 300ms, errors < 2%"],
        &["test", "shop.yaml", "--at-most", "5"],
        &["advise", "shop.yaml", "--time-limit", "2s"],
    ];
    for arguments in commands {
        let arguments = [arguments, &short].concat();
        for screen in [ascii("80"), unicode("120")] {
            refuse_wide_lines(&printed(home.path(), &arguments, screen, &[]), screen, &arguments);
        }
    }
}

#[test]
fn colours_are_shown_to_those_who_want_them_and_change_no_letter() {
    let home = TempDir::new().expect("there is room");
    wide_site_in(&home);
    let forced = [("CLICOLOR_FORCE", "1")];
    let refused = [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")];
    for screen in [PIPE, unicode("80"), ascii("80")] {
        let plain = printed(home.path(), SIMULATE, screen, &[]);
        let coloured = printed(home.path(), SIMULATE, screen, &forced);
        assert!(!plain.contains('\u{1b}') && coloured.contains('\u{1b}'));
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
        assert_eq!(printed(home.path(), SIMULATE, screen, &refused), plain);
    }
}

#[test]
fn what_programs_read_is_the_same_on_any_screen() {
    let home = TempDir::new().expect("there is room");
    wide_site_in(&home);
    let commands: [&[&str]; 6] = [
        &["simulate", "shop.yaml", "--no-charts", "--no-report", "--json"],
        &["explain", "shop.yaml", "--json"],
        &["analyze", "shop.yaml", "--json"],
        &["schema"],
        &["man"],
        &["completions", "bash"],
    ];
    for arguments in commands {
        let output = |screen: Screen| {
            let mut command = spof(home.path(), arguments);
            command.env_remove("COLUMNS").env("LC_ALL", screen.locale);
            command.envs(screen.columns.map(|columns| ("COLUMNS", columns)));
            command.output().expect("it can be started").stdout
        };
        assert!(output(PIPE) == output(ascii("40")), "{arguments:?}");
    }
}

#[test]
fn a_pipe_has_all_columns() {
    let home = TempDir::new().expect("there is room");
    wide_site_in(&home);
    let piped = printed(home.path(), SIMULATE, PIPE, &[]);
    let header = piped.lines().find(|line| line.trim_start().starts_with("requests ")).expect("a table");
    let columns: Vec<&str> = header.split_whitespace().collect();
    assert!(columns.ends_with(&["p99", "p99.9", "max"]), "{piped}");
    assert!(!piped.contains("have no room for"), "{piped}");
    let narrow = printed(home.path(), SIMULATE, unicode("60"), &[]);
    assert!(narrow.contains("60 columns have no room for"), "{narrow}");
}

#[test]
fn help_fits() {
    let home = TempDir::new().expect("there is room");
    let help = printed(home.path(), &["--help"], unicode("80"), &[]);
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands: Vec<&str> = commands.take_while(|line| !line.is_empty()).collect();
    // Those that go on in a second line are further to the right.
    let name = |line: &&str| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')).map(str::to_owned);
    let names: Vec<String> =
        commands.iter().filter_map(name).map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert!(names.len() > 12, "{help}");
    for screen in [ascii("80"), unicode("120")] {
        refuse_wide_lines(&printed(home.path(), &["--help"], screen, &[]), screen, &["--help"]);
        for name in names.iter().filter(|name| *name != "help") {
            let arguments = [name.as_str(), "--help"];
            refuse_wide_lines(&printed(home.path(), &arguments, screen, &[]), screen, &arguments);
        }
    }
    let mistaken =
        ["simulate", "shop.yaml", "--not-an-option-that-there-is-but-a-very-long-one-all-the-same"];
    refuse_wide_lines(&printed(home.path(), &mistaken, ascii("80"), &[]), ascii("80"), &mistaken);
}

fn shipped(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("it is a folder");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it is there").path()).collect();
    paths.sort();
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = paths.into_iter().partition(|path| path.is_dir());
    let files = files.into_iter().filter(|path| path.extension().is_some_and(|end| end == "yaml"));
    files.chain(folders.iter().flat_map(|folder| shipped(folder))).collect()
}

/// The scenarios, below a short path as people have it.
fn home_with_scenarios() -> (TempDir, Vec<String>) {
    let home = TempDir::new().expect("there is room");
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let paths = shipped(&scenarios);
    let name = |path: &PathBuf| {
        let inside = Path::new("scenarios").join(path.strip_prefix(&scenarios).expect("it is in there"));
        let copy = home.path().join(&inside);
        fs::create_dir_all(copy.parent().expect("it has one")).expect("there is room");
        fs::copy(path, copy).expect("there is room");
        inside.to_str().expect("it is text").to_owned()
    };
    let names = paths.iter().map(name).collect();
    (home, names)
}

#[test]
fn what_is_told_of_each_scenario_fits() {
    let (home, names) = home_with_scenarios();
    assert!(names.len() >= 50, "{names:?}");
    for name in &names {
        for command in ["check", "explain", "analyze"] {
            for screen in [ascii("80"), unicode("120")] {
                let arguments = [command, name];
                refuse_wide_lines(&printed(home.path(), &arguments, screen, &[]), screen, &arguments);
            }
        }
    }
}

/// What takes long, made short.
const SHORTER: [(&str, &str); 2] = [("course", "run.duration=10d"), ("year-of-failures", "run.duration=30d")];

#[test]
fn what_is_told_of_the_runs_of_scenarios_fits() {
    let (home, names) = home_with_scenarios();
    // Those of the textbook have two nodes each, and run for long.
    for name in names.iter().filter(|name| !name.contains("theory")) {
        let usual = ["simulate", name, "--no-charts", "--no-report", "--rows", "none"];
        let shorter = SHORTER.iter().find(|(long, _)| name.contains(long));
        let shorter = shorter.map_or(vec![], |(_, setting)| vec!["--set", *setting]);
        let arguments = [&usual[..], &shorter].concat();
        refuse_wide_lines(&printed(home.path(), &arguments, ascii("80"), &[]), ascii("80"), &arguments);
    }
}
