//! How balancing policies are spelled, wherever one can be set.

use super::fields::{Fields, Refusal};
use super::setting::Takes;
use crate::document::problem::did_you_mean;
use crate::kernel::time::Time;
use crate::parts::balance::Balance;

pub const TAKES: Takes = Takes::Form(
    "one of `round_robin`, `least_connections`, `random`, `two_choices`, `choices(3)`, `ip_hash`, `consistent_hash`",
);

const WORDS: &[(&str, Balance)] = &[
    ("round_robin", Balance::RoundRobin),
    ("least_connections", Balance::LeastConnections),
    ("least_conn", Balance::LeastConnections),
    ("random", Balance::Random),
    ("two_choices", Balance::Choices(2)),
    ("ip_hash", Balance::IpHash),
    ("consistent_hash", Balance::ConsistentHash),
];

pub fn parse(text: &str) -> Result<Balance, Refusal> {
    if let Some((_, balance)) = WORDS.iter().find(|(word, _)| *word == text) {
        return Ok(*balance);
    }
    let choices = text.strip_prefix("choices(").and_then(|rest| rest.strip_suffix(')'));
    if let Some(choices) = choices {
        return match choices.trim().parse::<u8>() {
            Ok(choices) if choices >= 1 => Ok(Balance::Choices(choices)),
            _ => Err(Refusal::new(
                format!("`{choices}` is no number of choices"),
                "between 1 and 255: `choices(3)`",
            )),
        };
    }
    let words: Vec<&str> = WORDS.iter().map(|(word, _)| *word).chain(["choices(3)"]).collect();
    Err(Refusal {
        problem: format!("there is no balancing policy `{text}`"),
        hint: did_you_mean(text, &words),
        place: None,
    })
}

/// `slow_start` of whoever spreads calls.
pub fn read_slow_start(fields: &mut Fields) -> Time {
    let slow_start = fields.duration("slow_start");
    let is_word = |word: &str| {
        fields.field("balance").and_then(|field| field.entry.scalar()).is_some_and(|text| text == word)
    };
    if slow_start > 0 && (is_word("ip_hash") || is_word("consistent_hash")) {
        fields.context.problems.error_with_hint(
            fields.place("slow_start"),
            "a hash sends a client to one peer or to another, and none by and by",
            "leave `slow_start` out, or balance by `least_connections`",
        );
    }
    let notices = [("max_fails", "0"), ("check", "false"), ("check", "no")];
    let is_blind = notices.iter().any(|&(name, off)| {
        fields.field(name).and_then(|field| field.entry.scalar()).is_some_and(|text| text == off)
    });
    if slow_start > 0 && is_blind {
        fields.context.problems.error_with_hint(
            fields.place("slow_start"),
            "whoever never looks whether a peer is there does not notice that it is back",
            "let `check` or `max_fails` be as they are",
        );
    }
    slow_start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_known_by_their_names() {
        assert_eq!(parse("least_conn").ok(), Some(Balance::LeastConnections));
        assert_eq!(parse("choices(5)").ok(), Some(Balance::Choices(5)));
        assert_eq!(parse("choices(0)").ok(), None);
        let refusal = parse("round-robin").expect_err("it is misspelt");
        assert_eq!(refusal.hint.as_deref(), Some("did you mean `round_robin`?"));
    }
}
