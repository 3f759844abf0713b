//! Who stands on whom, who is connected to whom, and who checks whom: whoever is told when
//! something happens to an instance.

use super::Trouble;
use crate::engine::flow::health::Checker;
use crate::kernel::table::{Id, Table};
use crate::plan::ids::{Instance, Source};
use crate::plan::{CallPlan, ConnectionUse, Plan};

/// Of each instance, if anything changes during the run.
#[derive(Clone, Debug, Default)]
pub struct Relations {
    /// The instances that stand on each server's instance.
    hosted: Table<Instance, Vec<Id<Instance>>>,
    /// The sources whose clients keep connections to each instance.
    clients: Table<Instance, Vec<Id<Source>>>,
    /// Who checks each instance.
    checkers: Table<Instance, Vec<Checker>>,
}

impl Relations {
    pub fn new(plan: &Plan) -> Relations {
        if !plan.has_changes() {
            return Relations::default();
        }
        let mut hosted = Table::filled(Vec::new(), plan.instances.len());
        for (number, instance) in plan.instances.entries() {
            if let Some(host) = instance.host {
                hosted[host].push(number);
            }
        }
        Relations {
            hosted,
            clients: clients(plan),
            checkers: Table::filled(Vec::new(), plan.instances.len()),
        }
    }
}

/// Of each instance, the sources whose clients keep connections to it.
fn clients(plan: &Plan) -> Table<Instance, Vec<Id<Source>>> {
    let mut clients: Table<Instance, Vec<Id<Source>>> = Table::filled(Vec::new(), plan.instances.len());
    let kept = |call: &CallPlan| match call.connection {
        ConnectionUse::PerClient { source } => Some((source, call.route)),
        ConnectionUse::Fresh | ConnectionUse::Kept => None,
    };
    for (source, route) in plan.calls.iter().filter_map(kept) {
        for member in &plan.routes[route].members {
            let sources = &mut clients[member.instance];
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
    }
    clients
}

impl Trouble {
    /// Who checks each instance is known from now on.
    pub fn are_checked_by(&mut self, checkers: Table<Instance, Vec<Checker>>) {
        self.relations.checkers = checkers;
    }

    /// One after the other of those who check it.
    pub fn checker_of(&self, instance: Id<Instance>, number: usize) -> Option<Checker> {
        self.relations.checkers[instance].get(number).copied()
    }

    /// All that stands on it, and then it itself.
    pub fn all_at(&self, instance: Id<Instance>) -> Vec<Id<Instance>> {
        self.relations.hosted[instance].iter().copied().chain([instance]).collect()
    }

    pub fn is_host(&self, instance: Id<Instance>) -> bool {
        !self.relations.hosted[instance].is_empty()
    }

    /// The sources whose clients keep connections to it.
    pub fn clients_of(&self, instance: Id<Instance>) -> &[Id<Source>] {
        &self.relations.clients[instance]
    }
}
