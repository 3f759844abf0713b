//! What stands behind a setting's colon, written in Rust.

use crate::document::value::{Entry, Field, Table, Value as Written};
use crate::parts::laws;
use std::time::Duration;

/// What a setting is to be: numbers, texts, flags, durations and laws become one by themselves;
/// [`list`] and [`table`] make the others.
#[derive(Clone, Debug)]
pub struct Value(pub(super) Kind);

#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// As it would be written in a file.
    Text(String),
    Law(laws::Law),
    List(Vec<Value>),
    Table(Pairs),
}

pub(super) type Pairs = Vec<(String, Value)>;

/// A list of anything that may stand in one: `list(["page p99 < 500ms", "availability >= 99.9%"])`.
pub fn list(elements: impl Elements) -> Value {
    Value(Kind::List(elements.into_elements()))
}

/// A table of settings within another: `("calls", table([("retries", 2)]))`.
pub fn table(settings: impl Settings) -> Value {
    Value(Kind::Table(settings.into_settings()))
}

/// A call in a path, with all that it says: `call("gunicorn", [("cpu", "exp(6ms)"), ("wait", "2ms")])`.
pub fn call(node: &str, settings: impl Settings) -> Value {
    table((node, table(settings)))
}

/// Settings with what they are to be. One is a pair; several of the same type stand in brackets, and of
/// different types in parentheses:
///
/// ```
/// use spof::{Settings, law, rand_distr};
///
/// fn takes(settings: impl Settings) {}
///
/// takes(("servers", 2));
/// takes([("servers", 2), ("backlog", 100)]);
/// let gamma = rand_distr::Gamma::new(2.0, 0.01).expect("both are above zero");
/// takes((("servers", 2), ("work", law(gamma))));
/// takes(()); // none at all
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` are no settings",
    note = "write `(\"servers\", 2)` for one, `[(\"servers\", 2), (\"backlog\", 9)]` for several of one type, and \
            `((\"servers\", 2), (\"work\", \"exp(5ms)\"))` for up to twelve of any types"
)]
pub trait Settings {
    #[doc(hidden)]
    fn into_settings(self) -> Vec<(String, Value)>;
}

/// What stands in a list. An element may be a pair such as `("nginx", "0.2ms")`, as calls in a path are.
/// One of these needs no brackets, and several of different types stand in parentheses.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list",
    note = "write `[(\"nginx\", \"0.2ms\"), (\"mysql\", \"exp(2ms)\")]`, and in parentheses what is of different types"
)]
pub trait Elements {
    #[doc(hidden)]
    fn into_elements(self) -> Vec<Value>;
}

/// What may stand in a list: a value, or a pair of a name and a value.
pub trait Element {
    #[doc(hidden)]
    fn into_element(self) -> Value;
}

macro_rules! values_that_are_printed {
    ($($type:ty),+) => { $(
        impl From<$type> for Value {
            fn from(value: $type) -> Value {
                Value(Kind::Text(value.to_string()))
            }
        }
        impl Element for $type {
            fn into_element(self) -> Value {
                self.into()
            }
        }
    )+ };
}

values_that_are_printed!(&str, String, &String, bool, i32, i64, u16, u32, u64, usize, f64);

impl From<Duration> for Value {
    fn from(duration: Duration) -> Value {
        let nanoseconds = duration.as_nanos();
        let units = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns")];
        let (unit, name) =
            units.into_iter().find(|(unit, _)| nanoseconds.is_multiple_of(*unit)).unwrap_or(units[3]);
        Value(Kind::Text(format!("{}{name}", nanoseconds / unit)))
    }
}

impl Element for Duration {
    fn into_element(self) -> Value {
        self.into()
    }
}

impl Element for Value {
    fn into_element(self) -> Value {
        self
    }
}

impl<V: Into<Value>> Element for (&str, V) {
    fn into_element(self) -> Value {
        table(self)
    }
}

impl Settings for () {
    fn into_settings(self) -> Pairs {
        Vec::new()
    }
}

impl<V: Into<Value>> Settings for (&str, V) {
    fn into_settings(self) -> Pairs {
        vec![(self.0.to_owned(), self.1.into())]
    }
}

impl<V: Into<Value>, const N: usize> Settings for [(&str, V); N] {
    fn into_settings(self) -> Pairs {
        self.into_iter().flat_map(Settings::into_settings).collect()
    }
}

impl<V: Into<Value>> Settings for Vec<(String, V)> {
    fn into_settings(self) -> Pairs {
        self.into_iter().map(|(name, value)| (name, value.into())).collect()
    }
}

impl<E: Element> Elements for E {
    fn into_elements(self) -> Vec<Value> {
        vec![self.into_element()]
    }
}

impl<E: Element, const N: usize> Elements for [E; N] {
    fn into_elements(self) -> Vec<Value> {
        self.into_iter().map(Element::into_element).collect()
    }
}

impl<E: Element> Elements for Vec<E> {
    fn into_elements(self) -> Vec<Value> {
        self.into_iter().map(Element::into_element).collect()
    }
}

macro_rules! several_of_different_types {
    ($(($($value:ident $place:tt),+))+) => { $(
        impl<$($value: Into<Value>),+> Settings for ($((&str, $value),)+) {
            fn into_settings(self) -> Pairs {
                vec![$((self.$place.0.to_owned(), self.$place.1.into())),+]
            }
        }
        impl<$($value: Into<Value>),+> Elements for ($((&str, $value),)+) {
            fn into_elements(self) -> Vec<Value> {
                vec![$(self.$place.into_element()),+]
            }
        }
    )+ };
}

several_of_different_types! {
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11)
}

impl Value {
    /// As the reader would have it, were it not for its place; `spell` says what stands for a law.
    pub(super) fn written(&self, spell: &mut dyn FnMut(&laws::Law) -> String) -> Entry {
        let value = match &self.0 {
            Kind::Text(text) => Written::Scalar(text.clone()),
            Kind::Law(law) => Written::Scalar(spell(law)),
            Kind::List(elements) => {
                Written::List(elements.iter().map(|element| element.written(spell)).collect())
            }
            Kind::Table(pairs) => {
                let field = |(name, value): &(String, Value)| Field {
                    name: name.clone(),
                    name_span: 0..0,
                    entry: value.written(spell),
                };
                Written::Table(Table { fields: pairs.iter().map(field).collect() })
            }
        };
        Entry::new(value, 0..0)
    }
}
