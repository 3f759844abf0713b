//! What is said of sweeps, searches and comparisons is held to figures that are taken from the same
//! runs in another way.

use super::claims::{Claim, StudyClaim};
use super::{Answer, comparison, solve, sweep};
use crate::analysis::comparison::{ComparedMeasures, Comparison, Variant};
use crate::analysis::goals::{JudgedGoal, Standing};
use crate::analysis::point_fullness::{Fullness, PointFullness};
use crate::analysis::resources::summarise_resources;
use crate::analysis::solve::{Candidate, SolveSummary};
use crate::analysis::sweep::{PointRuns, SweepSummary, Swept, SweptAxis, SweptValue};
use crate::analysis::window::Window;
use crate::diagnosis::shortage;
use crate::experiment::run;
use crate::parts::resource::ResourceKind;
use crate::plan::compile;
use crate::results::RunResults;
use crate::scenario::load::load_text;
use crate::scenario::model::Scenario;

const REPLICATIONS: u64 = 4;

const SITE: &str = "
name: A site
run: { duration: 40s, warmup: 5s, bucket: 1s, seed: 3 }
nodes:
  users: { kind: user, arrivals: LOAD/s, timeout: 2s }
  host:  { kind: server, address: 8.8.8.8, cores: 2 }
  web:   { kind: web_server, on: host LIMIT }
  app:   { kind: app_server, on: host, software: gunicorn-gthread, workers: 1, threads: 30, timeout: none POOL }
  db:    { kind: database }
links:
  users -> host: { latency: 1ms LINK }
requests:
  page: { objective: 500ms, response_size: 10kB, path: [ web: 0.1ms, app: { cpu: APP, wait: 1ms }, db: { wait: 20ms } ] }
";

/// The site at a load, with something that there is too little of.
fn site(load: u32, scarce: &[(&str, &str)]) -> Scenario {
    let mut text = SITE.replace("LOAD", &load.to_string());
    for (what, setting) in scarce {
        text = text.replace(what, setting);
    }
    for (what, usual) in [("LIMIT", ""), ("POOL", ""), ("LINK", ""), ("APP", "1ms")] {
        text = text.replace(what, usual);
    }
    let loaded = load_text("site.yaml", &text, &[]);
    let problems = loaded.render(false);
    loaded.scenario.unwrap_or_else(|| panic!("{problems}"))
}

struct Runs {
    summary: SweepSummary,
    /// By load.
    all: Vec<(String, Scenario, Vec<RunResults>)>,
}

fn swept(loads: &[u32], scarce: &[(&str, &str)]) -> Runs {
    let of_load = |&load: &u32| {
        let scenario = site(load, scarce);
        let plan = compile(&scenario);
        let runs = (0..REPLICATIONS).map(|number| run(&plan, scenario.run.seed, number)).collect();
        (format!("{load}/s"), scenario, runs)
    };
    let all: Vec<(String, Scenario, Vec<RunResults>)> = loads.iter().map(of_load).collect();
    let gauges = shortage::gauges(&all[0].1);
    let points = all.iter().zip(loads).map(|((text, scenario, runs), load)| {
        let figures =
            |results: &RunResults| shortage::figures(scenario, results, &Window::of(scenario, results));
        let runs: Vec<Vec<f64>> = runs.iter().map(figures).collect();
        PointRuns {
            values: vec![SweptValue { text: text.clone(), number: Some(f64::from(*load)) }],
            fullness: shortage::at_point(scenario, &gauges, &runs),
            runs,
        }
    });
    let points: Vec<PointRuns> = points.collect();
    let swept = Swept {
        scenario: &all[0].1,
        seed: 3,
        replications: REPLICATIONS,
        axes: vec![SweptAxis { path: "users.arrivals".to_owned(), is_numeric: true, today: None }],
        gauges: &gauges,
        measure: "p99",
        served_least: 0.99,
    };
    let summary = swept.summarise(&points);
    Runs { summary, all }
}

fn claims(answer: &Answer) -> Vec<StudyClaim> {
    let all = [&answer.headline].into_iter().chain(&answer.further).flat_map(|one| one.claims.clone());
    let of_study = |claim| if let Claim::OfStudy(claim) = claim { Some(claim) } else { None };
    all.filter_map(of_study).collect()
}

impl Runs {
    fn at(&self, load: &str) -> &(String, Scenario, Vec<RunResults>) {
        self.all.iter().find(|(text, ..)| text == load).unwrap_or_else(|| panic!("{load}"))
    }

    /// The good requests of those that were sent, counted anew.
    fn served(&self, load: &str) -> f64 {
        let (_, scenario, runs) = self.at(load);
        let share = |results: &RunResults| {
            let buckets = Window::of(scenario, results).buckets;
            let all = || results.classes.iter().flat_map(|class| &class.buckets[buckets.clone()]);
            let sum = |of: fn(&crate::results::ClassBucket) -> u64| all().map(of).sum::<u64>() as f64;
            let (good, ended) = (sum(|one| one.good), sum(|one| one.outcomes.iter().sum()));
            (good / ended).min(good / sum(|one| one.offered))
        };
        runs.iter().map(share).sum::<f64>() / runs.len() as f64
    }

    fn in_use(&self, load: &str, resource: &str) -> f64 {
        let (_, scenario, runs) = self.at(load);
        let share = |results: &RunResults| {
            let all = summarise_resources(scenario, results, &Window::of(scenario, results));
            all.iter().find(|one| one.name == resource).unwrap().utilisation_max.unwrap()
        };
        runs.iter().map(share).sum::<f64>() / runs.len() as f64
    }

    /// Everything that is claimed, looked up in the runs.
    fn hold(&self, claims: &[StudyClaim]) {
        for claim in claims {
            match claim {
                StudyClaim::Figure { name, of, value, ends } if name == "served" => {
                    assert!((self.served(of) - value).abs() < 1e-9, "{claim:?} {}", self.served(of));
                    assert!(ends.is_none_or(|(low, high)| low <= *value && *value <= high));
                }
                StudyClaim::Short { resource, of, in_use, short_in, runs } => {
                    assert!((self.in_use(of, resource) - in_use).abs() < 1e-9, "{claim:?}");
                    assert!(*short_in <= *runs && *runs == REPLICATIONS as usize);
                }
                StudyClaim::Breaks { holds_at, breaks_at } => {
                    let served = |load: &Option<String>| self.served(load.as_ref().unwrap());
                    assert!(served(holds_at) >= 0.99 && served(breaks_at) < 0.99);
                }
                StudyClaim::Figure { name, of, value, .. } => {
                    let place = self.summary.place(name).unwrap();
                    let point = self.summary.points.iter().find(|point| point.values[0].text == *of).unwrap();
                    assert_eq!(point.figures[place].estimate.value, Some(*value));
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn whatever_is_full_where_it_breaks_is_named() {
    for (scarce, loads, name) in [
        (&[("LINK", ", bandwidth: 4Mbps")][..], [20, 80], "the link users -> host (answers) is full there"),
        (
            &[("POOL", ", pool: { size: 1, overflow: 0, wait: 1s }")],
            [20, 80],
            "the connection pool app -> db is full there",
        ),
        (
            &[("LIMIT", ", limit_req: { rate: 30/s, burst: 10, per: site }")],
            [20, 80],
            "the rate limit of web is full there",
        ),
        (&[("APP", "30ms")], [30, 90], "the cores of host are full there"),
        (&[("threads: 30", "threads: 1")], [10, 80], "the workers of app are full there"),
    ] {
        let runs = swept(&loads, scarce);
        let answer = sweep::tell(&runs.summary);
        let text = &answer.headline.text;
        let [holds, breaks] = loads;
        assert!(
            text.starts_with(&format!(
                "It breaks between {holds}/s and {breaks}/s of users.arrivals: {name}"
            )),
            "{text}"
        );
        assert!(text.contains("of what users send is answered well and in time"), "{text}");
        assert!(text.ends_with('.'));
        assert!(answer.how_sure.text.contains("4 runs tell little"), "{}", answer.how_sure.text);
        let claims = claims(&answer);
        assert!(
            claims.iter().any(|claim| matches!(claim, StudyClaim::Short { short_in, .. } if *short_in >= 3))
        );
        runs.hold(&claims);
    }
}

#[test]
fn where_it_holds_the_figure_that_is_looked_at_first_is_told_from_least_to_most() {
    let runs = swept(&[10, 20, 30], &[]);
    let answer = sweep::tell(&runs.summary);
    let text = &answer.headline.text;
    assert!(
        text.starts_with(
            "It holds wherever it was tried from 10/s to 30/s of users.arrivals; p99 is least at "
        ),
        "{text}"
    );
    assert!(!answer.is_bad);
    let claims = claims(&answer);
    assert_eq!(claims.len(), 2);
    runs.hold(&claims);
    let fullest = runs.summary.points[2].fullness.fullest.as_ref().unwrap();
    assert_eq!(runs.in_use("30/s", &fullest.name), fullest.in_use);
}

#[test]
fn where_nothing_holds_it_is_bad_news_with_the_best_that_there_is() {
    let runs = swept(&[60, 90], &[("LINK", ", bandwidth: 2Mbps")]);
    let answer = sweep::tell(&runs.summary);
    let text = &answer.headline.text;
    assert!(
        text.starts_with("It does not hold anywhere from 60/s to 90/s of users.arrivals: the link"),
        "{text}"
    );
    assert!(text.contains("; at best, at 60/s, "), "{text}");
    assert!(answer.is_bad);
    runs.hold(&claims(&answer));
}

fn compared(first: &Scenario, others: &[(&str, Scenario)]) -> Comparison {
    let scenarios: Vec<&Scenario> = [first].into_iter().chain(others.iter().map(|(_, one)| one)).collect();
    let none = vec![Vec::new(); scenarios.len()];
    let no_goals = vec![Vec::new(); scenarios.len()];
    let measures = ComparedMeasures::of(&scenarios, &none, &no_goals);
    let figures: Vec<Vec<Vec<f64>>> = scenarios
        .iter()
        .enumerate()
        .map(|(number, scenario)| {
            let plan = compile(scenario);
            (0..6).map(|one| measures.of_scenario(number).figures(&run(&plan, 3, one))).collect()
        })
        .collect();
    let variant = |name: &str| Variant {
        name: name.to_owned(),
        file: "site.yaml".to_owned(),
        settings: if name == "as it stands" { Vec::new() } else { vec![format!("set={name}")] },
    };
    let names = ["as it stands"].into_iter().chain(others.iter().map(|(name, _)| *name));
    let column =
        |number: usize, place: usize| figures[number].iter().map(|run| run[place]).collect::<Vec<f64>>();
    measures.summarise(names.map(variant).collect(), (3, 6, String::new()), &column)
}

/// What a comparison claims, held to its own table.
fn hold(comparison: &Comparison, claims: &[StudyClaim]) {
    for claim in claims {
        match claim {
            StudyClaim::Figure { name, of, value, .. } => {
                let variant = comparison.variants.iter().position(|one| one.name == *of).unwrap();
                let plain = name.strip_suffix(" difference").unwrap_or(name);
                let figure = comparison.figures.iter().find(|one| one.name == plain).unwrap();
                let means = |number: usize| figure.means[number].value.unwrap();
                let found = if plain == name { means(variant) } else { means(variant) - means(0) };
                assert!((found - value).abs() < 1e-9 * value.abs().max(1.0), "{claim:?} {found}");
            }
            StudyClaim::Stands { of, stands } => {
                let preference = comparison.preferences.iter().find(|one| one.variant == *of).unwrap();
                assert_eq!(serde_json::to_value(preference.stands).unwrap(), stands.as_str());
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_variant_is_better_by_what_matters_to_users() {
    let slow = &[("LIMIT", ", limit_req: { rate: 30/s, burst: 10, per: site }")];
    let comparison = compared(
        &site(60, slow),
        &[("no limit", site(60, &[])), ("the same", site(60, slow)), ("worse", site(90, slow))],
    );
    let answer = comparison::tell(&comparison);
    let text = &answer.headline.text;
    assert!(text.starts_with("`no limit` (availability +"), "{text}");
    assert!(text.contains(" is better than `as it stands`; `worse` (availability −"), "{text}");
    assert!(text.contains("; `the same` is no different."), "{text}");
    let further: Vec<&str> = answer.further.iter().map(|sentence| sentence.text.as_str()).collect();
    assert!(
        further[0].starts_with("Without limit it is better: in availability (100 % instead of "),
        "{further:?}"
    );
    assert!(
        further[1].starts_with("With `the same` it is no different: availability, p99, mean"),
        "{further:?}"
    );
    assert!(further[2].starts_with("With `worse` it is worse: in availability ("), "{further:?}");
    hold(&comparison, &claims(&answer));
    let one = compared(&site(60, slow), &[("no limit", site(60, &[]))]);
    let answer = comparison::tell(&one);
    let text = &answer.headline.text;
    assert!(text.starts_with("Without limit it is better: in availability (100 % instead of "), "{text}");
    assert!(answer.further.is_empty());
}

#[test]
fn what_cannot_be_told_apart_says_what_it_would_take() {
    let nearly = site(20, &[("APP", "1.01ms")]);
    let mut comparison = compared(&site(20, &[]), &[("a bit slower", nearly)]);
    let preference = &mut comparison.preferences[0];
    preference.stands = crate::analysis::preference::Stands::CannotTell;
    let p99 = comparison.figures.iter_mut().find(|figure| figure.name == "p99").unwrap();
    (p99.differences[0].at_most, p99.differences[0].replications_needed) = (Some(3.5), Some(140));
    comparison.preferences[0].cannot_tell = vec!["p99".to_owned()];
    let text = comparison::tell(&comparison).headline.text;
    assert_eq!(
        text,
        "Whether with `a bit slower` it is better cannot be told after 6 replications: p99 differs by at most 3.50 ms; \
         about 140 replications would tell a difference in p99 as large as the one seen."
    );
}

#[test]
fn a_search_tells_what_binds_one_step_below() {
    let full = |in_use, short_in| {
        let name = "the workers of app".to_owned();
        let one = Fullness { name, kind: ResourceKind::Slots, in_use, short_in, runs: 5 };
        let full = if short_in > 2 { vec![one.clone()] } else { Vec::new() };
        PointFullness { full, fullest: Some(one) }
    };
    let goal = |value: f64, ends: (f64, f64), standing| JudgedGoal {
        text: "p99 < 300ms".to_owned(),
        unit: "ms",
        bound: 300.0,
        is_least: false,
        value: Some(value),
        at_least: Some(ends.0),
        at_most: Some(ends.1),
        standing,
    };
    let candidate = |value: &str, goal: JudgedGoal, fullness| {
        Candidate::new(vec![value.to_owned()], 5, vec![goal], fullness)
    };
    let good = candidate("3", goal(143.0, (135.0, 151.0), Standing::Met), full(0.6, 0));
    let bad = candidate("2", goal(1_200.0, (1_100.0, 1_300.0), Standing::Missed), full(0.97, 5));
    let summary = |answer: Option<Candidate>, below: Vec<Candidate>, nearest| SolveSummary {
        scenario: "A site".to_owned(),
        version: "0",
        seed: 1,
        currency: None,
        confidence: 0.95,
        method: "",
        goals: vec!["p99 < 300ms".to_owned()],
        axes: vec!["app.workers".to_owned()],
        ranges: vec![("1".to_owned(), "4".to_owned())],
        answer,
        is_monotone: true,
        below,
        nearest,
        tried: Vec::new(),
        candidates: 4,
        runs: 15,
        runs_of_all: 160,
    };
    let found = solve::tell(&summary(Some(good.clone()), vec![bad.clone()], None));
    assert_eq!(
        found.headline.text,
        "app.workers=3 is the least that meets all goals for sure: p99 < 300ms came to 143 ms (at most 151 ms); with \
         app.workers=2 p99 < 300ms fails (1.20 s, at least 1.10 s), where the workers of app are full (97 %)."
    );
    assert!(claims(&found).contains(&StudyClaim::Short {
        resource: "the workers of app".to_owned(),
        of: "app.workers=2".to_owned(),
        in_use: 0.97,
        short_in: 5,
        runs: 5,
    }));
    let none = solve::tell(&summary(None, Vec::new(), Some(bad)));
    assert_eq!(
        none.headline.text,
        "Nothing meets all goals for sure with app.workers from 1 to 4: nearest is app.workers=2, with which p99 < \
         300ms fails (1.20 s, at least 1.10 s), and the workers of app are full there (97 %)."
    );
    assert!(none.is_bad && !found.is_bad);
    let least = solve::tell(&summary(Some(good), Vec::new(), None)).headline.text;
    assert!(least.ends_with("(at most 151 ms); there was nothing less to try."), "{least}");
}
