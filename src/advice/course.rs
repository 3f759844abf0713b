//! The course of trying: few runs of everything first, more of what might matter, then two at once.

use super::answer::{Advice, AsItStands, METHOD, NotPossible, Tried, WasFull};
use super::candidates::{Candidate, candidates};
use super::change::Change;
use super::evidence::{Evidence, find};
use super::exact::single_points;
use super::judging::{Judge, Verdict, goals_met, promise, then_full, verdict};
use super::more::{more, still_more};
use super::order::{best, in_order_of_worth};
use super::seen::{Figure, Seen, is_wish};
use super::site::Site;
use super::trying::Trial;
use super::wish::Wish;
use crate::analysis::costs::declared_per_month;
use crate::diagnosis::{Diagnosis, Goal};
use crate::experiment::tasks::Watcher;
use crate::parts::resource::ResourceKind;
use crate::scenario::resources::{Resource, name};
use crate::stats::interval::LEVEL;

/// No more changes than these are tried one by one.
const CHANGES_MOST: usize = 24;
/// Pairs of everything, and of what is not settled by them.
const PAIRS_FIRST: u64 = 3;
const PAIRS_SECOND: u64 = 5;
/// Of so many that promise most, more pairs are made; of two at once only if they promise more than one.
const MATTER_MOST: usize = 6;
const COUPLES_MATTER_MOST: usize = 2;
const PROMISES_MORE: f64 = 1.01;
/// So many couples are tried: of what is full one after the other, of what helps most with what might mend
/// the rest, and of these many sorts that promise most.
const CHAINED_MOST: usize = 3;
const FOLLOWING_MOST: usize = 7;
const SORTS_MOST: usize = 3;
/// With so much of what was missing gained, nothing is left for a second change.
const ALL_GAINED: f64 = 0.98;

/// A candidate that is tried: its place in the trial.
struct Entry {
    contestant: usize,
    candidates: Vec<Candidate>,
}

struct Course<'a, W: Watcher> {
    site: &'a Site,
    wish: &'a Wish,
    trial: Trial<'a, W>,
    evidence: Evidence,
    singles: Vec<Entry>,
    couples: Vec<Entry>,
    not_possible: Vec<NotPossible>,
    left_out: Vec<Change>,
}

/// Changes that might help, tried. If it is broken off, what has been tried until then is told.
pub fn advise(site: &Site, wish: &Wish, watcher: &impl Watcher) -> Advice {
    let seed = wish.seed.unwrap_or(site.scenario.run.seed);
    let trial = Trial::new(site.scenario.clone(), seed, watcher);
    let mut course = Course {
        site,
        wish,
        trial,
        evidence: Evidence::default(),
        singles: Vec::new(),
        couples: Vec::new(),
        not_possible: Vec::new(),
        left_out: Vec::new(),
    };
    course.trial.run(&[(BASE, course.first())]);
    course.evidence = Evidence::of(site, course.trial.runs(BASE));
    course.try_singles();
    course.try_couples();
    course.finish(seed)
}

/// The place of the scenario as it stands.
const BASE: usize = 0;

impl<W: Watcher> Course<'_, W> {
    fn first(&self) -> u64 {
        PAIRS_FIRST.min(self.wish.pairs_most)
    }

    fn try_singles(&mut self) {
        let mut all = candidates(self.site, &self.evidence, &self.wish.only);
        let left_out = all.split_off(all.len().min(CHANGES_MOST));
        self.left_out = left_out.into_iter().map(|candidate| candidate.change).collect();
        for candidate in all {
            if let Some(entry) = self.enter(vec![candidate]) {
                self.singles.push(entry);
            }
        }
        self.plan_ahead();
        self.run_all(Self::singles, self.first());
        let larger: Vec<Candidate> = self.singles.iter().filter_map(|entry| self.larger(entry)).collect();
        for candidate in larger {
            if let Some(entry) = self.enter(vec![candidate]) {
                self.singles.push(entry);
            }
        }
        self.run_all(Self::singles, self.first());
        self.run_on(Self::singles, (0.0, MATTER_MOST));
    }

    /// What will be done at most, for whoever looks on.
    fn plan_ahead(&mut self) {
        let (most, first) = (self.wish.pairs_most, self.first());
        let singles = self.singles.len() as u64;
        let couples = if singles > 1 { (CHAINED_MOST + FOLLOWING_MOST) as u64 * first } else { 0 };
        let more = (MATTER_MOST as u64).min(singles) * (most - first);
        let base = if singles > 0 { most - first } else { 0 };
        self.trial.plan_more(singles * first + more + couples + base);
    }

    /// With its scenario, if that is one.
    fn enter(&mut self, candidates: Vec<Candidate>) -> Option<Entry> {
        let settings: Vec<&String> =
            candidates.iter().flat_map(|candidate| &candidate.change.settings).collect();
        match self.site.changed(settings) {
            Ok(scenario) => Some(Entry { contestant: self.trial.add(scenario), candidates }),
            Err(why) => {
                let changes = candidates.into_iter().map(|candidate| candidate.change).collect();
                self.not_possible.push(NotPossible { changes, why });
                None
            }
        }
    }

    fn singles(&self) -> &[Entry] {
        &self.singles
    }

    fn couples(&self) -> &[Entry] {
        &self.couples
    }

    fn run_all(&mut self, which: fn(&Self) -> &[Entry], pairs: u64) {
        let wanted: Vec<(usize, u64)> = which(self).iter().map(|entry| (entry.contestant, pairs)).collect();
        self.trial.run(&wanted);
    }

    /// More pairs of those that promise most, and some more of those of which nobody can tell yet.
    fn run_on(&mut self, which: fn(&Self) -> &[Entry], (above, matter_most): (f64, usize)) {
        let most = self.wish.pairs_most;
        let entries = which(self);
        let mut promising: Vec<(f64, usize)> =
            entries.iter().map(|entry| (self.promise(entry), entry.contestant)).collect();
        promising.retain(|(promise, _)| *promise > above);
        promising.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let matter: Vec<usize> =
            promising.iter().take(matter_most).map(|(_, contestant)| *contestant).collect();
        let open = entries.iter().filter(|entry| self.verdict(entry) == Verdict::CannotTell);
        let open: Vec<usize> =
            open.map(|entry| entry.contestant).filter(|contestant| !matter.contains(contestant)).collect();
        let mut wanted = Vec::new();
        if !matter.is_empty() {
            wanted.push((BASE, most));
        } else if !open.is_empty() {
            wanted.push((BASE, most.min(PAIRS_SECOND)));
        }
        wanted.extend(matter.into_iter().map(|contestant| (contestant, most)));
        wanted.extend(open.into_iter().map(|contestant| (contestant, most.min(PAIRS_SECOND))));
        self.trial.run(&wanted);
    }

    /// Twice as much again of what was still full.
    fn larger(&self, entry: &Entry) -> Option<Candidate> {
        let [candidate] = entry.candidates.as_slice() else { return None };
        let resource = candidate.grows.as_ref()?;
        let still = self.causes(entry.contestant);
        if !still.contains(&name(&self.site.scenario, resource.kind, resource.owner)) {
            return None;
        }
        let change = still_more(self.site, resource)?;
        let is_new = change.settings != candidate.change.settings;
        is_new.then(|| Candidate { change, grows: Some(resource.clone()) })
    }

    fn diagnosis(&self, contestant: usize) -> Option<&Diagnosis> {
        let first = self.trial.runs(contestant).first()?;
        first.closer.as_ref().map(|closer| &closer.diagnosis)
    }

    /// What was full and waited for nothing else.
    fn causes(&self, contestant: usize) -> Vec<String> {
        let mut names = Vec::new();
        let diagnosis = self.diagnosis(contestant).into_iter();
        for full in diagnosis.flat_map(Diagnosis::bad_phases).flat_map(|phase| phase.causes()) {
            if !names.contains(&full.name) {
                names.push(full.name.clone());
            }
        }
        names
    }

    fn judge(&self) -> Judge {
        Judge { tried: (self.singles.len() + self.couples.len()).max(1) }
    }

    fn promise(&self, entry: &Entry) -> f64 {
        promise(&self.judge().compared(self.trial.runs(BASE), self.trial.runs(entry.contestant)))
    }

    fn verdict(&self, entry: &Entry) -> Verdict {
        verdict(&self.judge().compared(self.trial.runs(BASE), self.trial.runs(entry.contestant)))
    }

    fn try_couples(&mut self) {
        if self.trial.is_broken_off {
            return;
        }
        for couple in self.wanted_couples() {
            if let Some(entry) = self.enter(couple) {
                self.couples.push(entry);
            }
        }
        self.run_all(Self::couples, self.first());
        let most = self.singles.iter().map(|entry| self.promise(entry)).fold(0.0, f64::max);
        self.run_on(Self::couples, (most * PROMISES_MORE, COUPLES_MATTER_MOST));
    }

    fn wanted_couples(&self) -> Vec<Vec<Candidate>> {
        let mut couples: Vec<Vec<Candidate>> = Vec::new();
        for couple in self.chained().into_iter().chain(self.following()).chain(self.sorts()) {
            let settings = |couple: &[Candidate]| {
                let mut settings: Vec<String> =
                    couple.iter().flat_map(|one| one.change.settings.clone()).collect();
                settings.sort_unstable();
                settings
            };
            let is_new = !couples.iter().any(|known| settings(known) == settings(&couple));
            if is_new && !couple[0].change.clashes_with(&couple[1].change) {
                couples.push(couple);
            }
        }
        couples
    }

    /// More of one thing, and of what is full then.
    fn chained(&self) -> Vec<Vec<Candidate>> {
        let mut couples = Vec::new();
        for entry in self.singles.iter().filter(|entry| self.promise(entry) < ALL_GAINED) {
            let [one] = entry.candidates.as_slice() else { continue };
            // A longer line is no more of anything.
            if one.grows.as_ref().is_none_or(|grows| grows.kind == ResourceKind::Backlog) {
                continue;
            }
            let others = self.causes(entry.contestant).into_iter().filter_map(|full| self.more_of(&full));
            couples.extend(others.map(|other| vec![one.clone(), other]));
        }
        couples.truncate(CHAINED_MOST);
        couples
    }

    /// What helps most, with what its own runs suggest: first what has not been thought of before.
    fn following(&self) -> Vec<Vec<Candidate>> {
        let by_promise = |entry: &&Entry| self.promise(entry);
        let sound = self.singles.iter().filter(|entry| {
            self.verdict(entry) == Verdict::Helps
                && !entry.candidates.iter().any(|one| one.change.is_assumed())
        });
        let best = sound.max_by(|a, b| by_promise(a).total_cmp(&by_promise(b)));
        let Some(best) = best.filter(|best| self.promise(best) < ALL_GAINED) else { return Vec::new() };
        let [one] = best.candidates.as_slice() else { return Vec::new() };
        let Some(site) = self.site.with(&one.change.settings) else { return Vec::new() };
        let evidence = Evidence::of(&site, self.trial.runs(best.contestant));
        let is_known = |other: &Candidate| {
            let singles = self.singles.iter().flat_map(|entry| &entry.candidates);
            singles.into_iter().any(|known| known.change.settings == other.change.settings)
        };
        let mut others = candidates(&site, &evidence, &self.wish.only);
        others.retain(|other| !other.change.is_assumed() && !other.change.clashes_with(&one.change));
        others.sort_by_key(is_known);
        others.into_iter().take(FOLLOWING_MOST).map(|other| vec![one.clone(), other]).collect()
    }

    /// Two by two the best of each sort.
    fn sorts(&self) -> Vec<Vec<Candidate>> {
        let best = self.best_of_families();
        let pairs = best.iter().enumerate().flat_map(|(place, one)| {
            best[place + 1..].iter().map(move |other| vec![(*one).clone(), (*other).clone()])
        });
        pairs.collect()
    }

    /// Of those that promise most, one of each sort, unless it leaves nothing to gain.
    fn best_of_families(&self) -> Vec<&Candidate> {
        let mut promising: Vec<(f64, &Candidate)> = self
            .singles
            .iter()
            .filter_map(|entry| Some((self.promise(entry), entry.candidates.first()?)))
            .filter(|(promise, one)| *promise > 0.0 && !one.change.is_assumed())
            .collect();
        promising.sort_by(|a, b| b.0.total_cmp(&a.0));
        if promising.first().is_some_and(|(promise, _)| *promise >= ALL_GAINED) {
            return Vec::new();
        }
        let mut best: Vec<&Candidate> = Vec::new();
        for (_, one) in promising {
            if best.len() < SORTS_MOST && !best.iter().any(|known| known.change.family == one.change.family) {
                best.push(one);
            }
        }
        best
    }

    fn more_of(&self, full: &str) -> Option<Candidate> {
        let full = find(self.site, full, &self.evidence.peak_rates)?;
        let is_it = |grows: &Resource| (grows.kind, grows.owner) == (full.resource.kind, full.resource.owner);
        let mut known = self.singles.iter().flat_map(|entry| &entry.candidates);
        let known = known.rfind(|candidate| candidate.grows.as_ref().is_some_and(is_it));
        known.cloned().or_else(|| {
            let change = more(self.site, &full.resource, full.enough)?;
            Some(Candidate { change, grows: Some(full.resource.clone()) })
        })
    }

    fn finish(self, seed: u64) -> Advice {
        let base = self.trial.runs(BASE);
        let goals: Vec<Goal> = self.diagnosis(BASE).map_or_else(Vec::new, |diagnosis| {
            diagnosis.goals.iter().filter(|goal| is_wish(goal)).cloned().collect()
        });
        let all = |entries: &[Entry]| -> Vec<Tried> {
            let tried = entries.iter().filter_map(|entry| self.tried(entry, &goals));
            in_order_of_worth(tried.collect())
        };
        let (tried, together) = (all(&self.singles), all(&self.couples));
        let best = best(&tried, &together);
        Advice {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: self.site.scenario.name.clone(),
            file: self.site.file(),
            settings: self.site.settings(),
            seed,
            runs: self.trial.made(),
            is_cut_short: self.trial.is_broken_off,
            currency: self.site.scenario.prices.currency.clone(),
            level: LEVEL,
            level_of_verdicts: self.judge().level(),
            method: METHOD.to_owned(),
            as_it_stands: self.as_it_stands(base, &goals),
            tried,
            together,
            best,
            single_points: single_points(self.site),
            not_possible: self.not_possible,
            left_out: self.left_out,
        }
    }

    fn as_it_stands(&self, base: &[Seen], goals: &[Goal]) -> AsItStands {
        let mean = |figure: Figure| {
            let mean = base.iter().map(|run| run.figure(figure)).sum::<f64>() / base.len() as f64;
            mean.is_finite().then_some(mean)
        };
        let full = self.evidence.full.iter().filter(|full| full.is_cause);
        AsItStands {
            runs: base.len() as u64,
            is_troubled: self.evidence.is_troubled,
            good_share: mean(Figure::Good),
            down_s: mean(Figure::Down),
            p99_ms: mean(Figure::P99),
            goals: goals_met(goals, base),
            full: full.map(|full| WasFull { name: full.name.clone(), kind: full.resource.kind }).collect(),
            then_full: self.diagnosis(BASE).and_then(then_full),
        }
    }

    /// Nothing where there was not even one run.
    fn tried(&self, entry: &Entry, goals: &[Goal]) -> Option<Tried> {
        let runs = self.trial.runs(entry.contestant);
        if runs.is_empty() {
            return None;
        }
        let figures = self.judge().compared(self.trial.runs(BASE), runs);
        let prices = [entry.contestant, BASE].map(|one| declared_per_month(self.trial.scenario(one)));
        Some(Tried {
            changes: entry.candidates.iter().map(|candidate| candidate.change.clone()).collect(),
            verdict: verdict(&figures),
            pairs: runs.len().min(self.trial.runs(BASE).len()) as u64,
            price_per_month: prices[0].zip(prices[1]).map(|(with, without)| with - without),
            goals: goals_met(goals, runs),
            then_full: self.diagnosis(entry.contestant).and_then(then_full),
            figures,
        })
    }
}
