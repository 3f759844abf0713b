//! A cache in front of what is full, and more of those that there are.

use super::change::{Change, Family, Remedy};
use super::evidence::Evidence;
use super::site::Site;
use super::steps;
use crate::document::flow::in_one_line;
use crate::document::value::{Entry, Field, Table, Value};
use crate::kernel::time::to_seconds;
use crate::nodes::NodeKind;
use crate::nodes::cache::Holds;
use crate::parts::resource::{Owner, ResourceKind};
use crate::scenario::check::SECTIONS;

/// What a cache in front of a database, or of an application, is taken to answer by itself. Nobody
/// knows before there is one; the words say that it is assumed.
const HITS_OF_QUERIES: &str = "80%";
const HITS_OF_PAGES: &str = "50%";
/// What a look-up takes.
const LOOK_UP: &str = "0.1ms";
const TIMES_AS_LARGE: f64 = 2.0;

pub fn caches(site: &Site, evidence: &Evidence) -> Vec<Change> {
    let mut changes = Vec::new();
    for node in 0..site.scenario.nodes.len() {
        if let NodeKind::Cache(_) = site.node(node).kind {
            changes.extend(larger(site, node));
        }
    }
    let mut seen = Vec::new();
    for node in full_behind(site, evidence) {
        let hits = match site.node(node).kind {
            NodeKind::Database(_) => HITS_OF_QUERIES,
            NodeKind::AppServer(_) => HITS_OF_PAGES,
            _ => continue,
        };
        if !seen.contains(&node) {
            seen.push(node);
            changes.extend(in_front_of(site, node, hits));
        }
    }
    changes
}

/// The nodes that are full, those that stand on a host of which the cores are, and of a full pool or
/// line of callers those called.
fn full_behind(site: &Site, evidence: &Evidence) -> Vec<usize> {
    let of = |(kind, owner): (ResourceKind, Owner)| -> Vec<usize> {
        match (kind, owner) {
            (ResourceKind::Cores, Owner::Node(node)) => {
                let hosted = site.hosted(node as usize);
                if hosted.is_empty() { vec![node as usize] } else { hosted }
            }
            (ResourceKind::Slots | ResourceKind::Backlog, Owner::Node(node)) => vec![node as usize],
            (ResourceKind::Pool | ResourceKind::InFlight, Owner::Calls { from, .. }) => match from {
                crate::parts::resource::Party::Node(node) => site.called_by(node as usize),
                crate::parts::resource::Party::Group(_) => Vec::new(),
            },
            _ => Vec::new(),
        }
    };
    evidence.full.iter().flat_map(|full| of((full.resource.kind, full.resource.owner))).collect()
}

/// A cache that is asked first, beside its caller, in all requests that read.
fn in_front_of(site: &Site, node: usize, hits: &str) -> Option<Change> {
    let called = &site.node(node).name;
    let name = format!("{called}_cache");
    if site.node_named(&name).is_some() || SECTIONS.iter().any(|section| section.name == name) {
        return None;
    }
    let mut settings = Vec::new();
    let mut host = None;
    for class in site.entry(&["requests"])?.table()?.fields.iter() {
        let Some(path) = reading_path(&class.entry) else { continue };
        let Some(place) = path.iter().position(|element| named(element) == Some(called)) else { continue };
        // What it stands on is the host of whoever asks, so that nothing new lies between them.
        let caller = place.checked_sub(1).and_then(|before| site.node_named(named(&path[before])?));
        let Some(caller) = caller else { continue };
        host = host.or(site.node(caller).on);
        let mut path = path.to_vec();
        let (look_up, found) = looked_up_first(&name, &path[place]);
        path.splice(place..=place, [look_up, found]);
        let path = Entry::new(Value::List(path), 0..0);
        if !class.name.contains('.') {
            settings.push(format!("requests.{}.path={}", class.name, in_one_line(&path)));
        }
    }
    if settings.is_empty() {
        return None;
    }
    let on = host.map_or(String::new(), |host| format!(", on: {}", site.node(host.0 as usize).name));
    settings.insert(0, format!("nodes.{name}={{ kind: cache, hit_ratio: {hits}{on} }}"));
    let remedy = Remedy::Cache { before: called.clone(), hits: hits.to_owned() };
    Some(Change::new(Family::Caches, remedy, settings))
}

/// The path of a class that only reads.
fn reading_path(class: &Entry) -> Option<&[Entry]> {
    let table = class.table()?;
    let method = table.get("method").and_then(|method| method.entry.scalar()).unwrap_or("GET");
    match &table.get("path")?.entry.value {
        Value::List(path) if matches!(method, "GET" | "HEAD") => Some(path),
        _ => None,
    }
}

/// Whom an element of a path calls, if it is one node and only reads.
fn named(element: &Entry) -> Option<&str> {
    match &element.value {
        Value::Scalar(name) => Some(name),
        Value::Table(table) => match table.fields.as_slice() {
            [field] if field.name != "parallel" && !writes(&field.entry) => Some(&field.name),
            _ => None,
        },
        _ => None,
    }
}

fn writes(work: &Entry) -> bool {
    let query = work.table().and_then(|table| table.get("query"));
    query.is_some_and(|query| query.entry.scalar() != Some("read"))
}

/// Each of several calls one after the other becomes a look-up, and a call only if that misses.
fn looked_up_first(cache: &str, element: &Entry) -> (Entry, Entry) {
    let table = |name: &str, work: String| {
        let entry = Entry::new(Value::Scalar(work), 0..0);
        let field = Field { name: name.to_owned(), name_span: 0..0, entry };
        Entry::new(Value::Table(Table { fields: vec![field] }), 0..0)
    };
    let repeated = element.table().and_then(|table| {
        let field = &table.fields[0];
        let (times, work) = field.entry.scalar()?.split_once(" x ")?;
        Some((field.name.clone(), times.to_owned(), work.to_owned()))
    });
    match repeated {
        Some((name, times, work)) => (table(cache, format!("{times} x {LOOK_UP}")), table(&name, work)),
        None => (table(cache, LOOK_UP.to_owned()), element.clone()),
    }
}

fn larger(site: &Site, node: usize) -> Vec<Change> {
    let NodeKind::Cache(cache) = &site.node(node).kind else { return Vec::new() };
    let set = |setting: &str, from: Option<String>, to: String| {
        let settings = vec![site.setting(node, setting, &to)];
        let of = site.node(node).name.clone();
        Change::new(Family::Caches, Remedy::Setting { of, setting: setting.to_owned(), from, to }, settings)
    };
    let mut changes = Vec::new();
    if let Holds::Objects { capacity, ttl, .. } = cache.holds {
        if let Some(capacity) = capacity {
            let larger = steps::count(f64::from(capacity) * TIMES_AS_LARGE);
            changes.push(set("capacity", Some(capacity.to_string()), larger.to_string()));
        }
        if let Some(ttl) = ttl {
            let from = site.in_force(node, "ttl").map(str::to_owned);
            changes.push(set("ttl", from, steps::time(to_seconds(ttl) * TIMES_AS_LARGE)));
            if !cache.uses_stale {
                changes.push(set("use_stale", Some("false".to_owned()), "true".to_owned()));
            }
        }
    }
    changes
}
