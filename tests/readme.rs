//! Every command of README, of the book in `docs/` and of the other pages is run, and what they show
//! is what the program prints.
//!
//! A block that begins with ```` ```sh ```` is run in a folder of its own that holds the scenarios; one
//! with ```` ```sh no-run ```` is for other programs, and one with ```` ```sh fails ```` has to end with
//! code 1, as where an expectation is missed. ```` ```text printed ```` shows all that the block before it
//! prints, and ```` ```text printed: p99 | How sure ```` the paragraphs of it in which these words stand.
//! With `UPDATE=1` in the environment all that is shown is made anew; with `PAGE=surge` only pages are
//! looked at in whose names that stands.
#![cfg(unix)]

#[path = "support/markdown.rs"]
mod markdown;

use markdown::{Block, all_pages, blocks, keep_equal};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const PICTURE: &str = "docs/simulate.svg";
const TOPOLOGY: &str = "docs/pictures/topology.svg";

/// `cargo run --release -- …` stands for the program that has been built for this test, and `cargo test`
/// is what runs it.
const SHELL: &str = "set -euo pipefail
cargo() { [ \"$1\" != test ] || return 0; while [ \"$1\" != -- ]; do shift; done; shift; spof \"$@\"; }
";

#[test]
fn every_command_of_the_tutorials_runs() {
    run_pages(|page| page.starts_with("docs/tutorials/"));
}

#[test]
fn every_command_of_the_how_to_pages_runs() {
    run_pages(|page| page.starts_with("docs/how-to/"));
}

#[test]
fn every_command_of_the_other_pages_runs() {
    run_pages(|page| !page.starts_with("docs/tutorials/") && !page.starts_with("docs/how-to/"));
}

fn run_pages(chosen: impl Fn(&str) -> bool) {
    let mut wrong = Vec::new();
    let mut blocks_run = 0;
    let asked_for = std::env::var("PAGE").unwrap_or_default();
    for page in all_pages().iter().filter(|page| chosen(page) && page.contains(&asked_for)) {
        let (run, told) = run_page(page);
        blocks_run += run;
        wrong.extend(told.into_iter().map(|told| format!("{page}: {told}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(blocks_run >= 6 || !asked_for.is_empty(), "the blocks are not found any more: {blocks_run}");
}

/// How many blocks of a page were run, and what is wrong.
fn run_page(path: &str) -> (usize, Vec<String>) {
    // All blocks of a page share a folder, as they would with a reader.
    let home = home();
    let page = fs::read_to_string(path).expect("the page is there");
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    let (mut run_so_far, mut wrong, mut printed) = (0, Vec::new(), None);
    let mut shown = Vec::new();
    for block in blocks(&page) {
        match block.kind.as_str() {
            "sh" | "sh fails" => {
                let output = run(home.path(), &block.text);
                let code = output.status.code();
                if code != Some(i32::from(block.kind == "sh fails")) {
                    let told = String::from_utf8_lossy(&output.stderr);
                    wrong.push(format!("this ends with {code:?}:\n{}\n{told}", block.text));
                }
                printed = Some(without_speed(&String::from_utf8(output.stdout).expect("text")));
                run_so_far += 1;
            }
            "sh no-run" => printed = None,
            kind if kind.starts_with("text printed") => shown.push((block, printed.clone())),
            _ => {}
        }
    }
    // From the last one on, so that the lines of those before stay where they are.
    for (block, printed) in shown.into_iter().rev() {
        match asked_for(&block, printed) {
            Ok(text) if text == block.text => {}
            Ok(text) if std::env::var_os("UPDATE").is_some() => {
                lines.splice(block.lines, text.lines().map(str::to_owned));
            }
            Ok(text) => {
                let shown = &block.text;
                wrong.push(format!("not what is printed (UPDATE=1 writes it anew):\n{shown}\nbut:\n{text}"));
            }
            Err(told) => wrong.push(told),
        }
    }
    let updated = lines.join("\n") + "\n";
    if updated != page && wrong.is_empty() {
        keep_equal(path, &updated);
    }
    (run_so_far, wrong)
}

/// What a block that shows something is to hold.
fn asked_for(block: &Block, printed: Option<String>) -> Result<String, String> {
    let printed = printed.ok_or_else(|| format!("no command is run before this:\n{}", block.text))?;
    let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
    let printed = printed.join("\n");
    let Some(words) = block.kind.strip_prefix("text printed: ") else { return Ok(printed) };
    let paragraphs: Vec<&str> = printed.split("\n\n").collect();
    let mut chosen: Vec<&str> = Vec::new();
    for word in words.split(" | ") {
        let found =
            paragraphs.iter().find(|paragraph| paragraph.contains(word) && !chosen.contains(paragraph));
        chosen.push(found.ok_or_else(|| format!("nothing else printed has `{word}`:\n{printed}"))?);
    }
    Ok(chosen.join("\n\n").trim_matches('\n').to_owned())
}

/// A question may have a bad answer: then the command ends with code 1.
#[test]
fn every_question_of_readme_has_the_answer_that_its_command_prints() {
    let home = home();
    let readme = fs::read_to_string("README.md").expect("it is there");
    let mut written = String::new();
    let mut questions = 0;
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        writeln!(written, "{line}").expect("a text takes everything");
        let command = line.strip_prefix("   `spof ").and_then(|rest| rest.strip_suffix("`\\"));
        let Some(command) = command else { continue };
        questions += 1;
        let output = run(home.path(), &format!("spof {command}"));
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1)), "this fails:\n{command}\n{told}");
        let answer = headline(&String::from_utf8(output.stdout).expect("text"));
        writeln!(written, "{}\n", folded(&format!("**{answer}**"))).expect("a text takes everything");
        // What stood there so far, and the line behind it.
        lines.by_ref().find(|line| line.is_empty());
    }
    assert_eq!(questions, 10);
    keep_equal("README.md", &written);
}

/// The first sentence of what a command prints: what stands before how sure it is.
fn headline(printed: &str) -> String {
    let lines = printed.lines().skip_while(|line| line.is_empty());
    let lines = lines.take_while(|line| !line.starts_with("  How sure: "));
    lines.map(str::trim).collect::<Vec<&str>>().join(" ")
}

/// In lines of a list.
fn folded(text: &str) -> String {
    let mut lines = vec![String::from("  ")];
    for word in text.split(' ') {
        if lines.last().is_some_and(|line| line.chars().count() + word.chars().count() > 114) {
            lines.push(String::from("  "));
        }
        let line = lines.last_mut().expect("there is always one");
        line.push(' ');
        line.push_str(word);
    }
    lines.join("\n")
}

#[test]
fn the_pictures_are_what_the_program_draws() {
    let home = home();
    let first = "cargo run --release -- simulate scenarios/one-server.yaml";
    let readme = fs::read_to_string("README.md").expect("it is there");
    assert!(readme.contains(&format!("```sh\n{first}\ncargo test\n```")), "the two commands stand in README");
    let output = run(home.path(), &format!("CLICOLOR_FORCE=1 {first}"));
    keep_equal(PICTURE, &picture(&without_speed(&String::from_utf8(output.stdout).expect("text"))));
    // The same commands as in docs/pictures.sh.
    let script = fs::read_to_string("docs/pictures.sh").expect("it is there");
    let drawn = run(home.path(), &format!("{script}\ntopology ."));
    assert!(drawn.status.success(), "{}", String::from_utf8_lossy(&drawn.stderr));
    keep_equal(TOPOLOGY, &fs::read_to_string(home.path().join("topology.svg")).expect("it is drawn"));
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

/// The last line tells how fast this machine was.
fn without_speed(text: &str) -> String {
    let is_speed = |line: &&str| line.contains("simulated in ");
    let lines: Vec<&str> = text.lines().filter(|line| !is_speed(line)).collect();
    lines.join("\n").trim_matches('\n').to_owned()
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
