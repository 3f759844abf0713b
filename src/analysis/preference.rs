//! Whether a variant is better than the first: by what matters most to users and can be told.

use super::comparison::{ComparedFigure, Variant, Verdict};
use serde::Serialize;

/// Whether users are served well; then how long the slowest wait; then what it costs.
pub const MATTER_MOST: [&str; 3] = ["availability", "p99", "cost"];

/// A variant, held against the first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preference {
    pub variant: String,
    pub stands: Stands,
    /// The figure by which that is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// Figures of all requests, those that matter most first.
    pub better_in: Vec<String>,
    pub worse_in: Vec<String>,
    pub cannot_tell: Vec<String>,
    pub alike: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    Better,
    Worse,
    /// Better in some and worse in others, of which none matters more.
    Mixed,
    /// The same in every run.
    Alike,
    CannotTell,
}

pub fn preferences(variants: &[Variant], figures: &[ComparedFigure]) -> Vec<Preference> {
    let mut of_all: Vec<&ComparedFigure> =
        figures.iter().filter(|figure| figure.class.is_none() && is_judged(figure)).collect();
    let rank = |figure: &ComparedFigure| {
        MATTER_MOST.iter().position(|name| *name == figure.name).unwrap_or(MATTER_MOST.len())
    };
    of_all.sort_by_key(|figure| rank(figure));
    let others = variants.iter().enumerate().skip(1);
    others.map(|(number, variant)| preference(&variant.name, number - 1, &of_all)).collect()
}

/// Of utilisations neither more nor less is better by itself.
fn is_judged(figure: &ComparedFigure) -> bool {
    let is_neither = |verdict: Verdict| matches!(verdict, Verdict::Higher | Verdict::Lower);
    !figure.name.ends_with("utilisation") && !figure.differences.iter().any(|found| is_neither(found.verdict))
}

fn preference(variant: &str, place: usize, figures: &[&ComparedFigure]) -> Preference {
    let named = |wanted: Verdict| -> Vec<String> {
        let found = figures.iter().filter(|figure| figure.differences[place].verdict == wanted);
        found.map(|figure| figure.name.clone()).collect()
    };
    let (better_in, worse_in) = (named(Verdict::Better), named(Verdict::Worse));
    let (cannot_tell, alike) = (named(Verdict::CannotTell), named(Verdict::Alike));
    let decides = |name: &&str| {
        let is_it = |names: &[String]| names.iter().any(|known| known == name);
        is_it(&better_in) || is_it(&worse_in)
    };
    let decided_by = MATTER_MOST.iter().find(|name| decides(name)).map(|name| (*name).to_owned());
    let stands = match &decided_by {
        Some(name) if better_in.contains(name) => Stands::Better,
        Some(_) => Stands::Worse,
        None => match (better_in.is_empty(), worse_in.is_empty()) {
            (false, true) => Stands::Better,
            (true, false) => Stands::Worse,
            (false, false) => Stands::Mixed,
            (true, true) if cannot_tell.is_empty() => Stands::Alike,
            (true, true) => Stands::CannotTell,
        },
    };
    Preference { variant: variant.to_owned(), stands, decided_by, better_in, worse_in, cannot_tell, alike }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::comparison::Difference;
    use crate::analysis::summary::Estimate;
    use Verdict::{Alike, Better, CannotTell, Lower, Worse};

    fn judged(verdicts: &[(&str, Verdict)]) -> Preference {
        let figure = |&(name, verdict): &(&str, Verdict)| ComparedFigure {
            name: name.to_owned(),
            class: None,
            asked_for: false,
            unit: "ms",
            means: vec![Estimate::default(); 2],
            differences: vec![Difference {
                estimate: Estimate::default(),
                relative: None,
                verdict,
                at_most: None,
                replications_needed: None,
                pairing_gain: None,
            }],
        };
        let figures: Vec<ComparedFigure> = verdicts.iter().map(figure).collect();
        let variant =
            |name: &str| Variant { name: name.to_owned(), file: String::new(), settings: Vec::new() };
        preferences(&[variant("as it stands"), variant("other")], &figures).remove(0)
    }

    #[test]
    fn who_is_served_counts_before_how_fast_and_that_before_what_it_costs() {
        let served = judged(&[("mean", Worse), ("p99", Worse), ("availability", Better), ("cost", Worse)]);
        assert_eq!((served.stands, served.decided_by.as_deref()), (Stands::Better, Some("availability")));
        assert_eq!(served.worse_in, ["p99", "cost", "mean"], "those that matter most come first");
        let faster =
            judged(&[("mean", Better), ("p99", Better), ("availability", CannotTell), ("cost", Worse)]);
        assert_eq!((faster.stands, faster.decided_by.as_deref()), (Stands::Better, Some("p99")));
        let cheaper =
            judged(&[("mean", Worse), ("p99", CannotTell), ("availability", Alike), ("cost", Better)]);
        assert_eq!((cheaper.stands, cheaper.decided_by.as_deref()), (Stands::Better, Some("cost")));
    }

    #[test]
    fn what_cannot_be_told_is_not_preferred() {
        let open = judged(&[("p99", CannotTell), ("availability", Alike)]);
        assert_eq!((open.stands, open.decided_by), (Stands::CannotTell, None));
        assert_eq!(judged(&[("p99", Alike), ("availability", Alike)]).stands, Stands::Alike);
        let less = [("p99", CannotTell), ("mean", Better), ("p50", Worse), ("web utilisation", Lower)];
        assert_eq!(judged(&less).stands, Stands::Mixed);
        assert_eq!(judged(&less[..2]).stands, Stands::Better, "nothing that matters more tells otherwise");
    }
}
