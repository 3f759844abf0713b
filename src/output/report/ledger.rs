//! The report of `spof analyze`: single points of failure, and what each part costs in a year.

use super::html::{Table, list, sentence};
use super::page::{Reader, Section};
use super::study::{Repeat, StudyPage, sentence_of, told};
use crate::analysis::confirmation::{Confirmation, Confirmed};
use crate::structure::{CutSet, Ledger, MINUTES_PER_YEAR, Part, SinglePoint, Standing};
use crate::telling::Answer;
use crate::telling::figure::{count, counted, length, length_with_ends, share, three_digits};

/// Lines of a table; `--json` has all of them.
const LINES_MOST: usize = 100;
const NONE: &str = "–";

/// `measured`: what runs have shown of what was reckoned.
pub fn render(answer: &Answer, ledger: &Ledger, measured: Option<&Confirmation>, repeat: &Repeat) -> String {
    let how = match ledger.has_figures {
        true => "In the long run, reckoned from mtbf and mttr without a run; a year has 365 days.",
        false => "No node has mtbf and mttr yet, so there is structure only, and no figures.",
    };
    let section = |id, heading, body| Section::new(Reader::Engineer, id, heading, body);
    let mut trust: Vec<String> =
        ledger.notes.iter().map(|note| format!("Not in these figures: {note}")).collect();
    trust.extend(measured.iter().flat_map(|measured| &measured.classes).map(|class| {
        let why = class.measured.why_no_interval.as_ref().map_or(String::new(), |why| format!(" ({why})"));
        sentence_of(&format!("`{}` was measured so: {}{why}", class.class, class.how))
    }));
    let page = StudyPage {
        name: ledger.scenario.clone(),
        about: how.to_owned(),
        answer: told(answer) + &standings(ledger) + &points("What has no second", &ledger.single_points),
        sections: vec![
            section("parts", "Part by part", parts(ledger) + &money(ledger)),
            section("sets", "What fails together", cut_sets(ledger)),
            section("covered", "What something stands by for", points("", &ledger.covered_points)),
            section("measured", "Measured", measured.map_or(String::new(), confirmation)),
        ],
        trust,
        repeat,
        series: None,
    };
    page.text()
}

/// Of a year.
fn minutes(minutes: f64) -> String {
    // Less than that is nothing that anybody could tell from nothing.
    const NANOSECOND: f64 = 1.0 / 60e9;
    match minutes {
        minutes if minutes != 0.0 && minutes.abs() < NANOSECOND => "< 1 ns".to_owned(),
        minutes => length(minutes * 60_000.0),
    }
}

fn standings(ledger: &Ledger) -> String {
    if !ledger.has_figures {
        return String::new();
    }
    let mut table = Table::new("How it stands in the long run")
        .words("requests", "")
        .figures("availability", "")
        .figures("down a year", "")
        .figures("outages a year", "")
        .figures("a mean one", "how long an outage lasts on average");
    let line = |standing: &Standing, name: &str| {
        let (at_most, at_least) = if standing.at_best { ("≤ ", "≥ ") } else { ("", "") };
        [
            name.to_owned(),
            format!("{at_most}{}", share(standing.availability)),
            format!("{at_least}{}", minutes(standing.down_minutes_per_year)),
            format!("{at_least}{}", digits(standing.outages_per_year)),
            standing.outage_minutes_mean.map_or(NONE.to_owned(), minutes),
        ]
    };
    for standing in ledger.classes.iter().take(LINES_MOST) {
        table.line(&line(standing, &standing.class));
    }
    if ledger.classes.len() > 1 {
        table.line(&line(&ledger.any, "all of them"));
    }
    let unknown = match ledger.any.at_best {
        true => format!(
            "<p>≤ and ≥: at best, since nobody says how often these fail (mtbf): {}.</p>\n",
            sentence(&ledger.any.unknown.join(", "))
        ),
        false => String::new(),
    };
    table.text() + &more(ledger.classes.len()) + &unknown
}

fn more(number: usize) -> String {
    match number.saturating_sub(LINES_MOST) {
        0 => String::new(),
        left => format!("<p>{} more; <code>--json</code> has all.</p>\n", count(left as u64)),
    }
}

fn points(heading: &str, points: &[SinglePoint]) -> String {
    if points.is_empty() {
        return String::new();
    }
    let heading = if heading.is_empty() { String::new() } else { format!("<h3>{heading}</h3>\n") };
    let told: Vec<String> = points.iter().take(LINES_MOST).map(|point| point.sentence.clone()).collect();
    heading + &list(&told) + &more(points.len())
}

fn parts(ledger: &Ledger) -> String {
    let is_known = |part: &&Part| part.any.costs_minutes_per_year.is_some();
    let known: Vec<&Part> = ledger.parts.iter().filter(is_known).collect();
    let mut table = Table::new("What each part costs, the most first")
        .words("part", "")
        .words("kind", "")
        .figures("down itself", "in a year, one of it")
        .figures("costs a year", "the downtime that there would not be if it never failed")
        .figures("of all", "the share of the downtime that this is")
        .figures("a second saves", "the downtime that there would not be with a second of it")
        .figures("Birnbaum", "how much more probable an outage is while it is down than while it is up")
        .figures("Fussell-Vesely", "its share of the probability of all that fails together");
    for part in known.iter().take(LINES_MOST) {
        let name = match part.replicas {
            1 => part.name.clone(),
            several => format!("{} × {several}", part.name),
        };
        let or_none = |told: Option<String>| told.unwrap_or(NONE.to_owned());
        table.line(&[
            name,
            part.kind.replace('_', " "),
            or_none(part.unavailability.map(|share| minutes(share * MINUTES_PER_YEAR))),
            or_none(part.any.costs_minutes_per_year.map(minutes)),
            or_none(part.any.criticality.map(|share| format!("{:.1} %", share * 100.0))),
            or_none(part.any.second_saves_minutes_per_year.map(minutes)),
            or_none(part.any.birnbaum.map(digits)),
            or_none(part.any.fussell_vesely.map(digits)),
        ]);
    }
    if table.is_empty() { String::new() } else { table.text() + &more(known.len()) }
}

/// What the parts cost, and what a second one would save and cost, in money.
fn money(ledger: &Ledger) -> String {
    let currency = ledger.currency.as_deref().map_or(String::new(), |currency| format!(" {currency}"));
    let told =
        |money: Option<f64>| money.map_or(NONE.to_owned(), |money| format!("{}{currency}", digits(money)));
    let mut table = Table::new("In money and a year")
        .words("part", "")
        .figures("failures cost", "")
        .figures("a second saves", "")
        .figures("and costs", "");
    for part in ledger.parts.iter().take(LINES_MOST) {
        let Some(money) = &part.money_per_year else { continue };
        let (saves, costs) = (told(money.second_saves), told(money.second_costs));
        table.line(&[part.name.clone(), told(Some(money.failures_cost)), saves, costs]);
    }
    if table.is_empty() { String::new() } else { table.text() }
}

/// What is very small is told by its size.
fn digits(value: f64) -> String {
    if value > 0.0 && value < 0.001 { format!("{value:.1e}") } else { three_digits(value) }
}

fn cut_sets(ledger: &Ledger) -> String {
    let sets = &ledger.any.cut_sets;
    let several: Vec<&CutSet> = sets.listed.iter().filter(|set| set.components.len() > 1).collect();
    let of = |(place, number): (usize, &u64)| format!("{} of {}", count(*number), things(place + 1));
    let there: Vec<String> =
        sets.count_by_order.iter().enumerate().filter(|(_, number)| **number > 0).map(of).collect();
    let there = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
    let intro = format!(
        "<p>What brings requests down when it fails together, and nothing less of it does: {there}. More than {} \
         at once are not looked for.</p>\n",
        things(ledger.order_most)
    );
    if several.is_empty() {
        return intro;
    }
    let mut table = Table::new("Several things at once").words("what", "").figures("down a year", "");
    for set in several.iter().take(LINES_MOST) {
        let cost = set.minutes_per_year.map_or(NONE.to_owned(), minutes);
        table.line(&[set.components.join(" + "), cost]);
    }
    intro + &table.text() + &more(several.len())
}

fn things(number: usize) -> String {
    match number {
        1 => "one thing".to_owned(),
        several => counted(several as u64, "thing"),
    }
}

/// What was measured, beside what was reckoned.
fn confirmation(measured: &Confirmation) -> String {
    let in_a_year = |share: f64| share * MINUTES_PER_YEAR * 60_000.0;
    let mut table = Table::new("Reckoned and measured")
        .words("requests", "")
        .figures("down a year", "as reckoned")
        .figures("measured", "with a 95 % interval")
        .figures("off by", "")
        .words("verdict", "");
    for Confirmed { class, exact, measured, difference, agrees, .. } in &measured.classes {
        let ends = measured.ends().map(|(low, high)| (in_a_year(low), in_a_year(high)));
        let value = measured.value.map(|value| length_with_ends(in_a_year(value), ends));
        let off = difference.map(|difference| {
            let sign = if difference < 0.0 { "−" } else { "+" };
            format!("{sign}{}", minutes(difference.abs() * MINUTES_PER_YEAR))
        });
        let verdict = match agrees {
            Some(true) => "✔ agrees",
            Some(false) => "✘ **differs**",
            None => "? not measured",
        };
        table.line(&[
            class.clone(),
            minutes(exact * MINUTES_PER_YEAR),
            value.unwrap_or(NONE.to_owned()),
            off.unwrap_or(NONE.to_owned()),
            verdict.to_owned(),
        ]);
    }
    table.text()
}
