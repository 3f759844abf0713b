//! `spof explain`: one request's journey, step by step.

use super::ending::{Ending, Failure};
use clap::Args;
use std::path::PathBuf;

/// Tell a request's journey step by step, with expected times and the defaults in force
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// A scenario file (YAML, TOML or JSON)
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The class of requests; all of them if not given
    #[arg(value_name = "CLASS")]
    class: Option<String>,
}

pub fn run(arguments: ExplainArguments) -> Result<Ending, Failure> {
    let _ = (arguments.file, arguments.class);
    Err(Failure::Usage("explain is still to come".to_owned()))
}
