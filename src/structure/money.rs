//! What failures cost in money, where somebody has said what an hour of downtime costs.

use super::ledger::{HOURS_PER_YEAR, Weight};
use crate::scenario::model::Scenario;
use serde::Serialize;

/// In the scenario's currency, in a year.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Money {
    pub failures_cost: f64,
    pub second_saves: Option<f64>,
    /// What one more of it costs by itself.
    pub second_costs: Option<f64>,
}

impl Money {
    /// `node` is what there would be a second one of.
    pub fn of(scenario: &Scenario, weight: &Weight, node: Option<usize>) -> Option<Money> {
        let price = |minutes: f64| scenario.prices.of_downtime(minutes);
        let per_hour = node.and_then(|node| scenario.nodes[node].cost_per_hour);
        Some(Money {
            failures_cost: price(weight.costs_minutes_per_year?)?,
            second_saves: weight.second_saves_minutes_per_year.and_then(price),
            second_costs: per_hour.map(|per_hour| per_hour * HOURS_PER_YEAR),
        })
    }
}
