//! Times as decimal text, exactly: a nanosecond is the sixth decimal of a millisecond.
//!
//! A run may write hundreds of millions of these, so they are put together from integers,
//! two digits at a time, and the text is the same on every machine. A number is written as
//! a block of constant length of which the part that counts is kept: copies of a length
//! known beforehand are a single store.

use crate::kernel::time::Time;

/// The numbers 00 to 99.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};

#[inline(always)]
fn pair(number: u32) -> [u8; 2] {
    PAIRS[number as usize]
}

/// No number of this module is longer.
pub const NUMBER_BYTES_MOST: usize = 32;

/// Length of the blocks that are written at once.
const BLOCK_BYTES: usize = 16;

/// Text in the making. Whoever writes has made room for it before.
pub struct Text {
    bytes: Vec<u8>,
    length: usize,
}

impl Text {
    pub fn new() -> Text {
        Text { bytes: Vec::new(), length: 0 }
    }

    pub fn make_room(&mut self, bytes: usize) {
        let needed = self.length + bytes + BLOCK_BYTES;
        if self.bytes.len() < needed {
            self.bytes.resize(needed.next_power_of_two(), 0);
        }
    }

    pub fn written(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    pub fn clear(&mut self) {
        self.length = 0;
    }

    #[inline(always)]
    pub fn push(&mut self, byte: u8) {
        self.bytes[self.length] = byte;
        self.length += 1;
    }

    #[inline(always)]
    pub fn push_all(&mut self, text: &[u8]) {
        self.bytes[self.length..self.length + text.len()].copy_from_slice(text);
        self.length += text.len();
    }

    /// Writes a block from the byte `skipped` on, and keeps so many bytes of it.
    #[inline(always)]
    fn push_block(&mut self, block: [u8; BLOCK_BYTES], skipped: u32, kept: usize) {
        let moved = u128::from_le_bytes(block) >> (8 * skipped);
        self.bytes[self.length..self.length + BLOCK_BYTES].copy_from_slice(&moved.to_le_bytes());
        self.length += kept;
    }

    #[inline(always)]
    pub fn push_integer(&mut self, number: u64) {
        if number < 10_000 {
            let number = number as u32;
            let ([a, b], [c, d]) = (pair(number / 100), pair(number % 100));
            let block = [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            let skipped = u32::from(number < 1_000) + u32::from(number < 100) + u32::from(number < 10);
            self.push_block(block, skipped, 4 - skipped as usize);
        } else {
            self.push_long_integer(number);
        }
    }

    fn push_long_integer(&mut self, mut number: u64) {
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
        self.push_all(&digits[start..]);
    }

    /// `31.204518`; nothing at all is `0`, which keeps files with many untouched nodes small.
    #[inline(always)]
    pub fn push_milliseconds(&mut self, time: Time) {
        if time == 0 {
            self.push(b'0');
            return;
        }
        let (whole, rest) = if time < 1_000_000_000 {
            // Most are shorter than a second, and then 32 bits will do.
            (time as u32 / 1_000_000, time as u32 % 1_000_000)
        } else {
            self.push_integer(time / 1_000_000);
            (0, (time % 1_000_000) as u32)
        };
        let ([x, y], [z, w]) = (pair(whole / 100), pair(whole % 100));
        let ([a, b], [c, d], [e, f]) = (pair(rest / 10_000), pair(rest / 100 % 100), pair(rest % 100));
        let block = [x, y, z, w, b'.', a, b, c, d, e, f, 0, 0, 0, 0, 0];
        let skipped = match time < 1_000_000_000 {
            true => 1 + u32::from(whole < 100) + u32::from(whole < 10),
            false => 4,
        };
        self.push_block(block, skipped, 11 - skipped as usize);
    }

    /// `0.031204518`
    #[inline(always)]
    pub fn push_seconds(&mut self, time: Time) {
        self.push_integer(time / 1_000_000_000);
        let rest = (time % 1_000_000_000) as u32;
        let (high, low) = (rest / 10_000, rest % 10_000);
        let ([b, c], [d, e]) = (pair(high / 100 % 100), pair(high % 100));
        let ([f, g], [h, i]) = (pair(low / 100), pair(low % 100));
        let a = b'0' + (high / 10_000) as u8;
        self.push_block([b'.', a, b, c, d, e, f, g, h, i, 0, 0, 0, 0, 0, 0], 0, 10);
    }

    fn into_string(self) -> String {
        String::from_utf8(self.written().to_vec()).expect("digits are text")
    }
}

/// The same for what is written once.
pub fn exact_milliseconds(time: Time) -> String {
    let mut text = Text::new();
    text.make_room(NUMBER_BYTES_MOST);
    text.push_milliseconds(time);
    text.into_string()
}

pub fn exact_seconds(time: Time) -> String {
    let mut text = Text::new();
    text.make_room(NUMBER_BYTES_MOST);
    text.push_seconds(time);
    text.into_string()
}

/// The same of times in seconds, as a record of a run has them.
pub fn seconds(seconds: f64) -> String {
    format!("{seconds:.9}")
}

/// Of times in milliseconds.
pub fn milliseconds(milliseconds: f64) -> String {
    if milliseconds == 0.0 { "0".to_owned() } else { format!("{milliseconds:.6}") }
}

/// A figure that need not be there. Rust prints the shortest text that reads back as the
/// same number, on every machine.
pub fn optional(figure: Option<f64>) -> String {
    figure.map(|figure| figure.to_string()).unwrap_or_default()
}

pub fn optional_count(count: Option<u64>) -> String {
    count.map(|count| count.to_string()).unwrap_or_default()
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
            (7_000_000, "7.000000", "0.007000000"),
            (987_000_000, "987.000000", "0.987000000"),
            (999_999_999, "999.999999", "0.999999999"),
            (1_000_000_000, "1000.000000", "1.000000000"),
            (1_234_567_890_123, "1234567.890123", "1234.567890123"),
            (u64::MAX, "18446744073709.551615", "18446744073.709551615"),
        ] {
            assert_eq!(exact_milliseconds(time), in_milliseconds);
            assert_eq!(exact_seconds(time), in_seconds);
            // Where a number holds as many digits, it is the same text.
            if time < 1 << 53 {
                assert_eq!(milliseconds(time as f64 / 1e6), in_milliseconds);
                assert_eq!(seconds(time as f64 / 1e9), in_seconds);
            }
        }
    }

    #[test]
    fn integers_are_as_the_standard_library_prints_them() {
        let mut number: u64 = 1;
        while let Some(next) = number.checked_mul(3) {
            for value in [number - 1, number, number + 1] {
                let mut text = Text::new();
                text.make_room(NUMBER_BYTES_MOST);
                text.push_integer(value);
                assert_eq!(text.into_string(), value.to_string());
            }
            number = next;
        }
    }
}
