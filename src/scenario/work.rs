//! The work of a visit: `3 x 30% exp(2ms)`, or a table for what does not fit on a line.

use super::model::Work;
use crate::document::value::{Entry, Value};
use crate::nodes::fields::{Context, Fields, Refusal, parse_distribution, report_refusal};
use crate::nodes::setting::{Setting, Takes};
use crate::parts::count::Count;
use crate::parts::distribution::Distribution;
use crate::parts::quantity;

pub const SETTINGS: &[Setting] = &[
    Setting::optional("cpu", Takes::Distribution, "CPU time, shared on the host's cores"),
    Setting::optional("wait", Takes::Distribution, "time that takes no core"),
    Setting::new("overhead", Takes::Duration, "0s", "spof: none", "a fixed addition to every visit"),
    Setting::new(
        "times",
        Takes::Form("a number such as `3`, `1..5` or `poisson(3)`"),
        "1",
        "spof",
        "how often it is called, one after the other",
    ),
    Setting::new("chance", Takes::Share, "100%", "spof", "whether it is called at all"),
    Setting::new("optional", Takes::Flag, "false", "spof", "the caller goes on even if it fails"),
    Setting::new("query", Takes::Word(&["read", "write"]), "read", "spof", "what a database is asked to do"),
    Setting::optional("calls", Takes::Form("a list of calls"), "what it calls itself, one after the other"),
    Setting::optional("after", Takes::Distribution, "work after its own calls"),
];

/// What is known of a visit from its own entry.
pub struct Written<'a> {
    pub times: Count,
    pub chance: f64,
    pub work: Work,
    pub afterwards: Work,
    pub optional: bool,
    pub write: bool,
    pub calls: Option<&'a Entry>,
}

/// Where the work is done, which says whether plain work takes a core.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub name: &'a str,
    pub plain_is_cpu: bool,
    pub has_host: bool,
}

/// Reads what stands behind a node's name in a path; `default` is the node's own work.
pub fn read<'a>(
    context: Context<'a>,
    entry: &'a Entry,
    default: Option<&'a Entry>,
    place: Place,
) -> Written<'a> {
    let mut written = Written {
        times: once(),
        chance: 1.0,
        work: Work::default(),
        afterwards: Work::default(),
        optional: false,
        write: false,
        calls: None,
    };
    let gives_work = match &entry.value {
        Value::Null => false,
        Value::Scalar(text) => match read_line(context, text, place, &mut written) {
            Ok(gives_work) => gives_work,
            Err(refusal) => {
                report_refusal(context, entry, "", refusal);
                true
            }
        },
        Value::Table(_) => read_table(context, entry, place, &mut written),
        Value::List(_) => {
            let refusal = Refusal::new(
                format!("the work of `{}` is not a list", place.name),
                "for several calls write `{ calls: [ … ] }`",
            );
            report_refusal(context, entry, "", refusal);
            true
        }
    };
    if let (false, Some(default)) = (gives_work, default) {
        let own = read(context, default, None, place);
        written.work = own.work;
        if let Value::Scalar(_) | Value::Table(_) = default.value
            && (own.calls.is_some() || own.times != once() || own.chance < 1.0)
        {
            let hint = "`work` says how long a visit takes; how often and whom it calls stands in the path";
            context.problems.error_with_hint(default.span.clone(), "a node's own `work` is only work", hint);
        }
    }
    written
}

fn once() -> Count {
    Count::Fixed(1)
}

/// `[N x ][30% ]DISTRIBUTION`; whether it says how long the work takes.
fn read_line(context: Context, text: &str, place: Place, written: &mut Written) -> Result<bool, Refusal> {
    let (count, rest) = split_count(text);
    if let Some(count) = count {
        written.times = Count::parse(count)?;
    }
    let rest = match rest.split_once('%') {
        Some((share, after))
            if quantity::parse_number(share).is_ok() && !after.starts_with(['/', ',', ')']) =>
        {
            written.chance = quantity::parse_share(&format!("{}%", share.trim()))?;
            after.trim_start()
        }
        _ => rest,
    };
    if rest.is_empty() {
        return Ok(false);
    }
    if let Some(refusal) = asked_of_a_database(rest, count, written.chance, place) {
        return Err(refusal);
    }
    let offset = text.len() - rest.len();
    let work = parse_distribution(context, rest).map_err(|refusal| Refusal {
        place: refusal.place.map(|(start, length)| (start + offset, length)),
        ..refusal
    })?;
    written.work = place.plain(work);
    Ok(true)
}

/// `write exp(4ms)`: what is asked of a database does not fit on a line.
fn asked_of_a_database(rest: &str, count: Option<&str>, chance: f64, place: Place) -> Option<Refusal> {
    let (query, work) = rest.split_once(char::is_whitespace)?;
    if !matches!(query, "read" | "write") {
        return None;
    }
    let mut settings = Vec::from_iter(count.map(|count| format!("times: {count}")));
    if chance < 1.0 {
        settings.push(format!("chance: {}", quantity::format_share(chance)));
    }
    let kind = if place.plain_is_cpu { "cpu" } else { "wait" };
    settings.push(format!("{kind}: {}", work.trim()));
    settings.push(format!("query: {query}"));
    Some(Refusal::new(
        format!("`{query}` does not fit on a line with the work"),
        format!("write `{}: {{ {} }}`", place.name, settings.join(", ")),
    ))
}

/// Splits `3 x exp(2ms)` into the count and the rest.
fn split_count(text: &str) -> (Option<&str>, &str) {
    let text = text.trim();
    for (index, letter) in text.char_indices() {
        let after = &text[index + letter.len_utf8()..];
        let is_times = matches!(letter, 'x' | '×')
            && text[..index]
                .ends_with(|before: char| before.is_whitespace() || before.is_ascii_digit() || before == ')')
            && (after.is_empty() || after.starts_with(char::is_whitespace));
        if is_times {
            return (Some(text[..index].trim_end()), after.trim_start());
        }
    }
    (None, text)
}

/// Whether the table says how long the work takes.
fn read_table<'a>(context: Context<'a>, entry: &'a Entry, place: Place, written: &mut Written<'a>) -> bool {
    let mut fields = Fields::new(context, format!("the work of `{}`", place.name), entry, vec![SETTINGS]);
    let cpu = fields.optional_distribution("cpu");
    if cpu.is_some() && !place.has_host {
        context.problems.error_with_hint(
            fields.place("cpu"),
            format!("`{}` stands on no server, so it has no cores", place.name),
            "put it `on` a server, or write `wait`",
        );
    }
    written.work =
        Work { cpu, wait: fields.optional_distribution("wait"), overhead: fields.duration("overhead") };
    written.times = fields.parse("times", |text| Ok(Count::parse(text)?)).unwrap_or(once());
    written.chance = fields.share("chance");
    written.optional = fields.flag("optional");
    written.write = fields.word("query") == 1;
    written.calls = fields.form("calls");
    if let Some(after) = fields.optional_distribution("after") {
        written.afterwards = place.plain(after);
    }
    let gives_work = ["cpu", "wait", "overhead"].iter().any(|name| fields.is_given(name));
    fields.finish();
    gives_work
}

impl Place<'_> {
    /// Work of which is not said whether it takes a core.
    fn plain(&self, work: Distribution) -> Work {
        if self.plain_is_cpu {
            Work { cpu: Some(work), ..Work::default() }
        } else {
            Work { wait: Some(work), ..Work::default() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split_count;

    #[test]
    fn a_count_is_told_from_a_distribution() {
        assert_eq!(split_count("3 x exp(2ms)"), (Some("3"), "exp(2ms)"));
        assert_eq!(split_count("1..5 x 30% 2ms"), (Some("1..5"), "30% 2ms"));
        assert_eq!(split_count("poisson(3) x exp(2ms)"), (Some("poisson(3)"), "exp(2ms)"));
        assert_eq!(split_count("3x 2ms"), (Some("3"), "2ms"));
        assert_eq!(split_count("3 x"), (Some("3"), ""));
        assert_eq!(split_count("exp(2ms)"), (None, "exp(2ms)"));
    }
}
