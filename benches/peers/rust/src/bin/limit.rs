//! The speed limit: a program for these two models and nothing else. One event for each
//! arrival and each end of service in a heap of four children; a job is nothing but the
//! instant of its arrival. Each latency goes into a histogram, as spof's do.

use peers::{Chance, Model, report};
use std::collections::VecDeque;
use std::time::Instant;

/// Positive times order as the integers of their bits do; below them stands what happens.
type Event = u128;

const ARRIVAL: u64 = u64::MAX;
/// Four times as many of them would still fit into the word of an event.
const SERVERS_MOST: usize = 8;
/// A histogram of 128 cells for each power of two.
const CELLS: usize = 64 * 128;

struct Heap {
    events: Vec<Event>,
}

impl Heap {
    #[inline(always)]
    fn push(&mut self, time: f64, word: u64) {
        let event = (Event::from(time.to_bits()) << 64) | Event::from(word);
        let mut hole = self.events.len();
        self.events.push(event);
        while hole > 0 {
            let above = (hole - 1) / 4;
            if self.events[above] <= event {
                break;
            }
            self.events[hole] = self.events[above];
            hole = above;
        }
        self.events[hole] = event;
    }

    #[inline(always)]
    fn pop(&mut self) -> Option<(f64, u64)> {
        let last = self.events.pop()?;
        let first = self.events.first().copied().unwrap_or(last);
        let count = self.events.len();
        let mut hole = 0;
        while 4 * hole + 1 < count {
            let children = 4 * hole + 1..(4 * hole + 5).min(count);
            let mut least = children.start;
            for child in children {
                if self.events[child] < self.events[least] {
                    least = child;
                }
            }
            if self.events[least] >= last {
                break;
            }
            self.events[hole] = self.events[least];
            hole = least;
        }
        if count > 0 {
            self.events[hole] = last;
        }
        Some((f64::from_bits((first >> 64) as u64), first as u64))
    }
}

struct Station {
    mean: f64,
    waiting: VecDeque<f64>,
    idle: Vec<u8>,
    /// The job at each server.
    served: [f64; SERVERS_MOST],
}

struct Run {
    heap: Heap,
    stations: Vec<Station>,
    chance: Chance,
    cells: Vec<u32>,
    latency_sum: f64,
    ended: u64,
}

impl Run {
    #[inline(always)]
    fn enter(&mut self, number: usize, job: f64, now: f64) {
        match self.stations[number].idle.pop() {
            Some(server) => self.serve(number, server as usize, job, now),
            None => self.stations[number].waiting.push_back(job),
        }
    }

    #[inline(always)]
    fn serve(&mut self, number: usize, server: usize, job: f64, now: f64) {
        let station = &mut self.stations[number];
        station.served[server] = job;
        let time = now + self.chance.exponential(station.mean);
        self.heap.push(time, (number * SERVERS_MOST + server) as u64);
    }

    #[inline(always)]
    fn leave(&mut self, word: u64, now: f64) {
        let (number, server) = (word as usize / SERVERS_MOST, word as usize % SERVERS_MOST);
        let job = self.stations[number].served[server];
        match self.stations[number].waiting.pop_front() {
            Some(next) => self.serve(number, server, next, now),
            None => self.stations[number].idle.push(server as u8),
        }
        if number + 1 < self.stations.len() {
            self.enter(number + 1, job, now);
        } else {
            self.record(now - job);
        }
    }

    #[inline(always)]
    fn record(&mut self, latency: f64) {
        // The exponent and seven bits of the fraction; 2^-30 s is the smallest told apart.
        let cell = ((latency.to_bits() >> 45) as usize).saturating_sub((1023 - 30) << 7);
        self.cells[cell.min(CELLS - 1)] += 1;
        self.latency_sum += latency;
        self.ended += 1;
    }
}

fn main() {
    let model = Model::from_arguments();
    let station = |&(servers, mean): &(usize, f64)| Station {
        mean,
        waiting: VecDeque::with_capacity(1024),
        idle: (0..servers as u8).collect(),
        served: [0.0; SERVERS_MOST],
    };
    let mut run = Run {
        heap: Heap { events: Vec::with_capacity(64) },
        stations: model.stations.iter().map(station).collect(),
        chance: Chance::new(1),
        cells: vec![0; CELLS],
        latency_sum: 0.0,
        ended: 0,
    };
    let start = Instant::now();
    let mut to_come = model.requests;
    let first = run.chance.exponential(model.gap);
    run.heap.push(first, ARRIVAL);
    while let Some((now, word)) = run.heap.pop() {
        if word != ARRIVAL {
            run.leave(word, now);
            continue;
        }
        run.enter(0, now, now);
        to_come -= 1;
        if to_come > 0 {
            let time = now + run.chance.exponential(model.gap);
            run.heap.push(time, ARRIVAL);
        }
    }
    report("limit", &model, start.elapsed().as_secs_f64(), run.ended, run.latency_sum);
}
