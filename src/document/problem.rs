//! What is wrong with a document, and how it is told.

use super::alike::{kinds, name_in};
use super::source::Source;
use super::value::Span;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::cell::{Cell, RefCell};

/// No more problems than this are shown at once.
const SHOWN_MAX: usize = 50;
/// Of warnings of one kind, so many are named beside the first.
const OTHERS_NAMED: usize = 4;
/// No more errors, and no more warnings, are kept at all: nobody reads them.
const KEPT_MAX: usize = 10_000;
/// After so many errors nobody needs to be told what may have been meant.
const CROWD: usize = 200;
/// A longer line is not shown, only named.
const LINE_SHOWN_BYTES: usize = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub severity: Severity,
    pub span: Span,
    pub message: String,
    pub hint: Option<String>,
}

/// Collects what is wrong, so that all of it can be told at once.
#[derive(Debug, Default)]
pub struct Problems {
    found: RefCell<Vec<Problem>>,
    errors: Cell<usize>,
    warnings: Cell<usize>,
}

impl Problems {
    pub fn report(&self, severity: Severity, span: Span, message: impl Into<String>, hint: Option<String>) {
        let kept = match severity {
            Severity::Error => &self.errors,
            Severity::Warning => &self.warnings,
        };
        kept.set(kept.get() + 1);
        if kept.get() <= KEPT_MAX {
            self.found.borrow_mut().push(Problem { severity, span, message: message.into(), hint });
        }
    }

    pub fn error(&self, span: Span, message: impl Into<String>) {
        self.report(Severity::Error, span, message, None);
    }

    pub fn error_with_hint(&self, span: Span, message: impl Into<String>, hint: impl Into<String>) {
        self.report(Severity::Error, span, message, Some(hint.into()));
    }

    pub fn warning(&self, span: Span, message: impl Into<String>, hint: impl Into<String>) {
        self.report(Severity::Warning, span, message, Some(hint.into()));
    }

    /// So much is wrong that thinking about hints would take longer than reading.
    pub fn is_crowded(&self) -> bool {
        self.errors.get() > CROWD
    }

    pub fn has_errors(&self) -> bool {
        self.errors.get() > 0
    }

    /// Everything found, in the order of the document and each thing once: what stands
    /// under an alias is read as often as the alias is used.
    pub fn into_sorted(self) -> Vec<Problem> {
        let mut found = self.found.into_inner();
        found.sort_by_key(|problem| (problem.span.start, problem.severity));
        found.dedup();
        found
    }
}

/// How problems are shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    pub coloured: bool,
    /// Lines of the document are cut there.
    pub columns: Option<usize>,
}

/// All problems as text for a terminal. Warnings of one kind are told once; of errors each is, since
/// each has its place to mend.
pub fn render(source: &Source, problems: &[Problem], look: Look) -> String {
    let (warnings, errors): (Vec<&Problem>, Vec<&Problem>) =
        problems.iter().partition(|problem| problem.severity == Severity::Warning);
    let mut groups: Vec<Vec<&Problem>> = errors.into_iter().map(|error| vec![error]).collect();
    let of_a_kind = kinds(&warnings, |warning| &warning.message);
    groups.extend(of_a_kind.into_iter().map(|kind| kind.into_iter().copied().collect()));
    groups.sort_by_key(|group| (group[0].span.start, group[0].severity));
    let mut text = String::new();
    for group in groups.iter().take(SHOWN_MAX) {
        text.push_str(&render_kind(source, group, look));
        text.push_str("\n\n");
    }
    let more: usize = groups.iter().skip(SHOWN_MAX).map(Vec::len).sum();
    if more > 0 {
        text.push_str(&format!("… and {more} more\n"));
    }
    text
}

/// `11 more like this: `b` (line 7), `c` (line 9) and 9 others`
fn others(source: &Source, first: &Problem, others: &[&Problem]) -> Option<String> {
    let place = |other: &&Problem| {
        let line = source.location(other.span.start).line;
        match name_in(&other.message, &first.message) {
            Some(name) => format!("`{name}` (line {line})"),
            None => format!("line {line}"),
        }
    };
    let mut places: Vec<String> = others.iter().take(OTHERS_NAMED).map(place).collect();
    let more = others.len() - places.len();
    if more > 0 {
        places.push(format!("{more} others"));
    }
    let (last, before) = places.split_last()?;
    let listed = if before.is_empty() { last.clone() } else { format!("{} and {last}", before.join(", ")) };
    Some(format!("{} more like this: {listed}", others.len()))
}

fn render_kind(source: &Source, kind: &[&Problem], look: Look) -> String {
    let problem = kind[0];
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let location = source.location_of(&problem.span);
    let shown = shown_lines(source, &problem.span);
    // The renderer underlines by bytes of what it is given, so it gets only these lines.
    let group = Group::with_title(level.primary_title(&problem.message));
    let mut group = match &shown {
        Some((lines, span)) => group.element(
            Snippet::source(*lines)
                .line_start(location.line)
                .path(&location.name)
                .annotation(AnnotationKind::Primary.span(span.clone())),
        ),
        None => group.element(
            annotate_snippets::Origin::path(&location.name).line(location.line).char_column(location.column),
        ),
    };
    if let Some(hint) = &problem.hint {
        group = group.element(Level::HELP.message(hint));
    }
    if let Some(others) = others(source, problem, &kind[1..]) {
        group = group.element(Level::NOTE.message(others));
    }
    let renderer = if look.coloured { Renderer::styled() } else { Renderer::plain() };
    let renderer = look.columns.map_or(renderer.clone(), |columns| renderer.term_width(columns));
    renderer.decor_style(DecorStyle::Ascii).render(&[group])
}

/// The line that a place starts in, and the place within that line.
fn shown_lines<'a>(source: &'a Source, span: &Span) -> Option<(&'a str, Span)> {
    let (_, text, part_start) = source.part_at(span.start);
    let start = floor(text, span.start - part_start);
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
    let line = text[line_start..line_end].trim_end_matches('\r');
    if line.len() > LINE_SHOWN_BYTES || line.trim().is_empty() {
        return None;
    }
    let from = (start - line_start).min(line.len());
    let to = floor(text, span.end.saturating_sub(part_start)).saturating_sub(line_start).min(line.len());
    // Spaces between a value and what follows it are no part of it.
    let to = from.max(from + line[from..to.max(from)].trim_end().len());
    // At least one character is underlined, so that the eye finds the place.
    let to = if to > from { to } else { from + line[from..].chars().next().map_or(0, char::len_utf8) };
    Some((line, from..to))
}

fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The candidate that is closest to what was written, if one is close at all.
pub fn closest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A text of this length is no misspelt name, and comparing it would take long.
    if written.len() > 100 {
        return None;
    }
    let lower = written.to_lowercase();
    candidates
        .into_iter()
        .take(2_000)
        .map(|candidate| (likeness(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// From 0 to 1. In a short word one slip is a large part of it, but still one slip.
fn likeness(written: &str, candidate: &str) -> f64 {
    let likeness = strsim::jaro_winkler(written, candidate);
    let is_one_slip = candidate.len() >= 3 && strsim::osa_distance(written, candidate) == 1;
    if is_one_slip { likeness.max(0.9) } else { likeness }
}

/// "did you mean …?", or else what there is.
pub fn did_you_mean(written: &str, candidates: &[&str]) -> Option<String> {
    if let Some(candidate) = closest(written, candidates.iter().copied()) {
        return Some(format!("did you mean `{candidate}`?"));
    }
    if candidates.is_empty() {
        return None;
    }
    let mut listed: Vec<String> = candidates.iter().take(24).map(|name| format!("`{name}`")).collect();
    if candidates.len() > listed.len() {
        listed.push("…".to_string());
    }
    Some(format!("there is {}", listed.join(", ")))
}

/// "`one`", "`one` and `other`", "`one`, `other` and `third`"; of many the first.
pub fn listed(names: &[impl AsRef<str>]) -> String {
    const LISTED_MOST: usize = 8;
    let quoted = |name: &dyn AsRef<str>| format!("`{}`", name.as_ref());
    let shown: Vec<String> = names.iter().take(LISTED_MOST).map(|name| quoted(name)).collect();
    match (shown.split_last(), names.len() - shown.len()) {
        (None, _) => String::new(),
        (Some((last, [])), 0) => last.clone(),
        (Some((last, others)), 0) => format!("{} and {last}", others.join(", ")),
        (Some(_), more) => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_shown_with_its_line_and_its_hint() {
        let source = Source::new("shop.yaml", "nodes:\n  nginx: { kind: web_sever }\n");
        let problem = Problem {
            severity: Severity::Error,
            span: 24..33,
            message: "unknown kind `web_sever`".into(),
            hint: Some("did you mean `web_server`?".into()),
        };
        let expected = "\
error: unknown kind `web_sever`
 --> shop.yaml:2:18
  |
2 |   nginx: { kind: web_sever }
  |                  ^^^^^^^^^
  |
  = help: did you mean `web_server`?
";
        assert_eq!(render(&source, &[problem], Look::default()).trim_end(), expected.trim_end());
    }

    #[test]
    fn warnings_of_one_kind_are_told_once_with_a_number() {
        let source = Source::new("shop.yaml", "a: 1\nb: 2\nc: 3\n");
        let warning = |start: usize, message: &str| Problem {
            severity: Severity::Warning,
            span: start..start + 1,
            message: message.into(),
            hint: None,
        };
        let found =
            [warning(0, "`a` is 93 % full"), warning(5, "`b` is 98 % full"), warning(10, "`c` is idle")];
        let told = render(&source, &found, Look::default());
        assert_eq!(told.matches("warning:").count(), 2, "{told}");
        assert!(told.contains("= note: 1 more like this: `b` (line 2)"), "{told}");
        let many: Vec<Problem> = (0..9).map(|_| warning(0, "`a` is 93 % full")).collect();
        let told = render(&source, &many, Look::default());
        assert!(told.contains("8 more like this: line 1, line 1, line 1, line 1 and 4 others"), "{told}");
    }

    #[test]
    fn places_beyond_the_text_and_inside_characters_are_shown_somehow() {
        let source = Source::new("a", "ö: ä");
        for start in 0..9 {
            for end in 0..9 {
                let problem = Problem {
                    severity: Severity::Warning,
                    span: start..end,
                    message: "m".into(),
                    hint: None,
                };
                assert!(render(&source, &[problem], Look::default()).starts_with("warning: m"));
            }
        }
    }

    #[test]
    fn names_are_listed_as_in_a_sentence_and_many_are_cut() {
        let names: Vec<String> = (1..=12).map(|number| format!("n{number}")).collect();
        assert_eq!(listed(&names[..0]), "");
        assert_eq!(listed(&names[..1]), "`n1`");
        assert_eq!(listed(&names[..2]), "`n1` and `n2`");
        assert_eq!(listed(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(listed(&names), "`n1`, `n2`, `n3`, `n4`, `n5`, `n6`, `n7`, `n8` and 4 more");
    }

    #[test]
    fn the_closest_name_is_offered() {
        assert_eq!(closest("gunicron", ["nginx", "gunicorn", "mysql"]), Some("gunicorn"));
        assert_eq!(closest("zebra", ["nginx", "gunicorn", "mysql"]), None);
    }
}
