//! What a change is, in words: as it stands in a table, and within a sentence.

use super::words::and;
use crate::advice::{Change, Remedy};

/// `gunicorn: workers 4 → 8`
pub fn label(change: &Change) -> String {
    match &change.remedy {
        Remedy::More { of, setting, from, to } => format!("{of}: {} {from} → {to}", noun(setting)),
        Remedy::Second { node, number, is_balanced, .. } => match is_balanced {
            true => format!("{node}: {} behind a balancer", nth(*number)),
            false => format!("{node}: {}", nth(*number)),
        },
        Remedy::Standby { node, .. } => format!("{node}: a hot standby"),
        Remedy::NoRetries { caller, from } => format!("{caller}: retries {from} → 0"),
        Remedy::RetryBudget { caller, share } => format!("{caller}: a retry budget of {share}"),
        Remedy::Backoff { caller, base } => format!("{caller}: back-off from {base}, jitter"),
        Remedy::Retry { caller, number } => format!("{caller}: retries 0 → {number}, with care"),
        Remedy::LineLimit { node, places } => format!("{node}: at most {places} in line"),
        Remedy::Shedding { node, by, target } if by == "codel" => format!("{node}: CoDel, target {target}"),
        Remedy::Shedding { node, target, .. } => format!("{node}: newest first beyond {target}"),
        Remedy::RateLimit { node, rate } => format!("{node}: rate limit {rate}"),
        Remedy::Bulkhead { caller, calls } => format!("{caller}: at most {calls} calls at once"),
        Remedy::Breaker { caller } => format!("{caller}: circuit breakers"),
        Remedy::Planned { event, how, is_drained, more } => {
            format!("{event}: {}", way(how, *is_drained, *more))
        }
        Remedy::Cache { before, hits } => format!("a cache before {before}, {hits} hits"),
        Remedy::Backup { node, every, .. } => format!("{node}: a backup every {every}"),
        Remedy::Setting { of, setting, from, to } => match from {
            Some(from) => format!("{of}: {} {from} → {to}", noun(setting)),
            None => format!("{of}: {} {to}", noun(setting)),
        },
    }
}

/// `raising the workers of `gunicorn` from 4 to 8`
pub fn doing(change: &Change) -> String {
    match &change.remedy {
        Remedy::More { of, setting, from, to } => {
            format!("raising the {} of `{of}` from {from} to {to}", noun(setting))
        }
        Remedy::Second { node, with, number, is_balanced } => {
            let behind = if *is_balanced { ", both behind a load balancer" } else { "" };
            match number {
                2 => format!("a second `{node}`{}{behind}", on_it(with)),
                number => format!("one more `{node}` ({number} in all){}{behind}", on_it(with)),
            }
        }
        Remedy::Standby { node, with } => format!("a hot standby for `{node}`{}", on_it(with)),
        Remedy::NoRetries { caller, from } => {
            format!("letting `{caller}` try only once (retries {from} → 0)")
        }
        Remedy::RetryBudget { caller, share } => {
            format!("a budget for the retries of `{caller}` ({share} of what succeeds)")
        }
        Remedy::Backoff { caller, base } => {
            format!(
                "letting `{caller}` wait before trying again ({base}, then twice as long each time, with jitter)"
            )
        }
        Remedy::Retry { caller, number } => {
            format!("letting `{caller}` try again up to {number} times, after a while and within a budget")
        }
        Remedy::LineLimit { node, places } => {
            format!("letting no more than {places} wait in line at `{node}`")
        }
        Remedy::Shedding { node, by, target } if by == "codel" => {
            format!(
                "turning away the oldest in the line of `{node}` while waits are longer than {target} (CoDel)"
            )
        }
        Remedy::Shedding { node, target, .. } => {
            format!("serving the newest in the line of `{node}` first while waits are longer than {target}")
        }
        Remedy::RateLimit { node, rate } => format!("letting no more than {rate} in at `{node}`"),
        Remedy::Bulkhead { caller, calls } => {
            format!("letting each `{caller}` make no more than {calls} calls at once, and the others wait")
        }
        Remedy::Breaker { caller } => format!("circuit breakers at `{caller}`"),
        Remedy::Planned { event, how, is_drained, more } => {
            format!("{} instead of `{event}`", way(how, *is_drained, *more))
        }
        Remedy::Cache { before, hits } => {
            format!("a cache in front of `{before}` (if it answers {hits} of the look-ups, which is assumed)")
        }
        Remedy::Backup { node, every, restore } => {
            format!("a backup of `{node}` every {every} that is put back in {restore}")
        }
        Remedy::Setting { of, setting, from, to } => match from {
            Some(from) => format!("setting {} of `{of}` to {to} instead of {from}", named(setting)),
            None => format!("setting {} of `{of}` to {to}", named(setting)),
        },
    }
}

/// One change, or two at once.
pub fn doing_all(changes: &[Change]) -> String {
    changes.iter().map(doing).collect::<Vec<_>>().join(", together with ")
}

/// What a setting is called among people.
fn noun(setting: &str) -> String {
    match setting {
        "max_connections" | "maxconn" => "connections".to_owned(),
        "pool.size" => "pool".to_owned(),
        "calls.max_in_flight" => "calls at once".to_owned(),
        "queue_limit" | "queue" => "places in line".to_owned(),
        "limit_req.rate" | "rate_limit.rate" => "rate limit".to_owned(),
        "calls.timeout" => "timeout for calls".to_owned(),
        "replication.failover" => "time to a promotion".to_owned(),
        "inter" | "failover.inter" => "time between health checks".to_owned(),
        "ttl" => "time to live".to_owned(),
        other => other.to_owned(),
    }
}

/// The same where it is not a number of things.
fn named(setting: &str) -> String {
    match noun(setting) {
        noun if noun == setting => format!("`{setting}`"),
        noun => format!("the {noun}"),
    }
}

fn nth(number: u32) -> String {
    if number == 2 { "a second".to_owned() } else { format!("one more, {number} in all") }
}

/// `a rolling restart after draining, with 1 more meanwhile`
fn way(how: &str, is_drained: bool, more: u32) -> String {
    let how = match how {
        "stop_start" => "a stop and a start",
        "restart" => "a restart",
        "reload" => "a reload",
        "rolling" => "a rolling restart",
        "blue_green" => "a new one beside the old (blue-green)",
        other => other,
    };
    let drained = if is_drained { " after draining" } else { "" };
    let more = if more > 0 { format!(" with {more} more meanwhile") } else { String::new() };
    format!("{how}{drained}{more}")
}

fn on_it(with: &[String]) -> String {
    match with {
        [] => String::new(),
        with => {
            let names: Vec<String> = with.iter().map(|name| format!("`{name}`")).collect();
            format!(" with {} on it", and(&names))
        }
    }
}
