//! `spof verify`: holds the simulator to the textbook, on the user's own machine.

use super::caller::Caller;
use super::ending::{Ending, Failure};
use super::threads::ThreadArguments;
use crate::output::json;
use crate::output::terminal::page::Page;
use crate::output::terminal::table::{Cell, Paint, Table, painted};
use crate::output::terminal::{count, figure};
use crate::verify::{Effort, Verification, VerifiedFigure, models, verify};
use clap::Args;

/// Simulate models whose answers are in the textbook, and hold the simulator to them
///
/// Each model is simulated many times, and each figure's mean over the runs must lie as near to its answer as
/// chance allows. All figures together share an error of 0.1 %: with another seed, a simulator that is right
/// fails once in a thousand calls or less. One that is wrong by more than the interval that is shown does not pass.
#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// Take seconds, and let pass what is wrong by a little more
    #[arg(long)]
    quick: bool,

    /// The seed of all chance
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    #[command(flatten)]
    pub threads: ThreadArguments,

    /// Print what came of it as JSON
    #[arg(long)]
    json: bool,

    /// Print nothing; the exit code tells
    #[arg(long, short, conflicts_with = "json")]
    quiet: bool,
}

pub fn run(arguments: VerifyArguments, caller: &Caller) -> Result<Ending, Failure> {
    caller.watch_interrupts(|| {});
    let effort = if arguments.quick { Effort::QUICK } else { Effort::FULL };
    let watcher = caller.undisturbed_if(arguments.quiet || arguments.json).onlooker("runs", None);
    let Some(verification) = verify(&models(), effort, arguments.seed, &watcher) else {
        return Err(Failure::Stopped);
    };
    let amount = watcher.so_far();
    drop(watcher);
    if arguments.json {
        caller.print_data(&json::to_text(&verification)?)?;
    } else if !arguments.quiet {
        caller.print(&format!("{}\n", render(&verification, caller.page())))?;
        caller.print_amount(amount)?;
    }
    Ok(if verification.holds() { Ending::Good } else { Ending::ExpectationFailed })
}

fn render(verification: &Verification, page: Page) -> String {
    let mut table = Table::new(&["", "", "textbook", "simulated", "differs by", "may differ by", ""], &[1])
        .giving_up(&[5]);
    for model in &verification.models {
        for (number, figure) in model.figures.iter().enumerate() {
            let name = if number == 0 { model.name } else { "" };
            table.add(row(name, figure));
        }
    }
    let figures = verification.figures().count() as u64;
    let wrong = verification.figures().filter(|figure| !figure.holds).count() as u64;
    let verdict = match wrong {
        0 => painted(&format!("✔ All {} figures are as in the textbook.", count(figures)), Paint::Good),
        wrong => painted(
            &format!("✘ {} of {} figures are not as in the textbook.", count(wrong), count(figures)),
            Paint::Bad,
        ),
    };
    let about = format!(
        "{} runs of each of {} models, seed {}; with another seed, a simulator that is right fails at most {} \
         in 1,000 calls.",
        count(verification.replications),
        count(verification.models.len() as u64),
        verification.seed,
        figure::three_digits(verification.false_alarms * 1_000.0),
    );
    format!("\n{}\n  {verdict}\n  {}", table.text(page), page.wrapped(&about, 2))
}

fn row(name: &str, verified: &VerifiedFigure) -> Vec<Cell> {
    let shown = |value: f64| match verified.unit {
        "" => figure::three_digits(value),
        unit => figure::in_unit(value, None, unit),
    };
    let percent = |share: f64| format!("{:.2} %", share * 100.0);
    let allowed = verified.half_width.map(|half_width| percent(half_width / verified.expected));
    let mark =
        if verified.holds { Cell::painted("✔", Paint::Good) } else { Cell::painted("✘", Paint::Bad) };
    vec![
        Cell::painted(name, Paint::Strong),
        Cell::new(verified.name),
        Cell::new(shown(verified.expected)),
        Cell::new(shown(verified.simulated)),
        Cell::new(format!("{:+.2} %", verified.difference * 100.0)),
        Cell::optional(allowed),
        mark,
    ]
}
