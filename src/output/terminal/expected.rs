//! What came of tests, for people.

use super::counted;
use super::figure::in_unit;
use super::table::{Paint, painted};
use crate::analysis::study::{StudyExpectation, Verdict};
use crate::analysis::trial::{Tally, Tested, TestedFile};

/// `150 ±3 ms`, or why there is no figure.
pub fn measured(judged: &StudyExpectation) -> String {
    let estimate = &judged.estimate;
    let why = estimate.why_no_interval.as_deref();
    match (estimate.value, why) {
        (None, why) => why.unwrap_or("nothing was measured").to_owned(),
        (Some(value), None) => in_unit(value, estimate.ends(), judged.unit),
        (Some(value), Some(why)) => format!("{} ({why})", in_unit(value, None, judged.unit)),
    }
}

/// One line for each expectation, below the name of its file.
pub fn file(file: &TestedFile) -> String {
    if !file.errors.is_empty() {
        return format!("  {}  {}\n", file.file, painted("cannot be tested", Paint::Bad));
    }
    if file.expectations.is_empty() {
        return format!("  {}  {}\n", file.file, painted("has no `expect`", Paint::Faint));
    }
    let width = |text: &str| text.chars().count();
    let found: Vec<String> = file.expectations.iter().map(|tested| measured(&tested.judged)).collect();
    let text_width = file.expectations.iter().map(|tested| width(&tested.judged.text)).max().unwrap_or(0);
    let found_width = found.iter().map(|found| width(found)).max().unwrap_or(0);
    let line = |(tested, found): (&Tested, &String)| {
        let (mark, doubt) = match tested.judged.verdict {
            Verdict::Pass => (painted("✔", Paint::Good), ""),
            Verdict::Fail => (painted("✘", Paint::Bad), ""),
            Verdict::Undecided => (painted("?", Paint::Doubtful), ", and still undecided"),
        };
        let text = &tested.judged.text;
        let padding = " ".repeat(text_width - width(text));
        let more_padding = " ".repeat(found_width - width(found));
        let rests_on = format!("{}{doubt}", counted(tested.replications, "replication"));
        format!("    {mark} {text}{padding}  {found}{more_padding}  {}\n", painted(&rests_on, Paint::Faint))
    };
    let lines: String = file.expectations.iter().zip(&found).map(line).collect();
    format!("  {}\n{lines}", file.file)
}

/// The closing line.
pub fn closing(tally: &Tally, is_good: bool) -> String {
    let verdict = if is_good { painted("passed", Paint::Good) } else { painted("failed", Paint::Bad) };
    let mut parts = vec![
        format!("{} passed", tally.passed),
        format!("{} failed", tally.failed),
        format!("{} undecided", tally.undecided),
        counted(tally.errors, "error"),
    ];
    if tally.without_expect > 0 {
        parts.push(format!("{} without `expect`", counted(tally.without_expect, "scenario")));
    }
    format!("{verdict}: {}; {}", parts.join(", "), counted(tally.replications, "replication"))
}
