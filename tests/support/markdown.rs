//! Pages as a test needs them: blocks, links, anchors, words.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Pages that are not in the book, and are held to the same.
const OTHERS: [&str; 7] = [
    "README.md",
    "CONTRIBUTING.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "output/README.md",
    "notebooks/README.md",
    "deploy/README.md",
];

/// What a block of code begins and ends with.
const FENCE: &str = "```";

/// All pages of the book, and its table of contents.
pub fn pages_of_the_book() -> Vec<String> {
    let mut pages = Vec::new();
    gather(Path::new("docs"), &mut pages);
    pages.sort();
    pages
}

pub fn all_pages() -> Vec<String> {
    OTHERS.iter().map(|page| (*page).to_owned()).chain(pages_of_the_book()).collect()
}

fn gather(folder: &Path, pages: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder can be read") {
        let path = entry.expect("a folder can be read").path();
        if path.is_dir() {
            gather(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path.to_str().expect("a plain name").to_owned());
        }
    }
}

pub struct Block {
    /// What stands behind the fence, such as `sh no-run`.
    pub kind: String,
    pub text: String,
    /// The lines of the page that are its text, without the fences.
    pub lines: std::ops::Range<usize>,
}

pub fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, usize)> = None;
    let lines: Vec<&str> = page.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let Some(kind) = line.strip_prefix(FENCE) else { continue };
        match open.take() {
            None => open = Some((kind.to_owned(), number + 1)),
            Some((kind, begin)) => {
                let text = lines[begin..number].join("\n");
                blocks.push(Block { kind, text, lines: begin..number });
            }
        }
    }
    assert!(open.is_none(), "a block does not end:\n{page}");
    blocks
}

/// The page without its blocks of code.
pub fn without_blocks(page: &str) -> String {
    let mut inside = false;
    let mut kept = String::new();
    for line in page.lines() {
        if line.trim_start().starts_with(FENCE) {
            inside = !inside;
        } else if !inside {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// The page without code between backquotes.
fn without_code(prose: &str) -> String {
    let parts = prose.split('`').enumerate();
    parts.filter(|(number, _)| number % 2 == 0).map(|(_, part)| part).collect::<Vec<&str>>().join("`")
}

/// Where the links and pictures of a page lead.
pub fn links(page: &str) -> Vec<String> {
    let prose = without_code(&without_blocks(page));
    let mut links = Vec::new();
    for part in prose.split("](").skip(1) {
        let (link, _) = part.split_once(')').expect("a link ends");
        links.push(link.to_owned());
    }
    links
}

/// The names under which a page's headings can be linked to, as GitHub and mdBook make them.
pub fn anchors(page: &str) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut anchors = BTreeSet::new();
    for line in without_blocks(page).lines().filter(|line| line.starts_with('#')) {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        let anchor: String = kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect();
        let times = seen.entry(anchor.clone()).or_default();
        anchors.insert(if *times == 0 { anchor } else { format!("{anchor}-{times}") });
        *times += 1;
    }
    anchors
}

/// The file that a link of a page means, without `.` and `..`; `None` if it leads out of the repository.
pub fn target(page: &str, link: &str) -> Option<PathBuf> {
    let mut path: Vec<&str> = page.split('/').collect();
    path.pop();
    for part in link.split('/') {
        match part {
            "." | "" => {}
            ".." => _ = path.pop()?,
            part => path.push(part),
        }
    }
    Some(path.iter().collect())
}

/// With `UPDATE=1` in the environment the file is written anew.
pub fn keep_equal(path: &str, text: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, text).expect("it can be written");
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert!(kept == text, "{path} is out of date: run the tests with UPDATE=1");
}
