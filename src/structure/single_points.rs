//! Single points of failure: what is enough, by itself, for requests to fail until it is repaired.
//! This is the one answer to that, for the ledger, for pictures and for reports.
//!
//! From the leaves of what a class needs up to its root it is told which components fail each part
//! of it alone, which takes no longer than it takes to read it.

use super::components::{Component, Components, Sort};
use crate::parts::fidelity::Fidelity;
use crate::plan::{self, Need, Plan};
use crate::scenario::model::{NodeId, Scenario};

/// A component whose failure is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enough {
    /// Its place among all components.
    pub component: u32,
    /// The classes of which it fails requests, by their places in the scenario.
    pub classes: Vec<usize>,
}

/// The same by its name, for whoever has no components.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPoint {
    pub component: String,
    /// The kind of the node, `fault`, `zone` or `certificate`.
    pub kind: &'static str,
    /// The node of which it is a replica, if it is one.
    pub node: Option<NodeId>,
    pub classes: Vec<usize>,
}

/// What has neither a second nor anything that stands by.
pub fn named_single_points(scenario: &Scenario) -> Vec<NamedPoint> {
    let mut scenario = scenario.clone();
    // Only then a plan tells what classes need.
    scenario.run.fidelity = Fidelity::Components;
    let plan = plan::compile(&scenario);
    let components = Components::of(&scenario, &plan).all;
    let points = enough(&plan, &components).into_iter().map(|Enough { component, classes }| {
        let component = &components[component as usize];
        let node = match component.sort {
            Sort::Replica(node) => Some(NodeId(node as u32)),
            Sort::Common | Sort::Zone | Sort::Certificate => None,
        };
        let point =
            NamedPoint { component: component.told_name(), kind: component.kind(&scenario), node, classes };
        (point, component.standby.is_some())
    });
    points.filter(|(_, has_standby)| !has_standby).map(|(point, _)| point).collect()
}

/// In the order of the components, those with standbys among them: these are down until one has
/// taken over.
pub fn enough(plan: &Plan, components: &[Component]) -> Vec<Enough> {
    let mut causes: Vec<Vec<u32>> = vec![Vec::new(); plan.instances.len()];
    for (number, component) in components.iter().enumerate() {
        for strike in &component.strikes {
            causes[strike.instance as usize].push(number as u32);
        }
    }
    let mut lost: Vec<Vec<usize>> = vec![Vec::new(); components.len()];
    let stopping: Vec<usize> =
        (0..components.len()).filter(|&number| !components[number].stops.is_empty()).collect();
    for (class, need) in plan.structure.iter().enumerate() {
        // What nothing meets no failure makes any worse.
        let Some(enough) = alone(need, &causes) else { continue };
        enough.into_iter().for_each(|component| lost[component as usize].push(class));
        let stopped = stopping.iter().filter(|&&number| components[number].stops.contains(&class));
        stopped.for_each(|&number| lost[number].push(class));
    }
    let numbered = (0..).zip(lost).filter(|(_, classes)| !classes.is_empty());
    numbered.map(|(component, classes)| Enough { component, classes }).collect()
}

/// The components each of which makes it impossible to meet a need, in their order; nothing if it
/// cannot be met anyway.
fn alone(need: &Need, causes: &[Vec<u32>]) -> Option<Vec<u32>> {
    match need {
        Need::AnyOf(instances) => {
            let (first, others) = instances.split_first()?;
            let mut all = causes[(*first).index()].clone();
            for other in others {
                if all.is_empty() {
                    break;
                }
                all.retain(|cause| causes[(*other).index()].contains(cause));
            }
            Some(all)
        }
        Need::AtLeast(least, needs) => {
            let mut found: Vec<u32> = Vec::new();
            let mut possible = 0;
            for enough in needs.iter().filter_map(|need| alone(need, causes)) {
                possible += 1;
                found.extend(enough);
            }
            // So many may be missing.
            let spare = u32::checked_sub(possible, *least)?;
            found.sort_unstable();
            let runs = found.chunk_by(|one, next| one == next);
            Some(runs.filter(|run| run.len() > spare as usize).map(|run| run[0]).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::table::Id;
    use crate::scenario::load::load_text;

    fn scenario(text: &str) -> Scenario {
        let loaded = load_text("points.yaml", text, &[]);
        loaded.scenario.unwrap_or_else(|| panic!("{:?}", loaded.problems))
    }

    fn found(text: &str) -> Vec<(String, Vec<String>)> {
        let scenario = scenario(text);
        let names = |classes: Vec<usize>| -> Vec<String> {
            classes.into_iter().map(|class| scenario.classes[class].name.clone()).collect()
        };
        let points = named_single_points(&scenario);
        points.into_iter().map(|point| (point.component, names(point.classes))).collect()
    }

    fn names(text: &str) -> Vec<String> {
        found(text).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn what_has_no_second_is_found_and_what_has_one_is_not() {
        let text = "
run: { duration: 1s }
nodes:
  visitors: { kind: user, arrivals: 1/s, visits: a.test }
  names: { kind: dns, records: [ a.test A 1.1.1.1 60s ] }
  front: { kind: server, address: 1.1.1.1 }
  back: { kind: server, replicas: 2 }
  proxy: { kind: web_server, on: front }
  app: { kind: app_server, on: back, replicas: 3 }
  hints: { kind: cache, objects: 10, capacity: 5 }
  one: { kind: database, on: back }
  spare: { kind: server }
  other: { kind: database, on: spare }
groups:
  databases: { members: [ one, other ] }
requests:
  page: { path: [ proxy: 1ms, app: 1ms, databases: 1ms ] }
  file: { path: [ proxy: 1ms ] }
  hint: { path: [ proxy: 1ms, hints: { optional: true, wait: 1ms } ] }
";
        let everything = ["page", "file", "hint"].map(str::to_owned).to_vec();
        let expected = ["names", "front", "proxy"].map(|name| (name.to_owned(), everything.clone()));
        assert_eq!(found(text), expected);
    }

    #[test]
    fn replicas_on_one_host_fall_with_it() {
        let text = "
run: { duration: 1s }
nodes:
  visitors: { kind: user, arrivals: 1/s }
  host: { kind: server }
  app: { kind: app_server, on: host, replicas: 4 }
requests:
  page: { path: [ app: 1ms ] }
";
        assert_eq!(found(text), [("host".to_owned(), vec!["page".to_owned()])]);
    }

    #[test]
    fn what_stands_by_is_a_second() {
        let text = "
run: { duration: 1s }
nodes:
  visitors: { kind: user, arrivals: 1/s }
  host: { kind: server, mtbf: 9d, mttr: 1h, standby: { hot: 1, switch_over: 3s } }
  proxy: { kind: load_balancer, on: host, mtbf: 9d, mttr: 1h, standby: { cold: 1 } }
  app: { kind: app_server, on: host, mtbf: 9d, mttr: 1h }
requests:
  page: { path: [ proxy: 1ms, app: 1ms ] }
";
        assert_eq!(names(text), ["app"]);
        // A process that stands by does not help where the server under both is gone.
        let bare = text.replace(", standby: { hot: 1, switch_over: 3s }", "");
        assert_eq!(names(&bare), ["host", "app"]);
    }

    #[test]
    fn every_user_of_a_class_needs_the_name_that_it_visits() {
        let text = "
run: { duration: 1s }
nodes:
  here: { kind: user, arrivals: 1/s, visits: a.test }
  there: { kind: user, arrivals: 1/s, visits: b.test }
  zone1: { kind: dns, records: [ a.test A 1.1.1.1 60s ] }
  zone2: { kind: dns, records: [ b.test A 1.1.1.1 60s ] }
  hosts: { kind: server, address: 1.1.1.1, replicas: 2 }
  app: { kind: app_server, on: hosts, replicas: 2 }
requests:
  page: { path: [ app: 1ms ] }
";
        assert_eq!(names(text), ["zone1", "zone2"]);
    }

    #[test]
    fn of_calls_side_by_side_as_many_are_needed_as_are_waited_for() {
        let of = |calls: &str| {
            names(&format!(
                "
run: {{ duration: 1s }}
nodes:
  visitors: {{ kind: user, arrivals: 1/s }}
  one: {{ kind: station }}
  two: {{ kind: station }}
  three: {{ kind: station }}
requests:
  page: {{ path: [ {{ {calls} }} ] }}
"
            ))
        };
        assert_eq!(of("parallel: [ one: 1ms, two: 1ms, three: 1ms ]"), ["one", "two", "three"]);
        assert!(of("parallel: [ one: 1ms, two: 1ms, three: 1ms ], first: 2").is_empty());
        // Three copies of one are enough for two; and without it there is one of each other.
        assert!(of("parallel: [ one: 3 x 1ms, two: 1ms, three: 1ms ], first: 2").is_empty());
        assert_eq!(of("parallel: [ one: 3 x 1ms, two: 1ms ], first: 2"), ["one"]);
        assert!(of("parallel: [ one: 1ms, { two: { optional: true, wait: 1ms } } ], first: 1").is_empty());
    }

    #[test]
    fn what_cannot_be_met_anyway_has_no_single_point() {
        let causes = vec![vec![0, 2], vec![1, 2], vec![1, 2]];
        let any = |instances: &[u32]| Need::AnyOf(instances.iter().copied().map(Id::numbered).collect());
        assert_eq!(alone(&any(&[0]), &causes), Some(vec![0, 2]));
        assert_eq!(alone(&any(&[0, 1]), &causes), Some(vec![2]));
        assert_eq!(alone(&any(&[]), &causes), None);
        let both = Need::AtLeast(2, vec![any(&[0]), any(&[1])]);
        assert_eq!(alone(&both, &causes), Some(vec![0, 1, 2]));
        assert_eq!(alone(&Need::AtLeast(1, vec![any(&[0]), any(&[1])]), &causes), Some(vec![2]));
        assert_eq!(alone(&Need::AtLeast(3, vec![any(&[0]), any(&[1])]), &causes), None);
        assert_eq!(alone(&Need::AtLeast(1, vec![any(&[]), any(&[1])]), &causes), Some(vec![1, 2]));
        assert_eq!(alone(&Need::AtLeast(0, vec![any(&[0])]), &causes), Some(vec![]));
    }
}
