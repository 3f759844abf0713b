//! Two machines behind a load balancer, where users come to one by its address: an address leads to one
//! machine, so that a second one needs somebody in front.

use super::site::Site;
use crate::document::flow::in_one_line;
use crate::document::value::{Entry, Field, Table, Value};
use crate::nodes::NodeKind;
use crate::scenario::check::SECTIONS;
use crate::scenario::model::{Flow, NodeId, Stage};

const FRONT: &str = "front";
const BALANCER: &str = "balancer";
const CORES: u32 = 2;
/// What passing on a request takes the balancer.
const WORK: &str = "0.05ms";
/// From the balancer to the machines behind it.
const NEAR: &str = "0.2ms";

/// The settings that put a load balancer with a machine of its own in front of a host; nothing where users
/// do not come to it by its address, or to others as well.
pub fn in_front(site: &Site, host: usize) -> Option<Vec<String>> {
    let NodeKind::Server(server) = &site.node(host).kind else { return None };
    let address = server.address.as_ref()?;
    let entrance = entrance(site, host)?;
    let is_free =
        |name: &str| site.node_named(name).is_none() && SECTIONS.iter().all(|section| section.name != name);
    if !is_free(FRONT) || !is_free(BALANCER) {
        return None;
    }
    let breaks = |node: usize| kept(site, node, &["mtbf", "mttr", "crew"]);
    let cost = kept(site, host, &["cost"]);
    let mut settings = vec![
        format!("nodes.{FRONT}={{ kind: server, address: {address}, cores: {CORES}{}{cost} }}", breaks(host)),
        format!(
            "nodes.{BALANCER}={{ kind: load_balancer, on: {FRONT}, redispatch: true{} }}",
            breaks(entrance)
        ),
        site.setting(host, "address", "null"),
    ];
    settings.extend(links(site, host)?);
    let name = &site.node(host).name;
    settings.push(format!("links.{FRONT} -> {name}={{ latency: {NEAR} }}"));
    for class in &site.scenario.classes {
        settings.push(longer_path(site, &class.name)?);
    }
    Some(settings)
}

/// The one node on a host to which all users' requests go first.
fn entrance(site: &Site, host: usize) -> Option<usize> {
    let mut found = None;
    for class in &site.scenario.classes {
        let Flow::Calls(stages) = &class.flow else { return None };
        for call in stages.iter().flat_map(Stage::calls) {
            for node in site.scenario.nodes_of(call.target) {
                let is_there = site.node(node.0 as usize).on == Some(NodeId(host as u32));
                if !is_there || found.is_some_and(|known| known != node.0 as usize) {
                    return None;
                }
                found = Some(node.0 as usize);
            }
        }
    }
    found
}

/// Some of a node's settings as they are written, with a comma before each.
fn kept(site: &Site, node: usize, settings: &[&str]) -> String {
    let written = |setting: &&str| {
        let entry = site.entry(&["nodes", &site.node(node).name, setting])?;
        Some(format!(", {setting}: {}", in_one_line(entry)))
    };
    settings.iter().filter_map(written).collect()
}

/// The links of users to the host, led to the new one.
fn links(site: &Site, host: usize) -> Option<Vec<String>> {
    let mut settings = Vec::new();
    for (number, link) in site.scenario.links.iter().enumerate() {
        let is_user = matches!(site.node(link.from.0 as usize).kind, NodeKind::User(_));
        if link.to != NodeId(host as u32) || !is_user {
            continue;
        }
        let path = site.link_path(number)?;
        let written = site.entry(&["links", path.strip_prefix("links.")?])?;
        let table = match &written.value {
            Value::Table(_) => written.clone(),
            _ => Entry::new(Value::Table(Table { fields: vec![field("latency", written.clone())] }), 0..0),
        };
        let user = &site.node(link.from.0 as usize).name;
        settings.push(format!("links.{user} -> {FRONT}={}", in_one_line(&table)));
    }
    Some(settings)
}

fn longer_path(site: &Site, class: &str) -> Option<String> {
    let path = site.entry(&["requests", class, "path"])?;
    let mut elements = match &path.value {
        Value::List(elements) => elements.clone(),
        _ => vec![path.clone()],
    };
    let work = Entry::new(Value::Scalar(WORK.to_owned()), 0..0);
    elements.insert(0, Entry::new(Value::Table(Table { fields: vec![field(BALANCER, work)] }), 0..0));
    let elements = Entry::new(Value::List(elements), 0..0);
    (!class.contains('.')).then(|| format!("requests.{class}.path={}", in_one_line(&elements)))
}

fn field(name: &str, entry: Entry) -> Field {
    Field { name: name.to_owned(), name_span: 0..0, entry }
}
