//! What the drivers share: the two models, random durations, and the line that each prints.

use rand_distr::{Distribution, Exp1};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// Stations in series behind Poisson arrivals.
pub struct Model {
    pub name: String,
    pub requests: u64,
    /// Seconds between arrivals, in the mean.
    pub gap: f64,
    /// Servers and mean service in seconds.
    pub stations: Vec<(usize, f64)>,
}

impl Model {
    /// `<t|q> REQUESTS`
    pub fn from_arguments() -> Model {
        let mut arguments = std::env::args().skip(1);
        let name = arguments.next().expect("a model: t or q");
        let requests = arguments.next().expect("a number of requests").parse().expect("a number");
        let (rate, stations) = match name.as_str() {
            "t" => (80.0, vec![(1, 0.002), (4, 0.040), (1, 0.005)]),
            "q" => (0.8, vec![(1, 1.0)]),
            _ => panic!("there is no model {name}"),
        };
        Model { name, requests, gap: 1.0 / rate, stations }
    }
}

/// Exponential durations from the same generator that spof uses.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub struct Chance(Xoshiro256PlusPlus);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    #[inline(always)]
    pub fn exponential(&mut self, mean: f64) -> f64 {
        let unit: f64 = Exp1.sample(&mut self.0);
        mean * unit
    }
}

/// The mean is printed so that one can see that all simulate the same.
pub fn report(peer: &str, model: &Model, wall_s: f64, requests: u64, latency_sum: f64) {
    println!(
        "peer={peer} model={} requests={requests} request_ns={:.2} mean_s={:.5}",
        model.name,
        wall_s * 1e9 / requests as f64,
        latency_sum / requests as f64,
    );
}
