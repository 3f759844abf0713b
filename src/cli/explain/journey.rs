//! The journey: numbered steps with their times at the right.

use super::words::{MARGIN, time, wrapped};
use super::{hazards, steps};
use crate::analysis::journey::{Journey, Step};
use crate::output::terminal::folding::{columns_of, folded};
use crate::output::terminal::page::Page;
use crate::output::terminal::table::{Paint, painted};

/// A longer journey is left to the JSON.
const STEPS_MOST: usize = 60;
/// Deeper steps stand no further to the right.
const DEPTH_MOST: usize = 8;

pub fn text(journey: &Journey, page: Page) -> String {
    let also = match journey.also_from.as_slice() {
        [] => String::new(),
        others => format!(" ({} send it, too)", others.join(", ")),
    };
    let title = format!("What happens to a request `{}` of {}{also}", journey.class, journey.user);
    let mut text = format!("  {}\n", painted(&page.wrapped(&title, 2), Paint::Strong));
    let faint = "mean times of an average request, as long as nobody has to wait for others";
    text.push_str(&format!("  {}\n\n", painted(&page.wrapped(faint, 2), Paint::Faint)));
    for step in journey.steps.iter().take(STEPS_MOST) {
        text.push_str(&one(step, page));
    }
    if journey.steps.len() > STEPS_MOST {
        text.push_str(&format!("      … and {} more steps, in --json\n", journey.steps.len() - STEPS_MOST));
    }
    let total = match journey.at_least {
        true => format!("{} or more", time(journey.expected_ms)),
        false => time(journey.expected_ms),
    };
    let last = format!("{} has its answer after", journey.user);
    text.push_str(&line("", &last, &total, Paint::Strong, page));
    text
}

fn one(step: &Step, page: Page) -> String {
    let deeper = "  ".repeat(step.depth.min(DEPTH_MOST));
    let title = format!("{deeper}{}", steps::title(step));
    let mut text = line(&step.number.to_string(), &title, &time(step.expected_ms), Paint::Plain, page);
    let indent = 8 + deeper.len();
    for sentence in steps::sentences(step) {
        text.push_str(&wrapped(&sentence, indent, page));
    }
    for hazard in &step.hazards {
        let told = format!("! {}", hazards::sentence(hazard));
        let lines = wrapped(&told, indent, page);
        let painted: Vec<String> = lines
            .lines()
            .map(|line| format!("{}{}\n", " ".repeat(indent), painted(line.trim_start(), Paint::Doubtful)))
            .collect();
        text.push_str(&painted.concat());
    }
    text
}

/// A number at the left, a time at the right, and dots that lead the eye.
fn line(number: &str, title: &str, time: &str, paint: Paint, page: Page) -> String {
    const INDENT: usize = 6;
    let time = page.spelt(time);
    let columns = page.prose() - MARGIN;
    // Of a title in several lines the last has the time.
    let room = columns.saturating_sub(columns_of(&time) + " .. ".len());
    let inner = title.len() - title.trim_start().len();
    let folded = folded(&page.spelt(title.trim_start()), room, INDENT + inner, INDENT + inner);
    let last = folded.lines().last().unwrap_or_default().trim_start();
    let taken = INDENT + inner + columns_of(last) + columns_of(&time) + 2;
    let dots = ".".repeat(columns.saturating_sub(taken).max(2));
    let dots = painted(&dots, Paint::Faint);
    let title = painted(&folded, if number.is_empty() { paint } else { Paint::Strong });
    format!("  {number:>2}  {:inner$}{title} {dots} {}\n", "", painted(&time, paint))
}
