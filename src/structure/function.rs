//! When requests fail, as functions of what has failed.
//!
//! There are two sorts of variables. For cut sets each component is one: it has failed or not.
//! For probabilities a component that strikes instances with different boot times is several, of
//! which each can be true only if the one before it is; and maintenance is one for each state of
//! the calendar.

use super::bdd::{Diagram, Diagrams, Function, NO, TooEntangled, YES};
use super::components::{Component, Sort};
use super::schedule::Schedule;
use crate::plan::{NONE, Need, Plan};
use rustc_hash::FxHashSet;

/// In which order components are asked whether they have failed. Which one gives small diagrams
/// depends on how the site is laid out, so that one tries them in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// All that stands on a server with it: many layers on the same servers.
    Servers,
    /// All that a common cause hits with it: many racks, with servers for all layers in each.
    Causes,
    /// As requests need them: many layers in a few zones.
    Needs,
}

impl Order {
    pub const ALL: [Order; 3] = [Order::Servers, Order::Causes, Order::Needs];

    fn keeps_together(self, component: &Component) -> bool {
        match self {
            Order::Servers => matches!(component.sort, Sort::Replica(_)),
            Order::Causes => true,
            Order::Needs => false,
        }
    }
}

/// All that can fail, and what fails with it.
pub struct Model<'a> {
    pub plan: &'a Plan,
    pub components: &'a [Component],
    pub schedules: &'a [Schedule],
    /// The components that some class needs, those that belong together side by side.
    pub order: Vec<u32>,
    /// For each instance the components that strike it, with the time that it boots then.
    causes: Vec<Vec<(u32, f64)>>,
    /// For each instance its place among those that are needed, or `NONE`.
    place_of: Vec<u32>,
}

impl<'a> Model<'a> {
    pub fn new(
        plan: &'a Plan,
        components: &'a [Component],
        schedules: &'a [Schedule],
        order: Order,
    ) -> Model<'a> {
        let mut causes: Vec<Vec<(u32, f64)>> = vec![Vec::new(); plan.instances.len()];
        for (number, component) in components.iter().enumerate() {
            for strike in &component.strikes {
                causes[strike.instance as usize].push((number as u32, strike.boot_s));
            }
        }
        // What strikes the most comes first: rack, then server, then process.
        for causes in &mut causes {
            causes.sort_by_key(|(component, _)| {
                (std::cmp::Reverse(components[*component as usize].strikes.len()), *component)
            });
        }
        let place_of = vec![NONE; plan.instances.len()];
        let mut model = Model { plan, components, schedules, order: Vec::new(), causes, place_of };
        model.put_in_order(order);
        model
    }

    /// Goes from each instance to what strikes it, and from there to what else that strikes.
    fn put_in_order(&mut self, order: Order) {
        let mut wanted = Vec::new();
        self.plan.structure.iter().for_each(|need| instances_of(need, &mut wanted));
        let mut is_needed = vec![false; self.plan.instances.len()];
        wanted.iter().for_each(|&instance| is_needed[instance as usize] = true);
        let mut is_ordered = vec![false; self.components.len()];
        let mut places = 0;
        wanted.reverse();
        let mut pending = wanted;
        while let Some(instance) = pending.pop() {
            if self.place_of[instance as usize] != NONE {
                continue;
            }
            self.place_of[instance as usize] = places;
            places += 1;
            for &(cause, _) in &self.causes[instance as usize] {
                let component = &self.components[cause as usize];
                if std::mem::replace(&mut is_ordered[cause as usize], true) {
                    continue;
                }
                self.order.push(cause);
                if order.keeps_together(component) {
                    let strikes = component.strikes.iter().rev();
                    let others = strikes.map(|strike| strike.instance);
                    pending.extend(others.filter(|&other| is_needed[other as usize]));
                }
            }
        }
        let certificates = (0..self.components.len() as u32)
            .filter(|&number| self.components[number as usize].sort == Sort::Certificate);
        self.order.extend(certificates);
    }

    /// All that can fail requests of a class, each once, in the order in which they need it.
    pub fn needed_by(&self, class: usize) -> Vec<u32> {
        let mut instances = Vec::new();
        instances_of(&self.plan.structure[class], &mut instances);
        let causes = instances.iter().flat_map(|&instance| &self.causes[instance as usize]);
        let stops = |number: &u32| self.components[*number as usize].stops.contains(&class);
        let stopping = (0..self.components.len() as u32).filter(stops);
        let mut seen = FxHashSet::default();
        causes.map(|(component, _)| *component).chain(stopping).filter(|one| seen.insert(*one)).collect()
    }

    pub fn is_needed(&self, instance: u32) -> bool {
        self.place_of[instance as usize] != NONE
    }

    /// The times that needed instances boot after this has failed, the longest first.
    pub fn boot_times_s(&self, component: u32) -> Vec<f64> {
        let strikes = self.components[component as usize].strikes.iter();
        let needed = strikes.filter(|strike| self.is_needed(strike.instance));
        let mut times: Vec<f64> = needed.map(|strike| strike.boot_s).collect();
        times.sort_by(|one, other| other.total_cmp(one));
        times.dedup();
        times
    }
}

fn instances_of(need: &Need, instances: &mut Vec<u32>) {
    match need {
        Need::AnyOf(any) => instances.extend(any.iter().map(|instance| instance.number())),
        Need::AtLeast(_, needs) => needs.iter().for_each(|need| instances_of(need, instances)),
    }
}

/// What each class's failure is a function of.
pub struct Variables {
    /// How probable each is.
    pub chances: Vec<f64>,
    /// The first variable of each component, or `NONE`.
    pub first_of: Vec<u32>,
    /// The boot time at which each of a component's variables stops to be true.
    boot_times_s: Vec<Vec<f64>>,
    /// The first variable of each schedule; one for each state follows.
    pub first_of_schedule: Vec<u32>,
}

impl Variables {
    /// One for each component.
    pub fn of_components(model: &Model) -> Variables {
        let mut first_of = vec![NONE; model.components.len()];
        let mut chances = Vec::new();
        for &component in &model.order {
            first_of[component as usize] = chances.len() as u32;
            let law = model.components[component as usize].law.as_ref();
            let boot_s = model.boot_times_s(component).first().copied().unwrap_or(0.0);
            chances.push(law.map_or(0.0, |law| law.unavailable(boot_s)));
        }
        let boot_times_s = vec![vec![0.0]; model.components.len()];
        Variables { chances, first_of, boot_times_s, first_of_schedule: Vec::new() }
    }

    /// As many as probabilities need.
    pub fn of_chances(model: &Model) -> Variables {
        let mut variables = Variables {
            chances: Vec::new(),
            first_of: vec![NONE; model.components.len()],
            boot_times_s: vec![Vec::new(); model.components.len()],
            first_of_schedule: Vec::new(),
        };
        for schedule in model.schedules {
            variables.first_of_schedule.push(variables.chances.len() as u32);
            let mut left = 1.0;
            for (_, share) in &schedule.states {
                // Each is asked only if none before it was true.
                variables.chances.push(if left > 0.0 { (share / left).min(1.0) } else { 0.0 });
                left -= share;
            }
        }
        for &component in &model.order {
            let Some(law) = &model.components[component as usize].law else { continue };
            let times_s = model.boot_times_s(component);
            let mut before = 1.0;
            let first = variables.chances.len() as u32;
            for &boot_s in &times_s {
                let unavailable = law.unavailable(boot_s);
                variables.chances.push(if before > 0.0 { unavailable / before } else { 0.0 });
                before = unavailable;
            }
            if !times_s.is_empty() && variables.chances[first as usize] > 0.0 {
                variables.first_of[component as usize] = first;
                variables.boot_times_s[component as usize] = times_s;
            } else {
                variables.chances.truncate(first as usize);
            }
        }
        variables
    }

    /// The variables of a component.
    pub fn of(&self, component: usize) -> std::ops::Range<usize> {
        match self.first_of[component] {
            NONE => 0..0,
            first => first as usize..first as usize + self.boot_times_s[component].len(),
        }
    }

    /// How probable each is while one state of a schedule lasts, or (`None`) none of them.
    pub fn during(&self, model: &Model, schedule: usize, state: Option<usize>) -> Vec<f64> {
        let first = self.first_of_schedule[schedule] as usize;
        let mut chances = self.chances.clone();
        chances[first..first + model.schedules[schedule].states.len()].fill(0.0);
        if let Some(state) = state {
            chances[first + state] = 1.0;
        }
        chances
    }
}

/// For each class whether it fails, and whether any does.
pub struct Failures {
    pub classes: Vec<Diagram>,
    pub any: Diagram,
}

impl Failures {
    pub fn of(model: &Model, variables: &Variables, branches_most: usize) -> Result<Failures, TooEntangled> {
        let diagrams = Diagrams::new(branches_most);
        let instances = vec![None; model.plan.instances.len()];
        let mut builder = Builder { model, variables, diagrams, instances, windows: Vec::new() };
        builder.find_windows()?;
        let mut classes = Vec::with_capacity(model.plan.structure.len());
        for (class, need) in model.plan.structure.iter().enumerate() {
            let mut fails = builder.fails(need)?;
            for (number, component) in model.components.iter().enumerate() {
                if component.stops.contains(&class) {
                    let stopped = builder.has_failed(number as u32, 0.0)?;
                    fails = builder.diagrams.or(fails, stopped)?;
                }
            }
            classes.push(fails);
        }
        let mut any = NO;
        for &class in &classes {
            any = builder.diagrams.or(any, class)?;
        }
        let extract = |function: &Function| builder.diagrams.extract(*function);
        Ok(Failures { classes: classes.iter().map(extract).collect(), any: extract(&any) })
    }
}

struct Builder<'a> {
    model: &'a Model<'a>,
    variables: &'a Variables,
    diagrams: Diagrams,
    /// For each instance whether it is down, once that has been asked for.
    instances: Vec<Option<Function>>,
    /// For each instance that maintenance takes down, when it is.
    windows: Vec<(u32, Function)>,
}

impl Builder<'_> {
    fn find_windows(&mut self) -> Result<(), TooEntangled> {
        for (schedule, &first) in self.model.schedules.iter().zip(&self.variables.first_of_schedule) {
            for (number, window) in schedule.windows.iter().enumerate() {
                let mut is_open = NO;
                for (state, (open, _)) in schedule.states.iter().enumerate().rev() {
                    let here = if open.contains(&number) { YES } else { NO };
                    is_open = self.diagrams.branch(first + state as u32, is_open, here)?;
                }
                self.windows.extend(window.instances.iter().map(|&instance| (instance, is_open)));
            }
        }
        self.windows.sort_unstable();
        Ok(())
    }

    /// Whether a component has failed and what boots for so long after it is still down.
    fn has_failed(&mut self, component: u32, boot_s: f64) -> Result<Function, TooEntangled> {
        let first = self.variables.first_of[component as usize];
        if first == NONE {
            return Ok(NO);
        }
        let times_s = &self.variables.boot_times_s[component as usize];
        let last = times_s.iter().rposition(|&time_s| time_s >= boot_s).unwrap_or(0) as u32;
        let mut failed = YES;
        for variable in (first..=first + last).rev() {
            failed = self.diagrams.branch(variable, NO, failed)?;
        }
        Ok(failed)
    }

    fn is_down(&mut self, instance: u32) -> Result<Function, TooEntangled> {
        if let Some(known) = self.instances[instance as usize] {
            return Ok(known);
        }
        let mut down = NO;
        let model = self.model;
        for &(component, boot_s) in model.causes[instance as usize].iter().rev() {
            let failed = self.has_failed(component, boot_s)?;
            down = self.diagrams.or(down, failed)?;
        }
        let from = self.windows.partition_point(|(other, _)| *other < instance);
        let until = self.windows.partition_point(|(other, _)| *other <= instance);
        for place in from..until {
            down = self.diagrams.or(down, self.windows[place].1)?;
        }
        self.instances[instance as usize] = Some(down);
        Ok(down)
    }

    fn fails(&mut self, need: &Need) -> Result<Function, TooEntangled> {
        match need {
            Need::AnyOf(instances) => {
                let mut instances: Vec<u32> = instances.iter().map(|instance| instance.number()).collect();
                // Those that are asked first are put in last, on top of the others.
                instances.sort_by_key(|&instance| self.model.place_of[instance as usize]);
                instances.dedup();
                let mut all_down = YES;
                for &instance in instances.iter().rev() {
                    let down = self.is_down(instance)?;
                    all_down = self.diagrams.and(down, all_down)?;
                }
                Ok(all_down)
            }
            Need::AtLeast(least, needs) => {
                let failures: Result<Vec<Function>, TooEntangled> =
                    needs.iter().map(|need| self.fails(need)).collect();
                let missing = (needs.len() + 1).saturating_sub(*least as usize);
                self.diagrams.at_least(missing, &failures?)
            }
        }
    }
}
