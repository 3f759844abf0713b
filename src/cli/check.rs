//! `spof check`: all that is wrong with a scenario, without running it.

use super::caller::Caller;
use super::ending::{Ending, Failure};
use super::reading::{parse_setting, read};
use crate::document::problem::Severity;
use crate::scenario::given::Given;
use clap::{Args, ValueHint};

/// Check scenarios without running them: tells all errors at once, and warnings
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Scenario files (YAML, TOML or JSON)
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<Given>,

    /// Change a setting, as in gunicorn.workers=8; may be given again
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = parse_setting)]
    settings: Vec<(String, String)>,
}

pub fn run(arguments: CheckArguments, caller: &Caller) -> Result<Ending, Failure> {
    let mut ending = Ending::Good;
    for file in &arguments.files {
        let loaded = read(file, &arguments.settings, false, caller)?;
        let warnings = loaded.problems.iter().filter(|problem| problem.severity == Severity::Warning).count();
        let Some(scenario) = &loaded.scenario else {
            ending = Ending::Refused;
            continue;
        };
        let counted = |number: usize, one: &str, many: &str| match number {
            1 => format!("1 {one}"),
            number => format!("{number} {many}"),
        };
        let mut verdict = format!(
            "{}: fine: {}, {}",
            file.name(),
            counted(scenario.nodes.len(), "node", "nodes"),
            counted(scenario.classes.len(), "request class", "request classes"),
        );
        if warnings > 0 {
            verdict.push_str(&format!(", {}", counted(warnings, "warning", "warnings")));
        }
        caller.print(&format!("{verdict}\n"))?;
    }
    Ok(ending)
}
