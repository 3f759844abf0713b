//! What requests waited for, one thing after the other: the parts of their latencies, and the
//! sample of requests of which these are known.

use super::Nanoseconds;
use super::row::NO_INCIDENT;
use crate::kernel::time::Time;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why time went by while somebody waited for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// In line at a node, or held back at its door.
    Queue,
    /// Work at a node, cores shared with others included.
    Service,
    /// For a connection of the pool that a caller keeps to those it calls.
    Pool,
    /// For a place among the calls that a caller makes at once.
    MaxInFlight,
    /// Until a node's rate limit let it pass.
    RateLimit,
    /// A link's latency, handshakes included.
    Network,
    /// Behind other messages on a link that is full.
    FullLink,
    /// Until the last byte had left.
    Sending,
    /// Until something was sent again that a link had lost.
    Retransmission,
    /// Until a SYN was sent again that nobody had taken.
    Syn,
    /// Tries that came to nothing before the last one, and the waits between.
    Retry,
    /// Behind a cache that was still filling up and did not have what was asked for.
    ColdCache,
    /// For an answer that did not come.
    Waiting,
}

impl Cause {
    pub const ALL: [Cause; 13] = [
        Cause::Queue,
        Cause::Service,
        Cause::Pool,
        Cause::MaxInFlight,
        Cause::RateLimit,
        Cause::Network,
        Cause::FullLink,
        Cause::Sending,
        Cause::Retransmission,
        Cause::Syn,
        Cause::Retry,
        Cause::ColdCache,
        Cause::Waiting,
    ];

    /// The name in output files.
    pub fn name(self) -> &'static str {
        match self {
            Cause::Queue => "queue",
            Cause::Service => "service",
            Cause::Pool => "pool",
            Cause::MaxInFlight => "max_in_flight",
            Cause::RateLimit => "rate_limit",
            Cause::Network => "network",
            Cause::FullLink => "full_link",
            Cause::Sending => "sending",
            Cause::Retransmission => "retransmission",
            Cause::Syn => "syn",
            Cause::Retry => "retry",
            Cause::ColdCache => "cold_cache",
            Cause::Waiting => "waiting",
        }
    }

    pub fn named(name: &str) -> Option<Cause> {
        Cause::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

impl Serialize for Cause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Cause {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Cause, D::Error> {
        let name = String::deserialize(deserializer)?;
        Cause::named(&name).ok_or_else(|| D::Error::custom(format!("there is no cause `{name}`")))
    }
}

/// Where it went by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Node(u32),
    /// Between a caller and those it calls.
    Call {
        from: u32,
        to: u32,
    },
    /// In the order of the scenario's links.
    Link(u32),
}

/// A part of a latency: why, and where. It is one number, since parts are compared often.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part(u64);

/// The bits of one number of a place; two of them, and two bits that tell which kind of place it
/// is, stand behind the cause.
const NUMBER_BITS: u32 = 27;
const NUMBER: u64 = (1 << NUMBER_BITS) - 1;
const KIND_BITS: u32 = 2 * NUMBER_BITS;
const CAUSE_BITS: u32 = KIND_BITS + 2;

impl Part {
    pub const fn new(cause: Cause, place: Place) -> Part {
        let (kind, one, other) = match place {
            Place::Node(node) => (0, node, 0),
            Place::Link(link) => (1, link, 0),
            Place::Call { from, to } => (2, from, to),
        };
        let (one, other) = (one as u64 & NUMBER, other as u64 & NUMBER);
        Part((cause as u64) << CAUSE_BITS | kind << KIND_BITS | one << NUMBER_BITS | other)
    }

    pub fn at(cause: Cause, node: u32) -> Part {
        Part::new(cause, Place::Node(node))
    }

    pub const fn between(cause: Cause, from: u32, to: u32) -> Part {
        Part::new(cause, Place::Call { from, to })
    }

    pub fn on(cause: Cause, link: u32) -> Part {
        Part::new(cause, Place::Link(link))
    }

    pub fn cause(self) -> Cause {
        Cause::ALL[(self.0 >> CAUSE_BITS) as usize]
    }

    pub fn place(self) -> Place {
        let (one, other) = ((self.0 >> NUMBER_BITS & NUMBER) as u32, (self.0 & NUMBER) as u32);
        match self.0 >> KIND_BITS & 3 {
            0 => Place::Node(one),
            1 => Place::Link(one),
            _ => Place::Call { from: one, to: other },
        }
    }
}

impl std::fmt::Debug for Part {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "{:?} {:?}", self.cause(), self.place())
    }
}

/// Good answers that were followed, whatever rows are written. Nothing if nobody asked.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    /// In the order of the scenario's classes.
    pub classes: Vec<ClassPaths>,
    /// How many thousandths of a request one that was met in a sample of the steady state stands
    /// for, where such a sample stands for time without requests.
    pub steady_thousandths: u64,
}

#[derive(Clone, Debug, Default)]
pub struct ClassPaths {
    /// One in so many of the class's requests was followed, each with the same chance.
    pub one_in: u64,
    /// In the order in which they ended.
    pub paths: Vec<Path>,
    /// What each of them waited for, one after the other.
    times: Vec<(Part, Time)>,
}

/// What one request waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path {
    /// Its number among the requests of its class, and among all.
    pub number: u64,
    pub id: u64,
    pub attempts: u32,
    pub start: Time,
    pub latency: Time,
    /// The incident in force while it was under way, or `NO_INCIDENT`.
    pub during: u32,
    /// Whether it was met in a sample of the steady state that stands for more than itself.
    pub is_steady: bool,
    /// Where its times end.
    times_end: u32,
}

impl Path {
    /// A request that was answered at the first try while nothing was wrong.
    pub fn new(number: u64, start: Time, latency: Time) -> Path {
        let (during, is_steady) = (NO_INCIDENT, false);
        Path { number, id: number, attempts: 1, start, latency, during, is_steady, times_end: 0 }
    }

    pub fn end(&self) -> Time {
        self.start.saturating_add(self.latency)
    }
}

impl ClassPaths {
    /// Of a class of which one in so many requests is followed.
    pub fn of(one_in: u64) -> ClassPaths {
        ClassPaths { one_in, ..ClassPaths::default() }
    }

    pub fn add(&mut self, path: Path, times: &[(Part, Time)]) {
        self.times.extend_from_slice(times);
        self.paths.push(Path { times_end: self.times.len() as u32, ..path });
    }

    /// Each path, with the parts of its latency, which come to all of it.
    pub fn all(&self) -> impl Iterator<Item = (&Path, &[(Part, Time)])> {
        let mut begin = 0;
        self.paths.iter().map(move |path| {
            let times = &self.times[begin..path.times_end as usize];
            begin = path.times_end as usize;
            (path, times)
        })
    }

    /// How many parts are kept, of all paths.
    pub fn parts(&self) -> usize {
        self.times.len()
    }

    /// Keeps only those that are wanted.
    pub fn retain(&mut self, is_wanted: impl Fn(&Path) -> bool) {
        let (mut begin, mut end) = (0, 0);
        let times = &mut self.times;
        self.paths.retain_mut(|path| {
            let own = begin..path.times_end as usize;
            begin = own.end;
            if !is_wanted(path) {
                return false;
            }
            let length = own.len();
            times.copy_within(own, end);
            end += length;
            path.times_end = end as u32;
            true
        });
        times.truncate(end);
    }
}

impl Paths {
    /// How many thousandths of a request a path of a class stands for.
    pub fn weight(&self, class: &ClassPaths, path: &Path) -> Nanoseconds {
        let thousandths = if path.is_steady { self.steady_thousandths } else { 1_000 };
        Nanoseconds::from(class.one_in) * Nanoseconds::from(thousandths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_what_it_was_made_of() {
        let places = [Place::Node(7), Place::Link(3), Place::Call { from: 134_217_727, to: 0 }];
        for cause in Cause::ALL {
            assert_eq!(Cause::named(cause.name()), Some(cause));
            for place in places {
                let part = Part::new(cause, place);
                assert_eq!((part.cause(), part.place()), (cause, place));
            }
        }
    }

    #[test]
    fn those_that_stay_keep_their_parts() {
        let mut class = ClassPaths::of(1);
        for number in 0..10 {
            let times: Vec<(Part, Time)> =
                (0..number % 4).map(|node| (Part::at(Cause::Service, node as u32), number)).collect();
            let latency = times.iter().map(|(_, time)| time).sum();
            class.add(Path::new(number, 0, latency), &times);
        }
        let before: Vec<_> = class.all().map(|(path, times)| (path.number, times.to_vec())).collect();
        class.retain(|path| path.number % 3 != 1);
        let after: Vec<_> = class.all().map(|(path, times)| (path.number, times.to_vec())).collect();
        let expected: Vec<_> = before.into_iter().filter(|(number, _)| number % 3 != 1).collect();
        assert_eq!((after.len(), class.parts()), (7, expected.iter().map(|(_, times)| times.len()).sum()));
        assert_eq!(after, expected);
    }
}
