//! The runs of a study: those that are kept from before, and those that are still to be made, on
//! all cores. What a run comes to depends on its point and its number alone.

use super::{Study, VariantArguments};
use crate::analysis::gauges::Gauge;
use crate::analysis::point_fullness::PointFullness;
use crate::cli::caller::Caller;
use crate::cli::ending::Failure;
use crate::cli::onlooker::Onlooker;
use crate::cli::simulated::{Amount, Simulated};
use crate::diagnosis::shortage;
use crate::experiment::tasks::Crew;
use crate::experiment::tasks::{Watcher, in_order, run_watched};
use crate::output::journal::Journal;
use crate::output::terminal::counted;
use crate::plan::{Plan, compile};
use crate::scenario::given::Settings;
use crate::scenario::model::Scenario;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

pub struct Runs<'a> {
    arguments: &'a VariantArguments,
    /// What is set at each point.
    settings: Vec<Settings>,
    pub gauges: Vec<Gauge>,
    study: Arc<dyn Study>,
    /// None is kept for somebody else's study.
    journal: Option<Mutex<Journal>>,
    caller: Caller,
    /// By point and number.
    done: Mutex<BTreeMap<(usize, u64), Vec<f64>>>,
    /// Those that some thread is running.
    variants: Mutex<BTreeMap<usize, Weak<Variant>>>,
    failure: Mutex<Option<Failure>>,
    simulated: Simulated,
}

/// A point, ready to run.
pub struct Variant {
    pub scenario: Scenario,
    plan: Plan,
}

/// Breaks off as soon as a run could not be kept, too.
struct Guarded<'r, 'a> {
    onlooker: Onlooker,
    runs: &'r Runs<'a>,
    kept: u64,
}

impl Watcher for Guarded<'_, '_> {
    fn breaks_off(&self) -> bool {
        self.onlooker.breaks_off() || lock(&self.runs.failure).is_some()
    }

    fn done(&self, tasks: u64, of: u64) {
        self.onlooker.done(self.kept + tasks, self.kept + of);
    }

    fn simulated(&self, requests: u64, events: u64) {
        self.onlooker.simulated(requests, events);
        self.runs.simulated.add(requests, events);
    }
}

/// A thread that has panicked has ended the program's work anyway.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Runs<'a> {
    pub fn new(
        arguments: &'a VariantArguments,
        settings: Vec<Settings>,
        (gauges, study): (Vec<Gauge>, Arc<dyn Study>),
        journal: Option<Journal>,
        caller: &Caller,
    ) -> Runs<'a> {
        Runs {
            arguments,
            settings,
            gauges,
            study,
            journal: journal.map(Mutex::new),
            caller: caller.undisturbed_if(arguments.is_silent()),
            done: Mutex::default(),
            variants: Mutex::default(),
            failure: Mutex::default(),
            simulated: Simulated::from_now(),
        }
    }

    /// The runs that a journal holds; the error is the number of a line that makes no sense.
    pub fn take_over(&self, lines: &[String]) -> Result<(), usize> {
        let mut done = lock(&self.done);
        for (place, line) in lines.iter().enumerate() {
            // The first line says what the journal is of.
            let (point, replication, figures) = read_line(line).ok_or(place + 2)?;
            if point >= self.settings.len() || figures.len() < self.gauges.len() {
                return Err(place + 2);
            }
            done.insert((point, replication), figures);
        }
        Ok(())
    }

    /// Makes the runs of these points and numbers that there are not yet. Whether all are there
    /// then: not if somebody stopped it.
    pub fn make(&self, wanted: impl Iterator<Item = (usize, u64)>) -> Result<bool, Failure> {
        let (kept, missing): (Vec<_>, Vec<_>) = {
            let done = lock(&self.done);
            wanted.partition(|run| done.contains_key(run))
        };
        let onlooker = self.caller.onlooker("runs", None);
        let watcher = Guarded { onlooker, runs: self, kept: kept.len() as u64 };
        let all = missing.len();
        let made = match self.caller.crew() {
            Some(crew) => self.made_by(crew, &missing, &watcher),
            None => self.made_here(&missing, &watcher),
        };
        match lock(&self.failure).take() {
            Some(failure) => Err(failure),
            None => Ok(made == all),
        }
    }

    /// How many.
    fn made_here(&self, missing: &[(usize, u64)], watcher: &Guarded) -> usize {
        let made = in_order(0..missing.len() as u64, watcher, |task| {
            let (point, replication) = missing[task as usize];
            self.run(point, replication, watcher).unwrap_or_else(|failure| {
                lock(&self.failure).get_or_insert(failure);
                None
            })
        });
        made.len()
    }

    fn made_by(&self, crew: &dyn Crew, missing: &[(usize, u64)], watcher: &Guarded) -> usize {
        let mut made = 0;
        crew.make(missing, &mut |place, figures| {
            let (point, replication) = missing[place];
            if let Err(failure) = self.keep(point, replication, figures) {
                lock(&self.failure).get_or_insert(failure);
            }
            made += 1;
            watcher.done(made as u64, missing.len() as u64);
            !watcher.breaks_off()
        });
        made
    }

    /// One run, kept as soon as it is done; nothing if it is broken off.
    fn run(&self, point: usize, replication: u64, watcher: &impl Watcher) -> Result<Option<()>, Failure> {
        let variant = self.variant(point)?;
        let seed = self.arguments.seed.unwrap_or(variant.scenario.run.seed);
        let Some(results) = run_watched(&variant.plan, seed, replication, watcher) else { return Ok(None) };
        let names = self.study.gauges(&variant.scenario);
        let mut measured = self.study.figures(&variant.scenario, &results);
        let expected = measured.split_off(names.len());
        let of_gauge = |gauge: &Gauge| {
            let place = names.iter().position(|name| name == gauge);
            place.map_or(f64::NAN, |place| measured[place])
        };
        let figures: Vec<f64> = self.gauges.iter().map(of_gauge).chain(expected).collect();
        self.keep(point, replication, figures)?;
        Ok(Some(()))
    }

    fn keep(&self, point: usize, replication: u64, figures: Vec<f64>) -> Result<(), Failure> {
        if let Some(journal) = &self.journal {
            lock(journal).add(&line_of(point, replication, &figures))?;
        }
        lock(&self.done).insert((point, replication), figures);
        Ok(())
    }

    pub fn variant(&self, point: usize) -> Result<Arc<Variant>, Failure> {
        if let Some(variant) = lock(&self.variants).get(&point).and_then(Weak::upgrade) {
            return Ok(variant);
        }
        let file = &self.arguments.file;
        let loaded =
            file.load(&self.settings[point]).map_err(|error| Failure::reading(file.path(), &error))?;
        let mut scenario = loaded
            .scenario
            .ok_or_else(|| Failure::Usage(format!("{} was changed while the study went on", file.name())))?;
        scenario.expectations = self.study.expectations(&scenario)?;
        let plan = compile(&scenario);
        let variant = Arc::new(Variant { scenario, plan });
        lock(&self.variants).insert(point, Arc::downgrade(&variant));
        Ok(variant)
    }

    /// The figures of the first runs of a point, which have been made.
    pub fn of_point(&self, point: usize, replications: u64) -> Vec<Vec<f64>> {
        let done = lock(&self.done);
        done.range((point, 0)..(point, replications)).map(|(_, figures)| figures.clone()).collect()
    }

    /// How full things were in these.
    pub fn fullness(&self, point: usize, replications: u64) -> Result<PointFullness, Failure> {
        let scenario = &self.variant(point)?.scenario;
        Ok(shortage::at_point(scenario, &self.gauges, &self.of_point(point, replications)))
    }

    pub fn of_run(&self, run: (usize, u64)) -> Option<Vec<f64>> {
        lock(&self.done).get(&run).cloned()
    }

    /// What is there when somebody has stopped it, and how to go on.
    pub fn tell_stopped(&self) {
        let Some(journal) = &self.journal else { return };
        self.caller.print_aside(&format!(
            "Stopped after {}, which are kept in {}. The same command goes on from there.\n",
            counted(lock(&self.done).len() as u64, "run"),
            lock(journal).path().display()
        ));
    }

    /// The study is done, and nothing has to be kept for later. Gives back what was simulated here
    /// and now.
    pub fn finish(self) -> Result<Option<Amount>, Failure> {
        let amount = self.simulated.so_far();
        let journal =
            self.journal.map(|journal| journal.into_inner().unwrap_or_else(PoisonError::into_inner));
        journal.map_or(Ok(()), Journal::remove)?;
        Ok(amount)
    }
}

/// Rust prints the shortest text that reads back as the same number.
fn line_of(point: usize, replication: u64, figures: &[f64]) -> String {
    let figures: Vec<String> = figures.iter().map(f64::to_string).collect();
    format!("{point} {replication} {}", figures.join(" "))
}

fn read_line(line: &str) -> Option<(usize, u64, Vec<f64>)> {
    let mut words = line.split(' ');
    let (point, replication) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let figures = words.map(|word| word.parse().ok()).collect::<Option<Vec<f64>>>()?;
    Some((point, replication, figures))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_come_back_from_a_journal_to_the_last_bit() {
        let figures = [0.1, 1.0 / 3.0, 1e-300, f64::NAN, f64::INFINITY, -0.0, 4e15];
        let (point, replication, read) = read_line(&line_of(3, 7, &figures)).unwrap();
        assert_eq!((point, replication), (3, 7));
        let bits = |figures: &[f64]| figures.iter().map(|figure| figure.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&read), bits(&figures));
        assert!(["", "3", "3 x", "3 7 1.5 y", "-1 2 3"].iter().all(|line| read_line(line).is_none()));
    }
}
