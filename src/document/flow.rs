//! Values written in one line, as `--set` takes them: `[ nginx: 0.2ms, mysql: 3 x exp(2ms) ]`.

use super::value::{Entry, Value};

/// Reads back as the very same value.
pub fn in_one_line(entry: &Entry) -> String {
    match &entry.value {
        Value::Null => "null".to_owned(),
        Value::Scalar(text) => scalar(text),
        Value::List(entries) => match entries.as_slice() {
            [] => "[]".to_owned(),
            entries => {
                let entries: Vec<String> = entries.iter().map(element).collect();
                format!("[ {} ]", entries.join(", "))
            }
        },
        Value::Table(table) if table.fields.is_empty() => "{}".to_owned(),
        Value::Table(table) => format!("{{ {} }}", fields(table)),
    }
}

/// In a list, a table of one field needs no braces.
fn element(entry: &Entry) -> String {
    match &entry.value {
        Value::Table(table) if table.fields.len() == 1 => fields(table),
        _ => in_one_line(entry),
    }
}

fn fields(table: &super::value::Table) -> String {
    let field =
        |field: &super::value::Field| format!("{}: {}", scalar(&field.name), in_one_line(&field.entry));
    table.fields.iter().map(field).collect::<Vec<_>>().join(", ")
}

/// In quotes where YAML would read something into it.
pub fn scalar(text: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || " _-./%()+<>".contains(letter);
    let begins_well = text.starts_with(|letter: char| letter.is_alphanumeric());
    if begins_well && !text.ends_with(' ') && text.chars().all(is_plain) && text != "null" {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '\\' | '"' => quoted.extend(['\\', letter]),
            // A line that ends within quotes goes on as if it had not.
            '\n' => quoted.push_str("\\n"),
            letter if letter.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(letter))),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::super::problem::Problems;
    use super::super::yaml;
    use super::*;

    #[test]
    fn what_is_written_reads_back_the_same() {
        for (text, written) in [
            (
                "[nginx: 0.2ms, app, {db: {cpu: 1ms, query: write}}]",
                "[ nginx: 0.2ms, app, db: { cpu: 1ms, query: write } ]",
            ),
            ("- nginx: 0.2ms\n- mysql: 3 x exp(2ms)\n", "[ nginx: 0.2ms, mysql: 3 x exp(2ms) ]"),
            ("[ a: lognormal(median 20ms, p99 80ms) ]", "[ a: \"lognormal(median 20ms, p99 80ms)\" ]"),
            (
                "{ a: ~, b: 'null', c: \"it's \\\"so\\\"\", d: {}, e: [] }",
                "{ a: null, b: \"null\", c: \"it's \\\"so\\\"\", d: {}, e: [] }",
            ),
            (
                "[ parallel: [ [ a: 1ms, b ], c ], { first: 1, of: '14:00' } ]",
                "[ parallel: [ [ a: 1ms, b ], c ], { first: 1, of: \"14:00\" } ]",
            ),
            ("'-> x'", "\"-> x\""),
            (r#""two\nlines\tand \u0007""#, r#""two\nlines\u0009and \u0007""#),
        ] {
            let problems = Problems::default();
            let read = |text: &str| yaml::read(text, 0, &problems).expect("it is YAML");
            let once = in_one_line(&read(text));
            assert_eq!(once, written);
            assert_eq!(in_one_line(&read(&once)), written);
            assert!(problems.into_sorted().is_empty());
        }
    }
}
