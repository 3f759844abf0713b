//! Puts the boxes of a graph into columns from callers to called, with few crossings.
//!
//! The usual way in layers: calls back are set aside, every box comes after its callers, calls
//! over several columns pass through places of their own, boxes are ordered by where their
//! neighbours are, and at last moved towards these as far as there is room.

/// A box that is to be placed, or a place through which a long call passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    pub column: usize,
    /// The middle.
    pub y: f64,
    pub height: f64,
}

impl Placed {
    pub fn ends(&self) -> (f64, f64) {
        (self.y - self.height / 2.0, self.y + self.height / 2.0)
    }
}

/// A call from box to box, by their numbers, with the middles of all it passes on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    pub from: usize,
    pub to: usize,
    /// Columns and heights between the two ends.
    pub through: Vec<(usize, f64)>,
    /// Against the direction of the others.
    pub back: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Layout {
    pub boxes: Vec<Placed>,
    /// In the order of the calls that were given.
    pub ways: Vec<Way>,
    pub columns: usize,
    /// All heights lie between zero and this.
    pub height: f64,
}

const PASSAGE_HEIGHT: f64 = 6.0;
const ORDER_ROUNDS: usize = 12;

/// What stands around the boxes, for each of them.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// Boxes of one family are kept together, such as those on one host.
    pub family: Vec<usize>,
    /// Boxes of one lane have it to themselves in all columns that they are in, such as those in one zone;
    /// empty if there are none.
    pub lane: Vec<usize>,
    /// Which boxes stand one column further than others that come as far from the start; empty if none do.
    pub second: Vec<bool>,
    /// Lanes take no more room than their fullest column needs.
    pub narrow: bool,
    /// Between two boxes of a family; 0 stands for what is usual.
    pub gap: f64,
    /// What is kept free above and below a box that is not beside one of its family.
    pub above: Vec<f64>,
    pub below: Vec<f64>,
    /// The same between lanes.
    pub lane_above: Vec<f64>,
    pub lane_below: Vec<f64>,
}

/// `heights` are those of the boxes; `starts` are the boxes where everything begins, and boxes
/// of the same `family` are kept together.
/// Above a box that is not of the family of the one above it `clearance` is kept as well.
pub fn lay_out(
    heights: &[f64],
    calls: &[(usize, usize)],
    starts: &[usize],
    (family, clearance): (&[usize], f64),
) -> Layout {
    let around =
        Around { family: family.to_vec(), above: vec![clearance; heights.len()], ..Around::default() };
    lay_out_around(heights, calls, starts, &around)
}

pub fn lay_out_around(
    heights: &[f64],
    calls: &[(usize, usize)],
    starts: &[usize],
    around: &Around,
) -> Layout {
    if heights.is_empty() {
        return Layout::default();
    }
    let back = calls_back(heights.len(), calls, starts);
    let columns = parted(columns(heights.len(), calls, &back), &around.second);
    let mut graph = Graph::new(heights, calls, &back, &columns);
    graph.order(&around.family);
    let lanes = graph.keep_lanes_in_order(around);
    graph.move_to_neighbours(around);
    graph.part_lanes(&lanes, around);
    graph.finish(heights.len(), calls, &back)
}

/// The column of each box.
pub fn layers(boxes: usize, calls: &[(usize, usize)], starts: &[usize]) -> Vec<usize> {
    let back = calls_back(boxes, calls, starts);
    columns(boxes, calls, &back)
}

/// The calls that close a circle, as seen on a walk from the starts.
fn calls_back(boxes: usize, calls: &[(usize, usize)], starts: &[usize]) -> Vec<bool> {
    let mut onward: Vec<Vec<usize>> = vec![Vec::new(); boxes];
    for (number, &(from, _)) in calls.iter().enumerate() {
        onward[from].push(number);
    }
    let mut back = vec![false; calls.len()];
    let (mut on_the_way, mut done) = (vec![false; boxes], vec![false; boxes]);
    for start in starts.iter().copied().chain(0..boxes) {
        if done[start] {
            continue;
        }
        on_the_way[start] = true;
        // A box with how many of its calls have been followed.
        let mut way = vec![(start, 0)];
        while let Some((place, followed)) = way.last_mut() {
            let place = *place;
            let Some(&call) = onward[place].get(*followed) else {
                (on_the_way[place], done[place]) = (false, true);
                way.pop();
                continue;
            };
            *followed += 1;
            let to = calls[call].1;
            if on_the_way[to] {
                back[call] = true;
            } else if !done[to] {
                on_the_way[to] = true;
                way.push((to, 0));
            }
        }
    }
    back
}

/// Each box comes one column after the last of its callers.
fn columns(boxes: usize, calls: &[(usize, usize)], back: &[bool]) -> Vec<usize> {
    let forward = || calls.iter().zip(back).filter(|(_, back)| !**back).map(|(call, _)| *call);
    let mut callers = vec![0; boxes];
    let mut onward: Vec<Vec<usize>> = vec![Vec::new(); boxes];
    for (from, to) in forward() {
        callers[to] += 1;
        onward[from].push(to);
    }
    let mut columns = vec![0; boxes];
    let mut ready: Vec<usize> = (0..boxes).filter(|&number| callers[number] == 0).collect();
    while let Some(from) = ready.pop() {
        for &to in &onward[from] {
            columns[to] = columns[to].max(columns[from] + 1);
            callers[to] -= 1;
            if callers[to] == 0 {
                ready.push(to);
            }
        }
    }
    columns
}

/// Two columns for each, as far as there is something in them.
fn parted(mut columns: Vec<usize>, second: &[bool]) -> Vec<usize> {
    for (column, &second) in columns.iter_mut().zip(second) {
        *column = 2 * *column + usize::from(second);
    }
    let used: std::collections::BTreeSet<usize> = columns.iter().copied().collect();
    columns.iter().map(|column| used.range(..column).count()).collect()
}

/// Boxes and passages, and who is joined to whom in the next column.
pub(super) struct Graph {
    pub(super) heights: Vec<f64>,
    pub(super) column_of: Vec<usize>,
    /// The numbers of each column's boxes from top to bottom.
    pub(super) columns: Vec<Vec<usize>>,
    pub(super) before: Vec<Vec<usize>>,
    pub(super) after: Vec<Vec<usize>>,
    pub(super) y: Vec<f64>,
    /// The passages of each call.
    passages: Vec<Vec<usize>>,
}

impl Graph {
    fn new(heights: &[f64], calls: &[(usize, usize)], back: &[bool], columns: &[usize]) -> Graph {
        let mut graph = Graph {
            heights: heights.to_vec(),
            column_of: columns.to_vec(),
            columns: Vec::new(),
            before: vec![Vec::new(); heights.len()],
            after: vec![Vec::new(); heights.len()],
            y: Vec::new(),
            passages: Vec::new(),
        };
        for (&(from, to), &back) in calls.iter().zip(back) {
            let mut passages = Vec::new();
            if !back {
                let mut last = from;
                for column in columns[from] + 1..columns[to] {
                    let passage = graph.heights.len();
                    graph.heights.push(PASSAGE_HEIGHT);
                    graph.column_of.push(column);
                    graph.before.push(Vec::new());
                    graph.after.push(Vec::new());
                    graph.join(last, passage);
                    passages.push(passage);
                    last = passage;
                }
                graph.join(last, to);
            }
            graph.passages.push(passages);
        }
        let count = graph.column_of.iter().max().map_or(0, |last| last + 1);
        graph.columns = vec![Vec::new(); count];
        for (number, &column) in graph.column_of.iter().enumerate() {
            graph.columns[column].push(number);
        }
        graph
    }

    fn join(&mut self, from: usize, to: usize) {
        self.after[from].push(to);
        self.before[to].push(from);
    }

    /// Forth and back through the columns, each ordered by the mean place of its neighbours in
    /// the one before.
    fn order(&mut self, family: &[usize]) {
        let mut place = vec![0.0; self.heights.len()];
        let renumber = |column: &[usize], place: &mut [f64]| {
            for (number, &it) in column.iter().enumerate() {
                place[it] = number as f64 - (column.len() as f64 - 1.0) / 2.0;
            }
        };
        self.columns.iter().for_each(|column| renumber(column, &mut place));
        let count = self.columns.len();
        for round in 0..ORDER_ROUNDS {
            let forth = round % 2 == 0;
            for step in 0..count {
                let number = if forth { step } else { count - 1 - step };
                let mut column = std::mem::take(&mut self.columns[number]);
                let neighbours = if forth { &self.before } else { &self.after };
                let wanted: Vec<f64> =
                    column.iter().map(|&it| mean(&neighbours[it], &place).unwrap_or(place[it])).collect();
                let mut keyed: Vec<(f64, usize)> = wanted.into_iter().zip(column.iter().copied()).collect();
                keep_families(&mut keyed, family);
                keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
                column = keyed.into_iter().map(|(_, it)| it).collect();
                renumber(&column, &mut place);
                self.columns[number] = column;
            }
        }
    }

    fn finish(mut self, boxes: usize, calls: &[(usize, usize)], back: &[bool]) -> Layout {
        let edges =
            |sign: f64| self.y.iter().zip(&self.heights).map(move |(y, height)| y + sign * height / 2.0);
        let top = edges(-1.0).reduce(f64::min).unwrap_or(0.0);
        let height = edges(1.0).reduce(f64::max).unwrap_or(0.0) - top;
        self.y.iter_mut().for_each(|y| *y -= top);
        let placed =
            |it: usize| Placed { column: self.column_of[it], y: self.y[it], height: self.heights[it] };
        let ways = calls.iter().zip(back).zip(&self.passages).map(|((&(from, to), &back), passages)| Way {
            from,
            to,
            through: passages.iter().map(|&it| (self.column_of[it], self.y[it])).collect(),
            back,
        });
        Layout {
            ways: ways.collect(),
            boxes: (0..boxes).map(placed).collect(),
            columns: self.columns.len(),
            height,
        }
    }
}

pub(super) fn mean(neighbours: &[usize], place: &[f64]) -> Option<f64> {
    let sum: f64 = neighbours.iter().map(|&it| place[it]).sum();
    (!neighbours.is_empty()).then(|| sum / neighbours.len() as f64)
}

/// Members of a family want to be where the family is on average.
fn keep_families(keyed: &mut [(f64, usize)], family: &[usize]) {
    let mut sums: std::collections::BTreeMap<usize, (f64, f64)> = std::collections::BTreeMap::new();
    for &(wanted, it) in keyed.iter() {
        if let Some(&family) = family.get(it) {
            let sum = sums.entry(family).or_default();
            *sum = (sum.0 + wanted, sum.1 + 1.0);
        }
    }
    for (wanted, it) in keyed.iter_mut() {
        if let Some(&(sum, count)) = family.get(*it).and_then(|family| sums.get(family)) {
            // A little of its own wish decides within the family.
            *wanted = sum / count + 1e-3 * *wanted;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(count: usize, calls: &[(usize, usize)]) -> Layout {
        lay_out(&vec![40.0; count], calls, &[0], (&(0..count).collect::<Vec<_>>(), 0.0))
    }

    #[test]
    fn called_ones_stand_after_their_callers_and_none_overlap() {
        let calls = [(0, 1), (0, 2), (1, 3), (2, 3), (0, 3), (3, 4), (2, 5)];
        let layout = laid_out(6, &calls);
        assert_eq!(layout.columns, 4);
        for &(from, to) in &calls {
            assert!(layout.boxes[from].column < layout.boxes[to].column);
        }
        for (number, one) in layout.boxes.iter().enumerate() {
            assert!(one.y - 20.0 >= -1e-9 && one.y + 20.0 <= layout.height + 1e-9);
            for other in layout.boxes[..number].iter().filter(|other| other.column == one.column) {
                assert!((one.y - other.y).abs() >= 40.0, "{one:?} {other:?}");
            }
        }
        // The call over two columns goes past the boxes between.
        assert_eq!(layout.ways[4].through.len(), 1);
    }

    #[test]
    fn a_chain_is_straight() {
        let layout = laid_out(4, &[(0, 1), (1, 2), (2, 3)]);
        assert!(layout.boxes.iter().all(|placed| (placed.y - 20.0).abs() < 1e-6), "{:?}", layout.boxes);
    }

    #[test]
    fn circles_are_opened() {
        let layout = laid_out(3, &[(0, 1), (1, 2), (2, 1), (2, 2)]);
        let back: Vec<bool> = layout.ways.iter().map(|way| way.back).collect();
        assert_eq!((back, layout.columns), (vec![false, false, true, true], 3));
    }

    #[test]
    fn nothing_is_laid_out_as_nothing() {
        assert_eq!((laid_out(0, &[]).columns, laid_out(0, &[]).height), (0, 0.0));
    }
}
