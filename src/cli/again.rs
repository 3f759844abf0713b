//! The command that does a study again, to the same bytes: without what makes no difference to it, such as
//! the number of threads or the folder.

use crate::output::report::study::Repeat;
use crate::output::scenario_json::for_shell;
use crate::scenario::given::Given;
use std::fmt::Display;

pub struct Again {
    command: String,
}

impl Again {
    pub fn of(command: &str) -> Again {
        Again { command: format!("spof {command}") }
    }

    /// Without its folder, which does not change what comes out.
    pub fn file(mut self, given: &Given) -> Again {
        let path = given.path();
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        self.command.push_str(&format!(" {}", for_shell(&name)));
        self
    }

    pub fn option(mut self, name: &str, value: impl Display) -> Again {
        self.command.push_str(&format!(" {name} {}", for_shell(&value.to_string())));
        self
    }

    /// Only where somebody has asked for it.
    pub fn asked(self, name: &str, value: Option<impl Display>) -> Again {
        match value {
            Some(value) => self.option(name, value),
            None => self,
        }
    }

    pub fn flag(mut self, name: &str, is_set: bool) -> Again {
        if is_set {
            self.command.push_str(&format!(" {name}"));
        }
        self
    }

    pub fn settings(self, settings: &[(String, String)]) -> Again {
        settings.iter().fold(self, |again, (path, value)| again.option("--set", format!("{path}={value}")))
    }

    pub fn repeat(self) -> Repeat {
        Repeat { command: self.command, version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn what_a_shell_would_read_something_into_stands_in_quotes() {
        let settings = [("links.visitors -> server.bandwidth".to_owned(), "1Mbps".to_owned())];
        let again = Again::of("sweep").file(&Path::new("some/where/a shop.yaml").into()).settings(&settings);
        let again = again.option("--seed", 7).asked("--latin", None::<u32>).flag("--up-and-down", true);
        assert_eq!(
            again.repeat().command,
            "spof sweep 'a shop.yaml' --set 'links.visitors -> server.bandwidth=1Mbps' --seed 7 --up-and-down"
        );
    }
}
