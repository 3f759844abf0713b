//! Which kind of node is meant, by the name of a program or by a setting that only others have.

use crate::document::problem::listed;
use crate::nodes::kind::Kind;
use crate::nodes::setting::Setting;

/// The kind that people mean when they name a program.
pub fn kind_of_software(name: &str) -> Option<Kind> {
    let kind = match name.to_lowercase().as_str() {
        "nginx" | "apache" | "httpd" | "caddy" => Kind::WebServer,
        "gunicorn" | "uwsgi" | "php-fpm" | "php_fpm" | "puma" | "tomcat" | "django" => Kind::AppServer,
        "mysql" | "mariadb" | "postgres" | "postgresql" => Kind::Database,
        "haproxy" | "envoy" | "traefik" | "elb" => Kind::LoadBalancer,
        "redis" | "memcached" | "varnish" | "cdn" => Kind::Cache,
        "s3" | "nfs" | "ceph" | "minio" => Kind::Storage,
        "host" | "machine" | "vm" => Kind::Server,
        "client" | "browser" | "users" => Kind::User,
        _ => return None,
    };
    Some(kind)
}

/// What nodes of this kind cannot be given, and others can.
pub fn setting_of_others(name: &str, node: &str, host: Option<&str>) -> Option<String> {
    let has_it = |settings: &[Setting]| settings.iter().any(|setting| setting.name == name);
    let kinds = || Kind::ALL.into_iter().filter(|kind| has_it(kind.settings()));
    if kinds().all(|kind| kind != Kind::Server) {
        let kinds: Vec<&str> = kinds().map(Kind::name).collect();
        return (!kinds.is_empty())
            .then(|| format!("it is a setting of {}: look at the `kind`", listed(&kinds)));
    }
    Some(match host {
        Some(host) => format!("it belongs to the server that `{node}` stands on: write it at `{host}`"),
        None => format!(
            "it belongs to a server: declare `host: {{ kind: server, {name}: … }}`, and let `{node}` stand `on: host`"
        ),
    })
}
