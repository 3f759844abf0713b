//! Which kind of node is meant, by the name of a program or by a setting that only others have.

use crate::document::problem::listed;
use crate::nodes::KINDS;
use crate::nodes::setting::Setting;

/// The kind that others stand on.
const SERVER: &str = "server";

/// The kind that people mean when they name a program.
pub fn kind_of_software(name: &str) -> Option<&'static str> {
    let kind = match name.to_lowercase().as_str() {
        "nginx" | "apache" | "httpd" | "caddy" => "web_server",
        "gunicorn" | "uwsgi" | "php-fpm" | "php_fpm" | "puma" | "tomcat" | "django" => "app_server",
        "mysql" | "mariadb" | "postgres" | "postgresql" => "database",
        "haproxy" | "envoy" | "traefik" | "elb" => "load_balancer",
        "redis" | "memcached" | "varnish" | "cdn" => "cache",
        "s3" | "nfs" | "ceph" | "minio" => "storage",
        "host" | "machine" | "vm" => "server",
        "client" | "browser" | "users" => "user",
        _ => return None,
    };
    Some(kind)
}

/// What nodes of this kind cannot be given, and others can.
pub fn setting_of_others(name: &str, node: &str, host: Option<&str>) -> Option<String> {
    let has_it = |settings: &[Setting]| settings.iter().any(|setting| setting.name == name);
    let kinds: Vec<&str> =
        KINDS.iter().filter(|(_, settings)| has_it(settings)).map(|(kind, _)| *kind).collect();
    if !kinds.contains(&SERVER) {
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
