//! Group C: many servers and how one of them is chosen.

use super::judging::{Figure, Study, figure, figures};
use super::models::{estimated_seconds, simulate, simulate_with};
use spof::experiment::in_parallel;

pub static STUDIES: [Study; 2] = [
    Study { name_of: entry_name, ..Study::new("C05", supermarket) },
    Study::new("C01", |seed| {
        let both = in_parallel(vec!["c01-one-line.yaml", "c01-ten-lines.yaml"], |file| simulate(file, seed));
        let (shared, random) = (both[0].requests(), both[1].requests());
        vec![
            figure("shared_mean", estimated_seconds(&shared.mean_ms)),
            figure("random_mean", estimated_seconds(&random.mean_ms)),
            figure("shared_p99", estimated_seconds(&shared.p99_ms)),
            figure("random_p99", estimated_seconds(&random.p99_ms)),
        ]
    }),
];

const LOADS: [f64; 6] = [0.5, 0.7, 0.8, 0.9, 0.95, 0.99];
const CHOICES: [(&str, u32); 4] = [("d1", 1), ("d2", 2), ("d3", 3), ("d5", 5)];

/// The tolerance of the highest load has a name of its own.
fn entry_name(key: &str, index: usize) -> String {
    if LOADS[index] == 0.99 { "lambda 0.99 entries".to_owned() } else { key.to_owned() }
}

fn supermarket(seed: u64) -> Vec<Figure> {
    let mut runs: Vec<(u32, f64)> = Vec::new();
    for (_, choices) in CHOICES {
        runs.extend(LOADS.map(|load| (choices, load)));
    }
    // The longest come first, so that no one runs alone at the end.
    runs.sort_by_key(|&(choices, load)| std::cmp::Reverse(length(choices, load)));
    let means = in_parallel(runs.clone(), |(choices, load)| mean_seconds(choices, load, seed));
    let mean = |choices: u32, load: f64| {
        let place = runs.iter().position(|run| *run == (choices, load)).expect("it was run");
        means[place]
    };
    CHOICES
        .into_iter()
        .flat_map(|(key, choices)| figures(key, LOADS.map(|load| mean(choices, load))))
        .collect()
}

/// How many servers, seconds of warm-up and requests it takes. The busier the servers, the
/// longer they remember; with a choice they forget much faster. Without one each is a queue
/// of its own, of which ten show as much as a thousand, with less memory to go through.
fn length(choices: u32, load: f64) -> (u64, u64, u64) {
    match (choices, load) {
        (1, 0.99) => (60_000_000, 10, 120_000),
        (1, 0.95) => (25_000_000, 10, 5_000),
        (1, _) => (15_000_000, 10, 1_500),
        (_, 0.99) => (10_000_000, 1_000, 2_000),
        (_, 0.95) => (4_000_000, 1_000, 500),
        (_, 0.9) => (2_000_000, 1_000, 200),
        _ => (1_000_000, 1_000, 100),
    }
}

fn mean_seconds(choices: u32, load: f64, seed: u64) -> f64 {
    let (requests, servers, warmup_seconds) = length(choices, load);
    let rate = servers as f64 * load;
    let settings = [
        ("nodes.server.replicas", servers.to_string()),
        ("nodes.clients.arrivals", format!("{rate}/s")),
        ("groups.farm.balance", format!("choices({choices})")),
        ("run.requests", requests.to_string()),
        ("run.warmup", format!("{} requests", (warmup_seconds as f64 * rate) as u64)),
    ];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(path, value)| (*path, value.as_str())).collect();
    estimated_seconds(&simulate_with("c05-supermarket.yaml", &settings, seed).requests().mean_ms)
}
