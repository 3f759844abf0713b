//! The interpreter of programs: one visit goes on until it has to wait.

use super::Simulation;
use super::admission::Entry;
use super::visit::{SLOT_BITS, State};
use crate::kernel::random::uniform;
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::plan::{NONE, Step};

impl Simulation<'_> {
    /// Goes through the steps of a visit, of its callers when it ends, and of the visits
    /// that it calls, until there is something to wait for.
    #[inline(always)]
    pub(super) fn run_visit(&mut self, slot: u32) {
        let plan = self.plan;
        let mut slot = slot;
        loop {
            let visit = &mut self.visits[slot];
            let next = match plan.steps[visit.step as usize] {
                Step::Enter { kept } => match self.enter(slot) {
                    Entry::In => self.begin_work(slot, kept),
                    Entry::Waits => None,
                    Entry::Fails(outcome) => self.end_visit(slot, outcome),
                },
                Step::EnterSession { kept } => match self.enter_session(slot) {
                    Entry::In => self.begin_work(slot, kept),
                    Entry::Waits => None,
                    Entry::Fails(outcome) => self.end_visit(slot, outcome),
                },
                Step::Wait { draw } => {
                    visit.step += 1;
                    let mut time = self.draws.take(plan, draw);
                    if self.disturbed {
                        time = self.slowed(slot, time);
                    }
                    self.schedule(slot, self.now.saturating_add(time));
                    None
                }
                Step::Cpu { draw } => {
                    visit.step += 1;
                    let work = self.draws.take(plan, draw);
                    self.use_cpu(slot, work);
                    None
                }
                Step::Serve { draw } => self.serve(slot, draw),
                Step::Pass { instance } => self.pass(slot, instance),
                Step::Finish => {
                    self.finish_request(slot);
                    None
                }
                Step::Call { call } => self.call(slot, call),
                Step::Recall { name } => {
                    let known = self.recall_name(slot, name);
                    self.skip(slot, if known { 3 } else { 1 })
                }
                Step::End => self.end_visit(slot, Outcome::Ok),
                Step::Move { call } => self.move_on(slot, call),
                step => self.rarer_step(slot, step),
            };
            match next {
                Some(next) => slot = next,
                None => return,
            }
        }
    }

    #[inline(never)]
    fn rarer_step(&mut self, slot: u32, step: Step) -> Option<u32> {
        let plan = self.plan;
        match step {
            Step::Handshake { nanoseconds } => {
                self.visits[slot].step += 1;
                self.use_cpu(slot, Time::from(nanoseconds));
                None
            }
            Step::RecordedWait { column } | Step::RecordedCpu { column } => {
                self.visits[slot].step += 1;
                let work = self.recorded(slot, column);
                match step {
                    Step::RecordedCpu { .. } => self.use_cpu(slot, work),
                    _ => self.schedule(slot, self.now.saturating_add(work)),
                }
                None
            }
            Step::Borrow { pool } => self.borrow(slot, pool),
            Step::Limit { limit } => self.ask_limit(slot, limit),
            Step::Store { first_cache } => self.store(slot, first_cache),
            Step::Ask => self.ask_resolver(slot),
            Step::TurnAway => self.end_visit(slot, Outcome::Unavailable),
            Step::Fork { fork } => self.fork(slot, fork),
            Step::Chance { chance } => {
                let chance = &plan.chances[chance as usize];
                let happens = uniform(&mut self.dice[chance.die as usize]) < chance.probability;
                self.skip(slot, if happens { 1 } else { 1 + chance.skip })
            }
            Step::Repeat { repeat } => {
                let repeat = &plan.repeats[repeat as usize];
                let count = repeat.count.draw(&mut self.dice[repeat.die as usize]);
                self.visits[slot].repeats = count;
                self.skip(slot, if count > 0 { 1 } else { 1 + repeat.skip })
            }
            Step::Again { back } => {
                let visit = &mut self.visits[slot];
                visit.repeats -= 1;
                visit.step = if visit.repeats > 0 { visit.step - back } else { visit.step + 1 };
                Some(slot)
            }
            Step::Branch { branch } => self.go_one_way(slot, branch),
            Step::Lookup { lookup } => {
                let left_out = self.look_up(slot, lookup);
                self.skip(slot, 1 + left_out)
            }
            Step::Remember { name } => {
                self.remember_name(slot, name);
                self.skip(slot, 1)
            }
            Step::Resolve { name } => self.resolve_name(slot, name),
            Step::Commit { .. } | Step::ReadDone { .. } => self.replicate(slot, step),
            Step::Enter { .. }
            | Step::EnterSession { .. }
            | Step::Wait { .. }
            | Step::Cpu { .. }
            | Step::Serve { .. }
            | Step::Pass { .. }
            | Step::Finish
            | Step::Call { .. }
            | Step::End
            | Step::Recall { .. }
            | Step::Move { .. } => {
                unreachable!("the loop takes these itself")
            }
        }
    }

    fn go_one_way(&mut self, slot: u32, branch: u32) -> Option<u32> {
        let branch = &self.plan.branches[branch as usize];
        let point = uniform(&mut self.dice[branch.die as usize]);
        let way = branch.ways.iter().find(|(cumulated, _)| point < *cumulated).or(branch.ways.last());
        self.visits[slot].step = way.expect("a branch has a way").1;
        Some(slot)
    }

    /// The visit has its slot. Work on the cores, which comes next in most programs,
    /// begins without another look at the program.
    #[inline(always)]
    fn begin_work(&mut self, slot: u32, kept: u32) -> Option<u32> {
        let plan = self.plan;
        let visit = &mut self.visits[slot];
        visit.step += if visit.flags.fresh { 1 } else { kept };
        let Step::Cpu { draw } = plan.steps[visit.step as usize] else { return Some(slot) };
        visit.step += 1;
        let work = self.draws.take(plan, draw);
        self.use_cpu(slot, work);
        None
    }

    #[inline(always)]
    pub(super) fn skip(&mut self, slot: u32, steps: u32) -> Option<u32> {
        self.visits[slot].step += steps;
        Some(slot)
    }

    /// So much work on the cores that the visit's node shares; without any it just takes that long.
    #[inline(always)]
    pub(super) fn use_cpu(&mut self, slot: u32, work: Time) {
        let work = if self.disturbed { self.slowed(slot, work) } else { work };
        let visit = &mut self.visits[slot];
        let processor = self.plan.instances[visit.instance as usize].processor;
        if processor == NONE {
            self.schedule(slot, self.now.saturating_add(work));
            return;
        }
        let word = (self.sequence << SLOT_BITS) | u64::from(slot);
        self.sequence += 1;
        visit.word = word;
        visit.flags.on_cpu = true;
        debug_assert_eq!(visit.state, State::Going);
        self.processors[processor as usize].add(self.now, work, word);
        self.unset_clock(processor);
    }

    /// The service time that the replayed recording gives this request.
    fn recorded(&self, slot: u32, column: u32) -> Time {
        let root = self.visits[slot].root;
        if root == NONE {
            // Nobody waits for it any more, and which line it was is forgotten.
            return 0;
        }
        let request = self.visits.requests[root as usize];
        self.sources[request.source as usize].recorded_work(self.plan, request, column)
    }
}
