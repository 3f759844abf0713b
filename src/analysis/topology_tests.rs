//! Zones of hosts, and calls to those that come in only when others are out.

use super::topology::{Topology, topology};
use crate::engine::trial;
use crate::plan::compile;
use crate::scenario::load::load_text;

fn run(text: &str) -> Topology {
    let loaded = load_text("site.yaml", text, &[]);
    let scenario = loaded.scenario.unwrap_or_else(|| panic!("{:?}", loaded.problems));
    let results = trial::run(&compile(&scenario));
    topology(&scenario, &results)
}

fn site(timeline: &str) -> String {
    format!(
        "
run: {{ duration: 60s, warmup: none }}
nodes:
  visitors: {{ kind: user, arrivals: 20/s, timeout: 1s }}
  lb: {{ kind: load_balancer }}
  near: {{ kind: server, zone: north }}
  far: {{ kind: server }}
  app: {{ kind: app_server, on: near }}
  spare: {{ kind: app_server, on: far }}
groups:
  apps: {{ members: [ app, {{ spare: {{ backup: true }} }} ] }}
requests:
  page: {{ path: [ lb: 0ms, apps: 1ms ] }}
{timeline}
"
    )
}

fn calls_per_s(topology: &Topology, to: &str) -> f64 {
    topology.calls.iter().filter(|calls| calls.to == to).map(|calls| calls.calls_per_s).sum()
}

#[test]
fn a_backup_is_called_while_the_others_are_out_and_only_then() {
    let calm = run(&site(""));
    assert!(calls_per_s(&calm, "app") > 15.0 && calls_per_s(&calm, "spare") == 0.0);
    let troubled = run(&site("timeline:\n  - { at: 10s, fail: app, for: 30s }"));
    let (app, spare) = (calls_per_s(&troubled, "app"), calls_per_s(&troubled, "spare"));
    assert!(app > 5.0 && spare > 4.0, "{app} and {spare}");
}

#[test]
fn a_host_stands_in_its_zone_and_nodes_on_their_hosts() {
    let topology = run(&site(""));
    let on = |name: &str| {
        topology
            .nodes
            .iter()
            .find(|node| node.name == name)
            .and_then(|node| node.on.as_deref().map(str::to_owned))
    };
    assert_eq!(on("near").as_deref(), Some("zone north"));
    assert_eq!((on("app").as_deref(), on("far"), on("lb")), (Some("near"), None, None));
}
