//! Group B: networks of queues.

use super::judging::{Figure, Study, figure, figures};
use super::models::{Measured, estimated_seconds, number, seconds, simulate};

pub static STUDIES: [Study; 3] = [
    Study::new("B01", |seed| open_network(&simulate("b01-jackson.yaml", seed))),
    Study::new("B02", |seed| tandem(&simulate("b02-tandem.yaml", seed))),
    Study::new("B05", |seed| closed_network(&simulate("b05-closed-network.yaml", seed))),
];

fn open_network(measured: &Measured) -> Vec<Figure> {
    let (requests, cpu) = (measured.requests(), measured.node("cpu"));
    // What a transaction spends at a centre, all its visits together.
    let residence = |name: &str| {
        let node = measured.node(name);
        seconds(node.sojourn_mean_ms) * node.visits as f64 / requests.ended.expect("requests") as f64
    };
    vec![
        figure("U_cpu", number(cpu.utilisation)),
        figure("X_cpu", cpu.visits_per_s),
        figure("Q_cpu", cpu.inside_mean),
        figure("R_cpu", residence("cpu")),
        figure("R_disk1", residence("disk1")),
        figure("R_disk2", residence("disk2")),
        figure("R_total", estimated_seconds(&requests.mean_ms)),
    ]
}

fn tandem(measured: &Measured) -> Vec<Figure> {
    let requests = measured.requests();
    vec![
        figure("mean", estimated_seconds(&requests.mean_ms)),
        figure("p50", estimated_seconds(&requests.p50_ms)),
        figure("p95", estimated_seconds(&requests.p95_ms)),
        figure("p99", estimated_seconds(&requests.p99_ms)),
    ]
}

fn closed_network(measured: &Measured) -> Vec<Figure> {
    let requests = measured.requests();
    let centres = ["cpu", "disk_a", "disk_b"].map(|name| measured.node(name));
    let mut all = vec![
        figure("throughput", requests.goodput_per_s.expect("requests")),
        figure("response", estimated_seconds(&requests.mean_ms)),
    ];
    all.extend(figures("R_visit", centres.map(|centre| seconds(centre.sojourn_mean_ms))));
    all.extend(figures("Q", centres.map(|centre| centre.inside_mean)));
    all
}
