use super::ids::Instance;
use super::*;
use crate::kernel::table::Id;
use crate::kernel::time::{MILLISECOND, MINUTE, NEVER, SECOND, Time};
use crate::parts::distribution::Distribution;
use crate::parts::fault::Fault;
use crate::parts::release::Release;
use crate::scenario::fault_tests::shop;
use crate::scenario::load::load_text;
use crate::scenario::model::Scenario;

fn instances(numbers: impl IntoIterator<Item = u32>) -> Vec<ChangeTarget> {
    numbers.into_iter().map(Id::numbered).map(ChangeTarget::Instance).collect()
}

fn scenario(text: &str) -> Scenario {
    let loaded = load_text("shop.yaml", text, &[]);
    let shown = loaded.render(false);
    loaded.scenario.unwrap_or_else(|| panic!("{shown}"))
}

fn plan(thing: &str) -> Plan {
    compile(&scenario(&shop(thing)))
}

#[test]
fn faults_become_changes() {
    let check = |thing: &str, fault: Fault, targets: Vec<ChangeTarget>, until: Time| {
        let plan = plan(thing);
        let [change] = &plan.changes[..] else { panic!("{thing}: {:?}", plan.changes) };
        assert_eq!((change.at, change.until), (20 * MINUTE, until), "{thing}");
        assert_eq!((change.fault, change.planned), (fault, false), "{thing}");
        assert_eq!(change.targets, targets, "{thing}");
    };
    let link = || vec![ChangeTarget::Link(Id::FIRST)];
    check("fail: host, for: 5m", Fault::Crash, instances([2, 3]), 25 * MINUTE);
    check("kill: app", Fault::Crash, instances(5..9), NEVER);
    check("crash: app/2", Fault::Crash, instances([7]), NEVER);
    check("fail: \"app[3]\"", Fault::Crash, instances([8]), NEVER);
    check("fail: [ nginx, app/0, mysql/1 ]", Fault::Crash, instances([4, 5, 10]), NEVER);
    check("hang: app", Fault::Hang, instances(5..9), NEVER);
    check("slow: host, by: 4x", Fault::Slow { factor: 4.0 }, instances([2, 3]), NEVER);
    check("errors: mysql, share: 20%", Fault::Errors { share: 0.2 }, instances([9, 10]), NEVER);
    check("black_hole: app/1, for: 1m", Fault::BlackHole, instances([6]), 21 * MINUTE);
    check("fill_disk: mysql", Fault::FullDisk, instances([9, 10]), NEVER);
    check("delay: visitors -> nginx, by: 200ms", Fault::Delay { by: 200 * MILLISECOND }, link(), NEVER);
    check("lose: visitors -> nginx, share: 5%", Fault::Loss { share: 0.05 }, link(), NEVER);
    let throttle = Fault::Throttle { nanoseconds_per_byte: 8000.0 };
    check("throttle: nginx -> visitors, to: 1Mbps", throttle, link(), NEVER);
    check("partition: visitors -> nginx, for: 1m", Fault::Partition, link(), 21 * MINUTE);
    check("dns_outage: resolver", Fault::DnsOutage, instances([1]), NEVER);
    check("expire_certificate: nginx", Fault::ExpiredCertificate, instances([4]), NEVER);
    check("failover: mysql", Fault::Failover, instances([9, 10]), NEVER);
    assert_eq!(plan("fail: [ nginx, app ]").changes[0].name, "fail nginx and 1 more");
}

#[test]
fn changes_come_by_time() {
    let plan = plan("fail: app }\n  - { at: 10m, fail: nginx }\n  - { at: 20m, hang: mysql, for: 1m");
    let names: Vec<&str> = plan.changes.iter().map(|change| change.name.as_str()).collect();
    assert_eq!(names, ["fail nginx", "fail app", "hang mysql"]);
}

#[test]
fn maintenance_is_instances_down_at_known_times() {
    let stays = |thing: &str| {
        let plan = plan(thing);
        assert!(plan.maintenance.is_empty());
        assert!(plan.changes.iter().all(|change| change.planned && change.fault == Fault::Crash));
        let stay = |change: &crate::plan::ChangePlan| {
            (change.at - 20 * MINUTE, change.until - 20 * MINUTE, change.targets.clone())
        };
        plan.changes.iter().map(stay).collect::<Vec<_>>()
    };
    let s = SECOND;
    let target = |thing: &str| plan(thing).changes.remove(0).target;
    assert_eq!(target("fail: [ nginx, app/2 ]"), "nginx;app/2");
    assert_eq!(target("partition: visitors -> nginx"), "visitors -> nginx");
    assert_eq!(stays("maintain: app, takes: 20s"), [(0, 20 * s, instances(5..9))]);
    assert_eq!(stays("maintain: mysql/0, how: restart"), [(0, 0, instances([9]))]);
    // Three are down for 20 s and boot for 2; the last one follows half a minute later.
    let rolling = "maintain: app, how: rolling, takes: 20s, batch: 3, pause: 30s";
    assert_eq!(stays(rolling), [(0, 20 * s, instances(5..8)), (52 * s, 72 * s, instances([8]))]);
    let again = stays("maintain: nginx, how: stop_start, takes: 1m, every: 15m");
    let starts: Vec<Time> = again.iter().map(|stay| stay.0).collect();
    assert_eq!(starts, [0, 15 * MINUTE, 30 * MINUTE]);
}

#[test]
fn what_needs_behaviour_is_left_to_it() {
    let way = |thing: &str| {
        let plan = plan(thing);
        assert!(plan.changes.is_empty(), "{thing}");
        let [maintenance] = &plan.maintenance[..] else { panic!("{thing}") };
        assert_eq!(maintenance.at, 20 * MINUTE);
        (maintenance.way, maintenance.instances.clone())
    };
    let (s, m) = (SECOND, MINUTE);
    let target = |thing: &str| plan(thing).maintenance.remove(0).target;
    assert_eq!(target("maintain: app, how: reload"), "app");
    assert_eq!(target("maintain: [ app/1, mysql ], how: blue_green, takes: 1m"), "app/1;mysql");
    let numbered =
        |numbers: &[u32]| -> Vec<Id<Instance>> { numbers.iter().copied().map(Id::numbered).collect() };
    let apps = || numbered(&[5, 6, 7, 8]);
    let reload = way("maintain: app, how: reload, takes: 1s, drain: 30s");
    assert_eq!(reload, (Way::Reload { takes: s, drain: 30 * s }, apps()));
    let rolling = way("maintain: app, how: rolling, batch: 2, surge: 1, drain: 10s");
    let expected = Way::Rolling { batch: 2, takes: 0, pause: 0, extra: 1, drain: 10 * s };
    assert_eq!(rolling, (expected, apps()));
    let restart = way("maintain: nginx, takes: 5s, drain: 10s");
    assert_eq!(restart, (Way::DrainAndRestart { drain: 10 * s, takes: 5 * s }, numbered(&[4])));
    let blue_green = way("maintain: app, how: blue_green, takes: 1m");
    assert_eq!(blue_green, (Way::BlueGreen { takes: m, drain: 0 }, apps()));
    let canary = way("maintain: app, how: canary, takes: 1m, share: 5%, bake: 5m");
    let expected = Way::Canary {
        share: 0.05,
        bake: 5 * m,
        takes: m,
        drain: 0,
        release: Release::ALIKE,
        goes_back: false,
    };
    assert_eq!(canary, (expected, apps()));
    let migrate = way("maintain: mysql, how: migrate, takes: 3m");
    assert_eq!(migrate, (Way::Migrate { takes: 3 * m }, numbered(&[9, 10])));
}

#[test]
fn what_breaks_by_chance_has_draws_of_its_own() {
    let text = shop("fail: nginx").replace("boot: 2s", "boot: 2s, mtbf: 30d, mttr: 20m, crew: technicians");
    let text = text.replace(
        "database,",
        "database, mtbf: weibull(shape 2, mean 10d), mttr: 1h, \
         standby: { cold: 1, switch_over: 10s, coverage: 95% },",
    );
    let text = format!(
        "{text}
crews: {{ technicians: 2 }}
faults:
  - {{ name: power, hits: [ host, mysql/0 ], mtbf: 1y, mttr: erlang(3, 2h) }}
  - {{ name: cable, hits: visitors -> nginx, kind: lose, share: 10%, mtbf: 1d, mttr: 5m, crew: technicians }}
"
    );
    let plan = compile(&scenario(&text));
    let names: Vec<&str> = plan.random_faults.iter().map(|fault| fault.name.as_str()).collect();
    assert_eq!(names, ["app", "app/1", "app/2", "app/3", "mysql", "mysql/1", "power", "cable"]);
    let fault = &plan.random_faults[1];
    assert_eq!((&fault.targets, fault.fault, fault.crew), (&instances([6]), Fault::Crash, Some(Id::FIRST)));
    let draw = |draw: Id<Draw>| &plan.draws[draw];
    assert_eq!(
        (draw(fault.time_between).name.as_str(), fault.repair.map(|repair| draw(repair).purpose.as_str())),
        ("app/1", Some("repair"))
    );
    let power = &plan.random_faults[6];
    assert_eq!((&power.targets, power.crew), (&instances([2, 3, 9]), None));
    let cable = &plan.random_faults[7];
    assert_eq!(
        (&cable.targets[..], cable.fault),
        (&[ChangeTarget::Link(Id::FIRST)][..], Fault::Loss { share: 0.1 })
    );
    assert_eq!(plan.crews.as_slice(), [2]);
    let standby = &plan.standbys[Id::FIRST];
    assert_eq!((standby.hot, standby.spares, standby.switch_over), (false, 1, 10 * SECOND));
    assert_eq!((standby.coverage, &standby.instances[..]), (0.95, &[Id::numbered(9), Id::numbered(10)][..]));
    // A duration is the mean of an exponential law.
    let scenario = scenario(&text);
    assert_eq!(scenario.faults[0].time_between.mean(), 30.0 * 86_400.0);
    assert!(matches!(scenario.faults[0].time_between, Distribution::Exponential { .. }));
    assert_eq!(plan.nodes[Id::numbered(3)].boot, 100 * MILLISECOND);
    assert_eq!(
        (plan.nodes[Id::numbered(4)].boot, plan.nodes[Id::numbered(2)].boot),
        (2 * SECOND, 30 * SECOND)
    );
}
