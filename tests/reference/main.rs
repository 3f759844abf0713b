//! A second opinion on the engine: random sites are played by a slow, obviously right interpreter that
//! shares no code with it, and each request must end in the same way and after the same time.
//!
//! More cases: `PROPTEST_CASES=20000 cargo test --test reference`.

mod calls;
#[path = "../support/cases.rs"]
mod cases;
mod cores;
mod found;
mod interpreter;
mod random_site;
mod site;
mod trouble;
mod visit;

use cases::cases;
use interpreter::{Ending, play};
use proptest::prelude::*;
use proptest::test_runner::Config;
use random_site::{Wanted, random_site};
use site::{Site, Time};
use spof::engine::{Advance, Options, Simulation};
use spof::kernel::time::NEVER;
use spof::plan;
use spof::results::row::RowSampling;
use spof::scenario::load::load_instead;

/// Where cores are shared spof counts in millionths of a nanosecond, and takes less than a sixty-thousandth
/// of one for nothing: who is done so little after a whole nanosecond comes to that one, and not to the
/// next. Whoever waits for that is as early, and may be so once more when he shares cores himself.
const ROUNDING: Time = 2;

/// Nobody waits for anything that does not end by then.
const EVENTS_MOST: u64 = 1_000_000;

/// What the engine makes of it, in the order of the requests.
fn simulated(site: &Site) -> Vec<Option<Ending>> {
    let recordings: Vec<String> = (0..site.users.len()).map(|user| site.recording(user)).collect();
    let recordings: Vec<&str> = recordings.iter().map(String::as_str).collect();
    ended(&site.scenario(), &recordings, site.requests.len())
}

/// How so many requests end, of users whose recordings are `u0.csv`, `u1.csv` …
fn ended(text: &str, recordings: &[&str], requests: usize) -> Vec<Option<Ending>> {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    for (user, recording) in recordings.iter().enumerate() {
        let path = folder.path().join(format!("u{user}.csv"));
        std::fs::write(path, recording).expect("there is room for a file");
    }
    let loaded = load_instead(&folder.path().join("site.yaml"), text, &[]);
    let shown = loaded.render(false);
    let scenario = loaded.scenario.unwrap_or_else(|| panic!("{shown}\n{text}"));
    let plan = plan::compile(&scenario);
    let options = Options { seed: 1, replication: 0, rows: RowSampling::All };
    let mut simulation = Simulation::new(&plan, options);
    assert_eq!(simulation.advance(NEVER, EVENTS_MOST), Advance::Ended, "{text}");
    let mut endings = vec![None; requests];
    for row in &simulation.rows().rows {
        let ending = Ending { outcome: row.outcome, attempts: row.attempts, latency: row.latency };
        endings[row.id as usize] = Some(ending);
    }
    endings
}

/// Both have to say the same of each request, up to a tolerance for its latency.
fn compare(site: &Site, tolerance: Time) -> Result<(), TestCaseError> {
    let reference = play(site, tolerance);
    prop_assume!(reference.is_certain);
    let engine = simulated(site);
    for (number, (here, there)) in reference.endings.iter().zip(&engine).enumerate() {
        let is_same = match (here, there) {
            (Some(here), Some(there)) => {
                (here.outcome, here.attempts) == (there.outcome, there.attempts)
                    && here.latency.abs_diff(there.latency) <= tolerance
            }
            (None, None) => true,
            _ => false,
        };
        prop_assert!(is_same, "request {number}: reference {here:?}, engine {there:?}");
    }
    Ok(())
}

/// At least half of all sites have to have one right answer.
fn config() -> Config {
    let config = cases(250, 3_000);
    Config { max_global_rejects: config.cases, ..config }
}

const ROWS: Wanted = Wanted {
    all_alike: false,
    held_calls: false,
    short_lines: false,
    impatience: false,
    links: false,
    shared_cores: false,
    crashes: false,
};
const ALIKE: Wanted = Wanted { all_alike: true, ..ROWS };
const HELD: Wanted = Wanted { held_calls: true, ..ROWS };
const BACKLOG: Wanted = Wanted { short_lines: true, ..HELD };
const IMPATIENT: Wanted = Wanted { impatience: true, ..BACKLOG };
const LINKED: Wanted = Wanted { links: true, ..IMPATIENT };
const CRASHING: Wanted = Wanted { crashes: true, ..LINKED };
const SHARING: Wanted = Wanted { shared_cores: true, ..LINKED };
const EVERYTHING: Wanted = Wanted { crashes: true, ..SHARING };

proptest! {
    #![proptest_config(config())]

    #[test]
    fn stations_in_a_row_for_all_alike(site in random_site(ALIKE)) {
        compare(&site, 0)?;
    }

    #[test]
    fn stations_in_a_row(site in random_site(ROWS)) {
        compare(&site, 0)?;
    }

    #[test]
    fn held_calls(site in random_site(HELD)) {
        compare(&site, 0)?;
    }

    #[test]
    fn short_lines(site in random_site(BACKLOG)) {
        compare(&site, 0)?;
    }

    #[test]
    fn timeouts_and_retries(site in random_site(IMPATIENT)) {
        compare(&site, 0)?;
    }

    #[test]
    fn links(site in random_site(LINKED)) {
        compare(&site, 0)?;
    }

    #[test]
    fn crashes(site in random_site(CRASHING)) {
        compare(&site, 0)?;
    }

    #[test]
    fn shared_cores(site in random_site(SHARING)) {
        compare(&site, ROUNDING)?;
    }

    #[test]
    fn everything_at_once(site in random_site(EVERYTHING)) {
        compare(&site, ROUNDING)?;
    }
}
