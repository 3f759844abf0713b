//! The models in NeXosim on one thread: a model for the source, for each station and for
//! the end, joined by ports.

use nexosim::model::{Context, Model, schedulable};
use nexosim::ports::Output;
use nexosim::simulation::{Mailbox, SimInit};
use nexosim::time::MonotonicTime;
use peers::{Chance, report};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Requests that have ended, and the sum of their latencies in seconds.
static ENDED: Mutex<(u64, f64)> = Mutex::new((0, 0.0));

/// An event has to lie in the future, if only by a nanosecond.
fn delay(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds).max(Duration::from_nanos(1))
}

#[derive(Serialize, Deserialize)]
pub struct Source {
    chance: Chance,
    to_come: u64,
    gap: f64,
    out: Output<MonotonicTime>,
}

#[Model]
impl Source {
    #[nexosim(init)]
    async fn init(&mut self, context: &Context<Self>, _: &mut ()) {
        context.schedule_event(delay(0.0), schedulable!(Self::send), ()).expect("it lies in the future");
    }

    #[nexosim(schedulable)]
    async fn send(&mut self, _: (), context: &Context<Self>) {
        self.out.send(context.time()).await;
        self.to_come -= 1;
        if self.to_come > 0 {
            let gap = delay(self.chance.exponential(self.gap));
            context.schedule_event(gap, schedulable!(Self::send), ()).expect("it lies in the future");
        }
    }
}

#[derive(Serialize, Deserialize)]
pub struct Station {
    chance: Chance,
    mean: f64,
    idle: usize,
    waiting: VecDeque<MonotonicTime>,
    out: Output<MonotonicTime>,
}

#[Model]
impl Station {
    pub fn enter(&mut self, arrived: MonotonicTime, context: &Context<Self>) {
        if self.idle == 0 {
            self.waiting.push_back(arrived);
        } else {
            self.idle -= 1;
            self.serve(arrived, context);
        }
    }

    fn serve(&mut self, arrived: MonotonicTime, context: &Context<Self>) {
        let service = delay(self.chance.exponential(self.mean));
        context.schedule_event(service, schedulable!(Self::leave), arrived).expect("it lies in the future");
    }

    #[nexosim(schedulable)]
    async fn leave(&mut self, arrived: MonotonicTime, context: &Context<Self>) {
        match self.waiting.pop_front() {
            Some(next) => self.serve(next, context),
            None => self.idle += 1,
        }
        self.out.send(arrived).await;
    }
}

#[derive(Serialize, Deserialize)]
pub struct End;

#[Model]
impl End {
    pub fn enter(&mut self, arrived: MonotonicTime, context: &Context<Self>) {
        let mut ended = ENDED.lock().expect("one thread");
        ended.0 += 1;
        ended.1 += context.time().duration_since(arrived).as_secs_f64();
    }
}

fn main() {
    let model = peers::Model::from_arguments();
    let end = Mailbox::new();
    let end_address = end.address();
    let mut bench = SimInit::with_num_threads(1).add_model(End, end, "end");
    let mut next = None;
    for (number, &(servers, mean)) in model.stations.iter().enumerate().rev() {
        let chance = Chance::new(2 + number as u64);
        let mut station =
            Station { chance, mean, idle: servers, waiting: VecDeque::new(), out: Output::default() };
        match &next {
            Some(address) => station.out.connect(Station::enter, address),
            None => station.out.connect(End::enter, &end_address),
        };
        let mailbox = Mailbox::new();
        next = Some(mailbox.address());
        bench = bench.add_model(station, mailbox, &format!("station {number}"));
    }
    let mut source =
        Source { chance: Chance::new(1), to_come: model.requests, gap: model.gap, out: Output::default() };
    source.out.connect(Station::enter, &next.expect("a station"));
    let bench = bench.add_model(source, Mailbox::new(), "source");
    let mut simulation = bench.init(MonotonicTime::EPOCH).expect("the models fit together");
    let start = Instant::now();
    simulation.run().expect("it runs to its end");
    let wall_s = start.elapsed().as_secs_f64();
    let (requests, latency_sum) = *ENDED.lock().expect("one thread");
    report("nexosim", &model, wall_s, requests, latency_sum);
}
