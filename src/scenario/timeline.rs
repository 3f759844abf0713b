//! `timeline`: what happens at given times.

use super::faults::Verb;
use super::model::{Happening, Link, RequestClass, RunEnd, RunSettings, What};
use super::nodes::Directory;
use super::targets::Targets;
use super::{faults, maintenance, record_changes, surges};
use crate::document::problem::did_you_mean;
use crate::document::value::{Entry, Span, Value};
use crate::kernel::time::{MINUTE, Time, to_seconds};
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

/// What an entry is about.
#[derive(Clone, Copy)]
enum Subject {
    Surge,
    Maintenance,
    Records,
    Fault(Verb),
}

const OWN_VERBS: &[(Subject, &str, &[Setting])] = &[
    (Subject::Surge, "surge", surges::SETTINGS),
    (Subject::Maintenance, MAINTAIN, maintenance::SETTINGS),
    (Subject::Records, record_changes::VERB, record_changes::SETTINGS),
];

/// Its settings have names that are verbs elsewhere.
const MAINTAIN: &str = "maintain";

/// Each verb with its settings; the verb itself is one of them.
pub fn verbs() -> impl Iterator<Item = (&'static str, &'static [Setting])> {
    subjects().map(|(_, verb, settings)| (verb, settings))
}

fn subjects() -> impl Iterator<Item = (Subject, &'static str, &'static [Setting])> {
    let faults = Verb::ALL.into_iter().zip(faults::VERBS);
    OWN_VERBS
        .iter()
        .copied()
        .chain(faults.map(|(verb, (word, settings))| (Subject::Fault(verb), *word, *settings)))
}

/// What entries may refer to.
#[derive(Clone, Copy)]
pub struct Known<'k, 'd> {
    pub run: &'k RunSettings,
    pub directory: &'k Directory<'d>,
    pub links: &'k [Link],
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
    let maintained = happenings.iter().zip(&places).filter_map(|(happening, place)| match &happening.what {
        What::Maintenance(maintenance) => Some((maintenance, place.clone())),
        _ => None,
    });
    let maintained: Vec<_> = maintained.collect();
    maintenance::check_overlaps(context, &maintained, known.directory);
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
    let mut found: Vec<_> =
        table.names().filter_map(|name| subjects().find(|(_, verb, _)| *verb == name)).collect();
    if found.iter().any(|(_, verb, _)| *verb == MAINTAIN) {
        found.retain(|(_, verb, _)| *verb == MAINTAIN);
    }
    let [(subject, name, settings)] = found[..] else {
        let names: Vec<&str> = verbs().map(|(verb, _)| verb).collect();
        let written = table.names().find(|name| *name != "at").unwrap_or_default();
        let (problem, hint) = match found.len() {
            0 if written.is_empty() => {
                ("this entry does not say what happens".to_string(), did_you_mean(written, &names))
            }
            0 => (
                format!("nothing in this entry says what happens; `{written}` is not known"),
                did_you_mean(written, &names),
            ),
            _ => ("one thing happens in each entry".to_string(), Some("write an entry for each".to_string())),
        };
        return Err(Refusal { problem, hint, place: None });
    };
    let mut fields = Fields::new(context, format!("this `{name}`"), entry, vec![SETTINGS, settings]);
    if let Some(field) = fields.field(name) {
        fields.span = field.name_span.clone();
    }
    let when = read_at(&mut fields, known.run);
    let at = when.unwrap_or(0);
    let targets = Targets { context, directory: known.directory, links: known.links };
    let happening = match subject {
        Subject::Surge => surges::read(&mut fields, at, known).map(|(name, it)| (name, What::Surge(it))),
        Subject::Records => {
            record_changes::read(&mut fields, at, known).map(|(name, it)| (name, What::RecordChange(it)))
        }
        Subject::Maintenance => maintenance::read(&mut fields, at, known, &targets)
            .map(|(name, it)| (name, What::Maintenance(it))),
        Subject::Fault(verb) => {
            faults::read(&mut fields, verb, at, &targets).map(|(name, it)| (name, What::Fault(it)))
        }
    };
    let place = fields.span.clone();
    fields.finish();
    Ok(when.and(happening).map(|(name, what)| (Happening { name, what }, place)))
}

/// A run that is about one thing may start so long before it.
const LEAD: Time = 5 * MINUTE;

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
        let [after, length] = [at, end].map(|time| format_span(to_seconds(time)));
        let message = format!("it would happen {after} after the start, and the run ends after {length}");
        let text = fields.field("at").and_then(|field| field.entry.scalar()).unwrap_or_default();
        let hint = match calendar::is_by_the_clock(text) {
            true => {
                // A little before, so that there is something to compare with.
                let lead = (end / 2).min(LEAD) / MINUTE * MINUTE;
                let starts = run.starts + at - lead;
                format!(
                    "this run starts at {}: let it start shortly before, `run: {{ starts: {} }}`, or last longer",
                    calendar::format_clock(run.starts),
                    calendar::format_clock(starts)
                )
            }
            false => "let it happen sooner, or the run last longer".to_owned(),
        };
        fields.context.problems.error_with_hint(fields.place("at"), message, hint);
        return None;
    }
    Some(at)
}
