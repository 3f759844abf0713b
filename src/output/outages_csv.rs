//! `outages.csv`: the stretches in which users met errors, after the warm-up. If there are too
//! many to be listed, the last line is what the others come to: it is neither planned nor not.

use super::number::seconds;
use crate::analysis::normality::Normality;
use crate::analysis::outages::{Outages, cause, is_planned, lost};
use crate::analysis::window::Window;
use crate::kernel::time::{Time, from_seconds};
use crate::parts::fidelity::Fidelity;
use crate::parts::outcome::Outcome;
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
    let normality = Normality::of(results, &window.buckets);
    let outages = Outages::of(results, &window);
    let lost = |number: u64| lost(results, number).map_or(String::new(), |lost| lost.to_string());
    // Nobody met one where nobody asked.
    let error = |outcome: Outcome| match results.fidelity {
        Fidelity::Components => String::new(),
        _ => outcome.name().to_owned(),
    };
    for outage in &outages.listed {
        let line: [String; HEADER.len()] = [
            seconds(outage.start),
            seconds(outage.end),
            seconds(outage.end - outage.start),
            lost(outage.lost),
            cause(results, outage.cause).to_owned(),
            is_planned(results, outage.cause).to_string(),
            error(outage.first_error),
            error(outage.last_error),
            normality.normal_again_s(outage).map_or(String::new(), |time| seconds(from_seconds(time))),
        ];
        table.write_record(line).map_err(io::Error::from)?;
    }
    let more = &outages.unlisted;
    if more.all.count > 0 {
        let line: [String; HEADER.len()] = [
            seconds(more.start),
            seconds(more.end),
            // No longer than the run, like all of them together.
            seconds(Time::try_from(more.all.time).unwrap_or(Time::MAX)),
            lost(more.all.lost),
            format!("{} outages more, which are not listed one by one", more.all.count),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
        ];
        table.write_record(line).map_err(io::Error::from)?;
    }
    table.flush()
}
