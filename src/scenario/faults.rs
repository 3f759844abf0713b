//! The faults by their names in scenario files: what each takes, and what it can hit.

use super::model::{FaultTarget, TimedFault};
use super::nodes::Directory;
use super::targets::{self, Targets};
use crate::document::value::Entry;
use crate::kernel::time::{NEVER, Time};
use crate::nodes::NodeKind;
use crate::nodes::fields::{Fields, Refusal, parse_factor};
use crate::nodes::setting::{Setting, Takes};
use crate::parts::fault::Fault;
use crate::parts::quantity;

const FOR: Setting = Setting::optional(
    "for",
    Takes::Duration,
    "how long it lasts; to the end, or until a restart brings it back, if not given",
);
const BY: Setting = Setting::required("by", Takes::Form("a factor such as `4x`"), "how much slower it is");
const DELAY_BY: Setting = Setting::required("by", Takes::Duration, "how much longer each message takes");
const LEAK_BY: Setting =
    Setting::required("by", Takes::Form("a rate such as `10MiB/s`"), "how fast it grows");
const SHARE: Setting = Setting::required("share", Takes::Share, "how much of it fails");
const TO: Setting = Setting::required("to", Takes::Bandwidth, "what the link still carries");

const fn target(verb: &'static str, help: &'static str) -> Setting {
    Setting::required(verb, Takes::Form(targets::FORM), help)
}

const DIES: &str = "the process that dies; without `for` it is started again as its `restart` says";
const DIES_FOR: Setting = Setting::optional(
    "for",
    Takes::Duration,
    "how long it cannot be started; if not given it is started again as its `restart` says",
);
const CRASHES: &str = "what crashes, with all that stands on it";

/// What a timeline, or a fault that comes by chance, says for each fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Fail,
    Crash,
    Kill,
    Hang,
    Slow,
    Errors,
    BlackHole,
    FillDisk,
    Leak,
    LoseData,
    Delay,
    Lose,
    Throttle,
    Partition,
    DnsOutage,
    ExpireCertificate,
    Failover,
}

impl Verb {
    /// In the order of the reference.
    pub const ALL: [Verb; 17] = [
        Verb::Fail,
        Verb::Crash,
        Verb::Kill,
        Verb::Hang,
        Verb::Slow,
        Verb::Errors,
        Verb::BlackHole,
        Verb::FillDisk,
        Verb::Leak,
        Verb::LoseData,
        Verb::Delay,
        Verb::Lose,
        Verb::Throttle,
        Verb::Partition,
        Verb::DnsOutage,
        Verb::ExpireCertificate,
        Verb::Failover,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Verb::Fail => "fail",
            Verb::Crash => "crash",
            Verb::Kill => "kill",
            Verb::Hang => "hang",
            Verb::Slow => "slow",
            Verb::Errors => "errors",
            Verb::BlackHole => "black_hole",
            Verb::FillDisk => "fill_disk",
            Verb::Leak => "leak",
            Verb::LoseData => "lose_data",
            Verb::Delay => "delay",
            Verb::Lose => "lose",
            Verb::Throttle => "throttle",
            Verb::Partition => "partition",
            Verb::DnsOutage => "dns_outage",
            Verb::ExpireCertificate => "expire_certificate",
            Verb::Failover => "failover",
        }
    }

    /// How hard a fault hits, where that has to be said.
    pub fn needed_setting(self) -> Option<&'static str> {
        match self {
            Verb::Slow | Verb::Delay | Verb::Leak => Some("by"),
            Verb::Errors | Verb::Lose => Some("share"),
            Verb::Throttle => Some("to"),
            Verb::Fail
            | Verb::Crash
            | Verb::Kill
            | Verb::Hang
            | Verb::BlackHole
            | Verb::FillDisk
            | Verb::LoseData
            | Verb::Partition
            | Verb::DnsOutage
            | Verb::ExpireCertificate
            | Verb::Failover => None,
        }
    }

    const fn settings(self) -> &'static [Setting] {
        match self {
            Verb::Fail => const { &[target("fail", CRASHES), FOR] },
            Verb::Crash => const { &[target("crash", DIES), DIES_FOR] },
            Verb::Kill => const { &[target("kill", "the same as `crash`"), DIES_FOR] },
            Verb::Hang => const { &[target("hang", "what accepts and never answers"), FOR] },
            Verb::Slow => const { &[target("slow", "what takes longer for all its work"), BY, FOR] },
            Verb::Errors => const { &[target("errors", "what fails a share of its visits"), SHARE, FOR] },
            Verb::BlackHole => const { &[target("black_hole", "what fails every visit at once"), FOR] },
            Verb::FillDisk => const { &[target("fill_disk", "what can write nothing more"), FOR] },
            Verb::Leak => const { &[target("leak", "what needs more and more memory"), LEAK_BY, FOR] },
            Verb::LoseData => {
                const { &[target("lose_data", "the database whose data are gone, and come from its backup")] }
            }
            Verb::Delay => {
                const { &[target("delay", "the link on which messages take longer"), DELAY_BY, FOR] }
            }
            Verb::Lose => const { &[target("lose", "the link that loses messages"), SHARE, FOR] },
            Verb::Throttle => const { &[target("throttle", "the link that carries less"), TO, FOR] },
            Verb::Partition => const { &[target("partition", "the link that lets nothing through"), FOR] },
            Verb::DnsOutage => const { &[target("dns_outage", "the resolver that resolves nothing"), FOR] },
            Verb::ExpireCertificate => {
                const { &[target("expire_certificate", "who shows an expired certificate"), FOR] }
            }
            Verb::Failover => const { &[target("failover", "the databases whose primary is lost"), FOR] },
        }
    }
}

/// The verbs with their settings, in the order of the reference.
pub const VERBS: &[(&str, &[Setting])] = &verbs();

/// The words for `kind` of a random fault, in the same order.
pub const WORDS: &[&str] = &words();

const fn verbs() -> [(&'static str, &'static [Setting]); Verb::ALL.len()] {
    let mut verbs: [(&str, &[Setting]); Verb::ALL.len()] = [("", &[]); Verb::ALL.len()];
    let mut place = 0;
    while place < verbs.len() {
        verbs[place] = (Verb::ALL[place].word(), Verb::ALL[place].settings());
        place += 1;
    }
    verbs
}

const fn words() -> [&'static str; Verb::ALL.len()] {
    let mut words = [""; Verb::ALL.len()];
    let mut place = 0;
    while place < words.len() {
        words[place] = Verb::ALL[place].word();
        place += 1;
    }
    words
}

/// A fault of a timeline; `None` if what is wrong has been told.
pub fn read(fields: &mut Fields, verb: Verb, at: Time, targets: &Targets) -> Option<(String, TimedFault)> {
    let entry = fields.form(verb.word());
    let length = match verb {
        Verb::LoseData => None,
        _ => fields.optional_duration("for"),
    };
    let fault = read_fault(fields, verb);
    let entry = entry?;
    if length == Some(0) {
        let message = "what lasts no time never happens";
        fields.context.problems.error_with_hint(
            fields.place("for"),
            message,
            "`for: 5m`, or leave `for` out",
        );
        return None;
    }
    let hit = read_targets(targets, verb.word(), entry, fault?)?;
    if fault == Some(Fault::ExpiredCertificate) && !targets.directory.is_anything_encrypted() {
        let message = "nobody connects encrypted, so that no certificate is looked at";
        fields.context.problems.warning(fields.place(verb.word()), message, "give the user `tls: \"1.3\"`");
    }
    let until = length.map_or(NEVER, |length| at.saturating_add(length));
    let name = format!("{} {}", verb.word(), name_of(&hit, targets));
    let restarts = length.is_none() && matches!(verb, Verb::Crash | Verb::Kill);
    Some((name, TimedFault { at, until, targets: hit, fault: fault?, restarts }))
}

/// The fault that a verb stands for, with its own settings; `None` if those are wrong.
pub fn read_fault(fields: &mut Fields, verb: Verb) -> Option<Fault> {
    Some(match verb {
        Verb::Fail | Verb::Crash | Verb::Kill => Fault::Crash,
        Verb::Hang => Fault::Hang,
        Verb::Slow => Fault::Slow { factor: fields.parse("by", parse_factor)? },
        Verb::Errors => Fault::Errors { share: read_share(fields)? },
        Verb::BlackHole => Fault::BlackHole,
        Verb::FillDisk => Fault::FullDisk,
        Verb::Leak => Fault::Leak { bytes_per_s: read_leak(fields)? },
        Verb::LoseData => Fault::DataLoss,
        Verb::Delay => Fault::Delay { by: fields.parse("by", |text| Ok(quantity::parse_time(text)?))? },
        Verb::Lose => Fault::Loss { share: read_share(fields)? },
        Verb::Throttle => Fault::Throttle { nanoseconds_per_byte: 1e9 / fields.optional_bandwidth("to")? },
        Verb::Partition => Fault::Partition,
        Verb::DnsOutage => Fault::DnsOutage,
        Verb::ExpireCertificate => Fault::ExpiredCertificate,
        Verb::Failover => Fault::Failover,
    })
}

fn read_leak(fields: &mut Fields) -> Option<f64> {
    const HINT: &str = "write how much in which time: `10MiB/s`, `2GiB/h`";
    fields.parse("by", |text| {
        let refusal = || Refusal::new(format!("`{text}` is no growth of memory"), HINT);
        let (size, time) = text.split_once('/').ok_or_else(refusal)?;
        let seconds = match time.trim() {
            "s" => 1.0,
            "min" | "m" => 60.0,
            "h" => 3_600.0,
            _ => return Err(refusal()),
        };
        match quantity::parse_size(size.trim())? {
            0 => Err(refusal()),
            bytes => Ok(bytes as f64 / seconds),
        }
    })
}

fn read_share(fields: &mut Fields) -> Option<f64> {
    let share = fields.optional_share("share")?;
    if share == 0.0 {
        let message = "a share of nothing does nothing";
        fields.context.problems.error_with_hint(fields.place("share"), message, "`share: 20%`");
        return None;
    }
    Some(share)
}

/// The targets, all of which the fault can hit.
pub fn read_targets(targets: &Targets, verb: &str, entry: &Entry, fault: Fault) -> Option<Vec<FaultTarget>> {
    let hit = targets.read(verb, entry)?;
    for target in &hit {
        if let Err(refusal) = check(targets, verb, *target, fault) {
            crate::nodes::fields::report_refusal(targets.context, entry, verb, refusal);
            return None;
        }
    }
    Some(hit)
}

fn check(targets: &Targets, verb: &str, target: FaultTarget, fault: Fault) -> Result<(), Refusal> {
    let on_links =
        matches!(fault, Fault::Delay { .. } | Fault::Loss { .. } | Fault::Throttle { .. } | Fault::Partition);
    let id = match target {
        FaultTarget::Link(_) if on_links => return Ok(()),
        FaultTarget::Link(_) => {
            let hint = "links are hit by `delay`, `lose`, `throttle` and `partition`";
            return Err(Refusal::new(format!("`{verb}` hits nodes, not links"), hint));
        }
        FaultTarget::Node(id) | FaultTarget::Replica(id, _) => id,
    };
    let node = targets.directory.get(id);
    if on_links {
        let hint = format!("name a link: `{verb}: a -> {}`", node.name);
        return Err(Refusal::new(format!("`{verb}` hits links, and `{}` is a node", node.name), hint));
    }
    let kind = &node.kind;
    let cannot = |hint: &str| {
        Err(Refusal::new(
            format!("`{}` is {}, which `{verb}` cannot hit", node.name, kind.with_article()),
            hint,
        ))
    };
    match fault {
        Fault::Errors { .. } | Fault::BlackHole if matches!(kind, NodeKind::Server(_)) => {
            cannot("hit what stands on it, or let it `fail`, `hang` or be `slow`")
        }
        Fault::FullDisk
            if !matches!(kind, NodeKind::Server(_) | NodeKind::Database(_) | NodeKind::Storage(_)) =>
        {
            cannot("servers, databases and storage have disks")
        }
        Fault::DnsOutage if !matches!(kind, NodeKind::Dns(_)) => cannot("name a `dns` node"),
        Fault::ExpiredCertificate if !matches!(kind, NodeKind::WebServer(_) | NodeKind::LoadBalancer(_)) => {
            cannot("web servers and load balancers show certificates")
        }
        Fault::Leak { .. } if node.memory_limit(&targets.directory.nodes).is_none() => {
            let problem = format!("nothing limits the memory of `{}`", node.name);
            Err(Refusal::new(problem, "let it stand on a server with `memory: 4GiB`"))
        }
        Fault::DataLoss if !targets.directory.has_backup(id) => {
            let problem = format!("`{}` has no backup to come from", node.name);
            Err(Refusal::new(problem, "give it `backup: { every: 1d, restore: 2h }`"))
        }
        Fault::Failover if !matches!(kind, NodeKind::Database(_)) => cannot("databases fail over"),
        Fault::Failover if !targets.directory.is_replicated(id) => {
            let problem = format!("`{}` follows no primary, and none follows it", node.name);
            Err(Refusal::new(
                problem,
                "give it `replicas: 2` and `replication: { failover: 30s }`, or its group",
            ))
        }
        Fault::Crash
        | Fault::Hang
        | Fault::Slow { .. }
        | Fault::Errors { .. }
        | Fault::BlackHole
        | Fault::FullDisk
        | Fault::Leak { .. }
        | Fault::DataLoss
        | Fault::Delay { .. }
        | Fault::Loss { .. }
        | Fault::Throttle { .. }
        | Fault::Partition
        | Fault::DnsOutage
        | Fault::ExpiredCertificate
        | Fault::Failover => Ok(()),
    }
}

/// "app", "app/2", "a -> b", "app and 3 more".
pub fn name_of(hit: &[FaultTarget], targets: &Targets) -> String {
    let first = hit.first().map_or(String::new(), |target| one_name(*target, targets.directory, targets));
    match hit.len() {
        0 | 1 => first,
        count => format!("{first} and {} more", count - 1),
    }
}

fn one_name(target: FaultTarget, directory: &Directory, targets: &Targets) -> String {
    match target {
        FaultTarget::Node(id) => directory.get(id).name.clone(),
        FaultTarget::Replica(id, replica) => format!("{}/{replica}", directory.get(id).name),
        FaultTarget::Link(link) => {
            let link = &targets.links[link as usize];
            format!("{} -> {}", directory.get(link.from).name, directory.get(link.to).name)
        }
    }
}
