//! Who looks at a run while it goes on: nobody, a progress bar, or the live view.

#[cfg(feature = "tui")]
use super::live::Live;
use crate::cli::caller::Caller;
use crate::cli::progress::Progress;
use crate::engine::{Advance, Simulation};
use crate::kernel::time::{NEVER, Time};
use crate::plan::Plan;

pub enum Audience {
    Bar(Progress),
    #[cfg(feature = "tui")]
    Live(Box<Live>),
}

impl Audience {
    /// Up to where the run may go before the audience wants to look.
    pub fn until(&self) -> Time {
        match self {
            Audience::Bar(_) => NEVER,
            #[cfg(feature = "tui")]
            Audience::Live(live) => live.until(),
        }
    }

    /// The run has been advanced, perhaps to its end. True if it is to stop before that.
    pub fn watch(&mut self, simulation: &Simulation<&Plan>, advance: Advance, caller: &Caller) -> bool {
        match self {
            _ if caller.has_stopped() => advance != Advance::Ended,
            Audience::Bar(progress) => {
                progress.show(simulation.now(), simulation.ended_requests(), simulation.events());
                false
            }
            // A terminal that is gone asks for as much as Ctrl-C does.
            #[cfg(feature = "tui")]
            Audience::Live(live) => live.watch(simulation, advance).unwrap_or(advance != Advance::Ended),
        }
    }
}
