//! Remarks at the lines of files, as GitHub's runners take them from what a program prints.

use crate::analysis::study::Verdict;
use crate::telling::trial::ToldFile;

/// One line for each expectation that has not passed, and for each error. `path` is the file as
/// it is named in the repository.
pub fn github(told: &ToldFile, path: &str, undecided_fails: bool) -> String {
    let file = &told.file;
    let mut text = String::new();
    for error in &file.errors {
        let hint = error.hint.as_ref().map_or(String::new(), |hint| format!("\n{hint}"));
        let message = format!("{}{hint}", error.message);
        text.push_str(&remark("error", path, error.line, "the scenario is wrong", &message));
    }
    for tested in &file.expectations {
        let (level, verdict) = match (tested.judged.verdict, undecided_fails) {
            (Verdict::Pass, _) => continue,
            (Verdict::Fail, _) => ("error", "failed"),
            (Verdict::Undecided, true) => ("error", "undecided"),
            (Verdict::Undecided, false) => ("warning", "undecided"),
        };
        let title = format!("{verdict}: {}", tested.judged.text);
        text.push_str(&remark(level, path, tested.line, &title, &told.remark(tested)));
    }
    text
}

fn remark(level: &str, path: &str, line: Option<usize>, title: &str, message: &str) -> String {
    let line = line.map_or(String::new(), |line| format!("line={line},"));
    format!("::{level} file={},{line}title={}::{}\n", property(path), property(title), data(message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_remark_is_escaped() {
        assert_eq!(
            remark("error", "a,b.yaml", Some(7), "failed: x < 5%", "one: two,\nthree"),
            "::error file=a%2Cb.yaml,line=7,title=failed%3A x < 5%25::one: two,%0Athree\n"
        );
        assert_eq!(remark("warning", "a", None, "b", "c"), "::warning file=a,title=b::c\n");
    }
}
