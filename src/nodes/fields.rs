//! Reads the settings of one table of a document, each once, and keeps what it found.
//!
//! A value that is wrong is reported and its default taken instead, so that reading goes
//! on and all that is wrong is found at once; nobody uses what comes out of a document
//! with errors.

pub use super::reading::{Context, Refusal, parse_distribution, parse_factor, report_refusal};
use super::setting::{Otherwise, Setting, Takes};
use crate::document::problem::{Severity, did_you_mean};
use crate::document::value::{Entry, Field, Span, Table, Value};
use crate::kernel::time::{NEVER, Time};
use crate::nodes::behaviour::UNLIMITED;
use crate::parts::distribution::Distribution;
use crate::parts::quantity;

/// A setting as it holds, for `explain`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    pub setting: String,
    pub value: String,
    pub origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Given,
    Default { source: &'static str },
}

pub struct Fields<'a> {
    pub context: Context<'a>,
    /// Whose settings these are: "`nginx`".
    pub title: String,
    pub span: Span,
    table: &'a Table,
    settings: Vec<&'static [Setting]>,
    profile: &'static str,
    in_force: Vec<InForce>,
}

/// `net.core.somaxconn` since Linux 5.4.
const SOMAXCONN: u32 = 4096;

/// So many unknown names are told of in one table.
const UNKNOWN_MAX: usize = 20;

static EMPTY: Table = Table { fields: Vec::new() };

impl<'a> Fields<'a> {
    /// Over a table; anything else is reported and read as an empty one.
    pub fn new(
        context: Context<'a>,
        title: impl Into<String>,
        entry: &'a Entry,
        settings: Vec<&'static [Setting]>,
    ) -> Fields<'a> {
        let title = title.into();
        let table = match &entry.value {
            Value::Table(table) => table,
            Value::Null => &EMPTY,
            Value::Scalar(_) | Value::List(_) => {
                let message = format!("{title} is to be a table of settings, not {}", entry.describe());
                context.problems.error(entry.span.clone(), message);
                &EMPTY
            }
        };
        Fields {
            context,
            title,
            span: entry.span.clone(),
            table,
            settings,
            profile: "",
            in_force: Vec::new(),
        }
    }

    /// Over nothing: every default.
    pub fn empty(context: Context<'a>, settings: &'static [Setting]) -> Fields<'a> {
        Fields {
            context,
            title: "nothing".to_string(),
            span: 0..0,
            table: &EMPTY,
            settings: vec![settings],
            profile: "",
            in_force: Vec::new(),
        }
    }

    /// From here on the defaults are those of this software.
    pub fn set_profile(&mut self, profile: &'static str) {
        self.profile = profile;
    }

    /// Where something is placed in messages: the table's first line rather than all of it.
    pub fn place(&self, name: &str) -> Span {
        self.table.get(name).map_or(self.span.clone(), |field| field.entry.span.clone())
    }

    pub fn is_given(&self, name: &str) -> bool {
        self.field(name).is_some()
    }

    /// What was written for a setting, if anything was.
    pub fn field(&self, name: &str) -> Option<&'a Field> {
        self.table.get(name).filter(|field| !matches!(field.entry.value, Value::Null))
    }

    /// Names that belong to no setting are reported; returns what holds.
    pub fn finish(self) -> Vec<InForce> {
        self.finish_with(|_| None)
    }

    /// The same for whoever knows where some of these names belong.
    pub fn finish_with(self, belongs: impl Fn(&str) -> Option<String>) -> Vec<InForce> {
        let mut unknown = 0;
        for field in &self.table.fields {
            if self.settings.iter().any(|settings| settings.iter().any(|setting| setting.name == field.name))
            {
                continue;
            }
            let message = format!("{} has no setting `{}`", self.title, field.name);
            let names: Vec<&str> = self
                .settings
                .iter()
                .flat_map(|settings| settings.iter().map(|setting| setting.name))
                .collect();
            unknown += 1;
            if unknown > UNKNOWN_MAX {
                break;
            }
            let hint = elsewhere(&field.name).map(str::to_string).or_else(|| belongs(&field.name));
            let hint = hint.or_else(|| did_you_mean(&field.name, &names));
            self.context.problems.report(Severity::Error, field.name_span.clone(), message, hint);
        }
        self.in_force
    }

    /// A table within this one, with settings of its own; all defaults if it is not there.
    pub fn within<T>(&mut self, name: &str, read: impl FnOnce(&mut Fields<'a>) -> T) -> T {
        let Takes::Table(settings) = self.setting(name).takes else {
            unreachable!("`{name}` is declared as something other than a table")
        };
        let mut inner = match self.field(name) {
            Some(field) => {
                let title = format!("`{name}` of {}", self.title);
                Fields::new(self.context, title, &field.entry, vec![settings])
            }
            None => Fields { span: self.span.clone(), ..Fields::empty(self.context, settings) },
        };
        inner.profile = self.profile;
        let value = read(&mut inner);
        for mut held in inner.finish() {
            held.setting = format!("{name}.{}", held.setting);
            self.in_force.push(held);
        }
        value
    }

    /// The written entry of a setting with a form of its own.
    pub fn form(&mut self, name: &str) -> Option<&'a Entry> {
        let setting = self.setting(name);
        match self.field(name) {
            Some(field) => {
                let value = match &field.entry.value {
                    Value::Scalar(text) => text.clone(),
                    _ => "…".to_string(),
                };
                self.hold(setting, value, Origin::Given);
                Some(&field.entry)
            }
            None => {
                if setting.otherwise == Otherwise::Required {
                    self.report_missing(setting);
                }
                None
            }
        }
    }

    /// Reads a setting by a parser of its text; the default goes the same way.
    pub fn parse<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, Refusal>) -> Option<T> {
        let setting = self.setting(name);
        if let Some(field) = self.field(name) {
            match field.entry.scalar() {
                Some(text) => match parse(text) {
                    Ok(value) => {
                        self.hold(setting, text.to_string(), Origin::Given);
                        return Some(value);
                    }
                    Err(refusal) => report_refusal(self.context, &field.entry, name, refusal),
                },
                None => {
                    let message = format!(
                        "`{name}` takes {}, not {}",
                        setting.takes.describe(),
                        field.entry.describe()
                    );
                    self.context.problems.error(field.entry.span.clone(), message);
                }
            }
        } else if setting.otherwise == Otherwise::Required {
            self.report_missing(setting);
        } else if let Some((value, source)) = setting.default_for(self.profile) {
            self.hold(setting, value.to_string(), Origin::Default { source });
        }
        let default = setting.default_for(self.profile).map(|(value, _)| parse(value).ok());
        debug_assert!(!matches!(default, Some(None)), "the default of `{name}` cannot be read");
        default.flatten()
    }

    fn setting(&self, name: &str) -> &'static Setting {
        self.settings
            .iter()
            .flat_map(|settings| settings.iter())
            .find(|setting| setting.name == name)
            .unwrap_or_else(|| unreachable!("`{name}` stands in no table of settings"))
    }

    fn hold(&mut self, setting: &Setting, value: String, origin: Origin) {
        self.in_force.push(InForce { setting: setting.name.to_string(), value, origin });
    }

    fn report_missing(&self, setting: &Setting) {
        let message = format!("{} has no `{}`", self.title, setting.name);
        let hint = format!("give it {}: {}", setting.takes.describe(), setting.help);
        self.context.problems.error_with_hint(self.span.clone(), message, hint);
    }
}

/// The getters, one for each thing that a setting may take. Those without a default in
/// the table of settings are asked for by `optional_…`.
impl Fields<'_> {
    pub fn optional_duration(&mut self, name: &str) -> Option<Time> {
        let or_none = self.setting(name).takes == Takes::DurationOrNone;
        self.parse(name, |text| match text {
            "none" if or_none => Ok(NEVER),
            text => Ok(quantity::parse_time(text)?),
        })
    }

    pub fn duration(&mut self, name: &str) -> Time {
        self.optional_duration(name).unwrap_or(0)
    }

    /// `auto` is none.
    pub fn optional_whole(&mut self, name: &str) -> Option<u32> {
        let takes = self.setting(name).takes;
        let (least, most) = match takes {
            Takes::Whole(least, most)
            | Takes::WholeOrUnlimited(least, most)
            | Takes::WholeOrAuto(least, most) => (least, most.min(u64::from(UNLIMITED))),
            _ => unreachable!("`{name}` is declared as something other than a whole number"),
        };
        self.parse(name, |text| match (text, takes) {
            ("unlimited", Takes::WholeOrUnlimited(..)) => Ok(Some(UNLIMITED)),
            ("auto", Takes::WholeOrAuto(..)) => Ok(None),
            _ => {
                let value = quantity::parse_count(text)?;
                if value < least || value > most {
                    return Err(Refusal::new(format!("{value} is out of range"), takes.describe()));
                }
                Ok(Some(value as u32))
            }
        })
        .flatten()
    }

    pub fn whole(&mut self, name: &str) -> u32 {
        self.optional_whole(name).unwrap_or(1)
    }

    /// Where it is not given, it is no more than something else, and is told so.
    pub fn whole_up_to(&mut self, name: &str, most: u32) -> u32 {
        let value = self.whole(name);
        if value <= most || self.is_given(name) {
            return value;
        }
        for held in self.in_force.iter_mut().filter(|held| held.setting == name) {
            held.value = most.to_string();
        }
        most
    }

    /// A listen backlog, which the kernel caps.
    pub fn backlog(&mut self, name: &str) -> u32 {
        let backlog = self.whole(name);
        if backlog > SOMAXCONN {
            self.context.problems.warning(
                self.place(name),
                format!("the kernel caps a listen backlog at net.core.somaxconn, {SOMAXCONN}"),
                format!("{SOMAXCONN} is simulated"),
            );
        }
        backlog.min(SOMAXCONN)
    }

    pub fn optional_share(&mut self, name: &str) -> Option<f64> {
        self.parse(name, |text| Ok(quantity::parse_share(text)?))
    }

    pub fn share(&mut self, name: &str) -> f64 {
        self.optional_share(name).unwrap_or(0.0)
    }

    pub fn number(&mut self, name: &str) -> f64 {
        let number = self.parse(name, |text| {
            let value = quantity::parse_number(text)?;
            if value > 0.0 && value < 1e12 {
                Ok(value)
            } else {
                Err(Refusal::new(format!("{text} is out of range"), Takes::Number.describe()))
            }
        });
        number.unwrap_or(1.0)
    }

    pub fn optional_rate(&mut self, name: &str) -> Option<f64> {
        self.parse(name, |text| Ok(quantity::parse_rate(text)?))
    }

    pub fn optional_size(&mut self, name: &str) -> Option<u64> {
        self.parse(name, |text| Ok(quantity::parse_size(text)?))
    }

    pub fn optional_bandwidth(&mut self, name: &str) -> Option<f64> {
        self.parse(name, |text| match quantity::parse_bandwidth(text)? {
            value if value > 0.0 => Ok(value),
            _ => Err(Refusal::new("a bandwidth of zero lets nothing through", Takes::Bandwidth.describe())),
        })
    }

    pub fn optional_price(&mut self, name: &str) -> Option<f64> {
        self.parse(name, |text| Ok(quantity::parse_price(text)?))
    }

    pub fn optional_price_of_bytes(&mut self, name: &str) -> Option<f64> {
        self.parse(name, |text| Ok(quantity::parse_price_of_bytes(text)?))
    }

    pub fn optional_distribution(&mut self, name: &str) -> Option<Distribution> {
        let context = self.context;
        self.parse(name, |text| parse_distribution(context, text))
    }

    pub fn optional_text(&mut self, name: &str) -> Option<String> {
        self.parse(name, |text| Ok(text.to_string()))
    }

    pub fn flag(&mut self, name: &str) -> bool {
        let flag = self.parse(name, |text| match text {
            "true" | "yes" => Ok(true),
            "false" | "no" => Ok(false),
            _ => Err(Refusal::new(format!("`{text}` is neither true nor false"), Takes::Flag.describe())),
        });
        flag.unwrap_or(false)
    }

    /// The number of the word in the setting's list of words.
    pub fn word(&mut self, name: &str) -> usize {
        let Takes::Word(words) = self.setting(name).takes else {
            unreachable!("`{name}` is declared as something other than a word")
        };
        self.parse(name, |text| match words.iter().position(|word| *word == text) {
            Some(index) => Ok(index),
            None => Err(Refusal {
                problem: format!("there is no {name} `{text}`"),
                hint: did_you_mean(text, words),
                place: None,
            }),
        })
        .unwrap_or(0)
    }
}

/// Settings that people will rightly look for, and that stand elsewhere.
fn elsewhere(name: &str) -> Option<&'static str> {
    match name {
        "circuit_breaker" | "hedge" | "retry_budget" | "max_in_flight" | "backoff" => {
            Some("how a node calls others stands in its `calls`, such as `calls: { retries: 2 }`")
        }
        "health_check" => Some("a `load_balancer` has `check`, a `web_server` has `max_fails`"),
        "price" | "prices" => Some("what a node costs is its `cost`, such as `cost: 0.10/h`"),
        _ => None,
    }
}
