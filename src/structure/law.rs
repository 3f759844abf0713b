//! For which share of the time something is down that breaks and is repaired by chance.

use crate::parts::distribution::Distribution;

/// Of more spares than these the rest are left out; they would hardly ever be needed at once.
const SPARES_MOST: usize = 50;

/// What takes the place of what breaks, for a while.
#[derive(Clone, Copy, Debug)]
pub struct Spares {
    pub hot: bool,
    pub number: u32,
    pub switch_over_s: f64,
    /// How often the switch succeeds.
    pub coverage: f64,
    /// How many share them.
    pub shared_by: u32,
}

/// In the long run: how often it breaks, and for how long it is down then.
#[derive(Clone, Debug)]
pub struct Law {
    pub between_s: f64,
    pub repair_s: f64,
    up: Distribution,
    /// Down in each cycle before it boots, on average.
    down_s: f64,
    /// How often it boots in each cycle.
    boots: f64,
}

impl Law {
    pub fn new(up: &Distribution, repair: &Distribution, spares: Option<Spares>) -> Law {
        let (between_s, repair_s) = (up.mean(), repair.mean());
        let (down_s, boots) = match spares {
            None => (repair_s, 1.0),
            Some(spares) => {
                let covered = covered_share(between_s, repair_s, spares);
                let cold = if spares.hot { 0.0 } else { covered };
                (covered * spares.switch_over_s + (1.0 - covered) * repair_s, 1.0 - covered + cold)
            }
        };
        Law { between_s, repair_s, up: up.clone(), down_s, boots }
    }

    /// The share of the time, if it also takes so long to boot each time. The next failure may
    /// come while it boots: it has been running since the end of its repair.
    pub fn unavailable(&self, boot_s: f64) -> f64 {
        match (self.between_s.is_finite(), self.down_s.is_finite()) {
            (_, false) => 1.0,
            (false, true) => 0.0,
            _ => (self.down_s + self.boots * self.mean_within(boot_s)) / (self.between_s + self.down_s),
        }
    }

    /// How often it goes down in a second.
    pub fn failures_per_s(&self) -> f64 {
        // A spare that takes over at once spares everybody the failure.
        let is_felt = self.down_s > 0.0 || self.boots > 0.0;
        if is_felt { 1.0 / (self.between_s + self.down_s) } else { 0.0 }
    }

    /// The mean of the time until it breaks, cut off after so many seconds.
    fn mean_within(&self, seconds: f64) -> f64 {
        const STEPS: u32 = 128;
        if seconds <= 0.0 {
            return 0.0;
        }
        if let Distribution::Exponential { mean } = self.up {
            return -mean * libm::expm1(-seconds / mean);
        }
        let step = seconds / f64::from(STEPS);
        let weight = |place: u32| match place {
            0 | STEPS => 1.0,
            odd if odd % 2 == 1 => 4.0,
            _ => 2.0,
        };
        let sum: f64 =
            (0..=STEPS).map(|place| weight(place) * (1.0 - self.up.cdf(f64::from(place) * step))).sum();
        sum * step / 3.0
    }
}

/// How many failures of all a spare takes the place of. What is broken is repaired and is a
/// spare from then on; all times are taken to be exponential with the same means.
fn covered_share(between_s: f64, repair_s: f64, spares: Spares) -> f64 {
    let number = (spares.number as usize).min(SPARES_MOST);
    if !between_s.is_finite() || !repair_s.is_finite() || number == 0 {
        return if repair_s.is_finite() { spares.coverage } else { 0.0 };
    }
    let (fails, mends) = (f64::from(spares.shared_by.max(1)) / between_s, 1.0 / repair_s.max(1e-12));
    let until_failure = chances_left(number, mends, fails);
    let until_repaired = chances_left(number, mends, mends);
    let switched = chances_left_after(number, mends, spares.switch_over_s);
    // The number of spares under repair whenever it begins to run.
    let mut now = vec![0.0; number + 1];
    now[0] = 1.0;
    let mut covered = 0.0;
    const ROUNDS_MOST: u32 = 20_000;
    for _ in 0..ROUNDS_MOST {
        let mut next = vec![0.0; number + 1];
        let mut sum = 0.0;
        for (broken, chance) in spread(&now, &until_failure).into_iter().enumerate() {
            let jumps_in = if broken < number { chance * spares.coverage } else { 0.0 };
            sum += jumps_in;
            if jumps_in > 0.0 {
                add(&mut next, &switched[broken + 1], jumps_in);
            }
            add(&mut next, &until_repaired[broken], chance - jumps_in);
        }
        let change: f64 = next.iter().zip(&now).map(|(new, old)| (new - old).abs()).sum();
        (now, covered) = (next, sum);
        if change < 1e-15 {
            break;
        }
    }
    covered
}

fn add(to: &mut [f64], row: &[f64], weight: f64) {
    to.iter_mut().zip(row).for_each(|(to, chance)| *to += weight * chance);
}

fn spread(now: &[f64], rows: &[Vec<f64>]) -> Vec<f64> {
    let mut after = vec![0.0; now.len()];
    now.iter().zip(rows).for_each(|(chance, row)| add(&mut after, row, *chance));
    after
}

/// For each number under repair the chances of how many are left when something happens that
/// comes with some rate.
fn chances_left(number: usize, mends: f64, comes: f64) -> Vec<Vec<f64>> {
    let of = |from: usize| {
        let mut row = vec![0.0; number + 1];
        let mut still = 1.0;
        for left in (0..=from).rev() {
            let mended = left as f64 * mends;
            row[left] = still * comes / (comes + mended);
            still *= mended / (comes + mended);
        }
        row
    };
    (0..=number).map(of).collect()
}

/// The same after a given time.
fn chances_left_after(number: usize, mends: f64, seconds: f64) -> Vec<Vec<f64>> {
    let stays = libm::exp(-mends * seconds);
    let mut rows = vec![vec![0.0; number + 1]; number + 1];
    rows[0][0] = 1.0;
    for from in 1..=number {
        for left in 0..=from {
            let kept = if left > 0 { rows[from - 1][left - 1] * stays } else { 0.0 };
            rows[from][left] = kept + rows[from - 1][left] * (1.0 - stays);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exponential(mean: f64) -> Distribution {
        Distribution::Exponential { mean }
    }

    #[test]
    fn what_is_repaired_is_down_for_its_share_of_the_cycle() {
        let law = Law::new(&exponential(720.0), &exponential(4.0), None);
        assert!((law.unavailable(0.0) - 4.0 / 724.0).abs() < 1e-15);
        assert!((law.failures_per_s() - 1.0 / 724.0).abs() < 1e-15);
        // It boots for a minute, unless it breaks again meanwhile.
        let boots = 720.0 * (1.0 - libm::exp(-60.0 / 720.0));
        assert!((law.unavailable(60.0) - (4.0 + boots) / 724.0).abs() < 1e-12);
        let steady = Law::new(&Distribution::Constant(720.0), &exponential(4.0), None);
        assert!((steady.unavailable(60.0) - 64.0 / 724.0).abs() < 1e-12);
    }

    #[test]
    fn what_never_ends_is_down_for_ever_and_what_never_breaks_is_not() {
        let endless = Distribution::Pareto { scale: 1.0, shape: 0.5 };
        assert_eq!(Law::new(&exponential(1.0), &endless, None).unavailable(1.0), 1.0);
        assert_eq!(Law::new(&endless, &exponential(1.0), None).unavailable(1.0), 0.0);
    }

    #[test]
    fn a_cold_spare_leaves_what_the_markov_chain_leaves() {
        // Up with a whole spare, up with a broken one, down while the first of two repairs
        // goes on: but here each breakdown has a repair of its own, so that the one that
        // found no spare ends only with its own repair.
        let (fails, mends) = (1.0 / 100.0, 1.0 / 10.0);
        let spares = Spares { hot: true, number: 1, switch_over_s: 0.0, coverage: 1.0, shared_by: 1 };
        let law = Law::new(&exponential(100.0), &exponential(10.0), Some(spares));
        // Balance of: up and whole (a), up and spare broken (b), down and spare broken (c),
        // down and spare whole (d). a fails to b; b is mended to a or fails to c; c goes to b
        // when its own repair ends and to d when the spare's does; d goes to a.
        let c_of_b = fails / (2.0 * mends);
        let d_of_b = c_of_b;
        let a_of_b = (mends + mends * d_of_b) / fails;
        let sum = a_of_b + 1.0 + c_of_b + d_of_b;
        let down = (c_of_b + d_of_b) / sum;
        assert!((law.unavailable(0.0) - down).abs() < 1e-9, "{} and {down}", law.unavailable(0.0));
    }
}
