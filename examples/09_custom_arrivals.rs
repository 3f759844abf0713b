//! A custom arrival process: gaps of any making, which may remember what came before.
//!
//! ```text
//! cargo run --example 09_custom_arrivals
//! ```
//!
//! Customers come by bus: twenty at once, every two seconds or so. On average these are as many as when
//! they come one by one, but the last of them has nineteen others before him.

use spof::rand::{Rng, RngExt};

pub fn answer() -> Result<String, spof::Error> {
    let mut on_the_bus = 0;
    // Says how many seconds pass until the next one. Each run begins with a fresh clone, and has
    // chance of its own from the scenario's seed.
    let buses = spof::arrivals_by(move |chance: &mut dyn Rng| {
        if on_the_bus > 0 {
            on_the_bus -= 1;
            return 0.0;
        }
        on_the_bus = 19;
        chance.random_range(1.8..2.2)
    });

    let mut lines = String::new();
    for (how, arrivals) in
        [("one by one", "10/s".into()), ("by bus", spof::Value::from(buses.named("buses")))]
    {
        let site = spof::site("A ticket office")
            .run([("requests", "40000"), ("seed", "7")])
            .node("passengers", "user", ("arrivals", arrivals))
            .node("office", "station", ("servers", 1))
            .request("ticket", ("office", "50ms"))
            .check()?;
        let run = spof::simulate(&site, &Default::default(), &spof::Unwatched)?;
        let office = &run.findings.summary.nodes[1];
        let (busy, wait) =
            (office.utilisation.unwrap_or_default(), office.wait_mean_ms.value.unwrap_or_default());
        lines += &format!(
            "{how}: the office is busy for {:.0} % and a passenger waits for {wait:.0} ms\n",
            100.0 * busy
        );
    }
    Ok(lines)
}

fn main() -> Result<(), spof::Error> {
    print!("{}", answer()?);
    Ok(())
}
