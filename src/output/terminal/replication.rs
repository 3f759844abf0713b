//! What became of the writes to databases that follow a primary.

use super::figure::count;
use super::table::{Paint, painted, short_name};
use crate::analysis::summary::Summary;
use crate::kernel::time::to_seconds;
use crate::parts::quantity::format_duration;

pub fn replications(summary: &Summary) -> String {
    let mut text = String::new();
    for set in &summary.replications {
        let record = &set.record;
        let failovers = match record.failovers {
            0 => String::new(),
            1 => ", one failover".to_string(),
            many => format!(", {} failovers", count(many)),
        };
        let gone = match to_seconds(record.without_primary) {
            0.0 => String::new(),
            seconds => format!(", {} without a primary", format_duration((seconds * 10.0).round() / 10.0)),
        };
        let lost = format!("{} of {} writes lost", count(record.lost_writes), count(record.writes));
        let paint = if record.lost_writes > 0 { Paint::Bad } else { Paint::Faint };
        text.push_str(&format!(
            "  {} {}{}\n",
            painted(&short_name(&set.name), Paint::Strong),
            painted(&lost, paint),
            painted(&format!("{failovers}{gone}"), Paint::Faint),
        ));
        if record.replica_reads > 0 {
            text.push_str(&format!(
                "    {} of {} reads from replicas were stale: they missed their client's latest write\n",
                count(record.stale_reads),
                count(record.replica_reads),
            ));
        }
    }
    text
}
