//! `spof explain`: one request's journey, step by step.

mod hazards;
mod journey;
mod slowest;
mod steps;
mod tables;
#[cfg(test)]
mod tests;
mod waterfall;
pub mod words;

use super::caller::Caller;
use super::ending::{Ending, Failure};
use super::reading::{parse_setting, read};
use crate::analysis::journey::{Explanation, explain};
use crate::analysis::waterfall::{Waterfall, waterfall as simulate};
use crate::document::problem::did_you_mean;
use crate::nodes::fields::{InForce, Origin};
use crate::output::json;
use crate::output::terminal::lead::lead;
use crate::output::terminal::page::Page;
use crate::scenario::given::Given;
use crate::scenario::load::{Loaded, NodeSettings};
use crate::scenario::model::Scenario;
use crate::telling::{self, Answered};
use clap::{Args, ValueHint};
use serde::Serialize;

/// Requests that are told one by one, if nobody says how many, and at most.
const SLOWEST_USUAL: u32 = 10;
const SLOWEST_MOST: i64 = 10_000;

/// Tell a request's journey step by step, with expected times and the defaults in force; or
/// which nodes and causes made the slowest requests of a run
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// A scenario file (YAML, TOML or JSON), or the folder of a run
    #[arg(value_name = "FILE|DIR", value_hint = ValueHint::AnyPath)]
    pub file: Given,

    /// The class of requests; the first of the file if not given
    #[arg(value_name = "CLASS")]
    class: Option<String>,

    /// Change a setting, as in gunicorn.workers=8; may be given again
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = parse_setting)]
    settings: Vec<(String, String)>,

    /// Of a run's folder: how many of the slowest requests are told one by one [default: 10]
    #[arg(long, value_name = "N", conflicts_with_all = ["class", "settings", "json"],
          value_parser = clap::value_parser!(u32).range(0..=SLOWEST_MOST))]
    slowest: Option<u32>,

    /// Print the journey as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: ExplainArguments, caller: &Caller) -> Result<Ending, Failure> {
    if arguments.file.path().is_dir() {
        let number = arguments.slowest.unwrap_or(SLOWEST_USUAL) as usize;
        caller.print(&slowest::explain(arguments.file.path(), number, caller.page())?)?;
        return Ok(Ending::Good);
    }
    if arguments.slowest.is_some() {
        let message = "--slowest is about a run; name the folder that `spof simulate` has written";
        return Err(Failure::Usage(message.to_owned()));
    }
    let loaded = read(&arguments.file, &arguments.settings, arguments.json, caller)?;
    let scenario = loaded.scenario.as_ref().ok_or(Failure::BadScenario)?;
    let class = match &arguments.class {
        Some(name) => class_number(scenario, name)?,
        None => 0,
    };
    let explanation = explain(scenario, class);
    let waterfall = simulate(scenario, class);
    let settings = settings_on_the_way(scenario, &explanation, &loaded);
    if arguments.json {
        caller.print_data(&to_json(&explanation, waterfall.as_ref(), &settings)?)?;
    } else {
        let file = arguments.file.name();
        caller.print(&text(&file, &explanation, waterfall.as_ref(), &settings, caller.page()))?;
    }
    Ok(Ending::Good)
}

fn class_number(scenario: &Scenario, name: &str) -> Result<usize, Failure> {
    let names: Vec<&str> = scenario.classes.iter().map(|class| class.name.as_str()).collect();
    names.iter().position(|known| *known == name).ok_or_else(|| {
        let hint = did_you_mean(name, &names).map_or(String::new(), |hint| format!(": {hint}"));
        Failure::Usage(format!("there is no class `{name}`{hint}"))
    })
}

/// The settings of the nodes that a request of the class meets, and of their hosts.
fn settings_on_the_way<'a>(
    scenario: &Scenario,
    explanation: &Explanation,
    loaded: &'a Loaded,
) -> Vec<&'a NodeSettings> {
    let mut names = explanation.journey.path();
    names.push(explanation.journey.user.clone());
    names.extend(explanation.journey.steps.iter().map(|step| step.place.clone()));
    for node in &scenario.nodes {
        if let (Some(host), true) = (node.on, names.contains(&node.name)) {
            names.push(scenario.nodes[host.0 as usize].name.clone());
        }
    }
    loaded.settings_in_force.iter().filter(|settings| names.contains(&settings.node)).collect()
}

fn text(
    file: &str,
    explanation: &Explanation,
    waterfall: Option<&Waterfall>,
    settings: &[&NodeSettings],
    page: Page,
) -> String {
    let answer = lead(&telling::journey::tell(explanation), page);
    let sections: String = [
        tables::heading(explanation, page),
        tables::classes(explanation, page),
        journey::text(&explanation.journey, page),
        tables::places(&explanation.journey, page),
        tables::offered(&explanation.offered, page),
        tables::timeline(&explanation.timeline, page),
        waterfall::text(&explanation.journey.class, waterfall, page),
        tables::settings(settings, page),
        tables::ending(file, explanation),
    ]
    .iter()
    .filter(|section| !section.is_empty())
    .map(|section| format!("\n{section}"))
    .collect();
    answer + &sections
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    explanation: &'a Explanation,
    waterfall: Option<&'a Waterfall>,
    settings: Vec<SettingsOf<'a>>,
}

#[derive(Serialize)]
struct SettingsOf<'a> {
    node: &'a str,
    kind: &'static str,
    settings: Vec<SettingLine<'a>>,
}

#[derive(Serialize)]
struct SettingLine<'a> {
    setting: &'a str,
    value: &'a str,
    given: bool,
    /// Where a default comes from.
    source: Option<&'static str>,
}

impl SettingLine<'_> {
    fn of(held: &InForce) -> SettingLine<'_> {
        let source = match held.origin {
            Origin::Given => None,
            Origin::Default { source } => Some(source),
        };
        SettingLine { setting: &held.setting, value: &held.value, given: source.is_none(), source }
    }
}

fn to_json(
    explanation: &Explanation,
    waterfall: Option<&Waterfall>,
    settings: &[&NodeSettings],
) -> std::io::Result<String> {
    let settings = settings.iter().map(|node| SettingsOf {
        node: &node.node,
        kind: node.kind,
        settings: node.settings.iter().map(SettingLine::of).collect(),
    });
    let data = Document { explanation, waterfall, settings: settings.collect() };
    json::to_text(&Answered { told: telling::journey::tell(explanation), data })
}
