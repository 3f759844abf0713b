//! `spof schema`: for editors, so that they complete and check scenario files.

use super::ending::{Ending, Failure};
use super::printing::print_data;
use crate::scenario::schema::schema;
use clap::Args;

/// Print the JSON Schema of scenario files
#[derive(Debug, Args)]
pub struct SchemaArguments {}

pub fn run(_: SchemaArguments) -> Result<Ending, Failure> {
    print_data(&schema())?;
    Ok(Ending::Good)
}
