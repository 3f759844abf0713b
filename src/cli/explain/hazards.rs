//! What goes wrong, in a sentence each.

use super::words::{counted, seconds};
use crate::analysis::journey::{Hazard, Trouble};

pub fn sentence(hazard: &Hazard) -> String {
    let told = trouble(&hazard.trouble);
    match hazard.user_sees {
        Some(user_sees) => format!("{told}; the request then ends as: {user_sees}."),
        None => format!("{told}."),
    }
}

fn trouble(trouble: &Trouble) -> String {
    match trouble {
        Trouble::ResolverSilent { after_s, attempts } => format!(
            "Resolver silent: it is asked {}, for {} each",
            counted(*attempts, "time"),
            seconds(*after_s)
        ),
        Trouble::InLine { places: Some(places) } => {
            format!("All taken: up to {} wait in line", counted(*places, "other"))
        }
        Trouble::InLine { places: None } => "All taken: the others wait in line, however many".to_owned(),
        Trouble::SynDropped { gives_up_s, caller } => format!(
            "Line full, too: the kernel drops the SYN, which is sent again after 1, 3, 7 … s; {} gives up \
             after {}",
            if caller.is_empty() { "the caller" } else { caller },
            seconds(*gives_up_s)
        ),
        Trouble::TurnedAway { with } => format!("No place left: turned away at once ({with})"),
        Trouble::RateLimited { rate_per_s, burst, per_client, waits, with } => {
            rate_limited(*rate_per_s, *burst, *per_client, *waits, with)
        }
        Trouble::Sheds { target_s, turns_away, newest_first } => sheds(*target_s, *turns_away, *newest_first),
        Trouble::PatienceEnds { mean_s } => {
            format!("It waits in line for {} on average, then gives up", seconds(*mean_s))
        }
        Trouble::TooLate { caller, after_s } => {
            format!("Not answered within {}: {caller} gives up", seconds(*after_s))
        }
        Trouble::WorkerKilled { after_s, boot_s } => format!(
            "Worker silent for {}: it is killed with its request, and the next one takes {} to boot",
            seconds(*after_s),
            seconds(*boot_s)
        ),
        Trouble::PoolEmpty { caller, connections, after_s } => {
            let wait = after_s.map_or("for ever".to_owned(), |after_s| format!("for {}", seconds(after_s)));
            format!(
                "All {} of {caller}'s pool taken: it waits for one {wait}",
                counted(*connections, "connection")
            )
        }
        Trouble::UserLeaves { after_s, retries } => user_leaves(*after_s, *retries),
        Trouble::WorkForNobody => {
            "The user has left: nothing here notices, and the work is done for nobody".to_owned()
        }
        Trouble::StopsAtOnce => "The user has left: it stops at once and closes its own calls".to_owned(),
        Trouble::TriesAgain { caller, retries, budget } => {
            let budget =
                budget.map_or(String::new(), |share| format!(", but only {share} retries for each success"));
            format!("Failed: {caller} tries again, {}{budget}", counted(*retries, "time"))
        }
        Trouble::BreakerOpens { caller, open_s } => format!(
            "Failed too often: {caller}'s circuit breaker opens, and it fails at once for {}",
            seconds(*open_s)
        ),
        Trouble::TooManyCalls { caller, calls, line } => too_many_calls(caller, *calls, *line),
        Trouble::Hedges { caller, after_s } => format!(
            "Not answered within {}: {caller} calls another peer as well, and takes the first answer",
            seconds(*after_s)
        ),
        Trouble::TriesElsewhere { caller, tries } => format!(
            "Refused, reset or too late: {caller} tries another peer, {} in all",
            counted(*tries, "try")
        ),
    }
}

fn rate_limited(rate_per_s: f64, burst: u32, per_client: bool, waits: bool, with: &str) -> String {
    let whose = if per_client { "from one client" } else { "in all" };
    let burst = match (burst, waits) {
        (0, _) => String::new(),
        (burst, true) => format!(", {} more wait for their turn", counted(burst, "request")),
        (burst, false) => format!(", {} more at once pass", counted(burst, "request")),
    };
    format!("More than {rate_per_s}/s {whose}{burst}: turned away ({with})")
}

fn sheds(target_s: f64, turns_away: bool, newest_first: bool) -> String {
    let what = match (turns_away, newest_first) {
        (true, true) => "the newest come next, and the oldest are turned away (503 Service Unavailable)",
        (false, true) => "the newest come next",
        _ => "the oldest are turned away (503 Service Unavailable)",
    };
    format!("Waits longer than {} for some time: {what}", seconds(target_s))
}

fn too_many_calls(caller: &str, calls: u32, line: Option<u32>) -> String {
    let others = match line {
        Some(0) => "the others fail at once".to_owned(),
        Some(line) => format!("{} in line, the others fail at once", counted(line, "call")),
        None => "the others wait".to_owned(),
    };
    format!("{caller} makes {} at once: {others}", counted(calls, "call"))
}

fn user_leaves(after_s: f64, retries: u32) -> String {
    let again = match retries {
        0 => "and does not try again".to_owned(),
        1 => "and tries once more".to_owned(),
        retries => format!("and tries up to {retries} times more"),
    };
    format!("No answer for {}: the user leaves (nginx would log 499) {again}", seconds(after_s))
}
