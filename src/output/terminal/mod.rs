//! The summary for people, laid out on a page of so many columns.
//!
//! The text carries colours; who prints it takes them out where they do not belong.

pub mod advice;
mod answer;
mod classes;
pub mod comparison;
mod costs;
pub mod expected;
pub mod folding;
pub mod glance;
mod layout;
pub mod lead;
pub mod letters;
mod nodes;
mod notes;
mod outages;
pub mod page;
mod replication;
mod resources;
mod scaling;
pub mod solve;
pub mod study;
pub mod sweep;
pub mod table;

pub use crate::telling::figure;
pub use crate::telling::figure::{count, counted};

use crate::analysis::summary::Summary;
use crate::parts::quantity::format_duration;
use crate::questions::findings::Findings;
use figure::three_digits;
use page::Page;
use std::path::Path;
use table::{Paint, painted};

/// `files` names the results that were written, all in one folder; `glance` is what shows
/// them in a few letters.
pub fn render(
    findings: &Findings,
    glance: &str,
    folder: Option<&Path>,
    files: &[&str],
    page: Page,
) -> String {
    let Findings { told, summary, .. } = findings;
    let sections = [
        answer::answer(told, page),
        heading(summary, page),
        answer::story(told, page),
        classes::table(summary, page),
        glance.to_owned(),
        resources::table(summary, page),
        nodes::table(summary, page),
        nodes::time_spent(summary, page),
        outages::outages(summary, page),
        replication::replications(summary),
        scaling::scalings(summary),
        costs::costs(summary, page),
        notes::expectations(summary, page),
        notes::notices(summary, page),
        notes::files(folder, files, page),
    ];
    let mut text = String::new();
    for section in sections.iter().filter(|section| !section.is_empty()) {
        text.push('\n');
        text.push_str(section);
    }
    text
}

fn heading(summary: &Summary, page: Page) -> String {
    let run = &summary.run;
    let counted_s = run.simulated_s - run.warmup_s;
    let rate = |offered: u64| if run.simulated_s > 0.0 { offered as f64 / run.simulated_s } else { 0.0 };
    let requests = run.offered.map_or("no requests".to_owned(), |offered| {
        format!("{} at {}/s", counted(offered, "request"), three_digits(rate(offered)))
    });
    let mut facts =
        format!("{} simulated, {requests}, seed {}", format_duration(run.simulated_s), summary.seed);
    if run.warmup_s > 0.0 && counted_s > 0.0 {
        facts.push_str(&format!(
            "; the first {} are warm-up ({})",
            format_duration(run.warmup_s),
            run.warmup
        ));
    }
    let (name, facts) = (page.wrapped(&summary.scenario, 2), page.wrapped(&facts, 2));
    format!("  {}\n  {}\n", painted(&name, Paint::Strong), painted(&facts, Paint::Faint))
}
