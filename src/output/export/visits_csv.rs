//! Traces as a table: one line for each visit.

use super::sheet::Sheet;
use super::{Export, ExportError};
use crate::output::number::{exact_milliseconds, exact_seconds};
use crate::output::record::Activity;
use std::io::Write;

const HEADER: [&str; 13] = [
    "request",
    "class",
    "why",
    "visit",
    "caller",
    "node",
    "replica",
    "start_s",
    "length_ms",
    "outcome",
    "travelling_ms",
    "in_line_ms",
    "working_ms",
];

pub fn write(export: &Export, file: &mut dyn Write) -> Result<(), ExportError> {
    let mut sheet = Sheet::new(file, &HEADER, export.columns)?;
    export.stories(|story| {
        for (place, visit) in story.visits.iter().enumerate() {
            let spent = |activity: Activity| exact_milliseconds(visit.spent_ns(activity));
            let line: [String; HEADER.len()] = [
                story.id.to_string(),
                story.class.clone(),
                story.why.clone(),
                place.to_string(),
                visit.caller.map_or(String::new(), |caller| caller.to_string()),
                visit.node.clone(),
                visit.replica.to_string(),
                exact_seconds(visit.start_ns),
                exact_milliseconds(visit.ends_for_caller_ns().saturating_sub(visit.start_ns)),
                visit.outcome.clone().unwrap_or("left".to_owned()),
                spent(Activity::Travelling),
                spent(Activity::InLine),
                spent(Activity::Working),
            ];
            sheet.line(&line)?;
        }
        Ok(())
    })?;
    sheet.finish()
}
