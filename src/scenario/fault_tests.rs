//! Faults and maintenance: what is said of their mistakes.

use super::load::load_text;

/// Instances: visitors 0, resolver 1, host 2 and 3, nginx 4, app 5 to 8, mysql 9 and 10,
/// orders 11.
const SHOP: &str = "
run: { duration: 1h, warmup: none }
nodes:
  visitors: { kind: user, arrivals: 10/s }
  resolver: { kind: dns, records: [ shop.com A 1.1.1.1 300s ] }
  host: { kind: server, replicas: 2 }
  nginx: { kind: web_server, on: host }
  app: { kind: app_server, on: host, replicas: 4, boot: 2s }
  mysql: { kind: database, replicas: 2, replication: { failover: 30s } }
  orders: { kind: database }
links:
  visitors -> nginx: 20ms
requests:
  page: { path: [ nginx: 1ms, app: 5ms, mysql: 2ms ] }
timeline:
  - { at: 20m, THING }
";

pub(crate) fn shop(thing: &str) -> String {
    SHOP.replace("THING", thing)
}

fn check_text(text: &str, expected: &[&str]) {
    let shown = load_text("shop.yaml", text, &[]).render(false);
    for expected in expected {
        assert!(shown.contains(expected), "expected: {expected}\nshown:\n{shown}");
    }
}

#[test]
fn mistakes_are_told_with_place_and_hint() {
    for (thing, expected) in [
        ("fail: apps", &["there is no node `apps`", "did you mean `app`?", "shop.yaml:16:22"][..]),
        ("fail: app/4", &["`app` has no replica 4", "`app/0` to `app/3`"]),
        ("fail: nginx/1", &["there is only one: `nginx`"]),
        ("fail: visitors", &["`visitors` is a user"]),
        ("fail: []", &["this list names nothing"]),
        ("fail: [ app, app ]", &["stands twice"]),
        ("fail: visitors -> nginx", &["`fail` hits nodes, not links", "`partition`"]),
        ("fail: app, for: 0s", &["lasts no time"]),
        ("fail: app, hang: nginx", &["one thing happens in each entry"]),
        ("fail: app, by: 4x", &["no setting `by`"]),
        ("faill: app", &["did you mean `fail`?"]),
        ("partition: app", &["`partition` hits links, and `app` is a node"]),
        ("partition: app -> mysql", &["no link from `app` to `mysql`", "declare it"]),
        ("slow: app", &["has no `by`"]),
        ("slow: app, by: 0.5x", &["makes nothing slower"]),
        ("slow: app, by: 200ms", &["is no factor"]),
        ("delay: visitors -> nginx, by: 4x", &["`by`"]),
        ("errors: app, share: 0%", &["a share of nothing"]),
        ("errors: host, share: 5%", &["`host` is a server, which `errors` cannot hit"]),
        ("fill_disk: nginx", &["servers, databases and storage have disks"]),
        ("dns_outage: nginx", &["name a `dns` node"]),
        ("expire_certificate: mysql", &["web servers and load balancers"]),
        ("failover: nginx", &["databases fail over"]),
        ("failover: orders", &["`orders` follows no primary", "replication: { failover: 30s }"]),
        ("maintain: app, how: rollin", &["there is no how `rollin`", "did you mean `rolling`?"]),
        ("maintain: app, how: rolling, batch: 5", &["a batch of 5 is larger than the pool of 4"]),
        ("maintain: nginx, how: rolling, batch: 2", &["the pool of 1", "`how: restart`"]),
        ("maintain: app, how: rolling, batch: 4", &["all are down at once"]),
        ("maintain: mysql, how: reload", &["`mysql` is a database, which cannot reload"]),
        ("maintain: app, how: migrate, takes: 1m", &["cannot migrate", "databases migrate"]),
        ("maintain: mysql, how: migrate", &["how long does this migrate take?"]),
        ("maintain: app, bake: 1m", &["`how: restart` has no `bake`"]),
        ("maintain: visitors -> nginx", &["links are not maintained"]),
        ("maintain: app, takes: 10m, every: 5m", &["done again before it is done"]),
        ("maintain: app, every: 1us", &["more than 100000 times"]),
        (
            "maintain: app, takes: 5m }\n  - { at: 22m, maintain: app/1",
            &["`app` is maintained already then, until 25m2s", "shop.yaml:17"],
        ),
    ] {
        check_text(&shop(thing), expected);
    }
    // Different replicas, or one after the other, are no overlap.
    for thing in [
        "maintain: app/0, takes: 5m }\n  - { at: 22m, maintain: app/1",
        "maintain: app, takes: 5m }\n  - { at: 26m, maintain: app",
    ] {
        let shown = load_text("shop.yaml", &shop(thing), &[]).render(false);
        assert!(!shown.contains("error"), "{shown}");
    }
}

#[test]
fn mistakes_in_what_breaks_by_chance_are_told() {
    let node = |settings: &str, expected: &[&str]| {
        check_text(&shop("fail: nginx").replace("boot: 2s", settings), expected);
    };
    node("mtbf: 30d, restart: no", &["`mtbf` needs `mttr`", "`mttr: 20m`"]);
    node("mttr: 30m", &["`mttr` needs `mtbf`"]);
    node("mtbf: 30, mttr: 1h", &["`mtbf`", "30"]);
    node("mtbf: 1us, mttr: 1h", &["more than a thousand times a second"]);
    node("mtbf: 30d, mttr: 1h, crew: nobody", &["there is no crew `nobody`", "`crews: { technicians: 2 }`"]);
    node("standby: { hot: 1 }", &["what never breaks needs nobody"]);
    node("mtbf: 1d, mttr: 1h, standby: { hot: 1, cold: 1 }", &["either hot or cold"]);
    check_text(
        &shop("fail: nginx").replace("10/s }", "10/s, mtbf: 1d, mttr: 1h }"),
        &["a user has no `mtbf`"],
    );
    let common = |entry: &str, expected: &[&str]| {
        check_text(&format!("{}faults:\n  - {{ {entry} }}\n", shop("fail: nginx")), expected);
    };
    common("name: power, mtbf: 1y, mttr: 1h", &["has no `hits`"]);
    common("name: power, hits: hosts, mtbf: 1y, mttr: 1h", &["did you mean `host`?"]);
    common("name: power, hits: host, mttr: 1h", &["this fault has no `mtbf`"]);
    common("name: power, hits: host, kind: slow, mtbf: 1y, mttr: 1h", &["`kind: slow` needs `by`"]);
    common("name: power, hits: host, share: 1%, mtbf: 1y, mttr: 1h", &["`kind: fail` has no `share`"]);
    common("name: power, hits: host, kind: partition, mtbf: 1y, mttr: 1h", &["hits links"]);
    check_text(&format!("{}faults: 3\n", shop("fail: nginx")), &["`faults` is to be a list"]);
    check_text(&format!("{}crews: {{ a: none }}\n", shop("fail: nginx")), &["the number of its repairers"]);
}
