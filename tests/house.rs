//! The rules of the house, held to the tree: every file stands where ARCHITECTURE.md places
//! it, imports only from floors below, stays short, and leaves files, threads, the terminal
//! and the wall clock to those whose business they are.
//!
//! The floors and the places are read from ARCHITECTURE.md itself, so that the map cannot
//! say anything else than what is checked.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

const FILE_LINES_MOST: usize = 400;
const FUNCTION_LINES_MOST: usize = 70;

/// Imports between two modules of one floor that are allowed, and why.
const NEIGHBOURS: &[(&str, &str, &str)] = &[
    ("stats", "kernel", "what is observed are lengths of simulated time, and tests need its random streams"),
    ("results", "parts", "results are counted by `Outcome`, which is one of the parts"),
];

/// Files and functions that may be longer, and why.
const LONGER: &[(&str, &str)] =
    &[("src/engine/tests.rs::tandem", "one literal: a plan written out by hand, field by field")];

/// What only some files may use: the words that betray it, where they may stand, and why.
const BUSINESS: &[(&[&str], &[&str], &str)] = &[
    (
        &["println!", "print!(", "dbg!(", "stdout()", "stderr()"],
        &["src/cli/"],
        "only the command line prints",
    ),
    (
        &["std::fs", "fs::", "File::", "OpenOptions"],
        &[
            "src/scenario/load.rs",
            "src/scenario/files.rs",
            "src/output/folder.rs",
            "src/output/journal.rs",
            "src/output/text_file.rs",
            "src/output/record/reading.rs",
        ],
        "only `scenario` and `output/record` read files and only `output` writes them",
    ),
    (&["std::thread", "rayon", "thread::"], &["src/experiment/"], "threads live only in `experiment`"),
    (&["Instant", "SystemTime"], &["src/cli/"], "the wall clock belongs to the command line"),
    (&["process::exit", "ctrlc"], &["src/cli/"], "only the command line ends the program"),
];

/// The type of an open file may be named where a job passes it on.
const PASSED_ON: &[(&str, &str)] = &[("src/cli/simulate/job.rs", "use std::fs::File;")];

#[test]
fn the_map_places_every_file_and_no_other() {
    let map = Map::read();
    let mut violations = Violations::default();
    for path in tree().keys() {
        if !map.floor_of_file.contains_key(path) {
            violations.add(path, 0, "ARCHITECTURE.md does not place this file");
        }
    }
    for path in map.floor_of_file.keys() {
        if !Path::new(path).exists() {
            violations.add(path, 0, "ARCHITECTURE.md places a file that does not exist");
        }
    }
    for path in &map.placed_twice {
        violations.add(path, 0, "ARCHITECTURE.md places this file twice");
    }
    violations.refuse();
}

#[test]
fn nothing_imports_from_above_or_beside() {
    let map = Map::read();
    let floors = map.floors_of_modules();
    let mut violations = Violations::default();
    for (path, text) in tree().iter().filter(|(path, _)| path.starts_with("src/")) {
        let Some(own) = module_of(path) else { continue };
        for (line, content) in text.lines().enumerate() {
            for other in modules_named(content) {
                let (Some(&here), Some(&there)) = (floors.get(own), floors.get(other)) else {
                    violations.add(path, line + 1, &format!("`{other}` has no floor"));
                    continue;
                };
                let allowed =
                    NEIGHBOURS.iter().any(|(from, to, _)| (*from, *to) == (own, other)) || own == other;
                if there > here {
                    violations.add(path, line + 1, &format!("F{here} imports `{other}` from F{there} above"));
                } else if there == here && !allowed {
                    violations.add(
                        path,
                        line + 1,
                        &format!("`{own}` imports `{other}` beside it on F{here}"),
                    );
                }
            }
        }
    }
    violations.refuse();
}

#[test]
fn files_and_functions_stay_short() {
    let mut violations = Violations::default();
    for (path, text) in &tree() {
        let exempt = |name: &str| LONGER.iter().any(|(longer, _)| *longer == name);
        let lines = text.lines().count();
        if lines > FILE_LINES_MOST && !exempt(path) {
            violations.add(path, 0, &format!("{lines} lines; {FILE_LINES_MOST} are allowed"));
        }
        for function in functions(text) {
            let full_name = format!("{path}::{}", function.name);
            if function.lines > FUNCTION_LINES_MOST && !exempt(&full_name) {
                let what = format!("`{}` has {} lines", function.name, function.lines);
                violations.add(path, function.line, &format!("{what}; {FUNCTION_LINES_MOST} are allowed"));
            }
        }
        if path.ends_with("util.rs") || path.ends_with("utils.rs") || path.ends_with("helpers.rs") {
            violations.add(path, 0, "a file is named for what it is about");
        }
    }
    violations.refuse();
}

#[test]
fn files_threads_terminal_and_clock_stay_with_their_owners() {
    let tree = tree();
    let mut violations = Violations::default();
    for (path, text) in tree.iter().filter(|(path, _)| path.starts_with("src/") && !is_for_tests(path, &tree))
    {
        for (line, content) in without_tests(text).lines().enumerate() {
            let code = content.split("//").next().unwrap_or("");
            if PASSED_ON.contains(&(path, code.trim())) {
                continue;
            }
            for (words, owners, reason) in BUSINESS {
                let is_owner = owners.iter().any(|owner| path.starts_with(owner));
                if let Some(word) = words.iter().find(|word| has_word(code, word)).filter(|_| !is_owner) {
                    violations.add(path, line + 1, &format!("`{word}`: {reason}"));
                }
            }
        }
    }
    violations.refuse();
}

#[test]
fn every_exception_is_still_needed() {
    let tree = tree();
    for (from, to, reason) in NEIGHBOURS {
        let prefix = format!("src/{from}/");
        let needed = tree.iter().filter(|(path, _)| path.starts_with(&prefix));
        let needed = needed.flat_map(|(_, text)| text.lines()).any(|line| modules_named(line).contains(to));
        assert!(needed, "nothing in {from} imports {to} any more, though {reason}");
    }
    for (longer, reason) in LONGER {
        let (path, name) = longer.split_once("::").unwrap_or((longer, ""));
        let text = tree.get(path).unwrap_or_else(|| panic!("{path} is gone, though {reason}"));
        let long_file = name.is_empty() && text.lines().count() > FILE_LINES_MOST;
        let long_function = functions(text)
            .iter()
            .any(|function| function.name == name && function.lines > FUNCTION_LINES_MOST);
        assert!(long_file || long_function, "{longer} is short again");
    }
}

/// What ARCHITECTURE.md says: under a heading such as `### F3 · scenario` each line that
/// begins with "- `path`" places a file on that floor.
struct Map {
    floor_of_file: BTreeMap<String, Option<u32>>,
    placed_twice: Vec<String>,
}

impl Map {
    fn read() -> Map {
        let text = fs::read_to_string("ARCHITECTURE.md").expect("ARCHITECTURE.md is there");
        let mut map = Map { floor_of_file: BTreeMap::new(), placed_twice: Vec::new() };
        let mut floor = None;
        for line in text.lines() {
            if let Some(heading) = line.strip_prefix("### ") {
                let number = heading.strip_prefix('F').and_then(|rest| rest.split(' ').next());
                floor = number.and_then(|number| number.parse().ok());
            }
            let placed = line.strip_prefix("- `").and_then(|rest| rest.split('`').next());
            if let Some(path) = placed.filter(|path| path.ends_with(".rs"))
                && map.floor_of_file.insert(path.to_owned(), floor).is_some()
            {
                map.placed_twice.push(path.to_owned());
            }
        }
        map
    }

    fn floors_of_modules(&self) -> BTreeMap<&str, u32> {
        let placed = self.floor_of_file.iter();
        placed.filter_map(|(path, floor)| Some((module_of(path)?, (*floor)?))).collect()
    }
}

/// All Rust files of the project, by their paths.
fn tree() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for folder in ["src", "tests", "benches", "examples", "fuzz/fuzz_targets"] {
        gather(Path::new(folder), &mut files);
    }
    files
}

fn gather(folder: &Path, files: &mut BTreeMap<String, String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("a folder can be read").path();
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a file can be read");
            files.insert(path.to_str().expect("a plain name").replace('\\', "/"), text);
        }
    }
}

/// `src/engine/run.rs` belongs to `engine`; `main.rs` and `lib.rs` belong to nobody.
fn module_of(path: &str) -> Option<&str> {
    let (module, _) = path.strip_prefix("src/")?.split_once('/')?;
    Some(module)
}

/// The modules that a line names behind `crate::`, also several in braces.
fn modules_named(line: &str) -> Vec<&str> {
    let code = line.split("//").next().unwrap_or("");
    let mut modules = Vec::new();
    for (place, _) in code.match_indices("crate::") {
        let rest = &code[place + "crate::".len()..];
        let names = match rest.strip_prefix('{') {
            // In `crate::{a::b, c}` a name begins behind each comma that is not deeper.
            Some(group) => group.split(['}', ';']).next().unwrap_or("").split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        for name in names {
            let end = name.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
            modules.push(&name[..end.unwrap_or(name.len())]);
        }
    }
    modules
}

struct Function {
    name: String,
    line: usize,
    lines: usize,
}

/// The functions of a text that rustfmt has laid out: one ends at the brace that stands as
/// far in as it begins.
fn functions(text: &str) -> Vec<Function> {
    let lines: Vec<&str> = text.lines().collect();
    let mut functions = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let Some(place) = code.find("fn ") else { continue };
        let before = &code[..place];
        // What stands before `fn` makes it a function's head, and not a sentence about one.
        let visibility =
            |word: &str| word.starts_with("pub") || ["const", "super)", "crate)"].contains(&word);
        let is_head = before.split_whitespace().all(visibility);
        if !is_head || code.ends_with("}") {
            continue;
        }
        let indent = line.len() - code.len();
        let close = format!("{}}}", " ".repeat(indent));
        if let Some(length) = lines[start..].iter().position(|line| **line == close) {
            let name = code[place + 3..].split(['(', '<']).next().unwrap_or("").to_owned();
            functions.push(Function { name, line: start + 1, lines: length + 1 });
        }
    }
    functions
}

/// Whether a file is compiled for tests only: its module stands behind `#[cfg(test)]`.
fn is_for_tests(path: &str, tree: &BTreeMap<String, String>) -> bool {
    let Some((folder, file)) = path.rsplit_once('/') else { return false };
    let declaration = format!("#[cfg(test)]\nmod {};", file.trim_end_matches(".rs"));
    let parents = [format!("{folder}/mod.rs"), format!("{folder}.rs"), "src/lib.rs".to_owned()];
    parents.iter().filter_map(|parent| tree.get(parent)).any(|text| text.contains(&declaration))
}

/// Test modules stand at the end of their file.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

/// Whether a word stands in the code by itself, not as the end of a longer one.
fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(place, _)| {
        let longer = |letter: char| letter.is_alphanumeric() || letter == '_';
        let begins = !code[..place].ends_with(longer);
        let ends = !word.ends_with(longer) || !code[place + word.len()..].starts_with(longer);
        begins && ends
    })
}

/// All that is wrong, told at once.
#[derive(Default)]
struct Violations {
    text: String,
}

impl Violations {
    fn add(&mut self, path: &str, line: usize, what: &str) {
        let place = if line > 0 { format!("{path}:{line}") } else { path.to_owned() };
        writeln!(self.text, "{place}: {what}").expect("a text takes everything");
    }

    fn refuse(self) {
        assert!(self.text.is_empty(), "the house is out of order:\n{}", self.text);
    }
}

#[test]
fn this_test_sees_what_it_is_to_refuse() {
    assert_eq!(modules_named("use crate::plan::{NONE, Step};"), ["plan"]);
    assert_eq!(modules_named("use crate::{stats::series, kernel};"), ["stats", "kernel"]);
    assert_eq!(modules_named("    // as in crate::cli"), [""; 0]);
    assert!(has_word("let now = Instant::now();", "Instant") && !has_word("Instants rise", "Instant"));
    assert!(has_word("std::fs::read(path)", "fs::") && !has_word("offs::read(path)", "fs::"));
    let long = format!("pub(super) fn long() {{\n{}}}\n", "    step();\n".repeat(80));
    assert_eq!(functions(&long)[0].lines, 82);
    assert_eq!(module_of("src/engine/run.rs"), Some("engine"));
    assert_eq!(module_of("src/lib.rs"), None);
}

/// What a run means is decided in `diagnosis`, and said in `telling`: words that would decide it
/// elsewhere, and where they may stand all the same, and why.
const DECIDING: &[&str] = &[
    "was full",
    "were full",
    "is full",
    "are full",
    "overloaded",
    "busy all the time",
    "bottleneck",
    "othing went wrong",
    "up throughout",
    "no outage",
];
const MAY_DECIDE: &[(&str, &str)] = &[
    ("src/diagnosis/", "here it is decided"),
    ("src/telling/", "here it is said"),
    ("src/scenario/warnings.rs", "what a load would take is reckoned before there is any run"),
    ("src/output/report/tables.rs", "its columns are named after what the diagnosis has"),
    ("src/engine/", "what its comments and tests tell of is mechanism"),
];

#[test]
fn nobody_but_the_diagnosis_decides_what_is_full_or_down() {
    let tree = tree();
    let mut violations = Violations::default();
    let rooms =
        ["src/output/", "src/cli/", "src/analysis/", "src/experiment/", "src/structure/", "src/scenario/"];
    for (path, text) in tree.iter().filter(|(path, _)| rooms.iter().any(|room| path.starts_with(room))) {
        if is_for_tests(path, &tree) || MAY_DECIDE.iter().any(|(place, _)| path.starts_with(place)) {
            continue;
        }
        for (line, content) in without_tests(text).lines().enumerate() {
            let code = content.split("//").next().unwrap_or("");
            let is_threshold = ["FULL", "DOWN", "HEADROOM", "OVERLOADED"]
                .iter()
                .any(|name| code.contains(&format!("const {name}: f64")));
            let said = DECIDING.iter().find(|words| code.contains('"') && code.contains(*words));
            if is_threshold || said.is_some() {
                let what = said.map_or("a threshold of its own", |words| *words);
                violations.add(
                    path,
                    line + 1,
                    &format!("{what}: only `diagnosis` decides, and `telling` says"),
                );
            }
        }
    }
    violations.refuse();
}
