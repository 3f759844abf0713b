//! Models from the textbook, built by hand.

use super::{Advance, Options, Simulation};
use crate::kernel::time::{NEVER, from_seconds};
use crate::nodes::NodeKind;
use crate::nodes::behaviour::{UNLIMITED, WhenCallerLeaves};
use crate::nodes::station::{Discipline, Station};
use crate::nodes::user::{Tls, User};
use crate::parts::arrivals::Arrivals;
use crate::parts::backoff::Backoff;
use crate::parts::count::Count;
use crate::parts::distribution::Distribution;
use crate::parts::fidelity::Fidelity;
use crate::plan;
use crate::results::RunResults;
use crate::results::row::RowSampling;
use crate::scenario::model::{
    Call, Flow, Node, NodeId, NodeMemory, RequestClass, RunEnd, RunSettings, Scenario, Stage, Target, Warmup,
    Work,
};
use petgraph::graph::DiGraph;

/// Poisson arrivals through stations in series: (servers, mean service in seconds).
pub fn tandem(rate: f64, stations: &[(u32, f64)], requests: u64) -> Scenario {
    let user = User {
        visits: None,
        arrivals: Arrivals::Poisson { rate },
        clients: 1_000,
        timeout: NEVER,
        retries: 0,
        backoff: Backoff::NONE,
        caution: None,
        tls: Tls::None,
        keeps_connection: true,
    };
    let mut nodes = vec![Node {
        name: "users".into(),
        replicas: 1,
        on: None,
        boot: 0,
        restart: None,
        memory: NodeMemory::default(),
        cost_per_hour: None,
        kind: NodeKind::User(user),
        behaviour: None,
    }];
    let mut path: Option<Box<Call>> = None;
    for (number, &(servers, _)) in stations.iter().enumerate() {
        let station = Station {
            servers,
            discipline: Discipline::Fifo,
            queue: UNLIMITED,
            patience: None,
            when_caller_leaves: WhenCallerLeaves::Finish,
            hands_over: true,
            occupancy: false,
        };
        nodes.push(Node {
            name: format!("station{number}"),
            replicas: 1,
            on: None,
            boot: 0,
            restart: None,
            memory: NodeMemory::default(),
            cost_per_hour: None,
            behaviour: Some(station.behaviour()),
            kind: NodeKind::Station(station),
        });
    }
    for (number, &(_, mean)) in stations.iter().enumerate().rev() {
        path = Some(Box::new(Call {
            target: Target::Node(NodeId(number as u32 + 1)),
            work: Work { cpu: None, wait: Some(Distribution::Exponential { mean }), overhead: 0 },
            times: Count::Fixed(1),
            chance: 1.0,
            optional: false,
            write: false,
            stages: vec![],
            afterwards: Work::default(),
            hand_over: path,
        }));
    }
    let class = RequestClass {
        name: "job".into(),
        share: 1.0,
        from: vec![NodeId(0)],
        flow: Flow::Calls(vec![Stage::Call(*path.expect("a station"))]),
        objective: None,
        request_bytes: 0,
        response_bytes: 0,
        idempotent: true,
        cacheable: true,
        priority: 0,
    };
    Scenario {
        name: "tandem".into(),
        about: None,
        run: RunSettings {
            end: RunEnd::Requests(requests),
            warmup: Warmup::Requests(0),
            seed: 1,
            bucket: None,
            starts: 0,
            fidelity: Fidelity::Requests,
        },
        nodes,
        links: vec![],
        groups: vec![],
        classes: vec![class],
        timeline: vec![],
        faults: vec![],
        crews: vec![],
        standbys: vec![],
        replications: vec![],
        expectations: vec![],
        prices: crate::scenario::model::Prices::default(),
        graph: DiGraph::new(),
    }
}

fn run(scenario: &Scenario) -> RunResults {
    let plan = plan::compile(scenario);
    let mut simulation = Simulation::new(&plan, Options { seed: 1, replication: 0, rows: RowSampling::None });
    while simulation.advance(NEVER, 1 << 20) != Advance::Ended {}
    simulation.finish(false)
}

#[test]
fn a_tandem_of_queues_has_the_mean_that_theory_gives() {
    let results = run(&tandem(80.0, &[(1, 0.002), (4, 0.040), (1, 0.005)], 1_000_000));
    let class = &results.classes[0];
    let sum: u128 = class.buckets.iter().map(|bucket| bucket.latency_sum).sum();
    let count: u64 = class.buckets.iter().map(|bucket| bucket.good).sum();
    let mean_seconds = sum as f64 / count as f64 * 1e-9;
    assert!((mean_seconds - 0.0804).abs() < 0.0008, "{mean_seconds}");
    assert_eq!(results.ended, 1_000_000);
    let from_series = results.latencies.mean();
    assert!((from_series * 1e-9 - mean_seconds).abs() < 1e-6);
    let _ = from_seconds(0.0);
}

#[test]
fn requests_that_come_different_ways_share_a_line() {
    // One user's requests walk through the station themselves, the other's are calls with
    // a timeout; whoever leaves has to let the next in, of whichever kind.
    let text = "
run: { duration: 2000s, warmup: none }
nodes:
  walkers: { kind: user, arrivals: 40/s }
  callers: { kind: user, arrivals: 40/s, timeout: 1000s }
  desk:    { kind: station, servers: 1 }
requests:
  walk: { from: walkers, path: [ desk: exp(10ms) ] }
  call: { from: callers, path: [ desk: exp(10ms) ] }
";
    let loaded = crate::scenario::load::load_text("desk.yaml", text, &[]);
    let results = run(&loaded.scenario.expect("a scenario without mistakes"));
    // A queue that is busy for 80 % of the time holds four on average.
    let inside: u128 = results.nodes[2].buckets.iter().map(|bucket| bucket.queued + bucket.served).sum();
    let mean = inside as f64 / results.ended_at as f64;
    assert!((mean - 4.0).abs() < 0.5, "{mean}");
    assert!(results.in_flight < 60, "{}", results.in_flight);
}
