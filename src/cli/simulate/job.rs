//! One run, from the open files to the written ones.

use super::audience::Audience;
use super::study::{StudyDone, StudyJob};
use crate::advice::{Site, Wish};
use crate::cli::advise;
use crate::cli::caller::Caller;
use crate::cli::clock::date_and_time;
use crate::cli::ending::Failure;
use crate::cli::simulated::Amount;
use crate::engine::{Advance, KeptTrace, Options, Simulation, TraceWishes};
use crate::experiment::beside;
use crate::kernel::time::{Time, to_seconds};
use crate::output::charts::{self, Chart, Look, PictureFormat, Theme, WIDTH_USUAL};
use crate::output::folder::{Folder, OutputError, Ownership};
use crate::output::latency_csv::LatencyCsv;
use crate::output::packing::{Packed, Packing};
use crate::output::record::Record;
use crate::output::run_json::RunCost;
use crate::output::scenario_json::Script;
use crate::output::terminal::glance::Glance;
use crate::output::traces_jsonl::TracesFile;
use crate::output::{Asked, Format, Kept, Stream, json, nodes_csv, replications_csv, report};
use crate::parts::fidelity::Fidelity;
use crate::plan::{self, Plan};
use crate::questions::Findings;
use crate::questions::rows::RowColumns;
use crate::questions::simulate::{Companion, accompanied};
use crate::results::RunResults;
use crate::results::row::{RowSampling, Rows};
use crate::scenario::given::Given;
use crate::scenario::model::Scenario;
use crate::telling::advice::Answer;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

pub struct Job {
    pub scenario: Arc<Scenario>,
    file: String,
    seed: u64,
    wishes: Wishes,
    path: PathBuf,
    folder: Folder,
    script: Script,
    study: Option<StudyJob>,
    /// What changes are tried of, and for how long.
    pub advised: Option<(Site, Option<Duration>)>,
}

/// What a run is to leave behind beside its tables.
#[derive(Clone, Copy, Debug)]
pub struct Wishes {
    pub rows: RowSampling,
    /// How latency.csv is packed.
    pub packing: Packing,
    /// Into that file.
    pub writes_rows: bool,
    /// In memory.
    pub keeps_rows: bool,
    pub pictures: bool,
    pub report: bool,
    pub traces: TraceWishes,
    /// Changes that might help are tried.
    pub advises: bool,
    /// A run that is stopped leaves nothing.
    pub whole_or_nothing: bool,
}

pub struct Done {
    pub findings: Findings,
    pub glance: Glance,
    pub interrupted: bool,
    pub study: Option<StudyDone>,
    pub advice: Option<Answer>,
    pub folder: PathBuf,
    pub files: Vec<&'static str>,
    /// The rows, where they are kept in memory.
    pub columns: Option<RowColumns>,
    cost: RunCost,
}

/// What becomes of rows and stories as they pass by, and who looks at the run meanwhile.
struct Attended<'a> {
    scenario: &'a Scenario,
    file: Option<LatencyCsv<Packed<File>>>,
    columns: Option<RowColumns>,
    traces: Option<TracesFile<BufWriter<File>>>,
    written: u64,
    audience: Audience,
    caller: &'a Caller,
}

impl Companion for Attended<'_> {
    fn until(&self) -> Time {
        self.audience.until()
    }

    fn take_rows(&mut self, rows: &Rows) -> io::Result<()> {
        self.written += rows.rows.len() as u64;
        if let Some(columns) = &mut self.columns {
            columns.add(rows);
        }
        self.file.as_mut().map_or(Ok(()), |file| file.write(rows))
    }

    fn take_traces(&mut self, traces: &[KeptTrace]) -> io::Result<()> {
        let Some(file) = &mut self.traces else { return Ok(()) };
        traces.iter().try_for_each(|trace| file.write(self.scenario, trace))
    }

    fn looks(&mut self, simulation: &Simulation<&Plan>, advance: Advance) -> bool {
        self.audience.watch(simulation, advance, self.caller)
    }
}

impl Job {
    pub fn prepare(
        given: &Given,
        (scenario, script): (Scenario, Script),
        seed: u64,
        (wishes, study): (Wishes, Option<StudyJob>),
        path: &Path,
        ownership: Ownership,
    ) -> Result<Job, OutputError> {
        let Wishes { rows, packing, writes_rows, pictures, report, traces, advises, .. } = wishes;
        let wanted = |format: &Format| match format {
            Format::AsItRuns(Stream::LatencyCsv(kind)) => {
                rows != RowSampling::None && writes_rows && *kind == packing
            }
            Format::AsItRuns(Stream::TracesJsonl) => traces.any(),
            Format::OnRequest(Asked::Picture(_)) => pictures,
            Format::OnRequest(Asked::Report) => report,
            Format::OnRequest(Asked::ReplicationsCsv) | Format::OnRequest(Asked::ReplicationsJson) => {
                study.is_some()
            }
            Format::OnRequest(Asked::AdviceJson) => advises,
            _ => true,
        };
        let formats: Vec<Format> = Format::ALL.into_iter().filter(wanted).collect();
        let folder = Folder::open(path, &formats, ownership)?;
        let (file, path) = (given.name(), path.to_owned());
        Ok(Job {
            scenario: Arc::new(scenario),
            file,
            seed,
            wishes,
            path,
            folder,
            script,
            study,
            advised: None,
        })
    }

    pub fn run(mut self, audience: Audience, caller: &Caller) -> Result<Done, Failure> {
        let (started_at, clock) = (SystemTime::now(), Instant::now());
        let rows = Format::AsItRuns(Stream::LatencyCsv(self.wishes.packing));
        let file = self.folder.take(rows);
        let scenario = Arc::clone(&self.scenario);
        let mut attended = Attended {
            scenario: &scenario,
            file: file.map(|file| LatencyCsv::new(Packed::new(file, self.wishes.packing), &self.scenario)),
            columns: self.wishes.keeps_rows.then(|| RowColumns::new(&self.scenario)),
            traces: self
                .folder
                .take(Format::AsItRuns(Stream::TracesJsonl))
                .map(|file| TracesFile::new(BufWriter::new(file))),
            written: 0,
            audience,
            caller,
        };
        let failed = |error| self.folder.failed(rows, error);
        let plan = plan::compile(&self.scenario);
        let (first, study) = match &self.study {
            None => (self.simulate(&plan, &mut attended), None),
            Some(study) => {
                let first = || self.simulate(&plan, &mut attended);
                let (first, study) = beside(first, || study.run(&self.scenario, &plan, self.seed, caller));
                (first, Some(study))
            }
        };
        let (results, interrupted) = first.map_err(failed)?;
        if interrupted && self.wishes.whole_or_nothing {
            return Err(Failure::Stopped);
        }
        if let Some(file) = attended.file.take() {
            file.finish().and_then(Packed::finish).map_err(failed)?;
        }
        if let Some(traces) = attended.traces.take() {
            traces
                .finish()
                .map_err(|error| self.folder.failed(Format::AsItRuns(Stream::TracesJsonl), error))?;
        }
        let Attended { columns, written, audience, .. } = attended;
        drop(audience);
        let findings = Findings::of(&self.scenario, self.seed, &results);
        let cost = self.cost(&results, written, started_at, clock.elapsed());
        let mut record = Record::of(&self.scenario, findings, &results);
        record.script = Some(self.script.clone());
        self.write_tables(&results, &record, &cost)?;
        drop(results);
        self.write_study(study.as_ref())?;
        let advice = self.advise(caller)?;
        record.advice = advice.clone();
        self.draw(std::slice::from_ref(&record))?;
        self.report(&record, study.as_ref())?;
        let glance = Glance::of(&record);
        let findings = record.findings.unwrap_or_default();
        let Job { path, folder, .. } = self;
        let files = folder.publish()?.into_iter().map(Format::file_name).collect();
        let is_stopped =
            advice.as_ref().is_some_and(|advice| advice.advice.is_cut_short) && caller.has_stopped();
        let interrupted = interrupted || is_stopped || study.as_ref().is_some_and(|study| study.interrupted);
        Ok(Done { findings, glance, interrupted, study, advice, folder: path, files, columns, cost })
    }

    fn simulate(&self, plan: &Plan, attended: &mut Attended) -> io::Result<(RunResults, bool)> {
        let options = Options { seed: self.seed, replication: 0, rows: self.wishes.rows };
        accompanied(plan, options, self.wishes.traces, attended)
    }

    fn draw(&mut self, records: &[Record]) -> Result<(), OutputError> {
        let look = Look::new(Theme::Light, f64::from(WIDTH_USUAL));
        for chart in Chart::ALL {
            let format = Format::OnRequest(Asked::Picture(chart));
            let Some(mut file) = self.folder.take(format) else { continue };
            let picture = charts::render(chart, records, &look, PictureFormat::Svg);
            let written = picture.map_err(io::Error::from).and_then(|picture| file.write_all(&picture));
            written.map_err(|error| self.folder.failed(format, error))?;
        }
        Ok(())
    }

    /// Of the run, or of all runs of a study.
    fn report(&mut self, record: &Record, study: Option<&StudyDone>) -> Result<(), OutputError> {
        let Some(mut file) = self.folder.take(Format::OnRequest(Asked::Report)) else { return Ok(()) };
        let page = match study {
            Some(study) => report::replications::render(&study.summary, record, &study.again(record)),
            None => report::render(record),
        };
        let page = page.map_err(io::Error::other);
        let written = page.and_then(|page| file.write_all(page.as_bytes()));
        written.map_err(|error| self.folder.failed(Format::OnRequest(Asked::Report), error))
    }

    fn write_tables(
        &mut self,
        results: &RunResults,
        record: &Record,
        cost: &RunCost,
    ) -> Result<(), OutputError> {
        for format in Format::ALL {
            let Format::AtTheEnd(kept) = format else { continue };
            let Some(file) = self.folder.take(format) else { continue };
            let file = BufWriter::new(file);
            let written = match kept {
                Kept::NodesCsv => nodes_csv::write(file, &self.scenario, results),
                Kept::RunJson => json::write(file, cost),
                _ => record.write(kept, file),
            };
            written.map_err(|error| self.folder.failed(format, error))?;
        }
        Ok(())
    }

    fn write_study(&mut self, study: Option<&StudyDone>) -> Result<(), OutputError> {
        let Some(study) = study else { return Ok(()) };
        if let Some(file) = self.folder.take(Format::OnRequest(Asked::ReplicationsCsv)) {
            let runs = study.runs.iter().map(Vec::as_slice);
            let written = replications_csv::write(BufWriter::new(file), &study.names, runs);
            written.map_err(|error| self.folder.failed(Format::OnRequest(Asked::ReplicationsCsv), error))?;
        }
        if let Some(file) = self.folder.take(Format::OnRequest(Asked::ReplicationsJson)) {
            let written = json::write(file, &study.summary);
            written.map_err(|error| self.folder.failed(Format::OnRequest(Asked::ReplicationsJson), error))?;
        }
        Ok(())
    }

    /// Tries what might help, if that is wanted.
    fn advise(&mut self, caller: &Caller) -> Result<Option<Answer>, OutputError> {
        let Some((site, time_limit)) = &self.advised else { return Ok(None) };
        let wish = Wish { seed: Some(self.seed), ..Wish::default() };
        let answer = advise::answer(site, &wish, *time_limit, caller);
        if let Some(file) = self.folder.take(Format::OnRequest(Asked::AdviceJson)) {
            let written = json::write(BufWriter::new(file), &answer);
            written.map_err(|error| self.folder.failed(Format::OnRequest(Asked::AdviceJson), error))?;
        }
        Ok(Some(answer))
    }

    fn cost(&self, results: &RunResults, rows: u64, started_at: SystemTime, wall: Duration) -> RunCost {
        let wall_s = wall.as_secs_f64();
        let per_second = |number: u64| (wall_s > 0.0).then(|| number as f64 / wall_s);
        let wall_ns_per = |number: u64| (number > 0).then(|| wall_s * 1e9 / number as f64);
        let requests = (results.fidelity != Fidelity::Components).then_some(results.ended);
        RunCost {
            spof_version: env!("CARGO_PKG_VERSION"),
            scenario_file: self.file.clone(),
            started_at: date_and_time(started_at),
            wall_s,
            simulated_s: to_seconds(results.ended_at),
            requests,
            requests_per_s: requests.and_then(per_second),
            events: results.events,
            events_per_s: per_second(results.events),
            event_ns: wall_ns_per(results.events),
            request_ns: requests.and_then(wall_ns_per),
            rows,
        }
    }
}

impl Done {
    /// How much was simulated, and how fast: by the run alone, or by all runs of a study, if that
    /// is known.
    pub fn amount(&self) -> Option<Amount> {
        let RunCost { requests, events, wall_s: seconds, .. } = self.cost;
        match &self.study {
            Some(study) => study.amount,
            None => Some(Amount { requests: requests.unwrap_or(0), events, seconds }),
        }
    }
}
