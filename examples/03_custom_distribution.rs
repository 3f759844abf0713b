//! A custom distribution: anything that draws numbers may say how long something takes.
//!
//! ```text
//! cargo run --example 03_custom_distribution
//! ```
//!
//! Any `rand_distr::Distribution<f64>` will do, in seconds. Here most orders are small and a few are
//! not; with the same mean as plain exponential times, customers wait much longer.

use spof::rand::{Rng, RngExt};
use spof::rand_distr::{Distribution, Gamma};

/// Nine of ten orders are a coffee, the tenth is lunch for the whole office.
#[derive(Clone)]
struct Orders {
    coffee: Gamma<f64>,
    lunch: Gamma<f64>,
}

impl Distribution<f64> for Orders {
    fn sample<R: Rng + ?Sized>(&self, chance: &mut R) -> f64 {
        if chance.random_bool(0.9) { self.coffee.sample(chance) } else { self.lunch.sample(chance) }
    }
}

pub fn answer() -> Result<String, spof::Error> {
    let gamma = |shape, scale| Gamma::new(shape, scale).expect("both are above zero");
    // Means of 40 ms and 440 ms, which come to 80 ms.
    let orders = Orders { coffee: gamma(4.0, 0.010), lunch: gamma(4.0, 0.110) };
    let counter = spof::site("A counter")
        .run([("requests", "40000"), ("seed", "7")])
        .node("customers", "user", ("arrivals", "10/s"))
        .node("counter", "station", ("servers", 1));

    let mut lines = String::new();
    for (name, work) in [("plain", "exp(80ms)".into()), ("mixed", spof::Value::from(spof::law(orders)))] {
        let site = counter.clone().request("order", ("counter", work)).check()?;
        let run = spof::simulate(&site, &Default::default(), &spof::Unwatched)?;
        let wait_ms = run.findings.summary.nodes[1].wait_mean_ms.value.unwrap_or_default();
        lines += &format!("{name} orders: a customer waits for {wait_ms:.0} ms\n");
    }
    Ok(lines)
}

fn main() -> Result<(), spof::Error> {
    print!("{}", answer()?);
    Ok(())
}
