//! How often instances are down that spares take the place of, in the long run: a Markov
//! chain of what serves, what arrives, what waits, which spares are whole, and how many are
//! known to be broken. It obeys the rules of `src/engine/happenings/standby.rs`.

use std::collections::BTreeMap;

/// What takes the place of what breaks, for a while.
#[derive(Clone, Copy, Debug)]
pub struct Spares {
    /// They need not boot.
    pub hot: bool,
    /// They break while they stand by, and nobody notices before they are wanted.
    pub break_unnoticed: bool,
    pub number: u32,
    pub switch_over_s: f64,
    /// How often the switch succeeds.
    pub coverage: f64,
    /// How many share them.
    pub shared_by: u32,
}

/// What one instance comes to in the long run.
#[derive(Clone, Copy, Debug)]
pub struct LongRun {
    /// For which share of the time it is down, apart from booting.
    pub down: f64,
    /// How often it goes down in a second so that anybody feels it.
    pub failures_per_s: f64,
    pub boots_per_s: f64,
    /// How many spares the chain knows; fewer than there are if it would be too long.
    pub spares: u32,
}

/// Longer chains would take seconds to solve.
const STATES_MOST: usize = 500;
/// More spares than these would hardly ever be needed at once.
const SPARES_MOST: u32 = 40;
/// What takes less is taken to take so long.
const SECONDS_LEAST: f64 = 1e-6;

impl Spares {
    /// With as many of the spares as a short chain can know; `None`: with none of them. All times
    /// are taken to be exponential.
    pub fn long_run(self, between_s: f64, repair_s: f64) -> Option<LongRun> {
        let rates = Rates {
            breaks: 1.0 / between_s.max(SECONDS_LEAST),
            mends: 1.0 / repair_s.max(SECONDS_LEAST),
            arrives: 1.0 / self.switch_over_s.max(SECONDS_LEAST),
        };
        if self.shared_by == 0 || !(rates.breaks > 0.0 && rates.mends > 0.0 && rates.arrives > 0.0) {
            return None;
        }
        let most = self.number.min(SPARES_MOST);
        let chain = (1..=most).rev().find_map(|number| Chain::new(Spares { number, ..self }, rates))?;
        let found = chain.long_run();
        [found.down, found.failures_per_s, found.boots_per_s]
            .iter()
            .all(|share| share.is_finite())
            .then_some(found)
    }
}

/// How often in a second.
#[derive(Clone, Copy)]
struct Rates {
    breaks: f64,
    mends: f64,
    arrives: f64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    serving: u32,
    /// Instances whose spare is on its way, and those whose spare has broken on its way.
    arriving: u32,
    arriving_broken: u32,
    /// Instances that take the next spare, unless their own repair is done before.
    waiting: u32,
    /// Instances for which the switch has failed: they have to be repaired.
    alone: u32,
    /// Spares in the order in which they are taken: whether each is whole.
    ready: Vec<bool>,
    /// Spares that are known to be broken.
    mending: u32,
}

/// What has come of the wish for a spare.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Granted,
    Failed,
    NoneThere,
}

/// What happens to one instance on the way from one state to another.
#[derive(Clone, Copy, Default)]
struct Felt {
    goes_down: bool,
    boots: bool,
}

struct Chain {
    spares: Spares,
    rates: Rates,
    states: Vec<State>,
    /// Row by row.
    flows: Vec<Vec<f64>>,
    /// For each state how often instances go down and boot in a second.
    goes_down: Vec<f64>,
    boots: Vec<f64>,
}

impl Chain {
    /// All states that can be reached from that in which all is whole; `None` if there are too
    /// many.
    fn new(spares: Spares, rates: Rates) -> Option<Chain> {
        let whole = State {
            serving: spares.shared_by,
            arriving: 0,
            arriving_broken: 0,
            waiting: 0,
            alone: 0,
            ready: vec![true; spares.number as usize],
            mending: 0,
        };
        let (states, goes_down, boots) = (vec![whole.clone()], Vec::new(), Vec::new());
        let mut chain = Chain { spares, rates, states, flows: Vec::new(), goes_down, boots };
        let mut places = BTreeMap::from([(whole, 0)]);
        let mut found: Vec<(usize, usize, f64)> = Vec::new();
        let mut next = 0;
        while next < chain.states.len() {
            let (mut goes_down, mut boots) = (0.0, 0.0);
            for (state, rate, felt) in chain.ways_from(&chain.states[next]) {
                goes_down += if felt.goes_down { rate } else { 0.0 };
                boots += if felt.boots { rate } else { 0.0 };
                let place = *places.entry(state).or_insert_with_key(|state| {
                    chain.states.push(state.clone());
                    chain.states.len() - 1
                });
                found.push((next, place, rate));
            }
            chain.goes_down.push(goes_down);
            chain.boots.push(boots);
            if chain.states.len() > STATES_MOST {
                return None;
            }
            next += 1;
        }
        chain.flows = vec![vec![0.0; chain.states.len()]; chain.states.len()];
        for (from, to, rate) in found.into_iter().filter(|(from, to, _)| from != to) {
            chain.flows[from][to] += rate;
        }
        Some(chain)
    }

    /// Where a state leads, how often in a second, and what is felt of it.
    fn ways_from(&self, state: &State) -> Vec<(State, f64, Felt)> {
        let Rates { breaks, mends, arrives } = self.rates;
        let mut ways = Vec::new();
        let mut leads = |count: u32, rate: f64, felt: Felt, change: &dyn Fn(&mut State)| {
            if count > 0 {
                let mut next = state.clone();
                change(&mut next);
                ways.push((next, f64::from(count) * rate, felt));
            }
        };
        let (nothing, boots) = (Felt::default(), Felt { boots: true, ..Felt::default() });
        leads(state.waiting, mends, boots, &|next| {
            next.waiting -= 1;
            next.serving += 1;
        });
        leads(state.alone, mends, boots, &|next| {
            next.alone -= 1;
            next.serving += 1;
        });
        leads(state.arriving, arrives, Felt { boots: !self.spares.hot, ..nothing }, &|next| {
            next.arriving -= 1;
            next.serving += 1;
        });
        if self.spares.break_unnoticed {
            leads(state.arriving, breaks, nothing, &|next| {
                next.arriving -= 1;
                next.arriving_broken += 1;
            });
            for place in 0..state.ready.len() {
                leads(u32::from(state.ready[place]), breaks, nothing, &|next| next.ready[place] = false);
            }
        }
        if state.serving > 0 {
            let without = State { serving: state.serving - 1, ..state.clone() };
            self.one_breaks(without, f64::from(state.serving) * breaks, true, &mut ways);
        }
        if state.arriving_broken > 0 {
            let without = State { arriving_broken: state.arriving_broken - 1, ..state.clone() };
            self.one_breaks(without, f64::from(state.arriving_broken) * arrives, false, &mut ways);
        }
        if state.mending > 0 {
            self.one_is_mended(state, f64::from(state.mending) * mends, &mut ways);
        }
        ways
    }

    /// An instance that the state has left out looks for a spare.
    fn one_breaks(&self, state: State, rate: f64, was_up: bool, ways: &mut Vec<(State, f64, Felt)>) {
        for (mut next, chance, wish) in self.wish_of(state) {
            match wish {
                Wish::Granted => next.mending += 1,
                Wish::Failed => next.alone += 1,
                Wish::NoneThere => next.waiting += 1,
            }
            let at_once = wish == Wish::Granted && self.spares.switch_over_s <= 0.0;
            let boots = at_once && !self.spares.hot;
            ways.push((next, rate * chance, Felt { goes_down: was_up && (!at_once || boots), boots }));
        }
    }

    /// There is one more spare, which whoever waits takes. That one's own repair goes on then.
    fn one_is_mended(&self, state: &State, rate: f64, ways: &mut Vec<(State, f64, Felt)>) {
        let mut more = state.clone();
        more.mending -= 1;
        more.ready.push(true);
        if state.waiting == 0 {
            ways.push((more, rate, Felt::default()));
            return;
        }
        for (mut next, chance, wish) in self.wish_of(more) {
            let mut felt = Felt::default();
            if wish == Wish::Granted {
                next.waiting -= 1;
                next.mending += 1;
                felt.boots = self.spares.switch_over_s <= 0.0 && !self.spares.hot;
            }
            ways.push((next, rate * chance, felt));
        }
    }

    /// Spares are taken in their order; those that are found broken are repaired from then on.
    fn wish_of(&self, mut state: State) -> Vec<(State, f64, Wish)> {
        let broken = state.ready.iter().take_while(|is_whole| !**is_whole).count();
        state.ready.drain(..broken);
        state.mending += broken as u32;
        if state.ready.is_empty() {
            return vec![(state, 1.0, Wish::NoneThere)];
        }
        let mut taken = state.clone();
        taken.ready.remove(0);
        if self.spares.switch_over_s > 0.0 {
            taken.arriving += 1;
        } else {
            taken.serving += 1;
        }
        let coverage = self.spares.coverage;
        let both = [(taken, coverage, Wish::Granted), (state, 1.0 - coverage, Wish::Failed)];
        both.into_iter().filter(|(_, chance, _)| *chance > 0.0).collect()
    }

    fn long_run(self) -> LongRun {
        let shares = shares_of_time(self.flows);
        let instances = f64::from(self.spares.shared_by);
        let of_each = |of: &dyn Fn(usize) -> f64| {
            shares.iter().enumerate().map(|(place, share)| share * of(place)).sum::<f64>() / instances
        };
        let is_down = |place: usize| f64::from(self.spares.shared_by - self.states[place].serving);
        LongRun {
            down: of_each(&is_down),
            failures_per_s: of_each(&|place| self.goes_down[place]),
            boots_per_s: of_each(&|place| self.boots[place]),
            spares: self.spares.number,
        }
    }
}

/// For which share of the time a chain is in each of its states, which have to lead to each
/// other. States are taken out one by one, so that nothing is ever subtracted, and small shares
/// are as exact as large ones (Grassmann, Taksar and Heyman).
fn shares_of_time(mut flows: Vec<Vec<f64>>) -> Vec<f64> {
    for out in (1..flows.len()).rev() {
        let (others, last) = flows.split_at_mut(out);
        let row = &last[0][..out];
        let leaves: f64 = row.iter().sum();
        for from in others {
            from[out] /= leaves;
            let visits = from[out];
            if visits > 0.0 {
                from.iter_mut().zip(row).for_each(|(flow, next)| *flow += visits * next);
            }
        }
    }
    let mut shares = vec![1.0];
    for place in 1..flows.len() {
        shares.push(shares.iter().zip(&flows).map(|(share, row)| share * row[place]).sum());
    }
    let sum: f64 = shares.iter().sum();
    shares.iter().map(|share| share / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BREAKS: f64 = 0.1;
    const MENDS: f64 = 0.5;
    const LOAD: f64 = BREAKS / MENDS;

    fn standby(hot: bool, number: u32) -> Spares {
        Spares { hot, break_unnoticed: hot, number, switch_over_s: 0.0, coverage: 1.0, shared_by: 1 }
    }

    fn found(spares: Spares) -> LongRun {
        spares.long_run(1.0 / BREAKS, 1.0 / MENDS).expect("the chain is short")
    }

    fn near(found: f64, exact: f64) {
        assert!((found / exact - 1.0).abs() < 1e-12, "{found} instead of {exact}");
    }

    #[test]
    fn a_hot_spare_breaks_as_well_and_is_found_broken_when_it_is_wanted() {
        // Whole, latent, known and down, as the runs in `src/engine/standby_tests.rs`.
        let known = 2.0 * LOAD;
        let down = BREAKS * (known + 1.0) / (2.0 * MENDS);
        let sum = 1.0 + 1.0 + known + down;
        near(found(standby(true, 1)).down, down / sum);
        // It boots when its own repair is done before the spare's, and is felt to break when
        // there is no spare.
        near(found(standby(true, 1)).boots_per_s, MENDS * down / sum);
        near(found(standby(true, 1)).failures_per_s, BREAKS * (1.0 + known) / sum);
    }

    #[test]
    fn cold_spares_leave_the_formula_of_erlang() {
        // All that is broken is repaired at once, and one more is served as long as there are any.
        for number in 1..=6 {
            let mut weights = vec![1.0];
            for broken in 1..=number + 1 {
                weights.push(weights[broken - 1] * LOAD / broken as f64);
            }
            let down = weights[number + 1] / weights.iter().sum::<f64>();
            near(found(standby(false, number as u32)).down, down);
        }
    }

    #[test]
    fn two_that_share_a_cold_spare_are_a_chain_of_how_many_are_broken() {
        let weights = [1.0, 2.0 * LOAD, 2.0 * LOAD * LOAD, 2.0 / 3.0 * LOAD * LOAD * LOAD];
        let down = (weights[2] / 2.0 + weights[3]) / weights.iter().sum::<f64>();
        near(found(Spares { shared_by: 2, ..standby(false, 1) }).down, down);
    }

    #[test]
    fn a_switch_that_fails_leaves_the_repair() {
        for hot in [false, true] {
            let never = Spares { coverage: 0.0, ..standby(hot, 3) };
            near(found(never).down, BREAKS / (BREAKS + MENDS));
        }
        // A whole spare and all serves (1), a broken one (`known`), alone with a whole one,
        // waiting with a broken one, and waiting still after the switch to that one has failed.
        let coverage = 0.7;
        let known = BREAKS * coverage / (MENDS + BREAKS - BREAKS * (1.0 + coverage) / 2.0);
        let (alone, waiting) = (LOAD * (1.0 - coverage), known * LOAD / 2.0);
        let down = alone + waiting + waiting * (1.0 - coverage);
        near(found(Spares { coverage, ..standby(false, 1) }).down, down / (1.0 + known + down));
    }

    #[test]
    fn of_many_cold_spares_only_the_switch_and_the_boot_are_felt() {
        let many = found(Spares { switch_over_s: 3.0, ..standby(false, 30) });
        near(many.down, 3.0 / (3.0 + 1.0 / BREAKS));
        near(many.failures_per_s, 1.0 / (3.0 + 1.0 / BREAKS));
        near(many.boots_per_s, many.failures_per_s);
    }

    #[test]
    fn spares_that_break_meanwhile_are_less_help_than_those_that_do_not() {
        // One that breaks on its way arrives broken, which nobody feels as a failure of its own.
        let slow = Spares { switch_over_s: 10.0, ..standby(true, 1) };
        let kept = Spares { break_unnoticed: false, ..slow };
        let (slow, kept) = (found(slow), found(kept));
        assert!(slow.down > kept.down * 1.05, "{} and {}", slow.down, kept.down);
        assert!(slow.failures_per_s < kept.failures_per_s);
    }

    #[test]
    fn of_more_spares_than_a_chain_can_know_the_rest_is_left_out() {
        let several = found(standby(true, 1_000));
        assert!(several.spares > 3 && several.spares < 1_000, "{}", several.spares);
        assert!(several.down < found(standby(true, 3)).down);
        assert!(Spares { shared_by: 1_000_000, ..standby(true, 1) }.long_run(10.0, 2.0).is_none());
    }
}
