//! The simulation kernel: time, chance, the agenda of events to come, and the structures
//! that hold what waits. It knows nothing of the web; a textbook on queues could be built
//! on it.

pub mod agenda;
pub mod clocks;
pub mod fronted;
pub mod heap;
pub mod ladder;
pub mod random;
pub mod sharing;
pub mod table;
pub mod time;
