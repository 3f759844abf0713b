//! What the model leaves out, as ARCHITECTURE.md says it, so that both say the same.

use super::html::{details, list};

/// The map of the code ends with the limits of the model.
const MAP: &str = include_str!("../../../ARCHITECTURE.md");
const HEADING: &str = "## Limits of the model";

pub fn body() -> String {
    let intro = "<p>What is not so in reality. Where it matters to a question, the answer needs a second thought.</p>\n";
    let limits = limits();
    format!("{intro}{}", details(&format!("{} limits", limits.len()), &list(&limits)))
}

/// One sentence or more for each limit, with names in backquotes.
fn limits() -> Vec<String> {
    let behind = MAP.split_once(HEADING).map_or("", |(_, behind)| behind);
    let section = behind.split("\n## ").next().unwrap_or("");
    let mut limits: Vec<String> = Vec::new();
    for line in section.lines() {
        match (line.strip_prefix("- "), limits.last_mut()) {
            (Some(first), _) => limits.push(first.to_owned()),
            (None, Some(limit)) if line.starts_with("  ") => {
                limit.push(' ');
                limit.push_str(line.trim());
            }
            _ => {}
        }
    }
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_those_of_the_map() {
        let limits = limits();
        assert!(limits.len() > 20, "{limits:?}");
        assert!(limits.iter().all(|limit| limit.starts_with("**") && limit.ends_with('.')), "{limits:?}");
    }
}
