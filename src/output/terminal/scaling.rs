//! What autoscaling did.

use super::figure::count;
use super::table::{Paint, painted, short_name};
use crate::analysis::summary::Summary;

pub fn scalings(summary: &Summary) -> String {
    let mut text = String::new();
    for node in &summary.scalings {
        let changes = match node.changes {
            0 => "never changed".to_owned(),
            1 => "changed once".to_owned(),
            changes => format!("changed {} times", count(changes)),
        };
        text.push_str(&format!(
            "  {} {:.1} of it on average, {} to {}, {changes}: {:.2} instance-hours\n",
            painted(&short_name(&node.name), Paint::Strong),
            node.mean,
            node.least,
            node.most,
            node.instance_hours,
        ));
    }
    text
}
