//! How often requests are lost where that takes several failures at once: by importance sampling.
//!
//! A plain simulation of a site of four nines and more would see nothing for centuries. Here a run
//! is cut where everything is up, and each stretch between two such moments is a sample: the time
//! that a class of requests is lost in it, by the length of the stretch, is the share of the time
//! that it is lost. In the numerator failures are made as probable as repairs, and each thing that
//! can break as probable as any other, until the class is lost; each sample then counts for as much
//! as it is more probable in truth (balanced failure biasing). The denominator is simulated
//! plainly. Only where the site is, step by step, is drawn; the time that it stays there counts
//! with its mean.

use super::study::{Length, StudyEnd, until_enough};
use super::tasks::{Watcher, in_order};
use crate::kernel::random::{Generator, StreamFamily, below, uniform};
use crate::stats::interval::LEVEL;
use crate::stats::student::two_sided_t;
use crate::stats::two_stages::{FIRST_STAGE, Precision, runs_needed};
use crate::structure::{Breakable, Breakables};
use std::collections::VecDeque;

/// Stretches in one batch; so many biased, and so many plain.
const BIASED: u32 = 4_000;
const PLAIN: u32 = 1_000;
/// How exactly the share is wanted, and the batches that are simulated for it at most.
const WANTED: Precision = Precision::Relative(0.03);
const BATCHES_MOST: u64 = 500;
/// With so probable a failure is next, while anything is down and the class is not yet lost.
const BIAS: f64 = 0.5;

/// The share of the time for which a class is lost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RareShare {
    pub share: f64,
    /// With Student's t over the batches of the first stage, as `two_stages` has it.
    pub half_width: f64,
    /// Stretches from everything up to everything up again, and those in which the class was lost.
    pub stretches: u64,
    pub losses: u64,
    /// So many plain stretches tell as much as one of these.
    pub gain: f64,
}

/// `None`: the work was broken off, or no batch has seen the class lost.
pub fn rare_share(
    breakables: &Breakables,
    class: usize,
    seed: u64,
    watcher: &impl Watcher,
) -> Option<RareShare> {
    let batch = |number: u64| {
        let purpose = format!("rare events of class {class}");
        let generator = StreamFamily::new(seed, number).stream("site", &purpose);
        let mut walk = Walk::new(breakables, class, generator);
        let is_done = |batch: &Batch| batch.is_whole();
        Some(walk.batch(watcher)).filter(is_done)
    };
    let lost = |batches: &[Batch]| batches.iter().map(|batch| batch.lost_s).collect::<Vec<_>>();
    let length = Length::Until { goals: vec![(0, WANTED)], runs_most: BATCHES_MOST };
    let (batches, end) = until_enough(
        &length,
        |batches, _, precision| runs_needed(&lost(batches), precision),
        |numbers| in_order(numbers, watcher, batch),
    );
    if end == StudyEnd::BrokenOff {
        return None;
    }
    share_of(&batches)
}

/// A ratio of means, and its interval by the spread of both.
fn share_of(batches: &[Batch]) -> Option<RareShare> {
    let number = batches.len() as f64;
    let mean = |of: &dyn Fn(&Batch) -> f64| batches.iter().map(of).sum::<f64>() / number;
    let (lost, length) = (mean(&|batch| batch.lost_s), mean(&|batch| batch.length_s));
    if lost <= 0.0 {
        return None;
    }
    let share = lost / length;
    let first = &batches[..FIRST_STAGE];
    let off = |batch: &Batch| (batch.lost_s - share * batch.length_s).powi(2);
    let variance = first.iter().map(off).sum::<f64>() / (FIRST_STAGE - 1) as f64;
    let half_width = two_sided_t(FIRST_STAGE as u32 - 1, LEVEL) * (variance / number).sqrt() / length;
    let variance_of = |squares: f64| (squares - lost * lost).max(f64::MIN_POSITIVE);
    let gain = variance_of(mean(&|batch| batch.plain_square)) / variance_of(mean(&|batch| batch.square));
    Some(RareShare {
        share,
        half_width,
        stretches: batches.len() as u64 * u64::from(BIASED),
        losses: batches.iter().map(|batch| batch.losses).sum(),
        gain,
    })
}

/// Means over the stretches of a batch.
#[derive(Clone, Copy, Debug, Default)]
struct Batch {
    stretches: u32,
    lost_s: f64,
    length_s: f64,
    /// Of the square of the weighted time lost, and what plain stretches would have of it.
    square: f64,
    plain_square: f64,
    losses: u64,
}

impl Batch {
    fn is_whole(&self) -> bool {
        self.stretches == BIASED + PLAIN
    }
}

/// What came of one stretch.
#[derive(Clone, Copy, Debug, Default)]
struct Stretch {
    length_s: f64,
    lost_s: f64,
    /// The same, with the time of each visit to a state weighted by how much more probable the way
    /// there is in truth.
    weighted_lost_s: f64,
    /// How much more probable the whole stretch is.
    weight: f64,
}

/// From state to state.
struct Walk<'a> {
    breakables: &'a Breakables,
    class: usize,
    generator: Generator,
    /// Of each thing: 0 while it is up, 1 until it is repaired, and one more for each step of its
    /// boot that is over.
    phases: Vec<u32>,
    /// Those that are not up, those that are broken, and who waits for each crew.
    not_up: Vec<u32>,
    broken: u32,
    waiting: Vec<VecDeque<u32>>,
    /// Of each instance, by how many things it is kept down.
    struck: Vec<u32>,
    /// Failure rates, summed up.
    cumulated: Vec<f64>,
}

impl<'a> Walk<'a> {
    fn new(breakables: &'a Breakables, class: usize, generator: Generator) -> Walk<'a> {
        let mut sum = 0.0;
        let cumulated = breakables.all.iter().map(|one| {
            sum += one.failures_per_s;
            sum
        });
        Walk {
            breakables,
            class,
            generator,
            phases: vec![0; breakables.all.len()],
            not_up: Vec::new(),
            broken: 0,
            waiting: vec![VecDeque::new(); breakables.crews.len()],
            struck: vec![0; breakables.instances],
            cumulated: cumulated.collect(),
        }
    }

    fn batch(&mut self, watcher: &impl Watcher) -> Batch {
        let mut batch = Batch::default();
        for number in 0..BIASED + PLAIN {
            if watcher.breaks_off() {
                return batch;
            }
            let is_biased = number < BIASED;
            let stretch = self.stretch(is_biased);
            batch.stretches += 1;
            if !is_biased {
                batch.length_s += stretch.length_s / f64::from(PLAIN);
                continue;
            }
            let share = 1.0 / f64::from(BIASED);
            batch.lost_s += stretch.weighted_lost_s * share;
            batch.square += stretch.weighted_lost_s * stretch.weighted_lost_s * share;
            batch.plain_square += stretch.weight * stretch.lost_s * stretch.lost_s * share;
            batch.losses += u64::from(stretch.lost_s > 0.0);
        }
        batch
    }

    /// From everything up to everything up again.
    fn stretch(&mut self, is_biased: bool) -> Stretch {
        let mut stretch = Stretch { weight: 1.0, ..Stretch::default() };
        let mut is_biased = is_biased;
        loop {
            let (fails, mends) = (self.failure_rate(), self.repair_rate());
            let stay_s = 1.0 / (fails + mends);
            stretch.length_s += stay_s;
            if !self.not_up.is_empty() && self.is_lost() {
                stretch.lost_s += stay_s;
                stretch.weighted_lost_s += stretch.weight * stay_s;
                is_biased = false;
            }
            let chance = fails * stay_s;
            let biased_chance = match is_biased && fails > 0.0 && mends > 0.0 {
                true => BIAS,
                false => chance,
            };
            if uniform(&mut self.generator) < biased_chance {
                stretch.weight *= chance / biased_chance;
                let number = if is_biased { self.any_whole() } else { self.next_to_fail() };
                if is_biased {
                    let others = self.phases.len() as f64 - f64::from(self.broken);
                    stretch.weight *= self.breakables.all[number].failures_per_s / fails * others;
                }
                self.fail(number);
            } else {
                stretch.weight *= (1.0 - chance) / (1.0 - biased_chance);
                self.mend_next(mends);
                if self.not_up.is_empty() {
                    return stretch;
                }
            }
        }
    }

    fn is_lost(&self) -> bool {
        !self.breakables.needs[self.class].is_met(&|instance| self.struck[instance.index()] == 0)
    }

    /// If all is whole.
    fn failure_rate_of_all(&self) -> f64 {
        self.cumulated.last().copied().unwrap_or(0.0)
    }

    /// What boots can break again.
    fn failure_rate(&self) -> f64 {
        let broken = self.not_up.iter().filter(|number| self.phases[**number as usize] == 1);
        let missing: f64 = broken.map(|&number| self.breakables.all[number as usize].failures_per_s).sum();
        match self.broken as usize == self.phases.len() {
            true => 0.0,
            false => (self.failure_rate_of_all() - missing).max(0.0),
        }
    }

    fn repair_rate(&self) -> f64 {
        self.not_up.iter().map(|&number| self.rate_of(number)).sum()
    }

    /// How fast this goes on towards being up.
    fn rate_of(&self, number: u32) -> f64 {
        let one = &self.breakables.all[number as usize];
        match self.phases[number as usize] {
            1 if !self.is_being_repaired(number, one) => 0.0,
            1 => 1.0 / one.repair_s,
            phase => 1.0 / one.boot_steps_s[phase as usize - 2],
        }
    }

    fn is_being_repaired(&self, number: u32, one: &Breakable) -> bool {
        one.crew.is_none_or(|crew| {
            let repairers = self.breakables.crews[crew as usize] as usize;
            self.waiting[crew as usize].iter().take(repairers).any(|&first| first == number)
        })
    }

    /// Anything that can break, with the same chance for each.
    fn any_whole(&mut self) -> usize {
        loop {
            let number = below(&mut self.generator, self.phases.len() as u32) as usize;
            if self.phases[number] != 1 {
                return number;
            }
        }
    }

    /// By the rates.
    fn next_to_fail(&mut self) -> usize {
        loop {
            let point = uniform(&mut self.generator) * self.failure_rate_of_all();
            let number = self.cumulated.partition_point(|&sum| sum <= point).min(self.phases.len() - 1);
            if self.phases[number] != 1 {
                return number;
            }
        }
    }

    fn fail(&mut self, number: usize) {
        let one = &self.breakables.all[number];
        let phase = std::mem::replace(&mut self.phases[number], 1);
        // Those that are still booting are down already.
        for &(instance, steps) in &one.strikes {
            self.struck[instance as usize] += u32::from(phase == 0 || phase >= steps + 2);
        }
        if phase == 0 {
            self.not_up.push(number as u32);
        }
        self.broken += 1;
        if let Some(crew) = one.crew {
            self.waiting[crew as usize].push_back(number as u32);
        }
    }

    /// One of those that are not up goes on.
    fn mend_next(&mut self, mends: f64) {
        let mut point = uniform(&mut self.generator) * mends;
        let rates = self.not_up.iter().map(|&number| self.rate_of(number));
        let mut place = None;
        for (number, rate) in rates.enumerate().filter(|(_, rate)| *rate > 0.0) {
            place = Some(number);
            point -= rate;
            if point < 0.0 {
                break;
            }
        }
        let Some(place) = place else { return };
        let number = self.not_up[place] as usize;
        let one = &self.breakables.all[number];
        let phase = self.phases[number];
        if phase == 1 {
            self.broken -= 1;
            if let Some(crew) = one.crew {
                self.waiting[crew as usize].retain(|&other| other as usize != number);
            }
        }
        let steps_done = phase - 1;
        for &(instance, steps) in &one.strikes {
            self.struck[instance as usize] -= u32::from(steps == steps_done);
        }
        self.phases[number] = phase + 1;
        if steps_done as usize == one.boot_steps_s.len() {
            self.phases[number] = 0;
            self.not_up.swap_remove(place);
        }
    }
}
