//! What the interpreter has found, as it was: each once wrong in the engine.

use super::ended;
use spof::parts::outcome::Outcome;

const MILLISECOND: u64 = 1_000_000;

/// Whoever walks on from a node that hands over sends his SYN again as often as whoever calls, and
/// then gives up.
#[test]
fn who_walks_to_a_full_backlog_gives_up_after_the_last_syn() {
    let site = "
run: { duration: 400s, bucket: 400s, warmup: none }
nodes:
  u0: { kind: user, arrivals: { replay: u0.csv, columns: { at: at_ns, class: class } }, keep_alive: false }
  gate: { kind: station }
  app: { kind: app_server, software: uwsgi, listen: tcp, workers: 1, backlog: 0, boot: 0s }
requests:
  slow: { path: [ gate: 1ms, app: { wait: 127.005s } ] }
  walk: { path: [ gate: 1ms, app: { wait: 1ms } ] }
";
    let recordings = ["at_ns,class\n1000000,slow\n10000000,walk\n"];
    let endings = ended(site, &recordings, 2);
    let told: Vec<(Outcome, u64)> =
        endings.into_iter().flatten().map(|ending| (ending.outcome, ending.latency)).collect();
    // 1 + 2 + 4 … + 64 s after the first of seven.
    let expected = [(Outcome::Ok, 127_006 * MILLISECOND), (Outcome::TimedOut, 127_001 * MILLISECOND)];
    assert_eq!(told, expected);
}

/// A crash cuts the connections of those who are connected to what crashes.
#[test]
fn a_crash_leaves_the_connections_of_others_alone() {
    let site = "
run: { duration: 10s, bucket: 10s, warmup: none }
nodes:
  u0: { kind: user, arrivals: { replay: u0.csv, columns: { at: at_ns, class: class } }, clients: 1 }
  u1: { kind: user, arrivals: { replay: u1.csv, columns: { at: at_ns, class: class } }, clients: 1 }
  n0: { kind: station, hands_over: false }
  n1: { kind: station, hands_over: false }
links:
  n1 -> u1: { latency: 500us }
requests:
  r0: { from: u0, path: [ n0: 1us ] }
  r1: { from: u1, path: [ n1: 1us ] }
timeline:
  - { at: 2500us, fail: n0, for: 500us }
";
    let recordings = ["at_ns,class\n9000,r0\n", "at_ns,class\n9500,r1\n3400000,r1\n"];
    let latencies: Vec<u64> =
        ended(site, &recordings, 3).into_iter().flatten().map(|ending| ending.latency).collect();
    // The first has shaken hands before, and was answered before the crash.
    let (first, second) = (latencies[1], latencies[2]);
    assert!(second < first, "connected already: {latencies:?}");
}
