//! `cache`: answers what it holds and calls on for what it does not.

use super::behaviour::{Answers, Behaviour, Calling};
use super::fields::{Fields, Refusal};
use super::setting::{Setting, Takes};
use crate::kernel::time::Time;
use crate::parts::quantity;

#[derive(Clone, Debug)]
pub struct Cache {
    pub holds: Holds,
    /// Answers with what has expired if what it calls fails.
    pub uses_stale: bool,
}

/// How the cache knows whether it has an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Holds {
    /// A given share of look-ups hit.
    Ratio(f64),
    /// The objects that fit, asked for with Zipf's popularity (weight of the i-th: 1/i^exponent).
    Objects {
        count: u32,
        exponent: f64,
        /// Places, the least recently used object leaving first; `None` for room for all.
        capacity: Option<u32>,
        /// Time to live from insertion; hits do not extend it.
        ttl: Option<Time>,
    },
}

impl Cache {
    pub fn behaviour(&self) -> Behaviour {
        Behaviour { calling: Calling { answers: Answers::PassOn, ..Calling::PLAIN }, ..Behaviour::OPEN }
    }
}

pub const SETTINGS: &[Setting] = &[
    Setting::optional("hit_ratio", Takes::Share, "share of look-ups that hit"),
    Setting::optional(
        "objects",
        Takes::Whole(1, 10_000_000),
        "how many objects are asked for (instead of `hit_ratio`)",
    ),
    Setting::new(
        "zipf",
        Takes::Form("a number from 0"),
        "1",
        "spof: Zipf's law",
        "exponent of the objects' popularity: the i-th is asked for in proportion to 1/i^zipf",
    ),
    Setting::optional(
        "capacity",
        Takes::Whole(1, 10_000_000),
        "objects that fit, the least recently used leaving first",
    ),
    Setting::optional("ttl", Takes::Duration, "how long an object stays, from its insertion"),
    Setting::new(
        "use_stale",
        Takes::Flag,
        "false",
        "nginx: proxy_cache_use_stale off",
        "answers with an object that has expired if what it calls fails",
    ),
    Setting::new(
        "boot",
        Takes::Duration,
        "100ms",
        "spof: it starts empty",
        "how long it takes from its start until it serves",
    ),
];

impl Cache {
    pub fn read(fields: &mut Fields) -> Cache {
        let ratio = fields.optional_share("hit_ratio");
        let count = fields.optional_whole("objects");
        let exponent = fields.parse("zipf", |text| match quantity::parse_number(text)? {
            exponent if (0.0..=100.0).contains(&exponent) => Ok(exponent),
            _ => Err(Refusal::new(
                format!("{text} is out of range"),
                "the exponent lies from 0 to 100, mostly near 1",
            )),
        });
        let objects = count.map(|count| Holds::Objects {
            count,
            exponent: exponent.unwrap_or(1.0),
            capacity: fields.optional_whole("capacity"),
            ttl: fields.optional_duration("ttl"),
        });
        let (problems, place) = (fields.context.problems, fields.span.clone());
        let holds = match (ratio, objects) {
            (Some(ratio), None) => Holds::Ratio(ratio),
            (None, Some(objects)) => objects,
            (ratio, _) => {
                let given = ratio.is_some() || fields.is_given("hit_ratio");
                let message = format!(
                    "{} has {} `hit_ratio` {} `objects`",
                    fields.title,
                    if given { "both" } else { "neither" },
                    if given { "and" } else { "nor" }
                );
                problems.error_with_hint(
                    place,
                    message,
                    "give either `hit_ratio: 80%`, or `objects` with `capacity` or `ttl`",
                );
                Holds::Ratio(0.0)
            }
        };
        if matches!(holds, Holds::Ratio(_)) {
            for name in ["capacity", "ttl"] {
                if fields.is_given(name) {
                    let message = format!("`{name}` says nothing beside `hit_ratio`");
                    problems.error_with_hint(fields.place(name), message, "leave one of them out");
                }
            }
        }
        let uses_stale = fields.flag("use_stale");
        if uses_stale && matches!(holds, Holds::Ratio(_)) && fields.is_given("hit_ratio") {
            let message = "with a `hit_ratio` nobody knows which objects have expired";
            let hint = "describe them: `objects: 10000, ttl: 60s` in place of `hit_ratio`";
            problems.error_with_hint(fields.place("use_stale"), message, hint);
        }
        Cache { holds, uses_stale }
    }
}
