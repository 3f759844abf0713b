//! The ledger: how long each class of requests fails in a year, and what each part of the site
//! costs of that.

use super::bdd::{Diagram, TooEntangled};
use super::components::{Component, Components, Sort, hosted};
use super::cut_sets::CutSets;
use super::function::{Failures, Model, Order, Variables};
use super::loss::Loss;
use super::money::Money;
use super::notes::notes;
use super::schedule::Schedules;
use super::single_points::enough;
use super::telling::told;
use crate::parts::fidelity::Fidelity;
use crate::plan;
use crate::scenario::model::Scenario;
use serde::Serialize;
use std::collections::BTreeSet;

pub const HOURS_PER_YEAR: f64 = 8_760.0;
pub const SECONDS_PER_YEAR: f64 = HOURS_PER_YEAR * 3_600.0;
pub const MINUTES_PER_YEAR: f64 = HOURS_PER_YEAR * 60.0;

#[derive(Clone, Debug, Serialize)]
pub struct Ledger {
    pub scenario: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Whether anything is known to break, so that there is more than structure.
    pub has_figures: bool,
    /// Cut sets of more things than these are not looked for.
    pub order_most: usize,
    pub classes: Vec<Standing>,
    /// Whether any class fails.
    pub any: Standing,
    /// What costs most comes first.
    pub parts: Vec<Part>,
    pub single_points: Vec<SinglePoint>,
    /// What would be one if nothing stood by for it: it is down until that has taken over.
    pub covered_points: Vec<SinglePoint>,
    /// What is not in the figures.
    pub notes: Vec<String>,
}

/// A class of requests, in the long run.
#[derive(Clone, Debug, Serialize)]
pub struct Standing {
    pub class: String,
    /// Whether the figures are the best that can be: of what is in `unknown` nobody has said how
    /// often it fails, and it counts as if it never did.
    pub at_best: bool,
    pub unknown: Vec<String>,
    pub availability: f64,
    pub unavailability: f64,
    pub down_minutes_per_year: f64,
    pub outages_per_year: f64,
    pub outage_minutes_mean: Option<f64>,
    pub cut_sets: CutSetTable,
}

#[derive(Clone, Debug, Serialize)]
pub struct CutSetTable {
    /// How many there are of one thing, of two, of three …
    pub count_by_order: Vec<u64>,
    /// The sum of their probabilities, which is a little more than the unavailability.
    pub probability_sum: f64,
    pub listed: Vec<CutSet>,
    /// Those that are counted and not listed.
    pub left_out: u64,
}

#[derive(Clone, Debug, Serialize)]
pub struct CutSet {
    pub components: Vec<String>,
    /// That all of them are down at once; `None` if nobody has said how often one of them fails.
    pub probability: Option<f64>,
    pub minutes_per_year: Option<f64>,
}

/// A node with its replicas, a common cause, a zone, a certificate, or maintenance.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    pub name: String,
    /// The kind of the node, `fault`, `zone`, `certificate` or `maintenance`.
    pub kind: &'static str,
    pub replicas: u32,
    pub mtbf_hours: Option<f64>,
    pub mttr_hours: Option<f64>,
    /// Of one replica by itself.
    pub unavailability: Option<f64>,
    /// For any class.
    #[serde(flatten)]
    pub any: Weight,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub money_per_year: Option<Money>,
    /// For each class that needs it.
    pub classes: Vec<ClassWeight>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ClassWeight {
    pub class: String,
    #[serde(flatten)]
    pub weight: Weight,
}

/// What a part counts for. Of several replicas, `birnbaum` and `fussell_vesely` are those of
/// the one that counts most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Weight {
    /// How much more probable an outage is while it is down than while it is up.
    pub birnbaum: Option<f64>,
    /// Its share of the probability of all cut sets.
    pub fussell_vesely: Option<f64>,
    /// The share of the downtime that there would not be if it never failed.
    pub criticality: Option<f64>,
    /// The minutes of this.
    pub costs_minutes_per_year: Option<f64>,
    /// The minutes that there would not be if there were a second one of (one of) it.
    pub second_saves_minutes_per_year: Option<f64>,
}

/// One thing whose failure is enough.
#[derive(Clone, Debug, Serialize)]
pub struct SinglePoint {
    pub component: String,
    pub kind: &'static str,
    pub classes: Vec<String>,
    pub minutes_per_year: Option<f64>,
    pub sentence: String,
}

/// First all orders are tried with few branches, then with as many as there may be.
const BRANCHES_FEW: usize = 50_000;
pub const BRANCHES_MOST: usize = 2_000_000;

/// Everything about a scenario that needs no run. Cut sets of up to `order_most` things.
pub fn analyze(scenario: &Scenario, order_most: usize) -> Result<Ledger, TooEntangled> {
    let mut scenario = scenario.clone();
    // Only then a plan tells what classes need.
    scenario.run.fidelity = Fidelity::Components;
    let plan = plan::compile(&scenario);
    let components = Components::of(&scenario, &plan);
    let schedules = Schedules::of(&scenario, &plan, &hosted(&plan));
    for branches_most in [BRANCHES_FEW, BRANCHES_MOST] {
        for order in Order::ALL {
            let model = Model::new(&plan, &components.all, &schedules.all, order);
            if let Ok(losses) = Losses::of(&model, order_most, branches_most) {
                return Ok(ledger(
                    &scenario,
                    &model,
                    losses,
                    notes(&scenario, &model, &components, &schedules),
                ));
            }
        }
    }
    Err(TooEntangled)
}

/// All failures that are looked at.
struct Losses {
    variables: Variables,
    has_figures: bool,
    classes: Vec<Loss>,
    any: Loss,
}

impl Losses {
    fn of(model: &Model, order_most: usize, branches_most: usize) -> Result<Losses, TooEntangled> {
        let chances = Variables::of_chances(model);
        let figures = Failures::of(model, &chances, branches_most)?;
        let variables = Variables::of_components(model);
        let structure = Failures::of(model, &variables, branches_most)?;
        let loss = |figures: &Diagram, structure: &Diagram| -> Result<Loss, TooEntangled> {
            let cut_sets = CutSets::of(structure, order_most, branches_most)?;
            Ok(Loss::new(model, &chances, figures, cut_sets, &variables))
        };
        let pairs = figures.classes.iter().zip(&structure.classes);
        let classes: Result<Vec<Loss>, TooEntangled> =
            pairs.map(|(figures, structure)| loss(figures, structure)).collect();
        let (classes, any) = (classes?, loss(&figures.any, &structure.any)?);
        Ok(Losses { has_figures: !chances.chances.is_empty(), variables, classes, any })
    }
}

fn ledger(scenario: &Scenario, model: &Model, losses: Losses, notes: Vec<String>) -> Ledger {
    let Losses { variables, has_figures, classes, any } = losses;
    let (single_points, covered_points) =
        told(scenario, model, &variables, &enough(model.plan, model.components));
    let standings = classes.iter().zip(&scenario.classes);
    let unknown: Vec<Vec<String>> =
        (0..scenario.classes.len()).map(|class| without_law(scenario, model, class)).collect();
    Ledger {
        scenario: scenario.name.clone(),
        currency: scenario.prices.currency.clone(),
        has_figures,
        order_most: any.cut_sets.order_most,
        any: any.standing(model, "any", unknown.iter().flatten()),
        classes: standings
            .zip(&unknown)
            .map(|((loss, class), unknown)| loss.standing(model, &class.name, unknown.iter()))
            .collect(),
        parts: parts(scenario, model, &variables, &any, &classes),
        single_points,
        covered_points,
        notes,
    }
}

/// What a class needs and of which nobody has said how often it fails.
fn without_law(scenario: &Scenario, model: &Model, class: usize) -> Vec<String> {
    let needed = model.needed_by(class).into_iter().map(|number| &model.components[number as usize]);
    let mut names: Vec<String> = Vec::new();
    for component in needed.filter(|component| component.law.is_none()) {
        let name = match component.sort {
            Sort::Replica(node) => scenario.nodes[node].name.clone(),
            Sort::Common | Sort::Zone | Sort::Certificate => component.told_name(),
        };
        names.push(name);
    }
    // Replicas have one name.
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// All that some class needs, one line for each node.
fn parts(
    scenario: &Scenario,
    model: &Model,
    of_components: &Variables,
    any: &Loss,
    classes: &[Loss],
) -> Vec<Part> {
    let names: Vec<&str> = scenario.classes.iter().map(|class| class.name.as_str()).collect();
    let of_classes = |weight: &dyn Fn(&Loss) -> Weight| -> Vec<ClassWeight> {
        let weights = classes.iter().zip(&names).map(|(loss, name)| (weight(loss), name));
        let counting =
            weights.filter(|(weight, _)| weight.costs_minutes_per_year.is_some_and(|costs| costs > 0.0));
        counting.map(|(weight, name)| ClassWeight { class: (*name).to_owned(), weight }).collect()
    };
    let mut groups: Vec<Vec<(u32, u32)>> = Vec::new();
    let mut of_node = vec![usize::MAX; scenario.nodes.len()];
    for &component in &model.order {
        let member = (component, of_components.first_of[component as usize]);
        match model.components[component as usize].sort {
            Sort::Replica(node) if of_node[node] != usize::MAX => groups[of_node[node]].push(member),
            sort => {
                if let Sort::Replica(node) = sort {
                    of_node[node] = groups.len();
                }
                groups.push(vec![member]);
            }
        }
    }
    let mut parts: Vec<Part> = Vec::new();
    for members in groups {
        let component = &model.components[members[0].0 as usize];
        let (name, replicas) = match component.sort {
            Sort::Replica(node) => (scenario.nodes[node].name.clone(), scenario.nodes[node].replicas),
            _ => (component.name.clone(), 1),
        };
        let node = match component.sort {
            Sort::Replica(node) => Some(node),
            _ => None,
        };
        let law = component.law.as_ref();
        let own = any.weight(model, &members);
        let chances = members.iter().map(|(_, variable)| any.chances[*variable as usize]);
        let hours = |seconds: f64| seconds.is_finite().then_some(seconds / 3_600.0);
        parts.push(Part {
            name,
            kind: component.kind(scenario),
            replicas,
            mtbf_hours: law.and_then(|law| hours(law.between_s)),
            mttr_hours: law.and_then(|law| hours(law.repair_s)),
            unavailability: law.map(|_| chances.fold(0.0, f64::max)),
            money_per_year: Money::of(scenario, &own, node),
            any: own,
            classes: of_classes(&|loss| loss.weight(model, &members)),
        });
    }
    parts.extend(maintenance(scenario, model, any, of_classes));
    let rank = |part: &Part| part.any.costs_minutes_per_year.unwrap_or(-1.0);
    parts.sort_by(|one, other| rank(other).total_cmp(&rank(one)));
    parts
}

/// One for each piece of maintenance that comes again.
fn maintenance(
    scenario: &Scenario,
    model: &Model,
    any: &Loss,
    of_classes: impl Fn(&dyn Fn(&Loss) -> Weight) -> Vec<ClassWeight>,
) -> Vec<Part> {
    let mut parts = Vec::new();
    for schedule in model.schedules {
        parts.extend(schedule.names.iter().enumerate().map(|(own, name)| {
            let states = schedule.states.iter();
            let weight = any.weight_of_maintenance(name);
            let is_own = |open: &[usize]| open.iter().any(|&window| schedule.windows[window].of == own);
            Part {
                name: name.clone(),
                kind: "maintenance",
                replicas: 1,
                mtbf_hours: None,
                mttr_hours: None,
                unavailability: Some(states.filter(|(open, _)| is_own(open)).map(|(_, share)| share).sum()),
                money_per_year: Money::of(scenario, &weight, None),
                any: weight,
                classes: of_classes(&|loss| loss.weight_of_maintenance(name)),
            }
        }));
    }
    parts
}

impl Component {
    pub fn kind(&self, scenario: &Scenario) -> &'static str {
        match self.sort {
            Sort::Replica(node) => scenario.nodes[node].kind.name(),
            Sort::Common => "fault",
            Sort::Zone => "zone",
            Sort::Certificate => "certificate",
        }
    }

    /// A name that tells a zone and a certificate from a node.
    pub fn told_name(&self) -> String {
        match self.sort {
            Sort::Replica(_) | Sort::Common => self.name.clone(),
            Sort::Zone => format!("zone {}", self.name),
            Sort::Certificate => format!("certificate of {}", self.name),
        }
    }
}
