//! What is no mistake in a scenario, but probably not meant.

use super::load_estimate::Sent;
use super::model::{NodeId, Scenario, Target, What};
use super::resource_load::{Unknown, in_use};
use super::resources::Resource;
use super::{standstill, surge_load};
use crate::document::value::Span;
use crate::kernel::time::to_seconds;
use crate::nodes::NodeKind;
use crate::nodes::fields::Context;
use crate::parts::quantity::{format_share, format_size, format_span};
use crate::parts::resource::{FULL, Owner, Party, ResourceKind, Way};

/// Where names and the verbs of the timeline stand.
#[derive(Clone, Copy)]
pub struct Places<'p> {
    pub nodes: &'p [Span],
    pub links: &'p [Span],
    pub timeline: &'p [Span],
    pub groups: &'p [Span],
    pub crews: &'p [Span],
    pub classes: &'p [Span],
}

pub fn warn(context: Context, scenario: &Scenario, places: Places) {
    standstill::check(context, scenario, places.nodes);
    warn_of_memory(context, scenario, places.nodes);
    warn_of_load(context, scenario, places);
    warn_of_surges(context, scenario, places.timeline);
}

/// What surges ask of what manages without them.
fn warn_of_surges(context: Context, scenario: &Scenario, places: &[Span]) {
    let duration = |time| format_span(to_seconds(time));
    for surge_load::Excess { resource, course } in surge_load::excesses(scenario) {
        let begun =
            scenario.timeline.iter().zip(places).filter_map(|(happening, place)| match &happening.what {
                What::Surge(traffic) if traffic.surge.starts_at() <= course.from => {
                    Some((traffic.surge.starts_at(), place))
                }
                _ => None,
            });
        // The surge that came last is the one that is too much.
        let Some((_, place)) = begun.max_by_key(|(starts_at, _)| *starts_at) else { continue };
        let length = match course.until {
            Some(until) => format!("for {}", duration(until - course.from)),
            None => "to the end".to_string(),
        };
        let message = format!(
            "at {} the load goes above {} {length}, up to {}",
            duration(course.from),
            in_words(scenario, &resource),
            format_share(course.peak)
        );
        let hint = match course.drains_in {
            Some(time) => {
                format!("if all of it waits, it takes another {} until that is served", duration(time))
            }
            None => "what is too much waits, or is turned away".to_string(),
        };
        context.problems.warning(place.clone(), message, hint);
    }
}

/// What the usual load takes of everything that there is only so much of.
fn warn_of_load(context: Context, scenario: &Scenario, places: Places) {
    let Some(sent) = Sent::usual(scenario) else { return };
    for load in in_use(scenario, &sent) {
        let words = words(scenario, &load.resource);
        let place = place(scenario, &load.resource, places);
        let expected = match load.expected {
            Ok(expected) => expected,
            Err(Unknown::Line) => continue,
            Err(Unknown::WithoutMean) => {
                let message = format!("{} is overloaded: {}", words.subject, Unknown::WithoutMean.reason());
                context.problems.warning(place, message, words.hint);
                continue;
            }
        };
        // Memory that nobody's requests need is told of by itself.
        if expected.fullest < FULL || expected.idle > 1.0 {
            continue;
        }
        let full = if expected.fullest > 1.0 { "overloaded" } else { "close to its limit" };
        let message = format!(
            "{} is {full}: {} {} of {}",
            words.subject,
            words.takes,
            format_share(expected.fullest),
            words.of_what
        );
        let hint = match expected.fullest > 1.0 {
            true => words.hint,
            false => "waits are long and take long to settle here; run it long enough",
        };
        context.problems.warning(place, message, hint);
    }
}

/// Where its owner is declared.
fn place(scenario: &Scenario, resource: &Resource, places: Places) -> Span {
    let node = match resource.owner {
        Owner::Link { link, .. } => return places.links[link as usize].clone(),
        Owner::Node(node) | Owner::Limit { node, .. } => node,
        Owner::Calls { from: Party::Node(node), .. } => node,
        Owner::Calls { from: Party::Group(group), .. } => {
            scenario.nodes_of(Target::Group(group)).first().map_or(0, |node| node.0)
        }
    };
    places.nodes[node as usize].clone()
}

/// How it is told that too much is asked of something.
struct Words {
    subject: String,
    takes: &'static str,
    of_what: &'static str,
    hint: &'static str,
}

fn words(scenario: &Scenario, resource: &Resource) -> Words {
    let node = |number: u32| scenario.nodes[number as usize].name.as_str();
    let takes = "the offered load takes";
    match (resource.owner, resource.kind) {
        (Owner::Node(number), kind) => Words {
            subject: format!("`{}`", node(number)),
            takes,
            of_what: match kind {
                ResourceKind::Cores => "its cores",
                ResourceKind::Memory => "its memory",
                _ => "its slots",
            },
            hint: match kind {
                ResourceKind::Memory => "what needs most of it is killed; give it more, or send less",
                ResourceKind::Slots if !has_line(scenario, number) => {
                    "whoever finds none is turned away; give it more, or send less"
                }
                _ => "its queue grows as long as the run lasts; give it more, or send less",
            },
        },
        (Owner::Link { link, way }, _) => {
            let link = &scenario.links[link as usize];
            let [from, to] = [link.from, link.to].map(|end| node(end.0));
            Words {
                subject: format!("the link from `{from}` to `{to}`"),
                takes: match way {
                    Way::Out => "what is sent takes",
                    Way::Back => "what comes back takes",
                },
                of_what: "its bandwidth",
                hint: "give it more, or send less or smaller answers",
            }
        }
        (Owner::Limit { node: number, .. }, _) => Words {
            subject: format!("the rate limit of `{}`", node(number)),
            takes,
            of_what: "what it lets pass",
            hint: "what is too much is turned away",
        },
        (Owner::Calls { from, to }, kind) => {
            let party = |party: Party| match party {
                Party::Node(number) => node(number),
                Party::Group(group) => scenario.groups[group as usize].name.as_str(),
            };
            let (from, to) = (party(from), party(to));
            match kind {
                ResourceKind::Pool => Words {
                    subject: format!("the connection pool of `{from}` to `{to}`"),
                    takes,
                    of_what: "its connections",
                    hint: "a visit keeps its connection from its first query until it ends; give it more, or let \
                           less come after",
                },
                _ => Words {
                    subject: format!("`max_in_flight` of `{from}` to `{to}`"),
                    takes,
                    of_what: "the calls that it makes at once",
                    hint: "the others wait as long as the run lasts; let it make more, or send less",
                },
            }
        }
    }
}

fn has_line(scenario: &Scenario, number: u32) -> bool {
    scenario.nodes[number as usize].behaviour.as_ref().is_some_and(|behaviour| behaviour.queue > 0)
}

/// `the cores of `host``
fn in_words(scenario: &Scenario, resource: &Resource) -> String {
    let Words { subject, of_what, .. } = words(scenario, resource);
    match resource.owner {
        Owner::Node(_) => format!("the {} of {subject}", of_what.trim_start_matches("its ")),
        _ => subject,
    }
}

/// The workers of each host have to fit into its memory.
fn warn_of_memory(context: Context, scenario: &Scenario, places: &[Span]) {
    let mut needed = vec![0_f64; scenario.nodes.len()];
    for node in &scenario.nodes {
        if let Some(NodeId(host)) = node.on {
            let hosts = scenario.nodes[host as usize].replicas;
            let on_each = f64::from(node.replicas.div_ceil(hosts));
            let bytes = node.memory.base as f64;
            needed[host as usize] += bytes * on_each;
        }
    }
    for ((node, needed), place) in scenario.nodes.iter().zip(needed).zip(places) {
        if let NodeKind::Server(server) = &node.kind
            && let Some(memory) = server.memory
            && needed > memory as f64
        {
            let message = format!(
                "the workers on `{}` need {}, more than its {}",
                node.name,
                format_size(needed as u64),
                format_size(memory)
            );
            context.problems.warning(place.clone(), message, "take fewer workers or more memory");
        }
    }
}
