//! Options that people will rightly try, and that there are not: what to write instead.

use crate::scenario::run_settings;
use clap::Error;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::OsString;

/// Beside what the parser has to say of an option that it does not know.
pub fn add(error: &mut Error, words: &[OsString]) {
    if error.kind() != ErrorKind::UnknownArgument {
        return;
    }
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else { return };
    let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let Some(tip) = tip(option, &words) else { return };
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(tip)]));
}

/// `option` is the unknown one, without its value.
fn tip(option: &str, words: &[String]) -> Option<String> {
    let name = option.strip_prefix("--")?;
    let path = match name {
        _ if name.contains('.') => name.to_owned(),
        _ if run_settings().any(|setting| setting == name) => format!("run.{name}"),
        _ => return None,
    };
    let value = words.iter().zip(words.iter().skip(1).map(Some).chain([None])).find_map(|(word, next)| {
        match word.strip_prefix(option)? {
            "" => next.filter(|next| !next.starts_with('-')).cloned(),
            rest => rest.strip_prefix('=').map(str::to_owned),
        }
    });
    let value = value.unwrap_or_else(|| "…".to_owned());
    Some(format!("settings of the scenario are changed by '--set {path}={value}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(option: &str, words: &str) -> Option<String> {
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        tip(option, &words).map(|tip| tip.rsplit(" by ").next().unwrap_or_default().to_owned())
    }

    #[test]
    fn settings_that_are_taken_for_options_are_told_as_settings() {
        let told_of = |words: &str| told("--duration", words);
        assert_eq!(told_of("spof simulate a.yaml --duration 5m").as_deref(), Some("'--set run.duration=5m'"));
        assert_eq!(told_of("spof simulate --duration=5m a.yaml").as_deref(), Some("'--set run.duration=5m'"));
        assert_eq!(told_of("spof simulate --duration").as_deref(), Some("'--set run.duration=…'"));
        let workers = told("--app.workers", "spof simulate a.yaml --app.workers 8");
        assert_eq!(workers.as_deref(), Some("'--set app.workers=8'"));
        assert_eq!(told("--nonsense", "spof simulate --nonsense 3"), None);
    }
}
