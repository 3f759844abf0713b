//! What has to be up for requests to be answered, and what that comes to in the long run: exact,
//! from the scenario alone, without a run.

mod bdd;
#[cfg(test)]
mod bdd_tests;
mod breakables;
mod components;
mod conclusion;
mod cut_sets;
mod function;
mod law;
mod ledger;
mod loss;
mod money;
mod notes;
mod schedule;
mod single_points;
mod spares;
mod telling;
#[cfg(test)]
mod tests;

pub use bdd::TooEntangled;
pub use breakables::{Breakable, Breakables, NotAlone};
pub use conclusion::{Conclusion, Costliest};
pub use ledger::{
    BRANCHES_MOST, CutSet, CutSetTable, HOURS_PER_YEAR, Ledger, MINUTES_PER_YEAR, Part, SinglePoint,
    Standing, analyze,
};
pub use money::Money;
pub use single_points::{NamedPoint, named_single_points};
pub use telling::listed;
