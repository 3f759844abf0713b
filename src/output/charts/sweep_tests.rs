//! Sweeps of every kind as pictures: no text hides another, and all of it is on the page.

use super::tests::{check_labels, check_shapes, look};
use super::{Theme, WIDTH_LEAST, WIDTH_USUAL};
use crate::analysis::branches::{DOWN, UP};
use crate::analysis::breaking::{Breaking, Course, Knee, Standing};
use crate::analysis::gauges::{Gauge, OFFERED};
use crate::analysis::point_fullness::{Fullness, PointFullness};
use crate::analysis::summary::Estimate;
use crate::analysis::sweep::{SweepSummary, SweptAxis, SweptFigure, SweptPoint, SweptValue, WAY};
use crate::output::charts::drawing::{Drawing, Shape};
use crate::output::charts::frame::Look;
use crate::output::charts::theme::palette;
use crate::parts::resource::ResourceKind;
use crate::telling;

/// With what is said of it.
fn draw(summary: &SweepSummary, look: &Look) -> Option<Drawing> {
    super::sweep::draw(summary, &telling::sweep::tell(summary), look)
}

const GAUGES: [(&str, &str); 4] =
    [(OFFERED, "per s"), ("goodput", "per s"), ("errors", "share"), ("p99", "ms")];

fn value(text: &str, number: Option<f64>) -> SweptValue {
    SweptValue { text: text.to_owned(), number }
}

/// A load, which of it fails, and how slow the rest is.
fn point(values: Vec<SweptValue>, offered: f64, errors: f64, p99_ms: f64) -> SweptPoint {
    let figures = [offered, offered * (1.0 - errors), errors, p99_ms];
    let estimate = |value: f64| match value.is_finite() {
        true => Estimate { value: Some(value), half_width: Some(value * 0.1), ..Estimate::default() },
        false => Estimate::empty("nothing was observed"),
    };
    let figures = GAUGES.iter().zip(figures).map(|(&(name, unit), value)| SweptFigure {
        name: name.to_owned(),
        unit,
        estimate: estimate(value),
    });
    SweptPoint { values, stands: None, fullness: PointFullness::default(), figures: figures.collect() }
}

fn summary(axes: &[&str], points: Vec<SweptPoint>) -> SweepSummary {
    let axis = |path: &&str| SweptAxis { path: (*path).to_owned(), is_numeric: true, today: None };
    SweepSummary {
        scenario: "A shop with a name that is as long as names of shops are".to_owned(),
        version: "0",
        seed: 1,
        replications: 5,
        level: 0.95,
        method: "",
        axes: axes.iter().map(axis).collect(),
        measure: "p99".to_owned(),
        gauges: GAUGES.map(|(name, unit)| Gauge { name: name.to_owned(), unit }).to_vec(),
        points,
        standings: None,
        breaking: None,
        lines: Vec::new(),
        knee: None,
        hysteresis: None,
    }
}

fn rate(number: u32) -> SweptValue {
    value(&format!("{number}/s"), Some(f64::from(number)))
}

fn curve(rates: impl Iterator<Item = u32>) -> SweepSummary {
    let of_rate = |number: u32| {
        let load = f64::from(number);
        let errors = (load / 500.0 - 0.7).max(0.0);
        point(vec![rate(number)], load, errors, 10.0 + load * load * load / 1e3)
    };
    let mut summary = summary(&["nodes.visitors.arrivals"], rates.map(of_rate).collect());
    let name = "the workers of app".to_owned();
    let full = Fullness { name, kind: ResourceKind::Slots, in_use: 1.0, short_in: 5, runs: 5 };
    let share = |share: f64| Some(Estimate { value: Some(share), ..Estimate::default() });
    summary.breaking = Some(Breaking {
        path: "visitors.arrivals".to_owned(),
        served_least: 0.99,
        course: Course::Breaks,
        from: "50/s".to_owned(),
        to: "500/s".to_owned(),
        holds_at: Some("350/s".to_owned()),
        breaks_at: Some("400/s".to_owned()),
        breaks_upwards: true,
        is_open_elsewhere: false,
        served_where_it_holds: share(0.999),
        served_where_it_breaks: share(0.9),
        fullness: PointFullness { full: vec![full.clone()], fullest: Some(full) },
    });
    summary.knee = Some(Knee { measure: "p99".to_owned(), at: "300/s".to_owned(), rises: true });
    summary
}

fn map(lines: u32, columns: u32) -> SweepSummary {
    let cells = (1..=lines).flat_map(|line| (1..=columns).map(move |column| (line, column)));
    let of_cell = |(line, column): (u32, u32)| {
        let p99_ms = if line == column { f64::NAN } else { f64::from(line * column) };
        point(vec![rate(line), value(&format!("a policy {column}"), None)], 5.0, 0.0, p99_ms)
    };
    summary(&["visitors.arrivals", "lb.balance"], cells.map(of_cell).collect())
}

/// It holds where there are at least as many workers as requests, and is today in between.
fn limited() -> SweepSummary {
    let cells = (1..=4).flat_map(|load| (1..=4).map(move |workers| (load, workers)));
    let of_cell = |(load, workers): (u32, u32)| {
        let workers_text = value(&workers.to_string(), Some(f64::from(workers)));
        let stands = if workers >= load { Standing::Holds } else { Standing::Broken };
        let point = point(vec![rate(load), workers_text], 5.0, 0.0, f64::from(load * 10));
        SweptPoint { stands: Some(stands), ..point }
    };
    let mut summary = summary(&["visitors.arrivals", "app.workers"], cells.map(of_cell).collect());
    summary.axes[0].today = Some(rate(2));
    summary.axes[1].today = Some(value("3", Some(3.0)));
    summary
}

fn all() -> Vec<(&'static str, SweepSummary)> {
    let names = ["round_robin", "least_connections", "a policy with a name that is far too long for a page"];
    let listed = names.map(|name| point(vec![value(name, None)], 50.0, 0.0, 20.0)).to_vec();
    let walk = [UP, DOWN].into_iter().flat_map(|way| {
        (1..6).map(move |step| {
            let errors = if way == DOWN && step > 2 { 0.8 } else { 0.0 };
            point(vec![rate(step * 20), value(way, None)], f64::from(step * 20), errors, 20.0)
        })
    });
    let scattered = (1..30).map(|number| point(vec![rate(number * number), rate(number)], 5.0, 0.0, 3.0));
    let none = vec![point(vec![rate(1)], f64::NAN, f64::NAN, f64::NAN)];
    vec![
        ("a curve", curve((1..=10).map(|step| step * 50))),
        ("a dense curve", curve((1..=200).map(|step| step * 5))),
        ("powers of two", curve((0..12).map(|power| 1 << power))),
        ("one point", curve([400].into_iter())),
        ("a list", summary(&["lb.balance"], listed)),
        ("nothing", summary(&["a.b"], none)),
        ("a map", map(4, 3)),
        ("a map with a limit", limited()),
        ("a large map", map(60, 50)),
        ("points by chance", summary(&["a.b", "c.d"], scattered.collect())),
        ("a walk", summary(&["visitors.arrivals", WAY], walk.collect())),
    ]
}

#[test]
fn no_text_hides_another_and_all_is_on_the_page() {
    let mut wrong = String::new();
    for (name, summary) in all() {
        for width in [f64::from(WIDTH_LEAST), f64::from(WIDTH_USUAL)] {
            let drawing = draw(&summary, &look(Theme::Light, width)).expect("it has a chart");
            check_labels(&drawing, &format!("{name}, {width} wide"), &mut wrong);
            check_shapes(&drawing, name, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_picture_tells_where_it_breaks_and_the_figures_of_a_map() {
    let told = |summary: &SweepSummary| -> Vec<String> {
        let drawing = draw(summary, &look(Theme::Light, 1_000.0)).unwrap();
        drawing.labels().map(|label| label.text.clone()).collect()
    };
    let curve = told(&curve((1..=10).map(|step| step * 50)));
    for text in ["breaks", "knee", "350/s", "offered", "errors with its 95 % interval"] {
        assert!(curve.iter().any(|label| label == text), "{text}: {curve:?}");
    }
    let map = told(&map(4, 3));
    for text in ["12 ms", "–", "a policy 3"] {
        assert!(map.iter().any(|label| label == text), "{text}: {map:?}");
    }
    assert!(draw(&summary(&["a", "b", "c"], Vec::new()), &look(Theme::Light, 1_000.0)).is_none());
}

#[test]
fn a_map_shows_how_far_it_holds_and_where_it_is_today() {
    let mut summary = limited();
    let drawn = |summary: &SweepSummary| {
        let drawing = draw(summary, &look(Theme::Light, 1_000.0)).unwrap();
        let ink = palette(Theme::Light).ink;
        let lines = drawing.shapes.iter().filter_map(|shape| match shape {
            Shape::Line { points, color, width } if *color == ink => Some((points.len(), *width)),
            _ => None,
        });
        (lines.collect::<Vec<_>>(), drawing)
    };
    let (lines, drawing) = drawn(&summary);
    // Along the diagonal: a step down and one to the right at each of the first three.
    assert_eq!(lines.iter().filter(|line| **line == (2, 2.5)).count(), 6);
    assert_eq!(lines.iter().filter(|(points, width)| *points > 2 && *width == 3.5).count(), 1);
    let texts: Vec<&str> = drawing.labels().map(|label| label.text.as_str()).collect();
    for told in ["it holds", "it breaks", "today: 2/s and 3"] {
        assert!(texts.contains(&told), "{told}: {texts:?}");
    }
    // Between two that were tried there is a ring instead of a frame.
    summary.axes[1].today = Some(value("2.5", Some(2.5)));
    let (lines, _) = drawn(&summary);
    assert!(lines.iter().all(|(points, _)| *points == 2));
}
