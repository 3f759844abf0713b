//! `.hgrm`: the percentiles of the latencies in milliseconds, as HdrHistogram prints them and
//! its plotters read them. The warm-up is left out.

use super::{Export, ExportError, SIMULATE_AGAIN};
use crate::stats::histogram::{Histogram, bounds};
use std::io::Write;

/// Lines for each halving of what is left to 100 %.
const TICKS: f64 = 5.0;
const NANOSECOND_MS: f64 = 1e-6;

pub fn write(export: &Export, file: &mut dyn Write) -> Result<(), ExportError> {
    let latencies = export.record.latencies.as_ref();
    let latencies = latencies.ok_or(ExportError::Missing { file: "histogram.csv", how: SIMULATE_AGAIN })?;
    let class = match export.class {
        Some(class) => {
            let place = latencies.classes.iter().position(|known| known.name == class);
            Some(place.ok_or_else(|| ExportError::NoClass(class.to_owned()))?)
        }
        None => None,
    };
    let histogram = latencies.since(export.record.warmup_s(), class);
    writeln!(file, "{:>12} {:>14} {:>10} {:>14}\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)")?;
    let count = histogram.count();
    for share in shares(count) {
        let value = histogram.quantile(share) * NANOSECOND_MS;
        let below = (share * count as f64).ceil() as u64;
        match share {
            share if share < 1.0 => {
                writeln!(file, "{value:>12.3} {share:>14.12} {below:>10} {:>14.2}", 1.0 / (1.0 - share))?;
            }
            _ => writeln!(file, "{value:>12.3} {share:>14.12} {below:>10}")?,
        }
    }
    let (mean, deviation) = moments(&histogram);
    writeln!(file, "#[Mean    = {mean:>12.3}, StdDeviation   = {deviation:>12.3}]")?;
    let largest = histogram.maximum().unwrap_or(0) as f64 * NANOSECOND_MS;
    writeln!(file, "#[Max     = {largest:>12.3}, Total count    = {count:>12}]")?;
    let (buckets, cells) = (42, 32);
    writeln!(file, "#[Buckets = {buckets:>12}, SubBuckets     = {cells:>12}]")?;
    Ok(())
}

/// Ever closer to 1, as far as there are answers to tell.
fn shares(count: u64) -> Vec<f64> {
    let mut shares = Vec::new();
    let mut share = 0.0;
    while count > 0 && (1.0 - share) * count as f64 >= 1.0 {
        shares.push(share);
        // From each halving of the rest to the next there are as many steps.
        let halvings = libm::floor(libm::log2(1.0 / (1.0 - share))) + 1.0;
        share += 1.0 / (TICKS * libm::exp2(halvings));
    }
    if count > 0 {
        shares.push(1.0);
    }
    shares
}

/// Mean and standard deviation in milliseconds, with the middles of the cells.
fn moments(histogram: &Histogram) -> (f64, f64) {
    let cells = histogram.cells().iter().enumerate().filter(|(_, count)| **count > 0);
    let (mut weight, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for (cell, &count) in cells {
        let (low, high) = bounds(cell);
        let middle = (low as f64 + high as f64) / 2.0 * NANOSECOND_MS;
        weight += count as f64;
        sum += count as f64 * middle;
        squares += count as f64 * middle * middle;
    }
    if weight == 0.0 {
        return (0.0, 0.0);
    }
    let mean = sum / weight;
    (mean, (squares / weight - mean * mean).max(0.0).sqrt())
}
