//! Which changes come first: by what they do for users, then by price.

use super::answer::{Best, Tried};
use super::judging::{Verdict, promise};
use std::cmp::Ordering;

/// Changes that gain nearly as much as the best are as good.
const AS_GOOD: f64 = 0.02;

/// Those that help come first, and among these those that rest on no assumption; all that gain nearly
/// as much as the best that is left stand by what they cost.
pub fn in_order_of_worth(mut tried: Vec<Tried>) -> Vec<Tried> {
    tried.sort_by(|a, b| rank(a).cmp(&rank(b)).then(gained(b).total_cmp(&gained(a))));
    let mut ordered: Vec<Tried> = Vec::with_capacity(tried.len());
    while !tried.is_empty() {
        let (first, most) = (rank(&tried[0]), gained(&tried[0]));
        let is_as_good = |one: &&Tried| rank(one) == first && nearly(gained(one), most);
        let length = tried.iter().take_while(is_as_good).count().max(1);
        let mut alike: Vec<Tried> = tried.drain(..length).collect();
        if alike[0].verdict == Verdict::Helps {
            alike.sort_by(by_price);
        }
        ordered.append(&mut alike);
    }
    ordered
}

/// What helps most, alone or with another: first of what meets the goals, if anything does. Of what is
/// as good, the cheapest, and the least that has to be done.
pub fn best(tried: &[Tried], together: &[Tried]) -> Option<Best> {
    let alone = tried.iter().enumerate().map(|(place, one)| (Best::Tried(place), one));
    let coupled = together.iter().enumerate().map(|(place, two)| (Best::Together(place), two));
    let helps: Vec<(Best, &Tried)> =
        alone.chain(coupled).filter(|(_, one)| one.verdict == Verdict::Helps).collect();
    let mut left = helps;
    for is_better in [|one: &Tried| !one.is_assumed(), |one: &Tried| one.meets_goals() == Some(true)] {
        if left.iter().any(|(_, one)| is_better(one)) {
            left.retain(|(_, one)| is_better(one));
        }
    }
    let most = left.iter().map(|(_, one)| gained(one)).fold(f64::NEG_INFINITY, f64::max);
    left.retain(|(_, one)| nearly(gained(one), most));
    left.into_iter().min_by(|a, b| by_price(a.1, b.1)).map(|(place, _)| place)
}

/// Whether one change gains nearly as much as another, or more.
pub fn is_as_good(one: &Tried, other: &Tried) -> bool {
    nearly(gained(one), gained(other))
}

fn nearly(gained: f64, most: f64) -> bool {
    most - gained <= AS_GOOD * most.abs()
}

/// Goals first, then what it costs, then how much has to be done, then what users gain all the same.
fn by_price(a: &Tried, b: &Tried) -> Ordering {
    let misses = |one: &Tried| one.meets_goals() == Some(false);
    let price = |one: &Tried| one.price_per_month.unwrap_or(0.0);
    misses(a)
        .cmp(&misses(b))
        .then(price(a).total_cmp(&price(b)))
        .then(a.settings().count().cmp(&b.settings().count()))
        .then(gained(b).total_cmp(&gained(a)))
}

fn rank(tried: &Tried) -> (u8, bool) {
    let verdict = match tried.verdict {
        Verdict::Helps => 0,
        Verdict::CannotTell => 1,
        Verdict::NoDifference => 2,
        Verdict::Hurts => 3,
    };
    (verdict, tried.is_assumed())
}

fn gained(tried: &Tried) -> f64 {
    promise(&tried.figures)
}
