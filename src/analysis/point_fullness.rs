//! How full things were at one point of a study, over its runs.

use crate::parts::resource::ResourceKind;
use serde::Serialize;

/// A resource at a point.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fullness {
    /// `the workers of gunicorn`, `the link visitors -> server (answers)`
    pub name: String,
    pub kind: ResourceKind,
    /// The share in use at its fullest place, over all the time that counts and on average over the
    /// runs.
    pub in_use: f64,
    /// In so many of the runs it was what requests suffered from: full, and waiting for nothing else
    /// that was.
    pub short_in: usize,
    pub runs: usize,
}

/// All that is to be said of a point.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PointFullness {
    /// Those that were short in most of its runs; first what was so most.
    pub full: Vec<Fullness>,
    /// What is fullest there, whether it is full or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fullest: Option<Fullness>,
}

/// Something that is short at some of several points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShortSomewhere {
    pub name: String,
    pub kind: ResourceKind,
    pub points: usize,
}

/// What is short at any of these points, first what is so at most of them.
pub fn short_somewhere<'p>(points: impl Iterator<Item = &'p PointFullness>) -> Vec<ShortSomewhere> {
    let mut found: Vec<ShortSomewhere> = Vec::new();
    for full in points.flat_map(|point| &point.full) {
        match found.iter_mut().find(|known| known.name == full.name) {
            Some(known) => known.points += 1,
            None => found.push(ShortSomewhere { name: full.name.clone(), kind: full.kind, points: 1 }),
        }
    }
    found.sort_by_key(|short| std::cmp::Reverse(short.points));
    found
}
