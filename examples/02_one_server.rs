//! The one-server site: everything behind www.foobar.com on one machine, and what fills up first.
//!
//! ```text
//! cargo run --example 02_one_server
//! ```
//!
//! It reads as its file would, `scenarios/one-server.yaml`, which `to_yaml` gives back.

pub fn answer() -> Result<String, spof::Error> {
    let page = [("nginx", "0.2ms"), ("gunicorn", "exp(6ms)"), ("mysql", "3 x exp(2ms)")];
    let site = spof::site("One server for www.foobar.com")
        .run([("duration", "3m"), ("warmup", "30s"), ("seed", "1")])
        .node("visitors", "user", (("arrivals", "60/s"), ("timeout", "10s"), ("retries", 1)))
        .node("server", "server", (("cores", 2), ("memory", "4GiB")))
        .node("nginx", "web_server", ("on", "server"))
        .node("gunicorn", "app_server", (("on", "server"), ("workers", 4)))
        .node("mysql", "database", ("on", "server"))
        .link("visitors -> server", [("latency", "lognormal(median 20ms, p99 80ms)")])
        .request_with("page", page, [("share", "70%"), ("objective", "500ms")])
        .request_with("asset", ("nginx", "0.1ms"), ("share", "30%"))
        .expect("page p99 < 500ms")
        .check()?;

    let mut lines = String::new();
    // The same site under other loads: `with` sets what `--set` sets.
    for rate in ["60/s", "180/s", "260/s"] {
        let site = site.with("visitors.arrivals", rate)?;
        let run = spof::simulate(&site, &Default::default(), &spof::Unwatched)?;
        let p99_ms = run.findings.summary.classes[0].p99_ms.value.unwrap_or_default();
        let busy = run.findings.summary.nodes[1].utilisation.unwrap_or_default();
        lines += &format!("{rate}: page p99 {p99_ms:.0} ms, cores busy for {:.0} %\n", 100.0 * busy);
        // What a run means is said in words, too: here, how much more it carries.
        if let Some(headroom) = run.findings.told.headroom {
            lines += &format!("    {}\n", headroom.text);
        }
    }
    Ok(lines)
}

fn main() -> Result<(), spof::Error> {
    print!("{}", answer()?);
    Ok(())
}
