//! The simulation kernel: time, chance, the agenda of events to come, and the lists
//! that hold what waits. It knows nothing of the web.

pub mod random;
pub mod time;
