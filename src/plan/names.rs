//! Names that users visit: the addresses that they lead to, now and later, and who
//! answers at each.

use super::NamePlan;
use super::compile::Compiler;
use super::ids::{Draw, Instance, Name, Route, Source};
use crate::kernel::table::Id;
use crate::kernel::time::Time;
use crate::nodes::NodeKind;
use crate::nodes::dns::Dns;
use crate::scenario::model::{RecordChange, What};

/// From `at` on a name leads to another address.
#[derive(Clone, Debug)]
pub struct NameChangePlan {
    pub at: Time,
    pub name: Id<Name>,
    /// An index into the name's addresses.
    pub address: u32,
    /// The time to live of the last record of the chain from then on.
    pub ttl: Time,
}

/// The name as a user's clients look it up.
pub fn name_plan(
    compiler: &Compiler,
    dns: &Dns,
    name: &str,
    lookup: Id<Draw>,
    source: Id<Source>,
) -> NamePlan {
    let chain = dns.chain(name);
    let mut addresses = chain.addresses.clone();
    for change in changes_of(compiler, dns, name) {
        if let Some(address) = change.record.address()
            && !addresses.contains(&address)
        {
            addresses.push(address);
        }
    }
    let hosts = addresses.iter().map(|address| hosts_at(compiler, address)).collect();
    NamePlan {
        resolves: !chain.addresses.is_empty(),
        first_answers: chain.addresses.len() as u32,
        ttls: chain.ttls,
        negative_ttl: dns.negative_ttl,
        lookup,
        source,
        addresses,
        hosts,
        checks: dns.failover,
    }
}

/// What changes in a name's last record, in the order of the file.
fn changes_of<'a>(compiler: &Compiler<'a>, dns: &Dns, name: &str) -> impl Iterator<Item = &'a RecordChange> {
    let scenario = compiler.scenario;
    let last = dns.chain(name).last_name;
    scenario.timeline.iter().filter_map(move |happening| match &happening.what {
        What::RecordChange(change) if change.record.name == last => Some(change),
        _ => None,
    })
}

/// All changes of names, once every name is known.
pub fn changes(compiler: &Compiler) -> Vec<NameChangePlan> {
    let mut plans = Vec::new();
    for happening in &compiler.scenario.timeline {
        let What::RecordChange(change) = &happening.what else { continue };
        for (number, name) in compiler.tables.names.entries() {
            let address = change.record.address();
            let found = name.addresses.iter().position(|other| Some(other) == address.as_ref());
            // A name has the address among its own only if this very record is its last.
            if let Some(address) = found {
                plans.push(NameChangePlan {
                    at: change.at,
                    name: number,
                    address: address as u32,
                    ttl: change.record.ttl,
                });
            }
        }
    }
    plans
}

/// The instances of the servers with an address.
fn hosts_at(compiler: &Compiler, address: &str) -> Vec<Id<Instance>> {
    let nodes = compiler.scenario.nodes.iter().zip(&compiler.nodes);
    let at = nodes.filter(|(node, _)| {
        matches!(&node.kind, NodeKind::Server(server) if server.address.as_deref() == Some(address))
    });
    at.flat_map(|(_, plan)| plan.instances().iter()).collect()
}

/// For each address of a name the members of a route that stand there, none if all of them do; empty
/// where the route has no choice, or no member stands at any of them.
pub fn members_at(compiler: &mut Compiler, name: Id<Name>, route: Id<Route>) -> Vec<Vec<u32>> {
    let members = &compiler.routes[route].members;
    if members.len() < 2 {
        return Vec::new();
    }
    let hosts = &compiler.tables.names[name].hosts;
    let members_at = |hosts: &Vec<Id<Instance>>| {
        let stands_there = |member: &&super::MemberPlan| {
            let host = compiler.instances[member.instance].host;
            host.is_some_and(|host| hosts.contains(&host))
        };
        let there = (0_u32..).zip(members).filter(|(_, member)| stands_there(member));
        there.map(|(number, _)| number).collect()
    };
    let mut found: Vec<Vec<u32>> = hosts.iter().map(members_at).collect();
    if found.iter().all(Vec::is_empty) {
        return Vec::new();
    }
    // Whoever checks an address asks what listens there, and not only its machine.
    let listener = |there: &Vec<u32>| match there[..] {
        [only] => Some(members[only as usize].instance),
        _ => None,
    };
    let listeners: Vec<Option<Id<Instance>>> = found.iter().map(listener).collect();
    for there in found.iter_mut().filter(|there| there.len() == members.len()) {
        there.clear();
    }
    let hosts = &mut compiler.tables.names[name].hosts;
    for (hosts, listener) in hosts.iter_mut().zip(listeners) {
        if let Some(listener) = listener
            && !hosts.contains(&listener)
        {
            hosts.push(listener);
        }
    }
    found
}

/// Which of the names a source's clients look up, if any.
pub fn name_of_source(compiler: &Compiler, source: Id<Source>) -> Option<Id<Name>> {
    compiler.tables.names.iter().position(|name| name.source == source).map(Id::at)
}
