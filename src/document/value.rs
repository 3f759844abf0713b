//! A tree of values with their places.

use rustc_hash::FxHashSet;
use std::ops::Range;

/// Where something stands, in bytes from the start of the source.
pub type Span = Range<usize>;

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Entry {
    pub value: Value,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Value {
    Null,
    /// A number, a word, a text: as it was written, since only the reader of a setting
    /// knows what it is to be.
    Scalar(String),
    List(Vec<Entry>),
    Table(Table),
}

/// Named values in the order of the document; no name stands twice.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub name_span: Span,
    pub entry: Entry,
}

impl Entry {
    pub fn new(value: Value, span: Span) -> Entry {
        Entry { value, span }
    }

    /// What it is, for a message.
    pub fn describe(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Scalar(_) => "a single value",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }

    pub fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            _ => None,
        }
    }

    pub fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }
}

impl Table {
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Field> {
        self.fields.iter_mut().find(|field| field.name == name)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.name.as_str())
    }

    /// The fields whose name has stood before; they are taken out.
    pub fn remove_repeated(&mut self) -> Vec<Field> {
        let mut seen = FxHashSet::default();
        let (kept, repeated) =
            std::mem::take(&mut self.fields).into_iter().partition(|field| seen.insert(field.name.clone()));
        self.fields = kept;
        repeated
    }
}
