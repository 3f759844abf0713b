//! What goes wrong where, after how long, and what the user sees of it.

use crate::kernel::time::{NEVER, Time, to_seconds};
use crate::nodes::behaviour::{Answers, Behaviour, Calling, Order, UNLIMITED, WhenCallerLeaves, WhenFull};
use crate::parts::caution::Caution;
use crate::parts::outcome::Outcome;
use crate::parts::rate_limit::Per;
use crate::parts::shedding::Shedding;
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
    /// More than so many a second come from one client, or in all.
    RateLimited {
        rate_per_s: f64,
        burst: u32,
        per_client: bool,
        waits: bool,
        with: &'static str,
    },
    /// The line has become too slow.
    Sheds {
        target_s: f64,
        turns_away: bool,
        newest_first: bool,
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
    /// The caller tries again after a while, as often as its budget allows.
    TriesAgain {
        caller: String,
        retries: u32,
        budget: Option<f64>,
    },
    /// The peer fails too often: the caller leaves it alone for a while.
    BreakerOpens {
        caller: String,
        open_s: f64,
    },
    /// The caller makes as many calls at once as it may.
    TooManyCalls {
        caller: String,
        calls: u32,
        line: Option<u32>,
    },
    /// No answer yet: the caller calls another peer as well.
    Hedges {
        caller: String,
        after_s: f64,
    },
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
    for limit in behaviour.limits.iter().flatten() {
        let trouble = Trouble::RateLimited {
            rate_per_s: limit.rate,
            burst: limit.burst,
            per_client: limit.per == Per::Client,
            waits: limit.delays && limit.burst > 0,
            with: limit.answer.meaning(),
        };
        add(trouble, Some(limit.answer));
    }
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
        add(Trouble::TriesElsewhere { caller: name.clone(), tries }, None);
    }
    if let Some(caution) = &calling.caution {
        of_caution(caution, &name, &mut add);
    }
    hazards
}

/// What a careful caller does about it.
fn of_caution(caution: &Caution, caller: &str, add: &mut impl FnMut(Trouble, Option<Outcome>)) {
    let caller = || caller.to_owned();
    if let Some(hedge) = caution.hedge {
        add(Trouble::Hedges { caller: caller(), after_s: to_seconds(hedge.after) }, None);
    }
    if let Some(bulkhead) = caution.bulkhead {
        let line = (bulkhead.line != UNLIMITED).then_some(bulkhead.line);
        let failure = (line.is_some() || bulkhead.wait != NEVER).then_some(Outcome::Unavailable);
        add(Trouble::TooManyCalls { caller: caller(), calls: bulkhead.of_one_peer(), line }, failure);
    }
    if let Some(breaker) = caution.breaker {
        let open_s = to_seconds(breaker.open_for);
        add(Trouble::BreakerOpens { caller: caller(), open_s }, Some(Outcome::Unavailable));
    }
    if caution.retries > 0 {
        let budget = caution.budget.map(|budget| budget.share);
        add(Trouble::TriesAgain { caller: caller(), retries: caution.retries, budget }, None);
    }
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
    if let Order::Shedding(Shedding { codel, newest_first, target, .. }) = behaviour.order {
        let trouble = Trouble::Sheds { target_s: to_seconds(target), turns_away: codel, newest_first };
        add(trouble, codel.then_some(Outcome::Unavailable));
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
