//! Why a text is no YAML, told where the mistake was made rather than where it was noticed.

use super::DEPTH_MAX;
use super::joining::Written;
use super::value::Span;

const ELSEWHERE: &str = "a mistake often stands a little before the place where it is noticed: look at the indentation, \
                         the brackets and the quotes above";

/// Where to look, what is wrong, and what to write. The parser has noticed `what` at an offset;
/// `open` is where the lists and tables begin that it was in, the innermost first.
pub fn told(
    written: Written,
    offset: usize,
    open: impl Iterator<Item = usize>,
    what: &str,
) -> (Span, String, Option<String>) {
    let at = |offset: usize| written.text.get(offset.checked_sub(written.base)?..)?.chars().next();
    let here = offset..offset + at(offset).map_or(1, char::len_utf8);
    if what.contains("recursion limit") {
        return (here, format!("values are nested more than {DEPTH_MAX} deep here"), None);
    }
    if what.starts_with("tabs disallowed") {
        let hint = "YAML is indented by spaces: write two of them for each tab";
        return (here, no_yaml(what), Some(hint.to_owned()));
    }
    let bracket = open.map(|start| (start, at(start))).find_map(|(start, letter)| match letter {
        Some('{') => Some((start, '{', '}')),
        Some('[') => Some((start, '[', ']')),
        _ => None,
    });
    match (bracket, at(offset)) {
        (None, Some(closing @ ('}' | ']'))) => {
            let hint = "take it out, or open it where what belongs to it begins";
            (here, format!("this `{closing}` closes nothing"), Some(hint.to_owned()))
        }
        (_, Some(quote @ ('"' | '\''))) if what.contains("quoted scalar") => {
            let hint = format!("write `{quote}` where the text ends, on the same line");
            (here, format!("this `{quote}` has no other half"), Some(hint))
        }
        (Some((start, opening, closing)), _) => {
            let line = |offset: usize| lines_before(written, offset);
            if line(start) == line(offset) {
                let hint = format!("what stands between `{opening}` and `{closing}` has commas between");
                return (here, format!("a comma or a `{closing}` is missing before this"), Some(hint));
            }
            let end = match written.text.get(offset.saturating_sub(written.base)..) {
                Some(rest) if !rest.trim().is_empty() => format!("line {}", line(offset) + 1),
                _ => "the end of the file".to_owned(),
            };
            let message = format!("this `{opening}` has no `{closing}` before {end}, or a comma is missing");
            let hint = format!("write `{closing}` where what belongs to it ends");
            (start..start + opening.len_utf8(), message, Some(hint))
        }
        (None, _) => (here, no_yaml(what), Some(ELSEWHERE.to_owned())),
    }
}

fn no_yaml(what: &str) -> String {
    format!("this is not YAML or JSON: {what}")
}

fn lines_before(written: Written, offset: usize) -> usize {
    let within = offset.saturating_sub(written.base).min(written.text.len());
    written.text.as_bytes()[..within].iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::super::problem::{Look, Problems, render};
    use super::super::source::Source;

    /// The line and the column that are marked, the message and the hint.
    fn told(text: &str) -> (String, String, String) {
        let source = Source::new("a", text);
        let problems = Problems::default();
        super::super::read(&source, &problems);
        let found = problems.into_sorted();
        let [problem] = &found[..] else { panic!("{}", render(&source, &found, Look::default())) };
        let place = source.location(problem.span.start);
        let hint = problem.hint.clone().unwrap_or_default();
        (format!("{}:{}", place.line, place.column), problem.message.clone(), hint)
    }

    #[test]
    fn a_bracket_that_is_not_closed_is_marked_where_it_was_opened() {
        let (place, message, hint) =
            told("nodes:\n  app: { kind: app_server, on: host\n  mysql: { kind: database }\n");
        assert_eq!(place, "2:8");
        assert_eq!(message, "this `{` has no `}` before line 3, or a comma is missing");
        assert_eq!(hint, "write `}` where what belongs to it ends");
        let (place, message, _) = told("path: [ nginx: 1ms,\n  app: 2ms\nexpect: 3\n");
        assert_eq!((place.as_str(), message.starts_with("this `[` has no `]`")), ("1:7", true), "{message}");
        let (place, message, _) = told("a: { b: 1, c: 2\n");
        assert_eq!(place, "1:4");
        assert!(message.contains("before the end of the file"), "{message}");
        assert_eq!(told("a: { path: [ x, y ], z: 3\nb: { c: 1 }\n").0, "1:4");
        assert_eq!(told("a: { b: 1,\nb2: { c: 1 }\n").0, "1:4");
        assert_eq!(told("ü: { b: 1, c: 2\nd: 3\n").0, "1:4");
    }

    #[test]
    fn within_a_line_the_place_is_marked_where_it_does_not_go_on() {
        let (place, message, _) = told("a: { b: 1 c: 2 }\n");
        assert_eq!((place.as_str(), message.as_str()), ("1:12", "a comma or a `}` is missing before this"));
        let (place, message, _) = told("a: { b: [ 1, 2 }\n");
        assert_eq!((place.as_str(), message.as_str()), ("1:16", "a comma or a `]` is missing before this"));
    }

    #[test]
    fn what_closes_nothing_and_what_has_no_other_half_is_told() {
        assert_eq!(told("a: { b: 1 } }\n").1, "this `}` closes nothing");
        let (place, message, _) = told("a: \"x\nb: 3\n");
        assert_eq!((place.as_str(), message.as_str()), ("1:4", "this `\"` has no other half"));
        let (_, message, hint) = told("a: b: c\n");
        assert!(
            message.starts_with("this is not YAML or JSON: ") && hint.contains("indentation"),
            "{message}"
        );
    }
}
