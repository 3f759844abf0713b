//! The letters that a terminal can show, and what stands for those that it cannot.

use std::borrow::Cow;

/// What a terminal, or whoever reads instead of it, can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {
    Unicode,
    Ascii,
}

impl Letters {
    /// In these letters. What has no likeness among them is told by a question mark.
    pub fn spelt(self, text: &str) -> Cow<'_, str> {
        if self == Letters::Unicode || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        let mut spelt = String::with_capacity(text.len());
        for letter in text.chars() {
            if letter.is_ascii() {
                spelt.push(letter);
            } else {
                spelt.push_str(likeness(letter));
            }
        }
        Cow::Owned(spelt)
    }

    /// Stands for what was cut out.
    pub fn ellipsis(self) -> &'static str {
        match self {
            Letters::Unicode => "…",
            Letters::Ascii => "..",
        }
    }
}

fn likeness(letter: char) -> &'static str {
    match letter {
        'µ' | 'μ' => "u",
        '±' => "+-",
        '–' | '−' | '·' | '─' => "-",
        '—' => "--",
        '×' => "x",
        '…' => "...",
        '→' => "->",
        '←' => "<-",
        '≤' => "<=",
        '≥' => ">=",
        '≈' => "~",
        '✔' => "+",
        '✘' => "x",
        '│' => "|",
        '█' | '▉' | '▊' | '▋' | '▌' => "#",
        '▍' | '▎' | '▏' => ":",
        '▒' | '░' => ":",
        '“' | '”' | '„' => "\"",
        '‘' | '’' => "'",
        '\u{a0}' => " ",
        'ä' => "ae",
        'ö' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'é' | 'è' | 'ê' => "e",
        'à' | 'á' | 'â' => "a",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_spelt_by_letters_that_look_or_read_alike() {
        let text = "≤ 31.2 ±0.4 µs, −3 × 504 … 1–2 → ✔";
        assert_eq!(Letters::Ascii.spelt(text), "<= 31.2 +-0.4 us, -3 x 504 ... 1-2 -> +");
        assert_eq!(Letters::Unicode.spelt(text), text);
        assert_eq!(Letters::Ascii.spelt("店 ö"), "? oe");
    }
}
