//! `maintain` in a timeline: what is taken down, or changed, on purpose.

use super::model::{FaultTarget, How, Maintenance, Node, NodeId, RunEnd};
use super::nodes::Directory;
use super::targets::{self, Targets};
use super::timeline::Known;
use crate::kernel::time::Time;
use crate::nodes::NodeKind;
use crate::nodes::fields::{Context, Fields, Refusal, parse_factor, report_refusal};
use crate::nodes::setting::{Setting, Takes};
use crate::parts::release::Release;

pub const SETTINGS: &[Setting] = &[
    Setting::required("maintain", Takes::Form(targets::FORM), "what is worked on"),
    Setting::new("how", Takes::Word(HOWS), "restart", "spof: the simplest", "how it is done"),
    Setting::new(
        "takes",
        Takes::Duration,
        "0s",
        "spof: nothing but the time to boot",
        "how long each is down before it boots, or how long the new one takes to make",
    ),
    Setting::new("batch", Takes::Whole(1, 1_000_000), "1", "spof: one by one", "rolling: how many at a time"),
    Setting::new("pause", Takes::Duration, "0s", "spof", "rolling: the wait after each batch"),
    Setting::new(
        "surge",
        Takes::Whole(0, 1_000_000),
        "0",
        "spof: none",
        "rolling: how many more there are meanwhile, so that fewer are missing",
    ),
    Setting::new(
        "drain",
        Takes::Duration,
        "0s",
        "spof: nobody waits",
        "gets no new requests for so long before it goes; what is in flight may end",
    ),
    Setting::new("share", Takes::Share, "10%", "spof", "canary: what the new one gets at first"),
    Setting::new("bake", Takes::Duration, "10m", "spof", "canary: how long until it gets all"),
    Setting::optional("errors", Takes::Share, "canary: how many requests the new version fails"),
    Setting::optional(
        "slow",
        Takes::Form("a factor such as `2x`"),
        "canary: how much slower the new version is",
    ),
    Setting::new(
        "then",
        Takes::Word(&["all", "back"]),
        "all",
        "spof: nobody has looked",
        "canary: what follows; the new version gets all, or is taken back",
    ),
    Setting::optional("every", Takes::Duration, "is done again after so long: `7d` for each week"),
];

/// In the order of `How`.
const HOWS: &[&str] = &["stop_start", "restart", "reload", "rolling", "blue_green", "canary", "migrate"];

/// So often one entry is done again at most.
const ROUNDS_MAX: Time = 100_000;

/// The maintenance and what it is called; `None` if what is wrong has been told.
pub fn read(fields: &mut Fields, at: Time, known: Known, targets: &Targets) -> Option<(String, Maintenance)> {
    let entry = fields.form("maintain");
    let how =
        [How::StopStart, How::Restart, How::Reload, How::Rolling, How::BlueGreen, How::Canary, How::Migrate]
            [fields.word("how")];
    let mut maintenance = Maintenance {
        at,
        targets: Vec::new(),
        how,
        takes: fields.duration("takes"),
        batch: fields.whole("batch"),
        pause: fields.duration("pause"),
        extra: fields.whole("surge"),
        drain: fields.duration("drain"),
        share: fields.share("share"),
        bake: fields.duration("bake"),
        release: Release {
            errors: fields.optional_share("errors").unwrap_or(0.0),
            slowness: fields.parse("slow", parse_factor).unwrap_or(1.0),
        },
        goes_back: fields.word("then") == 1,
        every: fields.optional_duration("every"),
        rounds: 1,
    };
    let entry = entry?;
    maintenance.targets = targets.read("maintain", entry)?;
    for target in &maintenance.targets {
        if let Err(refusal) = check_target(known.directory, how, *target) {
            report_refusal(fields.context, entry, "maintain", refusal);
            return None;
        }
    }
    check_settings(fields, &maintenance);
    check_batch(fields, &maintenance, known.directory);
    maintenance.rounds = rounds(fields, &maintenance, known)?;
    let name = format!("{} {}", HOWS[how as usize], super::faults::name_of(&maintenance.targets, targets));
    Some((name, maintenance))
}

fn check_target(directory: &Directory, how: How, target: FaultTarget) -> Result<(), Refusal> {
    let (FaultTarget::Node(id) | FaultTarget::Replica(id, _)) = target else {
        return Err(Refusal::new("links are not maintained", "a `partition` cuts one"));
    };
    let node = directory.get(id);
    let cannot = |hint: &str| {
        let way = HOWS[how as usize];
        Err(Refusal::new(
            format!("`{}` is {}, which cannot {way}", node.name, node.kind.with_article()),
            hint,
        ))
    };
    let reloads =
        matches!(node.kind, NodeKind::WebServer(_) | NodeKind::AppServer(_) | NodeKind::LoadBalancer(_));
    match how {
        How::Reload if !reloads => cannot("web servers, application servers and load balancers reload"),
        How::Migrate if !matches!(node.kind, NodeKind::Database(_)) => cannot("databases migrate"),
        How::BlueGreen | How::Canary if matches!(node.kind, NodeKind::Server(_)) => {
            cannot("deploy what stands on it")
        }
        _ => Ok(()),
    }
}

/// A setting that this way of doing it does not look at is a misunderstanding.
fn check_settings(fields: &Fields, maintenance: &Maintenance) {
    let how = maintenance.how;
    let unused = |setting: &str| match setting {
        "batch" | "pause" | "surge" => how != How::Rolling,
        "share" | "bake" | "errors" | "slow" | "then" => how != How::Canary,
        "drain" => how == How::Migrate,
        _ => false,
    };
    for setting in ["batch", "pause", "surge", "share", "bake", "drain", "errors", "slow", "then"] {
        if fields.is_given(setting) && unused(setting) {
            let message = format!("`how: {}` has no `{setting}`", HOWS[how as usize]);
            fields.context.problems.error_with_hint(fields.place(setting), message, "leave it out");
        }
    }
    if matches!(how, How::StopStart | How::Migrate) && !fields.is_given("takes") {
        let message = format!("how long does this {} take?", HOWS[how as usize]);
        fields.context.problems.error_with_hint(fields.span.clone(), message, "give it `takes: 20s`");
    }
    if how == How::Canary && maintenance.share >= 1.0 {
        let message = "a canary that gets everything is none";
        fields.context.problems.error_with_hint(fields.place("share"), message, "`share: 10%`");
    }
}

fn check_batch(fields: &Fields, maintenance: &Maintenance, directory: &Directory) {
    if maintenance.how != How::Rolling {
        return;
    }
    let pool = pool(&directory.nodes, &maintenance.targets);
    if u64::from(maintenance.batch) > pool {
        let message = format!("a batch of {} is larger than the pool of {pool}", maintenance.batch);
        let hint = match pool {
            1 => "there is only one; `how: restart` says what this is".to_string(),
            _ => format!("take at most {pool}, or fewer so that some stay up"),
        };
        fields.context.problems.error_with_hint(fields.place("batch"), message, hint);
    } else if u64::from(maintenance.batch) == pool && maintenance.extra == 0 {
        let message = "all are down at once in such a batch";
        let hint = "take a smaller batch, more replicas, or `surge: 1`";
        fields.context.problems.warning(fields.place("batch"), message, hint);
    }
}

/// How many instances the targets are.
fn pool(nodes: &[Node], targets: &[FaultTarget]) -> u64 {
    let count = |target: &FaultTarget| match target {
        FaultTarget::Node(id) => u64::from(nodes[id.0 as usize].replicas),
        FaultTarget::Replica(..) => 1,
        FaultTarget::Link(_) => 0,
    };
    targets.iter().map(count).sum()
}

/// How often it is done before the run ends; `None` if that cannot be told.
fn rounds(fields: &Fields, maintenance: &Maintenance, known: Known) -> Option<u32> {
    let Some(every) = maintenance.every else { return Some(1) };
    let error = |message: String, hint: &str| {
        fields.context.problems.error_with_hint(fields.place("every"), message, hint);
        None
    };
    let RunEnd::After(end) = known.run.end else {
        return error(
            "what is done again needs a run with a `duration`".to_string(),
            "`run: { duration: 4w }`",
        );
    };
    if every == 0 || (end - maintenance.at.min(end)) / every >= ROUNDS_MAX {
        return error(format!("it would be done more than {ROUNDS_MAX} times"), "`every: 7d`");
    }
    Some(((end - maintenance.at.min(end)).div_ceil(every)).max(1) as u32)
}

/// How long it takes, from its first moment to its last.
pub fn length(maintenance: &Maintenance, nodes: &[Node]) -> Time {
    let boot = |target: &FaultTarget| match target {
        FaultTarget::Node(id) | FaultTarget::Replica(id, _) => nodes[id.0 as usize].boot,
        FaultTarget::Link(_) => 0,
    };
    let boot = maintenance.targets.iter().map(boot).max().unwrap_or(0);
    let each = maintenance.takes.saturating_add(boot).saturating_add(maintenance.drain);
    match maintenance.how {
        How::Rolling => {
            let batches = pool(nodes, &maintenance.targets).div_ceil(u64::from(maintenance.batch.max(1)));
            let pauses = maintenance.pause.saturating_mul(batches.saturating_sub(1));
            each.saturating_mul(batches).saturating_add(pauses)
        }
        How::Canary => each.saturating_add(maintenance.bake),
        How::Migrate => maintenance.takes,
        _ => each,
    }
}

/// Nobody maintains the same thing twice at once. `places` are those of the entries.
pub fn check_overlaps(
    context: Context,
    list: &[(&Maintenance, crate::document::value::Span)],
    directory: &Directory,
) {
    let mut stays: Vec<Stay> = Vec::new();
    const STAYS_MAX: usize = 1_000_000;
    for (number, (maintenance, place)) in list.iter().enumerate() {
        let length = length(maintenance, &directory.nodes);
        if maintenance.every.is_some_and(|every| length > every) {
            let message = "it is done again before it is done";
            let hint = "do it more seldom, or make it shorter";
            context.problems.error_with_hint(place.clone(), message, hint);
            return;
        }
        for round in 0..maintenance.rounds {
            let from = maintenance.start_of(round);
            for target in &maintenance.targets {
                let (FaultTarget::Node(node) | FaultTarget::Replica(node, _)) = *target else { continue };
                stays.push(Stay { node, from, until: from.saturating_add(length), target: *target, number });
            }
        }
        if stays.len() > STAYS_MAX {
            return;
        }
    }
    stays.sort_by_key(|stay| (stay.node, stay.from, stay.number));
    let mut told = rustc_hash::FxHashSet::default();
    let mut open: Vec<&Stay> = Vec::new();
    for stay in &stays {
        open.retain(|other| other.node == stay.node && other.until > stay.from);
        if let Some(other) = open.iter().find(|other| other.meets(stay))
            && told.insert((other.number, stay.number))
        {
            let message = format!(
                "`{}` is maintained already then, until {} after the start",
                directory.get(stay.node).name,
                crate::parts::quantity::format_span(crate::kernel::time::to_seconds(other.until))
            );
            let later = stay.number.max(other.number);
            let hint = "let one begin when the other has ended";
            context.problems.error_with_hint(list[later].1.clone(), message, hint);
        }
        open.push(stay);
    }
}

/// A stretch of time in which something is worked on.
struct Stay {
    node: NodeId,
    from: Time,
    until: Time,
    target: FaultTarget,
    number: usize,
}

impl Stay {
    /// Both work on the same instance, and not one after the other.
    fn meets(&self, other: &Stay) -> bool {
        match (self.target, other.target) {
            (FaultTarget::Replica(_, one), FaultTarget::Replica(_, two)) => one == two,
            _ => true,
        }
    }
}
