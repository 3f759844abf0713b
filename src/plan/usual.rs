//! What can be decided of a call before the run: where whoever is called gets in at once and begins
//! to work, all of that is one step.

use super::ids::{Call, DeadlineLane, Draw, Instance, StepPlace};
use super::{CallPlan, ConnectionUse, Plan, Step};
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;

/// Of one call. It is there for every call, and says whether there is more to it than this.
#[derive(Clone, Copy, Debug)]
pub struct UsualCall {
    /// Whoever is called without a link in between comes in and works as told here.
    pub begins_so: bool,
    /// The one instance that it goes to, with no link in between, if there is one.
    pub straight_to: Option<Id<Instance>>,
    /// Whether there are several to choose from, whose health somebody keeps.
    pub has_choice: bool,
    /// A good answer ends it, and nobody wants to hear of it.
    pub ends_so: bool,
    /// A slot of the called node is a connection that the caller keeps.
    pub is_session: bool,
    /// Each such call opens a connection, unless the caller has one.
    pub opens: bool,
    /// The timeout that runs began with the call, not with coming in.
    pub whole: bool,
    pub takes_extra_slot: bool,
    /// The lane of that timeout.
    pub lane: Option<Id<DeadlineLane>>,
    /// Over a connection that is open, and over a new one; of no meaning unless `begins_so`.
    pub works: [FirstWork; 2],
}

/// What a visit does first once it is in.
#[derive(Clone, Copy, Debug)]
pub struct FirstWork {
    /// How long it takes, if it is not always the same.
    pub draw: Option<Id<Draw>>,
    pub time: Time,
    /// Whether it takes a core, where there are cores to be shared.
    pub is_cpu: bool,
    /// The step that comes behind it.
    pub then: Id<StepPlace>,
}

impl UsualCall {
    pub fn of_all(plan: &Plan) -> Table<Call, UsualCall> {
        plan.calls.iter().map(|call| UsualCall::of(call, &plan.steps)).collect()
    }

    fn of(call: &CallPlan, steps: &Table<StepPlace, Step>) -> UsualCall {
        // Whatever is new about calls has to be put into one of these three groups.
        let CallPlan {
            // Told here, or asked for before this is.
            route: _,
            only_peer,
            only_link,
            site: _,
            site_per_replica: _,
            body,
            bodies,
            connect_lane,
            read_lane,
            whole,
            name: _,
            members_at: _,
            replication: _,
            takes_extra_slot,
            keeps_session,
            connection,
            guard,
            // Of calls over links.
            encrypted: _,
            round_trips: _,
            request_bytes: _,
            response_bytes: _,
            // Of calls that fail, or come to somebody who is not well.
            tries: _,
            tries_others: _,
            health: _,
            retry: _,
            answers: _,
            optional: _,
            falls_back: _,
            idempotent: _,
            writes: _,
        } = call;
        let is_told_of = guard.is_some() || matches!(connection, ConnectionUse::PerClient { .. });
        let works = match bodies.is_empty() {
            true => first_works(steps, *body, *keeps_session),
            false => None,
        };
        let begins_so = !is_told_of && works.is_some();
        UsualCall {
            begins_so,
            straight_to: if begins_so && only_link.is_none() { *only_peer } else { None },
            has_choice: only_peer.is_none(),
            ends_so: !is_told_of,
            is_session: *keeps_session,
            opens: *connection == ConnectionUse::Fresh,
            whole: *whole,
            takes_extra_slot: *takes_extra_slot,
            lane: if *whole { *connect_lane } else { *read_lane },
            works: works.unwrap_or([FirstWork { draw: None, time: 0, is_cpu: false, then: Id::FIRST }; 2]),
        }
    }
}

/// Those of a program that begins with getting a slot and with work.
fn first_works(
    steps: &Table<StepPlace, Step>,
    body: Id<StepPlace>,
    is_session: bool,
) -> Option<[FirstWork; 2]> {
    let kept = match steps.get(body)? {
        Step::Enter { kept } if !is_session => *kept,
        Step::EnterSession { kept } if is_session => *kept,
        _ => return None,
    };
    Some([first_work(steps, body.plus(kept))?, first_work(steps, body.plus(1))?])
}

fn first_work(steps: &Table<StepPlace, Step>, at: Id<StepPlace>) -> Option<FirstWork> {
    let then = at.plus(1);
    match *steps.get(at)? {
        Step::Cpu { draw } => Some(FirstWork { draw: Some(draw), time: 0, is_cpu: true, then }),
        Step::Wait { draw } => Some(FirstWork { draw: Some(draw), time: 0, is_cpu: false, then }),
        Step::Handshake { nanoseconds } => {
            Some(FirstWork { draw: None, time: Time::from(nanoseconds), is_cpu: true, then })
        }
        _ => None,
    }
}
