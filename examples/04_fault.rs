//! A fault: the database is down for half a minute. Who notices, and for how long?
//!
//! ```text
//! cargo run --example 04_fault
//! ```
//!
//! The same site with a second one shows what that is worth, alone and with callers that try it.

pub fn answer() -> Result<String, spof::Error> {
    let shop = spof::site("A shop whose database goes down")
        .run([("duration", "4m"), ("warmup", "30s"), ("seed", "1")])
        .node("visitors", "user", [("arrivals", "40/s"), ("timeout", "2s")])
        .node("server", "server", ("cores", 2))
        .node("app", "app_server", (("on", "server"), ("workers", 8)))
        .node("database", "database", ())
        .link("visitors -> server", ("latency", "20ms"))
        .link("server -> database", ("latency", "0.3ms"))
        .request("page", [("app", "exp(4ms)"), ("database", "exp(2ms)")])
        .fault("2m", "fail", "database/0", "30s");

    let two = shop.clone().set("nodes.database.replicas", 2);
    let careful = two.clone().set("nodes.app.calls", spof::table(("retries", 1)));

    let mut lines = String::new();
    for (name, shop) in [("one database", shop), ("two", two), ("two, and a second try", careful)] {
        let run = spof::simulate(&shop.check()?, &Default::default(), &spof::Unwatched)?;
        let summary = &run.findings.summary;
        let failed: u64 = summary.total.outcomes.iter().filter(|it| it.0 != "ok").map(|it| it.1).sum();
        let down_s = summary.availability.outage_s;
        lines += &format!("{name}: down for {down_s:.0} s, {failed} requests failed\n");
        for sentence in &run.findings.told.happened {
            lines += &format!("    {}\n", sentence.text);
        }
    }
    Ok(lines)
}

fn main() -> Result<(), spof::Error> {
    print!("{}", answer()?);
    Ok(())
}
