//! What is said of ledgers, tests, studies and journeys is held to their data.

use super::claims::{Claim, StudyClaim};
use super::trial::{self, FailedRun};
use super::{Answer, Sentence, journey, ledger, study};
use crate::analysis::journey::explain;
use crate::analysis::study::{Measures, StudySummary};
use crate::analysis::summarise::summarise;
use crate::analysis::trial::{Tally, Tested, TestedFile};
use crate::analysis::window::Window;
use crate::diagnosis::{Diagnosis, diagnose};
use crate::experiment::run;
use crate::plan::compile;
use crate::scenario::load::load_text;
use crate::scenario::model::Scenario;
use crate::structure::{HOURS_PER_YEAR, MINUTES_PER_YEAR, analyze};

fn scenario(text: &str) -> Scenario {
    let loaded = load_text("site.yaml", text, &[]);
    let problems = loaded.render(false);
    loaded.scenario.unwrap_or_else(|| panic!("{problems}"))
}

fn claims(answer: &Answer) -> Vec<StudyClaim> {
    let of_study = |claim: &Claim| if let Claim::OfStudy(claim) = claim { Some(claim.clone()) } else { None };
    answer.headline.claims.iter().filter_map(of_study).collect()
}

/// One server that breaks, and an app on it.
const BREAKS: &str = "
name: A site
costs: { currency: EUR, downtime: 60/h }
run: { duration: 1h }
nodes:
  users: { kind: user, arrivals: 1/s }
  host: { kind: server, boot: 0s, cost: 0.5/h, mtbf: 99h, mttr: 1h }
  app: { kind: station, on: host, hands_over: false MTBF }
requests:
  page: { path: [ app: 1ms ] }
";

fn ledger_told(text: &str) -> (Answer, crate::structure::Ledger) {
    let ledger = analyze(&scenario(text), 4).unwrap();
    (ledger::tell(&ledger, &ledger.conclusion(), &[]), ledger)
}

#[test]
fn a_ledger_says_how_many_single_points_there_are_and_what_the_costliest_costs() {
    let (told, ledger) = ledger_told(&BREAKS.replace("MTBF", ", mtbf: 999h, mttr: 1h, boot: 0s"));
    // 1 of 100, and 1 of 1,000.
    let down = 1.0 - 0.99 * 0.999;
    let text = &told.headline.text;
    assert!(text.starts_with("The site is down 96.3 h a year (availability 98.90 %): 2 single points of failure make up 96.3 h of it, and `host` costs most, "), "{text}");
    assert!(text.contains("of which a second one would save ") && text.contains(" EUR"), "{text}");
    assert!(told.is_bad);
    for claim in claims(&told) {
        let StudyClaim::Figure { name, of, value, .. } = &claim else { continue };
        let exact = match name.as_str() {
            "down_minutes_per_year" | "single_points_down_minutes_per_year" => down * MINUTES_PER_YEAR,
            "availability" => 1.0 - down,
            "costs_minutes_per_year" => (down - 0.001) * MINUTES_PER_YEAR,
            // Two of which one is enough are down together once in 10,000.
            _ => (down - (1.0 - 0.999 * (1.0 - 1e-4))) * MINUTES_PER_YEAR,
        };
        assert!((value / exact - 1.0).abs() < 1e-9, "{claim:?} {exact} of {of}");
    }
    assert!((down * HOURS_PER_YEAR - 96.3).abs() < 0.05);
    assert_eq!(ledger.conclusion().single_points, 2);
    assert!(ledger.conclusion().without_mtbf.is_empty());
}

#[test]
fn what_nobody_has_said_makes_a_ledger_the_best_that_can_be() {
    let (told, ledger) = ledger_told(&BREAKS.replace("MTBF", ""));
    assert!(
        told.headline.text.starts_with("At best the site is down 87.6 h a year (availability 99.00 %): "),
        "{}",
        told.headline.text
    );
    assert!(
        told.how_sure.text.contains("without `mtbf`, `app` counts as if never failing"),
        "{}",
        told.how_sure.text
    );
    assert_eq!(ledger.conclusion().without_mtbf, ["app"]);
    let (told, _) = ledger_told(&BREAKS.replace("MTBF", "").replace(", mtbf: 99h, mttr: 1h", ""));
    assert_eq!(
        told.headline.text,
        "At best nothing is ever down, since no node has `mtbf` and `mttr` yet; 2 single points of failure (`host` and \
         `app`) are there to fail."
    );
}

const QUEUE: &str = "
name: A queue
run: { requests: 3000, warmup: 300 requests, seed: 5 }
nodes:
  users: { kind: user, arrivals: 50/s }
  web:   { kind: station }
requests:
  page: { path: [ web: exp(10ms) ] }
expect: EXPECT
";

/// Six runs of it, summed up, and what the first of them means.
fn studied(expect: &str) -> (StudySummary, Diagnosis) {
    let scenario = scenario(&QUEUE.replace("EXPECT", expect));
    let plan = compile(&scenario);
    let measures = Measures::of(&scenario, &[]);
    let figures: Vec<Vec<f64>> = (0..6).map(|number| measures.figures(&run(&plan, 5, number))).collect();
    let first = run(&plan, 5, 0);
    let summary = summarise(&scenario, 5, &first);
    let diagnosis = diagnose(&scenario, &first, &Window::of(&scenario, &first), &summary);
    (measures.summarise(5, &figures, "as many as were asked for"), diagnosis)
}

#[test]
fn a_study_says_first_whether_its_goals_are_met() {
    for (expect, begins, is_bad) in [
        ("[ mean < 30ms ]", "Over 6 runs the goal is met: mean < 30ms came to ", false),
        (
            "[ mean < 30ms, availability > 99% ]",
            "Over 6 runs both goals are met: mean < 30ms came to ",
            false,
        ),
        ("[ mean < 15ms ]", "Over 6 runs the goal is missed: mean < 15ms came to ", true),
        ("[ mean < 15ms, p50 < 1s ]", "Over 6 runs 1 of 2 goals is missed: mean < 15ms came to ", true),
        ("[]", "Over 6 runs availability was 100 % and p99 was ", false),
    ] {
        let (summary, diagnosis) = studied(expect);
        let answer = study::tell(&summary, Some(&study::story(&diagnosis)));
        let text = &answer.headline.text;
        assert!(text.starts_with(begins), "{text}");
        assert!(text.ends_with('.') && text.contains("; in the first run "), "{text}");
        assert_eq!(answer.is_bad, is_bad, "{text}");
        for claim in claims(&answer) {
            match &claim {
                StudyClaim::Figure { name, value, .. } => {
                    let figures = summary.figures.iter().map(|one| (&one.name, &one.estimate));
                    let goals = summary.expectations.iter().map(|one| (&one.text, &one.estimate));
                    let (_, estimate) = figures.chain(goals).find(|(known, _)| *known == name).unwrap();
                    assert_eq!(estimate.value, Some(*value));
                }
                StudyClaim::Stands { of, stands } => {
                    let goal = summary.expectations.iter().find(|one| one.text == *of).unwrap();
                    assert_eq!(serde_json::to_value(goal.verdict).unwrap(), stands.as_str());
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn two_runs_ask_for_more() {
    let (summary, _) = studied("[]");
    let two = StudySummary { replications: 2, ..summary };
    let told = study::tell(&two, None);
    assert!(
        told.how_sure
            .text
            .contains("2 runs tell little of how far runs lie apart; more are needed: --replications 10")
    );
    assert!(!told.headline.text.contains("first run"), "nothing is known of it");
}

fn tested(expect: &str) -> trial::ToldFile {
    let (summary, diagnosis) = studied(expect);
    let judged = summary.expectations.into_iter();
    let file = TestedFile {
        file: "site.yaml".to_owned(),
        scenario: Some("A queue".to_owned()),
        seed: Some(5),
        replications: 6,
        level: Some(0.95),
        expectations: judged.map(|judged| Tested { line: Some(9), replications: 6, judged }).collect(),
        errors: Vec::new(),
    };
    trial::tell(file, Some(FailedRun::of(0, &diagnosis)))
}

#[test]
fn a_test_that_fails_says_what_and_why_in_the_same_words_everywhere() {
    let failed = tested("[ mean < 15ms, p50 < 1s ]");
    let text = &failed.told.headline.text;
    assert!(text.starts_with("Over 6 runs 1 of 2 goals is missed: mean < 15ms came to "), "{text}");
    let why = "; in run 0, the first that was not as expected, there was no bad phase, but throughout it was not as \
               wanted; fullest: the servers of web (";
    assert!(text.contains(why), "{text}");
    let remarks: Vec<String> = failed.file.expectations.iter().map(|one| failed.remark(one)).collect();
    assert!(remarks[0].starts_with("mean < 15ms came to ") && remarks[0].contains(why), "{remarks:?}");
    assert!(remarks[1].starts_with("p50 < 1s came to ") && !remarks[1].contains("in run"), "{remarks:?}");
    let passed = tested("[ mean < 30ms ]");
    assert!(passed.first_failed.is_none() && !passed.told.is_bad);
    let files = [failed, passed];
    let tally = Tally::of(files.iter().map(|file| &file.file));
    let all = trial::tell_all(&files, &tally, false);
    assert_eq!(all.headline.text, "Failed: 2 passed, 1 failed, 0 undecided, 0 errors; 12 replications.");
    assert!(all.is_bad && all.further[0].text.starts_with("site.yaml: Over 6 runs 1 of 2"), "{all:?}");
    assert_eq!(trial::tell_all(&files[..1], &tally, false), files[0].told, "one file speaks for itself");
}

#[test]
fn a_journey_says_how_long_it_takes_where_and_what_is_full_first() {
    let text = QUEUE.replace("EXPECT", "[]");
    let answer = journey::tell(&explain(&scenario(&text), 0));
    assert_eq!(
        answer.headline.text,
        "A mean `page` takes 10.0 ms if nobody has to wait, most of it (10.0 ms) at `web`; as the load grows, the \
         servers of web are full first, at 100/s (50.0 % in use at 50/s)."
    );
    let value = |name: &str| {
        let found = claims(&answer).into_iter().find_map(|claim| match claim {
            StudyClaim::Figure { name: known, value, .. } if known == name => Some(value),
            _ => None,
        });
        found.unwrap_or_else(|| panic!("{name}"))
    };
    assert!(
        (value("saturates_at_per_s") - 100.0).abs() < 1e-9 && (value("utilisation_max") - 0.5).abs() < 1e-12
    );
    let busy = journey::tell(&explain(&scenario(&text.replace("50/s", "150/s")), 0));
    assert!(
        busy.is_bad
            && busy
                .headline
                .text
                .contains("are full already: no more than 100/s can be served, and 150/s are sent"),
        "{}",
        busy.headline.text
    );
}

#[test]
fn the_story_of_a_run_without_an_answer_is_one() {
    let nothing = Diagnosis { verdict: crate::diagnosis::Verdict::Nothing, ..Diagnosis::default() };
    assert_eq!(study::story(&nothing), Sentence::bare("no request ended"));
}

#[test]
fn a_journey_says_which_member_of_a_group_it_shows() {
    let text = "
nodes:
  u: { kind: user, arrivals: 10/s }
  a: { kind: app_server }
  b: { kind: app_server }
groups: { both: { members: [ a, b ] } }
requests: { r: { path: [ both: 1ms ] } }
";
    let told = |text: &str| {
        let scenario = load_text("test.yaml", text, &[]).scenario.expect("a scenario");
        journey::tell(&explain(&scenario, 0)).how_sure.text
    };
    assert!(told(text).contains("of each group its first member stands for all (`a` of `both`)"));
    assert!(!told(&text.replace("both: 1ms", "b: 1ms")).contains("group"));
}
