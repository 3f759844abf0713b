//! JUnit's XML, in which most services that run tests read what came of them: a suite for each
//! scenario, a case for each expectation.

use crate::analysis::study::Verdict;
use crate::analysis::trial::{Tally, Tested};
use crate::telling::trial::ToldFile;

/// `undecided_fails`: what is left open counts as a failure, and not as skipped.
pub fn to_text(files: &[ToldFile], undecided_fails: bool) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.push_str(&format!("<testsuites name=\"spof test\" {}>\n", counts(files, undecided_fails)));
    for file in files {
        let own = std::slice::from_ref(file);
        text.push_str(&format!(
            "  <testsuite name=\"{}\" {}>\n",
            escaped(&file.file.file),
            counts(own, undecided_fails)
        ));
        text.push_str(&cases(file, undecided_fails));
        text.push_str("  </testsuite>\n");
    }
    text + "</testsuites>\n"
}

fn counts(files: &[ToldFile], undecided_fails: bool) -> String {
    let tally = Tally::of(files.iter().map(|file| &file.file));
    let (more_failed, more_skipped) =
        if undecided_fails { (tally.undecided, 0) } else { (0, tally.undecided) };
    let (failures, skipped) = (tally.failed + more_failed, tally.without_expect + more_skipped);
    let tests = tally.passed + tally.failed + tally.undecided + tally.errors + tally.without_expect;
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{}\" skipped=\"{skipped}\"", tally.errors)
}

fn cases(told_file: &ToldFile, undecided_fails: bool) -> String {
    let file = &told_file.file;
    let class = escaped(file.scenario.as_deref().unwrap_or(&file.file));
    let case = |name: &str, line: Option<usize>, inside: &str| {
        let place = line.map_or(String::new(), |line| format!(" line=\"{line}\""));
        let head = format!(
            "    <testcase name=\"{}\" classname=\"{class}\" file=\"{}\"{place}",
            escaped(name),
            escaped(&file.file)
        );
        match inside {
            "" => format!("{head}/>\n"),
            inside => format!("{head}>\n      {inside}\n    </testcase>\n"),
        }
    };
    if let Some(first) = file.errors.first() {
        let all: Vec<&str> = file.errors.iter().map(|error| error.message.as_str()).collect();
        let (message, all) = (escaped(&first.message), escaped(&all.join("\n")));
        let error = format!("<error message=\"{message}\" type=\"scenario\">{all}</error>");
        return case("the scenario can be read", first.line, &error);
    }
    if file.expectations.is_empty() {
        return case("expect", None, "<skipped message=\"the scenario has no `expect`\"/>");
    }
    let told = |tested: &Tested| {
        let found = escaped(&told_file.remark(tested));
        let inside = match (tested.judged.verdict, undecided_fails) {
            (Verdict::Pass, _) => String::new(),
            (Verdict::Fail, _) => format!("<failure message=\"{found}\" type=\"expectation\"/>"),
            (Verdict::Undecided, true) => {
                format!("<failure message=\"undecided: {found}\" type=\"undecided\"/>")
            }
            (Verdict::Undecided, false) => format!("<skipped message=\"undecided: {found}\"/>"),
        };
        case(&tested.judged.text, tested.line, &inside)
    };
    file.expectations.iter().map(told).collect()
}

/// What XML 1.0 cannot say at all becomes a question mark.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' | '\r' => escaped.push_str(&format!("&#{};", letter as u32)),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('?'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_breaks_the_document() {
        assert_eq!(escaped("a < \"b\" & c > d\n\u{7}"), "a &lt; &quot;b&quot; &amp; c &gt; d&#10;?");
    }
}
