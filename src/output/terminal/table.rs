//! Cells in columns, and the colours of words.

use owo_colors::{OwoColorize, Style};

/// Names are cut at this length, so that one of them cannot break the page.
const NAME_CHARACTERS_MOST: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    Plain,
    Strong,
    Faint,
    Good,
    Doubtful,
    Bad,
}

pub fn painted(text: &str, paint: Paint) -> String {
    let style = match paint {
        Paint::Plain => return text.to_owned(),
        Paint::Strong => Style::new().bold(),
        Paint::Faint => Style::new().dimmed(),
        Paint::Good => Style::new().green(),
        Paint::Doubtful => Style::new().yellow(),
        Paint::Bad => Style::new().red(),
    };
    text.style(style).to_string()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

#[derive(Clone, Debug)]
pub struct Cell {
    text: String,
    paint: Paint,
}

impl Cell {
    pub fn new(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), paint: Paint::Plain }
    }

    pub fn painted(text: impl Into<String>, paint: Paint) -> Cell {
        Cell { text: text.into(), paint }
    }

    pub fn name(name: &str) -> Cell {
        Cell::painted(short_name(name), Paint::Strong)
    }

    /// A figure that need not be there.
    pub fn optional(text: Option<String>) -> Cell {
        text.map_or(Cell::painted("–", Paint::Faint), Cell::new)
    }
}

pub fn short_name(name: &str) -> String {
    if name.chars().count() <= NAME_CHARACTERS_MOST {
        return name.to_owned();
    }
    name.chars().take(NAME_CHARACTERS_MOST - 1).chain(['…']).collect()
}

pub struct Table {
    sides: Vec<Side>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// The first column stands to the left, and so do those of which `left` knows.
    pub fn new(header: &[&str], left: &[usize]) -> Table {
        let side = |column| if column == 0 || left.contains(&column) { Side::Left } else { Side::Right };
        Table {
            sides: (0..header.len()).map(side).collect(),
            rows: vec![header.iter().map(|&word| Cell::painted(word, Paint::Faint)).collect()],
        }
    }

    pub fn add(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.sides.len());
        self.rows.push(row);
    }

    pub fn text(&self) -> String {
        let width = |text: &str| text.chars().count();
        let widths: Vec<usize> = (0..self.sides.len())
            .map(|column| self.rows.iter().map(|row| width(&row[column].text)).max().unwrap_or(0))
            .collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::from(" ");
            for (column, cell) in row.iter().enumerate() {
                let padding = " ".repeat(widths[column] - width(&cell.text));
                let word = painted(&cell.text, cell.paint);
                let gap = if column == 0 { " " } else { "  " };
                match self.sides[column] {
                    Side::Left => line.extend([gap, &word, &padding]),
                    Side::Right => line.extend([gap, &padding, &word]),
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}
/// No longer than so many letters.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}
