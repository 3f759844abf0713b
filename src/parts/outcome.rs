//! How a visit, and so a request, can end.

/// The one outcome of a request, or of a visit to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Outcome {
    /// Answered as it should be.
    Ok,
    /// 429: a rate limit has turned it away.
    TooManyRequests,
    /// 500: the application failed, for instance because its database did.
    ServerError,
    /// 502: a proxy was refused or cut off by the server behind it.
    BadGateway,
    /// 503: turned away.
    Unavailable,
    /// 504: a proxy waited too long for the server behind it.
    GatewayTimeout,
    /// 1040: the database has no connection left.
    TooManyConnections,
    /// Nobody listens on the port, or a Unix socket's queue is full.
    Refused,
    /// The connection was cut.
    Reset,
    /// The caller's patience with an answer ended.
    TimedOut,
    /// The name could not be resolved.
    DnsFailure,
    /// A station's waiting room was full.
    Rejected,
    /// The request gave up waiting in a station's line.
    Abandoned,
}

impl Outcome {
    pub const ALL: [Outcome; 13] = [
        Outcome::Ok,
        Outcome::TooManyRequests,
        Outcome::ServerError,
        Outcome::BadGateway,
        Outcome::Unavailable,
        Outcome::GatewayTimeout,
        Outcome::TooManyConnections,
        Outcome::Refused,
        Outcome::Reset,
        Outcome::TimedOut,
        Outcome::DnsFailure,
        Outcome::Rejected,
        Outcome::Abandoned,
    ];

    /// Whether nobody has answered: whoever was called refused, cut the connection, or was silent.
    pub fn is_no_answer(self) -> bool {
        match self {
            Outcome::Refused | Outcome::Reset | Outcome::TimedOut => true,
            Outcome::Ok
            | Outcome::TooManyRequests
            | Outcome::ServerError
            | Outcome::BadGateway
            | Outcome::Unavailable
            | Outcome::GatewayTimeout
            | Outcome::TooManyConnections
            | Outcome::DnsFailure
            | Outcome::Rejected
            | Outcome::Abandoned => false,
        }
    }

    /// How many outcomes there are.
    pub const COUNT: usize = Outcome::ALL.len();

    #[inline(always)]
    pub fn is_ok(self) -> bool {
        self == Outcome::Ok
    }

    /// The name in output files.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::TooManyRequests => "429",
            Outcome::ServerError => "500",
            Outcome::BadGateway => "502",
            Outcome::Unavailable => "503",
            Outcome::GatewayTimeout => "504",
            Outcome::TooManyConnections => "1040",
            Outcome::Refused => "refused",
            Outcome::Reset => "reset",
            Outcome::TimedOut => "timed_out",
            Outcome::DnsFailure => "dns_failure",
            Outcome::Rejected => "rejected",
            Outcome::Abandoned => "abandoned",
        }
    }

    /// A few words for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Outcome::Ok => "good",
            Outcome::TooManyRequests => "429 Too Many Requests",
            Outcome::ServerError => "500 Internal Server Error",
            Outcome::BadGateway => "502 Bad Gateway",
            Outcome::Unavailable => "503 Service Unavailable",
            Outcome::GatewayTimeout => "504 Gateway Timeout",
            Outcome::TooManyConnections => "error 1040 Too many connections",
            Outcome::Refused => "connection refused",
            Outcome::Reset => "connection reset",
            Outcome::TimedOut => "timed out at the client",
            Outcome::DnsFailure => "name not resolved",
            Outcome::Rejected => "rejected by a full queue",
            Outcome::Abandoned => "gave up waiting",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_numbered_in_their_order() {
        for (number, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, number);
        }
    }
}
