//! All that is drawn: dice, and random durations, drawn ahead in batches. Each stream refills 64 at a time, which costs
//! no more than the bare draws.

use crate::kernel::random::{Generator, StreamFamily};
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::plan::Plan;
use crate::plan::ids::{Die, Draw};

const BATCH: usize = 64;

/// All that is drawn.
#[derive(Clone)]
pub struct Chance {
    pub(super) draws: Draws,
    pub(super) dice: Table<Die, Generator>,
    /// Decides which requests meet an error.
    pub(super) fault_die: Generator,
}

impl Chance {
    pub(super) fn new(plan: &Plan, family: StreamFamily) -> Chance {
        Chance {
            draws: Draws::new(plan, family),
            dice: plan.dice.iter().map(|die| family.stream(&die.name, &die.purpose)).collect(),
            fault_die: family.stream("faults", "errors"),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Draws {
    streams: Table<Draw, Stream>,
}

#[derive(Clone, Debug)]
struct Stream {
    position: usize,
    values: [Time; BATCH],
    generator: Generator,
}

impl Draws {
    pub fn new(plan: &Plan, family: StreamFamily) -> Self {
        let stream = |draw: &crate::plan::DrawPlan| Stream {
            position: BATCH,
            values: [0; BATCH],
            generator: family.stream(&draw.name, &draw.purpose),
        };
        Draws { streams: plan.draws.iter().map(stream).collect() }
    }

    #[inline(always)]
    pub fn take(&mut self, plan: &Plan, draw: Id<Draw>) -> Time {
        let stream = &mut self.streams[draw];
        if stream.position == BATCH {
            refill(stream, plan, draw);
        }
        let value = stream.values[stream.position & (BATCH - 1)];
        stream.position += 1;
        value
    }
}

#[inline(never)]
fn refill(stream: &mut Stream, plan: &Plan, draw: Id<Draw>) {
    plan.draws[draw].sampler.fill(&mut stream.generator, &mut stream.values);
    stream.position = 0;
}
