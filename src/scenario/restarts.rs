//! `restart` of nodes: whether systemd starts a process again that has died, and when it
//! gives that up.

use crate::nodes::NodeKind;
use crate::nodes::fields::Fields;
use crate::nodes::setting::{Setting, Takes};
use crate::parts::restart::RestartPolicy;

/// What every node that is a process has besides.
pub const SETTINGS: &[Setting] = &[
    Setting::optional(
        "restart",
        Takes::Word(&["always", "no"]),
        "whether systemd starts it again when it has died; if not given it does, as with Restart=always",
    ),
    Setting::optional(
        "restart_after",
        Takes::Duration,
        "from its death to its next start; 100ms if not given, systemd's RestartSec",
    ),
    Setting::optional(
        "restart_limit",
        Takes::Whole(1, 1_000),
        "after so many starts within `restart_within` it stays down; 5 if not given, systemd's StartLimitBurst",
    ),
    Setting::optional(
        "restart_within",
        Takes::Duration,
        "10s if not given, systemd's StartLimitIntervalSec; 0s: it is started however often it dies",
    ),
];

/// `None`: nobody starts it again.
pub fn read(fields: &mut Fields, kind: &NodeKind) -> Option<RestartPolicy> {
    let is_process = !matches!(kind, NodeKind::User(_) | NodeKind::Server(_) | NodeKind::Station(_));
    if !is_process {
        for setting in SETTINGS.iter().filter(|setting| fields.is_given(setting.name)) {
            let message = format!("{} is no process, and has no `{}`", kind.with_article(), setting.name);
            fields.context.problems.error_with_hint(fields.place(setting.name), message, "leave it out");
        }
        return None;
    }
    let is_started_again = fields.word("restart") == 0;
    if !is_started_again {
        for setting in SETTINGS[1..].iter().filter(|setting| fields.is_given(setting.name)) {
            let message = format!("`{}` says nothing of what is not started again", setting.name);
            let hint = "leave it out, or `restart: always`";
            fields.context.problems.error_with_hint(fields.place(setting.name), message, hint);
        }
        return None;
    }
    let usual = RestartPolicy::SYSTEMD;
    Some(RestartPolicy {
        after: fields.optional_duration("restart_after").unwrap_or(usual.after),
        starts_most: fields.optional_whole("restart_limit").unwrap_or(usual.starts_most),
        within: fields.optional_duration("restart_within").unwrap_or(usual.within),
    })
}
