//! Every command of README and the other pages is run, and what README shows is what the
//! program prints.
//!
//! A block that begins with ```` ```sh ```` is run in a folder of its own that holds the
//! scenarios; one that begins with ```` ```sh no-run ```` is for other programs. With
//! `UPDATE=1` in the environment the text and the picture in README are made anew.
#![cfg(unix)]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const PAGES: [&str; 6] = [
    "README.md",
    "CONTRIBUTING.md",
    "ARCHITECTURE.md",
    "output/README.md",
    "notebooks/README.md",
    "docs/settings.md",
];
const PICTURE: &str = "docs/simulate.svg";

/// `cargo run --release -- …` stands for the program that has been built for this test.
const SHELL: &str = "set -euo pipefail
cargo() { while [ \"$1\" != -- ]; do shift; done; shift; spof \"$@\"; }
";

#[test]
fn every_command_of_the_pages_runs() {
    let mut blocks_run = 0;
    for page in PAGES {
        // All blocks of a page share a folder, as they would with a reader.
        let home = home();
        for block in blocks(&fs::read_to_string(page).expect("the page is there")) {
            let output = run(home.path(), &block);
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{page}: this fails:\n{block}\n{told}");
            blocks_run += 1;
        }
    }
    assert!(blocks_run >= 6, "the blocks are not found any more: {blocks_run}");
}

/// A question may have a bad answer: then the command ends with code 1.
#[test]
fn every_question_of_readme_is_answered_by_its_line() {
    let home = home();
    let readme = fs::read_to_string("README.md").expect("it is there");
    let (_, table) = readme.split_once("| question | command |\n").expect("README has ten questions");
    let rows = table.lines().take_while(|line| line.starts_with('|')).skip(1);
    let commands: Vec<&str> = rows
        .map(|row| {
            let command = row.trim_end_matches(" |").rsplit_once(" | `").expect("two columns").1;
            command.strip_suffix('`').expect("nothing stands behind the command")
        })
        .collect();
    assert_eq!(commands.len(), 10, "{commands:?}");
    for command in commands {
        assert!(command.starts_with("spof "), "{command}");
        let output = run(home.path(), command);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1)), "this fails:\n{command}\n{told}");
    }
}

#[test]
fn readme_shows_what_the_program_prints() {
    let home = home();
    let first = "cargo run --release -- simulate scenarios/one-server.yaml";
    assert!(fs::read_to_string("README.md").expect("it is there").contains(first));
    let print = |colours: &str| {
        let output = run(home.path(), &format!("{colours} {first}"));
        without_speed(&String::from_utf8(output.stdout).expect("text"))
    };
    let (plain, coloured) = (print("NO_COLOR=1"), print("CLICOLOR_FORCE=1"));
    let readme = fs::read_to_string("README.md").expect("it is there");
    let (before, rest) = readme.split_once("```text\n").expect("README shows the summary");
    let (_, after) = rest.split_once("```").expect("the block ends");
    let shown: String = plain.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    keep_equal("README.md", &format!("{before}```text\n{}\n```{after}", shown.trim_matches('\n')));
    keep_equal(PICTURE, &picture(&coloured));
}

fn home() -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    copy(Path::new("scenarios"), &home.path().join("scenarios"));
    home
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("a folder can be read") {
        let path = entry.expect("a folder can be read").path();
        let to = to.join(path.file_name().expect("it has a name"));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).expect("a file can be copied");
        }
    }
}

fn run(folder: &Path, script: &str) -> Output {
    let program = assert_cmd::cargo::cargo_bin("spof");
    let programs = program.parent().expect("it stands in a folder").to_str().expect("a plain name");
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("bash");
    command.current_dir(folder).env("PATH", path).arg("-c").arg(format!("{SHELL}{script}"));
    command.output().expect("there is a bash")
}

/// The blocks that are to be run.
fn blocks(page: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut parts = page.split("\n```sh\n");
    parts.next();
    for part in parts {
        let (block, _) = part.split_once("\n```").expect("a block ends");
        blocks.push(block.to_owned());
    }
    blocks
}

/// The last line tells how fast this machine was.
fn without_speed(text: &str) -> String {
    let is_speed = |line: &&str| line.contains("simulated in ");
    let lines: Vec<&str> = text.lines().filter(|line| !is_speed(line)).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn keep_equal(path: &str, text: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, text).expect("it can be written");
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert!(kept == text, "{path} is out of date: run the tests with UPDATE=1");
}

const COLUMN: f64 = 8.4;
const LINE: usize = 18;
const MARGIN: usize = 16;

/// A terminal's text as a picture: each stretch of one colour at its place in the line.
fn picture(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let widest = lines.iter().map(|line| stretches(line).iter().map(|(_, part)| part.chars().count()).sum());
    let width = (widest.max().unwrap_or(0_usize) as f64 * COLUMN) as usize + 2 * MARGIN;
    let height = lines.len() * LINE + 2 * MARGIN;
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" \
         font-size=\"14\" fill=\"#d8dee9\">\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#20242c\"/>\n"
    );
    for (number, line) in lines.iter().enumerate() {
        let y = MARGIN + number * LINE + LINE * 3 / 4;
        let mut column = 0;
        for (style, part) in stretches(line) {
            // Each figure is placed by itself, so that columns stand below each other in any font.
            for word in part.split("  ") {
                let text = word.trim();
                let length = text.chars().count();
                if length > 0 {
                    let indent = word.chars().take_while(|letter| *letter == ' ').count();
                    let x = MARGIN as f64 + (column + indent) as f64 * COLUMN;
                    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                    let width = length as f64 * COLUMN;
                    writeln!(
                        picture,
                        "<text x=\"{x:.1}\" y=\"{y}\" textLength=\"{width:.1}\"{style}>{text}</text>"
                    )
                    .expect("a text takes everything");
                }
                column += word.chars().count() + 2;
            }
            column -= 2;
        }
    }
    picture.push_str("</svg>\n");
    picture
}

/// The parts of a line, each with the style that the terminal's codes before it ask for.
fn stretches(line: &str) -> Vec<(&'static str, &str)> {
    let mut parts = line.split("\u{1b}[");
    let mut stretches = vec![("", parts.next().unwrap_or(""))];
    for part in parts {
        let (code, text) = part.split_once('m').expect("a code for a style");
        let style = match code {
            "0" | "39" | "22" => "",
            "1" => " font-weight=\"bold\"",
            "2" => " fill=\"#8b93a3\"",
            "31" => " fill=\"#e06c75\"",
            "32" => " fill=\"#98c379\"",
            "33" => " fill=\"#e5c07b\"",
            code => panic!("the picture does not know the style {code}"),
        };
        stretches.push((style, text));
    }
    stretches
}
