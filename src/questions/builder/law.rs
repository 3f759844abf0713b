//! Laws of a program: any distribution of `rand_distr`, any process of arrivals.

use super::value::{Element, Kind, Value};
use crate::parts::arrivals::CustomArrivals;
use crate::parts::distribution::Custom;
use crate::parts::laws;
use rand::Rng;
use rand_distr::Distribution;

/// A law that a program brings along, as [`law`] and [`arrivals_by`] make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Law(laws::Law);

/// Any distribution as a law of durations: of work, latencies, time to think, time until something
/// breaks, or between two arrivals of a user. What it draws are seconds; what is negative or no number
/// counts as nothing, and what is endless as 146 years.
///
/// It draws from the same streams as the laws that can be written in a scenario, so that a seed gives the
/// same run again, on one machine: the last bits of a draw are a matter of that crate. Mean, variance and
/// quantiles, which tables of what a site can carry are made of, are those of 100,000 draws that are
/// always the same; [`Law::with_mean`] is for whoever knows better.
///
/// ```
/// let gamma = spof::rand_distr::Gamma::new(2.0, 0.040).expect("both are above zero");
/// let law = spof::law(gamma).named("service");
/// assert_eq!(law.to_string(), "law('service')");
/// ```
pub fn law<D: Distribution<f64> + Send + Sync + 'static>(distribution: D) -> Law {
    let custom = Custom::new("", move |generator| distribution.sample(generator));
    Law(laws::Law::Duration(custom)).named(short_name(std::any::type_name::<D>()))
}

/// A process of arrivals: says again and again how many seconds pass until the next one, and may
/// remember what it likes. Each run begins with a clone of it and has a stream of chance of its own.
/// It ends when it says that a gap is endless; a gap that is negative or no number counts as none, and
/// after a million of these in a row it is taken for stuck, and ends too.
///
/// ```
/// use spof::rand::{Rng, RngExt};
///
/// // Customers come by the bus: twenty at once, every ten minutes or so.
/// let mut left = 0;
/// let buses = spof::arrivals_by(move |chance: &mut dyn Rng| {
///     if left > 0 {
///         left -= 1;
///         return 0.0;
///     }
///     left = 19;
///     chance.random_range(540.0..660.0)
/// });
/// let stop = spof::site("A bus stop")
///     .run(("duration", "1h"))
///     .node("passengers", "user", ("arrivals", buses.named("buses")))
///     .node("till", "station", ("servers", 1))
///     .request("ticket", ("till", "20s"))
///     .check()?;
/// let run = spof::simulate(&stop, &Default::default(), &spof::Unwatched)?;
/// assert_eq!(run.results.offered % 20, 0);
/// # Ok::<(), spof::Error>(())
/// ```
pub fn arrivals_by<F: FnMut(&mut dyn Rng) -> f64 + Clone + Send + Sync + 'static>(gap: F) -> Law {
    Law(laws::Law::Arrivals(CustomArrivals::new("arrivals", gap)))
}

impl Law {
    /// What it is called in tables and messages, and in the text of the scenario, where others can
    /// refer to it: `mixture(90% law('service'), 10% 1s)`. Without a name it has that of its type.
    pub fn named(&self, name: &str) -> Law {
        Law(self.0.renamed(name))
    }

    /// The mean in seconds, instead of one that is measured. Of a process of arrivals there is none.
    pub fn with_mean(&self, seconds: f64) -> Law {
        self.known(|law| law.with_mean(seconds))
    }

    /// The standard deviation in seconds, likewise.
    pub fn with_standard_deviation(&self, seconds: f64) -> Law {
        self.known(|law| law.with_standard_deviation(seconds))
    }

    fn known(&self, know: impl Fn(&Custom) -> Custom) -> Law {
        match &self.0 {
            laws::Law::Duration(law) => Law(laws::Law::Duration(know(law))),
            laws::Law::Arrivals(_) => self.clone(),
        }
    }
}

/// As it stands in a scenario.
impl std::fmt::Display for Law {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.spelled())
    }
}

impl From<Law> for Value {
    fn from(law: Law) -> Value {
        Value(Kind::Law(law.0))
    }
}

impl From<&Law> for Value {
    fn from(law: &Law) -> Value {
        law.clone().into()
    }
}

impl Element for Law {
    fn into_element(self) -> Value {
        self.into()
    }
}

/// `Gamma` of `rand_distr::gamma::Gamma<f64>`.
fn short_name(type_name: &str) -> &str {
    let path = type_name.split('<').next().unwrap_or_default();
    let name = path.rsplit("::").next().unwrap_or_default();
    let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    if is_name { name } else { "law" }
}
