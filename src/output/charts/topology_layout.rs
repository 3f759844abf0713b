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

const GAP: f64 = 26.0;
const PASSAGE_HEIGHT: f64 = 6.0;
const ORDER_ROUNDS: usize = 12;
const MOVE_ROUNDS: usize = 24;

/// `heights` are those of the boxes; `starts` are the boxes where everything begins, and boxes
/// of the same `family` are kept together.
/// Above a box that is not of the family of the one above it `clearance` is kept as well.
pub fn lay_out(
    heights: &[f64],
    calls: &[(usize, usize)],
    starts: &[usize],
    (family, clearance): (&[usize], f64),
) -> Layout {
    if heights.is_empty() {
        return Layout::default();
    }
    let back = calls_back(heights.len(), calls, starts);
    let columns = columns(heights.len(), calls, &back);
    let mut graph = Graph::new(heights, calls, &back, &columns);
    graph.order(family);
    graph.move_to_neighbours(family, clearance);
    graph.finish(heights.len(), calls, &back)
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

/// Boxes and passages, and who is joined to whom in the next column.
struct Graph {
    heights: Vec<f64>,
    column_of: Vec<usize>,
    /// The numbers of each column's boxes from top to bottom.
    columns: Vec<Vec<usize>>,
    before: Vec<Vec<usize>>,
    after: Vec<Vec<usize>>,
    y: Vec<f64>,
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

    /// Every box is drawn to the middle of its neighbours, and the others make room.
    fn move_to_neighbours(&mut self, family: &[usize], clearance: f64) {
        self.y = vec![0.0; self.heights.len()];
        let gap = |one: usize, other: usize| match (family.get(one), family.get(other)) {
            (Some(one), Some(other)) if one == other => GAP,
            (Some(_), Some(_)) => GAP + clearance,
            // A passage needs less room.
            _ => GAP / 2.0,
        };
        let settle = |column: &[usize], wanted: &[f64], y: &mut [f64], heights: &[f64]| {
            let places = without_overlap(column, wanted, heights, gap);
            column.iter().zip(places).for_each(|(&it, place)| y[it] = place);
        };
        for column in &self.columns {
            settle(column, &vec![0.0; column.len()], &mut self.y, &self.heights);
        }
        let count = self.columns.len();
        for round in 0..MOVE_ROUNDS {
            for step in 0..count {
                // The last round goes forth, so that chains end straight.
                let forth = round % 2 == 1;
                let number = if forth { step } else { count - 1 - step };
                let column = &self.columns[number];
                let neighbours = if forth { &self.before } else { &self.after };
                let wanted: Vec<f64> =
                    column.iter().map(|&it| mean(&neighbours[it], &self.y).unwrap_or(self.y[it])).collect();
                settle(column, &wanted, &mut self.y, &self.heights);
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

fn mean(neighbours: &[usize], place: &[f64]) -> Option<f64> {
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

/// The places nearest to the wanted ones that keep the order and the gaps: neighbours that
/// would overlap become a block, which goes where its members want to be on average.
fn without_overlap(
    column: &[usize],
    wanted: &[f64],
    heights: &[f64],
    gap: impl Fn(usize, usize) -> f64,
) -> Vec<f64> {
    // For each block: the sum of the wishes for its first member, how many, and which is first.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    let mut offsets = vec![0.0; column.len()];
    for (number, &it) in column.iter().enumerate() {
        if number > 0 {
            let above = column[number - 1];
            offsets[number] = offsets[number - 1] + (heights[above] + heights[it]) / 2.0 + gap(above, it);
        }
        blocks.push((wanted[number] - offsets[number], 1.0, number));
        while let [.., before, last] = blocks.as_mut_slice() {
            if before.0 / before.1 < last.0 / last.1 {
                break;
            }
            *before = (before.0 + last.0, before.1 + last.1, before.2);
            blocks.pop();
        }
    }
    let mut places = vec![0.0; column.len()];
    for (number, block) in blocks.iter().enumerate() {
        let end = blocks.get(number + 1).map_or(column.len(), |next| next.2);
        for place in block.2..end {
            places[place] = block.0 / block.1 + offsets[place];
        }
    }
    places
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
