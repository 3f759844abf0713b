//! Which rows and which stories of requests are wanted, as `--rows`, `--rows-file` and `--trace`
//! take it.

use crate::engine::TraceWishes;
use crate::output::packing::Packing;
use crate::output::{Format, Stream};
use crate::parts::quantity::parse_share;
use crate::results::row::RowSampling;

/// The slowest and the failed are kept in memory until the end.
const TRACES_MOST: usize = 100_000;

pub fn parse_rows(text: &str) -> Result<RowSampling, String> {
    match text {
        "all" => Ok(RowSampling::All),
        "none" => Ok(RowSampling::None),
        share => match parse_share(share) {
            Ok(share) if share > 0.0 && share <= 1.0 => Ok(RowSampling::Share(share)),
            _ => Err("write all, none, or a share such as 1%".to_owned()),
        },
    }
}

pub fn parse_rows_file(text: &str) -> Result<Packing, String> {
    let packings = [Packing::None, Packing::Gzip, Packing::Zstandard];
    let found = packings
        .into_iter()
        .find(|packing| Format::AsItRuns(Stream::LatencyCsv(*packing)).file_name() == text);
    match found {
        Some(Packing::Zstandard) if !cfg!(feature = "zstd") => {
            Err("this spof was built without the feature `zstd`; take latency.csv.gz".to_owned())
        }
        Some(packing) => Ok(packing),
        None => Err("write latency.csv, latency.csv.gz or latency.csv.zst".to_owned()),
    }
}

pub fn parse_traces(text: &str) -> Result<TraceWishes, String> {
    let mut wishes = TraceWishes::default();
    for wish in text.split(',').map(str::trim) {
        let number =
            |number: &str| number.trim().parse::<usize>().ok().filter(|&number| number <= TRACES_MOST);
        let understood = match wish.split_once('=') {
            Some(("slowest", text)) => number(text).map(|number| wishes.slowest = number),
            Some(("failed", text)) => number(text).map(|number| wishes.failed = number),
            Some(_) => None,
            None => parse_share(wish)
                .ok()
                .filter(|share| *share > 0.0 && *share <= 1.0)
                .map(|share| wishes.share = share),
        };
        if understood.is_none() {
            return Err(format!(
                "write a share such as 1%, slowest=100 or failed=100 (at most {TRACES_MOST}), with commas between"
            ));
        }
    }
    Ok(wishes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_a_share_the_slowest_and_the_failed() {
        let wishes = |share, slowest, failed| Ok(TraceWishes { share, slowest, failed });
        assert_eq!(parse_traces("1%"), wishes(0.01, 0, 0));
        assert_eq!(parse_traces("slowest=100, failed=5"), wishes(0.0, 100, 5));
        assert_eq!(parse_traces("50%,slowest=3"), wishes(0.5, 3, 0));
        for wrong in ["", "0%", "slowest", "slowest=x", "quick=3", "slowest=1000000", "1%,,"] {
            assert!(parse_traces(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn rows_are_all_none_or_a_share() {
        assert_eq!(parse_rows("all"), Ok(RowSampling::All));
        assert_eq!(parse_rows("none"), Ok(RowSampling::None));
        assert_eq!(parse_rows("1%"), Ok(RowSampling::Share(0.01)));
        for wrong in ["", "0%", "101%", "some", "-1%", "nan"] {
            assert!(parse_rows(wrong).is_err(), "{wrong}");
        }
    }
}
