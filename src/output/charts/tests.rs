//! Every chart of runs of every kind: no text hides another, all of it is on the page, and
//! the same files give the same picture.

use super::drawing::Shape;
use super::*;
use crate::output::record::{Record, read_with};
use crate::results::path::Cause;
use std::fmt::Write;

/// The files of a run made up here: in each of so many buckets of ten seconds `answered` says
/// how many of 100 requests were good, for each class.
struct MadeUp {
    buckets: usize,
    nodes: usize,
    classes: usize,
    good: fn(usize) -> u64,
}

const USUAL: MadeUp = MadeUp { buckets: 60, nodes: 5, classes: 2, good: |_| 100 };

impl MadeUp {
    fn record(&self) -> Record {
        let files = [
            ("timeline.csv", self.timeline()),
            ("histogram.csv", self.histogram()),
            ("nodes_timeline.csv", self.nodes_timeline()),
            ("resources_timeline.csv", self.resources_timeline()),
            ("summary.json", self.summary()),
            ("topology.json", self.topology()),
            ("events.csv", self.events()),
        ];
        let open =
            |name: &str| Ok(files.iter().find(|(file, _)| *file == name).map(|(_, text)| text.as_bytes()));
        read_with("made-up", open).unwrap()
    }

    fn classes(&self) -> impl Iterator<Item = String> {
        (0..self.classes).map(|class| format!("class-{class}"))
    }

    fn node(number: usize) -> String {
        if number == 0 { "visitors".to_owned() } else { format!("node-with-a-long-name-{number}") }
    }

    fn timeline(&self) -> String {
        let mut text =
            "start_s,length_s,class,offered,ended,ok,good,502,timed_out,mean_ms,p50_ms,p90_ms,p95_ms,\
                        p99_ms,max_ms,in_flight\n"
                .to_owned();
        for bucket in 0..self.buckets {
            for (class, times) in
                self.classes().map(|class| (class, 1)).chain([("all".to_owned(), self.classes as u64)])
            {
                let good = (self.good)(bucket);
                let latencies = if good > 0 { "30,25,50,70,110,400" } else { ",,,,," };
                let (good, all) = (good * times, 100 * times);
                let start = bucket * 10;
                writeln!(text, "{start},10,{class},{all},{all},{good},{good},{},0,{latencies},3", all - good)
                    .unwrap();
            }
        }
        text
    }

    fn histogram(&self) -> String {
        let mut text = "start_s,length_s,class,answers,cells\n".to_owned();
        for bucket in 0..self.buckets {
            for (number, class) in self.classes().enumerate() {
                let good = (self.good)(bucket);
                if good > 0 {
                    let (start, cell) = (bucket * 10, 490 + 3 * number);
                    writeln!(
                        text,
                        "{start},10,{class},{good},{cell}:{} {}:1",
                        good - 1,
                        cell + 90 + bucket % 7
                    )
                    .unwrap();
                }
            }
        }
        text
    }

    fn nodes_timeline(&self) -> String {
        let mut text =
            "start_s,length_s,node,visits,ended,failed,utilisation,queue_mean,queue_max\n".to_owned();
        for bucket in 0..self.buckets {
            for node in 0..self.nodes {
                let failed = 100 - (self.good)(bucket);
                let used = (node + bucket) % 11;
                let start = bucket * 10;
                let name = MadeUp::node(node);
                writeln!(
                    text,
                    "{start},10,{name},100,100,{failed},{},{},{used}",
                    used as f64 / 10.0,
                    used as f64 / 4.0
                )
                .unwrap();
            }
        }
        text
    }

    /// A link from each node to the next, every third of which is never half full.
    fn resources_timeline(&self) -> String {
        let mut text = "start_s,length_s,resource,kind,owner,way,utilisation,utilisation_max,waiting_mean,\
                        waiting_max,left,turned_away\n"
            .to_owned();
        for bucket in 0..self.buckets {
            for node in 1..self.nodes {
                let used = (node + bucket) % 11;
                let share = used as f64 / if node % 3 == 0 { 30.0 } else { 10.0 };
                let (start, owner) =
                    (bucket * 10, format!("{} -> {}", MadeUp::node(node - 1), MadeUp::node(node)));
                writeln!(
                    text,
                    "{start},10,the link {owner} (answers),bandwidth,{owner},back,{share},{share},{used},{used},0,0"
                )
                .unwrap();
            }
        }
        text
    }

    fn summary(&self) -> String {
        let counted: Vec<u64> = (0..self.buckets).map(self.good).collect();
        let share = counted.iter().sum::<u64>() as f64 / (100.0 * self.buckets.max(1) as f64);
        let nodes: Vec<String> = (0..self.nodes)
            .map(|node| {
                format!(
                    "{{ \"name\": \"{}\", \"utilisation_max\": {} }}",
                    MadeUp::node(node),
                    node as f64 / self.nodes as f64
                )
            })
            .collect();
        let sum: f64 = (1..self.nodes).map(|node| 1.0 / node as f64).sum();
        let parts: Vec<String> = (1..self.nodes)
            .map(|node| {
                let (share, cause) = (1.0 / node as f64 / sum, Cause::ALL[node % Cause::ALL.len()]);
                format!(
                    "{{ \"cause\": \"{}\", \"place\": \"{}\", \"share\": {share}, \"mean_ms\": {} }}",
                    cause.name(),
                    MadeUp::node(node),
                    40.5 * share
                )
            })
            .collect();
        let parts = parts.join(",");
        let spent: Vec<String> = self
            .classes()
            .map(|class| {
                format!(
                    "{{ \"class\": \"{class}\", \"requests\": 5000, \"one_in\": 4, \"followed\": 1250, \"latency_mean_ms\": 40.5, \
                     \"parts\": [{parts}], \"slowest\": {{ \"share\": 0.01, \"requests\": 50, \"followed\": 13, \
                     \"latency_mean_ms\": 90.0, \"parts\": [{parts}] }} }}"
                )
            })
            .collect();
        format!(
            "{{ \"scenario\": \"A made-up site\", \"run\": {{ \"simulated_s\": {}, \"warmup_s\": {} }}, \
             \"total\": {{ \"good_share\": {{ \"value\": {share} }} }}, \"nodes\": [{}], \"time_spent\": [{}], \
             \"expectations\": [{{ \"metric\": \"availability\", \"bound\": 0.999 }}] }}",
            self.buckets * 10,
            if self.buckets > 10 { 50 } else { 0 },
            nodes.join(","),
            spent.join(","),
        )
    }

    /// Two in a row behind the visitors, the others side by side behind these.
    fn topology(&self) -> String {
        let name = MadeUp::node;
        let nodes: Vec<String> = (0..self.nodes)
            .map(|node| {
                let (kind, single) = match node {
                    0 => ("user", "[]"),
                    1 => ("web_server", "[\"class-0\"]"),
                    _ => ("database", "[]"),
                };
                let on = if node > 1 && node % 2 == 0 { ", \"on\": \"host\"" } else { "" };
                let full = MadeUp::full("the workers of it", node as f64 / self.nodes as f64);
                format!("{{ \"name\": \"{}\", \"kind\": \"{kind}\", \"replicas\": 2, \"single_point_of\": {single}{on}, {full} }}", name(node))
            })
            .collect();
        let host = format!(
            "{{ \"name\": \"host\", \"kind\": \"server\", \"single_point_of\": [\"class-0\"], {} }}",
            MadeUp::full("the cores of host", 0.345)
        );
        let calls: Vec<String> = (1..self.nodes)
            .map(|node| {
                format!(
                    "{{ \"from\": \"{}\", \"to\": \"{}\", \"calls_per_s\": {node}{} }}",
                    name(node.min(3) - 1),
                    name(node),
                    match node % 2 {
                        0 => String::new(),
                        _ => format!(", {}", MadeUp::full("a link", (node as f64 / 4.0).min(1.0))),
                    }
                )
            })
            .collect();
        let nodes: Vec<String> = nodes.into_iter().chain([host]).collect();
        format!("{{ \"nodes\": [{}], \"calls\": [{}] }}", nodes.join(","), calls.join(","))
    }

    fn full(resource: &str, share: f64) -> String {
        let fullest = format!("\"resource\": \"{resource}\", \"length_s\": 10, \"utilisation\": {share}");
        format!("\"utilisation\": {}, \"fullest\": {{ {fullest} }}", share / 2.0)
    }

    fn events(&self) -> String {
        let mut text = "start_s,end_s,kind,target,planned,label\n".to_owned();
        for (number, kind) in ["fail", "restart", "surge", "slow", "fail", "fail"].into_iter().enumerate() {
            let start = self.buckets * 10 * (number + 1) / 8;
            writeln!(text, "{start},{},{kind},{},{},", start + 15, MadeUp::node(1), kind == "restart")
                .unwrap();
        }
        text
    }
}

pub(super) fn look(theme: Theme, width: f64) -> Look {
    Look::new(theme, width)
}

pub(super) fn odd_runs() -> Vec<(&'static str, Vec<Record>)> {
    let one = |made_up: MadeUp| vec![made_up.record()];
    let some_bad = |bucket: usize| {
        if bucket % 9 == 4 {
            97
        } else if (20..24).contains(&bucket) {
            8
        } else {
            100
        }
    };
    vec![
        ("usual", one(USUAL)),
        ("troubled", one(MadeUp { good: some_bad, ..USUAL })),
        ("all errors", one(MadeUp { good: |_| 0, ..USUAL })),
        ("one bucket", one(MadeUp { buckets: 1, ..USUAL })),
        ("nothing", one(MadeUp { buckets: 0, nodes: 0, classes: 0, good: |_| 0 })),
        ("no files", vec![Record::default()]),
        ("no runs", Vec::new()),
        ("ten nodes", one(MadeUp { nodes: 10, good: some_bad, ..USUAL })),
        ("200 nodes", one(MadeUp { nodes: 200, good: some_bad, ..USUAL })),
        ("20 classes", one(MadeUp { classes: 20, ..USUAL })),
        ("20,000 buckets", one(MadeUp { buckets: 20_000, nodes: 2, classes: 1, good: some_bad })),
        (
            "three runs",
            vec![
                USUAL.record(),
                MadeUp { good: some_bad, ..USUAL }.record(),
                MadeUp { buckets: 1, ..USUAL }.record(),
            ],
        ),
    ]
}

#[test]
fn no_text_hides_another_and_all_is_on_the_page() {
    let mut wrong = String::new();
    for (run, records) in odd_runs() {
        for chart in Chart::ALL {
            for width in [f64::from(WIDTH_LEAST), f64::from(WIDTH_USUAL), 2_400.0] {
                let drawing = chart.draw(&records, &look(Theme::Light, width));
                let place = format!("{} of {run}, {width} wide", chart.name());
                check_labels(&drawing, &place, &mut wrong);
                check_shapes(&drawing, &place, &mut wrong);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What is wrong with the texts of a drawing.
pub(super) fn check_labels(drawing: &Drawing, place: &str, wrong: &mut String) {
    let labels: Vec<_> = drawing.labels().collect();
    if labels.is_empty() {
        writeln!(wrong, "{place} has no title").unwrap();
    }
    for (number, label) in labels.iter().enumerate() {
        let (left, top, right, bottom) = label.bounds();
        if left < 0.0 || top < 0.0 || right > drawing.width || bottom > drawing.height {
            writeln!(wrong, "{place}: `{}` leaves the page: {:?}", label.text, label.bounds()).unwrap();
        }
        for other in labels[..number].iter().filter(|other| label.overlaps(other)) {
            writeln!(wrong, "{place}: `{}` hides `{}`", label.text, other.text).unwrap();
        }
    }
}

pub(super) fn check_shapes(drawing: &Drawing, place: &str, wrong: &mut String) {
    let on_page = |x: f64, y: f64| {
        (-1.0..=drawing.width + 1.0).contains(&x) && (-1.0..=drawing.height + 1.0).contains(&y)
    };
    for shape in &drawing.shapes {
        let corners = match shape {
            Shape::Rectangle { x, y, width, height, .. } => vec![(*x, *y), (x + width, y + height)],
            Shape::Polygon { points, .. } | Shape::Line { points, .. } => points.clone(),
            Shape::Circle { center, .. } => vec![*center],
            Shape::Label(_) => Vec::new(),
        };
        if !corners.iter().all(|&(x, y)| on_page(x, y)) {
            writeln!(wrong, "{place}: {shape:?} leaves the page").unwrap();
        }
    }
}

#[test]
fn pictures_stay_small() {
    for (run, records) in odd_runs() {
        for chart in Chart::ALL {
            let picture = render(chart, &records, &look(Theme::Light, 1_000.0), PictureFormat::Svg).unwrap();
            assert!(picture.len() < 900_000, "{} of {run} has {} bytes", chart.name(), picture.len());
        }
    }
}

/// The hash of Fowler, Noll and Vo: short, and the same for ever.
fn digest(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[test]
fn the_same_files_give_the_same_pictures() {
    let troubled = odd_runs().swap_remove(1).1;
    let mut found = String::new();
    for chart in Chart::ALL {
        for theme in [Theme::Light, Theme::Dark] {
            let picture = render(chart, &troubled, &look(theme, 1_000.0), PictureFormat::Svg).unwrap();
            writeln!(found, "{} {:016x}", file_name(chart, theme, PictureFormat::Svg), digest(&picture))
                .unwrap();
        }
    }
    #[cfg(feature = "png")]
    {
        let picture =
            render(Chart::Topology, &troubled, &look(Theme::Dark, 600.0), PictureFormat::Png).unwrap();
        writeln!(found, "topology-dark.png, 600 wide {:016x}", digest(&picture)).unwrap();
    }
    insta::assert_snapshot!("digests", found);
}

#[test]
fn what_a_chart_says_can_be_read() {
    let mut texts = String::new();
    for (run, records) in odd_runs().into_iter().take(5) {
        for chart in Chart::ALL {
            let drawing = chart.draw(&records, &look(Theme::Light, 1_000.0));
            writeln!(texts, "{run}, {}: {}. {}", chart.name(), drawing.title, drawing.about).unwrap();
        }
    }
    insta::assert_snapshot!("messages", texts);
}

#[test]
fn svg_is_well_formed_whatever_names_hold() {
    let mut record = USUAL.record();
    record.name = "<a & \"b\">\u{1}'".to_owned();
    for chart in Chart::ALL {
        let picture =
            render(chart, &[record.clone()], &look(Theme::Light, 1_000.0), PictureFormat::Svg).unwrap();
        let text = String::from_utf8(picture).unwrap();
        assert!(text.starts_with("<svg xmlns=") && text.ends_with("</svg>\n"), "{}", chart.name());
        assert!(!text.contains("<a ") && !text.contains('\u{1}') && !text.contains("& "));
        assert_eq!(text.matches("<text").count(), text.matches("</text>").count());
    }
}

#[test]
fn a_chart_is_named_in_all_of_its_files() {
    let names: Vec<String> = file_names().collect();
    assert_eq!(names.len(), 42);
    for chart in Chart::ALL {
        assert_eq!(file_name(chart, Theme::Light, PictureFormat::Svg), chart.usual_file_name());
    }
    assert!(names.contains(&"latency-dark.png".to_owned()));
}
