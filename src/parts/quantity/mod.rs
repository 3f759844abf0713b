//! Quantities as people write them: "250ms", "60/s", "4GiB", "100Mbps", "70%".
//!
//! A number without a unit is refused (except zero), since "250" means milliseconds to
//! one reader and seconds to the next.

mod price;
mod printing;
#[cfg(test)]
mod tests;

pub use price::{HOURS_PER_MONTH, parse_price, parse_price_of_bytes};
pub use printing::{
    format_duration, format_rate, format_share, format_size, format_span, spell_duration, spell_share,
};

use crate::kernel::time::{Time, from_seconds};

/// Why a text is not the quantity that was asked for, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadQuantity {
    pub problem: String,
    pub hint: String,
}

/// No duration is longer, so that an instant plus a duration never overflows the clock:
/// 2^62 nanoseconds, 146 years.
pub const LONGEST_SECONDS: f64 = (1u64 << 62) as f64 / 1e9;

/// Units of time, longest first, with their names and lengths. Units below a second are
/// given by how many of them a second holds: dividing by a whole number rounds
/// correctly, multiplying by 0.001 does not.
const TIME_UNITS: [(&[&str], Unit); 9] = [
    (&["y", "year", "years"], Unit::Times(365.0 * 86_400.0)),
    (&["w", "week", "weeks"], Unit::Times(7.0 * 86_400.0)),
    (&["d", "day", "days"], Unit::Times(86_400.0)),
    (&["h", "hour", "hours"], Unit::Times(3_600.0)),
    (&["m", "min", "minute", "minutes"], Unit::Times(60.0)),
    (&["s", "sec", "second", "seconds"], Unit::Times(1.0)),
    (&["ms"], Unit::Parts(1e3)),
    (&["us", "µs", "μs"], Unit::Parts(1e6)),
    (&["ns"], Unit::Parts(1e9)),
];

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    Times(f64),
    Parts(f64),
}

impl Unit {
    pub fn to_seconds(self, value: f64) -> f64 {
        match self {
            Unit::Times(factor) => value * factor,
            Unit::Parts(parts) => value / parts,
        }
    }
}

/// The unit of time that a name stands for: "ms", "min", "hours".
pub fn time_unit(name: &str) -> Option<Unit> {
    TIME_UNITS.iter().find(|(names, _)| names.contains(&name)).map(|&(_, unit)| unit)
}

/// A duration such as "250ms" or "1h30m", in seconds.
pub fn parse_duration(text: &str) -> Result<f64, BadQuantity> {
    let mut rest = start(text, "a duration", "250ms")?;
    let mut total_seconds = 0.0;
    let mut shortest_rank = None;
    while !rest.is_empty() {
        let (value, after) = scan_number(rest).ok_or_else(|| {
            bad(format!("{} is not a duration", quoted(text)), "write it like 250ms, 20s or 1h30m")
        })?;
        let after = after.trim_start();
        let (name, after) = scan_letters(after);
        if name.is_empty() {
            if value == 0.0 && shortest_rank.is_none() && after.is_empty() {
                return Ok(0.0);
            }
            return Err(without_unit(text, rest, after));
        }
        let rank = TIME_UNITS
            .iter()
            .position(|(names, _)| names.contains(&name))
            .ok_or_else(|| bad(format!("{} is not a unit of time", quoted(name)), unit_hint(name)))?;
        if shortest_rank.is_some_and(|shortest| rank <= shortest) {
            return Err(bad(
                format!("the units of {} do not go from long to short", quoted(text)),
                "write it like 1h30m or 2m15s",
            ));
        }
        shortest_rank = Some(rank);
        total_seconds += TIME_UNITS[rank].1.to_seconds(value);
        rest = after.trim_start();
    }
    if total_seconds > LONGEST_SECONDS {
        return Err(bad(
            format!("{} is longer than the clock can count", quoted(text)),
            "stay below 146 years",
        ));
    }
    Ok(total_seconds)
}

/// A duration, in whole nanoseconds.
pub fn parse_time(text: &str) -> Result<Time, BadQuantity> {
    parse_duration(text).map(from_seconds)
}

/// A rate such as "60/s", "3/min" or "1.2k/s", per second.
pub fn parse_rate(text: &str) -> Result<f64, BadQuantity> {
    const HINT: &str = "write it like 60/s, 3/min, 100/h or 1.2k/s";
    let rest = start(text, "a rate", "60/s")?;
    let not_a_rate = || bad(format!("{} is not a rate", quoted(text)), HINT);
    let (value, rest) = scan_number(rest).ok_or_else(not_a_rate)?;
    let (value, rest) = scan_thousands(value, rest.trim_start());
    if rest.is_empty() {
        if value == 0.0 {
            return Ok(0.0);
        }
        return Err(bad(
            format!("{} does not say per what", quoted(text)),
            format!("write {}/s or {}/min", text.trim(), text.trim()),
        ));
    }
    let name = rest.strip_prefix('/').ok_or_else(not_a_rate)?.trim();
    let unit = time_unit(name).ok_or_else(|| bad(format!("{} is not a unit of time", quoted(name)), HINT))?;
    let per_s = match unit {
        Unit::Times(seconds) => value / seconds,
        Unit::Parts(parts) => value * parts,
    };
    if per_s > RATE_MAX_PER_S {
        return Err(bad(
            format!("{} is more than the clock can tell apart", quoted(text)),
            "stay below 1e9/s: the clock counts nanoseconds",
        ));
    }
    Ok(per_s)
}

/// One in each nanosecond.
const RATE_MAX_PER_S: f64 = 1e9;

/// A size such as "4GiB", "50kB" or "512B", in bytes.
pub fn parse_size(text: &str) -> Result<u64, BadQuantity> {
    let rest = start(text, "a size", "4GiB")?;
    let (value, rest) = scan_number(rest)
        .ok_or_else(|| bad(format!("{} is not a size", quoted(text)), "write it like 512B, 50kB or 4GiB"))?;
    let name = rest.trim_start();
    if name.is_empty() && value == 0.0 {
        return Ok(0);
    }
    let bytes = value * size_unit_bytes(name).ok_or_else(|| bad_size_unit(text, name))?;
    // 2^64 as a float; anything below it fits.
    if bytes >= 18_446_744_073_709_551_616.0 {
        return Err(bad(format!("{} is too large", quoted(text)), "stay below 16 EiB"));
    }
    Ok((bytes + 0.5) as u64)
}

/// A bandwidth such as "100Mbps", "1Gbit/s" (bits) or "10MB/s" (bytes), in bytes per
/// second.
pub fn parse_bandwidth(text: &str) -> Result<f64, BadQuantity> {
    const HINT: &str = "write it like 100Mbit/s or 100Mbps (bits), or 10MB/s (bytes)";
    let rest = start(text, "a bandwidth", "100Mbit/s")?;
    let not_one = || bad(format!("{} is not a bandwidth", quoted(text)), HINT);
    let (value, rest) = scan_number(rest).ok_or_else(not_one)?;
    let rest = rest.trim_start();
    if rest.is_empty() && value == 0.0 {
        return Ok(0.0);
    }
    let unit = rest.strip_suffix("/s").or_else(|| rest.strip_suffix("ps")).ok_or_else(not_one)?.trim_end();
    let bits = unit.strip_suffix("bit").or_else(|| unit.strip_suffix('b'));
    let bytes_each = match bits {
        Some(prefix) => size_unit_bytes(&format!("{prefix}B")).map(|bytes| bytes / 8.0),
        None => size_unit_bytes(unit),
    };
    finite(text, value * bytes_each.ok_or_else(not_one)?)
}

/// A share such as "70%", "0.7" or "70/121", between 0 and 1.
pub fn parse_share(text: &str) -> Result<f64, BadQuantity> {
    let rest = start(text, "a share", "70%")?;
    let not_one = || bad(format!("{} is not a share", quoted(text)), "write it like 70%, 0.7 or 70/121");
    let (value, rest) = scan_number(rest).ok_or_else(not_one)?;
    let rest = rest.trim_start();
    let share = if rest.is_empty() {
        value
    } else if rest == "%" {
        value / 100.0
    } else {
        let (whole, after) =
            rest.strip_prefix('/').and_then(|rest| scan_number(rest.trim_start())).ok_or_else(not_one)?;
        if !after.trim().is_empty() {
            return Err(not_one());
        }
        if whole == 0.0 {
            return Err(bad(
                format!("{} divides by zero", quoted(text)),
                "write the whole below the bar, as in 70/121",
            ));
        }
        value / whole
    };
    if share <= 1.0 {
        return Ok(share);
    }
    let hint = if rest.is_empty() && share <= 100.0 {
        format!("write {}% if you mean a percentage", text.trim())
    } else {
        "stay between 0% and 100%".to_string()
    };
    Err(bad(format!("{} is more than the whole", quoted(text)), hint))
}

/// A whole number such as "512" or "20k".
pub fn parse_count(text: &str) -> Result<u64, BadQuantity> {
    let rest = start(text, "a count", "512")?;
    let not_one = || bad(format!("{} is not a whole number", quoted(text)), "write it like 4, 512 or 20k");
    let (value, rest) = scan_number(rest).ok_or_else(not_one)?;
    let (value, rest) = scan_thousands(value, rest.trim_start());
    if !rest.is_empty() || value != value.trunc() {
        return Err(not_one());
    }
    // Up to here every whole number has a float of its own.
    if value > 9_007_199_254_740_992.0 {
        return Err(bad(format!("{} is too large", quoted(text)), "stay below 9e15"));
    }
    Ok(value as u64)
}

/// A finite number without unit, of either sign, such as "1.5" or "-3".
pub fn parse_number(text: &str) -> Result<f64, BadQuantity> {
    let trimmed = text.trim();
    let (sign, digits) = trimmed.strip_prefix('-').map_or((1.0, trimmed), |digits| (-1.0, digits));
    match scan_number(digits) {
        Some((value, "")) => Ok(sign * value),
        Some((_, unit)) => Err(bad(
            format!("{} has a unit, {}, where a plain number is expected", quoted(text), quoted(unit)),
            "leave the unit out",
        )),
        None => Err(bad(format!("{} is not a number", quoted(text)), "write it like 2 or 1.5")),
    }
}

/// At most 40 characters of a text, in quotes.
pub fn quoted(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("\"{}…\"", &text[..end]),
        None => format!("\"{text}\""),
    }
}

/// The text without the blanks around it, or what is wrong before its first digit.
fn start<'t>(text: &'t str, what: &str, example: &str) -> Result<&'t str, BadQuantity> {
    let rest = text.trim();
    if rest.is_empty() {
        return Err(bad(format!("{what} is missing"), format!("write it like {example}")));
    }
    if rest.starts_with('-') {
        return Err(bad(format!("{} is negative", quoted(text)), format!("write {what} like {example}")));
    }
    Ok(rest)
}

/// The number at the start of a text, finite and not negative, and what follows it.
fn scan_number(text: &str) -> Option<(f64, &str)> {
    let bytes = text.as_bytes();
    let digits_from = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = digits_from(0);
    let mut digits = end;
    if bytes.get(end) == Some(&b'.') {
        let decimals = digits_from(end + 1);
        digits += decimals;
        end += 1 + decimals;
    }
    if digits == 0 {
        return None;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent_at = end + 1 + sign;
        let exponent_digits = if exponent_at <= bytes.len() { digits_from(exponent_at) } else { 0 };
        if exponent_digits > 0 {
            end = exponent_at + exponent_digits;
        }
    }
    let value = text[..end].parse::<f64>().ok().filter(|value| value.is_finite())?;
    Some((value, &text[end..]))
}

fn scan_letters(text: &str) -> (&str, &str) {
    let end = text.find(|character: char| !character.is_alphabetic()).unwrap_or(text.len());
    text.split_at(end)
}

fn scan_thousands(value: f64, rest: &str) -> (f64, &str) {
    let (factor, rest) = match rest.as_bytes().first() {
        Some(b'k') => (1e3, &rest[1..]),
        Some(b'M') => (1e6, &rest[1..]),
        _ => (1.0, rest),
    };
    (value * factor, rest.trim_start())
}

fn size_unit_bytes(name: &str) -> Option<f64> {
    Some(match name {
        "B" => 1.0,
        "kB" | "KB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "TB" => 1e12,
        "KiB" | "kiB" => 1024.0,
        "MiB" => 1_048_576.0,
        "GiB" => 1_073_741_824.0,
        "TiB" => 1_099_511_627_776.0,
        _ => return None,
    })
}

fn bad_size_unit(text: &str, name: &str) -> BadQuantity {
    let number = text.trim().strip_suffix(name).unwrap_or_default().trim_end();
    if name.is_empty() {
        return bad(
            format!("{} has no unit", quoted(text)),
            format!("write {0}B, {0}kB or {0}MiB", shortened(number)),
        );
    }
    let hint = match name.chars().next().map(|letter| letter.to_ascii_uppercase()) {
        Some(letter @ ('K' | 'M' | 'G' | 'T')) => {
            format!(
                "write {letter}iB for powers of 1024, or {}B for powers of 1000",
                if letter == 'K' { 'k' } else { letter }
            )
        }
        _ => "sizes are in B, kB, MB, GB, TB, KiB, MiB, GiB or TiB".to_string(),
    };
    bad(format!("{} is not a unit of size", quoted(name)), hint)
}

fn without_unit(text: &str, rest: &str, after: &str) -> BadQuantity {
    if !after.is_empty() {
        return bad(format!("{} is not a duration", quoted(text)), "write it like 250ms, 20s or 1h30m");
    }
    let number = shortened(rest.trim_end());
    bad(format!("{} has no unit", quoted(text)), format!("write {number}ms or {number}s"))
}

fn unit_hint(name: &str) -> String {
    let known = TIME_UNITS.iter().flat_map(|(names, _)| names.iter());
    match known.into_iter().find(|known| known.eq_ignore_ascii_case(name)) {
        Some(known) => format!("did you mean {known}?"),
        None => "times are in ns, us, ms, s, m, h, d, w or y".to_string(),
    }
}

/// A number that is echoed in a hint, unless it is too long to be of help.
fn shortened(number: &str) -> &str {
    if number.len() <= 20 { number } else { "1" }
}

fn finite(text: &str, value: f64) -> Result<f64, BadQuantity> {
    if value.is_finite() {
        return Ok(value);
    }
    Err(bad(format!("{} is too large", quoted(text)), "write a smaller number"))
}

fn bad(problem: impl Into<String>, hint: impl Into<String>) -> BadQuantity {
    BadQuantity { problem: problem.into(), hint: hint.into() }
}
