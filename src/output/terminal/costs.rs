//! What the site costs in a month.

use super::figure::three_digits;
use super::page::Page;
use super::table::{Paint, painted, short_name};
use crate::analysis::costs::{CostSummary, NodeCost};
use crate::analysis::summary::Summary;

/// Of the others only the sum is told.
const NODES_MOST: usize = 5;

pub fn costs(summary: &Summary, page: Page) -> String {
    let Some(costs) = &summary.costs else { return String::new() };
    let Some(per_month) = costs.per_month else { return String::new() };
    let currency = costs.currency.as_deref().map_or(String::new(), |currency| format!(" {currency}"));
    let total = format!("{}{currency}", three_digits(per_month));
    let mut text = format!("  a month like this run costs {}\n", painted(&total, Paint::Strong));
    let mut parts = Vec::new();
    if !costs.nodes.is_empty() {
        parts.push(format!("nodes {} ({})", three_digits(costs.nodes_per_month), dearest(costs)));
    }
    let besides = [
        ("egress", costs.egress.as_ref().and_then(|egress| egress.per_month)),
        ("downtime", costs.downtime.as_ref().and_then(|downtime| downtime.per_month)),
    ];
    let told = |(name, cost): (&str, Option<f64>)| cost.map(|cost| format!("{name} {}", three_digits(cost)));
    parts.extend(besides.into_iter().filter_map(told));
    text.push_str(&format!("    = {}\n", page.wrapped(&parts.join(" + "), 6)));
    if let Some(downtime) = costs.downtime.as_ref().filter(|downtime| downtime.of_run > 0.0) {
        let of_run =
            format!("the outages of this run alone cost {}{currency}", three_digits(downtime.of_run));
        text.push_str(&format!("    {}\n", painted(&of_run, Paint::Faint)));
    }
    text
}

fn dearest(costs: &CostSummary) -> String {
    let mut nodes: Vec<&NodeCost> = costs.nodes.iter().collect();
    nodes.sort_by(|a, b| b.per_month.total_cmp(&a.per_month));
    let (told, others) = nodes.split_at(nodes.len().min(NODES_MOST));
    let one = |node: &&NodeCost| format!("{} {}", short_name(&node.name), three_digits(node.per_month));
    let mut words: Vec<String> = told.iter().map(one).collect();
    if !others.is_empty() {
        let rest = others.iter().fold(0.0, |sum, node| sum + node.per_month);
        words.push(format!("{} others {}", others.len(), three_digits(rest)));
    }
    words.join(", ")
}
