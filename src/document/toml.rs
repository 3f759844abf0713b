//! TOML.

use super::problem::Problems;
use super::value::{Entry, Field, Span, Table, Value};
use super::{DEPTH_MAX, VALUES_MAX};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub fn read(text: &str, problems: &Problems) -> Option<Entry> {
    let document = match DeTable::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            let hint = match reads_like_yaml(text) {
                true => "this looks like YAML: let the file's name end in .yaml",
                false => "write `name = value`, tables as `[nodes.nginx]`, texts in quotes",
            };
            let message = format!("this is not TOML: {}", error.message().trim_end());
            problems.error_with_hint(span, message, hint);
            return None;
        }
    };
    let mut reader = Reader { text, values: 0, problems };
    let value = reader.table(document.get_ref(), 0)?;
    Some(Entry::new(value, 0..text.len()))
}

/// Whether the first line that says something is a name with a colon behind it.
fn reads_like_yaml(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| {
        let name = line.split(':').next().unwrap_or_default();
        name.len() < line.len() && !name.contains(['=', '[', '"'])
    })
}

struct Reader<'a> {
    text: &'a str,
    values: usize,
    problems: &'a Problems,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable, depth: usize) -> Option<Value> {
        let mut fields = Vec::new();
        for (name, value) in table.iter() {
            let entry = self.entry(value, depth + 1)?;
            fields.push(Field { name: name.get_ref().to_string(), name_span: name.span(), entry });
        }
        // The parser sorts by name; the order of the file is the one that counts here.
        fields.sort_by_key(|field| field.name_span.start);
        Some(Value::Table(Table { fields }))
    }

    fn entry(&mut self, value: &Spanned<DeValue>, depth: usize) -> Option<Entry> {
        let span = value.span();
        self.values += 1;
        if depth > DEPTH_MAX || self.values > VALUES_MAX {
            self.problems.error(
                span,
                format!("a document has at most {VALUES_MAX} values, nested at most {DEPTH_MAX} deep"),
            );
            return None;
        }
        let value = match value.get_ref() {
            DeValue::String(text) => Value::Scalar(text.to_string()),
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
                Value::Scalar(self.written(&span))
            }
            DeValue::Array(values) => {
                let mut entries = Vec::new();
                for value in values.iter() {
                    entries.push(self.entry(value, depth + 1)?);
                }
                Value::List(entries)
            }
            DeValue::Table(table) => self.table(table, depth)?,
        };
        Some(Entry::new(value, span))
    }

    /// A number as it was written, without TOML's underscores.
    fn written(&self, span: &Span) -> String {
        self.text.get(span.clone()).unwrap_or_default().replace('_', "")
    }
}
