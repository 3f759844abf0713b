//! The kinds of nodes, by their names in a scenario file.

use super::setting::Setting;
use super::{app_server, cache, database, dns, load_balancer, server, station, storage, user, web_server};

/// What a node is, without its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    User,
    Dns,
    Server,
    WebServer,
    AppServer,
    Database,
    LoadBalancer,
    Cache,
    Storage,
    Station,
}

impl Kind {
    /// In the order of the reference.
    pub const ALL: [Kind; 10] = [
        Kind::User,
        Kind::Dns,
        Kind::Server,
        Kind::WebServer,
        Kind::AppServer,
        Kind::Database,
        Kind::LoadBalancer,
        Kind::Cache,
        Kind::Storage,
        Kind::Station,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Kind::User => "user",
            Kind::Dns => "dns",
            Kind::Server => "server",
            Kind::WebServer => "web_server",
            Kind::AppServer => "app_server",
            Kind::Database => "database",
            Kind::LoadBalancer => "load_balancer",
            Kind::Cache => "cache",
            Kind::Storage => "storage",
            Kind::Station => "station",
        }
    }

    pub const fn settings(self) -> &'static [Setting] {
        match self {
            Kind::User => user::SETTINGS,
            Kind::Dns => dns::SETTINGS,
            Kind::Server => server::SETTINGS,
            Kind::WebServer => web_server::SETTINGS,
            Kind::AppServer => app_server::SETTINGS,
            Kind::Database => database::SETTINGS,
            Kind::LoadBalancer => load_balancer::SETTINGS,
            Kind::Cache => cache::SETTINGS,
            Kind::Storage => storage::SETTINGS,
            Kind::Station => station::SETTINGS,
        }
    }

    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Others may be called with care of it: with timeouts, limits, tries again.
    pub const fn takes_remedies(self) -> bool {
        match self {
            Kind::User | Kind::Dns | Kind::Server => false,
            Kind::WebServer
            | Kind::AppServer
            | Kind::Database
            | Kind::LoadBalancer
            | Kind::Cache
            | Kind::Storage
            | Kind::Station => true,
        }
    }
}
