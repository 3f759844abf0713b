//! Values from the command line that replace values of the document: `run.seed=7`.

use super::problem::{Problems, did_you_mean};
use super::source::Source;
use super::value::{Entry, Field, Span, Table, Value};
use super::yaml;

/// What stands in here may be named without it: `nginx.workers`.
const SHORT: &str = "nodes";

/// Puts each value at its path. The names of the first two levels (which section, which
/// node) have to be there, since a new one is more likely a slip than a wish; further
/// down a new name becomes a new setting, which is then checked like any other. A whole table under a
/// new name is a wish: `nodes.cache={ kind: cache, hit_ratio: 80% }` adds a node, and one behind the last of
/// a list adds an element: `timeline.0={ at: 5m, fail: mysql }`. A path that begins
/// with none of the `sections` begins with a node.
pub fn apply(
    root: &mut Entry,
    source: &mut Source,
    overrides: &[(String, String)],
    sections: &[&str],
    problems: &Problems,
) {
    for (path, value) in overrides {
        let start = source.append("--set", &format!("{path}={value}"));
        let value_start = start + path.len() + 1;
        let Some(mut value) = yaml::read(value, value_start, problems) else { continue };
        value.span = value_start..source_end(source, value_start);
        if let Err((span, problem, hint)) = put(root, path, start, sections, value) {
            problems.report(super::problem::Severity::Error, span, problem, hint);
        }
    }
}

type Refused = (Span, String, Option<String>);

fn source_end(source: &Source, offset: usize) -> usize {
    let (_, text, start) = source.part_at(offset);
    start + text.len()
}

fn put(root: &mut Entry, path: &str, start: usize, sections: &[&str], value: Entry) -> Result<(), Refused> {
    let mut names: Vec<&str> = path.split('.').map(str::trim).collect();
    let mut place = root;
    let mut offset = start;
    let mut first = 0;
    if names.len() > 1 && !names[0].is_empty() && !sections.contains(&names[0]) {
        place = section_of_nodes(place, names[0], sections)
            .map_err(|(message, hint)| (start..start + names[0].len(), message, hint))?;
        names.insert(0, SHORT);
        first = 1;
    }
    for (level, name) in names.iter().enumerate().skip(first) {
        let span = offset..offset + name.len().max(1);
        offset += name.len() + 1;
        let may_be_new = level + 1 == names.len() && matches!(value.value, Value::Table(_));
        place = enter(place, &names[..level], (name, &span), may_be_new)
            .map_err(|(message, hint)| (span, message, hint))?;
    }
    *place = value;
    Ok(())
}

/// Where a path goes on that begins with the name of a node.
fn section_of_nodes<'a>(
    root: &'a mut Entry,
    name: &str,
    sections: &[&str],
) -> Result<&'a mut Entry, (String, Option<String>)> {
    let table = root.table();
    let nodes = table.and_then(|table| table.get(SHORT)).and_then(|field| field.entry.table());
    if nodes.is_none_or(|nodes| nodes.get(name).is_none()) {
        let nodes = nodes.iter().flat_map(|nodes| nodes.names());
        let known: Vec<&str> = nodes.chain(sections.iter().copied()).collect();
        let message = format!("there is no node and no section `{name}`");
        return Err((message, did_you_mean(name, &known)));
    }
    match &mut root.value {
        Value::Table(table) => Ok(&mut table.get_mut(SHORT).expect("it has just been found").entry),
        _ => unreachable!("a node was found in it"),
    }
}

/// The entry of this name, made if there is none and there may be one.
fn enter<'a>(
    entry: &'a mut Entry,
    before: &[&str],
    (name, span): (&str, &Span),
    may_be_new: bool,
) -> Result<&'a mut Entry, (String, Option<String>)> {
    if name.is_empty() {
        let hint = "write it as `nodes.nginx.workers=4`".to_string();
        return Err(("a name is missing in this path".to_string(), Some(hint)));
    }
    if matches!(entry.value, Value::Null) {
        // Whoever counts means a list, but where names are the user's own.
        let is_list =
            name.parse::<usize>().is_ok() && !before.first().is_some_and(|first| is_collection(first));
        entry.value = if is_list { Value::List(Vec::new()) } else { Value::Table(Table::default()) };
    }
    let path = before.join(".");
    match &mut entry.value {
        Value::Table(table) => {
            let is_new = table.get(name).is_none();
            if is_new && !may_be_new && before.len() == 1 && is_collection(before[0]) {
                let names: Vec<&str> = table.names().collect();
                return Err((format!("there is no `{name}` in `{path}`"), did_you_mean(name, &names)));
            }
            Ok(field_or_new(table, name, span.clone()))
        }
        Value::List(entries) => {
            let length = entries.len();
            let refused = || {
                let hint = format!("its elements are numbered from 0; it has {length}");
                (format!("`{path}` is a list and has no element `{name}`"), Some(hint))
            };
            let index = name.parse::<usize>().map_err(|_| refused())?;
            if index == length && may_be_new {
                entries.push(Entry::new(Value::Null, span.clone()));
            }
            entries.get_mut(index).ok_or_else(refused)
        }
        Value::Scalar(text) => {
            Err((format!("`{path}` is `{text}`, which has no parts"), Some(format!("set `{path}` itself"))))
        }
        Value::Null => unreachable!("it was made a table"),
    }
}

/// Sections whose names are the user's own.
fn is_collection(section: &str) -> bool {
    matches!(section, "nodes" | "links" | "groups" | "requests")
}

fn field_or_new<'a>(table: &'a mut Table, name: &str, place: Span) -> &'a mut Entry {
    let index = match table.fields.iter().position(|field| field.name == name) {
        Some(index) => index,
        None => {
            let entry = Entry::new(Value::Null, place.clone());
            table.fields.push(Field { name: name.to_string(), name_span: place, entry });
            table.fields.len() - 1
        }
    };
    &mut table.fields[index].entry
}

#[cfg(test)]
mod tests {
    use super::super::problem::{Look, render};
    use super::*;

    fn check(text: &str, path: &str, value: &str) -> Result<String, String> {
        let mut source = Source::new("a.yaml", text);
        let problems = Problems::default();
        let mut root = super::super::read(&source, &problems).expect("the text is YAML");
        let sections = ["nodes", "run", "a"];
        apply(&mut root, &mut source, &[(path.to_string(), value.to_string())], &sections, &problems);
        let found = problems.into_sorted();
        if found.is_empty() { Ok(show(&root)) } else { Err(render(&source, &found, Look::default())) }
    }

    fn show(entry: &Entry) -> String {
        match &entry.value {
            Value::Null => "null".to_string(),
            Value::Scalar(text) => text.clone(),
            Value::List(entries) => format!("[{}]", entries.iter().map(show).collect::<Vec<_>>().join(",")),
            Value::Table(table) => {
                let fields: Vec<String> = table
                    .fields
                    .iter()
                    .map(|field| format!("{}:{}", field.name, show(&field.entry)))
                    .collect();
                format!("{{{}}}", fields.join(","))
            }
        }
    }

    #[test]
    fn a_value_is_replaced_or_added() {
        let text = "nodes: { app: { workers: 1, path: [a, b] } }";
        assert_eq!(check(text, "nodes.app.workers", "8").unwrap(), "{nodes:{app:{workers:8,path:[a,b]}}}");
        assert_eq!(
            check(text, "nodes.app.path.1", "{c: 2}").unwrap(),
            "{nodes:{app:{workers:1,path:[a,{c:2}]}}}"
        );
        assert_eq!(
            check(text, "run.seed", "3").unwrap(),
            "{nodes:{app:{workers:1,path:[a,b]}},run:{seed:3}}"
        );
    }

    #[test]
    fn a_node_may_be_named_without_its_section() {
        let text = "nodes: { app: { workers: 1 }, run: { seed: 0 } }";
        assert_eq!(check(text, "app.workers", "8").unwrap(), "{nodes:{app:{workers:8},run:{seed:0}}}");
        // What is a section stays one, whatever nodes are called.
        assert!(check(text, "run.seed", "3").unwrap().ends_with("run:{seed:0}},run:{seed:3}}"));
        let refused = check(text, "apq.workers", "8").unwrap_err();
        assert!(refused.contains("there is no node and no section `apq`"), "{refused}");
        assert!(refused.contains("did you mean `app`?") && refused.contains("--> --set:1:1"), "{refused}");
        assert!(check("run: { seed: 1 }", "app.workers", "8").is_err());
    }

    #[test]
    fn a_whole_table_under_a_new_name_is_added_and_anything_else_is_a_slip() {
        let text = "nodes: { app: { workers: 1 } }";
        let added = "{nodes:{app:{workers:1},cache:{kind:cache}}}";
        assert_eq!(check(text, "nodes.cache", "{ kind: cache }").unwrap(), added);
        for (path, value) in
            [("nodes.cache", "8"), ("nodes.cache.kind", "cache"), ("nodes.cache.calls", "{}")]
        {
            assert!(check(text, path, value).unwrap_err().contains("there is no `cache` in `nodes`"));
        }
    }

    #[test]
    fn a_table_behind_the_last_element_of_a_list_is_added_also_to_none() {
        let (text, entry) = ("nodes: { app: {} }\na: [ { at: 1m } ]", "{ at: 5m }");
        assert!(check(text, "a.1", entry).unwrap().ends_with("a:[{at:1m},{at:5m}]}"));
        assert!(check("nodes: { app: {} }", "a.0", entry).unwrap().ends_with("a:[{at:5m}]}"));
        for (path, value) in [("a.2", entry), ("a.1", "8")] {
            assert!(check(text, path, value).unwrap_err().contains("it has 1"));
        }
        assert!(check("nodes: { app: {} }", "a.1", entry).unwrap_err().contains("it has 0"));
        assert!(check("nodes:", "nodes.0", "{ kind: user }").unwrap().contains("{0:{kind:user}}"));
    }

    #[test]
    fn a_wrong_path_is_told_with_its_place() {
        let refused =
            check("nodes: { gunicorn: { workers: 1 } }", "nodes.gunicron.workers", "8").unwrap_err();
        assert!(refused.contains("there is no `gunicron` in `nodes`"), "{refused}");
        assert!(refused.contains("did you mean `gunicorn`?"), "{refused}");
        assert!(refused.contains("--> --set:1:7"), "{refused}");
        let refused = check("run: { seed: 1 }", "run.seed.x", "8").unwrap_err();
        assert!(refused.contains("`run.seed` is `1`, which has no parts"), "{refused}");
        assert!(check("a: [1]", "a.7", "8").unwrap_err().contains("it has 1"));
        assert!(check("a: 1", "a", "[").is_err());
    }
}
