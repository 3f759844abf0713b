//! What comes first: the sentence that answers, in bold letters, and how sure it is.

use super::page::Page;
use super::table::{Paint, painted};
use crate::telling::Answer;

/// Before any table.
pub fn lead(answer: &Answer, page: Page) -> String {
    if answer.headline.is_empty() {
        return String::new();
    }
    let headline = page.wrapped(&answer.headline.text, 2);
    let headline = if answer.is_bad { painted(&headline, Paint::Bad) } else { headline };
    let mut text = format!("\n  {}\n", painted(&headline, Paint::Strong));
    if !answer.how_sure.is_empty() {
        text.push_str(&format!("  {}\n", painted(&page.wrapped(&answer.how_sure.text, 2), Paint::Faint)));
    }
    text
}

/// What else there is to say, behind the tables.
pub fn further(answer: &Answer, page: Page) -> String {
    let mark = painted("!", Paint::Doubtful);
    answer.further.iter().map(|sentence| page.paragraph(&mark, &sentence.text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telling::Sentence;

    #[test]
    fn the_answer_stands_first_in_bold_letters_and_bad_news_in_red_as_well() {
        let headline = Sentence::bare("It breaks.");
        let answer = Answer { headline, how_sure: Sentence::bare("How sure: very."), ..Answer::default() };
        let lead = |answer: &Answer| lead(answer, Page::endless());
        assert_eq!(lead(&answer), "\n  \u{1b}[1mIt breaks.\u{1b}[0m\n  \u{1b}[2mHow sure: very.\u{1b}[0m\n");
        let bad = lead(&Answer { is_bad: true, ..answer });
        assert!(bad.starts_with("\n  \u{1b}[1m\u{1b}[31mIt breaks.\u{1b}[0m"), "{bad:?}");
        assert_eq!(lead(&Answer::default()), "");
    }
}
