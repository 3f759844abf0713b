//! What breaks by chance: `mtbf` and `mttr` of nodes, `faults` that hit several at once,
//! the `crews` that repair, and what stands by.

use super::faults::{Verb, WORDS, read_fault, read_targets};
use super::model::{Crew, FaultTarget, NodeId, RandomFault, Standby};
use super::nodes::Directory;
use super::targets::{self, Targets};
use crate::document::problem::{Severity, did_you_mean};
use crate::document::value::{Entry, Field, Span, Value};
use crate::nodes::NodeKind;
use crate::nodes::fields::{Context, Fields, Refusal, parse_distribution};
use crate::nodes::setting::{Setting, Takes};
use crate::parts::distribution::Distribution;
use crate::parts::fault::Fault;
use crate::parts::quantity;

const MTBF: Setting = Setting::optional(
    "mtbf",
    Takes::Distribution,
    "how long it runs until it breaks: a duration is the mean of an exponential law",
);
const MTTR: Setting = Setting::optional(
    "mttr",
    Takes::Distribution,
    "how long its repair takes: a duration is the mean of an exponential law; a process without it is \
     started again as its `restart` says",
);
const CREW: Setting =
    Setting::optional("crew", Takes::Text, "who repairs it, one of `crews`; at once if not given");

/// What every node but users has besides.
pub const NODE_SETTINGS: &[Setting] = &[
    MTBF,
    MTTR,
    CREW,
    Setting::optional("standby", Takes::Table(STANDBY), "what takes its place when it breaks"),
];

const STANDBY: &[Setting] = &[
    Setting::optional(
        "hot",
        Takes::Whole(1, 1_000),
        "so many that run meanwhile, and can break unnoticed until they are wanted",
    ),
    Setting::optional("cold", Takes::Whole(1, 1_000), "so many that are switched off, and boot first"),
    Setting::new(
        "switch_over",
        Takes::Duration,
        "0s",
        "spof: at once",
        "how long it takes to notice and switch",
    ),
    Setting::new("coverage", Takes::Share, "100%", "spof: always", "how often the switch succeeds"),
];

/// An entry of `faults`.
pub const SETTINGS: &[Setting] = &[
    Setting::required("name", Takes::Text, "what it is called: `power`, `rack 1`"),
    Setting::required("hits", Takes::Form(targets::FORM), "all that it hits, at once"),
    Setting::new("kind", Takes::Word(WORDS), "fail", "spof", "what happens to them"),
    MTBF,
    MTTR,
    CREW,
    Setting::optional(
        "by",
        Takes::Form("a factor such as `4x`, or a duration"),
        "how much slower, for `slow` and `delay`",
    ),
    Setting::optional("share", Takes::Share, "how much of it fails, for `errors` and `lose`"),
    Setting::optional("to", Takes::Bandwidth, "what the link still carries, for `throttle`"),
];

/// How a node breaks, before all names are known.
pub struct Breakdown {
    time_between: Distribution,
    /// `None`: whoever watches over the process starts it again.
    repair: Option<Distribution>,
    crew: Option<(String, Span)>,
}

/// What a node's settings say of it.
pub fn of_node(
    fields: &mut Fields,
    kind: &NodeKind,
    is_started_again: bool,
) -> (Option<Breakdown>, Option<StandbyRead>) {
    if let NodeKind::User(_) = kind {
        for setting in NODE_SETTINGS {
            if fields.is_given(setting.name) {
                let message = format!("a user has no `{}`", setting.name);
                fields.context.problems.error_with_hint(fields.place(setting.name), message, "leave it out");
            }
        }
    }
    let breakdown = read_breakdown(fields, is_started_again);
    let place = fields.place("standby");
    let standby = fields.is_given("standby").then(|| fields.within("standby", read_standby)).flatten();
    if let (Some(_), None) = (&standby, &breakdown) {
        let message = "what never breaks needs nobody who stands by";
        fields.context.problems.warning(place, message, "give it `mtbf` and `mttr`");
    }
    (breakdown, standby)
}

/// Whoever watches over a process starts it again if nobody is said to repair it.
fn read_breakdown(fields: &mut Fields, is_started_again: bool) -> Option<Breakdown> {
    let (time_between, repair) = (read_law(fields, "mtbf"), read_law(fields, "mttr"));
    let crew = fields.optional_text("crew").map(|crew| (crew, fields.place("crew")));
    for (one, other, hint) in [
        ("mtbf", "mttr", "how long does its repair take? `mttr: 20m`"),
        ("mttr", "mtbf", "how long does it run until it breaks? `mtbf: 30d`"),
        ("crew", "mtbf", "how long does it run until it breaks? `mtbf: 30d`"),
    ] {
        let is_there = fields.is_given(other) || (is_started_again && other == "mttr");
        if fields.is_given(one) && !is_there {
            let message = format!("`{one}` needs `{other}`");
            fields.context.problems.error_with_hint(fields.place(one), message, hint);
        }
    }
    if repair.is_none() && !is_started_again {
        return None;
    }
    for (name, what) in [("crew", "a crew"), ("standby", "who stands by")] {
        if repair.is_none() && fields.is_given("mtbf") && fields.is_given(name) {
            let message = format!("{what} has nothing to do where systemd starts the process again");
            fields.context.problems.error_with_hint(fields.place(name), message, "give it `mttr: 20m`");
        }
    }
    Some(Breakdown { time_between: time_between?, repair, crew })
}

/// A duration alone is the mean of an exponential law.
fn read_law(fields: &mut Fields, name: &str) -> Option<Distribution> {
    let context = fields.context;
    let law = fields.parse(name, |text| match quantity::parse_duration(text) {
        Ok(mean) => Ok(Distribution::Exponential { mean }),
        Err(_) => parse_distribution(context, text),
    })?;
    // A millisecond between breakdowns is no mistake worth simulating.
    const LEAST_SECONDS: f64 = 1e-3;
    if name == "mtbf" && law.mean() < LEAST_SECONDS {
        let message = "it would break more than a thousand times a second";
        context.problems.error_with_hint(fields.place(name), message, "`mtbf: 30d`");
        return None;
    }
    Some(law)
}

/// A standby, before its node has a number.
#[derive(Clone, Copy)]
pub struct StandbyRead {
    hot: bool,
    spares: u32,
    switch_over: crate::kernel::time::Time,
    coverage: f64,
}

fn read_standby(fields: &mut Fields) -> Option<StandbyRead> {
    let (hot, cold) = (fields.optional_whole("hot"), fields.optional_whole("cold"));
    let (switch_over, coverage) = (fields.duration("switch_over"), fields.share("coverage"));
    match (hot, cold) {
        (Some(spares), None) => Some(StandbyRead { hot: true, spares, switch_over, coverage }),
        (None, Some(spares)) => Some(StandbyRead { hot: false, spares, switch_over, coverage }),
        _ => {
            let message = "a standby is either hot or cold";
            fields.context.problems.error_with_hint(fields.span.clone(), message, "`standby: { hot: 1 }`");
            None
        }
    }
}

/// `crews`: a table of names and numbers.
pub fn read_crews(context: Context, section: &[Field]) -> Vec<Crew> {
    const REPAIRERS_MAX: u64 = 1_000_000;
    let mut crews = Vec::new();
    for field in section {
        let count = field.entry.scalar().and_then(|text| quantity::parse_count(text).ok());
        match count.filter(|count| (1..=REPAIRERS_MAX).contains(count)) {
            Some(count) => crews.push(Crew { name: field.name.clone(), repairers: count as u32 }),
            None => {
                let message = format!("`{}` is to be the number of its repairers", field.name);
                context.problems.error_with_hint(
                    field.entry.span.clone(),
                    message,
                    "`crews: { technicians: 2 }`",
                );
            }
        }
    }
    crews
}

/// All that breaks by chance: the nodes by themselves first, then what `faults` lists.
pub fn read<'a>(
    context: Context<'a>,
    section: Option<&'a Entry>,
    directory: &Directory,
    targets: &Targets,
    crews: &[Crew],
) -> Vec<RandomFault> {
    let mut random = Vec::new();
    for (number, breakdown) in directory.breakdowns.iter().enumerate() {
        let Some(breakdown) = breakdown else { continue };
        let id = NodeId(number as u32);
        let crew = breakdown.crew.as_ref().and_then(|(name, place)| find_crew(context, name, place, crews));
        random.push(RandomFault {
            name: directory.get(id).name.clone(),
            hits: vec![FaultTarget::Node(id)],
            together: false,
            fault: Fault::Crash,
            time_between: breakdown.time_between.clone(),
            repair: breakdown.repair.clone(),
            crew,
        });
    }
    let entries = match section.map(|entry| (&entry.value, entry)) {
        None => return random,
        Some((Value::List(entries), _)) => entries.as_slice(),
        Some((_, entry)) => {
            let message = format!("`faults` is to be a list, not {}", entry.describe());
            let hint = "write `faults: [ { name: power, hits: [ web, app ], mtbf: 1y, mttr: 2h } ]`";
            context.problems.error_with_hint(entry.span.clone(), message, hint);
            return random;
        }
    };
    const ENTRIES_MAX: usize = 100_000;
    if entries.len() > ENTRIES_MAX {
        let message = format!("a scenario has at most {ENTRIES_MAX} common faults");
        context.problems.error(entries[ENTRIES_MAX].span.clone(), message);
        return random;
    }
    random.extend(entries.iter().filter_map(|entry| read_common(context, entry, targets, crews)));
    random
}

/// A fault that hits several at once.
fn read_common<'a>(
    context: Context<'a>,
    entry: &'a Entry,
    targets: &Targets,
    crews: &[Crew],
) -> Option<RandomFault> {
    let mut fields = Fields::new(context, "this fault", entry, vec![SETTINGS]);
    let name = fields.optional_text("name");
    let hits = fields.form("hits");
    let verb = Verb::ALL[fields.word("kind")];
    for setting in ["mtbf", "mttr"] {
        if !fields.is_given(setting) {
            let message = format!("this fault has no `{setting}`");
            context.problems.error_with_hint(fields.span.clone(), message, "`mtbf: 1y, mttr: 2h`");
        }
    }
    let breakdown = read_breakdown(&mut fields, false);
    let word = verb.word();
    let needed = verb.needed_setting();
    for setting in ["by", "share", "to"] {
        let (given, wanted) = (fields.is_given(setting), needed == Some(setting));
        if given != wanted {
            let (place, message) = match given {
                true => (fields.place(setting), format!("`kind: {word}` has no `{setting}`")),
                false => (fields.place("kind"), format!("`kind: {word}` needs `{setting}`")),
            };
            context.problems.error_with_hint(
                place,
                message,
                "`kind: slow` has `by: 4x`, `errors` has `share: 20%`",
            );
        }
    }
    let fault = read_fault(&mut fields, verb);
    fields.finish();
    let (name, breakdown) = (name?, breakdown?);
    let hits = read_targets(targets, word, hits?, fault?)?;
    let crew = breakdown.crew.as_ref().and_then(|(crew, place)| find_crew(context, crew, place, crews));
    Some(RandomFault {
        name,
        hits,
        together: true,
        fault: fault?,
        time_between: breakdown.time_between,
        repair: breakdown.repair,
        crew,
    })
}

fn find_crew(context: Context, name: &str, place: &Span, crews: &[Crew]) -> Option<u32> {
    let found = crews.iter().position(|crew| crew.name == name);
    if found.is_none() {
        let names: Vec<&str> = crews.iter().map(|crew| crew.name.as_str()).collect();
        let hint = did_you_mean(name, &names).unwrap_or("write `crews: { technicians: 2 }`".to_string());
        let refusal = Refusal::new(format!("there is no crew `{name}`"), hint);
        context.problems.report(Severity::Error, place.clone(), refusal.problem, refusal.hint);
    }
    found.map(|crew| crew as u32)
}

/// What stands by, node by node.
pub fn standbys(directory: &Directory) -> Vec<Standby> {
    let standbys = directory.standbys.iter().enumerate().filter_map(|(number, standby)| {
        standby.map(|StandbyRead { hot, spares, switch_over, coverage }| Standby {
            node: NodeId(number as u32),
            hot,
            spares,
            switch_over,
            coverage,
        })
    });
    standbys.collect()
}
