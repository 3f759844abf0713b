//! What the reports of all studies have in common: the answer in its own words stands first, then what it
//! rests on, then how far to trust it and how to do it again.

use super::first::{sure, verdict};
use super::html::{escaped, list};
use super::limits;
use super::page::{Page, Reader, Section};
use crate::telling::{Answer, Sentence};

/// How to do it again, to the same bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Repeat {
    pub command: String,
    pub version: String,
}

pub struct StudyPage<'a> {
    pub name: String,
    /// How much was done, in one line.
    pub about: String,
    /// What stands first.
    pub answer: String,
    /// For engineers.
    pub sections: Vec<Section>,
    /// How the figures were made, and what to know before trusting them.
    pub trust: Vec<String>,
    pub repeat: &'a Repeat,
    /// The series of diagrams that can be looked into.
    pub series: Option<String>,
}

impl StudyPage<'_> {
    pub fn text(self) -> String {
        let Repeat { command, version } = self.repeat;
        let mut sections = vec![Section::new(Reader::Anybody, "summary", "In short", self.answer)];
        sections.extend(self.sections);
        let again = again(command, version);
        sections.push(Section::new(
            Reader::Doubter,
            "trust",
            "How far to trust the figures",
            list(&self.trust),
        ));
        sections.push(Section::new(Reader::Doubter, "repeat", "How to repeat it", again));
        sections.push(Section::new(Reader::Doubter, "limits", "Limits of the model", limits::body()));
        let page =
            Page { name: &self.name, about: escaped(&self.about), version, sections, series: self.series };
        page.text()
    }
}

fn again(command: &str, version: &str) -> String {
    format!(
        "<p>The same scenarios, command and version ({}) give the same files to the last byte, on every machine:</p>\n\
         <pre tabindex=\"0\"><code>{}</code></pre>\n",
        escaped(version),
        escaped(command)
    )
}

/// What is said, the most important first.
pub fn told(answer: &Answer) -> String {
    if answer.headline.is_empty() {
        return String::new();
    }
    let texts = |sentences: &[Sentence]| sentences.iter().map(|one| one.text.clone()).collect::<Vec<_>>();
    let further = match answer.further.as_slice() {
        [] => String::new(),
        further => list(&texts(further)),
    };
    let mood = if answer.is_bad { "bad" } else { "" };
    verdict(&answer.headline, mood) + &further + &sure(&answer.how_sure)
}

/// `95 %` of the studies.
pub fn level(level: f64) -> String {
    format!("The intervals hold the truth in {} of 100 such studies.", (level * 100.0).round())
}

/// A sentence that begins with a capital and ends with a full stop.
pub fn sentence_of(words: &str) -> String {
    format!("{}.", crate::telling::words::capital(words.trim_end_matches('.')))
}
