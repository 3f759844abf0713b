//! How much more it carries, and what was lost in silence.

use super::claims::{Claim, Sentence};
use super::figure::{counted, share, three_digits};
use super::words::span;
use crate::diagnosis::bottleneck::{Bottleneck, Trust};
use crate::diagnosis::{Diagnosis, SilentLoss};
use crate::parts::resource::ResourceKind;

pub fn headroom(diagnosis: &Diagnosis) -> Option<Sentence> {
    let headroom = diagnosis.headroom.as_ref()?;
    let first = &headroom.first;
    let claim = Claim::FullAt {
        resource: first.name.clone(),
        full_at_per_s: first.full_at_per_s,
        utilisation: first.utilisation,
    };
    let is = if is_plural(first) { "are" } else { "is" };
    let text = match headroom.trust {
        Trust::Seen => format!(
            "At this load ({}/s) {} {is} full already: {} in use.",
            three_digits(headroom.load_per_s),
            first.name,
            share(first.utilisation)
        ),
        Trust::Reckoned | Trust::Confirmed => {
            let known = match headroom.trust {
                Trust::Confirmed => "runs at that load confirm it".to_owned(),
                _ => "reckoned in proportion, and not tried yet".to_owned(),
            };
            format!(
                "As traffic grows, {} {is} full first, at about {} times this load ({}/s; {known}): {} in use at {}/s. \
                 Waits grow long before that.",
                first.name,
                three_digits(first.times),
                three_digits(first.full_at_per_s),
                share(first.utilisation),
                three_digits(headroom.load_per_s),
            )
        }
    };
    let next = headroom.next.as_ref().filter(|next| next.times > first.times);
    let next = next.map_or(String::new(), |next| {
        format!(" With more of it, {} would be next, at {} times.", next.name, three_digits(next.times))
    });
    Some(Sentence::new(text + &next, vec![claim]))
}

fn is_plural(bottleneck: &Bottleneck) -> bool {
    matches!(bottleneck.kind, ResourceKind::Cores | ResourceKind::Slots | ResourceKind::InFlight)
}

pub fn in_silence(diagnosis: &Diagnosis) -> Vec<Sentence> {
    diagnosis.lost_in_silence.iter().map(loss).collect()
}

fn loss(loss: &SilentLoss) -> Sentence {
    let (node, number, text) = match loss {
        SilentLoss::Background { node, lost, share: part } => (
            node,
            *lost,
            format!(
                "{} ({} of its visits) that `{node}` was to do in the background failed, and nobody was told.",
                counted(*lost, "piece of work").replace("piece of works", "pieces of work"),
                share(*part)
            ),
        ),
        SilentLoss::Optional { node, lost } => (
            node,
            *lost,
            format!(
                "{} of `{node}` failed, and requests were answered without them.",
                counted(*lost, "call")
            ),
        ),
        SilentLoss::Unwanted { node, visits, share: part } => (
            node,
            *visits,
            format!(
                "{} at `{node}` ({}) were finished for callers that had left: work for nobody.",
                counted(*visits, "visit"),
                share(*part)
            ),
        ),
        SilentLoss::Writes { set, lost, confirmed, without_primary_s } => {
            let failed = match *without_primary_s {
                seconds if seconds > 0.0 => format!("Writes to `{set}` failed for {} and", span(seconds)),
                _ => format!("Of `{set}`"),
            };
            (
                set,
                *lost,
                format!(
                    "{failed} {} that had been confirmed are gone, of {}.",
                    counted(*lost, "write"),
                    counted(*confirmed, "write")
                ),
            )
        }
        SilentLoss::Stale { set, reads } => (
            set,
            *reads,
            format!("{} of `{set}` missed what the same client had written.", counted(*reads, "read")),
        ),
    };
    Sentence::new(text, vec![Claim::Lost { node: node.clone(), number }])
}
