//! `database`: MySQL. Above `max_connections` it answers error 1040 at once; it has no queue.

use super::behaviour::{Behaviour, WhenFull};
use super::fields::{Fields, parse_factor};
use super::setting::{Setting, Takes};
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;

#[derive(Clone, Debug)]
pub struct Database {
    pub software: Software,
    pub max_connections: u32,
    /// CPU time that the server spends on a new connection.
    pub connect: Time,
    /// After a crash it goes through its log before it serves.
    pub recovery: Time,
    pub buffer_pool: Option<BufferPool>,
}

/// Pages that a start finds on the disk, and later queries in memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BufferPool {
    /// Queries take so many times as long when it has just started.
    pub cold: f64,
    /// Evenly less from then on, and none after so long.
    pub warms_in: Time,
}

impl BufferPool {
    /// How much longer queries take so long after it has started.
    pub fn slowness(&self, age: Time) -> f64 {
        let left = 1.0 - age as f64 / self.warms_in as f64;
        1.0 + (self.cold - 1.0) * left.max(0.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Software {
    Mysql,
    Mariadb,
}

impl Database {
    pub fn behaviour(&self) -> Behaviour {
        Behaviour {
            slots: self.max_connections,
            queue: 0,
            when_full: WhenFull::Answer(Outcome::TooManyConnections),
            ..Behaviour::OPEN
        }
    }
}

pub const SETTINGS: &[Setting] = &[
    Setting::new("software", Takes::Word(&["mysql", "mariadb"]), "mysql", "spof", "which database it is"),
    Setting::new(
        "max_connections",
        Takes::Whole(1, 100_000),
        "151",
        "MySQL: max_connections",
        "connections above this many are answered with error 1040",
    ),
    Setting::new(
        "connect",
        Takes::Duration,
        "0s",
        "spof: none, unless it is measured",
        "CPU time that a new connection costs the database (TLS costs tens of milliseconds)",
    ),
    Setting::new(
        "boot",
        Takes::Duration,
        "5s",
        "spof: InnoDB opens its files",
        "how long it takes from its start until it serves",
    ),
    Setting::new(
        "recovery",
        Takes::Duration,
        "0s",
        "spof: none, unless it is measured",
        "how much longer a start takes after a crash (InnoDB goes through its log)",
    ),
    Setting::optional(
        "buffer_pool",
        Takes::Table(BUFFER_POOL),
        "queries are slower after a start, until what they need is in memory again",
    ),
    REPLICATION,
    Setting::optional(
        "backup",
        Takes::Table(BACKUP),
        "copies that `lose_data` comes back from, the first at the start",
    ),
];

const BUFFER_POOL: &[Setting] = &[
    Setting::required(
        "cold",
        Takes::Form("a factor such as `5x`"),
        "how many times as long queries take when it has just started",
    ),
    Setting::new(
        "warms_in",
        Takes::Duration,
        "5m",
        "spof: the hottest pages come back first, the rest as queries ask for them",
        "evenly less from then on, and as always after so long",
    ),
];

const BACKUP: &[Setting] = &[
    Setting::new("every", Takes::Duration, "1d", "spof: nightly", "time from one backup to the next"),
    Setting::new("restore", Takes::Duration, "1h", "spof", "how long it takes to put one back"),
];

/// What databases and groups of them are given.
pub const REPLICATION: Setting = Setting::optional(
    "replication",
    Takes::Table(REPLICATION_SETTINGS),
    "for databases: the first takes the writes, and the others follow it",
);

const REPLICATION_SETTINGS: &[Setting] = &[
    Setting::new(
        "lag",
        Takes::Distribution,
        "100ms",
        "spof: replicas near their primary, which is not overloaded",
        "how long after its commit a write is on a replica",
    ),
    Setting::optional(
        "failover",
        Takes::Duration,
        "how long after the primary's loss a replica is promoted; never if not given",
    ),
    Setting::new("reads", Takes::Word(READS), "replicas", "spof: the usual split", "who answers reads"),
];

const READS: &[&str] = &["replicas", "all", "primary"];

/// MariaDB raises `max_connections` to this, whatever is asked.
const MARIADB_CONNECTIONS_MIN: u32 = 10;

impl Database {
    pub fn read(fields: &mut Fields) -> Database {
        let software = [Software::Mysql, Software::Mariadb][fields.word("software")];
        let mut max_connections = fields.whole("max_connections");
        if software == Software::Mariadb && max_connections < MARIADB_CONNECTIONS_MIN {
            fields.context.problems.warning(
                fields.place("max_connections"),
                format!("MariaDB raises `max_connections` to {MARIADB_CONNECTIONS_MIN}"),
                "so many are simulated",
            );
            max_connections = MARIADB_CONNECTIONS_MIN;
        }
        let is_given = fields.is_given("buffer_pool");
        Database {
            software,
            max_connections,
            connect: fields.duration("connect"),
            recovery: fields.duration("recovery"),
            buffer_pool: is_given.then(|| fields.within("buffer_pool", read_buffer_pool)).flatten(),
        }
    }
}

fn read_buffer_pool(fields: &mut Fields) -> Option<BufferPool> {
    let (cold, warms_in) = (fields.parse("cold", parse_factor), fields.duration("warms_in"));
    if warms_in == 0 {
        let message = "what is warm at once never was cold";
        fields.context.problems.error_with_hint(fields.place("warms_in"), message, "`warms_in: 5m`");
        return None;
    }
    Some(BufferPool { cold: cold?, warms_in })
}
