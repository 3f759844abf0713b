//! `dns`: a recursive resolver with the records of the zone it is asked for.

use super::behaviour::HealthChecks;
use super::fields::{Fields, Refusal, report_refusal};
use super::setting::{Setting, Takes};
use crate::document::value::Value;
use crate::kernel::time::Time;
use crate::parts::distribution::Distribution;
use crate::parts::quantity;
use rustc_hash::FxHashMap;

#[derive(Clone, Debug)]
pub struct Dns {
    pub records: Vec<Record>,
    /// How long the resolver takes to ask the authoritative servers when its own cache is cold.
    pub lookup: Distribution,
    /// A stub resolver waits this long for an answer …
    pub timeout: Time,
    /// … and asks so many times.
    pub attempts: u32,
    /// How long "no such name" is remembered.
    pub negative_ttl: Time,
    /// The zone checks its addresses and answers the first that is well.
    pub failover: Option<HealthChecks>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub name: String,
    pub points_to: PointsTo,
    pub ttl: Time,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PointsTo {
    /// An A or AAAA record: the address of a `server`, or of any node.
    Address(String),
    /// A CNAME record: another name.
    Name(String),
}

/// What looking a name up comes to: each record's time to live on the way to an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    pub ttls: Vec<Time>,
    /// All addresses of the last name; none if it has none.
    pub addresses: Vec<String>,
    pub last_name: String,
}

impl Record {
    pub fn address(&self) -> Option<String> {
        match &self.points_to {
            PointsTo::Address(address) => Some(address.clone()),
            PointsTo::Name(_) => None,
        }
    }
}

impl Dns {
    pub fn knows(&self, name: &str) -> bool {
        self.records.iter().any(|record| record.name.eq_ignore_ascii_case(name))
    }

    /// Follows CNAMEs from a name to an address; a loop or a dead end has no address.
    pub fn chain(&self, name: &str) -> Chain {
        let mut ttls = Vec::new();
        let mut name = name;
        while ttls.len() <= self.records.len() {
            let Some(record) = self.records.iter().find(|record| record.name.eq_ignore_ascii_case(name))
            else {
                break;
            };
            ttls.push(record.ttl);
            match &record.points_to {
                PointsTo::Address(_) => {
                    let same = self.records.iter().filter(|other| other.name == record.name);
                    let addresses = same.filter_map(Record::address).collect();
                    return Chain { ttls, addresses, last_name: record.name.clone() };
                }
                PointsTo::Name(next) => name = next,
            }
        }
        Chain { ttls, addresses: Vec::new(), last_name: name.to_string() }
    }
}

pub const SETTINGS: &[Setting] = &[
    Setting::required(
        "records",
        Takes::Form(
            "a list of records such as `www.foobar.com CNAME foobar.com 300s`, `foobar.com A 8.8.8.8 300s`",
        ),
        "the records of the zone",
    ),
    Setting::new(
        "lookup",
        Takes::Distribution,
        "30ms",
        "spof: a few round trips to authoritative servers",
        "how long the resolver takes when its own cache is cold",
    ),
    Setting::new(
        "timeout",
        Takes::DurationOrNone,
        "5s",
        "resolv.conf: timeout",
        "how long a client waits for an answer",
    ),
    Setting::new("attempts", Takes::Whole(1, 10), "2", "resolv.conf: attempts", "how often a client asks"),
    Setting::new(
        "negative_ttl",
        Takes::Duration,
        "5m",
        "spof: a common SOA minimum",
        "how long \"no such name\" is remembered",
    ),
    Setting::optional(
        "failover",
        Takes::Table(FAILOVER),
        "health checks: of several addresses the first that is well is answered",
    ),
    Setting::new(
        "boot",
        Takes::Duration,
        "100ms",
        "spof: it reads its zones",
        "how long it takes from its start until it serves",
    ),
];

const FAILOVER: &[Setting] = &[
    Setting::new("inter", Takes::Duration, "30s", "Route 53: RequestInterval", "time between two checks"),
    Setting::new(
        "fall",
        Takes::Whole(1, 100),
        "3",
        "Route 53: FailureThreshold",
        "failed checks in a row that take an address out",
    ),
    Setting::new(
        "rise",
        Takes::Whole(1, 100),
        "3",
        "Route 53: FailureThreshold",
        "good checks in a row that bring it back",
    ),
];

/// `None`: the zone answers with all addresses, whoever is there.
fn read_failover(fields: &mut Fields) -> Option<HealthChecks> {
    let field = fields.field("failover")?;
    if let Some(text) = field.entry.scalar() {
        let message = format!("`failover` is to be a table of settings, not `{text}`");
        let hint = match text {
            "no" | "false" | "none" => "leave it out, and there is none",
            _ => "`failover: {}` checks as by default, `failover: { inter: 10s, fall: 3 }` as it says",
        };
        fields.context.problems.error_with_hint(field.entry.span.clone(), message, hint);
        return None;
    }
    Some(fields.within("failover", read_checks))
}

fn read_checks(fields: &mut Fields) -> HealthChecks {
    let inter = fields.duration("inter");
    if inter == 0 {
        let message = "checks take some time to come round";
        fields.context.problems.error_with_hint(fields.place("inter"), message, "`inter: 10s`");
    }
    HealthChecks {
        inter: inter.max(1),
        fall: fields.whole("fall"),
        rise: fields.whole("rise"),
        ..HealthChecks::NONE
    }
}

impl Dns {
    pub fn read(fields: &mut Fields) -> Dns {
        Dns {
            records: read_records(fields),
            lookup: fields.optional_distribution("lookup").unwrap_or(Distribution::Constant(0.0)),
            timeout: fields.duration("timeout"),
            attempts: fields.whole("attempts"),
            negative_ttl: fields.duration("negative_ttl"),
            failover: read_failover(fields),
        }
    }
}

fn read_records(fields: &mut Fields) -> Vec<Record> {
    let Some(entry) = fields.form("records") else { return Vec::new() };
    let Value::List(entries) = &entry.value else {
        let message = format!("`records` takes a list of records, not {}", entry.describe());
        fields.context.problems.error(entry.span.clone(), message);
        return Vec::new();
    };
    const RECORDS_MAX: usize = 1_000;
    if entries.len() > RECORDS_MAX {
        fields
            .context
            .problems
            .error(entry.span.clone(), format!("there are more than {RECORDS_MAX} records"));
        return Vec::new();
    }
    let mut records = Vec::new();
    for entry in entries {
        let read = match entry.scalar() {
            Some(text) => parse_record(text),
            None => Err(Refusal::new(format!("a record is a text, not {}", entry.describe()), RECORD_HINT)),
        };
        match read {
            Ok(record) => records.push(record),
            Err(refusal) => report_refusal(fields.context, entry, "", refusal),
        }
    }
    check_loops(fields, &records);
    records
}

const RECORD_HINT: &str =
    "a record is a name, a type, a target and a time to live: `foobar.com A 8.8.8.8 300s`";

/// `foobar.com A 8.8.8.8 300s`
pub fn parse_record(text: &str) -> Result<Record, Refusal> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (name, kind, target, ttl) = match words[..] {
        [name, kind, target, ttl] => (name, kind, target, ttl),
        [name, kind, target] => (name, kind, target, "300s"),
        _ => return Err(Refusal::new("this is not a DNS record", RECORD_HINT)),
    };
    let without_dot = |name: &str| name.trim_end_matches('.').to_ascii_lowercase();
    let points_to = match kind.to_ascii_uppercase().as_str() {
        "A" | "AAAA" => PointsTo::Address(target.to_string()),
        "CNAME" => PointsTo::Name(without_dot(target)),
        _ => {
            return Err(Refusal::new(
                format!("there are no records of type `{kind}`"),
                "there is `A`, `AAAA`, `CNAME`",
            ));
        }
    };
    Ok(Record { name: without_dot(name), points_to, ttl: quantity::parse_time(ttl)? })
}

/// Reports CNAMEs that lead back to themselves. Each name is followed once.
fn check_loops(fields: &Fields, records: &[Record]) {
    let mut next: FxHashMap<&str, &str> = FxHashMap::default();
    for record in records {
        if let PointsTo::Name(target) = &record.points_to {
            next.entry(&record.name).or_insert(target);
        }
    }
    // The walk on which each name was seen; meeting a name of the same walk closes a loop.
    let mut seen: FxHashMap<&str, usize> = FxHashMap::default();
    for (walk, record) in records.iter().enumerate() {
        let mut name = record.name.as_str();
        while let Some(target) = next.get(name) {
            if let Some(before) = seen.insert(name, walk) {
                if before == walk {
                    let message = format!("the CNAME records of `{name}` lead back to it");
                    fields.context.problems.error_with_hint(
                        fields.place("records"),
                        message,
                        "let one of them point to an address",
                    );
                }
                break;
            }
            name = target;
        }
    }
}
