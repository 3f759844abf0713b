//! That charts as data say what their pictures say, of fields that are there.

use super::tests::{look, odd_runs};
use super::*;

#[test]
fn charts_are_data_as_well_with_the_words_of_the_picture() {
    for (run, records) in odd_runs().into_iter().take(5) {
        for chart in Chart::ALL {
            let look = look(Theme::Light, 1_000.0);
            let text = render(chart, &records, &look, PictureFormat::Json).unwrap();
            let spec: serde_json::Value = serde_json::from_slice(&text).unwrap();
            assert_eq!(spec["title"]["text"], chart.draw(&records, &look).title, "{run}, {}", chart.name());
            // Each field that is drawn is one of the data.
            let rows = spec["data"]["values"].as_array().cloned().unwrap_or_default();
            let mut fields = Vec::new();
            fields_of(&spec, &mut fields);
            let folded = ["what", "value"];
            for field in fields.iter().filter(|field| !folded.contains(&field.as_str())) {
                assert!(rows.iter().all(|row| row.get(field).is_some()), "{run}, {}: {field}", chart.name());
            }
            assert!(fields.len() >= 3, "{run}, {}", chart.name());
        }
    }
}

/// All that a specification draws.
fn fields_of(spec: &serde_json::Value, found: &mut Vec<String>) {
    match spec {
        serde_json::Value::Object(parts) => {
            for (name, part) in
                parts.iter().filter(|(name, _)| !["data", "datasets"].contains(&name.as_str()))
            {
                match part.as_str().filter(|_| name == "field") {
                    Some(field) => found.push(field.to_owned()),
                    None => fields_of(part, found),
                }
            }
        }
        serde_json::Value::Array(parts) => parts.iter().for_each(|part| fields_of(part, found)),
        _ => {}
    }
}
