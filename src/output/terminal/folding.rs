//! Lines folded at blanks, by the columns that they take on a screen.

use unicode_width::UnicodeWidthChar;

/// A second piece of a line begins no further to the right than this share of the page.
const HANGING_MOST: f64 = 0.5;
/// A figure and what it counts stay in one line.
const UNITS: [&str; 14] =
    ["%", "ns", "µs", "us", "ms", "s", "min", "h", "d", "day", "days", "points", "×", "x"];

/// Columns on a screen. Colours take none.
pub fn columns_of(text: &str) -> usize {
    let mut columns = 0;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            // As far as the letter that ends a change of colour.
            '\u{1b}' => drop(letters.find(char::is_ascii_alphabetic)),
            letter => columns += letter.width().unwrap_or(0),
        }
    }
    columns
}

/// `text` begins behind `indent` columns; what does not fit goes on behind `hanging` ones. A word
/// that is longer than a line stays whole, so that it can be copied.
pub fn folded(text: &str, columns: usize, indent: usize, hanging: usize) -> String {
    let mut folded = String::new();
    let (mut start, mut column) = (indent, indent);
    for word in words(text) {
        let width = columns_of(word);
        if column > start && column + 1 + width > columns {
            let kept = folded.trim_end().len();
            folded.truncate(kept);
            folded.push('\n');
            folded.push_str(&" ".repeat(hanging));
            (start, column) = (hanging, hanging);
        } else if column > start {
            folded.push(' ');
            column += 1;
        }
        folded.push_str(word);
        column += width;
    }
    folded
}

/// The pieces between blanks at which a line may be folded, on a screen or in a picture.
pub fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    // Where the piece under way begins, and the last word of it.
    let (mut from, mut last) = (0, 0..0);
    let ends = text.match_indices(' ').map(|(at, _)| at).chain([text.len()]);
    for (number, end) in ends.enumerate() {
        let begin = if number == 0 { 0 } else { last.end + 1 };
        if number > 0 && !belong_together(&text[last.clone()], &text[begin..end]) {
            words.push(&text[from..last.end]);
            from = begin;
        }
        last = begin..end;
    }
    words.push(&text[from..last.end]);
    words
}

/// `6.25 %`, `3 ×`, `150 ±3 ms`, `99.87 (99.71–100) %`
fn belong_together(before: &str, after: &str) -> bool {
    let begins_with_digit = |text: &str| text.starts_with(|letter: char| letter.is_ascii_digit());
    // What goes on in the next line of a command stays at the end of this one.
    if before == "×" || after == "\\" {
        return true;
    }
    let figure = before.trim_start_matches(['(', '±', '+', '-', '−', '~']);
    if !begins_with_digit(figure) {
        return before == "x" && begins_with_digit(after);
    }
    let unit = after.trim_end_matches(|letter: char| letter.is_ascii_punctuation() && letter != '%');
    let spread = after.strip_prefix('±').or(after.strip_prefix("+-"));
    let is_range = |inner: &str| begins_with_digit(inner) && inner.contains(['–', '-']);
    UNITS.contains(&unit)
        || spread.is_some_and(begins_with_digit)
        || after.strip_prefix('(').is_some_and(is_range)
}

/// All lines that are too long, folded. What they begin with stands alone at the left: a mark, or a
/// word with a gap behind it.
pub fn fitted(text: &str, columns: usize) -> String {
    let mut fitted = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if columns_of(line) <= columns {
            fitted.push_str(line);
            continue;
        }
        let (content, end) = line.strip_suffix('\n').map_or((line, ""), |content| (content, "\n"));
        let indent = content.len() - content.trim_start().len();
        let rest = &content[indent..];
        fitted.push_str(&content[..indent]);
        fitted.push_str(&folded(rest, columns, indent, hanging(rest, indent, columns)));
        fitted.push_str(end);
    }
    fitted
}

fn hanging(text: &str, indent: usize, columns: usize) -> usize {
    let first = text.split(' ').next().unwrap_or_default();
    let is_mark = columns_of(first) == 1
        && !anstream::adapter::strip_str(first).to_string().chars().any(char::is_alphanumeric);
    if is_mark {
        return indent + 2;
    }
    let behind_gap = text.find("  ").map(|gap| {
        let blanks = text[gap..].len() - text[gap..].trim_start().len();
        indent + columns_of(&text[..gap]) + blanks
    });
    behind_gap.filter(|column| *column as f64 <= HANGING_MOST * columns as f64).unwrap_or(indent)
}

/// Names that are too long lose their middle, since they differ at their ends.
pub fn cut_in_the_middle(name: &str, most: usize, ellipsis: &str) -> String {
    if columns_of(name) <= most {
        return name.to_owned();
    }
    let room = most.saturating_sub(columns_of(ellipsis));
    let head = taken(name.chars(), room - room / 2);
    let tail: String = taken(name.chars().rev(), room / 2).chars().rev().collect();
    format!("{head}{ellipsis}{tail}")
}

fn taken(letters: impl Iterator<Item = char>, most: usize) -> String {
    let mut left = most;
    letters
        .take_while(|letter| {
            let width = letter.width().unwrap_or(0);
            let fits = width <= left;
            left = left.saturating_sub(width);
            fits
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_those_of_a_screen() {
        assert_eq!(columns_of("\u{1b}[1mé店\u{1b}[0m"), 3);
    }

    #[test]
    fn sentences_are_folded_between_words_and_never_between_a_figure_and_its_unit() {
        assert_eq!(folded("a mean of 6.25 ms, yes", 17, 2, 4), "a mean of\n    6.25 ms, yes");
        for whole in ["150 ±3 ms", "99.87 (99.71–100) %,", "3 × 504", "(43.3 %)", "0.02 +-0.01 points."] {
            assert_eq!(words(whole), [whole]);
        }
        assert_eq!(words("5 days 11 h  of 2"), ["5 days", "11 h", "", "of", "2"]);
        assert_eq!(folded("one two", 3, 0, 0), "one\ntwo");
        assert_eq!(folded("a/path/that/is/longer and", 10, 2, 2), "a/path/that/is/longer\n  and");
        assert_eq!(folded("in one line", 20, 2, 4), "in one line");
    }

    #[test]
    fn lines_that_are_too_long_go_on_below_what_they_tell_of() {
        let text = "  ! this is too long\n  short\n  --out DIR  where files go\n";
        let told = "  ! this is too\n    long\n  short\n  --out DIR  where files go\n";
        let before_option = |text: &str| text.split("  --").next().map(str::to_owned);
        assert_eq!(before_option(&fitted(text, 17)), before_option(told));
        assert_eq!(fitted(text, 26).lines().last(), Some("             go"));
        assert_eq!(fitted(text, 27), text);
    }

    #[test]
    fn names_lose_their_middle() {
        assert_eq!(cut_in_the_middle("checkout-service-eu-1", 12, "…"), "checko…-eu-1");
        assert_eq!(cut_in_the_middle("checkout-service-eu-2", 12, ".."), "check..-eu-2");
        assert_eq!(cut_in_the_middle("short", 12, "…"), "short");
        assert_eq!(cut_in_the_middle("店店店店店店店", 7, "…"), "店…店");
        for most in 2..20 {
            assert!(columns_of(&cut_in_the_middle("a店b店c店d店e店", most, "…")) <= most);
        }
    }
}
