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
pub mod kind;
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
use kind::Kind;

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

    /// Reads the settings of a kind.
    pub fn read(kind: Kind, fields: &mut Fields) -> NodeKind {
        match kind {
            Kind::User => NodeKind::User(user::User::read(fields)),
            Kind::Dns => NodeKind::Dns(dns::Dns::read(fields)),
            Kind::Server => NodeKind::Server(server::Server::read(fields)),
            Kind::WebServer => NodeKind::WebServer(web_server::WebServer::read(fields)),
            Kind::AppServer => NodeKind::AppServer(app_server::AppServer::read(fields)),
            Kind::Database => NodeKind::Database(database::Database::read(fields)),
            Kind::LoadBalancer => NodeKind::LoadBalancer(load_balancer::LoadBalancer::read(fields)),
            Kind::Cache => NodeKind::Cache(cache::Cache::read(fields)),
            Kind::Storage => NodeKind::Storage(storage::Storage::read(fields)),
            Kind::Station => NodeKind::Station(station::Station::read(fields)),
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

    pub fn kind(&self) -> Kind {
        match self {
            NodeKind::User(_) => Kind::User,
            NodeKind::Dns(_) => Kind::Dns,
            NodeKind::Server(_) => Kind::Server,
            NodeKind::WebServer(_) => Kind::WebServer,
            NodeKind::AppServer(_) => Kind::AppServer,
            NodeKind::Database(_) => Kind::Database,
            NodeKind::LoadBalancer(_) => Kind::LoadBalancer,
            NodeKind::Cache(_) => Kind::Cache,
            NodeKind::Storage(_) => Kind::Storage,
            NodeKind::Station(_) => Kind::Station,
        }
    }

    pub fn is(&self, kind: Kind) -> bool {
        self.kind() == kind
    }

    pub fn name(&self) -> &'static str {
        self.kind().name()
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
    fn read_empty(kind: Kind) -> (NodeKind, Vec<InForce>, usize) {
        let (problems, source) = (Problems::default(), Source::new("", ""));
        let context = Context {
            problems: &problems,
            source: &source,
            read_column: &|_, _| Err("no file".to_string()),
            read_file: &|_| Err("no file".to_string()),
            laws: &crate::parts::laws::Laws::default(),
        };
        let mut fields = Fields::empty(context, kind.settings());
        let node = NodeKind::read(kind, &mut fields);
        node.read_boot(&mut fields);
        let held = fields.finish();
        (node, held, problems.into_sorted().len())
    }

    #[test]
    fn an_empty_table_gives_the_defaults_of_the_tables() {
        for kind in Kind::ALL {
            let (name, settings) = (kind.name(), kind.settings());
            let (node, held, problems) = read_empty(kind);
            assert_eq!(node.name(), name);
            // A user has to send something, a cache to hold something, a resolver to know something.
            assert_eq!(problems, usize::from(matches!(kind, Kind::User | Kind::Cache | Kind::Dns)), "{name}");
            for setting in settings {
                let holds = held.iter().find(|held| held.setting == setting.name);
                let profile = if kind == Kind::AppServer { "gunicorn" } else { "" };
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
        let NodeKind::AppServer(gunicorn) = read_empty(Kind::AppServer).0 else {
            panic!("it is an application server")
        };
        assert_eq!((gunicorn.workers, gunicorn.backlog), (1, 2048));
        assert_eq!(gunicorn.timeout, 30 * crate::kernel::time::SECOND);
        let NodeKind::Database(mysql) = read_empty(Kind::Database).0 else { panic!("it is a database") };
        assert_eq!(mysql.max_connections, 151);
        let NodeKind::WebServer(nginx) = read_empty(Kind::WebServer).0 else { panic!("it is a web server") };
        assert_eq!((nginx.connections, nginx.backlog, nginx.workers), (512, 511, None));
        assert_eq!(nginx.behaviour(2).slots, 1024);
    }
}
