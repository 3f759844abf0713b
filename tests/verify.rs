//! `spof verify`, as a user meets it. That it notices what is wrong, `src/verify/tests.rs` shows.

#[path = "support/command_line.rs"]
mod command_line;

use command_line::spof;
use serde_json::Value;
use std::path::Path;

#[test]
fn everybody_can_hold_the_simulator_to_the_textbook() {
    let output = spof(Path::new("."), &["verify", "--quick"]).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("figures are as in the textbook.") && !told.contains('✘'), "{told}");
    assert!(told.contains("M/M/1") && told.contains("Pollaczek-Khinchine"), "{told}");
}

#[test]
fn its_figures_are_the_same_on_any_number_of_threads() {
    let on = |threads: &str| {
        let arguments = ["verify", "--quick", "--json", "--seed", "4"];
        spof(Path::new("."), &arguments).args(["--threads", threads]).output().unwrap().stdout
    };
    let once = on("1");
    assert!(once == on("2"));
    let json: Value = serde_json::from_slice(&once).unwrap();
    assert_eq!(json["seed"], 4);
    let models = json["models"].as_array().unwrap();
    for figure in models.iter().flat_map(|model| model["figures"].as_array().unwrap()) {
        let number = |key: &str| figure[key].as_f64().unwrap();
        let is_near = (number("simulated") - number("expected")).abs() <= number("half_width");
        assert_eq!(figure["holds"], is_near, "{figure}");
    }
}
