//! The interpreter of programs: one visit goes on until it has to wait.

use super::admission::Entry;
use crate::engine::World;
use crate::engine::visit::{State, Visit};
use crate::kernel::random::uniform;
use crate::kernel::table::Id;
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::plan::ids::Branch;
use crate::plan::{Plan, Step};

impl World {
    /// Goes through the steps of a visit, of its callers when it ends, and of the visits
    /// that it calls, until there is something to wait for.
    #[inline(never)]
    pub(in crate::engine) fn run_visit(&mut self, plan: &Plan, slot: Id<Visit>) {
        let mut slot = slot;
        loop {
            // Otherwise the tables of all rarer steps are fetched before the first step, each time.
            let plan = std::hint::black_box(plan);
            let visit = &mut self.visits[slot];
            let next = match plan.steps[visit.step] {
                Step::Enter { kept } => match self.enter(plan, slot) {
                    Entry::In => self.begin_work(plan, slot, kept),
                    Entry::Waits => None,
                    Entry::Fails(outcome) => self.end_otherwise(plan, slot, outcome),
                },
                Step::Wait { draw } => {
                    visit.step = visit.step.plus(1);
                    let instance = visit.instance;
                    let mut time = self.chance.draws.take(plan, draw);
                    if self.site.nodes[instance].needs_care {
                        time = self.slowed(plan, slot, time);
                    }
                    self.schedule(slot, self.clockwork.now().saturating_add(time));
                    None
                }
                Step::Cpu { draw } => {
                    visit.step = visit.step.plus(1);
                    let work = self.chance.draws.take(plan, draw);
                    self.use_cpu(plan, slot, work);
                    None
                }
                Step::Serve { draw } => self.serve(plan, slot, draw),
                Step::Pass { instance } => self.pass(plan, slot, instance),
                Step::Finish => {
                    self.finish_request(plan, slot);
                    None
                }
                Step::Call { call } => self.call(plan, slot, call),
                Step::Recall { name } => {
                    let known = self.recall_name(slot, name);
                    self.skip(slot, if known { 3 } else { 1 })
                }
                Step::End => match self.end_as_usual(plan, slot) {
                    Some(caller) => Some(caller),
                    None => self.end_otherwise(plan, slot, Outcome::Ok),
                },
                step => self.rarer_step(plan, slot, step),
            };
            match next {
                Some(next) => slot = next,
                None => return,
            }
        }
    }

    #[inline(never)]
    fn rarer_step(&mut self, plan: &Plan, slot: Id<Visit>, step: Step) -> Option<Id<Visit>> {
        match step {
            Step::EnterSession { kept } => match self.enter_session(plan, slot) {
                Entry::In => self.begin_work(plan, slot, kept),
                Entry::Waits => None,
                Entry::Fails(outcome) => self.end_visit(plan, slot, outcome),
            },
            Step::Move { call } => self.move_on(plan, slot, call),
            Step::Handshake { nanoseconds } => {
                self.visits[slot].step = self.visits[slot].step.plus(1);
                self.use_cpu(plan, slot, Time::from(nanoseconds));
                None
            }
            Step::RecordedWait { column } | Step::RecordedCpu { column } => {
                self.visits[slot].step = self.visits[slot].step.plus(1);
                let work = self.recorded(plan, slot, column);
                match step {
                    Step::RecordedCpu { .. } => self.use_cpu(plan, slot, work),
                    _ => self.schedule(slot, self.clockwork.now().saturating_add(work)),
                }
                None
            }
            Step::Borrow { pool } => self.borrow(plan, slot, pool),
            Step::Limit { limit } => self.ask_limit(plan, slot, limit),
            Step::Store { first_cache } => self.store(plan, slot, first_cache),
            Step::Ask => self.ask_resolver(plan, slot),
            Step::TurnAway => self.end_visit(plan, slot, Outcome::Unavailable),
            Step::Fork { fork } => self.fork(plan, slot, fork),
            Step::Chance { chance } => {
                let chance = &plan.chances[chance];
                let happens = uniform(&mut self.chance.dice[chance.die]) < chance.probability;
                self.skip(slot, if happens { 1 } else { 1 + chance.skip })
            }
            Step::Repeat { repeat } => {
                let repeat = &plan.repeats[repeat];
                let count = repeat.count.draw(&mut self.chance.dice[repeat.die]);
                self.visits[slot].repeats = count;
                self.skip(slot, if count > 0 { 1 } else { 1 + repeat.skip })
            }
            Step::Again { back } => {
                let visit = &mut self.visits[slot];
                visit.repeats -= 1;
                let first = Id::numbered(visit.step.number() - back);
                visit.step = if visit.repeats > 0 { first } else { visit.step.plus(1) };
                Some(slot)
            }
            Step::Branch { branch } => self.go_one_way(plan, slot, branch),
            Step::Lookup { lookup } => {
                let left_out = self.look_up(plan, slot, lookup);
                self.skip(slot, 1 + left_out)
            }
            Step::Remember { name } => {
                self.remember_name(plan, slot, name);
                self.skip(slot, 1)
            }
            Step::Resolve { name } => self.resolve_name(plan, slot, name),
            Step::Commit { .. } | Step::ReadDone { .. } => self.replicate(plan, slot, step),
            Step::Enter { .. }
            | Step::Wait { .. }
            | Step::Cpu { .. }
            | Step::Serve { .. }
            | Step::Pass { .. }
            | Step::Finish
            | Step::Call { .. }
            | Step::End
            | Step::Recall { .. } => {
                unreachable!("the loop takes these itself")
            }
        }
    }

    fn go_one_way(&mut self, plan: &Plan, slot: Id<Visit>, branch: Id<Branch>) -> Option<Id<Visit>> {
        let branch = &plan.branches[branch];
        let point = uniform(&mut self.chance.dice[branch.die]);
        let way = branch.ways.iter().find(|(cumulated, _)| point < *cumulated).or(branch.ways.last());
        self.visits[slot].step = way.expect("a branch has a way").1;
        Some(slot)
    }

    /// The visit has its slot. Work on the cores, which comes next in most programs,
    /// begins without another look at the program.
    #[inline(always)]
    fn begin_work(&mut self, plan: &Plan, slot: Id<Visit>, kept: u32) -> Option<Id<Visit>> {
        let visit = &mut self.visits[slot];
        visit.step = visit.step.plus(if visit.flags.fresh { 1 } else { kept });
        let Step::Cpu { draw } = plan.steps[visit.step] else { return Some(slot) };
        visit.step = visit.step.plus(1);
        let work = self.chance.draws.take(plan, draw);
        self.use_cpu(plan, slot, work);
        None
    }

    #[inline(always)]
    pub(in crate::engine) fn skip(&mut self, slot: Id<Visit>, steps: u32) -> Option<Id<Visit>> {
        self.visits[slot].step = self.visits[slot].step.plus(steps);
        Some(slot)
    }

    /// So much work on the cores that the visit's node shares; without any it just takes that long.
    #[inline(always)]
    pub(in crate::engine) fn use_cpu(&mut self, plan: &Plan, slot: Id<Visit>, work: Time) {
        let needs_care = self.site.nodes[self.visits[slot].instance].needs_care;
        let work = if needs_care { self.slowed(plan, slot, work) } else { work };
        let visit = &mut self.visits[slot];
        let Some(processor) = self.site.nodes[visit.instance].processor else {
            self.schedule(slot, self.clockwork.now().saturating_add(work));
            return;
        };
        let word = self.clockwork.number(slot);
        visit.word = word;
        visit.flags.on_cpu = true;
        debug_assert_eq!(visit.state, State::Going);
        self.clockwork.work(&self.visits, processor, work, word);
    }

    /// The service time that the replayed recording gives this request.
    fn recorded(&self, plan: &Plan, slot: Id<Visit>, column: u32) -> Time {
        // Once nobody waits for it any more, which line it was is forgotten.
        let Some(root) = self.visits[slot].root else { return 0 };
        let request = self.visits.requests[root];
        self.site.sources[request.source].recorded_work(plan, request, column)
    }
}
