//! Round numbers, such as people buy and write.

/// What is counted one by one is bought in twos and threes; beyond, in round numbers.
const COUNTED_MOST: f64 = 64.0;
const MIB: f64 = 1_048_576.0;
const GIB: f64 = 1_073_741_824.0;
/// What a number may lie above a round one by rounding alone.
const ROUNDING: f64 = 1e-9;

/// The least of 1, 2, 3, 4, 6, 8, 12 … 64, 70, 100, 150, 200 … that is no less.
pub fn count(least: f64) -> u64 {
    let found = match least <= COUNTED_MOST {
        true => round(least, (1.0, 2.0), &[1.0, 1.5]),
        false => round(least, (10.0, 10.0), &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0]),
    };
    libm::ceil(found) as u64
}

/// A bandwidth of 1, 2, 5, 10 … bit/s, from bytes per second.
pub fn bandwidth(least_bytes_per_s: f64) -> String {
    let bits = round(least_bytes_per_s * 8.0, (1.0, 10.0), &[1.0, 2.0, 5.0]);
    spell_bandwidth(bits / 8.0)
}

/// `100Mbps`
pub fn spell_bandwidth(bytes_per_s: f64) -> String {
    const UNITS: [(&str, f64); 3] = [("Gbps", 1e9), ("Mbps", 1e6), ("kbps", 1e3)];
    let bits = bytes_per_s * 8.0;
    let found = UNITS.into_iter().find(|(_, unit)| bits >= *unit * (1.0 - ROUNDING));
    let (name, unit) = found.unwrap_or(("bps", 1.0));
    format!("{}{name}", digits(bits / unit))
}

/// The least of 1, 1.5, 2, 3, 5, 7, 10 … per second that is no less.
pub fn rate(least_per_s: f64) -> String {
    spell_rate(round(least_per_s, (1e-6, 10.0), &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0]))
}

pub fn spell_rate(per_s: f64) -> String {
    format!("{}/s", digits(per_s))
}

/// The largest rate with two digits that is no more.
pub fn rate_below(most_per_s: f64) -> f64 {
    let mut unit = 1.0;
    while most_per_s / unit >= 100.0 {
        unit *= 10.0;
    }
    while most_per_s / unit < 10.0 && unit > 1e-6 {
        unit /= 10.0;
    }
    libm::floor(most_per_s / unit * (1.0 + ROUNDING)) * unit
}

/// Memory of 1, 1.5, 2, 3, 4 … GiB.
pub fn size(least_bytes: f64) -> String {
    spell_size(round(least_bytes, (MIB, 2.0), &[1.0, 1.5]))
}

pub fn spell_size(bytes: f64) -> String {
    if bytes >= GIB { format!("{}GiB", digits(bytes / GIB)) } else { format!("{}MiB", digits(bytes / MIB)) }
}

/// A time of 1, 2, 5, 10 … milliseconds, seconds beyond.
pub fn time(least_s: f64) -> String {
    spell_time(round(least_s * 1e3, (1.0, 10.0), &[1.0, 2.0, 5.0]) / 1e3)
}

/// `30s`, `1.5s`, `200ms`
pub fn spell_time(seconds: f64) -> String {
    if seconds >= 1.0 { format!("{}s", digits(seconds)) } else { format!("{}ms", digits(seconds * 1e3)) }
}

/// From a smallest unit on, which grows by a factor.
fn round(least: f64, (mut unit, factor): (f64, f64), steps: &[f64]) -> f64 {
    const UNIT_MOST: f64 = 1e18;
    while unit < UNIT_MOST {
        let found = steps.iter().map(|step| step * unit).find(|value| *value >= least * (1.0 - ROUNDING));
        if let Some(value) = found {
            return value;
        }
        unit *= factor;
    }
    unit
}

/// Without idle zeros, at nine digits.
pub fn digits(value: f64) -> String {
    let rounded = format!("{value:.8e}").parse::<f64>().unwrap_or(value);
    format!("{rounded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_such_as_people_buy() {
        for (least, found) in [(0.3, 1), (1.0, 1), (1.1, 2), (5.0, 6), (12.0, 12), (64.0, 64), (65.0, 70)] {
            assert_eq!(count(least), found, "{least}");
        }
        assert_eq!([count(151.0), count(302.0), count(2_001.0)], [200, 500, 3_000]);
        assert_eq!(bandwidth(6_300_000.0 * 1.25), "100Mbps");
        assert_eq!(
            [bandwidth(125e6), bandwidth(100.0), spell_bandwidth(6_250_000.0)],
            ["1Gbps", "1kbps", "50Mbps"]
        );
        assert_eq!([rate(41.0), rate(0.2), spell_rate(rate_below(113.6))], ["50/s", "0.2/s", "110/s"]);
        assert_eq!([spell_rate(rate_below(9.99)), spell_rate(rate_below(100.0))], ["9.9/s", "100/s"]);
        assert_eq!([size(3e9), size(1e8), size(1.0)], ["3GiB", "96MiB", "1MiB"]);
        assert_eq!([time(0.03), time(0.9), time(7.0), time(0.000_1)], ["50ms", "1s", "10s", "1ms"]);
    }
}
