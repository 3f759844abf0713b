//! Which requests are followed so that it can be told where the time goes: all while they are few,
//! and one in so many of a class where many are to come.
//!
//! Of so many requests of a class that come one after the other, chance chooses one. If more come
//! than was thought, of two of these groups the one is given up that chance says. So a sample with
//! fewer requests is a part of that with more, and thinning it at any time gives what would have
//! been followed from the start. Nothing but the seed and the numbers of requests has a say in it,
//! and above all not which rows are written.

use crate::kernel::random::mix;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::{DAY, Time, to_seconds};
use crate::parts::arrivals::Arrivals;
use crate::parts::fidelity::Fidelity;
use crate::plan::{Plan, ids};
use crate::results::path::{ClassPaths, Part, Path, Paths};
use crate::scenario::model::{RunEnd, Warmup};

/// So many requests of each class are followed at least, if there are so many; fewer where there
/// are more than a handful of classes.
const LEAST: u64 = 10_000;
const LEAST_OF_ALL: u64 = 80_000;
const LEAST_OF_ANY: u64 = 500;
/// With so many times as many, or with so many parts for each, half of them are enough.
const MOST: u64 = 4;
const PARTS_MOST: u64 = 64;

#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// Of each class, how many requests come before the next that is followed.
    left: Table<ids::Class, u64>,
    /// Empty as long as nobody wants to know.
    classes: Table<ids::Class, Class>,
    least: u64,
    seed: u64,
}

#[derive(Clone, Debug)]
struct Class {
    /// One in so many is followed, and one in twice as many for each time that they were too many.
    group: u64,
    level: u32,
    /// The number of the next one.
    next: u64,
    seed: u64,
    paths: ClassPaths,
}

impl Class {
    fn one_in(&self) -> u64 {
        self.group << self.level
    }

    /// The number of the one that is chosen of those of a group, which are `one_in`.
    fn chosen(&self, group: u64) -> u64 {
        let group = (1..=self.level).rev().fold(group, |group, level| {
            let half = mix(group ^ self.seed.rotate_left(level)) & 1;
            2 * group + half
        });
        group * self.group + mix(group ^ self.seed) % self.group
    }

    fn is_chosen(&self, number: u64) -> bool {
        self.chosen(number / self.one_in()) == number
    }

    /// The first that is chosen of those with this number and later ones.
    fn first_from(&self, number: u64) -> u64 {
        let group = number / self.one_in();
        Some(self.chosen(group)).filter(|&chosen| chosen >= number).unwrap_or_else(|| self.chosen(group + 1))
    }
}

impl Sample {
    pub fn of_nobody(plan: &Plan, seed: u64) -> Sample {
        Sample { left: Table::filled(u64::MAX, plan.classes.len()), classes: Table::new(), least: 0, seed }
    }

    /// From now on requests are followed.
    pub fn start(&mut self, plan: &Plan) {
        let classes = plan.classes.len() as u64;
        self.least = (LEAST_OF_ALL / classes.max(1)).clamp(LEAST_OF_ANY, LEAST);
        let expected = expected(plan);
        for (number, expected) in expected.entries() {
            let group = (*expected as u64 / self.least).max(1);
            let seed = mix(self.seed ^ mix(u64::from(number.number())));
            let mut class = Class { group, level: 0, next: 0, seed, paths: ClassPaths::default() };
            class.next = class.first_from(0);
            self.left[number] = class.next;
            self.classes.push(class);
        }
    }

    /// A request of this class begins: its number if it is in the sample.
    #[inline(always)]
    pub fn begins(&mut self, class: Id<ids::Class>) -> Option<u64> {
        let left = &mut self.left[class];
        if *left > 0 {
            *left -= 1;
            return None;
        }
        Some(self.begins_chosen(class))
    }

    /// All that come before the next that is followed; those that have not come are given back.
    pub fn take_unfollowed(&mut self, class: Id<ids::Class>) -> u64 {
        std::mem::take(&mut self.left[class])
    }

    pub fn give_back(&mut self, class: Id<ids::Class>, left: u64) {
        self.left[class] += left;
    }

    #[cold]
    #[inline(never)]
    fn begins_chosen(&mut self, number: Id<ids::Class>) -> u64 {
        let class = &mut self.classes[number];
        let chosen = class.next;
        class.next = class.first_from(chosen + 1);
        self.left[number] = class.next - chosen - 1;
        chosen
    }

    /// A request that was in the sample when it began has ended.
    pub fn add(&mut self, class: Id<ids::Class>, path: Path, parts: &[(Part, Time)]) {
        let number = class;
        let class = &mut self.classes[number];
        if !class.is_chosen(path.number) {
            return;
        }
        class.paths.add(path, parts);
        let most = MOST * self.least;
        if class.paths.paths.len() as u64 >= most || class.paths.parts() as u64 >= most * PARTS_MOST {
            let coming = class.next - self.left[number];
            class.level += 1;
            let mut paths = std::mem::take(&mut class.paths);
            paths.retain(|path| class.is_chosen(path.number));
            class.paths = paths;
            class.next = class.first_from(coming);
            self.left[number] = class.next - coming;
        }
    }

    /// What has been gathered. Those that were met in the steady state stand for so many more, too.
    pub fn finish(self, not_simulated: u64) -> Paths {
        let class = |mut class: Class| {
            class.paths.one_in = class.one_in();
            class.paths
        };
        let classes: Vec<ClassPaths> = self.classes.into_iter().map(class).collect();
        let steady = |class: &ClassPaths| {
            class.one_in * class.paths.iter().filter(|path| path.is_steady).count() as u64
        };
        let steady = u128::from(classes.iter().map(steady).sum::<u64>().max(1));
        let steady_thousandths = 1_000 + (u128::from(not_simulated) * 1_000 / steady) as u64;
        Paths { classes, steady_thousandths }
    }
}

/// How many requests of each class come in the run, more or less; none where it is not known. A
/// guess that is wrong costs time, if it is too small, or makes the sample smaller.
fn expected(plan: &Plan) -> Table<ids::Class, f64> {
    let unknown = Table::filled(0.0, plan.classes.len());
    if plan.fidelity != Fidelity::Requests {
        return unknown;
    }
    let seconds = match plan.end {
        RunEnd::After(duration) => to_seconds(duration),
        RunEnd::Requests(_) => to_seconds(DAY),
    };
    let mut expected = unknown.clone();
    for source in &plan.sources {
        let is_recording = matches!(source.arrivals, Arrivals::Replay(_));
        let Some(rate) = source.arrivals.mean_rate(seconds).filter(|_| !is_recording) else {
            return unknown;
        };
        let mut before = 0.0;
        for program in &source.programs {
            expected[program.class] += rate * (program.cumulated_share - before);
            before = program.cumulated_share;
        }
    }
    let all: f64 = expected.iter().sum();
    let factor = match (plan.end, plan.warmup) {
        (RunEnd::After(_), _) => seconds,
        _ if all <= 0.0 => 0.0,
        (RunEnd::Requests(requests), Warmup::Requests(warmup)) => {
            requests.saturating_add(warmup) as f64 / all
        }
        (RunEnd::Requests(requests), _) => requests as f64 / all,
    };
    expected.into_iter().map(|rate| rate * factor).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::path::Cause;

    fn class(group: u64, level: u32, seed: u64) -> Class {
        Class { group, level, next: 0, seed: mix(seed), paths: ClassPaths::default() }
    }

    #[test]
    fn of_so_many_in_a_row_one_is_chosen_each_with_the_same_chance() {
        for (group, level) in [(16, 0), (1, 4), (4, 2)] {
            let class = class(group, level, 1);
            let mut times_chosen = [0; 16];
            for group in 0..16_000 {
                let chosen = class.chosen(group);
                assert_eq!(chosen / 16, group);
                times_chosen[(chosen % 16) as usize] += 1;
            }
            // Each is binomial with mean 1000 and deviation 31.
            assert!(times_chosen.iter().all(|count| (870..1130).contains(count)), "{times_chosen:?}");
        }
    }

    #[test]
    fn fewer_are_a_part_of_more() {
        for level in 0..10 {
            let (fine, coarse) = (class(3, level, 7), class(3, level + 1, 7));
            assert!((0..1_000).all(|group| fine.is_chosen(coarse.chosen(group))));
        }
        let everybody = class(1, 0, 7);
        assert!((0..100).all(|number| everybody.is_chosen(number)));
    }

    fn sampled(least: u64, level: u32, requests: u64) -> (Class, u64) {
        let mut first = class(1, level, 3);
        first.next = first.first_from(0);
        let mut sample =
            Sample { left: vec![first.next].into(), classes: vec![first].into(), least, seed: 0 };
        let (mut begun, mut most) = (Vec::new(), 0);
        for number in 0..requests {
            if let Some(chosen) = sample.begins(Id::FIRST) {
                assert_eq!(chosen, number);
                begun.push(chosen);
            }
            // They end in disorder, a while later.
            if begun.len() > 5 {
                let ends = begun.remove((number % 3) as usize);
                let parts = [(Part::at(Cause::Service, 0), ends)];
                sample.add(Id::FIRST, Path::new(ends, 0, ends), &parts);
            }
            most = most.max(sample.classes[Id::FIRST].paths.paths.len() as u64);
        }
        (sample.classes.into_values().remove(0), most)
    }

    #[test]
    fn a_sample_that_was_thinned_is_the_one_that_was_thin_from_the_start() {
        let (thinned, most) = sampled(100, 0, 50_000);
        assert_eq!((thinned.level, most), (7, 4 * 100 - 1));
        let (thin, _) = sampled(100, 7, 50_000);
        let numbers = |class: &Class| {
            let mut numbers: Vec<u64> = class.paths.paths.iter().map(|path| path.number).collect();
            numbers.sort_unstable();
            numbers
        };
        let (thinned_numbers, thin_numbers) = (numbers(&thinned), numbers(&thin));
        // What is under way at the end may differ.
        let common = thinned_numbers.len().min(thin_numbers.len()) - 6;
        assert!(common > 150);
        assert_eq!(thinned_numbers[..common], thin_numbers[..common]);
        assert!(thinned.paths.all().all(|(path, parts)| parts[0].1 == path.latency));
    }
}
