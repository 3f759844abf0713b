//! The known answers: `public.json`.

use serde_json::Value;

pub struct Answers {
    cases: Vec<Value>,
}

/// One number to be reproduced. A list in the file is as many numbers with one key.
#[derive(Clone, Debug)]
pub struct Answer {
    pub key: String,
    pub index: usize,
    pub value: f64,
    /// How far off the measured value may be, relative to the value or to its complement.
    pub tolerance: f64,
    /// For a share near one: the error is taken relative to one minus the share.
    pub of_complement: bool,
}

impl Answers {
    pub fn read() -> Answers {
        let cases = serde_json::from_str(include_str!("public.json")).expect("it is a list of cases");
        Answers { cases }
    }

    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.cases.iter().map(|case| case["id"].as_str().expect("a case has a name"))
    }

    pub fn title(&self, id: &str) -> &str {
        self.case(id)["title"].as_str().expect("a case has a title")
    }

    fn case(&self, id: &str) -> &Value {
        self.cases.iter().find(|case| case["id"] == id).unwrap_or_else(|| panic!("there is no case {id}"))
    }

    /// All numbers of a case. `name_of` gives the name under which the file may keep a
    /// tolerance for one entry of a list.
    pub fn of(&self, id: &str, name_of: fn(&str, usize) -> String) -> Vec<Answer> {
        let case = self.case(id);
        let tolerance = &case["tolerance"];
        let expected = case["expected"].as_object().expect("it expects something");
        let mut answers = Vec::new();
        for (key, value) in expected {
            let values = match value {
                Value::Array(values) => values.as_slice(),
                single => std::slice::from_ref(single),
            };
            for (index, value) in values.iter().enumerate() {
                let of_its_own = &tolerance["per_key"][name_of(key, index)];
                answers.push(Answer {
                    key: key.clone(),
                    index,
                    value: value.as_f64().expect("it is a number"),
                    tolerance: of_its_own.as_f64().or(tolerance["rel"].as_f64()).expect("a tolerance"),
                    of_complement: tolerance["apply_to_complement_of"]
                        .as_array()
                        .is_some_and(|keys| keys.iter().any(|listed| listed == key.as_str())),
                });
            }
        }
        answers
    }
}

impl Answer {
    pub fn difference(&self, measured: f64) -> f64 {
        let scale = if self.of_complement { 1.0 - self.value } else { self.value };
        (measured - self.value) / scale
    }

    pub fn is_met_by(&self, measured: f64) -> bool {
        // A measurement that is not a number is not within anything.
        self.difference(measured).abs() <= self.tolerance
    }
}

#[test]
fn errors_of_availabilities_are_judged_by_what_is_missing_to_one() {
    let answers = Answers::read().of("D01", |key, _| key.to_owned());
    let availability = answers.iter().find(|answer| answer.key == "availability").expect("it is one");
    assert!(availability.is_met_by(0.9944));
    assert!(!availability.is_met_by(0.99));
    assert!(!availability.is_met_by(f64::NAN));
}
