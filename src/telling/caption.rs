//! Captions of pictures: what is to be seen in them.

use super::figure::counted;
use super::fullness::were_full;
use super::headline::{kind_name, why};
use super::words::{capital, span};
use crate::diagnosis::{Diagnosis, FullResource, PhaseKind};

/// `Down once, for 3 min 24 s: the workers of gunicorn were full. Slow once, for 46.2 s.`
/// Nothing where nobody has judged it.
pub fn felt(diagnosis: &Diagnosis) -> Option<String> {
    if diagnosis.phases.is_empty() {
        return None;
    }
    let kinds = [PhaseKind::Down, PhaseKind::Maintenance, PhaseKind::Failing, PhaseKind::Slow];
    let told = kinds.into_iter().filter_map(|kind| {
        let number = diagnosis.phases.iter().filter(|phase| phase.kind == kind).count() as u64;
        let often = match number {
            0 => return None,
            1 => "once".to_owned(),
            many => counted(many, "time"),
        };
        let why = why(diagnosis, kind).map_or(String::new(), |why| format!(": {why}"));
        let length = span(diagnosis.time_s(kind));
        Some(capital(&format!("{} {often}, for {length}{why}.", kind_name(kind))))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        return Some("Users felt nothing all along.".to_owned());
    }
    Some(told.join(" "))
}

/// `The cores of server were full while users felt it.`
pub fn full(diagnosis: &Diagnosis) -> Option<String> {
    let mut full: Vec<&FullResource> = Vec::new();
    for one in diagnosis.bad_phases().flat_map(|phase| phase.causes()) {
        if !full.iter().any(|known| known.name == one.name) {
            full.push(one);
        }
    }
    Some(capital(&format!("{} while users felt it.", were_full(full.into_iter())?)))
}
