//! Wall-clock stamps, as logs write them, in nanoseconds since 1970.

use crate::kernel::time::{DAY, HOUR, MINUTE, SECOND, Time, from_seconds};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A stamp, and whether it is cut to the whole second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub nanoseconds: Time,
    pub whole_seconds: bool,
}

/// "21/Nov/2026:13:55:36 +0100", "2026-11-21T13:55:36.250+01:00" (also with a blank for
/// the T, with Z, or without a zone, which is then UTC), or seconds since 1970 such as
/// "1795269336.250".
pub fn read_stamp(text: &str) -> Option<Stamp> {
    let text = text.trim();
    if !text.is_ascii() || text.len() > 64 {
        return None;
    }
    if text.len() > 11 && text.as_bytes()[2] == b'/' {
        let month = MONTHS.iter().position(|month| *month == &text[3..6])? as u64 + 1;
        let (day, year) = (digits(&text[..2])?, digits(text.get(7..11)?)?);
        let rest = text[11..].strip_prefix(':')?;
        return time_of_day(year, month, day, rest);
    }
    if text.len() > 11 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-' {
        let (year, month, day) = (digits(&text[..4])?, digits(&text[5..7])?, digits(&text[8..10])?);
        let rest = text[10..].strip_prefix(['T', ' '])?;
        return time_of_day(year, month, day, rest);
    }
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let seconds = digits(whole).filter(|seconds| *seconds < 9_000_000_000)?;
    let whole_seconds = part.is_empty();
    Some(Stamp { nanoseconds: seconds * SECOND + fraction(part)?, whole_seconds })
}

/// "13:55:36.250 +0100" on a date.
fn time_of_day(year: u64, month: u64, day: u64, text: &str) -> Option<Stamp> {
    if !(1970..2200).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let clock = text.get(..8)?;
    if clock.as_bytes()[2] != b':' || clock.as_bytes()[5] != b':' {
        return None;
    }
    let (hour, minute, second) = (digits(&clock[..2])?, digits(&clock[3..5])?, digits(&clock[6..])?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let rest = &text[8..];
    let (part, zone) = match rest.strip_prefix(['.', ',']) {
        Some(rest) => {
            rest.split_at(rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len()))
        }
        None => ("", rest),
    };
    let local = days_since_1970(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * SECOND;
    let (east, shift) = zone_shift(zone.trim())?;
    let utc = if east { local.checked_sub(shift)? } else { local + shift };
    Some(Stamp { nanoseconds: utc + fraction(part)?, whole_seconds: part.is_empty() })
}

/// Whether the zone is east of Greenwich, and by how much.
fn zone_shift(zone: &str) -> Option<(bool, Time)> {
    if zone.is_empty() || zone == "Z" {
        return Some((true, 0));
    }
    let east = zone.starts_with('+');
    let numbers = zone.strip_prefix(['+', '-'])?.replace(':', "");
    if numbers.len() != 4 {
        return None;
    }
    Some((east, digits(&numbers[..2])? * HOUR + digits(&numbers[2..])? * MINUTE))
}

/// Days of the Gregorian calendar; the year is counted from March, so that the leap day
/// comes last.
fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let before_month = (153 * month + 2) / 5;
    year * 365 + year / 4 - year / 100 + year / 400 + before_month + day - 1 - 719_468
}

fn digits(text: &str) -> Option<u64> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The decimals of a second.
fn fraction(part: &str) -> Option<Time> {
    if part.is_empty() {
        return Some(0);
    }
    digits(&part[..part.len().min(18)])?;
    format!("0.{part}").parse().ok().map(from_seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_of_all_kinds_meet() {
        let expected = 1_795_265_736 * SECOND;
        for text in [
            "21/Nov/2026:13:55:36 +0100",
            "2026-11-21T12:55:36Z",
            "2026-11-21 13:55:36+01:00",
            "2026-11-21T07:55:36-0500",
            "1795265736",
        ] {
            assert_eq!(
                read_stamp(text),
                Some(Stamp { nanoseconds: expected, whole_seconds: true }),
                "{text}"
            );
        }
        let half = Some(Stamp { nanoseconds: expected + SECOND / 2, whole_seconds: false });
        assert_eq!(read_stamp("1795265736.500"), half);
        assert_eq!(read_stamp("2026-11-21T12:55:36.5Z"), half);
        assert_eq!(read_stamp("29/Feb/2024:00:00:00 +0000").unwrap().nanoseconds, 1_709_164_800 * SECOND);
        for text in [
            "",
            "x",
            "-1",
            "99/Nov/2026:13:55:36",
            "21/Foo/2026:13:55:36 +0100",
            "2026-11-21T25:00:00Z",
            "21/Nov/2026:13:55",
            "1.2.3",
            "ééééééééé",
        ] {
            assert_eq!(read_stamp(text), None, "{text}");
        }
    }
}
