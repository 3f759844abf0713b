//! Colours and letters: plain ones for those who ask for them with `NO_COLOR`.

use crate::diagnosis::FULL;
use crate::output::terminal::letters::Letters;
use ratatui::style::{Color, Modifier, Style};

#[derive(Clone, Copy, Debug)]
pub struct Ink {
    letters: Letters,
}

/// From here on a node is shown as busy.
const BUSY: f64 = 0.7;

/// Directions in which a line leaves the middle of a cell.
pub const NORTH: u8 = 1;
pub const EAST: u8 = 2;
pub const SOUTH: u8 = 4;
pub const WEST: u8 = 8;

impl Ink {
    pub fn of(letters: Letters) -> Ink {
        Ink { letters }
    }

    fn is_plain(self) -> bool {
        self.letters == Letters::Ascii
    }

    fn color(self, color: Color) -> Style {
        if self.is_plain() { Style::new() } else { Style::new().fg(color) }
    }

    pub fn good(self) -> Style {
        self.color(Color::Green)
    }

    pub fn doubtful(self) -> Style {
        self.color(Color::Yellow)
    }

    pub fn bad(self) -> Style {
        self.color(Color::Red).add_modifier(Modifier::BOLD)
    }

    pub fn plain(self) -> Style {
        Style::new()
    }

    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    pub fn faint(self) -> Style {
        if self.is_plain() { Style::new() } else { Style::new().add_modifier(Modifier::DIM) }
    }

    /// Of what is so full.
    pub fn fullness(self, share: f64) -> Style {
        match share {
            full if full >= FULL => self.bad(),
            busy if busy >= BUSY => self.doubtful(),
            _ => self.good(),
        }
    }

    /// Eighths of a character make the bar fine enough to see it move.
    pub fn bar(self, share: f64, width: usize) -> String {
        const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        if self.is_plain() {
            let full = (share * width as f64).round() as usize;
            return "#".repeat(full) + &".".repeat(width - full);
        }
        let eighths = (share * (8 * width) as f64).round() as usize;
        let mut bar = "█".repeat(eighths / 8);
        bar.push_str(EIGHTHS[eighths % 8]);
        let empty = width - bar.chars().count();
        bar + &"·".repeat(empty)
    }

    /// One of several heights in a row of bars.
    pub fn height(self, share: f64) -> char {
        const UNICODE: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        const ASCII: [char; 9] = [' ', '.', '.', ':', '-', '=', '+', '*', '#'];
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        let step = (share * 8.0).ceil() as usize;
        if self.is_plain() { ASCII[step] } else { UNICODE[step] }
    }

    /// A piece of a line that leaves a cell in these directions.
    pub fn line(self, directions: u8) -> char {
        const UNICODE: [char; 16] =
            [' ', '│', '─', '└', '│', '│', '┌', '├', '─', '┘', '─', '┴', '┐', '┤', '┬', '┼'];
        match directions {
            directions if !self.is_plain() => UNICODE[usize::from(directions & 15)],
            0 => ' ',
            upright if upright & (EAST | WEST) == 0 => '|',
            level if level & (NORTH | SOUTH) == 0 => '-',
            _ => '+',
        }
    }

    pub fn arrow(self) -> char {
        if self.is_plain() { '>' } else { '▶' }
    }

    pub fn cross(self) -> char {
        if self.is_plain() { 'x' } else { '✘' }
    }
}
