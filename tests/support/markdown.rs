//! Which pages there are, and their blocks of code.

use std::fs;
use std::path::Path;

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
pub const FENCE: &str = "```";

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

/// With `UPDATE=1` in the environment the file is written anew.
pub fn keep_equal(path: &str, text: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, text).expect("it can be written");
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert!(kept == text, "{path} is out of date: run the tests with UPDATE=1");
}
