//! What single points of failure cost, in words.

use super::answer::{Answer, how_sure, number};
use super::claims::{Claim, Sentence, StudyClaim};
use super::figure::{counted, length, share, three_digits};
use super::words::{and, and_more, capital};
use crate::analysis::confirmation::Confirmed;
use crate::structure::{Conclusion, Costliest, Ledger};

/// Names in a list.
const NAMED_MOST: usize = 4;

/// `confirmed` is what runs have measured of it, if somebody has asked for them.
pub fn tell(ledger: &Ledger, conclusion: &Conclusion, confirmed: &[Confirmed]) -> Answer {
    let headline = match ledger.has_figures {
        true => with_figures(ledger, conclusion),
        false => without_figures(ledger, conclusion),
    };
    let is_bad = conclusion.single_points > 0;
    Answer { headline, is_bad, how_sure: sure(ledger, conclusion, confirmed), further: Vec::new() }
}

fn minutes(minutes: f64) -> String {
    length(minutes * 60_000.0)
}

fn figure(name: &str, of: &str, value: f64) -> Claim {
    Claim::OfStudy(StudyClaim::Figure { name: name.to_owned(), of: of.to_owned(), value, ends: None })
}

/// `At best the site is down 31.5 h a year (availability 99.64 %): 5 single points of failure make up
/// 30.1 h of it, and `server` costs most, 12.3 h, of which a second one would save 11.9 h`
fn with_figures(ledger: &Ledger, conclusion: &Conclusion) -> Sentence {
    let any = &ledger.any;
    let site = if ledger.classes.len() > 1 { "some of the site is down" } else { "the site is down" };
    let down = minutes(any.down_minutes_per_year);
    let lead = format!("{site} {down} a year (availability {})", share(any.availability));
    let lead = if is_at_best(conclusion) { format!("at best {lead}") } else { lead };
    let mut claims = vec![
        figure("down_minutes_per_year", &any.class, any.down_minutes_per_year),
        figure("availability", &any.class, any.availability),
        number("single_points", conclusion.single_points),
    ];
    let points = points(conclusion);
    let together = match conclusion.single_points_down_minutes_per_year {
        Some(down) => {
            claims.push(figure("single_points_down_minutes_per_year", "all", down));
            let make = if conclusion.single_points == 1 { "makes" } else { "make" };
            format!("{points} {make} up {} of it", minutes(down))
        }
        None if conclusion.single_points == 0 => "there is no single point of failure".to_owned(),
        None => format!("nobody has said how often its {points} break"),
    };
    let costliest = conclusion.costliest.as_ref().map(|costliest| {
        claims.push(figure("costs_minutes_per_year", &costliest.name, costliest.costs_minutes_per_year));
        if let Some(saves) = costliest.second_saves_minutes_per_year {
            claims.push(figure("second_saves_minutes_per_year", &costliest.name, saves));
        }
        format!(", and {}", most(ledger, costliest))
    });
    Sentence::new(format!("{}: {together}{}.", capital(&lead), costliest.unwrap_or_default()), claims)
}

fn points(conclusion: &Conclusion) -> String {
    counted(conclusion.single_points as u64, "single point") + " of failure"
}

/// `` `server` costs most, 12.3 h, of which a second one would save 11.9 h (640 EUR, at 4,380 EUR) ``
fn most(ledger: &Ledger, costliest: &Costliest) -> String {
    let Costliest { name, costs_minutes_per_year, .. } = costliest;
    let mut text = format!("`{name}` costs most, {}", minutes(*costs_minutes_per_year));
    let Some(saves) = costliest.second_saves_minutes_per_year else { return text };
    text.push_str(&format!(", of which a second one would save {}", minutes(saves)));
    let currency = ledger.currency.as_deref().map_or(String::new(), |currency| format!(" {currency}"));
    let told = |money: f64| format!("{}{currency}", three_digits(money));
    let money = costliest.money_per_year.as_ref();
    let worth = money.and_then(|money| money.second_saves).map(|saves| format!("worth {}", told(saves)));
    let price = money.and_then(|money| money.second_costs).map(|costs| format!("for {}", told(costs)));
    let parts: Vec<String> = [worth, price].into_iter().flatten().collect();
    if !parts.is_empty() {
        text.push_str(&format!(" ({} a year)", parts.join(", ")));
    }
    text
}

/// Nobody has said how often anything breaks.
fn without_figures(ledger: &Ledger, conclusion: &Conclusion) -> Sentence {
    let names: Vec<String> =
        ledger.single_points.iter().map(|point| format!("`{}`", point.component)).collect();
    let points = match names.is_empty() {
        true => "there is no single point of failure".to_owned(),
        false => {
            let are = if names.len() == 1 { "is" } else { "are" };
            format!("{} ({}) {are} there to fail", points(conclusion), and_more(&names, NAMED_MOST))
        }
    };
    Sentence::new(
        format!("At best nothing is ever down, since no node has `mtbf` and `mttr` yet; {points}."),
        vec![number("single_points", conclusion.single_points)],
    )
}

fn is_at_best(conclusion: &Conclusion) -> bool {
    !conclusion.without_mtbf.is_empty()
}

fn sure(ledger: &Ledger, conclusion: &Conclusion, confirmed: &[Confirmed]) -> Sentence {
    let how = match ledger.has_figures {
        true => "reckoned exactly from `mtbf` and `mttr`, in the long run, without a run",
        false => "what has no second is exact; how often it breaks nobody has said",
    };
    let missing: Vec<String> = conclusion.without_mtbf.iter().map(|name| format!("`{name}`")).collect();
    let missing = (is_at_best(conclusion) && ledger.has_figures).then(|| {
        let counts = if missing.len() == 1 { "counts" } else { "count" };
        format!("without `mtbf`, {} {counts} as if never failing", and_more(&missing, NAMED_MOST))
    });
    how_sure([Some(how.to_owned()), missing, measured(confirmed)].into_iter().flatten())
}

/// Whether what was measured agrees.
fn measured(confirmed: &[Confirmed]) -> Option<String> {
    let of = |agrees: Option<bool>| -> Vec<String> {
        let found = confirmed.iter().filter(|class| class.agrees == agrees);
        found.map(|class| format!("`{}`", class.class)).collect()
    };
    let (agree, differ, open) = (of(Some(true)), of(Some(false)), of(None));
    let verb = |names: &[String], one: &str, many: &str| {
        if names.len() == 1 { one.to_owned() } else { many.to_owned() }
    };
    let parts = [
        (!differ.is_empty()).then(|| format!("{} {} not agree", and(&differ), verb(&differ, "does", "do"))),
        (!agree.is_empty())
            .then(|| format!("{} {}", and_more(&agree, NAMED_MOST), verb(&agree, "agrees", "agree"))),
        (!open.is_empty()).then(|| format!("{} could not be measured", and_more(&open, NAMED_MOST))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("measured in simulated failures, {}", and(&parts)))
}
