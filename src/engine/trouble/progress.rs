//! How far each piece of maintenance has come.

use super::Trouble;
use crate::kernel::time::Time;
use crate::results::incident::Incident;

#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    /// The steps done, of the batch that it is at.
    step: u32,
    /// Instances before this one are done.
    first: usize,
    /// `None` before it has begun.
    incident: Option<u32>,
}

impl Trouble {
    /// A piece of maintenance goes on with its next step, which is returned. The first one
    /// begins it.
    pub fn next_step(&mut self, maintenance: u32, incident: impl FnOnce() -> Incident) -> u32 {
        let progress = &mut self.progress[maintenance as usize];
        progress.incident.get_or_insert_with(|| self.incidents.open(incident()));
        progress.step += 1;
        progress.step
    }

    /// Instances before this one are done.
    pub fn first_to_do(&self, maintenance: u32) -> usize {
        self.progress[maintenance as usize].first
    }

    /// So many more are done, and the steps begin anew with those after them.
    pub fn batch_is_done(&mut self, maintenance: u32, count: usize) {
        let progress = &mut self.progress[maintenance as usize];
        progress.step = 0;
        progress.first += count;
    }

    pub fn is_after_step(&self, maintenance: u32, step: u32) -> bool {
        self.progress[maintenance as usize].step == step
    }

    /// It is over, unless it has been before.
    pub fn maintenance_is_over(&mut self, maintenance: u32, now: Time) {
        let incident = self.progress[maintenance as usize].incident;
        if let Some(incident) = incident.filter(|&one| self.incidents.is_in_force(one)) {
            self.close(incident, now);
        }
    }
}
