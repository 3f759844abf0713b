//! Why a study has no more runs, in words.

use crate::analysis::shard::AS_ASKED;
use crate::experiment::study::StudyEnd;
use crate::parts::quantity::format_duration;
use std::time::Duration;

/// `has_goals`: the runs were not counted beforehand.
pub fn why_no_more(end: StudyEnd, has_goals: bool, is_stopped: bool, limit: Option<Duration>) -> String {
    match end {
        StudyEnd::Enough if has_goals => "as many as the goals need".to_owned(),
        StudyEnd::Enough => AS_ASKED.to_owned(),
        StudyEnd::RunsMost => "which is all that --at-most allows".to_owned(),
        StudyEnd::BrokenOff if is_stopped => "then stopped by the user".to_owned(),
        StudyEnd::BrokenOff => {
            let limit_s = limit.unwrap_or_default().as_secs_f64();
            format!("then the time limit of {} was over", format_duration(limit_s))
        }
    }
}
