//! Times as decimal text, exactly: a nanosecond is the sixth decimal of a millisecond.
//!
//! A run may write hundreds of millions of these, so they are put together from integers,
//! two digits at a time; this takes a third of the time that printing floats takes, and is
//! the same text on every machine.

use crate::kernel::time::Time;

/// The numbers 00 to 99, one after the other.
const PAIRS: [u8; 200] = {
    let mut pairs = [0; 200];
    let mut number = 0;
    while number < 100 {
        pairs[2 * number] = b'0' + (number / 10) as u8;
        pairs[2 * number + 1] = b'0' + (number % 10) as u8;
        number += 1;
    }
    pairs
};

#[inline(always)]
fn pair(number: u32) -> [u8; 2] {
    let at = 2 * number as usize;
    [PAIRS[at], PAIRS[at + 1]]
}

/// `31.204518`; nothing at all is `0`, which keeps files with many untouched nodes small.
#[inline(always)]
pub fn push_milliseconds(text: &mut Vec<u8>, time: Time) {
    if time == 0 {
        text.push(b'0');
        return;
    }
    push_integer(text, time / 1_000_000);
    let rest = (time % 1_000_000) as u32;
    let ([a, b], [c, d], [e, f]) = (pair(rest / 10_000), pair(rest / 100 % 100), pair(rest % 100));
    text.extend_from_slice(&[b'.', a, b, c, d, e, f]);
}

/// `0.031204518`
#[inline(always)]
pub fn push_seconds(text: &mut Vec<u8>, time: Time) {
    push_integer(text, time / 1_000_000_000);
    let rest = (time % 1_000_000_000) as u32;
    let (high, low) = (rest / 10_000, rest % 10_000);
    let ([b, c], [d, e]) = (pair(high / 100 % 100), pair(high % 100));
    let ([f, g], [h, i]) = (pair(low / 100), pair(low % 100));
    text.extend_from_slice(&[b'.', b'0' + (high / 10_000) as u8, b, c, d, e, f, g, h, i]);
}

#[inline(always)]
pub fn push_integer(text: &mut Vec<u8>, number: u64) {
    if number < 10 {
        text.push(b'0' + number as u8);
    } else if number < 100 {
        text.extend_from_slice(&pair(number as u32));
    } else if number < 1_000 {
        let [b, c] = pair(number as u32 % 100);
        text.extend_from_slice(&[b'0' + (number / 100) as u8, b, c]);
    } else {
        push_long_integer(text, number);
    }
}

fn push_long_integer(text: &mut Vec<u8>, mut number: u64) {
    // The largest has twenty digits.
    let mut digits = [0; 20];
    let mut start = digits.len();
    while number >= 10 {
        start -= 2;
        digits[start..start + 2].copy_from_slice(&pair((number % 100) as u32));
        number /= 100;
    }
    if number > 0 {
        start -= 1;
        digits[start] = b'0' + number as u8;
    }
    text.extend_from_slice(&digits[start..]);
}

/// The same for the tables that are written once in a run.
pub fn milliseconds(time: Time) -> String {
    let mut text = Vec::new();
    push_milliseconds(&mut text, time);
    String::from_utf8(text).expect("digits are text")
}

pub fn seconds(time: Time) -> String {
    let mut text = Vec::new();
    push_seconds(&mut text, time);
    String::from_utf8(text).expect("digits are text")
}

/// A figure that need not be there. Rust prints the shortest text that reads back as the
/// same number, on every machine.
pub fn optional(figure: Option<f64>) -> String {
    figure.map(|figure| figure.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_nanosecond_is_there() {
        for (time, in_milliseconds, in_seconds) in [
            (0, "0", "0.000000000"),
            (1, "0.000001", "0.000000001"),
            (999_999, "0.999999", "0.000999999"),
            (31_204_518, "31.204518", "0.031204518"),
            (987_000_000, "987.000000", "0.987000000"),
            (1_234_567_890_123, "1234567.890123", "1234.567890123"),
            (u64::MAX, "18446744073709.551615", "18446744073.709551615"),
        ] {
            assert_eq!(milliseconds(time), in_milliseconds);
            assert_eq!(seconds(time), in_seconds);
        }
    }

    #[test]
    fn integers_are_as_the_standard_library_prints_them() {
        let mut number: u64 = 1;
        while let Some(next) = number.checked_mul(3) {
            for value in [number - 1, number, number + 1] {
                let mut text = Vec::new();
                push_integer(&mut text, value);
                assert_eq!(String::from_utf8(text).unwrap(), value.to_string());
            }
            number = next;
        }
    }
}
