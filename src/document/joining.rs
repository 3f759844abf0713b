//! Puts together what YAML takes apart: inside `{ … }` and `[ … ]` a comma ends a value,
//! even in the middle of `lognormal(median 20ms, p99 80ms)`.

use super::value::{Entry, Field, Span, Value};

/// Where the entries were read from.
#[derive(Clone, Copy)]
pub struct Written<'a> {
    pub text: &'a str,
    /// Where the text begins in the whole source.
    pub base: usize,
}

/// In a table the rest of such a value stands as names without values.
pub fn join_fields(fields: &mut Vec<Field>, written: Written) {
    if !fields.iter().any(|field| is_open(&field.entry, written)) {
        return;
    }
    let mut joined: Vec<Field> = Vec::with_capacity(fields.len());
    for field in fields.drain(..) {
        let is_rest = matches!(field.entry.value, Value::Null);
        match joined.last_mut() {
            Some(before) if is_rest && is_open(&before.entry, written) => {
                extend(&mut before.entry, field.name_span, written);
            }
            _ => joined.push(field),
        }
    }
    *fields = joined;
}

/// In a list it stands as further elements, after a value or after `name: value`.
pub fn join_elements(entries: &mut Vec<Entry>, written: Written) {
    if !entries.iter_mut().any(|entry| last_value(entry).is_some_and(|value| is_open(value, written))) {
        return;
    }
    let mut joined: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries.drain(..) {
        let is_rest = entry.scalar().is_some();
        match joined.last_mut().and_then(last_value) {
            Some(before) if is_rest && is_open(before, written) => extend(before, entry.span, written),
            _ => joined.push(entry),
        }
    }
    *entries = joined;
}

/// The entry itself, or the value of a table of one.
fn last_value(entry: &mut Entry) -> Option<&mut Entry> {
    match entry.value {
        Value::Scalar(_) => Some(entry),
        Value::Table(ref mut table) if table.fields.len() == 1 => Some(&mut table.fields[0].entry),
        _ => None,
    }
}

/// Whether a value without quotes has a parenthesis that is not closed.
fn is_open(entry: &Entry, written: Written) -> bool {
    let Value::Scalar(text) = &entry.value else { return false };
    let opened = text.bytes().filter(|byte| *byte == b'(').count();
    let closed = text.bytes().filter(|byte| *byte == b')').count();
    opened > closed
        && !slice(&entry.span, written).is_some_and(|text| text.starts_with(['"', '\'', '|', '>']))
}

fn extend(entry: &mut Entry, rest: Span, written: Written) {
    // What stands between is kept as it was written, so that places stay right.
    let span = entry.span.start..rest.end.max(entry.span.end);
    if let Some(text) = slice(&span, written) {
        entry.value = Value::Scalar(text.trim_end().to_string());
    }
    entry.span = span;
}

fn slice<'a>(span: &Span, written: Written<'a>) -> Option<&'a str> {
    written.text.get(span.start.checked_sub(written.base)?..span.end.checked_sub(written.base)?)
}

#[cfg(test)]
mod tests {
    use crate::document::problem::Problems;
    use crate::document::value::{Entry, Value};
    use crate::document::yaml;

    fn show(entry: &Entry) -> String {
        match &entry.value {
            Value::Null => "null".to_string(),
            Value::Scalar(text) => text.clone(),
            Value::List(entries) => entries.iter().map(show).collect::<Vec<_>>().join(" ; "),
            Value::Table(table) => {
                let fields =
                    table.fields.iter().map(|field| format!("{}={}", field.name, show(&field.entry)));
                fields.collect::<Vec<_>>().join(" & ")
            }
        }
    }

    fn check(text: &str, expected: &str) {
        let problems = Problems::default();
        let entry = yaml::read(text, 0, &problems).expect("it is YAML");
        assert!(!problems.has_errors());
        assert_eq!(show(&entry), expected);
    }

    #[test]
    fn commas_in_parentheses_end_nothing() {
        check("{ a: f(x 1, y 2), b: 3 }", "a=f(x 1, y 2) & b=3");
        check("{ a: f(x 1, g(2, 3), y), b: h(4, y), c: 1 }", "a=f(x 1, g(2, 3), y) & b=h(4, y) & c=1");
        check("[ a: f(x 1, y 2), b: 3, f(4, 5), c ]", "a=f(x 1, y 2) ; b=3 ; f(4, 5) ; c");
        check("{ a: \"f(\", b }", "a=f( & b=null");
        check("{ a: f(x, b: 1 }", "a=f(x & b=1");
    }
}
