//! What helps and what does not, in a sentence each: what it does to users, what it costs, and what is
//! full then.

use super::changes::{doing, doing_all};
use super::claims::{Claim, Sentence};
use super::figure::{count, counted, difference, in_unit, share, three_digits};
use super::fullness::{is_or_are, was_or_were};
use super::words::{and, and_more, capital, span};
use crate::advice::{Advice, Compared, Effect, Figure, Point, ThenFull, Tried, Verdict};
use crate::analysis::summary::Estimate;
use crate::diagnosis::Standing;
use serde::{Deserialize, Serialize};

/// Names in one sentence.
const NAMED_MOST: usize = 6;

/// All that is said of what was tried.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// The answer.
    pub headline: Sentence,
    /// Whether it is bad news.
    pub is_bad: bool,
    /// What there is to mend.
    pub as_it_stands: Sentence,
    /// Of each change and of each couple of them: what helps, the best first, then what nobody can tell
    /// yet, then what does not help.
    pub tried: Vec<TriedTold>,
    pub single_points: Vec<PointTold>,
    pub how_sure: Sentence,
}

/// What is said of a change, with what makes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TriedTold {
    pub verdict: Verdict,
    pub settings: Vec<String>,
    pub text: Sentence,
}

/// What is said of a single point of failure, with what makes a second of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PointTold {
    pub settings: Vec<String>,
    pub text: Sentence,
}

/// The data and the words: what `advice.json` is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answer {
    #[serde(flatten)]
    pub advice: Advice,
    pub told: Told,
}

impl Answer {
    pub fn of(advice: Advice) -> Answer {
        Answer { told: tell(&advice), advice }
    }
}

pub fn tell(advice: &Advice) -> Told {
    Told {
        headline: headline(advice),
        is_bad: advice.as_it_stands.is_troubled && advice.best.is_none(),
        as_it_stands: as_it_stands(advice),
        tried: stories(advice),
        single_points: single_points(&advice.single_points, advice.currency.as_deref()),
        how_sure: how_sure(advice),
    }
}

/// Two changes of which one alone does as much are no news.
fn stories(advice: &Advice) -> Vec<TriedTold> {
    let told = |tried: &Tried| TriedTold {
        verdict: tried.verdict,
        settings: tried.settings().cloned().collect(),
        text: story(advice, tried),
    };
    let couples = advice
        .together
        .iter()
        .filter(|two| two.verdict == Verdict::Helps && two.is_more_than_its_parts(&advice.tried));
    let mut all: Vec<TriedTold> = advice.tried.iter().chain(couples).map(told).collect();
    all.sort_by_key(|told| match told.verdict {
        Verdict::Helps => 0,
        Verdict::CannotTell => 1,
        Verdict::NoDifference | Verdict::Hurts => 2,
    });
    all
}

fn headline(advice: &Advice) -> Sentence {
    let stands = &advice.as_it_stands;
    let (changes, couples) = (advice.tried.len(), advice.together.len());
    let helping = |tried: &&Tried| tried.verdict == Verdict::Helps;
    let helping = advice.tried.iter().chain(&advice.together).filter(helping).count();
    let claim = Claim::Tried { changes, couples, helping };
    let so_far = if advice.is_cut_short { "So far, " } else { "" };
    let good = stands.good_share.map_or("nothing is known of".to_owned(), share);
    let (text, claims) = match advice.best() {
        None if advice.runs == 0 => ("Nothing is known, since not one run was done.".to_owned(), Vec::new()),
        Some(best) => {
            let (does, claims) = does(best);
            let text = format!(
                "{so_far}{} {} tried, {} helps most: {does}, {}{}.",
                if advice.is_cut_short { "of" } else { "Of" },
                how_many(changes, couples),
                doing_all(&best.changes),
                price(best, advice.currency.as_deref()),
                goals(advice, best)
            );
            (text, [vec![claim], claims].concat())
        }
        None if !stands.is_troubled => {
            let goals = if stands.goals.is_empty() { "" } else { ", and the goals were met" };
            let runs = counted(stands.runs, "run");
            let text = format!(
                "Nothing was wrong in {runs}: {good} of the requests were good{goals}, so that there was nothing to mend."
            );
            (text, Vec::new())
        }
        None if changes == 0 => {
            let text = format!(
                "{} of the requests are good as it stands, and no change is known that might help.",
                capital(&good)
            );
            (text, vec![claim])
        }
        None => {
            let open = advice.tried.iter().filter(|tried| tried.verdict == Verdict::CannotTell).count();
            let open = match open {
                0 => String::new(),
                open => format!("; of {open} it cannot be told yet"),
            };
            let none = match (advice.is_cut_short, changes, couples) {
                (true, ..) => format!("So far, none of {} tried helps", how_many(changes, couples)),
                (false, 1, 0) => "The one change that was tried does not help".to_owned(),
                (false, ..) => format!("None of {} tried helps", how_many(changes, couples)),
            };
            (format!("{none}: {good} of the requests are good as it stands{open}."), vec![claim])
        }
    };
    let next = advice.best().map_or(stands.then_full.as_ref(), |best| best.then_full.as_ref());
    Sentence::new(text, claims).and(Sentence::bare(next.map_or(String::new(), then_full)))
}

fn as_it_stands(advice: &Advice) -> Sentence {
    let stands = &advice.as_it_stands;
    let Some(good) = stands.good_share.filter(|_| stands.is_troubled) else { return Sentence::default() };
    let mut text = format!("As it stands {} of the requests are good", share(good));
    if let Some(p99_ms) = stands.p99_ms {
        text.push_str(&format!(", with a p99 of {}", in_unit(p99_ms, None, "ms")));
    }
    if let Some(down_s) = stands.down_s.filter(|down_s| *down_s > 0.0) {
        text.push_str(&format!(", and it is down for {}", span(down_s)));
    }
    let were = match stands.full.as_slice() {
        [] => String::new(),
        [one] => format!("; {} {} full", one.name, was_or_were(one.kind)),
        full => {
            let names: Vec<String> = full.iter().map(|one| one.name.clone()).collect();
            format!("; {} were full", and_more(&names, NAMED_MOST))
        }
    };
    Sentence::bare(format!("{text}{were}."))
}

/// `14 changes and 5 pairs of them`
fn how_many(changes: usize, couples: usize) -> String {
    let pairs = match couples {
        0 => String::new(),
        1 => " and 1 pair of them".to_owned(),
        couples => format!(" and {couples} pairs of them"),
    };
    format!("{}{pairs}", counted(changes as u64, "change"))
}

fn story(advice: &Advice, tried: &Tried) -> Sentence {
    let what = capital(&doing_all(&tried.changes));
    let pairs = counted(tried.pairs, "pair");
    let next = tried.then_full.as_ref().map_or(String::new(), then_full);
    let (text, claims) = match tried.verdict {
        Verdict::Helps => {
            let (does, claims) = does(tried);
            let price = price(tried, advice.currency.as_deref());
            (format!("{what}: {does}, {price}{}. {next}", goals(advice, tried)), claims)
        }
        Verdict::Hurts => {
            let (does, claims) = does(tried);
            (format!("{what} hurts: {does}."), claims)
        }
        Verdict::NoDifference => {
            let (good, claims) = apart(tried);
            let text = match good.as_str() {
                "" => format!("{what} makes no difference at all."),
                good => format!("{what} makes no difference worth having{good}."),
            };
            (text, claims)
        }
        Verdict::CannotTell => {
            let (good, claims) = apart(tried);
            (format!("{what}: cannot be told from {pairs} of runs{good}."), claims)
        }
    };
    Sentence::new(text.trim_end().to_owned(), claims)
}

/// What users feel of it: all figures that are surely better or worse, `99.97 % good instead of 30.2 %`.
fn does(tried: &Tried) -> (String, Vec<Claim>) {
    let felt = [Figure::Good, Figure::Down, Figure::Lost, Figure::P99];
    let of = |effect: Effect| {
        let told = felt.into_iter().filter_map(|figure| tried.figure(figure));
        let told: Vec<&Compared> = told.filter(|one| one.effect == effect).collect();
        told
    };
    let (better, worse) = (of(Effect::Better), of(Effect::Worse));
    let claims = better.iter().chain(&worse).map(|one| claim(tried, one)).collect();
    let words = |all: &[&Compared]| and(&all.iter().map(|one| instead(one)).collect::<Vec<_>>());
    let text = match (better.is_empty(), worse.is_empty()) {
        (false, false) => format!("{}, but {}", words(&better), words(&worse)),
        (true, _) => words(&worse),
        (_, true) => words(&better),
    };
    (text, claims)
}

fn instead(one: &Compared) -> String {
    let was = one.as_it_stands.unwrap_or_default();
    let now = one.with_it.value.unwrap_or_default();
    let by = difference(one.difference.value.unwrap_or_default(), one.difference.half_width, &one.unit);
    match one.figure {
        Figure::Good => format!(
            "{} of the requests are good instead of {} ({by})",
            estimate(&one.with_it, "share"),
            share(was)
        ),
        Figure::Down => format!("down for {} instead of {}", span(now), span(was)),
        Figure::Lost => {
            format!("{} lost in silence instead of {}", count(now.round() as u64), count(was.round() as u64))
        }
        Figure::P99 => {
            format!("p99 {} instead of {}", estimate(&one.with_it, "ms"), in_unit(was, None, "ms"))
        }
        Figure::Goodput | Figure::Cost => {
            format!("{} instead of {}", in_unit(now, None, &one.unit), in_unit(was, None, &one.unit))
        }
    }
}

fn estimate(estimate: &Estimate, unit: &str) -> String {
    let value = estimate.value.unwrap_or_default();
    in_unit(value, estimate.ends(), unit)
}

fn claim(tried: &Tried, one: &Compared) -> Claim {
    Claim::Changed {
        settings: tried.settings().cloned().collect(),
        figure: one.figure,
        as_it_stands: one.as_it_stands,
        with_it: one.with_it.value,
    }
}

/// How far the share of good requests is from what it was, where that is all there is to tell.
fn apart(tried: &Tried) -> (String, Vec<Claim>) {
    let Some(good) = tried.figure(Figure::Good) else { return (String::new(), Vec::new()) };
    let Some(by) = good.difference.value else { return (String::new(), Vec::new()) };
    if by == 0.0 && good.difference.half_width.is_none_or(|half_width| half_width == 0.0) {
        return (String::new(), vec![claim(tried, good)]);
    }
    let by = difference(by, good.difference.half_width, &good.unit);
    (format!(" ({by} of good requests)"), vec![claim(tried, good)])
}

/// `for 20 EUR more a month`
fn price(tried: &Tried, currency: Option<&str>) -> String {
    let currency = currency.map_or(String::new(), |currency| format!(" {currency}"));
    match tried.price_per_month {
        None => "for nothing that has a price".to_owned(),
        Some(0.0) => "for no more money".to_owned(),
        Some(price) if price > 0.0 => format!("for {}{currency} more a month", three_digits(price)),
        Some(price) => format!("for {}{currency} less a month", three_digits(-price)),
    }
}

fn goals(advice: &Advice, tried: &Tried) -> String {
    let missed =
        |goals: &[crate::advice::GoalMet]| goals.iter().filter(|goal| goal.standing != Standing::Met).count();
    let (before, after, all) = (missed(&advice.as_it_stands.goals), missed(&tried.goals), tried.goals.len());
    match (before, after, all) {
        (0, 0, _) => String::new(),
        (_, 0, 1) => "; with it the goal is met".to_owned(),
        (_, 0, 2) => "; with it both goals are met".to_owned(),
        (_, 0, all) => format!("; with it all {all} goals are met"),
        (_, _, 1) => "; the goal is not surely met with it".to_owned(),
        (_, 1, all) => format!("; 1 of {all} goals is not surely met with it"),
        (_, after, all) => format!("; {after} of {all} goals are not surely met with it"),
    }
}

fn then_full(then: &ThenFull) -> String {
    let is = is_or_are(then.kind);
    match (then.was_full, then.times, then.full_at_per_s) {
        (true, ..) => format!("{} {is} full then.", capital(&then.name)),
        (false, Some(times), Some(at)) => format!(
            "Next {} would be full, at about {} times this load ({}/s).",
            then.name,
            three_digits(times),
            three_digits(at)
        ),
        _ => String::new(),
    }
}

fn single_points(points: &[Point], currency: Option<&str>) -> Vec<PointTold> {
    let mut told: Vec<PointTold> = Vec::new();
    let (known, unknown): (Vec<&Point>, Vec<&Point>) =
        points.iter().partition(|point| point.down_minutes_per_year.is_some());
    for point in known {
        let claim = Claim::SinglePoint {
            component: point.component.clone(),
            minutes: point.down_minutes_per_year,
            with_second: point.with_second_minutes_per_year,
        };
        let name = format!("`{}` is a single point of failure", point.component);
        let now = point.down_minutes_per_year.map_or(String::new(), |minutes| span(minutes * 60.0));
        let text = match (&point.second, point.with_second_minutes_per_year) {
            (Some(second), Some(left)) => format!(
                "{name}: with {}, {} a year without service would be {}{} (exact, in the long run).",
                doing(second),
                now,
                span(left * 60.0),
                yearly(point.price_per_month, currency),
            ),
            _ => format!(
                "{name}; nothing that was reckoned with makes less of the {now} a year without service."
            ),
        };
        let settings = point.second.as_ref().map_or_else(Vec::new, |second| second.settings.clone());
        told.push(PointTold { settings, text: Sentence::new(text, vec![claim]) });
    }
    if !unknown.is_empty() {
        let names: Vec<String> = unknown.iter().map(|point| format!("`{}`", point.component)).collect();
        let have = if names.len() == 1 { "has no second" } else { "have no second" };
        let text = format!(
            "{} {have}; how often things break is not given (`mtbf`, `mttr`), so that nobody can reckon what that costs.",
            and_more(&names, NAMED_MOST)
        );
        told.push(PointTold { settings: Vec::new(), text: Sentence::bare(text) });
    }
    told
}

fn yearly(per_month: Option<f64>, currency: Option<&str>) -> String {
    let currency = currency.map_or(String::new(), |currency| format!(" {currency}"));
    per_month.map_or(String::new(), |price| format!(", for {}{currency} more a month", three_digits(price)))
}

fn how_sure(advice: &Advice) -> Sentence {
    let pairs = || advice.tried.iter().chain(&advice.together).map(|tried| tried.pairs);
    let cut = if advice.is_cut_short { "; it ended before all was tried" } else { "" };
    let text = match (pairs().min(), pairs().max()) {
        (Some(least), Some(most)) => {
            let many = if least == most { counted(most, "pair") } else { format!("{least} to {most} pairs") };
            format!(
                "How sure: {many} of runs for each, with the same chance as the file as it stands, {} in all{cut}; an \
                 interval holds the truth in {} of 100 cases, and what is said to help or to hurt does so at a level \
                 that holds for all that were tried at once.",
                counted(advice.runs, "run"),
                advice.level * 100.0
            )
        }
        _ => format!("How sure: seen in {}{cut}.", counted(advice.runs, "run")),
    };
    Sentence::bare(text)
}
