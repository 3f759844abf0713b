//! Minimal cut sets: the fewest things that have to fail together. A family of sets is kept like
//! a decision diagram, so that millions of sets need no more room than the function they are of.

use super::bdd::{Branch, Diagram, NO, TooEntangled, YES};
use rustc_hash::FxHashMap;

/// No set at all.
const NONE_AT_ALL: u32 = 0;
/// One set, and that is empty.
const ONLY_EMPTY: u32 = 1;

/// Families of sets: those without a variable, and those with it.
#[derive(Debug)]
struct Families {
    branches: Vec<Branch>,
    /// Whether the empty set is in it.
    has_empty: Vec<bool>,
    known: FxHashMap<Branch, u32>,
    without: FxHashMap<(u32, u32), u32>,
    branches_most: usize,
}

/// All minimal cut sets of up to some order.
#[derive(Debug)]
pub struct CutSets {
    families: Families,
    root: u32,
    /// Of each family, how many sets there are of each order.
    counts: Vec<Vec<u64>>,
    pub order_most: usize,
}

impl CutSets {
    /// The function must never become false because one more variable is true.
    pub fn of(diagram: &Diagram, order_most: usize, branches_most: usize) -> Result<CutSets, TooEntangled> {
        let end = Branch { variable: u32::MAX, low: NONE_AT_ALL, high: NONE_AT_ALL };
        let mut families = Families {
            branches: vec![end; 2],
            has_empty: vec![false, true],
            known: FxHashMap::default(),
            without: FxHashMap::default(),
            branches_most,
        };
        // Of each function in the diagram the sets of at most 0, 1, 2 … variables.
        let orders = order_most + 1;
        let mut of_function = vec![NONE_AT_ALL; (diagram.root() as usize + 1).max(2) * orders];
        of_function[YES as usize * orders..][..orders].fill(ONLY_EMPTY);
        of_function[NO as usize * orders..][..orders].fill(NONE_AT_ALL);
        for (number, Branch { variable, low, high }) in diagram.branches() {
            for order in 0..orders {
                let low = of_function[low as usize * orders + order];
                let with = match order {
                    0 => NONE_AT_ALL,
                    _ => families.without(of_function[high as usize * orders + order - 1], low)?,
                };
                of_function[number as usize * orders + order] = families.branch(variable, low, with)?;
            }
        }
        let root = of_function[diagram.root() as usize * orders + order_most];
        let counts = families.counts(orders);
        Ok(CutSets { families, root, counts, order_most })
    }

    /// How many there are of each order, from 0 on.
    pub fn counts(&self) -> &[u64] {
        &self.counts[self.root as usize]
    }

    /// The first so many of them, the smallest first.
    pub fn list(&self, most: usize) -> Vec<Vec<u32>> {
        let mut listed = Vec::new();
        for order in 0..=self.order_most {
            // What is still to be looked at: a family, how many variables are missing, those found.
            let mut pending = vec![(self.root, order, Vec::new())];
            while let Some((family, missing, found)) = pending.pop() {
                if listed.len() >= most {
                    return listed;
                }
                if self.counts[family as usize][missing] == 0 {
                    continue;
                }
                if family == ONLY_EMPTY {
                    listed.push(found);
                    continue;
                }
                let Branch { variable, low, high } = self.families.branches[family as usize];
                pending.push((low, missing, found.clone()));
                if missing > 0 {
                    let mut with = found;
                    with.push(variable);
                    pending.push((high, missing - 1, with));
                }
            }
        }
        listed
    }

    /// The sum of the probabilities of all cut sets, and for each variable that of the sets
    /// which it is in.
    pub fn sums(&self, of_variables: &[f64]) -> (f64, Vec<f64>) {
        let branches = &self.families.branches;
        let mut sums = vec![0.0; branches.len()];
        sums[ONLY_EMPTY as usize] = 1.0;
        for (number, &Branch { variable, low, high }) in branches.iter().enumerate().skip(2) {
            sums[number] = sums[low as usize] + of_variables[variable as usize] * sums[high as usize];
        }
        let mut reached = vec![0.0; branches.len()];
        reached[self.root as usize] = 1.0;
        let mut of_each = vec![0.0; of_variables.len()];
        for (number, &Branch { variable, low, high }) in branches.iter().enumerate().skip(2).rev() {
            let chance = of_variables[variable as usize];
            reached[low as usize] += reached[number];
            reached[high as usize] += reached[number] * chance;
            of_each[variable as usize] += reached[number] * chance * sums[high as usize];
        }
        (sums[self.root as usize], of_each)
    }
}

impl Families {
    fn branch(&mut self, variable: u32, low: u32, high: u32) -> Result<u32, TooEntangled> {
        if high == NONE_AT_ALL {
            return Ok(low);
        }
        let branch = Branch { variable, low, high };
        if let Some(&known) = self.known.get(&branch) {
            return Ok(known);
        }
        if self.branches.len() >= self.branches_most {
            return Err(TooEntangled);
        }
        self.branches.push(branch);
        self.has_empty.push(self.has_empty[low as usize]);
        let family = self.branches.len() as u32 - 1;
        self.known.insert(branch, family);
        Ok(family)
    }

    /// The sets of one family that hold no set of another.
    fn without(&mut self, of: u32, others: u32) -> Result<u32, TooEntangled> {
        let mut pending = vec![(of, others)];
        while let Some(&(of, others)) = pending.last() {
            if self.known_without(of, others).is_some() {
                pending.pop();
                continue;
            }
            let (one, other) = (self.branches[of as usize], self.branches[others as usize]);
            if other.variable < one.variable {
                // No set of the first family has this variable, so none holds a set that does.
                match self.known_without(of, other.low) {
                    Some(result) => {
                        self.without.insert((of, others), result);
                    }
                    None => pending.push((of, other.low)),
                }
                continue;
            }
            let is_shared = one.variable == other.variable;
            let low_others = if is_shared { other.low } else { others };
            let (Some(low), Some(mut high)) =
                (self.known_without(one.low, low_others), self.known_without(one.high, low_others))
            else {
                pending.extend([(one.low, low_others), (one.high, low_others)]);
                continue;
            };
            if is_shared {
                // What is left of those with the variable must hold no set that has it, either.
                match self.known_without(high, other.high) {
                    Some(left) => high = left,
                    None => {
                        pending.push((high, other.high));
                        continue;
                    }
                }
            }
            let result = self.branch(one.variable, low, high)?;
            self.without.insert((of, others), result);
        }
        Ok(self.known_without(of, others).expect("it has just been found"))
    }

    fn known_without(&self, of: u32, others: u32) -> Option<u32> {
        match (of, others) {
            (NONE_AT_ALL, _) | (_, ONLY_EMPTY) => Some(NONE_AT_ALL),
            (of, NONE_AT_ALL) => Some(of),
            (of, others) if of == others => Some(NONE_AT_ALL),
            // The empty set holds no other set.
            (ONLY_EMPTY, others) if self.has_empty[others as usize] => Some(NONE_AT_ALL),
            (ONLY_EMPTY, _) => Some(ONLY_EMPTY),
            pair => self.without.get(&pair).copied(),
        }
    }

    fn counts(&self, orders: usize) -> Vec<Vec<u64>> {
        let mut counts = vec![vec![0_u64; orders]; self.branches.len()];
        counts[ONLY_EMPTY as usize][0] = 1;
        for (number, &Branch { low, high, .. }) in self.branches.iter().enumerate().skip(2) {
            for order in 0..orders {
                let with = if order > 0 { counts[high as usize][order - 1] } else { 0 };
                counts[number][order] = counts[low as usize][order].saturating_add(with);
            }
        }
        counts
    }
}
