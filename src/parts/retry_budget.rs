//! A retry budget: retries have to be earned by successes, so that they cannot multiply
//! the load of a system in which most requests fail.

/// Each success earns a share of a token, each retry takes a whole one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryBudget {
    pub share: f64,
    /// Tokens that fit; so many are there in the beginning.
    pub burst: u32,
}

/// The tokens that are left, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tokens(u64);

const TOKEN: u64 = 1_000_000;

impl RetryBudget {
    pub fn tokens(&self) -> Tokens {
        Tokens(self.most())
    }

    fn most(&self) -> u64 {
        u64::from(self.burst) * TOKEN
    }
}

impl Tokens {
    pub fn earn(&mut self, budget: &RetryBudget) {
        let earned = (budget.share * TOKEN as f64) as u64;
        self.0 = self.0.saturating_add(earned).min(budget.most());
    }

    /// Whether there is a token for a retry; it is gone then.
    pub fn take(&mut self) -> bool {
        let is_there = self.0 >= TOKEN;
        if is_there {
            self.0 -= TOKEN;
        }
        is_there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_successes_earn_a_retry_and_no_more_fit_than_the_burst() {
        let budget = RetryBudget { share: 0.1, burst: 2 };
        let mut tokens = budget.tokens();
        assert_eq!([0; 3].map(|_| tokens.take()), [true, true, false]);
        for _ in 0..9 {
            tokens.earn(&budget);
        }
        assert!(!tokens.take());
        tokens.earn(&budget);
        assert_eq!([0; 2].map(|_| tokens.take()), [true, false]);
        for _ in 0..1_000 {
            tokens.earn(&budget);
        }
        assert_eq!([0; 3].map(|_| tokens.take()), [true, true, false]);
    }
}
