//! What many runs of one scenario say together, in words.

use super::answer::{Answer, claim, few, how_sure, known, stands};
use super::claims::{Claim, Sentence};
use super::figure::count;
use super::headline;
use super::words::and_more;
use crate::analysis::study::{GoalResult, StudyExpectation, StudySummary, Verdict as OfOne};
use crate::diagnosis::studies::verdict;
use crate::diagnosis::{Diagnosis, Verdict};

/// Goals that are told in one sentence.
const GOALS_MOST: usize = 3;
/// What is told where nothing was expected.
const FIGURES: [&str; 2] = ["availability", "p99"];

/// What happened in a run, and why: without its goals, which are those of all runs together.
pub fn story(diagnosis: &Diagnosis) -> Sentence {
    if diagnosis.verdict == Verdict::Nothing {
        return Sentence::bare("no request ended");
    }
    let (text, claims) = headline::story(diagnosis);
    Sentence::new(text, claims)
}

/// `first` is the story of the first run, whose files lie beside those of the study.
pub fn tell(summary: &StudySummary, first: Option<&Sentence>) -> Answer {
    let runs = format!("{} runs", count(summary.replications));
    let verdict = verdict(summary.expectations.iter());
    let (lead, mut claims) = match verdict {
        Verdict::Nothing | Verdict::NoGoal => figures(summary, &runs),
        _ => goals(&summary.expectations, &runs),
    };
    let first = first.filter(|story| !story.is_empty()).map_or(String::new(), |story| {
        claims.extend(story.claims.clone());
        format!("; in the first run {}", story.text)
    });
    let headline = Sentence::new(format!("{lead}{first}."), claims);
    Answer {
        headline,
        is_bad: verdict == Verdict::Missed,
        how_sure: sure(summary, verdict),
        further: Vec::new(),
    }
}

/// `Over 20 runs both goals are met: page p99 < 500ms came to 150 ±3 ms and …`
pub(super) fn goals(expectations: &[StudyExpectation], runs: &str) -> (String, Vec<Claim>) {
    let of = |wanted: OfOne| expectations.iter().filter(move |one| one.verdict == wanted);
    let named = |wanted: OfOne| and_more(&of(wanted).map(came_to).collect::<Vec<_>>(), GOALS_MOST);
    let all = expectations.len();
    let claims = expectations.iter().flat_map(|one| {
        let figure = claim(&one.text, runs, &one.estimate);
        figure.into_iter().chain([stands(&one.text, as_data(one.verdict))])
    });
    let (missed, open) = (of(OfOne::Fail).count(), of(OfOne::Undecided).count());
    let lead = match (missed, open) {
        (0, 0) => match all {
            1 => format!("Over {runs} the goal is met: {}", named(OfOne::Pass)),
            2 => format!("Over {runs} both goals are met: {}", named(OfOne::Pass)),
            _ => format!("Over {runs} all {all} goals are met: {}", named(OfOne::Pass)),
        },
        (0, _) => {
            format!("{} do not tell whether the goals are met: {}", upper(runs), named(OfOne::Undecided))
        }
        (1, _) if all == 1 => format!("Over {runs} the goal is missed: {}", named(OfOne::Fail)),
        (2, _) if all == 2 => format!("Over {runs} both goals are missed: {}", named(OfOne::Fail)),
        (missed, _) => {
            let are = if missed == 1 { "is" } else { "are" };
            format!("Over {runs} {missed} of {all} goals {are} missed: {}", named(OfOne::Fail))
        }
    };
    (lead, claims.collect())
}

fn upper(runs: &str) -> String {
    super::words::capital(runs)
}

/// `availability >= 99.9% came to 99.997 ±0.002 %`
pub(super) fn came_to(one: &StudyExpectation) -> String {
    match known(&one.estimate, one.unit) {
        Some(figure) => format!("{} came to {figure}", one.text),
        None => format!("{} came to nothing, since some run had no such figure", one.text),
    }
}

fn as_data(verdict: OfOne) -> &'static str {
    match verdict {
        OfOne::Pass => "pass",
        OfOne::Fail => "fail",
        OfOne::Undecided => "undecided",
    }
}

/// What users got, where nothing was expected of it.
fn figures(summary: &StudySummary, runs: &str) -> (String, Vec<Claim>) {
    let known = FIGURES.iter().filter_map(|name| {
        let figure = summary.figures.iter().find(|figure| figure.name == *name)?;
        let text = format!("{name} was {}", known(&figure.estimate, figure.unit)?);
        Some((text, claim(name, runs, &figure.estimate)?))
    });
    let (texts, claims): (Vec<String>, Vec<Claim>) = known.unzip();
    match texts.is_empty() {
        true => (format!("In {runs} no request was answered"), claims),
        false => (format!("Over {runs} {}", super::words::and(&texts)), claims),
    }
}

fn sure(summary: &StudySummary, verdict: Verdict) -> Sentence {
    let level = format!("an interval holds the truth in {} of 100 studies", (summary.level * 100.0).round());
    let more = (verdict == Verdict::Undecided).then(|| "more replications would tell".to_owned());
    how_sure([few(summary.replications).or(more), Some(level), exactly(&summary.goals)].into_iter().flatten())
}

/// Whether figures are known as exactly as somebody wanted.
fn exactly(goals: &[GoalResult]) -> Option<String> {
    let missed: Vec<String> =
        goals.iter().filter(|goal| !goal.reached).map(|goal| format!("`{}`", goal.text)).collect();
    match (goals.is_empty(), missed.is_empty()) {
        (true, _) => None,
        (false, true) => Some("figures are known as exactly as was asked for".to_owned()),
        (false, false) => Some(format!("{} is not reached", and_more(&missed, GOALS_MOST))),
    }
}
