//! Quantities for people, at three significant digits, and for files, exactly.

use super::{parse_duration, parse_share};

/// "250 ms", "1.5 s", "2 min".
pub fn format_duration(seconds: f64) -> String {
    const UNITS: [(&str, f64); 6] =
        [("d", 86_400.0), ("h", 3_600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3), ("us", 1e-6)];
    if let Some(word) = not_finite(seconds) {
        return word.to_string();
    }
    if seconds < 0.0 {
        return format!("-{}", format_duration(-seconds));
    }
    if seconds == 0.0 {
        return "0 s".to_string();
    }
    for (name, length) in UNITS {
        // Rounding comes first, so that 59.99 s reads as a minute, not as 60 s. The
        // margin is for 0.001, which is a little less than one millisecond as a float.
        let value = three_digits(seconds / length);
        if value >= 1.0 {
            return format!("{value} {name}");
        }
    }
    format!("{} ns", three_digits(seconds * 1e9))
}

/// A time of a day, or a longer one, to the second: "2m20s", "1d3h"; below a minute as any
/// duration.
pub fn format_span(seconds: f64) -> String {
    let whole = libm::round(seconds);
    if !(60.0..1e12).contains(&whole) {
        return format_duration(seconds);
    }
    let mut left = whole as u64;
    let mut text = String::new();
    for (unit, length) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
        if left >= length {
            text.push_str(&format!("{}{unit}", left / length));
            left %= length;
        }
    }
    text
}

/// "60/s", "1.2k/s", "3/min".
pub fn format_rate(per_second: f64) -> String {
    if let Some(word) = not_finite(per_second) {
        return word.to_string();
    }
    if per_second < 0.0 {
        return format!("-{}", format_rate(-per_second));
    }
    for (name, factor) in [("M/s", 1e-6), ("k/s", 1e-3), ("/s", 1.0), ("/min", 60.0), ("/h", 3_600.0)] {
        let value = three_digits(per_second * factor);
        if value >= 1.0 {
            return format!("{value}{name}");
        }
    }
    format!("{}/d", three_digits(per_second * 86_400.0))
}

/// "4 GiB" for whole multiples of 1024 bytes, "1.5 MB" for others.
pub fn format_size(bytes: u64) -> String {
    const BINARY: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    const DECIMAL: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    let (names, step) = if bytes.is_multiple_of(1024) { (BINARY, 1024.0) } else { (DECIMAL, 1000.0) };
    let mut value = bytes as f64;
    let mut rank = 0;
    while three_digits(value) >= step && rank + 1 < names.len() {
        value /= step;
        rank += 1;
    }
    format!("{} {}", three_digits(value), names[rank])
}

/// "70%", "12.3%"; close to 0% and 100% with the digits that tell it from them, as
/// "99.995%".
pub fn format_share(share: f64) -> String {
    if let Some(word) = not_finite(share) {
        return word.to_string();
    }
    let percent = share * 100.0;
    let distance = percent.abs().min((100.0 - percent).abs());
    let decimals =
        if distance <= 0.0 { 0.0 } else { (1.0 - libm::floor(libm::log10(distance))).clamp(1.0, 9.0) };
    let text = format!("{percent:.*}", decimals as usize);
    let short = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{short}%")
}

/// A duration spelled so that parsing gives back the very same float.
pub fn spell_duration(seconds: f64) -> String {
    const UNITS: [(&str, f64); 7] =
        [("d", 86_400.0), ("h", 3_600.0), ("m", 60.0), ("s", 1.0), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9)];
    if seconds == 0.0 {
        return "0s".to_string();
    }
    let natural = UNITS.iter().filter(|(_, length)| seconds >= *length * 0.999_999);
    for (name, length) in natural.take(3) {
        // Multiplying or dividing by the unit may be a rounding away from what was
        // written; fifteen digits are what a float keeps of any decimal number.
        let rounded = format!("{:.14e}", seconds / length).parse::<f64>().unwrap_or(seconds);
        let text = format!("{rounded}{name}");
        if text.len() <= 12 && parse_duration(&text) == Ok(seconds) {
            return text;
        }
    }
    if (1e-6..1e12).contains(&seconds) { format!("{seconds}s") } else { format!("{seconds:e}s") }
}

/// A share spelled so that parsing gives back the very same float.
pub fn spell_share(share: f64) -> String {
    let rounded = format!("{:.14e}", share * 100.0).parse::<f64>().unwrap_or(share);
    let text = format!("{rounded}%");
    if text.len() <= 12 && parse_share(&text) == Ok(share) { text } else { format!("{share:e}") }
}

/// The number rounded to three significant digits (whole above 1000), which prints
/// without idle zeros.
fn three_digits(value: f64) -> f64 {
    if value >= 1000.0 {
        return libm::round(value);
    }
    format!("{value:.2e}").parse().unwrap_or(value)
}

fn not_finite(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("undefined")
    } else if value.is_infinite() {
        Some(if value > 0.0 { "infinite" } else { "-infinite" })
    } else {
        None
    }
}
