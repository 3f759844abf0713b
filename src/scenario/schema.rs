//! The JSON Schema of scenario files, for completion and checks in editors. It is made of
//! the same tables of settings that the loader reads by.

use super::check::SECTIONS;
use super::{breakdowns, groups, links, nodes, requests, restarts, timeline, work};
use crate::nodes::kind::Kind;
use crate::nodes::remedies;
use crate::nodes::setting::{Otherwise, Setting, Takes};
use serde_json::{Map, Value, json};

/// The schema as indented JSON.
pub fn schema() -> String {
    let mut root = table(&[SECTIONS]);
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["title"] = json!("A spof scenario");
    root["properties"]["nodes"] = named(node());
    root["properties"]["links"] = named(json!({ "anyOf": [distribution(), table(&[links::SETTINGS])] }));
    root["properties"]["groups"] = named(group());
    root["properties"]["requests"] = named(request());
    root["properties"]["expect"] = json!({ "description": "what is to hold in the end", "type": "array", "items": { "type": "string" } });
    root["properties"]["timeline"] = timeline();
    root["properties"]["faults"] = json!({
        "description": "what breaks by chance and hits several nodes at once",
        "type": "array",
        "items": table(&[breakdowns::SETTINGS])
    });
    root["properties"]["crews"] = named(json!({ "type": ["integer", "string"] }));
    root["$defs"] = json!({ "call": call(), "work": work_of_a_visit() });
    let mut text = serde_json::to_string_pretty(&root).unwrap_or_default();
    text.push('\n');
    text
}

/// A table whose names are the user's own.
fn named(of: Value) -> Value {
    json!({ "type": "object", "additionalProperties": of })
}

/// A node: its kind says which settings it has.
fn node() -> Value {
    let kinds: Vec<Value> = Kind::ALL
        .into_iter()
        .map(|kind| {
            let besides = if kind == Kind::User { &[][..] } else { breakdowns::NODE_SETTINGS };
            let protects = if kind.takes_remedies() { remedies::SETTINGS } else { &[] };
            let is_process = !matches!(kind, Kind::User | Kind::Server | Kind::Station);
            let restarts = if is_process { restarts::SETTINGS } else { &[] };
            let mut node = table(&[nodes::SETTINGS, besides, restarts, kind.settings(), protects]);
            node["properties"]["kind"] = json!({ "const": kind.name() });
            node["properties"]["work"] = json!({ "$ref": "#/$defs/work" });
            node
        })
        .collect();
    json!({ "oneOf": kinds })
}

fn group() -> Value {
    let mut group = table(&[groups::SETTINGS]);
    let member = named(table(&[groups::MEMBER_SETTINGS]));
    group["properties"]["members"] =
        json!({ "type": "array", "items": { "anyOf": [{ "type": "string" }, member] } });
    group
}

fn request() -> Value {
    let mut request = table(&[requests::SETTINGS]);
    request["properties"]["path"] = json!({
        "description": "each element is called by the one before",
        "anyOf": [{ "type": "string" }, { "type": "array", "items": { "$ref": "#/$defs/call" } }]
    });
    request
}

/// Each entry of a timeline has the settings of its verb.
fn timeline() -> Value {
    let entries = timeline::verbs().map(|(verb, settings)| {
        let mut entry = table(&[timeline::SETTINGS, settings]);
        entry["required"] = json!(["at", verb]);
        entry
    });
    let entries: Vec<Value> = entries.collect();
    json!({ "description": "what happens at given times", "type": "array", "items": { "anyOf": entries } })
}

/// An element of a path.
fn call() -> Value {
    let branch = json!({
        "anyOf": [{ "$ref": "#/$defs/call" }, { "type": "array", "items": { "$ref": "#/$defs/call" } }]
    });
    let parallel = json!({
        "type": "object",
        "required": ["parallel"],
        "properties": {
            "parallel": { "type": "array", "items": branch },
            "first": { "type": ["integer", "string"], "minimum": 1 }
        },
        "additionalProperties": false
    });
    let one = json!({
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "not": { "required": ["parallel"] },
        "additionalProperties": { "$ref": "#/$defs/work" }
    });
    json!({ "anyOf": [{ "type": "string" }, parallel, one] })
}

fn work_of_a_visit() -> Value {
    let mut table = table(&[work::SETTINGS]);
    table["properties"]["calls"] = json!({
        "type": "array",
        "items": {
            "anyOf": [{ "$ref": "#/$defs/call" }, { "type": "array", "items": { "$ref": "#/$defs/call" } }]
        }
    });
    json!({ "anyOf": [{ "type": ["string", "number", "null"] }, table] })
}

fn table(settings: &[&[Setting]]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for setting in settings.iter().flat_map(|settings| settings.iter()) {
        let mut property = takes(&setting.takes);
        property["description"] = json!(describe(setting));
        properties.insert(setting.name.to_string(), property);
        if setting.otherwise == Otherwise::Required {
            required.push(setting.name);
        }
    }
    let mut table = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        table["required"] = json!(required);
    }
    table
}

fn describe(setting: &Setting) -> String {
    match setting.otherwise {
        Otherwise::Required | Otherwise::Absent => setting.help.to_string(),
        Otherwise::Is { value: "", source } => format!("{} ({source})", setting.help),
        Otherwise::Is { value, source } => format!("{} (default {value}; {source})", setting.help),
        Otherwise::ByProfile(defaults) => {
            let defaults: Vec<String> =
                defaults.iter().map(|default| format!("{} {}", default.profile, default.value)).collect();
            format!("{} (default by software: {})", setting.help, defaults.join(", "))
        }
    }
}

fn takes(takes: &Takes) -> Value {
    match takes {
        Takes::Text => json!({ "type": ["string", "number"] }),
        Takes::Flag => json!({ "enum": [true, false, "yes", "no"] }),
        Takes::Duration
        | Takes::DurationOrNone
        | Takes::Rate
        | Takes::Share
        | Takes::Size
        | Takes::Bandwidth
        | Takes::Price
        | Takes::PriceOfBytes => {
            json!({ "type": ["string", "number"], "examples": [example(takes)] })
        }
        Takes::Distribution => distribution(),
        Takes::Number => json!({ "type": ["number", "string"] }),
        Takes::Whole(least, most) => json!({
            "anyOf": [{ "type": "integer", "minimum": least, "maximum": most }, { "type": "string" }]
        }),
        Takes::WholeOrUnlimited(least, most) => json!({
            "anyOf": [
                { "const": "unlimited" },
                { "type": "integer", "minimum": least, "maximum": most },
                { "type": "string" }
            ]
        }),
        Takes::WholeOrAuto(least, most) => json!({
            "anyOf": [
                { "const": "auto" },
                { "type": "integer", "minimum": least, "maximum": most },
                { "type": "string" }
            ]
        }),
        Takes::Word(words) => json!({ "enum": words }),
        Takes::Table(settings) => table(&[settings]),
        Takes::Form(_) => json!({}),
    }
}

fn distribution() -> Value {
    json!({ "type": ["string", "number"], "examples": ["5ms", "exp(5ms)", "lognormal(median 20ms, p99 80ms)"] })
}

fn example(takes: &Takes) -> &'static str {
    match takes {
        Takes::Rate => "60/s",
        Takes::Share => "70%",
        Takes::Size => "4GiB",
        Takes::Bandwidth => "100Mbps",
        Takes::Price => "0.10/h",
        Takes::PriceOfBytes => "0.09/GB",
        _ => "250ms",
    }
}
