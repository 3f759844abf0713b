//! The rows of `latency.csv` as columns in memory, for programs.

use crate::kernel::time::Time;
use crate::nodes::NodeKind;
use crate::parts::outcome::Outcome;
use crate::results::row::Rows;
use crate::scenario::model::Scenario;

/// The same figures, to the bit, as a reader of `latency.csv` gets, which rounds correctly.
#[derive(Debug)]
pub struct RowColumns {
    pub ids: Vec<u64>,
    /// Places in `class_names`.
    pub classes: Vec<i32>,
    pub class_names: Vec<String>,
    pub starts_s: Vec<f64>,
    pub latencies_ms: Vec<f64>,
    /// Places in `outcome_names`.
    pub outcomes: Vec<i32>,
    pub outcome_names: Vec<&'static str>,
    pub attempts: Vec<u32>,
    /// With their headings.
    pub times_ms: Vec<(String, Vec<f64>)>,
    /// Which of the engine's columns these are.
    places: Vec<usize>,
}

/// Whether requests may wait for nobody: their clients between tries, or any caller before a
/// hedge. Without such waits their column would be empty, and is left out.
fn may_wait(scenario: &Scenario) -> bool {
    scenario.nodes.iter().any(|node| {
        let (caution, pauses) = match &node.kind {
            NodeKind::User(user) => (user.caution.as_deref(), user.retries > 0 && user.backoff.base > 0),
            _ => (node.behaviour.as_ref().and_then(|behaviour| behaviour.calling.caution.as_ref()), false),
        };
        pauses || caution.is_some_and(|caution| caution.hedge.is_some())
    })
}

/// What takes time: which of the engine's columns, and what it is called in tables. Together they
/// come to the latency.
pub fn time_columns(scenario: &Scenario) -> Vec<(usize, String)> {
    // Users send and servers carry; the time goes by at what is called.
    let nodes = scenario.nodes.iter().enumerate().filter(|(_, node)| node.behaviour.is_some());
    let nodes = nodes.map(|(place, node)| (place, format!("{}_ms", node.name)));
    let network = scenario.nodes.len();
    let waiting = may_wait(scenario).then(|| (network + 1, "waiting_ms".to_owned()));
    nodes.chain([(network, "network_ms".to_owned())]).chain(waiting).collect()
}

/// One division, so that it is rounded once.
fn seconds(time: Time) -> f64 {
    time as f64 / 1e9
}

fn milliseconds(time: Time) -> f64 {
    time as f64 / 1e6
}

impl RowColumns {
    pub fn new(scenario: &Scenario) -> RowColumns {
        let (places, headings): (Vec<usize>, Vec<String>) = time_columns(scenario).into_iter().unzip();
        RowColumns {
            ids: Vec::new(),
            classes: Vec::new(),
            class_names: scenario.classes.iter().map(|class| class.name.clone()).collect(),
            starts_s: Vec::new(),
            latencies_ms: Vec::new(),
            outcomes: Vec::new(),
            outcome_names: Outcome::ALL.iter().map(|outcome| outcome.name()).collect(),
            attempts: Vec::new(),
            times_ms: headings.into_iter().map(|heading| (heading, Vec::new())).collect(),
            places,
        }
    }

    pub fn add(&mut self, rows: &Rows) {
        for row in &rows.rows {
            self.ids.push(row.id);
            self.classes.push(row.class as i32);
            self.starts_s.push(seconds(row.start));
            self.latencies_ms.push(milliseconds(row.latency));
            self.outcomes.push(row.outcome as i32);
            self.attempts.push(row.attempts);
        }
        for ((_, column), &place) in self.times_ms.iter_mut().zip(&self.places) {
            let times = (0..rows.rows.len()).map(|row| rows.times[row * rows.columns + place]);
            column.extend(times.map(milliseconds));
        }
    }
}
