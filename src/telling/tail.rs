//! What the slowest requests of a run spent their time on, in a sentence.

use super::claims::Sentence;
use super::figure::{counted, length, share};
use super::words::and;

/// Parts that are told.
const PARTS_MOST: usize = 3;

/// The slowest of the good answers.
#[derive(Clone, Debug)]
pub struct Tail<'t> {
    /// This share of all, from this latency on.
    pub share: f64,
    pub least_ms: f64,
    pub requests: u64,
    /// Those that were looked at.
    pub followed: u64,
    pub parts: Vec<TailPart<'t>>,
}

/// `waiting for a full link`, so much of the time, while a fault was in force.
#[derive(Clone, Debug)]
pub struct TailPart<'t> {
    pub words: String,
    pub share: f64,
    pub during: Option<&'t str>,
}

/// Nothing where nothing is known of their time.
pub fn tail(tail: &Tail) -> Sentence {
    let part = |part: &TailPart| {
        let during = part.during.map_or(String::new(), |during| format!(" while `{during}` was in force"));
        format!("{} {}{during}", share(part.share), part.words)
    };
    let parts: Vec<String> = tail.parts.iter().take(PARTS_MOST).map(part).collect();
    if parts.is_empty() {
        return Sentence::default();
    }
    Sentence::bare(format!(
        "Of the time of the slowest {} (beyond {}) went {}.",
        share(tail.share),
        length(tail.least_ms),
        and(&parts)
    ))
}

pub fn how_sure(tail: &Tail) -> Sentence {
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

    #[test]
    fn the_largest_parts_are_told_with_what_was_in_force() {
        let part = |words: &str, share, during| TailPart { words: words.to_owned(), share, during };
        let told = Tail {
            share: 0.01,
            least_ms: 9_160.0,
            requests: 600,
            followed: 100,
            parts: vec![
                part("in line at `gunicorn`", 0.9, Some("surge 4x")),
                part("work at `gunicorn`", 0.06, None),
                part("work at `mysql`", 0.03, None),
                part("work at `nginx`", 0.01, None),
            ],
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
        assert!(tail(&Tail { parts: Vec::new(), ..told.clone() }).is_empty());
        assert_eq!(how_sure(&Tail { followed: 600, ..told }).text, "How sure: seen in all 600 requests.");
    }
}
