//! What came of tests, for people.

use super::counted;
use super::figure::in_unit;
use super::folding::columns_of;
use super::lead::lead;
use super::page::Page;
use super::table::{Paint, painted};
use crate::analysis::study::{StudyExpectation, Verdict};
use crate::analysis::trial::{Tally, Tested};
use crate::telling::trial::{ToldFile, closing as told_closing};

/// Reasons are longer than figures, and what stands behind them is not moved to the right by them.
const FOUND_MOST: usize = 32;

/// `150 ±3 ms`, or why there is no figure.
fn measured(judged: &StudyExpectation) -> String {
    let estimate = &judged.estimate;
    let why = estimate.why_no_interval.as_deref();
    match (estimate.value, why) {
        (None, why) => why.unwrap_or("nothing was measured").to_owned(),
        (Some(value), None) => in_unit(value, estimate.ends(), judged.unit),
        (Some(value), Some(why)) => format!("{} ({why})", in_unit(value, None, judged.unit)),
    }
}

/// What came of a file, and one line for each expectation, below its name.
pub fn file(told: &ToldFile, page: Page) -> String {
    format!("{}\n{}", lead(&told.told, page), lines(told, page))
}

fn lines(told: &ToldFile, page: Page) -> String {
    let file = &told.file;
    if !file.errors.is_empty() {
        return format!("  {}  {}\n", file.file, painted("cannot be tested", Paint::Bad));
    }
    if file.expectations.is_empty() {
        return format!("  {}  {}\n", file.file, painted("has no `expect`", Paint::Faint));
    }
    let found: Vec<String> = file.expectations.iter().map(|tested| measured(&tested.judged)).collect();
    let text_width =
        file.expectations.iter().map(|tested| columns_of(&tested.judged.text)).max().unwrap_or(0);
    let found_width = found.iter().map(|found| columns_of(found)).max().unwrap_or(0).min(FOUND_MOST);
    let line = |(tested, found): (&Tested, &String)| {
        let (mark, doubt) = match tested.judged.verdict {
            Verdict::Pass => (painted("✔", Paint::Good), ""),
            Verdict::Fail => (painted("✘", Paint::Bad), ""),
            Verdict::Undecided => (painted("?", Paint::Doubtful), ", and still undecided"),
        };
        let text = &tested.judged.text;
        let padding = " ".repeat(text_width - columns_of(text));
        let more_padding = " ".repeat(found_width.saturating_sub(columns_of(found)));
        let rests_on = format!("{}{doubt}", counted(tested.replications, "replication"));
        let rests_on = painted(&rests_on, Paint::Faint);
        let told = format!("{text}{padding}  {found}{more_padding}  {rests_on}");
        format!("    {mark} {}\n", page.wrapped(&told, 6))
    };
    let lines: String = file.expectations.iter().zip(&found).map(line).collect();
    format!("  {}\n{lines}", file.file)
}

/// The closing line.
pub fn closing(tally: &Tally, is_good: bool) -> String {
    let text = told_closing(tally, is_good);
    painted(&painted(&text, if is_good { Paint::Good } else { Paint::Bad }), Paint::Strong)
}
