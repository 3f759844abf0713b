//! A queue: customers, one clerk, and how long they wait.
//!
//! ```text
//! cargo run --example 01_queue
//! ```
//!
//! A customer comes every 100 ms on average and stays with the clerk for 80 ms on average: the
//! queue M/M/1 at a load of 0.8. The textbook says that he spends 80 ms / (1 − 0.8) = 400 ms there.

pub fn answer() -> Result<String, spof::Error> {
    let site = spof::site("A counter")
        .run([("requests", "60000"), ("warmup", "2000 requests"), ("seed", "7")])
        .node("customers", "user", ("arrivals", "10/s"))
        .node("counter", "station", ("servers", 1))
        .request("order", ("counter", "exp(80ms)"))
        .check()?;

    let run = spof::simulate(&site, &Default::default(), &spof::Unwatched)?;

    let order = &run.findings.summary.classes[0];
    let counter = &run.findings.summary.nodes[1];
    // Every figure says how far it can be trusted, or why it cannot be.
    let (low, high) = order.mean_ms.ends().unwrap_or_default();
    Ok(format!(
        "A customer spends between {low:.0} and {high:.0} ms there; the textbook says 400 ms.\n\
         The clerk is busy for {:.0} % of the time, and the line has {:.1} customers on average.\n",
        100.0 * counter.utilisation.unwrap_or_default(),
        counter.queue_mean,
    ))
}

fn main() -> Result<(), spof::Error> {
    print!("{}", answer()?);
    Ok(())
}
