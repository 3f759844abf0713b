//! The figures that everybody asks for first: was the goal met, how long was it down, what was lost, what
//! does it cost.

use super::html::escaped;
use super::story::{bad, ended};
use crate::diagnosis::{GoalKind, PhaseKind, Standing, Verdict};
use crate::output::record::Findings;
use crate::output::terminal::figure::{count, length, share, three_digits};
use crate::telling::words::span;

/// A figure, and what it is.
struct Card {
    figure: String,
    about: String,
    /// Bad news, or good, or neither.
    class: &'static str,
}

pub fn cards(findings: &Findings) -> String {
    let cards = [
        goal(findings),
        down(findings),
        lost(findings),
        money(findings),
        good(findings),
        slowest(findings),
        fullest(findings),
    ];
    let mut text = String::from("<dl class=\"cards\">\n");
    for Card { figure, about, class } in cards.into_iter().flatten() {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        text.push_str(&format!("<div><dt>{about}</dt><dd{class}>{figure}</dd></div>\n"));
    }
    text + "</dl>\n"
}

fn card(figure: impl Into<String>, about: impl Into<String>) -> Card {
    Card { figure: figure.into(), about: about.into(), class: "" }
}

fn goal(findings: &Findings) -> Option<Card> {
    let goals = findings.diagnosis.goals.len();
    let foretold = findings.diagnosis.goals.iter().any(|goal| goal.kind == GoalKind::Prediction);
    let missed = findings.diagnosis.goals.iter().filter(|goal| goal.standing == Standing::Missed).count();
    let about = match (goals, missed) {
        _ if foretold => "as expected".to_owned(),
        (0 | 1, _) => "goal met".to_owned(),
        (goals, 0) => format!("all {goals} goals met"),
        (goals, missed) => format!("{missed} of {goals} goals missed"),
    };
    let (figure, class) = match findings.diagnosis.verdict {
        // That it fails as it was foretold is no good news.
        Verdict::Met => ("yes", if foretold { "" } else { "good" }),
        Verdict::Missed => ("no", "bad"),
        Verdict::Undecided => ("cannot tell", ""),
        Verdict::NoGoal | Verdict::Nothing => return None,
    };
    Some(Card { class, ..card(figure, about) })
}

fn down(findings: &Findings) -> Option<Card> {
    let diagnosis = &findings.diagnosis;
    let (down_s, planned_s) = (diagnosis.time_s(PhaseKind::Down), diagnosis.time_s(PhaseKind::Maintenance));
    let about = match planned_s {
        planned_s if planned_s > 0.0 => format!("without service, {} of it planned", span(planned_s)),
        _ => "without service".to_owned(),
    };
    let class = if down_s > 0.0 { "bad" } else { "" };
    Some(Card { class, ..card(span(down_s + planned_s), about) })
}

fn lost(findings: &Findings) -> Option<Card> {
    let total = &findings.summary.total;
    total.goodput_per_s?;
    let bad = bad(total);
    let class = if bad > 0 && findings.told.is_bad { "bad" } else { "" };
    let about = format!("of {} requests were not good", count(ended(total)));
    Some(Card { class, ..card(count(bad), about) })
}

fn good(findings: &Findings) -> Option<Card> {
    let total = &findings.summary.total;
    let of_requests = total.goodput_per_s.is_some();
    let about = if of_requests { "of requests were good" } else { "of the time all was up" };
    Some(card(share(total.good_share.value?), about))
}

fn slowest(findings: &Findings) -> Option<Card> {
    let total = &findings.summary.total;
    let (half, most) = (total.p50_ms.value?, total.p99_ms.value?);
    Some(card(length(most), format!("99 % came within, half within {}", length(half))))
}

fn fullest(findings: &Findings) -> Option<Card> {
    let fullest =
        findings.summary.resources.iter().filter_map(|one| Some((one.fullest.as_ref()?.utilisation, one)));
    let (utilisation, resource) = fullest.max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(card(share(utilisation), format!("at the fullest: <code>{}</code>", escaped(&resource.name))))
}

fn money(findings: &Findings) -> Option<Card> {
    let costs = findings.summary.costs.as_ref()?;
    let currency =
        costs.currency.as_deref().map_or(String::new(), |currency| format!(" {}", escaped(currency)));
    Some(card(format!("{}{currency}", three_digits(costs.per_month?)), "a month"))
}
