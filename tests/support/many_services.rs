//! A site as large ones are: services in layers, a group of them for each function with one in each zone, on hosts
//! that many share, with caches, and with databases of which most have a standby. It is the same every time.

use std::fmt::Write;

const ZONES: [&str; 3] = ["north", "middle", "south"];
const HOSTS_PER_ZONE: usize = 4;

/// How many functions each layer has, in shares of all.
const LAYERS: [(&str, &str, usize); 4] = [
    ("web", "web_server", 4),
    ("api", "app_server", 10),
    ("domain", "app_server", 34),
    ("worker", "app_server", 52),
];

/// The text of a scenario with so many services, at least 18, users, hosts and name servers not counted. Each
/// stands as often as replicas say, so that 300 services have about 2,000.
pub fn many_services(services: usize) -> String {
    assert!(services >= 18, "there is one of each at least");
    let (databases, caches) = ((services / 12).max(1), (services / 50).max(1));
    let functions = (services - databases - caches - 1) / ZONES.len();
    let counts: Vec<usize> = LAYERS.iter().map(|(_, _, share)| (functions * share / 100).max(1)).collect();
    let mut text = heading(functions);
    let mut groups = String::new();
    let mut left = services - databases - caches - 1;
    for ((layer, kind, _), &count) in LAYERS.iter().zip(&counts).rev() {
        for function in 0..count {
            let mut members = Vec::new();
            for (place, zone) in ZONES.iter().enumerate() {
                let name = format!("{layer}-{function}-{zone}");
                let replicas = 4 + (function * 5 + place) % 8;
                let host = format!("{zone}-{}", function % HOSTS_PER_ZONE);
                writeln!(text, "  {name}: {{ kind: {kind}, on: {host}, replicas: {replicas} }}").unwrap();
                members.push(name);
                left -= 1;
            }
            writeln!(groups, "  {layer}-{function}: {{ members: [ {} ] }}", members.join(", ")).unwrap();
        }
    }
    // What rounding has left over are functions that are in one zone only.
    for function in 0..left {
        let zone = ZONES[function % ZONES.len()];
        writeln!(text, "  only-{function}-{zone}: {{ kind: app_server, on: {zone}-0, replicas: 2 }}")
            .unwrap();
        writeln!(groups, "  only-{function}: {{ members: [ only-{function}-{zone} ] }}").unwrap();
    }
    stores(&mut text, databases, caches);
    let calls = classes(&counts, databases, caches, left);
    format!("{text}\ngroups:\n{groups}\nrequests:\n{calls}\n{}", timeline(counts[2]))
}

fn heading(functions: usize) -> String {
    let mut text = format!(
        "name: A site of {functions} functions\nrun: {{ duration: 12s, warmup: 2s, seed: 1 }}\n\nnodes:\n  \
         visitors: {{ kind: user, arrivals: 60/s, timeout: 5s }}\n  \
         gate: {{ kind: load_balancer, replicas: 2 }}\n"
    );
    for zone in ZONES {
        for host in 0..HOSTS_PER_ZONE {
            writeln!(text, "  {zone}-{host}: {{ kind: server, cores: 8, replicas: 6, zone: {zone} }}")
                .unwrap();
        }
    }
    text
}

/// Of every five databases one has nobody who stands by; every third is small.
fn stores(text: &mut String, databases: usize, caches: usize) {
    for cache in 0..caches {
        writeln!(text, "  cache-{cache}: {{ kind: cache, hit_ratio: 70%, replicas: 3 }}").unwrap();
    }
    for database in 0..databases {
        let host = format!("{}-{}", ZONES[database % ZONES.len()], database % HOSTS_PER_ZONE);
        let standby = if database % 5 == 1 { "" } else { ", standby: { hot: 1, switch_over: 3s }" };
        let most = if database % 3 == 0 { ", max_connections: 4" } else { "" };
        let settings = format!("kind: database, on: {host}, mtbf: 30d, mttr: 1h{standby}{most}");
        writeln!(text, "  db-{database}: {{ {settings} }}").unwrap();
    }
}

/// Each class goes through one function of each layer; a few are asked for far more often than the others.
fn classes(counts: &[usize], databases: usize, caches: usize, left: usize) -> String {
    let mut text = String::new();
    let most = counts.iter().copied().max().unwrap_or(1).max(databases).max(caches) + left;
    let weight = |class: usize| 1.0 / (class as f64 + 1.0);
    let sum: f64 = (0..most).map(weight).sum();
    for class in 0..most {
        let mut calls: Vec<String> = vec!["gate: 0.1ms".to_owned()];
        for ((layer, _, _), count) in LAYERS.iter().zip(counts) {
            let last = *layer == LAYERS[LAYERS.len() - 1].0;
            let (layer, function) =
                if last && class < left { ("only", class) } else { (*layer, class % count) };
            calls.push(format!("{layer}-{function}: exp(2ms)"));
        }
        if class % 3 != 2 {
            calls.push(format!("cache-{}: 0.2ms", class % caches));
        }
        calls.push(format!("db-{}: exp(8ms)", class % databases));
        let share = weight(class) / sum;
        writeln!(text, "  class-{class}: {{ share: {share}, path: [ {} ] }}", calls.join(", ")).unwrap();
    }
    text
}

/// One service fails, and one database, in the part that is counted.
fn timeline(domains: usize) -> String {
    let failing = domains / 2;
    format!(
        "timeline:\n  - {{ at: 4s, fail: domain-{failing}-{}, for: 3s }}\n  - {{ at: 6s, fail: db-0, for: 2s }}\n",
        ZONES[1]
    )
}
