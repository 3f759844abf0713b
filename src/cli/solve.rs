//! `spof solve`: the smallest settings with which a scenario is as it should be, with as few runs
//! as it takes to be sure.

use super::caller::Caller;
use super::ending::{Ending, Failure};
use super::variants::runs::Runs;
use super::variants::{Study, VariantArguments, Variants};
use crate::analysis::costs::declared_per_month;
use crate::analysis::gauges::Gauge;
use crate::analysis::goals::{Observed, Standing, judge};
use crate::analysis::solve::{CONFIDENCE, Candidate, METHOD, SolveSummary};
use crate::experiment::axis::Value;
use crate::experiment::in_parallel;
use crate::experiment::points::grid;
use crate::experiment::search::{Found, Oracle, cheapest, smallest};
use crate::output::{json, terminal, text_file};
use crate::scenario::expectations::parse_all;
use crate::scenario::model::{Expectation, Scenario};
use crate::stats::looks::Looks;
use crate::telling::{self, Answered};
use clap::Args;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Find the smallest settings that meet goals: how many workers, pool slots or connections it takes
#[derive(Debug, Args)]
pub struct SolveArguments {
    #[command(flatten)]
    pub variants: VariantArguments,

    /// What is to hold, such as 'p99 < 200ms, availability >= 99.9%'
    #[arg(long = "for", value_name = "GOALS")]
    goals: String,

    /// Which of the settings is to be smallest [default: the first --vary, then the next], or `cost`:
    /// the settings whose nodes are cheapest
    #[arg(long, value_name = "PATH|cost")]
    minimize: Option<String>,

    /// No more runs of one setting than this
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u64).range(2..=100_000))]
    replications: u64,
}

/// What is to hold takes the place of what the scenario expects.
#[derive(Clone)]
struct Goals {
    text: String,
    is_for_cost: bool,
}

impl Goals {
    fn of(&self, scenario: &Scenario) -> Result<Vec<Expectation>, Failure> {
        parse_all(&self.text, scenario).map_err(|refusal| Failure::refused("--for", refusal))
    }
}

impl Study for Goals {
    fn expectations(&self, scenario: &Scenario) -> Result<Vec<Expectation>, Failure> {
        self.of(scenario)
    }

    fn check(&self, first: &Scenario, _gauges: &[Gauge]) -> Result<(), Failure> {
        if self.is_for_cost && declared_per_month(first).is_none() {
            let message = "--minimize cost: no node has a price; give nodes their `cost: 0.10/h`";
            return Err(Failure::Usage(message.to_owned()));
        }
        Ok(())
    }
}

/// The runs after which it is looked for the first time; then after twice as many, and so on.
const FIRST_LOOK: u64 = 5;

const FILE: &str = "solve.json";

/// Why a search ends without having come to its end.
enum Stop {
    Interrupted,
    Failed(Failure),
}

struct Solver<'r, 'a> {
    runs: &'r Runs<'a>,
    goals: Vec<Expectation>,
    looks: Looks,
    sizes: Vec<usize>,
    /// The values of each axis.
    values: Vec<Vec<String>>,
    tried: BTreeMap<Vec<usize>, Candidate>,
    /// The order in which they were tried.
    order: Vec<Vec<usize>>,
    /// What the nodes of each point cost in a month, where that is to be little.
    costs: Option<Vec<f64>>,
}

impl Oracle for Solver<'_, '_> {
    type Stop = Stop;

    fn is_enough(&mut self, candidate: &[usize]) -> Result<bool, Stop> {
        Ok(self.look_at(candidate)?.standing == Standing::Met)
    }
}

impl Solver<'_, '_> {
    /// Makes as many runs as it takes to tell, and remembers.
    fn look_at(&mut self, places: &[usize]) -> Result<Candidate, Stop> {
        if let Some(candidate) = self.tried.get(places) {
            return Ok(candidate.clone());
        }
        let point = point_of(places, &self.sizes);
        let values: Vec<String> =
            places.iter().zip(&self.values).map(|(place, values)| values[*place].clone()).collect();
        let mut judged = None;
        for &runs in self.looks.runs() {
            let all = self.runs.make((0..runs).map(|run| (point, run))).map_err(Stop::Failed)?;
            if !all {
                return Err(Stop::Interrupted);
            }
            let mut candidate = self.judge(point, runs, values.clone()).map_err(Stop::Failed)?;
            candidate.nodes_per_month = self.costs.as_ref().map(|costs| costs[point]);
            let is_sure = candidate.standing != Standing::Open;
            judged = Some(candidate);
            if is_sure {
                break;
            }
        }
        let candidate = judged.expect("it is looked at once at least");
        self.order.push(places.to_vec());
        self.tried.insert(places.to_vec(), candidate.clone());
        Ok(candidate)
    }

    fn judge(&self, point: usize, replications: u64, values: Vec<String>) -> Result<Candidate, Failure> {
        let doubt = (1.0 - CONFIDENCE) / (self.goals.len() * self.looks.runs().len()) as f64;
        let runs = self.runs.of_point(point, replications);
        let first = self.runs.gauges.len();
        let of_goal = |(number, goal): (usize, &Expectation)| {
            let observed: Vec<Observed> =
                runs.iter().map(|run| (run[first + 2 * number], run[first + 2 * number + 1])).collect();
            judge(goal, &observed, doubt)
        };
        let goals = self.goals.iter().enumerate().map(of_goal).collect();
        Ok(Candidate::new(values, replications, goals, self.runs.fullness(point, replications)?))
    }

    /// One step less of each setting.
    fn below(&mut self, answer: &[usize]) -> Result<Vec<Candidate>, Stop> {
        let axes = (0..answer.len()).filter(|axis| answer[*axis] > 0);
        axes.map(|axis| {
            let mut places = answer.to_vec();
            places[axis] -= 1;
            self.look_at(&places)
        })
        .collect()
    }

    fn nearest(&self) -> Option<Candidate> {
        let by_distance = |a: &&Candidate, b: &&Candidate| {
            let (a, b) = (a.distance(), b.distance());
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        };
        self.order.iter().filter_map(|places| self.tried.get(places)).min_by(by_distance).cloned()
    }
}

fn point_of(places: &[usize], sizes: &[usize]) -> usize {
    places.iter().zip(sizes).fold(0, |point, (place, size)| point * size + place)
}

/// All settings that come into question.
fn candidates<'a>(
    arguments: &'a SolveArguments,
    goals: &Goals,
    caller: &'a Caller,
) -> Result<Variants<'a>, Failure> {
    let variants = &arguments.variants;
    variants.check_axes()?;
    let points = grid(&variants.axes).map_err(Failure::Usage)?;
    Ok(Variants {
        arguments: variants,
        command: "solve",
        points: points.iter().map(|point| variants.settings_of(point)).collect(),
        study: Arc::new(goals.clone()),
        caller,
        other: arguments.goals.clone(),
    })
}

/// The figures of some runs, for the same search somewhere else.
pub fn figures(
    mut arguments: SolveArguments,
    runs: &[(usize, u64)],
    caller: &Caller,
) -> Result<Vec<Vec<f64>>, Failure> {
    sort_axes(&mut arguments)?;
    candidates(&arguments, &arguments.goals(), caller)?.figures(runs)
}

pub fn run(mut arguments: SolveArguments, caller: &Caller) -> Result<Ending, Failure> {
    caller.watch_interrupts(|| {});
    sort_axes(&mut arguments)?;
    let variants = &arguments.variants;
    let goals = arguments.goals();
    let all = candidates(&arguments, &goals, caller)?;
    let candidates = all.points.len();
    let (scenario, runs) = all.open()?;
    let values = |values: Option<&[Value]>| -> Vec<String> {
        values.unwrap_or_default().iter().map(|value| value.text.clone()).collect()
    };
    let values: Vec<Vec<String>> = variants.axes.iter().map(|axis| values(axis.listed())).collect();
    let mut solver = Solver {
        runs: &runs,
        goals: goals.of(&scenario)?,
        looks: Looks::from_to(FIRST_LOOK, arguments.replications),
        sizes: values.iter().map(Vec::len).collect(),
        values,
        tried: BTreeMap::new(),
        order: Vec::new(),
        costs: if arguments.is_for_cost() { Some(costs(&runs, candidates)?) } else { None },
    };
    let summary = match solve(&arguments, &scenario, candidates, &mut solver) {
        Ok(summary) => summary,
        Err(Stop::Failed(failure)) => return Err(failure),
        Err(Stop::Interrupted) => {
            runs.tell_stopped();
            return Ok(Ending::Interrupted);
        }
    };
    let solved = Answered { told: telling::solve::tell(&summary), data: summary };
    let folder = variants.folder("solve");
    text_file::replace(&folder.join(FILE), json::to_text(&solved)?.as_bytes())?;
    let amount = runs.finish()?;
    if variants.json {
        caller.print_data(&json::to_text(&solved)?)?;
    } else if !variants.quiet {
        caller.print(&terminal::solve::render(&solved, &folder, &[FILE], caller.page()))?;
        caller.print_amount(amount)?;
    }
    Ok(if solved.data.answer.is_some() { Ending::Good } else { Ending::ExpectationFailed })
}

impl SolveArguments {
    fn goals(&self) -> Goals {
        Goals { text: self.goals.clone(), is_for_cost: self.is_for_cost() }
    }

    fn is_for_cost(&self) -> bool {
        self.minimize.as_deref() == Some("cost")
    }
}

/// What the nodes of each point cost in a month.
fn costs(runs: &Runs, points: usize) -> Result<Vec<f64>, Failure> {
    let cost = |point: usize| Ok(declared_per_month(&runs.variant(point)?.scenario).unwrap_or(0.0));
    in_parallel((0..points).collect(), cost).into_iter().collect()
}

/// The one that is to be smallest comes first.
fn sort_axes(arguments: &mut SolveArguments) -> Result<(), Failure> {
    if arguments.is_for_cost() {
        return Ok(());
    }
    let Some(wanted) = &arguments.minimize else { return Ok(()) };
    let short = |path: &str| path.trim().strip_prefix("nodes.").unwrap_or(path).to_owned();
    let axes = &mut arguments.variants.axes;
    match axes.iter().position(|axis| short(&axis.path) == short(wanted)) {
        Some(place) => {
            axes[..=place].rotate_right(1);
            Ok(())
        }
        None => {
            let paths: Vec<&str> = axes.iter().map(|axis| axis.path.as_str()).collect();
            let paths = paths.join(", ");
            let hint = format!("--minimize takes `cost`, or one of the settings that are varied: {paths}");
            Err(Failure::Usage(hint))
        }
    }
}

fn solve(
    arguments: &SolveArguments,
    scenario: &Scenario,
    candidates: usize,
    solver: &mut Solver,
) -> Result<SolveSummary, Stop> {
    let sizes = solver.sizes.clone();
    let Found { answer, is_monotone } = match solver.costs.clone() {
        Some(costs) => cheapest(&sizes, &|places: &[usize]| costs[point_of(places, &sizes)], solver)?,
        None => smallest(&sizes, solver)?,
    };
    let below = answer.as_deref().map(|answer| solver.below(answer)).transpose()?.unwrap_or_default();
    let answer = answer.as_deref().map(|answer| solver.look_at(answer)).transpose()?;
    let nearest = if answer.is_none() { solver.nearest() } else { None };
    Ok(SolveSummary {
        scenario: scenario.name.clone(),
        version: env!("CARGO_PKG_VERSION"),
        seed: arguments.variants.seed.unwrap_or(scenario.run.seed),
        currency: scenario.prices.currency.clone(),
        confidence: CONFIDENCE,
        method: METHOD,
        goals: solver.goals.iter().map(|goal| goal.text.clone()).collect(),
        axes: arguments.variants.axes.iter().map(|axis| axis.path.clone()).collect(),
        ranges: solver
            .values
            .iter()
            .filter_map(|values| Some((values.first()?, values.last()?)))
            .map(|(least, most)| (least.clone(), most.clone()))
            .collect(),
        answer,
        is_monotone,
        below,
        nearest,
        tried: solver.order.iter().map(|places| solver.tried[places].clone()).collect(),
        candidates,
        runs: solver.tried.values().map(|candidate| candidate.replications as usize).sum(),
        runs_of_all: candidates * arguments.replications as usize,
    })
}
