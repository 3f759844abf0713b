//! A site that is hard to fit on a screen: 30 nodes with long names that differ at their ends, and
//! several outages.

use std::fmt::Write;

const SERVICES: usize = 13;

pub fn wide_site() -> String {
    let name = |number: usize| format!("checkout-and-recommendation-service-eu-west-{number}");
    let mut text = String::from(
        "name: A shop of many services whose names are long and differ at their very ends only
run: { duration: 2m, warmup: 10s, seed: 1 }
nodes:
  visitors: { kind: user, arrivals: 40/s, timeout: 2s, retries: 1 }
  the-load-balancer-in-front-of-all-services: { kind: load_balancer, on: machine-of-the-load-balancer }
  machine-of-the-load-balancer: { kind: server, cores: 2, mtbf: 30d, mttr: 1h }
  database-of-all-services: { kind: database, mtbf: 60d, mttr: 20m }
",
    );
    for number in 1..=SERVICES {
        let name = name(number);
        writeln!(
            text,
            "  {name}: {{ kind: app_server, on: machine-{number}-of-zone-a, workers: 4, backlog: 9999 }}"
        )
        .unwrap();
        writeln!(text, "  machine-{number}-of-zone-a: {{ kind: server, cores: 2, mtbf: 90d, mttr: 45m }}")
            .unwrap();
    }
    text.push_str("requests:\n");
    for number in 1..=4 {
        let (first, second) = (name(number), name(number + 4));
        writeln!(
            text,
            "  page-of-the-catalogue-{number}: {{ share: 25%, path: [ the-load-balancer-in-front-of-all-services: \
             0.1ms, {first}: exp(8ms), {second}: exp(4ms), database-of-all-services: exp(2ms) ] }}"
        )
        .unwrap();
    }
    text.push_str("timeline:\n");
    for (at_s, number) in [(20, 1), (40, 2), (60, 3), (80, 4)] {
        writeln!(text, "  - {{ at: {at_s}s, fail: machine-{number}-of-zone-a, for: {number}s }}").unwrap();
    }
    text.push_str("  - { at: 100s, fail: database-of-all-services, for: 4s }\n");
    text.push_str("expect: [ availability > 99.9%, \"page-of-the-catalogue-1 p99 < 300ms\" ]\n");
    text
}
