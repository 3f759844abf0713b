//! `timeline`: what happens at given times.

use super::model::{Happening, RequestClass, RunEnd, RunSettings, What};
use super::nodes::Directory;
use super::surges;
use crate::document::problem::did_you_mean;
use crate::document::value::{Entry, Span, Value};
use crate::kernel::time::{Time, to_seconds};
use crate::nodes::fields::{Context, Fields, Refusal, report_refusal};
use crate::nodes::setting::{Setting, Takes};
use crate::parts::calendar;
use crate::parts::quantity::format_span;

/// What every entry has.
pub const SETTINGS: &[Setting] = &[Setting::required(
    "at",
    Takes::Form("a time after the start such as `20m`, or by the clock `14:00` or `Sunday 03:00`"),
    "when it happens",
)];

/// Each verb with its settings; the verb itself is one of them.
pub const VERBS: &[(&str, &[Setting])] = &[("surge", surges::SETTINGS)];

/// What entries may refer to.
#[derive(Clone, Copy)]
pub struct Known<'k, 'd> {
    pub run: &'k RunSettings,
    pub directory: &'k Directory<'d>,
    pub classes: &'k [RequestClass],
}

/// What happens, and where each entry stands.
pub fn read<'a>(
    context: Context<'a>,
    section: Option<&'a Entry>,
    known: Known,
) -> (Vec<Happening>, Vec<Span>) {
    let (mut happenings, mut places) = (Vec::new(), Vec::new());
    let entries = match section.map(|entry| (&entry.value, entry)) {
        None => return (happenings, places),
        Some((Value::List(entries), _)) => entries.as_slice(),
        Some((_, entry)) => {
            let message = format!("`timeline` is to be a list, not {}", entry.describe());
            let hint = "write `timeline: [ { at: 20m, surge: 4x, hold: 3m } ]`";
            context.problems.error_with_hint(entry.span.clone(), message, hint);
            return (happenings, places);
        }
    };
    const ENTRIES_MAX: usize = 10_000;
    if entries.len() > ENTRIES_MAX {
        let message = format!("a timeline has at most {ENTRIES_MAX} entries");
        context.problems.error(entries[ENTRIES_MAX].span.clone(), message);
        return (happenings, places);
    }
    for entry in entries {
        match read_entry(context, entry, known) {
            Ok(Some((happening, place))) => {
                happenings.push(happening);
                places.push(place);
            }
            Ok(None) => {}
            Err(refusal) => report_refusal(context, entry, "", refusal),
        }
    }
    (happenings, places)
}

/// `Ok(None)` if what is wrong has been told already.
fn read_entry<'a>(
    context: Context<'a>,
    entry: &'a Entry,
    known: Known,
) -> Result<Option<(Happening, Span)>, Refusal> {
    let Value::Table(table) = &entry.value else {
        let problem = format!("an entry of the timeline is a table, not {}", entry.describe());
        return Err(Refusal::new(problem, "write `{ at: 20m, surge: 4x, hold: 3m }`"));
    };
    let is_verb = |name: &str| VERBS.iter().position(|(verb, _)| *verb == name);
    let verbs: Vec<usize> = table.names().filter_map(is_verb).collect();
    let [verb] = verbs[..] else {
        let names: Vec<&str> = VERBS.iter().map(|(verb, _)| *verb).collect();
        let written = table.names().find(|name| *name != "at").unwrap_or_default();
        let problem = match verbs.len() {
            0 => "this entry does not say what happens",
            _ => "one thing happens in each entry",
        };
        let hint = match verbs.len() {
            0 => did_you_mean(written, &names),
            _ => Some("write an entry for each".to_string()),
        };
        return Err(Refusal { problem: problem.to_string(), hint, place: None });
    };
    let (name, settings) = VERBS[verb];
    let mut fields = Fields::new(context, format!("this `{name}`"), entry, vec![SETTINGS, settings]);
    if let Some(field) = fields.field(name) {
        fields.span = field.name_span.clone();
    }
    let at = read_at(&mut fields, known.run);
    let happening = surges::read(&mut fields, at.unwrap_or(0), known);
    let place = fields.span.clone();
    fields.finish();
    let happening = happening.map(|(name, surge)| Happening { name, what: What::Surge(surge) });
    Ok(at.and(happening).map(|happening| (happening, place)))
}

/// When it happens, which has to be while the run lasts.
fn read_at(fields: &mut Fields, run: &RunSettings) -> Option<Time> {
    let at = fields.parse("at", |text| {
        if text.starts_with('-') {
            return Err(Refusal::new("nothing happens before the start", "write it like 20m or 14:00"));
        }
        Ok(calendar::parse_instant(text, run.starts)?)
    })?;
    if let RunEnd::After(end) = run.end
        && at >= end
    {
        let [at, end] = [at, end].map(|time| format_span(to_seconds(time)));
        let message = format!("it would happen {at} after the start, and the run ends after {end}");
        fields.context.problems.error_with_hint(
            fields.place("at"),
            message,
            "let it happen sooner, or the run last longer",
        );
        return None;
    }
    Some(at)
}
