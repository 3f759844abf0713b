//! Verdicts on figures made up by hand.

use super::comparison::*;
use crate::scenario::load::load_text;
use crate::scenario::measures::{Goal, measure_of, parse_goals};
use crate::scenario::model::{Measure, Scenario};

fn text(class: &str) -> String {
    format!(
        "
run: {{ duration: 1m }}
nodes:
  users: {{ kind: user, arrivals: 1/s }}
  web: {{ kind: station, cost: 1/h }}
requests:
  page: {{ share: 50%, path: [ web: 1ms ] }}
  {class}: {{ share: 50%, path: [ web: 1ms ] }}
"
    )
}

fn scenario(text: &str) -> Scenario {
    load_text("site.yaml", text, &[]).scenario.unwrap()
}

fn variants(number: usize) -> Vec<Variant> {
    let names = ["first", "second", "third"][..number].iter();
    names.map(|&name| Variant { name: name.into(), file: String::new(), settings: vec![] }).collect()
}

/// Ten runs of each: of the first every figure is 1, 2, 1, 2 …; of the others it is so much more.
fn compared(scenarios: &[&Scenario], more: impl Fn(&str, usize, usize) -> f64) -> Comparison {
    let further: Vec<Vec<Measure>> =
        scenarios.iter().map(|one| vec![measure_of("web utilisation", one, "").unwrap()]).collect();
    let goals: Vec<Vec<Goal>> = scenarios.iter().map(|one| parse_goals("mean ±1ms", one).unwrap()).collect();
    let measures = ComparedMeasures::of(scenarios, &further, &goals);
    let mut names = measures.names();
    names.push("goal".into());
    let column = |number: usize, place: usize| {
        let run = |run: usize| {
            (1 + run % 2) as f64 + if number == 0 { 0.0 } else { more(&names[place], number, run) }
        };
        (0..10).map(run).collect()
    };
    measures.summarise(variants(scenarios.len()), (7, 10, String::new()), &column)
}

fn found<'c>(comparison: &'c Comparison, name: &str) -> &'c Difference {
    let figure = comparison.figures.iter().find(|figure| figure.name == name);
    &figure.unwrap_or_else(|| panic!("{name}")).differences[0]
}

#[test]
fn verdicts_know_which_way_is_better() {
    let site = scenario(&text("asset"));
    let wavering = |run: usize| if run.is_multiple_of(3) { 0.1 } else { -0.1 };
    let comparison = compared(&[&site, &site], |name, _, run| match name {
        "p50_ms" => 0.0,
        "p99_ms" => wavering(run),
        "page goodput_per_s" => f64::NAN,
        "availability" => -0.5,
        _ => 0.5 + 0.1 * wavering(run),
    });
    let verdict = |name: &str| found(&comparison, name).verdict;
    assert_eq!(verdict("mean"), Verdict::Worse);
    assert_eq!(verdict("availability"), Verdict::Worse);
    assert_eq!(verdict("goodput"), Verdict::Better);
    assert_eq!(verdict("errors"), Verdict::Worse);
    assert_eq!(verdict("cost"), Verdict::Worse);
    assert_eq!(verdict("web utilisation"), Verdict::Higher);
    assert_eq!(verdict("p50"), Verdict::Alike);
    assert_eq!(verdict("page goodput"), Verdict::CannotTell);
    let open = found(&comparison, "p99");
    assert_eq!(open.verdict, Verdict::CannotTell);
    // Four of 0.1 and six of -0.1: the mean is -0.02.
    let reach = open.estimate.half_width.unwrap() + 0.02;
    assert!((open.at_most.unwrap() - reach).abs() < 1e-12 && open.replications_needed.unwrap() > 10);
    assert!((open.relative.unwrap() + 0.02 / 1.5).abs() < 1e-12);
    assert_eq!(found(&comparison, "availability").relative, None);
    let never = &found(&comparison, "page goodput").estimate;
    assert_eq!(never.why_no_interval.as_deref(), Some("some run had no such figure"));
    assert!(comparison.notices.is_empty(), "{:?}", comparison.notices);
}

#[test]
fn several_are_held_against_the_first_and_have_longer_intervals() {
    let site = scenario(&text("asset"));
    let more =
        |_: &str, number: usize, run: usize| number as f64 * if run.is_multiple_of(3) { 0.4 } else { 0.1 };
    let two = compared(&[&site, &site], more);
    let three = compared(&[&site, &site, &site], more);
    assert_eq!((two.level_of_each, three.level_of_each), (0.95, 0.975));
    let width = |comparison: &Comparison| found(comparison, "mean").estimate.half_width.unwrap();
    // t is 2.262 and 2.685 for nine degrees of freedom.
    assert!((width(&three) / width(&two) - 2.685 / 2.262).abs() < 1e-3);
    let means = &three.figures[0];
    assert_eq!((means.means.len(), means.differences.len()), (3, 2));
    let goals: Vec<(&str, bool)> =
        three.goals.iter().map(|goal| (goal.variant.as_str(), goal.reached)).collect();
    assert_eq!(goals, [("second", true), ("third", true)]);
}

#[test]
fn what_would_lead_astray_is_said() {
    let (site, other) = (scenario(&text("asset")), scenario(&text("image")));
    let comparison = compared(&[&site, &other], |name, _, _| match name {
        "mean_ms" => -0.5,
        "errors" => 0.1,
        _ => 0.0,
    });
    assert_eq!(comparison.notices.len(), 2);
    assert!(comparison.notices[0].contains("of first and second with care"), "{}", comparison.notices[0]);
    assert!(comparison.notices[1].contains("request classes"), "{}", comparison.notices[1]);
    let classes: Vec<&str> = comparison.figures.iter().filter_map(|one| one.class.as_deref()).collect();
    assert_eq!(classes, ["page"; 6], "what both have");

    let free = scenario(&text("asset").replace(", cost: 1/h", ""));
    let longer = scenario(&text("asset").replace("1m }", "2m }"));
    let comparison = compared(&[&site, &free, &longer], |_, _, _| 0.0);
    assert_eq!(
        comparison.notices,
        [
            "Their runs are not as long as those of first: third.",
            "Costs are not compared, since only some have prices: first or second."
        ]
    );
    assert!(comparison.figures.iter().all(|figure| figure.name != "cost"));
}
