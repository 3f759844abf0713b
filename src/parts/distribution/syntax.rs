//! The grammar of distributions, without their meaning:
//!
//! ```text
//! sum      = term { "+" term }
//! term     = quantity | string | name [ "(" argument { "," argument } ")" ]
//! argument = [ name | quantity ] sum
//! ```
//! The name in front of an argument labels it, the quantity is its share.

use crate::parts::quantity::{BadQuantity, quoted};
use std::ops::Range;

/// Why a text is not a distribution, what to write instead, and which bytes of the text
/// are to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadDistribution {
    pub problem: String,
    pub hint: String,
    pub offset_bytes: usize,
    pub length_bytes: usize,
}

impl BadDistribution {
    pub fn at(span: &Range<usize>, problem: impl Into<String>, hint: impl Into<String>) -> Self {
        BadDistribution {
            problem: problem.into(),
            hint: hint.into(),
            offset_bytes: span.start,
            length_bytes: span.end - span.start,
        }
    }

    pub fn from_quantity(span: &Range<usize>, bad: BadQuantity) -> Self {
        BadDistribution::at(span, bad.problem, bad.hint)
    }
}

/// A piece of the text and where it stands.
#[derive(Debug)]
pub struct Piece {
    pub span: Range<usize>,
    pub form: Form,
}

#[derive(Debug)]
pub enum Form {
    Quantity,
    /// The span includes the quotes.
    Quoted,
    Call {
        name: Range<usize>,
        arguments: Vec<Argument>,
    },
    Sum(Vec<Piece>),
}

#[derive(Debug)]
pub struct Argument {
    pub label: Option<Range<usize>>,
    pub share: Option<Range<usize>>,
    pub value: Piece,
}

impl Argument {
    /// The bytes from the label or the share to the end of the value.
    pub fn span(&self) -> Range<usize> {
        let start =
            self.label.as_ref().or(self.share.as_ref()).map_or(self.value.span.start, |span| span.start);
        start..self.value.span.end
    }
}

/// Deeper nesting is refused, so that a hostile text cannot exhaust the stack.
const DEPTH_MAX: u32 = 16;

pub fn read(text: &str) -> Result<Piece, BadDistribution> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.skip_blanks();
    if cursor.peek().is_none() {
        return Err(BadDistribution::at(&(0..0), "a duration is missing", "write it like 250ms or exp(6ms)"));
    }
    let piece = cursor.sum(0)?;
    match cursor.peek() {
        None => Ok(piece),
        Some(_) => {
            Err(cursor.unexpected("the duration ends before this", "write one duration, or a sum with +"))
        }
    }
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl Cursor<'_> {
    fn sum(&mut self, depth: u32) -> Result<Piece, BadDistribution> {
        if depth > DEPTH_MAX {
            return Err(self.unexpected("this is nested too deep", "nest at most 16 distributions"));
        }
        let first = self.term(depth)?;
        if self.peek() != Some('+') {
            return Ok(first);
        }
        let start = first.span.start;
        let mut terms = vec![first];
        while self.take('+') {
            terms.push(self.term(depth)?);
        }
        let end = terms.last().map_or(start, |term| term.span.end);
        Ok(Piece { span: start..end, form: Form::Sum(terms) })
    }

    fn term(&mut self, depth: u32) -> Result<Piece, BadDistribution> {
        self.skip_blanks();
        match self.peek() {
            Some(character) if begins_quantity(character) => {
                let span = self.quantity();
                Ok(Piece { span, form: Form::Quantity })
            }
            Some(quote @ ('"' | '\'')) => self.quoted(quote),
            Some(character) if character.is_alphabetic() => {
                let name = self.name();
                self.call(name, depth)
            }
            _ => Err(self.unexpected("a duration is missing here", "write it like 250ms or exp(6ms)")),
        }
    }

    fn call(&mut self, name: Range<usize>, depth: u32) -> Result<Piece, BadDistribution> {
        let mut arguments = Vec::new();
        let mut end = name.end;
        if self.take('(') {
            while self.peek() != Some(')') {
                arguments.push(self.argument(depth + 1)?);
                if !self.take(',') {
                    break;
                }
            }
            end = self.at + 1;
            if !self.take(')') {
                return Err(self.unexpected(
                    "a comma or a closing parenthesis is missing here",
                    "write it like exp(6ms)",
                ));
            }
        }
        Ok(Piece { span: name.start..end, form: Form::Call { name, arguments } })
    }

    fn argument(&mut self, depth: u32) -> Result<Argument, BadDistribution> {
        self.skip_blanks();
        if self.peek().is_some_and(char::is_alphabetic) {
            let before = self.at;
            let label = self.name();
            if self.peek().is_some_and(begins_value) {
                let value = self.sum(depth)?;
                return Ok(Argument { label: Some(label), share: None, value });
            }
            // It was the value itself, such as exp(5ms).
            self.at = before;
        } else if self.peek().is_some_and(begins_quantity) {
            let before = self.at;
            let share = self.quantity();
            if self.peek().is_some_and(begins_value) {
                let value = self.sum(depth)?;
                return Ok(Argument { label: None, share: Some(share), value });
            }
            self.at = before;
        }
        Ok(Argument { label: None, share: None, value: self.sum(depth)? })
    }

    /// A quantity runs on while letters and digits do; in 1h 30m, as in 90% 1ms, a blank
    /// ends it. A plus sign inside 1e+3s belongs to it.
    fn quantity(&mut self) -> Range<usize> {
        let start = self.at;
        let mut previous = ' ';
        let rest = &self.text[start..];
        let end = rest.char_indices().find(|&(index, character)| {
            let exponent_sign = matches!(character, '+' | '-') && matches!(previous, 'e' | 'E');
            let inside =
                character.is_alphanumeric() || matches!(character, '.' | '%' | '/' | '_') || exponent_sign;
            previous = character;
            index > 0 && !inside
        });
        self.at = start + end.map_or(rest.len(), |(index, _)| index);
        let span = start..self.at;
        self.skip_blanks();
        span
    }

    fn name(&mut self) -> Range<usize> {
        let rest = &self.text[self.at..];
        let length =
            rest.find(|character: char| !(character.is_alphanumeric() || matches!(character, '_' | '-')));
        let span = self.at..self.at + length.unwrap_or(rest.len());
        self.at = span.end;
        self.skip_blanks();
        span
    }

    fn quoted(&mut self, quote: char) -> Result<Piece, BadDistribution> {
        let start = self.at;
        match self.text[start + 1..].find(quote) {
            Some(length) => {
                self.at = start + length + 2;
                let span = start..self.at;
                self.skip_blanks();
                Ok(Piece { span, form: Form::Quoted })
            }
            None => Err(self.unexpected("this quotation has no end", "close it with the same quote")),
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn take(&mut self, character: char) -> bool {
        let found = self.peek() == Some(character);
        if found {
            self.at += character.len_utf8();
            self.skip_blanks();
        }
        found
    }

    fn skip_blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn unexpected(&self, problem: &str, hint: &str) -> BadDistribution {
        let rest = &self.text[self.at..];
        let length = rest.find(|character: char| !character.is_alphanumeric()).unwrap_or(rest.len());
        let length = length.max(self.peek().map_or(0, char::len_utf8));
        let problem = match length {
            0 => format!("{problem}, at the end"),
            _ => format!("{problem}: {}", quoted(&rest[..length])),
        };
        BadDistribution::at(&(self.at..self.at + length), problem, hint)
    }
}

fn begins_quantity(character: char) -> bool {
    character.is_ascii_digit() || matches!(character, '.' | '-')
}

fn begins_value(character: char) -> bool {
    begins_quantity(character) || character.is_alphabetic() || matches!(character, '"' | '\'')
}
