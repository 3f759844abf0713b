//! Whether a client still has a connection when it sends its next request.

use super::model::Node;
use crate::kernel::time::{NEVER, Time, from_seconds, to_seconds};
use crate::nodes::NodeKind;
use crate::nodes::user::User;
use crate::parts::arrivals::Arrivals;

/// How long whoever is called keeps an idle client's connection open.
pub fn kept_for(called: &Node) -> Time {
    match &called.kind {
        NodeKind::WebServer(web_server) => web_server.keepalive_timeout,
        _ => NEVER,
    }
}

/// The share of requests that find the client's connection closed: its last one lies
/// further back than the connection is kept. The rate is that of all replicas of the user.
pub fn fresh_share(rate: f64, node: &Node, user: &User, kept_for: Time) -> f64 {
    if !user.keeps_connection {
        return 1.0;
    }
    if kept_for == NEVER {
        return 0.0;
    }
    match &user.arrivals {
        // From one answer until the next request a user thinks.
        Arrivals::Closed { think, .. } if from_seconds(think.mean()) > 0 => {
            1.0 - think.cdf(to_seconds(kept_for))
        }
        _ if rate <= 0.0 => 0.0,
        _ => {
            let of_one = rate / f64::from(node.replicas) / f64::from(user.clients.max(1));
            libm::exp(-of_one * to_seconds(kept_for))
        }
    }
}
