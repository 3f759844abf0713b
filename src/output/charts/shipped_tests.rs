//! Pictures of runs as people make them: no text hides another or can hardly be read, all is on the
//! page, and the figures in them are those of the tables.

use super::drawing::{Label, Shape};
use super::tests::{check_labels, check_shapes, look};
use super::theme::Color;
use super::*;
use crate::engine::trial;
use crate::output::terminal::{count, figure};
use crate::plan::compile;
use crate::questions::findings::Findings;
use crate::scenario::load::load;
use crate::telling::words::span;
use std::fmt::Write;
use std::path::Path;

/// The contrast that WCAG asks for of text (AA), and of large or bold text.
const CONTRAST: f64 = 4.5;
const CONTRAST_LARGE: f64 = 3.0;

/// Paths and values.
type Settings = &'static [(&'static str, &'static str)];

/// Each with what makes it short, or makes all of it fail, or leaves nobody to ask.
const RUNS: [(&str, &str, Settings); 8] = [
    ("over", "one-server", &[("visitors.arrivals", "140/s"), ("run.duration", "3m")]),
    ("down", "spof-server-down", &[]),
    ("surge", "traffic-surge", &[]),
    ("storm", "retry-storm", &[]),
    ("scaled up", "course/3-scaled-up", &[("run.duration", "3m")]),
    ("rolling", "maintenance-rolling", &[]),
    ("nobody", "one-server", &[("visitors.arrivals", "0.0001/s"), ("run.duration", "2m")]),
    (
        "all fails",
        "one-server",
        &[("run.duration", "2m"), ("timeline", "[ { at: 0s, black_hole: nginx, for: 10m } ]")],
    ),
];

fn records() -> Vec<(&'static str, Record)> {
    let record = |&(name, file, settings): &(&'static str, &str, Settings)| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{file}.yaml"));
        let settings: Vec<(String, String)> =
            settings.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect();
        let loaded = load(&path, &settings).unwrap();
        let shown = loaded.render(false);
        let scenario = loaded.scenario.unwrap_or_else(|| panic!("{shown}"));
        let results = trial::run(&compile(&scenario));
        let findings = Findings::of(&scenario, scenario.run.seed, &results);
        (name, Record::of(&scenario, findings, &results))
    };
    RUNS.iter().map(record).collect()
}

#[test]
fn pictures_of_shipped_scenarios_can_be_read_and_say_what_the_tables_say() {
    let mut wrong = String::new();
    for (name, record) in records() {
        let records = std::slice::from_ref(&record);
        for chart in Chart::ALL {
            for theme in [Theme::Light, Theme::Dark] {
                for width in [f64::from(WIDTH_LEAST), f64::from(WIDTH_USUAL)] {
                    let drawing = chart.draw(records, &look(theme, width));
                    let place = format!("{} of {name}, {width} wide, {theme:?}", chart.name());
                    check_labels(&drawing, &place, &mut wrong);
                    check_shapes(&drawing, &place, &mut wrong);
                    check_contrast(&drawing, &place, &mut wrong);
                }
            }
            let drawing = chart.draw(records, &look(Theme::Light, f64::from(WIDTH_USUAL)));
            for told in told_by_tables(chart, &record) {
                let is_told = drawing.labels().any(|label| label.text.contains(&told))
                    || drawing.title.contains(&told)
                    || drawing.about.contains(&told);
                if !is_told {
                    writeln!(wrong, "{} of {name} does not say `{told}`", chart.name()).unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What the tables of a run say of it that its picture has to say as well.
fn told_by_tables(chart: Chart, record: &Record) -> Vec<String> {
    let summary = &record.findings.as_ref().unwrap().summary;
    let total = &summary.total;
    let length = |value: Option<f64>| value.map(figure::length);
    let told: Vec<Option<String>> = match chart {
        Chart::Availability => {
            let mut outages = record.outages.clone().unwrap();
            outages.sort_by(|a, b| b.length_s.total_cmp(&a.length_s));
            let of_outage = |outage: &crate::output::record::Outage| {
                Some(format!("{}: {}", span(outage.length_s), outage.cause))
            };
            let longest = outages.iter().take(8).map(of_outage);
            longest.chain([total.good_share.value.map(figure::share)]).collect()
        }
        Chart::Timeline => {
            let all = &record.timeline.as_ref().unwrap().all;
            let (sent, bad) = all.iter().fold((0, 0), |sum, one| (sum.0 + one.offered, sum.1 + one.bad()));
            let bad = if bad > 0 { count(bad) } else { String::new() };
            vec![Some(count(sent)), Some(bad), length(total.p50_ms.value), length(total.p99_ms.value)]
        }
        Chart::Latency => vec![length(total.p50_ms.value), length(total.p99_ms.value)],
        Chart::Heatmap => vec![length(total.p99_ms.value), length(total.max_ms)],
        Chart::Utilisation => {
            let used = summary.nodes.iter().filter(|node| node.utilisation.is_some_and(|used| used > 0.0995));
            used.map(|node| Some(format!("{} % mean", (node.utilisation.unwrap() * 100.0).round()))).collect()
        }
        Chart::Waterfall => {
            let classes = summary.time_spent.iter().take(6);
            classes
                .map(|class| Some(format!("{}: {}", class.class, figure::length(class.latency_mean_ms))))
                .collect()
        }
        Chart::Topology => Vec::new(),
    };
    told.into_iter().flatten().collect()
}

/// Every text against what was drawn below it.
fn check_contrast(drawing: &Drawing, place: &str, wrong: &mut String) {
    for (number, shape) in drawing.shapes.iter().enumerate() {
        let Shape::Label(label) = shape else { continue };
        let ground = ground_below(drawing, number, label);
        let ratio = label.color.contrast(ground);
        let least = if label.bold && label.size >= 18.0 { CONTRAST_LARGE } else { CONTRAST };
        if ratio < least {
            writeln!(wrong, "{place}: `{}` has a contrast of {ratio:.2} on {ground:?}", label.text).unwrap();
        }
    }
}

/// The colour of the last rectangle that was drawn where the middle of a label is.
fn ground_below(drawing: &Drawing, before: usize, label: &Label) -> Color {
    let (left, top, right, bottom) = label.bounds();
    let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0);
    let covers = |shape: &Shape| match shape {
        Shape::Rectangle { x: from, y: upper, width, height, fill } => {
            let is_inside = (*from..=from + width).contains(&x) && (*upper..=upper + height).contains(&y);
            is_inside.then_some(*fill)
        }
        _ => None,
    };
    drawing.shapes[..before].iter().rev().find_map(covers).unwrap_or(drawing.background)
}
