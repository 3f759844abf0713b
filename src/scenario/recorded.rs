//! Recordings that do not fit their scenario: classes and nodes that there are not, lines without a
//! time, and an end before the run's.

use super::model::{RunEnd, Scenario};
use crate::document::problem::{Severity, did_you_mean, listed};
use crate::document::value::Span;
use crate::kernel::time::{Time, to_seconds};
use crate::nodes::NodeKind;
use crate::nodes::fields::Context;
use crate::parts::arrivals::{Arrivals, Recording};
use crate::parts::quantity::format_span;

/// A recording that ends sooner than this share of the run leaves it without requests.
const COVERED_LEAST: f64 = 0.9;

pub fn check(context: Context, scenario: &Scenario, places: &[Span]) {
    for (number, (node, place)) in scenario.nodes.iter().zip(places).enumerate() {
        let NodeKind::User(user) = &node.kind else { continue };
        let Arrivals::Replay(recording) = &user.arrivals else { continue };
        let sent =
            scenario.classes.iter().filter(|class| class.from.iter().any(|user| user.0 as usize == number));
        let sent: Vec<&str> = sent.map(|class| class.name.as_str()).collect();
        let recorded = Recorded { context, user: &node.name, recording, place };
        recorded.check_classes(&sent);
        recorded.check_nodes(scenario);
        recorded.warn_of_skipped();
        if let RunEnd::After(end) = scenario.run.end {
            recorded.warn_of_end(end);
        }
    }
}

struct Recorded<'a> {
    context: Context<'a>,
    user: &'a str,
    recording: &'a Recording,
    place: &'a Span,
}

impl Recorded<'_> {
    fn error(&self, message: String, hint: Option<String>) {
        self.context.problems.report(Severity::Error, self.place.clone(), message, hint);
    }

    /// What has no class of its name counts as the first that the user sends.
    fn check_classes(&self, sent: &[&str]) {
        let Recording { classes: Some(classes), class_names, is_log, .. } = self.recording else { return };
        // With a single class a log tells when, and not what.
        let ([first, others @ ..], user) = (sent, self.user) else { return };
        if *is_log && others.is_empty() {
            return;
        }
        let unknown: Vec<&str> =
            class_names.iter().map(String::as_str).filter(|name| !sent.contains(name)).collect();
        let Some(example) = unknown.first() else { return };
        let lost =
            classes.iter().filter(|class| unknown.contains(&class_names[**class as usize].as_str())).count();
        if unknown.len() == class_names.len() || !is_log {
            let what = if *is_log { "the paths in the log" } else { "the classes in the recording" };
            let message = format!("of {what} of `{user}`, {} are no classes that it sends", listed(&unknown));
            let message =
                if unknown.len() == 1 { message.replace(" are no classes", " is no class") } else { message };
            let hint = match *is_log {
                true => format!("name classes as the paths are, as in `{example}: {{ path: [ … ] }}`"),
                false => did_you_mean(example, sent).unwrap_or_default(),
            };
            return self.error(message, Some(hint));
        }
        let message = format!(
            "{lost} of the {} lines of the log of `{user}` ask for {}, which is no class",
            classes.len(),
            listed(&unknown)
        );
        let hint = format!("they count as `{first}`; name classes as the paths are, or take these lines out");
        self.context.problems.warning(self.place.clone(), message, hint);
    }

    fn check_nodes(&self, scenario: &Scenario) {
        let names: Vec<&str> = scenario.nodes.iter().map(|node| node.name.as_str()).collect();
        for work in self.recording.work.iter().filter(|work| !names.contains(&work.node.as_str())) {
            let message =
                format!("`{}`: its recording has work for `{}`, which is no node", self.user, work.node);
            self.error(message, did_you_mean(&work.node, &names));
        }
    }

    fn warn_of_skipped(&self) {
        let skipped = &self.recording.skipped;
        let Some(first) = skipped.first() else { return };
        let (lines, are) = if skipped.len() == 1 { ("line", "is") } else { ("lines", "are") };
        let message = format!("{} {lines} of the log of `{}` {are} left out", skipped.len(), self.user);
        let hint = format!("line {}: {}", first.line, first.problem);
        self.context.problems.warning(self.place.clone(), message, hint);
    }

    fn warn_of_end(&self, end: Time) {
        let Some(&last) = self.recording.instants.last() else { return };
        if last as f64 >= end as f64 * COVERED_LEAST {
            return;
        }
        let message = format!(
            "`{}` sends nothing after {}, where its recording ends; the run goes on to {}",
            self.user,
            format_span(to_seconds(last)),
            format_span(to_seconds(end))
        );
        let hint = format!("let the run end there: `duration: {}s`", to_seconds(last).ceil());
        self.context.problems.warning(self.place.clone(), message, hint);
    }
}
