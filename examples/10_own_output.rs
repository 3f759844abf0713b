//! Your own output: every request as a row, counted as you like.
//!
//! ```text
//! cargo run --example 10_own_output
//! ```
//!
//! Runs return values and write nothing. Here the rows of a run become a histogram in letters; a file, a
//! table of another library or a socket would be filled in the same way.

use spof::results::row::RowSampling;
use spof::{SimulateOptions, Unwatched};

pub fn answer() -> Result<String, spof::Error> {
    let site = spof::site("A shop with a slow search")
        .run([("requests", "10000"), ("seed", "1")])
        .node("visitors", "user", ("arrivals", "20/s"))
        .node("shop", "station", ("servers", 4))
        .node("search", "station", ("servers", 2))
        .request("page", ("shop", "exp(10ms)"))
        .request_with("search", [("shop", "exp(10ms)"), ("search", "20ms + exp(60ms)")], ("share", "20%"))
        .check()?;

    let options = SimulateOptions { rows: RowSampling::All, ..SimulateOptions::default() };
    let run = spof::simulate(&site, &options, &Unwatched)?;
    let rows = run.rows.expect("they were asked for");

    let mut lines = String::from("milliseconds  requests, one letter for each 100: p page, s search\n");
    for edges in [0.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0].windows(2) {
        let within = edges[0]..edges[1];
        let mut bar = String::new();
        for (class, name) in rows.class_names.iter().enumerate() {
            let here = rows.classes.iter().zip(&rows.latencies_ms);
            let here = here.filter(|(of, latency)| **of == class as i32 && within.contains(*latency)).count();
            bar += &name[..1].repeat(here.div_ceil(100));
        }
        lines += &format!("{:>5} to {:<4} {bar}\n", within.start, within.end);
    }
    Ok(lines)
}

fn main() -> Result<(), spof::Error> {
    print!("{}", answer()?);
    Ok(())
}
