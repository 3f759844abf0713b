//! Pictures of topologies, from shipped scenarios and of generated sites: no text lies on another, on a line, on a
//! box that is not its own or on the edge of one, and all of it is on the page.

use super::drawing::{Drawing, Shape};
use super::tests::{check_labels, check_shapes, look};
use super::topology_labels::{Area, crosses, overlap};
use super::*;
use crate::engine::trial;
use crate::plan;
use crate::questions::findings::Findings;
use crate::scenario::load::{Loaded, load, load_text};
use std::fmt::Write;
use std::path::Path;

#[path = "../../../tests/support/many_services.rs"]
mod many_services;
use many_services::many_services;

/// One run, with the settings changed.
fn run(loaded: Loaded) -> Record {
    let shown = loaded.render(false);
    let scenario = loaded.scenario.unwrap_or_else(|| panic!("{shown}"));
    let results = trial::run(&plan::compile(&scenario));
    Record::of(&scenario, Findings::of(&scenario, 1, &results), &results)
}

fn of_text(text: &str) -> Record {
    run(load_text("test.yaml", text, &[]))
}

/// A scenario of the repository, which need not run long to show who calls whom.
fn shipped(name: &str, end: &str, least: &str) -> Record {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    let settings =
        [(end, least), ("run.warmup", "none")].map(|(path, value)| (path.to_owned(), value.to_owned()));
    run(load(&path, &settings).expect("it can be read"))
}

/// Those that end after so many requests.
const COUNTED: [(&str, &str); 3] = [
    ("theory/b01-jackson.yaml", "2000"),
    ("theory/b11-slowest-of-100.yaml", "200"),
    ("theory/c01-ten-lines.yaml", "2000"),
];

const SHIPPED: [(&str, &str); 11] = [
    ("one-server.yaml", "10m"),
    ("database-failover.yaml", "12m"),
    ("dns-failover.yaml", "20m"),
    ("autoscaling.yaml", "1h"),
    ("traffic-surge.yaml", "10m"),
    ("gray-failure.yaml", "11m"),
    ("spof-server-down.yaml", "20m"),
    ("year-of-failures.yaml", "60d"),
    ("course/1-distributed.yaml", "10d"),
    ("course/2-secured-and-monitored.yaml", "10d"),
    ("course/3-scaled-up.yaml", "10d"),
];

fn records() -> Vec<(String, Record)> {
    let ends = SHIPPED
        .iter()
        .map(|one| ("run.duration", one))
        .chain(COUNTED.iter().map(|one| ("run.requests", one)));
    let shipped = ends.map(|(end, (name, least))| ((*name).to_owned(), shipped(name, end, least)));
    let generated = [18, 30, 60, 300]
        .map(|services| (format!("a site of {services} services"), of_text(&many_services(services))));
    let zones = [("two zones".to_owned(), of_text(TWO_ZONES))];
    shipped.chain(zones).chain(generated).collect()
}

const TWO_ZONES: &str = "
run: { duration: 20s, warmup: 1s, seed: 1 }
nodes:
  visitors: { kind: user, arrivals: 20/s }
  lb: { kind: load_balancer }
  ha: { kind: server, cores: 2, zone: north }
  hb: { kind: server, cores: 2, zone: south }
  appa: { kind: app_server, on: ha, workers: 4, replicas: 2 }
  appb: { kind: app_server, on: hb, workers: 4 }
  db: { kind: database, on: ha, mtbf: 300d, mttr: 1h, standby: { hot: 1, switch_over: 3s } }
groups:
  apps: { members: [ appa, appb ] }
requests:
  page: { path: [ lb: 0ms, apps: 5ms, db: 1ms ] }
timeline:
  - { at: 5s, fail: appa, for: 5s }
";

#[test]
fn texts_touch_nothing_that_is_not_theirs() {
    let mut wrong = String::new();
    for (name, record) in records() {
        for width in [f64::from(WIDTH_LEAST), 700.0, f64::from(WIDTH_USUAL), 1_600.0] {
            let records = std::slice::from_ref(&record);
            let drawing = Chart::Topology.draw(records, &look(Theme::Light, width));
            let place = format!("{name}, {width} wide");
            check_labels(&drawing, &place, &mut wrong);
            check_shapes(&drawing, &place, &mut wrong);
            check_grounds(&drawing, &place, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A text is wholly inside of a rectangle or a mark, or wholly outside; and there is no line below it, unless a
/// rectangle that holds all of the text has covered it.
fn check_grounds(drawing: &Drawing, place: &str, wrong: &mut String) {
    for (number, shape) in drawing.shapes.iter().enumerate() {
        let Shape::Label(label) = shape else { continue };
        let (left, top, right, bottom) = label.bounds();
        // What touches by less than this cannot be seen.
        let area = (left + 0.5, top + 0.5, right - 0.5, bottom - 0.5);
        let ground = drawing.shapes[..number].iter().rposition(|below| match area_of(below) {
            Some(around) => holds(around, area),
            None => false,
        });
        let later = drawing.shapes.iter().enumerate().filter(|(other, _)| Some(*other) > ground);
        for (_, other) in later {
            if is_crossed(area, other) {
                writeln!(
                    wrong,
                    "{place}: `{}` at {:.0}, {:.0} lies on {other:?}",
                    label.text, label.x, label.y
                )
                .unwrap();
            }
        }
    }
}

fn area_of(shape: &Shape) -> Option<Area> {
    match shape {
        Shape::Rectangle { x, y, width, height, .. } => Some((*x, *y, x + width, y + height)),
        _ => None,
    }
}

fn holds(around: Area, area: Area) -> bool {
    around.0 <= area.0 && around.1 <= area.1 && around.2 >= area.2 && around.3 >= area.3
}

fn is_crossed(area: Area, shape: &Shape) -> bool {
    let wider = |by: f64| (area.0 - by, area.1 - by, area.2 + by, area.3 + by);
    match shape {
        Shape::Rectangle { .. } => {
            area_of(shape).is_some_and(|around| overlap(around, area) && !holds(around, area))
        }
        Shape::Line { points, width, .. } => {
            points.windows(2).any(|side| crosses(wider(width / 2.0), side[0], side[1]))
        }
        Shape::Circle { center, radius, .. } => crosses(wider(*radius), *center, *center),
        Shape::Polygon { .. } | Shape::Label(_) => false,
    }
}

#[test]
fn the_check_sees_a_text_on_a_line_on_an_edge_and_below_a_box() {
    let black = super::theme::Color::rgb(0, 0, 0);
    let found = |draw: &dyn Fn(&mut Drawing)| {
        let mut drawing = Drawing::new(200.0, black, "");
        draw(&mut drawing);
        let mut wrong = String::new();
        check_grounds(&drawing, "here", &mut wrong);
        !wrong.is_empty()
    };
    let text = || super::drawing::Label::new("text", 50.0, 50.0, 11.0, black);
    let line = [(0.0, 46.0), (200.0, 46.0)];
    assert!(found(&|drawing| {
        drawing.line(&line, black, 1.0);
        drawing.label(text());
    }));
    assert!(!found(&|drawing| {
        drawing.line(&line, black, 1.0);
        drawing.rectangle(40.0, 30.0, 100.0, 40.0, black);
        drawing.label(text());
    }));
    assert!(found(&|drawing| {
        drawing.rectangle(60.0, 30.0, 100.0, 40.0, black);
        drawing.label(text());
    }));
    assert!(found(&|drawing| {
        drawing.label(text());
        drawing.circle((55.0, 46.0), 3.0, black);
    }));
}

#[test]
fn zones_standbys_and_what_failed_are_shown() {
    let record = of_text(TWO_ZONES);
    let drawing = Chart::Topology.draw(&[record], &look(Theme::Light, 1_000.0));
    let texts: Vec<&str> = drawing.labels().map(|label| label.text.as_str()).collect();
    let parts = ["zone north", "zone south", "appa ×2", "stands by", "failed in this run", "several of it"];
    for part in parts {
        assert!(texts.contains(&part), "{part}: {texts:?}");
    }
    assert!(drawing.title.contains("zone north"), "{}", drawing.title);
    assert!(drawing.about.contains("Failed in this run: appa."), "{}", drawing.about);
}

#[test]
fn a_large_site_shows_what_matters_and_counts_the_rest() {
    let record = of_text(&many_services(300));
    let drawing = Chart::Topology.draw(&[record], &look(Theme::Light, 1_000.0));
    let texts: Vec<&str> = drawing.labels().map(|label| label.text.as_str()).collect();
    for part in ["doma", "db-0", "zone north", "zone middle", "zone south", "the busiest way"] {
        assert!(texts.iter().any(|text| text.starts_with(part)), "{part}: {texts:?}");
    }
    assert!(texts.iter().any(|text| text.ends_with(" app servers")), "{texts:?}");
    assert!(drawing.height < 2.0 * drawing.width, "{}", drawing.height);
    assert!(drawing.about.contains("share"), "{}", drawing.about);
}
