//! `spof analyze`: single points of failure, and what each part costs in a year, without a run.

mod confirming;
mod tables;
#[cfg(test)]
mod tests;

use super::again::Again;
use super::caller::Caller;
use super::ending::{Ending, Failure};
use super::reading::{parse_setting, read};
use super::threads::ThreadArguments;
use crate::analysis::confirmation::Confirmation;
use crate::output::report::study::Repeat;
use crate::output::terminal::lead::lead;
use crate::output::{json, report, text_file};
use crate::scenario::given::Given;
use crate::structure::{BRANCHES_MOST, Conclusion, Ledger, TooEntangled, analyze};
use crate::telling::{self, Answer, Answered};
use clap::{Args, ValueHint};
use confirming::confirm;
use serde::Serialize;
use std::path::PathBuf;

/// More things than these hardly ever fail together, and there are very many ways for them to.
const ORDER_MOST: i64 = 8;

/// Tell which parts are single points of failure, what each costs in a year, and what a second
/// one would save: exactly, from the scenario alone
#[derive(Debug, Args)]
pub struct AnalyzeArguments {
    /// A scenario file (YAML, TOML or JSON)
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Given,

    /// Change a setting, as in nodes.server.replicas=2; may be given again
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = parse_setting)]
    settings: Vec<(String, String)>,

    /// Look for things that bring requests down together, up to so many at once
    #[arg(long, value_name = "N", default_value_t = 4,
          value_parser = clap::value_parser!(u32).range(1..=ORDER_MOST))]
    order: u32,

    /// Measure it as well: thousands of years of failures, and by importance sampling what is too
    /// rare for that; exit code 1 if the two do not agree
    #[arg(long)]
    simulate: bool,

    /// The seed of all chance in that [default: the scenario's own]
    #[arg(long, value_name = "N", requires = "simulate")]
    seed: Option<u64>,

    #[command(flatten)]
    pub threads: ThreadArguments,

    /// Write the answer, its tables and its small print as one page for a browser
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    report: Option<PathBuf>,

    /// Print all figures as JSON
    #[arg(long)]
    json: bool,
}

/// What is printed as JSON.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    ledger: &'a Ledger,
    conclusion: &'a Conclusion,
    #[serde(skip_serializing_if = "Option::is_none")]
    simulated: Option<&'a Confirmation>,
}

pub fn run(arguments: AnalyzeArguments, caller: &Caller) -> Result<Ending, Failure> {
    let loaded = read(&arguments.file, &arguments.settings, arguments.json, caller)?;
    let scenario = loaded.scenario.as_ref().ok_or(Failure::BadScenario)?;
    let ledger = analyze(scenario, arguments.order as usize).map_err(|TooEntangled| {
        let file = arguments.file.name();
        Failure::Usage(format!(
            "{file}: what has to be up for its requests is too entangled: it takes more than {BRANCHES_MOST} \
             branches to say. Try a smaller `--order`, or fewer ways through the same hosts"
        ))
    })?;
    if arguments.simulate && !ledger.has_figures {
        let message = "there is nothing to simulate: no node has `mtbf` and `mttr`; give some, as in \
            `--set nodes.server.mtbf=180d --set nodes.server.mttr=4h`";
        return Err(Failure::Usage(message.to_owned()));
    }
    let confirmation = arguments.simulate.then(|| {
        caller.watch_interrupts(|| {});
        let seed = arguments.seed.unwrap_or(scenario.run.seed);
        confirm(scenario, &ledger, seed, &caller.undisturbed_if(arguments.json))
    });
    let conclusion = ledger.conclusion();
    let confirmed = confirmation.as_ref().map_or(&[][..], |confirmation| &confirmation.classes);
    let told = telling::ledger::tell(&ledger, &conclusion, confirmed);
    if let Some(path) = &arguments.report {
        let page = report::ledger::render(&told, &ledger, confirmation.as_ref(), &again(&arguments));
        text_file::replace(path, page.as_bytes())?;
    }
    let page = caller.page();
    let text = |told: &Answer| {
        let measured = confirmation
            .as_ref()
            .map_or(String::new(), |confirmation| tables::confirmation(confirmation, page));
        lead(told, page) + &tables::text(&ledger, page) + &measured
    };
    if arguments.json {
        let simulated = confirmation.as_ref();
        let data = Document { ledger: &ledger, conclusion: &conclusion, simulated };
        let answered = Answered { told, data };
        caller.print_data(&json::to_text(&answered)?)?;
        caller.print_for_people(|| text(&answered.told));
    } else {
        caller.print(&text(&told))?;
    }
    Ok(match confirmation {
        Some(confirmation) if confirmation.interrupted => Ending::Interrupted,
        Some(confirmation) if confirmation.fails() => Ending::ExpectationFailed,
        _ => Ending::Good,
    })
}

fn again(arguments: &AnalyzeArguments) -> Repeat {
    let again = Again::of("analyze").file(&arguments.file);
    let again = again.settings(&arguments.file.settings_with(&arguments.settings));
    let again = again.option("--order", arguments.order).flag("--simulate", arguments.simulate);
    again.asked("--seed", arguments.seed).repeat()
}
