//! Diagrams and cut sets against going through all states.

use super::bdd::{Diagram, Diagrams, Function, NO, YES};
use super::cut_sets::CutSets;
use proptest::prelude::*;

const VARIABLES: usize = 9;
const BRANCHES_MOST: usize = 100_000;

/// A function that never becomes false because one more variable is true.
#[derive(Clone, Debug)]
enum Formula {
    Variable(usize),
    AtLeast(usize, Vec<Formula>),
}

impl Formula {
    fn holds(&self, state: u32) -> bool {
        match self {
            Formula::Variable(variable) => state >> variable & 1 == 1,
            Formula::AtLeast(least, of) => of.iter().filter(|one| one.holds(state)).count() >= *least,
        }
    }

    fn build(&self, diagrams: &mut Diagrams) -> Function {
        match self {
            Formula::Variable(variable) => diagrams.branch(*variable as u32, NO, YES).unwrap(),
            Formula::AtLeast(least, of) => {
                let of: Vec<Function> = of.iter().map(|one| one.build(diagrams)).collect();
                diagrams.at_least(*least, &of).unwrap()
            }
        }
    }

    fn diagram(&self) -> Diagram {
        let mut diagrams = Diagrams::new(BRANCHES_MOST);
        let function = self.build(&mut diagrams);
        diagrams.extract(function)
    }

    /// The states in which it holds, and in no smaller one, with the smallest first.
    fn minimal(&self) -> Vec<u32> {
        let is_minimal = |&state: &u32| {
            let smaller = (0..VARIABLES).map(|bit| state & !(1 << bit)).filter(|other| *other != state);
            self.holds(state) && !smaller.into_iter().any(|other| self.holds(other))
        };
        let mut minimal: Vec<u32> = (0..1 << VARIABLES).filter(is_minimal).collect();
        minimal.sort_by_key(|state| (state.count_ones(), *state));
        minimal
    }

    fn probability(&self, chances: &[f64]) -> f64 {
        let of_state = |state: u32| -> f64 {
            let each = chances.iter().enumerate();
            each.map(|(bit, chance)| if state >> bit & 1 == 1 { *chance } else { 1.0 - chance }).product()
        };
        (0..1 << VARIABLES).filter(|state| self.holds(*state)).map(of_state).sum()
    }
}

fn formula() -> impl Strategy<Value = Formula> {
    let leaf = (0..VARIABLES).prop_map(Formula::Variable);
    leaf.prop_recursive(4, 40, 5, |inner| {
        (0_usize..6, prop::collection::vec(inner, 0..5)).prop_map(|(least, of)| Formula::AtLeast(least, of))
    })
}

fn state_of(set: &[u32]) -> u32 {
    set.iter().map(|variable| 1 << variable).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    #[test]
    fn probabilities_and_slopes_are_those_of_all_states(
        formula in formula(),
        chances in prop::collection::vec(0.0_f64..=1.0, VARIABLES),
    ) {
        let diagram = formula.diagram();
        let exact = formula.probability(&chances);
        prop_assert!((diagram.probability(&chances) - exact).abs() < 1e-12);
        let slopes = diagram.slopes(&chances);
        for variable in 0..VARIABLES {
            let with = |chance: f64| {
                let mut chances = chances.clone();
                chances[variable] = chance;
                formula.probability(&chances)
            };
            prop_assert!((slopes[variable] - (with(1.0) - with(0.0))).abs() < 1e-12);
        }
    }

    #[test]
    fn cut_sets_are_the_smallest_states_that_fail(
        formula in formula(),
        order in 0..=VARIABLES,
        chances in prop::collection::vec(0.0_f64..=1.0, VARIABLES),
    ) {
        let sets = CutSets::of(&formula.diagram(), order, BRANCHES_MOST).unwrap();
        let known: Vec<u32> =
            formula.minimal().into_iter().filter(|state| state.count_ones() as usize <= order).collect();
        let mut found: Vec<u32> = sets.list(usize::MAX).iter().map(|set| state_of(set)).collect();
        let orders: Vec<u32> = found.iter().map(|state| state.count_ones()).collect();
        prop_assert!(orders.is_sorted(), "the smallest come first");
        found.sort_by_key(|state| (state.count_ones(), *state));
        prop_assert_eq!(&found, &known);
        for (ones, count) in sets.counts().iter().enumerate() {
            let of_order = known.iter().filter(|state| state.count_ones() as usize == ones).count();
            prop_assert_eq!(*count, of_order as u64);
        }
        let chance_of = |state: u32| -> f64 {
            (0..VARIABLES).filter(|bit| state >> bit & 1 == 1).map(|bit| chances[bit]).product()
        };
        let (sum, of_each) = sets.sums(&chances);
        prop_assert!((sum - known.iter().map(|state| chance_of(*state)).sum::<f64>()).abs() < 1e-9);
        for (bit, share) in of_each.iter().enumerate() {
            let with = known.iter().filter(|state| *state >> bit & 1 == 1);
            prop_assert!((share - with.map(|state| chance_of(*state)).sum::<f64>()).abs() < 1e-9);
        }
    }
}

#[test]
fn a_hundred_thousand_variables_need_no_deep_stack() {
    const MANY: u32 = 100_000;
    let mut diagrams = Diagrams::new(1_000_000);
    let variables: Vec<Function> = (0..MANY).map(|one| diagrams.branch(one, NO, YES).unwrap()).collect();
    let all = diagrams.at_least(MANY as usize, &variables).unwrap();
    let any = diagrams.at_least(1, &variables).unwrap();
    assert_eq!(diagrams.and(all, any), Ok(all));
    let diagram = diagrams.extract(any);
    assert!((diagram.probability(&vec![1e-6; MANY as usize]) - (1.0 - libm::exp(-0.1))).abs() < 1e-6);
    let sets = CutSets::of(&diagram, 4, 1_000_000).unwrap();
    assert_eq!(sets.counts(), [0, u64::from(MANY), 0, 0, 0]);
    assert_eq!(sets.list(3).len(), 3);
}

#[test]
fn what_is_too_entangled_is_refused() {
    // Pairs whose halves are far apart: each first half has to be remembered.
    const PAIRS: u32 = 20;
    let mut diagrams = Diagrams::new(10_000);
    let mut any = NO;
    let mut built = Ok(NO);
    for pair in 0..PAIRS {
        let first = diagrams.branch(pair, NO, YES).unwrap();
        let second = diagrams.branch(pair + PAIRS, NO, YES).unwrap();
        built = diagrams.and(first, second).and_then(|both| diagrams.or(any, both));
        match built {
            Ok(next) => any = next,
            Err(_) => break,
        }
    }
    assert!(built.is_err());
}
