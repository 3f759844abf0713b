//! Advice that has been tried: from what runs of a scenario show to changes that might help, each of
//! which is run with the same chance. Whatever is told here has been seen, and can be typed.
//!
//! It is data; `telling::advice` makes sentences of it.

mod answer;
mod balanced;
mod caches;
mod candidates;
mod change;
mod checks;
mod course;
mod data;
mod demand;
mod evidence;
mod exact;
mod judging;
mod lines;
mod more;
mod order;
mod planned;
mod retries;
mod second;
mod seen;
mod site;
mod steps;
mod trying;
mod wish;

pub use answer::{Advice, Point, Tried};
pub use change::{Change, Family, Remedy};
pub use course::advise;
pub use judging::{Compared, Effect, GoalMet, ThenFull, Verdict};
pub use seen::Figure;
pub use site::Site;
pub use wish::Wish;
