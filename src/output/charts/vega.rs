//! Charts as data: a specification in Vega-Lite of each picture, with its data, so that people can give
//! it the looks of their own pages. Who calls whom is a matrix there, since Vega-Lite lays out no graphs.

use super::heatmap::tiles;
use super::theme::{Color, Palette, palette};
use super::{Chart, Drawing, Look};
use crate::diagnosis::PhaseKind;
use crate::output::record::{Record, Stretch, rounded};
use crate::stats::histogram::bounds;
use serde_json::{Value, json};

const SCHEMA: &str = "https://vega.github.io/schema/vega-lite/v5.json";
const NANOSECOND_MS: f64 = 1e-6;

/// `drawing` is the same chart as it is drawn: what it says is said here as well.
pub fn spec(chart: Chart, records: &[&Record], drawing: &Drawing, look: &Look) -> Value {
    let palette = palette(look.theme);
    let mut spec = match chart {
        Chart::Availability => availability(records, &palette),
        Chart::Timeline => timeline(records, &palette),
        Chart::Latency => latency(records),
        Chart::Heatmap => heatmap(records, &palette),
        Chart::Utilisation => utilisation(records, &palette),
        Chart::Waterfall => waterfall(records),
        Chart::Topology => topology(records, &palette),
    };
    spec["$schema"] = json!(SCHEMA);
    spec["title"] = json!({ "text": drawing.title, "subtitle": drawing.about, "anchor": "start" });
    spec["background"] = json!(hex(palette.background));
    let ink = hex(palette.ink);
    spec["config"] = json!({
        "axis": { "labelColor": ink, "titleColor": ink, "gridColor": hex(palette.grid) },
        "legend": { "labelColor": ink, "titleColor": ink },
        "header": { "labelColor": ink, "titleColor": ink },
        "title": { "color": ink, "subtitleColor": hex(palette.muted) },
        "range": { "category": palette.series.map(hex).to_vec() },
    });
    spec
}

fn hex(color: Color) -> String {
    format!("#{:02x}{:02x}{:02x}", color.red, color.green, color.blue)
}

fn values(values: Vec<Value>) -> Value {
    json!({ "values": values })
}

/// Each run's phases, as users felt them.
fn availability(records: &[&Record], palette: &Palette) -> Value {
    let phases = records.iter().flat_map(|record| {
        let phases = record.findings.iter().flat_map(|findings| &findings.diagnosis.phases);
        phases.map(|phase| {
            json!({ "run": record.name, "phase": phase.kind, "start_s": phase.start_s, "end_s": phase.end_s })
        })
    });
    let kinds =
        [PhaseKind::Good, PhaseKind::Slow, PhaseKind::Failing, PhaseKind::Down, PhaseKind::Maintenance];
    let colors = [palette.up, palette.degraded, palette.degraded, palette.down, palette.maintenance].map(hex);
    json!({
        "data": values(phases.collect()),
        "mark": "bar",
        "width": 800,
        "encoding": {
            "x": { "field": "start_s", "type": "quantitative", "title": "simulated time, s" },
            "x2": { "field": "end_s" },
            "y": { "field": "run", "type": "nominal", "title": null },
            "color": { "field": "phase", "type": "nominal", "scale": { "domain": kinds, "range": colors } },
        },
    })
}

fn at(stretch: &Stretch) -> f64 {
    stretch.start_s
}

fn timeline(records: &[&Record], palette: &Palette) -> Value {
    let mut rows = Vec::new();
    for record in records {
        let Some(timeline) = &record.timeline else { continue };
        for (stretch, count) in timeline.buckets.iter().zip(&timeline.all) {
            let per_s = |number: u64| number as f64 / stretch.length_s.max(f64::MIN_POSITIVE);
            rows.push(json!({
                "run": record.name, "start_s": at(stretch), "length_s": stretch.length_s,
                "sent": per_s(count.offered), "good": per_s(count.good), "not good": per_s(count.bad()),
                "p50": count.p50, "p95": count.p95, "p99": count.p99,
            }));
        }
    }
    let time = json!({ "field": "start_s", "type": "quantitative", "title": "simulated time, s" });
    let lines = |fields: [&str; 3], unit: &str, colors: [Color; 3]| {
        json!({
            "width": 800,
            "transform": [{ "fold": fields, "as": ["what", "value"] }],
            "mark": { "type": "line", "interpolate": "step-after" },
            "encoding": {
                "x": time,
                "y": { "field": "value", "type": "quantitative", "title": unit },
                "color": { "field": "what", "type": "nominal", "title": null,
                           "scale": { "domain": fields, "range": colors.map(hex).to_vec() } },
                "strokeDash": { "field": "run", "type": "nominal" },
            },
        })
    };
    let [p50, p95, p99] = [palette.series[0], palette.series[2], palette.series[1]];
    json!({
        "data": values(rows),
        "resolve": { "scale": { "color": "independent" } },
        "vconcat": [
            lines(["sent", "good", "not good"], "requests per second", [palette.ink, palette.good, palette.bad]),
            lines(["p50", "p95", "p99"], "latency of good answers, ms", [p50, p95, p99]),
        ],
    })
}

fn latency(records: &[&Record]) -> Value {
    let mut rows = Vec::new();
    for record in records {
        let Some(latencies) = &record.latencies else { continue };
        for (number, class) in latencies.classes.iter().enumerate() {
            let histogram = latencies.since(record.warmup_s(), Some(number));
            let mut longer = histogram.count();
            let all = longer.max(1) as f64;
            for (cell, &count) in histogram.cells().iter().enumerate().filter(|(_, count)| **count > 0) {
                longer -= count;
                let (low, high) = bounds(cell);
                rows.push(json!({
                    "run": record.name, "class": class.name,
                    "low_ms": low as f64 * NANOSECOND_MS, "high_ms": high as f64 * NANOSECOND_MS,
                    "answers": count, "share": count as f64 / all, "longer": longer as f64 / all,
                }));
            }
        }
    }
    let latency = json!({ "field": "high_ms", "type": "quantitative", "scale": { "type": "log" },
                          "title": "latency, ms" });
    let panel = |field: &str, title: &str| {
        json!({
            "width": 800,
            "mark": { "type": "line", "interpolate": "step-before" },
            "encoding": {
                "x": latency,
                "y": { "field": field, "type": "quantitative", "title": title },
                "color": { "field": "class", "type": "nominal" },
                "strokeDash": { "field": "run", "type": "nominal" },
            },
        })
    };
    json!({
        "data": values(rows),
        "vconcat": [panel("share", "share of the answers"), panel("longer", "share that took longer")],
    })
}

/// The cells as they are drawn: of more nobody could see any.
fn heatmap(records: &[&Record], palette: &Palette) -> Value {
    let rows = tiles(records).into_iter().map(|tile| {
        json!({
            "run": records[tile.run].name, "start_s": tile.stretch.start_s, "end_s": tile.stretch.end_s(),
            "low_ms": tile.low_ms, "high_ms": tile.high_ms, "share": rounded(tile.share),
        })
    });
    json!({
        "data": values(rows.collect()),
        "facet": { "row": { "field": "run", "type": "nominal", "title": null } },
        "spec": {
            "width": 800,
            "mark": "rect",
            "encoding": {
                "x": { "field": "start_s", "type": "quantitative", "title": "simulated time, s" },
                "x2": { "field": "end_s" },
                "y": { "field": "low_ms", "type": "quantitative", "scale": { "type": "log" },
                       "title": "latency, ms" },
                "y2": { "field": "high_ms" },
                "color": { "field": "share", "type": "quantitative", "title": "share of a moment's answers",
                           "scale": { "type": "sqrt", "range": palette.density.map(hex).to_vec() } },
            },
        },
    })
}

fn utilisation(records: &[&Record], palette: &Palette) -> Value {
    let mut rows = Vec::new();
    for record in records {
        let Some(timelines) = &record.resources else { continue };
        for resource in &timelines.resources {
            for (stretch, moment) in timelines.buckets.iter().zip(&resource.moments) {
                rows.push(json!({
                    "run": record.name, "resource": resource.name, "start_s": at(stretch),
                    "in_use": moment.utilisation, "fullest": moment.utilisation_max,
                    "waiting_mean": moment.waiting_mean, "waiting_max": moment.waiting_max,
                }));
            }
        }
    }
    json!({
        "data": values(rows),
        "facet": { "row": { "field": "resource", "type": "nominal", "title": null } },
        "spec": {
            "width": 800,
            "height": 50,
            "mark": { "type": "line", "interpolate": "step-after", "color": hex(palette.good) },
            "encoding": {
                "x": { "field": "start_s", "type": "quantitative", "title": "simulated time, s" },
                "y": { "field": "fullest", "type": "quantitative", "title": "in use",
                       "scale": { "domain": [0, 1] }, "axis": { "format": "%" } },
                "strokeDash": { "field": "run", "type": "nominal" },
            },
        },
    })
}

fn waterfall(records: &[&Record]) -> Value {
    let mut rows = Vec::new();
    for record in records {
        for class in record.findings.iter().flat_map(|findings| &findings.summary.time_spent) {
            let slowest = class.slowest.as_ref().map(|slowest| ("the slowest", &slowest.parts));
            for (which, parts) in [Some(("a mean one", &class.parts)), slowest].into_iter().flatten() {
                rows.extend(parts.iter().map(|part| {
                    json!({
                        "run": record.name, "requests": format!("{}, {which}", class.class),
                        "part": part.plain_words(), "mean_ms": part.mean_ms, "share": part.share,
                    })
                }));
            }
        }
    }
    json!({
        "data": values(rows),
        "width": 800,
        "mark": "bar",
        "encoding": {
            "x": { "field": "mean_ms", "type": "quantitative", "title": "time, ms" },
            "y": { "field": "requests", "type": "nominal", "title": null },
            "color": { "field": "part", "type": "nominal" },
            "row": { "field": "run", "type": "nominal", "title": null },
        },
    })
}

/// Who calls whom as a matrix, with what is known of the nodes beside it.
fn topology(records: &[&Record], palette: &Palette) -> Value {
    let known = || records.iter().filter_map(|record| Some((&record.name, record.topology.as_ref()?)));
    let calls = known().flat_map(|(run, topology)| {
        topology.calls.iter().map(move |call| {
            json!({
                "run": run, "from": call.from, "to": call.to, "calls_per_s": call.calls_per_s,
                "fullest": call.fullest.as_ref().map(|full| full.bucket.utilisation),
            })
        })
    });
    let nodes = known().flat_map(|(run, topology)| {
        topology.nodes.iter().map(move |node| {
            json!({
                "run": run, "name": node.name, "kind": node.kind, "replicas": node.replicas, "on": node.on,
                "in_use": node.utilisation, "fullest": node.fullest.as_ref().map(|full| full.bucket.utilisation),
                "single_point_of": node.single_point_of,
            })
        })
    });
    let order = known()
        .next()
        .map(|(_, topology)| topology.nodes.iter().map(|node| node.name.clone()).collect::<Vec<String>>());
    json!({
        "data": values(calls.collect()),
        "datasets": { "nodes": nodes.collect::<Vec<_>>() },
        "mark": { "type": "circle", "opacity": 1 },
        "encoding": {
            "x": { "field": "to", "type": "nominal", "sort": order, "axis": { "orient": "top" } },
            "y": { "field": "from", "type": "nominal", "sort": order },
            "size": { "field": "calls_per_s", "type": "quantitative", "title": "calls per second" },
            "color": { "field": "fullest", "type": "quantitative", "title": "in use at the fullest",
                       "scale": { "domain": [0, 1], "range": palette.fullness.map(hex).to_vec() } },
            "column": { "field": "run", "type": "nominal", "title": null },
        },
    })
}
