//! What there is to say of a request's journey first, in words.

use super::answer::{Answer, how_sure};
use super::claims::{Claim, Sentence, StudyClaim};
use super::figure::{length, three_digits};
use super::fullness::is_or_are;
use super::words::and;
use crate::analysis::journey::{Explanation, Journey, Offered};
use crate::parts::quantity::format_rate;

/// Nothing of it is left, and not only soon.
const USED_UP: f64 = 1.0;

pub fn tell(explanation: &Explanation) -> Answer {
    let (time, mut claims) = time(&explanation.journey);
    let (load, more) = load(&explanation.offered);
    claims.extend(more);
    let is_bad = explanation.offered.bottleneck().is_some_and(|first| first.utilisation_max >= Some(USED_UP));
    let approximate = explanation.offered.at_most.then(|| {
        "a population waits for its answers, so that it sends less as \
                       they take longer"
            .to_owned()
    });
    let groups = &explanation.journey.groups;
    let first = (!groups.is_empty()).then(|| {
        let shown: Vec<String> =
            groups.iter().map(|one| format!("`{}` of `{}`", one.member, one.group)).collect();
        format!("of each group its first member stands for all ({})", and(&shown))
    });
    Answer {
        headline: Sentence::new(format!("{time}{load}."), claims),
        is_bad,
        how_sure: how_sure(
            [
                Some("reckoned from the scenario, without a run and without any waiting in line".to_owned()),
                approximate,
                first,
            ]
            .into_iter()
            .flatten(),
        ),
        further: Vec::new(),
    }
}

/// ``A mean `page` takes 69.5 ms if nobody has to wait, most of it (56.8 ms) in the network``
fn time(journey: &Journey) -> (String, Vec<Claim>) {
    let class = &journey.class;
    if !journey.expected_ms.is_finite() {
        return (format!("A mean `{class}` never ends"), Vec::new());
    }
    let figure = |name: &str, value| {
        let (name, of) = (name.to_owned(), class.clone());
        Claim::OfStudy(StudyClaim::Figure { name, of, value, ends: None })
    };
    let mut claims = vec![figure("expected_ms", journey.expected_ms)];
    let at_least = if journey.at_least { "at least " } else { "" };
    let lead =
        format!("A mean `{class}` takes {at_least}{} if nobody has to wait", length(journey.expected_ms));
    let text = match journey.places.first() {
        Some(place) if place.mean_ms > 0.0 && place.mean_ms.is_finite() => {
            claims.push(figure(&place.place, place.mean_ms));
            let place_name = match place.place.as_str() {
                "network" => "in the network".to_owned(),
                node => format!("at `{node}`"),
            };
            let most = if place.mean_ms * 2.0 > journey.expected_ms {
                "most of it"
            } else {
                "more than anywhere else"
            };
            format!("{lead}, {most} ({}) {place_name}", length(place.mean_ms))
        }
        _ => lead,
    };
    (text, claims)
}

/// `; as the load grows, the link visitors -> server is full first, at 139/s (43 % in use at 60/s)`
fn load(offered: &Offered) -> (String, Vec<Claim>) {
    let Some(first) = offered.bottleneck() else {
        return ("; nothing that is known fills up as the load grows".to_owned(), Vec::new());
    };
    let (name, is) = (format!("the {}", first.name), is_or_are(first.scarce));
    let figure = |name: &str, value| {
        Claim::OfStudy(StudyClaim::Figure {
            name: name.to_owned(),
            of: first.name.clone(),
            value,
            ends: None,
        })
    };
    let in_use = first.utilisation_max.unwrap_or(0.0);
    let mut claims = vec![figure("utilisation_max", in_use)];
    let at = first.saturates_at_per_s.map(|rate| {
        claims.push(figure("saturates_at_per_s", rate));
        format_rate(rate)
    });
    let users = first.saturates_at_users.map(|users| {
        claims.push(figure("saturates_at_users", users));
        format!("about {} users", three_digits(users))
    });
    let limit = users.or(at).unwrap_or_else(|| "a load that cannot be told".to_owned());
    let now = format_rate(offered.rate_per_s);
    let text = match in_use >= USED_UP {
        true => format!("; {name} {is} full already: no more than {limit} can be served, and {now} are sent"),
        false => format!(
            "; as the load grows, {name} {is} full first, at {limit} ({} % in use at {now})",
            three_digits(in_use * 100.0)
        ),
    };
    (text, claims)
}
