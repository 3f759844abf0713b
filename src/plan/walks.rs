//! Walks: random routes through a network of stations; and steps that are one where nothing comes
//! between them.

use super::MemberPlan;
use super::ids::{Branch, Call, Instance, Route, StepPlace};
use super::program::Program;
use super::steps::{BranchPlan, Step};
use crate::kernel::table::Id;
use crate::nodes::behaviour::{Order, WhenFull};
use crate::scenario::model::{NodeId, Stop, Target, Walk};

/// A stop in the code of a walk.
struct PlacedStop {
    /// The step that leads to it, and the one behind that, by node: several, if it is a group.
    start: Id<StepPlace>,
    entrances: Vec<(NodeId, Id<StepPlace>)>,
    /// Where it is chosen how to go on from each node.
    branches: Vec<Id<Branch>>,
    /// The route to it.
    route: Id<Route>,
}

impl Program<'_, '_> {
    /// The steps of a random walk. They are placed at once, since branches lead to
    /// absolute steps.
    pub fn walk(&mut self, user: NodeId, walk: &Walk) -> Id<StepPlace> {
        let mut code: Vec<Step> = Vec::new();
        let mut placed = Vec::new();
        let first_step = self.compiler.tables.steps.next_id();
        let mut from = user;
        for stop in &walk.stops {
            let start = first_step.plus(code.len() as u32);
            // Wherever the walk comes from, it is this route, unless a link of its own leads there.
            let (call, step) = self.step_over(from, stop.target);
            // A stop may have more replicas than the one that the route was made for.
            self.compiler.tables.calls[call].site_per_replica = false;
            code.push(step);
            let nodes = self.compiler.scenario.nodes_of(stop.target);
            from = nodes[0];
            let placed_stop = self.stop(stop, &nodes, (start, call), &mut code);
            placed.push(placed_stop);
        }
        let end = first_step.plus(code.len() as u32);
        code.push(Step::End);
        // Where a walk comes from is not known, so all of its stops have to be plain.
        let all_plain = code.iter().all(|step| match step {
            Step::Move { call } => self.leads_to_plain(*call),
            _ => true,
        });
        if all_plain {
            self.join_steps(&mut code);
        }
        for (stop, here) in walk.stops.iter().zip(&placed) {
            for (&branch, &(node, _)) in here.branches.iter().zip(&here.entrances) {
                let mut sum = 0.0;
                let mut ways = Vec::new();
                for &(next, probability) in &stop.next {
                    sum += probability;
                    let way = next.map_or(end, |next| {
                        let target = walk.stops[next as usize].target;
                        self.way_to(node, target, &placed[next as usize], first_step, &mut code)
                    });
                    ways.push((sum, way));
                }
                self.compiler.tables.branches[branch].ways = ways;
            }
        }
        self.compiler.tables.place(code)
    }

    /// What is done at a stop: by each node, if it is a group.
    fn stop(
        &mut self,
        stop: &Stop,
        nodes: &[NodeId],
        (start, call): (Id<StepPlace>, Id<Call>),
        code: &mut Vec<Step>,
    ) -> PlacedStop {
        let first_step = Id::numbered(start.number() + 1 - code.len() as u32);
        let (mut entrances, mut branches, mut die) = (Vec::new(), Vec::new(), None);
        for &node in nodes {
            entrances.push((node, first_step.plus(code.len() as u32)));
            code.extend(self.entrance(node, false));
            code.extend(self.work(node, stop.work_at(node)));
            // Whoever serves a request, its way is its own.
            let die = *die.get_or_insert_with(|| {
                let name = self.stream_name(node, "branch");
                self.compiler.streams.die(&self.compiler.node(node).name, &name)
            });
            let branch = self.compiler.tables.branches.push(BranchPlan { ways: Vec::new(), die });
            branches.push(branch);
            code.push(Step::Branch { branch });
        }
        let route = self.compiler.tables.calls[call].route;
        if nodes.len() > 1 {
            self.compiler.tables.calls[call].bodies = self.by_member(route, &entrances);
        }
        PlacedStop { start, entrances, branches, route }
    }

    /// The step that leads from a node to a stop: the stop's own, or one over other links.
    fn way_to(
        &mut self,
        from: NodeId,
        target: Target,
        stop: &PlacedStop,
        first_step: Id<StepPlace>,
        code: &mut Vec<Step>,
    ) -> Id<StepPlace> {
        let compiler = &self.compiler;
        let members = &compiler.routes[stop.route].members;
        let is_same = |member: &MemberPlan| {
            let to = NodeId(compiler.instances[member.instance].node.number());
            compiler.links.between(compiler.scenario, from, to) == member.link
        };
        if members.iter().all(is_same) {
            return stop.start;
        }
        let (call, step) = self.step_over(from, target);
        let route = self.compiler.tables.calls[call].route;
        let bodies = self.by_member(route, &stop.entrances);
        let plan = &mut self.compiler.tables.calls[call];
        (plan.bodies, plan.site_per_replica) = (bodies, false);
        code.push(step);
        first_step.plus(code.len() as u32 - 1)
    }

    /// Joins steps of a request that walks through stations by itself, where no timer, no
    /// link and no choice comes between them.
    pub fn join_steps(&self, code: &mut [Step]) {
        let compiler = &self.compiler;
        let mut at_plain = false;
        for place in 0..code.len() {
            match code[place] {
                Step::Move { call } => {
                    let route = &compiler.routes[compiler.tables.calls[call].route];
                    let from_plain = at_plain || place == 0;
                    at_plain = self.leads_to_plain(call);
                    let [member] = &route.members[..] else { continue };
                    if from_plain && member.link.is_none() {
                        code[place] = Step::Pass { instance: member.instance };
                    }
                }
                // The second half of a pair stays where jumps may lead, but is never reached.
                Step::Enter { .. } if at_plain => {
                    if let Some(&Step::Wait { draw }) = code.get(place + 1) {
                        code[place] = Step::Serve { draw };
                    }
                }
                Step::End if at_plain => code[place] = Step::Finish,
                _ => {}
            }
        }
    }

    /// Whether the move leads to one replica, so that nobody counts who is open where,
    /// and that one is plain.
    fn leads_to_plain(&self, call: Id<Call>) -> bool {
        let route = &self.compiler.routes[self.compiler.tables.calls[call].route];
        matches!(&route.members[..], [member] if self.is_plain(member.instance))
    }

    /// Whether nothing but its slots and its line matters about a replica: a SYN that is sent again comes
    /// in another way than one that has just come.
    fn is_plain(&self, instance: Id<Instance>) -> bool {
        let node = &self.compiler.nodes[self.compiler.instances[instance].node];
        node.watchdog_lane.is_none()
            && node.patience.is_none()
            && node.order == Order::Fifo
            && !node.track_occupancy
            && !matches!(node.when_full, WhenFull::DropSyn)
    }
}
