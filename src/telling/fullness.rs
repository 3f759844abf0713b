//! What is full at some point of a study, in words.

use super::claims::{Claim, StudyClaim};
use super::words::and;
use crate::analysis::point_fullness::{Fullness, PointFullness};
use crate::diagnosis::{FULL, FullResource};
use crate::parts::resource::ResourceKind;

/// Resources that are named.
pub(super) const NAMED_MOST: usize = 2;

/// `is`, or `are` where a resource has a name in the plural.
pub(super) fn is_or_are(kind: ResourceKind) -> &'static str {
    if kind.is_plural() { "are" } else { "is" }
}

pub(super) fn was_or_were(kind: ResourceKind) -> &'static str {
    if kind.is_plural() { "were" } else { "was" }
}

/// `the cores of server were full`, if anything was.
pub(super) fn were_full<'f>(full: impl Iterator<Item = &'f FullResource>) -> Option<String> {
    let full: Vec<&FullResource> = full.take(NAMED_MOST).collect();
    match full[..] {
        [] => None,
        [one] => Some(format!("{} {} full", one.name, was_or_were(one.kind))),
        _ => {
            let names: Vec<String> = full.iter().map(|one| one.name.clone()).collect();
            Some(format!("{} were full", and(&names)))
        }
    }
}

/// `the link visitors -> server (answers) is full there (100 %)`; `there` says where, if the sentence
/// does not.
pub(super) fn full(fullness: &PointFullness, there: &str, at: &str) -> (String, Vec<Claim>) {
    let named: Vec<&Fullness> = fullness.full.iter().take(NAMED_MOST).collect();
    let claims = named.iter().map(|full| claim(full, at)).collect();
    match named[..] {
        [] => fullest(fullness, there, at),
        [one] => (format!("{} {} full{there} ({})", one.name, is_or_are(one.kind), how_full(one)), claims),
        _ => {
            let told: Vec<String> =
                named.iter().map(|full| format!("{} ({})", full.name, how_full(full))).collect();
            (format!("{} are full{there}", and(&told)), claims)
        }
    }
}

/// Where nothing is.
fn fullest(fullness: &PointFullness, there: &str, at: &str) -> (String, Vec<Claim>) {
    let Some(fullest) = &fullness.fullest else {
        return (format!("nothing can be full{there}"), Vec::new());
    };
    let come = if is_or_are(fullest.kind) == "is" { "comes" } else { "come" };
    let text = format!("nothing is full{there}, and {} {come} nearest ({})", fullest.name, how_full(fullest));
    (text, vec![claim(fullest, at)])
}

/// `100 %`, `43 % on average`, `100 % in 4 of 5 runs`
fn how_full(full: &Fullness) -> String {
    let share = format!("{:.0} %", full.in_use * 100.0);
    match (full.in_use >= FULL, full.short_in) {
        (_, 0) => share,
        (_, short_in) if short_in < full.runs => format!("{share}, in {short_in} of {} runs", full.runs),
        (true, _) => share,
        // It was not full all the time that counts.
        (false, _) => format!("{share} on average"),
    }
}

fn claim(full: &Fullness, at: &str) -> Claim {
    let Fullness { name, in_use, short_in, runs, .. } = full.clone();
    Claim::OfStudy(StudyClaim::Short { resource: name, of: at.to_owned(), in_use, short_in, runs })
}
