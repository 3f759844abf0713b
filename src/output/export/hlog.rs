//! `.hlog`: a log of HdrHistogram, version 1.3: the latencies of each time bucket and class in
//! nanoseconds, the class as the tag.
//!
//! Each histogram is encoded in the second version of HdrHistogram's encoding, compressed, with
//! two significant digits: its cells are finer than the 3 % of ours.

use super::base64::base64;
use super::{Export, ExportError, SIMULATE_AGAIN};
use crate::output::record::Spread;
use crate::stats::histogram::bounds;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::{self, Write};

const COOKIE: u32 = 0x1c84_9313;
const COOKIE_COMPRESSED: u32 = 0x1c84_9314;
const SIGNIFICANT_DIGITS: u32 = 2;
/// 256 cells up to the first power of two, and half as many for each further one.
const CELL_BITS: u32 = 8;
/// An hour; histograms with longer latencies reach further.
const HIGHEST_NS: u64 = 3_600_000_000_000;

pub fn write(export: &Export, file: &mut dyn Write) -> Result<(), ExportError> {
    let latencies = export.record.latencies.as_ref();
    let latencies = latencies.ok_or(ExportError::Missing { file: "histogram.csv", how: SIMULATE_AGAIN })?;
    writeln!(file, "#[Histogram log format version 1.3]")?;
    writeln!(file, "#[StartTime: 0.000 (seconds since epoch), the start of the simulation]")?;
    writeln!(
        file,
        "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\""
    )?;
    if let Some(class) = export.class.filter(|class| !latencies.classes.iter().any(|it| it.name == *class)) {
        return Err(ExportError::NoClass(class.to_owned()));
    }
    let mut lines: Vec<(&str, &Spread)> = Vec::new();
    for class in latencies.classes.iter().filter(|class| export.wants(&class.name)) {
        lines.extend(class.buckets.iter().map(|spread| (class.name.as_str(), spread)));
    }
    // Logs go on in time. The sort keeps the order of the classes.
    lines.sort_by(|a, b| a.1.stretch.start_s.total_cmp(&b.1.stretch.start_s));
    for (class, spread) in lines {
        let tag: String = class.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
        let values = values(spread);
        let largest_ms = values.last().map_or(0.0, |(value, _)| *value as f64 * 1e-6);
        writeln!(
            file,
            "Tag={tag},{:.3},{:.3},{largest_ms:.3},{}",
            spread.stretch.start_s,
            spread.stretch.length_s,
            base64(&compressed(&values)?)
        )?;
    }
    Ok(())
}

/// Commas and spaces end a tag.
fn is_plain(letter: char) -> bool {
    letter.is_alphanumeric() || "-_.:/".contains(letter)
}

/// The middles of the cells, with how many answers each stands for.
fn values(spread: &Spread) -> Vec<(u64, u64)> {
    let middle = |cell: u16| {
        let (low, high) = bounds(usize::from(cell));
        low + (high.min(low.saturating_mul(2)) - low) / 2
    };
    spread.cells.iter().map(|&(cell, count)| (middle(cell), count)).collect()
}

/// The place of a value among the counts of HdrHistogram.
fn place_of(value: u64) -> usize {
    let bucket = CELL_BITS.max(64 - value.leading_zeros()) - CELL_BITS;
    ((bucket as usize) << (CELL_BITS - 1)) + (value >> bucket) as usize
}

fn compressed(values: &[(u64, u64)]) -> io::Result<Vec<u8>> {
    let counts = counts(values);
    let highest = values.last().map_or(HIGHEST_NS, |(value, _)| HIGHEST_NS.max(*value));
    let mut plain = Vec::with_capacity(40 + counts.len());
    plain.extend(COOKIE.to_be_bytes());
    plain.extend((counts.len() as u32).to_be_bytes());
    plain.extend(0_u32.to_be_bytes());
    plain.extend(SIGNIFICANT_DIGITS.to_be_bytes());
    plain.extend(1_u64.to_be_bytes());
    plain.extend(highest.to_be_bytes());
    plain.extend(1.0_f64.to_be_bytes());
    plain.extend(counts);
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&plain)?;
    let small = encoder.finish()?;
    let mut bytes = Vec::with_capacity(8 + small.len());
    bytes.extend(COOKIE_COMPRESSED.to_be_bytes());
    bytes.extend((small.len() as u32).to_be_bytes());
    bytes.extend(small);
    Ok(bytes)
}

/// Counts in their order, each in as few bytes as it needs; so many without any are one negative
/// number.
fn counts(values: &[(u64, u64)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut next = 0;
    for (place, count) in joined(values) {
        if place > next {
            push(&mut bytes, -((place - next) as i64));
        }
        push(&mut bytes, i64::try_from(count).unwrap_or(i64::MAX));
        next = place + 1;
    }
    bytes
}

/// Values that fall into the same place are one.
fn joined(values: &[(u64, u64)]) -> Vec<(usize, u64)> {
    let mut joined: Vec<(usize, u64)> = Vec::new();
    for &(value, count) in values.iter().filter(|(_, count)| *count > 0) {
        match joined.last_mut() {
            Some((place, sum)) if *place == place_of(value) => *sum = sum.saturating_add(count),
            _ => joined.push((place_of(value), count)),
        }
    }
    joined
}

/// ZigZag and LEB128 of at most nine bytes.
fn push(bytes: &mut Vec<u8>, number: i64) {
    const BYTES_MOST: usize = 9;
    let mut left = (number << 1 ^ number >> 63) as u64;
    for place in 1..=BYTES_MOST {
        if place == BYTES_MOST || left < 0x80 {
            bytes.push(left as u8);
            return;
        }
        bytes.push(left as u8 | 0x80);
        left >>= 7;
    }
}
