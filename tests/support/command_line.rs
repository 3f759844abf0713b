//! The program, as a user calls it.

use assert_cmd::Command;
use std::path::Path;

pub fn spof(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("spof").expect("it has been built");
    command.current_dir(home).args(arguments);
    command
}
