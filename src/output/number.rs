//! Times as decimal text, exactly: a nanosecond is the sixth decimal of a millisecond.
//!
//! A run may write hundreds of millions of these, so they are put together from integers,
//! three digits at a time, and the text is the same on every machine. A number is written as
//! a block of constant length of which the part that counts is kept: copies of a length
//! known beforehand are a single store.

use crate::kernel::time::Time;

/// The numbers 000 to 999, the first digit in the lowest byte.
const TRIPLES: [u32; 1_000] = {
    let mut triples = [0; 1_000];
    let mut number: u32 = 0;
    while number < 1_000 {
        let digits = (number / 100) | (number / 10 % 10) << 8 | (number % 10) << 16;
        triples[number as usize] = (ZEROS >> 40) as u32 | digits;
        number += 1;
    }
    triples
};

/// The text `00000000`.
const ZEROS: u64 = 0x3030_3030_3030_3030;

#[inline(always)]
fn triple(number: u32) -> u64 {
    u64::from(TRIPLES[number as usize])
}

/// Six digits in the lower bytes.
#[inline(always)]
fn six(number: u32) -> u64 {
    triple(number / 1_000) | triple(number % 1_000) << 24
}

/// No number of this module is longer.
pub const NUMBER_BYTES_MOST: usize = 32;

/// So much is written at once, of which some may not count.
const BLOCK_BYTES: usize = 16;

/// A text in whole blocks, so that it is written by a store or two.
pub struct Word {
    blocks: Vec<[u8; BLOCK_BYTES]>,
    length: usize,
}

impl Word {
    pub fn new(text: &[u8]) -> Word {
        let block = |part: &[u8]| {
            let mut block = [0; BLOCK_BYTES];
            block[..part.len()].copy_from_slice(part);
            block
        };
        Word { blocks: text.chunks(BLOCK_BYTES).map(block).collect(), length: text.len() }
    }

    pub fn length(&self) -> usize {
        self.length
    }
}

/// Text in the making. Whoever writes has made room for it before.
#[derive(Default)]
pub struct Text {
    bytes: Vec<u8>,
    length: usize,
}

impl Text {
    pub fn new() -> Text {
        Text::default()
    }

    #[inline(always)]
    pub fn make_room(&mut self, bytes: usize) {
        if self.bytes.len() < self.length + bytes + BLOCK_BYTES {
            self.grow(bytes);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, bytes: usize) {
        self.bytes.resize((self.length + bytes + BLOCK_BYTES).next_power_of_two(), 0);
    }

    pub fn written(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    pub fn clear(&mut self) {
        self.length = 0;
    }

    pub fn into_string(mut self) -> String {
        self.bytes.truncate(self.length);
        String::from_utf8(self.bytes).expect("it was made of text and digits")
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

    /// Another byte stands in the place of the one that was written last.
    pub fn replace_last(&mut self, byte: u8) {
        self.bytes[self.length - 1] = byte;
    }

    /// Writes so many of the lowest bytes of a word.
    #[inline(always)]
    fn push_word(&mut self, word: u64, bytes: usize) {
        let place = self.bytes[self.length..].first_chunk_mut().expect("there is room");
        *place = word.to_le_bytes();
        self.length += bytes;
    }

    #[inline(always)]
    pub fn push_integer(&mut self, number: u64) {
        match number {
            0..10 => self.push(b'0' + number as u8),
            10..1_000_000 => {
                let digits = six(number as u32);
                // What is left of the zeros in front: the first byte that is not one of them.
                let zeros = (digits ^ (ZEROS >> 16)).trailing_zeros() as usize / 8;
                self.push_word(digits >> (8 * zeros), 6 - zeros);
            }
            _ => self.push_long_integer(number),
        }
    }

    #[inline(never)]
    fn push_long_integer(&mut self, number: u64) {
        self.push_integer(number / 1_000_000);
        self.push_word(six((number % 1_000_000) as u32), 6);
    }

    /// A text that is written often.
    #[inline(always)]
    pub fn push_word_of(&mut self, word: &Word) {
        for (number, block) in word.blocks.iter().enumerate() {
            let place = self.length + number * BLOCK_BYTES;
            self.bytes[place..place + BLOCK_BYTES].copy_from_slice(block);
        }
        self.length += word.length;
    }

    pub fn push_signed(&mut self, number: i64) {
        if number < 0 {
            self.push(b'-');
        }
        self.push_integer(number.unsigned_abs());
    }

    /// `31.204518`; nothing at all is `0`, which keeps files with many untouched nodes small.
    #[inline(always)]
    pub fn push_milliseconds(&mut self, time: Time) {
        let rest = if time < 1_000_000_000 {
            if time == 0 {
                self.push(b'0');
                return;
            }
            // Most are shorter than a second, and then 32 bits will do.
            let (whole, rest) = (time as u32 / 1_000_000, time as u32 % 1_000_000);
            let zeros = usize::from(whole < 100) + usize::from(whole < 10);
            self.push_word((triple(whole) | u64::from(b'.') << 24) >> (8 * zeros), 4 - zeros);
            rest
        } else {
            self.push_integer(time / 1_000_000);
            self.push(b'.');
            (time % 1_000_000) as u32
        };
        self.push_word(six(rest), 6);
    }

    /// `0.031204518`
    #[inline(always)]
    pub fn push_seconds(&mut self, time: Time) {
        self.push_integer(time / 1_000_000_000);
        let rest = (time % 1_000_000_000) as u32;
        self.push_word(u64::from(b'.') | triple(rest / 1_000_000) << 8, 4);
        self.push_word(six(rest % 1_000_000), 6);
    }
}

/// What becomes of a text into which one thing is written.
fn text_of(write: impl FnOnce(&mut Text)) -> String {
    let mut text = Text::new();
    text.make_room(NUMBER_BYTES_MOST);
    write(&mut text);
    text.into_string()
}

/// The same for what is written once.
pub fn exact_milliseconds(time: Time) -> String {
    text_of(|text| text.push_milliseconds(time))
}

pub fn exact_seconds(time: Time) -> String {
    text_of(|text| text.push_seconds(time))
}

/// The same of times in seconds, as a record of a run has them.
pub fn seconds(seconds: f64) -> String {
    text_of(|text| text.push_decimal_seconds(seconds))
}

/// A figure that need not be there.
pub fn optional(figure: Option<f64>) -> String {
    figure.map(|figure| text_of(|text| text.push_figure(figure))).unwrap_or_default()
}

pub fn optional_count(count: Option<u64>) -> String {
    count.map(|count| count.to_string()).unwrap_or_default()
}

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
                let text = text_of(|text| text.push_decimal_milliseconds(time as f64 / 1e6));
                assert_eq!(text, in_milliseconds);
                assert_eq!(seconds(time as f64 / 1e9), in_seconds);
            }
        }
    }

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

    #[test]
    fn integers_are_as_the_standard_library_prints_them() {
        let mut number: u64 = 1;
        while let Some(next) = number.checked_mul(3) {
            for value in [number - 1, number, number + 1] {
                assert_eq!(text_of(|text| text.push_integer(value)), value.to_string());
                let signed = -((value >> 1) as i64);
                assert_eq!(text_of(|text| text.push_signed(signed)), signed.to_string());
            }
            number = next;
        }
    }
}
