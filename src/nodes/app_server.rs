//! `app_server`: gunicorn, uWSGI or PHP-FPM. Runs the code base, one request per worker slot.

use super::behaviour::{Answers, Behaviour, Calling, ConnectionPool, WhenCallerLeaves, WhenFull};
use super::fields::Fields;
use super::setting::{ProfileDefault, Setting, Takes};
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

const SOFTWARE: &[&str] = &["gunicorn", "gunicorn-gthread", "uwsgi", "php-fpm"];

pub const SETTINGS: &[Setting] = &[
    Setting::new("software", Takes::Word(SOFTWARE), "gunicorn", "spof", "which application server it is"),
    Setting::by_profile(
        "workers",
        Takes::Whole(1, 1_000_000),
        &[
            ProfileDefault::new("gunicorn", "1", "gunicorn: workers"),
            ProfileDefault::new("gunicorn-gthread", "1", "gunicorn: workers"),
            ProfileDefault::new("uwsgi", "1", "uWSGI: processes"),
            ProfileDefault::new("php-fpm", "5", "PHP-FPM: pm.max_children"),
        ],
        "processes, each serving `threads` requests at once",
    ),
    Setting::by_profile(
        "threads",
        Takes::Whole(1, 10_000),
        &[
            ProfileDefault::new("gunicorn", "1", "gunicorn: a sync worker has one"),
            ProfileDefault::new("gunicorn-gthread", "1", "gunicorn: threads"),
            ProfileDefault::new("uwsgi", "1", "uWSGI: threads, off"),
            ProfileDefault::new("php-fpm", "1", "PHP-FPM: a child serves one request"),
        ],
        "threads per worker",
    ),
    Setting::by_profile(
        "backlog",
        Takes::Whole(0, 10_000_000),
        &[
            ProfileDefault::new("gunicorn", "2048", "gunicorn: backlog"),
            ProfileDefault::new("gunicorn-gthread", "2048", "gunicorn: backlog"),
            ProfileDefault::new("uwsgi", "100", "uWSGI: listen"),
            ProfileDefault::new("php-fpm", "511", "PHP-FPM: listen.backlog"),
        ],
        "requests that wait for a worker in the kernel's queue",
    ),
    Setting::new(
        "listen",
        Takes::Word(&["tcp", "unix"]),
        "tcp",
        "spof",
        "a full TCP port lets clients try again, a full Unix socket fails them at once",
    ),
    Setting::by_profile(
        "timeout",
        Takes::DurationOrNone,
        &[
            ProfileDefault::new("gunicorn", "30s", "gunicorn: timeout"),
            ProfileDefault::new("gunicorn-gthread", "30s", "gunicorn: timeout"),
            ProfileDefault::new("uwsgi", "none", "uWSGI: harakiri, off"),
            ProfileDefault::new("php-fpm", "none", "PHP-FPM: request_terminate_timeout 0"),
        ],
        "a worker that is silent for so long is killed with its request",
    ),
    Setting::new(
        "boot",
        Takes::Duration,
        "1s",
        "spof: a small application",
        "how long a worker takes to boot, and so the whole application",
    ),
    Setting::optional("memory_per_worker", Takes::Size, "memory of each worker"),
    Setting::optional("pool", Takes::Table(POOL), "a pool of database connections in each worker"),
];

const POOL: &[Setting] = &[
    Setting::new("size", Takes::Whole(1, 100_000), "5", "SQLAlchemy: pool_size", "connections kept"),
    Setting::new(
        "overflow",
        Takes::Whole(0, 100_000),
        "10",
        "SQLAlchemy: max_overflow",
        "connections beyond those",
    ),
    Setting::new(
        "wait",
        Takes::DurationOrNone,
        "30s",
        "SQLAlchemy: pool_timeout",
        "wait for a connection, then 500",
    ),
];

impl AppServer {
    pub fn read(fields: &mut Fields) -> AppServer {
        let software = fields.word("software");
        fields.set_profile(SOFTWARE[software]);
        let software =
            [Software::GunicornSync, Software::GunicornGthread, Software::Uwsgi, Software::PhpFpm][software];
        let threads = fields.whole("threads");
        if threads > 1 && matches!(software, Software::GunicornSync | Software::PhpFpm) {
            fields.context.problems.error_with_hint(
                fields.place("threads"),
                "a worker of this kind serves one request at a time",
                "gunicorn's threads come with `software: gunicorn-gthread`",
            );
        }
        AppServer {
            software,
            workers: fields.whole("workers"),
            threads,
            backlog: fields.backlog("backlog"),
            listen: [Listen::Tcp, Listen::Unix][fields.word("listen")],
            timeout: fields.duration("timeout"),
            boot: fields.duration("boot"),
            memory_per_worker: fields.optional_size("memory_per_worker"),
            pool: fields.is_given("pool").then(|| {
                fields.within("pool", |pool| Pool {
                    size: pool.whole("size"),
                    overflow: pool.whole("overflow"),
                    wait: pool.duration("wait"),
                })
            }),
        }
    }
}
