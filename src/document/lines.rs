//! A document as a text of YAML, laid out as people do: sections over several lines, and whatever fits
//! on a line on one.

use super::flow::{in_one_line, scalar};
use super::value::{Entry, Field, Value};

/// No line is longer if what stands on it can be laid out over several.
const COLUMNS: usize = 100;

/// Reads back as the very same values.
pub fn in_lines(root: &Entry) -> String {
    let Value::Table(table) = &root.value else { return format!("{}\n", in_one_line(root)) };
    let mut text = String::new();
    for field in &table.fields {
        // An entry of a section has a line of its own.
        write_field(field, 0, is_nested(&field.entry), &mut text);
    }
    text
}

fn is_nested(entry: &Entry) -> bool {
    let is_branch = |entry: &Entry| matches!(entry.value, Value::List(_) | Value::Table(_));
    match &entry.value {
        Value::Table(table) => table.fields.iter().any(|field| is_branch(&field.entry)),
        Value::List(entries) => entries.iter().any(is_branch),
        Value::Null | Value::Scalar(_) => false,
    }
}

fn write_field(field: &Field, indent: usize, broken: bool, text: &mut String) {
    text.push_str(&scalar(&field.name));
    text.push(':');
    let line = in_one_line(&field.entry);
    match &field.entry.value {
        Value::Table(table) if is_long(&line, indent + field.name.len(), broken) && line != "{}" => {
            for field in &table.fields {
                begin_line(indent + 2, text);
                write_field(field, indent + 2, false, text);
            }
        }
        Value::List(entries) if is_long(&line, indent + field.name.len(), broken) && line != "[]" => {
            for entry in entries {
                begin_line(indent + 2, text);
                text.push_str("- ");
                write_element(entry, indent + 4, text);
            }
        }
        _ => {
            text.push(' ');
            text.push_str(&line);
        }
    }
    if indent == 0 {
        text.push('\n');
    }
}

fn write_element(entry: &Entry, indent: usize, text: &mut String) {
    let line = in_one_line(entry);
    match &entry.value {
        Value::Table(table) if is_long(&line, indent, false) && line != "{}" => {
            for (number, field) in table.fields.iter().enumerate() {
                if number > 0 {
                    begin_line(indent, text);
                }
                write_field(field, indent, false, text);
            }
        }
        _ => text.push_str(&line),
    }
}

fn is_long(line: &str, before: usize, broken: bool) -> bool {
    broken || before + 2 + line.chars().count() > COLUMNS
}

fn begin_line(indent: usize, text: &mut String) {
    text.push('\n');
    text.extend(std::iter::repeat_n(' ', indent));
}

#[cfg(test)]
mod tests {
    use super::super::problem::Problems;
    use super::super::yaml;
    use super::*;

    #[test]
    fn it_reads_back_the_same_and_looks_as_people_write_it() {
        let text = "\
name: A shop
about: \"two\\nlines\"
run: { duration: 10m, seed: 1 }
nodes:
  visitors: { kind: user, arrivals: 60/s }
  a cache with a name that is somewhat longer than it would have to be to make any of this clear:
    kind: cache
    hit_ratio: 80%
timeline:
  - { at: 5m, surge: 4x }
  - at: 6m
    fail: a cache with a name that is somewhat longer than it would have to be to make any of this clear
    for: 30s
crews: {}
expect: [ page p99 < 500ms ]
";
        let problems = Problems::default();
        let read = |text: &str| yaml::read(text, 0, &problems).expect("it is YAML");
        assert_eq!(in_lines(&read(text)), text);
        assert_eq!(in_one_line(&read(&in_lines(&read(text)))), in_one_line(&read(text)));
        assert!(problems.into_sorted().is_empty());
    }
}
