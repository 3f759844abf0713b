use super::*;
use crate::output::terminal::page::Page;
use crate::scenario::load::load_text;
use crate::structure::Ledger;
use std::path::Path;

const TWO_OF_EVERYTHING: &str = "
name: Two of nearly everything
run: { duration: 30d }
nodes:
  visitors: { kind: user, visits: \"https://www.shop.com\", arrivals: 10/s }
  names:  { kind: dns, records: [ www.shop.com A 8.8.8.8 300s ] }
  edge:   { kind: server, address: 8.8.8.8, mtbf: 1y, mttr: 1h }
  host:   { kind: server, replicas: 2, mtbf: 90d, mttr: 45m }
  third:  { kind: server, mtbf: 90d, mttr: 45m }
  lb:     { kind: load_balancer, on: edge }
  app:    { kind: app_server, on: host, replicas: 4, mtbf: 30d, mttr: 8m }
  mysql:  { kind: database, on: third, mtbf: 60d, mttr: 20m, standby: { hot: 1, switch_over: 30s } }
requests:
  page:  { share: 70%, path: [ lb: 1ms, app: 6ms, mysql: 2ms ] }
  asset: { share: 30%, path: [ lb: 1ms, app: 1ms ] }
faults:
  - { name: power, hits: [ host/1, third ], mtbf: 200d, mttr: 2h }
timeline:
  - { at: Sunday 03:00, maintain: app, how: rolling, batch: 1, takes: 20s, every: 7d }
  - { at: 10m, fail: third, for: 5m }
";

fn ledger(text: &str) -> Ledger {
    let loaded = load_text("shop.yaml", text, &[]);
    assert!(!loaded.has_errors(), "{}", loaded.render(false));
    analyze(&loaded.scenario.unwrap(), 4).unwrap()
}

#[test]
fn the_ledger_of_a_site_with_two_of_nearly_everything() {
    let text = tables::text(&ledger(TWO_OF_EVERYTHING), Page::endless());
    let plain = anstream::adapter::strip_str(&text).to_string();
    for line in plain.lines() {
        assert!(line.chars().count() <= 110, "{line}");
    }
    insta::assert_snapshot!(plain);
}

#[test]
fn the_ledger_of_a_site_of_which_nobody_knows_how_often_it_breaks() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/one-server.yaml");
    let loaded = crate::scenario::load::load(&path, &[]).unwrap();
    let text = tables::text(&analyze(&loaded.scenario.unwrap(), 4).unwrap(), Page::endless());
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
}

#[test]
fn what_fails_costs_money() {
    let priced = TWO_OF_EVERYTHING
        .replace("name: Two", "costs: { currency: EUR, downtime: 60/h }\nname: Two")
        .replace("third:  { kind: server,", "third:  { kind: server, cost: 0.5/h,");
    let ledger = ledger(&priced);
    let third = ledger.parts.iter().find(|part| part.name == "third").unwrap();
    let money = third.money_per_year.unwrap();
    // One for each minute.
    assert!((money.failures_cost - third.any.costs_minutes_per_year.unwrap()).abs() < 1e-9);
    assert!(money.second_saves.unwrap() <= money.failures_cost);
    assert_eq!(money.second_costs, Some(0.5 * 8_760.0));
    let text = tables::text(&ledger, Page::endless());
    let plain = anstream::adapter::strip_str(&text).to_string();
    assert!(plain.contains("4,380 EUR"), "{plain}");
}

#[test]
fn the_ledger_as_data_has_all_figures() {
    let json: serde_json::Value =
        serde_json::from_str(&json::to_text(&ledger(TWO_OF_EVERYTHING)).unwrap()).unwrap();
    assert_eq!(json["classes"][0]["class"], "page");
    let sum: f64 = json["classes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|class| class["availability"].as_f64().unwrap() + class["unavailability"].as_f64().unwrap())
        .sum();
    assert!((sum - 2.0).abs() < 1e-12);
    let third = json["parts"].as_array().unwrap().iter().find(|part| part["name"] == "third").unwrap();
    assert_eq!((&third["kind"], &third["mtbf_hours"]), (&"server".into(), &2_160.0.into()));
    assert!(third["birnbaum"].as_f64().unwrap() > 0.99);
    assert_eq!(third["classes"][0]["class"], "page");
    assert_eq!(json["any"]["cut_sets"]["count_by_order"].as_array().unwrap().len(), 4);
}
