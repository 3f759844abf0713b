//! The parts of the kernel by themselves: agendas, clocks, shared processors, samplers.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use spof::kernel::agenda::{Event, EventQueue};
use spof::kernel::clocks::Clocks;
use spof::kernel::fronted::FrontedHeap;
use spof::kernel::ladder::Ladder;
use spof::kernel::random::StreamFamily;
use spof::kernel::sharing::SharedProcessor;
use spof::kernel::time::Time;
use spof::parts::distribution::Distribution;
use std::hint::black_box;
use std::time::Duration;

/// Operations in one measured round.
const ROUND: u64 = 10_000;

/// Delays as they occur: memoryless ones, short work beside long timeouts, long tails.
const DELAYS: [(&str, &str); 3] = [
    ("exponential", "exp(1s)"),
    ("bimodal", "mixture(70% exp(5ms), 30% 30s)"),
    ("lognormal", "lognormal(mean 1s, cv 3)"),
];

fn draws(distribution: &str, count: usize) -> Vec<Time> {
    let law =
        Distribution::parse(distribution, &mut |_, _| Err("no files here".into())).expect("a distribution");
    let mut generator = StreamFamily::new(1, 0).stream("bench", distribution);
    let mut draws = vec![0; count];
    law.sampler().fill(&mut generator, &mut draws);
    draws
}

/// Takes the earliest event and puts a new one in, over and over.
struct Holding<Q> {
    queue: Q,
    delays: Vec<Time>,
    words: u64,
}

impl<Q: EventQueue> Holding<Q> {
    fn new(delays: &[Time], pending: usize) -> Self {
        let mut holding = Holding { queue: Q::new(), delays: delays.to_vec(), words: 0 };
        for _ in 0..pending {
            holding.push(0);
        }
        // Until every event has been replaced a few times the agenda is not as it will be.
        holding.hold(4 * pending as u64);
        holding
    }

    fn push(&mut self, now: Time) {
        let delay = self.delays[self.words as usize % self.delays.len()];
        self.words += 1;
        self.queue.push(Event { time: now + delay, word: self.words });
    }

    fn hold(&mut self, rounds: u64) {
        for _ in 0..rounds {
            let event = self.queue.pop_before(Time::MAX).expect("an event");
            self.push(event.time);
        }
    }
}

fn agendas(criterion: &mut Criterion) {
    for (name, distribution) in DELAYS {
        let delays = draws(distribution, 1 << 16);
        let mut group = criterion.benchmark_group(format!("agenda/{name}"));
        group.throughput(Throughput::Elements(ROUND));
        for pending in [10, 1_000, 100_000, 1_000_000] {
            let mut heap = Holding::<FrontedHeap>::new(&delays, pending);
            group.bench_function(BenchmarkId::new("heap", pending), |bencher| {
                bencher.iter(|| heap.hold(ROUND))
            });
            drop(heap);
            let mut ladder = Holding::<Ladder>::new(&delays, pending);
            group.bench_function(BenchmarkId::new("ladder", pending), |bencher| {
                bencher.iter(|| ladder.hold(ROUND))
            });
        }
        group.finish();
    }
}

fn clocks(criterion: &mut Criterion) {
    let delays = draws("exp(1s)", 1 << 12);
    let mut group = criterion.benchmark_group("clocks");
    group.throughput(Throughput::Elements(ROUND));
    for count in [4, 100, 100_000] {
        let mut clocks = Clocks::new(count);
        for clock in 0..count as u32 {
            clocks.set(clock, delays[clock as usize % delays.len()]);
        }
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| {
                for round in 0..ROUND as usize {
                    let first = clocks.first();
                    clocks.set(first.clock, first.time + delays[round % delays.len()]);
                }
            });
        });
    }
    group.finish();
}

fn sharing(criterion: &mut Criterion) {
    let works = draws("exp(1ms)", 1 << 12);
    let mut group = criterion.benchmark_group("sharing");
    group.throughput(Throughput::Elements(ROUND));
    for jobs in [1, 10, 1_000, 100_000] {
        let mut processor = SharedProcessor::new(4, 1.0);
        for job in 0..jobs {
            processor.add(0, works[job as usize % works.len()], job);
        }
        group.bench_function(BenchmarkId::from_parameter(jobs), |bencher| {
            bencher.iter(|| {
                for round in 0..ROUND as usize {
                    let now = processor.next(|_| false);
                    let word = processor.finished(now, |_| false).unwrap_or(0);
                    processor.add(now, works[round % works.len()], black_box(word));
                }
            });
        });
    }
    group.finish();
}

fn samplers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("samplers");
    let mut out = [0; 64];
    group.throughput(Throughput::Elements(out.len() as u64));
    for distribution in [
        "exp(5ms)",
        "uniform(1ms, 9ms)",
        "gamma(mean 5ms, cv 0.7)",
        "lognormal(median 5ms, p99 40ms)",
        "weibull(mean 5ms, shape 0.8)",
        "mixture(90% exp(5ms), 10% 300ms)",
    ] {
        let law =
            Distribution::parse(distribution, &mut |_, _| Err("no files here".into())).expect("it is one");
        let sampler = law.sampler();
        let mut generator = StreamFamily::new(1, 0).stream("bench", distribution);
        group.bench_function(distribution, |bencher| {
            bencher.iter(|| {
                sampler.fill(&mut generator, &mut out);
                black_box(out[63])
            });
        });
    }
    group.finish();
}

fn short() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
}

criterion_group! { name = kernel; config = short(); targets = agendas, clocks, sharing, samplers }
criterion_main!(kernel);
