//! `autoscale` of a node, as it is written.

use super::NodeKind;
use super::behaviour::UNLIMITED;
use super::fields::Fields;
use super::setting::{Setting, Takes};
use super::station::{Discipline, Station};
use crate::parts::autoscale::{Autoscale, Measure};

pub const AUTOSCALE: &[Setting] = &[
    Setting::new("minimum", Takes::Whole(1, 1_000_000), "1", "Kubernetes: minReplicas", "so many at least"),
    Setting::required("maximum", Takes::Whole(1, 1_000_000), "so many at most"),
    Setting::new(
        "target",
        Takes::Share,
        "80%",
        "kubectl autoscale: averageUtilization",
        "share of its slots that each is to have in use",
    ),
    Setting::optional("queue", Takes::Number, "visits in line for each, instead of `target`"),
    Setting::new(
        "every",
        Takes::Duration,
        "15s",
        "Kubernetes: --horizontal-pod-autoscaler-sync-period",
        "time from one decision to the next",
    ),
    Setting::new(
        "tolerance",
        Takes::Share,
        "10%",
        "Kubernetes: --horizontal-pod-autoscaler-tolerance",
        "so small a deviation changes nothing",
    ),
    Setting::new(
        "stabilisation",
        Takes::Duration,
        "300s",
        "Kubernetes: scaleDown.stabilizationWindowSeconds",
        "it shrinks to the most that was wanted in this time",
    ),
];

/// What is said of a node with so many replicas.
pub fn read(fields: &mut Fields, kind: &NodeKind, replicas: u32) -> Option<Autoscale> {
    if !fields.is_given("autoscale") {
        return None;
    }
    let (by_servers, initial) = match kind {
        NodeKind::Station(station) => (true, station.servers),
        _ => (false, replicas),
    };
    check_kind(fields, kind, replicas);
    let what = if by_servers { "servers" } else { "replicas" };
    fields.within("autoscale", |scale| {
        let (minimum, maximum) = (scale.whole("minimum"), scale.optional_whole("maximum")?);
        let (target, queue) = (scale.share("target"), scale.is_given("queue").then(|| scale.number("queue")));
        let (every, tolerance) = (scale.duration("every"), scale.share("tolerance"));
        let stabilisation = scale.duration("stabilisation");
        let problems = scale.context.problems;
        if initial < minimum || initial > maximum {
            let message = format!("it begins with {initial} {what}, and may have {minimum} to {maximum}");
            let hint = format!("`{what}` says with how many it begins");
            problems.error_with_hint(scale.place("maximum"), message, hint);
        }
        if every == 0 {
            let message = "it cannot decide all the time";
            problems.error_with_hint(scale.place("every"), message, "give it a duration such as `15s`");
        }
        if target <= 0.0 || target > 1.0 {
            let hint = "it is a share such as `80%`, or `queue` says how many may wait";
            problems.error_with_hint(scale.place("target"), "no such share can be in use", hint);
        }
        if queue.is_some() && scale.is_given("target") {
            let message = "`target` says nothing beside `queue`";
            problems.error_with_hint(scale.place("target"), message, "leave one of them out");
        }
        let measure = queue.map_or(Measure::Utilisation(target), Measure::Queue);
        Some(Autoscale { initial, minimum, maximum, measure, every, tolerance, stabilisation, by_servers })
    })
}

fn check_kind(fields: &Fields, kind: &NodeKind, replicas: u32) {
    let refused = match kind {
        NodeKind::Database(_) | NodeKind::Storage(_) => {
            Some(("what keeps data is not made more of by itself", "scale those that call it"))
        }
        NodeKind::Station(Station { servers: UNLIMITED, .. }) => {
            Some(("there are as many servers as anybody asks for", "give it `servers: 5`"))
        }
        NodeKind::Station(Station { discipline: Discipline::ProcessorSharing, .. }) => {
            Some(("servers that are shared cannot be made more of", "leave `discipline` out"))
        }
        NodeKind::Station(_) if replicas > 1 => Some((
            "of a station, servers are made more of, and not replicas",
            "leave `replicas` out, and say `servers`",
        )),
        _ => None,
    };
    if let Some((message, hint)) = refused {
        fields.context.problems.error_with_hint(fields.place("autoscale"), message, hint);
    }
}
