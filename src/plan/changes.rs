//! What changes while the run goes on: faults at known times and by chance, maintenance,
//! and what stands by.

use super::compile::Compiler;
use super::ids::{Crew, Die, Draw, Instance, Link, Standby};
use super::targets::names;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::parts::distribution::Distribution;
use crate::parts::fault::Fault;
use crate::parts::release::Release;
use crate::scenario::model::{FaultTarget, How, Maintenance, RandomFault, Scenario, TimedFault, What};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeTarget {
    /// An index into `Plan::instances`. What stands on a server's instance goes with it.
    Instance(Id<Instance>),
    /// An index into `Plan::links`.
    Link(Id<Link>),
}

/// One thing that happens at a known time.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangePlan {
    pub at: Time,
    /// `NEVER`: it stays. What crashed boots from then on; a restart that takes no time
    /// beyond that ends when it begins.
    pub until: Time,
    pub targets: Vec<ChangeTarget>,
    pub fault: Fault,
    pub planned: bool,
    /// A process has died, and is started again by whoever watches over it.
    pub restarts: bool,
    /// "fail server", for marks and causes.
    pub name: String,
    /// What it hits, as `targets::names` has it.
    pub target: String,
}

/// One thing that breaks by chance, again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomFaultPlan {
    pub name: String,
    /// What it hits, as `targets::names` has it.
    pub target: String,
    pub targets: Vec<ChangeTarget>,
    pub fault: Fault,
    /// From being whole to breaking.
    pub time_between: Id<Draw>,
    /// From the first hand laid on it to the end of the repair; `None`: whoever watches over the
    /// process starts it again.
    pub repair: Option<Id<Draw>>,
    /// `None`: somebody of its own.
    pub crew: Option<Id<Crew>>,
}

/// Maintenance that is more than instances which are down at known times.
#[derive(Clone, Debug, PartialEq)]
pub struct MaintenancePlan {
    pub at: Time,
    pub instances: Vec<Id<Instance>>,
    pub way: Way,
    pub name: String,
    /// What it is done to, as `targets::names` has it.
    pub target: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// All get nothing new for `drain`, then are down for `takes`, then boot.
    DrainAndRestart { drain: Time, takes: Time },
    /// New workers boot for `takes` and their own time; then old ones get nothing new and
    /// end what they have, or are killed after `drain`.
    Reload { takes: Time, drain: Time },
    /// Batch by batch the same as `DrainAndRestart`, with `pause` between; `extra` more
    /// instances serve from the first batch to the last.
    Rolling { batch: u32, takes: Time, pause: Time, extra: u32, drain: Time },
    /// As many new ones are made in `takes`, boot and get everything at one instant; the
    /// old ones end what they have within `drain`.
    BlueGreen { takes: Time, drain: Time },
    /// The same, but the new ones get only `share` for `bake`; then all, unless it goes back.
    Canary { share: f64, bake: Time, takes: Time, drain: Time, release: Release, goes_back: bool },
    /// Writes wait for `takes`; reads go on.
    Migrate { takes: Time },
}

/// What takes the place of a node's instances when they break.
#[derive(Clone, Debug, PartialEq)]
pub struct StandbyPlan {
    pub instances: Vec<Id<Instance>>,
    /// It runs, and can break, meanwhile; otherwise it boots first.
    pub hot: bool,
    /// From being whole to breaking of one that runs, if it ever does.
    pub time_between: Option<Id<Draw>>,
    /// How long the repair takes of one that was found broken.
    pub repair: Option<Id<Draw>>,
    pub spares: u32,
    pub switch_over: Time,
    /// How often the switch succeeds, as `die` says.
    pub coverage: f64,
    pub die: Id<Die>,
}

/// All that changes.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// By time; at the same time in the order of the file.
    pub changes: Vec<ChangePlan>,
    pub random_faults: Vec<RandomFaultPlan>,
    pub maintenance: Vec<MaintenancePlan>,
    pub standbys: Table<Standby, StandbyPlan>,
    /// When more come than usual.
    pub surges: Vec<std::ops::Range<Time>>,
    /// How many repairers each crew has.
    pub crews: Table<Crew, u32>,
}

pub fn compile(compiler: &mut Compiler) -> Changes {
    let scenario = compiler.scenario;
    let mut changes =
        Changes { crews: scenario.crews.iter().map(|crew| crew.repairers).collect(), ..Changes::default() };
    for happening in &scenario.timeline {
        match &happening.what {
            What::Surge(traffic) => {
                let surge = &traffic.surge;
                let end = surge.starts_at().saturating_add(surge.noticeable_length());
                changes.surges.push(surge.starts_at()..end);
            }
            What::RecordChange(_) => {}
            What::Fault(fault) => changes.changes.push(timed(compiler, fault, &happening.name)),
            What::Maintenance(maintenance) => {
                for round in 0..maintenance.rounds {
                    let at = maintenance.start_of(round);
                    maintain(compiler, maintenance, at, &happening.name, &mut changes);
                }
            }
        }
    }
    changes.changes.sort_by_key(|change| change.at);
    changes.maintenance.sort_by_key(|maintenance| maintenance.at);
    for fault in &scenario.faults {
        random(compiler, fault, &mut changes.random_faults);
    }
    for standby in &scenario.standbys {
        let name = &scenario.nodes[standby.node.0 as usize].name;
        let own = |fault: &&RandomFault| {
            let is_its = fault.hits[..] == [FaultTarget::Node(standby.node)];
            is_its && fault.fault == Fault::Crash && !fault.together
        };
        let own = scenario.faults.iter().find(own).filter(|_| standby.hot);
        let mut draw = |purpose: &str, law: Option<&Distribution>| {
            law.map(|law| compiler.streams.draw(name, purpose, law))
        };
        let time_between = draw("time between faults of spares", own.map(|fault| &fault.time_between));
        let repair = draw("repair of spares", own.and_then(|fault| fault.repair.as_ref()));
        changes.standbys.push(StandbyPlan {
            time_between,
            repair,
            instances: instances(compiler, FaultTarget::Node(standby.node)),
            hot: standby.hot,
            spares: standby.spares,
            switch_over: standby.switch_over,
            coverage: standby.coverage,
            die: compiler.streams.die(name, "switch-over"),
        });
    }
    changes
}

/// How long it takes to put back the data of the databases that lose them.
fn restored_after(compiler: &Compiler, targets: &[FaultTarget]) -> Time {
    let of_target = |target: &FaultTarget| match target {
        FaultTarget::Node(id) | FaultTarget::Replica(id, _) => {
            compiler.scenario.set_of(*id).and_then(|set| set.backup).map(|backup| backup.restore)
        }
        FaultTarget::Link(_) => None,
    };
    targets.iter().filter_map(of_target).max().unwrap_or(0)
}

fn timed(compiler: &Compiler, fault: &TimedFault, name: &str) -> ChangePlan {
    let targets: Vec<ChangeTarget> =
        fault.targets.iter().flat_map(|target| changed(compiler, *target)).collect();
    ChangePlan {
        at: fault.at,
        until: match fault.fault {
            Fault::DataLoss => fault.at.saturating_add(restored_after(compiler, &fault.targets)),
            _ => fault.until,
        },
        target: names(compiler, &targets),
        targets,
        fault: fault.fault,
        planned: false,
        restarts: fault.restarts,
        name: name.to_string(),
    }
}

/// One round of it.
fn maintain(compiler: &Compiler, maintenance: &Maintenance, at: Time, name: &str, changes: &mut Changes) {
    let Maintenance { takes, batch, pause, extra, drain, share, bake, release, goes_back, .. } = *maintenance;
    let instances: Vec<Id<Instance>> =
        maintenance.targets.iter().flat_map(|target| instances(compiler, *target)).collect();
    let way = match maintenance.how {
        How::StopStart | How::Restart if drain == 0 => {
            changes.changes.push(down(compiler, at, takes, &instances, name));
            return;
        }
        How::Rolling if drain == 0 && extra == 0 => {
            let mut at = at;
            for batch in instances.chunks(batch as usize) {
                changes.changes.push(down(compiler, at, takes, batch, name));
                let boot = batch.iter().map(|&instance| boot(compiler.scenario, compiler, instance)).max();
                let ready = takes.saturating_add(boot.unwrap_or(0));
                at = at.saturating_add(ready).saturating_add(pause);
            }
            return;
        }
        How::StopStart | How::Restart => Way::DrainAndRestart { drain, takes },
        How::Rolling => Way::Rolling { batch, takes, pause, extra, drain },
        How::Reload => Way::Reload { takes, drain },
        How::BlueGreen => Way::BlueGreen { takes, drain },
        How::Canary => Way::Canary { share, bake, takes, drain, release, goes_back },
        How::Migrate => Way::Migrate { takes },
    };
    let targets: Vec<ChangeTarget> = instances.iter().copied().map(ChangeTarget::Instance).collect();
    let target = names(compiler, &targets);
    changes.maintenance.push(MaintenancePlan { at, instances, way, name: name.to_string(), target });
}

fn down(compiler: &Compiler, at: Time, takes: Time, instances: &[Id<Instance>], name: &str) -> ChangePlan {
    let targets: Vec<ChangeTarget> = instances.iter().copied().map(ChangeTarget::Instance).collect();
    ChangePlan {
        at,
        until: at.saturating_add(takes),
        target: names(compiler, &targets),
        targets,
        fault: Fault::Crash,
        planned: true,
        restarts: false,
        name: name.to_string(),
    }
}

fn boot(scenario: &Scenario, compiler: &Compiler, instance: Id<Instance>) -> Time {
    scenario.nodes[compiler.instances[instance].node.index()].boot
}

fn random(compiler: &mut Compiler, fault: &RandomFault, plans: &mut Vec<RandomFaultPlan>) {
    let targets: Vec<ChangeTarget> =
        fault.hits.iter().flat_map(|target| changed(compiler, *target)).collect();
    let hit: Vec<Vec<ChangeTarget>> = match fault.together {
        true => vec![targets],
        false => targets.into_iter().map(|target| vec![target]).collect(),
    };
    for (number, targets) in hit.into_iter().enumerate() {
        // The first replica is called as the node, so that another one changes no draws.
        let name = match number {
            0 => fault.name.clone(),
            _ => format!("{}/{number}", fault.name),
        };
        let purpose = |what: &str| if fault.together { format!("common {what}") } else { what.to_string() };
        plans.push(RandomFaultPlan {
            target: names(compiler, &targets),
            targets,
            fault: fault.fault,
            time_between: compiler.streams.draw(&name, &purpose("time between faults"), &fault.time_between),
            repair: fault
                .repair
                .as_ref()
                .map(|repair| compiler.streams.draw(&name, &purpose("repair"), repair)),
            crew: fault.crew.map(Id::numbered),
            name,
        });
    }
}

fn changed(compiler: &Compiler, target: FaultTarget) -> Vec<ChangeTarget> {
    match target {
        FaultTarget::Link(link) => vec![ChangeTarget::Link(Id::numbered(link))],
        node => instances(compiler, node).into_iter().map(ChangeTarget::Instance).collect(),
    }
}

/// The instances of a node; of a link there are none.
fn instances(compiler: &Compiler, target: FaultTarget) -> Vec<Id<Instance>> {
    let of = |id: crate::scenario::model::NodeId| &compiler.nodes[Id::numbered(id.0)];
    match target {
        FaultTarget::Node(id) => {
            let plan = of(id);
            plan.instances().iter().collect()
        }
        FaultTarget::Replica(id, replica) => vec![of(id).first_instance.plus(replica)],
        FaultTarget::Link(_) => Vec::new(),
    }
}
