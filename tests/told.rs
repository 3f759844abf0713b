//! Every sentence is held to the run: random scenarios are simulated with all their requests as rows,
//! and whatever is claimed of them is counted again from rows, buckets and lists, by code that shares
//! nothing with the diagnosis.
//!
//! More cases: `PROPTEST_CASES=20000 cargo test --test told`.

#[path = "support/cases.rs"]
mod cases;
#[path = "support/random_scenario.rs"]
#[allow(dead_code)]
mod random_scenario;
#[allow(dead_code)]
mod support;

use cases::cases;
use proptest::prelude::*;
use random_scenario::random_scenario;
use spof::analysis::events::{Event, events};
use spof::analysis::window::Window;
use spof::kernel::time::{Time, to_seconds};
use spof::nodes::NodeKind;
use spof::questions::findings::Findings;
use spof::results::RunResults;
use spof::results::row::Row;
use spof::scenario::model::Scenario;
use spof::telling::words::span;
use spof::telling::{Claim, Sentence};
use support::{run, scenario};

/// A run of these scenarios that takes more events is stopped, and judged as it stands.
const EVENTS_MOST: u64 = 200_000;

proptest! {
    #![proptest_config(cases(100, 2_000))]

    #[test]
    fn every_sentence_is_true(random in random_scenario(), seed in 0_u64..1_000) {
        let scenario = scenario(&random.text);
        let outcome = run(&scenario, seed, EVENTS_MOST);
        let rows: Vec<Row> = outcome.requests.iter().map(|(row, _)| *row).collect();
        let findings = Findings::of(&scenario, seed, &outcome.results);
        let run = Run { scenario: &scenario, results: &outcome.results, rows: &rows, findings: &findings };
        let told = &findings.told;
        let sentences = [&told.headline, &told.how_sure].into_iter().chain(&told.happened);
        for sentence in sentences.chain(&told.in_silence).chain(&told.headroom) {
            prop_assert!(!sentence.text.contains("  ") && !sentence.text.contains("NaN"), "{}", sentence.text);
            prop_assert!(sentence.text.ends_with('.'), "{}", sentence.text);
            for claim in &sentence.claims {
                let holds = run.holds(claim, sentence);
                prop_assert!(holds.is_ok(), "{}\n{claim:?}: {}\n{}", sentence.text, holds.unwrap_err(), random.text);
            }
        }
        for sentence in &told.happened {
            kinds_are_no_more_than_all(&sentence.text)?;
        }
        run.chance_is_no_plan(seed + 1_000)?;
        run.phases_are_without_gaps()?;
    }
}

struct Run<'a> {
    scenario: &'a Scenario,
    results: &'a RunResults,
    rows: &'a [Row],
    findings: &'a Findings,
}

type Verdict = Result<(), String>;

fn if_not(holds: bool, why: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(why()) }
}

/// How long all phases were together that a sentence tells of.
fn length_is_told(sentence: &Sentence) -> Verdict {
    let lengths = sentence.claims.iter().filter_map(|claim| match claim {
        Claim::Down { from_s, to_s } | Claim::Bad { from_s, to_s, .. } => Some(to_s - from_s),
        _ => None,
    });
    let sum_s = lengths.fold(0.0, |sum, length| sum + length);
    if_not(sentence.text.contains(&span(sum_s)), || format!("{} is not told", span(sum_s)))
}

/// `12 requests failed (7 × connection refused and 3 × connection reset)`
fn kinds_are_no_more_than_all(text: &str) -> Result<(), TestCaseError> {
    let Some((all, kinds)) = text.split_once(" failed (") else { return Ok(()) };
    let number = |text: &str| text.replace(',', "").parse::<u64>().ok();
    let all = all.rsplit(' ').find_map(number).expect("so many requests");
    let kinds = kinds.split(')').next().expect("a part");
    let told = kinds.split(" × ").filter_map(|before| number(before.rsplit(' ').next()?));
    prop_assert!(told.sum::<u64>() <= all, "{}", text);
    Ok(())
}

impl Run<'_> {
    /// What is said to happen in every run does so in another one at the same time.
    fn chance_is_no_plan(&self, another_seed: u64) -> Result<(), TestCaseError> {
        if !self.findings.told.how_sure.text.contains("happens in every run") {
            return Ok(());
        }
        let other = run(self.scenario, another_seed, EVENTS_MOST).results;
        let other_ends_s = to_seconds(other.ended_at);
        let others = events(self.scenario, &other);
        for event in self.findings.diagnosis.bad_phases().filter_map(|phase| phase.trigger.event()) {
            // What dies of too little memory, or too often, follows from the load.
            if event.start_s >= other_ends_s || ["out_of_memory", "start_limit_hit"].contains(&&*event.kind) {
                continue;
            }
            let is_it = |one: &Event| {
                one.label == event.label && (to_seconds(one.start) - event.start_s).abs() < 1e-6
            };
            prop_assert!(others.iter().any(is_it), "{event:?}");
        }
        Ok(())
    }

    fn window(&self) -> Window {
        Window::of(self.scenario, self.results)
    }

    /// Those that ended between two instants, and how many of them were not good.
    fn ended(&self, from_s: f64, to_s: f64) -> (u64, u64) {
        let end = to_seconds(self.results.ended_at);
        let within = |row: &&Row| {
            let at_s = to_seconds(row.start + row.latency);
            // What ends at the very end belongs to the run.
            at_s >= from_s - 1e-10 && (at_s < to_s - 1e-9 || to_s >= end - 1e-9)
        };
        let ended: Vec<&Row> = self.rows.iter().filter(within).collect();
        (ended.len() as u64, ended.iter().filter(|row| !self.is_good(row)).count() as u64)
    }

    fn is_good(&self, row: &Row) -> bool {
        let objective = self.scenario.classes[row.class as usize].objective;
        row.outcome.is_ok() && objective.is_none_or(|objective| row.latency <= objective)
    }

    fn holds(&self, claim: &Claim, sentence: &Sentence) -> Verdict {
        match claim {
            Claim::OfStudy(_) | Claim::Changed { .. } | Claim::Tried { .. } | Claim::SinglePoint { .. } => {
                panic!("one run tells nothing of this: {claim:?}")
            }
            Claim::NothingWentWrong => self.nothing_went_wrong(),
            Claim::AllGoalsMet => {
                let all = self.findings.summary.expectations.iter().all(|one| one.holds && !one.uncertain);
                if_not(all, || "an expectation does not hold".to_owned())
            }
            Claim::GoalMissed { text, measured } => {
                let known = self.findings.summary.expectations.iter().find(|one| one.text == *text);
                match known {
                    Some(one) => if_not(!one.holds && one.measured == *measured, || format!("{one:?}")),
                    // That of a class's objective.
                    None => if_not(text.contains(" within "), || "no such goal".to_owned()),
                }
            }
            Claim::GoalOpen { text } => {
                let is_it = |one: &&spof::analysis::summary::ExpectationResult| one.text == *text;
                let known = self.findings.summary.expectations.iter().find(is_it);
                if_not(known.is_none_or(|one| one.uncertain || one.measured.is_none()), || {
                    "decided".to_owned()
                })
            }
            Claim::Requests { ended, good } => {
                let window = self.window();
                // A warm-up of so many requests ends with the last of them, at that very instant.
                let (from_s, to_s) = (to_seconds(window.start), to_seconds(window.end));
                let (most, least) = (self.ended(from_s, to_s), self.ended(from_s + 2e-9, to_s));
                let bad = ended - good;
                let is_right = (least.0..=most.0).contains(ended) && (least.1..=most.1).contains(&bad);
                if_not(is_right, || format!("{least:?} to {most:?} ended, and were bad"))
            }
            Claim::Down { from_s, to_s } => {
                length_is_told(sentence)?;
                self.was_down(*from_s, *to_s)
            }
            Claim::Bad { from_s, to_s, bad, ended } => {
                length_is_told(sentence)?;
                if_not(*bad * 200 > *ended, || "hardly any were bad".to_owned())?;
                let (_, counted) = self.ended(*from_s - self.bucket_s(*from_s), *to_s + self.bucket_s(*to_s));
                if_not(counted >= *bad, || format!("only {counted} were bad"))
            }
            Claim::Full { resource, from_s, to_s, utilisation } => {
                if_not((0.95..=1.0).contains(utilisation), || "that is not full".to_owned())?;
                self.was_full(resource, (*from_s, *to_s), *utilisation)
            }
            Claim::FullAt { full_at_per_s, utilisation, .. } => {
                let is_share = (0.0..=1.0).contains(utilisation);
                if_not(is_share && full_at_per_s.is_finite(), || "no share".to_owned())
            }
            Claim::Event { label, at_s } => {
                let all = events(self.scenario, self.results);
                let is_it = |event: &spof::analysis::events::Event| {
                    event.label == *label && (to_seconds(event.start) - at_s).abs() < 1e-6
                };
                if_not(all.iter().any(is_it), || "no such event".to_owned())
            }
            Claim::Lost { node, number } => self.were_lost(node, *number),
        }
    }

    fn bucket_s(&self, at_s: f64) -> f64 {
        let edges = &self.results.bucket_edges;
        let place = edges.partition_point(|&edge| to_seconds(edge) <= at_s).clamp(1, edges.len() - 1);
        to_seconds(edges[place] - edges[place - 1])
    }

    /// All goals are met, no outage is listed, and nowhere did most of forty requests in a row fail.
    fn nothing_went_wrong(&self) -> Verdict {
        for one in &self.findings.summary.expectations {
            if_not(one.holds && !one.uncertain, || format!("{} does not surely hold", one.text))?;
        }
        let window = self.window();
        let counts = |row: &&Row| (window.start..window.end).contains(&(row.start + row.latency));
        let mut ended: Vec<(Time, bool)> = self
            .rows
            .iter()
            .filter(counts)
            .map(|row| (row.start + row.latency, row.outcome.is_ok()))
            .collect();
        ended.sort_unstable();
        let worst = ended.windows(40).map(|forty| forty.iter().filter(|(_, is_ok)| !is_ok).count()).max();
        if_not(worst.unwrap_or(0) < 30, || format!("{worst:?} of forty in a row failed"))?;
        let bad = self.rows.iter().filter(counts).filter(|row| !self.is_good(row)).count();
        // Far more than is tolerable would have been told.
        if_not(bad < 40 || bad * 12 < ended.len(), || format!("{bad} of {} were bad", ended.len()))
    }

    /// Failures came so thick in it that a score of three for each, less one for each good answer, got
    /// high; or nobody was answered.
    fn was_down(&self, from_s: f64, to_s: f64) -> Verdict {
        let at_s = |row: &&Row| to_seconds(row.start + row.latency);
        let within = |row: &&Row| (from_s - 1e-6..=to_s + 1e-6).contains(&at_s(row));
        let mut all: Vec<&Row> = self.rows.iter().filter(within).collect();
        all.sort_by(|a, b| at_s(a).total_cmp(&at_s(b)).then(b.outcome.is_ok().cmp(&a.outcome.is_ok())));
        let (mut score, mut peak) = (0_i64, 0);
        for row in &all {
            score = if row.outcome.is_ok() { (score - 1).max(0) } else { score + 3 };
            peak = peak.max(score);
        }
        let answered = all.iter().filter(|row| row.outcome.is_ok()).count();
        // What of it lies in the warm-up does not count here.
        let is_cut = from_s <= to_seconds(self.window().start) + 1e-6;
        let enough = if is_cut { 1 } else { 30 };
        if_not(peak >= enough || answered == 0, || format!("its score reached {peak} among {}", all.len()))
    }

    /// From the counts of its nodes, for what nodes have themselves; the others have to be there.
    fn was_full(&self, resource: &str, (from_s, to_s): (f64, f64), utilisation: f64) -> Verdict {
        let Some((what, node)) = resource.strip_prefix("the ").and_then(|name| name.split_once(" of "))
        else {
            return if_not(!self.results.resources.is_empty(), || "no such resource".to_owned());
        };
        if matches!(what, "backlog" | "memory") || what.ends_with("rate limit") {
            return Ok(());
        }
        let mut first = 0;
        for one in &self.scenario.nodes {
            let records = &self.results.nodes[first..first + one.replicas as usize];
            first += one.replicas as usize;
            if one.name != node {
                continue;
            }
            let (each, of_cores) = match (&one.kind, &one.behaviour) {
                (NodeKind::Server(server), _) => (server.cores, true),
                (_, Some(behaviour)) => match behaviour.shared_cores {
                    Some(cores) => (cores, true),
                    None => (behaviour.slots, false),
                },
                _ => return Err("it has nothing to be full".to_owned()),
            };
            let edges = &self.results.bucket_edges;
            let mut fullest: f64 = 0.0;
            for (bucket, pair) in edges.windows(2).enumerate() {
                let is_within = to_seconds(pair[0]) >= from_s - 1e-9 && to_seconds(pair[1]) <= to_s + 1e-9;
                for record in records.iter().filter(|_| is_within) {
                    let counts = &record.buckets[bucket];
                    let up = (pair[1] - pair[0]) as f64 - counts.down as f64;
                    let used = if of_cores { counts.cpu } else { counts.held } as f64;
                    fullest = fullest.max(used / (f64::from(each) * up).max(1.0));
                }
            }
            // Scaled nodes have less than they may have.
            let is_right = fullest.min(1.0) >= utilisation - 1e-6 || self.is_scaled(node);
            return if_not(is_right, || format!("{fullest} in use"));
        }
        Err("no such node".to_owned())
    }

    fn is_scaled(&self, node: &str) -> bool {
        let scaled = |one: &spof::scenario::model::Node| {
            one.behaviour.as_ref().is_some_and(|behaviour| behaviour.autoscale.is_some())
        };
        self.scenario.nodes.iter().any(|one| one.name == node && scaled(one))
    }

    fn were_lost(&self, node: &str, number: u64) -> Verdict {
        let window = self.window();
        let mut first = 0;
        for one in &self.scenario.nodes {
            let records = &self.results.nodes[first..first + one.replicas as usize];
            first += one.replicas as usize;
            if one.name == node {
                let buckets = || records.iter().flat_map(|record| &record.buckets[window.buckets.clone()]);
                let sums = [
                    buckets().map(|bucket| bucket.unwanted).sum::<u64>(),
                    buckets().map(|bucket| bucket.background_lost).sum(),
                    buckets().map(|bucket| bucket.optional_lost).sum(),
                ];
                if sums.contains(&number) {
                    return Ok(());
                }
            }
        }
        let of_set = |set: &spof::analysis::replication::ReplicationSummary| {
            set.name == node && [set.record.lost_writes, set.record.stale_reads].contains(&number)
        };
        if_not(self.findings.summary.replications.iter().any(of_set), || "nobody has lost so much".to_owned())
    }

    fn phases_are_without_gaps(&self) -> Result<(), TestCaseError> {
        let window = self.window();
        let phases = &self.findings.diagnosis.phases;
        for pair in phases.windows(2) {
            prop_assert_eq!(pair[0].end_s, pair[1].start_s);
        }
        if let (Some(first), Some(last)) = (phases.first(), phases.last()) {
            prop_assert_eq!(first.start_s, to_seconds(window.start));
            prop_assert_eq!(last.end_s, to_seconds(window.end));
        }
        Ok(())
    }
}
