//! `spof simulate --shard`: some of a study's runs, on one of many machines.

use super::audience::Audience;
use super::first_run::replicate_with_story;
use super::job::{Done, Job, Wishes};
use super::{SimulateArguments, folders, ownership, wishes};
use crate::analysis::columns::Columns;
use crate::analysis::shard::{FirstRun, Part, Shard, Study};
use crate::analysis::study::Measures;
use crate::cli::caller::Caller;
use crate::cli::ending::{Ending, Failure};
use crate::cli::onlooker::Onlooker;
use crate::cli::progress::Progress;
use crate::cli::reading::read;
use crate::experiment::tasks::Watcher;
use crate::output::folder::{Folder, OutputError};
use crate::output::scenario_json::Script;
use crate::output::text_file::Replacement;
use crate::output::{json, shard_file};
use crate::parts::fingerprint::Fingerprint;
use crate::plan;
use crate::scenario::given::Given;
use crate::scenario::model::Scenario;
use crate::telling::Sentence;
use serde::Serialize;
use std::ops::Range;
use std::path::Path;

/// Which shard is wanted, as `--shard` takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShardWish {
    Given(Part),
    /// As the cluster says; of how many, too, unless that is given.
    Auto {
        of: Option<u64>,
    },
}

pub fn parse_shard(text: &str) -> Result<ShardWish, String> {
    const HINT: &str = "write 3/8 for the third of eight shards, auto/8 to take the number from a Slurm array or an \
                        Indexed Job of Kubernetes, or auto to take both from a Slurm array";
    let whole = |text: &str| text.trim().parse::<u64>().ok();
    let wish = match text.split_once('/') {
        None if text == "auto" => Some(ShardWish::Auto { of: None }),
        None => None,
        // Whether there is such a number of shards, the first of them tells.
        Some(("auto", of)) => {
            whole(of).filter(|of| Part::new(1, *of).is_some()).map(|of| ShardWish::Auto { of: Some(of) })
        }
        Some((number, of)) => {
            whole(number).zip(whole(of)).and_then(|(number, of)| Part::new(number, of)).map(ShardWish::Given)
        }
    };
    wish.ok_or_else(|| HINT.to_owned())
}

const SLURM: &str = "SLURM_ARRAY_TASK_ID";
const KUBERNETES: &str = "JOB_COMPLETION_INDEX";

impl ShardWish {
    /// The third task of a Slurm array is its third shard, whatever numbers its tasks have; where
    /// the number of shards is given, the task with the number 3 is, so that lost ones can be
    /// submitted alone. Kubernetes counts from 0.
    pub fn part(self, environment: &dyn Fn(&str) -> Option<String>) -> Result<Part, String> {
        let of = match self {
            ShardWish::Given(part) => return Ok(part),
            ShardWish::Auto { of } => of,
        };
        let whole = |name: &str| -> Result<Option<u64>, String> {
            let Some(text) = environment(name) else { return Ok(None) };
            let number = text.trim().parse();
            number.map(Some).map_err(|_| format!("{name} is `{text}`, which is no whole number"))
        };
        match (whole(SLURM)?, whole(KUBERNETES)?, of) {
            (Some(_), Some(_), _) => Err(format!("{SLURM} and {KUBERNETES} are both set; write --shard 3/8")),
            (None, None, _) => {
                Err(format!("neither {SLURM} nor {KUBERNETES} is set: this is no array; write --shard 3/8"))
            }
            (Some(task), None, Some(of)) => Part::new(task, of)
                .ok_or_else(|| format!("{SLURM} is {task}; submit with --array=1-{of} for {of} shards")),
            (None, Some(index), Some(of)) => Part::new(index.saturating_add(1), of)
                .ok_or_else(|| format!("{KUBERNETES} is {index}; set `completions: {of}` for {of} shards")),
            (None, Some(_), None) => {
                Err(format!("{KUBERNETES} does not say of how many; write --shard auto/8 for eight"))
            }
            (Some(task), None, None) => {
                let known = |name: &str| {
                    whole(name)?.ok_or_else(|| format!("{name} is not set; write --shard auto/8 for eight"))
                };
                let (least, count) = (known("SLURM_ARRAY_TASK_MIN")?, known("SLURM_ARRAY_TASK_COUNT")?);
                let step = whole("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1);
                let number = |task: u64| Some(task.checked_sub(least)? / step + 1);
                // An array such as 3,5 has gaps, and its tasks are not shards 1 and 2.
                let most = whole("SLURM_ARRAY_TASK_MAX")?;
                let has_gaps = most.is_some_and(|most| number(most) != Some(count));
                let part = number(task).and_then(|number| Part::new(number, count));
                part.filter(|_| !has_gaps).ok_or_else(|| {
                    "this Slurm array has gaps, and does not tell how many shards there are in all; write \
                     --shard auto/8 for eight"
                        .to_owned()
                })
            }
        }
    }
}

/// Its own runs count from 0.
struct Counting {
    onlooker: Onlooker,
    first: u64,
}

impl Watcher for Counting {
    fn breaks_off(&self) -> bool {
        self.onlooker.breaks_off()
    }

    fn done(&self, tasks: u64, of: u64) {
        self.onlooker.done(tasks - self.first, of - self.first);
    }

    fn simulated(&self, requests: u64, events: u64) {
        self.onlooker.simulated(requests, events);
    }
}

/// What a program is told of a shard.
#[derive(Serialize)]
struct Told<'a> {
    shard: u64,
    of: u64,
    first: u64,
    last: u64,
    replications: u64,
    seed: u64,
    file: &'a str,
}

/// Which shard of which file is meant.
pub fn part(
    arguments: &SimulateArguments,
    wish: ShardWish,
    replications: u64,
) -> Result<(&Given, Part), Failure> {
    let [file] = arguments.files.as_slice() else {
        return Err(Failure::Usage("--shard takes one scenario at a time; name one file".to_owned()));
    };
    let part = wish.part(&|name| std::env::var(name).ok());
    let part = part.map_err(|told| Failure::Usage(format!("--shard auto: {told}")))?;
    if part.of() > replications {
        let message = format!("--shard: {replications} replications make at most {replications} shards");
        return Err(Failure::Usage(message));
    }
    Ok((file, part))
}

pub fn run(
    arguments: &SimulateArguments,
    wish: ShardWish,
    replications: u64,
    caller: &Caller,
) -> Result<Ending, Failure> {
    let (file, part) = part(arguments, wish, replications)?;
    let mut loaded = read(file, &arguments.settings, arguments.quiet, caller)?;
    let scenario = loaded.scenario.take().ok_or(Failure::BadScenario)?;
    let seed = arguments.seed.unwrap_or(scenario.run.seed);
    let folder = folders(arguments)?.remove(0);
    // What can fail does so before the first run.
    let job = if part.runs(replications).contains(&0) {
        let wishes = Wishes { whole_or_nothing: true, ..wishes(arguments) };
        let script = Script::of(file, &loaded, &arguments.settings, seed);
        let own = (scenario.clone(), script);
        Some(Job::prepare(file, own, seed, (wishes, None), &folder, ownership(arguments))?)
    } else {
        Folder::open(&folder, &[], ownership(arguments))?;
        None
    };
    let path = folder.join(part.file_name());
    let failed = |source| OutputError::Failed { action: "write", path: path.clone(), source };
    let replacement = Replacement::open(&path).map_err(failed)?;

    let silenced = caller.undisturbed_if(arguments.quiet || arguments.json);
    let runs = part.runs(replications);
    let Simulated { figures, columns, done, story } = simulate(&scenario, (seed, runs), job, &silenced)?;
    let shard = Shard {
        study: Study::of(&scenario, seed, replications, columns),
        part,
        command: command(),
        first_run: done.as_ref().map(|done| first_run(done, story)).transpose()?,
        figures,
    };
    replacement.finish(shard_file::to_text(&shard).as_bytes()).map_err(failed)?;
    tell(arguments, (&shard, &scenario.name, &path), caller)
}

struct Simulated {
    figures: Vec<Vec<f64>>,
    columns: Columns,
    done: Option<Done>,
    /// Of the first run of all.
    story: Option<Sentence>,
}

/// The shard's runs and, after them, the one that leaves the usual files.
fn simulate(
    scenario: &Scenario,
    (seed, runs): (u64, Range<u64>),
    job: Option<Job>,
    caller: &Caller,
) -> Result<Simulated, Failure> {
    let plan = plan::compile(scenario);
    let measures = Measures::of(scenario, &[]);
    let watcher = Counting { onlooker: caller.onlooker("replications", None), first: runs.start };
    let (figures, story) = replicate_with_story((scenario, &plan), seed, runs.clone(), &watcher, &measures);
    if (figures.len() as u64) < runs.end - runs.start {
        return Err(Failure::Stopped);
    }
    // Not beside the others: its files are there as soon as it has ended, and a shard that is
    // stopped leaves none.
    let done = job.map(|job| job.run(Audience::Bar(Progress::hidden()), caller)).transpose()?;
    Ok(Simulated { figures, columns: measures.columns(), done, story })
}

fn first_run(done: &Done, story: Option<Sentence>) -> Result<FirstRun, Failure> {
    let summary = Fingerprint::of(json::to_text(&done.findings)?.as_bytes()).to_string();
    let files = done.files.iter().map(|name| (*name).to_owned()).collect();
    Ok(FirstRun { files, summary, story: story.map(|story| story.text) })
}

/// As it was given, but for which shard it is: with another number it makes another one. On how
/// many threads is the business of the machine that it was made on.
fn command() -> Vec<String> {
    let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    // Before it stands the program's name, and perhaps an interpreter's.
    let mut words = words.skip_while(|word| word != "simulate");
    let mut kept = Vec::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--shard" | "--threads" => drop(words.next()),
            word if word.starts_with("--shard=") || word.starts_with("--threads=") => {}
            _ => kept.push(word),
        }
    }
    kept
}

fn tell(
    arguments: &SimulateArguments,
    (shard, name, path): (&Shard, &str, &Path),
    caller: &Caller,
) -> Result<Ending, Failure> {
    let (part, runs, replications) = (shard.part, shard.runs(), shard.study.replications);
    let (first, last) = (runs.start, runs.end - 1);
    let file = path.display().to_string();
    if arguments.json {
        let (shard, of, seed) = (part.number(), part.of(), shard.study.seed);
        caller.print_data(&json::to_text(&Told {
            shard,
            of,
            first,
            last,
            replications,
            seed,
            file: &file,
        })?)?;
    } else if !arguments.quiet {
        let runs = if first == last {
            format!("replication {first}")
        } else {
            format!("replications {first} to {last}")
        };
        let all = path.with_file_name(format!("shard-*-of-{}.spof", part.of()));
        caller.print(&format!(
            "\n  {name}\n  {part}: {runs} of 0 to {}; seed {}\n  {file}\n  When all are there: \
             spof merge {}\n\n",
            replications - 1,
            shard.study.seed,
            all.display()
        ))?;
    }
    Ok(Ending::Good)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(number: u64, of: u64) -> ShardWish {
        ShardWish::Given(Part::new(number, of).unwrap())
    }

    #[test]
    fn shards_are_given_or_taken_from_the_cluster() {
        assert_eq!(parse_shard("3/8"), Ok(given(3, 8)));
        assert_eq!(parse_shard("auto"), Ok(ShardWish::Auto { of: None }));
        assert_eq!(parse_shard("auto/8"), Ok(ShardWish::Auto { of: Some(8) }));
        for wrong in
            ["", "3", "0/8", "9/8", "-1/8", "3/8/9", "auto/0", "auto/x", "Auto", "1/9999999999", "1.5/8"]
        {
            assert!(parse_shard(wrong).unwrap_err().starts_with("write 3/8"), "{wrong}");
        }
    }

    fn part(wish: &str, environment: &[(&str, &str)]) -> Result<(u64, u64), String> {
        let look_up = |name: &str| {
            environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        parse_shard(wish).unwrap().part(&look_up).map(|part| (part.number(), part.of()))
    }

    #[test]
    fn a_slurm_array_counts_from_its_first_task() {
        let array = |task, least, most, step, count| {
            let names = ["ID", "MIN", "MAX", "STEP", "COUNT"].map(|word| format!("SLURM_ARRAY_TASK_{word}"));
            let values = [task, least, most, step, count];
            let pairs: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(values).collect();
            part("auto", &pairs)
        };
        assert_eq!(array("3", "1", "8", "1", "8"), Ok((3, 8)));
        assert_eq!(array("0", "0", "7", "1", "8"), Ok((1, 8)));
        assert_eq!(array("14", "0", "14", "2", "8"), Ok((8, 8)));
        assert!(array("5", "3", "5", "1", "2").unwrap_err().contains("this Slurm array has gaps"));
        assert!(array("x", "1", "8", "1", "8").unwrap_err().contains("SLURM_ARRAY_TASK_ID is `x`"));
        assert!(part("auto", &[(SLURM, "1")]).unwrap_err().contains("SLURM_ARRAY_TASK_MIN is not set"));
        assert_eq!(part("auto/8", &[(SLURM, "5")]), Ok((5, 8)));
        assert!(part("auto/8", &[(SLURM, "0")]).unwrap_err().contains("submit with --array=1-8"));
    }

    #[test]
    fn an_indexed_job_counts_from_0() {
        assert_eq!(part("auto/8", &[(KUBERNETES, "0")]), Ok((1, 8)));
        assert_eq!(part("auto/8", &[(KUBERNETES, "7")]), Ok((8, 8)));
        assert!(part("auto/8", &[(KUBERNETES, "8")]).unwrap_err().contains("set `completions: 8`"));
        assert!(part("auto", &[(KUBERNETES, "8")]).unwrap_err().contains("write --shard auto/8"));
        assert!(part("auto", &[]).unwrap_err().contains("this is no array"));
        assert!(part("auto/8", &[(KUBERNETES, "1"), (SLURM, "1")]).unwrap_err().contains("both set"));
        assert_eq!(part("2/3", &[(KUBERNETES, "1"), (SLURM, "1")]), Ok((2, 3)), "what is given counts");
    }
}
