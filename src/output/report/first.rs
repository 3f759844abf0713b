//! What stands first in the report of a run, for whoever has a minute: was the goal met, what happened,
//! what did it cost, and what would help.

use super::cards::cards;
use super::html::{escaped, list, sentence};
use super::story;
use crate::diagnosis::Verdict;
use crate::output::record::{Findings, Record};
use crate::telling::Sentence;
use crate::telling::phases::worst;

/// Phases that are told at once; all of them stand further below.
pub const HAPPENED_MOST: usize = 2;

pub fn body(record: &Record, findings: &Findings) -> String {
    let told = &findings.told;
    if told.headline.is_empty() {
        // Files of an earlier version.
        return format!("<p class=\"verdict\">This run has not been judged.</p>\n{}", cards(findings));
    }
    let mut text = verdict(&told.headline, if told.is_bad { "bad" } else { "good" });
    let happened = worst(&findings.diagnosis, HAPPENED_MOST);
    text.push_str(&paragraphs(&happened.into_iter().map(|one| one.text).collect::<Vec<_>>()));
    if findings.told.happened.len() > HAPPENED_MOST {
        text.push_str("<p>More happened: <a href=\"#happened\">phase by phase</a>.</p>\n");
    }
    // Of nothing there are no figures.
    if findings.diagnosis.verdict != Verdict::Nothing {
        text.push_str(&figures(record, findings));
    }
    text + &sure(&told.how_sure)
}

/// What it came to, and what would help.
fn figures(record: &Record, findings: &Findings) -> String {
    let told = &findings.told;
    let mut text = cards(findings);
    let texts = |sentences: &[Sentence]| sentences.iter().map(|one| one.text.clone()).collect::<Vec<_>>();
    for (heading, told) in [
        ("What it cost", story::cost(findings)),
        ("What was lost without anybody being told", texts(&told.in_silence)),
    ] {
        if !told.is_empty() {
            text.push_str(&format!("<h3>{heading}</h3>\n{}", list(&told)));
        }
    }
    text + &help(record, findings)
}

/// The sentence that answers; `mood`: whether it is `bad` news, or `good`, or neither.
pub fn verdict(headline: &Sentence, mood: &str) -> String {
    let class = if mood.is_empty() { "verdict".to_owned() } else { format!("verdict {mood}") };
    format!("<p class=\"{class}\">{}</p>\n", sentence(&headline.text))
}

/// How sure that is, if it is said.
pub fn sure(how_sure: &Sentence) -> String {
    match how_sure.is_empty() {
        true => String::new(),
        false => format!("<p class=\"sure\">{}</p>\n", sentence(&how_sure.text)),
    }
}

pub fn paragraphs(told: &[String]) -> String {
    told.iter().map(|text| format!("<p>{}</p>\n", sentence(text))).collect()
}

/// The change that does most, as it was tried; or how to find out what that is.
fn help(record: &Record, findings: &Findings) -> String {
    match (&record.advice, &record.script) {
        (Some(answer), _) => format!(
            "<h3>What would help most</h3>\n<p>{} <a href=\"#tried\">All that was tried</a>.</p>\n",
            sentence(&answer.told.headline.text)
        ),
        (None, Some(script)) if findings.told.is_bad => format!(
            "<h3>What might help</h3>\n<p>Nothing was tried; this does it: <code>{}</code></p>\n",
            escaped(&script.command.replacen("spof simulate ", "spof advise ", 1))
        ),
        _ => String::new(),
    }
}
