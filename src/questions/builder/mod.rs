//! A scenario in code. It is put together as a text would be, and then read and checked by the same
//! rules as a file, so that there is no second way of saying what a scenario is.

mod law;
#[cfg(test)]
mod tests;
mod value;

pub use law::{Law, arrivals_by, law};
pub use value::{Element, Elements, Settings, Value, call, list, table};

use super::error::Error;
use super::scenario::Scenario;
use crate::document::lines::in_lines;
use crate::parts::laws::{self, Laws};
use crate::scenario::given::Given;
use value::{Kind, Pairs};

/// Begins a scenario in code, which reads as its file would:
///
/// ```
/// let counter = spof::site("A counter")
///     .run([("requests", "40000"), ("warmup", "2000 requests"), ("seed", "7")])
///     .node("customers", "user", ("arrivals", "10/s"))
///     .node("counter", "station", ("servers", 1))
///     .request("order", ("counter", "exp(80ms)"))
///     .check()?;
/// let run = spof::simulate(&counter, &Default::default(), &spof::Unwatched)?;
/// let mean_ms = run.findings.summary.classes[0].mean_ms.value.expect("there were answers");
/// assert!((mean_ms - 400.0).abs() < 80.0, "{mean_ms} ms");
/// # Ok::<(), spof::Error>(())
/// ```
///
/// What is wrong is told with the path of its place, all at once:
///
/// ```
/// let wrong = spof::site("A counter")
///     .node("customers", "user", ("arrivals", 10))
///     .node("counter", "station", ("servers", 0))
///     .request("order", ("shop", "exp(80ms)"))
///     .check();
/// let told = wrong.expect_err("three mistakes").to_string();
/// assert!(told.contains("does not say per what"), "{told}");
/// assert!(told.contains("--> nodes.counter.servers"), "{told}");
/// assert!(told.contains("there is no node `shop`"), "{told}");
/// ```
///
/// Files that it names are looked for where the program runs.
pub fn site(name: &str) -> SiteBuilder {
    SiteBuilder { root: vec![("name".to_owned(), name.into())] }
}

/// A scenario that is being put together: see [`site`].
#[derive(Clone, Debug)]
#[must_use = "`check` makes a scenario of it"]
pub struct SiteBuilder {
    root: Pairs,
}

impl SiteBuilder {
    /// What it is about, in a sentence.
    pub fn about(self, text: &str) -> SiteBuilder {
        self.set("about", text)
    }

    /// How long it runs, from which seed: the section `run`.
    pub fn run(mut self, settings: impl Settings) -> SiteBuilder {
        section(&mut self.root, "run").extend(settings.into_settings());
        self
    }

    /// A node of a kind (`user`, `station`, `web_server`, …) with its settings.
    pub fn node(self, name: &str, kind: &str, settings: impl Settings) -> SiteBuilder {
        let kind = ("kind".to_owned(), kind.into());
        let settings = std::iter::once(kind).chain(settings.into_settings()).collect();
        self.entry("nodes", name, Value(Kind::Table(settings)))
    }

    /// What lies between two nodes: `.link("visitors -> server", ("latency", "20ms"))`.
    pub fn link(self, between: &str, settings: impl Settings) -> SiteBuilder {
        self.entry("links", between, table(settings))
    }

    /// Nodes among which callers pick, with the settings of a group.
    pub fn group(self, name: &str, settings: impl Settings) -> SiteBuilder {
        self.entry("groups", name, table(settings))
    }

    /// A class of requests and the calls that it makes: `[("nginx", "0.2ms"), ("mysql", "exp(2ms)")]`.
    pub fn request(self, name: &str, path: impl Elements) -> SiteBuilder {
        self.request_with(name, path, ())
    }

    /// The same with more settings, such as `("share", "70%")`.
    pub fn request_with(self, name: &str, path: impl Elements, settings: impl Settings) -> SiteBuilder {
        let path = ("path".to_owned(), list(path));
        let settings = settings.into_settings().into_iter().chain([path]).collect();
        self.entry("requests", name, Value(Kind::Table(settings)))
    }

    /// What happens at an instant, an entry of the timeline: `.at("20m", ("surge", "4x"))`.
    pub fn at(self, instant: impl Into<Value>, what: impl Settings) -> SiteBuilder {
        let at = ("at".to_owned(), instant.into());
        let what = std::iter::once(at).chain(what.into_settings()).collect();
        self.element("timeline", Value(Kind::Table(what)))
    }

    /// A fault at an instant: `.fault("1m", "fail", "counter", "30s")`, with its verb as in a timeline.
    pub fn fault(
        self,
        instant: impl Into<Value>,
        verb: &str,
        target: &str,
        duration: impl Into<Value>,
    ) -> SiteBuilder {
        self.at(instant, ((verb, target), ("for", duration.into())))
    }

    /// What breaks by chance and hits several nodes at once, an entry of `faults`.
    pub fn random_fault(self, settings: impl Settings) -> SiteBuilder {
        self.element("faults", table(settings))
    }

    /// What is to hold in the end: `.expect("order p99 < 2s")`.
    pub fn expect(self, expectation: &str) -> SiteBuilder {
        self.element("expect", expectation.into())
    }

    /// Any setting by its path, as `--set` takes it: `.set("run.starts", "14:00")`,
    /// `.set("requests.page.share", "70%")`. What was there is replaced. Names that hold a dot cannot be
    /// reached by a path.
    pub fn set(mut self, path: &str, value: impl Into<Value>) -> SiteBuilder {
        let (before, name) = path.rsplit_once('.').unwrap_or(("", path));
        let names = before.split('.').filter(|name| !name.is_empty());
        let place = names.fold(&mut self.root, |place, name| section(place, name));
        match place.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value.into(),
            None => place.push((name.to_owned(), value.into())),
        }
        self
    }

    /// The scenario as a file would have it. A law of the program is named in it, and what has read it
    /// back without the program refuses to go on.
    pub fn to_yaml(&self) -> String {
        self.written().0
    }

    /// Reads and checks all of it, as a file is.
    pub fn check(&self) -> Result<Scenario, Error> {
        let (text, laws) = self.written();
        Scenario::given(&Given::built("scenario", &text, laws))
    }

    fn written(&self) -> (String, Laws) {
        let mut laws: Vec<laws::Law> = Vec::new();
        let mut spell = |law: &laws::Law| {
            let known = laws.iter().find(|known| *known == law || is_renamed(law, known));
            if let Some(known) = known {
                return known.spelled();
            }
            let is_taken = |name: &str| laws.iter().any(|known| known.name() == name);
            let others = (2..).map(|number| format!("{} {number}", law.name()));
            let mut names = std::iter::once(law.name().to_owned()).chain(others);
            let name = names.find(|name| !is_taken(name)).unwrap_or_default();
            laws.push(law.renamed(&name));
            law.renamed(&name).spelled()
        };
        let text = in_lines(&Value(Kind::Table(self.root.clone())).written(&mut spell));
        (text, Laws::new(laws))
    }

    fn entry(mut self, part: &str, name: &str, value: Value) -> SiteBuilder {
        section(&mut self.root, part).push((name.to_owned(), value));
        self
    }

    fn element(mut self, part: &str, value: Value) -> SiteBuilder {
        let place = slot(&mut self.root, part, Kind::List(Vec::new()));
        match &mut place.0 {
            Kind::List(elements) => elements.push(value),
            other => *other = Kind::List(vec![value]),
        }
        self
    }
}

/// Whether it is the same law under the number that it was given.
fn is_renamed(law: &laws::Law, known: &laws::Law) -> bool {
    known.name().starts_with(law.name()) && law.renamed(known.name()) == *known
}

/// The table of this name, made if there is none.
fn section<'p>(place: &'p mut Pairs, name: &str) -> &'p mut Pairs {
    let value = slot(place, name, Kind::Table(Pairs::new()));
    if !matches!(value.0, Kind::Table(_)) {
        value.0 = Kind::Table(Pairs::new());
    }
    match &mut value.0 {
        Kind::Table(pairs) => pairs,
        _ => unreachable!("it has just been made a table"),
    }
}

fn slot<'p>(place: &'p mut Pairs, name: &str, otherwise: Kind) -> &'p mut Value {
    let index = place.iter().position(|(known, _)| known == name);
    let index = index.unwrap_or_else(|| {
        place.push((name.to_owned(), Value(otherwise)));
        place.len() - 1
    });
    &mut place[index].1
}
