//! One queue.

use super::{Model, NUMBER, Observed, SHARE, TIME, answer};
use crate::theory::{chain, queues};

/// Customers per second, where nothing else is said; a service takes a second, so that this is the
/// offered load as well.
const RATE: f64 = 0.7;

pub fn models() -> Vec<Model> {
    let mut models =
        vec![one_server(), several_servers(), bounded_line(), impatient(), priorities(), cache()];
    models.extend(no_line());
    models.extend(any_service());
    models.extend(shared_server());
    models.push(unlimited());
    models
}

/// A station `desk`, what a customer is there for, and what else is said of customers and desk.
fn queue(rate: f64, desk: &str, work: &str, objective: &str) -> String {
    format!(
        "
run: {{ requests: LENGTH, warmup: WARMUP requests }}
nodes:
  customers: {{ kind: user, arrivals: {rate}/s }}
  desk: {{ kind: station{desk} }}
requests:
  order: {{ path: [ desk: \"{work}\" ]{objective} }}
"
    )
}

fn one_server() -> Model {
    const WITHIN_S: f64 = 4.0;
    let time = queues::time_in_mm1(RATE, 1.0);
    Model {
        name: "M/M/1",
        scenario: queue(RATE, "", "exp(1s)", &format!(", objective: {WITHIN_S}s")),
        length: 12_000,
        answers: vec![
            answer("time in it", TIME, time, |run| run.latency_s()),
            answer("through within 4 s", SHARE, queues::through_mm1_within(WITHIN_S, RATE, 1.0), |run| {
                run.summary.total.good_share.value.unwrap_or(f64::NAN)
            }),
            answer("server in use", SHARE, RATE, |run| run.of("desk", |desk| desk.utilisation)),
            answer("inside", NUMBER, RATE * time, |run| run.of("desk", |desk| Some(desk.inside_mean))),
        ],
    }
}

fn several_servers() -> Model {
    let (servers, rate) = (4, 3.0);
    Model {
        name: "M/M/4 (Erlang C)",
        scenario: queue(rate, ", servers: 4", "exp(1s)", ""),
        length: 12_000,
        answers: vec![
            answer("have to wait", SHARE, queues::erlang_c(servers, rate), |run| {
                run.of("desk", |desk| desk.waited_share)
            }),
            answer("wait", TIME, queues::wait_of_many(servers, rate, 1.0), |run| run.wait_s("desk")),
        ],
    }
}

fn bounded_line() -> Model {
    let (rate, service, servers, places) = (9.0, 0.4, 4, 10);
    let inside = chain::bounded_queue(rate, service, servers, places);
    let lost = inside[places as usize];
    let wait = chain::mean_in_line(&inside, servers) / (rate * (1.0 - lost));
    Model {
        name: "M/M/4/10",
        scenario: queue(rate, ", servers: 4, queue: 6", "exp(400ms)", ""),
        length: 12_000,
        answers: vec![
            answer("turned away", SHARE, lost, |run| run.outcome("rejected")),
            answer("wait of the others", TIME, wait, |run| run.wait_s("desk")),
            answer("inside", NUMBER, chain::mean(&inside), |run| {
                run.of("desk", |desk| Some(desk.inside_mean))
            }),
        ],
    }
}

/// Erlang A, at more than the servers could do.
fn impatient() -> Model {
    const INSIDE_MOST: u32 = 400;
    let (rate, servers, patience) = (4.4, 4, 2.0);
    let inside = chain::impatient_queue(rate, 1.0, servers, patience, INSIDE_MOST);
    let in_line = chain::mean_in_line(&inside, servers);
    Model {
        name: "M/M/4 + M (Erlang A)",
        scenario: queue(rate, ", servers: 4, patience: exp(2s)", "exp(1s)", ""),
        length: 12_000,
        answers: vec![
            answer("gave up", SHARE, in_line / patience / rate, |run| run.outcome("abandoned")),
            answer("in line", NUMBER, in_line, |run| run.of("desk", |desk| Some(desk.queue_mean))),
        ],
    }
}

fn priorities() -> Model {
    let waits = queues::cobham(&[(0.4 * RATE, 1.0), (0.6 * RATE, 1.0)]);
    let time = |name, class: usize| {
        let mean_s = move |run: &Observed| run.class_latency_s(class);
        answer(name, TIME, waits[class] + 1.0, mean_s)
    };
    Model {
        name: "M/M/1 with priorities (Cobham)",
        scenario: "
run: { requests: LENGTH, warmup: WARMUP requests }
nodes:
  customers: { kind: user, arrivals: 0.7/s }
  desk: { kind: station, discipline: priority }
requests:
  first: { share: 40%, priority: 0, path: [ desk: exp(1s) ] }
  then: { share: 60%, priority: 1, path: [ desk: exp(1s) ] }
"
        .to_owned(),
        length: 12_000,
        answers: vec![time("time of the first class", 0), time("time of the second", 1)],
    }
}

/// Erlang's B knows nothing of the law of the times but its mean.
fn no_line() -> Vec<Model> {
    let laws = [
        ("M/M/10/10 (Erlang B)", "exp(1s)"),
        ("M/G/10/10, lognormal (Erlang B)", "lognormal(mean 1s, cv 2)"),
    ];
    let model = |(name, work)| Model {
        name,
        scenario: queue(7.0, ", servers: 10, queue: 0", work, ""),
        length: 20_000,
        answers: vec![answer("turned away", SHARE, queues::erlang_b(10, 7.0), |run| run.outcome("rejected"))],
    };
    laws.map(model).into_iter().collect()
}

fn any_service() -> Vec<Model> {
    // With the mean square of each, for a mean of one second.
    let laws = [
        ("M/D/1 (Pollaczek-Khinchine)", "1s", 1.0),
        ("M/E2/1 (Pollaczek-Khinchine)", "erlang(2, 1s)", 1.5),
        ("M/U/1 (Pollaczek-Khinchine)", "uniform(0s, 2s)", 4.0 / 3.0),
        // Nine of ten take half a second, one takes 5.5 s.
        ("M/H2/1 (Pollaczek-Khinchine)", "hyperexp(90% 0.5s, 10% 5.5s)", 2.0 * (0.9 * 0.25 + 0.1 * 30.25)),
    ];
    let model = |(name, work, mean_square)| Model {
        name,
        scenario: queue(RATE, "", work, ""),
        length: 20_000,
        answers: vec![answer("wait", TIME, queues::pollaczek_khinchine(RATE, 1.0, mean_square), |run| {
            run.wait_s("desk")
        })],
    };
    laws.map(model).into_iter().collect()
}

fn shared_server() -> Vec<Model> {
    let laws = [
        ("M/M/1, processor sharing", "exp(1s)"),
        ("M/D/1, processor sharing", "1s"),
        ("M/H2/1, processor sharing", "hyperexp(90% 0.5s, 10% 5.5s)"),
    ];
    let model = |(name, work)| Model {
        name,
        scenario: queue(RATE, ", discipline: ps", work, ""),
        length: 12_000,
        answers: vec![answer("time in it", TIME, queues::time_in_processor_sharing(RATE, 1.0), |run| {
            run.latency_s()
        })],
    };
    laws.map(model).into_iter().collect()
}

/// The number inside has Poisson's law, whose variance is its mean.
fn unlimited() -> Model {
    let inside = 10.0;
    Model {
        name: "M/G/infinity, lognormal",
        scenario: queue(inside, ", servers: unlimited, occupancy: true", "lognormal(mean 1s, cv 1.5)", ""),
        length: 12_000,
        answers: vec![
            answer("inside", NUMBER, inside, |run| run.of("desk", |desk| Some(desk.inside_mean))),
            answer("its mean square", NUMBER, inside + inside * inside, |run| {
                run.of("desk", |desk| {
                    let shares = desk.occupancy.as_ref()?.iter().zip(0..);
                    Some(shares.map(|(share, number)| share * f64::from(number) * f64::from(number)).sum())
                })
            }),
        ],
    }
}

fn cache() -> Model {
    Model {
        name: "a cache with a time to live",
        scenario: "
run: { requests: LENGTH, warmup: WARMUP requests }
nodes:
  clients: { kind: user, arrivals: 0.05/s }
  resolver: { kind: cache, objects: 1, ttl: 60s }
  origin: { kind: station, servers: unlimited }
requests:
  lookup: { path: [ resolver: 0s, origin: 0s ] }
"
        .to_owned(),
        length: 6_000,
        answers: vec![answer("found", SHARE, queues::found_within_lifetime(0.05, 60.0), |run| {
            run.of("resolver", |resolver| resolver.hit_ratio)
        })],
    }
}
