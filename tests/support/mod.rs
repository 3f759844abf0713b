//! What the proofs share: running a scenario to its end, and everything that comes of it
//! as text.

use spof::engine::{Advance, Options, Simulation};
use spof::kernel::time::NEVER;
use spof::output::latency_csv::LatencyCsv;
use spof::output::record::Record;
use spof::output::{Kept, nodes_csv};
use spof::plan::{self, Plan};
use spof::questions::findings::Findings;
use spof::results::RunResults;
use spof::results::row::{Row, RowSampling};
use spof::scenario::load::load_text;
use spof::scenario::model::Scenario;

/// One run and its files.
pub struct Outcome {
    pub results: RunResults,
    /// All requests that ended, in the order of their numbers, each with its times.
    pub requests: Vec<(Row, Vec<u64>)>,
    /// The files that must not change from run to run, by name.
    pub files: Vec<(&'static str, String)>,
}

/// The scenario in a text that must have no errors; warnings are welcome.
pub fn scenario(text: &str) -> Scenario {
    let loaded = load_text("test.yaml", text, &[]);
    let shown = loaded.render(false);
    loaded.scenario.unwrap_or_else(|| panic!("{shown}\n{text}"))
}

/// Runs to the end, or until so many events have been handled.
pub fn run(scenario: &Scenario, seed: u64, events_most: u64) -> Outcome {
    let plan = plan::compile(scenario);
    run_plan(scenario, &plan, seed, events_most)
}

fn run_plan(scenario: &Scenario, plan: &Plan, seed: u64, events_most: u64) -> Outcome {
    let options = Options { seed, replication: 0, rows: RowSampling::All };
    let mut simulation = Simulation::new(plan, options);
    simulation.follow_a_sample();
    let mut file = LatencyCsv::new(Vec::new(), scenario);
    let mut requests = Vec::new();
    let ended = loop {
        let advance = simulation.advance(NEVER, events_most - simulation.events());
        let rows = simulation.rows();
        file.write(rows).expect("memory takes everything");
        let times = |number: usize| rows.times_of(number).to_vec();
        requests.extend(rows.rows.iter().enumerate().map(|(number, row)| (*row, times(number))));
        simulation.clear_rows();
        match advance {
            Advance::Ended => break true,
            Advance::Paused if simulation.events() >= events_most => break false,
            Advance::Reached | Advance::Paused | Advance::RowsFull => {}
        }
    };
    requests.sort_by_key(|(row, _)| row.id);
    let results = simulation.finish(!ended);
    let record = Record::of(scenario, Findings::of(scenario, seed, &results), &results);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the files are UTF-8");
    let written = |write: &dyn Fn(&mut Vec<u8>) -> std::io::Result<()>| {
        let mut bytes = Vec::new();
        write(&mut bytes).expect("memory takes everything");
        text(bytes)
    };
    let mut files = vec![("latency.csv", text(file.finish().expect("memory takes everything")))];
    let kept = [
        Kept::TimelineCsv,
        Kept::HistogramCsv,
        Kept::NodesTimelineCsv,
        Kept::ResourcesCsv,
        Kept::ResourcesTimelineCsv,
        Kept::TopologyJson,
        Kept::NodesCsv,
        Kept::SummaryJson,
    ];
    files.extend(kept.map(|kept| {
        let file = written(&|file| match kept {
            Kept::NodesCsv => nodes_csv::write(file, scenario, &results),
            _ => record.write(kept, file),
        });
        (kept.file_name(), file)
    }));
    Outcome { results, requests, files }
}
