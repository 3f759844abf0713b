//! What breaks and is repaired.

use super::{Model, Observed, SHARE, answer};
use crate::kernel::time::Time;
use crate::theory::chain;

pub fn models() -> Vec<Model> {
    vec![repaired(), each_by_itself(), one_crew()]
}

/// Machines that run for 100 s and are repaired within 20 s; clients are there only because
/// somebody must be.
fn machines(replicas: u32, more: &str, crews: &str) -> String {
    format!(
        "
run: {{ duration: LENGTHs, warmup: none }}
nodes:
  clients: {{ kind: user, arrivals: 0.01/s }}
  machine: {{ kind: station, servers: unlimited, replicas: {replicas}, mtbf: 100s, mttr: 20s{more} }}
requests:
  request: {{ path: [ machine: 1ms ] }}
{crews}"
    )
}

fn repaired() -> Model {
    let down = chain::machines_down(1, 1, 100.0, 20.0);
    Model {
        name: "a machine that is repaired",
        scenario: machines(1, "", ""),
        length: 40_000,
        answers: vec![
            answer("up", SHARE, down[0], |run| share_down(run)[0]),
            // Requests come by chance, and so see what there is on average.
            answer("requests answered", SHARE, down[0], |run| run.outcome("ok")),
        ],
    }
}

fn each_by_itself() -> Model {
    let down = chain::machines_down(3, 3, 100.0, 20.0);
    Model {
        name: "two of three, a crew for each",
        scenario: machines(3, "", ""),
        length: 20_000,
        answers: vec![
            answer("all three up", SHARE, down[0], |run| share_down(run)[0]),
            answer("two of three up", SHARE, down[0] + down[1], |run| {
                let shares = share_down(run);
                shares[0] + shares[1]
            }),
            answer("at least one up", SHARE, 1.0 - down[3], |run| 1.0 - share_down(run)[3]),
        ],
    }
}

fn one_crew() -> Model {
    let down = chain::machines_down(3, 1, 100.0, 20.0);
    Model {
        name: "two of three, one crew for all",
        scenario: machines(3, ", crew: us", "crews: { us: 1 }\n"),
        length: 20_000,
        answers: vec![
            answer("all three up", SHARE, down[0], |run| share_down(run)[0]),
            answer("two of three up", SHARE, down[0] + down[1], |run| {
                let shares = share_down(run);
                shares[0] + shares[1]
            }),
            answer("all three down", SHARE, down[3], |run| share_down(run)[3]),
        ],
    }
}

/// The share of the time for which 0, 1, 2 or 3 are down.
fn share_down(run: &Observed) -> [f64; 4] {
    let end = run.results.ended_at;
    let mut changes: Vec<(Time, i32)> = Vec::new();
    for incident in &run.results.incidents {
        changes.extend([(incident.start, 1), (incident.end.unwrap_or(end), -1)]);
    }
    changes.sort_unstable();
    let mut shares = [0.0; 4];
    let (mut down, mut since) = (0, 0);
    for (at, change) in changes.into_iter().chain([(end, 0)]) {
        // More than three cannot be; if they are, the shares do not add up, and this fails.
        if let Some(share) = shares.get_mut(down as usize) {
            *share += (at - since) as f64 / end as f64;
        }
        (down, since) = (down + change, at);
    }
    shares
}
