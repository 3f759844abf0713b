//! What came of tests, in words: for the terminal, JUnit's reports and remarks at lines of files.

use super::answer::{Answer, how_sure, number};
use super::claims::Sentence;
use super::figure::{count, counted};
use super::study::{came_to, goals, story};
use super::{Told, tell as tell_run};
use crate::analysis::study::{StudyExpectation, Verdict};
use crate::analysis::trial::{Tally, Tested, TestedFile};
use crate::diagnosis::studies::verdict;
use crate::diagnosis::{Diagnosis, PhaseKind, Verdict as OfAll};
use serde::Serialize;

/// A file with what there is to say of it.
#[derive(Clone, Debug, Serialize)]
pub struct ToldFile {
    pub told: Answer,
    #[serde(flatten)]
    pub file: TestedFile,
    /// What happened in the first run in which something was not as expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_failed: Option<FailedRun>,
}

#[derive(Clone, Debug, Serialize)]
pub struct FailedRun {
    pub replication: u64,
    pub told: Told,
    /// The same without the goals.
    #[serde(skip)]
    why: Sentence,
}

impl FailedRun {
    pub fn of(replication: u64, diagnosis: &Diagnosis) -> FailedRun {
        let mut why = story(diagnosis);
        // Where no time was bad, what was used most is the best that can be named.
        let is_calm = diagnosis.phases.iter().all(|phase| phase.kind == PhaseKind::Good);
        if let (true, Some(headroom)) = (is_calm, &diagnosis.headroom) {
            let first = &headroom.first;
            why.text.push_str(&format!("; fullest: {} ({:.0} %)", first.name, first.utilisation * 100.0));
        }
        FailedRun { replication, told: tell_run(diagnosis), why }
    }

    /// `in run 0, the first in which it was not as expected, down 2 min to 4 min because of …`
    fn text(&self) -> String {
        format!("in run {}, the first that was not as expected, {}", count(self.replication), self.why.text)
    }
}

pub fn tell(file: TestedFile, first_failed: Option<FailedRun>) -> ToldFile {
    let first_failed = first_failed.filter(|_| file.expectations.iter().any(is_open_or_failed));
    ToldFile { told: of_file(&file, first_failed.as_ref()), file, first_failed }
}

fn is_open_or_failed(tested: &Tested) -> bool {
    tested.judged.verdict != Verdict::Pass
}

fn of_file(file: &TestedFile, first_failed: Option<&FailedRun>) -> Answer {
    if let Some(error) = file.errors.first() {
        let more = match file.errors.len() {
            1 => String::new(),
            errors => format!(", and {}", counted(errors as u64 - 1, "more mistake")),
        };
        let headline =
            format!("{} cannot be tested: {}{more}.", file.file, error.message.trim_end_matches('.'));
        return Answer { headline: Sentence::bare(headline), is_bad: true, ..Answer::default() };
    }
    if file.expectations.is_empty() {
        let headline =
            Sentence::bare(format!("{} has no `expect`, so that there is nothing to test.", file.file));
        return Answer { headline, ..Answer::default() };
    }
    let judged: Vec<StudyExpectation> = file.expectations.iter().map(|one| one.judged.clone()).collect();
    let (lead, mut claims) = goals(&judged, &counted(file.replications, "run"));
    let why = first_failed.map_or(String::new(), |run| {
        claims.extend(run.why.claims.clone());
        format!("; {}", run.text())
    });
    let level = file.level.map(|level| {
        format!("each look at the runs has intervals that hold the truth in {:.1} of 100", level * 100.0)
    });
    let overall = "at most one verdict in twenty is wrong, however often it is looked".to_owned();
    Answer {
        headline: Sentence::new(format!("{lead}{why}."), claims),
        is_bad: verdict(judged.iter()) == OfAll::Missed,
        how_sure: how_sure([Some(overall), level].into_iter().flatten()),
        further: Vec::new(),
    }
}

impl ToldFile {
    /// What came of one of its expectations, for whoever shows it at its line.
    pub fn remark(&self, tested: &Tested) -> String {
        let runs = counted(tested.replications, "replication");
        let found = format!("{} in {runs}", came_to(&tested.judged));
        let found = match tested.judged.verdict {
            Verdict::Undecided => format!("{found}, which does not decide it"),
            _ => found,
        };
        match &self.first_failed {
            Some(run) if is_open_or_failed(tested) => format!("{found}; {}.", run.text()),
            _ => format!("{found}."),
        }
    }
}

/// Of all files together.
pub fn tell_all(files: &[ToldFile], tally: &Tally, is_good: bool) -> Answer {
    if let [one] = files {
        return one.told.clone();
    }
    let claims = [("passed", tally.passed), ("failed", tally.failed), ("undecided", tally.undecided)];
    let claims = claims.map(|(name, found)| number(name, found as usize)).to_vec();
    let bad = files.iter().find(|file| file.told.is_bad);
    let bad = bad.map(|file| Sentence::bare(format!("{}: {}", file.file.file, file.told.headline.text)));
    Answer {
        headline: Sentence::new(format!("{}.", super::words::capital(&closing(tally, is_good))), claims),
        is_bad: !is_good,
        how_sure: Sentence::default(),
        further: bad.into_iter().collect(),
    }
}

/// `failed: 3 passed, 1 failed, 0 undecided, 0 errors; 40 replications`
pub fn closing(tally: &Tally, is_good: bool) -> String {
    let verdict = if is_good { "passed" } else { "failed" };
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
