//! What happened, phase by phase: what it began with, what was full, what users got.

use super::claims::{Claim, Sentence};
use super::clock::Clock;
use super::clock_of;
use super::figure::{count, counted, share, three_digits};
use super::fullness::was_or_were;
use super::headline::{claim_of, kind_name};
use super::words::{and, and_more, capital, failure, span};
use crate::diagnosis::{Diagnosis, FullResource, Phase, PhaseKind, Trigger};
use crate::parts::resource::ResourceKind;

/// Phases that are told one by one.
const TOLD_MOST: usize = 6;
/// Kinds of failure, classes and resources that are named.
const FAILURES_MOST: usize = 3;
const CLASSES_MOST: usize = 3;
const FULL_MOST: usize = 3;

pub fn happened(diagnosis: &Diagnosis) -> Vec<Sentence> {
    let mut told = worst(diagnosis, TOLD_MOST);
    let left_out = diagnosis.bad_phases().count() - told.len();
    if left_out > 0 {
        let more = format!("{} with less to tell are in the tables.", counted(left_out as u64, "more phase"));
        told.push(Sentence::bare(more));
    }
    told
}

/// So many of the bad phases, those that most was lost in, in the order of time.
pub fn worst(diagnosis: &Diagnosis, most: usize) -> Vec<Sentence> {
    let clock = clock_of(diagnosis);
    let mut bad: Vec<&Phase> = diagnosis.bad_phases().collect();
    if bad.len() > most {
        bad.sort_by(|a, b| b.bad().cmp(&a.bad()).then(b.length_s().total_cmp(&a.length_s())));
        bad.truncate(most);
        bad.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    }
    bad.iter().map(|phase| story(&clock, phase)).collect()
}

fn story(clock: &Clock, phase: &Phase) -> Sentence {
    let name = capital(kind_name(phase.kind));
    let head = format!("**{name} {}**", clock.stretch(phase.start_s, phase.end_s, ""));
    Sentence::new(head, vec![claim_of(phase)])
        .and(began(clock, phase))
        .and(full(clock, phase))
        .and(Sentence::bare(got(phase)))
        .and(Sentence::bare(after(phase)))
}

/// What it began with.
fn began(clock: &Clock, phase: &Phase) -> Sentence {
    let event = phase.trigger.event();
    let claims = event.map(|event| Claim::Event { label: event.label.clone(), at_s: event.start_s });
    let lasting = event.map_or(String::new(), |event| match event.end_s {
        Some(end_s) => format!("{} for {}", clock.at(event.start_s), span(end_s - event.start_s)),
        None => format!("{} to the end", clock.at(event.start_s)),
    });
    let text = match &phase.trigger {
        Trigger::Fault(event) => format!("began with the fault `{}` (at {lasting}).", event.label),
        Trigger::Maintenance(event) => format!("was the maintenance `{}` (at {lasting}).", event.label),
        Trigger::Surge(event) => format!("came with `{}` (at {lasting}).", event.label),
        Trigger::Retries => "went on by itself: clients that tried again kept it up.".to_owned(),
        Trigger::Traffic => "came with the traffic alone.".to_owned(),
        Trigger::None | Trigger::Unknown => "has no cause that is known.".to_owned(),
    };
    Sentence::new(text, claims.into_iter().collect())
}

/// `The link visitors -> server (answers) was full from 1 min to 10 min (100 %, up to 840 in line).`
fn full(clock: &Clock, phase: &Phase) -> Sentence {
    let (causes, behind): (Vec<&FullResource>, Vec<&FullResource>) =
        phase.full.iter().partition(|full| full.is_cause);
    if causes.is_empty() {
        return Sentence::default();
    }
    let mut claims = Vec::new();
    let mut told: Vec<String> = Vec::new();
    for full in causes.iter().take(FULL_MOST) {
        claims.push(Claim::Full {
            resource: full.name.clone(),
            from_s: full.from_s,
            to_s: full.to_s,
            utilisation: full.utilisation,
        });
        told.push(format!(
            "{} {} full from {} to {}{}",
            full.name,
            was_or_were(full.kind),
            clock.at(full.from_s),
            clock.at(full.to_s),
            line_of(full)
        ));
    }
    let mut text = and(&told);
    if !behind.is_empty() {
        let names: Vec<String> = behind.iter().map(|full| full.name.clone()).collect();
        text.push_str(&format!("; for that, {} filled up as well", and_more(&names, FULL_MOST)));
    }
    Sentence::new(format!("{}.", capital(&text)), claims)
}

fn line_of(full: &FullResource) -> String {
    let mut parts = Vec::new();
    // Those on cores that are shared wait for nobody: they are slow.
    if full.waiting_max > 0 && full.kind != ResourceKind::Cores {
        parts.push(format!("up to {} waited", count(u64::from(full.waiting_max))));
    }
    if full.turned_away > 0 {
        parts.push(format!("{} turned away", count(full.turned_away)));
    }
    if full.left > 0 {
        parts.push(format!("{} gave up waiting", count(full.left)));
    }
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

/// What users got.
fn got(phase: &Phase) -> String {
    if phase.ended == 0 && phase.failed == 0 {
        return if phase.kind == PhaseKind::Good { String::new() } else { "Nobody was answered.".to_owned() };
    }
    let mut kinds: Vec<(&str, u64)> =
        phase.failures.iter().map(|(name, number)| (failure(name), *number)).collect();
    kinds.sort_by_key(|&(_, number)| std::cmp::Reverse(number));
    // An outage that fills its time buckets only in part shares them with requests that failed beside it.
    let are_its_own = kinds.iter().map(|(_, number)| number).sum::<u64>() == phase.failed;
    let kinds: Vec<String> = kinds
        .iter()
        .map(|(name, number)| match are_its_own {
            true => format!("{} × {name}", count(*number)),
            false => (*name).to_owned(),
        })
        .collect();
    let mut parts = Vec::new();
    if phase.failed > 0 {
        let failed = counted(phase.failed, "request");
        parts.push(match kinds.is_empty() {
            true => format!("{failed} failed"),
            false => format!("{failed} failed ({})", and_more(&kinds, FAILURES_MOST)),
        });
    }
    if phase.late > 0 {
        let part = share(phase.late as f64 / phase.ended.max(1) as f64);
        parts.push(format!("{} came later than their objective ({part})", counted(phase.late, "answer")));
    }
    if parts.is_empty() {
        return String::new();
    }
    let classes: Vec<String> =
        phase.classes.iter().take(CLASSES_MOST).map(|loss| format!("`{}`", loss.class)).collect();
    let whose = if phase.classes.len() > 1 { format!(", mostly of {}", classes[0]) } else { String::new() };
    format!("{}{whose}.", and(&parts))
}

/// What was felt when its cause was over.
fn after(phase: &Phase) -> String {
    let mut text = String::new();
    if let Some(aftermath_s) = phase.aftermath_s {
        text.push_str(&format!("Users felt it for {} longer than it lasted", span(aftermath_s)));
        if let Some(booting_s) = phase.booting_s {
            text.push_str(&format!(", {} of them while it booted", span(booting_s)));
        }
        text.push('.');
    }
    if let Some(tries) = phase.attempts_mean {
        let space = if text.is_empty() { "" } else { " " };
        text.push_str(&format!("{space}Each request was tried {} times.", three_digits(tries)));
    }
    text
}
