//! What a search for settings has found, in words.

use super::answer::{Answer, bare, how_sure};
use super::claims::{Claim, Sentence, StudyClaim};
use super::figure::{count, counted, three_digits};
use super::fullness::full;
use super::words::{and, and_more};
use crate::analysis::goals::{JudgedGoal, Standing};
use crate::analysis::solve::{Candidate, SolveSummary};

/// Goals that are told in the first sentence.
const GOALS_MOST: usize = 3;

pub fn tell(summary: &SolveSummary) -> Answer {
    let (headline, further) = match (&summary.answer, &summary.nearest) {
        (Some(answer), _) => found(summary, answer),
        (None, nearest) => (not_found(summary, nearest.as_ref()), Vec::new()),
    };
    Answer { headline, is_bad: summary.answer.is_none(), how_sure: sure(summary), further }
}

fn found(summary: &SolveSummary, answer: &Candidate) -> (Sentence, Vec<Sentence>) {
    let is = match (answer.nodes_per_month, summary.axes.len()) {
        (Some(cost), _) => {
            let currency = summary.currency.as_ref().map_or(String::new(), |currency| format!(" {currency}"));
            format!(
                "is the cheapest that meets all goals for sure, with nodes for {}{currency} a month",
                three_digits(cost)
            )
        }
        (None, 1) => "is the least that meets all goals for sure".to_owned(),
        (None, _) => "meets all goals for sure with as little as can be of each in turn".to_owned(),
    };
    let own = at(summary, answer);
    let goals: Vec<String> =
        answer.goals.iter().map(|goal| format!("{} came to {}", goal.text, met(goal))).collect();
    let mut claims: Vec<Claim> = answer.goals.iter().filter_map(|goal| claim(goal, &own)).collect();
    let mut below = summary.below.iter();
    let first = below.next().map(|below| {
        let Sentence { text, claims: more } = one_below(summary, below);
        claims.extend(more);
        text
    });
    let least = "; there was nothing less to try".to_owned();
    let first = first.map_or(least, |text| format!("; {text}"));
    let headline = Sentence::new(format!("{own} {is}: {}{first}.", and_more(&goals, GOALS_MOST)), claims);
    let mut further: Vec<Sentence> = below
        .map(|below| {
            let Sentence { text, claims } = one_below(summary, below);
            Sentence::new(format!("{}.", super::words::capital(&text)), claims)
        })
        .collect();
    if !summary.is_monotone {
        let said = "More was not always better, so that all settings before this one were tried.";
        further.push(Sentence::bare(said));
    }
    (headline, further)
}

/// What binds one step below.
fn one_below(summary: &SolveSummary, below: &Candidate) -> Sentence {
    let at = at(summary, below);
    if below.standing == Standing::Met {
        return Sentence::bare(format!("{at} would do as well"));
    }
    let (unmet, mut claims) = unmet(below, &at);
    let (full, more) = full(&below.fullness, "", &at);
    claims.extend(more);
    Sentence::new(format!("with {at} {unmet}, where {full}"), claims)
}

fn not_found(summary: &SolveSummary, nearest: Option<&Candidate>) -> Sentence {
    let ranges = summary.axes.iter().zip(&summary.ranges);
    let ranges: Vec<String> = ranges
        .map(|(path, (least, most))| match least == most {
            true => format!("{path}={least}"),
            false => format!("{path} from {least} to {most}"),
        })
        .collect();
    let lead = format!("Nothing meets all goals for sure with {}", and(&ranges));
    let Some(nearest) = nearest else { return Sentence::bare(format!("{lead}.")) };
    let at = at(summary, nearest);
    let (unmet, mut claims) = unmet(nearest, &at);
    let (full, more) = full(&nearest.fullness, " there", &at);
    claims.extend(more);
    Sentence::new(format!("{lead}: nearest is {at}, with which {unmet}, and {full}."), claims)
}

/// `gunicorn.workers=6, mysql.connections=20`
fn at(summary: &SolveSummary, candidate: &Candidate) -> String {
    let settings = summary.axes.iter().zip(&candidate.values);
    settings.map(|(path, value)| format!("{path}={value}")).collect::<Vec<_>>().join(", ")
}

/// What stands in the way.
fn unmet(candidate: &Candidate, at: &str) -> (String, Vec<Claim>) {
    let told = |goal: &JudgedGoal| match goal.standing {
        Standing::Open => format!(
            "{} cannot be told after {} ({})",
            goal.text,
            counted(candidate.replications, "run"),
            open(goal)
        ),
        _ => format!("{} fails ({})", goal.text, missed(goal)),
    };
    let goals: Vec<String> = candidate.unmet().map(told).collect();
    (and_more(&goals, GOALS_MOST), candidate.unmet().filter_map(|goal| claim(goal, at)).collect())
}

/// `143 ms (at most 151 ms)`: with the bound on the wrong side.
fn met(goal: &JudgedGoal) -> String {
    let bound = if goal.is_least { ("at least", goal.at_least) } else { ("at most", goal.at_most) };
    let Some(value) = goal.value else { return NOTHING.to_owned() };
    match bound {
        (word, Some(bound)) => format!("{} ({word} {})", bare(value, goal.unit), bare(bound, goal.unit)),
        (_, None) => bare(value, goal.unit),
    }
}

/// `143 ms, at least 131 ms`: with the bound on the right side, which is not enough either.
fn missed(goal: &JudgedGoal) -> String {
    let bound = if goal.is_least { ("at most", goal.at_most) } else { ("at least", goal.at_least) };
    let Some(value) = goal.value else { return NOTHING.to_owned() };
    match bound {
        (word, Some(bound)) => format!("{}, {word} {}", bare(value, goal.unit), bare(bound, goal.unit)),
        (_, None) => bare(value, goal.unit),
    }
}

/// `143 ms, from 131 ms to 155 ms`
fn open(goal: &JudgedGoal) -> String {
    let Some(value) = goal.value else { return NOTHING.to_owned() };
    match goal.at_least.zip(goal.at_most) {
        Some((least, most)) => {
            let [value, least, most] = [value, least, most].map(|figure| bare(figure, goal.unit));
            format!("{value}, from {least} to {most}")
        }
        None => bare(value, goal.unit),
    }
}

const NOTHING: &str = "nothing, since nothing was measured";

fn claim(goal: &JudgedGoal, of: &str) -> Option<Claim> {
    let (name, of, ends) = (goal.text.clone(), of.to_owned(), goal.at_least.zip(goal.at_most));
    Some(Claim::OfStudy(StudyClaim::Figure { name, of, value: goal.value?, ends }))
}

fn sure(summary: &SolveSummary) -> Sentence {
    let rests = summary.answer.as_ref().or(summary.nearest.as_ref());
    let rests = rests.map(|candidate| format!("from {} of it", counted(candidate.replications, "run")));
    let confidence = format!("with {:.0} % confidence for all goals together", summary.confidence * 100.0);
    let tried = format!(
        "{} of {} settings tried, in {} runs of {}",
        count(summary.tried.len() as u64),
        count(summary.candidates as u64),
        count(summary.runs as u64),
        count(summary.runs_of_all as u64)
    );
    how_sure([Some(confidence), rests, Some(tried)].into_iter().flatten())
}
