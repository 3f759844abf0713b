//! What a scenario says and the figures leave out.

use super::components::{Component, Components, Sort};
use super::function::Model;
use super::ledger::SECONDS_PER_YEAR;
use super::schedule::Schedules;
use super::telling::listed;
use crate::kernel::time::to_seconds;
use crate::parts::distribution::Distribution;
use crate::parts::quantity::format_duration;
use crate::scenario::model::{Call, FaultTarget, Flow, RandomFault, Scenario, Stage};

pub fn notes(
    scenario: &Scenario,
    model: &Model,
    components: &Components,
    schedules: &Schedules,
) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(without_law(scenario, model));
    for (name, kind) in &components.left_out {
        notes.push(format!(
            "`{name}` ({kind}) makes requests slower or fails some of them; it is not counted"
        ));
    }
    for (number, crew) in scenario.crews.iter().enumerate() {
        let repaired = scenario.faults.iter().filter(|fault| fault.crew == Some(number as u32)).count();
        if repaired > 0 {
            notes.push(format!(
                "every repair is taken to begin at once; while more breaks than the {} of crew `{}` can repair, it is worse",
                crew.repairers, crew.name
            ));
        }
    }
    notes.extend(spares(scenario, components));
    notes.extend(given_up(scenario));
    for set in &scenario.replications {
        if let Some(failover) = set.failover {
            let wait = format_duration(to_seconds(failover));
            notes.push(format!(
                "the {wait} in which a new primary is promoted, and writes fail, are not counted"
            ));
        }
    }
    if !schedules.once.is_empty() {
        let names = listed(&schedules.once, "and");
        notes.push(format!("what the timeline does once is not counted: {names}"));
    }
    for name in &schedules.left_out {
        notes.push(format!("`{name}` has too many steps to be counted"));
    }
    if scenario.classes.iter().any(|class| has_doubtful_calls(&class.flow)) {
        notes.push(
            "a call that only some requests make counts as needed by all, and a cache never helps".to_owned(),
        );
    }
    notes.push(
        "overload, timeouts, retries, and the time until callers notice a failure need a run: `spof simulate`"
            .to_owned(),
    );
    notes
}

fn without_law(scenario: &Scenario, model: &Model) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    for &number in &model.order {
        let component = &model.components[number as usize];
        if let (Sort::Replica(node), None) = (component.sort, &component.law) {
            let name = &scenario.nodes[node].name;
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    let word = if names.len() == 1 { "counts" } else { "count" };
    (!names.is_empty())
        .then(|| format!("without `mtbf`, {} {word} as if never failing", listed(&names, "and")))
}

fn spares(scenario: &Scenario, components: &Components) -> Vec<String> {
    let mut notes = Vec::new();
    for standby in &scenario.standbys {
        let node = &scenario.nodes[standby.node.0 as usize];
        if node.replicas > 1 {
            notes.push(format!(
                "the replicas of `{}` share their standbys; they are taken to need them independently",
                node.name
            ));
        }
        if standby.switch_over > 0 {
            notes.push(format!(
                "how long the standbys of `{}` take to take over is reckoned as if it were exponential",
                node.name
            ));
        }
        let is_exponential = |law: &Distribution| matches!(law, Distribution::Exponential { .. });
        let own = scenario.faults.iter().find(|fault| !fault.together && fault.name == node.name);
        let is_other = |own: &RandomFault| {
            !is_exponential(&own.time_between)
                || own.repair.as_ref().is_some_and(|repair| !is_exponential(repair))
        };
        if own.is_some_and(is_other) {
            notes.push(format!(
                "how often `{}` finds a standby is reckoned as if its times were exponential",
                node.name
            ));
        }
        let its = |component: &&Component| component.sort == Sort::Replica(standby.node.0 as usize);
        let law = components.all.iter().find(its).and_then(|component| component.law.as_ref());
        if let Some(law) = law.filter(|law| law.spares < standby.spares) {
            notes.push(match law.spares {
                0 => format!("the standbys of `{}` are not counted; with them it is better", node.name),
                counted => format!(
                    "of the {} standbys of `{}`, {counted} are counted; with the others it is better",
                    standby.spares, node.name
                ),
            });
        }
    }
    notes
}

/// Processes that die so often that systemd gives them up now and then.
fn given_up(scenario: &Scenario) -> Vec<String> {
    const TIMES_A_YEAR_WORTH_TELLING: f64 = 0.01;
    let mut notes = Vec::new();
    for fault in scenario.faults.iter().filter(|fault| fault.repair.is_none()) {
        let [FaultTarget::Node(node)] = fault.hits[..] else { continue };
        let node = &scenario.nodes[node.0 as usize];
        let Some(policy) = node.restart else { continue };
        // So many deaths shortly before one more.
        let deaths = to_seconds(policy.within) / fault.time_between.mean();
        let chance: f64 = (1..=policy.starts_most).map(|count| deaths / f64::from(count)).product();
        if chance * SECONDS_PER_YEAR / fault.time_between.mean() > TIMES_A_YEAR_WORTH_TELLING {
            notes.push(format!(
                "`{}` may die more than {} times within {}, and is then given up; it is taken to be started again always",
                node.name, policy.starts_most, format_duration(to_seconds(policy.within))
            ));
        }
    }
    notes
}

fn has_doubtful_calls(flow: &Flow) -> bool {
    match flow {
        Flow::Calls(stages) => stages.iter().any(is_doubtful),
        Flow::Walk(_) => true,
    }
}

fn is_doubtful(stage: &Stage) -> bool {
    let of_call =
        |call: &Call| (call.chance > 0.0 && call.chance < 1.0) || call.stages.iter().any(is_doubtful);
    match stage {
        Stage::Call(call) => of_call(call),
        Stage::Parallel(parallel) => parallel.calls.iter().any(of_call),
    }
}
