//! Captions of pictures.

use super::headline::kind_name;
use super::words::{counted, span};
use crate::diagnosis::{Diagnosis, PhaseKind};

/// `Down once, for 3 min 24 s; slow for 46.2 s.`
pub fn felt(diagnosis: &Diagnosis) -> String {
    let kinds = [PhaseKind::Down, PhaseKind::Maintenance, PhaseKind::Failing, PhaseKind::Slow];
    let told = kinds.into_iter().filter_map(|kind| {
        let number = diagnosis.phases.iter().filter(|phase| phase.kind == kind).count() as u64;
        let often = match number {
            0 => return None,
            1 => "once".to_owned(),
            many => counted(many, "time"),
        };
        Some(format!("{} {often}, for {}", kind_name(kind), span(diagnosis.time_s(kind))))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        return "Users felt nothing all along.".to_owned();
    }
    let text = told.join("; ");
    let mut letters = text.chars();
    let text: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    format!("{text}.")
}
