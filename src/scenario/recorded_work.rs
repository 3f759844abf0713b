//! Recorded work: each column of a recording is of a node that the recording's requests come to,
//! and work at.

use super::model::{Call, Flow, NodeId, RequestClass, Stage, Stop, Target, Work};
use super::nodes::Directory;
use crate::document::value::Field;
use crate::nodes::NodeKind;
use crate::nodes::fields::Context;
use crate::parts::arrivals::Arrivals;

/// How a class deals with one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Comes {
    Never,
    /// But a path that gives it no work has no place for what was recorded.
    WithoutWork,
    ToWork,
}

/// A column that nothing looks at is a misunderstanding. `section` is that of the classes.
pub fn check(context: Context, section: &[Field], directory: &Directory, classes: &[RequestClass]) {
    for (number, node) in directory.nodes.iter().enumerate() {
        let NodeKind::User(user) = &node.kind else { continue };
        let Arrivals::Replay(recording) = &user.arrivals else { continue };
        let user = NodeId(number as u32);
        let place = &directory.places[number];
        for name in recording.work.iter().map(|work| work.node.as_str()) {
            let Some(&id) = directory.node_ids.get(name) else {
                let message =
                    format!("there is no node `{name}`, of which `{}` has recorded work", node.name);
                let hint = directory.suggest(name, &[]);
                context.problems.report(
                    crate::document::problem::Severity::Error,
                    place.clone(),
                    message,
                    hint,
                );
                continue;
            };
            let from = classes.iter().zip(section).filter(|(class, _)| class.from.contains(&user));
            let mut most = Comes::Never;
            for (class, field) in from {
                let comes = of_class(directory, class, id);
                most = most.max(comes);
                if comes == Comes::WithoutWork {
                    let message = format!(
                        "`{}` comes to `{name}` without any work, so that the recorded work there has no place",
                        class.name
                    );
                    let hint = format!("`{name}: 1ms`, say; how long it takes is what the recording says");
                    context.problems.error_with_hint(field.name_span.clone(), message, hint);
                }
            }
            if most == Comes::Never {
                let message =
                    format!("no request of `{}` comes to `{name}`, of which it has recorded work", node.name);
                context.problems.error_with_hint(place.clone(), message, "leave that column out of `work`");
            }
        }
    }
}

fn of_class(directory: &Directory, class: &RequestClass, node: NodeId) -> Comes {
    match &class.flow {
        Flow::Calls(stages) => of_stages(directory, stages, node),
        Flow::Walk(walk) => {
            let of_stop = |stop: &Stop| match leads_to(directory, stop.target, node) {
                true => comes_for(stop.work_at(node)),
                false => Comes::Never,
            };
            walk.stops.iter().map(of_stop).max().unwrap_or(Comes::Never)
        }
    }
}

fn of_stages(directory: &Directory, stages: &[Stage], node: NodeId) -> Comes {
    let of_stage = |stage: &Stage| match stage {
        Stage::Call(call) => of_call(directory, call, node),
        Stage::Parallel(parallel) => {
            let calls = parallel.calls.iter().map(|call| of_call(directory, call, node));
            calls.max().unwrap_or(Comes::Never)
        }
    };
    stages.iter().map(of_stage).max().unwrap_or(Comes::Never)
}

fn of_call(directory: &Directory, call: &Call, node: NodeId) -> Comes {
    let here = match leads_to(directory, call.target, node) {
        true => comes_for(call.work_at(node)).max(comes_for(&call.afterwards)),
        false => Comes::Never,
    };
    let next = call.hand_over.as_ref().map_or(Comes::Never, |next| of_call(directory, next, node));
    here.max(next).max(of_stages(directory, &call.stages, node))
}

fn leads_to(directory: &Directory, target: Target, node: NodeId) -> bool {
    match target {
        Target::Node(id) => id == node,
        Target::Group(group) => directory.group_members[group as usize].contains(&node),
    }
}

fn comes_for(work: &Work) -> Comes {
    if *work == Work::default() { Comes::WithoutWork } else { Comes::ToWork }
}

#[cfg(test)]
mod tests {
    use crate::scenario::load::load;

    /// What is told of a recording with a column for `node`, which is replayed on this path.
    fn told(node: &str, path: &str) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("day.csv"), "at_s,work_ms\n0,5\n1,7\n").expect("it can be written");
        let text = format!(
            "run: {{ duration: 1m }}
nodes:
  users: {{ kind: user, arrivals: {{ replay: day.csv, columns: {{ at: at_s, work: {{ {node}: work_ms }} }} }} }}
  nginx: {{ kind: web_server }}
  app: {{ kind: app_server }}
  db: {{ kind: database }}
requests:
  page: {{ {path} }}
"
        );
        let file = folder.path().join("replay.yaml");
        std::fs::write(&file, text).expect("it can be written");
        let shown = load(&file, &[]).expect("it can be read").render(false);
        // That nobody calls some of them is no matter here.
        if shown.contains("error") { shown } else { String::new() }
    }

    #[test]
    fn a_path_has_to_have_a_place_for_recorded_work() {
        let shown = told("app", "path: [ nginx: 1ms, app ]");
        assert!(shown.contains("`page` comes to `app` without any work"), "{shown}");
        assert!(shown.contains("replay.yaml:8"), "{shown}");
        assert_eq!(told("app", "path: [ nginx: 1ms, app: 0ms ]"), "");
        assert_eq!(told("app", "path: [ nginx: 1ms, app: { after: 1ms } ]"), "");
        assert_eq!(told("app", "path: [ nginx: { calls: [ app: 1ms, app ] } ]"), "");
    }

    #[test]
    fn recorded_work_is_of_a_node_that_its_requests_come_to() {
        let shown = told("db", "path: [ nginx: 1ms, app: 1ms ]");
        assert!(shown.contains("no request of `users` comes to `db`"), "{shown}");
        let shown = told("ap", "path: [ nginx: 1ms, app: 1ms ]");
        assert!(shown.contains("there is no node `ap`") && shown.contains("`app`"), "{shown}");
    }
}
