//! The report of `spof advise`: what helps most, and all that was tried.

use super::page::{Reader, Section};
use super::study::{Repeat, StudyPage, level, sentence_of};
use super::tried;
use crate::telling::advice::Answer;
use crate::telling::figure::{counted, share};

pub fn render(answer: &Answer, repeat: &Repeat) -> String {
    let advice = &answer.advice;
    let cut = if advice.is_cut_short { ", stopped before all was tried" } else { "" };
    let trust = vec![
        sentence_of(&advice.method),
        level(advice.level),
        format!("An effect is called one where it is {} sure.", share(advice.level_of_verdicts)),
    ];
    let page = StudyPage {
        name: advice.scenario.clone(),
        about: format!("What would help: {}{cut}; seed {}.", counted(advice.runs, "run"), advice.seed),
        answer: tried::lead(answer),
        sections: vec![Section::new(Reader::Engineer, "tried", "What was tried", tried::details(answer))],
        trust,
        repeat,
        series: None,
    };
    page.text()
}
