//! What `spof export` writes is read by readers from elsewhere, and says what the run's own
//! files say.

#[path = "../support/command_line.rs"]
mod command_line;
mod traces;

use command_line::spof;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;
use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};
use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::OnceLock;
use tempfile::TempDir;

const SCENARIO: &str = r#"
name: A shop
run: { duration: 2m, warmup: 10s, seed: 3 }
nodes:
  visitors: { kind: user, arrivals: 60/s, timeout: 2s, retries: 1 }
  host:     { kind: server, cores: 2 }
  nginx:    { kind: web_server, on: host }
  app:      { kind: app_server, on: host, workers: 2, replicas: 2 }
links:
  visitors -> host: { latency: "lognormal(median 20ms, p99 80ms)", bandwidth: 50Mbps }
requests:
  page:    { share: 70%, path: [ nginx: 0.2ms, app: exp(9ms) ] }
  "a \"b\"": { share: 30%, path: [ nginx: 0.1ms ] }
timeline:
  - { at: 30s, slow: app, by: 8x, for: 8s }
  - { at: 60s, fail: app/1, for: 10s }
  - { at: 90s, surge: 2x, hold: 5s }
"#;

/// A run with traces and all exports; it is made once for all tests.
fn run() -> &'static Path {
    static RUN: OnceLock<TempDir> = OnceLock::new();
    let home = RUN.get_or_init(|| {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("shop.yaml"), SCENARIO).unwrap();
        let traces = ["simulate", "shop.yaml", "--out", "run", "--quiet", "--trace", "5%,slowest=9,failed=9"];
        spof(home.path(), &traces).assert().success();
        for format in ["hgrm", "hlog", "openmetrics", "otlp", "jaeger", "perfetto", "csv"] {
            spof(home.path(), &["export", "run", "--to", format]).assert().success();
        }
        home
    });
    home.path()
}

fn text(file: &str) -> String {
    fs::read_to_string(run().join("run").join(file)).unwrap()
}

fn json(file: &str) -> Value {
    serde_json::from_str(&text(file)).unwrap()
}

/// The stories of the run as they stand in its own file.
fn stories() -> Vec<Value> {
    text("traces.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Latencies of good answers in nanoseconds, by class, of requests that ended after an instant.
fn latencies(after_s: f64) -> HashMap<String, Vec<u64>> {
    let mut latencies: HashMap<String, Vec<u64>> = HashMap::new();
    let path = run().join("run/latency.csv");
    for row in csv::Reader::from_path(path).unwrap().records() {
        let row = row.unwrap();
        let (start_s, latency_ms): (f64, f64) = (row[2].parse().unwrap(), row[3].parse().unwrap());
        if &row[4] == "ok" && start_s + latency_ms / 1e3 >= after_s {
            latencies.entry(row[1].to_owned()).or_default().push((latency_ms * 1e6).round() as u64);
        }
    }
    latencies
}

#[test]
fn hdrhistogram_reads_the_log() {
    let log = text("latency.hlog");
    let mut read: HashMap<String, Histogram<u64>> = HashMap::new();
    for entry in IntervalLogIterator::new(log.as_bytes()) {
        let LogEntry::Interval(interval) = entry.unwrap() else { continue };
        let bytes = decoded(interval.encoded_histogram());
        let histogram: Histogram<u64> = Deserializer::new().deserialize(&mut bytes.as_slice()).unwrap();
        assert!(histogram.max() as f64 / 1e6 <= interval.max() * 1.02);
        let tag = interval.tag().unwrap().as_str().to_owned();
        read.entry(tag).or_insert_with(|| Histogram::new(2).unwrap()).add(histogram).unwrap();
    }
    let known = latencies(0.0);
    assert_eq!(read.len(), known.len());
    for (class, values) in known {
        let read = &read[&class.replace([' ', '"'], "_")];
        assert_eq!(read.len(), values.len() as u64);
        let mut exact = Histogram::<u64>::new(3).unwrap();
        values.iter().for_each(|&value| exact.record(value).unwrap());
        for share in [0.5, 0.9, 0.99, 0.999] {
            let (found, exact) =
                (read.value_at_quantile(share) as f64, exact.value_at_quantile(share) as f64);
            assert!((found / exact - 1.0).abs() < 0.04, "{class} at {share}: {found} and {exact}");
        }
    }
}

fn decoded(text: &str) -> Vec<u8> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |letter: u8| LETTERS.bytes().position(|known| known == letter).expect("base64") as u32;
    let mut bytes = Vec::new();
    for chunk in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = chunk.iter().fold(0_u32, |bits, &letter| bits << 6 | digit(letter));
        let bits = bits << (6 * (4 - chunk.len()));
        bytes.extend(&bits.to_be_bytes()[1..chunk.len()]);
    }
    bytes
}

#[test]
fn percentiles_are_those_of_hdrhistogram() {
    let mut exact = Histogram::<u64>::new(3).unwrap();
    latencies(10.0).into_values().flatten().for_each(|value| exact.record(value).unwrap());
    let text = text("latency.hgrm");
    let mut lines = 0;
    let mut last = (0.0, 0.0);
    for line in text.lines().skip(2).filter(|line| !line.starts_with('#')) {
        let fields: Vec<f64> = line.split_whitespace().map(|field| field.parse().unwrap()).collect();
        let (value, share) = (fields[0], fields[1]);
        assert!(value >= last.0 && share >= last.1, "{line}");
        let known = exact.value_at_quantile(share) as f64 / 1e6;
        // The outermost few are told to within a cell.
        assert!((value / known - 1.0).abs() < 0.07, "{line}: {known}");
        (last, lines) = ((value, share), lines + 1);
    }
    assert!(lines > 40 && last.1 == 1.0, "{lines} lines up to {}", last.1);
    let total = text.lines().find(|line| line.starts_with("#[Max")).unwrap();
    assert!(total.contains(&format!("Total count    = {:>12}]", exact.len())), "{total}");
}

#[test]
fn the_table_has_a_line_for_each_visit() {
    let path = run().join("run/visits.csv");
    let mut table = csv::Reader::from_path(path).unwrap();
    assert_eq!(&table.headers().unwrap()[8], "length_ms");
    let visits: usize = stories().iter().map(|story| story["visits"].as_array().unwrap().len()).sum();
    assert_eq!(table.records().count(), visits);
}

/// What the Python readers find, if Python has them.
fn python(reader: &str, file: &str) -> Option<Value> {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers");
    let own = tools.join(".venv/bin/python");
    let python = if own.exists() { own } else { PathBuf::from("python3") };
    let path = run().join("run").join(file);
    let has_readers = process::Command::new(&python)
        .args(["-c", "import prometheus_client, zstandard, perfetto, viztracer, opentelemetry.proto.trace.v1.trace_pb2, shutil; \
             assert shutil.which('node')"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !has_readers {
        let missing = "readers are missing: Debian's `nodejs`, `python3 -m venv tests/readers/.venv` and \
                       `tests/readers/.venv/bin/pip install -r tests/readers/requirements.txt` install them";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{missing}");
        eprintln!("left out: {missing}");
        return None;
    }
    let output =
        process::Command::new(python).arg(tools.join("read.py")).arg(reader).arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn prometheus_reads_the_metrics() {
    let Some(families) = python("openmetrics", "metrics.openmetrics.txt") else { return };
    let last = |family: &str| families[family]["last"].as_array().unwrap();
    let value = |family: &str, wanted: &[(&str, &str)]| -> f64 {
        let fits = |sample: &&Value| wanted.iter().all(|(label, value)| sample[0][label] == *value);
        last(family).iter().filter(fits).map(|sample| sample[1].as_f64().unwrap()).sum()
    };
    let summary = json("summary.json");
    let known = latencies(0.0);
    assert_eq!(families["spof_requests"]["type"], "counter");
    for (class, values) in &known {
        let counted = values.len() as f64;
        assert_eq!(value("spof_requests", &[("class", class), ("outcome", "ok")]), counted);
        assert_eq!(value("spof_latency_answers", &[("class", class), ("le", "+Inf")]), counted);
        // 2^26 ns.
        let fast = values.iter().filter(|value| **value < 1 << 26).count() as f64;
        assert_eq!(value("spof_latency_answers", &[("class", class), ("le", "0.067108864")]), fast);
        let sum: f64 = values.iter().map(|&value| value as f64 / 1e9).sum();
        assert!((value("spof_latency_seconds", &[("class", class)]) / sum - 1.0).abs() < 0.02);
    }
    assert_eq!(value("spof_requests", &[]), summary["run"]["ended"].as_f64().unwrap());
    assert!(last("spof_requests").iter().all(|sample| sample[2] == 120.0));
    let over = |event: &str| value("spof_event_active", &[("event", event)]);
    assert_eq!((over("fail app/1"), over("surge 2x")), (0.0, 0.0));
}

#[test]
fn metrics_tell_how_full_each_resource_is() {
    let metrics = text("metrics.openmetrics.txt");
    let mut lines = csv::Reader::from_path(run().join("run/resources_timeline.csv")).unwrap();
    let rows: Vec<HashMap<String, String>> = lines.deserialize().map(|row| row.unwrap()).collect();
    let last: Vec<&HashMap<String, String>> =
        rows.iter().filter(|row| row["start_s"] == rows[rows.len() - 1]["start_s"]).collect();
    assert!(last.len() > 5);
    for row in last {
        let way = if row["way"].is_empty() { String::new() } else { format!(",way=\"{}\"", row["way"]) };
        let labels = format!(
            "{{resource=\"{}\",kind=\"{}\",owner=\"{}\"{way}}}",
            row["resource"], row["kind"], row["owner"]
        );
        let value = |name: &str| -> f64 {
            let start = format!("{name}{labels} ");
            let found = metrics.lines().filter_map(|line| line.strip_prefix(&start)).next_back();
            found.unwrap_or_else(|| panic!("no {start}")).split(' ').next().unwrap().parse().unwrap()
        };
        let number = |name: &str| row[name].parse::<f64>().unwrap_or(0.0);
        assert_eq!(value("spof_resource_utilisation_ratio"), number("utilisation"));
        assert_eq!(value("spof_resource_waiting"), number("waiting_mean"));
        for (metric, column) in [("turned_away", "turned_away"), ("left", "left")] {
            let of_it = rows.iter().filter(|other| other["resource"] == row["resource"]);
            let sum: f64 = of_it.map(|other| other[column].parse::<f64>().unwrap_or(0.0)).sum();
            assert_eq!(value(&format!("spof_resource_{metric}_total")), sum, "{labels}");
        }
    }
}

#[test]
fn what_cannot_be_exported_is_told() {
    let home = run();
    spof(home, &["simulate", "shop.yaml", "--out", "plain", "--quiet", "--rows", "none"]).assert().success();
    let refused = |arguments: &[&str], code: i32, told: &str| {
        let output = spof(home, arguments).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{error}");
        assert!(error.contains(told), "{error}");
    };
    refused(
        &["export", "plain", "--to", "otlp"],
        2,
        "there is no traces.jsonl in the folder; simulate with `--trace 1%`",
    );
    assert!(!home.join("plain/traces.otlp.jsonl").exists());
    refused(&["export", "run", "--to", "hgrm", "--class", "nothing"], 2, "the run has no class `nothing`");
    refused(&["export", "nowhere", "--to", "hgrm"], 3, "nowhere");
    refused(&["export", "run", "--to", "pdf"], 2, "openmetrics");
    let cut = home.join("cut");
    fs::create_dir_all(&cut).unwrap();
    fs::write(cut.join("traces.jsonl"), "{\"id\":1}\n{\"id\":2,\"visits\":[{\"caller\":0}]}\n").unwrap();
    refused(&["export", "cut", "--to", "jaeger"], 2, "traces.jsonl:1");
    let output =
        spof(home, &["export", "run", "--to", "hgrm", "--out", "-", "--class", "page"]).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("#[Mean"));
}

#[test]
fn slow_requests_are_explained_from_the_files() {
    let home = run();
    let explain = |arguments: &[&str]| {
        let output = spof(home, arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let text = explain(&["explain", "run", "--slowest", "3"]);
    for part in ["the slowest", "in line at app", "work at app", "network visitors", "slow app"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    let parts = json("summary.json")["tail"]["parts"].as_array().unwrap().clone();
    let shares: f64 = parts.iter().map(|part| part["share"].as_f64().unwrap()).sum();
    assert!((shares - 1.0).abs() < 1e-9, "{shares}");
    // The slowest of all stands first.
    let slowest = latencies(0.0).into_values().flatten().max().unwrap();
    let rows: Vec<&str> = text.lines().skip_while(|line| !line.contains("most of it")).collect();
    assert_eq!(rows.len(), 4);
    let first =
        csv::Reader::from_path(home.join("run/latency.csv")).unwrap().into_records().find_map(|row| {
            let row = row.unwrap();
            let is_it = (row[3].parse::<f64>().unwrap() * 1e6).round() as u64 == slowest && &row[4] == "ok";
            is_it.then(|| row[0].to_owned())
        });
    assert!(rows[1].trim().starts_with(&first.unwrap()), "{text}");

    // Without traces the rows do.
    spof(home, &["simulate", "shop.yaml", "--out", "rows", "--quiet"]).assert().success();
    let from_rows = explain(&["explain", "rows", "--slowest", "3"]);
    assert_eq!(
        from_rows.lines().find(|line| line.contains(" page ")).map(|line| line.split_whitespace().next()),
        rows.get(1).map(|line| line.split_whitespace().next())
    );
    let output = spof(home, &["explain", "shop.yaml", "--slowest", "3"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn packed_rows_are_the_same_rows() {
    let home = run();
    for file in ["latency.csv.gz", "latency.csv.zst"] {
        // The readers look into the run's folder, so that the packed file goes there.
        let folder = format!("run/{file}.run");
        let arguments = ["simulate", "shop.yaml", "--out", &folder, "--quiet", "--rows-file", file];
        spof(home, &arguments).assert().success();
        assert!(!home.join(&folder).join("latency.csv").exists());
        let Some(read) = python("packed", &format!("{file}.run/{file}")) else { return };
        let plain = fs::read(home.join("run/latency.csv")).unwrap();
        assert_eq!(read["bytes"], plain.len());
        let mut checksum = flate2::Crc::new();
        checksum.update(&plain);
        assert_eq!(read["crc32"], checksum.sum());
        let output = spof(home, &["explain", &folder, "--slowest", "1"]).output().unwrap();
        assert!(String::from_utf8(output.stdout).unwrap().contains("most of it"));
    }
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_is_there_for_those_who_build_it() {
    let output = spof(run(), &["export", "run", "--to", "parquet"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--features parquet"));
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_has_the_rows() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;
    let home = run();
    spof(home, &["export", "run", "--to", "parquet"]).assert().success();
    let file = SerializedFileReader::new(fs::File::open(home.join("run/latency.parquet")).unwrap()).unwrap();
    let mut table = csv::Reader::from_path(home.join("run/latency.csv")).unwrap();
    let columns = table.headers().unwrap().len();
    assert_eq!(file.metadata().file_metadata().schema().get_fields().len(), columns);
    let mut rows = 0;
    for (row, line) in file.get_row_iter(None).unwrap().zip(table.records()) {
        let (row, line) = (row.unwrap(), line.unwrap());
        assert_eq!(row.get_long(0).unwrap(), line[0].parse::<i64>().unwrap());
        assert_eq!(row.get_string(1).unwrap(), &line[1]);
        assert_eq!(row.get_double(3).unwrap(), line[3].parse::<f64>().unwrap());
        assert_eq!(row.get_string(4).unwrap(), &line[4]);
        rows += 1;
    }
    assert_eq!(rows, file.metadata().file_metadata().num_rows());
    assert!(rows > 5_000, "{rows}");
}
