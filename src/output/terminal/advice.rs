//! What helps, for people: the answer, what was tried line by line, and a sentence for each.

use super::figure::{count, counted, difference, length, share, three_digits};
use super::notes::{files, paragraph, wrapped};
use super::table::{Cell, Paint, Table, painted};
use crate::advice::{Advice, AsItStands, Figure, Tried, Verdict};
use crate::output::scenario_json::for_shell;
use crate::telling::Sentence;
use crate::telling::advice::{Answer, TriedTold};
use crate::telling::changes::label;
use crate::telling::words::span;
use std::path::Path;

/// Longer labels are cut.
const LABEL_MOST: usize = 48;
/// Of what does not help no more is told than this.
const TOLD_MOST: usize = 12;

pub fn render(answer: &Answer, written: Option<(&Path, &[&str])>) -> String {
    let Answer { advice, told } = answer;
    let facts = format!("{} in {}; seed {}", tried(advice), counted(advice.runs, "run"), advice.seed);
    let mut text =
        format!("\n  {}\n  {}\n", painted(&advice.scenario, Paint::Strong), painted(&facts, Paint::Faint));
    text.push_str(&body(answer));
    let sure = wrapped(&plain(&told.how_sure), 2);
    text.push_str(&format!("\n  {}\n", painted(&sure, Paint::Faint)));
    if let Some((folder, names)) = written {
        text.push_str(&files(Some(folder), names));
    }
    text
}

/// Without a heading and without files, as it stands below the summary of a run.
pub fn body(answer: &Answer) -> String {
    let Answer { advice, told } = answer;
    let headline = wrapped(&plain(&told.headline), 2);
    let mut text = format!("\n  {}\n", painted(&headline, Paint::Strong));
    if !told.as_it_stands.is_empty() {
        text.push_str(&format!("  {}\n", wrapped(&plain(&told.as_it_stands), 2)));
    }
    if !advice.tried.is_empty() {
        text.push('\n');
        text.push_str(&table(advice));
    }
    let (told_most, hopeless): (Vec<&TriedTold>, Vec<&TriedTold>) =
        told.tried.iter().partition(|one| matches!(one.verdict, Verdict::Helps | Verdict::CannotTell));
    for one in told_most {
        text.push_str(&format!("\n{}", paragraph(&mark(one.verdict), &plain(&one.text))));
        text.push_str(&options(&one.settings));
    }
    let gap = |is_there: bool| if is_there { "\n" } else { "" };
    text.push_str(gap(!hopeless.is_empty()));
    for one in hopeless.iter().take(TOLD_MOST) {
        text.push_str(&paragraph(&mark(one.verdict), &plain(&one.text)));
    }
    let more = hopeless.len().saturating_sub(TOLD_MOST);
    if more > 0 {
        let more = format!("… and {more} more, in advice.json");
        text.push_str(&format!("    {}\n", painted(&more, Paint::Faint)));
    }
    text.push_str(gap(!told.single_points.is_empty()));
    for point in &told.single_points {
        text.push_str(&paragraph(&painted("!", Paint::Doubtful), &plain(&point.text)));
        text.push_str(&options(&point.settings));
    }
    text
}

/// `12 changes and 3 pairs tried`
fn tried(advice: &Advice) -> String {
    let changes = counted(advice.tried.len() as u64, "change");
    match advice.together.len() {
        0 => format!("{changes} tried"),
        couples => format!("{changes} and {} of them tried", counted(couples as u64, "pair")),
    }
}

/// Names stand in backquotes where there are no other ways to mark them.
fn plain(sentence: &Sentence) -> String {
    sentence.text.replace('`', "")
}

/// What makes a change, as it is typed behind a command; in one line, so that it can be copied.
fn options(settings: &[String]) -> String {
    if settings.is_empty() {
        return String::new();
    }
    let options: Vec<String> =
        settings.iter().map(|setting| format!("--set {}", for_shell(setting))).collect();
    format!("    {}\n", painted(&options.join(" "), Paint::Faint))
}

fn mark(verdict: Verdict) -> String {
    match verdict {
        Verdict::Helps => painted("✔", Paint::Good),
        Verdict::CannotTell => painted("?", Paint::Doubtful),
        Verdict::NoDifference => painted("=", Paint::Faint),
        Verdict::Hurts => painted("✘", Paint::Bad),
    }
}

fn table(advice: &Advice) -> String {
    let has_price = advice.tried.iter().any(|tried| tried.price_per_month.is_some());
    let mut header = vec!["", "good", "by", "p99", "down"];
    if has_price {
        header.push("a month");
    }
    header.push("");
    let mut table = Table::new(&header, &[header.len() - 1]);
    let stands = &advice.as_it_stands;
    let mut row = vec![
        Cell::painted("as it stands", Paint::Strong),
        Cell::optional(stands.good_share.map(share)),
        Cell::new(""),
        Cell::optional(stands.p99_ms.map(length)),
        Cell::optional(stands.down_s.map(span)),
    ];
    row.resize(header.len(), Cell::new(""));
    table.add(row);
    // Two at once are worth a line if they do more than one.
    let couples = advice.together.iter().filter(|two| two.is_more_than_its_parts(&advice.tried));
    for tried in advice.tried.iter().chain(couples) {
        table.add(line(stands, tried, has_price));
    }
    table.text()
}

fn line(stands: &AsItStands, tried: &Tried, has_price: bool) -> Vec<Cell> {
    let by = |figure: Figure| tried.figure(figure).map(|one| &one.difference);
    // Fewer pairs than others have tell how far it is from what they all have in common.
    let now = |figure: Figure, stands: Option<f64>| Some(stands? + by(figure)?.value?);
    let good = by(Figure::Good)
        .and_then(|good| Some(difference(good.value?, good.half_width, "share").replace(" points", "")));
    let (words, paint) = match tried.verdict {
        Verdict::Helps => ("helps", Paint::Good),
        Verdict::CannotTell => ("cannot tell yet", Paint::Doubtful),
        Verdict::NoDifference => ("no difference", Paint::Faint),
        Verdict::Hurts => ("hurts", Paint::Bad),
    };
    let mut row = vec![
        Cell::painted(label_of(tried), Paint::Strong),
        Cell::optional(now(Figure::Good, stands.good_share).map(|good| share(good.clamp(0.0, 1.0)))),
        Cell::optional(good),
        Cell::optional(now(Figure::P99, stands.p99_ms).map(|p99| length(p99.max(0.0)))),
        Cell::optional(now(Figure::Down, stands.down_s).map(|down| span(down.max(0.0)))),
    ];
    if has_price {
        row.push(Cell::optional(tried.price_per_month.map(|price| match price {
            0.0 => "0".to_owned(),
            price if price < 0.0 => format!("−{}", three_digits(-price)),
            price => format!("+{}", three_digits(price)),
        })));
    }
    row.push(Cell::painted(format!("{words} ({})", count(tried.pairs)), paint));
    row
}

/// Two at once share the room of one.
fn label_of(tried: &Tried) -> String {
    let room = LABEL_MOST / tried.changes.len().max(1) - 1;
    tried.changes.iter().map(|change| cut(&label(change), room)).collect::<Vec<_>>().join(" + ")
}

fn cut(label: &str, most: usize) -> String {
    if label.chars().count() <= most {
        return label.to_owned();
    }
    label.chars().take(most - 1).chain(['…']).collect()
}
