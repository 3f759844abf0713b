//! Spares, against chains that can be solved by hand.

use super::trial;

const SITE: &str = "
run: { duration: 100y, warmup: 0s, fidelity: components }
nodes:
  users: { kind: user, arrivals: 1/s }
  app:   { kind: storage, boot: 0s, mtbf: 10d, mttr: 2d STANDBY }
requests:
  job: { path: [ app: 1ms ] }
SECTIONS";

fn unavailable(standby: &str, sections: &str) -> f64 {
    let text = SITE.replace(" STANDBY", standby).replace("SECTIONS", sections);
    let results = trial::run(&trial::plan_of(&text));
    let good: u64 = results.classes[0].buckets.iter().map(|bucket| bucket.good).sum();
    1.0 - good as f64 / results.ended as f64
}

const BREAKS: f64 = 0.1;
const REPAIRS: f64 = 0.5;

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found / expected - 1.0).abs() < tolerance, "{found} instead of {expected}");
}

#[test]
fn a_hot_spare_breaks_as_well_and_is_found_broken_when_it_is_wanted() {
    // Whole: both. Latent: the spare is broken, and nobody knows. Known: one is being repaired.
    // Down: both are, and whichever is done first serves.
    //   whole -> known, whole -> latent, latent -> down, known -> down by `BREAKS`,
    //   known -> whole by `REPAIRS`, down -> known by twice that.
    let whole = 1.0;
    let latent = whole;
    let known = 2.0 * BREAKS / REPAIRS * whole;
    let down = BREAKS * (known + latent) / (2.0 * REPAIRS);
    let exact = down / (whole + latent + known + down);
    near(unavailable(", standby: { hot: 1 }", ""), exact, 0.08);
}

#[test]
fn a_cold_spare_is_as_good_as_new_when_it_starts() {
    // The same without the latent state.
    let whole = 1.0;
    let known = BREAKS / REPAIRS * whole;
    let down = BREAKS * known / (2.0 * REPAIRS);
    let exact = down / (whole + known + down);
    near(unavailable(", standby: { cold: 1 }", ""), exact, 0.08);
}

#[test]
fn without_a_spare_it_is_down_while_it_is_repaired() {
    near(unavailable("", ""), BREAKS / (BREAKS + REPAIRS), 0.04);
}

#[test]
fn a_crew_is_free_when_a_spare_has_come() {
    // Spares are repaired without the crew, which so never has two things to do.
    let crew = ", crew: us, standby: { cold: 1 }";
    let with_crew = unavailable(crew, "crews: { us: 1 }\n");
    near(with_crew, unavailable(", standby: { cold: 1 }", ""), 0.1);
}
