//! Checks a document from top to bottom and builds the scenario that it describes.

use super::files::Files;
use super::load::NodeSettings;
use super::model::Scenario;
use super::nodes::CheckedNodes;
use super::targets::Targets;
use super::warnings::Places;
use super::{
    breakdowns, costs, expectations, fidelity, groups, links, nodes, recorded_work, replication, requests,
    run, side_by_side, timeline, topology, warnings,
};
use crate::document::problem::Problems;
use crate::document::source::Source;
use crate::document::value::{Entry, Field, Span, Value};
use crate::nodes::fields::{Context, Fields};
use crate::nodes::setting::{Setting, Takes};
use crate::parts::distribution::column_seconds;
use crate::parts::laws::Laws;

/// The sections of a scenario.
pub const SECTIONS: &[Setting] = &[
    Setting::new("name", Takes::Text, "unnamed", "spof", "what the scenario is called"),
    Setting::optional("about", Takes::Text, "what it is about"),
    Setting::optional("run", Takes::Table(run::SETTINGS), "how long it runs"),
    Setting::required("nodes", Takes::Form("a table of nodes"), "who takes part"),
    Setting::optional("links", Takes::Form("a table of links such as `a -> b`"), "what lies between nodes"),
    Setting::optional("groups", Takes::Form("a table of groups"), "nodes among which callers pick"),
    Setting::required("requests", Takes::Form("a table of request classes"), "what users send"),
    Setting::optional(
        "timeline",
        Takes::Form("a list of what happens when"),
        "surges, faults and maintenance, at given times",
    ),
    Setting::optional(
        "faults",
        Takes::Form("a list of faults with what they hit"),
        "what breaks by chance and hits several nodes at once",
    ),
    Setting::optional(
        "crews",
        Takes::Form("a table of numbers"),
        "those who repair, so many things at a time",
    ),
    Setting::optional("costs", Takes::Table(costs::SETTINGS), "what is paid for beside nodes"),
    Setting::optional("expect", Takes::Form("a list of expectations"), "what is to hold in the end"),
];

/// All that is wrong goes to `problems`; with errors there, nobody uses the scenario.
pub fn check(
    root: &Entry,
    source: &Source,
    (files, laws): (&Files, &Laws),
    problems: &Problems,
) -> (Option<Scenario>, Vec<NodeSettings>) {
    let read_file = |name: &str| files.read(name);
    let read_column = |name: &str, column: Option<&str>| column_seconds(&files.read(name)?, column);
    let context = Context { problems, source, read_column: &read_column, read_file: &read_file, laws };
    let mut sections = Fields::new(context, "the scenario", root, vec![SECTIONS]);
    // Messages about the whole file point to its first line.
    sections.span = 0..0;
    let name = sections.optional_text("name").unwrap_or_default();
    let about = sections.optional_text("about");
    let run = sections.within("run", run::read);
    let nodes_section = fields_of(context, &mut sections, "nodes");
    let links_section = fields_of(context, &mut sections, "links");
    let groups_section = fields_of(context, &mut sections, "groups");
    let requests_section = fields_of(context, &mut sections, "requests");
    let timeline_section = sections.form("timeline");
    let faults_section = sections.form("faults");
    let crews_section = fields_of(context, &mut sections, "crews");
    let prices = sections.within("costs", costs::read);
    let expect_section = sections.form("expect");
    sections.finish();

    let CheckedNodes { directory, settings } = nodes::read(context, nodes_section);
    let (directory, groups) = groups::read(context, groups_section, directory);
    let (links, link_places) = links::read(context, links_section, &directory);
    let classes = requests::read(context, requests_section, &directory, &groups);
    recorded_work::check(context, requests_section, &directory, &classes);
    side_by_side::check(context, &directory.nodes, &groups, &classes, &directory.places);
    let known = timeline::Known { run: &run, directory: &directory, links: &links, classes: &classes };
    let (timeline, timeline_places) = timeline::read(context, timeline_section, known);
    fidelity::check(context, &run, (&directory.nodes, &directory.places), (&timeline, &timeline_places));
    let crews = breakdowns::read_crews(context, crews_section);
    let targets = Targets { context, directory: &directory, links: &links };
    let faults = breakdowns::read(context, faults_section, &directory, &targets, &crews);
    let standbys = breakdowns::standbys(&directory);
    let replications = replication::all(context, &directory, &groups);
    let expectations = expectations::read(context, expect_section, &directory, &classes, &prices);
    if problems.has_errors() {
        return (None, settings);
    }
    let graph = topology::graph(&directory.nodes, &groups, &links, &classes);
    let mut scenario = Scenario {
        name,
        about,
        run,
        nodes: directory.nodes,
        links,
        groups,
        classes,
        timeline,
        faults,
        crews,
        standbys,
        replications,
        expectations,
        prices,
        graph,
    };
    if scenario.name == "unnamed" {
        scenario.name = stem(source.name());
    }
    let sections = (groups_section, crews_section, requests_section);
    doubt(context, &scenario, (&directory.places, &link_places, &timeline_places), sections);
    (Some(scenario), settings)
}

/// What only the whole scenario shows: what cannot be meant, and what probably is not.
fn doubt(
    context: Context,
    scenario: &Scenario,
    (nodes, links, timeline): (&[Span], &[Span], &[Span]),
    (groups, crews, classes): (&[Field], &[Field], &[Field]),
) {
    let spans =
        |section: &[Field]| -> Vec<Span> { section.iter().map(|field| field.name_span.clone()).collect() };
    let (groups, crews, classes) = (spans(groups), spans(crews), spans(classes));
    let places = Places { nodes, links, timeline, groups: &groups, crews: &crews, classes: &classes };
    topology::check(context, scenario, places);
    warnings::warn(context, scenario, places);
}

/// The named entries of a section.
fn fields_of<'a>(context: Context<'a>, sections: &mut Fields<'a>, name: &str) -> &'a [Field] {
    match sections.form(name).map(|entry| (&entry.value, entry)) {
        Some((Value::Table(table), _)) => &table.fields,
        Some((_, entry)) => {
            let message = format!("`{name}` is to be a table, not {}", entry.describe());
            context.problems.error(entry.span.clone(), message);
            &[]
        }
        None => &[],
    }
}

/// A scenario without a name is called as its file.
fn stem(path: &str) -> String {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    file.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("scenario").to_string()
}
