//! `outages.csv`: the stretches in which users met errors, after the warm-up.

use super::number::seconds;
use crate::analysis::availability::{cause, counted, is_planned};
use crate::analysis::normality::Normality;
use crate::analysis::window::Window;
use crate::kernel::time::from_seconds;
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use std::io::{self, Write};

const HEADER: [&str; 9] = [
    "start_s",
    "end_s",
    "length_s",
    "requests_lost",
    "cause",
    "planned",
    "first_error",
    "last_error",
    "normal_again_s",
];

pub fn write<W: Write>(file: W, scenario: &Scenario, results: &RunResults) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(file);
    table.write_record(HEADER).map_err(io::Error::from)?;
    let window = Window::of(scenario, results);
    let normality = Normality::of(results, &window);
    for outage in counted(results, &window) {
        let line: [String; HEADER.len()] = [
            seconds(outage.start),
            seconds(outage.end),
            seconds(outage.end - outage.start),
            outage.lost.to_string(),
            cause(results, outage).to_owned(),
            is_planned(results, outage).to_string(),
            outage.first_error.name().to_owned(),
            outage.last_error.name().to_owned(),
            normality.normal_again_s(outage).map_or(String::new(), |time| seconds(from_seconds(time))),
        ];
        table.write_record(line).map_err(io::Error::from)?;
    }
    table.flush()
}
