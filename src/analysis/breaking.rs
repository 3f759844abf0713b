//! Where along an axis a system breaks, what is full there, and where its latencies take off.
//! Nothing is claimed that the intervals do not show.

use super::gauges::{Gauge, served, utilisation_of};
use crate::nodes::NodeKind;
use crate::scenario::model::{NodeId, Scenario};
use crate::stats::interval::independent_interval;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::Dfs;
use serde::Serialize;

/// From this share of its slots or cores in use on, a node counts as full.
pub const FULL: f64 = 0.9;

/// A knee is claimed from so many points on,
const KNEE_POINTS_FEWEST: usize = 5;
/// if the figure rises to so many times its least,
const KNEE_RISE: f64 = 2.0;
/// and bends so far away from the straight line between its ends, as a share of its rise.
const KNEE_BEND: f64 = 0.2;

/// The runs along an axis of numbers, in rising order.
pub struct Curve<'a> {
    pub path: &'a str,
    pub gauges: &'a [Gauge],
    pub values: Vec<CurvePoint<'a>>,
}

pub struct CurvePoint<'a> {
    pub text: &'a str,
    pub number: f64,
    /// The figures of each run.
    pub runs: &'a [Vec<f64>],
    pub full_links: &'a [String],
}

/// Where less than the wanted share of what is offered is served.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Breaking {
    pub served_least: f64,
    /// The last value that surely holds, beside the first that surely does not.
    pub holds_at: Option<String>,
    pub breaks_at: Option<String>,
    /// The nodes that are full where it breaks and call none that is; or else links.
    pub full: Vec<String>,
    pub text: String,
}

/// Where a curve takes off.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Knee {
    pub measure: String,
    pub at: String,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Holds,
    Broken,
    /// The interval reaches over the bound.
    Open,
}

impl Curve<'_> {
    fn place(&self, name: &str) -> Option<usize> {
        self.gauges.iter().position(|gauge| gauge.name == name)
    }

    /// The ends of the interval of a figure of the runs of a point; if all runs are alike, that
    /// figure.
    fn ends(&self, point: usize, figure: impl Fn(&Vec<f64>) -> f64) -> Option<(f64, f64)> {
        let figures: Vec<f64> = self.values[point].runs.iter().map(figure).collect();
        independent_interval(&figures).ends()
    }

    fn standings(&self, served_least: f64) -> Option<Vec<Standing>> {
        let served = served(self.gauges)?;
        let standing = |point: usize| match self.ends(point, &served) {
            Some((low, _)) if low >= served_least => Standing::Holds,
            Some((_, high)) if high < served_least => Standing::Broken,
            _ => Standing::Open,
        };
        Some((0..self.values.len()).map(standing).collect())
    }

    /// Where it breaks, in a sentence that says as much as the runs do.
    pub fn breaking(&self, scenario: &Scenario, served_least: f64) -> Option<Breaking> {
        let standings = self.standings(served_least)?;
        let text_of = |place: usize| self.values[place].text.to_owned();
        let told =
            |text: String| Breaking { served_least, holds_at: None, breaks_at: None, full: Vec::new(), text };
        let (first, last) = (self.values.first()?, self.values.last()?);
        let sure: Vec<usize> =
            (0..standings.len()).filter(|place| standings[*place] != Standing::Open).collect();
        let switches: Vec<(usize, usize)> = sure
            .windows(2)
            .filter(|pair| standings[pair[0]] != standings[pair[1]])
            .map(|pair| (pair[0], pair[1]))
            .collect();
        let path = self.path;
        Some(match switches[..] {
            _ if sure.is_empty() => told(format!(
                "Whether it holds anywhere between {} and {} cannot be told: more replications.",
                first.text, last.text
            )),
            [] => {
                let (from, to) = (text_of(sure[0]), text_of(sure[sure.len() - 1]));
                let elsewhere = match sure.len() == standings.len() {
                    true => "",
                    false => " Elsewhere the runs do not tell: more replications.",
                };
                if standings[sure[0]] == Standing::Holds {
                    told(format!("It holds wherever it was tried from {from} to {to} of {path}.{elsewhere}"))
                } else {
                    let full = self.full(scenario, sure[0]);
                    let because = because(scenario, &full);
                    let text = format!(
                        "It does not hold anywhere from {from} to {to} of {path}{because}.{elsewhere}"
                    );
                    Breaking { full, ..told(text) }
                }
            }
            [(left, right)] => {
                let (holds, breaks) =
                    if standings[left] == Standing::Holds { (left, right) } else { (right, left) };
                let full = self.full(scenario, breaks);
                let because = because(scenario, &full);
                let (low, high) = (text_of(left), text_of(right));
                let text = match holds < breaks {
                    true => format!("It breaks between {low} and {high} of {path}{because}."),
                    false => format!("Of {path}, {low} is too little and {high} is enough{because}."),
                };
                Breaking {
                    holds_at: Some(text_of(holds)),
                    breaks_at: Some(text_of(breaks)),
                    full,
                    ..told(text)
                }
            }
            _ => told(format!(
                "It holds in some places of {path} and breaks in others, with no limit between."
            )),
        })
    }

    /// Which nodes are full at a point. What waits for those it calls is full as well, and is
    /// left out.
    fn full(&self, scenario: &Scenario, point: usize) -> Vec<String> {
        let is_full = |name: &str| {
            let place = self.place(&utilisation_of(name));
            let ends = place.and_then(|place| self.ends(point, |run| run[place]));
            ends.is_some_and(|(low, _)| low >= FULL)
        };
        let full: Vec<usize> =
            (0..scenario.nodes.len()).filter(|number| is_full(&scenario.nodes[*number].name)).collect();
        let needs = needs(scenario);
        let reaches_full = |from: usize| {
            let mut search = Dfs::new(&needs, NodeIndex::new(from));
            let mut found = false;
            while let Some(node) = search.next(&needs) {
                found |= node.index() != from && full.contains(&node.index());
            }
            found
        };
        let deepest = full.iter().filter(|number| !reaches_full(**number));
        match full.is_empty() {
            true => self.values[point].full_links.to_vec(),
            false => deepest.map(|number| scenario.nodes[*number].name.clone()).collect(),
        }
    }

    /// The point that lies farthest below the straight line between the ends of the curve
    /// (Satopää's Kneedle), among those at which the system does not break.
    pub fn knee(&self, measure: &str, served_least: f64) -> Option<Knee> {
        let place = self.place(measure)?;
        let standings = self.standings(served_least)?;
        let mut values: Vec<(f64, f64, f64, &str)> = Vec::new();
        for (number, point) in self.values.iter().enumerate() {
            if standings[number] != Standing::Broken {
                let (low, high) = self.ends(number, |run| run[place])?;
                values.push((point.number, low, high, point.text));
            }
        }
        let (first, last) = (values.first()?, values.last()?);
        let rises = last.1 > KNEE_RISE * first.2;
        let falls = first.1 > KNEE_RISE * last.2;
        if values.len() < KNEE_POINTS_FEWEST || !(rises || falls) {
            return None;
        }
        let middle = |value: &(f64, f64, f64, &str)| (value.1 + value.2) / 2.0;
        let (from, to) = (middle(first), middle(last));
        // How far the whole interval lies below the line.
        let bend = |value: &(f64, f64, f64, &str)| {
            let along = (value.0 - first.0) / (last.0 - first.0);
            (from + along * (to - from) - value.2) / (to - from).abs()
        };
        let knee = values.iter().max_by(|a, b| bend(a).total_cmp(&bend(b)))?;
        if bend(knee) < KNEE_BEND {
            return None;
        }
        let at = knee.3.to_owned();
        let text = match rises {
            true => format!("{measure} takes off beyond {at}: the knee of its curve."),
            false => format!("{measure} gains little beyond {at}: the knee of its curve."),
        };
        Some(Knee { measure: measure.to_owned(), at, text })
    }
}

/// Who is kept waiting if another is full: callers, and whoever stands on a host.
fn needs(scenario: &Scenario) -> DiGraph<(), ()> {
    let mut needs = DiGraph::new();
    for _ in &scenario.nodes {
        needs.add_node(());
    }
    let index = |id: NodeId| NodeIndex::new(id.0 as usize);
    for edge in scenario.graph.edge_indices() {
        if let Some((from, to)) = scenario.graph.edge_endpoints(edge) {
            needs.add_edge(index(scenario.graph[from]), index(scenario.graph[to]), ());
        }
    }
    for (number, node) in scenario.nodes.iter().enumerate() {
        if let Some(host) = node.on {
            needs.add_edge(NodeIndex::new(number), index(host), ());
        }
    }
    needs
}

/// Between the ends of a link, and in no node's name.
const LINK: &str = " -> ";

fn because(scenario: &Scenario, full: &[String]) -> String {
    let words = |name: &String| {
        let node = scenario.nodes.iter().find(|node| node.name == *name);
        match node.map(|node| &node.kind) {
            Some(NodeKind::Server(_)) | None => format!("the cores of {name}"),
            Some(kind) => format!("the {} of {name}", kind.slot_words()),
        }
    };
    match full {
        [] => ", while no node and no link of users is full: look at what waits".to_owned(),
        [link] if link.contains(LINK) => format!(": the link {link} is full"),
        links if links.iter().all(|link| link.contains(LINK)) => {
            format!(": the links {} are full", links.join(" and "))
        }
        [one] => format!(": {} are all busy", words(one)),
        many => format!(": {} are all busy", many.iter().map(words).collect::<Vec<_>>().join(" and ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::gauges::OFFERED;
    use crate::scenario::load::load_text;

    const SITE: &str = "
run: { duration: 1m }
nodes:
  users: { kind: user, arrivals: 1/s }
  host: { kind: server, address: 8.8.8.8, cores: 2 }
  web: { kind: web_server, on: host }
  app: { kind: app_server, on: host, workers: 2 }
requests:
  page: { path: [ web: 1ms, app: 1ms ] }
";

    const NAMES: [&str; 7] =
        [OFFERED, "goodput", "availability", "p99", "host utilisation", "web utilisation", "app utilisation"];

    struct Made {
        gauges: Vec<Gauge>,
        points: Vec<(String, f64, Vec<Vec<f64>>)>,
    }

    /// For each load the share that is served, p99, and how full the nodes are; in three runs.
    fn made(points: &[(f64, f64, f64, [f64; 3])]) -> Made {
        let runs = |&(load, served, p99, full): &(f64, f64, f64, [f64; 3])| {
            let run =
                |shake: f64| vec![load, load * served, 1.0, p99 * (1.0 + shake), full[0], full[1], full[2]];
            (format!("{load}/s"), load, vec![run(-0.01), run(0.0), run(0.01)])
        };
        let gauges = NAMES.map(|name| Gauge { name: name.to_owned(), unit: "" }).to_vec();
        Made { gauges, points: points.iter().map(runs).collect() }
    }

    impl Made {
        fn curve(&self) -> Curve<'_> {
            let values = self.points.iter();
            let point =
                |(text, number, runs): &'_ (String, f64, Vec<Vec<f64>>)| (text.len(), *number, runs.len());
            assert!(values.clone().map(point).all(|(text, _, runs)| text > 0 && runs > 0));
            Curve {
                path: "users.arrivals",
                gauges: &self.gauges,
                values: values
                    .map(|(text, number, runs)| CurvePoint { text, number: *number, runs, full_links: &[] })
                    .collect(),
            }
        }

        fn breaking(&self) -> Breaking {
            let scenario = load_text("site.yaml", SITE, &[]).scenario.unwrap();
            self.curve().breaking(&scenario, 0.99).unwrap()
        }
    }

    const IDLE: [f64; 3] = [0.1, 0.1, 0.1];

    #[test]
    fn the_deepest_full_node_is_named_where_it_breaks() {
        let site = |full| made(&[(10.0, 1.0, 5.0, IDLE), (20.0, 0.999, 9.0, IDLE), (30.0, 0.8, 90.0, full)]);
        let breaking = site([0.5, 0.95, 0.99]).breaking();
        assert_eq!(
            (breaking.holds_at.as_deref(), breaking.breaks_at.as_deref()),
            (Some("20/s"), Some("30/s"))
        );
        assert_eq!(
            breaking.text,
            "It breaks between 20/s and 30/s of users.arrivals: the workers of app are all busy."
        );
        assert_eq!(site([0.99, 0.95, 0.99]).breaking().full, ["host"]);
        let unknown = site(IDLE).breaking();
        assert!(
            unknown
                .text
                .ends_with("arrivals, while no node and no link of users is full: look at what waits."),
            "{}",
            unknown.text
        );
    }

    #[test]
    fn what_the_runs_do_not_show_is_not_claimed() {
        let holds = made(&[(10.0, 1.0, 5.0, IDLE), (20.0, 1.0, 5.0, IDLE)]).breaking();
        assert_eq!(holds.text, "It holds wherever it was tried from 10/s to 20/s of users.arrivals.");
        let never = made(&[(10.0, 0.5, 5.0, IDLE), (20.0, 0.4, 5.0, IDLE)]).breaking();
        assert_eq!((never.breaks_at, never.full.len()), (None, 0));
        let odd = made(&[(10.0, 1.0, 5.0, IDLE), (20.0, 0.4, 5.0, IDLE), (30.0, 1.0, 5.0, IDLE)]).breaking();
        assert!(odd.text.contains("no limit between"), "{}", odd.text);
        let mut open = made(&[(10.0, 1.0, 5.0, IDLE), (20.0, 0.99, 5.0, IDLE), (30.0, 0.5, 5.0, IDLE)]);
        open.points[1].2[0][1] = 15.0;
        let breaking = open.breaking();
        assert_eq!(breaking.holds_at.as_deref(), Some("10/s"), "what is open lies between");
        open.points.truncate(2);
        assert!(open.breaking().text.ends_with("Elsewhere the runs do not tell: more replications."));
        open.points.iter_mut().for_each(|point| point.2.truncate(1));
        assert!(open.breaking().text.contains("more replications"), "one run shows nothing");
        let workers = made(&[(1.0, 0.5, 5.0, [0.0, 0.0, 1.0]), (2.0, 1.0, 5.0, IDLE)]).breaking();
        assert_eq!(
            workers.text,
            "Of users.arrivals, 1/s is too little and 2/s is enough: the workers of app are all busy."
        );
    }

    #[test]
    fn a_knee_is_where_a_curve_bends_most() {
        let queue = |rate: f64| (rate, 1.0, 10.0 / (1.0 - rate / 100.0), IDLE);
        let rates = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0];
        let bent = made(&rates.map(queue));
        let knee = bent.curve().knee("p99", 0.99).unwrap();
        // The slope of 1 / (1 - x) is that of the chord at 1 - x = √(0.9 · 0.1) = 0.3.
        assert_eq!(knee.at, "70/s");
        let line = made(&rates.map(|rate| (rate, 1.0, rate, IDLE)));
        assert_eq!(line.curve().knee("p99", 0.99), None, "a straight line has none");
        let flat = made(&rates.map(|rate| (rate, 1.0, 10.0, IDLE)));
        assert_eq!(flat.curve().knee("p99", 0.99), None);
        let few = made(&[queue(10.0), queue(50.0), queue(90.0)]);
        assert_eq!(few.curve().knee("p99", 0.99), None);
    }
}
