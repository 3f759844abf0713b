//! How much more it carries, and what was lost in silence.

use super::claims::{Claim, Sentence};
use super::figure::{count, counted, share, three_digits};
use super::fullness::is_or_are;
use super::words::{and_more, span};
use crate::diagnosis::bottleneck::Trust;
use crate::diagnosis::{Diagnosis, SilentLoss};

/// Nodes that are named in one sentence.
const NODES_MOST: usize = 4;

pub fn headroom(diagnosis: &Diagnosis) -> Option<Sentence> {
    let headroom = diagnosis.headroom.as_ref()?;
    let first = &headroom.first;
    let claim = Claim::FullAt {
        resource: first.name.clone(),
        full_at_per_s: first.full_at_per_s,
        utilisation: first.utilisation,
    };
    let is = is_or_are(first.kind);
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

pub fn in_silence(diagnosis: &Diagnosis) -> Vec<Sentence> {
    let losses = &diagnosis.lost_in_silence;
    let unwanted = losses.iter().filter_map(|loss| match loss {
        SilentLoss::Unwanted { node, visits, share } => Some((node.as_str(), *visits, *share)),
        _ => None,
    });
    let unwanted: Vec<_> = unwanted.collect();
    let others = losses.iter().filter(|loss| !matches!(loss, SilentLoss::Unwanted { .. }));
    others.map(loss).chain((!unwanted.is_empty()).then(|| for_nobody(&unwanted))).collect()
}

/// `; writes to `mysql` failed for 30 s and 10 confirmed ones were lost`
pub(super) fn lost_writes(diagnosis: &Diagnosis) -> (String, Vec<Claim>) {
    let (mut text, mut claims) = (String::new(), Vec::new());
    for loss in &diagnosis.lost_in_silence {
        let SilentLoss::Writes { set, lost, without_primary_s, .. } = loss else { continue };
        let were = if *lost == 1 { "one was" } else { "ones were" };
        text.push_str(&match *without_primary_s {
            seconds if seconds > 0.0 => {
                format!(
                    "; writes to `{set}` failed for {} and {} confirmed {were} lost",
                    span(seconds),
                    count(*lost)
                )
            }
            _ => format!(
                "; {} of `{set}` that had been confirmed {} lost",
                counted(*lost, "write"),
                if *lost == 1 { "was" } else { "were" }
            ),
        });
        claims.push(Claim::Lost { node: set.clone(), number: *lost });
    }
    (text, claims)
}

/// Work that was finished for callers that had left.
fn for_nobody(unwanted: &[(&str, u64, f64)]) -> Sentence {
    let told = |(node, visits, part): &(&str, u64, f64)| {
        format!("{} at `{node}` ({})", counted(*visits, "visit"), share(*part))
    };
    let claims = unwanted.iter().map(|&(node, number, _)| Claim::Lost { node: node.to_owned(), number });
    let nodes = and_more(&unwanted.iter().map(told).collect::<Vec<_>>(), NODES_MOST);
    Sentence::new(format!("Work for callers that had left: {nodes}."), claims.take(NODES_MOST).collect())
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
        SilentLoss::Unwanted { node, visits, share: part } => {
            return for_nobody(&[(node.as_str(), *visits, *part)]);
        }
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
