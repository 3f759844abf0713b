//! What can fail: each replica of each node, what breaks several of them at once, zones, and
//! certificates.

use super::law::Law;
use super::spares::Spares;
use crate::kernel::table::Id;
use crate::kernel::time::to_seconds;
use crate::nodes::NodeKind;
use crate::nodes::user::Tls;
use crate::parts::fault::Fault;
use crate::plan::{ChangeTarget, NONE, Plan, RandomFaultPlan};
use crate::scenario::model::{FaultTarget, RandomFault, Scenario};
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub struct Component {
    /// "app/2", "power", "eu-1a".
    pub name: String,
    pub sort: Sort,
    /// All that is down when it has failed.
    pub strikes: Vec<Strike>,
    /// Classes of which all requests fail then, whatever else is up.
    pub stops: Vec<usize>,
    /// What takes its place when it fails: an index into `Plan::standbys`.
    pub standby: Option<usize>,
    /// `None`: nobody has said how often it fails.
    pub law: Option<Law>,
    /// Who repairs it: an index into `Plan::crews`, or `NONE` for somebody of its own.
    pub crew: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A replica of this node.
    Replica(usize),
    /// One of `faults`.
    Common,
    Zone,
    Certificate,
}

/// An instance that is down, and for how long it boots after the repair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strike {
    pub instance: u32,
    pub boot_s: f64,
}

pub struct Components {
    pub all: Vec<Component>,
    /// What breaks by chance and is not counted: what it is called, and its kind.
    pub left_out: Vec<(String, &'static str)>,
}

impl Components {
    pub fn of(scenario: &Scenario, plan: &Plan) -> Components {
        let hosted = hosted(plan);
        let mut components = Components { all: Vec::new(), left_out: Vec::new() };
        let mut place_of = vec![NONE; plan.instances.len()];
        for (number, instance) in plan.instances.entries() {
            if matches!(scenario.nodes[instance.node.index()].kind, NodeKind::User(_)) {
                continue;
            }
            place_of[number.index()] = components.all.len() as u32;
            components.all.push(Component {
                name: plan.name_of(number),
                sort: Sort::Replica(instance.node.index()),
                strikes: crash(plan, &hosted, number.number()),
                stops: Vec::new(),
                standby: None,
                law: None,
                crew: NONE,
            });
        }
        let mut planned = plan.random_faults.iter();
        for fault in &scenario.faults {
            let number = if fault.together { 1 } else { replicas_hit(scenario, fault) };
            // Replicas that share their standbys have the same law.
            let mut laws: BTreeMap<Option<usize>, Law> = BTreeMap::new();
            for random in planned.by_ref().take(number) {
                let standby = standby_of(plan, random);
                let own = laws.entry(standby).or_insert_with(|| law(plan, fault, random));
                let law = Some(own.clone());
                match random.targets[..] {
                    [ChangeTarget::Instance(instance)] if !fault.together => {
                        let own = &mut components.all[place_of[instance.index()] as usize];
                        (own.standby, own.law, own.crew) =
                            (standby, law, random.crew.map_or(NONE, Id::number));
                    }
                    _ => components.add_common(plan, &hosted, random, (standby, law)),
                }
            }
        }
        components.add_zones(scenario, plan, &hosted);
        components.add_certificates(scenario);
        components
    }

    fn add_common(
        &mut self,
        plan: &Plan,
        hosted: &[Vec<u32>],
        random: &RandomFaultPlan,
        (standby, law): (Option<usize>, Option<Law>),
    ) {
        let mut strikes: Vec<Strike> = Vec::new();
        for target in &random.targets {
            let ChangeTarget::Instance(instance) = *target else { continue };
            match random.fault {
                Fault::Crash | Fault::DataLoss => strikes.extend(crash(plan, hosted, instance.number())),
                Fault::Hang | Fault::BlackHole | Fault::DnsOutage | Fault::ExpiredCertificate => {
                    strikes.push(Strike { instance: instance.number(), boot_s: 0.0 });
                }
                _ => {}
            }
        }
        if strikes.is_empty() {
            self.left_out.push((random.name.clone(), random.fault.name()));
            return;
        }
        self.all.push(Component {
            name: random.name.clone(),
            sort: Sort::Common,
            strikes: longest(strikes),
            stops: Vec::new(),
            standby,
            law,
            crew: random.crew.map_or(NONE, Id::number),
        });
    }

    /// A zone that a fault of its own stands for is not added again.
    fn add_zones(&mut self, scenario: &Scenario, plan: &Plan, hosted: &[Vec<u32>]) {
        let mut zones: BTreeMap<&str, Vec<Strike>> = BTreeMap::new();
        for (node, nodes_plan) in scenario.nodes.iter().zip(&plan.nodes) {
            if let NodeKind::Server(server) = &node.kind
                && let Some(zone) = &server.zone
            {
                let instances = nodes_plan.instances().iter();
                let strikes = instances.flat_map(|instance| crash(plan, hosted, instance.number()));
                zones.entry(zone).or_default().extend(strikes);
            }
        }
        for (zone, strikes) in zones {
            let strikes = longest(strikes);
            let instances =
                |strikes: &[Strike]| -> Vec<u32> { strikes.iter().map(|one| one.instance).collect() };
            let is_known = |component: &Component| {
                component.sort == Sort::Common && instances(&component.strikes) == instances(&strikes)
            };
            if !self.all.iter().any(is_known) {
                self.all.push(Component {
                    name: zone.to_owned(),
                    sort: Sort::Zone,
                    strikes,
                    stops: Vec::new(),
                    standby: None,
                    law: None,
                    crew: NONE,
                });
            }
        }
    }

    /// All requests to one encrypted name rest on one certificate.
    fn add_certificates(&mut self, scenario: &Scenario) {
        if scenario.faults.iter().any(|fault| fault.fault == Fault::ExpiredCertificate) {
            return;
        }
        let mut names: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, class) in scenario.classes.iter().enumerate() {
            for user in &class.from {
                if let NodeKind::User(user) = &scenario.nodes[user.0 as usize].kind
                    && user.tls != Tls::None
                    && let Some(name) = user.visits.clone()
                {
                    let classes = names.entry(name).or_default();
                    if classes.last() != Some(&number) {
                        classes.push(number);
                    }
                }
            }
        }
        self.all.extend(names.into_iter().map(|(name, stops)| Component {
            name,
            sort: Sort::Certificate,
            strikes: Vec::new(),
            stops,
            standby: None,
            law: None,
            crew: NONE,
        }));
    }
}

/// What stands by for the one instance that this crashes: an index into `Plan::standbys`.
fn standby_of(plan: &Plan, random: &RandomFaultPlan) -> Option<usize> {
    match (random.fault, &random.targets[..]) {
        (Fault::Crash, [ChangeTarget::Instance(instance)]) => {
            plan.standbys.iter().position(|standby| standby.instances.contains(instance))
        }
        _ => None,
    }
}

/// As the engine draws them: how often, how long, and what stands by meanwhile.
fn law(plan: &Plan, fault: &RandomFault, random: &RandomFaultPlan) -> Law {
    let repair_s = match (&fault.repair, &random.targets[..]) {
        (Some(repair), _) => repair.mean(),
        (None, [ChangeTarget::Instance(instance)]) => {
            let node = &plan.nodes[plan.instances[*instance].node];
            node.restart.map_or(f64::INFINITY, |policy| to_seconds(policy.after))
        }
        _ => f64::INFINITY,
    };
    let spares = standby_of(plan, random).map(|standby| {
        let standby = &plan.standbys[Id::at(standby)];
        Spares {
            hot: standby.hot,
            break_unnoticed: standby.time_between.is_some(),
            number: standby.spares,
            switch_over_s: to_seconds(standby.switch_over),
            coverage: standby.coverage,
            // A common cause hits one of them only.
            shared_by: if fault.together { 1 } else { standby.instances.len() as u32 },
        }
    });
    Law::new(&fault.time_between, repair_s, spares)
}

fn replicas_hit(scenario: &Scenario, fault: &RandomFault) -> usize {
    let of_target = |target: &FaultTarget| match target {
        FaultTarget::Node(node) => scenario.nodes[node.0 as usize].replicas as usize,
        FaultTarget::Replica(..) | FaultTarget::Link(_) => 1,
    };
    fault.hits.iter().map(of_target).sum()
}

/// For each instance those that stand on it.
pub fn hosted(plan: &Plan) -> Vec<Vec<u32>> {
    let mut hosted = vec![Vec::new(); plan.instances.len()];
    for (number, instance) in plan.instances.iter().enumerate() {
        if let Some(host) = instance.host {
            hosted[host.index()].push(number as u32);
        }
    }
    hosted
}

/// An instance goes down with all that stands on it, which boots after its host.
pub fn crash(plan: &Plan, hosted: &[Vec<u32>], instance: u32) -> Vec<Strike> {
    let boot_s = |instance: u32| to_seconds(plan.nodes[plan.instances[Id::numbered(instance)].node].boot);
    let own = Strike { instance, boot_s: boot_s(instance) };
    let others = hosted[instance as usize].iter();
    let others = others.map(|&one| Strike { instance: one, boot_s: own.boot_s + boot_s(one) });
    std::iter::once(own).chain(others).collect()
}

/// Each instance once, in their order, with the longest time that it boots.
fn longest(mut strikes: Vec<Strike>) -> Vec<Strike> {
    strikes
        .sort_by(|one, other| (one.instance.cmp(&other.instance)).then(other.boot_s.total_cmp(&one.boot_s)));
    strikes.dedup_by_key(|strike| strike.instance);
    strikes
}
