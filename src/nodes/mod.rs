//! The kinds of node, one file each: their settings, their defaults with where these
//! come from, and the behaviour that the engine is to give them.

pub mod app_server;
pub mod behaviour;
pub mod cache;
pub mod database;
pub mod dns;
pub mod load_balancer;
pub mod server;
pub mod station;
pub mod storage;
pub mod user;
pub mod web_server;

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
