//! What can be set: one table says for each setting what it takes, what holds without it
//! and where that comes from. Checks, the JSON schema and the reference are made of it.

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub name: &'static str,
    pub takes: Takes,
    pub otherwise: Otherwise,
    pub help: &'static str,
}

/// What stands behind a setting's colon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Takes {
    Text,
    /// `true` or `false`.
    Flag,
    /// `250ms`
    Duration,
    /// `250ms` or `none`
    DurationOrNone,
    /// `60/s`
    Rate,
    /// `70%`
    Share,
    /// A number above zero.
    Number,
    /// A whole number from the first to the second.
    Whole(u64, u64),
    /// The same, or `unlimited`.
    WholeOrUnlimited(u64, u64),
    /// The same, or `auto`.
    WholeOrAuto(u64, u64),
    /// `4GiB`
    Size,
    /// `100Mbps`
    Bandwidth,
    /// `0.10/h`
    Price,
    /// `0.09/GB`
    PriceOfBytes,
    /// `exp(5ms)`
    Distribution,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A table with settings of its own.
    Table(&'static [Setting]),
    /// Something with a form of its own, which the reference describes in these words.
    Form(&'static str),
}

/// What holds if a setting is not given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Otherwise {
    /// It has to be given.
    Required,
    /// The thing is not there then.
    Absent,
    Is {
        value: &'static str,
        source: &'static str,
    },
    /// It depends on which software the node runs.
    ByProfile(&'static [ProfileDefault]),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProfileDefault {
    pub profile: &'static str,
    pub value: &'static str,
    pub source: &'static str,
}

impl PartialEq for Setting {
    fn eq(&self, other: &Setting) -> bool {
        self.name == other.name
    }
}

impl Setting {
    pub const fn new(
        name: &'static str,
        takes: Takes,
        value: &'static str,
        source: &'static str,
        help: &'static str,
    ) -> Setting {
        Setting { name, takes, otherwise: Otherwise::Is { value, source }, help }
    }

    pub const fn required(name: &'static str, takes: Takes, help: &'static str) -> Setting {
        Setting { name, takes, otherwise: Otherwise::Required, help }
    }

    pub const fn optional(name: &'static str, takes: Takes, help: &'static str) -> Setting {
        Setting { name, takes, otherwise: Otherwise::Absent, help }
    }

    pub const fn by_profile(
        name: &'static str,
        takes: Takes,
        defaults: &'static [ProfileDefault],
        help: &'static str,
    ) -> Setting {
        Setting { name, takes, otherwise: Otherwise::ByProfile(defaults), help }
    }

    /// The default under a profile, with its source.
    pub fn default_for(&self, profile: &str) -> Option<(&'static str, &'static str)> {
        match self.otherwise {
            Otherwise::Required | Otherwise::Absent => None,
            Otherwise::Is { value, source } => Some((value, source)),
            Otherwise::ByProfile(defaults) => defaults
                .iter()
                .find(|default| default.profile == profile)
                .map(|default| (default.value, default.source)),
        }
    }
}

impl ProfileDefault {
    pub const fn new(profile: &'static str, value: &'static str, source: &'static str) -> ProfileDefault {
        ProfileDefault { profile, value, source }
    }
}

impl Takes {
    /// What it takes, for people, with an example.
    pub fn describe(&self) -> String {
        match self {
            Takes::Text => "a text".to_string(),
            Takes::Flag => "`true` or `false`".to_string(),
            Takes::Duration => "a duration such as `250ms`".to_string(),
            Takes::DurationOrNone => "a duration such as `30s`, or `none`".to_string(),
            Takes::Rate => "a rate such as `60/s`".to_string(),
            Takes::Share => "a share such as `70%`".to_string(),
            Takes::Number => "a number above zero".to_string(),
            Takes::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Takes::WholeOrUnlimited(least, most) => {
                format!("a whole number from {least} to {most}, or `unlimited`")
            }
            Takes::WholeOrAuto(least, most) => format!("a whole number from {least} to {most}, or `auto`"),
            Takes::Size => "a size such as `4GiB`".to_string(),
            Takes::Bandwidth => "a bandwidth such as `100Mbps`".to_string(),
            Takes::Price => "a price such as `0.10/h` or `70/month`".to_string(),
            Takes::PriceOfBytes => "a price such as `0.09/GB`".to_string(),
            Takes::Distribution => "a duration or a distribution such as `exp(5ms)`".to_string(),
            Takes::Word(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                format!("one of {}", words.join(", "))
            }
            Takes::Table(settings) => {
                let names: Vec<String> =
                    settings.iter().map(|setting| format!("`{}`", setting.name)).collect();
                format!("a table with {}", names.join(", "))
            }
            Takes::Form(description) => description.to_string(),
        }
    }
}
