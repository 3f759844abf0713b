//! Group D once more, from the structure alone: exact figures, without a run.

use super::judging::{Figure, Study, figure};
use super::models::model;
use spof::scenario::load::load_text;
use spof::structure::{Ledger, analyze};

pub static STUDIES: [Study; 5] = [
    Study::new("D01", repaired),
    Study::new("D02", structures),
    Study::new("D08", maintained),
    Study { left_out: &["p_no_outage_100", "A5", "A20", "Abar20"], ..Study::new("D11", in_the_long_run) },
    Study::new("D14", either_supply),
];

/// Seconds of the models stand for hours.
const YEAR_S: f64 = 8_760.0;
const SECONDS_PER_HOUR: f64 = 3_600.0;

const ORDER_MOST: usize = 4;

fn ledger(file: &str, settings: &[(&str, &str)]) -> Ledger {
    analyze(&model(file, settings), ORDER_MOST).expect("it is small")
}

fn repaired(_seed: u64) -> Vec<Figure> {
    let site = ledger("d01-repairable-server.yaml", &[]).any;
    vec![
        figure("availability", site.availability),
        figure("downtime_h_per_year", site.unavailability * YEAR_S),
        figure("outages_per_year", site.outages_per_year / SECONDS_PER_HOUR),
    ]
}

/// Three servers of which so many are asked at once, and so many have to answer.
fn servers(asked: u32, needed: u32) -> f64 {
    let text = format!(
        "
nodes:
  clients: {{ kind: user, arrivals: 1/s }}
  left:   {{ kind: station, boot: 0s, mtbf: 990s, mttr: 10s }}
  middle: {{ kind: station, boot: 0s, mtbf: 990s, mttr: 10s }}
  right:  {{ kind: station, boot: 0s, mtbf: 990s, mttr: 10s }}
requests:
  request: {{ path: [ {{ parallel: [ {} ], first: {needed} }} ] }}
",
        ["{ left: 1ms }", "{ middle: 1ms }", "{ right: 1ms }"][..asked as usize].join(", ")
    );
    let loaded = load_text("servers.yaml", &text, &[]);
    assert!(!loaded.has_errors(), "{}", loaded.render(false));
    analyze(&loaded.scenario.expect("there are no errors"), ORDER_MOST).expect("it is small").any.availability
}

fn structures(_seed: u64) -> Vec<Figure> {
    vec![
        figure("series3", ledger("d02-three-servers.yaml", &[]).any.availability),
        figure("parallel2", servers(2, 1)),
        figure("two_of_three", servers(3, 2)),
    ]
}

fn maintained(_seed: u64) -> Vec<Figure> {
    let site = ledger("d08-maintenance.yaml", &[]).any;
    vec![
        figure("availability", site.availability),
        figure("downtime_h_per_year", site.unavailability * YEAR_S),
    ]
}

fn in_the_long_run(_seed: u64) -> Vec<Figure> {
    let one = ledger("d11-fifty-thousand-servers.yaml", &[("nodes.server.replicas", "1")]);
    vec![figure("Ainf", one.any.availability)]
}

fn either_supply(_seed: u64) -> Vec<Figure> {
    let site = ledger("d14-power-supply.yaml", &[]).any;
    let cut_sets: u64 = site.cut_sets.count_by_order.iter().sum();
    vec![
        figure("p_exact", site.unavailability),
        figure("p_rare", site.cut_sets.probability_sum),
        figure("n_min_cuts", cut_sets as f64),
    ]
}
