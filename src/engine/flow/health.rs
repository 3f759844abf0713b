//! How callers find out that a peer is not well, and that it is back: what calls and checks tell them.

use crate::engine::World;
use crate::engine::site::balancers::Balancers;
use crate::engine::trouble::Change;
use crate::engine::visit::Visit;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::NEVER;
use crate::parts::outcome::Outcome;
use crate::plan::ids::{Instance, Name, View};
use crate::plan::{CallPlan, Plan};

/// Who asks actively whether an instance is well.
#[derive(Clone, Copy, Debug)]
pub enum Checker {
    /// A caller, of this one of its peers.
    Caller { view: Id<View>, member: u32 },
    /// A zone, of the hosts at the addresses of a name.
    Name(Id<Name>),
}

impl Checker {
    fn checks(self) -> Change {
        match self {
            Checker::Caller { view, .. } => Change::Checks(view),
            Checker::Name(name) => Change::ChecksName(name),
        }
    }
}

/// Of each instance, who checks it. As long as nothing changes every check would find
/// everybody well, so that nobody need know.
pub fn checkers(plan: &Plan, balancers: &Balancers) -> Table<Instance, Vec<Checker>> {
    let mut checkers = Table::filled(Vec::new(), plan.instances.len());
    for (view, route) in balancers.checking() {
        for (member, peer) in (0..).zip(&plan.routes[route].members) {
            checkers[peer.instance].push(Checker::Caller { view, member });
        }
    }
    for (number, name) in plan.names.entries().filter(|(_, name)| name.checks.is_some()) {
        for &host in name.hosts.iter().flatten() {
            checkers[host].push(Checker::Name(number));
        }
    }
    checkers
}

impl World {
    /// A call to one of several peers has ended, at this instance.
    #[inline(never)]
    pub(in crate::engine) fn tell_health(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call: &CallPlan,
        by: Id<Instance>,
        outcome: Outcome,
    ) {
        if call.health.max_fails > 0 {
            let member = self.member_of(plan, slot, call, by);
            let view = plan.view_of(call, self.visits[slot].instance);
            self.site.balancers.call_ended(call, view, member, outcome, self.clockwork.now());
        }
    }

    /// Which of a call's peers an instance is; whoever has gone on to somebody else came to the peer
    /// that was called last. Replicas of one node stand in a row.
    pub(super) fn member_of(
        &self,
        plan: &Plan,
        slot: Id<Visit>,
        call: &CallPlan,
        instance: Id<Instance>,
    ) -> u32 {
        let members = &plan.routes[call.route].members;
        let guess = instance.number().wrapping_sub(members[0].instance.number()) as usize;
        if members.get(guess).is_some_and(|member| member.instance == instance) {
            return guess as u32;
        }
        let place = members.iter().position(|member| member.instance == instance);
        // Of calls made side by side the last one may have gone to others.
        let last = members.len() as u32 - 1;
        place.map_or(self.visits[slot].latest_peer.min(last), |place| place as u32)
    }

    /// An instance may answer checks otherwise than before: whoever checks it and was sure
    /// of all that it checks looks again when its next check is due.
    pub(in crate::engine) fn wake_checkers(&mut self, plan: &Plan, instance: Id<Instance>) {
        let mut number = 0;
        while let Some(checker) = self.trouble.checker_of(instance, number) {
            number += 1;
            let (is_checking, inter) = match checker {
                Checker::Caller { view, member } => {
                    let is_checking = self.site.balancers.doubt(view, member);
                    (is_checking, self.site.balancers.time_between_checks(view))
                }
                Checker::Name(name) => {
                    let checks = plan.names[name].checks;
                    (self.site.names.doubt(name), checks.map_or(NEVER, |it| it.inter))
                }
            };
            if !is_checking {
                let due = self.clockwork.now().div_ceil(inter).saturating_mul(inter);
                self.trouble.expect(due, checker.checks());
            }
        }
    }

    /// All of a caller's active checks of its peers are done now; once it is sure of all, it makes
    /// none until a peer changes.
    pub(in crate::engine) fn check_peers(&mut self, plan: &Plan, view: Id<View>) {
        let (conditions, now) = (self.trouble.conditions(), self.clockwork.now());
        let answers = |instance: Id<Instance>| conditions.answers_checks(instance);
        if !self.site.balancers.check(plan, view, answers, now) {
            let next = now.saturating_add(self.site.balancers.time_between_checks(view));
            self.trouble.expect(next, Change::Checks(view));
        }
    }
}
