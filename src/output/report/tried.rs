//! What would help: the answer, what was tried line by line, and a sentence for each.

use super::first::verdict;
use super::html::{self, Table, escaped, list, sentence};
use crate::advice::Verdict;
use crate::output::scenario_json::options;
use crate::telling::advice::{Answer, TriedTold};
use crate::telling::tried::{Line, lines};

const NONE: &str = "–";

pub fn body(answer: &Answer) -> String {
    lead(answer) + &details(answer)
}

/// The answer.
pub fn lead(answer: &Answer) -> String {
    let told = &answer.told;
    let mut text = verdict(&told.headline, if told.is_bad { "bad" } else { "good" });
    for (class, told) in [("", &told.as_it_stands), (" class=\"sure\"", &told.how_sure)] {
        if !told.is_empty() {
            text.push_str(&format!("<p{class}>{}</p>\n", sentence(&told.text)));
        }
    }
    text
}

/// What it rests on.
pub fn details(answer: &Answer) -> String {
    let Answer { advice, told } = answer;
    let mut text = String::new();
    if !advice.tried.is_empty() {
        text.push_str(&table(&lines(advice), advice.currency.as_deref()));
    }
    let is_hopeless = |one: &&TriedTold| matches!(one.verdict, Verdict::NoDifference | Verdict::Hurts);
    let (hopeless, hopeful): (Vec<&TriedTold>, Vec<&TriedTold>) = told.tried.iter().partition(is_hopeless);
    let is_open = |one: &&TriedTold| one.verdict == Verdict::CannotTell;
    let (open, helpful): (Vec<&TriedTold>, Vec<&TriedTold>) = hopeful.into_iter().partition(is_open);
    text.push_str(&changes("What helps", &helpful));
    text.push_str(&changes("What cannot be told yet", &open));
    if !hopeless.is_empty() {
        let sentences: Vec<String> = hopeless.iter().map(|one| one.text.text.clone()).collect();
        let heading = format!("What does not help ({})", hopeless.len());
        text.push_str(&html::details(&heading, &list(&sentences)));
    }
    let points = told.single_points.iter().map(|point| item(&point.text.text, &point.settings));
    text.push_str(&items("What has no second", points));
    text
}

fn changes(heading: &str, told: &[&TriedTold]) -> String {
    items(heading, told.iter().map(|one| item(&one.text.text, &one.settings)))
}

fn items(heading: &str, items: impl Iterator<Item = String>) -> String {
    let items: String = items.collect();
    match items.is_empty() {
        true => String::new(),
        false => format!("<h3>{heading}</h3>\n<ul>\n{items}</ul>\n"),
    }
}

/// A sentence, and what makes the change behind any command.
fn item(text: &str, settings: &[String]) -> String {
    let options = match settings {
        [] => String::new(),
        settings => format!("<br><code>{}</code>", escaped(&options(settings))),
    };
    format!("<li>{}{options}</li>\n", sentence(text))
}

fn table(lines: &[Line], currency: Option<&str>) -> String {
    let money = currency.map_or(String::new(), |currency| format!("; money in {currency}"));
    let caption = format!("What was tried, each with the same chance as the file as it stands{money}");
    let mut table = Table::new(caption)
        .words("change", "")
        .figures("good", "share of the requests that were good")
        .figures("by", "by how many points that differs, with a 95 % interval")
        .figures("p99", "99 % of the good answers came within this time")
        .figures("down", "time without service");
    let has_price = lines.iter().any(|line| line.price.is_some());
    if has_price {
        table = table.figures("a month", "what it costs more");
    }
    table = table.words("verdict", "and the number of pairs of runs that it rests on");
    for line in lines {
        let or_none = |text: &Option<String>| text.clone().unwrap_or(NONE.to_owned());
        let (what, verdict) = match &line.verdict {
            None => ("as it stands".to_owned(), String::new()),
            Some((_, words)) => (line.changes.join(" + "), words.clone()),
        };
        let mut cells = vec![
            what,
            or_none(&line.good),
            line.by.clone().unwrap_or_default(),
            or_none(&line.p99),
            or_none(&line.down),
        ];
        cells.extend(has_price.then(|| line.price.clone().unwrap_or_default()));
        cells.push(verdict);
        table.line(&cells);
    }
    table.text()
}
