//! Remedies: what is said of their mistakes.

use super::load::load_text;

/// With a setting of the user, of nginx and of the application, each in its place.
fn shown(user: &str, nginx: &str, app: &str) -> String {
    let text = format!(
        "run: {{ duration: 1m, warmup: none }}
nodes:
  visitors: {{ kind: user, arrivals: 10/s{user} }}
  nginx: {{ kind: web_server{nginx} }}
  app: {{ kind: app_server{app} }}
requests:
  page: {{ path: [ nginx: 1ms, app: 5ms ] }}
"
    );
    load_text("shop.yaml", &text, &[]).render(false)
}

fn check(text: &str, expected: &[&str]) {
    for expected in expected {
        assert!(text.contains(expected), "expected: {expected}\nshown:\n{text}");
    }
}

#[test]
fn mistakes_in_rate_limits_are_told_with_place_and_hint() {
    for (nginx, expected) in [
        ("limit_req: {}", &["`limit_req` of `nginx` has no `rate`", "give it a rate such as `60/s`"][..]),
        ("limit_req: { rate: 0/s }", &["a rate of zero lets nothing through", "shop.yaml:4:49"]),
        ("limit_req: { rate: 2000000/s }", &["too fast to be counted", "at most 1000000/s"]),
        (
            "limit_req: { rate: 5/s, no_delay: true }",
            &["has no setting `no_delay`", "did you mean `nodelay`"],
        ),
        ("limit_req: { rate: 5/s, per: user }", &["there is no per `user`"]),
        ("rate_limit: { rate: 5/s, burst: 0 }", &["`burst`: 0 is out of range", "a whole number from 1"]),
        ("rate_limit: 5/s", &["`rate_limit` of `nginx` is to be a table of settings"]),
    ] {
        check(&shown("", &format!(", {nginx}"), ""), expected);
    }
    check(&shown(", rate_limit: { rate: 5/s }", "", ""), &["`visitors` has no setting `rate_limit`"]);
    check(&shown("", "", ", limit_req: { rate: 5/s }"), &["`app` has no setting `limit_req`"]);
}

#[test]
fn mistakes_of_careful_callers_are_told_with_place_and_hint() {
    for (calls, expected) in [
        ("retry_budget: 10%", &["there are no `retries`", "such as `retries: 3`", "shop.yaml:5"][..]),
        ("retries: 101", &["101 is out of range", "from 0 to 100"]),
        ("queue: 5", &["`queue` says nothing without `max_in_flight`", "such as `max_in_flight: 20`"]),
        ("hedge: {}", &["has no `after`"]),
        ("hedge: { after: 5ms, at_most: 0 }", &["0 is out of range"]),
        ("circuit_breaker: { failures: 3, window: 5 }", &["`window` says nothing beside `failures`"]),
        ("circuit_breaker: { window: 10, least: 20 }", &["`least` is 20, but only 10 calls are looked at"]),
        ("circuit_breaker: { failure_share: 0% }", &["a share of zero opens it whatever happens"]),
        ("circuit_braker: {}", &["has no setting `circuit_braker`", "did you mean `circuit_breaker`?"]),
    ] {
        check(&shown("", "", &format!(", calls: {{ {calls} }}")), expected);
    }
    check(&shown(", retry_budget: 10%", "", ""), &["there are no `retries`", "shop.yaml:3"]);
    let good = shown(", retries: 2, retry_budget: 10%", ", calls: { circuit_breaker: { window: 10 } }", "");
    assert!(!good.contains("error"), "{good}");
}

#[test]
fn a_station_that_hands_over_makes_no_calls() {
    let text = "
nodes:
  visitors: { kind: user, arrivals: 10/s }
  desk: { kind: station, calls: { retries: 2 } }
requests:
  page: { path: [ desk: 1ms ] }
";
    let shown = load_text("desk.yaml", text, &[]).render(false);
    check(&shown, &["`desk` hands over, so that it makes no calls", "hands_over: false", "desk.yaml:4"]);
}

#[test]
fn mistakes_about_lines_are_told_with_place_and_hint() {
    check(&shown("", "", ", shedding: codel"), &["is to be a table of settings", "shop.yaml:5"]);
    check(&shown("", "", ", shedding: { by: lifo }"), &["there is no by `lifo`"]);
    let text = "
nodes:
  visitors: { kind: user, arrivals: 10/s }
  desk: { kind: station, discipline: lifo, shedding: {} }
  mysql: { kind: database, queue_limit: 5 }
requests:
  page: { path: [ desk: 1ms, mysql: 1ms ] }
";
    let shown = load_text("desk.yaml", text, &[]).render(false);
    check(&shown, &["only a line in order of arrival can be shed", "desk.yaml:4"]);
    check(&shown, &["a database has no line, and so no `queue_limit`", "max_in_flight", "desk.yaml:5"]);
}

#[test]
fn a_cache_that_knows_no_objects_has_none_that_expire() {
    let text = "
nodes:
  visitors: { kind: user, arrivals: 10/s }
  cache: { kind: cache, hit_ratio: 50%, use_stale: true }
  app: { kind: app_server }
requests:
  page: { path: [ cache: 1ms, app: 1ms ] }
";
    let shown = load_text("cache.yaml", text, &[]).render(false);
    check(&shown, &["nobody knows which objects have expired", "objects: 10000", "cache.yaml:4"]);
}

#[test]
fn mistakes_about_autoscaling_are_told_with_place_and_hint() {
    for (app, expected) in [
        ("autoscale: {}", &["`autoscale` of `app` has no `maximum`", "shop.yaml:5"][..]),
        ("replicas: 5, autoscale: { maximum: 3 }", &["it begins with 5 replicas, and may have 1 to 3"]),
        ("autoscale: { maximum: 3, every: 0s }", &["it cannot decide all the time"]),
        ("autoscale: { maximum: 3, target: 0% }", &["no such share can be in use"]),
        ("autoscale: { maximum: 3, target: 50%, queue: 5 }", &["`target` says nothing beside `queue`"]),
    ] {
        check(&shown("", "", &format!(", {app}")), expected);
    }
    let text = "
nodes:
  visitors: { kind: user, arrivals: 10/s }
  desk: { kind: station, replicas: 2, autoscale: { maximum: 3 } }
  mysql: { kind: database, autoscale: { maximum: 3 } }
requests:
  page: { path: [ desk: 1ms, mysql: 1ms ] }
";
    let shown = load_text("desk.yaml", text, &[]).render(false);
    check(&shown, &["servers are made more of, and not replicas", "what keeps data is not made more of"]);
}

#[test]
fn a_breaker_is_told_as_it_is_in_force() {
    for (breaker, least) in [("{}", "100"), ("{ window: 20 }", "20"), ("{ window: 20, least: 5 }", "5")] {
        let text = format!(
            "nodes:
  visitors: {{ kind: user, arrivals: 10/s, circuit_breaker: {breaker} }}
  nginx: {{ kind: web_server }}
requests:
  page: {{ path: [ nginx: 1ms ] }}
"
        );
        let loaded = load_text("shop.yaml", &text, &[]);
        let visitors = &loaded.settings_in_force[0];
        let held = visitors.settings.iter().find(|held| held.setting == "circuit_breaker.least").unwrap();
        assert_eq!(held.value, least, "{breaker}");
    }
}

#[test]
fn who_calls_several_at_once_is_told_what_such_calls_cannot_have() {
    const SITE: &str = "
nodes:
  users: { kind: user, arrivals: 1/s USERS }
  nginx: { kind: web_server }
  app:   { kind: app_server APP }
  db:    { kind: database, replicas: 2 }
requests:
  page: { path: PATH }
";
    let told = |users: &str, app: &str, path: &str| {
        let text = SITE.replace(" USERS", users).replace(" APP", app).replace("PATH", path);
        load_text("site.yaml", &text, &[]).render(false)
    };
    let both = "parallel: [ db: 1ms, db: 2ms ]";
    let path = format!("[ nginx: 1ms, app: 1ms, {both} ]");
    let shown = told("", ", calls: { retries: 1, max_in_flight: 3 }", &path);
    assert!(shown.contains("error: `app` calls several at once"), "{shown}");
    assert!(shown.contains("no `retries`, no `max_in_flight`"), "{shown}");
    let shown = told("", ", calls: { hedge: { after: 1s } }", &path);
    assert!(shown.contains("no `hedge`"), "{shown}");
    let shown = told(", retries: 1", "", &format!("[ {both} ]"));
    assert!(shown.contains("`users` calls several at once"), "{shown}");
    let shown = told("", "", &format!("[ nginx: 1ms, {both} ]"));
    assert!(shown.contains("warning: `nginx` makes calls side by side once"), "{shown}");
    // What such calls do have, and calls that are not side by side.
    for (calls, path) in
        [("timeout: 1s, circuit_breaker: {}", path.as_str()), ("retries: 1", "[ app: 1ms, db: 1ms ]")]
    {
        let shown = told("", &format!(", calls: {{ {calls} }}"), path);
        assert!(!shown.contains("at once"), "{shown}");
    }
}
