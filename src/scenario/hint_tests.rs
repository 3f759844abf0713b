//! Mistakes that people make, each with what they are told to write instead.

use super::load::load_text;

const SITE: &str = "
run: { duration: 1m, warmup: none }
nodes:
  visitors: { kind: user, arrivals: 10/s }
  host: { kind: server, cores: 2 }
  lb1: { kind: load_balancer }
  lb2: { kind: load_balancer }
  app: { kind: app_server, on: host }
  mysql: { kind: database, on: host }
  store: { kind: storage }
groups:
  lbs: { members: [ lb1, lb2 ] }
links:
  visitors -> lb1: 20ms
  visitors -> lb2: 20ms
requests:
  page: { path: [ lbs: 0.1ms, app: 5ms, mysql: 2ms, store: 1ms ] }
";

/// The message and the hint of the only thing that is wrong with one text replaced.
fn told(from: &str, to: &str) -> (String, String) {
    assert!(SITE.contains(from), "the site has no `{from}`");
    let loaded = load_text("site.yaml", &SITE.replace(from, to), &[]);
    let errors: Vec<_> = loaded.problems.iter().collect();
    let [error] = errors[..] else { panic!("{}", loaded.render(false)) };
    (error.message.clone(), error.hint.clone().unwrap_or_default())
}

fn check(from: &str, to: &str, message: &str, hint: &str) {
    assert_eq!(told(from, to), (message.to_owned(), hint.to_owned()));
}

#[test]
fn the_site_is_fine() {
    assert!(load_text("site.yaml", SITE, &[]).problems.is_empty());
}

#[test]
fn what_belongs_to_the_server_is_said_to_belong_there() {
    for setting in ["cores: 2", "zone: a", "memory: 2GiB", "speed: 2"] {
        let name = setting.split(':').next().unwrap();
        check(
            "app_server, on: host",
            &format!("app_server, on: host, {setting}"),
            &format!("`app` has no setting `{name}`"),
            "it belongs to the server that `app` stands on: write it at `host`",
        );
    }
    check(
        "kind: storage",
        "kind: storage, cores: 8",
        "`store` has no setting `cores`",
        "it belongs to a server: declare `host: { kind: server, cores: … }`, and let `store` stand `on: host`",
    );
    check(
        "database, on: host",
        "database, on: host, workers: 8",
        "`mysql` has no setting `workers`",
        "it is a setting of `web_server` and `app_server`: look at the `kind`",
    );
    // A slip is still a slip.
    check("cores: 2", "core: 2", "`host` has no setting `core`", "did you mean `cores`?");
}

#[test]
fn a_query_with_its_work_on_a_line_is_told_as_a_table() {
    let message = "`write` does not fit on a line with the work";
    let hint = "write `mysql: { times: 5, cpu: exp(4ms), query: write }`";
    check("mysql: 2ms", "mysql: 5 x write exp(4ms)", message, hint);
    let hint = "write `mysql: { chance: 30%, cpu: 4ms, query: write }`";
    check("mysql: 2ms", "mysql: 30% write 4ms", message, hint);
    let (_, hint) = told("store: 1ms", "store: read 1ms");
    assert_eq!(hint, "write `store: { wait: 1ms, query: read }`");
}

#[test]
fn what_is_written_instead_is_understood() {
    for (from, to) in [
        ("mysql: 2ms", "mysql: { times: 5, cpu: exp(4ms), query: write }"),
        ("mysql: 2ms", "mysql: { chance: 30%, cpu: 4ms, query: write }"),
        ("requests:", "expect: [ page p99 < 1s, p99 < 1s ]\nrequests:"),
        ("run: {", "timeline: [ { at: 14:00, hang: app, for: 1s } ]\nrun: { starts: 13:59:30,"),
    ] {
        let text = SITE.replace(from, to);
        let loaded = load_text("site.yaml", &text, &[]);
        assert!(loaded.problems.is_empty(), "{}", loaded.render(false));
    }
}

#[test]
fn instants_by_the_clock_are_told_with_the_start_that_they_need() {
    let timeline = |at: &str| format!("timeline: [ {{ at: {at}, hang: app, for: 1s }} ]\nrequests:");
    let (message, hint) = told("requests:", &timeline("2pm"));
    assert_eq!(message, "`at`: \"2pm\" is no instant");
    assert_eq!(hint, "the clock has 24 hours: write 14:00");
    let after = "it would happen 14h after the start, and the run ends after";
    let start = "this run starts at 00:00: let it start shortly before";
    check(
        "requests:",
        &timeline("14:00"),
        &format!("{after} 1m"),
        &format!("{start}, `run: {{ starts: 14:00 }}`, or last longer"),
    );
    let hour = SITE.replace("duration: 1m", "duration: 1h");
    let text = hour.replace("requests:", &timeline("14:00"));
    let loaded = load_text("site.yaml", &text, &[]);
    let hint = loaded.problems[0].hint.clone().unwrap();
    assert_eq!(hint, format!("{start}, `run: {{ starts: 13:55 }}`, or last longer"));
    check(
        "requests:",
        &timeline("5m"),
        "it would happen 5m after the start, and the run ends after 1m",
        "let it happen sooner, or the run last longer",
    );
}

#[test]
fn a_latency_is_asked_for_by_its_figure_alone() {
    let expect = |text: &str| format!("expect: [ \"{text}\" ]\nrequests:");
    for (text, hint) in [
        ("latency p99 < 1s", "write `p99`"),
        ("p99 latency < 1s", "write `p99`"),
        ("page latency p99 < 1s", "write `page p99`"),
        ("p99 page latency < 1s", "write `page p99`"),
        ("latency < 1s", "write `mean`, `p99` or `max`"),
    ] {
        let (message, told) = told("requests:", &expect(text));
        assert!(message.ends_with("means, quantiles and `max` are those of the latency anyway"), "{message}");
        assert_eq!(told, hint, "{text}");
    }
}

#[test]
fn a_link_to_a_group_is_told_as_links_to_its_members() {
    let links = "visitors -> lb1: 20ms\n  visitors -> lb2: 20ms";
    let message = "`lbs` is a group, and a link leads from one node to another";
    check(
        links,
        "visitors -> lbs: 20ms",
        message,
        "write a link for each of its members: `visitors -> lb1` and `visitors -> lb2`",
    );
    check(
        "visitors -> lb2: 20ms",
        "visitors -> lb2: 20ms\n  lbs <-> app: 1ms",
        message,
        "write a link for each of its members: `lb1 <-> app` and `lb2 <-> app`",
    );
}

#[test]
fn a_group_where_a_node_is_needed_is_told_as_a_group() {
    let message = "`lbs` is a group, and a node is needed here";
    check(
        "requests:",
        "expect: [ lbs utilisation < 50% ]\nrequests:",
        message,
        "its members are `lb1` and `lb2`",
    );
}
