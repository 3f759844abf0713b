//! Walks: routes through a network of stations by chance.

use super::model::{Stop, Walk};
use super::paths::{PathReader, stop_work};
use crate::document::problem::{Severity, did_you_mean};
use crate::document::value::{Entry, Field, Value};
use crate::nodes::fields::{Context, Refusal, report_refusal};
use crate::parts::quantity;
use rustc_hash::FxHashMap;

const ROUTE_HINT: &str = "`route: { start: cpu, cpu: { disk: 70%, leave: 30% }, disk: cpu }`";

const STOPS_MAX: usize = 1_000;

/// Probabilities that miss one by no more than this are taken as rounded.
const SUM_TOLERANCE: f64 = 1e-6;

pub fn read<'a>(reader: &PathReader<'a, '_>, entry: &'a Entry) -> Option<Walk> {
    let context = reader.context;
    let Value::Table(table) = &entry.value else {
        let refusal = Refusal::new(format!("`route` takes a table, not {}", entry.describe()), ROUTE_HINT);
        report_refusal(context, entry, "", refusal);
        return None;
    };
    let works = match table.get("work").map(|field| &field.entry) {
        Some(Entry { value: Value::Table(works), .. }) => works.fields.as_slice(),
        _ => &[],
    };
    let mut fields: Vec<&Field> =
        table.fields.iter().filter(|field| field.name != "start" && field.name != "work").collect();
    if fields.len() > STOPS_MAX {
        context.problems.error(entry.span.clone(), format!("a route has at most {STOPS_MAX} stops"));
        return None;
    }
    move_start_to_front(context, entry, table.get("start"), &mut fields)?;
    let numbers: FxHashMap<&str, u32> =
        fields.iter().enumerate().map(|(number, field)| (field.name.as_str(), number as u32)).collect();
    for field in works {
        if !numbers.contains_key(field.name.as_str()) {
            unknown_stop(context, &field.name, field.name_span.clone(), &numbers);
        }
    }
    let mut stops = Vec::new();
    for field in &fields {
        let next = read_next(context, field, &numbers);
        let Some(target) = reader.target(&field.name, &field.name_span) else { continue };
        let work = works.iter().find(|work| work.name == field.name).map(|work| &work.entry);
        let (work, own_works) = stop_work(reader, target, &field.name, work);
        stops.push(Stop { target, work, own_works, next });
    }
    if stops.len() < fields.len() || context.problems.has_errors() {
        return None;
    }
    check_end(context, &fields, &stops);
    Some(Walk { stops })
}

fn move_start_to_front(
    context: Context,
    entry: &Entry,
    start: Option<&Field>,
    fields: &mut Vec<&Field>,
) -> Option<()> {
    let Some(start) = start else {
        context.problems.error_with_hint(entry.span.clone(), "this route has no `start`", ROUTE_HINT);
        return None;
    };
    let name = start.entry.scalar().unwrap_or_default();
    let Some(position) = fields.iter().position(|field| field.name == name) else {
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let message = format!("the route starts at `{name}`, but does not say where it goes from there");
        context.problems.report(
            Severity::Error,
            start.entry.span.clone(),
            message,
            did_you_mean(name, &names),
        );
        return None;
    };
    fields[..=position].rotate_right(1);
    Some(())
}

/// Where a walk goes from one stop: a name, or names with probabilities.
fn read_next(context: Context, field: &Field, numbers: &FxHashMap<&str, u32>) -> Vec<(Option<u32>, f64)> {
    let mut next = Vec::new();
    match &field.entry.value {
        Value::Scalar(name) => next.push((stop(context, name, &field.entry, numbers), 1.0)),
        Value::Table(table) => {
            for way in &table.fields {
                let share = match way.entry.scalar().map(quantity::parse_share) {
                    Some(Ok(share)) => share,
                    Some(Err(bad)) => {
                        report_refusal(context, &way.entry, "", bad.into());
                        continue;
                    }
                    None => {
                        let refusal = Refusal::new("a way takes a probability", ROUTE_HINT);
                        report_refusal(context, &way.entry, "", refusal);
                        continue;
                    }
                };
                let place = Entry::new(Value::Null, way.name_span.clone());
                next.push((stop(context, &way.name, &place, numbers), share));
            }
            normalise(context, field, &mut next);
        }
        Value::Null | Value::List(_) => {
            let message = format!("the route does not say where it goes from `{}`", field.name);
            context.problems.error_with_hint(field.name_span.clone(), message, ROUTE_HINT);
        }
    }
    next
}

fn normalise(context: Context, field: &Field, next: &mut [(Option<u32>, f64)]) {
    let sum: f64 = next.iter().map(|(_, share)| share).sum();
    if (sum - 1.0).abs() > SUM_TOLERANCE {
        let message =
            format!("the probabilities of going on from `{}` add up to {sum:.4}, not to 1", field.name);
        context.problems.error_with_hint(field.entry.span.clone(), message, "`leave` is a way, too");
    } else {
        next.iter_mut().for_each(|(_, share)| *share /= sum);
    }
}

fn stop(context: Context, name: &str, place: &Entry, numbers: &FxHashMap<&str, u32>) -> Option<u32> {
    if name == "leave" {
        return None;
    }
    let number = numbers.get(name).copied();
    if number.is_none() {
        unknown_stop(context, name, place.span.clone(), numbers);
    }
    number
}

fn unknown_stop(
    context: Context,
    name: &str,
    span: crate::document::value::Span,
    numbers: &FxHashMap<&str, u32>,
) {
    if context.problems.is_crowded() {
        return;
    }
    let message = format!("the route does not say where it goes from `{name}`");
    let mut names: Vec<&str> = numbers.keys().copied().chain(["leave"]).collect();
    names.sort_unstable();
    context.problems.report(Severity::Error, span, message, did_you_mean(name, &names));
}

/// From every stop there has to be a way out, or a request would walk for ever.
fn check_end(context: Context, fields: &[&Field], stops: &[Stop]) {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); stops.len()];
    let mut leaves = vec![false; stops.len()];
    let mut todo = Vec::new();
    for (number, stop) in stops.iter().enumerate() {
        for (next, share) in &stop.next {
            match next {
                Some(next) if *share > 0.0 => before[*next as usize].push(number),
                None if *share > 0.0 && !leaves[number] => {
                    leaves[number] = true;
                    todo.push(number);
                }
                _ => {}
            }
        }
    }
    while let Some(number) = todo.pop() {
        for &earlier in &before[number] {
            if !leaves[earlier] {
                leaves[earlier] = true;
                todo.push(earlier);
            }
        }
    }
    if let Some(stuck) = leaves.iter().position(|leaves| !leaves) {
        let message = format!("from `{}` this route never ends", fields[stuck].name);
        context.problems.error_with_hint(
            fields[stuck].name_span.clone(),
            message,
            "give it a way to `leave`",
        );
    }
}
