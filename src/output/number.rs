//! Times as decimal text, exactly: a nanosecond is the sixth decimal of a millisecond.
//!
//! A run may write hundreds of millions of these, so they are put together from integers,
//! three digits at a time, and the text is the same on every machine. A number is written as
//! a block of constant length of which the part that counts is kept: copies of a length
//! known beforehand are a single store.

pub use super::decimal::rounded;

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
    first: [u8; BLOCK_BYTES],
    others: Vec<[u8; BLOCK_BYTES]>,
    length: usize,
}

impl Word {
    pub fn new(text: &[u8]) -> Word {
        let block = |part: &[u8]| {
            let mut block = [0; BLOCK_BYTES];
            block[..part.len()].copy_from_slice(part);
            block
        };
        let mut blocks = text.chunks(BLOCK_BYTES).map(block);
        Word { first: blocks.next().unwrap_or_default(), others: blocks.collect(), length: text.len() }
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

    /// Room for so much behind what is written; it counts when it is [kept](Text::keep).
    #[inline(always)]
    pub fn line(&mut self, bytes: usize) -> Line<'_> {
        self.make_room(bytes);
        Line { room: &mut self.bytes[self.length..], at: 0 }
    }

    #[inline(always)]
    pub fn keep(&mut self, bytes: usize) {
        self.length += bytes;
    }

    /// One number.
    #[inline(always)]
    fn number(&mut self, write: impl FnOnce(&mut Line)) {
        let mut line = Line { room: &mut self.bytes[self.length..], at: 0 };
        write(&mut line);
        self.length += line.at;
    }

    #[inline(always)]
    pub fn push_integer(&mut self, number: u64) {
        self.number(|line| line.integer(number));
    }

    #[inline(always)]
    pub fn push_signed(&mut self, number: i64) {
        if number < 0 {
            self.push(b'-');
        }
        self.push_integer(number.unsigned_abs());
    }

    #[inline(always)]
    pub fn push_milliseconds(&mut self, time: Time) {
        self.number(|line| line.milliseconds(time));
    }

    #[inline(always)]
    pub fn push_seconds(&mut self, time: Time) {
        self.number(|line| line.seconds(time));
    }
}

/// A line in the making, of which it is known where it lies: so that nothing but what is written has to
/// go to memory.
pub struct Line<'t> {
    room: &'t mut [u8],
    at: usize,
}

impl Line<'_> {
    /// So many bytes it has.
    pub fn length(&self) -> usize {
        self.at
    }

    #[inline(always)]
    pub fn byte(&mut self, byte: u8) {
        self.room[self.at] = byte;
        self.at += 1;
    }

    /// Writes so many of the lowest bytes of some.
    #[inline(always)]
    fn bytes(&mut self, bytes: u64, length: usize) {
        self.room[self.at..self.at + 8].copy_from_slice(&bytes.to_le_bytes());
        self.at += length;
    }

    /// A text that is written often.
    #[inline(always)]
    pub fn word(&mut self, word: &Word) {
        self.room[self.at..self.at + BLOCK_BYTES].copy_from_slice(&word.first);
        for (block, place) in word.others.iter().zip((self.at + BLOCK_BYTES..).step_by(BLOCK_BYTES)) {
            self.room[place..place + BLOCK_BYTES].copy_from_slice(block);
        }
        self.at += word.length;
    }

    #[inline(always)]
    pub fn integer(&mut self, number: u64) {
        match number {
            0..10 => self.byte(b'0' + number as u8),
            10..1_000_000 => {
                let digits = six(number as u32);
                // What is left of the zeros in front: the first byte that is not one of them.
                let zeros = (digits ^ (ZEROS >> 16)).trailing_zeros() as usize / 8;
                self.bytes(digits >> (8 * zeros), 6 - zeros);
            }
            _ => self.at = long_integer(self.room, self.at, number),
        }
    }

    /// `31.204518`; nothing at all is `0`, which keeps files with many untouched nodes small.
    #[inline(always)]
    pub fn milliseconds(&mut self, time: Time) {
        match time {
            0 => self.byte(b'0'),
            _ => self.some_milliseconds::<false>(time),
        }
    }

    /// The same behind a comma.
    #[inline(always)]
    pub fn next_milliseconds(&mut self, time: Time) {
        match time {
            0 => self.bytes(u64::from(b',') | u64::from(b'0') << 8, 2),
            _ => self.some_milliseconds::<true>(time),
        }
    }

    #[inline(always)]
    fn some_milliseconds<const NEXT: bool>(&mut self, time: Time) {
        if time >= 1_000_000_000 {
            if NEXT {
                self.byte(b',');
            }
            self.integer(time / 1_000_000);
            self.byte(b'.');
            self.bytes(six((time % 1_000_000) as u32), 6);
            return;
        }
        // Most are shorter than a second, and then 32 bits will do.
        let (whole, rest) = (time as u32 / 1_000_000, time as u32 % 1_000_000);
        let zeros = usize::from(whole < 100) + usize::from(whole < 10);
        let text = (triple(whole) | u64::from(b'.') << 24) >> (8 * zeros);
        let (text, length) = if NEXT { (text << 8 | u64::from(b','), 5 - zeros) } else { (text, 4 - zeros) };
        let room: &mut [u8; BLOCK_BYTES] =
            self.room[self.at..].first_chunk_mut().expect("there is room for a block");
        room[..8].copy_from_slice(&text.to_le_bytes());
        room[length..length + 8].copy_from_slice(&six(rest).to_le_bytes());
        self.at += length + 6;
    }

    /// `0.031204518`
    #[inline(always)]
    pub fn seconds(&mut self, time: Time) {
        self.integer(time / 1_000_000_000);
        let rest = (time % 1_000_000_000) as u32;
        self.bytes(u64::from(b'.') | triple(rest / 1_000_000) << 8, 4);
        self.bytes(six(rest % 1_000_000), 6);
    }
}

/// Says where it ends.
#[inline(never)]
fn long_integer(room: &mut [u8], at: usize, number: u64) -> usize {
    let mut line = Line { room, at };
    line.integer(number / 1_000_000);
    line.bytes(six((number % 1_000_000) as u32), 6);
    line.at
}

/// What becomes of a text into which one thing is written.
pub fn text_of(write: impl FnOnce(&mut Text)) -> String {
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
                let text = text_of(|text| text.push_decimal_milliseconds(time as f64 / 1e6));
                assert_eq!(text, in_milliseconds);
                assert_eq!(seconds(time as f64 / 1e9), in_seconds);
            }
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
