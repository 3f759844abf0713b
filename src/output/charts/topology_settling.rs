//! How high the boxes of a topology stand: each near its neighbours, none over another, and those of one
//! lane apart from all others.

use super::topology_layout::{Around, Graph, mean};
use std::collections::BTreeMap;

/// Between boxes, if nothing else is said.
const GAP: f64 = 26.0;
/// Between lines that run beside each other.
const PASSAGE_GAP: f64 = 4.0;
const MOVE_ROUNDS: usize = 24;
/// Boxes that have their places give way to nothing.
const FIXED: f64 = 1e6;

impl Around {
    fn of(values: &[f64], it: usize) -> f64 {
        values.get(it).copied().unwrap_or(0.0)
    }

    fn usual_gap(&self) -> f64 {
        if self.gap > 0.0 { self.gap } else { GAP }
    }

    /// What is between the edges of two that stand one below the other.
    fn gap(&self, one: usize, other: usize) -> f64 {
        let boxes = self.family.len();
        let (above, below) = (Around::of(&self.above, other), Around::of(&self.below, one));
        match (self.family.get(one), self.family.get(other)) {
            (Some(one), Some(other)) if one == other => return self.usual_gap(),
            _ => {}
        }
        if one >= boxes && other >= boxes {
            return PASSAGE_GAP;
        }
        // A passage needs less room.
        let bare = if one < boxes && other < boxes { self.usual_gap() } else { self.usual_gap() / 2.0 };
        let apart = match (self.lane.get(one), self.lane.get(other)) {
            (Some(one), Some(other)) if one == other => 0.0,
            _ => Around::of(&self.lane_above, other) + Around::of(&self.lane_below, one),
        };
        bare + above + below + apart
    }

    fn top(&self, it: usize) -> f64 {
        Around::of(&self.above, it) + Around::of(&self.lane_above, it)
    }

    fn bottom(&self, it: usize) -> f64 {
        Around::of(&self.below, it) + Around::of(&self.lane_below, it)
    }
}

/// A lane with the columns that it is in.
pub(super) struct Lane {
    members: Vec<usize>,
    first: usize,
    last: usize,
}

impl Graph {
    /// In the order of where they are on average.
    fn lanes(&self, around: &Around, place: &[f64]) -> Vec<Lane> {
        let mut lanes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        around.lane.iter().enumerate().for_each(|(it, &lane)| lanes.entry(lane).or_default().push(it));
        let mut lanes: Vec<(f64, Lane)> = lanes
            .into_values()
            .map(|members| {
                let columns = || members.iter().map(|&it| self.column_of[it]);
                let (first, last) = (columns().min().unwrap_or(0), columns().max().unwrap_or(0));
                (mean(&members, place).unwrap_or(0.0), Lane { members, first, last })
            })
            .collect();
        lanes.sort_by(|a, b| a.0.total_cmp(&b.0));
        lanes.into_iter().map(|(_, lane)| lane).collect()
    }

    /// In each column the boxes of one lane stand together, and lanes in the same order in all columns.
    /// Returns them in this order.
    pub(super) fn keep_lanes_in_order(&mut self, around: &Around) -> Vec<Lane> {
        if around.lane.is_empty() {
            return Vec::new();
        }
        let mut place = vec![0.0; self.heights.len()];
        for column in &self.columns {
            for (number, &it) in column.iter().enumerate() {
                place[it] = number as f64 - (column.len() as f64 - 1.0) / 2.0;
            }
        }
        let mut rank = vec![0; around.lane.len()];
        let lanes = self.lanes(around, &place);
        for (number, lane) in lanes.iter().enumerate() {
            lane.members.iter().for_each(|&it| rank[it] = number);
        }
        for column in &mut self.columns {
            let slots: Vec<usize> = (0..column.len()).filter(|&slot| column[slot] < rank.len()).collect();
            let mut boxes: Vec<usize> = slots.iter().map(|&slot| column[slot]).collect();
            boxes.sort_by_key(|&it| rank[it]);
            slots.iter().zip(boxes).for_each(|(&slot, it)| column[slot] = it);
        }
        lanes
    }

    /// Every box is drawn to the middle of its neighbours, and the others make room.
    pub(super) fn move_to_neighbours(&mut self, around: &Around) {
        self.y = vec![0.0; self.heights.len()];
        for number in 0..self.columns.len() {
            let wanted = vec![(0.0, 1.0); self.columns[number].len()];
            self.settle(number, &wanted, around);
        }
        let count = self.columns.len();
        for round in 0..MOVE_ROUNDS {
            for step in 0..count {
                // The last round goes forth, so that chains end straight.
                let forth = round % 2 == 1;
                let number = if forth { step } else { count - 1 - step };
                let wanted: Vec<(f64, f64)> =
                    self.columns[number].iter().map(|&it| (self.wish(it, forth), 1.0)).collect();
                self.settle(number, &wanted, around);
            }
        }
    }

    fn wish(&self, it: usize, forth: bool) -> f64 {
        let neighbours = if forth { &self.before[it] } else { &self.after[it] };
        mean(neighbours, &self.y).unwrap_or(self.y[it])
    }

    fn settle(&mut self, number: usize, wanted: &[(f64, f64)], around: &Around) {
        let column = &self.columns[number];
        let places = without_overlap(column, wanted, &self.heights, |one, other| around.gap(one, other));
        for (&it, place) in column.iter().zip(places) {
            self.y[it] = place;
        }
    }

    /// Moves lanes down until none reaches into another in whose columns it is. What is on the way
    /// between them then runs straight again as far as there is room.
    pub(super) fn part_lanes(&mut self, lanes: &[Lane], around: &Around) {
        if lanes.is_empty() {
            return;
        }
        if around.narrow {
            lanes.iter().for_each(|lane| self.draw_together(lane, around));
        }
        // What has been placed: first and last column, and where it ends.
        let mut placed: Vec<(usize, usize, f64)> = Vec::new();
        for lane in lanes {
            let tops = lane.members.iter().map(|&it| self.y[it] - self.heights[it] / 2.0 - around.top(it));
            let top = tops.fold(f64::INFINITY, f64::min);
            let beside = placed.iter().filter(|(first, last, _)| *first <= lane.last && lane.first <= *last);
            let least =
                beside.map(|(_, _, end)| end + around.usual_gap() / 2.0).fold(f64::NEG_INFINITY, f64::max);
            // What is narrow is moved up as well as down: one lane follows the other.
            let shift = match around.narrow && least > f64::NEG_INFINITY && lane.members.len() > 1 {
                true => least - top,
                false => (least - top).max(0.0),
            };
            lane.members.iter().for_each(|&it| self.y[it] += shift);
            let ends = lane.members.iter().map(|&it| self.y[it] + self.heights[it] / 2.0 + around.bottom(it));
            placed.push((lane.first, lane.last, ends.fold(f64::NEG_INFINITY, f64::max)));
        }
        self.settle_between(lanes, around);
    }

    /// The boxes of a lane in each column as near to the middle of the lane as they can be.
    fn draw_together(&mut self, lane: &Lane, around: &Around) {
        let middle = mean(&lane.members, &self.y).unwrap_or(0.0);
        for number in lane.first..=lane.last {
            let column = &self.columns[number];
            let is_inside = |it: &usize| lane.members.contains(it);
            let (Some(first), Some(last)) =
                (column.iter().position(is_inside), column.iter().rposition(is_inside))
            else {
                continue;
            };
            // What passes between them stays between them.
            let inside = column[first..=last].to_vec();
            let wanted = vec![(middle, 1.0); inside.len()];
            let places =
                without_overlap(&inside, &wanted, &self.heights, |one, other| around.gap(one, other));
            inside.iter().zip(places).for_each(|(&it, place)| self.y[it] = place);
        }
    }

    /// Lanes stay, and so does what is beside them; the others go where their neighbours are.
    fn settle_between(&mut self, lanes: &[Lane], around: &Around) {
        let boxes = around.lane.len();
        let wide: Vec<&Lane> = lanes.iter().filter(|lane| lane.members.len() > 1).collect();
        let is_fixed = |it: usize, column: usize| {
            it < boxes && wide.iter().any(|lane| (lane.first..=lane.last).contains(&column))
        };
        for forth in [false, true, false, true] {
            for number in 0..self.columns.len() {
                let wanted: Vec<(f64, f64)> = self.columns[number]
                    .iter()
                    .map(|&it| match is_fixed(it, number) {
                        true => (self.y[it], FIXED),
                        false => (self.wish(it, forth), 1.0),
                    })
                    .collect();
                self.settle(number, &wanted, around);
            }
        }
    }
}

/// The places nearest to the wanted ones that keep the order and the gaps: neighbours that
/// would overlap become a block, which goes where its members want to be on average. A wish has a weight.
fn without_overlap(
    column: &[usize],
    wanted: &[(f64, f64)],
    heights: &[f64],
    gap: impl Fn(usize, usize) -> f64,
) -> Vec<f64> {
    // For each block: the sum of the wishes for its first member, of their weights, and which is first.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    let mut offsets = vec![0.0; column.len()];
    for (number, &it) in column.iter().enumerate() {
        if number > 0 {
            let above = column[number - 1];
            offsets[number] = offsets[number - 1] + (heights[above] + heights[it]) / 2.0 + gap(above, it);
        }
        let (wish, weight) = wanted[number];
        blocks.push(((wish - offsets[number]) * weight, weight, number));
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
