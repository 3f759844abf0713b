use petgraph::graph::DiGraph;
use spof::engine::{Advance, Options, Simulation};
use spof::kernel::time::{NEVER, to_seconds};
use spof::nodes::NodeKind;
use spof::nodes::behaviour::{UNLIMITED, WhenCallerLeaves};
use spof::nodes::station::{Discipline, Station};
use spof::nodes::user::{Tls, User};
use spof::parts::arrivals::Arrivals;
use spof::parts::backoff::Backoff;
use spof::parts::count::Count;
use spof::parts::distribution::Distribution;
use spof::plan;
use spof::results::row::RowSampling;
use spof::scenario::model::{
    Call, Flow, Node, NodeId, RequestClass, RunEnd, RunSettings, Scenario, Stage, Target, Warmup, Work,
};

/// Poisson arrivals through stations in series: (servers, mean service in seconds).
pub fn tandem(rate: f64, stations: &[(u32, f64)], requests: u64) -> Scenario {
    let user = User {
        visits: None,
        arrivals: Arrivals::Poisson { rate },
        clients: 1_000,
        timeout: NEVER,
        retries: 0,
        backoff: Backoff::NONE,
        tls: Tls::None,
        keeps_connection: true,
    };
    let mut nodes = vec![Node {
        name: "users".into(),
        replicas: 1,
        on: None,
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
        },
        nodes,
        links: vec![],
        groups: vec![],
        classes: vec![class],
        expectations: vec![],
        graph: DiGraph::new(),
    }
}

fn main() {
    let n: u64 = std::env::args().nth(2).map_or(5_000_000, |t| t.parse().unwrap());
    let model = std::env::args().nth(1).unwrap();
    let scenario = if model == "t" {
        tandem(80.0, &[(1, 0.002), (4, 0.040), (1, 0.005)], n)
    } else {
        tandem(0.8, &[(1, 1.0)], n)
    };
    let plan = plan::compile(&scenario);
    let start = std::time::Instant::now();
    let mut simulation = Simulation::new(&plan, Options { seed: 1, replication: 0, rows: RowSampling::None });
    while simulation.advance(NEVER, 1 << 20) != Advance::Ended {}
    let wall = start.elapsed().as_secs_f64();
    let events = simulation.events();
    let r = simulation.finish(false);
    println!(
        "model={model} n={n} ns_per_req={:.1} ns_per_event={:.1} mean={}",
        wall * 1e9 / n as f64,
        wall * 1e9 / events as f64,
        r.latencies.mean() * 1e-9
    );
    let _ = to_seconds(1);
}
