//! The kinds of node, one file each: their settings, their defaults with where these
//! come from, and the behaviour that the engine is to give them.

pub mod app_server;
pub mod autoscaling;
pub mod balancing;
pub mod behaviour;
pub mod cache;
pub mod care;
pub mod database;
pub mod dns;
pub mod fields;
pub mod load_balancer;
pub mod reading;
pub mod remedies;
pub mod server;
pub mod setting;
pub mod station;
pub mod storage;
pub mod user;
pub mod user_arrivals;
pub mod web_server;

use crate::kernel::time::Time;
use app_server::Software;
use fields::Fields;
use setting::Setting;

/// What a node is, with all settings checked and all defaults filled in.
#[derive(Clone, Debug)]
pub enum NodeKind {
    User(user::User),
    Dns(dns::Dns),
    Server(server::Server),
    WebServer(web_server::WebServer),
    AppServer(app_server::AppServer),
    Database(database::Database),
    LoadBalancer(load_balancer::LoadBalancer),
    Cache(cache::Cache),
    Storage(storage::Storage),
    Station(station::Station),
}

/// The kinds by their names in a scenario file, with their settings.
pub const KINDS: &[(&str, &[Setting])] = &[
    ("user", user::SETTINGS),
    ("dns", dns::SETTINGS),
    ("server", server::SETTINGS),
    ("web_server", web_server::SETTINGS),
    ("app_server", app_server::SETTINGS),
    ("database", database::SETTINGS),
    ("load_balancer", load_balancer::SETTINGS),
    ("cache", cache::SETTINGS),
    ("storage", storage::SETTINGS),
    ("station", station::SETTINGS),
];

impl NodeKind {
    /// What a visit takes up there.
    pub fn slot_word(&self) -> &'static str {
        match self {
            NodeKind::AppServer(app) => match app.software {
                Software::GunicornGthread | Software::Uwsgi if app.threads > 1 => "thread",
                Software::PhpFpm => "child",
                _ => "worker",
            },
            NodeKind::Storage(_) => "channel",
            NodeKind::Station(_) => "server",
            _ => "connection",
        }
    }

    /// `workers`, `children`
    pub fn slot_words(&self) -> String {
        match self.slot_word() {
            "child" => "children".to_owned(),
            word => format!("{word}s"),
        }
    }

    /// `an app_server`
    pub fn with_article(&self) -> String {
        let name = self.name();
        let article = if name.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        format!("{article} {name}")
    }

    /// Reads the settings of the kind with this number in `KINDS`.
    pub fn read(kind: usize, fields: &mut Fields) -> NodeKind {
        match kind {
            0 => NodeKind::User(user::User::read(fields)),
            1 => NodeKind::Dns(dns::Dns::read(fields)),
            2 => NodeKind::Server(server::Server::read(fields)),
            3 => NodeKind::WebServer(web_server::WebServer::read(fields)),
            4 => NodeKind::AppServer(app_server::AppServer::read(fields)),
            5 => NodeKind::Database(database::Database::read(fields)),
            6 => NodeKind::LoadBalancer(load_balancer::LoadBalancer::read(fields)),
            7 => NodeKind::Cache(cache::Cache::read(fields)),
            8 => NodeKind::Storage(storage::Storage::read(fields)),
            _ => NodeKind::Station(station::Station::read(fields)),
        }
    }

    /// How long it takes from its start until it serves; the same settings are read from.
    pub fn read_boot(&self, fields: &mut Fields) -> Time {
        match self {
            NodeKind::User(_) => 0,
            // Its workers boot side by side.
            NodeKind::AppServer(app) => app.boot,
            _ => fields.duration("boot"),
        }
    }

    pub fn name(&self) -> &'static str {
        let kind = match self {
            NodeKind::User(_) => 0,
            NodeKind::Dns(_) => 1,
            NodeKind::Server(_) => 2,
            NodeKind::WebServer(_) => 3,
            NodeKind::AppServer(_) => 4,
            NodeKind::Database(_) => 5,
            NodeKind::LoadBalancer(_) => 6,
            NodeKind::Cache(_) => 7,
            NodeKind::Storage(_) => 8,
            NodeKind::Station(_) => 9,
        };
        KINDS[kind].0
    }

    /// The behaviour on a host with so many cores; `None` for those whom nobody calls.
    pub fn behaviour(&self, cores: u32) -> Option<behaviour::Behaviour> {
        match self {
            NodeKind::User(_) | NodeKind::Server(_) => None,
            NodeKind::Dns(_) => Some(behaviour::Behaviour::OPEN),
            NodeKind::WebServer(node) => Some(node.behaviour(cores)),
            NodeKind::AppServer(node) => Some(node.behaviour()),
            NodeKind::Database(node) => Some(node.behaviour()),
            NodeKind::LoadBalancer(node) => Some(node.behaviour()),
            NodeKind::Cache(node) => Some(node.behaviour()),
            NodeKind::Storage(node) => Some(node.behaviour()),
            NodeKind::Station(node) => Some(node.behaviour()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fields::{Context, InForce, Origin};
    use super::setting::{Otherwise, Takes};
    use super::*;
    use crate::document::problem::Problems;
    use crate::document::source::Source;

    /// Reads a kind from an empty table.
    fn read_empty(kind: usize) -> (NodeKind, Vec<InForce>, usize) {
        let (problems, source) = (Problems::default(), Source::new("", ""));
        let context = Context {
            problems: &problems,
            source: &source,
            read_column: &|_, _| Err("no file".to_string()),
            read_file: &|_| Err("no file".to_string()),
            laws: &crate::parts::laws::Laws::default(),
        };
        let mut fields = Fields::empty(context, KINDS[kind].1);
        let node = NodeKind::read(kind, &mut fields);
        node.read_boot(&mut fields);
        let held = fields.finish();
        (node, held, problems.into_sorted().len())
    }

    #[test]
    fn an_empty_table_gives_the_defaults_of_the_tables() {
        for (kind, (name, settings)) in KINDS.iter().enumerate() {
            let (node, held, problems) = read_empty(kind);
            assert_eq!(node.name(), *name);
            // A user has to send something, a cache to hold something, a resolver to know something.
            assert_eq!(problems, usize::from(matches!(*name, "user" | "cache" | "dns")), "{name}");
            for setting in *settings {
                let holds = held.iter().find(|held| held.setting == setting.name);
                let profile = if *name == "app_server" { "gunicorn" } else { "" };
                let is_table = matches!(setting.takes, Takes::Table(_) | Takes::Form(_));
                match setting.default_for(profile) {
                    Some((value, source)) if !is_table => {
                        let holds = holds.unwrap_or_else(|| panic!("{name} does not read {}", setting.name));
                        assert_eq!((holds.value.as_str(), holds.origin), (value, Origin::Default { source }));
                    }
                    _ => assert!(is_table || setting.otherwise != Otherwise::Absent || holds.is_none()),
                }
            }
        }
    }

    #[test]
    fn the_defaults_are_those_of_the_real_software() {
        let NodeKind::AppServer(gunicorn) = read_empty(4).0 else { panic!("it is an application server") };
        assert_eq!((gunicorn.workers, gunicorn.backlog), (1, 2048));
        assert_eq!(gunicorn.timeout, 30 * crate::kernel::time::SECOND);
        let NodeKind::Database(mysql) = read_empty(5).0 else { panic!("it is a database") };
        assert_eq!(mysql.max_connections, 151);
        let NodeKind::WebServer(nginx) = read_empty(3).0 else { panic!("it is a web server") };
        assert_eq!((nginx.connections, nginx.backlog, nginx.workers), (512, 511, None));
        assert_eq!(nginx.behaviour(2).slots, 1024);
    }
}
