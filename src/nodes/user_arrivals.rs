//! When a user's requests are sent: `arrivals: 60/s`, a table for anything else, or a
//! `population` that waits for its answers.

use super::fields::{Context, Fields, Refusal, parse_distribution, report_refusal};
use super::setting::{Setting, Takes};
use crate::document::problem::did_you_mean;
use crate::document::value::{Entry, Field, Table, Value};
use crate::parts::arrivals::{
    Arrivals, BadRow, Between, RateProfile, RateTable, Recording, ReplayColumns, WorkColumn,
};
use crate::parts::distribution::Distribution;
use crate::parts::quantity;
use std::sync::Arc;

pub const FORM: &str = "a rate such as `60/s`, or one of `{ poisson: 60/s }`, `{ every: 10ms }`, \
    `{ renewal: gamma(…) }`, `{ on_off: { on, off, rate, rate_off } }`, \
    `{ rate: [[0s, 10/s], [1h, 100/s]], steps: true, repeat: 1d }`, \
    `{ sinusoidal: { mean, amplitude, period, phase } }`, `{ daily: [24 rates] }`, `{ weekly: [168 rates] }`, \
    `{ table: rates.csv }`, `{ replay: day.csv, columns: { at, class, work } }`, `{ log: access.log }`";

const KINDS: &[&str] = &[
    "poisson",
    "every",
    "renewal",
    "on_off",
    "rate",
    "sinusoidal",
    "daily",
    "weekly",
    "table",
    "replay",
    "log",
];

const ON_OFF: &[Setting] = &[
    Setting::required("on", Takes::Distribution, "how long a busy phase lasts"),
    Setting::required("off", Takes::Distribution, "how long a quiet phase lasts"),
    Setting::required("rate", Takes::Rate, "the rate in a busy phase"),
    Setting::new("rate_off", Takes::Rate, "0/s", "spof: silence", "the rate in a quiet phase"),
];

const SINUSOIDAL: &[Setting] = &[
    Setting::required("mean", Takes::Rate, "the mean rate"),
    Setting::required("amplitude", Takes::Share, "how far the rate swings from its mean"),
    Setting::required("period", Takes::Duration, "the length of one wave"),
    Setting::new("phase", Takes::Duration, "0s", "spof", "when the rate first rises through its mean"),
];

const COLUMNS: &[Setting] = &[
    Setting::new("at", Takes::Text, "at", "spof", "the column with each request's instant"),
    Setting::optional("class", Takes::Text, "the column with each request's class"),
    Setting::optional(
        "work",
        Takes::Form("a table from nodes to columns"),
        "columns with the service time at a node",
    ),
];

pub fn read(fields: &mut Fields) -> Arrivals {
    let population = fields.optional_whole("population");
    let think = fields.optional_distribution("think");
    let entry = fields.form("arrivals");
    let (problems, context) = (fields.context.problems, fields.context);
    match (population, entry) {
        (Some(population), None) => {
            let think = think.unwrap_or(Distribution::Constant(0.0));
            Arrivals::Closed { population, think }
        }
        (None, Some(entry)) => {
            if fields.is_given("think") {
                let hint = "give `population: 50` instead of `arrivals`";
                problems.error_with_hint(fields.place("think"), "only a population thinks", hint);
            }
            let arrivals = match read_entry(context, entry) {
                Ok(arrivals) => arrivals,
                Err(refusal) => {
                    report_refusal(context, entry, "arrivals", refusal);
                    None
                }
            };
            let arrivals = arrivals.unwrap_or(NOTHING);
            match arrivals.problem() {
                Some(problem) if !problems.has_errors() => {
                    problems.error(entry.span.clone(), format!("`arrivals`: {problem}"));
                }
                _ => {}
            }
            arrivals
        }
        (population, _) => {
            let message = match population {
                Some(_) => format!("{} has both `arrivals` and a `population`", fields.title),
                None => {
                    format!("{} sends nothing: it has neither `arrivals` nor a `population`", fields.title)
                }
            };
            let hint = "give it `arrivals: 60/s`, or `population: 50` with `think: exp(10s)`";
            // A population that is there but wrong has been told of already.
            if population.is_some() || !fields.is_given("population") {
                problems.error_with_hint(fields.span.clone(), message, hint);
            }
            NOTHING
        }
    }
}

/// Taken where there is a mistake, so that reading can go on.
const NOTHING: Arrivals = Arrivals::Poisson { rate: 1.0 };

/// `Ok(None)` if what is wrong has been told already.
fn read_entry(context: Context, entry: &Entry) -> Result<Option<Arrivals>, Refusal> {
    match &entry.value {
        Value::Scalar(law) if law.starts_with("law(") => read_law(context, entry, law),
        Value::Scalar(rate) => Ok(Some(Arrivals::Poisson { rate: quantity::parse_rate(rate)? })),
        Value::Table(table) => {
            let kinds: Vec<&Field> =
                table.fields.iter().filter(|field| KINDS.contains(&field.name.as_str())).collect();
            let [kind] = kinds[..] else {
                let name = table.fields.first().map_or("", |field| field.name.as_str());
                let problem = match kinds.len() {
                    0 => format!("requests do not arrive by `{name}`"),
                    _ => "requests arrive in one way only".to_string(),
                };
                return Err(Refusal { problem, hint: did_you_mean(name, KINDS), place: None });
            };
            check_names(context, table, kind);
            read_kind(context, table, kind)
        }
        Value::Null | Value::List(_) => Err(Refusal::new(
            format!("it takes a rate or a table, not {}", entry.describe()),
            "`arrivals: 60/s`",
        )),
    }
}

/// What a program has brought along: a law of gaps, or a process.
fn read_law(context: Context, entry: &Entry, text: &str) -> Result<Option<Arrivals>, Refusal> {
    if let Some(process) = context.laws.arrivals(text) {
        return Ok(Some(Arrivals::Custom(process.clone())));
    }
    match parse_distribution(context, text) {
        Ok(gap) => Ok(Some(Arrivals::Renewal(gap))),
        Err(refusal) => {
            report_refusal(context, entry, "arrivals", refusal);
            Ok(None)
        }
    }
}

fn check_names(context: Context, table: &Table, kind: &Field) {
    let besides: &[&str] = match kind.name.as_str() {
        "rate" | "table" => &["steps", "repeat"],
        "replay" => &["columns"],
        _ => &[],
    };
    for field in &table.fields {
        if field.name != kind.name && !besides.contains(&field.name.as_str()) {
            let message = format!("beside `{}` there is no setting `{}`", kind.name, field.name);
            match did_you_mean(&field.name, besides) {
                Some(hint) => context.problems.error_with_hint(field.name_span.clone(), message, hint),
                None => context.problems.error(field.name_span.clone(), message),
            }
        }
    }
}

fn read_kind(context: Context, table: &Table, kind: &Field) -> Result<Option<Arrivals>, Refusal> {
    let text = kind.entry.scalar();
    let expected = |what: &str| {
        Refusal::new(format!("`{}` takes {what}", kind.name), "`arrivals: 60/s` is the simplest")
    };
    let arrivals = match kind.name.as_str() {
        "poisson" => {
            Arrivals::Poisson { rate: quantity::parse_rate(text.ok_or_else(|| expected("a rate"))?)? }
        }
        "every" => {
            let period_seconds = quantity::parse_duration(text.ok_or_else(|| expected("a duration"))?)?;
            Arrivals::Every { period_seconds }
        }
        "renewal" => {
            let text = text.ok_or_else(|| expected("a distribution"))?;
            match parse_distribution(context, text) {
                Ok(gap) => Arrivals::Renewal(gap),
                Err(refusal) => {
                    report_refusal(context, &kind.entry, "renewal", refusal);
                    return Ok(None);
                }
            }
        }
        "on_off" => return Ok(read_on_off(context, &kind.entry)),
        "sinusoidal" => {
            return read_sinusoidal(context, &kind.entry).map(|profile| profile.map(Arrivals::Rate));
        }
        "daily" | "weekly" | "rate" => Arrivals::Rate(read_rates(table, kind)?),
        "table" => {
            let file = (context.read_file)(text.ok_or_else(|| expected("the name of a CSV file"))?);
            let points = rate_points(&file.map_err(plain)?).map_err(plain)?;
            Arrivals::Rate(rate_table(table, &points)?)
        }
        "replay" => {
            let file = (context.read_file)(text.ok_or_else(|| expected("the name of a CSV file"))?);
            let columns = read_columns(context, table);
            let recording = Recording::from_csv(&file.map_err(plain)?, &columns);
            Arrivals::Replay(Arc::new(recording.map_err(bad_rows)?))
        }
        _ => {
            let file = (context.read_file)(text.ok_or_else(|| expected("the name of an access log"))?);
            let recording = Recording::from_access_log(&file.map_err(plain)?);
            Arrivals::Replay(Arc::new(recording.map_err(bad_rows)?))
        }
    };
    Ok(Some(arrivals))
}

fn plain(problem: String) -> Refusal {
    Refusal { problem, hint: None, place: None }
}

fn bad_rows(rows: Vec<BadRow>) -> Refusal {
    let told: Vec<String> = rows.iter().map(|row| format!("line {}: {}", row.line, row.problem)).collect();
    plain(told.join("; "))
}

fn read_on_off(context: Context, entry: &Entry) -> Option<Arrivals> {
    let mut fields = Fields::new(context, "`on_off`", entry, vec![ON_OFF]);
    let (on, off) = (fields.optional_distribution("on"), fields.optional_distribution("off"));
    let (rate_on, rate_off) = (fields.optional_rate("rate"), fields.optional_rate("rate_off"));
    fields.finish();
    Some(Arrivals::OnOff { on: on?, off: off?, rate_on: rate_on?, rate_off: rate_off? })
}

fn read_sinusoidal(context: Context, entry: &Entry) -> Result<Option<RateProfile>, Refusal> {
    let mut fields = Fields::new(context, "`sinusoidal`", entry, vec![SINUSOIDAL]);
    let (mean, amplitude) = (fields.optional_rate("mean"), fields.optional_share("amplitude"));
    let (period, phase) = (fields.optional_duration("period"), fields.duration("phase"));
    fields.finish();
    let (Some(mean), Some(amplitude), Some(period)) = (mean, amplitude, period) else { return Ok(None) };
    let seconds = crate::kernel::time::to_seconds;
    RateProfile::sinusoid(mean, amplitude, seconds(period), seconds(phase)).map(Some).map_err(plain)
}

const RATES_HINT: &str = "`[[0s, 10/s], [1h, 100/s]]`, `daily` also takes 24 rates and `weekly` 168";

fn read_rates(table: &Table, kind: &Field) -> Result<RateProfile, Refusal> {
    let Value::List(entries) = &kind.entry.value else {
        return Err(Refusal::new(format!("`{}` takes a list", kind.name), RATES_HINT));
    };
    if kind.name != "rate" && entries.iter().all(|entry| entry.scalar().is_some()) {
        let rates: Result<Vec<f64>, _> =
            entries.iter().filter_map(Entry::scalar).map(quantity::parse_rate).collect();
        let rates = rates?;
        let profile = match kind.name.as_str() {
            "daily" => <&[f64; 24]>::try_from(rates.as_slice()).ok().map(RateProfile::daily),
            _ => <&[f64; 168]>::try_from(rates.as_slice()).ok().map(RateProfile::weekly),
        };
        let wrong_number = || Refusal::new(format!("`{}` has {} rates", kind.name, rates.len()), RATES_HINT);
        return profile.ok_or_else(wrong_number)?.map_err(plain);
    }
    let mut points = Vec::new();
    for entry in entries {
        let pair = match &entry.value {
            Value::List(pair) => pair.iter().map(Entry::scalar).collect::<Option<Vec<&str>>>(),
            _ => None,
        };
        match pair.as_deref() {
            Some([at, rate]) => points.push((quantity::parse_duration(at)?, quantity::parse_rate(rate)?)),
            _ => return Err(Refusal::new("each point is a time and a rate", RATES_HINT)),
        }
    }
    match kind.name.as_str() {
        "daily" => RateProfile::daily_points(&points).map_err(plain),
        "weekly" => {
            const WEEK_SECONDS: f64 = 7.0 * 86_400.0;
            RateTable::new(&points, Between::Line, Some(WEEK_SECONDS)).map(RateProfile::Table).map_err(plain)
        }
        _ => rate_table(table, &points),
    }
}

/// A table of rates with what stands beside it: whether the rate steps, and when it repeats.
fn rate_table(table: &Table, points: &[(f64, f64)]) -> Result<RateProfile, Refusal> {
    let beside = |name: &str| table.get(name).and_then(|field| field.entry.scalar());
    let between = match beside("steps") {
        None | Some("false" | "no") => Between::Line,
        Some("true" | "yes") => Between::Hold,
        Some(_) => {
            return Err(Refusal::new(
                "`steps` is true or false",
                "`steps: true` holds each rate until the next",
            ));
        }
    };
    let repeat = beside("repeat").map(quantity::parse_duration).transpose()?;
    RateTable::new(points, between, repeat).map(RateProfile::Table).map_err(plain)
}

/// Rows of a time and a rate; bare numbers are seconds and requests per second.
fn rate_points(text: &str) -> Result<Vec<(f64, f64)>, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut points = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let (Some(at), Some(rate)) = (record.get(0), record.get(1)) else {
            return Err(format!("line {line} has no time and rate"));
        };
        let at = quantity::parse_number(at).or_else(|_| quantity::parse_duration(at));
        let rate = quantity::parse_number(rate).or_else(|_| quantity::parse_rate(rate));
        match (at, rate) {
            (Ok(at), Ok(rate)) => points.push((at, rate)),
            (Err(bad), _) | (_, Err(bad)) => return Err(format!("line {line}: {}", bad.problem)),
        }
    }
    Ok(points)
}

fn read_columns(context: Context, table: &Table) -> ReplayColumns {
    let nothing = Entry::new(Value::Null, 0..0);
    let entry = table.get("columns").map_or(&nothing, |field| &field.entry);
    let mut fields = Fields::new(context, "`columns`", entry, vec![COLUMNS]);
    let at = fields.optional_text("at").unwrap_or_default();
    let class = fields.optional_text("class");
    let mut work = Vec::new();
    if let Some(entry) = fields.form("work") {
        for field in entry.table().map_or(&[][..], |table| &table.fields) {
            if let Some(column) = field.entry.scalar() {
                work.push(WorkColumn { node: field.name.clone(), column: column.to_string() });
            }
        }
        if work.is_empty() {
            let message = "`work` names a column for each node";
            context.problems.error_with_hint(entry.span.clone(), message, "`work: { mysql: mysql_ms }`");
        }
    }
    fields.finish();
    ReplayColumns { at, class, work }
}
