use super::*;
use crate::experiment::tasks::Unwatched;
use crate::parts::fingerprint::Fingerprint;
use crate::questions::{Run, SimulateOptions, simulate};
use rand::{Rng, RngExt};
use rand_distr::{Exp, Gamma, Uniform};
use std::time::Duration;

fn checked(site: &SiteBuilder) -> Scenario {
    site.check().unwrap_or_else(|error| panic!("{error}\n{}", site.to_yaml()))
}

/// Every mistake with its place.
fn mistakes(site: &SiteBuilder) -> Vec<(String, String)> {
    match site.check() {
        Err(Error::Mistakes(mistakes)) => {
            mistakes.each().map(|mistake| (mistake.source, mistake.message.to_owned())).collect()
        }
        _ => panic!("nothing is wrong with it, or something else is"),
    }
}

fn ran(scenario: &Scenario) -> Run {
    simulate(scenario, &SimulateOptions::default(), &Unwatched).expect("nobody stops it")
}

/// Two runs have the same only if all is the same.
fn bits(scenario: &Scenario) -> Fingerprint {
    Fingerprint::of_value(&ran(scenario).results)
}

fn mean_ms(scenario: &Scenario) -> f64 {
    ran(scenario).findings.summary.classes[0].mean_ms.value.expect("there were answers")
}

/// One clerk, and how long customers stay with him.
fn counter(work: impl Into<Value>) -> SiteBuilder {
    site("A counter")
        .run([("requests", 20_000), ("seed", 7)])
        .node("customers", "user", ("arrivals", "10/s"))
        .node("counter", "station", ("servers", 1))
        .request("order", ("counter", work.into()))
}

#[test]
fn what_is_built_is_what_a_file_says() {
    let built = site("One server for www.foobar.com")
        .run((("duration", Duration::from_secs(600)), ("warmup", "1m"), ("seed", 1)))
        .node(
            "visitors",
            "user",
            (("visits", "www.foobar.com"), ("arrivals", "60/s"), ("timeout", "10s"), ("retries", 1)),
        )
        .node(
            "resolver",
            "dns",
            ("records", list(["www.foobar.com CNAME foobar.com 300s", "foobar.com A 8.8.8.8 300s"])),
        )
        .node("server", "server", (("address", "8.8.8.8"), ("cores", 2), ("memory", "4GiB")))
        .node("nginx", "web_server", ("on", "server"))
        .node("gunicorn", "app_server", (("on", "server"), ("workers", 4), ("memory_per_worker", "150MiB")))
        .node("mysql", "database", ("on", "server"))
        .link(
            "visitors -> server",
            [("latency", "lognormal(median 20ms, p99 80ms)"), ("bandwidth", "50Mbps")],
        )
        .request_with(
            "page",
            [("nginx", "0.2ms"), ("gunicorn", "exp(6ms)"), ("mysql", "3 x exp(2ms)")],
            [("share", "70%"), ("objective", "500ms"), ("response_size", "30kB")],
        )
        .request_with("asset", ("nginx", "0.1ms"), [("share", "30%"), ("response_size", "80kB")])
        .expect("page p99 < 500ms")
        .expect("availability >= 99.9%");
    let file = crate::questions::load("scenarios/one-server.yaml").expect("it is shipped");
    let built = built.set("run.duration", "10m");
    assert_eq!(built.to_yaml(), file.to_yaml());
    let built = checked(&built);
    assert_eq!(built.to_yaml(), file.to_yaml());
    assert_eq!(Scenario::parse(&built.to_yaml()).expect("it reads back").to_yaml(), file.to_yaml());
    assert_eq!(
        bits(&built.with("run.duration", "2m").unwrap()),
        bits(&file.with("run.duration", "2m").unwrap())
    );
}

#[test]
fn a_mistake_is_told_with_the_path_of_its_place() {
    let built = site("A shop")
        .run(("seed", "seven"))
        .node("visitors", "user", ())
        .node(
            "app",
            "station",
            (("servers", 0), ("wrokers", 2), ("restart", table(("on_failure", "perhaps")))),
        )
        .node("app", "station", ("servers", 1))
        .request("page", [("app", "exp(5 parsecs)"), ("shop", "1ms")])
        .at("1m", (("fail", "db"), ("for", "30s")))
        .expect("p99 are good");
    let found = mistakes(&built);
    let expected = [
        ("run.seed", "seven"),
        ("nodes.visitors", "sends nothing"),
        ("nodes.app.servers", "0 is out of range"),
        ("nodes.app.wrokers", "no setting `wrokers`"),
        ("nodes", "`app` stands twice"),
        ("requests.page.path.0.app", "parsecs"),
        ("requests.page.path.1.shop", "there is no node `shop`"),
        ("timeline.0.fail", "db"),
        ("expect.0", ""),
    ];
    for (place, message) in expected {
        let is_it = |(at, told): &(String, String)| at == place && told.contains(message);
        assert!(found.iter().any(is_it), "{place}: {message}\n{found:#?}");
    }
    let nothing = mistakes(&site("Nothing"));
    assert!(nothing.iter().all(|(place, _)| place == "scenario"), "{nothing:?}");
    let told = built.check().expect_err("it is wrong").to_string();
    assert!(told.contains("--> nodes.app.servers:"), "{told}");
}

#[test]
fn values_are_written_as_a_file_would_have_them() {
    let text = |value: Value| in_lines(&value.written(&mut laws::Law::spelled));
    for (value, written) in [
        (Value::from(0.1 + 0.2), "0.30000000000000004"),
        (1e-9.into(), "0.000000001"),
        (true.into(), "true"),
        (Duration::from_millis(1500).into(), "1500ms"),
        (Duration::from_nanos(1).into(), "1ns"),
        (Duration::ZERO.into(), "0s"),
        ("null".into(), "\"null\""),
        (list(["a", "b"]), "[ a, b ]"),
        (list((("a", 1), ("b", "2ms"))), "[ a: 1, b: 2ms ]"),
        (list([call("a", ("cpu", "1ms"))]), "[ a: { cpu: 1ms } ]"),
        (list(Vec::<Value>::new()), "[]"),
    ] {
        assert_eq!(text(value).trim_end(), written);
    }
    let later = counter("1ms").set("run.seed", 8).set("nodes.counter.calls", table([("retries", 2)]));
    assert!(later.to_yaml().contains("run: { requests: 20000, seed: 8 }"), "{}", later.to_yaml());
    assert!(later.to_yaml().contains("counter: { kind: station, servers: 1, calls: { retries: 2 } }"));
}

#[test]
fn any_distribution_is_a_duration() {
    let theirs = mean_ms(&checked(&counter(law(Exp::new(12.5).unwrap()).with_mean(0.08))));
    let ours = mean_ms(&checked(&counter("exp(80ms)")));
    // Both are M/M/1 with a load of 0.8, in which customers stay for 400 ms.
    assert!((theirs - 400.0).abs() < 80.0 && (ours - 400.0).abs() < 80.0, "{theirs} ms, {ours} ms");
    let gamma = law(Gamma::new(2.0, 0.02).unwrap());
    let once = checked(&counter(&gamma));
    assert_eq!(bits(&once), bits(&checked(&counter(gamma))));
    // The same with more clerks has the law as well.
    assert!(mean_ms(&once.with("counter.servers", 2).expect("the law is there")) < mean_ms(&once));
}

#[test]
fn laws_have_names_and_no_two_the_same() {
    let gamma = |scale: f64| law(Gamma::new(2.0, scale).unwrap());
    let (short, long) = (gamma(0.01), gamma(0.02));
    let built = counter(&short)
        .node("bank", "station", ("servers", 2))
        .request("loan", (("bank", &long), ("counter", &short)))
        .request("gold", [("bank", "mixture(90% law('Gamma'), 10% 5ms + law('Gamma 2'))")])
        .link("customers -> bank", ("latency", law(Uniform::new(0.0, 0.1).unwrap()).named("the 'way'")));
    let text = built.to_yaml();
    for written in ["counter: \"law('Gamma')\" ]", "bank: \"law('Gamma 2')\"", "law('the ’way’')"] {
        assert!(text.contains(written), "{text}");
    }
    checked(&built);
    let unknown = mistakes(&built.set("nodes.bank.patience", "law('Gama')"));
    assert_eq!(unknown[0].0, "nodes.bank.patience");
    assert!(unknown[0].1.contains("there is no custom law `Gama`"), "{unknown:?}");
    let read = Scenario::parse(&text).expect_err("the laws are not there").to_string();
    assert!(read.contains("custom law `Gamma` is part of the program that made this scenario"), "{read}");
}

#[test]
fn gaps_between_arrivals_are_a_law_or_a_process() {
    let even = law(Uniform::new(0.05, 0.15).unwrap());
    let regular = checked(&counter("exp(80ms)").set("nodes.customers.arrivals", &even));
    assert!(mean_ms(&regular) < mean_ms(&checked(&counter("exp(80ms)"))), "they wait less");
    let renewal = counter("exp(80ms)").set("nodes.customers.arrivals", table(("renewal", &even)));
    assert_eq!(bits(&checked(&renewal)), bits(&regular));

    let mut number = 0;
    let pairs = arrivals_by(move |chance: &mut dyn Rng| {
        number += 1;
        if number % 2 == 0 { 0.0 } else { chance.random_range(0.1..0.3) }
    });
    let built = counter("exp(80ms)").set("nodes.customers.arrivals", &pairs);
    let once = ran(&checked(&built)).results;
    assert_eq!(bits(&checked(&built)), bits(&checked(&built)), "each run begins anew");
    assert_eq!(once.offered, 20_000);
    let surged = built.clone().at("1m", (("surge", "2x"), ("hold", "1m")));
    assert!(ran(&checked(&surged)).results.ended_at < once.ended_at);
    let wrong = mistakes(&built.set("nodes.counter.patience", &pairs));
    assert!(wrong[0].1.contains("makes gaps between arrivals, and is no duration"), "{wrong:?}");
    let stuck = counter("exp(80ms)").set("nodes.customers.arrivals", arrivals_by(|_: &mut dyn Rng| f64::NAN));
    assert!(mistakes(&stuck)[0].1.contains("never take time"), "it would stand still");
}
