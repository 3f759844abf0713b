//! YAML, and JSON as the part of YAML that it is.

use super::joining::{self, Written};
use super::problem::Problems;
use super::syntax;
use super::value::{Entry, Field, Span, Table, Value};
use super::{DEPTH_MAX, VALUES_MAX};
use rustc_hash::{FxHashMap, FxHashSet};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

/// Reads one document; `base` is where the text begins in the whole source.
pub fn read(text: &str, base: usize, problems: &Problems) -> Option<Entry> {
    if let Err((offset, what)) = check_characters(text) {
        problems.error(base + offset..base + offset + 1, what);
        return None;
    }
    let mut reader = Reader {
        places: Places::new(text, base),
        open: Vec::new(),
        anchors: FxHashMap::default(),
        values: 0,
        root: None,
        problems,
    };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let step = match event {
            Ok((event, span)) => {
                let span = reader.places.span(&span);
                reader.take(event, span)
            }
            Err(error) => Err(reader.refuse(&error)),
        };
        match step {
            Ok(Step::Continue) => {}
            Ok(Step::Finished) => break,
            Err(Stopped) => return None,
        }
    }
    Some(reader.root.unwrap_or(Entry::new(Value::Null, base..base)))
}

/// Reading has ended early; the reason has been reported.
struct Stopped;

enum Step {
    Continue,
    Finished,
}

/// A list or table that is still being read.
struct Open {
    span: Span,
    anchor: usize,
    /// How many values had been read when it began.
    values_before: usize,
    contents: Contents,
}

enum Contents {
    List(Vec<Entry>),
    Table { table: Table, merged: Vec<Entry>, name: Option<(String, Span)> },
}

struct Reader<'a> {
    places: Places<'a>,
    open: Vec<Open>,
    /// What each anchor stands for, and how many values that is.
    anchors: FxHashMap<usize, (Entry, usize)>,
    values: usize,
    root: Option<Entry>,
    problems: &'a Problems,
}

impl Reader<'_> {
    fn take(&mut self, event: Event, span: Span) -> Result<Step, Stopped> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                self.problems.error_with_hint(
                    span,
                    "a second document begins here; a scenario is one document",
                    "write each scenario into a file of its own",
                );
                return Err(Stopped);
            }
            Event::StreamEnd => return Ok(Step::Finished),
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd => {}
            Event::Alias(anchor) => self.take_alias(anchor, span)?,
            Event::Scalar(text, style, anchor, _) => {
                let value = match text.as_ref() {
                    "" | "~" | "null" if style == ScalarStyle::Plain => Value::Null,
                    text => Value::Scalar(text.to_string()),
                };
                self.place(Entry::new(value, span), anchor, 1)?;
            }
            Event::SequenceStart(anchor, _) => self.begin(span, anchor, Contents::List(Vec::new()))?,
            Event::MappingStart(anchor, _) => {
                let contents = Contents::Table { table: Table::default(), merged: Vec::new(), name: None };
                self.begin(span, anchor, contents)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span)?,
        }
        Ok(Step::Continue)
    }

    fn begin(&mut self, span: Span, anchor: usize, contents: Contents) -> Result<(), Stopped> {
        if self.open.len() >= DEPTH_MAX {
            self.problems.error(span, format!("values are nested more than {DEPTH_MAX} deep here"));
            return Err(Stopped);
        }
        self.open.push(Open { span, anchor, values_before: self.values, contents });
        Ok(())
    }

    fn end(&mut self, end: Span) -> Result<(), Stopped> {
        let Some(open) = self.open.pop() else { return Err(Stopped) };
        let span = open.span.start..end.end.max(open.span.end);
        let value = match open.contents {
            Contents::List(mut entries) => {
                joining::join_elements(&mut entries, self.places.written());
                Value::List(entries)
            }
            Contents::Table { mut table, merged, .. } => {
                joining::join_fields(&mut table.fields, self.places.written());
                for repeated in table.remove_repeated() {
                    self.problems.error_with_hint(
                        repeated.name_span,
                        format!("`{}` stands twice in the same table", repeated.name),
                        "give one of them another name, or take it out",
                    );
                }
                if !merged.is_empty() {
                    let mut names = table.names().map(str::to_string).collect();
                    for source in merged {
                        merge(&mut table, &mut names, source, self.problems);
                    }
                }
                Value::Table(table)
            }
        };
        let size = self.values - open.values_before + 1;
        self.place(Entry::new(value, span), open.anchor, size)
    }

    fn take_alias(&mut self, anchor: usize, span: Span) -> Result<(), Stopped> {
        let Some((entry, size)) = self.anchors.get(&anchor) else {
            self.problems.error(span, "this alias stands inside what it stands for");
            return Err(Stopped);
        };
        let (size, depth) = (*size, depth(entry));
        if self.values + size > VALUES_MAX {
            self.problems.error(
                span,
                format!("with its aliases written out the document has more than {VALUES_MAX} values"),
            );
            return Err(Stopped);
        }
        if self.open.len() + depth > DEPTH_MAX {
            self.problems.error(span, format!("values are nested more than {DEPTH_MAX} deep here"));
            return Err(Stopped);
        }
        let entry = entry.clone();
        self.values += size - 1;
        self.place(entry, 0, 1)
    }

    /// Puts a finished value where it belongs: into what is open, or at the root.
    fn place(&mut self, entry: Entry, anchor: usize, size: usize) -> Result<(), Stopped> {
        self.values += 1;
        if self.values > VALUES_MAX {
            self.problems.error(entry.span, format!("the document has more than {VALUES_MAX} values"));
            return Err(Stopped);
        }
        if anchor != 0 {
            self.anchors.insert(anchor, (entry.clone(), size));
            // The copy is held in memory as well, so it counts.
            self.values += size;
        }
        match self.open.last_mut().map(|open| &mut open.contents) {
            None => self.root = Some(entry),
            Some(Contents::List(entries)) => entries.push(entry),
            Some(Contents::Table { table, merged, name }) => match name.take() {
                None => match entry.value {
                    Value::Scalar(text) => *name = Some((text, entry.span)),
                    _ => {
                        self.problems.error(
                            entry.span.clone(),
                            format!("a name was expected here, not {}", entry.describe()),
                        );
                        *name = Some((String::new(), entry.span));
                    }
                },
                Some((name, _)) if name == "<<" => merged.push(entry),
                Some((name, name_span)) => table.fields.push(Field { name, name_span, entry }),
            },
        }
        Ok(())
    }

    /// The text cannot be taken apart any further.
    fn refuse(&self, error: &ScanError) -> Stopped {
        let offset = self.places.offset(error.marker().index());
        let open = self.open.iter().rev().map(|open| open.span.start);
        let (place, message, hint) = syntax::told(self.places.written(), offset, open, error.info());
        match hint {
            Some(hint) => self.problems.error_with_hint(place, message, hint),
            None => self.problems.error(place, message),
        }
        Stopped
    }
}

/// Takes over the fields of a merged table (`<<: *base`) that are not there yet.
fn merge(table: &mut Table, names: &mut FxHashSet<String>, source: Entry, problems: &Problems) {
    match source.value {
        Value::Table(base) => {
            for field in base.fields {
                if names.insert(field.name.clone()) {
                    table.fields.push(field);
                }
            }
        }
        Value::List(sources) => {
            for source in sources {
                merge(table, names, source, problems);
            }
        }
        Value::Null | Value::Scalar(_) => {
            problems.error(source.span, "`<<` merges a table or a list of tables");
        }
    }
}

fn depth(entry: &Entry) -> usize {
    match &entry.value {
        Value::Null | Value::Scalar(_) => 0,
        Value::List(entries) => 1 + entries.iter().map(depth).max().unwrap_or(0),
        Value::Table(table) => 1 + table.fields.iter().map(|field| depth(&field.entry)).max().unwrap_or(0),
    }
}

/// Control characters are refused before parsing, with their place.
fn check_characters(text: &str) -> Result<(), (usize, String)> {
    match text.char_indices().find(|(_, letter)| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
    {
        None => Ok(()),
        Some((offset, letter)) => {
            Err((offset, format!("the control character U+{:04X} has no place in a scenario", letter as u32)))
        }
    }
}

/// The parser counts characters where places are bytes.
struct Places<'a> {
    text: &'a str,
    base: usize,
    /// The byte at which every `STRIDE`-th character begins; empty if all are one byte long.
    starts: Vec<usize>,
}

const STRIDE: usize = 64;

impl<'a> Places<'a> {
    fn new(text: &'a str, base: usize) -> Places<'a> {
        let starts = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().step_by(STRIDE).map(|(start, _)| start).collect()
        };
        Places { text, base, starts }
    }

    fn written(&self) -> Written<'a> {
        Written { text: self.text, base: self.base }
    }

    fn offset(&self, characters: usize) -> usize {
        let within = if self.starts.is_empty() {
            characters
        } else {
            let stride = (characters / STRIDE).min(self.starts.len() - 1);
            let start = self.starts[stride];
            let rest = &self.text[start..];
            start + rest.char_indices().nth(characters - stride * STRIDE).map_or(rest.len(), |(byte, _)| byte)
        };
        self.base + within.min(self.text.len())
    }

    fn span(&self, span: &saphyr_parser::Span) -> Span {
        let start = self.offset(span.start.index());
        start..self.offset(span.end.index()).max(start)
    }
}
