//! The scenario as it was run, and how to run it again.

use super::html::{Table, details, escaped};
use crate::output::record::{Findings, Record, Script};
use crate::telling::figure::counted;

/// Longer scenarios are cut off in the report; the file has all of it.
const TEXT_BYTES_MOST: usize = 150_000;
const NODES_MOST: usize = 100;

pub fn body(record: &Record, findings: &Findings) -> String {
    let version = escaped(&findings.summary.version);
    let mut text = format!(
        "<p>Simulated with spof {version} and seed {}. The same scenario, seed and version give the same files \
         to the last byte, on every machine.</p>\n",
        findings.summary.seed
    );
    if let Some(script) = &record.script {
        text.push_str(&format!(
            "<p>To make this run again:</p>\n<pre tabindex=\"0\"><code>{}</code></pre>\n",
            escaped(&script.command)
        ));
    }
    text + &settings_and_file(record)
}

/// What was run.
pub fn settings_and_file(record: &Record) -> String {
    let Some(script) = &record.script else {
        return "<p>The scenario itself is not in the run's folder.</p>\n".to_owned();
    };
    let mut text = changed(script);
    text.push_str(&details(&format!("The scenario file, {}", script.file), &file(script)));
    text.push_str(&details(
        "All settings in force, with the defaults and where they come from",
        &settings(script),
    ));
    text
}

fn changed(script: &Script) -> String {
    if script.changed.is_empty() {
        return String::new();
    }
    let mut table =
        Table::new("Settings changed on the command line").words("setting", "").words("value", "");
    for changed in &script.changed {
        table.line(&[changed.setting.clone(), changed.value.clone()]);
    }
    table.text()
}

fn file(script: &Script) -> String {
    let mut end = script.text.len().min(TEXT_BYTES_MOST);
    while !script.text.is_char_boundary(end) {
        end -= 1;
    }
    let cut = match script.text.len() > end {
        true => "<p>The rest is in <code>scenario.json</code>.</p>\n",
        false => "",
    };
    format!("<pre tabindex=\"0\"><code>{}</code></pre>\n{cut}", escaped(&script.text[..end]))
}

fn settings(script: &Script) -> String {
    let mut text = String::new();
    for node in script.nodes.iter().take(NODES_MOST) {
        let mut table = Table::new(format!("`{}` ({})", node.node, node.kind))
            .words("setting", "")
            .words("value", "")
            .words("from", "");
        for held in &node.settings {
            let source = match (&held.source, held.given) {
                (_, true) => "**given**".to_owned(),
                (Some(source), false) => source.to_string(),
                (None, false) => String::new(),
            };
            table.line(&[held.setting.clone(), held.value.clone(), source]);
        }
        if !table.is_empty() {
            text.push_str(&table.text());
        }
    }
    let left = script.nodes.len().saturating_sub(NODES_MOST);
    if left > 0 {
        text.push_str(&format!(
            "<p>The settings of {} are in <code>scenario.json</code>.</p>\n",
            counted(left as u64, "more node")
        ));
    }
    text
}
