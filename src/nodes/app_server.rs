//! `app_server`: gunicorn, uWSGI or PHP-FPM. Runs the code base, one request per worker slot.

use super::behaviour::{Answers, Behaviour, Calling, ConnectionPool, WhenCallerLeaves, WhenFull};
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;

#[derive(Clone, Debug)]
pub struct AppServer {
    pub software: Software,
    pub workers: u32,
    /// Threads per worker.
    pub threads: u32,
    pub backlog: u32,
    pub listen: Listen,
    /// A worker silent for so long is killed; `NEVER` for none.
    pub timeout: Time,
    /// How long a new worker takes to boot.
    pub boot: Time,
    /// Bytes of memory per worker.
    pub memory_per_worker: Option<u64>,
    pub pool: Option<Pool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Software {
    GunicornSync,
    GunicornGthread,
    Uwsgi,
    PhpFpm,
}

/// Where the server listens: the two fail differently when the backlog is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listen {
    Tcp,
    Unix,
}

/// A pool of database connections in each worker process (SQLAlchemy's by default).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    pub size: u32,
    pub overflow: u32,
    pub wait: Time,
}

impl AppServer {
    pub fn behaviour(&self) -> Behaviour {
        Behaviour {
            slots: self.workers.saturating_mul(self.threads),
            queue: self.backlog,
            when_full: match self.listen {
                Listen::Tcp => WhenFull::DropSyn,
                Listen::Unix => WhenFull::Answer(Outcome::Refused),
            },
            watchdog: self.timeout,
            boot: self.boot,
            when_caller_leaves: WhenCallerLeaves::Finish,
            calling: Calling {
                answers: Answers::Application,
                keeps_connections: self.pool.is_some(),
                pool: self.pool.map(|pool| ConnectionPool {
                    size: pool.size.saturating_add(pool.overflow),
                    processes: self.workers,
                    wait: pool.wait,
                }),
                ..Calling::PLAIN
            },
            ..Behaviour::OPEN
        }
    }
}
