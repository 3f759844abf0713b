//! What was tried, line by line, as it stands in tables for people.

use super::changes::label;
use super::figure::{count, difference, length, share, three_digits};
use super::words::span;
use crate::advice::{Advice, Figure, Tried, Verdict};

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
    let tried = advice.tried.iter().chain(couples).map(line);
    std::iter::once(first).chain(tried).collect()
}

fn line(tried: &Tried) -> Line {
    // As its sentence has it; the difference is that of its own pairs, of which others may have more.
    let now = |figure: Figure| tried.figure(figure)?.with_it.value;
    let points = tried.figure(Figure::Good).and_then(|good| {
        let by = &good.difference;
        Some(difference(by.value?, by.half_width, "share").replace(" points", ""))
    });
    Line {
        changes: tried.changes.iter().map(label).collect(),
        good: now(Figure::Good).map(share),
        by: points,
        p99: now(Figure::P99).map(length),
        down: now(Figure::Down).map(span),
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
