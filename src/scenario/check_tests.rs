//! One test for each rule: a scenario with one mistake, and what is said of it.

use super::load::load_text;

/// A scenario without a mistake, one thing a line, of which the tests change some.
const SHOP: &str = "
run: { duration: 1m, warmup: none }
nodes:
  visitors: { kind: user, arrivals: 10/s }
  host: { kind: server, cores: 2, memory: 1GiB }
  nginx: { kind: web_server, on: host }
  app: { kind: app_server, on: host }
  mysql: { kind: database, on: host }
links:
  visitors -> nginx: 20ms
requests:
  page: { path: [ nginx: 1ms, app: 5ms, mysql: 2ms ] }
";

/// Loads the shop with one text replaced; every line of `expected` has to be in what is shown.
fn check(from: &str, to: &str, expected: &[&str]) {
    assert!(SHOP.contains(from), "the shop has no `{from}`");
    check_text(&SHOP.replace(from, to), expected);
}

fn check_text(text: &str, expected: &[&str]) {
    let loaded = load_text("shop.yaml", text, &[]);
    let shown = loaded.render(false);
    if expected.is_empty() {
        assert!(shown.is_empty(), "{shown}");
    }
    for expected in expected {
        assert!(shown.contains(expected), "expected: {expected}\nshown:\n{shown}");
    }
}

#[test]
fn the_shop_is_fine() {
    check("cores", "cores", &[]);
}

#[test]
fn a_problem_is_shown_with_its_line_and_hint() {
    let loaded = load_text("shop.yaml", &SHOP.replace("web_server", "web_sever"), &[]);
    assert_eq!(
        loaded.render(false).trim_end(),
        "error: `kind`: there is no kind `web_sever`
 --> shop.yaml:6:18
  |
6 |   nginx: { kind: web_sever, on: host }
  |                  ^^^^^^^^^
  |
  = help: did you mean `web_server`?"
    );
}

#[test]
fn unknown_names_are_answered_with_the_closest() {
    check(
        "app: { kind",
        "app: { wrkers: 3, kind",
        &["`app` has no setting `wrkers`", "did you mean `workers`?"],
    );
    check("app: 5ms", "ap: 5ms", &["there is no node `ap`", "did you mean `app`?"]);
    check(
        "nginx: { kind: web_server, on: host",
        "nginx: { kind: web_server, on: hst",
        &["there is no node `hst`", "`host`?"],
    );
    check("run: {", "rnu: {", &["the scenario has no setting `rnu`", "did you mean `run`?"]);
    check("visitors -> nginx", "visitor -> nginx", &["there is no node `visitor`", "`visitors`?"]);
}

#[test]
fn all_mistakes_are_told_at_once() {
    check_text(
        &SHOP.replace("10/s", "10 apples").replace("cores: 2", "cores: 0").replace("2ms ]", "2mss ]"),
        &["shop.yaml:4:37", "shop.yaml:5:32", "shop.yaml:12:48"],
    );
}

#[test]
fn nodes_stand_on_servers() {
    check(
        "app_server, on: host",
        "app_server, on: mysql",
        &["`mysql` is a database; nodes stand on a `server`", "there is `host`"],
    );
    check("kind: user,", "kind: user, on: host,", &["a user has no `on`"]);
    check("kind: web_server,", "", &["`nginx` has no `kind`"]);
}

#[test]
fn quantities_are_checked() {
    check("10/s", "-3/s", &["`arrivals`"]);
    check("10/s", "NaN/s", &["`arrivals`"]);
    check("10/s", "1e400/s", &["`arrivals`"]);
    check("cores: 2", "cores: 1e30", &["`cores`"]);
    check("app: 5ms", "app: -5ms", &["error"]);
    check("app: 5ms", "app: 5", &["error"]);
    check("app: 5ms", "app: exp(5mms)", &["error", "shop.yaml:12"]);
    check("cores: 2", "cores: [2]", &["`cores` takes a whole number from 1 to 100000, not a list"]);
}

#[test]
fn paths_lead_through_nodes_that_can_be_called() {
    check("app: 5ms", "host: 5ms", &["`host` is a server, which nobody calls", "call what stands on it"]);
    check("app: 5ms", "visitors: 5ms", &["`visitors` is a user, which nobody calls"]);
    check("path: [ nginx: 1ms, app: 5ms, mysql: 2ms ]", "share: 100%", &["`page` has no `path`"]);
    check("[ nginx: 1ms, app: 5ms, mysql: 2ms ]", "[]", &["this path leads nowhere"]);
    check("app: 5ms", "{ app: 5ms, mysql: 1ms }", &["an element of a path names one node"]);
    check("app: 5ms", "parallel: []", &["`parallel` has no calls"]);
    check("app: 5ms", "app: { query: write }", &["`app` is no database"]);
}

#[test]
fn work_is_written_in_many_ways() {
    for work in [
        "3 x exp(2ms)",
        "1..5 x 30% 2ms",
        "poisson(3) x exp(2ms)",
        "30% 2ms",
        "lognormal(median 1ms, p99 8ms)",
        "{ cpu: 1ms, wait: exp(2ms), overhead: 0.1ms, times: 3, chance: 50%, optional: true, query: write }",
    ] {
        check("mysql: 2ms", &format!("mysql: {work}"), &[]);
    }
    check(
        "app: 5ms",
        "app: { cpu: 1ms, calls: [ mysql: 1ms, parallel: [ mysql: 1ms, mysql: 2ms ] ], after: 2ms }",
        &[],
    );
    check(
        "app: 5ms",
        "parallel: [ [ app: 1ms, mysql: 2ms ], mysql ], first: 1",
        &["stands beside `parallel`"],
    );
    check("app: 5ms", "{ parallel: [ [ app: 1ms, mysql: 2ms ], mysql ], first: 1 }", &[]);
}

#[test]
fn cpu_needs_a_host() {
    check("app_server, on: host }", "app_server }\n  x: { kind: station }", &["no request reaches `x`"]);
    check_text(
        &SHOP.replace("app_server, on: host", "app_server").replace("app: 5ms", "app: { cpu: 5ms }"),
        &["`app` stands on no server, so it has no cores"],
    );
}

#[test]
fn shares_are_taken_in_proportion() {
    check("page: {", "other: { share: 20%, path: nginx }\n  page: { share: 70%,", &["add up to 90%"]);
    check("page: {", "other: { share: 20%, path: nginx }\n  page: {", &[]);
}

#[test]
fn users_and_classes_need_each_other() {
    check("10/s }", "10/s }\n  robots: { kind: user, arrivals: 1/s }", &[]);
    let two = SHOP.replace("10/s }", "10/s }\n  robots: { kind: user, arrivals: 1/s }");
    check_text(&two.replace("page: {", "page: { from: visitors,"), &["no request class comes from `robots`"]);
    check("page: {", "page: { from: nginx,", &["`nginx` is a web_server; requests come from a `user`"]);
    check("visitors: { kind: user, arrivals: 10/s }", "x: { kind: station }", &["no user"]);
    check("arrivals: 10/s", "timeout: 1s", &["sends nothing"]);
    check("arrivals: 10/s", "arrivals: 10/s, population: 5", &["has both `arrivals` and a `population`"]);
}

#[test]
fn names_lead_to_addresses() {
    let visits = SHOP.replace("10/s }", "10/s, visits: a.com }\n  dns: { kind: dns, records: [ RECORDS ] }");
    let records = |records: &str| visits.replace("RECORDS", records);
    check_text(&records("b.com A 1.2.3.4 1m"), &["no resolver has a record for `a.com`"]);
    check_text(
        &records("a.com A 1.2.3.4 1m"),
        &["which belongs to no server", "give a server `address: 1.2.3.4`"],
    );
    check_text(&records("a.com CNAME b.com 1m"), &["lead to no address"]);
    check_text(&records("a.com CNAME b.com 1m, b.com CNAME a.com 1m"), &["lead back to it"]);
    check_text(&records("a.com MX b.com 1m"), &["no records of type `MX`"]);
    check_text(&records("a.com A 1.2.3.4 1m").replace("cores: 2", "cores: 2, address: 1.2.3.4"), &[]);
}

#[test]
fn groups_have_members() {
    let grouped = SHOP
        .replace("links:", "groups:\n  apps: { members: MEMBERS }\nlinks:")
        .replace("app: 5ms", "apps: 5ms");
    let members = |members: &str| grouped.replace("MEMBERS", members);
    check_text(&members("[ app ]"), &[]);
    check_text(&members("[ { app: { weight: 3 } } ]"), &[]);
    check_text(&members("[ ap ]"), &["there is no node `ap`"]);
    check_text(&members("[ app, app ]"), &["stands twice"]);
    check_text(&members("[ { app: { backup: true } } ]"), &["all members of this group are backups"]);
    check_text(&members("[ app, mysql ]"), &["are of different kinds"]);
    check_text(&members("[ app ], balance: rnd"), &["there is no balancing policy `rnd`"]);
}

#[test]
fn routes_come_to_an_end() {
    let walk = SHOP
        .replace(
            "nginx: {",
            "cpu: { kind: station, work: 5ms }\n  disk: { kind: station, work: 9ms }\n  nginx: {",
        )
        .replace("visitors -> nginx: 20ms", "visitors -> nginx: 20ms\n  visitors -> cpu: 20ms")
        .replace("page: {", "walk: { share: 50%, route: ROUTE }\n  page: {");
    let route = |route: &str| walk.replace("ROUTE", route);
    check_text(&route("{ start: cpu, cpu: { disk: 70/121, leave: 51/121 }, disk: cpu }"), &[]);
    check_text(&route("{ start: cpu, cpu: disk, disk: cpu }"), &["from `cpu` this route never ends"]);
    check_text(&route("{ start: cpu, cpu: { disk: 50%, leave: 40% }, disk: cpu }"), &["add up to 0.9"]);
    check_text(
        &route("{ start: cpu, cpu: { dsk: 50%, leave: 50% }, disk: cpu }"),
        &["from `dsk`", "`disk`?"],
    );
    check_text(&route("{ cpu: leave }"), &["no `start`"]);
}

#[test]
fn expectations_are_understood() {
    for expectation in [
        "page p99 < 500ms",
        "p99.9 <= 2s",
        "mean < 1s",
        "page max < 3s",
        "availability >= 99.9%",
        "errors<1%",
        "goodput > 5/s",
        "mysql utilisation < 80%",
    ] {
        check_text(&format!("{SHOP}expect: [ \"{expectation}\" ]\n"), &[]);
    }
    let priced = "costs: { currency: EUR, downtime: 1000/h, egress: 0.09/GB }";
    check_text(&format!("{SHOP}{priced}\nexpect: [ cost < 500/month ]\n"), &[]);
    check_text(&format!("{SHOP}expect: [ pge p99 < 1s ]\n"), &["there is no request class `pge`", "`page`?"]);
    check_text(&format!("{SHOP}expect: [ p101 < 1s ]\n"), &["`p101` cannot be measured"]);
    check_text(&format!("{SHOP}expect: [ utilisation < 1 ]\n"), &["of which node?"]);
    check_text(&format!("{SHOP}expect: [ page is fast ]\n"), &["compares nothing"]);
}

#[test]
fn prices_are_understood() {
    let with = |line: &str| format!("{SHOP}{line}\n");
    check("kind: database", "kind: database, cost: 70/month", &[]);
    check("kind: database", "kind: database, cost: 70", &["does not say for what", "70/month"]);
    check("kind: database", "kind: database, cost: 70 EUR/month", &["names a currency", "write 70/month"]);
    check("kind: database", "kind: database, price: 7/h", &["has no setting `price`", "`cost`"]);
    check_text(&with("costs: { egress: 0.09/h }"), &["no number of bytes", "0.09/GB"]);
    check_text(&with("costs: { downtme: 9/h }"), &["has no setting `downtme`", "`downtime`?"]);
    check_text(&with("costs: { currency: 5 }"), &["`5` is no currency", "such as EUR"]);
    check_text(&with("costs: 5"), &["a table of settings"]);
    check_text(
        &with("expect: [ cost < 5/month ]"),
        &["nothing in this scenario has a price", "`cost: 0.10/h`"],
    );
    let priced = "costs: { downtime: 1/h }\nexpect:";
    check_text(&with(&format!("{priced} [ cost < 5 ]")), &["does not say for what"]);
    check_text(&with(&format!("{priced} [ page cost < 5/h ]")), &["that of the whole site"]);
}

#[test]
fn runs_have_an_end() {
    check("duration: 1m", "duration: 0s", &["a run of no time"]);
    check("duration: 1m", "duration: 1m, requests: 5", &["not both"]);
    check("warmup: none", "warmup: 2m", &["the warm-up takes the whole run"]);
    check("warmup: none", "bucket: 1ns", &["more than a million lines"]);
    check("duration: 1m, warmup: none", "requests: 20k, warmup: 1000 requests", &[]);
    check("duration: 1m, warmup: none", "requests: 1k, warmup: 20k requests", &[]);
}

#[test]
fn load_above_capacity_is_seen_before_running() {
    check(
        "app: 5ms",
        "app: exp(300ms)",
        &["`host` is overloaded: the offered load takes 151.5%", "`app` is overloaded"],
    );
    check("app: 5ms", "app: { wait: 96ms }", &["`app` is close to its limit"]);
    let narrow = SHOP.replace("nginx: 20ms", "nginx: { bandwidth: 8Mbps }");
    let pages = |size: &str| narrow.replace("page: {", &format!("page: {{ response_size: {size},"));
    check_text(
        &pages("200kB"),
        &["link from `visitors` to `nginx` is overloaded", "what comes back takes 200% of its bandwidth"],
    );
    check_text(&pages("10kB"), &[]);
    let upload = narrow.replace("page: {", "page: { request_size: 190kB,");
    check_text(&upload.replace("8Mbps", "20Mbps"), &[]);
    check_text(
        &upload.replace("8Mbps", "15.5Mbps"),
        &["`nginx` is close to its limit: what is sent takes 98.1% of its bandwidth"],
    );
    let pooled = "kind: app_server, workers: 40, pool: { size: 1, overflow: 0 }";
    let slow = SHOP.replace("kind: app_server", pooled).replace("mysql: 2ms", "mysql: { wait: 5s }");
    check_text(
        &slow,
        &["the connection pool of `app` to `mysql` is overloaded", "takes 125% of its connections"],
    );
    check(
        "kind: app_server",
        "kind: app_server, workers: 8, memory_per_worker: 1GiB",
        &["need 8 GiB, more than its 1 GiB"],
    );
    check("kind: app_server", "kind: app_server, backlog: 10000", &["caps a listen backlog", "4096"]);
    check("kind: database", "kind: database, software: mariadb, max_connections: 5", &["MariaDB raises"]);
    check("mysql: 2ms", "mysql: 2ms, app: 1ms", &["while they hold a slot of `app`"]);
}

#[test]
fn remedies_of_callers_stand_in_their_calls() {
    check(
        "kind: app_server",
        "kind: app_server, circuit_breaker: 3",
        &["`app` has no setting `circuit_breaker`", "stands in its `calls`"],
    );
    check("links:", "timeline: []\nlinks:", &[]);
}

#[test]
fn there_is_a_limit_to_replicas() {
    check("kind: app_server", "kind: app_server, replicas: 1000001", &["`replicas`"]);
    check("kind: app_server", "kind: app_server, replicas: 1000000", &["more than 1000000 nodes"]);
}

#[test]
fn links_lead_from_node_to_node() {
    check("visitors -> nginx", "visitors nginx", &["does not say between which nodes"]);
    check("visitors -> nginx", "nginx -> nginx", &["from one node to another"]);
    check(
        "visitors -> nginx: 20ms",
        "visitors <-> host: { latency: 20ms, loss: 1%, bandwidth: 10Mbps }",
        &[],
    );
    check("visitors -> nginx: 20ms", "visitors -> nginx: { loss: 100% }", &["never delivers"]);
    check("visitors -> nginx: 20ms", "visitors -> mysql: 20ms", &["no request travels"]);
    check("visitors -> nginx: 20ms", "nginx -> visitors: 20ms", &[]);
}

#[test]
fn arrivals_are_written_in_many_ways() {
    for arrivals in [
        "arrivals: { poisson: 6/s }",
        "arrivals: { every: 100ms }",
        "arrivals: { renewal: gamma(shape 2, scale 50ms) }",
        "arrivals: { on_off: { on: exp(1s), off: exp(5s), rate: 10/s } }",
        "arrivals: { rate: [[0s, 1/s], [1h, 10/s]], steps: true, repeat: 1d }",
        "arrivals: { sinusoidal: { mean: 10/s, amplitude: 50%, period: 1d } }",
        "arrivals: { daily: [[0s, 1/s], [12h, 10/s]] }",
        "population: 50, think: exp(10s)",
    ] {
        check("arrivals: 10/s", arrivals, &[]);
    }
    check("arrivals: 10/s", "arrivals: { replay: day.csv }", &["has no folder"]);
    check("arrivals: 10/s", "arrivals: { poison: 6/s }", &["do not arrive by `poison`", "`poisson`?"]);
    check("arrivals: 10/s", "arrivals: { every: 0s }", &["error"]);
    check("arrivals: 10/s", "arrivals: 10/s, think: 1s", &["only a population thinks"]);
}

#[test]
fn what_was_probably_meant_is_told() {
    check(
        "kind: web_server",
        "kind: nginx",
        &["`nginx` is software, and no kind of node", "write `kind: web_server`"],
    );
    check("arrivals: 10/s", "arrivals: 1e300/s", &["more than the clock can tell apart", "stay below 1e9/s"]);
    check("arrivals: 10/s", "arrivals: 1e9/s", &["is overloaded"]);
    for (work, expected) in
        [("exp(6 parsecs)", "\"parsecs\" is not a unit"), ("exp(20% 6ms)", "a share has no meaning here")]
    {
        check("app: 5ms", &format!("app: {work}"), &[expected]);
    }
    check("app: 5ms", "app 5ms", &["there is no node `app 5ms`", "write `app: 5ms`"]);
}

#[test]
fn the_document_itself_is_checked() {
    check("cores: 2", "cores: 2, cores: 3", &["`cores` stands twice", "give one of them another name"]);
    check("  nginx:", "\tnginx:", &["write two of them for each tab"]);
    check_text("name: x\n---\nname: y\n", &["a second document begins here", "into a file of its own"]);
    for (text, hint) in [("name: x\n", "this looks like YAML"), ("name = x\n", "texts in quotes")] {
        let shown = load_text("shop.toml", text, &[]).render(false);
        assert!(shown.contains("this is not TOML") && shown.contains(hint), "{shown}");
    }
    check("nodes:", "nodes: [", &["this `[` has no `]` before line 5"]);
    check_text("", &["there is nothing in this file"]);
    check_text("name: x", &["the scenario has no `nodes`", "the scenario has no `requests`"]);
    check_text("[1, 2]", &["a scenario is a table of settings, not a list"]);
    check("host: {", "host: &h {", &[]);
    check("app: { kind", "app: { <<: { threads: 1 }, kind", &[]);
}
