//! The page that a text for people is laid out on: how many columns it has, and which letters.
//! Whatever is printed passes through it, so that nothing else has to know.

use super::folding::{fitted, folded};
use super::letters::Letters;
use std::borrow::Cow;

/// Longer lines of prose are hard to read, however wide the terminal is.
const PROSE_MOST: usize = 100;
/// On less, nothing can be laid out well, and the terminal breaks the lines by itself.
const COLUMNS_LEAST: usize = 40;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Unknown of what is read from a pipe or a file, where lines may be of any length.
    columns: Option<usize>,
    letters: Letters,
    strokes: Letters,
}

impl Page {
    /// A terminal that is so wide.
    pub fn of_columns(columns: usize, letters: Letters) -> Page {
        Page { columns: Some(columns.max(COLUMNS_LEAST)), letters, strokes: letters }
    }

    /// Without an edge: tables have all of their columns. Pictures are made of letters that can be
    /// mailed.
    pub fn endless() -> Page {
        Page { columns: None, letters: Letters::Unicode, strokes: Letters::Ascii }
    }

    pub fn columns(self) -> Option<usize> {
        self.columns
    }

    /// Where sentences are folded.
    pub fn prose(self) -> usize {
        self.columns.map_or(PROSE_MOST, |columns| columns.min(PROSE_MOST))
    }

    /// Of words.
    pub fn letters(self) -> Letters {
        self.letters
    }

    /// Of pictures.
    pub fn strokes(self) -> Letters {
        self.strokes
    }

    /// In the letters of the page.
    pub fn spelt(self, text: &str) -> Cow<'_, str> {
        self.letters.spelt(text)
    }

    /// A sentence that begins behind so many columns, and goes on below its beginning.
    pub fn wrapped(self, text: &str, indent: usize) -> String {
        folded(&self.spelt(text), self.prose(), indent, indent)
    }

    /// The same behind a mark.
    pub fn paragraph(self, mark: &str, text: &str) -> String {
        format!("  {mark} {}\n", self.wrapped(text.trim_end(), 4))
    }

    /// What was not laid out yet: lines that do not fit are folded, below what they tell of.
    pub fn fitted(self, text: &str) -> String {
        let text = self.spelt(text);
        match self.columns {
            Some(columns) => fitted(&text, columns),
            None => text.into_owned(),
        }
    }
}
