//! Numbers with decimals as text, rounded and printed as Rust does it, and faster where it can be told
//! at once what that comes to.

use super::number::{NUMBER_BYTES_MOST, Text};
use crate::kernel::time::Time;

/// How many nanoseconds a time is, if it is the number that is nearest to so many of them and has
/// as many digits as tell them apart.
fn whole(time: f64, per_unit: f64) -> Option<Time> {
    const MOST: f64 = (1u64 << 52) as f64;
    let nanoseconds = (time * per_unit).round();
    let is_whole = (0.0..MOST).contains(&nanoseconds) && nanoseconds / per_unit == time;
    (is_whole && time.is_sign_positive()).then_some(nanoseconds as Time)
}

/// The powers of ten by which a number of six digits can be divided with one rounding.
const TENS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

impl Text {
    /// Times in seconds, as a record of a run has them.
    pub fn push_decimal_seconds(&mut self, seconds: f64) {
        match whole(seconds, 1e9) {
            Some(time) => self.push_seconds(time),
            None => self.push_formatted(format_args!("{seconds:.9}")),
        }
    }

    pub fn push_decimal_milliseconds(&mut self, milliseconds: f64) {
        match whole(milliseconds, 1e6) {
            Some(time) => self.push_milliseconds(time),
            None if milliseconds == 0.0 => self.push(b'0'),
            None => self.push_formatted(format_args!("{milliseconds:.6}")),
        }
    }

    /// The shortest text that reads back as the same number, on every machine, as Rust prints it.
    pub fn push_figure(&mut self, figure: f64) {
        if !self.push_short(figure) {
            self.push_formatted(format_args!("{figure}"));
        }
    }

    /// What is seldom written, and may be long.
    #[cold]
    fn push_formatted(&mut self, text: std::fmt::Arguments) {
        let text = text.to_string();
        self.make_room(text.len() + NUMBER_BYTES_MOST);
        self.push_all(text.as_bytes());
    }

    /// A number that six digits tell, if it is one. Of texts with so few digits no two are the same
    /// number, so that none is shorter.
    fn push_short(&mut self, figure: f64) -> bool {
        if figure == 0.0 && figure.is_sign_positive() {
            self.push(b'0');
            return true;
        }
        let Some(decimals) = decimals(figure, 6) else { return false };
        let digits = (figure * TENS[decimals]).round();
        if digits / TENS[decimals] != figure {
            return false;
        }
        self.push_decimal(digits as u64, decimals);
        true
    }

    /// A number of which the last digits stand behind the point; zeros at its end are left out.
    fn push_decimal(&mut self, mut digits: u64, mut decimals: usize) {
        while decimals > 0 && digits.is_multiple_of(10) {
            (digits, decimals) = (digits / 10, decimals - 1);
        }
        let unit = TENS[decimals] as u64;
        self.push_integer(digits / unit);
        if decimals == 0 {
            return;
        }
        self.push(b'.');
        let (mut rest, mut unit) = (digits % unit, unit / 10);
        while unit > 0 {
            self.push(b'0' + (rest / unit) as u8);
            (rest, unit) = (rest % unit, unit / 10);
        }
    }
}

/// So many decimals make the whole part of a figure that has so many digits in all; none where it is
/// below nothing, or so large or small that powers of ten are not exact.
fn decimals(figure: f64, digits: usize) -> Option<usize> {
    let least = TENS[digits - 1];
    (0..TENS.len())
        .find(|&decimals| figure * TENS[decimals] >= least)
        .filter(|&decimals| figure * TENS[decimals] < least * 10.0)
}

/// Rounded to so many digits, as if it were written with them and read again.
pub fn rounded(figure: f64, digits: usize) -> f64 {
    if figure == 0.0 {
        return figure;
    }
    if let Some(decimals) = decimals(figure, digits) {
        let scaled = figure * TENS[decimals];
        let whole = scaled.floor();
        // Nobody knows on which side of the middle it is that close to it: the product is rounded too.
        if (scaled - whole - 0.5).abs() > 1e-6 {
            return scaled.round() / TENS[decimals];
        }
    }
    format!("{figure:.0$e}", digits - 1).parse().unwrap_or(figure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::{StreamFamily, uniform};
    use crate::output::number::{optional, seconds, text_of};

    #[test]
    fn figures_are_as_the_standard_library_rounds_and_prints_them() {
        let mut generator = StreamFamily::new(1, 0).stream("number", "test");
        let edges = [0.0, -0.0, 1.0, 0.1, 999_999.5, 99_999.95, 1e15, 1e-9, 1e300, 5e-324, -2.5, f64::NAN];
        let random = (0..200_000).map(|number| {
            let figure = uniform(&mut generator) * libm::pow(10.0, f64::from(number % 30 - 15));
            // Halves of the last digit too, which two ways to round might take for either.
            if number % 7 == 0 { (figure * 2e3).round() / 2e3 } else { figure }
        });
        for figure in edges.into_iter().chain(random) {
            for digits in [5, 6] {
                let text = format!("{figure:.0$e}", digits - 1);
                let (expected, found) = (text.parse::<f64>().unwrap(), rounded(figure, digits));
                assert_eq!(found.to_bits(), expected.to_bits(), "{figure} to {digits} digits");
                assert_eq!(optional(Some(found)), found.to_string());
            }
            assert_eq!(optional(Some(figure)), figure.to_string());
            assert_eq!(seconds(figure), format!("{figure:.9}"));
            let text = text_of(|text| text.push_decimal_milliseconds(figure));
            assert_eq!(text, if figure == 0.0 { "0".to_owned() } else { format!("{figure:.6}") });
        }
    }
}
