//! All that breaks by chance, as rates: what a simulation of nothing but failures and repairs
//! needs to know.

use super::components::{Component, Components, hosted};
use super::function::{Model, Order};
use super::schedule::Schedules;
use crate::parts::fidelity::Fidelity;
use crate::plan::{self, NONE, Need};
use crate::scenario::model::Scenario;

/// What breaks, and what has to be up.
pub struct Breakables {
    pub all: Vec<Breakable>,
    /// How many repairers each crew has.
    pub crews: Vec<u32>,
    /// What has to be up for each class of requests.
    pub needs: Vec<Need>,
    pub instances: usize,
}

/// One component. Times are taken as exponential; in the long run only their means count, as long
/// as nobody waits for a crew.
#[derive(Clone, Debug)]
pub struct Breakable {
    pub failures_per_s: f64,
    pub repair_s: f64,
    /// An index into the crews, if it is not repaired by somebody of its own.
    pub crew: Option<u32>,
    /// After the repair it boots in so many steps of these lengths.
    pub boot_steps_s: Vec<f64>,
    /// Each instance that is down because of it, and after how many of these steps it is up.
    pub strikes: Vec<(u32, u32)>,
}

/// Why failures and repairs alone do not make the whole picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAlone {
    /// Nobody has said how often anything breaks.
    NothingBreaks,
    /// Maintenance comes by the calendar.
    Calendar,
    /// Something that has broken is never repaired.
    Unrepaired,
}

impl Breakables {
    /// Those that some class needs.
    pub fn of(scenario: &Scenario) -> Result<Breakables, NotAlone> {
        let mut scenario = scenario.clone();
        // Only then a plan tells what classes need.
        scenario.run.fidelity = Fidelity::Components;
        let plan = plan::compile(&scenario);
        let hosted = hosted(&plan);
        let components = Components::of(&scenario, &plan);
        let schedules = Schedules::of(&scenario, &plan, &hosted);
        if !schedules.all.is_empty() || !schedules.left_out.is_empty() {
            return Err(NotAlone::Calendar);
        }
        let model = Model::new(&plan, &components.all, &[], Order::Servers);
        let needed = model.order.iter().map(|&number| &components.all[number as usize]);
        let breaking = needed.filter_map(|component| Breakable::of(component, &model).transpose());
        let all: Vec<Breakable> = breaking.collect::<Result<_, _>>()?;
        if all.is_empty() {
            return Err(NotAlone::NothingBreaks);
        }
        let (needs, instances) = (plan.structure.clone(), plan.instances.len());
        Ok(Breakables { all, crews: plan.crews.as_slice().to_vec(), needs, instances })
    }
}

impl Breakable {
    fn of(component: &Component, model: &Model) -> Result<Option<Breakable>, NotAlone> {
        let Some(law) = &component.law else { return Ok(None) };
        let (down, failures_per_s) = (law.unavailable(0.0), law.failures_per_s());
        if down >= 1.0 {
            return Err(NotAlone::Unrepaired);
        }
        if failures_per_s <= 0.0 {
            return Ok(None);
        }
        let strikes: Vec<(u32, f64)> = component
            .strikes
            .iter()
            .filter(|strike| model.is_needed(strike.instance))
            .map(|strike| (strike.instance, strike.boot_s))
            .collect();
        let mut ends_s: Vec<f64> =
            strikes.iter().map(|(_, boot_s)| *boot_s).filter(|end| *end > 0.0).collect();
        ends_s.sort_by(f64::total_cmp);
        ends_s.dedup();
        let steps = |boot_s: f64| ends_s.iter().filter(|end| **end <= boot_s).count() as u32;
        let strikes = strikes.iter().map(|(instance, boot_s)| (*instance, steps(*boot_s))).collect();
        let starts_s = std::iter::once(0.0).chain(ends_s.iter().copied());
        Ok(Some(Breakable {
            // While it is up; with standbys as often as they leave it down.
            failures_per_s: failures_per_s / (1.0 - down),
            repair_s: down / failures_per_s,
            crew: Some(component.crew).filter(|crew| *crew != NONE),
            boot_steps_s: ends_s.iter().zip(starts_s).map(|(end, start)| end - start).collect(),
            strikes,
        }))
    }
}
