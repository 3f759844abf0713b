//! Who is in the boxes of the topology that many nodes share: lists below the picture, to be opened.

use super::html::{details, list};
use crate::output::charts::{WIDTH_USUAL, shared_boxes};
use crate::output::record::Record;

/// Nothing, if all nodes have boxes of their own.
pub fn lists(record: &Record) -> String {
    let boxes = shared_boxes(record, f64::from(WIDTH_USUAL));
    let lists = boxes.iter().map(|shared| {
        let members: Vec<String> = shared
            .members
            .iter()
            .map(|(name, fullest)| match fullest {
                Some(fullest) => format!("{name}: {:.0} % in use at most", (fullest * 100.0).ceil()),
                None => name.clone(),
            })
            .collect();
        let zone = shared.zone.as_ref().map_or(String::new(), |zone| format!(" in {zone}"));
        details(&format!("{}{zone}", shared.title), &list(&members))
    });
    lists.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::record::read_with;

    #[test]
    fn all_that_share_a_box_are_listed_and_others_are_not() {
        let servers: Vec<String> =
            (0..9).map(|number| format!(r#"{{ "name": "<app-{number}>", "kind": "app_server" }}"#)).collect();
        let calls: Vec<String> = (0..9)
            .map(|number| format!(r#"{{ "from": "users", "to": "<app-{number}>", "calls_per_s": 1 }}"#))
            .collect();
        let (servers, calls) = (servers.join(","), calls.join(","));
        let text = format!(
            r#"{{ "nodes": [ {{ "name": "users", "kind": "user" }}, {servers} ], "calls": [ {calls} ] }}"#
        );
        let open = |file: &str| Ok((file == "topology.json").then_some(text.as_bytes()));
        let lists = lists(&read_with("run", open).unwrap());
        assert_eq!(lists.matches("<li>").count(), 9, "{lists}");
        assert!(lists.contains("9 app servers") && lists.contains("&lt;app-8&gt;"), "{lists}");
        assert!(!lists.contains("users"), "{lists}");
    }
}
