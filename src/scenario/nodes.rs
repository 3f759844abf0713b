//! `nodes`: reads each node, and gives each name its number.

use super::breakdowns::{self, Breakdown, StandbyRead};
use super::kinds::{kind_of_software, setting_of_others};
use super::load::NodeSettings;
use super::model::{Backup, Group, Node, NodeId, NodeMemory};
use super::replication::{self, ReplicationRead};
use super::restarts;
use crate::document::problem::{Severity, did_you_mean, listed};
use crate::document::value::{Entry, Field, Span};
use crate::nodes::NodeKind;
use crate::nodes::fields::{Context, Fields, InForce, Refusal};
use crate::nodes::kind::Kind;
use crate::nodes::remedies::{self, Remedies};
use crate::nodes::setting::{Setting, Takes};
use crate::nodes::user::Tls;
use rustc_hash::FxHashMap;
use std::cell::Cell;

/// What every kind of node can be given.
pub const SETTINGS: &[Setting] = &[
    Setting::required("kind", Takes::Word(KIND_NAMES), "what the node is"),
    Setting::optional("on", Takes::Text, "the `server` it stands on"),
    Setting::new(
        "replicas",
        Takes::Whole(1, INSTANCES_MAX),
        "1",
        "spof",
        "how many there are of it; they are numbered from 0: of two of `app` the first is `app/0`",
    ),
    Setting::optional(
        "cost",
        Takes::Price,
        "what each replica, spares included, costs (of a station with `autoscale`, each server)",
    ),
    Setting::optional("work", Takes::Form("work such as `exp(5ms)`"), "the work of visits that name none"),
    Setting::optional("memory_base", Takes::Size, "memory that it needs on its server when it is idle"),
    Setting::optional(
        "memory_per_request",
        Takes::Size,
        "memory that each request inside, or in line, needs",
    ),
];

const KIND_NAMES: &[&str] = &kind_names();

/// A table of settings is a constant, so that its words have to be one as well.
const fn kind_names() -> [&'static str; Kind::ALL.len()] {
    let mut names = [""; Kind::ALL.len()];
    let mut kind = 0;
    while kind < names.len() {
        names[kind] = Kind::ALL[kind].name();
        kind += 1;
    }
    names
}

/// A scenario has at most so many nodes, replicas counted.
const INSTANCES_MAX: u64 = 1_000_000;

/// A hint names no more servers than these.
const SERVERS_LISTED_MOST: usize = 8;

/// Names with a meaning of their own where a node could be named.
const RESERVED: &[&str] = &["parallel", "leave", "start", "work", "first"];

/// The nodes and groups by name.
pub struct Directory<'a> {
    pub nodes: Vec<Node>,
    pub node_ids: FxHashMap<&'a str, NodeId>,
    pub group_ids: FxHashMap<&'a str, u32>,
    /// The nodes of each group.
    pub group_members: Vec<Vec<NodeId>>,
    /// Where each node's name stands.
    pub places: Vec<Span>,
    /// The work of visits that name none.
    pub works: Vec<Option<&'a Entry>>,
    /// How each breaks by itself, and what stands by then.
    pub breakdowns: Vec<Option<Breakdown>>,
    pub standbys: Vec<Option<StandbyRead>>,
    /// How each protects itself.
    remedies: Vec<Remedies>,
    /// Which databases follow a primary.
    pub replications: Vec<Option<ReplicationRead>>,
    pub backups: Vec<Option<Backup>>,
    pub group_replications: Vec<Option<ReplicationRead>>,
    /// How many names have been thought about that do not exist.
    suggestions: Cell<u32>,
}

pub struct CheckedNodes<'a> {
    pub directory: Directory<'a>,
    pub settings: Vec<NodeSettings>,
}

pub fn read<'a>(context: Context<'a>, section: &'a [Field]) -> CheckedNodes<'a> {
    let mut directory = Directory {
        nodes: Vec::new(),
        node_ids: FxHashMap::default(),
        group_ids: FxHashMap::default(),
        group_members: Vec::new(),
        places: Vec::new(),
        works: Vec::new(),
        breakdowns: Vec::new(),
        standbys: Vec::new(),
        remedies: Vec::new(),
        replications: Vec::new(),
        backups: Vec::new(),
        group_replications: Vec::new(),
        suggestions: Cell::new(0),
    };
    let mut settings = Vec::new();
    let mut hosts = Vec::new();
    for field in section {
        check_name(context, field);
        let ReadNode { node, host, work, breakdown, standby, remedies, replication, backup, settings: held } =
            read_one(context, field);
        directory.node_ids.insert(&field.name, NodeId(directory.nodes.len() as u32));
        settings.push(NodeSettings { node: node.name.clone(), kind: node.kind.name(), settings: held });
        directory.nodes.push(node);
        directory.places.push(field.name_span.clone());
        directory.works.push(work);
        directory.breakdowns.push(breakdown);
        directory.standbys.push(standby);
        directory.remedies.push(remedies);
        directory.replications.push(replication);
        directory.backups.push(backup);
        hosts.push(host);
    }
    place_on_hosts(context, section, &mut directory, &hosts);
    check_number(context, &directory);
    CheckedNodes { directory, settings }
}

/// Workers need memory besides what is said of the whole.
fn read_memory(fields: &mut Fields, kind: &NodeKind) -> NodeMemory {
    let workers = match kind {
        NodeKind::AppServer(app) => app.memory_per_worker.unwrap_or(0).saturating_mul(u64::from(app.workers)),
        _ => 0,
    };
    NodeMemory {
        base: fields.optional_size("memory_base").unwrap_or(0).saturating_add(workers),
        per_request: fields.optional_size("memory_per_request").unwrap_or(0),
    }
}

struct ReadNode<'a> {
    node: Node,
    host: Option<String>,
    work: Option<&'a Entry>,
    breakdown: Option<Breakdown>,
    standby: Option<StandbyRead>,
    remedies: Remedies,
    replication: Option<ReplicationRead>,
    backup: Option<Backup>,
    settings: Vec<InForce>,
}

impl ReadNode<'_> {
    /// What stands for a node of which nobody knows what it is.
    fn of_no_kind(context: Context, name: &str) -> Self {
        let kind = Kind::Station;
        let kind = NodeKind::read(kind, &mut Fields::empty(context, kind.settings()));
        let node = Node {
            name: name.to_owned(),
            replicas: 1,
            on: None,
            boot: 0,
            restart: None,
            memory: NodeMemory::default(),
            cost_per_hour: None,
            kind,
            behaviour: None,
        };
        ReadNode {
            node,
            host: None,
            work: None,
            breakdown: None,
            standby: None,
            remedies: Remedies::default(),
            replication: None,
            backup: None,
            settings: Vec::new(),
        }
    }
}

fn read_one<'a>(context: Context<'a>, field: &'a Field) -> ReadNode<'a> {
    let title = format!("`{}`", field.name);
    let mut common = Fields::new(context, &title, &field.entry, vec![SETTINGS]);
    common.span = field.name_span.clone();
    let is_known = field
        .entry
        .table()
        .and_then(|table| table.get("kind"))
        .and_then(|kind| kind.entry.scalar())
        .is_some_and(|kind| KIND_NAMES.contains(&kind));
    if !is_known {
        // Without a kind nobody can tell which settings are wrong.
        let given = field.entry.table().and_then(|table| table.get("kind"));
        match given.and_then(|kind| Some((kind, kind_of_software(kind.entry.scalar()?)?))) {
            Some((kind, meant)) => context.problems.error_with_hint(
                kind.entry.span.clone(),
                format!("`{}` is software, and no kind of node", kind.entry.scalar().unwrap_or_default()),
                format!("write `kind: {}`", meant.name()),
            ),
            None => {
                common.word("kind");
            }
        }
        return ReadNode::of_no_kind(context, &field.name);
    }
    let kind = Kind::ALL[common.word("kind")];
    let mut tables = vec![SETTINGS, breakdowns::NODE_SETTINGS, restarts::SETTINGS, kind.settings()];
    if kind.takes_remedies() {
        tables.push(remedies::SETTINGS);
    }
    let mut fields = Fields::new(context, &title, &field.entry, tables);
    fields.span = field.name_span.clone();
    let on = fields.optional_text("on");
    let replicas = fields.whole("replicas");
    let work = fields.form("work");
    let kind = NodeKind::read(kind, &mut fields);
    if matches!(kind, NodeKind::User(_) | NodeKind::Server(_)) {
        for name in ["on", "work", "memory_base", "memory_per_request"] {
            if fields.is_given(name) {
                let message = format!("{} has no `{name}`", kind.with_article());
                context.problems.error_with_hint(fields.place(name), message, "leave it out");
            }
        }
    }
    let boot = kind.read_boot(&mut fields);
    let memory = read_memory(&mut fields, &kind);
    let cost_per_hour = fields.optional_price("cost");
    let restart = restarts::read(&mut fields, &kind);
    let (breakdown, standby) = breakdowns::of_node(&mut fields, &kind, restart.is_some());
    let remedies = match kind.kind().takes_remedies() {
        true => Remedies::read(&mut fields, &kind, replicas),
        false => Remedies::default(),
    };
    let replicas = remedies.replicas(replicas);
    let replication = match kind {
        NodeKind::Database(_) => replication::of(&mut fields),
        _ => None,
    };
    let backup = match kind {
        NodeKind::Database(_) => replication::backup_of(&mut fields),
        _ => None,
    };
    let settings = fields.finish_with(|name| setting_of_others(name, &field.name, on.as_deref()));
    let name = field.name.clone();
    let node = Node { name, replicas, on: None, boot, restart, memory, cost_per_hour, kind, behaviour: None };
    ReadNode { node, host: on, work, breakdown, standby, remedies, replication, backup, settings }
}

/// Names are written in paths, links and overrides, so they are kept plain.
fn check_name(context: Context, field: &Field) {
    let name = &field.name;
    let is_plain = name.chars().all(|letter| letter.is_alphanumeric() || letter == '_' || letter == '-');
    if RESERVED.contains(&name.as_str()) {
        let message = format!("`{name}` has a meaning of its own in paths");
        context.problems.error_with_hint(field.name_span.clone(), message, "call the node something else");
    } else if !is_plain || name.is_empty() || name.len() > 100 || name.starts_with('-') {
        let message = "a node's name is made of letters, digits, `_` and `-`, at most 100 of them";
        context.problems.error(field.name_span.clone(), message);
    }
}

fn place_on_hosts(context: Context, section: &[Field], directory: &mut Directory, hosts: &[Option<String>]) {
    for (index, host) in hosts.iter().enumerate() {
        let Some(host) = host else {
            directory.give_behaviour(index, 1);
            continue;
        };
        let place = section[index]
            .entry
            .table()
            .and_then(|table| table.get("on"))
            .map_or(section[index].name_span.clone(), |field| field.entry.span.clone());
        match directory.node(host) {
            Ok(id) => match &directory.nodes[id.0 as usize].kind {
                NodeKind::Server(server) => {
                    let cores = server.cores;
                    directory.nodes[index].on = Some(id);
                    directory.give_behaviour(index, cores);
                }
                other => {
                    let message = format!("`{host}` is {}; nodes stand on a `server`", other.with_article());
                    let servers: Vec<String> = directory
                        .nodes
                        .iter()
                        .filter(|node| matches!(node.kind, NodeKind::Server(_)))
                        .take(SERVERS_LISTED_MOST)
                        .map(|node| format!("`{}`", node.name))
                        .collect();
                    let hint = match servers[..] {
                        [] => "declare one: `host: { kind: server, cores: 2 }`".to_string(),
                        _ => format!("there is {}", servers.join(", ")),
                    };
                    context.problems.error_with_hint(place, message, hint);
                }
            },
            Err(refusal) => context.problems.report(Severity::Error, place, refusal.problem, refusal.hint),
        }
    }
}

fn check_number(context: Context, directory: &Directory) {
    let mut instances = 0;
    for (node, place) in directory.nodes.iter().zip(&directory.places) {
        instances += u64::from(node.replicas);
        if instances > INSTANCES_MAX {
            let message = format!("with `{}` the scenario has more than {INSTANCES_MAX} nodes", node.name);
            context.problems.error_with_hint(place.clone(), message, "replicas count as nodes");
            return;
        }
    }
    let has_user = directory.nodes.iter().any(|node| matches!(node.kind, NodeKind::User(_)));
    if !has_user && !directory.nodes.is_empty() && !context.problems.has_errors() {
        let hint = "add one: `visitors: { kind: user, arrivals: 60/s }`";
        context.problems.error_with_hint(0..0, "the scenario has no user, so nothing would happen", hint);
    }
}

impl Directory<'_> {
    /// What the node does on a host with so many cores.
    fn give_behaviour(&mut self, index: usize, cores: u32) {
        let node = &mut self.nodes[index];
        node.behaviour = node.kind.behaviour(cores);
        if let Some(behaviour) = &mut node.behaviour {
            self.remedies[index].apply(behaviour);
        }
    }

    pub fn node(&self, name: &str) -> Result<NodeId, Refusal> {
        self.node_ids.get(name).copied().ok_or_else(|| match self.members_of(name) {
            Some(members) => Refusal::new(
                format!("`{name}` is a group, and a node is needed here"),
                format!("its members are {}", listed(&members)),
            ),
            None => Refusal {
                problem: format!("there is no node `{name}`"),
                hint: self.suggest(name, &[]),
                place: None,
            },
        })
    }

    /// The names of a group's members, if it is one.
    pub fn members_of(&self, group: &str) -> Option<Vec<&str>> {
        let members = &self.group_members[*self.group_ids.get(group)? as usize];
        Some(members.iter().map(|&id| self.get(id).name.as_str()).collect())
    }

    pub fn get(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// Whether any user encrypts what it sends.
    pub fn is_anything_encrypted(&self) -> bool {
        let encrypts = |node: &Node| matches!(&node.kind, NodeKind::User(user) if user.tls != Tls::None);
        self.nodes.iter().any(encrypts)
    }

    /// Whether what it has written can be put back.
    pub fn has_backup(&self, id: NodeId) -> bool {
        self.backups[id.0 as usize].is_some()
    }

    /// Whether it belongs to databases of which one takes the writes.
    pub fn is_replicated(&self, id: NodeId) -> bool {
        let groups = self.group_members.iter().zip(&self.group_replications);
        let mut of_groups = groups.filter_map(|(members, replication)| replication.as_ref().map(|_| members));
        self.replications[id.0 as usize].is_some() || of_groups.any(|members| members.contains(&id))
    }

    /// Which node or group was meant. Only the first so many slips are thought about,
    /// since each is compared with every name.
    pub fn suggest(&self, name: &str, groups: &[Group]) -> Option<String> {
        const SUGGESTIONS_MAX: u32 = 100;
        self.suggestions.set(self.suggestions.get() + 1);
        if self.suggestions.get() > SUGGESTIONS_MAX {
            return None;
        }
        let nodes = self.nodes.iter().map(|node| node.name.as_str());
        let names: Vec<&str> = nodes.chain(groups.iter().map(|group| group.name.as_str())).collect();
        did_you_mean(name, &names)
    }
}
