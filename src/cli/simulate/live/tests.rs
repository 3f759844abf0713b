//! The view on a terminal that exists only in memory.

use super::*;
use crate::cli::caller::Caller;
use crate::cli::progress::Progress;
use crate::cli::simulate::audience::Audience;
use crate::cli::simulate::job::{Job, Wishes};
use crate::engine::{Options, TraceWishes};
use crate::kernel::time::{NEVER, SECOND};
use crate::output::folder::Ownership;
use crate::output::packing::Packing;
use crate::output::scenario_json::Script;
use crate::output::terminal::letters::Letters;
use crate::plan;
use crate::results::row::RowSampling;
use crate::scenario::given::Given;
use crate::scenario::load::load;
use pace::Key;
use ratatui::backend::TestBackend;
use ratatui::{Frame, Terminal as Terminals};
use std::collections::VecDeque;
use std::fmt::Write;
use std::path::Path;

const DOWN: &str = "scenarios/spof-server-down.yaml";
const LARGE: &str = "scenarios/course/3-scaled-up.yaml";

/// A screen whose keys are known beforehand, and come without waiting.
struct Scripted {
    terminal: Terminals<TestBackend>,
    keys: VecDeque<Key>,
}

impl Screen for Scripted {
    fn draw(&mut self, draw: &mut dyn FnMut(&mut Frame)) -> io::Result<()> {
        self.terminal.draw(|frame| draw(frame)).map(|_| ()).map_err(io::Error::other)
    }

    fn key(&mut self, _: Duration) -> io::Result<Option<Key>> {
        let shown = self.terminal.backend().buffer().content();
        let text: String = shown.iter().map(|cell| cell.symbol()).collect();
        // Somebody who has seen the end leaves.
        let leaves = text.contains("the run is over").then_some(Key::Quit);
        Ok(self.keys.pop_front().or(leaves))
    }
}

/// The large site has to be busier, and shorter, for a test.
fn settings(path: &str) -> Vec<(String, String)> {
    let busy = [("nodes.visitors.arrivals", "300/s"), ("run.duration", "2m")];
    let wanted = if path == LARGE { &busy[..] } else { &[] };
    wanted.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn scenario(path: &str) -> Scenario {
    let loaded = load(Path::new(path), &settings(path)).unwrap();
    loaded.scenario.unwrap_or_else(|| panic!("{:?}", loaded.problems))
}

/// The picture of a run as it is at some instants.
fn pictures(path: &str, instants_s: &[u64], mut look: impl FnMut(&Picture)) {
    let scenario = scenario(path);
    let plan = plan::compile(&scenario);
    let options = Options { seed: 1, replication: 0, rows: RowSampling::None };
    let mut simulation = Simulation::new(&plan, options);
    let mut picture = Picture::new(&scenario);
    let last = instants_s.last().copied().unwrap_or(0);
    for second in 0..=last {
        simulation.advance(second * SECOND, u64::MAX);
        picture.update(simulation.snapshot(second * SECOND));
        if instants_s.contains(&second) {
            look(&picture);
        }
    }
}

fn drawn(picture: &Picture, (width, height): (u16, u16), pace: &mut Pace, letters: Letters) -> String {
    let mut terminal = Terminals::new(TestBackend::new(width, height)).unwrap();
    let ink = Ink::of(letters);
    terminal.draw(|frame| draw(frame, picture, pace, (Status::Running, None), ink)).unwrap();
    let buffer = terminal.backend().buffer();
    let mut text = String::new();
    for y in 0..height {
        let line: String = (0..width).map(|x| buffer[(x, y)].symbol()).collect();
        writeln!(text, "{}", line.trim_end()).unwrap();
    }
    text
}

#[test]
fn a_server_goes_down_before_everybodys_eyes() {
    let mut text = String::new();
    pictures(DOWN, &[30, 606, 902], |picture| {
        for size in [(120, 26), (40, 10)] {
            writeln!(text, "{}", drawn(picture, size, &mut Pace::new(10.0), Letters::Unicode)).unwrap();
        }
    });
    insta::assert_snapshot!("server_down", text);
}

#[test]
fn a_large_site_is_boxes_on_a_wide_screen_and_a_list_on_a_small_one() {
    let mut text = String::new();
    pictures(LARGE, &[20], |picture| {
        writeln!(text, "{}", drawn(picture, (200, 50), &mut Pace::new(10.0), Letters::Unicode)).unwrap();
        writeln!(text, "{}", drawn(picture, (200, 50), &mut Pace::new(10.0), Letters::Ascii)).unwrap();
        let mut pace = Pace::new(10.0);
        pace.is_paused = true;
        pace.scrolled = 3;
        writeln!(text, "{}", drawn(picture, (80, 20), &mut pace, Letters::Unicode)).unwrap();
    });
    insta::assert_snapshot!("large", text);
}

#[test]
fn no_screen_is_too_small_or_too_large() {
    for path in [DOWN, LARGE, "scenarios/theory/b11-one-slow-leaf-of-2000.yaml"] {
        pictures(path, &[0, 3], |picture| {
            for width in (1..24).chain([40, 41, 69, 70, 80, 132, 300]) {
                for height in (1..26).chain([50, 100]) {
                    let mut pace = Pace::new(1e9);
                    pace.scrolled = usize::MAX;
                    let letters = if height % 2 == 0 { Letters::Unicode } else { Letters::Ascii };
                    drawn(picture, (width, height), &mut pace, letters);
                }
            }
        });
    }
}

#[test]
fn plain_letters_have_no_colours() {
    pictures(DOWN, &[606], |picture| {
        let mut terminal = Terminals::new(TestBackend::new(120, 30)).unwrap();
        let mut pace = Pace::new(1.0);
        let ink = Ink::of(Letters::Ascii);
        terminal.draw(|frame| draw(frame, picture, &mut pace, (Status::Ended, None), ink)).unwrap();
        let buffer = terminal.backend().buffer();
        assert!(buffer.content().iter().all(|cell| cell.fg == ratatui::style::Color::Reset));
        assert!(buffer.content().iter().any(|cell| cell.symbol() == "+"));
    });
}

/// Runs a scenario before an audience; tells whether it was stopped.
fn run(path: &str, folder: &Path, audience: impl FnOnce(&Scenario) -> Audience) -> bool {
    let settings = settings(path);
    let loaded = load(Path::new(path), &settings).unwrap();
    let given = Given::from(Path::new(path));
    let script = Script::of(&given, &loaded, &settings, 7);
    let wishes = Wishes {
        writes_rows: true,
        keeps_rows: false,
        rows: RowSampling::All,
        packing: Packing::None,
        pictures: true,
        report: true,
        traces: TraceWishes { share: 0.01, slowest: 5, failed: 5 },
        advises: false,
        whole_or_nothing: false,
    };
    let scenario = loaded.scenario.unwrap();
    let audience = audience(&scenario);
    let job = Job::prepare(&given, (scenario, script), 7, (wishes, None), folder, Ownership::Named).unwrap();
    job.run(audience, &Caller::person()).unwrap().interrupted
}

fn watched(scenario: &Scenario, keys: &[Key]) -> Audience {
    let terminal = Terminals::new(TestBackend::new(100, 30)).unwrap();
    let screen = Scripted { terminal, keys: keys.iter().copied().collect() };
    Audience::Live(Box::new(Live::on(Box::new(screen), Ink::of(Letters::Unicode), scenario, Some(1e9))))
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap()))
        .filter(|(name, _)| name != "run.json")
        .collect();
    files.sort();
    files
}

#[test]
fn a_run_that_was_watched_leaves_the_same_bytes() {
    let home = tempfile::tempdir().unwrap();
    let (alone, live) = (home.path().join("alone"), home.path().join("live"));
    assert!(!run(LARGE, &alone, |_| Audience::Bar(Progress::hidden())));
    // It is stepped through for a while, in small pieces, before it goes on at once.
    let keys = |scenario: &Scenario| {
        let slow = std::iter::repeat_n(Key::Slower, 30);
        let steps = std::iter::repeat_n(Key::Step, 40);
        let fast = std::iter::repeat_n(Key::Faster, 40);
        let keys: Vec<Key> = slow.chain(steps).chain([Key::Pause]).chain(fast).collect();
        watched(scenario, &keys)
    };
    assert!(!run(LARGE, &live, keys));
    let (alone, live) = (files(&alone), files(&live));
    assert!(alone.len() > 10);
    for ((name, alone), (_, live)) in alone.iter().zip(&live) {
        assert!(alone == live, "{name} differs");
    }
    assert_eq!(alone.len(), live.len());
}

#[test]
fn who_quits_gets_what_there_is() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("stopped");
    let keys = [Key::Step, Key::Step, Key::Step, Key::Quit];
    assert!(run(DOWN, &folder, |scenario| watched(scenario, &keys)));
    let summary = std::fs::read_to_string(folder.join("summary.json")).unwrap();
    assert!(summary.contains("was stopped"), "{summary}");
}

#[test]
fn looking_changes_nothing_and_counts_everything() {
    let scenario = scenario(DOWN);
    let plan = plan::compile(&scenario);
    let options = Options { seed: 3, replication: 0, rows: RowSampling::None };
    let mut simulation = Simulation::new(&plan, options);
    simulation.advance(700 * SECOND, u64::MAX);
    let snapshot = simulation.snapshot(700 * SECOND);
    let [all] =
        snapshot.classes.iter().copied().reduce(|all, class| all.with(&class)).map(|all| [all]).unwrap();
    assert_eq!(all.offered, all.ok + all.failed + snapshot.in_flight);
    assert_eq!(all.ok + all.failed, simulation.ended_requests());
    assert!(all.good <= all.ok && all.failed > 1_000);
    assert_eq!(snapshot.incidents.len(), 1);
    // The host and the three on it.
    assert_eq!(snapshot.instances.iter().filter(|instance| instance.is_down).count(), 4);
    assert!(matches!(simulation.advance(NEVER, u64::MAX), Advance::Ended));
}
