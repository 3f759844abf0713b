//! How loaded a caller's peers are, the least loaded first.

use crate::kernel::clocks::Clocks;

/// The load of one peer: its open requests for its weight, and among equals whose turn came last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Load(u64);

/// Bits of a load that hold when the peer had its turn last.
const TURN_BITS: u32 = 36;
const TURN_MASK: u64 = (1 << TURN_BITS) - 1;
/// Loads are counted in these units per unit of weight.
pub const LOAD_UNIT: u64 = 1 << 10;

impl Load {
    fn new(open: u32, weight: u32, turn: u64) -> Load {
        let load = u64::from(open) * LOAD_UNIT / u64::from(weight.max(1));
        Load((load << TURN_BITS) | (turn & TURN_MASK))
    }

    fn with_turn(self, turn: u64) -> Load {
        Load(self.0 & !TURN_MASK | (turn & TURN_MASK))
    }

    /// A peer of which a share of the weight is there counts for as much more loaded.
    fn at_warmth(self, warmth: f64) -> u128 {
        if warmth >= 1.0 {
            return u128::from(self.0);
        }
        let (open, turn) = (self.0 >> TURN_BITS, self.0 & TURN_MASK);
        let share = ((LOAD_UNIT as f64 * warmth) as u128).max(1);
        let open = u128::from(open) * u128::from(LOAD_UNIT) / share;
        (open << TURN_BITS) | u128::from(turn)
    }
}

/// The loads of all peers of one caller. They are numbers of which the least is wanted, as it is of
/// the instants of clocks, so that they stand in what was made for those.
#[derive(Clone, Debug)]
pub struct Loads {
    tree: Clocks,
    /// How many turns there have been.
    turns: u64,
}

impl Loads {
    /// So many peers, none of them loaded.
    pub fn new(peers: u32) -> Loads {
        let mut tree = Clocks::new(peers as usize);
        for peer in 0..peers {
            tree.set(peer, 0);
        }
        Loads { tree, turns: 0 }
    }

    fn set(&mut self, peer: u32, load: Load) {
        self.tree.set(peer, load.0);
    }

    /// Of those with the least load the one whose turn came longest ago.
    #[inline(always)]
    pub fn first(&self) -> u32 {
        self.tree.first().clock
    }

    /// A peer has so many open requests from now on, and comes behind its equals.
    pub fn weigh(&mut self, peer: u32, open: u32, weight: u32) {
        self.turns += 1;
        self.set(peer, Load::new(open, weight, self.turns));
    }

    /// A peer has let its turn pass, and comes behind its equals.
    pub fn turn_is_over(&mut self, peer: u32) {
        self.turns += 1;
        self.set(peer, Load(self.tree.time(peer)).with_turn(self.turns));
    }

    /// The least loaded of those who have a warmth, the share of their weight that is there.
    pub fn least(&self, warmth: impl Fn(u32) -> Option<f64>) -> Option<u32> {
        self.tree.least(&mut |peer, load| warmth(peer).map(|warmth| Load(load).at_warmth(warmth)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_loaded_for_its_weight_is_first_and_among_equals_the_one_that_waits_longest() {
        let mut loads = Loads::new(3);
        assert_eq!(loads.first(), 0);
        loads.turn_is_over(0);
        assert_eq!(loads.first(), 1);
        loads.weigh(1, 2, 1);
        loads.weigh(2, 2, 4);
        loads.weigh(0, 1, 1);
        assert_eq!(loads.first(), 2, "two of weight four are less than one of weight one");
        assert_eq!(loads.least(|peer| (peer != 2).then_some(1.0)), Some(0));
        assert_eq!(loads.least(|peer| Some(if peer == 2 { 0.1 } else { 1.0 })), Some(0));
        assert_eq!(loads.least(|_| None), None);
    }
}
