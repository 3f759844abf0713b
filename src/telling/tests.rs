//! What is said of a run: the words, of diagnoses made by hand.

use super::*;
use crate::diagnosis::{
    Counted, EventFacts, FullResource, Goal, GoalKind, Phase, PhaseKind, Standing, Trigger, Verdict,
};
use crate::parts::resource::ResourceKind;

fn goal(text: &str, standing: Standing) -> Goal {
    Goal {
        kind: GoalKind::Expectation,
        text: text.to_owned(),
        metric: "availability".to_owned(),
        bound: 0.999,
        unit: "share".to_owned(),
        is_least: true,
        measured: Some(0.793),
        standing,
        ..Goal::default()
    }
}

fn counted(failed: u64, late: u64) -> Counted {
    Counted {
        from_s: 60.0,
        to_s: 600.0,
        offered: 46_000,
        ended: 46_000,
        good: 46_000 - failed - late,
        failed,
        late,
        offered_per_s: 85.0,
        has_requests: true,
        starts_s: None,
    }
}

fn good(start_s: f64, end_s: f64) -> Phase {
    Phase { start_s, end_s, ended: 1_000, ..Phase::default() }
}

fn down() -> Phase {
    Phase {
        kind: PhaseKind::Down,
        start_s: 300.0,
        end_s: 455.0,
        ended: 9_100,
        failed: 9_008,
        trigger: Trigger::Fault(EventFacts {
            by_chance: false,
            label: "fail server".to_owned(),
            kind: "fail".to_owned(),
            target: "server".to_owned(),
            start_s: 300.0,
            end_s: Some(420.0),
        }),
        aftermath_s: Some(35.0),
        booting_s: Some(30.0),
        ..Phase::default()
    }
}

#[test]
fn a_missed_goal_comes_first_and_instants_are_those_of_the_clock() {
    let mut diagnosis = Diagnosis {
        verdict: Verdict::Missed,
        goals: vec![goal("availability >= 99.9%", Standing::Missed)],
        counted: Counted { starts_s: Some(13.0 * 3_600.0 + 55.0 * 60.0), ..counted(9_008, 0) },
        phases: vec![good(60.0, 300.0), down(), good(455.0, 600.0)],
        ..Diagnosis::default()
    };
    let told = tell(&diagnosis);
    assert!(told.is_bad);
    assert_eq!(
        told.headline.text,
        "Goal missed (availability >= 99.9% came to 79.3 %): down 14:00:00 to 14:02:35 (2 min 35 s, 30 s of it \
         booting), because of `fail server`; 9,008 of 46,000 requests failed."
    );
    assert!(told.headline.claims.contains(&Claim::Down { from_s: 300.0, to_s: 455.0 }));
    diagnosis.goals[0].kind = GoalKind::Prediction;
    diagnosis.goals[0].standing = Standing::Met;
    diagnosis.verdict = Verdict::Met;
    let told = tell(&diagnosis);
    assert!(told.headline.text.starts_with("As expected: down 14:00:00"), "{}", told.headline.text);
    assert!(told.is_bad, "what was to be shown is bad all the same");
}

#[test]
fn nothing_went_wrong_only_if_nothing_did() {
    let mut diagnosis = Diagnosis {
        verdict: Verdict::Met,
        goals: vec![goal("availability >= 99.9%", Standing::Met)],
        counted: counted(0, 0),
        phases: vec![good(60.0, 600.0)],
        ..Diagnosis::default()
    };
    let headline = tell(&diagnosis).headline;
    assert_eq!(headline.text, "Goal met: nothing went wrong; all 46,000 requests were good.");
    assert!(headline.claims.contains(&Claim::NothingWentWrong));
    diagnosis.lost_in_silence =
        vec![crate::diagnosis::SilentLoss::Background { node: "back".to_owned(), lost: 12, share: 0.01 }];
    let told = tell(&diagnosis);
    assert!(!told.headline.claims.contains(&Claim::NothingWentWrong), "{}", told.headline.text);
    assert!(told.in_silence[0].text.contains("12 pieces of work"), "{}", told.in_silence[0].text);
}

#[test]
fn what_was_full_is_told_with_its_time_and_its_line() {
    let full = FullResource {
        name: "the workers of gunicorn".to_owned(),
        kind: ResourceKind::Slots,
        owner: "gunicorn".to_owned(),
        from_s: 300.0,
        to_s: 460.0,
        utilisation: 1.0,
        full_share: 0.97,
        waiting_max: 128,
        turned_away: 5,
        left: 0,
        is_cause: true,
    };
    let phase =
        Phase { trigger: Trigger::Traffic, full: vec![full], booting_s: None, aftermath_s: None, ..down() };
    let diagnosis = Diagnosis {
        counted: counted(9_008, 0),
        phases: vec![good(60.0, 300.0), phase, good(455.0, 600.0)],
        ..Diagnosis::default()
    };
    let told = tell(&diagnosis);
    assert!(
        told.headline.text.contains("since the workers of gunicorn were full;"),
        "{}",
        told.headline.text
    );
    assert!(
        told.happened[0].text.contains(
            "The workers of gunicorn were full from 5 min to 7 min 40 s (up to 128 waited, 5 turned away)."
        ),
        "{}",
        told.happened[0].text
    );
}
