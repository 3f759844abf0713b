//! A change of a scenario: what it is, and the settings that make it, as `--set` takes them.

use crate::scenario::given::Settings;
use serde::{Deserialize, Serialize};

/// What sort of change it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// More of what was full.
    Capacity,
    /// A second of what has none, or something that stands by.
    Seconds,
    Retries,
    Timeouts,
    /// Shorter lines, and lines that are shed.
    Lines,
    /// Rate limits.
    Limits,
    /// How callers find out who is not well, and what they do then.
    Checks,
    Maintenance,
    Caches,
    /// Backups, and promotions of replicas.
    Data,
}

impl Family {
    pub const ALL: [Family; 10] = [
        Family::Capacity,
        Family::Seconds,
        Family::Retries,
        Family::Timeouts,
        Family::Lines,
        Family::Limits,
        Family::Checks,
        Family::Maintenance,
        Family::Caches,
        Family::Data,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Family::Capacity => "capacity",
            Family::Seconds => "seconds",
            Family::Retries => "retries",
            Family::Timeouts => "timeouts",
            Family::Lines => "lines",
            Family::Limits => "limits",
            Family::Checks => "checks",
            Family::Maintenance => "maintenance",
            Family::Caches => "caches",
            Family::Data => "data",
        }
    }
}

/// What is done, with names and values as they stand in the scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Remedy {
    /// Of something that there is only so much of.
    More {
        of: String,
        setting: String,
        from: String,
        to: String,
    },
    /// One more, and of what stands on it; both behind a new load balancer, where users would only ever
    /// come to the first.
    Second {
        node: String,
        with: Vec<String>,
        number: u32,
        is_balanced: bool,
    },
    Standby {
        node: String,
        with: Vec<String>,
    },
    NoRetries {
        caller: String,
        from: u32,
    },
    RetryBudget {
        caller: String,
        share: String,
    },
    Backoff {
        caller: String,
        base: String,
    },
    Retry {
        caller: String,
        number: u32,
    },
    LineLimit {
        node: String,
        places: u64,
    },
    /// `codel` or `adaptive_lifo`
    Shedding {
        node: String,
        by: String,
        target: String,
    },
    RateLimit {
        node: String,
        rate: String,
    },
    /// A caller makes no more calls at once, and the others wait with it.
    Bulkhead {
        caller: String,
        calls: u64,
    },
    Breaker {
        caller: String,
    },
    /// Another way of doing what is planned, after draining, and with so many more meanwhile.
    Planned {
        event: String,
        how: String,
        is_drained: bool,
        more: u32,
    },
    /// A new one, which answers so many look-ups by itself: an assumption, and no figure.
    Cache {
        before: String,
        hits: String,
    },
    Backup {
        node: String,
        every: String,
        restore: String,
    },
    /// A single setting that says what it is.
    Setting {
        of: String,
        setting: String,
        from: Option<String>,
        to: String,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub family: Family,
    pub remedy: Remedy,
    /// `gunicorn.workers=8`
    pub settings: Vec<String>,
}

impl Change {
    pub fn new(family: Family, remedy: Remedy, settings: Vec<String>) -> Change {
        Change { family, remedy, settings }
    }

    /// Whether what it does rests on a figure that nobody knows before it is done.
    pub fn is_assumed(&self) -> bool {
        matches!(self.remedy, Remedy::Cache { .. })
    }

    /// Whether both change the same setting, or one of them a part of what the other changes.
    pub fn clashes_with(&self, other: &Change) -> bool {
        let paths = |change: &Change| -> Vec<String> {
            change.settings.iter().map(|setting| path_of(setting).to_owned()).collect()
        };
        let is_within = |one: &str, other: &str| {
            one == other || one.strip_prefix(other).is_some_and(|rest| rest.starts_with('.'))
        };
        let others = paths(other);
        paths(self)
            .iter()
            .any(|one| others.iter().any(|other| is_within(one, other) || is_within(other, one)))
    }
}

/// Paths have no equals sign, and values may have some.
pub fn path_of(setting: &str) -> &str {
    setting.split_once('=').map_or(setting, |(path, _)| path)
}

/// As scenarios are loaded with them.
pub fn as_settings<'s>(settings: impl IntoIterator<Item = &'s String>) -> Settings {
    let split = |setting: &'s String| setting.split_once('=').unwrap_or((setting, ""));
    settings.into_iter().map(split).map(|(path, value)| (path.to_owned(), value.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(settings: &[&str]) -> Change {
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        Change::new(Family::Capacity, Remedy::Breaker { caller: String::new() }, settings)
    }

    #[test]
    fn changes_of_one_setting_do_not_go_together() {
        let workers = change(&["app.workers=8", "app.cost=2/h"]);
        assert!(workers.clashes_with(&change(&["db.max_connections=300", "app.cost=3/h"])));
        assert!(!workers.clashes_with(&change(&["app.workers_at_night=8", "web.workers=8"])));
        let whole = change(&["app.calls={ retries: 2 }"]);
        assert!(whole.clashes_with(&change(&["app.calls.timeout=1s"])));
        assert!(change(&["app.calls.timeout=1s"]).clashes_with(&whole));
        assert_eq!(as_settings(&["a.b=c=d".to_owned()]), [("a.b".to_owned(), "c=d".to_owned())]);
    }

    #[test]
    fn families_have_names_of_their_own() {
        for family in Family::ALL {
            assert_eq!(serde_json::to_value(family).unwrap(), family.name());
        }
    }
}
