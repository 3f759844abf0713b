//! `spof merge`: puts the shards of a study together, as if one machine had made all runs.

use super::ending::{Ending, Failure};
use super::printing::{page, print, print_data, print_error};
use super::simulate::study::again;
use crate::analysis::shard::{Merged, Part, Shard, Unmergeable, merge};
use crate::analysis::study::{StudySummary, Verdict};
use crate::output::folder::{Folder, Ownership};
use crate::output::record::{RecordError, is_first_run, read_folder, read_shard};
use crate::output::scenario_json::for_shell;
use crate::output::{Asked, Format, json, replications_csv, report, terminal};
use crate::telling::{self, Answered, Sentence};
use clap::Args;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Put the shards of `spof simulate --shard` together: replications.csv and replications.json,
/// the same to the byte as if one machine had made all replications
#[derive(Debug, Args)]
pub struct MergeArguments {
    /// All shards of one study, in any order
    #[arg(required = true, value_name = "SHARD")]
    files: Vec<PathBuf>,

    /// Where the results go [default: the folder of the first shard, which has written there what
    /// the first run leaves]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Print replications.json instead of the summary for people
    #[arg(long)]
    json: bool,

    /// Print no summary
    #[arg(long, short)]
    quiet: bool,

    /// Write into the folder of --out even if it holds files that no run has written
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: MergeArguments) -> Result<Ending, Failure> {
    if let Some(folder) = arguments.files.iter().find(|path| path.is_dir()) {
        let all = folder.join("shard-*.spof");
        let message =
            format!("{} is a folder; name the shards in it, such as {}", folder.display(), all.display());
        return Err(Failure::Usage(message));
    }
    let shards = read_all(&arguments.files)?;
    let is_first = |shard: &&(&PathBuf, Shard)| shard.1.part.number() == 1;
    let home = shards.iter().find(is_first).and_then(|(path, _)| path.parent()).map(Path::to_owned);
    let named = shards.into_iter().map(|(path, shard)| (path.display().to_string(), shard));
    let merged = merge(named.collect()).map_err(refusal)?;
    let data = merged.summarise();
    let story = merged.first_run.as_ref().and_then(|first_run| first_run.story.clone());
    let told = telling::study::tell(&data, story.map(Sentence::bare).as_ref());
    let summary = Answered { told, data };
    let folder = match (&arguments.out, home) {
        (Some(out), _) => out.clone(),
        (None, Some(home)) if home != Path::new("") => home,
        (None, _) => PathBuf::from("."),
    };
    let ownership = Ownership::of(arguments.out.is_some(), arguments.force);
    let files = write(&merged, &summary, &folder, ownership)?;
    if arguments.json {
        print_data(&json::to_text(&summary)?)?;
    } else if !arguments.quiet {
        print(&terminal::study::render(&summary, &folder, &files, page()))?;
    }
    let failed = summary.data.expectations.iter().any(|one| one.verdict == Verdict::Fail);
    Ok(if failed { Ending::ExpectationFailed } else { Ending::Good })
}

/// All that cannot be read are told, and not only the first.
fn read_all(files: &[PathBuf]) -> Result<Vec<(&PathBuf, Shard)>, Failure> {
    let mut shards = Vec::new();
    let mut refused: Vec<RecordError> = Vec::new();
    for path in files {
        match read_shard(path) {
            Ok(shard) => shards.push((path, shard)),
            Err(error) => refused.push(error),
        }
    }
    let Some(last) = refused.pop() else { return Ok(shards) };
    refused.iter().for_each(|error| print_error(&error.to_string()));
    Err(last.into())
}

/// What is lost is told with the commands that make it.
fn refusal(unmergeable: Unmergeable) -> Failure {
    let told = unmergeable.to_string();
    let Unmergeable::Lost { parts, command } = unmergeable else { return Failure::Usage(told) };
    let words: Vec<String> = command.iter().map(|word| for_shell(word)).collect();
    let command = |part: &Part| format!("  spof {} --shard {}/{}", words.join(" "), part.number(), part.of());
    let commands: Vec<String> = parts.iter().map(command).collect();
    Failure::Usage(format!("{told}; simulate again what is lost:\n{}", commands.join("\n")))
}

/// The names of all files of the study that are in the folder then.
fn write(
    merged: &Merged,
    summary: &Answered<StudySummary>,
    folder: &Path,
    ownership: Ownership,
) -> Result<Vec<&'static str>, Failure> {
    // Files of another run would speak of something else.
    let first_run = merged.first_run.as_ref();
    let kept = first_run.filter(|first_run| is_first_run(folder, &first_run.summary));
    let mut own = vec![Format::OnRequest(Asked::ReplicationsCsv), Format::OnRequest(Asked::ReplicationsJson)];
    // The first shard's report is of the first run alone; that of a study is of all runs.
    let has_report = kept.is_some_and(|kept| kept.files.iter().any(|name| name == report::FILE_NAME));
    let record = has_report.then(|| read_folder(folder)).transpose()?;
    own.extend(has_report.then_some(Format::OnRequest(Asked::Report)));
    let mut opened = Folder::open(folder, &own, ownership)?;
    if let Some(file) = opened.take(Format::OnRequest(Asked::ReplicationsCsv)) {
        let columns = &merged.study.columns;
        let runs = merged.figures.iter().map(|figures| columns.usual(figures));
        let written = replications_csv::write(BufWriter::new(file), &columns.names(), runs);
        written.map_err(|error| opened.failed(Format::OnRequest(Asked::ReplicationsCsv), error))?;
    }
    if let Some(file) = opened.take(Format::OnRequest(Asked::ReplicationsJson)) {
        let written = json::write(file, summary);
        written.map_err(|error| opened.failed(Format::OnRequest(Asked::ReplicationsJson), error))?;
    }
    if let (Some(mut file), Some(record)) = (opened.take(Format::OnRequest(Asked::Report)), &record) {
        let page = report::replications::render(summary, record, &again(&summary.data, record));
        let written = page.map_err(io::Error::other).and_then(|page| file.write_all(page.as_bytes()));
        written.map_err(|error| opened.failed(Format::OnRequest(Asked::Report), error))?;
    }
    match kept {
        Some(_) => opened.publish_beside()?,
        None => opened.publish()?,
    };
    let is_there = |format: &Format| {
        let name = format.file_name();
        own.contains(format) || kept.is_some_and(|kept| kept.files.iter().any(|file| file == name))
    };
    Ok(Format::ALL.into_iter().filter(is_there).map(Format::file_name).collect())
}
