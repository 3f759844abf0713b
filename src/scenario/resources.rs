//! All that a scenario has only so much of: one list, of which estimates before a run and
//! measurements after it both speak.

use super::model::{Call, Flow, Node, NodeId, Scenario, Stage, Target};
use crate::nodes::NodeKind;
use crate::nodes::behaviour::UNLIMITED;
use crate::parts::resource::{Owner, Party, ResourceKind, Way};
use rustc_hash::FxHashSet;

/// Something that can be full.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    pub kind: ResourceKind,
    pub owner: Owner,
    /// Of each place: cores, slots, connections, calls, bytes per second, requests per second, bytes.
    pub capacity: f64,
    /// How many places there are, each with as much: replicas of the owner, mostly.
    pub places: u32,
}

/// In the order of the scenario: what nodes have themselves, then what stands between them.
pub fn resources(scenario: &Scenario) -> Vec<Resource> {
    let needs = |node: &&Node| node.memory.base + node.memory.per_request > 0;
    let hosts_with_needs = scenario.nodes.iter().filter(needs).filter_map(|node| node.on).collect();
    let mut list = Vec::new();
    for (number, node) in (0..).zip(&scenario.nodes) {
        list.extend(of_node(&hosts_with_needs, number, node));
    }
    let mut seen = FxHashSet::default();
    for class in &scenario.classes {
        let Flow::Calls(stages) = &class.flow else { continue };
        for &user in &class.from {
            add_calls(scenario, Target::Node(user), stages, &mut seen, &mut list);
        }
    }
    for (link, bandwidth) in
        (0..).zip(&scenario.links).filter_map(|(link, plan)| Some((link, plan.bandwidth?)))
    {
        list.extend(Way::BOTH.map(|way| Resource {
            kind: ResourceKind::Bandwidth,
            owner: Owner::Link { link, way },
            capacity: bandwidth,
            places: 1,
        }));
    }
    list
}

/// What a node has itself that its visits take: cores, or else slots.
pub fn of_work(number: u32, node: &Node) -> Option<Resource> {
    let limited = |number: u32| number != UNLIMITED;
    let (kind, capacity) = match (&node.kind, &node.behaviour) {
        (NodeKind::Server(server), _) => (ResourceKind::Cores, server.cores),
        (_, None) => return None,
        (_, Some(behaviour)) => match behaviour.shared_cores {
            // They are its own, on a host as well.
            Some(cores) if limited(cores) => (ResourceKind::Cores, cores),
            None if limited(behaviour.slots) => (ResourceKind::Slots, behaviour.slots),
            _ => return None,
        },
    };
    Some(Resource { kind, owner: Owner::Node(number), capacity: f64::from(capacity), places: node.replicas })
}

fn of_node(hosts_with_needs: &FxHashSet<NodeId>, number: u32, node: &Node) -> Vec<Resource> {
    let own = Owner::Node(number);
    let resource = |kind, owner, capacity| Resource { kind, owner, capacity, places: node.replicas };
    let work = of_work(number, node);
    let has_slots = work.as_ref().is_some_and(|work| work.kind == ResourceKind::Slots);
    let mut list: Vec<Resource> = work.into_iter().collect();
    if let NodeKind::Server(server) = &node.kind
        && let Some(memory) = server.memory.filter(|_| hosts_with_needs.contains(&NodeId(number)))
    {
        list.push(resource(ResourceKind::Memory, own, memory as f64));
    }
    let Some(behaviour) = &node.behaviour else { return list };
    if has_slots && behaviour.queue != UNLIMITED && behaviour.queue > 0 {
        list.push(resource(ResourceKind::Backlog, own, f64::from(behaviour.queue)));
    }
    for (place, limit) in (0..).zip(behaviour.limits.iter().flatten()) {
        let owner = Owner::Limit { node: number, number: place };
        list.push(resource(ResourceKind::Rate, owner, limit.rate));
    }
    list
}

/// Pools and bulkheads, at the first call for which their caller needs them.
fn add_calls(
    scenario: &Scenario,
    caller: Target,
    stages: &[Stage],
    seen: &mut FxHashSet<(ResourceKind, Owner)>,
    list: &mut Vec<Resource>,
) {
    for call in stages.iter().flat_map(Stage::calls) {
        for from in scenario.nodes_of(caller) {
            for (kind, capacity) in kept_by(scenario, from, call) {
                let owner = Owner::Calls { from: Party::Node(from.0), to: Party::of(call.target) };
                if seen.insert((kind, owner)) {
                    let of_each =
                        if kind == ResourceKind::InFlight { peers(scenario, call.target) } else { 1 };
                    let places = scenario.nodes[from.0 as usize].replicas * of_each;
                    list.push(Resource { kind, owner, capacity, places });
                }
            }
        }
        add_calls(scenario, call.target, &call.stages, seen, list);
        if let Some(next) = &call.hand_over {
            let next = [Stage::Call((**next).clone())];
            add_calls(scenario, call.target, &next, seen, list);
        }
    }
}

/// What a caller keeps for its calls to a target.
fn kept_by(scenario: &Scenario, from: NodeId, call: &Call) -> Vec<(ResourceKind, f64)> {
    let node = &scenario.nodes[from.0 as usize];
    let calling = node.behaviour.as_ref().map(|behaviour| &behaviour.calling);
    let caution = match &node.kind {
        NodeKind::User(user) => user.caution.as_deref(),
        _ => calling.and_then(|calling| calling.caution.as_ref()),
    };
    let is_database = |node: &NodeId| matches!(scenario.nodes[node.0 as usize].kind, NodeKind::Database(_));
    let pool = calling.and_then(|calling| calling.pool);
    let pool = pool.filter(|_| scenario.nodes_of(call.target).iter().any(is_database));
    let pool = pool.map(|pool| (ResourceKind::Pool, pool.size.saturating_mul(pool.processes)));
    let mut kept = Vec::from_iter(pool);
    if let Some(bulkhead) = caution.and_then(|caution| caution.bulkhead) {
        match (peers(scenario, call.target), bulkhead.each, bulkhead.in_all) {
            (1, _, _) => kept.push((ResourceKind::InFlight, bulkhead.of_one_peer())),
            (_, each, in_all) => {
                kept.extend(in_all.map(|calls| (ResourceKind::InFlightInAll, calls)));
                kept.extend(each.map(|calls| (ResourceKind::InFlight, calls)));
            }
        }
    }
    kept.into_iter().map(|(kind, size)| (kind, f64::from(size))).collect()
}

/// How many replicas a call may go to.
fn peers(scenario: &Scenario, target: Target) -> u32 {
    scenario.nodes_of(target).iter().map(|node| scenario.nodes[node.0 as usize].replicas).sum()
}

/// Whose it is: `gunicorn`, `visitors -> server`, `app -> db`.
pub fn owner(scenario: &Scenario, owner: Owner) -> String {
    let node = |number: u32| scenario.nodes[number as usize].name.clone();
    let party = |party: Party| match party {
        Party::Node(number) => node(number),
        Party::Group(group) => scenario.groups[group as usize].name.clone(),
    };
    match owner {
        Owner::Node(number) | Owner::Limit { node: number, .. } => node(number),
        Owner::Link { link, .. } => {
            let link = &scenario.links[link as usize];
            format!("{} -> {}", node(link.from.0), node(link.to.0))
        }
        Owner::Calls { from, to } => format!("{} -> {}", party(from), party(to)),
    }
}

/// What it is called: `the workers of gunicorn`, `the link visitors -> server (answers)`.
pub fn name(scenario: &Scenario, kind: ResourceKind, whose: Owner) -> String {
    let owner = owner(scenario, whose);
    match (whose, kind) {
        (Owner::Node(number), ResourceKind::Slots) => {
            format!("the {} of {owner}", scenario.nodes[number as usize].kind.slot_words())
        }
        (Owner::Node(_), kind) => format!("the {} of {owner}", kind.name()),
        (Owner::Link { way: Way::Out, .. }, _) => format!("the link {owner} (calls)"),
        (Owner::Link { way: Way::Back, .. }, _) => format!("the link {owner} (answers)"),
        (Owner::Calls { .. }, ResourceKind::Pool) => format!("the connection pool {owner}"),
        (Owner::Calls { .. }, ResourceKind::InFlightInAll) => format!("the calls at once {owner} in all"),
        (Owner::Calls { .. }, _) => format!("the calls at once {owner}"),
        (Owner::Limit { node, number }, _) => {
            let behaviour = scenario.nodes[node as usize].behaviour.as_ref();
            let limits = behaviour.map_or(1, |behaviour| behaviour.limits.iter().flatten().count());
            let which = if limits < 2 { "" } else { ["first ", "second "][usize::from(number > 0)] };
            format!("the {which}rate limit of {owner}")
        }
    }
}

/// What one of it is called.
pub fn unit(scenario: &Scenario, kind: ResourceKind, owner: Owner) -> &'static str {
    match (kind, owner) {
        (ResourceKind::Cores, _) => "core",
        (ResourceKind::Slots, Owner::Node(number)) => scenario.nodes[number as usize].kind.slot_word(),
        (ResourceKind::Slots, _) => "slot",
        (ResourceKind::Backlog, _) => "place",
        (ResourceKind::Pool, _) => "connection",
        (ResourceKind::InFlight | ResourceKind::InFlightInAll, _) => "call",
        (ResourceKind::Bandwidth, _) => "byte per second",
        (ResourceKind::Rate, _) => "request per second",
        (ResourceKind::Memory, _) => "byte",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load::load_text;

    #[test]
    fn whatever_can_be_full_is_listed_once() {
        let text = "
run: { duration: 1m }
nodes:
  users: { kind: user, arrivals: 1/s }
  host: { kind: server, address: 8.8.8.8, cores: 2, memory: 1GiB }
  web: { kind: web_server, on: host, limit_req: { rate: 10/s } }
  app: { kind: app_server, on: host, workers: 2, pool: { size: 5 }, memory_per_worker: 50MiB, calls: { max_in_flight: 3 } }
  db: { kind: database, on: host }
links:
  users -> host: { latency: 1ms, bandwidth: 1Mbps }
requests:
  page: { path: [ web: 1ms, app: 1ms, db: 2 x 1ms ] }
  list: { path: [ web: 1ms, app: 1ms, db: 1ms ] }
";
        let loaded = load_text("site.yaml", text, &[]);
        let scenario = loaded.scenario.unwrap_or_else(|| panic!("{:?}", loaded.problems));
        let names: Vec<String> =
            resources(&scenario).iter().map(|one| name(&scenario, one.kind, one.owner)).collect();
        assert_eq!(
            names,
            [
                "the cores of host",
                "the memory of host",
                "the connections of web",
                "the backlog of web",
                "the rate limit of web",
                "the workers of app",
                "the backlog of app",
                "the connections of db",
                "the connection pool app -> db",
                "the calls at once app -> db",
                "the link users -> host (calls)",
                "the link users -> host (answers)",
            ]
        );
    }
}
