//! `docs/reference/command-line.md`, from the same source as `--help`.

use clap::{Arg, ArgAction, Command, CommandFactory};
use spof::cli::Arguments;
use std::fmt::Write;

const BEGINNING: &str = "# The command line

Written by `UPDATE=1 cargo test --test book` from what the program says with `--help`; a test holds it equal.

Shells complete commands and options, and there are manual pages, one for each command:

```sh
spof completions bash > spof.bash
spof man --out man
```
";

pub fn page() -> String {
    let mut program = Arguments::command().disable_help_subcommand(true);
    program.build();
    let mut page = BEGINNING.to_owned();
    for command in program.get_subcommands() {
        describe(&mut page, command).expect("a text takes everything");
    }
    let ending = program.get_after_help().expect("exit codes stand below the help").to_string();
    write!(page, "\n## Exit codes and environment\n\n```text\n{ending}\n```\n")
        .expect("a text takes everything");
    page
}

fn describe(page: &mut String, command: &Command) -> std::fmt::Result {
    writeln!(page, "\n## `spof {}`", command.get_name())?;
    let about = command.get_long_about().or(command.get_about()).expect("every command says what it does");
    writeln!(page, "\n{}", plain(&about.to_string()))?;
    let usage = command.clone().render_usage().to_string();
    writeln!(page, "\n```text\n{}\n```", usage.trim_start_matches("Usage: "))?;
    let asked_for_help = |argument: &&Arg| {
        matches!(
            argument.get_action(),
            ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
        )
    };
    let arguments =
        command.get_arguments().filter(|argument| !asked_for_help(argument) && !argument.is_hide_set());
    let items: String =
        arguments.map(|argument| format!("- `{}`: {}\n", spelling(argument), meaning(argument))).collect();
    if items.is_empty() { Ok(()) } else { write!(page, "\n{items}") }
}

/// As it is typed.
fn spelling(argument: &Arg) -> String {
    let values: Vec<&str> =
        argument.get_value_names().unwrap_or(&[]).iter().map(|name| name.as_str()).collect();
    let value = match argument.get_action() {
        ArgAction::SetTrue | ArgAction::SetFalse | ArgAction::Count => String::new(),
        _ => format!("<{}>", values.join("> <")),
    };
    let short = argument.get_short().map_or(String::new(), |short| format!("-{short}, "));
    match argument.get_long() {
        Some(long) => format!("{short}--{long} {value}").trim_end().to_owned(),
        None => value,
    }
}

fn meaning(argument: &Arg) -> String {
    let help = argument.get_long_help().or(argument.get_help()).map(ToString::to_string);
    let mut sentences: Vec<String> = help.map(|help| plain(&help)).into_iter().collect();
    let values: Vec<String> = match argument.get_action() {
        ArgAction::SetTrue => Vec::new(),
        _ => argument.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect(),
    };
    if !values.is_empty() {
        sentences.push(format!("One of {}", values.join(", ")));
    }
    let defaults = argument.get_default_values();
    if !defaults.is_empty() && !argument.is_hide_default_value_set() && argument.get_action().takes_values() {
        let defaults: Vec<String> =
            defaults.iter().map(|default| default.to_string_lossy().into_owned()).collect();
        sentences.push(format!("Default: `{}`", defaults.join(" ")));
    }
    sentences.join(". ") + "."
}

/// Words as a page takes them: what looks like HTML or like emphasis is neither.
fn plain(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(number, part)| match number % 2 {
        0 => part.replace('<', "\\<").replace('*', "\\*"),
        _ => format!("`{part}`"),
    });
    parts.collect::<String>().trim().to_owned()
}
