//! What has gone wrong, in the order in which it began, and what of it is in force.

use super::Trouble;
use crate::kernel::time::Time;
use crate::plan::Plan;
use crate::results::incident::Incident;
use rustc_hash::FxHashMap;

/// Incidents that are listed one by one. Those beyond are listed once for all that are alike, of
/// which there are no more than there are things that can go wrong.
const LISTED_MOST: usize = 100_000;

#[derive(Clone, Debug)]
pub struct Incidents {
    list: Vec<Incident>,
    unlisted: u64,
    /// Of what is not listed one by one: the place of all that has this kind, name and target.
    together: FxHashMap<(&'static str, String, String), u32>,
    /// Incidents in force, the latest last.
    active: Vec<u32>,
    /// The incident that was over last, and when.
    latest_over: Option<(u32, Time)>,
    /// The latest incident that each change, and each random fault, has opened.
    of_changes: Vec<Option<u32>>,
    of_random_faults: Vec<Option<u32>>,
}

impl Incidents {
    pub fn new(plan: &Plan) -> Self {
        Incidents {
            list: Vec::new(),
            unlisted: 0,
            together: FxHashMap::default(),
            active: Vec::new(),
            latest_over: None,
            of_changes: vec![None; plan.changes.len()],
            of_random_faults: vec![None; plan.random_faults.len()],
        }
    }

    pub fn get(&self, number: u32) -> Option<&Incident> {
        self.list.get(number as usize)
    }

    /// Whether anything is in force.
    pub fn are_in_force(&self) -> bool {
        !self.active.is_empty()
    }

    pub fn is_in_force(&self, number: u32) -> bool {
        self.active.contains(&number)
    }

    /// Of those in force the one that began last.
    pub fn latest(&self) -> Option<u32> {
        self.active.last().copied()
    }

    /// Those in force, the latest last.
    pub fn in_force(&self) -> impl Iterator<Item = &Incident> {
        self.active.iter().filter_map(|&number| self.get(number))
    }

    /// The incident that was over last, and when.
    pub fn latest_over(&self) -> Option<(u32, Time)> {
        self.latest_over
    }

    /// All that are listed, and how many are not.
    pub fn finish(self) -> (Vec<Incident>, u64) {
        (self.list, self.unlisted)
    }

    pub(super) fn open(&mut self, incident: Incident) -> u32 {
        let mut number = self.list.len() as u32;
        if self.list.len() >= LISTED_MOST {
            self.unlisted += 1;
            let alike = (incident.kind, incident.name.clone(), incident.target.clone());
            number = *self.together.entry(alike).or_insert(number);
        }
        match self.list.get_mut(number as usize) {
            Some(known) => (known.times, known.end) = (known.times + 1, None),
            None => self.list.push(incident),
        }
        self.active.push(number);
        number
    }

    fn close(&mut self, number: u32, now: Time) {
        if let Some(place) = self.active.iter().position(|&active| active == number) {
            self.active.remove(place);
            self.latest_over = Some((number, now));
        }
        // It may stand for another one as well that is still in force.
        if !self.active.contains(&number)
            && let Some(incident) = self.list.get_mut(number as usize)
        {
            incident.end = Some(now);
        }
    }
}

impl Trouble {
    /// From now on this is in force; returns its number.
    pub fn open(&mut self, incident: Incident) -> u32 {
        self.incidents.open(incident)
    }

    /// It is over.
    pub fn close(&mut self, number: u32, now: Time) {
        self.incidents.close(number, now);
    }

    /// A change at a known time begins.
    pub fn change_begins(&mut self, number: u32, incident: Incident) -> u32 {
        let incident = self.incidents.open(incident);
        self.incidents.of_changes[number as usize] = Some(incident);
        incident
    }

    pub fn change_ends(&mut self, number: u32, now: Time) {
        if let Some(incident) = self.incidents.of_changes[number as usize] {
            self.incidents.close(incident, now);
        }
    }

    pub fn random_fault_begins(&mut self, number: u32, incident: Incident) -> u32 {
        let incident = self.incidents.open(incident);
        self.incidents.of_random_faults[number as usize] = Some(incident);
        incident
    }

    pub fn random_fault_ends(&mut self, number: u32, now: Time) {
        if let Some(incident) = self.incidents.of_random_faults[number as usize] {
            self.incidents.close(incident, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::trial;
    use crate::parts::fault::Fault;

    #[test]
    fn what_is_beyond_the_list_is_listed_once_for_all_that_is_alike() {
        let plan = trial::plan_of(
            "
run: { duration: 1m }
nodes: { users: { kind: user, arrivals: 1/s }, app: { kind: station } }
requests: { page: { path: [ app: 1ms ] } }
",
        );
        let mut incidents = Incidents::new(&plan);
        let crash = |name: &str, start: Time| {
            Incident::of_fault(Fault::Crash, name.to_owned(), "app".to_owned(), start)
        };
        for number in 0..LISTED_MOST as Time {
            let opened = incidents.open(crash("a", number));
            incidents.close(opened, number + 1);
        }
        assert_eq!((incidents.list.len(), incidents.unlisted), (LISTED_MOST, 0));
        let start = LISTED_MOST as Time;
        let (one, other) = (incidents.open(crash("a", start)), incidents.open(crash("b", start + 1)));
        let again = incidents.open(crash("a", start + 2));
        assert!(one == again && one != other, "alike is alike");
        incidents.close(one, start + 3);
        let told = |incidents: &Incidents, number: u32| {
            let incident = &incidents.list[number as usize];
            (incident.name.clone(), incident.times, incident.start, incident.end)
        };
        assert_eq!(
            told(&incidents, one),
            ("a".to_owned(), 2, start, None),
            "the other one is still in force"
        );
        incidents.close(again, start + 4);
        incidents.close(other, start + 5);
        assert_eq!(told(&incidents, one), ("a".to_owned(), 2, start, Some(start + 4)));
        assert_eq!(told(&incidents, other), ("b".to_owned(), 1, start + 1, Some(start + 5)));
        assert_eq!((incidents.list.len(), incidents.unlisted), (LISTED_MOST + 2, 3));
        assert!(!incidents.are_in_force());
    }
}
