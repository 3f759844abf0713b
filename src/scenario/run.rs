//! `run`: how long a scenario runs and what is left out of its statistics.

use super::model::{RunEnd, RunSettings, Warmup};
use crate::kernel::time::MINUTE;
use crate::nodes::fields::{Fields, Refusal};
use crate::nodes::setting::{Setting, Takes};
use crate::parts::calendar;
use crate::parts::fidelity::Fidelity;
use crate::parts::quantity;

pub const SETTINGS: &[Setting] = &[
    Setting::optional(
        "duration",
        Takes::Duration,
        "simulated time; 10m if neither this nor `requests` is given",
    ),
    Setting::optional(
        "requests",
        Takes::Whole(1, u32::MAX as u64 - 1),
        "ends when so many requests have ended, besides those of a warm-up given in requests",
    ),
    Setting::new(
        "warmup",
        Takes::Form("a duration, `1000 requests`, `auto` or `none`"),
        "auto",
        "spof: found by MSER-5",
        "what is left out of the statistics at the start",
    ),
    Setting::new("seed", Takes::Form("a whole number"), "1", "spof", "the same seed gives the same run"),
    Setting::optional(
        "bucket",
        Takes::Duration,
        "length of a line in timeline.csv; chosen if not given, and doubled as often as it takes to keep to 20,000 \
         lines, and to 500,000 in all tables by node and replica; the summary then says so",
    ),
    Setting::new(
        "starts",
        Takes::Form("a time of the week such as `Monday 08:00`"),
        "Monday 00:00",
        "spof",
        "what the clock says at the start, for a timeline that goes by the clock",
    ),
    Setting::new(
        "fidelity",
        Takes::Word(&["requests", "incidents", "components"]),
        "requests",
        "spof: all of them",
        "what is simulated: every request, those around incidents, or only what is up and what is down",
    ),
    Setting::new(
        "settle",
        Takes::Duration,
        "10m",
        "spof: longer than most backlogs",
        "fidelity incidents: how long nothing may have changed before requests are skipped",
    ),
    Setting::new(
        "lead",
        Takes::Duration,
        "2m",
        "spof: long enough to fill a site",
        "fidelity incidents: how long before a change requests are simulated again",
    ),
    Setting::new(
        "sample",
        Takes::Duration,
        "30m",
        "spof: enough for most percentiles",
        "fidelity incidents: the stretch of the steady state that stands for what is skipped",
    ),
];

const DURATION_DEFAULT: u64 = 10 * MINUTE;

pub fn read(fields: &mut Fields) -> RunSettings {
    let duration = fields.optional_duration("duration");
    let requests = fields.optional_whole("requests");
    if duration.is_some() && requests.is_some() {
        let message = "a run ends after a duration or after a number of requests, not both";
        fields.context.problems.error_with_hint(fields.place("requests"), message, "leave one of them out");
    }
    let end = match requests {
        Some(requests) => RunEnd::Requests(u64::from(requests)),
        None => RunEnd::After(duration.unwrap_or(DURATION_DEFAULT)),
    };
    let warmup = fields.parse("warmup", parse_warmup).unwrap_or(Warmup::Auto);
    let seed = fields.parse("seed", |text| {
        text.parse::<u64>()
            .map_err(|_| Refusal::new(format!("`{text}` is no seed"), "a whole number from 0 to 2^64 - 1"))
    });
    let bucket = fields.optional_duration("bucket");
    let starts = fields.parse("starts", |text| Ok(calendar::parse_time_of_week(text)?)).unwrap_or(0);
    check(fields, end, warmup, bucket);
    let fidelity = read_fidelity(fields, end);
    RunSettings { end, warmup, seed: seed.unwrap_or(1), bucket, starts, fidelity }
}

fn read_fidelity(fields: &mut Fields, end: RunEnd) -> Fidelity {
    let (settle, lead, sample) =
        (fields.duration("settle"), fields.duration("lead"), fields.duration("sample"));
    let fidelity = match fields.word("fidelity") {
        0 => Fidelity::Requests,
        1 => Fidelity::Incidents { settle, lead: lead.max(1), sample: sample.max(1) },
        _ => Fidelity::Components,
    };
    if let (true, RunEnd::Requests(_)) = (fidelity != Fidelity::Requests, end) {
        let message = "a run that skips requests cannot end after a number of them";
        let hint = "write `duration: 365d` instead of `requests`";
        fields.context.problems.error_with_hint(fields.place("requests"), message, hint);
    }
    fidelity
}

fn parse_warmup(text: &str) -> Result<Warmup, Refusal> {
    match text {
        "auto" => Ok(Warmup::Auto),
        "none" => Ok(Warmup::After(0)),
        _ => match text.strip_suffix("requests") {
            Some(count) => Ok(Warmup::Requests(quantity::parse_count(count.trim())?)),
            None => Ok(Warmup::After(quantity::parse_time(text)?)),
        },
    }
}

fn check(fields: &Fields, end: RunEnd, warmup: Warmup, bucket: Option<u64>) {
    let error = |setting: &str, message: &str, hint: &str| {
        fields.context.problems.error_with_hint(fields.place(setting), message, hint);
    };
    if end == RunEnd::After(0) {
        error("duration", "a run of no time shows nothing", "`duration: 10m`");
    }
    // A warm-up given in requests comes before the requests that are asked for.
    if let (RunEnd::After(end), Warmup::After(warmup)) = (end, warmup)
        && warmup >= end
    {
        error("warmup", "the warm-up takes the whole run", "make the run longer or the warm-up shorter");
    }
    const BUCKETS_MAX: u64 = 1_000_000;
    match (end, bucket) {
        (_, Some(0)) => error("bucket", "a bucket of no time holds nothing", "`bucket: 1s`"),
        (RunEnd::After(end), Some(bucket)) if end / bucket > BUCKETS_MAX => {
            error("bucket", "so short a bucket would give more than a million lines", "take a longer one");
        }
        _ => {}
    }
}
