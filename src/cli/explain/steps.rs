//! What happens in a step, in words that need no knowledge of queues.

use super::words::{counted, percent, seconds, time};
use crate::analysis::journey::{Connect, Resolve, Step, Travel, Visit, What, WorkLine};
use crate::parts::quantity::format_size;

pub fn title(step: &Step) -> String {
    let times = if step.side_by_side { " (while others are under way)" } else { "" };
    match &step.what {
        What::Resolve(resolve) => format!("{} looks up {}", resolve.user, resolve.name),
        What::Connect(connect) => format!("{} connects to {}", connect.from, connect.to),
        What::Travel(travel) => format!("The request travels to {}{times}", travel.to),
        What::Visit(visit) => format!("{}{times}", visit_title(visit)),
        What::GoOn(go_on) => format!("{} goes on with its own work", go_on.node),
        What::Return(travel) => format!("The answer travels back to {}{times}", travel.to),
    }
}

pub fn sentences(step: &Step) -> Vec<String> {
    match &step.what {
        What::Resolve(resolve) => of_resolve(resolve),
        What::Connect(connect) => of_connect(connect),
        What::Travel(travel) | What::Return(travel) => vec![of_travel(travel)],
        What::Visit(visit) => of_visit(step, visit),
        What::GoOn(go_on) => of_work(&go_on.work),
    }
}

fn visit_title(visit: &Visit) -> String {
    let node = &visit.node;
    let does = match visit.kind {
        "web_server" => format!("{node} accepts the request"),
        "app_server" => format!("{node}: a {} takes the request", visit.slot),
        "database" => format!("{node} answers a query"),
        "load_balancer" => format!("{node} accepts the request and picks a peer"),
        "cache" => format!("{node} looks whether it holds the answer"),
        "storage" => format!("{node} reads or writes"),
        _ => format!("{node} serves it"),
    };
    match &visit.repeated {
        Some(repeated) => format!("{does}, {repeated}"),
        None => does,
    }
}

fn of_resolve(resolve: &Resolve) -> Vec<String> {
    let records: Vec<String> = resolve
        .records
        .iter()
        .map(|record| {
            format!("{} {} {} (kept {})", record.name, record.kind, record.target, seconds(record.ttl_s))
        })
        .collect();
    let about = if resolve.approximate { "about " } else { "" };
    vec![
        format!("{} knows: {}.", resolve.resolver, records.join(", then ")),
        format!(
            "The browser remembers the address for up to {}, so that {about}{} of requests ask {}; that one \
             remembers it as well, and has to ask the authoritative servers for {} of all requests, which \
             takes {}.",
            seconds(resolve.ttl_s),
            percent(resolve.asked_share),
            resolve.resolver,
            percent(resolve.cold_share),
            time(resolve.lookup_ms),
        ),
    ]
}

fn of_connect(connect: &Connect) -> Vec<String> {
    let trips = |number: u32| match number {
        1 => "one more".to_owned(),
        number => format!("{number} more"),
    };
    let tls =
        connect.tls.map_or(String::new(), |tls| format!(", {tls} takes {}", trips(connect.round_trips - 1)));
    let cost = format!(
        "TCP takes a round trip of {}{tls}, before anything can be asked.",
        time(connect.round_trip_ms)
    );
    let kept = match (connect.keeps, connect.kept_s) {
        (false, _) => "No connection is kept: every request opens one.".to_owned(),
        (true, None) => {
            "The connection is kept for good, so that only a client's first request opens one.".to_owned()
        }
        (true, Some(kept_s)) => format!(
            "An idle connection stays open for {}, so that only {}{} of requests open one.",
            seconds(kept_s),
            if connect.approximate { "about " } else { "" },
            percent(connect.fresh_share),
        ),
    };
    vec![cost, kept]
}

fn of_travel(travel: &Travel) -> String {
    let mut text = format!("One way takes {}{}", time(travel.one_way_ms), readable(&travel.latency));
    if travel.sending_ms > 0.0 {
        text.push_str(&format!(
            ", and {} take {} to send",
            format_size(travel.bytes),
            time(travel.sending_ms)
        ));
    }
    match travel.round_trips {
        0 => {}
        1 => text.push_str("; a new connection costs a round trip before that"),
        trips => text.push_str(&format!("; a new connection costs {trips} round trips before that")),
    }
    if travel.loss > 0.0 {
        text.push_str(&format!("; {} of messages are lost and sent again", percent(travel.loss)));
    }
    format!("{text}.")
}

fn of_visit(step: &Step, visit: &Visit) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(group) = &visit.group {
        sentences.push(format!("It is one of {} in {group}.", counted(visit.peers, "peer")));
    } else if visit.peers > 1 {
        sentences.push(format!("It is one of {}.", counted(visit.peers, "replica")));
    }
    if let Some(socket) = visit.socket {
        sentences.push(format!("The caller connects to {socket}."));
    }
    sentences.extend(of_slots(visit));
    sentences.extend(of_work(&visit.work));
    if let Some(ratio) = visit.hit_ratio {
        sentences.push(format!("{} of look-ups hit; the others go on.", percent(ratio)));
    }
    let often = (step.times - 1.0).abs() > 1e-9;
    if often && visit.repeated.is_none() && visit.work != WorkLine::default() {
        sentences.push(format!(
            "A mean request comes here {} times, for {} each.",
            crate::output::terminal::figure::three_digits(step.times),
            time(step.each_ms)
        ));
    }
    if !visit.ways.is_empty() {
        let ways: Vec<String> = visit
            .ways
            .iter()
            .map(|(next, share)| match next {
                Some(next) => format!("{} go on to {next}", percent(*share)),
                None => format!("{} leave", percent(*share)),
            })
            .collect();
        sentences.push(format!("From here {}.", ways.join(", ")));
    }
    if visit.optional {
        sentences.push("If it fails, the caller goes on without it.".to_owned());
    }
    // One paragraph reads better than a list of short sentences.
    if sentences.is_empty() { sentences } else { vec![sentences.join(" ")] }
}

fn of_slots(visit: &Visit) -> Option<String> {
    let slots = visit.slots?;
    let taken = match visit.slot_utilisation {
        Some(share) => format!(" ({} taken on average)", percent(share)),
        None => String::new(),
    };
    Some(format!(
        "It holds one of {}{taken} for {}{}.",
        counted(slots, visit.slot),
        time(visit.held_ms),
        match visit.kind {
            "app_server" => ", waiting for its queries included",
            "web_server" | "load_balancer" if visit.held_ms > 1e3 * own_seconds(&visit.work) =>
                ", until the answer has passed through",
            _ => "",
        }
    ))
}

fn own_seconds(work: &WorkLine) -> f64 {
    // A little more, so that rounding makes no difference.
    1e-3 * 1.000_001 * (work.cpu_ms + work.wait_ms + work.handshake_ms)
}

fn of_work(work: &WorkLine) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(law) = &work.cpu {
        parts.push(format!("{} of CPU time{}", time(work.cpu_ms), readable(law)));
    }
    if let Some(law) = &work.wait {
        parts.push(format!("{} that take no core{}", time(work.wait_ms), readable(law)));
    }
    if work.handshake_ms > 0.0 {
        parts.push(format!("{} for handshakes", time(work.handshake_ms)));
    }
    if parts.is_empty() {
        return Vec::new();
    }
    let mut text = format!("Its own work: {}", parts.join(", "));
    if let (Some(cores), true) = (&work.cores, work.cpu_ms + work.handshake_ms > 0.0) {
        let busy = cores.utilisation.map_or(String::new(), |share| format!(", {} busy", percent(share)));
        text.push_str(&format!(", on {} of {}{busy}", shared(cores.cores), cores.host));
    }
    vec![format!("{text}.")]
}

/// A law behind its mean: ` on average, exp(6ms)`. A constant says nothing more than that.
fn readable(law: &str) -> String {
    if !law.contains(['(', ' ']) {
        return String::new();
    }
    // Digits enough for a file are too many for a sentence.
    const DECIMALS_MOST: usize = 3;
    let mut text = String::new();
    let mut decimals = None;
    for character in law.chars() {
        decimals = match (character, decimals) {
            ('.', _) => Some(0),
            (digit, Some(before)) if digit.is_ascii_digit() => Some(before + 1),
            _ => None,
        };
        if decimals.is_none_or(|decimals| decimals <= DECIMALS_MOST) {
            text.push(character);
        }
    }
    format!(" on average ({text})")
}

fn shared(cores: u32) -> String {
    match cores {
        1 => "the core".to_owned(),
        cores => format!("the {}", counted(cores, "core")),
    }
}
