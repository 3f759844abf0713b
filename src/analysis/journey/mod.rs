//! One request's journey from its user to the last node behind the site and back, computed
//! from the checked scenario: what happens, how long it takes on average as long as nobody
//! has to wait for others, and what happens where something goes wrong.

mod calls;
mod client;
mod happenings;
mod hazards;
mod offered;
#[cfg(test)]
mod tests;
mod visits;

pub use client::Rates;
pub use happenings::HappeningLine;
pub use hazards::{Hazard, Trouble};
pub use offered::{Offered, Resource};

use crate::scenario::model::Scenario;
use serde::Serialize;

/// Everything that can be said of a class without running it.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    pub scenario: String,
    pub classes: Vec<ClassLine>,
    pub journey: Journey,
    pub offered: Offered,
    /// What happens at given times, whatever the class.
    pub timeline: Vec<HappeningLine>,
}

/// A class in one line.
#[derive(Clone, Debug, Serialize)]
pub struct ClassLine {
    pub name: String,
    /// `None` if a closed population sends it and takes no time for anything.
    pub rate_per_s: Option<f64>,
    pub expected_ms: f64,
    /// The nodes in the order in which they are first called.
    pub path: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Journey {
    pub class: String,
    pub user: String,
    /// Other users that send the class, too.
    pub also_from: Vec<String>,
    /// Groups that are called, of which it shows the first member.
    pub groups: Vec<GroupShown>,
    pub steps: Vec<Step>,
    /// A mean request's time if nobody ever waits for others.
    pub expected_ms: f64,
    /// It is at least that: of calls made side by side only the slowest on average counts.
    pub at_least: bool,
    /// Where that time is spent, the longest first.
    pub places: Vec<PlaceTime>,
}

/// Other members may work, be linked and be asked otherwise.
#[derive(Clone, Debug, Serialize)]
pub struct GroupShown {
    pub group: String,
    pub member: String,
}

/// A node's own time, in line and at work, or the network's; calls to others not counted.
#[derive(Clone, Debug, Serialize)]
pub struct PlaceTime {
    pub place: String,
    pub mean_ms: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct Step {
    pub number: usize,
    /// How many calls deep it happens.
    pub depth: usize,
    /// The node whose time it is, or `network`.
    pub place: String,
    /// How often a request comes here on average.
    pub times: f64,
    /// What it takes each time.
    pub each_ms: f64,
    /// What it adds to a mean request.
    pub expected_ms: f64,
    /// Others of the same call happen at the same time.
    pub side_by_side: bool,
    #[serde(flatten)]
    pub what: What,
    pub hazards: Vec<Hazard>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum What {
    Resolve(Resolve),
    Connect(Connect),
    Travel(Travel),
    Visit(Visit),
    /// The node goes on when those that it called have answered.
    GoOn(GoOn),
    Return(Travel),
}

#[derive(Clone, Debug, Serialize)]
pub struct Resolve {
    pub user: String,
    pub name: String,
    pub resolver: String,
    pub records: Vec<RecordLine>,
    pub ttl_s: f64,
    /// The share of requests whose client does not remember the address.
    pub asked_share: f64,
    /// The share of requests for which the resolver, too, has to ask.
    pub cold_share: f64,
    pub lookup_ms: f64,
    pub approximate: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct RecordLine {
    pub name: String,
    pub kind: &'static str,
    pub target: String,
    pub ttl_s: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct Connect {
    pub from: String,
    pub to: String,
    pub tls: Option<&'static str>,
    pub round_trips: u32,
    pub round_trip_ms: f64,
    /// The share of requests that open a connection; the others use one that is open.
    pub fresh_share: f64,
    /// How long an idle connection stays open; `None` for ever.
    pub kept_s: Option<f64>,
    /// Whether a client keeps connections at all.
    pub keeps: bool,
    pub approximate: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Travel {
    pub from: String,
    pub to: String,
    pub latency: String,
    pub one_way_ms: f64,
    pub bytes: u64,
    pub sending_ms: f64,
    /// Round trips for a connection that is opened for this call alone.
    pub round_trips: u32,
    pub loss: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct Visit {
    pub node: String,
    pub kind: &'static str,
    /// The group that it is picked from, and how many peers there are to pick from.
    pub group: Option<String>,
    pub peers: u32,
    /// What a visit takes up here, and how many of these there are; `None` for no limit.
    pub slot: &'static str,
    pub slots: Option<u32>,
    /// Places in the line before them; `None` for no limit.
    pub line: Option<u32>,
    pub slot_utilisation: Option<f64>,
    /// How long a visit keeps its slot, the calls that it makes included.
    pub held_ms: f64,
    pub work: WorkLine,
    /// How often the call is made, if it is not simply once.
    pub repeated: Option<String>,
    /// The caller goes on even if it fails.
    pub optional: bool,
    pub hit_ratio: Option<f64>,
    /// How the caller reaches it, if that can be told.
    pub socket: Option<&'static str>,
    /// The way on of a random walk: (to whom, with which share); `None` leaves.
    pub ways: Vec<(Option<String>, f64)>,
}

/// What a visit does by itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct WorkLine {
    pub cpu: Option<String>,
    pub cpu_ms: f64,
    pub wait: Option<String>,
    pub wait_ms: f64,
    /// For opening a connection, on average.
    pub handshake_ms: f64,
    /// Whose cores the CPU time shares.
    pub cores: Option<Cores>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cores {
    pub host: String,
    pub cores: u32,
    pub utilisation: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub struct GoOn {
    pub node: String,
    pub work: WorkLine,
}

/// Explains a class, given by its number.
pub fn explain(scenario: &Scenario, class: usize) -> Explanation {
    let rates = Rates::of(scenario);
    let offered = Offered::of(scenario, &rates);
    let lines = scenario.classes.iter().enumerate().map(|(number, class)| {
        let journey = calls::journey(scenario, number, &rates, None);
        ClassLine {
            name: class.name.clone(),
            rate_per_s: rates.of_class(number),
            expected_ms: journey.expected_ms,
            path: journey.path(),
        }
    });
    Explanation {
        scenario: scenario.name.clone(),
        classes: lines.collect(),
        journey: calls::journey(scenario, class, &rates, Some(&offered)),
        offered,
        timeline: happenings::happenings(scenario),
    }
}

impl Journey {
    /// The nodes that are visited, each once.
    pub fn path(&self) -> Vec<String> {
        let mut path: Vec<String> = Vec::new();
        for step in &self.steps {
            if let What::Visit(visit) = &step.what
                && !path.contains(&visit.node)
            {
                path.push(visit.node.clone());
            }
        }
        path
    }
}
