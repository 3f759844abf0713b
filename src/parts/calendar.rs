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
    if let Some(written) = by_half_days(text) {
        let hint = format!("the clock has 24 hours: write {written}");
        return Err(BadQuantity { problem: format!("{} is no instant", quoted(text)), hint });
    }
    if !is_by_the_clock(text) {
        return parse_time(text);
    }
    let (day, within) = parse_clock(text)?;
    let (wanted, period) = match day {
        Some(day) => (day * DAY + within, WEEK),
        None => (within, DAY),
    };
    Ok((wanted + WEEK - starts % WEEK) % period)
}

/// Whether an instant is told by the clock on the wall, and not by what has passed since the start.
pub fn is_by_the_clock(text: &str) -> bool {
    text.contains(':')
}

/// "Sunday 14:30", for instants since Monday at midnight; without the day in the first one.
pub fn format_clock(instant: Time) -> String {
    let (day, within) = (instant / DAY % 7, instant % DAY);
    let clock = format!("{:02}:{:02}", within / HOUR, within % HOUR / MINUTE);
    match (day, within % MINUTE / SECOND) {
        (0, 0) => clock,
        (0, seconds) => format!("{clock}:{seconds:02}"),
        (day, _) => {
            let name = DAYS[day as usize];
            format!("{}{} {clock}", name[..1].to_uppercase(), &name[1..])
        }
    }
}

/// What "2pm" or "Sunday 11:30 am" is by a clock of 24 hours.
fn by_half_days(text: &str) -> Option<String> {
    let lower = text.trim().to_lowercase();
    let (rest, is_afternoon) = match (lower.strip_suffix("pm"), lower.strip_suffix("am")) {
        (Some(rest), _) => (rest, true),
        (None, rest) => (rest?, false),
    };
    let (day, clock) = match rest.trim().rsplit_once(' ') {
        Some((day, clock)) => (format!("{} ", text.trim()[..day.len()].trim()), clock),
        None => (String::new(), rest.trim()),
    };
    let mut parts = clock.split([':', '.']);
    let hours = two_digits(parts.next()?)?;
    let minutes = parts.next().map_or(Some(0), two_digits)?;
    if !(1..=12).contains(&hours) || minutes >= 60 {
        return None;
    }
    let hours = hours % 12 + if is_afternoon { 12 } else { 0 };
    Some(format!("{day}{hours:02}:{minutes:02}"))
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
    fn half_days_are_told_as_the_clock_has_them() {
        for (text, told) in [
            ("2pm", "14:00"),
            ("12 am", "00:00"),
            ("12PM", "12:00"),
            ("9:30 am", "09:30"),
            ("Sunday 3pm", "Sunday 15:00"),
        ] {
            let refused = parse_instant(text, 0).unwrap_err();
            assert!(refused.hint.ends_with(&format!("write {told}")), "{text}: {}", refused.hint);
            assert!(parse_instant(told, 0).is_ok());
        }
        assert!(parse_instant("13pm", 0).is_err() && parse_instant("pm", 0).is_err());
    }

    #[test]
    fn the_clock_is_written_as_it_is_read() {
        for text in ["00:00", "13:55", "23:59:30", "Sunday 03:00", "Friday 18:05"] {
            assert_eq!(format_clock(parse_time_of_week(text).unwrap()), text);
        }
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
