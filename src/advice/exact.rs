//! Single points of failure, and what a second of each would save, from the exact ledger.

use super::answer::Point;
use super::second::{second, standby};
use super::site::Site;
use crate::analysis::costs::declared_per_month;
use crate::structure::{Ledger, analyze};

/// Only these are looked into; each takes a ledger of its own.
const POINTS_MOST: usize = 8;
/// Things that fail alone are all that is asked for.
const ORDER_MOST: usize = 1;

/// Those that cost most first. Nothing where it is too entangled to say.
pub fn single_points(site: &Site) -> Vec<Point> {
    let Ok(ledger) = analyze(&site.scenario, ORDER_MOST) else { return Vec::new() };
    ledger.single_points.iter().take(POINTS_MOST).map(|found| point(site, &ledger, found)).collect()
}

fn point(site: &Site, ledger: &Ledger, found: &crate::structure::SinglePoint) -> Point {
    let minutes = |ledger: &Ledger| ledger.has_figures.then_some(ledger.any.down_minutes_per_year);
    let node = site.node_named(&found.component).filter(|node| site.node(*node).kind.name() == found.kind);
    let mut point = Point {
        component: found.component.clone(),
        kind: found.kind.to_owned(),
        classes: found.classes.clone(),
        second: None,
        down_minutes_per_year: minutes(ledger),
        with_second_minutes_per_year: None,
        price_per_month: None,
    };
    // Whichever leaves less is told: beside it, or standing by for it.
    for change in node.into_iter().flat_map(|node| [second(site, node), standby(site, node)]).flatten() {
        let Ok(scenario) = site.changed(&change.settings) else { continue };
        let Ok(changed) = analyze(&scenario, ORDER_MOST) else { continue };
        let left = minutes(&changed);
        let is_less = match (point.with_second_minutes_per_year, left) {
            (Some(before), Some(left)) => left < before,
            _ => point.second.is_none(),
        };
        let helps = match (point.down_minutes_per_year, left) {
            (Some(now), Some(left)) => left < now,
            _ => !changed.single_points.iter().any(|other| other.component == found.component),
        };
        if is_less && helps {
            let price = declared_per_month(&scenario).zip(declared_per_month(&site.scenario));
            point.price_per_month = price.map(|(with, without)| with - without);
            point.with_second_minutes_per_year = left;
            point.second = Some(change);
        }
    }
    point
}
