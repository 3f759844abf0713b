//! What leads from page to page: links, the anchors they name, and the files they mean.

use super::markdown::FENCE;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

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
