//! Random sites with random requests, of more and more kinds of things.
//!
//! All times are drawn from millions of nanoseconds, so that hardly ever two things happen at once.

use super::site::{Call, Care, End, Failure, Host, Kind, Link, Node, Request, Site, Time, User};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// What there is besides stations in a row with slots and lines.
#[derive(Clone, Copy, Default)]
pub struct Wanted {
    /// All requests go the same way.
    pub all_alike: bool,
    /// Nodes that call others and keep their slots meanwhile.
    pub held_calls: bool,
    /// Lines with few places.
    pub short_lines: bool,
    /// Timeouts, retries, and calls that callers can do without.
    pub impatience: bool,
    pub links: bool,
    pub shared_cores: bool,
    pub crashes: bool,
}

const MILLISECOND: Time = 1_000_000;
const SECOND: Time = 1_000 * MILLISECOND;

fn work() -> impl Strategy<Value = Time> {
    1_000..5 * MILLISECOND
}

/// Any site with what is wanted.
pub fn random_site(wanted: Wanted) -> impl Strategy<Value = Site> {
    let users = vec(user(wanted), if wanted.all_alike { 1..2 } else { 1..3 });
    let hosts = if wanted.shared_cores { vec(host(), 0..3).boxed() } else { Just(Vec::new()).boxed() };
    (users, hosts, 1..7_usize).prop_flat_map(move |(users, hosts, number_of_nodes)| {
        let (all_users, all_hosts) = (users.len(), hosts.len());
        let nodes = vec(node(wanted, all_hosts), number_of_nodes);
        let requests = vec(request(wanted, all_users, number_of_nodes), 1..40);
        let everywhere = (all_users, all_hosts, number_of_nodes);
        let links = if wanted.links { vec(link(everywhere), 0..6).boxed() } else { Just(Vec::new()).boxed() };
        let failures =
            if wanted.crashes { vec(failure(everywhere), 1..4).boxed() } else { Just(Vec::new()).boxed() };
        let any = prop::bool::weighted(0.1);
        (Just(users), Just(hosts), nodes, links, requests, failures, any).prop_map(
            move |(users, hosts, nodes, links, requests, failures, any)| {
                let all_alike = wanted.all_alike;
                put_together(Site { users, hosts, nodes, links, requests, failures, all_alike }, any)
            },
        )
    })
}

/// Requests come one after the other, nodes hand over only if something follows, and nothing is said
/// twice.
fn put_together(mut site: Site, any: bool) -> Site {
    let sends = |user| site.requests.iter().any(|request| request.user == user);
    if !(0..site.users.len()).all(sends) {
        site.users.truncate(1);
    }
    let mut at = 0;
    let nodes = &mut site.nodes;
    for request in &mut site.requests {
        at += request.at;
        request.at = at;
        request.user = request.user.min(site.users.len() - 1);
        if site.users[request.user].keeps_connection {
            // Nobody is connected to whom he walks through, and everybody to one node alone.
            request.path.node = request.user % nodes.len();
            nodes[request.path.node].hands_over = false;
        }
    }
    for request in &mut site.requests {
        fit(&mut request.path, &site.nodes, 0, any);
    }
    if site.all_alike {
        let path = site.requests[0].path.clone();
        site.requests.iter_mut().for_each(|request| request.path = path.clone());
    }
    let mut ends = Vec::new();
    site.links.retain(|link| {
        let is_there = |end| !matches!(end, End::User(user) if user >= site.users.len());
        let is_new = link.from != link.to && !ends.contains(&(link.from, link.to));
        ends.push((link.from, link.to));
        is_new && is_there(link.from) && is_there(link.to)
    });
    let mut struck = Vec::new();
    site.failures.retain(|failure| {
        let is_new = !struck.contains(&failure.what);
        struck.push(failure.what);
        is_new
    });
    site
}

/// What follows a call is moved on to by those who hand over, and called by all others; only who has
/// a host uses its cores. Calls go to later nodes, so that nobody waits for himself, unless any of them
/// may be called.
fn fit(call: &mut Call, nodes: &[Node], first: usize, any: bool) {
    call.node = first + call.node % (nodes.len() - first);
    let node = &nodes[call.node];
    if node.host.is_none() {
        call.cpu = 0;
    }
    if !node.hands_over {
        call.calls.extend(call.next.take().map(|next| *next));
    }
    if let Some(next) = &mut call.next {
        fit(next, nodes, first, any);
    }
    let first = if any { 0 } else { call.node + 1 };
    if first == nodes.len() {
        call.calls.clear();
    }
    for inner in &mut call.calls {
        fit(inner, nodes, first, any);
    }
}

fn care(wanted: Wanted) -> BoxedStrategy<Care> {
    if !wanted.impatience {
        return Just(Care::default()).boxed();
    }
    let timeout = option::of(MILLISECOND..30 * MILLISECOND);
    let backoff = prop_oneof![Just(0), MILLISECOND..20 * MILLISECOND];
    let retries = prop_oneof![Just(0), 1..4_u32];
    (timeout, retries, backoff)
        .prop_map(|(timeout, retries, backoff)| Care { timeout, retries, backoff })
        .boxed()
}

fn user(wanted: Wanted) -> impl Strategy<Value = User> {
    (care(wanted), any::<bool>())
        .prop_map(move |(care, keeps)| User { care, keeps_connection: keeps && wanted.links })
}

fn host() -> impl Strategy<Value = Host> {
    (1..4_u32, select(vec![1, 2, 4])).prop_map(|(cores, speed_doubled)| Host { cores, speed_doubled })
}

fn node(wanted: Wanted, hosts: usize) -> impl Strategy<Value = Node> {
    let kind = match (wanted.held_calls, wanted.shared_cores) {
        (false, _) => Just(Kind::Station).boxed(),
        (true, shares) => prop_oneof![
            3 => Just(Kind::Station),
            1 => Just(Kind::AppServer),
            1 => Just(Kind::AppServerOnTcp),
            u32::from(shares) => Just(Kind::SharingStation),
        ]
        .boxed(),
    };
    let host = if hosts > 0 { option::of(0..hosts).boxed() } else { Just(None).boxed() };
    let line = if wanted.short_lines { option::of(0..4_usize).boxed() } else { Just(None).boxed() };
    let boot = if wanted.crashes { (0..20 * MILLISECOND).boxed() } else { Just(0).boxed() };
    let flags = (any::<bool>(), any::<bool>());
    (kind, host, 1..4_usize, line, flags, care(wanted), boot).prop_map(
        move |(kind, host, slots, line, (stops, hands_over), care, boot)| {
            let is_station = matches!(kind, Kind::Station | Kind::SharingStation);
            let hands_over = is_station && (hands_over || !wanted.held_calls);
            Node {
                kind,
                host: host.filter(|_| kind != Kind::SharingStation),
                slots,
                // A kernel's queue is never without an end.
                line: line.or((!is_station).then_some(100)).filter(|_| kind != Kind::SharingStation),
                stops: stops && is_station,
                hands_over,
                care: if hands_over { Care::default() } else { care },
                boot,
            }
        },
    )
}

fn request(wanted: Wanted, users: usize, nodes: usize) -> impl Strategy<Value = Request> {
    let gap = prop_oneof![1..MILLISECOND / 2, 1..4 * MILLISECOND];
    (gap, 0..users, 1..5_000_u64, 1..20_000_u64, path(wanted, nodes)).prop_map(
        |(at, user, request_bytes, response_bytes, path)| Request {
            at,
            user,
            request_bytes,
            response_bytes,
            path,
        },
    )
}

fn path(wanted: Wanted, nodes: usize) -> BoxedStrategy<Call> {
    let leaf = (0..nodes, work(), work(), work(), any::<[bool; 3]>()).prop_map(
        move |(node, cpu, wait, after, [uses_cores, has_after, optional])| Call {
            node,
            cpu: if uses_cores { cpu } else { 0 },
            wait,
            calls: Vec::new(),
            after: if has_after && wanted.held_calls { after } else { 0 },
            next: None,
            optional: optional && wanted.impatience,
        },
    );
    let calls_most = if wanted.held_calls { 3 } else { 1 };
    leaf.prop_recursive(3, 6, 2, move |inner| {
        let call = inner.clone();
        let calls = vec(inner.clone(), 0..calls_most);
        (call, calls, option::of(inner)).prop_map(|(mut call, calls, next)| {
            call.calls = calls;
            call.next = next.map(Box::new);
            call
        })
    })
    .boxed()
}

fn end((users, hosts, nodes): (usize, usize, usize)) -> impl Strategy<Value = End> {
    (0..users + hosts + nodes).prop_map(move |number| {
        if number < users {
            End::User(number)
        } else if number < users + hosts {
            End::Host(number - users)
        } else {
            End::Node(number - users - hosts)
        }
    })
}

fn link(everywhere: (usize, usize, usize)) -> impl Strategy<Value = Link> {
    let latency = prop_oneof![Just(0), 1_000..3 * MILLISECOND];
    (end(everywhere), end(everywhere), latency, select(vec![0, 0, 10, 80])).prop_map(
        |(from, to, latency, nanoseconds_per_byte)| Link { from, to, latency, nanoseconds_per_byte },
    )
}

fn failure((_, hosts, nodes): (usize, usize, usize)) -> impl Strategy<Value = Failure> {
    // Some last long enough for connections to be tried several times.
    let lasts = prop_oneof![4 => MILLISECOND..30 * MILLISECOND, 1 => SECOND..8 * SECOND];
    (end((0, hosts, nodes)), 1..60 * MILLISECOND, lasts).prop_map(|(what, at, lasts)| Failure {
        what,
        at,
        lasts,
    })
}
