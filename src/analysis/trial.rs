//! Scenarios as tests: runs are added until each expectation is decided, or there are enough.

use super::columns::Columns;
use super::study::{StudyExpectation, Verdict};
use crate::stats::looks::Looks;
use serde::Serialize;
use std::ops::Range;

/// What came of one file.
#[derive(Clone, Debug, Serialize)]
pub struct TestedFile {
    pub file: String,
    pub scenario: Option<String>,
    pub seed: Option<u64>,
    pub replications: u64,
    /// How often the interval of each look holds the truth.
    pub level: Option<f64>,
    /// Empty if there is no `expect`.
    pub expectations: Vec<Tested>,
    /// Why it could not be tested.
    pub errors: Vec<TestError>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Tested {
    /// Where it stands in the file.
    pub line: Option<usize>,
    /// So many decided it.
    pub replications: u64,
    #[serde(flatten)]
    pub judged: StudyExpectation,
}

#[derive(Clone, Debug, Serialize)]
pub struct TestError {
    pub line: Option<usize>,
    pub message: String,
    pub hint: Option<String>,
}

/// How many of each kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub undecided: u64,
    /// Files that could not be tested.
    pub errors: u64,
    pub without_expect: u64,
    pub replications: u64,
}

impl Tally {
    pub fn of<'a>(files: impl IntoIterator<Item = &'a TestedFile>) -> Tally {
        let mut tally = Tally::default();
        for file in files {
            tally.replications += file.replications;
            tally.errors += u64::from(!file.errors.is_empty());
            tally.without_expect += u64::from(file.errors.is_empty() && file.expectations.is_empty());
            for tested in &file.expectations {
                *match tested.judged.verdict {
                    Verdict::Pass => &mut tally.passed,
                    Verdict::Fail => &mut tally.failed,
                    Verdict::Undecided => &mut tally.undecided,
                } += 1;
            }
        }
        tally
    }
}

/// The expectations of one scenario on their way to verdicts.
pub struct Trial {
    columns: Columns,
    looks: Looks,
    /// Something in the scenario breaks by chance.
    breaks: bool,
    figures: Vec<Vec<f64>>,
    /// The verdicts so far, with the runs that they rest on.
    judged: Vec<(StudyExpectation, u64)>,
}

impl Trial {
    pub fn new(columns: Columns, looks: Looks, breaks: bool) -> Trial {
        Trial { columns, looks, breaks, figures: Vec::new(), judged: Vec::new() }
    }

    /// The runs that are needed for the next look; nothing if there is nothing left to decide,
    /// or no look.
    pub fn next_runs(&self) -> Option<Range<u64>> {
        let done = self.figures.len() as u64;
        let is_open = self.judged.is_empty() || self.judged.iter().any(|(judged, _)| can_be_decided(judged));
        let next = self.looks.runs().iter().copied().find(|runs| *runs > done)?;
        is_open.then_some(done..next)
    }

    /// What the runs of the next look were like. What is decided stays so.
    pub fn look(&mut self, figures: Vec<Vec<f64>>) {
        self.figures.extend(figures);
        let runs = self.figures.len() as u64;
        let found = self.columns.judge(&self.figures, self.looks.level());
        let found = found.into_iter().map(|judged| (self.doubted(judged), runs));
        let kept = found.enumerate().map(|(place, found)| match self.judged.get(place) {
            Some(decided) if decided.0.verdict != Verdict::Undecided => decided.clone(),
            _ => found,
        });
        self.judged = kept.collect();
    }

    /// Where things break by chance, runs that are alike have not seen it yet.
    fn doubted(&self, judged: StudyExpectation) -> StudyExpectation {
        match self.breaks && judged.estimate.is_alike() {
            true => StudyExpectation { verdict: Verdict::Undecided, ..judged },
            false => judged,
        }
    }

    /// In the order of the scenario, each with the runs that it rests on. Before the first look all
    /// is open.
    pub fn verdicts(&self) -> Vec<(StudyExpectation, u64)> {
        if !self.judged.is_empty() {
            return self.judged.clone();
        }
        let nothing = self.columns.judge(&[], self.looks.level());
        nothing.into_iter().map(|judged| (judged, 0)).collect()
    }

    pub fn replications(&self) -> u64 {
        self.figures.len() as u64
    }
}

/// A figure that some run does not have, no further run brings back.
fn can_be_decided(judged: &StudyExpectation) -> bool {
    judged.verdict == Verdict::Undecided && judged.estimate.value.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::study::Measures;
    use crate::scenario::load::load_text;

    /// Its figures are those of the two expectations alone.
    fn trial(breaks: bool) -> (Trial, usize) {
        let text = "
run: { duration: 1m }
nodes: { users: { kind: user, arrivals: 1/s }, web: { kind: station } }
requests: { page: { path: [ web: 1ms ] } }
expect: [ 'mean < 20ms', 'availability >= 99%' ]
";
        let scenario = load_text("site.yaml", text, &[]).scenario.unwrap();
        let columns = Measures::of(&scenario, &[]).columns();
        let usual = columns.number() - 2;
        (Trial::new(columns, Looks::up_to(40), breaks), usual)
    }

    /// Runs with these latencies in turn, and all with this availability.
    fn runs(number: u64, usual: usize, means_ms: [f64; 2], availability: f64) -> Vec<Vec<f64>> {
        let run = |run: u64| {
            let mut figures = vec![1.0; usual];
            figures.extend([means_ms[run as usize % 2], availability]);
            figures
        };
        (0..number).map(run).collect()
    }

    fn verdicts(trial: &Trial) -> Vec<(Verdict, u64)> {
        trial.verdicts().iter().map(|(judged, runs)| (judged.verdict, *runs)).collect()
    }

    #[test]
    fn runs_are_added_until_all_is_decided_and_verdicts_stay() {
        let (mut trial, usual) = trial(false);
        assert_eq!(trial.next_runs(), Some(0..10));
        trial.look(runs(10, usual, [10.0, 29.0], 1.0));
        assert_eq!(verdicts(&trial), [(Verdict::Undecided, 10), (Verdict::Pass, 10)]);
        assert_eq!(trial.next_runs(), Some(10..20));
        // Later runs cannot take back what is decided.
        trial.look(runs(10, usual, [10.0, 29.0], 0.0));
        assert_eq!(verdicts(&trial), [(Verdict::Undecided, 20), (Verdict::Pass, 10)]);
        trial.look(runs(20, usual, [10.0, 11.0], 1.0));
        assert_eq!(verdicts(&trial), [(Verdict::Pass, 40), (Verdict::Pass, 10)]);
        assert_eq!((trial.next_runs(), trial.replications()), (None, 40));
    }

    #[test]
    fn what_can_break_and_has_not_is_left_open() {
        let (mut trial, usual) = trial(true);
        trial.look(runs(10, usual, [10.0, 11.0], 1.0));
        assert_eq!(verdicts(&trial), [(Verdict::Pass, 10), (Verdict::Undecided, 10)]);
        assert_eq!(trial.next_runs(), Some(10..20));
    }

    #[test]
    fn a_figure_that_some_run_has_not_is_given_up() {
        let (mut trial, usual) = trial(false);
        trial.look(runs(10, usual, [10.0, f64::NAN], 1.0));
        assert_eq!(verdicts(&trial), [(Verdict::Undecided, 10), (Verdict::Pass, 10)]);
        assert_eq!(trial.next_runs(), None);
    }
}
