//! What the slowest requests of a run spent their time on, in a sentence.

use super::claims::Sentence;
use super::figure::{counted, length, share};
use super::words::and;
use crate::analysis::tail::{TailPart, TailSummary};

/// Parts that are told.
const PARTS_MOST: usize = 3;

/// Nothing where nothing is known of their time.
pub fn tail(tail: &TailSummary) -> Sentence {
    let part = |part: &TailPart| {
        let during =
            part.during.as_ref().map_or(String::new(), |during| format!(" while `{during}` was in force"));
        format!("{} {}{during}", share(part.share), part.words())
    };
    let parts: Vec<String> = tail.parts.iter().take(PARTS_MOST).map(part).collect();
    if parts.is_empty() {
        return Sentence::default();
    }
    Sentence::bare(format!(
        "Of the time of the slowest {} (beyond {}) went {}.",
        share(tail.share),
        length(tail.latency_least_ms),
        and(&parts)
    ))
}

pub fn how_sure(tail: &TailSummary) -> Sentence {
    let text = match tail.followed < tail.requests {
        true => format!(
            "seen in {} of about {}, chosen by chance",
            counted(tail.followed, "request"),
            counted(tail.requests, "request")
        ),
        false => format!("seen in all {}", counted(tail.requests, "request")),
    };
    Sentence::bare(format!("How sure: {text}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::path::Cause;

    #[test]
    fn the_largest_parts_are_told_with_what_was_in_force() {
        let part = |cause, place: &str, share, during: Option<&str>| TailPart {
            cause,
            place: Some(place.to_owned()),
            during: during.map(str::to_owned),
            share,
            mean_ms: 0.0,
        };
        let told = TailSummary {
            share: 0.01,
            latency_least_ms: 9_160.0,
            requests: 600,
            followed: 100,
            parts: vec![
                part(Cause::Queue, "gunicorn", 0.9, Some("surge 4x")),
                part(Cause::Service, "gunicorn", 0.06, None),
                part(Cause::Service, "mysql", 0.03, None),
                part(Cause::Service, "nginx", 0.01, None),
            ],
            ..TailSummary::default()
        };
        assert_eq!(
            tail(&told).text,
            "Of the time of the slowest 1.00 % (beyond 9.16 s) went 90.0 % in line at `gunicorn` while `surge 4x` \
             was in force, 6.00 % work at `gunicorn` and 3.00 % work at `mysql`."
        );
        assert_eq!(
            how_sure(&told).text,
            "How sure: seen in 100 requests of about 600 requests, chosen by chance."
        );
        assert!(tail(&TailSummary { parts: Vec::new(), ..told.clone() }).is_empty());
        assert_eq!(
            how_sure(&TailSummary { followed: 600, ..told }).text,
            "How sure: seen in all 600 requests."
        );
    }
}
