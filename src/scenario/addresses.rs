//! Names that lead to servers on which nothing stands that their visitors call.

use super::model::{NodeId, Scenario, What};
use super::warnings::Places;
use crate::document::problem::{Severity, listed};
use crate::document::value::Span;
use crate::nodes::NodeKind;
use crate::nodes::fields::Context;
use petgraph::graph::NodeIndex;
use rustc_hash::FxHashSet;

/// Every name that is visited leads to servers of the scenario.
pub fn check(context: Context, scenario: &Scenario, places: Places) {
    let mut visited = FxHashSet::default();
    for (number, node) in scenario.nodes.iter().enumerate() {
        let user = NodeId(number as u32);
        let (NodeKind::User(_), Some(resolver)) = (&node.kind, scenario.resolver_of(user)) else { continue };
        let visit = Visit::of(scenario, user, resolver);
        visit.check(context, &places.nodes[resolver.0 as usize]);
        for (happening, place) in scenario.timeline.iter().zip(places.timeline) {
            let What::RecordChange(change) = &happening.what else { continue };
            if change.record.name == visit.last_name
                && let Some(address) = change.record.address()
            {
                visit.warn_of_change(context, &address, place);
            }
        }
        visited.insert(visit.last_name);
    }
    for (happening, place) in scenario.timeline.iter().zip(places.timeline) {
        if let What::RecordChange(change) = &happening.what
            && !visited.contains(&change.record.name)
        {
            let message = format!("nobody visits `{}`, so that it makes no difference", change.record.name);
            let hint = "change the last record of a name that some user `visits`";
            context.problems.warning(place.clone(), message, hint);
        }
    }
}

/// A user and the name that it visits.
struct Visit<'s> {
    scenario: &'s Scenario,
    user: &'s str,
    name: &'s str,
    addresses: Vec<String>,
    /// Behind all CNAMEs.
    last_name: String,
    called: Vec<NodeId>,
}

impl<'s> Visit<'s> {
    fn of(scenario: &'s Scenario, user: NodeId, resolver: NodeId) -> Visit<'s> {
        let called = scenario.graph.neighbors(NodeIndex::new(user.0 as usize));
        let mut called: Vec<NodeId> = called.map(|called| NodeId(called.index() as u32)).collect();
        called.sort_unstable();
        let node = &scenario.nodes[user.0 as usize];
        let name = match &node.kind {
            NodeKind::User(user) => user.visits.as_deref().unwrap_or_default(),
            _ => "",
        };
        let chain = match &scenario.nodes[resolver.0 as usize].kind {
            NodeKind::Dns(dns) => Some(dns.chain(name)),
            _ => None,
        };
        let (addresses, last_name) =
            chain.map_or_else(Default::default, |chain| (chain.addresses, chain.last_name));
        Visit { scenario, user: &node.name, name, addresses, last_name, called }
    }

    fn is_at(&self, server: NodeId, address: &str) -> bool {
        let kind = &self.scenario.nodes[server.0 as usize].kind;
        matches!(kind, NodeKind::Server(server) if server.address.as_deref() == Some(address))
    }

    /// The servers with an address.
    fn servers(&self, address: &str) -> Vec<&'s str> {
        let nodes = (0..).map(NodeId).zip(&self.scenario.nodes);
        nodes.filter(|(id, _)| self.is_at(*id, address)).map(|(_, node)| node.name.as_str()).collect()
    }

    /// Whether anything that the user calls stands there.
    fn finds(&self, address: &str) -> bool {
        let mut hosts = self.called.iter().filter_map(|called| self.scenario.nodes[called.0 as usize].on);
        hosts.any(|host| self.is_at(host, address))
    }

    fn check(&self, context: Context, place: &Span) {
        let missing: Vec<&String> = self.addresses.iter().filter(|address| !self.finds(address)).collect();
        let (Some(first), Some(called)) = (missing.first(), self.called.first()) else { return };
        let servers: Vec<&str> = missing.iter().flat_map(|address| self.servers(address)).collect();
        let Visit { user, name, .. } = self;
        if missing.len() < self.addresses.len() {
            let message = format!(
                "`{name}` leads to {} as well, on which nothing stands that `{user}` calls",
                listed(&servers)
            );
            let hint = self.hint(first, servers[0]);
            return context.problems.warning(place.clone(), message, hint);
        }
        let message =
            format!("`{name}` leads to {}, on which nothing stands that `{user}` calls", listed(&servers));
        // What stands nowhere has no address to be wrong.
        let stands = self.scenario.nodes[called.0 as usize].on.is_some();
        let severity = if stands { Severity::Error } else { Severity::Warning };
        context.problems.report(severity, place.clone(), message, Some(self.hint(first, servers[0])));
    }

    fn warn_of_change(&self, context: Context, address: &str, place: &Span) {
        if self.finds(address) {
            return;
        }
        let servers = self.servers(address);
        let message = format!(
            "from then on `{}` leads to {}, on which nothing stands that `{}` calls",
            self.name,
            listed(&servers),
            self.user
        );
        context.problems.warning(place.clone(), message, self.hint(address, servers[0]));
    }

    /// Either the record is wrong, or what stands there has been forgotten.
    fn hint(&self, address: &str, server: &str) -> String {
        let nodes = &self.scenario.nodes;
        let names: Vec<&str> =
            self.called.iter().map(|called| nodes[called.0 as usize].name.as_str()).collect();
        let host = self.called.iter().find_map(|called| nodes[called.0 as usize].on);
        let put = format!("put {} `on: {server}`", listed(&names));
        let Some(host) = host.map(|host| &nodes[host.0 as usize]) else { return put };
        match &host.kind {
            NodeKind::Server(known) => match &known.address {
                Some(other) => format!("let it lead to {other}, which is `{}`, or {put}", host.name),
                None => format!("give `address: {address}` to `{}` instead, or {put}", host.name),
            },
            _ => put,
        }
    }
}
