//! Prices: so much for an hour or a month of something, or for so many bytes. The currency is
//! whatever the user counts in, and the same everywhere.

use super::{BadQuantity, Unit, bad, finite, quoted, scan_number, size_unit_bytes, start, time_unit};

/// A twelfth of 365 days, as clouds count it.
pub const HOURS_PER_MONTH: f64 = 730.0;

const MONTHS: [&str; 3] = ["month", "months", "mo"];

/// A price such as "0.10/h", "70/month" or "840/y", per hour.
pub fn parse_price(text: &str) -> Result<f64, BadQuantity> {
    const HINT: &str = "write it like 0.10/h, 2.40/d, 70/month or 840/y";
    let (value, unit) = split(text, "0.10/h", HINT)?;
    let hours = match unit {
        "m" => {
            let value = value.to_string();
            let hint = format!("write {value}/min or {value}/month");
            return Err(bad(format!("{} may be for a minute or for a month", quoted(text)), hint));
        }
        unit if MONTHS.contains(&unit) => HOURS_PER_MONTH,
        unit => match time_unit(unit) {
            Some(Unit::Times(seconds)) => seconds / 3_600.0,
            // Nobody is paid for less than a second.
            Some(Unit::Parts(_)) | None => {
                return Err(bad(format!("{} is no time that a price is for", quoted(unit)), HINT));
            }
        },
    };
    finite(text, value / hours)
}

/// A price such as "0.09/GB", per byte.
pub fn parse_price_of_bytes(text: &str) -> Result<f64, BadQuantity> {
    const HINT: &str = "write it like 0.09/GB or 90/TB";
    let (value, unit) = split(text, "0.09/GB", HINT)?;
    let bytes = size_unit_bytes(unit)
        .ok_or_else(|| bad(format!("{} is no number of bytes that a price is for", quoted(unit)), HINT))?;
    finite(text, value / bytes)
}

/// The number before the bar and the unit behind it.
fn split<'t>(text: &'t str, example: &str, hint: &str) -> Result<(f64, &'t str), BadQuantity> {
    let rest = start(text, "a price", example)?;
    let not_one = || bad(format!("{} is not a price", quoted(text)), hint);
    let number = rest.trim_start_matches(['$', '€', '£', '¥']);
    let (value, after) = scan_number(number.trim_start()).ok_or_else(not_one)?;
    match after.trim_start().split_once('/') {
        Some(("", unit)) if number.len() == rest.len() => Ok((value, unit.trim())),
        Some((currency, unit)) if currency.trim().chars().all(|letter| !letter.is_ascii_digit()) => {
            let hint = format!("write {value}/{}; `costs: {{ currency: EUR }}` names it", unit.trim());
            Err(bad(format!("{} names a currency", quoted(text)), hint))
        }
        None if after.is_empty() => Err(bad(format!("{} does not say for what", quoted(text)), hint)),
        _ => Err(not_one()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_say_for_what() {
        for (text, per_hour) in [
            ("0.10/h", 0.1),
            ("73/month", 0.1),
            ("2.4 / day", 0.1),
            ("876/y", 0.1),
            ("876/year", 0.1),
            ("1/min", 60.0),
            ("0/h", 0.0),
        ] {
            let found = parse_price(text).unwrap();
            assert!((found - per_hour).abs() < 1e-12, "{text}: {found}");
        }
        assert_eq!(parse_price_of_bytes("0.09/GB"), Ok(0.09 / 1e9));
        assert_eq!(parse_price_of_bytes("1/GiB"), Ok(1.0 / 1_073_741_824.0));
    }

    #[test]
    fn what_is_no_price_says_what_to_write() {
        for (text, problem, hint) in [
            ("70", "\"70\" does not say for what", "0.10/h"),
            ("70/m", "may be for a minute or for a month", "write 70/min or 70/month"),
            ("$70/month", "names a currency", "write 70/month"),
            ("70 EUR/month", "names a currency", "write 70/month"),
            ("70/EUR", "\"EUR\" is no time", "70/month"),
            ("70/ms", "\"ms\" is no time", "70/month"),
            ("-1/h", "is negative", "write a price like 0.10/h"),
            ("", "a price is missing", "0.10/h"),
            ("free", "is not a price", "0.10/h"),
            ("1e308/s", "is too large", "smaller"),
            ("1 2/h", "is not a price", "0.10/h"),
        ] {
            let error = parse_price(text).unwrap_err();
            assert!(error.problem.contains(problem), "{text}: {}", error.problem);
            assert!(error.hint.contains(hint), "{text}: {}", error.hint);
        }
        let error = parse_price_of_bytes("0.09/h").unwrap_err();
        assert!(error.problem.contains("no number of bytes"), "{}", error.problem);
    }
}
