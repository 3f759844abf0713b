//! `spof simulate --replications` and `--until`: many runs of a scenario, one beside the other.

use super::shard::{ShardWish, parse_shard};
use crate::analysis::shard::{AS_ASKED, REPLICATIONS_MOST};
use crate::analysis::study::{Measures, StudySummary, Verdict};
use crate::cli::ending::Failure;
use crate::cli::interrupt;
use crate::cli::onlooker::{Onlooker, parse_time_limit};
use crate::cli::progress::Progress;
use crate::experiment::study::{Length, Study, StudyEnd, study};
use crate::parts::quantity::format_duration;
use crate::plan::Plan;
use crate::scenario::measures::{Goal, parse_goals};
use crate::scenario::model::Scenario;
use clap::Args;
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

    /// Begin no more replications after so much time, such as 10m
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
    is_silent: bool,
}

/// The figures of all runs, and what they say together.
pub struct StudyDone {
    pub names: Vec<String>,
    /// Those with names, run by run.
    pub runs: Vec<Vec<f64>>,
    pub summary: StudySummary,
    pub interrupted: bool,
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

    pub fn job(&self, scenario: &Scenario, is_silent: bool) -> Result<Option<StudyJob>, Failure> {
        if !self.any() {
            return match self.time_limit {
                Some(_) => Err(Failure::Usage("--time-limit needs --replications or --until".to_owned())),
                None => Ok(None),
            };
        }
        let goals = self.until.as_deref().map(|text| parse_goals(text, scenario)).transpose();
        let goals = goals.map_err(|refusal| {
            let hint = refusal.hint.map_or(String::new(), |hint| format!("; {hint}"));
            Failure::Usage(format!("--until: {}{hint}", refusal.problem))
        })?;
        let StudyArguments { replications, at_most, time_limit, .. } = *self;
        let goals = goals.unwrap_or_default();
        Ok(Some(StudyJob { goals, replications, at_most, time_limit, is_silent }))
    }
}

impl StudyJob {
    pub fn run(&self, scenario: &Scenario, plan: &Plan, seed: u64) -> StudyDone {
        let measures = Measures::of(scenario, &self.goals);
        let length = match self.replications {
            Some(replications) => Length::Runs(replications),
            None => Length::Until { goals: measures.goals(), runs_most: self.at_most },
        };
        let progress = if self.is_silent { Progress::hidden() } else { Progress::of_tasks("replications") };
        let watcher = Onlooker::new(progress, self.time_limit);
        let Study { figures, end } =
            study(plan, seed, &length, &watcher, &|results| measures.figures(results));
        let interrupted = interrupt::requested() && end == StudyEnd::BrokenOff;
        let stopped = match end {
            StudyEnd::Enough if self.replications.is_some() => AS_ASKED.to_owned(),
            StudyEnd::Enough => "as many as the goals need".to_owned(),
            StudyEnd::RunsMost => "which is all that --at-most allows".to_owned(),
            StudyEnd::BrokenOff if interrupted => "then stopped by the user".to_owned(),
            StudyEnd::BrokenOff => {
                let limit_s = self.time_limit.unwrap_or_default().as_secs_f64();
                format!("then the time limit of {} was over", format_duration(limit_s))
            }
        };
        StudyDone {
            names: measures.names(),
            runs: figures.iter().map(|figures| measures.usual(figures).to_vec()).collect(),
            summary: measures.summarise(seed, &figures, &stopped),
            interrupted,
        }
    }
}

impl StudyDone {
    /// Whether something was expected or wanted that is not so.
    pub fn failed(&self) -> bool {
        let failed = self.summary.expectations.iter().any(|one| one.verdict == Verdict::Fail);
        failed || self.summary.goals.iter().any(|goal| !goal.reached)
    }
}
