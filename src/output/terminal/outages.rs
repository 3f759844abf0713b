//! What went wrong for users: the outages, the longest first.

use super::figure::{count, share, told};
use super::page::Page;
use super::table::{Paint, painted, short_name};
use crate::analysis::summary::{Estimate, Summary};
use crate::parts::quantity::format_duration;
use std::borrow::Cow;

/// Causes that are listed.
const CAUSES_SHOWN: usize = 5;

pub fn outages(summary: &Summary, page: Page) -> String {
    let availability = &summary.availability;
    if availability.outages == 0 {
        return String::new();
    }
    let mut text = format!(
        "  {} {}\n",
        painted("outages", Paint::Strong),
        painted(&page.wrapped(&headline(summary), 10), Paint::Bad)
    );
    for cause in availability.by_cause.iter().take(CAUSES_SHOWN) {
        let line = format!(
            "    {:<20} {:>4} {}  {} in all{}",
            short_name(&cause.cause),
            cause.outages,
            if cause.outages == 1 { "outage " } else { "outages" },
            format_duration(round_s(cause.outage_s)),
            cause.requests_lost.map_or(String::new(), |lost| format!(", {} requests lost", count(lost))),
        );
        text.push_str(&line);
        text.push('\n');
    }
    if availability.by_cause.len() > CAUSES_SHOWN {
        text.push_str(&format!(
            "    … and {} more causes, in outages.csv\n",
            availability.by_cause.len() - CAUSES_SHOWN
        ));
    }
    text.push_str(&lost(summary, page));
    text.push_str(&views(summary, page));
    text
}

/// What all requests without success are put down to.
fn lost(summary: &Summary, page: Page) -> String {
    let lost = &summary.availability.lost;
    let of = |(blame, lost): (&Cow<str>, &u64)| format!("{} {}", count(*lost), blame.replace('_', " "));
    let parts: Vec<String> = lost.iter().map(of).collect();
    if parts.is_empty() {
        return String::new();
    }
    let told = page.wrapped(&format!("lost to: {}", parts.join(", ")), 4);
    format!("    {}\n", painted(&told, Paint::Faint))
}

/// The same availability as others see it.
fn views(summary: &Summary, page: Page) -> String {
    let views = &summary.availability.views;
    let seen = [
        ("users", &views.user),
        ("server's log", &views.server_log),
        ("health checks", &views.health_checker),
        ("a probe", &views.probe),
    ];
    let part = |(name, estimate): &(&str, &Estimate)| Some(format!("{name} {}", told(estimate, "share")?));
    let parts: Vec<String> = seen.iter().filter_map(part).collect();
    let told = page.wrapped(&format!("seen by: {}", parts.join(", ")), 4);
    format!("    {}\n", painted(&told, Paint::Faint))
}

fn headline(summary: &Summary) -> String {
    let availability = &summary.availability;
    let up =
        availability.time_up.map_or(String::new(), |up| format!("; {} of the time without one", share(up)));
    format!(
        "{}, {} in all{up}{}",
        availability.outages,
        format_duration(round_s(availability.outage_s)),
        availability.requests_lost.map_or(String::new(), |lost| format!("; {} requests lost", count(lost)))
    )
}

/// Outages are told to the tenth of a second.
fn round_s(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}
