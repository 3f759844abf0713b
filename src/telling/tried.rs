//! What was tried, line by line, as it stands in tables for people.

use super::changes::label;
use super::figure::{count, difference, length, share, three_digits};
use super::words::span;
use crate::advice::{Advice, AsItStands, Figure, Tried, Verdict};

/// A line of such a table; what is not known is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// A change, or two at once; nothing where no change was made.
    pub changes: Vec<String>,
    /// The share of good requests, and by how many points it differs.
    pub good: Option<String>,
    pub by: Option<String>,
    pub p99: Option<String>,
    pub down: Option<String>,
    /// What it costs more each month.
    pub price: Option<String>,
    /// With the number of pairs that it rests on.
    pub verdict: Option<(Verdict, String)>,
}

/// As it stands first, then each change, then the couples that do more than one change.
pub fn lines(advice: &Advice) -> Vec<Line> {
    let stands = &advice.as_it_stands;
    let first = Line {
        good: stands.good_share.map(share),
        p99: stands.p99_ms.map(length),
        down: stands.down_s.map(span),
        ..Line::default()
    };
    let couples = advice.together.iter().filter(|two| two.is_more_than_its_parts(&advice.tried));
    let tried = advice.tried.iter().chain(couples).map(|tried| line(stands, tried));
    std::iter::once(first).chain(tried).collect()
}

fn line(stands: &AsItStands, tried: &Tried) -> Line {
    let by = |figure: Figure| tried.figure(figure).map(|one| &one.difference);
    // Fewer pairs than others have tell how far it is from what they all have in common.
    let now = |figure: Figure, stands: Option<f64>| Some(stands? + by(figure)?.value?);
    let good = now(Figure::Good, stands.good_share);
    let points = by(Figure::Good)
        .and_then(|good| Some(difference(good.value?, good.half_width, "share").replace(" points", "")));
    Line {
        changes: tried.changes.iter().map(label).collect(),
        good: good.map(|good| share(good.clamp(0.0, 1.0))),
        by: points,
        p99: now(Figure::P99, stands.p99_ms).map(|p99| length(p99.max(0.0))),
        down: now(Figure::Down, stands.down_s).map(|down| span(down.max(0.0))),
        price: tried.price_per_month.map(|price| match price {
            0.0 => "0".to_owned(),
            price if price < 0.0 => format!("−{}", three_digits(-price)),
            price => format!("+{}", three_digits(price)),
        }),
        verdict: Some((tried.verdict, format!("{} ({})", word(tried.verdict), count(tried.pairs)))),
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Helps => "helps",
        Verdict::CannotTell => "cannot tell yet",
        Verdict::NoDifference => "no difference",
        Verdict::Hurts => "hurts",
    }
}
