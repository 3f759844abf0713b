//! The spread of latencies over time from `latency.csv` alone, where a run's other files are
//! not at hand.

use super::rows_table::open_packing;
use super::{ClassLatencies, Latencies, RecordError, Spread, Stretch};
use crate::kernel::time::from_seconds;
use crate::output::packing::Packing;
use crate::stats::histogram::cell_of;
use std::collections::BTreeMap;
use std::path::Path;

/// More buckets than this are put together two by two, since the length of the run is known
/// only at the end of the file.
const BUCKETS_MOST: u64 = 600;
const FIRST_LENGTH_S: f64 = 0.001;

/// The good answers of a class: how many fell into each bucket and each cell.
type Cells = BTreeMap<(u64, u16), u64>;

/// None if there is no such file.
pub(super) fn latencies_of_rows(folder: &Path, packing: Packing) -> Result<Option<Latencies>, RecordError> {
    let Some(mut table) = open_packing(folder, packing)? else { return Ok(None) };
    let [class, start, latency, outcome] =
        ["class", "start_s", "latency_ms", "outcome"].map(|name| table.column(name));
    let (class, start, latency, outcome) = (class?, start?, latency?, outcome?);
    let mut classes: Vec<(String, Cells)> = Vec::new();
    let mut length_s = FIRST_LENGTH_S;
    while table.next()? {
        if table.text(outcome) != "ok" {
            continue;
        }
        let latency_s = table.number(latency)? / 1e3;
        let end_s = table.number(start)? + latency_s;
        while end_s / length_s >= BUCKETS_MOST as f64 {
            length_s *= 2.0;
            classes.iter_mut().for_each(|(_, cells)| *cells = halved(cells));
        }
        let name = table.text(class);
        let place = classes.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            classes.push((name.to_owned(), Cells::new()));
            classes.len() - 1
        });
        let cell = cell_of(from_seconds(latency_s)) as u16;
        *classes[place].1.entry(((end_s / length_s) as u64, cell)).or_default() += 1;
    }
    let classes =
        classes.into_iter().map(|(name, cells)| ClassLatencies { name, buckets: spreads(&cells, length_s) });
    Ok(Some(Latencies { classes: classes.collect() }))
}

/// Two buckets become one.
fn halved(cells: &Cells) -> Cells {
    let mut halved = Cells::new();
    for (&(bucket, cell), &count) in cells {
        *halved.entry((bucket / 2, cell)).or_default() += count;
    }
    halved
}

fn spreads(cells: &Cells, length_s: f64) -> Vec<Spread> {
    let mut spreads: Vec<Spread> = Vec::new();
    for (&(bucket, cell), &count) in cells {
        let start_s = bucket as f64 * length_s;
        match spreads.last_mut() {
            Some(last) if last.stretch.start_s == start_s => last.cells.push((cell, count)),
            _ => spreads.push(Spread { stretch: Stretch { start_s, length_s }, cells: vec![(cell, count)] }),
        }
    }
    spreads
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;
    use std::fs;

    #[test]
    fn every_good_answer_is_counted_in_the_bucket_of_its_end_however_long_the_run_is() {
        let home = tempfile::tempdir().unwrap();
        let mut text = "id,class,start_s,latency_ms,outcome,attempts\n".to_owned();
        for number in 0..5_000 {
            let (class, outcome) =
                (["page", "asset"][number % 2], ["ok", "502"][usize::from(number % 5 == 0)]);
            writeln!(text, "{number},{class},{}.9,200,{outcome},1", 2 * number).unwrap();
        }
        fs::write(home.path().join("latency.csv"), text).unwrap();
        let latencies = latencies_of_rows(home.path(), Packing::None).unwrap().unwrap();
        assert!(latencies_of_rows(home.path(), Packing::Gzip).unwrap().is_none());
        let names: Vec<&str> = latencies.classes.iter().map(|class| class.name.as_str()).collect();
        assert_eq!(names, ["asset", "page"], "as they come: the first of all has failed");
        for class in &latencies.classes {
            let length_s = class.buckets[0].stretch.length_s;
            assert!((10_000.0 / 600.0..2.0 * 10_000.0 / 600.0).contains(&length_s), "{length_s}");
            let answers = |spread: &Spread| spread.cells.iter().map(|(_, count)| count).sum::<u64>();
            assert_eq!(class.buckets.iter().map(answers).sum::<u64>(), 2_000);
            // They end every four seconds, of which every fifth is missing.
            for spread in &class.buckets[1..class.buckets.len() - 1] {
                let expected = length_s / 4.0 * 0.8;
                assert!((answers(spread) as f64 - expected).abs() <= 2.0, "{spread:?}");
                assert_eq!(spread.cells[0].0, cell_of(from_seconds(0.2)) as u16);
            }
        }
    }
}
