//! `spof simulate --replications` and `--until`: many runs of a scenario, one beside the other.

use super::first_run::{replicate_with_story, story_of};
use super::shard::{ShardWish, parse_shard};
use crate::analysis::shard::REPLICATIONS_MOST;
use crate::analysis::study::{Measures, StudySummary, Verdict};
use crate::cli::caller::Caller;
use crate::cli::ending::Failure;
use crate::cli::onlooker::{Onlooker, parse_time_limit};
use crate::cli::simulated::Amount;
use crate::cli::stopping::why_no_more;
use crate::experiment::study::{Length, Study, StudyEnd, study};
use crate::experiment::tasks::Crew;
use crate::experiment::tasks::{Watcher, in_order, run_watched};
use crate::output::record::Record;
use crate::output::report::study::Repeat;
use crate::output::scenario_json::for_shell;
use crate::plan::{self, Plan};
use crate::scenario::measures::{Goal, parse_goals};
use crate::scenario::model::Scenario;
use crate::telling::{self, Answered};
use clap::Args;
use std::cell::RefCell;
use std::ops::Range;
use std::time::Duration;

#[derive(Clone, Debug, Args)]
pub struct StudyArguments {
    /// Simulate so many times, each time with other chance, and tell how far each figure may be
    /// trusted; the usual files are those of the first run
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=REPLICATIONS_MOST))]
    replications: Option<u64>,

    /// Simulate as often as it takes to know figures so exactly, such as 'p99 ±2%,
    /// availability ±0.001' (+- will do)
    #[arg(long, value_name = "GOALS", conflicts_with = "replications")]
    until: Option<String>,

    /// With --until, stop after so many replications
    #[arg(long, value_name = "N", default_value_t = 1_000, requires = "until",
          value_parser = clap::value_parser!(u64).range(2..=1_000_000))]
    at_most: u64,

    /// Begin no more replications, and with --advise try nothing more, after so much time, such as 10m
    #[arg(long, value_name = "TIME", value_parser = parse_time_limit)]
    time_limit: Option<Duration>,

    /// With --replications, simulate only this part of them, the third of eight, say, on one of
    /// many machines, and leave its figures in shard-3-of-8.spof for `spof merge`. auto/8 takes the
    /// number from a Slurm array (1 to 8) or from an Indexed Job of Kubernetes (0 to 7); auto takes
    /// the number of shards, too, from a Slurm array
    #[arg(long, value_name = "I/N|auto", requires = "replications", value_parser = parse_shard,
          conflicts_with_all = ["until", "time_limit", "live"])]
    shard: Option<ShardWish>,
}

/// What a study of one scenario is to find out.
pub struct StudyJob {
    goals: Vec<Goal>,
    replications: Option<u64>,
    at_most: u64,
    time_limit: Option<Duration>,
}

/// The figures of all runs, and what they say together.
pub struct StudyDone {
    pub names: Vec<String>,
    /// Those with names, run by run.
    pub runs: Vec<Vec<f64>>,
    pub summary: Answered<StudySummary>,
    pub interrupted: bool,
    /// What its runs were made of, if they were made here.
    pub amount: Option<Amount>,
}

impl StudyArguments {
    /// Whether more than one run is wanted.
    pub fn any(&self) -> bool {
        self.replications.is_some() || self.until.is_some()
    }

    /// Which part of how many runs is wanted, if it is not all of them.
    pub fn shard(&self) -> Option<(ShardWish, u64)> {
        self.shard.zip(self.replications)
    }

    pub fn time_limit(&self) -> Option<Duration> {
        self.time_limit
    }

    /// `advises`: there are many runs anyway, for which there may be a limit of time.
    pub fn job(&self, scenario: &Scenario, advises: bool) -> Result<Option<StudyJob>, Failure> {
        if !self.any() {
            return match self.time_limit {
                Some(_) if !advises => {
                    let message = "--time-limit needs --replications, --until or --advise";
                    Err(Failure::Usage(message.to_owned()))
                }
                _ => Ok(None),
            };
        }
        let goals = self.until.as_deref().map(|text| parse_goals(text, scenario)).transpose();
        let goals = goals.map_err(|refusal| Failure::refused("--until", refusal))?;
        let StudyArguments { replications, at_most, time_limit, .. } = *self;
        let goals = goals.unwrap_or_default();
        Ok(Some(StudyJob { goals, replications, at_most, time_limit }))
    }
}

impl StudyJob {
    pub fn run(&self, scenario: &Scenario, plan: &Plan, seed: u64, caller: &Caller) -> StudyDone {
        let measures = Measures::of(scenario, &self.goals);
        let length = match self.replications {
            Some(replications) => Length::Runs(replications),
            None => Length::Until { goals: measures.goals(), runs_most: self.at_most },
        };
        let watcher = caller.onlooker("replications", self.time_limit);
        let first = RefCell::new(None);
        let Study { figures, end } = study(&length, |numbers| match caller.crew() {
            Some(crew) => {
                let made = made_by(crew, numbers.clone(), &watcher);
                if numbers.start == 0 {
                    first.replace(story_of((scenario, plan), seed, &watcher));
                }
                made
            }
            None => {
                let (figures, story) =
                    replicate_with_story((scenario, plan), seed, numbers, &watcher, &measures);
                first.replace_with(|first| first.take().or(story));
                figures
            }
        });
        let interrupted = caller.has_stopped() && end == StudyEnd::BrokenOff;
        let stopped = why_no_more(end, self.replications.is_none(), interrupted, self.time_limit);
        let summary = measures.summarise(seed, &figures, &stopped);
        let told = telling::study::tell(&summary, first.into_inner().as_ref());
        StudyDone {
            names: measures.names(),
            runs: figures.iter().map(|figures| measures.usual(figures).to_vec()).collect(),
            summary: Answered { told, data: summary },
            interrupted,
            amount: watcher.so_far(),
        }
    }

    /// Some of its runs, for somebody else's study.
    pub fn figures(&self, scenario: &Scenario, seed: u64, runs: &[u64], caller: &Caller) -> Vec<Vec<f64>> {
        let measures = Measures::of(scenario, &self.goals);
        let plan = plan::compile(scenario);
        let watcher = caller.onlooker("replications", None);
        in_order(0..runs.len() as u64, &watcher, |place| {
            let results = run_watched(&plan, seed, runs[place as usize], &watcher)?;
            Some(measures.figures(&results))
        })
    }
}

/// The figures of these runs, without a gap: of what is broken off, the first ones.
fn made_by(crew: &dyn Crew, numbers: Range<u64>, watcher: &Onlooker) -> Vec<Vec<f64>> {
    let runs: Vec<(usize, u64)> = numbers.clone().map(|number| (0, number)).collect();
    let mut made: Vec<Option<Vec<f64>>> = vec![None; runs.len()];
    let mut done = numbers.start;
    crew.make(&runs, &mut |place, figures| {
        done += u64::from(made[place].replace(figures).is_none());
        watcher.done(done, numbers.end);
        !watcher.breaks_off()
    });
    made.into_iter().map_while(|figures| figures).collect()
}

/// How all of it is made again, on one machine.
pub fn again(summary: &StudySummary, first_run: &Record) -> Repeat {
    let command = first_run.script.as_ref().map_or("", |script| script.command.as_str());
    let command = match summary.goals.as_slice() {
        [] => format!("{command} --replications {}", summary.replications),
        goals => {
            let goals: Vec<&str> = goals.iter().map(|goal| goal.text.as_str()).collect();
            format!("{command} --until {} --at-most {}", for_shell(&goals.join(", ")), summary.replications)
        }
    };
    Repeat { command, version: summary.version.clone() }
}

impl StudyDone {
    pub fn again(&self, first_run: &Record) -> Repeat {
        again(&self.summary.data, first_run)
    }

    /// Whether something was expected or wanted that is not so.
    pub fn failed(&self) -> bool {
        let summary = &self.summary.data;
        let failed = summary.expectations.iter().any(|one| one.verdict == Verdict::Fail);
        failed || summary.goals.iter().any(|goal| !goal.reached)
    }
}
