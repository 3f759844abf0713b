//! What a sweep has found, in words.

use super::answer::{Answer, claim, few, how_sure, known, number};
use super::claims::{Claim, Sentence, StudyClaim};
use super::figure::{count, counted};
use super::fullness::{full, is_or_are};
use super::words::{and, and_more, capital};
use crate::analysis::branches::Hysteresis;
use crate::analysis::breaking::{Breaking, Course, Knee, Standings};
use crate::analysis::sweep::{SweepSummary, SweptFigure, SweptPoint};
use crate::parts::quantity::format_share;

/// Lines of a map that are told one by one.
const LINES_MOST: usize = 6;
/// What is short at broken points, and is named.
const SHORT_MOST: usize = 2;

pub fn tell(summary: &SweepSummary) -> Answer {
    let broken = summary.breaking.as_ref().map(|breaking| whole(summary, breaking));
    let (headline, further) = match (&summary.hysteresis, broken, &summary.standings) {
        (Some(hysteresis), broken, _) if hysteresis.worst.is_some() => {
            (walked(hysteresis), broken.into_iter().collect())
        }
        (Some(_), broken, _) => {
            let alike =
                "On the way down as much is served as at the same load on the way up, within the intervals.";
            match broken {
                Some(broken) => (broken, vec![Sentence::bare(alike)]),
                None => (Sentence::bare(alike), Vec::new()),
            }
        }
        (None, Some(broken), _) => (broken, Vec::new()),
        (None, None, Some(standings)) => (points(summary, standings), lines(summary)),
        (None, None, None) => (unjudged(summary), Vec::new()),
    };
    let knee = summary.knee.as_ref().map(knee);
    Answer {
        is_bad: is_bad(summary),
        headline,
        how_sure: sure(summary),
        further: further.into_iter().chain(knee).collect(),
    }
}

/// Where nothing holds, or an overload outlasts its cause.
fn is_bad(summary: &SweepSummary) -> bool {
    let never = summary.breaking.as_ref().is_some_and(|breaking| breaking.course == Course::NeverHolds);
    let stuck = summary.hysteresis.as_ref().is_some_and(|hysteresis| hysteresis.worst.is_some());
    let none =
        summary.standings.as_ref().is_some_and(|standings| standings.holds == 0 && standings.open == 0);
    never || stuck || none
}

fn whole(summary: &SweepSummary, breaking: &Breaking) -> Sentence {
    let (text, mut claims) = course(breaking);
    let text = match breaking.course {
        Course::Holds => {
            let (range, more) = range(summary);
            claims.extend(more);
            text + &range
        }
        _ => text,
    };
    Sentence::new(format!("{}.", capital(&text)), claims)
}

/// `it breaks between 120/s and 140/s of visitors.arrivals: …`
fn course(breaking: &Breaking) -> (String, Vec<Claim>) {
    let Breaking { path, from, to, .. } = breaking;
    let text = match (breaking.course, &breaking.holds_at, &breaking.breaks_at) {
        (Course::Breaks, Some(holds), Some(breaks)) => return breaks_between(breaking, holds, breaks),
        (Course::NeverHolds, _, Some(nearest)) => return never(breaking, nearest),
        (Course::Holds, ..) if from == to => format!("it holds at {from} of {path}"),
        (Course::Holds, ..) => format!("it holds wherever it was tried from {from} to {to} of {path}"),
        (Course::ComesAndGoes, ..) => {
            format!("it holds in some places of {path} and breaks in others, with no limit between")
        }
        _ => {
            format!("whether it holds anywhere from {from} to {to} of {path} cannot be told from these runs")
        }
    };
    (text, Vec::new())
}

fn breaks_between(breaking: &Breaking, holds: &str, breaks: &str) -> (String, Vec<Claim>) {
    let (full, mut claims) = full(&breaking.fullness, " there", breaks);
    claims.push(Claim::OfStudy(StudyClaim::Breaks {
        holds_at: breaking.holds_at.clone(),
        breaks_at: breaking.breaks_at.clone(),
    }));
    let (served, more) = served(breaking, holds, breaks);
    claims.extend(more);
    let path = &breaking.path;
    let lead = match breaking.breaks_upwards {
        true => format!("it breaks between {holds} and {breaks} of {path}"),
        false => format!("of {path}, {breaks} is too little and {holds} is enough"),
    };
    (format!("{lead}: {full}{served}"), claims)
}

fn never(breaking: &Breaking, nearest: &str) -> (String, Vec<Claim>) {
    let (full, mut claims) = full(&breaking.fullness, " there", nearest);
    let best = breaking.served_where_it_breaks.as_ref();
    let best = best.and_then(|share| Some((known(share, "share")?, claim("served", nearest, share)?)));
    let best = best.map_or(String::new(), |(share, claim)| {
        claims.push(claim);
        format!("; at best, at {nearest}, {share} of what users send is answered well and in time")
    });
    let Breaking { path, from, to, .. } = breaking;
    let lead = match from == to {
        true => format!("it does not hold at {from} of {path}"),
        false => format!("it does not hold anywhere from {from} to {to} of {path}"),
    };
    (format!("{lead}: {full}{best}"), claims)
}

/// `; at 140/s 30.1 ±0.4 % of what users send is answered well and in time, at 120/s 99.98 %`
fn served(breaking: &Breaking, holds: &str, breaks: &str) -> (String, Vec<Claim>) {
    let of = |share: &Option<crate::analysis::summary::Estimate>, at: &str| {
        let share = share.as_ref()?;
        Some((known(share, "share")?, claim("served", at, share)?))
    };
    let pair = of(&breaking.served_where_it_breaks, breaks).zip(of(&breaking.served_where_it_holds, holds));
    let Some(((broken, first), (whole, second))) = pair else { return (String::new(), Vec::new()) };
    let text =
        format!("; at {breaks} {broken} of what users send is answered well and in time, at {holds} {whole}");
    (text, vec![first, second])
}

/// From the least to the most of the figure that is looked at first.
fn range(summary: &SweepSummary) -> (String, Vec<Claim>) {
    let nothing = (String::new(), Vec::new());
    let Some(place) = summary.place(&summary.measure) else { return nothing };
    let value = |point: &&SweptPoint| point.figures[place].estimate.value;
    let with_value = || summary.points.iter().filter(|point| value(point).is_some());
    let by_value =
        |a: &&SweptPoint, b: &&SweptPoint| value(a).unwrap_or(0.0).total_cmp(&value(b).unwrap_or(0.0));
    let Some((least, most)) = with_value().min_by(by_value).zip(with_value().max_by(by_value)) else {
        return nothing;
    };
    let told = |point: &SweptPoint| {
        let SweptFigure { name, unit, estimate } = &point.figures[place];
        let at = at(summary, point);
        Some((known(estimate, unit)?, claim(name, &at, estimate)?, at))
    };
    match told(least).zip(told(most)) {
        Some(((low, first, from), (high, second, to))) if from != to => (
            format!("; {} is least at {from} ({low}) and most at {to} ({high})", summary.measure),
            vec![first, second],
        ),
        Some(((only, claim, at), _)) => (format!("; {} is {only} at {at}", summary.measure), vec![claim]),
        None => nothing,
    }
}

/// `120/s`, or of several settings `gunicorn.workers=4, visitors.arrivals=120/s`
fn at(summary: &SweepSummary, point: &SweptPoint) -> String {
    match &point.values[..] {
        [one] => one.text.clone(),
        values => {
            let named = summary.axes.iter().zip(values);
            named.map(|(axis, value)| format!("{}={}", axis.path, value.text)).collect::<Vec<_>>().join(", ")
        }
    }
}

/// How many points hold, of several settings or of one without numbers.
fn points(summary: &SweepSummary, standings: &Standings) -> Sentence {
    let Standings { holds, broken, open, .. } = *standings;
    let mut claims = vec![number("holds", holds), number("broken", broken), number("open", open)];
    let axes: Vec<String> = summary.axes.iter().map(|axis| axis.path.clone()).collect();
    let all = counted((holds + broken + open) as u64, "setting");
    let told = |number: usize, word: &str| (number > 0).then(|| format!("{word} {}", count(number as u64)));
    let parts =
        [told(holds, "it holds at"), told(broken, "it breaks at"), told(open, "the runs do not tell at")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let short: Vec<String> = standings
        .short_where_broken
        .iter()
        .take(SHORT_MOST)
        .map(|short| {
            claims.push(number(&short.name, short.points));
            format!(
                "{} {} full at {} of these",
                short.name,
                is_or_are(short.kind),
                count(short.points as u64)
            )
        })
        .collect();
    let why = match (broken, short.is_empty()) {
        (0, _) => String::new(),
        (_, true) => "; nothing is full there".to_owned(),
        (_, false) => format!("; {}", and(&short)),
    };
    let (range, more) = range(summary);
    claims.extend(more);
    Sentence::new(format!("Of {all} of {} {}{why}{range}.", and(&axes), and(&parts)), claims)
}

/// Without any figure of what was served.
fn unjudged(summary: &SweepSummary) -> Sentence {
    let (range, claims) = range(summary);
    match range.strip_prefix("; ") {
        Some(range) => Sentence::new(format!("{}.", capital(range)), claims),
        None => Sentence::bare("No request was answered at any point, so that there is nothing to judge."),
    }
}

/// Of two settings, along one at each value of the other; values of which the same is to be said are
/// told together.
fn lines(summary: &SweepSummary) -> Vec<Sentence> {
    let mut told: Vec<(Vec<String>, String, Vec<Claim>)> = Vec::new();
    let Some(path) = summary.lines.first().map(|line| line.path.clone()) else { return Vec::new() };
    for line in &summary.lines {
        let (text, claims) = course(&line.breaking);
        let open = line.breaking.is_open_elsewhere;
        let text = if open { format!("{text}; elsewhere the runs do not tell") } else { text };
        match told.iter_mut().find(|(_, known, _)| *known == text) {
            Some((values, ..)) => values.push(line.at.clone()),
            None => told.push((vec![line.at.clone()], text, claims)),
        }
    }
    let left: Vec<String> = told.iter().skip(LINES_MOST).flat_map(|(values, ..)| values.clone()).collect();
    let left = (!left.is_empty()).then(|| {
        Sentence::bare(format!("What is to be said of {path}={} is in sweep.json.", and_more(&left, 3)))
    });
    let told = told.into_iter().take(LINES_MOST);
    let sentence = |(values, text, claims): (Vec<String>, String, Vec<Claim>)| {
        Sentence::new(format!("With {path}={} {text}.", and(&values)), claims)
    };
    told.map(sentence).chain(left).collect()
}

fn walked(hysteresis: &Hysteresis) -> Sentence {
    let Some(worst) = &hysteresis.worst else { return Sentence::default() };
    let told = |share| known(share, "share").unwrap_or_default();
    let loads = &hysteresis.worse_on_the_way_down;
    let from = match loads.as_slice() {
        [first, .., last] => format!("from {first} to {last}"),
        [one] => format!("at {one}"),
        [] => String::new(),
    };
    let end = match &hysteresis.over_at {
        Some(load) => format!("is over at {load}"),
        None => "lasts even at the least load".to_owned(),
    };
    let claims =
        [claim("up", &worst.at, &worst.up), claim("down", &worst.at, &worst.down)].into_iter().flatten();
    Sentence::new(
        format!(
            "What begins at the top outlasts it: {from} less is served on the way down than at the same load on the \
             way up ({} instead of {} at {}), and it {end}.",
            told(&worst.down),
            told(&worst.up),
            worst.at
        ),
        claims.collect(),
    )
}

fn knee(knee: &Knee) -> Sentence {
    let what = if knee.rises { "takes off" } else { "gains little" };
    let Knee { measure, at, .. } = knee;
    let claim = StudyClaim::Stands { of: format!("knee of {measure}"), stands: at.clone() };
    Sentence::new(
        format!("{measure} {what} beyond {at}: the knee of its curve."),
        vec![Claim::OfStudy(claim)],
    )
}

fn sure(summary: &SweepSummary) -> Sentence {
    let runs = match summary.replications {
        1 => "one run of each point".to_owned(),
        runs => format!("{} runs of each point, which share their chance", count(runs)),
    };
    let judged = summary.standings.as_ref().map(|standings| {
        format!(
            "it holds where all of the interval of what is answered well and in time is above {}, and breaks where all \
             of it is below",
            format_share(standings.served_least)
        )
    });
    let open = summary.breaking.as_ref().is_some_and(|breaking| breaking.is_open_elsewhere);
    let unknown = summary.breaking.as_ref().is_some_and(|breaking| breaking.course == Course::Unknown);
    let open = (open || unknown).then(|| "at some values the runs do not tell: more replications".to_owned());
    let walk = summary.hysteresis.as_ref().map(|_| {
        "longer steps (--hold) tell an overload that keeps itself going (metastable) from a backlog that takes its time"
            .to_owned()
    });
    let few = few(summary.replications);
    how_sure([Some(runs), few.or(open), judged, walk].into_iter().flatten())
}
