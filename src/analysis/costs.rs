//! What a site costs in a month: its nodes, the bytes that leave it, and its outages.

use super::estimate::ratio;
use super::outages::Outages;
use super::scaling::summarise_scalings;
use super::window::Window;
use crate::parts::fidelity::Fidelity;
use crate::parts::outcome::Outcome;
use crate::parts::quantity::HOURS_PER_MONTH;
use crate::results::RunResults;
use crate::scenario::model::{Node, NodeId, Scenario};
use serde::{Deserialize, Serialize};

/// In a month that is like this run, of which what comes after the warm-up counts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CostSummary {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    pub per_month: Option<f64>,
    pub nodes_per_month: f64,
    /// Those that have a price.
    pub nodes: Vec<NodeCost>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub egress: Option<EgressCost>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub downtime: Option<DowntimeCost>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeCost {
    pub name: String,
    /// How many were paid for, on average over the whole run.
    pub paid_mean: f64,
    pub per_month: f64,
}

/// Bodies of answers with success.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EgressCost {
    pub bytes_per_month: Option<f64>,
    pub per_month: Option<f64>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DowntimeCost {
    /// What the outages of this very run cost.
    pub of_run: f64,
    pub per_month: Option<f64>,
}

/// Nothing where nothing has a price.
pub fn summarise_costs(scenario: &Scenario, results: &RunResults, window: &Window) -> Option<CostSummary> {
    let prices = &scenario.prices;
    if !prices.are_known(&scenario.nodes) {
        return None;
    }
    let months = window.length_s() / 3_600.0 / HOURS_PER_MONTH;
    let nodes = cost_of_nodes(scenario, results);
    let nodes_per_month = nodes.iter().fold(0.0, |sum, node| sum + node.per_month);
    // Nobody is answered where no requests are simulated.
    let is_simulated = results.fidelity != Fidelity::Components;
    let bytes_per_month = ratio(egress_bytes(scenario, results, window), months).filter(|_| is_simulated);
    let egress = prices.egress_per_byte.map(|_| EgressCost {
        bytes_per_month,
        per_month: bytes_per_month.and_then(|bytes| prices.of_egress(bytes)),
    });
    let outage_minutes = Outages::of(results, window).time_s() / 60.0;
    let downtime = prices
        .of_downtime(outage_minutes)
        .map(|of_run| DowntimeCost { of_run, per_month: ratio(of_run, months) });
    let besides = [
        egress.as_ref().map(|egress| egress.per_month),
        downtime.as_ref().map(|downtime| downtime.per_month),
    ];
    let per_month = besides
        .into_iter()
        .flatten()
        .try_fold(nodes_per_month, |sum, part| part.map(|part| sum + part))
        .filter(|sum| sum.is_finite());
    Some(CostSummary {
        currency: prices.currency.clone(),
        per_month,
        nodes_per_month,
        nodes,
        egress,
        downtime,
    })
}

/// What all nodes of a scenario cost in a month as they are declared; nothing where none has a price.
pub fn declared_per_month(scenario: &Scenario) -> Option<f64> {
    let cost = |(number, node): (usize, &Node)| {
        let declared = f64::from(node.replicas + spares(scenario, number));
        Some(node.cost_per_hour? * HOURS_PER_MONTH * declared)
    };
    scenario.nodes.iter().enumerate().filter_map(cost).reduce(|sum, cost| sum + cost)
}

fn spares(scenario: &Scenario, node: usize) -> u32 {
    let of_node = scenario.standbys.iter().filter(|standby| standby.node == NodeId(node as u32));
    of_node.map(|standby| standby.spares).sum()
}

/// What is scaled costs what ran and booted; spares cost what replicas do.
fn cost_of_nodes(scenario: &Scenario, results: &RunResults) -> Vec<NodeCost> {
    let scalings = summarise_scalings(scenario, results);
    let cost = |(number, node): (usize, &Node)| {
        let per_hour = node.cost_per_hour?;
        let scaled = scalings.iter().find(|scaling| scaling.name == node.name);
        let paid = scaled.map_or(f64::from(node.replicas), |scaling| scaling.mean);
        let paid_mean = paid + f64::from(spares(scenario, number));
        let per_month = per_hour * HOURS_PER_MONTH * paid_mean;
        Some(NodeCost { name: node.name.clone(), paid_mean, per_month })
    };
    scenario.nodes.iter().enumerate().filter_map(cost).collect()
}

fn egress_bytes(scenario: &Scenario, results: &RunResults, window: &Window) -> f64 {
    let of_class = scenario.classes.iter().zip(&results.classes).map(|(class, record)| {
        let buckets = &record.buckets[window.buckets.clone()];
        let answers: u64 = buckets.iter().map(|bucket| bucket.outcomes[Outcome::Ok as usize]).sum();
        class.response_bytes as f64 * answers as f64
    });
    of_class.fold(0.0, |sum, bytes| sum + bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example;
    use crate::kernel::time::{MINUTE, SECOND};
    use crate::results::incident::Outage;
    use crate::results::scaling::ScalingRecord;
    use crate::scenario::load::load_text;

    fn summary(prepare: impl Fn(&mut Scenario, &mut RunResults)) -> Option<CostSummary> {
        let (mut scenario, mut results) = (example::scenario(), example::results());
        prepare(&mut scenario, &mut results);
        summarise_costs(&scenario, &results, &Window::of(&scenario, &results))
    }

    fn near(value: Option<f64>, expected: f64) {
        let value = value.expect("there is a figure");
        assert!((value - expected).abs() <= 1e-9 * expected.abs(), "{value} is not {expected}");
    }

    #[test]
    fn without_prices_nothing_costs() {
        assert!(summary(|_, _| {}).is_none());
    }

    #[test]
    fn nodes_answers_and_outages_add_up() {
        // 36 s count; a month has 73,000 times as much.
        let months = 73_000.0;
        let costs = summary(|scenario, results| {
            scenario.nodes[1].cost_per_hour = Some(0.5);
            scenario.nodes[2].cost_per_hour = Some(0.1);
            scenario.classes[0].response_bytes = 1_000;
            scenario.classes[1].response_bytes = 0;
            scenario.prices.egress_per_byte = Some(1e-6);
            scenario.prices.downtime_per_hour = Some(600.0);
            let outage = |start: u64, end: u64| Outage {
                start: start * SECOND,
                end: end * SECOND,
                lost: 1,
                first_error: Outcome::Reset,
                last_error: Outcome::Reset,
                cause: None,
            };
            results.outages = vec![outage(1, 3), outage(10, 13)];
        })
        .unwrap();
        let names: Vec<&str> = costs.nodes.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(names, ["host", "app"]);
        near(Some(costs.nodes_per_month), (0.5 + 2.0 * 0.1) * HOURS_PER_MONTH);
        // In each second 99 pages with a body; the outage in the warm-up does not count.
        near(costs.egress.unwrap().per_month, 36.0 * 99.0 * 1_000.0 * 1e-6 * months);
        let downtime = costs.downtime.unwrap();
        near(Some(downtime.of_run), 0.5);
        near(downtime.per_month, 0.5 * months);
        near(costs.per_month, 0.7 * HOURS_PER_MONTH + 36.0 * 0.099 * months + 0.5 * months);
    }

    #[test]
    fn what_is_scaled_costs_what_was_used_and_spares_cost_as_much() {
        let text = "
run: { duration: 10m, warmup: none }
nodes:
  users: { kind: user, arrivals: 1/s }
  app: { kind: app_server, workers: 1, replicas: 2, cost: 73/month, autoscale: { maximum: 5 } }
  db: { kind: database, cost: 7.30/month, mtbf: 100d, mttr: 1h, standby: { hot: 2 } }
requests:
  page: { path: [ app: 1ms, db: 1ms ] }
";
        let loaded = load_text("site.yaml", text, &[]);
        let scenario = loaded.scenario.unwrap_or_else(|| panic!("{:?}", loaded.problems));
        let mut results = example::results();
        // Two for a minute, and one for the other nine.
        results.ended_at = 10 * MINUTE;
        results.scalings =
            vec![ScalingRecord { paid: u128::from((2 + 9) * MINUTE), ..ScalingRecord::default() }];
        let costs = summarise_costs(&scenario, &results, &Window::of(&scenario, &results)).unwrap();
        near(Some(costs.nodes[0].paid_mean), 1.1);
        near(Some(costs.nodes[0].per_month), 1.1 * 73.0);
        near(Some(costs.nodes[1].per_month), 3.0 * 7.3);
    }
}
