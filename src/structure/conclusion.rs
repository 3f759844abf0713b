//! What the ledger comes to: how many single points of failure there are, what they cost together,
//! and what a second one of the costliest part would save.

use super::ledger::{Ledger, MINUTES_PER_YEAR, Part};
use super::money::Money;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conclusion {
    pub single_points: usize,
    /// How long at least one of those is down of which that is known.
    pub single_points_down_minutes_per_year: Option<f64>,
    pub costliest: Option<Costliest>,
    /// Needed, and nobody has said how often it breaks, so that it is worse than reckoned.
    pub without_mtbf: Vec<String>,
}

/// The part without which there would be the least downtime.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Costliest {
    pub name: String,
    pub costs_minutes_per_year: f64,
    pub second_saves_minutes_per_year: Option<f64>,
    pub money_per_year: Option<Money>,
}

/// What has no `mtbf` of its own, and needs none.
const WITHOUT_LAW: [&str; 4] = ["fault", "zone", "certificate", "maintenance"];

impl Ledger {
    pub fn conclusion(&self) -> Conclusion {
        let known = self.single_points.iter().filter_map(|point| point.minutes_per_year);
        // They fail independently, and one that is down is enough.
        let all_up = known.clone().map(|minutes| 1.0 - minutes / MINUTES_PER_YEAR);
        let down = (1.0 - all_up.product::<f64>()) * MINUTES_PER_YEAR;
        let is_missing = |part: &&Part| part.unavailability.is_none() && !WITHOUT_LAW.contains(&part.kind);
        Conclusion {
            single_points: self.single_points.len(),
            single_points_down_minutes_per_year: known.clone().next().map(|_| down),
            costliest: self.costliest(),
            without_mtbf: self.parts.iter().filter(is_missing).map(|part| part.name.clone()).collect(),
        }
    }

    fn costliest(&self) -> Option<Costliest> {
        let with_costs = self.parts.iter().filter_map(|part| Some((part, part.any.costs_minutes_per_year?)));
        let (part, costs) =
            with_costs.max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, costs)| *costs > 0.0)?;
        Some(Costliest {
            name: part.name.clone(),
            costs_minutes_per_year: costs,
            second_saves_minutes_per_year: part.any.second_saves_minutes_per_year,
            money_per_year: part.money_per_year,
        })
    }
}
