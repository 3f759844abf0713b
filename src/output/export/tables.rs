//! The tables of a run: those that are files as they stand there, and parts of `summary.json` and
//! `topology.json` with their fields as columns.

use super::sheet::Sheet;
use super::{Export, ExportError, SIMULATE_AGAIN};
use crate::output::record::{Ordered, open_lines, open_ordered};
use std::io::Write;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableName {
    Visits,
    Latency,
    Timeline,
    Histogram,
    Nodes,
    NodesTimeline,
    Resources,
    ResourcesTimeline,
    Events,
    Outages,
    Classes,
    NodeFigures,
    TimeSpent,
    Tail,
    Causes,
    Expectations,
    Notices,
    Topology,
    Calls,
    Summary,
}

/// Where the lines of a table come from.
enum Source {
    Traces,
    /// A file that is a table.
    File(&'static str),
    /// A list in a file, by the names of the fields that lead there.
    List(&'static str, &'static [&'static str]),
}

const SUMMARY: &str = "summary.json";
const TOPOLOGY: &str = "topology.json";

impl TableName {
    pub const ALL: [TableName; 20] = [
        TableName::Visits,
        TableName::Latency,
        TableName::Timeline,
        TableName::Histogram,
        TableName::Nodes,
        TableName::NodesTimeline,
        TableName::Resources,
        TableName::ResourcesTimeline,
        TableName::Events,
        TableName::Outages,
        TableName::Classes,
        TableName::NodeFigures,
        TableName::TimeSpent,
        TableName::Tail,
        TableName::Causes,
        TableName::Expectations,
        TableName::Notices,
        TableName::Topology,
        TableName::Calls,
        TableName::Summary,
    ];

    fn facts(self) -> (&'static str, &'static str, Source) {
        match self {
            TableName::Visits => ("visits", "a line for each visit of each trace", Source::Traces),
            TableName::Latency => {
                ("latency", "each request: latency, outcome, time at each node", Source::File("latency.csv"))
            }
            TableName::Timeline => {
                ("timeline", "requests, errors and latency over time", Source::File("timeline.csv"))
            }
            TableName::Histogram => {
                ("histogram", "how latencies were spread, over time", Source::File("histogram.csv"))
            }
            TableName::Nodes => ("nodes", "each replica of each node", Source::File("nodes.csv")),
            TableName::NodesTimeline => {
                ("nodes_timeline", "each node over time", Source::File("nodes_timeline.csv"))
            }
            TableName::Resources => (
                "resources",
                "how full everything was that there is only so much of",
                Source::File("resources.csv"),
            ),
            TableName::ResourcesTimeline => {
                ("resources_timeline", "each resource over time", Source::File("resources_timeline.csv"))
            }
            TableName::Events => ("events", "faults, maintenance and surges", Source::File("events.csv")),
            TableName::Outages => {
                ("outages", "stretches in which users met errors", Source::File("outages.csv"))
            }
            TableName::Classes => {
                ("classes", "figures of each class, with intervals", Source::List(SUMMARY, &["classes"]))
            }
            TableName::NodeFigures => {
                ("node_figures", "figures of each node, with intervals", Source::List(SUMMARY, &["nodes"]))
            }
            TableName::TimeSpent => {
                ("time_spent", "where the time went, by class", Source::List(SUMMARY, &["time_spent"]))
            }
            TableName::Tail => {
                ("tail", "what made slow requests slow", Source::List(SUMMARY, &["tail", "parts"]))
            }
            TableName::Causes => {
                ("causes", "outages by cause", Source::List(SUMMARY, &["availability", "by_cause"]))
            }
            TableName::Expectations => {
                ("expectations", "what was to hold, and what did", Source::List(SUMMARY, &["expectations"]))
            }
            TableName::Notices => {
                ("notices", "what to know before trusting a figure", Source::List(SUMMARY, &["notices"]))
            }
            TableName::Topology => {
                ("topology", "nodes, hosts, single points of failure", Source::List(TOPOLOGY, &["nodes"]))
            }
            TableName::Calls => ("calls", "who calls whom, how often", Source::List(TOPOLOGY, &["calls"])),
            TableName::Summary => {
                ("summary", "every figure of the summary, one in a line", Source::List(SUMMARY, &[]))
            }
        }
    }

    pub fn name(self) -> &'static str {
        self.facts().0
    }

    pub fn about(self) -> &'static str {
        self.facts().1
    }

    /// Its usual name, other than those of the run's own files.
    pub fn file_name(self) -> String {
        match self {
            TableName::Visits => "visits.csv".to_owned(),
            table => format!("{}.export.csv", table.name()),
        }
    }
}

pub fn write(export: &Export, table: TableName, file: &mut dyn Write) -> Result<(), ExportError> {
    match table.facts().2 {
        Source::Traces => super::visits_csv::write(export, file),
        Source::File(name) => lines(export, table, name, file),
        Source::List(name, way) => {
            let missing = ExportError::Missing { file: name, how: SIMULATE_AGAIN };
            let whole = open_ordered(export.folder, name)?.ok_or(missing)?;
            let rows = match table {
                TableName::Summary => figures(&whole),
                TableName::TimeSpent => time_spent(list(&whole, way)),
                TableName::Classes => {
                    let all = whole.field("total").into_iter();
                    all.chain(list(&whole, way)).map(|item| row(item, "")).collect()
                }
                _ => list(&whole, way).iter().map(|item| row(item, "")).collect(),
            };
            write_rows(export, table, rows, file)
        }
    }
}

/// The lines of a file, with those columns and of that class that are wanted.
fn lines(
    export: &Export,
    table: TableName,
    name: &'static str,
    file: &mut dyn Write,
) -> Result<(), ExportError> {
    let how = if name == "latency.csv" { "simulate without `--rows none`" } else { SIMULATE_AGAIN };
    let mut source = open_lines(export.folder, name)?.ok_or(ExportError::Missing { file: name, how })?;
    let header: Vec<String> = source.names().map(str::to_owned).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let class = class_column(export, table, &header)?;
    let mut sheet = Sheet::new(file, &header, export.columns)?;
    while source.go_on()? {
        let fields: Vec<&str> = (0..header.len()).map(|place| source.text(place)).collect();
        if class.is_none_or(|class| export.wants(fields[class])) {
            sheet.line(&fields)?;
        }
    }
    sheet.finish()
}

/// Names of columns with what stands there.
type Row = Vec<(String, String)>;

fn write_rows(
    export: &Export,
    table: TableName,
    rows: Vec<Row>,
    file: &mut dyn Write,
) -> Result<(), ExportError> {
    let mut header: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flatten() {
        if !header.contains(&name.as_str()) {
            header.push(name);
        }
    }
    if header.is_empty() {
        // The run has nothing of the kind, and so no columns.
        return Ok(());
    }
    let class = class_column(export, table, &header)?;
    let mut sheet = Sheet::new(file, &header, export.columns)?;
    for row in &rows {
        let field = |wanted: &&str| {
            row.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.as_str())
        };
        let fields: Vec<&str> = header.iter().map(field).collect();
        if class.is_none_or(|class| export.wants(fields[class])) {
            sheet.line(&fields)?;
        }
    }
    sheet.finish()
}

/// The column with the class, if one is wanted.
fn class_column(export: &Export, table: TableName, header: &[&str]) -> Result<Option<usize>, ExportError> {
    let Some(class) = export.class else { return Ok(None) };
    let findings = export.record.findings.as_ref();
    if findings.is_some_and(|findings| findings.summary.classes.iter().all(|known| known.name != class)) {
        return Err(ExportError::NoClass(class.to_owned()));
    }
    let name = if table == TableName::Classes { "name" } else { "class" };
    let place = header.iter().position(|column| *column == name);
    place.map(Some).ok_or(ExportError::NotByClass(table.name()))
}

fn list<'o>(whole: &'o Ordered, way: &[&str]) -> &'o [Ordered] {
    let end = way.iter().try_fold(whole, |place, name| place.field(name));
    end.map_or(&[], Ordered::items)
}

/// An object's fields as columns: those of objects in it get its name before theirs, and a list
/// of texts is one field.
fn row(item: &Ordered, before: &str) -> Row {
    let Ordered::Fields(fields) = item else { return Vec::new() };
    let mut row = Row::new();
    for (name, value) in fields {
        let name = match (before, name.as_str()) {
            ("", name) => name.to_owned(),
            // A figure with an interval is named for the figure.
            (before, "value") => before.to_owned(),
            (before, name) => format!("{before}_{name}"),
        };
        match value {
            Ordered::Null => row.push((name, String::new())),
            Ordered::Leaf(text) => row.push((name, text.clone())),
            Ordered::Fields(_) => row.extend(self::row(value, &name)),
            Ordered::List(items) if items.iter().all(|item| matches!(item, Ordered::Leaf(_))) => {
                let texts = items.iter().map(|item| if let Ordered::Leaf(text) = item { text } else { "" });
                row.push((name, texts.collect::<Vec<&str>>().join(";")));
            }
            // Objects in a list would be lines of their own.
            Ordered::List(_) => {}
        }
    }
    row
}

/// A line for each part, of all requests of a class and of its slowest.
fn time_spent(classes: &[Ordered]) -> Vec<Row> {
    let mut rows = Vec::new();
    let name = |text: &str| text.to_owned();
    for class in classes {
        let slowest = class.field("slowest");
        for (of, part) in [("all", Some(class)), ("slowest", slowest)] {
            let Some(requests) = part else { continue };
            let about = |name: &&str| (name.to_string(), requests.field(name));
            for part in requests.field("parts").map_or(&[][..], Ordered::items) {
                let mut line = Row::new();
                if let Some(Ordered::Leaf(class)) = class.field("class") {
                    line.push((name("class"), class.clone()));
                }
                line.push((name("of"), name(of)));
                for (name, value) in ["requests", "followed", "latency_mean_ms"].iter().map(about) {
                    if let Some(Ordered::Leaf(text)) = value {
                        line.push((name, text.clone()));
                    }
                }
                line.extend(row(part, ""));
                rows.push(line);
            }
        }
    }
    rows
}

/// `total.p99_ms.value` and what it is.
fn figures(whole: &Ordered) -> Vec<Row> {
    let mut rows = Vec::new();
    add_figures(whole, "", &mut rows);
    rows
}

fn add_figures(value: &Ordered, name: &str, rows: &mut Vec<Row>) {
    let below = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
    let mut add = |text: String| {
        rows.push(vec![("figure".to_owned(), name.to_owned()), ("value".to_owned(), text)]);
    };
    match value {
        Ordered::Null => add(String::new()),
        Ordered::Leaf(text) => add(text.clone()),
        Ordered::Fields(fields) => {
            fields.iter().for_each(|(part, value)| add_figures(value, &below(part), rows));
        }
        Ordered::List(items) => {
            // What has a name is found by it.
            for (number, item) in items.iter().enumerate() {
                let label = ["name", "class"].iter().find_map(|label| item.field(label));
                let part = match label {
                    Some(Ordered::Leaf(label)) => label.clone(),
                    _ => number.to_string(),
                };
                add_figures(item, &below(&part), rows);
            }
        }
    }
}
