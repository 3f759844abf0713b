//! A run that one looks at while it goes on, and touches: breaks things, mends them, lets anything
//! happen that a timeline can say. There is no clock, thread or file in it.
//!
//! What is touched becomes an entry of the scenario's timeline, and the run is played again from its
//! seed up to where it was. So the run that one sees is, to the bit, the run of a scenario with these
//! entries, which can be saved and shared; and a run that nobody touches costs what any run costs.

use super::error::Error;
use super::findings::Findings;
use super::scenario::Scenario;
use super::simulate::Run;
use crate::document::flow::scalar;
use crate::engine::{Advance, Options, Simulation};
use crate::experiment::tasks::{SLICE_EVENTS, Told, Unwatched, Watcher};
use crate::kernel::time::{NEVER, Time};
use crate::plan::{Plan, compile};
use crate::results::row::RowSampling;
use std::sync::Arc;
use std::time::Duration;

/// A run under way.
pub struct Stage {
    /// As it was opened.
    opened: Scenario,
    /// With everything that was touched.
    scenario: Scenario,
    touches: Vec<Touch>,
    simulation: Simulation<Arc<Plan>>,
    /// Everything before this has happened.
    now: Time,
    is_over: bool,
    told: Told,
}

/// Something that happens because somebody wanted it.
#[derive(Clone, Debug)]
struct Touch {
    at: Time,
    /// As in a timeline: `fail: mysql`.
    what: String,
    /// What is broken, where it can be mended.
    target: Option<String>,
    mended: Option<Time>,
}

/// What there is to see at an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Since the start of the run.
    pub at: Duration,
    /// How much of the run is done, from 0 to 1.
    pub progress: f64,
    /// Requests under way.
    pub in_flight: u64,
    pub classes: Vec<ClassView>,
    pub nodes: Vec<NodeView>,
    /// Faults and maintenance in force, the latest last.
    pub incidents: Vec<String>,
}

/// A class of requests since the start of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassView {
    pub name: String,
    pub offered: u64,
    /// Answers with success.
    pub ok: u64,
    pub failed: u64,
    /// The mean latency of these answers; nothing if there are none.
    pub mean_ms: Option<f64>,
}

/// A node, with what is going on at each of its replicas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeView {
    pub name: String,
    pub replicas: Vec<ReplicaView>,
}

/// One replica of a node, now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplicaView {
    pub is_down: bool,
    /// Slots that are held: workers, connections, threads.
    pub busy: u32,
    /// Requests that wait in its line.
    pub line: u32,
}

impl Stage {
    /// A run that has not begun.
    pub fn open(scenario: &Scenario) -> Stage {
        Stage {
            opened: scenario.clone(),
            scenario: scenario.clone(),
            touches: Vec::new(),
            simulation: begin(scenario),
            now: 0,
            is_over: false,
            told: Told::default(),
        }
    }

    /// Lets everything happen that comes before `to`, counted from the start of the run. Whether
    /// there is more to come. A watcher who breaks it off finds the run where it is then.
    pub fn advance(&mut self, to: Duration, watcher: &dyn Watcher) -> bool {
        self.go(nanoseconds(to), watcher);
        !self.is_over
    }

    /// How far the run has come.
    pub fn now(&self) -> Duration {
        Duration::from_nanos(self.now)
    }

    /// The scenario with everything that was touched; its run is this one.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// What was touched, as entries of a timeline, each a line of YAML.
    pub fn timeline(&self) -> String {
        self.touches.iter().map(|touch| format!("- {}\n", touch.entry())).collect()
    }

    /// What there is to see.
    pub fn look(&self) -> View {
        let model = self.scenario.model();
        let snapshot = self.simulation.snapshot(self.now);
        let classes = model.classes.iter().zip(&snapshot.classes);
        let classes = classes.map(|(class, seen)| ClassView {
            name: class.name.clone(),
            offered: seen.offered,
            ok: seen.ok,
            failed: seen.failed,
            mean_ms: (seen.ok > 0).then(|| seen.latency_sum as f64 * 1e-6 / seen.ok as f64),
        });
        let mut instances = snapshot.instances.iter();
        let nodes = model.nodes.iter().map(|node| NodeView {
            name: node.name.clone(),
            replicas: instances
                .by_ref()
                .take(node.replicas as usize)
                .map(|seen| ReplicaView { is_down: seen.is_down, busy: seen.busy, line: seen.line })
                .collect(),
        });
        View {
            at: self.now(),
            progress: self.simulation.progress(),
            in_flight: snapshot.in_flight,
            classes: classes.collect(),
            nodes: nodes.collect(),
            incidents: snapshot.incidents.iter().map(|incident| incident.name.clone()).collect(),
        }
    }

    /// Lets a node fail from now on, until it is mended.
    pub fn fail(&mut self, node: &str) -> Result<(), Error> {
        self.breaks("fail", node, "")
    }

    /// Lets a node accept and never answer, until it is mended.
    pub fn hang(&mut self, node: &str) -> Result<(), Error> {
        self.breaks("hang", node, "")
    }

    /// Lets a node take so many times as long for all its work, until it is mended.
    pub fn slow(&mut self, node: &str, factor: f64) -> Result<(), Error> {
        self.breaks("slow", node, &format!(", by: {factor}x"))
    }

    /// Ends what was last broken at a node and still lasts.
    pub fn mend(&mut self, node: &str) -> Result<(), Error> {
        let mut touches = self.touches.clone();
        let lasting = |touch: &Touch| touch.mended.is_none() && touch.target.as_deref() == Some(node);
        let Some(place) = touches.iter().rposition(lasting) else {
            let told = format!(
                "nothing that was broken by hand still lasts at `{node}`; what a timeline breaks ends with its `for`"
            );
            return Err(Error::Refused(told));
        };
        match touches[place].at == self.now {
            // It has had no time to do anything.
            true => drop(touches.remove(place)),
            false => touches[place].mended = Some(self.now),
        }
        self.play_again(touches, self.now)
    }

    /// Lets happen from now on what stands in a timeline behind `at`: `surge: 4x, hold: 3m`.
    pub fn touch(&mut self, what: &str) -> Result<(), Error> {
        self.add(Touch { at: self.now, what: what.to_owned(), target: None, mended: None })
    }

    /// Goes back to an instant, as if nothing had been touched behind it.
    pub fn back(&mut self, to: Duration) -> Result<(), Error> {
        let to = nanoseconds(to).min(self.now);
        let mut touches = self.touches.clone();
        touches.retain(|touch| touch.at < to);
        for touch in &mut touches {
            touch.mended = touch.mended.filter(|mended| *mended < to);
        }
        self.play_again(touches, to)
    }

    /// Lets it go on to its end, and tells what came of it.
    pub fn finish(mut self, watcher: &dyn Watcher) -> Result<Run, Error> {
        self.go(NEVER, watcher);
        if !self.is_over {
            return Err(Error::Stopped);
        }
        let results = self.simulation.finish(false);
        let findings = Findings::of(self.scenario.model(), self.scenario.seed(), &results);
        Ok(Run { findings, results, rows: None })
    }

    fn breaks(&mut self, verb: &str, node: &str, more: &str) -> Result<(), Error> {
        let what = format!("{verb}: {}{more}", scalar(node));
        self.add(Touch { at: self.now, what, target: Some(node.to_owned()), mended: None })
    }

    fn add(&mut self, touch: Touch) -> Result<(), Error> {
        let mut touches = self.touches.clone();
        touches.push(touch);
        self.play_again(touches, self.now)
    }

    /// With these touches, from the seed up to an instant. If they make no sense, all stays as it was.
    fn play_again(&mut self, touches: Vec<Touch>, to: Time) -> Result<(), Error> {
        let scenario = self.opened.with_timeline(touches.iter().map(Touch::entry))?;
        let simulation = begin(&scenario);
        let opened = self.opened.clone();
        *self =
            Stage { opened, scenario, touches, simulation, now: 0, is_over: false, told: Told::default() };
        self.go(to, &Unwatched);
        Ok(())
    }

    fn go(&mut self, to: Time, watcher: &dyn Watcher) {
        while !self.is_over {
            let advance = self.simulation.advance(to, SLICE_EVENTS);
            self.told.go_on(&self.simulation, watcher);
            // What has run may have gone to the end of a stretch behind it.
            self.now = self.now.max(self.simulation.now());
            self.is_over = advance == Advance::Ended;
            if advance == Advance::Reached {
                self.now = self.now.max(to);
                return;
            }
            if watcher.breaks_off() {
                return;
            }
        }
    }
}

impl Touch {
    fn entry(&self) -> String {
        let length = self.mended.map(|mended| format!(", for: {}ns", mended - self.at));
        format!("{{ at: {}ns, {}{} }}", self.at, self.what, length.unwrap_or_default())
    }
}

fn begin(scenario: &Scenario) -> Simulation<Arc<Plan>> {
    let options = Options { seed: scenario.seed(), replication: 0, rows: RowSampling::None };
    let mut simulation = Simulation::new(Arc::new(compile(scenario.model())), options);
    // As every run that is told of does.
    simulation.follow_a_sample();
    simulation
}

fn nanoseconds(time: Duration) -> Time {
    u64::try_from(time.as_nanos()).unwrap_or(NEVER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questions::{SimulateOptions, simulate};

    const SITE: &str = "
run: { duration: 10m, warmup: none, seed: 3 }
nodes:
  visitors: { kind: user, arrivals: 20/s }
  app: { kind: station, servers: 2 }
requests: { page: { path: [ app: exp(50ms) ] } }
timeline: [ { at: 8m, slow: app, by: 2x, for: 30s } ]
";

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn what_is_touched_is_the_run_of_a_scenario_with_that_timeline() {
        let scenario = Scenario::parse(SITE).unwrap();
        let mut stage = Stage::open(&scenario);
        assert!(stage.advance(at(60), &Unwatched));
        let before = stage.look();
        assert!(before.incidents.is_empty() && !before.nodes[1].replicas[0].is_down);
        stage.fail("app").unwrap();
        assert!(stage.advance(at(90), &Unwatched));
        let broken = stage.look();
        assert!(broken.nodes[1].replicas[0].is_down, "{broken:?}");
        assert!(broken.classes[0].failed > before.classes[0].failed + 500);
        stage.mend("app").unwrap();
        stage.advance(at(200), &Unwatched);
        assert!(!stage.look().nodes[1].replicas[0].is_down);
        stage.touch("surge: 3x, hold: 20s").unwrap();
        let text = format!(
            "{}{}",
            SITE.replace("timeline: [ ", "timeline:\n- ").replace(" } ]", " }"),
            stage.timeline()
        );
        let written = Scenario::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let touched = stage.finish(&Unwatched).unwrap();
        let run = simulate(&written, &SimulateOptions::default(), &Unwatched).unwrap();
        let json = |run: &Run| serde_json::to_string(&run.findings).unwrap();
        assert_eq!(json(&touched), json(&run));
        assert_eq!(run.results.incidents.len(), 2);
    }

    #[test]
    fn a_run_goes_back_as_if_nothing_had_been_touched() {
        let scenario = Scenario::parse(SITE).unwrap();
        let mut stage = Stage::open(&scenario);
        stage.advance(at(60), &Unwatched);
        let seen = stage.look();
        stage.hang("app").unwrap();
        stage.advance(at(120), &Unwatched);
        stage.back(at(60)).unwrap();
        assert_eq!(stage.look(), seen);
        assert_eq!(stage.timeline(), "");
        let run = stage.finish(&Unwatched).unwrap();
        let plain = simulate(&scenario, &SimulateOptions::default(), &Unwatched).unwrap();
        assert_eq!(run.findings.told, plain.findings.told);
    }

    #[test]
    fn what_makes_no_sense_changes_nothing() {
        let mut stage = Stage::open(&Scenario::parse(SITE).unwrap());
        stage.advance(at(60), &Unwatched);
        let seen = stage.look();
        let told = stage.fail("ap").unwrap_err().to_string();
        assert!(told.contains("there is no node `ap`") && told.contains("did you mean `app`?"), "{told}");
        let told = stage.fail("app, for: 5s").unwrap_err().to_string();
        assert!(told.contains("there is no node `app, for: 5s`"), "{told}");
        let told = stage.mend("app").unwrap_err().to_string();
        assert!(told.contains("nothing that was broken by hand still lasts at `app`"), "{told}");
        assert_eq!(stage.look(), seen);
        stage.fail("app").unwrap();
        stage.mend("app").unwrap();
        assert_eq!(stage.timeline(), "", "it had no time to do anything");
    }
}
