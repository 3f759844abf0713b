//! Who stands on whom, who is connected to whom, and who checks whom: whoever is told when
//! something happens to an instance.

use super::Trouble;
use crate::engine::flow::health::Checker;
use crate::kernel::table::Id;
use crate::plan::ids::Source;
use crate::plan::{CallPlan, ConnectionUse, NONE, Plan};

/// Of each instance, if anything changes during the run.
#[derive(Clone, Debug, Default)]
pub struct Relations {
    /// The instances that stand on each server's instance.
    hosted: Vec<Vec<u32>>,
    /// The sources whose clients keep connections to each instance.
    clients: Vec<Vec<Id<Source>>>,
    /// Who checks each instance.
    checkers: Vec<Vec<Checker>>,
}

impl Relations {
    pub fn new(plan: &Plan) -> Relations {
        if !plan.has_changes() {
            return Relations::default();
        }
        let mut hosted = vec![Vec::new(); plan.instances.len()];
        for (number, instance) in plan.instances.iter().enumerate() {
            if instance.host != NONE {
                hosted[instance.host as usize].push(number as u32);
            }
        }
        Relations { hosted, clients: clients(plan), checkers: vec![Vec::new(); plan.instances.len()] }
    }
}

/// Of each instance, the sources whose clients keep connections to it.
fn clients(plan: &Plan) -> Vec<Vec<Id<Source>>> {
    let mut clients: Vec<Vec<Id<Source>>> = vec![Vec::new(); plan.instances.len()];
    let kept = |call: &CallPlan| match call.connection {
        ConnectionUse::PerClient { source } => Some((source, call.route)),
        ConnectionUse::Fresh | ConnectionUse::Kept => None,
    };
    for (source, route) in plan.calls.iter().filter_map(kept) {
        for member in &plan.routes[route as usize].members {
            let sources = &mut clients[member.instance as usize];
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
    }
    clients
}

impl Trouble {
    /// Who checks each instance is known from now on.
    pub fn are_checked_by(&mut self, checkers: Vec<Vec<Checker>>) {
        self.relations.checkers = checkers;
    }

    /// One after the other of those who check it.
    pub fn checker_of(&self, instance: u32, number: usize) -> Option<Checker> {
        self.relations.checkers[instance as usize].get(number).copied()
    }

    /// All that stands on it, and then it itself.
    pub fn all_at(&self, instance: u32) -> Vec<u32> {
        self.relations.hosted[instance as usize].iter().copied().chain([instance]).collect()
    }

    pub fn is_host(&self, instance: u32) -> bool {
        !self.relations.hosted[instance as usize].is_empty()
    }

    /// The sources whose clients keep connections to it.
    pub fn clients_of(&self, instance: u32) -> &[Id<Source>] {
        &self.relations.clients[instance as usize]
    }
}
