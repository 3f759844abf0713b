//! Users: where requests come from, and what the clients do around them.

use super::compile::Compiler;
use super::ids::Source;
use super::program::Program;
use super::steps::{CallPlan, ConnectionUse, RetriesOf, RetryPlan, Step};
use super::{ProgramPlan, SourcePlan, ids, names};
use crate::kernel::table::{Id, Table};
use crate::kernel::time::NEVER;
use crate::nodes::NodeKind;
use crate::nodes::behaviour::Answers;
use crate::nodes::dns::Dns;
use crate::nodes::user::User;
use crate::parts::arrivals::Arrivals;
use crate::parts::count::Count;
use crate::scenario::model::{Call, Flow, NodeId, RequestClass, Stage, Target};
use crate::scenario::traffic::Traffic;

pub fn compile(compiler: &mut Compiler) -> Table<Source, SourcePlan> {
    let scenario = compiler.scenario;
    let traffic = Traffic::of(scenario);
    let mut sources = Table::new();
    for (number, node) in scenario.nodes.iter().enumerate() {
        if let NodeKind::User(user) = &node.kind {
            for replica in 0..node.replicas {
                let id = NodeId(number as u32);
                let sender = Sender { id, user, replica, number: sources.next_id() };
                sources.push(sender.source(compiler, traffic.of_user(id), None));
                for (class, arrivals) in traffic.added_of_user(id) {
                    let sender = Sender { number: sources.next_id(), ..sender };
                    sources.push(sender.source(compiler, arrivals, Some(class)));
                }
            }
        }
    }
    sources
}

/// One replica of a user, as one of the sources.
#[derive(Clone, Copy)]
struct Sender<'u> {
    id: NodeId,
    user: &'u User,
    replica: u32,
    number: Id<Source>,
}

impl Sender<'_> {
    /// All classes, or only what a surge adds to one; that comes from clients of its own.
    fn source(self, compiler: &mut Compiler, arrivals: Arrivals, only: Option<usize>) -> SourcePlan {
        let Sender { id, user, replica, number } = self;
        let scenario = compiler.scenario;
        let mut name = match replica {
            0 => compiler.node(id).name.clone(),
            _ => format!("{}/{replica}", compiler.node(id).name),
        };
        if let Some(class) = only {
            name = format!("{name}/surge of {}", scenario.classes[class].name);
        }
        let recorded = recorded_columns(&arrivals);
        let mut programs = Vec::new();
        let mut sum = 0.0;
        for (class_number, class) in scenario.classes.iter().enumerate() {
            if !class.from.contains(&id) || only.is_some_and(|only| only != class_number) {
                continue;
            }
            sum += class.share;
            let program = Program::new(compiler, class, &name, &recorded);
            let start = ClientProgram { program, user, id, source: number }.compile(class);
            programs.push(ProgramPlan { class: Id::at(class_number), start, cumulated_share: sum });
        }
        for program in &mut programs {
            program.cumulated_share /= sum;
        }
        let recorded_programs = recorded_programs(compiler, &arrivals, &programs);
        SourcePlan {
            instance: compiler.nodes[Id::numbered(id.0)].first_instance.plus(replica),
            clients: user.clients.max(1),
            think: match &arrivals {
                Arrivals::Closed { think, .. } => Some(compiler.streams.draw(&name, "think", think)),
                _ => None,
            },
            arrivals,
            programs,
            die: compiler.streams.die(&name, "class and client"),
            recorded_programs,
            name,
        }
    }
}

fn recorded_columns(arrivals: &Arrivals) -> Vec<(String, u32)> {
    match arrivals {
        Arrivals::Replay(recording) => recording
            .work
            .iter()
            .enumerate()
            .map(|(column, work)| (work.node.clone(), column as u32))
            .collect(),
        _ => Vec::new(),
    }
}

/// The program for each class number of a recording that names classes.
fn recorded_programs(compiler: &Compiler, arrivals: &Arrivals, programs: &[ProgramPlan]) -> Vec<u32> {
    let Arrivals::Replay(recording) = arrivals else { return Vec::new() };
    let program_of = |name: &String| {
        let class = compiler.scenario.classes.iter().position(|class| class.name == *name);
        let found = programs.iter().position(|program| Some(program.class.index()) == class);
        found.unwrap_or(0) as u32
    };
    recording.class_names.iter().map(program_of).collect()
}

/// What a client does for one request.
struct ClientProgram<'p, 'c, 'a> {
    program: Program<'c, 'a>,
    user: &'p User,
    id: NodeId,
    source: Id<Source>,
}

impl<'a> ClientProgram<'_, '_, 'a> {
    fn compile(mut self, class: &'a RequestClass) -> Id<ids::StepPlace> {
        match &class.flow {
            Flow::Walk(walk) => self.program.walk(self.id, walk),
            Flow::Calls(stages) => {
                let mut code = self.look_up();
                if code.is_empty()
                    && let [Stage::Call(call)] = &stages[..]
                    && self.goes_itself(call)
                {
                    // Nothing stands between the client and a network of stations: the
                    // request itself walks through it.
                    code.extend(self.program.move_to(self.id, call));
                    code.push(Step::End);
                    self.program.join_steps(&mut code);
                } else {
                    code.extend(self.calls(stages));
                    code.push(Step::End);
                }
                self.program.compiler.tables.place(code)
            }
        }
    }

    fn goes_itself(&self, call: &Call) -> bool {
        let compiler = &self.program.compiler;
        let node = compiler.first_node(call.target);
        let user = self.user;
        compiler.behaviour(node).is_some_and(|behaviour| behaviour.hands_over)
            && user.timeout == NEVER
            && user.retries == 0
            && user.caution.is_none()
            && call.times == Count::Fixed(1)
            && call.chance >= 1.0
            && !call.optional
            && compiler
                .scenario
                .nodes_of(call.target)
                .into_iter()
                .all(|node| compiler.links.between(compiler.scenario, self.id, node).is_none())
    }

    /// The client's calls are compiled like a node's, then given the client's own ways.
    fn calls(&mut self, stages: &[Stage]) -> Vec<Step> {
        let before = self.program.compiler.tables.calls.len();
        let code = self.program.stages(self.id, stages);
        let own = code.iter().flat_map(|&step| match step {
            Step::Call { call } => vec![call],
            Step::Fork { fork } => {
                let forked = &self.program.compiler.tables.forks[fork];
                forked.calls.iter().map(|&(call, ..)| call).collect()
            }
            _ => Vec::new(),
        });
        let own: Vec<Id<ids::Call>> = own.filter(|&call| call.index() >= before).collect();
        for call in own {
            self.make_it_the_clients(call);
        }
        code
    }

    fn make_it_the_clients(&mut self, call: Id<ids::Call>) {
        let compiler = &mut *self.program.compiler;
        let lane = compiler.lane(self.user.timeout);
        let retry = (self.user.retries > 0).then(|| RetryPlan {
            retries: self.user.retries,
            backoff: self.user.backoff,
            die: compiler
                .streams
                .die(&compiler.node(self.id).name, &format!("{}/backoff", self.program.purpose)),
            counts: RetriesOf::Request,
        });
        let route = compiler.tables.calls[call].route;
        let source = self.source;
        let connection = if self.user.keeps_connection {
            ConnectionUse::PerClient { source }
        } else {
            ConnectionUse::Fresh
        };
        let guard = self.user.caution.as_deref().map(|caution| {
            let plan = compiler.tables.calls[call].clone();
            let target = compiler.target_of(plan.route);
            compiler.guard(self.id, target, &plan, caution)
        });
        let name = names::name_of_source(compiler, self.source);
        let members_at = name.map_or(Vec::new(), |name| names::members_at(compiler, name, route));
        let plan = &mut compiler.tables.calls[call];
        *plan = CallPlan {
            name,
            members_at,
            connect_lane: lane,
            read_lane: None,
            whole: lane.is_some(),
            retry,
            guard,
            connection,
            round_trips: 1 + self.user.tls.round_trips(),
            ..plan.clone()
        };
    }

    /// Looking the site's name up: in the client's own cache, or with the resolver.
    fn look_up(&mut self) -> Vec<Step> {
        let Some((resolver, dns, name)) = self.resolver() else { return Vec::new() };
        let compiler = &mut *self.program.compiler;
        let lookup = compiler.streams.draw(
            &compiler.node(resolver).name,
            &format!("{}/look-up", self.program.purpose),
            &dns.lookup,
        );
        // All classes of a user share what its clients and the resolver remember.
        let known = compiler.tables.names.iter().position(|name| name.source == self.source).map(Id::at);
        let number = known.unwrap_or_else(|| {
            let plan = names::name_plan(compiler, dns, &name, lookup, self.source);
            compiler.tables.names.push(plan)
        });
        let body =
            compiler.tables.place(vec![Step::Enter { kept: 1 }, Step::Resolve { name: number }, Step::End]);
        let (route, site) = compiler.route(self.id, Target::Node(resolver));
        let lane = compiler.lane(dns.timeout);
        let call = compiler.tables.add_call(CallPlan {
            body,
            connect_lane: lane,
            whole: lane.is_some(),
            tries: dns.attempts.max(1),
            answers: Answers::NoName,
            ..CallPlan::plain(route, site)
        });
        vec![Step::Recall { name: number }, Step::Call { call }, Step::Remember { name: number }]
    }

    fn resolver(&self) -> Option<(NodeId, &'a Dns, String)> {
        let scenario = self.program.compiler.scenario;
        let id = scenario.resolver_of(self.id)?;
        let NodeKind::Dns(dns) = &scenario.nodes[id.0 as usize].kind else { return None };
        Some((id, dns, self.user.visits.clone()?))
    }
}
