//! The text that places point into.

use super::value::{Entry, Span, Value};

/// A file's text, followed by what was given on the command line, so that one kind of
/// place serves for both.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    /// The given texts with where each begins and the name it is shown under.
    appended: Vec<(usize, String)>,
    file_length: usize,
    /// What stands where, if the text is none that anybody has written.
    places: Vec<(Span, String)>,
}

/// A place as people count it: lines and columns from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    pub name: String,
    pub line: usize,
    pub column: usize,
}

impl Source {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Source {
        let text = text.into();
        // An editor's byte order mark is no part of the document.
        let text = text.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(text);
        Source { name: name.into(), file_length: text.len(), text, appended: Vec::new(), places: Vec::new() }
    }

    /// The file's own name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file's own text.
    pub fn text(&self) -> &str {
        &self.text[..self.file_length]
    }

    /// Adds a text under a name of its own and returns where it begins.
    pub fn append(&mut self, name: impl Into<String>, text: &str) -> usize {
        self.text.push('\n');
        let start = self.text.len();
        self.text.push_str(text);
        self.appended.push((start, name.into()));
        start
    }

    /// The last so many texts have been given under another name.
    pub fn rename_last(&mut self, number: usize, name: &str) {
        let first = self.appended.len().saturating_sub(number);
        self.appended[first..].iter_mut().for_each(|(_, known)| *known = name.to_owned());
    }

    /// The text at a place, if the place is one.
    pub fn slice(&self, span: &Span) -> Option<&str> {
        self.text.get(span.clone())
    }

    /// The name, the text and the start of the part that a place lies in.
    pub fn part_at(&self, offset: usize) -> (&str, &str, usize) {
        match self.appended.iter().rposition(|(start, _)| *start <= offset) {
            None => (&self.name, self.text(), 0),
            Some(index) => {
                let (start, name) = &self.appended[index];
                let end = self.appended.get(index + 1).map_or(self.text.len(), |(next, _)| next - 1);
                (name, &self.text[*start..end], *start)
            }
        }
    }

    /// From here on places in the file's own text are told by their paths, such as
    /// `nodes.counter.servers`.
    pub fn name_places(&mut self, root: &Entry) {
        let mut places = Vec::new();
        gather(root, "", &mut places);
        self.places = places;
    }

    /// Where a span begins; its name is that of the least that holds all of it.
    pub fn location_of(&self, span: &Span) -> Location {
        let holds = |place: &&(Span, String)| place.0.start <= span.start && span.end <= place.0.end;
        let holding = self.places.iter().filter(holds).min_by_key(|(place, _)| place.len());
        let location = self.location(span.start);
        match holding.filter(|_| !span.is_empty()) {
            Some((_, path)) => Location { name: path.clone(), ..location },
            None => location,
        }
    }

    pub fn location(&self, offset: usize) -> Location {
        let (name, text, start) = self.part_at(offset);
        let mut within = (offset - start).min(text.len());
        while !text.is_char_boundary(within) {
            within -= 1;
        }
        let before = &text[..within];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Location {
            name: name.to_string(),
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// Each value by its path, and each name by that of its value.
fn gather(entry: &Entry, path: &str, places: &mut Vec<(Span, String)>) {
    let within = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    if !path.is_empty() {
        places.push((entry.span.clone(), path.to_owned()));
    }
    match &entry.value {
        Value::Null | Value::Scalar(_) => {}
        Value::List(entries) => {
            let entries = entries.iter().enumerate();
            entries.for_each(|(number, entry)| gather(entry, &within(&number.to_string()), places));
        }
        Value::Table(table) => {
            for field in &table.fields {
                let path = within(&field.name);
                places.push((field.name_span.clone(), path.clone()));
                gather(&field.entry, &path, places);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_within_their_part() {
        let mut source = Source::new("a.yaml", "one\ntwö three\n");
        let start = source.append("--set", "run.seed=x");
        let three = source.text().find("three").expect("it is there");
        assert_eq!(source.location(three), Location { name: "a.yaml".into(), line: 2, column: 5 });
        assert_eq!(source.location(start + 4), Location { name: "--set".into(), line: 1, column: 5 });
        assert_eq!(source.part_at(start).1, "run.seed=x");
        let later = source.append("--set", "run.seed=y");
        source.rename_last(1, "--vary");
        assert_eq!((source.part_at(start).0, source.part_at(later).0), ("--set", "--vary"));
    }
}
