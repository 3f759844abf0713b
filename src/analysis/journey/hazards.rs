//! What goes wrong where, after how long, and what the user sees of it.

use crate::kernel::time::{NEVER, Time, to_seconds};
use crate::nodes::behaviour::{Answers, Behaviour, Calling, UNLIMITED, WhenCallerLeaves, WhenFull};
use crate::parts::outcome::Outcome;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hazard {
    #[serde(flatten)]
    pub trouble: Trouble,
    /// How the request then ends, if nobody tries again; `None` if it goes on all the same.
    pub user_sees: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "trouble", rename_all = "snake_case")]
pub enum Trouble {
    /// The resolver does not answer.
    ResolverSilent {
        after_s: f64,
        attempts: u32,
    },
    /// All slots are taken: the visit stands in line.
    InLine {
        places: Option<u32>,
    },
    /// So is the line, and the kernel drops the SYN: sent again after 1, 3, 7 … s.
    SynDropped {
        gives_up_s: f64,
        caller: String,
    },
    /// So is the line, and the call is turned away at once.
    TurnedAway {
        with: &'static str,
    },
    /// A visit waits in line no longer than that on average.
    PatienceEnds {
        mean_s: f64,
    },
    /// The caller waits no longer for the answer.
    TooLate {
        caller: String,
        after_s: f64,
    },
    /// The worker is killed, and another one boots.
    WorkerKilled {
        after_s: f64,
        boot_s: f64,
    },
    /// All of the caller's own connections to its database are taken.
    PoolEmpty {
        caller: String,
        connections: u32,
        after_s: Option<f64>,
    },
    /// The user waits no longer for this try.
    UserLeaves {
        after_s: f64,
        retries: u32,
    },
    /// The user has left: the node notices, or works on for nobody.
    WorkForNobody,
    StopsAtOnce,
    /// Another peer is tried.
    TriesElsewhere {
        caller: String,
        tries: u32,
    },
}

/// A caller on the way, and what it makes of a failed call.
#[derive(Clone, Debug)]
pub struct Caller {
    pub name: String,
    pub calling: Calling,
    pub optional: bool,
}

/// SYNs are sent for so long before the kernel gives up.
const SYN_GIVES_UP_S: f64 = 127.0;

/// How a request ends when a call fails at the end of this chain of callers.
pub fn seen_by_user(callers: &[Caller], failure: Outcome) -> Option<&'static str> {
    let mut outcome = failure;
    for caller in callers.iter().rev() {
        if caller.optional {
            return None;
        }
        outcome = caller.calling.answers.to(outcome);
    }
    Some(outcome.meaning())
}

/// What may go wrong with a visit to a node that behaves like this.
pub fn of_visit(
    behaviour: &Behaviour,
    callers: &[Caller],
    peers: u32,
    idempotent: bool,
    borrows: bool,
) -> Vec<Hazard> {
    let caller = callers.last();
    let name = caller.map_or(String::new(), |caller| caller.name.clone());
    let calling = caller.map_or(&Calling::PLAIN, |caller| &caller.calling);
    let mut hazards = Vec::new();
    if let (true, Some(pool)) = (borrows, calling.pool) {
        let after_s = timeout_s(pool.wait).filter(|&wait| wait > 0.0);
        // It is the caller itself that fails, so that it has nothing to translate.
        let before = &callers[..callers.len() - 1];
        let user_sees = after_s.and_then(|_| seen_by_user(before, Outcome::ServerError));
        let connections = pool.size.saturating_mul(pool.processes);
        let trouble = Trouble::PoolEmpty { caller: name.clone(), connections, after_s };
        hazards.push(Hazard { trouble, user_sees });
    }
    let mut add = |trouble, failure: Option<Outcome>| {
        let user_sees = failure.and_then(|failure| seen_by_user(callers, failure));
        hazards.push(Hazard { trouble, user_sees });
    };
    full(behaviour, calling, &name, &mut add);
    if behaviour.watchdog != NEVER {
        let trouble = Trouble::WorkerKilled {
            after_s: to_seconds(behaviour.watchdog),
            boot_s: to_seconds(behaviour.boot),
        };
        add(trouble, Some(Outcome::Reset));
    }
    if calling.read_timeout != NEVER {
        let after_s = to_seconds(calling.read_timeout);
        add(Trouble::TooLate { caller: name.clone(), after_s }, Some(Outcome::TimedOut));
    }
    let tries = if calling.tries == 0 { peers } else { calling.tries };
    if peers > 1 && tries > 1 && idempotent {
        add(Trouble::TriesElsewhere { caller: name, tries }, None);
    }
    hazards
}

/// When the slots are taken, and when the line is full as well.
fn full(
    behaviour: &Behaviour,
    calling: &Calling,
    caller: &str,
    add: &mut impl FnMut(Trouble, Option<Outcome>),
) {
    if behaviour.slots == UNLIMITED {
        return;
    }
    if behaviour.queue > 0 {
        let places = (behaviour.queue != UNLIMITED).then_some(behaviour.queue);
        add(Trouble::InLine { places }, None);
    }
    if let Some(patience) = &behaviour.patience {
        add(Trouble::PatienceEnds { mean_s: patience.mean() }, Some(Outcome::Abandoned));
    }
    if behaviour.queue == UNLIMITED {
        return;
    }
    match behaviour.when_full {
        WhenFull::DropSyn => {
            let connect_s = timeout_s(calling.connect_timeout).unwrap_or(SYN_GIVES_UP_S);
            let gives_up_s = connect_s.min(SYN_GIVES_UP_S);
            add(Trouble::SynDropped { gives_up_s, caller: caller.to_owned() }, Some(Outcome::TimedOut));
        }
        WhenFull::Answer(outcome) => {
            add(Trouble::TurnedAway { with: outcome.meaning() }, Some(outcome));
        }
    }
}

/// What the node does with the visit when a user leaves who is on the way.
pub fn when_user_leaves(behaviour: &Behaviour) -> Hazard {
    let trouble = match behaviour.when_caller_leaves {
        WhenCallerLeaves::Finish => Trouble::WorkForNobody,
        WhenCallerLeaves::Stop => Trouble::StopsAtOnce,
    };
    Hazard { trouble, user_sees: None }
}

pub fn resolver_silent(timeout: Time, attempts: u32) -> Option<Hazard> {
    let trouble = Trouble::ResolverSilent { after_s: timeout_s(timeout)?, attempts };
    Some(Hazard { trouble, user_sees: Some(Answers::NoName.to(Outcome::TimedOut).meaning()) })
}

pub fn timeout_s(timeout: Time) -> Option<f64> {
    (timeout != NEVER).then(|| to_seconds(timeout))
}
