//! Clients that send again at once what has been answered, or turned away, at once. Simulated time
//! stands still then.

use super::model::{Call, FaultTarget, Flow, How, NodeId, RequestClass, Scenario, Stage, What, Work};
use crate::document::value::Span;
use crate::nodes::NodeKind;
use crate::nodes::behaviour::{Behaviour, WhenFull};
use crate::nodes::fields::Context;
use crate::nodes::user::User;
use crate::parts::arrivals::Arrivals;
use crate::parts::caution::Caution;
use crate::parts::distribution::Distribution;
use crate::parts::fault::Fault;
use petgraph::graph::NodeIndex;

/// How a request may fare before any time has passed.
#[derive(Clone, Debug, PartialEq)]
enum Course {
    /// Time passes.
    Timely,
    /// It is done.
    Done,
    /// It fails at this node, for this reason.
    Fails(NodeId, &'static str),
}

/// `places` are those of the nodes.
pub fn check(context: Context, scenario: &Scenario, places: &[Span]) {
    for (number, (node, place)) in scenario.nodes.iter().zip(places).enumerate() {
        let NodeKind::User(user) = &node.kind else { continue };
        let Arrivals::Closed { population, think } = &user.arrivals else { continue };
        if takes_time(think) {
            continue;
        }
        let id = NodeId(number as u32);
        let clients = Clients { scenario, user, id, population: population.saturating_mul(node.replicas) };
        let classes = scenario.classes.iter().filter(|class| class.from.contains(&id) && class.share > 0.0);
        let courses: Vec<Course> = classes.map(|class| clients.class(class)).collect();
        // Time passes again with the first request that takes some.
        if courses.is_empty() || courses.contains(&Course::Timely) {
            continue;
        }
        let turned_away = courses.into_iter().find_map(|course| match course {
            Course::Fails(node, why) => Some((node, why)),
            _ => None,
        });
        let hint = "let them `think`, or give the link to them a latency";
        match turned_away {
            None => {
                let message = format!(
                    "requests of `{}` take no time, and the next begin at once: simulated time stands still",
                    node.name
                );
                context.problems.error_with_hint(place.clone(), message, hint);
            }
            Some((by, why)) => {
                let message = format!(
                    "`{}` {why}: requests of `{}` fail in no time then, the next begin at once, and simulated time \
                     stands still",
                    scenario.nodes[by.0 as usize].name, node.name
                );
                context.problems.warning(place.clone(), message, hint);
            }
        }
    }
}

fn takes_time(law: &Distribution) -> bool {
    law.mean() != 0.0
}

fn works(work: &Work) -> bool {
    let takes = |law: &Option<Distribution>| law.as_ref().is_some_and(takes_time);
    takes(&work.cpu) || takes(&work.wait) || work.overhead > 0
}

/// A population that does not think.
struct Clients<'s> {
    scenario: &'s Scenario,
    user: &'s User,
    id: NodeId,
    population: u32,
}

impl Clients<'_> {
    fn class(&self, class: &RequestClass) -> Course {
        let waits = self.user.retries > 0 && self.user.backoff.base > 0;
        match &class.flow {
            Flow::Calls(stages) => match self.stages(self.id, stages) {
                // Whoever waits before it tries again lets time pass.
                Course::Fails(..) if waits => Course::Timely,
                course => course,
            },
            Flow::Walk(walk) => {
                let members = || walk.stops.iter().flat_map(|stop| self.scenario.nodes_of(stop.target));
                let is_free = members().all(|to| members().all(|from| !self.travels(from, to)))
                    && members().all(|to| !self.travels(self.id, to))
                    && walk.stops.iter().all(|stop| {
                        self.scenario.nodes_of(stop.target).into_iter().all(|id| !works(stop.work_at(id)))
                    });
                if is_free { Course::Done } else { Course::Timely }
            }
        }
    }

    fn stages(&self, from: NodeId, stages: &[Stage]) -> Course {
        for stage in stages {
            let calls = match stage {
                Stage::Call(call) => std::slice::from_ref(call),
                Stage::Parallel(parallel) => &parallel.calls,
            };
            for call in calls {
                match self.call(from, call) {
                    Course::Fails(..) if call.optional || call.chance < 1.0 => {}
                    Course::Done => {}
                    other => return other,
                }
            }
        }
        Course::Done
    }

    fn call(&self, from: NodeId, call: &Call) -> Course {
        let nodes = self.scenario.nodes_of(call.target);
        if nodes.iter().any(|&to| self.travels(from, to)) {
            return Course::Timely;
        }
        if let [node] = nodes[..]
            && let Some(why) = self.turns_away(node)
        {
            return Course::Fails(node, why);
        }
        let is_busy = |&node: &NodeId| works(call.work_at(node)) || self.connects(node);
        if nodes.iter().any(is_busy) || works(&call.afterwards) {
            return Course::Timely;
        }
        // Members of a group are alike, or time passes at one of them.
        let waits = |caution: &Caution| caution.retries > 0 && caution.backoff.base > 0;
        let is_patient =
            self.behaviour(nodes[0]).and_then(|it| it.calling.caution.as_ref()).is_some_and(waits);
        match self.stages(nodes[0], &call.stages) {
            Course::Done => {}
            Course::Fails(..) if is_patient => return Course::Timely,
            course => return course,
        }
        call.hand_over.as_ref().map_or(Course::Done, |next| self.call(nodes[0], next))
    }

    fn behaviour(&self, node: NodeId) -> Option<&Behaviour> {
        self.scenario.nodes[node.0 as usize].behaviour.as_ref()
    }

    /// Whether it takes time to get from one node to another.
    fn travels(&self, from: NodeId, to: NodeId) -> bool {
        let [from, to] = [from, to].map(|node| NodeIndex::new(node.0 as usize));
        let edge = self.scenario.graph.find_edge(from, to);
        edge.and_then(|edge| self.scenario.graph[edge]).is_some_and(|link| {
            let link = &self.scenario.links[link];
            let jitters = link.jitter.as_ref().is_some_and(takes_time);
            takes_time(&link.latency) || jitters || link.bandwidth.is_some()
        })
    }

    /// Whether a new connection takes time by itself.
    fn connects(&self, node: NodeId) -> bool {
        match &self.scenario.nodes[node.0 as usize].kind {
            NodeKind::Database(database) => database.connect > 0,
            NodeKind::WebServer(web_server) => {
                !self.user.keeps_connection && self.user.tls.round_trips() > 0 && web_server.tls_handshake > 0
            }
            _ => false,
        }
    }

    /// Why a node may turn everybody away who comes, in no time.
    fn turns_away(&self, node: NodeId) -> Option<&'static str> {
        let behaviour = self.behaviour(node)?;
        let replicas = self.scenario.nodes[node.0 as usize].replicas;
        let limits = behaviour.limits.iter().flatten();
        if limits.into_iter().any(|limit| self.population > limit.burst.saturating_add(1)) {
            return Some("turns away who comes too often");
        }
        let room = behaviour.slots.saturating_add(behaviour.queue).saturating_mul(replicas);
        if matches!(behaviour.when_full, WhenFull::Answer(_)) && self.population > room {
            return Some("turns away who finds it full");
        }
        let is_hit = |targets: &[FaultTarget]| {
            targets.iter().any(|target| match *target {
                FaultTarget::Node(id) => id == node,
                FaultTarget::Replica(id, _) => id == node && replicas == 1,
                FaultTarget::Link(_) => false,
            })
        };
        let breaks = |fault: Fault| match fault {
            Fault::Crash | Fault::BlackHole => true,
            Fault::Errors { share } => share >= 1.0,
            _ => false,
        };
        let stops = |how: How| matches!(how, How::StopStart | How::Restart);
        let goes_down = self.scenario.timeline.iter().any(|happening| match &happening.what {
            What::Fault(fault) => breaks(fault.fault) && is_hit(&fault.targets),
            What::Maintenance(maintenance) => stops(maintenance.how) && is_hit(&maintenance.targets),
            _ => false,
        });
        let by_chance = self.scenario.faults.iter().any(|fault| breaks(fault.fault) && is_hit(&fault.hits));
        (goes_down || by_chance).then_some("fails or is down for a while")
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::load::load_text;

    fn told(user: &str, nginx: &str, rest: &str) -> String {
        let text = format!(
            "run: {{ duration: 1m }}\nnodes:\n  wrk: {{ kind: user, population: 10{user} }}\n  \
             nginx: {{ kind: web_server{nginx} }}\nrequests:\n  page: {{ path: [ nginx: 1ms ] }}\n{rest}"
        );
        load_text("wrk.yaml", &text, &[]).render(false)
    }

    const DIES: &str = "timeline: [ { at: 30s, fail: nginx, for: 10s } ]\n";

    #[test]
    fn clients_that_are_turned_away_in_no_time_are_told_of() {
        for (nginx, rest, why) in [
            ("", DIES, "`nginx` fails or is down for a while"),
            (", mtbf: 1h, mttr: 1m", "", "`nginx` fails or is down for a while"),
            ("", "timeline: [ { at: 30s, maintain: nginx, takes: 5s } ]\n", "fails or is down for a while"),
            (", rate_limit: { rate: 1/s, burst: 1 }", "", "`nginx` turns away who comes too often"),
        ] {
            let shown = told("", nginx, rest);
            assert!(shown.starts_with("warning") && shown.contains(why), "{nginx}{rest}: {shown}");
            assert!(shown.contains("requests of `wrk` fail in no time then"), "{shown}");
            assert!(shown.contains("wrk.yaml:3"), "{shown}");
        }
    }

    #[test]
    fn where_time_passes_nothing_is_told() {
        for (user, nginx, rest) in [
            ("", "", ""),
            (", think: 1s", "", DIES),
            (", think: exp(1ms)", "", DIES),
            (", retries: 1, backoff: { base: 1s }", "", DIES),
            (
                "",
                "",
                "links: { wrk -> nginx: { latency: 1ms } }\ntimeline: [ { at: 30s, fail: nginx, for: 10s } ]\n",
            ),
            ("", "", "timeline: [ { at: 30s, errors: nginx, share: 50%, for: 10s } ]\n"),
            ("", ", rate_limit: { rate: 1/s, burst: 20 }", ""),
        ] {
            assert_eq!(told(user, nginx, rest), "", "{user}{nginx}{rest}");
        }
    }

    #[test]
    fn what_takes_no_time_at_all_is_refused() {
        let text = "
run: { duration: 1m }
nodes:
  wrk: { kind: user, population: 10 }
  cpu: { kind: station, servers: unlimited, work: 0s }
  disk: { kind: station, servers: unlimited }
requests:
  page: { path: [ cpu, disk: 0s ] }
";
        let shown = load_text("wrk.yaml", text, &[]).render(false);
        assert!(shown.starts_with("error: requests of `wrk` take no time"), "{shown}");
        let walk = text.replace("path: [ cpu, disk: 0s ]", "route: { start: cpu, cpu: disk, disk: leave }");
        let shown = load_text("wrk.yaml", &walk, &[]).render(false);
        assert!(shown.starts_with("error: requests of `wrk` take no time"), "{shown}");
        let works = text.replace("disk: 0s", "disk: exp(1ms)");
        assert_eq!(load_text("wrk.yaml", &works, &[]).render(false), "");
    }
}
