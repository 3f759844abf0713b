//! Every command answers first, in one bold sentence, and with figures that are those of its data.
//!
//! These are the questions of README's table, in shorter runs, and what is asked in other words.

#[path = "support/command_line.rs"]
mod command_line;

use command_line::spof;
use serde_json::Value;
use std::fs;
use std::path::Path;

const BOLD: &str = "\u{1b}[1m";

/// A command, the file in which its data are, if it leaves one, and what its first sentence has to say.
struct Question {
    words: &'static [&'static str],
    file: Option<&'static str>,
    says: &'static [&'static str],
}

const QUESTIONS: [Question; 12] = [
    Question {
        words: &["analyze", "year-of-failures.yaml"],
        file: None,
        says: &["At best some of the site is down ", "single points of failure make up ", "costs most"],
    },
    Question {
        words: &["analyze", "one-server.yaml"],
        file: None,
        says: &["At best nothing is ever down, since no node has `mtbf`"],
    },
    Question {
        words: &[
            "solve",
            "one-server.yaml",
            "--for",
            "page p99 < 300ms, errors < 1%",
            "--vary",
            "gunicorn.workers=1..4",
            "--set",
            "visitors.arrivals=130/s",
            "--set",
            "run.duration=90s",
            "--replications",
            "5",
            "--set",
            "links.visitors -> server.bandwidth=100Mbps",
        ],
        file: Some("one-server-solve/solve.json"),
        says: &[
            "gunicorn.workers=2 is the least that meets all goals for sure: ",
            "with gunicorn.workers=1 ",
            "the workers of gunicorn",
        ],
    },
    Question {
        words: &[
            "sweep",
            "one-server.yaml",
            "--vary",
            "visitors.arrivals=60/s,140/s",
            "--set",
            "run.duration=2m",
        ],
        file: Some("one-server-sweep/sweep.json"),
        says: &[
            "It breaks between 60/s and 140/s of visitors.arrivals: the link visitors -> server (answers) is full there \
             (100 %); at 140/s ",
        ],
    },
    Question {
        words: &[
            "sweep",
            "one-server.yaml",
            "--vary",
            "gunicorn.workers=1,4",
            "--vary",
            "visitors.arrivals=60/s,140/s",
            "--set",
            "run.duration=90s",
            "--replications",
            "3",
            "--out",
            "output/two",
        ],
        file: Some("two/sweep.json"),
        says: &[
            "Of 4 settings of gunicorn.workers and visitors.arrivals it holds at 2 and it breaks at 2; the ",
        ],
    },
    Question {
        words: &[
            "sweep",
            "retry-storm.yaml",
            "--vary",
            "visitors.arrivals=10/s..130/s:60",
            "--set",
            "timeline=[]",
            "--up-and-down",
            "--hold",
            "1m",
            "--replications",
            "3",
        ],
        file: Some("retry-storm-sweep/sweep.json"),
        says: &["What begins at the top outlasts it: "],
    },
    Question {
        words: &[
            "compare",
            "maintenance-restart.yaml",
            "--variant",
            "reload: timeline.0.how=reload",
            "--replications",
            "3",
            "--no-charts",
        ],
        file: Some("compare-maintenance-restart/compare.json"),
        says: &["With `reload` it is better: in availability (100 % instead of "],
    },
    Question {
        words: &[
            "compare",
            "retry-storm.yaml",
            "--variant",
            "no retries: nodes.visitors.retries=0",
            "--replications",
            "3",
            "--no-charts",
        ],
        file: Some("compare-retry-storm/compare.json"),
        says: &["Without retries it is better: in availability ("],
    },
    Question {
        words: &[
            "compare",
            "course/2-secured-and-monitored.yaml",
            "course/3-scaled-up.yaml",
            "--set",
            "run.fidelity=components",
            "--replications",
            "5",
            "--no-charts",
        ],
        file: Some("compare-2-secured-and-monitored/compare.json"),
        says: &["`Course 3: A scaled-up web infrastructure` is better than `Course 2: "],
    },
    Question {
        words: &["test", "one-server.yaml", "--set", "run.duration=90s", "--at-most", "5"],
        file: None,
        says: &["Over 5 runs both goals are met: page p99 < 500ms came to "],
    },
    Question {
        words: &[
            "simulate",
            "one-server.yaml",
            "--replications",
            "3",
            "--rows",
            "none",
            "--no-charts",
            "--no-report",
            "--set",
            "run.starts=13:55",
            "--set",
            "timeline=[{ at: 14:00, fail: server, for: 2m }]",
        ],
        file: Some("one-server/replications.json"),
        says: &[
            "Over 3 runs 1 of 2 goals is missed: availability >= 99.9% came to ",
            "in the first run down 14:00:00 to 14:0",
        ],
    },
    Question {
        words: &["explain", "one-server.yaml", "page"],
        file: None,
        says: &["A mean `page` takes ", "the link visitors -> server", " full first, at "],
    },
];

/// The words of a command, with scenarios where they are.
fn words(question: &[&str], more: &[&str]) -> Vec<String> {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let word = |word: &&str| match word.ends_with(".yaml") && !word.contains('=') {
        true => scenarios.join(word).display().to_string(),
        false => (*word).to_owned(),
    };
    question.iter().chain(more).map(word).collect()
}

/// What it prints, in colours, or as data.
fn printed(home: &Path, question: &[&str], more: &[&str]) -> String {
    let words = words(question, more);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut command = spof(home, &words);
    command.env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR").env_remove("GITHUB_ACTIONS");
    let output = command.output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The bold words with which a text begins, in one line.
fn first_sentence(text: &str) -> String {
    let text = text.trim_start();
    let bold = text.strip_prefix(BOLD).unwrap_or_else(|| panic!("it does not begin in bold letters: {text}"));
    // Bad news is red as well.
    let bold = bold.strip_prefix("\u{1b}[31m").unwrap_or(bold);
    let end = bold.find("\u{1b}[0m").unwrap();
    in_one_line(&bold[..end])
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_first_line_answers_in_one_bold_sentence_and_with_the_figures_of_the_data() {
    let home = tempfile::tempdir().unwrap();
    for Question { words, file, says } in QUESTIONS {
        let sentence = first_sentence(&printed(home.path(), words, &[]));
        for part in says {
            assert!(sentence.contains(part), "{words:?} does not say {part:?}: {sentence}");
        }
        assert!(sentence.starts_with(says[0]) && sentence.ends_with('.'), "{sentence}");
        assert!(!sentence.contains(". "), "it is one sentence: {sentence}");
        let text = match file {
            Some(file) => fs::read_to_string(home.path().join("output").join(file)).unwrap(),
            None => printed(home.path(), words, &["--json"]),
        };
        let mut data: Value = serde_json::from_str(&text).unwrap();
        let told = data.as_object_mut().unwrap().remove("told").unwrap();
        assert_eq!(sentence, in_one_line(told["headline"].as_str().unwrap()));
        assert!(told["how_sure"].as_str().unwrap().starts_with("How sure: "), "{words:?}");
        // What happened in the first run stands with its own figures beside this file.
        let own = sentence.split("; in the first run ").next().unwrap();
        let missing = figures_without_data(own, &data);
        assert!(missing.is_empty(), "{words:?}: {missing:?} of {sentence} are not in the data");
    }
    // The picture says the same below its title; its lines are broken where there is no room.
    let picture = fs::read_to_string(home.path().join("output/one-server-sweep/sweep.svg")).unwrap();
    assert!(picture.contains("It breaks between 60/s and 140/s of visitors.arrivals"), "{picture}");
}

/// The numbers of a sentence that no figure of the data comes to, at the digits that are told.
fn figures_without_data(sentence: &str, data: &Value) -> Vec<String> {
    let (mut texts, mut numbers) = (Vec::new(), Vec::new());
    gather(data, &mut texts, &mut numbers);
    // Names and settings are no figures; longer ones may hold shorter ones.
    texts.sort_by_key(|text: &String| std::cmp::Reverse(text.len()));
    let mut rest = sentence.to_owned();
    for text in
        texts.iter().filter(|text| text.len() > 1 && text.contains(|letter: char| letter.is_ascii_digit()))
    {
        rest = rest.replace(text.as_str(), "#");
    }
    let letters: Vec<char> = rest.chars().collect();
    let mut missing = Vec::new();
    let mut place = 0;
    while place < letters.len() {
        let begins = letters[place].is_ascii_digit()
            && (place == 0 || !(letters[place - 1].is_alphanumeric() || ":.#_".contains(letters[place - 1])));
        if !begins {
            place += 1;
            continue;
        }
        let number: String = letters[place..]
            .iter()
            .take_while(|letter| letter.is_ascii_digit() || ".,".contains(**letter))
            .collect();
        let number = number.trim_end_matches(['.', ',']).to_owned();
        place += number.chars().count();
        let behind: String = letters[place..].iter().collect();
        // A time of the day is told by the scenario's clock.
        if !behind.starts_with(':') && !is_known(&number, unit(&behind), &numbers) {
            missing.push(number);
        }
        while place < letters.len() && (letters[place].is_ascii_digit() || letters[place] == ':') {
            place += 1;
        }
    }
    missing
}

/// What stands behind a number, or behind the interval that follows it.
fn unit(behind: &str) -> &str {
    let mut words = behind.split([' ', '(', ')', '–', ',', ';', '/']).map(|word| word.trim_end_matches('.'));
    let is_unit = |word: &&str| word.starts_with(|letter: char| letter.is_alphabetic() || letter == '%');
    words.find(is_unit).unwrap_or("")
}

fn is_known(number: &str, unit: &str, numbers: &[f64]) -> bool {
    let plain = number.replace(',', "");
    let decimals = plain.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let factors: &[f64] = match unit {
        "%" | "points" => &[100.0],
        "ms" => &[1.0, 1e3],
        "µs" => &[1e3, 1e6],
        "s" => &[1.0, 1e-3],
        "min" => &[1.0, 1.0 / 60.0, 1.0 / 60_000.0],
        "h" => &[1.0 / 60.0, 1.0 / 3_600.0],
        _ => &[1.0],
    };
    let told: f64 = plain.parse().unwrap();
    // Three digits may leave out the last ones of a whole number, and thirds of a step are rounding.
    let step = 0.501 * 10f64.powi(-(decimals as i32));
    let comes_to = |value: f64| (value - told).abs() <= step.max(0.001 * told);
    numbers.iter().any(|known| factors.iter().any(|factor| comes_to((known * factor).abs())))
}

fn gather(value: &Value, texts: &mut Vec<String>, numbers: &mut Vec<f64>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Number(number) => numbers.extend(number.as_f64()),
        Value::Array(all) => {
            numbers.push(all.len() as f64);
            all.iter().for_each(|one| gather(one, texts, numbers));
        }
        Value::Object(all) => all.values().for_each(|one| gather(one, texts, numbers)),
        Value::Null | Value::Bool(_) => {}
    }
}

#[test]
fn a_figure_that_is_not_in_the_data_is_found() {
    let data = serde_json::json!({ "p99": { "value": 143.2, "half_width": 3.1 }, "share": 0.99984, "name": "app-7" });
    let of = |sentence: &str| figures_without_data(sentence, &data);
    assert_eq!(of("p99 came to 143 ±3.1 ms at `app-7`, and 99.984 % were good."), [""; 0]);
    assert_eq!(of("p99 came to 153 ±3.1 ms, and 99.98 % were good."), ["153"]);
    assert_eq!(of("98.7 % were good."), ["98.7"]);
}
