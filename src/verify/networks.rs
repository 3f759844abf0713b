//! Networks of queues, and requests that wait for several at once.

use super::{Model, NUMBER, SHARE, TIME, answer};
use crate::theory::{chain, networks, queues};

pub fn models() -> Vec<Model> {
    vec![open_network(), tandem(), closed_network(), finite_source(), fan_out()]
}

fn open_network() -> Model {
    let rate = 2.0;
    // From the CPU to a disk, to the other, or out; from the disks back.
    let next = vec![vec![0.0, 0.5, 0.3], vec![1.0, 0.0, 0.0], vec![1.0, 0.0, 0.0]];
    let stations = networks::jackson(rate, &networks::visits(&next), &[0.06, 0.14, 0.2]);
    let time = stations.iter().map(|station| station.residence).sum();
    Model {
        name: "an open network (Jackson)",
        scenario: "
run: { requests: LENGTH, warmup: WARMUP requests }
nodes:
  customers: { kind: user, arrivals: 2/s }
  cpu:   { kind: station, work: exp(60ms) }
  disk1: { kind: station, work: exp(140ms) }
  disk2: { kind: station, work: exp(200ms) }
requests:
  transaction:
    route:
      start: cpu
      cpu: { disk1: 50%, disk2: 30%, leave: 20% }
      disk1: cpu
      disk2: cpu
"
        .to_owned(),
        length: 6_000,
        answers: vec![
            answer("time in it", TIME, time, |run| run.latency_s()),
            answer("CPU in use", SHARE, stations[0].utilisation, |run| run.of("cpu", |cpu| cpu.utilisation)),
            answer("at the first disk", NUMBER, stations[1].inside, |run| {
                run.of("disk1", |disk| Some(disk.inside_mean))
            }),
        ],
    }
}

fn tandem() -> Model {
    let stations = networks::jackson(40.0, &[1.0, 1.0, 1.0], &[0.01, 0.015, 0.0175]);
    let time = stations.iter().map(|station| station.residence).sum();
    Model {
        name: "three queues in a row (Burke)",
        scenario: "
run: { requests: LENGTH, warmup: WARMUP requests }
nodes:
  clients: { kind: user, arrivals: 40/s }
  nginx: { kind: station, work: exp(10ms) }
  app:   { kind: station, work: exp(15ms) }
  db:    { kind: station, work: exp(17.5ms) }
requests:
  page: { path: [ nginx, app, db ] }
"
        .to_owned(),
        length: 12_000,
        answers: vec![answer("time in it", TIME, time, |run| run.latency_s())],
    }
}

fn closed_network() -> Model {
    let closed = networks::mean_value_analysis(12, 4.0, &[16.0 * 0.025, 10.0 * 0.06, 5.0 * 0.08]);
    Model {
        name: "a closed network (MVA)",
        scenario: "
run: { requests: LENGTH, warmup: WARMUP requests }
nodes:
  people: { kind: user, population: 12, think: exp(4s) }
  cpu:    { kind: station, work: exp(25ms) }
  disk_a: { kind: station, work: exp(60ms) }
  disk_b: { kind: station, work: exp(80ms) }
requests:
  interaction:
    route:
      start: cpu
      cpu: { disk_a: 10/16, disk_b: 5/16, leave: 1/16 }
      disk_a: cpu
      disk_b: cpu
"
        .to_owned(),
        length: 3_000,
        answers: vec![
            answer("interactions per second", NUMBER, closed.throughput, |run| {
                run.summary.total.goodput_per_s.unwrap_or(f64::NAN)
            }),
            answer("response", TIME, closed.response, |run| run.latency_s()),
            answer("at disk A", NUMBER, closed.stations[1].inside, |run| {
                run.of("disk_a", |disk| Some(disk.inside_mean))
            }),
        ],
    }
}

/// As many people as machines, and a server that repairs what they bring.
fn finite_source() -> Model {
    let inside = chain::machines_down(10, 2, 10.0, 2.0);
    let at_station = chain::mean(&inside);
    let rate = (10.0 - at_station) / 10.0;
    Model {
        name: "M/M/2//10, few customers",
        scenario: "
run: { requests: LENGTH, warmup: WARMUP requests }
nodes:
  people: { kind: user, population: 10, think: exp(10s) }
  desk: { kind: station, servers: 2 }
requests:
  question: { path: [ desk: exp(2s) ] }
"
        .to_owned(),
        length: 8_000,
        answers: vec![
            answer("inside", NUMBER, at_station, |run| run.of("desk", |desk| Some(desk.inside_mean))),
            answer("response", TIME, at_station / rate, |run| run.latency_s()),
        ],
    }
}

fn fan_out() -> Model {
    Model {
        name: "the slowest of 20 at once",
        scenario: "
run: { requests: LENGTH, warmup: WARMUP requests }
nodes:
  clients: { kind: user, arrivals: 10/s }
  leaf: { kind: station, servers: unlimited, work: exp(10ms) }
requests:
  query: { path: [ parallel: [ leaf: 20 x ] ] }
"
        .to_owned(),
        length: 2_000,
        answers: vec![answer("time", TIME, queues::slowest_of(20, 0.01), |run| run.latency_s())],
    }
}
