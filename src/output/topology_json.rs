//! `topology.json`: who stands on whom, who calls whom, and what hangs on a single node.

use crate::analysis::topology::topology;
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use std::io::{self, Write};

pub fn write<W: Write>(mut file: W, scenario: &Scenario, results: &RunResults) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut file, &topology(scenario, results)).map_err(io::Error::from)?;
    file.write_all(b"\n")?;
    file.flush()
}
