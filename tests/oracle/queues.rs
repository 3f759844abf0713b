//! Group A: one queue.

use super::judging::{Figure, Study, figure, figure_of};
use super::models::{Measured, estimated_seconds, number, seconds, simulate, simulate_with};
use spof::experiment::in_parallel;

pub static STUDIES: [Study; 10] = [
    Study::new("A01", |seed| one_server(&simulate("a01-mm1.yaml", seed))),
    Study::new("A02", |seed| one_server(&simulate("a02-mm1-busy.yaml", seed))),
    Study::new("A03", |seed| several_servers(&simulate("a03-mm2.yaml", seed))),
    Study::new("A04", |seed| several_servers(&simulate("a04-mm4.yaml", seed))),
    Study::new("A06", |seed| {
        let measured = simulate("a06-erlang-b.yaml", seed);
        vec![figure("p_loss", measured.share("rejected"))]
    }),
    Study::new("A08", |seed| bounded_backlog(&simulate("a08-mm4-10.yaml", seed))),
    Study::new("A09", |seed| any_service(&simulate("a09-md1.yaml", seed))),
    Study::new("A10", |seed| any_service(&simulate("a10-erlang-service.yaml", seed))),
    Study::new("A21", no_line_at_all),
    Study::new("A22", |seed| finite_source(&simulate("a22-finite-source.yaml", seed))),
];

fn one_server(measured: &Measured) -> Vec<Figure> {
    let (requests, station) = (measured.requests(), &measured.summary.nodes[1]);
    vec![
        figure("utilisation", number(station.utilisation)),
        figure("mean_in_system", station.inside_mean),
        figure("mean_sojourn", estimated_seconds(&requests.mean_ms)),
        figure("p50", estimated_seconds(&requests.p50_ms)),
        figure("p95", estimated_seconds(&requests.p95_ms)),
        figure("p99", estimated_seconds(&requests.p99_ms)),
    ]
}

fn several_servers(measured: &Measured) -> Vec<Figure> {
    let (requests, pool) = (measured.requests(), measured.node("pool"));
    vec![
        figure("utilisation", number(pool.utilisation)),
        figure("p_wait", number(pool.waited_share)),
        figure("mean_wait", estimated_seconds(&pool.wait_mean_ms)),
        figure("mean_queue", pool.queue_mean),
        figure("mean_sojourn", estimated_seconds(&requests.mean_ms)),
        figure("wait_p95", seconds(pool.wait_p95_ms)),
        figure("wait_p99", seconds(pool.wait_p99_ms)),
        figure("sojourn_p50", estimated_seconds(&requests.p50_ms)),
        figure("sojourn_p95", estimated_seconds(&requests.p95_ms)),
        figure("sojourn_p99", estimated_seconds(&requests.p99_ms)),
    ]
}

fn bounded_backlog(measured: &Measured) -> Vec<Figure> {
    let workers = measured.node("workers");
    vec![
        figure("p_loss", measured.share("rejected")),
        figure("throughput", measured.requests().goodput_per_s.expect("requests")),
        figure("mean_wait_accepted", estimated_seconds(&workers.wait_mean_ms)),
        figure("mean_in_system", workers.inside_mean),
    ]
}

fn any_service(measured: &Measured) -> Vec<Figure> {
    let station = measured.node("station");
    vec![
        figure("mean_wait", estimated_seconds(&station.wait_mean_ms)),
        figure("mean_sojourn", estimated_seconds(&measured.requests().mean_ms)),
        figure("p_wait", number(station.waited_share)),
        figure("wait_p50", seconds(station.wait_p50_ms)),
        figure("wait_p95", seconds(station.wait_p95_ms)),
        figure("wait_p99", seconds(station.wait_p99_ms)),
    ]
}

/// The law of the times makes no difference.
fn no_line_at_all(seed: u64) -> Vec<Figure> {
    let laws = vec![("exponential", "exp(50ms)"), ("Pareto", "pareto(shape 2.5, mean 50ms)")];
    let of_each = in_parallel(laws, |(law, work)| {
        let measured = simulate_with("a21-mg-infinity.yaml", &[("nodes.cdn.work", work)], seed);
        let shares = measured.node("cdn").occupancy.clone().expect("it is tracked");
        let moment = |power: i32| -> f64 {
            shares.iter().enumerate().map(|(inside, share)| (inside as f64).powi(power) * share).sum()
        };
        [
            figure_of(law, "mean", moment(1)),
            figure_of(law, "variance", moment(2) - moment(1).powi(2)),
            figure_of(law, "p_gt_15", shares[16..].iter().sum()),
        ]
    });
    of_each.into_iter().flatten().collect()
}

fn finite_source(measured: &Measured) -> Vec<Figure> {
    let station = measured.node("station");
    vec![
        figure("throughput", measured.requests().goodput_per_s.expect("requests")),
        figure("mean_response", estimated_seconds(&measured.requests().mean_ms)),
        figure("mean_at_station", station.inside_mean),
        figure("utilisation", number(station.utilisation)),
    ]
}
