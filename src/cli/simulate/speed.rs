//! How fast a run is shown.

/// Simulated seconds per second.
pub const SPEED_LEAST: f64 = 1e-4;
pub const SPEED_MOST: f64 = 1e9;

/// `10x`, `0.5x`, `10`.
pub fn parse_speed(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix(['x', 'X', '×']).unwrap_or(text).trim();
    match number.parse::<f64>() {
        Ok(speed) if (SPEED_LEAST..=SPEED_MOST).contains(&speed) => Ok(speed),
        _ => Err(format!(
            "write simulated seconds per second, such as 10x (from {SPEED_LEAST}x to {SPEED_MOST:e}x)"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_numbers_that_make_sense() {
        assert_eq!(parse_speed("10x"), Ok(10.0));
        assert_eq!(parse_speed("0.5"), Ok(0.5));
        assert_eq!(parse_speed("1e6 x"), Ok(1e6));
        for wrong in ["", "x", "0x", "-1x", "nan", "inf", "1e300", "fast"] {
            assert!(parse_speed(wrong).is_err(), "{wrong}");
        }
    }
}
