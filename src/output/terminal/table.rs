//! Cells in columns, as many as fit on the page; and the colours of words.

use super::folding::{columns_of, cut_in_the_middle, folded};
use super::layout::{Column, GAP, Kind, Layout, Names};
use super::page::Page;
use crate::telling::words::and;
use owo_colors::{OwoColorize, Style};

/// Names are cut at this length where there is no room, so that one of them cannot break the page.
const NAME_COLUMNS: usize = 20;

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
        _ if text.is_empty() => return String::new(),
        Paint::Strong => Style::new().bold(),
        Paint::Faint => Style::new().dimmed(),
        Paint::Good => Style::new().green(),
        Paint::Doubtful => Style::new().yellow(),
        Paint::Bad => Style::new().red(),
    };
    text.style(style).to_string()
}

#[derive(Clone, Debug)]
pub struct Cell {
    text: String,
    paint: Paint,
    is_name: bool,
}

impl Cell {
    pub fn new(text: impl Into<String>) -> Cell {
        Cell::painted(text, Paint::Plain)
    }

    pub fn painted(text: impl Into<String>, paint: Paint) -> Cell {
        Cell { text: text.into(), paint, is_name: false }
    }

    /// May be cut, which a figure never is.
    pub fn name(name: impl Into<String>) -> Cell {
        Cell::name_painted(name, Paint::Strong)
    }

    pub fn name_painted(name: impl Into<String>, paint: Paint) -> Cell {
        Cell { text: name.into(), paint, is_name: true }
    }

    /// A figure that need not be there.
    pub fn optional(text: Option<String>) -> Cell {
        text.map_or(Cell::painted("–", Paint::Faint), Cell::new)
    }
}

/// As a name stands in a sentence.
pub fn short_name(name: &str) -> String {
    shortened(name, NAME_COLUMNS)
}

/// A name that is no longer than so many columns.
pub fn shortened(name: &str, most: usize) -> String {
    cut_in_the_middle(name, most, "…")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

pub struct Table {
    sides: Vec<Side>,
    folded: Vec<usize>,
    header: Vec<String>,
    rows: Vec<Vec<Cell>>,
    names: Names,
    given_up: Vec<usize>,
}

impl Table {
    /// The first column stands to the left, and so do those of which `left` knows, which are
    /// folded where there is no room.
    pub fn new(header: &[&str], left: &[usize]) -> Table {
        let side = |column| if column == 0 || left.contains(&column) { Side::Left } else { Side::Right };
        Table {
            sides: (0..header.len()).map(side).collect(),
            folded: left.to_vec(),
            header: header.iter().map(|&word| word.to_owned()).collect(),
            rows: Vec::new(),
            names: Names { least: NAME_COLUMNS, most: NAME_COLUMNS },
            given_up: Vec::new(),
        }
    }

    /// Names are longer here than elsewhere: no shorter than `least` unless there is no room at all,
    /// and without an edge at most so long.
    pub fn with_names_of(self, least: usize, most: usize) -> Table {
        Table { names: Names { least, most }, ..self }
    }

    /// The columns that are left out where there is no room, the least important first.
    pub fn giving_up(self, columns: &[usize]) -> Table {
        Table { given_up: columns.to_vec(), ..self }
    }

    pub fn add(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.sides.len());
        self.rows.push(row);
    }

    /// Which columns there is no room for is told below.
    pub fn text(&self, page: Page) -> String {
        let header = self.header.iter().map(|word| Cell::painted(word.clone(), Paint::Faint));
        let rows: Vec<Vec<Cell>> =
            [header.collect()].iter().chain(&self.rows).map(|row| spelt(row, page)).collect();
        let columns: Vec<Column> = (0..self.sides.len()).map(|place| self.column(&rows, place)).collect();
        let layout = Layout::of(&columns, self.names, &self.given_up, page.columns());
        let mut text = String::new();
        for (number, row) in rows.iter().enumerate() {
            let pieces: Vec<Vec<String>> = layout
                .shown
                .iter()
                .map(|&(place, width)| match columns[place].kind {
                    _ if number == 0 => header_pieces(&row[place].text, width, page),
                    kind => pieces(&row[place], kind, width, page),
                })
                .collect();
            self.add_lines(&mut text, &layout, row, &pieces, number == 0);
        }
        text + &self.left_out(&layout, page)
    }

    fn column(&self, rows: &[Vec<Cell>], place: usize) -> Column {
        let (header, cells) = (&rows[0][place].text, &rows[1..]);
        let texts = || cells.iter().map(|row| row[place].text.as_str());
        let has_names = cells.iter().any(|row| row[place].is_name);
        let kind = match (self.folded.contains(&place), has_names) {
            (true, _) => Kind::Words,
            (false, true) => Kind::Names,
            (false, false) => Kind::Figures,
        };
        Column {
            kind,
            header: columns_of(header),
            header_word: breakable(header).map(|piece| columns_of(piece.trim_end())).max().unwrap_or(0),
            cells: texts().map(columns_of).max().unwrap_or(0),
            word: match kind {
                Kind::Words => texts().flat_map(|text| text.split(' ')).map(columns_of).max().unwrap_or(0),
                Kind::Names | Kind::Figures => 0,
            },
        }
    }

    /// A row of as many lines as its tallest cell has; headers stand at the bottom of theirs.
    fn add_lines(
        &self,
        text: &mut String,
        layout: &Layout,
        row: &[Cell],
        pieces: &[Vec<String>],
        is_header: bool,
    ) {
        let height = pieces.iter().map(Vec::len).max().unwrap_or(0);
        for number in 0..height {
            let mut line = String::new();
            for (&(place, width), lines) in layout.shown.iter().zip(pieces) {
                let above = if is_header { height - lines.len() } else { 0 };
                let piece = number.checked_sub(above).and_then(|number| lines.get(number));
                let piece = piece.map_or("", String::as_str);
                let padding = " ".repeat(width.saturating_sub(columns_of(piece)));
                let word = painted(piece, row[place].paint);
                line.push_str(&" ".repeat(GAP));
                match self.sides[place] {
                    Side::Left => line.extend([word, padding]),
                    Side::Right => line.extend([padding, word]),
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }

    /// Pictures have no header, and stand beside their figures.
    fn left_out(&self, layout: &Layout, page: Page) -> String {
        let is_shown = |place: &usize| layout.shown.iter().any(|(shown, _)| shown == place);
        let is_missed = |place: &usize| !is_shown(place) && !self.header[*place].is_empty();
        let is_empty = |place: &usize| self.rows.iter().all(|row| row[*place].text.is_empty());
        let left_out: Vec<String> = (0..self.header.len())
            .filter(|place| is_missed(place) && !is_empty(place))
            .map(|place| self.header[place].clone())
            .collect();
        let Some(columns) = page.columns().filter(|_| !left_out.is_empty()) else { return String::new() };
        let told = format!("{columns} columns have no room for {}", and(&left_out));
        format!("  {}\n", painted(&page.wrapped(&told, 2), Paint::Faint))
    }
}

fn spelt(row: &[Cell], page: Page) -> Vec<Cell> {
    row.iter().map(|cell| Cell { text: page.spelt(&cell.text).into_owned(), ..cell.clone() }).collect()
}

fn pieces(cell: &Cell, kind: Kind, width: usize, page: Page) -> Vec<String> {
    let cut = |text: &str| cut_in_the_middle(text, width, page.letters().ellipsis());
    match kind {
        Kind::Words => folded(&cell.text, width, 0, 0).lines().map(cut).collect(),
        Kind::Names if cell.is_name => {
            vec![cut(&cell.text)]
        }
        Kind::Names | Kind::Figures => vec![cell.text.clone()],
    }
}

fn header_pieces(header: &str, width: usize, page: Page) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for piece in breakable(header) {
        match lines.last_mut().filter(|line| columns_of(line) + columns_of(piece.trim_end()) <= width) {
            Some(line) => line.push_str(piece),
            None => lines.push(piece.to_owned()),
        }
    }
    let cut = |line: String| cut_in_the_middle(line.trim_end(), width, page.letters().ellipsis());
    let lines: Vec<String> = lines.into_iter().map(cut).collect();
    if lines.is_empty() { vec![String::new()] } else { lines }
}

/// Headers are paths of settings, too, which are long words.
fn breakable(header: &str) -> impl Iterator<Item = &str> {
    header.split_inclusive([' ', '.', '_'])
}
