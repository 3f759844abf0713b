//! What faults do to requests, with the changes put into the plan by hand.

use super::trial::plan_of;
use super::{Advance, Options, Simulation};
use crate::kernel::table::Id;
use crate::kernel::time::{HOUR, MILLISECOND, NEVER, SECOND, Time, to_seconds};
use crate::parts::fault::Fault;
use crate::parts::outcome::Outcome;
use crate::plan::{ChangePlan, ChangeTarget, Plan, RandomFaultPlan};
use crate::results::RunResults;
use crate::results::row::RowSampling;

const SITE: &str = "
run: { duration: 10m, warmup: 0s }
nodes:
  visitors: { kind: user, arrivals: 50/s, timeout: 10s }
  server:   { kind: server, cores: 4, boot: 0s }
  nginx:    { kind: web_server, on: server }
  gunicorn: { kind: app_server, on: server, workers: 8 }
  mysql:    { kind: database, on: server, boot: 0s }
links:
  visitors -> server: { latency: 10ms }
requests:
  page:  { share: 50%, path: [ nginx: 0.2ms, gunicorn: exp(5ms), mysql: exp(2ms) ] }
  asset: { share: 50%, path: [ nginx: 0.1ms ] }
";

fn instance(plan: &Plan, name: &str) -> ChangeTarget {
    let node = plan.nodes.iter().find(|node| node.name == name).expect("a node");
    ChangeTarget::Instance(node.first_instance)
}

fn with(mut plan: Plan, target: ChangeTarget, fault: Fault, from_s: u64, to_s: u64) -> Plan {
    plan.changes.push(ChangePlan {
        at: from_s * SECOND,
        until: to_s.saturating_mul(SECOND),
        targets: vec![target],
        fault,
        planned: false,
        restarts: false,
        name: format!("{} something", fault.name()),
        target: "something".into(),
    });
    plan
}

fn run(plan: &Plan) -> RunResults {
    let options = Options { seed: 1, replication: 0, rows: RowSampling::All };
    let mut simulation = Simulation::new(plan, options);
    loop {
        match simulation.advance(NEVER, 1 << 20) {
            Advance::Ended => return simulation.finish(false),
            Advance::RowsFull => simulation.clear_rows(),
            Advance::Reached | Advance::Paused => {}
        }
    }
}

/// What became of a class's requests that ended in a stretch of time.
fn ended(results: &RunResults, class: usize, from_s: u64, to_s: u64) -> [u64; Outcome::COUNT] {
    let mut sum = [0; Outcome::COUNT];
    for (bucket, edges) in results.classes[class].buckets.iter().zip(results.bucket_edges.windows(2)) {
        if edges[0] >= from_s * SECOND && edges[1] <= to_s * SECOND {
            for (sum, count) in sum.iter_mut().zip(bucket.outcomes) {
                *sum += count;
            }
        }
    }
    sum
}

const PAGE: usize = 0;
const ASSET: usize = 1;

#[test]
fn a_dead_host_is_silent_and_everything_on_it_falls() {
    let plan = plan_of(SITE);
    let server = instance(&plan, "server");
    let results = run(&with(plan, server, Fault::Crash, 200, 300));
    for class in [PAGE, ASSET] {
        let during = ended(&results, class, 202, 298);
        assert_eq!(during[Outcome::Ok as usize], 0);
        // Nobody answers: clients give up after their ten seconds.
        assert!(during[Outcome::TimedOut as usize] > 1_500, "{during:?}");
        let after = ended(&results, class, 320, 600);
        assert_eq!(after.iter().sum::<u64>(), after[Outcome::Ok as usize], "{after:?}");
    }
    let [outage] = &results.outages[..] else { panic!("{:?}", results.outages) };
    assert!((to_seconds(outage.start) - 200.0).abs() < 0.5, "{outage:?}");
    assert_eq!(outage.cause, Some(0));
    // A request sent in the last seconds still gets through with a repeated SYN.
    assert!((4_000..5_100).contains(&outage.lost), "{outage:?}");
    let down: u128 = results.nodes[2].buckets.iter().map(|bucket| bucket.down).sum();
    assert!(down >= u128::from(100 * SECOND), "nginx stands on the server: {down}");
}

#[test]
fn without_its_application_nginx_answers_502_and_still_serves_files() {
    let plan = plan_of(SITE);
    let gunicorn = instance(&plan, "gunicorn");
    let results = run(&with(plan, gunicorn, Fault::Crash, 200, 300));
    let pages = ended(&results, PAGE, 202, 300);
    assert_eq!(pages.iter().sum::<u64>(), pages[Outcome::BadGateway as usize], "{pages:?}");
    let assets = ended(&results, ASSET, 202, 300);
    assert_eq!(assets.iter().sum::<u64>(), assets[Outcome::Ok as usize], "{assets:?}");
}

#[test]
fn without_its_database_the_application_answers_500() {
    let plan = plan_of(SITE);
    let mysql = instance(&plan, "mysql");
    let results = run(&with(plan, mysql, Fault::Crash, 200, 300));
    let pages = ended(&results, PAGE, 202, 300);
    assert_eq!(pages.iter().sum::<u64>(), pages[Outcome::ServerError as usize], "{pages:?}");
    let after = ended(&results, PAGE, 310, 600);
    assert_eq!(after.iter().sum::<u64>(), after[Outcome::Ok as usize], "{after:?}");
}

#[test]
fn a_hung_application_costs_its_callers_their_patience() {
    let plan = plan_of(SITE);
    let gunicorn = instance(&plan, "gunicorn");
    let results = run(&with(plan, gunicorn, Fault::Hang, 200, 260));
    let pages = ended(&results, PAGE, 212, 258);
    assert_eq!(pages[Outcome::Ok as usize], 0);
    assert!(pages[Outcome::TimedOut as usize] > 1_000, "{pages:?}");
    let after = ended(&results, PAGE, 300, 600);
    assert_eq!(after.iter().sum::<u64>(), after[Outcome::Ok as usize], "{after:?}");
}

#[test]
fn a_black_hole_and_errors_fail_the_share_they_say() {
    let plan = plan_of(SITE);
    let gunicorn = instance(&plan, "gunicorn");
    let plan = with(plan, gunicorn, Fault::Errors { share: 0.2 }, 100, 300);
    let results = run(&with(plan, gunicorn, Fault::BlackHole, 400, 500));
    let some = ended(&results, PAGE, 102, 298);
    let share = some[Outcome::ServerError as usize] as f64 / some.iter().sum::<u64>() as f64;
    assert!((share - 0.2).abs() < 0.02, "{share}");
    let all = ended(&results, PAGE, 402, 498);
    assert_eq!(all.iter().sum::<u64>(), all[Outcome::ServerError as usize]);
    let between = ended(&results, PAGE, 302, 398);
    assert_eq!(between.iter().sum::<u64>(), between[Outcome::Ok as usize]);
}

#[test]
fn slow_work_takes_so_many_times_as_long() {
    let text = "
run: { duration: 1h, warmup: 0s }
nodes:
  users:   { kind: user, arrivals: 1/s }
  station: { kind: station, servers: unlimited }
requests:
  job: { path: [ station: 100ms ] }
";
    let plan = plan_of(text);
    let station = instance(&plan, "station");
    let results = run(&with(plan, station, Fault::Slow { factor: 3.0 }, 0, 3_600));
    let mean = results.latencies.mean();
    assert!((mean - (300 * MILLISECOND) as f64).abs() < 1e3, "{mean}");
}

#[test]
fn a_cut_link_holds_messages_back_until_tcp_sends_them_again() {
    let text = "
run: { duration: 1m, warmup: 0s }
nodes:
  users: { kind: user, arrivals: { every: 1s }, timeout: 100s, connections: kept }
  nginx: { kind: web_server }
links:
  users -> nginx: { latency: 10ms }
requests:
  asset: { path: [ nginx: 0ms ] }
";
    let text = text.replace(", connections: kept", "");
    let plan = plan_of(&text);
    let results = run(&with(plan, ChangeTarget::Link(Id::FIRST), Fault::Partition, 10, 12));
    // The messages of two seconds are repeated after 0.2, 0.4 … s, or a SYN after 1, 2 … s.
    let largest = results.classes[0].buckets.iter().map(|bucket| bucket.latency_max).max().unwrap();
    assert!((2 * SECOND..4 * SECOND).contains(&largest), "{largest}");
    assert_eq!(results.outages, []);
}

/// A server that fails at random: oracle case D01 in hours of 36 s, to have more of them.
#[test]
fn random_failures_give_the_availability_of_the_textbook() {
    let text = "
run: { duration: 400h, warmup: 0s }
nodes:
  users:  { kind: user, arrivals: 0.01/s }
  server: { kind: station }
requests:
  job: { path: [ server: 1ms ] }
";
    let mut plan = plan_of(text);
    let server = instance(&plan, "server");
    let draw = |plan: &mut Plan, mean_s: f64, purpose: &str| {
        let law = crate::parts::distribution::Distribution::Exponential { mean: mean_s };
        plan.draws.push(crate::plan::DrawPlan {
            name: "server".into(),
            purpose: purpose.into(),
            sampler: law.sampler(),
        })
    };
    let (time_between, repair) = (draw(&mut plan, 720.0 / 4.0, "mtbf"), draw(&mut plan, 1.0, "mttr"));
    plan.random_faults.push(RandomFaultPlan {
        name: "server fails".into(),
        target: "server".into(),
        targets: vec![server],
        fault: Fault::Crash,
        time_between,
        repair: Some(repair),
        crew: None,
    });
    let results = run(&plan);
    let down: u128 = results.nodes[1].buckets.iter().map(|bucket| bucket.down).sum();
    let unavailable = down as f64 / (400 * HOUR) as f64;
    let expected = 4.0 / 724.0;
    assert!((unavailable / expected - 1.0).abs() < 0.05, "{unavailable} instead of {expected}");
    let failures = results.incidents.len() as f64;
    let expected: f64 = to_seconds(400 * HOUR as Time) / 181.0;
    assert!((failures / expected - 1.0).abs() < 0.05, "{failures} instead of {expected}");
}

const TWO: &str = "
run: { duration: 10m, warmup: 0s }
nodes:
  visitors: { kind: user, arrivals: 50/s, timeout: 10s }
  front:    { kind: FRONT }
  app:      { kind: app_server, workers: 8, replicas: 2 }
requests:
  page: { path: [ front: 0.2ms, app: exp(5ms) ] }
";

/// Calls that came to the second replica while it was down.
fn calls_to_the_dead(front: &str) -> (RunResults, u64) {
    let plan = plan_of(&TWO.replace("FRONT", front));
    let ChangeTarget::Instance(first) = instance(&plan, "app") else { unreachable!("it is a node") };
    let results = run(&with(plan, ChangeTarget::Instance(first.plus(1)), Fault::Crash, 200, 300));
    let buckets = &results.nodes[first.index() + 1].buckets;
    let down = buckets.iter().zip(results.bucket_edges.windows(2));
    let down = down.filter(|(_, edges)| edges[0] >= 200 * SECOND && edges[1] <= 300 * SECOND);
    let calls = down.map(|(bucket, _)| bucket.visits).sum();
    (results, calls)
}

#[test]
fn nginx_leaves_a_dead_upstream_out_for_ten_seconds_at_a_time() {
    let (results, calls) = calls_to_the_dead("web_server");
    // One request every ten seconds finds out, and goes to the other upstream.
    assert!((9..=12).contains(&calls), "{calls}");
    let pages = ended(&results, PAGE, 202, 298);
    assert_eq!(pages.iter().sum::<u64>(), pages[Outcome::Ok as usize], "{pages:?}");
    assert_eq!(results.outages, []);
}

#[test]
fn haproxy_takes_a_dead_server_out_after_three_checks() {
    let (results, calls) = calls_to_the_dead("load_balancer");
    // Some six seconds at twenty-five requests a second, each with its retries.
    assert!((300..900).contains(&calls), "{calls}");
    let blind = ended(&results, PAGE, 200, 208);
    assert!((80..180).contains(&blind[Outcome::Unavailable as usize]), "{blind:?}");
    let later = ended(&results, PAGE, 208, 600);
    assert_eq!(later.iter().sum::<u64>(), later[Outcome::Ok as usize], "{later:?}");
}

#[test]
fn a_database_meets_each_query_with_the_share_of_errors_that_is_said_once() {
    let plan = plan_of(SITE);
    let mysql = instance(&plan, "mysql");
    let results = run(&with(plan, mysql, Fault::Errors { share: 0.2 }, 100, 500));
    let pages = ended(&results, PAGE, 102, 498);
    let share = pages[Outcome::ServerError as usize] as f64 / pages.iter().sum::<u64>() as f64;
    assert!((share - 0.2).abs() < 0.02, "{share}");
}

#[test]
fn a_run_ends_when_nothing_is_left_but_faults_and_checks() {
    let text = TWO.replace("FRONT", "load_balancer").replace("duration: 10m", "requests: 1000000")
        + "timeline: [ { at: 20s, surge: 0/s } ]\n";
    let text = text.replace("replicas: 2 }", "replicas: 2, mtbf: 1m, mttr: 10s }");
    let plan = plan_of(&text);
    let options = Options { seed: 1, replication: 0, rows: RowSampling::None };
    let mut simulation = Simulation::new(&plan, options);
    let ended = (0..100).any(|_| simulation.advance(NEVER, 10_000) == Advance::Ended);
    assert!(ended, "it still runs at {} s", to_seconds(simulation.now()));
}

#[test]
fn who_drains_is_not_replaced_by_who_is_down() {
    let text = TWO.replace("FRONT", "load_balancer").replace("replicas: 2", "replicas: 3")
        + "timeline: [ { at: 220s, maintain: app/0, how: restart, takes: 1s, drain: 60s } ]\n";
    let plan = plan_of(&text);
    let ChangeTarget::Instance(first) = instance(&plan, "app") else { unreachable!("it is a node") };
    let results = run(&with(plan, ChangeTarget::Instance(first.plus(1)), Fault::Crash, 200, 300));
    // The second is known to be out since 206 s, and the third takes everybody.
    let pages = ended(&results, PAGE, 208, 278);
    assert_eq!(pages.iter().sum::<u64>(), pages[Outcome::Ok as usize], "{pages:?}");
}

#[test]
fn quiet_times_cost_no_checks() {
    let text = TWO.replace("FRONT", "load_balancer").replace("duration: 10m", "duration: 1000h");
    let text = text.replace("arrivals: 50/s", "arrivals: 0.001/s");
    let plan = plan_of(&text);
    let app = instance(&plan, "app");
    let results = run(&with(plan, app, Fault::Crash, 200, 300));
    assert!(results.events < 40_000, "{}", results.events);
}

#[test]
fn a_hung_database_answers_nobody_who_comes_after_it_hung() {
    let plan = plan_of(SITE);
    let mysql = instance(&plan, "mysql");
    let results = run(&with(plan, mysql, Fault::Hang, 100, 160));
    // The eight workers are stuck with the first eight pages; files go on.
    assert_eq!(ended(&results, PAGE, 101, 129)[Outcome::Ok as usize], 0);
    let pages = ended(&results, PAGE, 250, 590);
    assert_eq!(pages.iter().sum::<u64>(), pages[Outcome::Ok as usize], "{pages:?}");
}

#[test]
fn a_host_is_silent_until_its_kernel_has_booted_and_its_ports_refuse_until_their_processes_have() {
    let site = SITE
        .replace("boot: 0s }\n  nginx", "boot: 60s }\n  nginx")
        .replace("web_server, on: server", "web_server, on: server, boot: 60s");
    let plan = plan_of(&site);
    let server = instance(&plan, "server");
    let results = run(&with(plan, server, Fault::Crash, 100, 160));
    // Whoever knocks before 220 s waits until its own patience ends.
    let silent = ended(&results, ASSET, 165, 215);
    assert_eq!(silent[Outcome::Refused as usize], 0, "{silent:?}");
    assert!(silent[Outcome::TimedOut as usize] > 500, "{silent:?}");
    let refused = ended(&results, ASSET, 235, 275);
    assert!(refused[Outcome::Refused as usize] > 500, "{refused:?}");
    let well = ended(&results, ASSET, 300, 590);
    assert_eq!(well.iter().sum::<u64>(), well[Outcome::Ok as usize], "{well:?}");
}

#[test]
fn an_expired_certificate_is_seen_by_those_who_look_at_it() {
    let refused = |user: &str| {
        let text = SITE.replace("timeout: 10s }", &format!("timeout: 10s, keep_alive: false{user} }}"));
        let plan = plan_of(&text);
        let nginx = instance(&plan, "nginx");
        let results = run(&with(plan, nginx, Fault::ExpiredCertificate, 200, 300));
        let assets = ended(&results, ASSET, 202, 298);
        (assets[Outcome::Refused as usize], assets[Outcome::Ok as usize])
    };
    let (encrypted, plain) = (refused(", tls: \"1.3\""), refused(""));
    assert!(encrypted.0 > 2_000 && encrypted.1 == 0, "{encrypted:?}");
    assert!(plain.0 == 0 && plain.1 > 2_000, "{plain:?}");
}

#[test]
fn what_may_not_be_done_twice_goes_elsewhere_if_it_was_not_sent() {
    let posts = |fault: Fault| {
        let text = TWO.replace("FRONT", "web_server, proxy_connect_timeout: 2s, proxy_read_timeout: 2s");
        let text =
            text.replace("path:", "method: POST, path:").replace("replicas: 2", "on: hosts, replicas: 2");
        let hosts = "nodes:\n  hosts: { kind: server, replicas: 2, boot: 0s }";
        let text = text.replace("nodes:", hosts);
        let plan = plan_of(&text);
        let ChangeTarget::Instance(first) = instance(&plan, "hosts") else { unreachable!("it is a node") };
        let ChangeTarget::Instance(app) = instance(&plan, "app") else { unreachable!("it is a node") };
        let hit = if fault == Fault::Crash { first } else { app };
        let results = run(&with(plan, ChangeTarget::Instance(hit), fault, 200, 300));
        ended(&results, PAGE, 204, 298)
    };
    // A dead host is silent: no connection, nothing sent, and the other one gets it.
    let silent = posts(Fault::Crash);
    assert_eq!(silent.iter().sum::<u64>(), silent[Outcome::Ok as usize], "{silent:?}");
    // A process that hangs has taken the request, who knows what it has done with it.
    let hung = posts(Fault::Hang);
    assert!(hung[Outcome::GatewayTimeout as usize] > 5, "{hung:?}");
}
