//! The simulated week: a run starts on a Monday at midnight, or whenever it says, and what
//! happens in it may be given by the clock on the wall.

use super::quantity::{BadQuantity, parse_time, quoted};
use crate::kernel::time::{DAY, HOUR, MINUTE, SECOND, Time};

const WEEK: Time = 7 * DAY;

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const HINT: &str = "write it like 20m after the start, 14:00, or Sunday 03:00";

/// An instant such as "20m" (after the start), "14:00" or "Sunday 03:00" (the first one
/// from the start on), since the start of a run that starts at `starts` in the week.
pub fn parse_instant(text: &str, starts: Time) -> Result<Time, BadQuantity> {
    if !text.contains(':') {
        return parse_time(text);
    }
    let (day, within) = parse_clock(text)?;
    let (wanted, period) = match day {
        Some(day) => (day * DAY + within, WEEK),
        None => (within, DAY),
    };
    Ok((wanted + WEEK - starts % WEEK) % period)
}

/// A time of the week such as "Monday 08:00", since Monday at midnight.
pub fn parse_time_of_week(text: &str) -> Result<Time, BadQuantity> {
    match parse_clock(text)? {
        (Some(day), within) => Ok(day * DAY + within),
        (None, within) => Ok(within),
    }
}

/// The day of the week, if there is one, and the time of the day.
fn parse_clock(text: &str) -> Result<(Option<Time>, Time), BadQuantity> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (day, clock) = match words[..] {
        [clock] => (None, clock),
        [day, clock] => (Some(parse_day(day)?), clock),
        _ => return Err(bad(text)),
    };
    let parts: Option<Vec<Time>> = clock.split(':').map(two_digits).collect();
    match parts.as_deref() {
        Some(&[hours @ 0..24, minutes @ 0..60]) => Ok((day, hours * HOUR + minutes * MINUTE)),
        Some(&[hours @ 0..24, minutes @ 0..60, seconds @ 0..60]) => {
            Ok((day, hours * HOUR + minutes * MINUTE + seconds * SECOND))
        }
        _ => Err(bad(text)),
    }
}

/// A day by its name, or by the first three letters of it.
fn parse_day(text: &str) -> Result<Time, BadQuantity> {
    let lower = text.to_lowercase();
    let named = |day: &&str| **day == *lower || lower.len() == 3 && day.starts_with(&lower);
    DAYS.iter().position(named).map(|day| day as Time).ok_or_else(|| BadQuantity {
        problem: format!("{} is no day of the week", quoted(text)),
        hint: HINT.to_string(),
    })
}

fn two_digits(text: &str) -> Option<Time> {
    let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

fn bad(text: &str) -> BadQuantity {
    BadQuantity { problem: format!("{} is no instant", quoted(text)), hint: HINT.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_count_from_the_start() {
        assert_eq!(parse_instant("20m", 0), Ok(20 * MINUTE));
        assert_eq!(parse_instant("14:00", 0), Ok(14 * HOUR));
        assert_eq!(parse_instant("Sunday 03:00", 0), Ok(6 * DAY + 3 * HOUR));
        assert_eq!(parse_instant("sun 03:00:30", 0), Ok(6 * DAY + 3 * HOUR + 30 * SECOND));
        // From Friday 18:00 on, it is 20 hours to the next 14:00, and 6 to Saturday.
        let friday = parse_time_of_week("Friday 18:00").unwrap();
        assert_eq!(parse_instant("14:00", friday), Ok(20 * HOUR));
        assert_eq!(parse_instant("Sat 00:00", friday), Ok(6 * HOUR));
        assert_eq!(parse_instant("Friday 18:00", friday), Ok(0));
        assert_eq!(parse_instant("Friday 17:59", friday), Ok(WEEK - MINUTE));
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in
            ["", ":", "24:00", "12:60", "12:00:60", "Someday 12:00", "1:2:3:4", "Sun Mon 1:00", "123:00"]
        {
            assert!(parse_instant(text, 0).is_err(), "{text}");
            assert!(parse_time_of_week(text).is_err(), "{text}");
        }
    }
}
