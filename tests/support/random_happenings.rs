//! What goes wrong in scenarios that nobody would write: at given times, by chance, on
//! purpose, and with too many users.

use super::{Text, one_of, perhaps, settings};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::Union;

/// The entries of a timeline and of `faults`, to be put into a scenario that has nodes with
/// the names which are used here.
#[derive(Clone, Debug)]
pub struct Happenings {
    on_nodes: Vec<String>,
    /// What is hit is to be chosen among the links that there are.
    on_links: Vec<(usize, String)>,
    /// Of a user or of everyone: possible only if somebody sends whatever the answers are.
    surges: Vec<String>,
    common: Vec<String>,
}

impl Happenings {
    /// The sections of a scenario; `links` are written as `a -> b`.
    pub fn sections(&self, links: &[&str], first_user_surges: bool) -> String {
        let mut entries = self.on_nodes.clone();
        if !links.is_empty() {
            let hits = |(place, entry): &(usize, String)| entry.replace("LINK", links[place % links.len()]);
            entries.extend(self.on_links.iter().map(hits));
        }
        if first_user_surges {
            entries.extend(self.surges.iter().cloned());
        }
        let section = |name: &str, entries: &[String]| {
            if entries.is_empty() { String::new() } else { format!("{name}:\n{}", entries.concat()) }
        };
        format!("crews: {{ few: 1 }}\n{}{}", section("timeline", &entries), section("faults", &self.common))
    }
}

pub fn happenings() -> BoxedStrategy<Happenings> {
    let something = (
        (vec(node_fault(), 0..4), worked_on()),
        vec((0..100_usize, link_fault()), 0..3),
        vec(surge(), 0..3),
        vec(common_fault(), 0..3),
    );
    let something = something.prop_map(|((mut on_nodes, worked_on), on_links, surges, common)| {
        on_nodes.extend(worked_on);
        Happenings { on_nodes, on_links, surges, common }
    });
    let nothing = Happenings { on_nodes: vec![], on_links: vec![], surges: vec![], common: vec![] };
    Union::new_weighted(vec![(1, Just(nothing).boxed()), (3, something.boxed())]).boxed()
}

/// How a node breaks by chance, which most do not.
pub fn breakdown() -> Text {
    let standby = one_of(&[
        "{ hot: 1 }",
        "{ cold: 2, switch_over: 20ms }",
        "{ hot: 1, switch_over: 5ms, coverage: 50% }",
    ]);
    let breaks = settings(vec![
        one_of(&["50ms", "1s", "4s", "uniform(10ms, 2s)"])
            .prop_map(|law| format!(", mtbf: \"{law}\""))
            .boxed(),
        one_of(&["1ms", "200ms", "2s", "uniform(0ms, 1s)"])
            .prop_map(|law| format!(", mttr: \"{law}\""))
            .boxed(),
        perhaps("crew", one_of(&["few"])),
        perhaps("standby", standby),
    ]);
    Union::new_weighted(vec![(6, Just(String::new()).boxed()), (1, breaks)]).boxed()
}

/// Whether what has died is started again.
pub fn restart() -> Text {
    one_of(&["", "", ", restart: no", ", restart_after: 0s", ", restart_after: 5ms, restart_limit: 1"])
}

/// How long a node takes to boot; hosts take half a minute by default, which is longer than
/// most of these runs.
pub fn boot() -> Text {
    perhaps("boot", one_of(&["0ms", "5ms", "300ms"]))
}

fn entry(at: Text, what: Text) -> Text {
    (at, what).prop_map(|(at, what)| format!("  - {{ at: {at}, {what} }}\n")).boxed()
}

/// Some of them at the same instant.
fn at() -> Text {
    one_of(&["0ms", "100ms", "500ms", "503ms", "1s", "1s", "2s", "2.9s"])
}

fn lasts() -> Text {
    perhaps("for", one_of(&["1ns", "10ms", "300ms", "1s", "5s"]))
}

fn all_nodes() -> Text {
    one_of(&[
        "host",
        "other",
        "lb",
        "web",
        "app",
        "late",
        "cache",
        "db",
        "disk",
        "desk",
        "hall",
        "till",
        "dns",
        "host/0",
        "app/0",
        "db/0",
        "hall/0",
        "[ web, db ]",
        "[ host, app, desk ]",
    ])
}

fn node_fault() -> Text {
    let hit = |verb: &'static str, nodes: Text, rest: &'static str| {
        (nodes, lasts()).prop_map(move |(node, lasts)| format!("{verb}: {node}{rest}{lasts}")).boxed()
    };
    let on_hosts_as_well = || one_of(&["host", "other", "lb", "web", "app", "db", "disk", "desk", "hall"]);
    let software = || one_of(&["lb", "web", "app", "late/0", "cache", "db", "disk", "desk", "hall", "till"]);
    let what = Union::new_weighted(vec![
        (4, hit("fail", all_nodes(), "")),
        (2, hit("crash", software(), "")),
        (2, hit("hang", on_hosts_as_well(), "")),
        (2, hit("slow", on_hosts_as_well(), ", by: 7x")),
        (1, hit("errors", software(), ", share: 30%")),
        (1, hit("black_hole", software(), "")),
        (1, hit("fill_disk", one_of(&["host", "db", "disk"]), "")),
        (1, hit("dns_outage", one_of(&["dns"]), "")),
        (1, hit("expire_certificate", one_of(&["web", "lb"]), "")),
        (1, Just("failover: db/0".to_owned()).boxed()),
    ]);
    entry(at(), what.boxed())
}

fn link_fault() -> Text {
    let what = one_of(&[
        "partition: LINK",
        "delay: LINK, by: 50ms",
        "lose: LINK, share: 40%",
        "throttle: LINK, to: 1Mbps",
    ]);
    entry(at(), (what, lasts()).prop_map(|(what, lasts)| format!("{what}{lasts}")).boxed())
}

/// Nothing is maintained twice, so that nothing is maintained twice at once.
fn worked_on() -> BoxedStrategy<Vec<String>> {
    let takes = || perhaps("takes", one_of(&["0ms", "10ms", "1s"]));
    let drain = || perhaps("drain", one_of(&["20ms", "1s"]));
    let rolling = || {
        settings(vec![
            Just(", how: rolling".to_owned()).boxed(),
            perhaps("pause", one_of(&["30ms"])),
            perhaps("surge", one_of(&["1"])),
            drain(),
            takes(),
        ])
    };
    let stopped = || settings(vec![Just(", how: stop_start, takes: 100ms".to_owned()).boxed(), drain()]);
    let restarted = || settings(vec![takes(), drain()]);
    let deployed = || {
        let how = one_of(&[
            ", how: blue_green",
            ", how: blue_green, takes: 200ms",
            ", how: canary, share: 20%, bake: 500ms",
            ", how: canary, share: 50%, bake: 300ms, errors: 40%",
            ", how: canary, share: 30%, bake: 1s, errors: 5%, slow: 3x, then: back",
        ]);
        settings(vec![how, drain()])
    };
    let reloaded = || settings(vec![Just(", how: reload".to_owned()).boxed(), drain(), takes()]);
    let migrated = || Just(", how: migrate, takes: 400ms".to_owned()).boxed();
    let maintain = |nodes: &'static [&'static str], ways: Vec<Text>| {
        let what = (one_of(nodes), Union::new(ways)).prop_map(|(node, how)| format!("maintain: {node}{how}"));
        let entries = entry(at(), what.boxed());
        vec(entries, 0..2)
    };
    let somewhere = (
        maintain(&["host", "other", "host/0"], vec![rolling(), stopped(), restarted()]),
        maintain(
            &["app", "late", "web", "lb", "app/0"],
            vec![rolling(), stopped(), restarted(), deployed(), reloaded()],
        ),
        maintain(&["db", "db/0"], vec![rolling(), restarted(), deployed(), migrated()]),
        maintain(&["hall", "till", "desk", "cache", "disk"], vec![rolling(), restarted(), deployed()]),
    );
    somewhere
        .prop_map(|(hosts, software, databases, others)| [hosts, software, databases, others].concat())
        .boxed()
}

fn surge() -> Text {
    let level = one_of(&[
        "0x, hold: 200ms",
        "3x",
        "10x, ramp: 100ms, hold: 300ms",
        "800/s, hold: 500ms, fall: 0s",
        "6x, decay: 200ms",
        "2x, hold: 100ms, every: 1s",
        "[[0s, 1x], [500ms, 8x], [700ms, 0x]]",
    ]);
    let on = one_of(&["", ", on: u0"]);
    let wide = (level, on).prop_map(|(level, on)| format!("surge: {level}{on}")).boxed();
    let narrow = one_of(&["surge: 5x, on: c0, hold: 1s", "surge: 2x, on: c0, ramp: 50ms"]);
    entry(at(), Union::new_weighted(vec![(3, wide), (1, narrow)]).boxed())
}

/// What breaks by chance and hits several.
fn common_fault() -> Text {
    let what = one_of(&[
        "name: power, hits: [ host, other ]",
        "name: rack, hits: [ app/0, db/0, hall ], crew: few",
        "name: disks, hits: db, kind: fill_disk",
        "name: fire, hits: [ web, app ], kind: hang",
        "name: code, hits: app, kind: errors, share: 50%",
        "name: heat, hits: other, kind: slow, by: 3x",
    ]);
    let laws = one_of(&["mtbf: 300ms, mttr: 100ms", "mtbf: 2s, mttr: 1s", "mtbf: 20ms, mttr: 1ms"]);
    (what, laws).prop_map(|(what, laws)| format!("  - {{ {what}, {laws} }}\n")).boxed()
}
