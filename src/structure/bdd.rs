//! Binary decision diagrams: functions of many yes-or-no variables, of which equal parts exist
//! once. Nothing here calls itself, so that a thousand variables need no deeper stack than ten.

use rustc_hash::FxHashMap;

/// A function, by its number among the diagrams.
pub type Function = u32;

pub const NO: Function = 0;
pub const YES: Function = 1;

/// Stands below all variables.
const NO_VARIABLE: u32 = u32::MAX;

/// The functions are too entangled to be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooEntangled;

/// What is so if a variable is false, and if it is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Branch {
    pub variable: u32,
    pub low: Function,
    pub high: Function,
}

const END: Branch = Branch { variable: NO_VARIABLE, low: NO, high: NO };

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Operation {
    And,
    Or,
}

/// All functions of one set of variables. Variables with lower numbers are asked first.
#[derive(Debug)]
pub struct Diagrams {
    branches: Vec<Branch>,
    known: FxHashMap<Branch, Function>,
    done: FxHashMap<(Operation, Function, Function), Function>,
    /// More are refused: the machine's memory is not endless.
    branches_most: usize,
}

impl Diagrams {
    pub fn new(branches_most: usize) -> Diagrams {
        Diagrams {
            branches: vec![END; 2],
            known: FxHashMap::default(),
            done: FxHashMap::default(),
            branches_most,
        }
    }

    /// A function that asks for a variable first; the others must come after it.
    pub fn branch(&mut self, variable: u32, low: Function, high: Function) -> Result<Function, TooEntangled> {
        if low == high {
            return Ok(low);
        }
        let branch = Branch { variable, low, high };
        debug_assert!(variable < self.first_of(low).min(self.first_of(high)));
        if let Some(&known) = self.known.get(&branch) {
            return Ok(known);
        }
        if self.branches.len() >= self.branches_most {
            return Err(TooEntangled);
        }
        self.branches.push(branch);
        let function = self.branches.len() as Function - 1;
        self.known.insert(branch, function);
        Ok(function)
    }

    pub fn and(&mut self, left: Function, right: Function) -> Result<Function, TooEntangled> {
        self.combine(Operation::And, left, right)
    }

    pub fn or(&mut self, left: Function, right: Function) -> Result<Function, TooEntangled> {
        self.combine(Operation::Or, left, right)
    }

    /// Whether at least so many of the functions hold.
    pub fn at_least(&mut self, least: usize, functions: &[Function]) -> Result<Function, TooEntangled> {
        let all = functions.len();
        if least == 0 || least > all {
            return Ok(if least == 0 { YES } else { NO });
        }
        // Whether at least so many of those from some place on hold; begins behind the last.
        let mut from_here = vec![NO; least + 1];
        from_here[0] = YES;
        for (place, &function) in functions.iter().enumerate().rev() {
            // Those before can hold, and those behind are, only so many.
            let (fewest, most) = (least.saturating_sub(place).max(1), least.min(all - place));
            for number in (fewest..=most).rev() {
                let with = self.and(function, from_here[number - 1])?;
                from_here[number] = self.or(from_here[number], with)?;
            }
        }
        Ok(from_here[least])
    }

    fn first_of(&self, function: Function) -> u32 {
        self.branches[function as usize].variable
    }

    fn combine(
        &mut self,
        operation: Operation,
        left: Function,
        right: Function,
    ) -> Result<Function, TooEntangled> {
        let mut pending = vec![(left, right)];
        while let Some(&(left, right)) = pending.last() {
            if self.result(operation, left, right).is_some() {
                pending.pop();
                continue;
            }
            let variable = self.first_of(left).min(self.first_of(right));
            let (left_low, left_high) = self.halves(left, variable);
            let (right_low, right_high) = self.halves(right, variable);
            let low = self.result(operation, left_low, right_low);
            let high = self.result(operation, left_high, right_high);
            if let (Some(low), Some(high)) = (low, high) {
                let result = self.branch(variable, low, high)?;
                self.done.insert((operation, left.min(right), left.max(right)), result);
                pending.pop();
                continue;
            }
            pending.extend(low.is_none().then_some((left_low, right_low)));
            pending.extend(high.is_none().then_some((left_high, right_high)));
        }
        Ok(self.result(operation, left, right).expect("it has just been found"))
    }

    /// What is known without looking further.
    fn result(&self, operation: Operation, left: Function, right: Function) -> Option<Function> {
        let (neutral, decisive) = match operation {
            Operation::And => (YES, NO),
            Operation::Or => (NO, YES),
        };
        match (left, right) {
            (one, other) if one == decisive || other == decisive => Some(decisive),
            (one, other) if one == neutral || one == other => Some(other),
            (one, other) if other == neutral => Some(one),
            (one, other) => self.done.get(&(operation, one.min(other), one.max(other))).copied(),
        }
    }

    /// What is left of a function if a variable is false, and if it is true.
    fn halves(&self, function: Function, variable: u32) -> (Function, Function) {
        match self.branches[function as usize] {
            branch if branch.variable == variable => (branch.low, branch.high),
            _ => (function, function),
        }
    }

    /// One function by itself, without all that was needed on the way to it.
    pub fn extract(&self, function: Function) -> Diagram {
        let mut needed = vec![false; self.branches.len()];
        needed[function as usize] = true;
        let mut count = 2;
        // What a branch leads to was made before it.
        for number in (2..=function as usize).rev() {
            if needed[number] {
                let Branch { low, high, .. } = self.branches[number];
                needed[low as usize] = true;
                needed[high as usize] = true;
                count += 1;
            }
        }
        let mut number_of = vec![0, 1];
        number_of.resize(self.branches.len().min(function as usize + 1).max(2), 0);
        let mut branches = Vec::with_capacity(count);
        branches.extend([END; 2]);
        for number in 2..=function as usize {
            if needed[number] {
                let Branch { variable, low, high } = self.branches[number];
                number_of[number] = branches.len() as Function;
                let (low, high) = (number_of[low as usize], number_of[high as usize]);
                branches.push(Branch { variable, low, high });
            }
        }
        Diagram { branches, root: number_of[function as usize] }
    }
}

/// One function. Whatever a branch leads to stands before it.
#[derive(Clone, Debug)]
pub struct Diagram {
    branches: Vec<Branch>,
    root: Function,
}

impl Diagram {
    pub fn root(&self) -> Function {
        self.root
    }

    /// Each branch with its number, those that it leads to before it.
    pub fn branches(&self) -> impl DoubleEndedIterator<Item = (Function, Branch)> + '_ {
        self.branches.iter().enumerate().skip(2).map(|(number, branch)| (number as Function, *branch))
    }

    /// How probable it is, and each function in it, if each variable is true with its
    /// probability, independently of the others.
    fn probabilities(&self, of_variables: &[f64]) -> Vec<f64> {
        let mut probabilities = vec![0.0; self.branches.len()];
        probabilities[YES as usize] = 1.0;
        for (number, Branch { variable, low, high }) in self.branches() {
            let chance = of_variables[variable as usize];
            probabilities[number as usize] =
                (1.0 - chance) * probabilities[low as usize] + chance * probabilities[high as usize];
        }
        probabilities
    }

    pub fn probability(&self, of_variables: &[f64]) -> f64 {
        self.probabilities(of_variables)[self.root as usize]
    }

    /// For each variable, how much more probable the function is if the variable is true than
    /// if it is false: Birnbaum's importance.
    pub fn slopes(&self, of_variables: &[f64]) -> Vec<f64> {
        let probabilities = self.probabilities(of_variables);
        let mut reached = vec![0.0; self.branches.len()];
        reached[self.root as usize] = 1.0;
        let mut slopes = vec![0.0; of_variables.len()];
        for (number, Branch { variable, low, high }) in self.branches().rev() {
            let (chance, reached_here) = (of_variables[variable as usize], reached[number as usize]);
            reached[low as usize] += reached_here * (1.0 - chance);
            reached[high as usize] += reached_here * chance;
            slopes[variable as usize] +=
                reached_here * (probabilities[high as usize] - probabilities[low as usize]);
        }
        slopes
    }
}
