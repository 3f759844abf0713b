//! The examples, which are run: what they say is so.

use std::fs;

/// The examples as modules. Their `main` is not called.
macro_rules! examples {
    ($($name:ident $path:literal),+) => { $(
        #[path = $path]
        #[allow(dead_code)]
        mod $name;
    )+ };
}

examples! {
    queue "../examples/01_queue.rs",
    one_server "../examples/02_one_server.rs",
    custom_distribution "../examples/03_custom_distribution.rs",
    fault "../examples/04_fault.rs",
    custom_arrivals "../examples/09_custom_arrivals.rs",
    own_output "../examples/10_own_output.rs"
}

fn check(answer: Result<String, spof::Error>, lines: &[&str]) {
    let answer = answer.unwrap_or_else(|error| panic!("{error}"));
    println!("{answer}");
    for line in lines {
        assert!(answer.lines().any(|said| said.contains(line)), "{line:?} is not in:\n{answer}");
    }
}

#[test]
fn a_queue() {
    check(
        queue::answer(),
        &[
            "A customer spends between 370 and 445 ms there; the textbook says 400 ms.",
            "The clerk is busy for 80 % of the time",
        ],
    );
}

#[test]
fn the_one_server_site() {
    check(
        one_server::answer(),
        &[
            "60/s: page p99",
            "180/s: page p99 171 ms, cores busy for 78 %",
            "the cores of server are full already",
        ],
    );
}

#[test]
fn a_custom_distribution() {
    check(
        custom_distribution::answer(),
        &["plain orders: a customer waits for 3", "mixed orders: a customer waits for 6"],
    );
}

#[test]
fn a_fault() {
    check(
        fault::answer(),
        &[
            "one database: down for 35 s, 1343 requests failed",
            "two, and a second try: down for 0 s, 47 requests failed",
        ],
    );
}

#[test]
fn a_custom_arrival_process() {
    check(
        custom_arrivals::answer(),
        &["one by one: the office is busy for 50 %", "by bus: the office is busy for 50 %"],
    );
}

#[test]
fn your_own_output() {
    check(own_output::answer(), &["   80 to 160  "]);
}

#[test]
fn examples_are_short_and_all_of_them_are_tested() {
    let tested = fs::read_to_string(file!()).expect("this file is there");
    for entry in fs::read_dir("examples").expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a plain name").to_owned();
        if !name.starts_with(|letter: char| letter.is_ascii_digit()) {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a text");
        assert!(text.starts_with("//! "), "{name} does not say what it is about");
        assert!(text.lines().count() <= 60, "{name} is long");
        assert!(tested.contains(&format!("\"../examples/{name}\"")), "{name} is not tested");
    }
}
