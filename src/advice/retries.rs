//! Fewer retries, later ones, or some where there are none; and callers that do not wait for ever.

use super::change::{Change, Family, Remedy};
use super::evidence::Evidence;
use super::lines::answer_s;
use super::site::Site;
use super::steps;
use crate::kernel::time::{NEVER, Time, from_seconds, to_seconds};
use crate::nodes::NodeKind;
use crate::parts::backoff::Backoff;

/// A retry for every ten answers, as service meshes have it.
const BUDGET: &str = "10%";
/// The wait before the first retry, if it is a careful one.
const BASE: &str = "1s";
/// So many where there are none.
const RETRIES: u32 = 2;
/// An answer that takes so many times as long as it may is not worth waiting for.
const WORTH_TIMES: f64 = 2.0;
const CONNECT_S: f64 = 1.0;

/// How a caller tries again.
struct Habits {
    node: usize,
    /// Where its settings stand: a user's are its own.
    prefix: &'static str,
    retries: u32,
    backoff: Backoff,
    has_budget: bool,
}

pub fn retries(site: &Site, evidence: &Evidence) -> Vec<Change> {
    if !evidence.has_failures {
        return Vec::new();
    }
    let mut changes = Vec::new();
    for habits in habits(site) {
        if habits.retries > 0 {
            changes.extend(fewer(site, &habits));
        } else if !evidence.faults.is_empty() || !evidence.planned.is_empty() {
            changes.push(some(site, &habits));
        }
    }
    changes
}

/// Of users, and of all nodes that try again.
fn habits(site: &Site) -> Vec<Habits> {
    let of_node = |node: usize| match &site.node(node).kind {
        NodeKind::User(user) => Some(Habits {
            node,
            prefix: "",
            retries: user.retries,
            backoff: user.backoff,
            has_budget: user.caution.as_ref().is_some_and(|caution| caution.budget.is_some()),
        }),
        _ => {
            let caution = site.node(node).behaviour.as_ref()?.calling.caution?;
            (caution.retries > 0).then_some(Habits {
                node,
                prefix: "calls.",
                retries: caution.retries,
                backoff: caution.backoff,
                has_budget: caution.budget.is_some(),
            })
        }
    };
    (0..site.scenario.nodes.len()).filter_map(of_node).collect()
}

fn fewer(site: &Site, habits: &Habits) -> Vec<Change> {
    let caller = || site.node(habits.node).name.clone();
    let set = |name: &str, value: &str| site.setting(habits.node, &format!("{}{name}", habits.prefix), value);
    let mut changes = vec![Change::new(
        Family::Retries,
        Remedy::NoRetries { caller: caller(), from: habits.retries },
        vec![set("retries", "0")],
    )];
    if !habits.has_budget {
        let remedy = Remedy::RetryBudget { caller: caller(), share: BUDGET.to_owned() };
        changes.push(Change::new(Family::Retries, remedy, vec![set("retry_budget", BUDGET)]));
    }
    if habits.backoff.base == 0 || !habits.backoff.full_jitter {
        let base = match habits.backoff.base {
            0 => BASE.to_owned(),
            base => steps::time(to_seconds(base)),
        };
        let settings = vec![set("backoff.base", &base), set("backoff.jitter", "full")];
        changes.push(Change::new(Family::Retries, Remedy::Backoff { caller: caller(), base }, settings));
    }
    changes
}

fn some(site: &Site, habits: &Habits) -> Change {
    let set = |name: &str, value: &str| site.setting(habits.node, &format!("{}{name}", habits.prefix), value);
    let mut settings =
        vec![set("retries", &RETRIES.to_string()), set("backoff.base", BASE), set("backoff.jitter", "full")];
    if !habits.has_budget {
        settings.push(set("retry_budget", BUDGET));
    }
    let remedy = Remedy::Retry { caller: site.node(habits.node).name.clone(), number: RETRIES };
    Change::new(Family::Retries, remedy, settings)
}

/// For whoever waits longer for an answer than it is worth, while something is broken or late.
pub fn timeouts(site: &Site, evidence: &Evidence) -> Vec<Change> {
    if evidence.faults.is_empty() && evidence.planned.is_empty() && !evidence.has_unwanted_work {
        return Vec::new();
    }
    let answer = from_seconds(answer_s(site) * WORTH_TIMES);
    let connect = from_seconds(CONNECT_S);
    let mut changes = Vec::new();
    for node in 0..site.scenario.nodes.len() {
        if site.called_by(node).is_empty() || site.is_given(node, "calls.timeout") {
            continue;
        }
        let (waits_for_connection, waits_for_answer): ((&str, Time), (&str, Time)) =
            match &site.node(node).kind {
                NodeKind::WebServer(web) => (
                    ("proxy_connect_timeout", web.proxy_connect_timeout),
                    ("proxy_read_timeout", web.proxy_read_timeout),
                ),
                NodeKind::LoadBalancer(balancer) => (
                    ("timeout_connect", balancer.timeout_connect),
                    ("timeout_server", balancer.timeout_server),
                ),
                NodeKind::AppServer(_) => (("", 0), ("calls.timeout", NEVER)),
                _ => continue,
            };
        // Who cannot be reached is what only a fault makes.
        let bounds =
            [(waits_for_connection, connect, !evidence.faults.is_empty()), (waits_for_answer, answer, true)];
        for ((setting, now), bound, applies) in bounds {
            if applies && now > bound {
                changes.push(bounded(site, node, setting, (now, bound)));
            }
        }
    }
    changes
}

fn bounded(site: &Site, node: usize, setting: &str, (now, bound): (Time, Time)) -> Change {
    let to = steps::time(to_seconds(bound));
    let remedy = Remedy::Setting {
        of: site.node(node).name.clone(),
        setting: setting.to_owned(),
        from: (now != NEVER).then(|| site.in_force(node, setting).unwrap_or_default().to_owned()),
        to: to.clone(),
    };
    Change::new(Family::Timeouts, remedy, vec![site.setting(node, setting, to)])
}
