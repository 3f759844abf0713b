//! Cores that are shared equally by all who work on them, in exact numbers.

use super::site::Time;

/// Work is counted in so many parts of what a core of the usual speed does in a nanosecond: the least
/// common multiple of 1, 2 … 60, doubled for cores of half the speed. So a share of the cores is a
/// whole number of parts, and nothing is rounded, for as many as that.
const PARTS: u128 = 2 * 9_690_712_164_777_231_700_912_800;

const WORKERS_MOST: usize = 60;

pub struct Cores {
    cores: u128,
    speed_doubled: u128,
    /// Who works, and how many parts of his work are left.
    workers: Vec<(usize, i128)>,
    updated: Time,
    /// The event at which the next of them is done.
    pub alarm: Option<u64>,
    /// Never have there been more workers than can share exactly.
    pub is_exact: bool,
}

impl Cores {
    pub fn new(cores: u32, speed_doubled: u32) -> Self {
        let (cores, speed_doubled) = (u128::from(cores), u128::from(speed_doubled));
        Cores { cores, speed_doubled, workers: Vec::new(), updated: 0, alarm: None, is_exact: true }
    }

    pub fn begin(&mut self, worker: usize, work: Time, now: Time) {
        self.catch_up(now);
        self.workers.push((worker, (u128::from(work) * PARTS) as i128));
        self.is_exact &= self.workers.len() <= WORKERS_MOST;
    }

    /// The worker leaves before he is done, if he is there.
    pub fn leave(&mut self, worker: usize, now: Time) {
        self.catch_up(now);
        self.workers.retain(|&(other, _)| other != worker);
    }

    /// When the next will be done if nobody comes or goes: the first whole nanosecond at which
    /// nothing of his work is left.
    pub fn next(&self) -> Option<Time> {
        let (_, left) = self.workers.iter().min_by_key(|(_, left)| *left)?;
        let lasts = (*left).max(0) as u128;
        Some(self.updated + lasts.div_ceil(self.parts_per_nanosecond()) as Time)
    }

    /// Who is done now.
    pub fn done(&mut self, now: Time) -> usize {
        self.catch_up(now);
        let first = (0..self.workers.len()).min_by_key(|&place| self.workers[place].1);
        let (worker, left) = self.workers.remove(first.expect("somebody works"));
        assert!(left <= 0, "this is the instant that `next` has told");
        worker
    }

    /// What each of those who work gets: a core, or his share of all.
    fn parts_per_nanosecond(&self) -> u128 {
        let a_core = PARTS / 2 * self.speed_doubled;
        let workers = self.workers.len() as u128;
        if workers <= self.cores { a_core } else { a_core * self.cores / workers }
    }

    fn catch_up(&mut self, now: Time) {
        if !self.workers.is_empty() {
            let done = self.parts_per_nanosecond() * u128::from(now - self.updated);
            for (_, left) in &mut self.workers {
                *left -= done as i128;
            }
        }
        self.updated = now;
    }
}
