//! `spof shard-script`: has a study simulated by the machines of a cluster.

use super::caller::Caller;
use super::ending::{Ending, Failure};
use super::printing::print_data;
use super::reading::read;
use super::simulate::{ShardPlan, SimulateArguments};
use crate::output::shard_script::ShardScript;
use crate::scenario::given::Given;
use clap::{Args, FromArgMatches, ValueEnum};
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Cluster {
    /// A script for sbatch
    Slurm,
    /// A manifest of an Indexed Job
    Kubernetes,
}

/// Print a script that has a study simulated in shards, by Slurm or by Kubernetes
#[derive(Debug, Args)]
pub struct ShardScriptArguments {
    /// A scenario file (YAML, TOML or JSON)
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// How many replications there are in all
    #[arg(long, value_name = "N")]
    replications: u64,

    /// In how many shards
    #[arg(long, value_name = "N")]
    shards: u64,

    /// For which kind of cluster
    #[arg(long = "for", value_name = "CLUSTER")]
    cluster: Cluster,

    /// Cores of each shard
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=4096))]
    cores: u32,

    /// The image that Kubernetes takes spof from
    #[arg(long, value_name = "IMAGE", default_value = concat!("spof:", env!("CARGO_PKG_VERSION")))]
    image: String,

    /// What else `spof simulate` is told, such as -- --rows none --set run.duration=1h
    #[arg(last = true, value_name = "ARGUMENTS")]
    more: Vec<String>,
}

pub fn run(arguments: ShardScriptArguments) -> Result<Ending, Failure> {
    let ShardScriptArguments { file, replications, shards, cluster, cores, image, more } = arguments;
    let name =
        file.to_str().ok_or_else(|| Failure::Usage("the file's name is no text".to_owned()))?.to_owned();
    // What the cluster would refuse in an hour is refused now.
    let words = ["simulate", &name, "--replications", &replications.to_string()].map(str::to_owned);
    let words = words.into_iter().chain(["--shard".to_owned(), format!("1/{shards}")]).chain(more.clone());
    let plan = simulate_arguments(words)?.shard_plan()?;
    let ShardPlan { settings, folder } = plan;
    if read(&Given::from(file.as_path()), &settings, false, &Caller::person())?.scenario.is_none() {
        return Err(Failure::BadScenario);
    }
    let out_given = more.iter().any(|word| word == "--out" || word.starts_with("--out="));
    if out_given {
        let message = "-- --out: the script says itself where results go; change it there".to_owned();
        return Err(Failure::Usage(message));
    }
    let script = ShardScript { file: name, replications, shards, cores, image, more };
    print_data(&match cluster {
        Cluster::Slurm => script.slurm(&folder.display().to_string()),
        Cluster::Kubernetes => script.kubernetes(),
    })?;
    Ok(Ending::Good)
}

/// As `spof simulate` would understand them.
fn simulate_arguments(words: impl Iterator<Item = String>) -> Result<SimulateArguments, Failure> {
    let command = SimulateArguments::augment_args(clap::Command::new("simulate"));
    let matches =
        command.try_get_matches_from(words).and_then(|matches| SimulateArguments::from_arg_matches(&matches));
    matches.map_err(|error| Failure::misunderstood(&error))
}
