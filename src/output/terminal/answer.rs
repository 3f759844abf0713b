//! What comes first: the answer in a sentence, how sure it is, and what happened.

use super::page::Page;
use super::table::{Paint, painted};
use crate::telling::{Sentence, Told};

/// The sentence that answers, and how sure it is.
pub fn answer(told: &Told, page: Page) -> String {
    if told.headline.is_empty() {
        return String::new();
    }
    let paint = if told.is_bad { Paint::Bad } else { Paint::Strong };
    let mut text = format!("  {}\n", painted(&page.wrapped(&told.headline.text, 2), paint));
    if !told.how_sure.is_empty() {
        text.push_str(&format!("  {}\n", painted(&page.wrapped(&told.how_sure.text, 2), Paint::Faint)));
    }
    text
}

/// Phase by phase, what was lost in silence, and what is full first.
pub fn story(told: &Told, page: Page) -> String {
    let all = told.happened.iter().chain(&told.in_silence).chain(&told.headroom);
    all.map(|sentence| format!("  · {}\n", emphasised(&page.wrapped(&plain(sentence), 4)))).collect()
}

/// Names in prose stand in backquotes, which a terminal needs none of.
fn plain(sentence: &Sentence) -> String {
    sentence.text.replace('`', "")
}

/// `**words**` stand out.
fn emphasised(text: &str) -> String {
    let mut parts = text.split("**");
    let mut out = parts.next().unwrap_or_default().to_owned();
    while let Some(strong) = parts.next() {
        out.push_str(&painted(strong, Paint::Strong).to_string());
        out.push_str(parts.next().unwrap_or_default());
    }
    out
}
