//! The journey: numbered steps with their times at the right.

use super::words::{WIDTH, time, wrapped};
use super::{hazards, steps};
use crate::analysis::journey::{Journey, Step};
use crate::output::terminal::table::{Paint, painted};

/// A longer journey is left to the JSON.
const STEPS_MOST: usize = 60;
/// Deeper steps stand no further to the right.
const DEPTH_MOST: usize = 8;

pub fn text(journey: &Journey) -> String {
    let also = match journey.also_from.as_slice() {
        [] => String::new(),
        others => format!(" ({} send it, too)", others.join(", ")),
    };
    let title = format!("What happens to a request `{}` of {}{also}", journey.class, journey.user);
    let mut text = format!("  {}\n", painted(&title, Paint::Strong));
    let faint = "mean times of an average request, as long as nobody has to wait for others";
    text.push_str(&format!("  {}\n\n", painted(faint, Paint::Faint)));
    for step in journey.steps.iter().take(STEPS_MOST) {
        text.push_str(&one(step));
    }
    if journey.steps.len() > STEPS_MOST {
        text.push_str(&format!("      … and {} more steps, in --json\n", journey.steps.len() - STEPS_MOST));
    }
    let total = match journey.at_least {
        true => format!("{} or more", time(journey.expected_ms)),
        false => time(journey.expected_ms),
    };
    let last = format!("{} has its answer after", journey.user);
    text.push_str(&line("", &last, &total, Paint::Strong));
    text
}

fn one(step: &Step) -> String {
    let deeper = "  ".repeat(step.depth.min(DEPTH_MOST));
    let title = format!("{deeper}{}", steps::title(step));
    let mut text = line(&step.number.to_string(), &title, &time(step.expected_ms), Paint::Plain);
    let indent = 8 + deeper.len();
    for sentence in steps::sentences(step) {
        text.push_str(&wrapped(&sentence, indent));
    }
    for hazard in &step.hazards {
        let told = format!("! {}", hazards::sentence(hazard));
        let lines = wrapped(&told, indent);
        let painted: Vec<String> = lines
            .lines()
            .map(|line| format!("{}{}\n", " ".repeat(indent), painted(line.trim_start(), Paint::Doubtful)))
            .collect();
        text.push_str(&painted.concat());
    }
    text
}

/// A number at the left, a time at the right, and dots that lead the eye.
fn line(number: &str, title: &str, time: &str, paint: Paint) -> String {
    let taken = 6 + title.chars().count() + time.chars().count() + 2;
    let dots = ".".repeat(WIDTH.saturating_sub(taken).max(2));
    let dots = painted(&dots, Paint::Faint);
    let title = painted(title, if number.is_empty() { paint } else { Paint::Strong });
    format!("  {number:>2}  {title} {dots} {}\n", painted(time, paint))
}
