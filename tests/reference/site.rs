//! What is played: a small site and its requests, described once, and written as a scenario.
//!
//! Both the reference interpreter and spof are driven by this description, and by nothing else that
//! they share.

use std::fmt::{self, Write};

/// Nanoseconds, as an instant or as a length.
pub type Time = u64;

#[derive(Clone, Default)]
pub struct Site {
    pub users: Vec<User>,
    pub hosts: Vec<Host>,
    pub nodes: Vec<Node>,
    pub links: Vec<Link>,
    /// In the order of their arrival, no two at once.
    pub requests: Vec<Request>,
    pub failures: Vec<Failure>,
    /// All requests have one path, and are written as one class of one user.
    pub all_alike: bool,
}

/// Everybody who calls: how long he waits for an answer, and how often he tries again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Care {
    pub timeout: Option<Time>,
    pub retries: u32,
    /// The wait before the first retry; each further wait is twice as long.
    pub backoff: Time,
}

#[derive(Clone, Debug, Default)]
pub struct User {
    pub care: Care,
    /// Its one client keeps its connection until a request fails or who it leads to crashes. All its
    /// requests go to one node first.
    pub keeps_connection: bool,
}

#[derive(Clone, Debug)]
pub struct Host {
    pub cores: u32,
    /// How much work a core does in two nanoseconds: 2 is a core of the usual speed.
    pub speed_doubled: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Who finds its line full is rejected.
    Station,
    /// Takes everybody in and shares so many cores of its own among them.
    SharingStation,
    /// Opens a connection for each of its calls, answers 500 whatever has gone wrong with them, and
    /// refuses who finds its line full.
    AppServer,
    /// The same on a TCP port: who finds its line full comes again after 1, 2, 4 … s.
    AppServerOnTcp,
}

#[derive(Clone, Debug)]
pub struct Node {
    pub kind: Kind,
    pub host: Option<usize>,
    /// How many it serves at once; of a sharing station its cores.
    pub slots: usize,
    /// Places in its line.
    pub line: Option<usize>,
    /// It drops what nobody waits for any more.
    pub stops: bool,
    /// Visits leave it for the next node instead of calling that.
    pub hands_over: bool,
    pub care: Care,
    /// How long it takes from its start until it serves.
    pub boot: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    User(usize),
    Host(usize),
    Node(usize),
}

#[derive(Clone, Debug)]
pub struct Link {
    pub from: End,
    pub to: End,
    pub latency: Time,
    /// How long it takes to send a byte; 0 for no time.
    pub nanoseconds_per_byte: u64,
}

#[derive(Clone, Debug)]
pub struct Request {
    pub at: Time,
    pub user: usize,
    pub request_bytes: u64,
    pub response_bytes: u64,
    pub path: Call,
}

#[derive(Clone, Debug)]
pub struct Call {
    pub node: usize,
    /// Work on the cores of its host, if it has one.
    pub cpu: Time,
    /// Work that shares nothing, but at a sharing station.
    pub wait: Time,
    /// What it calls itself, one after the other, each waited for.
    pub calls: Vec<Call>,
    /// What it waits for after these.
    pub after: Time,
    /// Where the visit goes on, if its node hands over.
    pub next: Option<Box<Call>>,
    /// Its caller goes on even if it fails.
    pub optional: bool,
}

/// Something crashes for a while.
#[derive(Clone, Debug)]
pub struct Failure {
    /// A host or a node.
    pub what: End,
    pub at: Time,
    pub lasts: Time,
}

/// Long after the last request has ended.
const RUN: &str = "2000s";

impl Site {
    pub fn scenario(&self) -> String {
        let mut text = format!("run: {{ duration: {RUN}, bucket: {RUN}, warmup: none }}\nnodes:\n");
        for (number, user) in self.users.iter().enumerate() {
            let recording = format!("replay: u{number}.csv, columns: {{ at: at_ns, class: class }}");
            let care = care_of(&user.care);
            let connections = if user.keeps_connection { "clients: 1" } else { "keep_alive: false" };
            line(
                &mut text,
                &format!("  u{number}: {{ kind: user, arrivals: {{ {recording} }}, {connections}{care} }}"),
            );
        }
        for (number, host) in self.hosts.iter().enumerate() {
            let speed = f64::from(host.speed_doubled) / 2.0;
            line(
                &mut text,
                &format!("  h{number}: {{ kind: server, cores: {}, speed: {speed}, boot: 0s }}", host.cores),
            );
        }
        for (number, node) in self.nodes.iter().enumerate() {
            line(&mut text, &format!("  n{number}: {{ {} }}", settings_of(node)));
        }
        if !self.links.is_empty() {
            text.push_str("links:\n");
        }
        for link in &self.links {
            let bandwidth = match link.nanoseconds_per_byte {
                0 => String::new(),
                // 8 bits in so many nanoseconds.
                each => format!(", bandwidth: {}kbps", 8_000_000 / each),
            };
            let (from, to, latency) = (name(link.from), name(link.to), link.latency);
            line(&mut text, &format!("  {from} -> {to}: {{ latency: {latency}ns{bandwidth} }}"));
        }
        text.push_str("requests:\n");
        for (number, request) in self.requests.iter().enumerate().take(self.classes()) {
            let Request { user, request_bytes, response_bytes, .. } = request;
            let sizes = format!("request_size: {request_bytes}B, response_size: {response_bytes}B");
            let path = path_of(&request.path);
            line(&mut text, &format!("  r{number}: {{ from: u{user}, {sizes}, path: {path} }}"));
        }
        if !self.failures.is_empty() {
            text.push_str("timeline:\n");
        }
        for failure in &self.failures {
            let Failure { what, at, lasts } = failure;
            line(&mut text, &format!("  - {{ at: {at}ns, fail: {}, for: {lasts}ns }}", name(*what)));
        }
        text
    }

    /// What a user sends, as a recording; each request is a class of its own.
    pub fn recording(&self, user: usize) -> String {
        let mut text = "at_ns,class\n".to_owned();
        for (number, request) in self.requests.iter().enumerate().filter(|(_, request)| request.user == user)
        {
            line(&mut text, &format!("{},r{}", request.at, number.min(self.classes() - 1)));
        }
        text
    }

    fn classes(&self) -> usize {
        if self.all_alike { 1 } else { self.requests.len() }
    }
}

/// As it is told when something differs: the scenario and its recordings.
impl fmt::Debug for Site {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "\n{}", self.scenario())?;
        (0..self.users.len()).try_for_each(|user| write!(formatter, "u{user}.csv:\n{}", self.recording(user)))
    }
}

fn line(text: &mut String, what: &str) {
    writeln!(text, "{what}").expect("a text takes everything");
}

fn name(end: End) -> String {
    match end {
        End::User(number) => format!("u{number}"),
        End::Host(number) => format!("h{number}"),
        End::Node(number) => format!("n{number}"),
    }
}

fn care_of(care: &Care) -> String {
    let timeout = care.timeout.map_or(String::new(), |timeout| format!(", timeout: {timeout}ns"));
    match care.retries {
        0 => timeout,
        retries => format!("{timeout}, retries: {retries}, backoff: {{ base: {}ns }}", care.backoff),
    }
}

fn settings_of(node: &Node) -> String {
    let slots = node.slots;
    let mut text = match node.kind {
        Kind::Station => format!("kind: station, servers: {slots}, hands_over: {}", node.hands_over),
        Kind::SharingStation => {
            format!("kind: station, discipline: ps, servers: {slots}, hands_over: {}", node.hands_over)
        }
        Kind::AppServer => format!("kind: app_server, software: uwsgi, listen: unix, workers: {slots}"),
        Kind::AppServerOnTcp => format!("kind: app_server, software: uwsgi, listen: tcp, workers: {slots}"),
    };
    let is_station = matches!(node.kind, Kind::Station | Kind::SharingStation);
    text += &format!(", boot: {}ns", node.boot);
    if let Some(line) = node.line {
        text += &format!(", {}: {line}", if is_station { "queue" } else { "backlog" });
    }
    if node.stops {
        text += ", when_caller_leaves: stop";
    }
    if let Some(host) = node.host {
        text += &format!(", on: h{host}");
    }
    let care = care_of(&node.care);
    if !care.is_empty() {
        text += &format!(", calls: {{ {} }}", care.trim_start_matches(", "));
    }
    text
}

/// A call with all nodes that it moves on to, as a list.
fn path_of(call: &Call) -> String {
    let mut elements = Vec::new();
    let mut next = Some(call);
    while let Some(call) = next {
        let mut text = format!("wait: {}ns", call.wait);
        if call.cpu > 0 {
            text += &format!(", cpu: {}ns", call.cpu);
        }
        if !call.calls.is_empty() {
            let calls: Vec<String> = call.calls.iter().map(path_of).collect();
            text += &format!(", calls: [ {} ]", calls.join(", "));
        }
        if call.after > 0 {
            text += &format!(", after: {}ns", call.after);
        }
        if call.optional {
            text += ", optional: true";
        }
        elements.push(format!("{{ n{}: {{ {text} }} }}", call.node));
        next = call.next.as_deref();
    }
    format!("[ {} ]", elements.join(", "))
}
