//! One class of requests, or all: how often it fails, by what, and what each component counts
//! for in that.

use super::bdd::Diagram;
use super::components::Sort;
use super::cut_sets::CutSets;
use super::function::{Model, Variables};
use super::ledger::{CutSet, CutSetTable, MINUTES_PER_YEAR, SECONDS_PER_YEAR, Standing, Weight};
use crate::kernel::table::Id;
use std::collections::BTreeSet;

/// Cut sets that are listed; all are counted.
const LISTED_MOST: usize = 1_000;
/// Of more cut sets than these the most probable ones are not looked for.
const LOOKED_AT_MOST: usize = 100_000;

/// What is known of one failure.
pub struct Loss {
    unavailability: f64,
    outages_per_s: f64,
    pub cut_sets: CutSets,
    /// By variables of components.
    shares: Vec<f64>,
    probability_sum: f64,
    pub chances: Vec<f64>,
    /// For each component how much worse it is while anything is down because of it, and
    /// while everything is.
    slopes: Vec<f64>,
    birnbaum: Vec<f64>,
    /// For each node what all of its replicas cost together, if there are several.
    together: Vec<(usize, f64)>,
    /// For each piece of maintenance what it costs.
    planned: Vec<(String, f64)>,
    component_of: Vec<u32>,
}

impl Loss {
    pub fn new(
        model: &Model,
        variables: &Variables,
        diagram: &Diagram,
        cut_sets: CutSets,
        of_components: &Variables,
    ) -> Loss {
        let unavailability = diagram.probability(&variables.chances);
        let by_variable = diagram.slopes(&variables.chances);
        let components = model.components.iter().enumerate();
        let slopes: Vec<f64> = components
            .map(|(number, _)| variables.of(number).next().map_or(0.0, |first| by_variable[first]))
            .collect();
        let birnbaum = birnbaum(variables, diagram, &slopes);
        let laws = model.components.iter().map(|component| component.law.as_ref());
        let failures_per_s = laws.map(|law| law.map_or(0.0, |law| law.failures_per_s()));
        let by_chance: f64 = failures_per_s.zip(&birnbaum).map(|(failures, worse)| failures * worse).sum();
        let (planned, by_plan) = planned(model, variables, diagram);
        let (probability_sum, shares) = cut_sets.sums(&of_components.chances);
        Loss {
            unavailability,
            outages_per_s: by_chance + by_plan,
            shares,
            probability_sum,
            chances: of_components.chances.clone(),
            together: together(model, variables, diagram, unavailability, &slopes),
            slopes,
            birnbaum,
            planned,
            cut_sets,
            component_of: model.order.clone(),
        }
    }

    /// `unknown` may name a thing twice.
    pub fn standing<'a>(
        &self,
        model: &Model,
        class: &str,
        unknown: impl Iterator<Item = &'a String>,
    ) -> Standing {
        let down_per_outage_s = self.unavailability / self.outages_per_s;
        let mut seen = BTreeSet::new();
        let unknown: Vec<String> = unknown.filter(|name| seen.insert(*name)).cloned().collect();
        Standing {
            class: class.to_owned(),
            at_best: !unknown.is_empty(),
            unknown,
            availability: 1.0 - self.unavailability,
            unavailability: self.unavailability,
            down_minutes_per_year: self.unavailability * MINUTES_PER_YEAR,
            outages_per_year: self.outages_per_s * SECONDS_PER_YEAR,
            outage_minutes_mean: (self.outages_per_s > 0.0).then_some(down_per_outage_s / 60.0),
            cut_sets: self.cut_set_table(model),
        }
    }

    fn cut_set_table(&self, model: &Model) -> CutSetTable {
        let counts = self.cut_sets.counts();
        let mut listed: Vec<(Option<f64>, Vec<u32>)> = self
            .cut_sets
            .list(LOOKED_AT_MOST)
            .into_iter()
            .map(|set| {
                let chance = |&variable: &u32| {
                    let component = self.component_of[variable as usize];
                    let is_known = model.components[component as usize].law.is_some();
                    is_known.then(|| self.chances[variable as usize])
                };
                (set.iter().map(chance).product(), set)
            })
            .collect();
        // The sort keeps the order of those that are equal: fewer things first.
        listed.sort_by(|one, other| {
            let rank = |set: &(Option<f64>, Vec<u32>)| set.0.unwrap_or(-1.0 - set.1.len() as f64);
            rank(other).total_cmp(&rank(one))
        });
        listed.truncate(LISTED_MOST);
        let all: u64 = counts.iter().fold(0, |sum, count| sum.saturating_add(*count));
        CutSetTable {
            count_by_order: counts[1..].to_vec(),
            probability_sum: self.probability_sum,
            left_out: all - listed.len() as u64,
            listed: listed
                .into_iter()
                .map(|(probability, set)| CutSet {
                    components: set
                        .iter()
                        .map(|&variable| {
                            model.components[self.component_of[variable as usize] as usize].told_name()
                        })
                        .collect(),
                    probability,
                    minutes_per_year: probability.map(|chance| chance * MINUTES_PER_YEAR),
                })
                .collect(),
        }
    }

    /// What some components count for, which are replicas of one node or one by itself.
    pub fn weight(&self, model: &Model, members: &[(u32, u32)]) -> Weight {
        let known = |component: u32| model.components[component as usize].law.is_some();
        if !members.iter().any(|(component, _)| known(*component)) {
            return Weight::default();
        }
        let most = |of: &dyn Fn(u32, u32) -> f64| {
            members.iter().map(|&(component, variable)| of(component, variable)).fold(0.0, f64::max)
        };
        let slope = |component: u32, _| self.birnbaum[component as usize];
        let alone =
            |component: u32, variable: u32| self.slopes[component as usize] * self.chances[variable as usize];
        let saved = |component: u32, variable: u32| {
            alone(component, variable) * (1.0 - self.chances[variable as usize])
        };
        let costs = match model.components[members[0].0 as usize].sort {
            Sort::Replica(node) if members.len() > 1 => {
                let found = self.together.iter().find(|(other, _)| *other == node);
                found.map_or(0.0, |(_, costs)| *costs)
            }
            _ => most(&alone),
        };
        let share = most(&|_, variable| self.shares[variable as usize]);
        let of = |value: f64, all: f64| if all > 0.0 { value / all } else { 0.0 };
        Weight {
            birnbaum: Some(most(&slope)),
            fussell_vesely: Some(of(share, self.probability_sum)),
            criticality: Some(of(costs, self.unavailability)),
            costs_minutes_per_year: Some(costs * MINUTES_PER_YEAR),
            second_saves_minutes_per_year: Some(most(&saved) * MINUTES_PER_YEAR),
        }
    }

    pub fn weight_of_maintenance(&self, name: &str) -> Weight {
        let costs = self.planned.iter().find(|(other, _)| other == name).map_or(0.0, |(_, costs)| *costs);
        let criticality = if self.unavailability > 0.0 { costs / self.unavailability } else { 0.0 };
        Weight {
            criticality: Some(criticality),
            costs_minutes_per_year: Some(costs * MINUTES_PER_YEAR),
            ..Weight::default()
        }
    }
}

/// How much more probable an outage is while a component is under repair than while it is whole.
/// That is a slope, unless some of what it strikes boots for longer than the rest.
fn birnbaum(variables: &Variables, diagram: &Diagram, slopes: &[f64]) -> Vec<f64> {
    let of_component = |(number, &slope): (usize, &f64)| {
        let own = variables.of(number);
        if own.len() < 2 || slope == 0.0 {
            return slope;
        }
        let mut chances = variables.chances.clone();
        chances[own.clone()].fill(1.0);
        let broken = diagram.probability(&chances);
        chances[own].fill(0.0);
        broken - diagram.probability(&chances)
    };
    slopes.iter().enumerate().map(of_component).collect()
}

/// What there would not be if no replica of a node ever failed, for nodes with several.
fn together(
    model: &Model,
    variables: &Variables,
    diagram: &Diagram,
    unavailability: f64,
    slopes: &[f64],
) -> Vec<(usize, f64)> {
    let mut of_node: Vec<Vec<usize>> = vec![Vec::new(); model.plan.nodes.len()];
    for (number, component) in model.components.iter().enumerate() {
        if let Sort::Replica(node) = component.sort
            && slopes[number] > 0.0
        {
            of_node[node].extend(variables.of(number));
        }
    }
    let several = of_node.into_iter().enumerate().filter(|(_, own)| !own.is_empty());
    let several = several.filter(|(node, _)| model.plan.nodes[Id::at(*node)].replicas > 1);
    several
        .map(|(node, own)| {
            let mut chances = variables.chances.clone();
            own.into_iter().for_each(|variable| chances[variable] = 0.0);
            (node, unavailability - diagram.probability(&chances))
        })
        .collect()
}

/// What each piece of maintenance costs, and how many outages a second all of them are.
fn planned(model: &Model, variables: &Variables, diagram: &Diagram) -> (Vec<(String, f64)>, f64) {
    let mut costs: Vec<(String, f64)> = Vec::new();
    let mut outages_per_s = 0.0;
    for (number, schedule) in model.schedules.iter().enumerate() {
        let without = diagram.probability(&variables.during(model, number, None));
        let worse: Vec<f64> = (0..schedule.states.len())
            .map(|state| diagram.probability(&variables.during(model, number, Some(state))) - without)
            .collect();
        for (own, name) in schedule.names.iter().enumerate() {
            let of_state = |((open, share), worse): (&(Vec<usize>, f64), &f64)| {
                let is_own = open.iter().any(|&window| schedule.windows[window].of == own);
                if is_own { share * worse } else { 0.0 }
            };
            costs.push((name.clone(), schedule.states.iter().zip(&worse).map(of_state).sum()));
        }
        for window in 0..schedule.windows.len() {
            let states = schedule.states.iter().zip(&worse).filter(|((open, _), _)| open.contains(&window));
            let (shares, sum) = states
                .fold((0.0, 0.0), |(shares, sum), ((_, share), worse)| (shares + share, sum + share * worse));
            if shares > 0.0 {
                outages_per_s += sum / shares / schedule.every_s;
            }
        }
    }
    (costs, outages_per_s)
}
