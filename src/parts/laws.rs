//! The laws that a program has brought along, by their names. In a scenario `law('NAME')` stands for
//! one: a text can name it, but cannot say what it is.

use super::arrivals::CustomArrivals;
use super::distribution::{Custom, Distribution, not_here, spelled};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq)]
pub enum Law {
    Duration(Custom),
    Arrivals(CustomArrivals),
}

impl Law {
    pub fn name(&self) -> &str {
        match self {
            Law::Duration(law) => law.name(),
            Law::Arrivals(process) => process.name(),
        }
    }

    /// Quotes cannot stand in a name, since it is written in quotes.
    pub fn renamed(&self, name: &str) -> Law {
        let name = name.replace(['\'', '"'], "’").replace(char::is_control, " ");
        match self {
            Law::Duration(law) => Law::Duration(law.renamed(&name)),
            Law::Arrivals(process) => Law::Arrivals(process.renamed(&name)),
        }
    }

    /// What stands for it in a scenario.
    pub fn spelled(&self) -> String {
        spelled(self.name())
    }
}

/// No name stands for two of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Laws(Arc<[Law]>);

impl Laws {
    pub fn new(laws: Vec<Law>) -> Laws {
        Laws(laws.into())
    }

    /// The error says what is wrong, and what to write instead.
    pub fn duration(&self, name: &str) -> Result<Distribution, (String, String)> {
        match self.0.iter().find(|law| law.name() == name) {
            Some(Law::Duration(law)) => Ok(Distribution::Custom(law.clone())),
            Some(Law::Arrivals(_)) => Err((
                format!("`{name}` makes gaps between arrivals, and is no duration"),
                format!("give it to a user: `arrivals: {}`", spelled(name)),
            )),
            None if self.0.is_empty() => Err(not_here(name)),
            None => {
                let names: Vec<String> = self.0.iter().map(|law| format!("`{}`", law.name())).collect();
                Err((format!("there is no custom law `{name}`"), format!("there is {}", names.join(", "))))
            }
        }
    }

    /// The process that is all that a text says.
    pub fn arrivals(&self, text: &str) -> Option<&CustomArrivals> {
        self.0.iter().find_map(|law| match law {
            Law::Arrivals(process) if law.spelled() == text.trim() => Some(process),
            _ => None,
        })
    }
}
