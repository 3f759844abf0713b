//! Times and lists in prose.

use super::figure;
use crate::parts::outcome::Outcome;

const UNITS: [(&str, u64); 4] = [("days", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];

/// `5 min 35 s`, `2 h`, `12.3 s`: two units at most.
pub fn span(seconds: f64) -> String {
    span_in(seconds, 2)
}

/// In no more than so many units.
fn span_in(seconds: f64, units: usize) -> String {
    if seconds < 60.0 {
        return match seconds {
            0.0 => "0 s".to_owned(),
            seconds => {
                let text = figure::length(seconds * 1e3);
                text.replace(".0 ", " ").replace(".00 ", " ")
            }
        };
    }
    let mut left = seconds.round() as u64;
    let mut parts = Vec::new();
    let first = UNITS.iter().position(|(_, length)| left >= *length).unwrap_or(UNITS.len() - 1);
    for (name, length) in UNITS.iter().skip(first).take(units) {
        let number = left / length;
        left %= length;
        if number > 0 {
            let name = if *name == "days" && number == 1 { "day" } else { name };
            parts.push(format!("{number} {name}"));
        }
    }
    parts.join(" ")
}

/// Both in the same units, of which the smallest is no longer than what lies between them.
pub fn span_apart(from_s: f64, to_s: f64) -> (String, String) {
    let smallest = |units: usize| {
        let first = UNITS.iter().position(|(_, length)| to_s >= *length as f64).unwrap_or(UNITS.len() - 1);
        UNITS[(first + units - 1).min(UNITS.len() - 1)].1 as f64
    };
    let is_fine = |units: &usize| smallest(*units) <= to_s - from_s;
    let units = (2..UNITS.len()).find(is_fine).unwrap_or(UNITS.len());
    (span_in(from_s, units), span_in(to_s, units))
}

/// As a sentence begins.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// `a, b and c`
pub fn and(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [many @ .., last] => format!("{} and {last}", many.join(", ")),
    }
}

/// The same with the rest counted where there are more than so many.
pub fn and_more(items: &[String], most: usize) -> String {
    if items.len() <= most {
        return and(items);
    }
    let mut shown = items[..most].to_vec();
    shown.push(format!("{} more", items.len() - most));
    and(&shown)
}

/// How a request failed, in words.
pub fn failure(name: &str) -> &str {
    let known = Outcome::ALL.into_iter().find(|outcome| outcome.name() == name);
    known.map_or(name, |outcome| outcome.meaning())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_people_tell_them() {
        for (seconds, text) in [
            (0.0, "0 s"),
            (0.25, "250 ms"),
            (35.0, "35 s"),
            (59.94, "59.9 s"),
            (60.0, "1 min"),
            (335.05, "5 min 35 s"),
            (3_600.4, "1 h"),
            (5_400.0, "1 h 30 min"),
            (90_061.0, "1 day 1 h"),
            (1e7, "115 days 17 h"),
        ] {
            assert_eq!(span(seconds), text);
        }
    }

    #[test]
    fn lists_end_with_and() {
        let items = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(and(&items), "a, b and c");
        assert_eq!(and_more(&items, 1), "a and 2 more");
        assert_eq!(and(&items[..1]), "a");
        assert_eq!(
            figure::counted(1, "outage") + ", " + &figure::counted(2_000, "request"),
            "1 outage, 2,000 requests"
        );
    }
}
