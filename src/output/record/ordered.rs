//! A JSON file whose fields keep their order, to be written as a table.

use super::{RecordError, open_table};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::path::Path;

#[derive(Clone, Debug, PartialEq)]
pub enum Ordered {
    Null,
    /// A text, a number or a truth value, as it is written.
    Leaf(String),
    List(Vec<Ordered>),
    Fields(Vec<(String, Ordered)>),
}

/// One of a run's JSON files; none if there is no such file.
pub fn open_ordered(folder: &Path, file: &str) -> Result<Option<Ordered>, RecordError> {
    let Some(source) = open_table(folder, file)? else { return Ok(None) };
    serde_json::from_reader(source).map(Some).map_err(|error| match error.io_error_kind() {
        Some(_) => RecordError::failed(file, &error.into()),
        None => RecordError::wrong(file, Some(error.line() as u64), error.to_string()),
    })
}

impl Ordered {
    pub fn field(&self, wanted: &str) -> Option<&Ordered> {
        let Ordered::Fields(fields) = self else { return None };
        fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value)
    }

    /// What a list holds; nothing in what is none.
    pub fn items(&self) -> &[Ordered] {
        if let Ordered::List(items) = self { items } else { &[] }
    }
}

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Ordered, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Ordered;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Ordered, E> {
        Ok(Ordered::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Ordered, E> {
        Ok(Ordered::Leaf(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Ordered, E> {
        Ok(Ordered::Leaf(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Ordered, E> {
        Ok(Ordered::Leaf(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Ordered, E> {
        Ok(Ordered::Leaf(
            serde_json::Number::from_f64(value).map_or(String::new(), |value| value.to_string()),
        ))
    }

    fn visit_str<E>(self, value: &str) -> Result<Ordered, E> {
        Ok(Ordered::Leaf(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Ordered, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Ordered::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Ordered::Fields(fields))
    }
}
