//! The reference of all settings, made of the tables that the loader reads by.

use super::{breakdowns, check, groups, links, nodes, requests, restarts, run, timeline, work};
use crate::nodes::kind::Kind;
use crate::nodes::remedies;
use crate::nodes::setting::{Otherwise, Setting, Takes};

/// The reference as Markdown.
pub fn reference() -> String {
    let mut text = String::from(
        "# Settings\n\nThis page is made from the program's own tables; a test keeps it equal to them.\n",
    );
    section(&mut text, "The scenario", check::SECTIONS);
    section(&mut text, "`run`", run::SETTINGS);
    section(&mut text, "Every node", nodes::SETTINGS);
    section(&mut text, "Every node but users", breakdowns::NODE_SETTINGS);
    section(&mut text, "Every node that is a process", restarts::SETTINGS);
    section(&mut text, "Every node that is called, but `dns`", remedies::SETTINGS);
    for kind in Kind::ALL {
        section(&mut text, &format!("`kind: {}`", kind.name()), kind.settings());
    }
    section(&mut text, "Links", links::SETTINGS);
    section(&mut text, "Groups", groups::SETTINGS);
    section(&mut text, "Members of a group", groups::MEMBER_SETTINGS);
    section(&mut text, "Request classes", requests::SETTINGS);
    section(&mut text, "Work of a visit, as a table", work::SETTINGS);
    section(&mut text, "Faults that hit several at once", breakdowns::SETTINGS);
    section(&mut text, "Every entry of a timeline", timeline::SETTINGS);
    for (verb, settings) in timeline::verbs() {
        section(&mut text, &format!("`{verb}` in a timeline"), settings);
    }
    text
}

fn section(text: &mut String, title: &str, settings: &[Setting]) {
    text.push_str(&format!(
        "\n## {title}\n\n| setting | takes | default | from | what it is |\n|---|---|---|---|---|\n"
    ));
    for setting in settings {
        row(text, "", setting);
    }
}

fn row(text: &mut String, before: &str, setting: &Setting) {
    let (value, source) = match setting.otherwise {
        Otherwise::Required => ("required".to_string(), String::new()),
        Otherwise::Absent | Otherwise::Is { value: "", .. } => ("–".to_string(), String::new()),
        Otherwise::Is { value, source } => (format!("`{value}`"), source.to_string()),
        Otherwise::ByProfile(defaults) => {
            let values: Vec<String> =
                defaults.iter().map(|default| format!("{}: `{}`", default.profile, default.value)).collect();
            let sources: Vec<&str> = defaults.iter().map(|default| default.source).collect();
            (values.join(", "), sources.join(", "))
        }
    };
    let takes = match setting.takes {
        Takes::Table(_) => "a table".to_string(),
        takes => takes.describe(),
    };
    let cells = [takes, value, source, setting.help.to_string()].map(|cell| cell.replace('|', "\\|"));
    text.push_str(&format!("| `{before}{}` | {} |\n", setting.name, cells.join(" | ")));
    if let Takes::Table(settings) = setting.takes
        && setting.name != "run"
    {
        for inner in settings {
            row(text, &format!("{before}{}.", setting.name), inner);
        }
    }
}
