//! The models in simcore, the engine of DSLab: one component for the source and for each
//! station, which send each other events.

use peers::{Chance, Model, report};
use simcore::{Event, EventHandler, Id, Simulation, SimulationContext, cast};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Instant;

#[derive(Clone, serde::Serialize)]
struct NextArrival {}

#[derive(Clone, serde::Serialize)]
struct Job {
    arrived: f64,
}

#[derive(Clone, serde::Serialize)]
struct Served {
    arrived: f64,
}

struct Source {
    context: SimulationContext,
    chance: Chance,
    to_come: u64,
    gap: f64,
    first: Id,
}

impl EventHandler for Source {
    fn on(&mut self, event: Event) {
        cast!(match event.data {
            NextArrival {} => {
                self.context.emit_now(Job { arrived: self.context.time() }, self.first);
                self.to_come -= 1;
                if self.to_come > 0 {
                    self.context.emit_self(NextArrival {}, self.chance.exponential(self.gap));
                }
            }
        })
    }
}

struct Station {
    context: SimulationContext,
    chance: Chance,
    mean: f64,
    idle: usize,
    waiting: VecDeque<f64>,
    next: Option<Id>,
    latency_sum: f64,
    ended: u64,
}

impl Station {
    fn serve(&mut self, arrived: f64) {
        self.context.emit_self(Served { arrived }, self.chance.exponential(self.mean));
    }
}

impl EventHandler for Station {
    fn on(&mut self, event: Event) {
        cast!(match event.data {
            Job { arrived } => {
                if self.idle == 0 {
                    self.waiting.push_back(arrived);
                } else {
                    self.idle -= 1;
                    self.serve(arrived);
                }
            }
            Served { arrived } => {
                match self.next {
                    Some(next) => {
                        self.context.emit_now(Job { arrived }, next);
                    }
                    None => {
                        self.latency_sum += self.context.time() - arrived;
                        self.ended += 1;
                    }
                }
                match self.waiting.pop_front() {
                    Some(arrived) => self.serve(arrived),
                    None => self.idle += 1,
                }
            }
        })
    }
}

fn main() {
    let model = Model::from_arguments();
    let mut simulation = Simulation::new(1);
    let mut next = None;
    let mut last = None;
    for (number, &(servers, mean)) in model.stations.iter().enumerate().rev() {
        let name = format!("station {number}");
        let station = Station {
            context: simulation.create_context(&name),
            chance: Chance::new(2 + number as u64),
            mean,
            idle: servers,
            waiting: VecDeque::new(),
            next,
            latency_sum: 0.0,
            ended: 0,
        };
        let station = Rc::new(RefCell::new(station));
        next = Some(simulation.add_handler(&name, station.clone()));
        last.get_or_insert(station);
    }
    let source = Source {
        context: simulation.create_context("source"),
        chance: Chance::new(1),
        to_come: model.requests,
        gap: model.gap,
        first: next.expect("a station"),
    };
    let source = Rc::new(RefCell::new(source));
    simulation.add_handler("source", source.clone());
    source.borrow().context.emit_self_now(NextArrival {});
    let start = Instant::now();
    simulation.step_until_no_events();
    let wall_s = start.elapsed().as_secs_f64();
    let last = last.expect("a station");
    let last = last.borrow();
    report("simcore", &model, wall_s, last.ended, last.latency_sum);
}
