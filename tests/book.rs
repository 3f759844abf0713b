//! The pages hang together: README is short, every link leads somewhere, every page of the book in `docs/`
//! is in its table of contents, and the reference of the command line is what the program knows.
//!
//! With `UPDATE=1` in the environment `docs/reference/command-line.md` is written anew.

#[path = "support/command_reference.rs"]
mod command_reference;
#[path = "support/links.rs"]
mod links;
#[path = "support/markdown.rs"]
mod markdown;

use links::{anchors, links, target, without_blocks};
use markdown::{Block, all_pages, blocks, keep_equal, pages_of_the_book};
use std::collections::BTreeSet;
use std::fs;

const CONTENTS: &str = "docs/SUMMARY.md";
const README_WORDS_MOST: usize = 1000;

fn read(page: &str) -> String {
    fs::read_to_string(page).unwrap_or_else(|error| panic!("{page}: {error}"))
}

#[test]
fn readme_can_be_read_in_minutes() {
    let prose = without_blocks(&read("README.md"));
    let words = prose.split_whitespace().count();
    assert!(words <= README_WORDS_MOST, "{words} words; a page of docs/ has room for them");
}

/// Links to other sites are left alone: tests need no network.
#[test]
fn every_link_leads_somewhere() {
    let mut wrong = Vec::new();
    for page in all_pages() {
        let text = read(&page);
        let inside =
            links(&text).into_iter().filter(|link| !link.contains("://") && !link.starts_with("mailto:"));
        for link in inside {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() { Some(page.clone().into()) } else { target(&page, file) };
            let Some(target) = target.filter(|target| target.exists()) else {
                wrong.push(format!("{page}: {link} is not there"));
                continue;
            };
            // The book has nothing but its own pages and pictures.
            if page.starts_with("docs/") && !target.starts_with("docs") {
                wrong.push(format!("{page}: {link} leads out of the book; name the file instead"));
            }
            let is_page = target.extension().is_some_and(|extension| extension == "md");
            if !anchor.is_empty() && is_page {
                let path = target.to_str().expect("a plain name");
                if !anchors(&read(path)).contains(anchor) {
                    wrong.push(format!("{page}: {link} names no heading"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_of_the_book_is_in_its_contents_once() {
    let mut listed = BTreeSet::new();
    for link in links(&read(CONTENTS)) {
        let page = target(CONTENTS, &link).expect("it stays in the book");
        assert!(listed.insert(page.to_str().expect("a plain name").to_owned()), "{link} is listed twice");
    }
    let written = pages_of_the_book().into_iter().filter(|page| page != CONTENTS);
    assert_eq!(listed, written.collect::<BTreeSet<String>>());
}

/// A command in a block whose kind is written wrongly would never be run.
#[test]
fn every_block_is_of_a_kind_that_is_known() {
    let known =
        ["sh", "sh no-run", "sh fails", "text", "text printed", "yaml", "python", "pycon", "rust", "json"];
    for page in all_pages() {
        for Block { kind, lines, .. } in blocks(&read(&page)) {
            let is_known = known.contains(&kind.as_str()) || kind.starts_with("text printed: ");
            assert!(is_known, "{page}:{}: `{kind}`", lines.start);
        }
    }
}

/// A heading of the first rank is what a page is called, and there is one.
#[test]
fn every_page_of_the_book_has_a_title() {
    for page in pages_of_the_book() {
        let text = without_blocks(&read(&page));
        let titles = text.lines().filter(|line| line.starts_with("# ")).count();
        // In the table of contents such headings are its parts.
        assert!(titles == 1 || page == CONTENTS, "{page} has {titles} titles");
    }
}

/// A block of YAML with a name is the whole of a scenario, but for its comments.
#[test]
fn scenarios_that_are_shown_whole_are_those_of_the_repository() {
    let mut shown = 0;
    for page in pages_of_the_book() {
        for block in blocks(&read(&page))
            .iter()
            .filter(|block| block.kind == "yaml" && block.text.starts_with("name: "))
        {
            let name = block.text.lines().next().expect("it has a line");
            let is_this = |text: &String| text.lines().any(|line| line == name);
            let scenario = scenarios().into_iter().find(is_this).unwrap_or_else(|| panic!("{page}: {name}?"));
            let lines = scenario.lines().filter(|line| !line.starts_with('#'));
            assert_eq!(block.text, lines.collect::<Vec<&str>>().join("\n"), "{page}:{}", block.lines.start);
            shown += 1;
        }
    }
    assert!(shown >= 2, "they are not found any more");
}

fn scenarios() -> Vec<String> {
    let folders = ["scenarios", "scenarios/course", "scenarios/theory"];
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("a folder can be read"));
    let paths = entries.map(|entry| entry.expect("a folder can be read").path());
    paths.filter(|path| path.is_file()).map(|path| fs::read_to_string(path).expect("text")).collect()
}

#[test]
fn the_reference_of_the_command_line_is_what_the_program_knows() {
    keep_equal("docs/reference/command-line.md", &command_reference::page());
}

#[test]
fn what_is_wrong_with_a_page_is_found() {
    let page = "# A page\n\n[there](other.md#a-heading--or-two) `[code](no.md)`\n\n```sh\n# [no](no.md)\n```\n\n## A page\n";
    assert_eq!(links(page), ["other.md#a-heading--or-two"]);
    assert_eq!(anchors(page), BTreeSet::from(["a-page".to_owned(), "a-page-1".to_owned()]));
    assert_eq!(anchors("## A *heading*: `--or` two").into_iter().next().unwrap(), "a-heading---or-two");
    assert_eq!(target("docs/how-to/a.md", "../b.md").unwrap().to_str(), Some("docs/b.md"));
    assert_eq!(target("README.md", "../b.md"), None);
}
