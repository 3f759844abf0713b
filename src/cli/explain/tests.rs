use super::*;
use crate::scenario::load::load;
use std::path::Path;

fn one_server() -> Loaded {
    load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/one-server.yaml"), &[]).unwrap()
}

#[test]
fn the_story_of_the_one_server() {
    let loaded = one_server();
    let scenario = loaded.scenario.as_ref().unwrap();
    let explanation = explain(scenario, 0);
    let settings = settings_on_the_way(scenario, &explanation, &loaded);
    let waterfall = simulate(scenario, 0);
    let text = text("one-server.yaml", &explanation, waterfall.as_ref(), &settings, Page::endless());
    let plain = anstream::adapter::strip_str(&text).to_string();
    for line in plain.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
    insta::assert_snapshot!(plain);
}

#[test]
fn a_class_that_is_not_there_is_told_with_one_that_is() {
    let loaded = one_server();
    let scenario = loaded.scenario.as_ref().unwrap();
    assert_eq!(class_number(scenario, "asset").unwrap(), 1);
    let Err(Failure::Usage(message)) = class_number(scenario, "asets") else { panic!("it is refused") };
    assert_eq!(message, "there is no class `asets`: did you mean `asset`?");
}

#[test]
fn the_journey_as_data_has_all_of_it() {
    let loaded = one_server();
    let scenario = loaded.scenario.as_ref().unwrap();
    let explanation = explain(scenario, 1);
    let settings = settings_on_the_way(scenario, &explanation, &loaded);
    let text = to_json(&explanation, simulate(scenario, 1).as_ref(), &settings).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["journey"]["class"], "asset");
    assert_eq!(json["journey"]["steps"][0]["step"], "resolve");
    assert_eq!(json["offered"]["resources"][0]["scarce"], "bandwidth");
    assert_eq!(json["waterfall"]["outcome"], "good");
    assert!(json["settings"].as_array().unwrap().iter().all(|node| node["node"] != "mysql"));
}
