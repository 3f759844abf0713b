//! The first sentence: the answer, and how sure it is.

use super::claims::{Claim, Sentence};
use super::clock::Clock;
use super::clock_of;
use super::figure::{count, counted, in_unit, share};
use super::fullness::{NAMED_MOST, were_full};
use super::words::{and, and_more, capital, span};
use crate::diagnosis::{
    Counted, Diagnosis, Doubt, Goal, GoalKind, Phase, PhaseKind, Standing, Trigger, Verdict,
};

/// Goals that are named in one sentence.
const GOALS_MOST: usize = 2;

pub fn is_bad(diagnosis: &Diagnosis) -> bool {
    match diagnosis.verdict {
        _ if diagnosis.phases.is_empty() => true,
        Verdict::Missed | Verdict::Nothing => true,
        // That a site fails as it was foretold is bad news all the same.
        Verdict::Met if !any_predicted(&diagnosis.goals) => false,
        Verdict::Met | Verdict::Undecided | Verdict::NoGoal => diagnosis.bad_phases().next().is_some(),
    }
}

pub fn headline(diagnosis: &Diagnosis) -> Sentence {
    if diagnosis.verdict == Verdict::Nothing {
        return Sentence::bare("No request ended, so that there is nothing to judge.");
    }
    let (lead, lead_claims) = goals(diagnosis);
    let (story, story_claims) = story(diagnosis);
    let text = match (lead.as_str(), story.as_str()) {
        ("", story) => capital(story),
        // That it was down is no part of good news.
        (lead, story) if is_met_all_the_same(diagnosis) => format!("{lead}, though {story}"),
        (lead, story) => format!("{lead}: {story}"),
    };
    let (lost, lost_claims) = lost(diagnosis);
    let (writes, writes_claims) = super::losses::lost_writes(diagnosis);
    let claims = [lead_claims, story_claims, lost_claims, writes_claims].concat();
    Sentence::new(format!("{text}{lost}{writes}."), claims)
}

/// `Goal missed (availability >= 99.9% came to 79.3 %)`
fn goals(diagnosis: &Diagnosis) -> (String, Vec<Claim>) {
    let goals = &diagnosis.goals;
    let of = |standing: Standing| goals.iter().filter(move |goal| goal.standing == standing);
    let all_predicted = goals.iter().all(|goal| goal.kind == GoalKind::Prediction);
    let named = |standing| and_more(&of(standing).map(came_to).collect::<Vec<_>>(), GOALS_MOST);
    match diagnosis.verdict {
        Verdict::Missed => {
            let missed = of(Standing::Missed);
            let claims = missed
                .map(|goal| Claim::GoalMissed { text: goal.text.clone(), measured: goal.measured })
                .collect();
            let lead = match (of(Standing::Missed).count(), goals.len()) {
                _ if all_predicted => "Not as expected".to_owned(),
                (1, 1) => "Goal missed".to_owned(),
                (2, 2) => "Both goals missed".to_owned(),
                (missed, all) if missed == all => format!("All {all} goals missed"),
                (missed, all) => format!("{missed} of {all} goals missed"),
            };
            (format!("{lead} ({})", named(Standing::Missed)), claims)
        }
        Verdict::Undecided => {
            let open = of(Standing::Undecided);
            let claims = open.map(|goal| Claim::GoalOpen { text: goal.text.clone() }).collect();
            let whether = if all_predicted { "it is as expected" } else { "the goals are met" };
            (format!("Cannot tell whether {whether} ({})", named(Standing::Undecided)), claims)
        }
        Verdict::Met => {
            let lead = match goals.len() {
                _ if any_predicted(goals) => "As expected".to_owned(),
                1 => "Goal met".to_owned(),
                2 => "Both goals met".to_owned(),
                all => format!("All {all} goals met"),
            };
            (lead, vec![Claim::AllGoalsMet])
        }
        Verdict::NoGoal | Verdict::Nothing => (String::new(), Vec::new()),
    }
}

/// Whether all goals are met, of which none says how bad it is to be, and users felt something.
fn is_met_all_the_same(diagnosis: &Diagnosis) -> bool {
    diagnosis.verdict == Verdict::Met
        && !any_predicted(&diagnosis.goals)
        && diagnosis.bad_phases().next().is_some()
}

/// Whether a line of `expect` says how bad it is to be.
fn any_predicted(goals: &[Goal]) -> bool {
    goals.iter().any(|goal| goal.kind == GoalKind::Prediction)
}

/// `availability >= 99.9% came to 79.3 ±0.4 %`
pub fn came_to(goal: &Goal) -> String {
    let measured = match goal.measured {
        Some(value) => in_unit(value, goal.ends(), &goal.unit),
        None => "nothing, since nothing was measured".to_owned(),
    };
    match goal.kind {
        GoalKind::Expectation | GoalKind::Prediction => format!("{} came to {measured}", goal.text),
        GoalKind::Objective => {
            format!("{measured} of {}, {} wanted", goal.text, in_unit(goal.bound, None, &goal.unit))
        }
    }
}

/// What users felt, and why.
pub(super) fn story(diagnosis: &Diagnosis) -> (String, Vec<Claim>) {
    let clock = clock_of(diagnosis);
    let mut kinds = [PhaseKind::Down, PhaseKind::Maintenance, PhaseKind::Failing, PhaseKind::Slow];
    // Of two ways to be down the longer one comes first.
    if diagnosis.time_s(PhaseKind::Maintenance) > diagnosis.time_s(PhaseKind::Down) {
        kinds.swap(0, 1);
    }
    let mut kinds = kinds
        .into_iter()
        .map(|kind| (kind, diagnosis.phases.iter().filter(|phase| phase.kind == kind).collect::<Vec<_>>()))
        .filter(|(_, phases)| !phases.is_empty());
    let Some((kind, phases)) = kinds.next() else { return calm(diagnosis) };
    let (mut text, mut claims) = stretches(&clock, kind, &phases, &diagnosis.counted);
    if let Some((main, weighs)) = leading(&phases) {
        let (because, more) = because(&clock, main, weighs);
        text.push_str(&because);
        claims.extend(more);
    }
    let others: Vec<String> = kinds.map(|(kind, phases)| besides(kind, &phases)).collect();
    if !others.is_empty() {
        text.push_str(&format!("; besides {}", others.join(", ")));
    }
    (text, claims)
}

/// Why phases of a kind were, in a few words: what most of it is put down to.
pub(super) fn why(diagnosis: &Diagnosis, kind: PhaseKind) -> Option<String> {
    let phases: Vec<&Phase> = diagnosis.phases.iter().filter(|phase| phase.kind == kind).collect();
    let (main, weighs) = leading(&phases)?;
    let (reason, is_event) = reason(main);
    let joined = match (weighs, is_event) {
        (Weighs::All, _) => "",
        (_, true) => " by ",
        (_, false) => " since ",
    };
    Some(format!("{}{joined}{}", weighs.word(), reason?))
}

/// What a phase is put down to, and whether that is an event or the like.
fn reason(phase: &Phase) -> (Option<String>, bool) {
    match (&phase.trigger, were_full(phase.causes())) {
        (Trigger::Fault(event) | Trigger::Maintenance(event), _) => (Some(event.label.clone()), true),
        (_, Some(full)) => (Some(full), false),
        (Trigger::Surge(event), None) => (Some(event.label.clone()), true),
        (Trigger::Retries, None) => (Some("clients tried again".to_owned()), false),
        (Trigger::Traffic | Trigger::None | Trigger::Unknown, None) => (None, false),
    }
}

/// How much of several phases is put down to one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weighs {
    All,
    MoreThanHalf,
    /// More than any other.
    Most,
}

impl Weighs {
    fn word(self) -> &'static str {
        match self {
            Weighs::All => "",
            Weighs::MoreThanHalf => "mostly",
            Weighs::Most => "most of all",
        }
    }
}

/// The worst of those phases to whose reason most is put down, all of one reason together.
fn leading<'d>(phases: &[&'d Phase]) -> Option<(&'d Phase, Weighs)> {
    let mut sums: Vec<(Option<String>, f64, &Phase)> = Vec::new();
    for phase in phases {
        let reason = reason(phase).0;
        match sums.iter_mut().find(|(known, ..)| *known == reason) {
            Some((_, sum, worst)) => {
                *sum += weight(phase);
                if weight(phase) > weight(worst) {
                    *worst = phase;
                }
            }
            None => sums.push((reason, weight(phase), phase)),
        }
    }
    let all: f64 = sums.iter().map(|(_, sum, _)| sum).sum();
    let number = sums.len();
    let (_, sum, worst) = sums.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let weighs = match number {
        1 => Weighs::All,
        _ if 2.0 * sum > all => Weighs::MoreThanHalf,
        _ => Weighs::Most,
    };
    Some((worst, weighs))
}

/// How bad a phase was: by what was lost, and then by length.
fn weight(phase: &Phase) -> f64 {
    phase.bad() as f64 * 1e9 + phase.length_s()
}

/// Nobody felt anything.
fn calm(diagnosis: &Diagnosis) -> (String, Vec<Claim>) {
    if diagnosis.phases.is_empty() {
        return ("no simulated time passed that could be judged".to_owned(), Vec::new());
    }
    let bad = diagnosis.counted.failed + diagnosis.counted.late;
    let is_growing = diagnosis.doubts.iter().any(|doubt| matches!(doubt, Doubt::Growing { .. }));
    let is_well = matches!(diagnosis.verdict, Verdict::Met | Verdict::NoGoal);
    match () {
        () if !diagnosis.lost_in_silence.is_empty() => {
            ("users felt nothing, but something was lost in silence".to_owned(), Vec::new())
        }
        () if is_growing => ("more and more requests were under way".to_owned(), Vec::new()),
        () if is_well && bad > 0 => ("hardly anything went wrong".to_owned(), vec![Claim::NothingWentWrong]),
        () if is_well => ("nothing went wrong".to_owned(), vec![Claim::NothingWentWrong]),
        () => ("there was no bad phase, but throughout it was not as wanted".to_owned(), Vec::new()),
    }
}

/// `down 14:00:00 to 14:02:35 (2 min 35 s, 30 s of it booting)`
fn stretches(clock: &Clock, kind: PhaseKind, phases: &[&Phase], counted: &Counted) -> (String, Vec<Claim>) {
    let name = kind_name(kind);
    let claim = |phase: &&Phase| claim_of(phase);
    let claims = phases.iter().map(claim).collect();
    let extra = |phase: &Phase| {
        let mut extra =
            phase.booting_s.map_or(String::new(), |booting_s| format!(", {} of it booting", span(booting_s)));
        if let (true, PhaseKind::Failing | PhaseKind::Slow) = (counted.has_requests && phase.ended > 0, kind)
        {
            let bad = if kind == PhaseKind::Slow { phase.late } else { phase.failed };
            let what = if kind == PhaseKind::Slow { "too late" } else { "failed" };
            extra.push_str(&format!(", {} of the requests {what}", share(bad as f64 / phase.ended as f64)));
        }
        extra
    };
    let told = |phase: &Phase| clock.stretch(phase.start_s, phase.end_s, &extra(phase));
    match phases {
        [one] if is_all_along(one, counted) => {
            (format!("{name} all along ({}{})", span(one.length_s()), extra(one)), claims)
        }
        [one] => (format!("{name} {}{}", told(one), edges(one)), claims),
        many => {
            let sum: f64 = many.iter().map(|phase| phase.length_s()).sum();
            let longest = many.iter().max_by(|a, b| a.length_s().total_cmp(&b.length_s()));
            let longest = longest.map_or(String::new(), |phase| format!(", the longest {}", told(phase)));
            (format!("{name} {} times, {} in all{longest}", count(many.len() as u64), span(sum)), claims)
        }
    }
}

/// What a phase claims of the tables.
pub fn claim_of(phase: &Phase) -> Claim {
    match phase.kind {
        PhaseKind::Down | PhaseKind::Maintenance => Claim::Down { from_s: phase.start_s, to_s: phase.end_s },
        _ => Claim::Bad { from_s: phase.start_s, to_s: phase.end_s, bad: phase.bad(), ended: phase.ended },
    }
}

/// There was nothing else in the time that counts.
fn is_all_along(phase: &Phase, counted: &Counted) -> bool {
    phase.start_s <= counted.from_s && phase.end_s >= counted.to_s
}

fn edges(phase: &Phase) -> &'static str {
    match (phase.begun_before, phase.cut_at_end) {
        (true, true) => ", from before what counts to the end of the run",
        (true, false) => ", since before what counts",
        (false, true) => ", and to the end of the run",
        (false, false) => "",
    }
}

fn besides(kind: PhaseKind, phases: &[&Phase]) -> String {
    let sum: f64 = phases.iter().map(|phase| phase.length_s()).sum();
    format!("{} for {}", kind_name(kind), span(sum))
}

pub fn kind_name(kind: PhaseKind) -> &'static str {
    match kind {
        PhaseKind::Good => "good",
        PhaseKind::Slow => "slow",
        PhaseKind::Failing => "failing",
        PhaseKind::Maintenance => "down for maintenance",
        PhaseKind::Down => "down",
    }
}

/// ` because of `fail server``, ` since the link visitors -> server (answers) was full`
fn because(clock: &Clock, phase: &Phase, weighs: Weighs) -> (String, Vec<Claim>) {
    let mostly = match weighs {
        Weighs::All => String::new(),
        other => format!(" {}", other.word()),
    };
    let mut claims: Vec<Claim> = phase
        .causes()
        .take(NAMED_MOST)
        .map(|full| Claim::Full {
            resource: full.name.clone(),
            from_s: full.from_s,
            to_s: full.to_s,
            utilisation: full.utilisation,
        })
        .collect();
    if let Some(event) = phase.trigger.event() {
        claims.push(Claim::Event { label: event.label.clone(), at_s: event.start_s });
    }
    let text = match (&phase.trigger, were_full(phase.causes())) {
        (Trigger::Fault(event), _) => {
            claims.retain(|claim| matches!(claim, Claim::Event { .. }));
            format!(",{mostly} because of `{}`", event.label)
        }
        (Trigger::Maintenance(event), _) => {
            claims.retain(|claim| matches!(claim, Claim::Event { .. }));
            format!(",{mostly} for `{}`", event.label)
        }
        (Trigger::Surge(event), None) => {
            format!(",{mostly} with `{}` from {} on", event.label, clock.at(event.start_s))
        }
        (Trigger::Surge(event), Some(full)) => format!(",{mostly} since {full} with `{}`", event.label),
        (Trigger::Retries, _) => format!(",{mostly} kept up by clients that tried again"),
        (Trigger::Traffic, Some(full)) => format!(",{mostly} since {full}"),
        (Trigger::Traffic | Trigger::None | Trigger::Unknown, _) => String::new(),
    };
    (text, claims)
}

/// `; 9,008 of 46,000 requests failed`
fn lost(diagnosis: &Diagnosis) -> (String, Vec<Claim>) {
    let counted = &diagnosis.counted;
    if !counted.has_requests || counted.ended == 0 {
        return (String::new(), Vec::new());
    }
    let claims = vec![Claim::Requests { ended: counted.ended, good: counted.good }];
    let of = format!("of {} requests", count(counted.ended));
    let text = match (counted.failed, counted.late) {
        (0, 0) => format!("; all {} requests were good", count(counted.ended)),
        (failed, 0) => format!("; {} {of} failed", count(failed)),
        (0, late) => format!("; {} {of} came too late", count(late)),
        (failed, late) => format!("; {of} {} failed and {} came too late", count(failed), count(late)),
    };
    (text, claims)
}

pub fn how_sure(diagnosis: &Diagnosis) -> Sentence {
    let mut parts: Vec<String> = Vec::new();
    for doubt in &diagnosis.doubts {
        match doubt {
            Doubt::Growing { earlier, later } => parts.push(format!(
                "requests under way grew from about {earlier:.0} to {later:.0}, so that figures depend on how long \
                 such a run lasts"
            )),
            Doubt::Drifting => parts.push("latencies drift from the beginning to the end".to_owned()),
            Doubt::Stopped { why } => parts.push(format!("the run was ended {why}")),
            Doubt::Cut { outages, events } => {
                let left_out = [(*outages, "outage"), (*events, "event")].into_iter();
                let left_out = left_out.filter(|(number, _)| *number > 0);
                let left_out: Vec<String> = left_out.map(|(number, what)| counted(number, what)).collect();
                parts.push(format!("lists leave out {}, sums have all", and(&left_out)));
            }
            Doubt::NotAllSimulated => parts.push("not all requests were simulated".to_owned()),
            Doubt::TooShort => {}
        }
    }
    let events = || diagnosis.bad_phases().filter_map(|phase| phase.trigger.event());
    let (given, by_chance) = (events().next().is_some(), events().any(|event| event.by_chance));
    parts.push(match (diagnosis.verdict, given) {
        (Verdict::Undecided, _) => "one run does not tell; --replications 10 would".to_owned(),
        _ if by_chance => {
            "what broke did so by chance, and --replications 10 tells how far runs lie apart".to_owned()
        }
        (_, true) => {
            "what was given happens in every run, and --replications 10 tells how much its cost differs"
                .to_owned()
        }
        (_, false) => "seen in one run; --replications 10 tells how far runs lie apart".to_owned(),
    });
    Sentence::bare(format!("How sure: {}.", parts.join("; ")))
}
