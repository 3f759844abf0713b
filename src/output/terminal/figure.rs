//! Figures for people: three significant digits and a unit.

/// `31.2 ms`, `2.31 s`, `16.7 min`.
pub fn length(milliseconds: f64) -> String {
    let (name, unit_ms) = unit(milliseconds);
    format!("{} {name}", three_digits(milliseconds / unit_ms))
}

/// `1,234 requests`, `about 1,234 requests, of which 77 were followed`.
pub fn requests_followed(requests: u64, followed: u64) -> String {
    match (requests, followed) {
        (1, _) => "1 request".to_owned(),
        // Earlier versions looked at all rows and say nothing of it.
        (_, 0) => format!("{} requests", count(requests)),
        _ if followed < requests => {
            format!("about {} requests, of which {} were followed", count(requests), count(followed))
        }
        _ => format!("{} requests", count(requests)),
    }
}

/// `31.2 ±0.4 ms`; the spread has as many decimals as the value, or one more if it is small.
pub fn length_with_spread(milliseconds: f64, half_width: Option<f64>) -> String {
    let Some(half_width) = half_width else { return length(milliseconds) };
    let (name, unit_ms) = unit(milliseconds);
    let digits = three_digits(milliseconds / unit_ms);
    let spread = spread(half_width / unit_ms, decimals_of(&digits));
    // What is so small says nothing at these digits.
    let is_nothing = spread.bytes().all(|digit| digit == b'0' || digit == b'.');
    if is_nothing { format!("{digits} {name}") } else { format!("{digits} ±{spread} {name}") }
}

/// A figure in the unit that it is kept in: seconds, milliseconds, a share, or so many per
/// second or month.
pub fn in_unit(value: f64, half_width: Option<f64>, unit: &str) -> String {
    match (unit, half_width) {
        ("per month", Some(half_width)) => {
            format!("{} ±{}/month", three_digits(value), three_digits(half_width))
        }
        ("per month", None) => format!("{}/month", three_digits(value)),
        ("s", half_width) => length_with_spread(value * 1e3, half_width.map(|half_width| half_width * 1e3)),
        ("ms", half_width) => length_with_spread(value, half_width),
        ("share", half_width) => share_with_spread(value, half_width),
        (_, Some(half_width)) => format!("{} ±{}/s", three_digits(value), three_digits(half_width)),
        (_, None) => format!("{}/s", three_digits(value)),
    }
}

/// `−1.81 ±0.12 ms`, `+0.02 ±0.01 points` of a share: how far two figures are apart.
pub fn difference(value: f64, half_width: Option<f64>, unit: &str) -> String {
    let size = value.abs().max(half_width.unwrap_or(0.0));
    let (name, factor) = match unit {
        "ms" => {
            let (name, unit_ms) = self::unit(size);
            (format!(" {name}"), 1.0 / unit_ms)
        }
        "share" => (" points".to_owned(), 100.0),
        "per month" => ("/month".to_owned(), 1.0),
        _ => ("/s".to_owned(), 1.0),
    };
    let value = value * factor;
    if value == 0.0 && half_width.is_none_or(|half_width| half_width == 0.0) {
        return "0".to_owned();
    }
    // What is uncertain is told with two digits of its uncertainty, and what is certain with three.
    let (told, digits) = match half_width.map(|half_width| half_width * factor) {
        Some(half_width) if half_width > 0.0 => (half_width, 2),
        _ => (value.abs(), 3),
    };
    let decimals = (digits - 1 - libm::floor(libm::log10(told)) as i32).clamp(0, 6) as usize;
    let text = format!("{:.decimals$}", value.abs());
    let is_nothing = text.bytes().all(|digit| digit == b'0' || digit == b'.');
    let text = match value {
        _ if is_nothing => "0".to_owned(),
        value if value < 0.0 => format!("−{text}"),
        _ => format!("+{text}"),
    };
    match half_width {
        Some(half_width) if half_width > 0.0 => format!("{text} ±{:.decimals$}{name}", half_width * factor),
        _ => text + &name,
    }
}

/// The unit that suits a length, and its own length in milliseconds.
fn unit(milliseconds: f64) -> (&'static str, f64) {
    const UNITS: [(&str, f64); 6] =
        [("h", 3_600_000.0), ("min", 60_000.0), ("s", 1_000.0), ("ms", 1.0), ("µs", 1e-3), ("ns", 1e-6)];
    if milliseconds == 0.0 {
        return ("ms", 1.0);
    }
    let suits = |&(name, unit_ms): &(&str, f64)| {
        // Seconds are told in seconds up to two minutes.
        let least = if name == "min" { 1.995 } else { 0.999_5 };
        milliseconds / unit_ms >= least
    };
    UNITS.into_iter().find(suits).unwrap_or(("ns", 1e-6))
}

/// `99.98 %`: the share that is missing is told with two digits.
pub fn share(share: f64) -> String {
    format!("{:.*} %", share_decimals(share), share * 100.0)
}

/// `99.960 ±0.013 %`, or `99.996 (99.983–100) %` where ± would reach over all there is: no digits
/// that the spread makes meaningless.
pub fn share_with_spread(value: f64, half_width: Option<f64>) -> String {
    match half_width {
        // When all were good, the spread is below what anybody would read.
        Some(half_width) if half_width > 0.0 && value > 0.0 && value < 1.0 => {
            let decimals = share_decimals(value).min(spread_decimals(half_width * 100.0));
            let (low, high) = (value - half_width, value + half_width);
            if low < 0.0 || high > 1.0 {
                // The interval ends where no share can lie beyond.
                let low = if low > 0.0 { format!("{:.decimals$}", low * 100.0) } else { "0".to_owned() };
                let high = if high < 1.0 { format!("{:.decimals$}", high * 100.0) } else { "100".to_owned() };
                return format!("{:.decimals$} ({low}–{high}) %", value * 100.0);
            }
            format!("{:.decimals$} ±{} %", value * 100.0, spread(half_width * 100.0, decimals))
        }
        _ => share(value),
    }
}

/// `1 request`, `36,389 requests`
pub fn counted(number: u64, one: &str) -> String {
    format!("{} {one}{}", count(number), if number == 1 { "" } else { "s" })
}

/// `216,004`
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `59.5`, `0.312`; thousands are whole.
pub fn three_digits(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    // What rounds up to the next power of ten loses a decimal.
    let rounded: f64 = format!("{value:.2e}").parse().unwrap_or(value);
    let decimals = match rounded.abs() {
        size if size >= 1_000.0 => return count(value.round() as u64),
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    format!("{rounded:.decimals$}")
}

fn decimals_of(digits: &str) -> usize {
    digits.split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

fn spread(half_width: f64, decimals: usize) -> String {
    let text = format!("{half_width:.decimals$}");
    if text.bytes().all(|digit| digit == b'0' || digit == b'.') && half_width > 0.0 {
        // Nothing of it is left at these digits; one more says how small it is.
        let one_more = format!("{half_width:.*}", decimals + 1);
        if one_more.ends_with('0') { text } else { one_more }
    } else {
        text
    }
}

/// Those that show two digits of a spread.
fn spread_decimals(half_width: f64) -> usize {
    (1..=5).find(|&decimals| half_width * 10f64.powi(decimals) >= 9.5).unwrap_or(5) as usize
}

fn share_decimals(share: f64) -> usize {
    let missing = (1.0 - share).abs().min(share.abs()) * 100.0;
    match missing {
        0.0 => 0,
        missing if missing >= 9.95 => 1,
        missing if missing >= 0.095 => 2,
        missing if missing >= 0.0095 => 3,
        missing if missing >= 0.000_95 => 4,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_three_digits_and_the_unit_that_suits_them() {
        for (milliseconds, text) in [
            (0.0, "0 ms"),
            (0.000_001, "1.00 ns"),
            (0.25, "250 µs"),
            (1.0, "1.00 ms"),
            (31.2345, "31.2 ms"),
            (99.96, "100 ms"),
            (999.6, "1.00 s"),
            (61_000.0, "61.0 s"),
            (1_002_000.0, "16.7 min"),
            (7_200_000.0, "2.00 h"),
        ] {
            assert_eq!(length(milliseconds), text);
        }
        assert_eq!(length_with_spread(31.2345, Some(0.41)), "31.2 ±0.4 ms");
        assert_eq!(length_with_spread(1_234.0, Some(456.0)), "1.23 ±0.46 s");
        assert_eq!(length_with_spread(31.2345, Some(0.014)), "31.2 ±0.01 ms");
        assert_eq!(length_with_spread(31.2345, Some(1e-9)), "31.2 ms");
        assert_eq!(length_with_spread(31.2345, None), "31.2 ms");
    }

    #[test]
    fn shares_tell_how_much_is_missing() {
        for (value, text) in
            [(1.0, "100 %"), (0.0, "0 %"), (0.99984, "99.984 %"), (0.9921, "99.21 %"), (0.5, "50.0 %")]
        {
            assert_eq!(share(value), text);
        }
        assert_eq!(share_with_spread(0.9921, Some(0.0012)), "99.21 ±0.12 %");
        assert_eq!(share_with_spread(0.999_956, Some(0.000_131)), "99.996 (99.983–100) %");
        assert_eq!(share_with_spread(1.0, Some(0.0001)), "100 %");
        assert_eq!(share_with_spread(0.9998, Some(0.0007)), "99.980 (99.910–100) %");
        assert_eq!(share_with_spread(0.002, Some(0.004)), "0.20 (0–0.60) %");
        assert_eq!(share_with_spread(0.5, Some(0.7)), "50.0 (0–100) %");
    }

    #[test]
    fn differences_have_a_sign_and_the_digits_that_are_known() {
        for (value, half_width, unit, text) in [
            (-1.814, Some(0.123), "ms", "−1.81 ±0.12 ms"),
            (1_234.0, Some(56.0), "ms", "+1.234 ±0.056 s"),
            (0.0002, Some(0.001), "share", "+0.02 ±0.10 points"),
            (12.3456, None, "per month", "+12.3/month"),
            (-40.0, Some(0.0), "per month", "−40.0/month"),
            (0.0, Some(0.0), "ms", "0"),
            (0.000_01, Some(2.0), "per s", "0 ±2.0/s"),
            (-3.0, Some(120.0), "per s", "−3 ±120/s"),
        ] {
            assert_eq!(difference(value, half_width, unit), text);
        }
    }

    #[test]
    fn counts_have_separators() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(216_004), "216,004");
        assert_eq!(count(1_000_000), "1,000,000");
        assert_eq!(three_digits(0.0312), "0.031");
        assert_eq!(three_digits(12_345.6), "12,346");
    }
}
