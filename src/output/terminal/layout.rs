//! How wide the columns of a table are, and which of them there is room for.

/// Where there is no room at all, names are cut at this length.
const NAME_COLUMNS_LEAST: usize = 12;
/// Words are folded into columns that are no narrower, and if nothing else helps into these.
const WORDS_COLUMNS: usize = 24;
const WORDS_COLUMNS_LEAST: usize = 12;
/// Words that are longer are cut.
const WORD_COLUMNS_MOST: usize = 32;
/// So are the words of a header cut, if nothing else helps.
const HEADER_COLUMNS_LEAST: usize = 8;
/// Between columns, and before the first.
pub const GAP: usize = 2;

/// How a column gives way where there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Are never touched.
    Figures,
    /// Are cut.
    Names,
    /// Are folded.
    Words,
}

/// How wide a column would be.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub kind: Kind,
    pub header: usize,
    pub header_word: usize,
    pub cells: usize,
    /// The longest of the words that are folded.
    pub word: usize,
}

impl Column {
    fn whole(&self) -> usize {
        self.header.max(self.cells)
    }

    /// With its header in several lines.
    fn with_folded_header(&self) -> usize {
        self.header_word.max(self.cells)
    }
}

/// How long names are at least, if there is any room, and at most where there is no edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names {
    pub least: usize,
    pub most: usize,
}

/// The columns that are shown, each with its width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    pub shown: Vec<(usize, usize)>,
}

impl Layout {
    /// Without an edge, all columns are there. `given_up` names those that are left out where there
    /// is no room, the least important first; after them goes what stands at the right.
    pub fn of(columns: &[Column], names: Names, given_up: &[usize], page: Option<usize>) -> Layout {
        let named = |column: &Column| match column.kind {
            Kind::Names => column.header.max(column.cells.min(names.most)),
            _ => column.whole(),
        };
        let all = || (0..columns.len()).collect::<Vec<usize>>();
        let Some(page) = page else {
            return Layout {
                shown: all().into_iter().map(|place| (place, named(&columns[place]))).collect(),
            };
        };
        // What is not there for any line needs no room.
        let mut shown: Vec<usize> =
            all().into_iter().filter(|&place| place == 0 || columns[place].cells > 0).collect();
        let mut given_up = given_up.iter();
        loop {
            let mut layout =
                Layout { shown: shown.iter().map(|&place| (place, columns[place].whole())).collect() };
            layout.fold_headers(columns, page);
            layout.narrow(page, columns, Kind::Words, WORDS_COLUMNS);
            layout.narrow(page, columns, Kind::Names, names.least);
            if layout.excess(page) == 0 {
                return layout;
            }
            if let Some(next) = given_up.next() {
                shown.retain(|place| place != next);
                continue;
            }
            layout.narrow(page, columns, Kind::Words, WORDS_COLUMNS_LEAST);
            layout.narrow(page, columns, Kind::Names, NAME_COLUMNS_LEAST);
            layout.cut_headers(columns, page);
            if layout.excess(page) == 0 || shown.len() <= 2 {
                return layout;
            }
            shown.pop();
        }
    }

    fn excess(&self, page: usize) -> usize {
        let widths: usize = self.shown.iter().map(|(_, width)| GAP + width).sum();
        widths.saturating_sub(page)
    }

    /// Those first that gain most by it, and no more than have to be.
    fn fold_headers(&mut self, columns: &[Column], page: usize) {
        while self.excess(page) > 0 {
            let gain =
                |&(place, width): &(usize, usize)| width - columns[place].with_folded_header().min(width);
            let Some(most) = self.shown.iter_mut().max_by_key(|one| gain(one)).filter(|one| gain(one) > 0)
            else {
                return;
            };
            most.1 = columns[most.0].with_folded_header();
        }
    }

    fn cut_headers(&mut self, columns: &[Column], page: usize) {
        let mut excess = self.excess(page);
        for (place, width) in &mut self.shown {
            let least = columns[*place].cells.max(HEADER_COLUMNS_LEAST).min(*width);
            let narrowed = (*width - least).min(excess);
            *width -= narrowed;
            excess -= narrowed;
        }
    }

    /// The widest first.
    fn narrow(&mut self, page: usize, columns: &[Column], kind: Kind, least: usize) {
        for _ in 0..self.excess(page) {
            let may_give = |&&mut (place, width): &&mut (usize, usize)| {
                let word = columns[place].word.min(WORD_COLUMNS_MOST);
                columns[place].kind == kind && width > least.max(word)
            };
            match self.shown.iter_mut().filter(may_give).max_by_key(|(_, width)| *width) {
                Some((_, width)) => *width -= 1,
                None => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: Names = Names { least: 20, most: 20 };

    fn column(kind: Kind, cells: usize) -> Column {
        Column { kind, header: 9, header_word: 4, cells, word: 6 }
    }

    fn shown(columns: &[Column], given_up: &[usize], page: usize) -> Vec<(usize, usize)> {
        Layout::of(columns, NAMES, given_up, Some(page)).shown
    }

    #[test]
    fn first_headers_are_folded_then_names_are_cut_then_columns_are_left_out() {
        let columns = [column(Kind::Names, 30), column(Kind::Figures, 6), column(Kind::Figures, 6)];
        assert_eq!(shown(&columns, &[1], 54), [(0, 30), (1, 9), (2, 9)]);
        assert_eq!(shown(&columns, &[1], 48), [(0, 30), (1, 6), (2, 6)]);
        assert_eq!(shown(&columns, &[1], 40), [(0, 22), (1, 6), (2, 6)]);
        assert_eq!(shown(&columns, &[1], 36), [(0, 26), (2, 6)]);
    }

    #[test]
    fn words_are_folded_before_names_are_cut() {
        let columns = [column(Kind::Names, 30), column(Kind::Words, 60)];
        assert_eq!(shown(&columns, &[], 60), [(0, 30), (1, 26)]);
        assert_eq!(shown(&columns, &[], 50), [(0, 22), (1, 24)]);
        assert_eq!(shown(&columns, &[], 40), [(0, 20), (1, 16)]);
    }

    #[test]
    fn figures_are_never_touched_and_the_first_two_columns_always_there() {
        let columns = [column(Kind::Names, 30), column(Kind::Figures, 30), column(Kind::Figures, 30)];
        assert_eq!(shown(&columns, &[], 40), [(0, 12), (1, 30)]);
    }

    #[test]
    fn without_an_edge_all_columns_are_there() {
        let columns = [column(Kind::Names, 30), column(Kind::Words, 200)];
        assert_eq!(Layout::of(&columns, NAMES, &[1], None).shown, [(0, 20), (1, 200)]);
    }
}
