//! Where names lead, and when clients follow.

use super::trial;
use crate::kernel::time::SECOND;
use crate::results::RunResults;

const SITES: &str = "
run: { duration: 20m, warmup: 0s, bucket: 1s }
nodes:
  visitors: { kind: user, visits: a.com, arrivals: { every: 10ms }, clients: 50, timeout: 5s }
  resolver: { kind: dns, records: [ a.com A 1.1.1.1 60sSECOND ], lookup: 1msFAILOVER }
  here:     { kind: server, address: 1.1.1.1, boot: 0s }
  there:    { kind: server, address: 2.2.2.2, boot: 0s }
  web1:     { kind: web_server, on: here, boot: 0s }
  web2:     { kind: web_server, on: there, boot: 0s }
groups:
  sites: { members: [ web1, web2 ] }
requests:
  page: { path: [ sites: 0.1ms ] }
TIMELINE
";

fn run(second: &str, failover: &str, timeline: &str) -> RunResults {
    let text = SITES.replace("SECOND", second).replace("FAILOVER", failover).replace("TIMELINE", timeline);
    trial::run(&trial::plan_of(&text))
}

/// Visits to the first site and to the second between two instants, in seconds.
fn visits(results: &RunResults, from_s: u64, to_s: u64) -> [u64; 2] {
    [4, 5].map(|node| {
        let buckets = results.nodes[node].buckets.iter().zip(&results.bucket_edges);
        let within = buckets.filter(|(_, edge)| (from_s * SECOND..to_s * SECOND).contains(edge));
        within.map(|(bucket, _)| bucket.visits).sum()
    })
}

#[test]
fn a_failover_that_is_no_table_is_told_what_it_takes() {
    let told = |failover: &str| {
        let text = SITES.replace("SECOND", "").replace("TIMELINE", "");
        trial::told_of(&text.replace("FAILOVER", &format!(", failover: {failover}")))
    };
    assert!(told("yes").contains("`failover: { inter: 10s, fall: 3 }`"), "{}", told("yes"));
    assert!(told("no").contains("leave it out"));
    assert_eq!(told("{}"), "");
}

#[test]
fn several_addresses_are_taken_in_turn() {
    let results = run(", a.com A 2.2.2.2 60s", "", "");
    let [here, there] = visits(&results, 0, 1_200);
    let share = here as f64 / (here + there) as f64;
    assert!((share - 0.5).abs() < 0.03, "{here} {there}");
    let alone = run("", "", "");
    assert_eq!(visits(&alone, 0, 1_200)[1], 0);
}

#[test]
fn a_changed_record_is_followed_when_the_old_one_has_run_out() {
    let results = run("", "", "timeline: [ { at: 630s, change_record: a.com A 2.2.2.2 60s } ]");
    // The resolver has asked at 0 s and every 60 s since, when the next client did.
    assert_eq!(visits(&results, 0, 630)[1], 0);
    assert_eq!(visits(&results, 631, 659)[1], 0, "what is remembered holds");
    assert_eq!(visits(&results, 663, 1_200)[0], 0, "nobody remembers the old address");
}

#[test]
fn the_zone_answers_the_second_address_once_the_first_has_failed_its_checks() {
    let timeline = "timeline: [ { at: 605s, fail: here, for: 300s } ]";
    let failover = ", failover: { inter: 10s, fall: 3, rise: 2 }";
    let results = run(", a.com A 2.2.2.2 60s", failover, timeline);
    // Checks fail at 610, 620 and 630 s; the resolver asks again soon after 660 s.
    assert_eq!(visits(&results, 0, 659)[1], 0);
    let [here, there] = visits(&results, 668, 905);
    assert!(here == 0 && there > 23_000, "{here} {there}");
    // It is back at 905 s; checks at 910 and 920 s are good, and names are old by 990 s.
    let [here, there] = visits(&results, 995, 1_200);
    assert!(here > 19_000 && there == 0, "{here} {there}");
}

#[test]
fn mistakes_are_told() {
    let told = |second: &str, failover: &str, timeline: &str| {
        let text =
            SITES.replace("SECOND", second).replace("FAILOVER", failover).replace("TIMELINE", timeline);
        trial::told_of(&text)
    };
    let changed =
        |record: &str| told("", "", &format!("timeline: [ {{ at: 1m, change_record: {record} }} ]"));
    assert!(changed("a.com A 3.3.3.3 60s").contains("3.3.3.3 belongs to no server"));
    assert!(changed("b.com A 2.2.2.2 60s").contains("no resolver has a record of `b.com`"));
    assert!(changed("a.com CNAME b.com 60s").contains("only addresses change"));
    assert!(changed("a.com").contains("this is not a DNS record"));
    assert!(told(", a.com A 3.3.3.3 60s", "", "").contains("leads to 3.3.3.3, which belongs to no server"));
    assert!(told("", ", failover: { inter: 0s }", "").contains("checks take some time"));
}

#[test]
fn all_servers_with_one_address_serve_those_who_come_to_it() {
    let text = SITES
        .replace("SECOND", ", a.com A 2.2.2.2 60s")
        .replace("FAILOVER", "")
        .replace("TIMELINE", "")
        .replace("clients: 50", "clients: 5000")
        .replace("address: 1.1.1.1,", "address: 1.1.1.1, replicas: 3,")
        .replace("on: here,", "on: here, replicas: 3,");
    let results = trial::run(&trial::plan_of(&text));
    let visits =
        |instance: usize| results.nodes[instance].buckets.iter().map(|it| it.visits).sum::<u64>() as f64;
    // Half of the requests go to each address, and three servers share that of the first.
    for instance in 6..9 {
        assert!((visits(instance) / 20_000.0 - 1.0).abs() < 0.1, "{instance}: {}", visits(instance));
    }
    assert!((visits(9) / 60_000.0 - 1.0).abs() < 0.05, "{}", visits(9));
    // A client comes to the same one each time.
    let alone = trial::run(&trial::plan_of(&text.replace("clients: 5000", "clients: 1")));
    let comes = |instance: &usize| alone.nodes[*instance].buckets.iter().any(|it| it.visits > 0);
    assert_eq!((6..9).filter(comes).count(), 1);
}
