//! How much is to be tried, and of what.

use super::change::Family;

#[derive(Clone, Debug)]
pub struct Wish {
    /// The scenario's own if nobody says.
    pub seed: Option<u64>,
    /// Pairs of each change at most.
    pub pairs_most: u64,
    /// Of these families only, if any are named.
    pub only: Vec<Family>,
}

impl Default for Wish {
    fn default() -> Wish {
        Wish { seed: None, pairs_most: 10, only: Vec::new() }
    }
}
