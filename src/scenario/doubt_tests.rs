//! What is no mistake in any one place, and cannot be meant: it is refused, or warned of.

use super::load::{load, load_text};
use crate::document::problem::Severity;
use std::fs;

/// A site in which everything takes part, one thing a line, of which the tests change some.
const SITE: &str = "
run: { duration: 1m, warmup: none }
nodes:
  visitors: { kind: user, arrivals: 10/s, visits: www.site.test }
  names: { kind: dns, records: [ www.site.test CNAME site.test 60s, site.test A 1.1.1.1 60s ] }
  front: { kind: server, address: 1.1.1.1 }
  back: { kind: server, replicas: 3 }
  more: { kind: server }
  proxy: { kind: web_server, on: front }
  app: { kind: app_server, on: back, replicas: 3, mtbf: 9d, mttr: 1h, crew: staff }
  one: { kind: database, on: back, replicas: 3 }
  other: { kind: database, on: more }
groups:
  stores: { members: [ one, other ] }
links:
  visitors -> front: 20ms
crews: { staff: 1 }
requests:
  page: { path: [ proxy: 1ms, app: 5ms, stores: 2ms ] }
";

/// What is told of the site with some texts replaced, line by line: whether it is an error, what is
/// wrong, and what to write.
fn told(changes: &[(&str, &str)]) -> Vec<(bool, String, String)> {
    let mut text = SITE.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "the site has no `{from}`");
        text = text.replace(from, to);
    }
    told_of(load_text("site.yaml", &text, &[]))
}

fn told_of(loaded: super::load::Loaded) -> Vec<(bool, String, String)> {
    let told = loaded.problems.into_iter();
    told.map(|one| (one.severity == Severity::Error, one.message, one.hint.unwrap_or_default())).collect()
}

fn warned(changes: &[(&str, &str)], message: &str, hint: &str) {
    let told = told(changes);
    assert!(told.contains(&(false, message.to_owned(), hint.to_owned())), "{told:#?}");
}

#[test]
fn a_site_in_which_everything_takes_part_is_fine() {
    assert_eq!(told(&[]), []);
}

#[test]
fn replicas_of_a_server_that_carry_nothing_are_warned_of() {
    warned(
        &[
            ("app_server, on: back, replicas: 3", "app_server, on: back"),
            (", replicas: 3 }\n  other", " }\n  other"),
        ],
        "2 of the 3 replicas of `back` carry nothing",
        "nothing on it has more than 1: write `replicas: 3` at what is to stand on all of them (`app` and `one`)",
    );
    // One that fills it is enough: the others may be few on purpose.
    assert_eq!(told(&[(", replicas: 3 }\n  other", " }\n  other")]), []);
}

#[test]
fn all_that_no_request_reaches_is_told_in_one_warning() {
    let extra: String =
        (1..=12).map(|number| format!("\n  spare{number}: {{ kind: cache, hit_ratio: 1% }}")).collect();
    let told = told(&[(
        "\n  other: { kind: database, on: more }",
        &format!("\n  other: {{ kind: database, on: more }}{extra}"),
    )]);
    let message = "no request reaches `spare1`, `spare2`, `spare3`, `spare4`, `spare5`, `spare6`, `spare7`, `spare8` \
                   and 4 more";
    let hint = "they take no part in the simulation";
    assert_eq!(told, [(false, message.to_owned(), hint.to_owned())]);
    warned(
        &[(
            "  back: { kind: server, replicas: 3 }",
            "  back: { kind: server, replicas: 3 }\n  empty: { kind: server }",
        )],
        "nothing stands on `empty`",
        "it takes no part in the simulation",
    );
}

#[test]
fn links_groups_and_crews_that_nobody_uses_are_warned_of() {
    let hint = "replies use the link of the call; a link of a server serves all that stands on it";
    let two = "visitors -> front: 20ms\n  front -> other: 1ms\n  app -> proxy: 1ms\n  visitors -> other: 1ms";
    warned(
        &[
            ("visitors -> front: 20ms", two),
            ("stores: 2ms", "one: 2ms"),
            ("app: 5ms", "app: 5ms, other: 1ms"),
        ],
        "no request travels over `front -> other` and `visitors -> other`",
        hint,
    );
    warned(
        &[("stores: 2ms", "one: 2ms, other: 2ms")],
        "no request calls `stores`, so that nobody picks among its members",
        "write `stores` into a path where one of them stands",
    );
    warned(&[(", crew: staff", "")], "crew `staff` repairs nothing", "write `crew: staff` beside an `mtbf`");
}

#[test]
fn priorities_that_no_line_goes_by_are_warned_of() {
    warned(
        &[("page: { path", "page: { priority: 2, path")],
        "nothing that `page` calls goes by priority",
        "a `station` with `discipline: priority` does; elsewhere first come is first served",
    );
    let desk = (
        "other: { kind: database, on: more }",
        "other: { kind: database, on: more }\n  desk: { kind: station, discipline: priority }",
    );
    let path = ("page: { path: [ proxy: 1ms", "page: { priority: 2, path: [ proxy: 1ms, { desk: 1ms }");
    assert!(told(&[desk, path]).iter().all(|(_, message, _)| !message.contains("priority")));
}

#[test]
fn a_name_that_leads_to_a_server_where_nobody_answers_is_refused() {
    let elsewhere = ("site.test A 1.1.1.1 60s", "site.test A 2.2.2.2 60s");
    let empty = ("\n  back:", "\n  empty: { kind: server, address: 2.2.2.2 }\n  back:");
    let refused = told(&[elsewhere, empty]);
    let expected = (
        true,
        "`www.site.test` leads to `empty`, on which nothing stands that `visitors` calls".to_owned(),
        "let it lead to 1.1.1.1, which is `front`, or put `proxy` `on: empty`".to_owned(),
    );
    assert!(refused.contains(&expected), "{refused:#?}");
    // One address of two may be wrong on purpose.
    let both = ("site.test A 1.1.1.1 60s", "site.test A 1.1.1.1 60s, site.test A 2.2.2.2 60s");
    warned(
        &[both, empty],
        "`www.site.test` leads to `empty` as well, on which nothing stands that `visitors` calls",
        "let it lead to 1.1.1.1, which is `front`, or put `proxy` `on: empty`",
    );
    // What stands nowhere has no address.
    warned(
        &[
            ("proxy: { kind: web_server, on: front }", "proxy: { kind: web_server }"),
            ("visitors -> front", "visitors -> proxy"),
        ],
        "`www.site.test` leads to `front`, on which nothing stands that `visitors` calls",
        "put `proxy` `on: front`",
    );
}

#[test]
fn names_that_are_made_to_lead_nowhere_are_warned_of() {
    let later =
        |record: &str| format!("crews: {{ staff: 1 }}\ntimeline:\n  - {{ at: 9s, change_record: {record} }}");
    let empty = ("\n  back:", "\n  empty: { kind: server, address: 2.2.2.2 }\n  back:");
    warned(
        &[("crews: { staff: 1 }", &later("site.test A 2.2.2.2 60s")), empty],
        "from then on `www.site.test` leads to `empty`, on which nothing stands that `visitors` calls",
        "let it lead to 1.1.1.1, which is `front`, or put `proxy` `on: empty`",
    );
    warned(
        &[
            ("crews: { staff: 1 }", &later("api.test A 1.1.1.1 60s")),
            ("site.test A 1.1.1.1 60s", "site.test A 1.1.1.1 60s, api.test A 1.1.1.1 60s"),
        ],
        "nobody visits `api.test`, so that it makes no difference",
        "change the last record of a name that some user `visits`",
    );
}

#[test]
fn nodes_beside_which_users_would_have_to_stand_are_warned_of() {
    warned(
        &[
            ("  one:", "  cdn: { kind: cache, hit_ratio: 90% }\n  one:"),
            ("path: [ proxy", "path: [ cdn, proxy"),
        ],
        "nothing lies between `visitors` and `cdn`: what `visitors` sends is there at once",
        "add a link, `visitors -> cdn: { latency: 20ms }`, or put `cdn` `on` a server that has one",
    );
    // Where there are no links at all, nobody cares about distances.
    assert_eq!(told(&[("links:\n  visitors -> front: 20ms\n", "")]), []);
}

#[test]
fn members_of_a_group_of_which_only_some_have_links_are_warned_of() {
    warned(
        &[("visitors -> front: 20ms", "visitors -> front: 20ms\n  app -> one: 1ms")],
        "between `app` and `other` lies no link, and between it and others of `stores` there is one",
        "add a link, `app -> other: { latency: 1ms }`",
    );
    let both = "visitors -> front: 20ms\n  app -> one: 1ms\n  app -> other: 1ms";
    assert_eq!(told(&[("visitors -> front: 20ms", both)]), []);
}

#[test]
fn answers_to_a_post_from_a_cache_before_an_application_are_warned_of() {
    let cache = ("  one:", "  held: { kind: cache, on: front, hit_ratio: 90% }\n  one:");
    let message = "`held` answers requests of `page` from memory, and they are no GET or HEAD";
    let hint = "a cache before an application keeps no answers to others; let their path go past it";
    for (method, path) in [("POST", "held, proxy: 1ms"), ("DELETE", "proxy: 1ms, held")] {
        let path = format!("page: {{ method: {method}, path: [ {path}");
        warned(&[cache, ("page: { path: [ proxy: 1ms", &path)], message, hint);
    }
    let fine = |method: &str, path: &str| {
        let path = format!("page: {{ method: {method}, path: [ {path}");
        assert_eq!(told(&[cache, ("page: { path: [ proxy: 1ms, app: 5ms", &path)]), [], "{path}");
    };
    fine("GET", "held, proxy: 1ms, app: 5ms");
    fine("POST", "proxy: 1ms, app: 5ms, held");
}

/// A user whose arrivals are those of a file, with two classes.
fn told_of_recording(arrivals: &str, classes: &str, recording: &str) -> Vec<(bool, String, String)> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("day"), recording).unwrap();
    let text = format!(
        "run: {{ duration: 3s }}
nodes:
  visitors: {{ kind: user, arrivals: {arrivals} }}
  app: {{ kind: station }}
requests: {{ {classes} }}
"
    );
    let path = folder.path().join("site.yaml");
    fs::write(&path, text).unwrap();
    told_of(load(&path, &[]).unwrap())
}

const LOG: &str = "1.1.1.1 - - [30/Nov/2026:09:00:00 +0000] \"GET /login HTTP/1.1\" 200 12
1.1.1.1 - - [30/Nov/2026:09:00:01 +0000] \"GET /asset?x=1 HTTP/1.1\" 200 12
1.1.1.1 - - [30/Nov/2026:09:00:03 +0000] \"GET /asset HTTP/1.1\" 200 12
";

#[test]
fn a_log_of_which_no_path_is_a_class_is_refused() {
    let of = |classes: &str, log: &str| told_of_recording("{ log: day }", classes, log);
    assert_eq!(
        of("page: { path: [ app: 1ms ] }, file: { path: [ app: 1ms ] }", LOG),
        [(
            true,
            "of the paths in the log of `visitors`, `/login` and `/asset` are no classes that it sends"
                .to_owned(),
            "name classes as the paths are, as in `/login: { path: [ … ] }`".to_owned()
        )]
    );
    assert_eq!(
        of("/asset: { path: [ app: 1ms ] }, page: { path: [ app: 1ms ] }", LOG),
        [(
            false,
            "1 of the 3 lines of the log of `visitors` ask for `/login`, which is no class".to_owned(),
            "they count as `/asset`; name classes as the paths are, or take these lines out".to_owned()
        )]
    );
    assert_eq!(of("/asset: { path: [ app: 1ms ] }, /login: { path: [ app: 1ms ] }", LOG), []);
    // With a single class a log tells when, and not what.
    assert_eq!(of("page: { path: [ app: 1ms ] }", LOG), []);
    assert_eq!(
        of("page: { path: [ app: 1ms ] }", &format!("what is this?\n{LOG}")),
        [(
            false,
            "1 line of the log of `visitors` is left out".to_owned(),
            "line 1: there is no time stamp in this line".to_owned()
        )]
    );
}

#[test]
fn a_recording_of_classes_and_nodes_that_there_are_not_is_refused() {
    let of = |columns: &str, recording: &str| {
        let arrivals = format!("{{ replay: day, columns: {{ {columns} }} }}");
        told_of_recording(&arrivals, "page: { path: [ app: 1ms ] }, file: { path: [ app: 1ms ] }", recording)
    };
    assert_eq!(
        of("class: what", "at,what\n1,page\n2,fiel\n3,page\n"),
        [(
            true,
            "of the classes in the recording of `visitors`, `fiel` is no class that it sends".to_owned(),
            "did you mean `file`?".to_owned()
        )]
    );
    assert_eq!(
        of("work: { ap: app_ms }", "at,app_ms\n1,5\n3,5\n"),
        [(
            true,
            "there is no node `ap`, of which `visitors` has recorded work".to_owned(),
            "did you mean `app`?".to_owned()
        )]
    );
    assert_eq!(of("class: what, work: { app: app_ms }", "at,what,app_ms\n1,page,2\n2.9,file,1\n"), []);
}

#[test]
fn a_recording_that_ends_long_before_the_run_is_warned_of() {
    let told = told_of_recording("{ replay: day }", "page: { path: [ app: 1ms ] }", "at\n0.5\n1.2\n");
    assert_eq!(
        told,
        [(
            false,
            "`visitors` sends nothing after 1.2 s, where its recording ends; the run goes on to 3 s"
                .to_owned(),
            "let the run end there: `duration: 2s`".to_owned()
        )]
    );
}
