//! Random scenarios: whatever happens in them, the books are kept.
//!
//! More cases: `PROPTEST_CASES=20000 cargo test --test properties`.

#[path = "support/cases.rs"]
mod cases;
#[path = "support/random_scenario.rs"]
mod random_scenario;
mod support;

use cases::cases;
use proptest::prelude::*;
use random_scenario::random_scenario;
use spof::analysis::measured::measured;
use spof::analysis::resources::summarise_resources;
use spof::analysis::window::Window;
use spof::engine::{Advance, Options, Simulation};
use spof::kernel::time::{NEVER, Time};
use spof::nodes::behaviour::{UNLIMITED, WhenFull};
use spof::output::json;
use spof::plan;
use spof::questions::findings::Findings;
use spof::questions::rows::time_columns;
use spof::results::resource::ResourceBucket;
use spof::results::row::{Row, RowSampling};
use spof::results::{ClassBucket, NodeBucket, RunResults, StopReason};
use spof::scenario::model::{RunEnd, Scenario, Warmup};
use spof::scenario::resources::{name, resources};
use spof::structure::analyze;
use support::{Outcome, run, scenario};

/// A run of these scenarios that takes more events is stopped, and checked as it stands.
const EVENTS_MOST: u64 = 300_000;

proptest! {
    #![proptest_config(cases(150, 3_000))]

    #[test]
    fn the_books_are_kept(random in random_scenario(), seed in 0_u64..1_000) {
        let scenario = scenario(&random.text);
        let outcome = run(&scenario, seed, EVENTS_MOST);
        check_requests(&outcome)?;
        check_columns(&scenario, &outcome)?;
        check_paths(&scenario, &outcome, seed)?;
        check_classes(&scenario, &outcome)?;
        check_nodes(&scenario, &outcome.results)?;
        check_lines(&scenario, &outcome.results)?;
        check_resources(&scenario, &outcome.results)?;
        check_incidents(&outcome.results)?;
        check_outages(&outcome.results)?;
    }

    #[test]
    fn in_the_ledger_shares_are_shares(random in random_scenario()) {
        let ledger = analyze(&scenario(&random.text), 4).expect("it is small");
        let least = ledger.classes.iter().map(|class| class.unavailability).fold(0.0, f64::max);
        let is_share = |value: f64| (-1e-9..=1.0 + 1e-9).contains(&value);
        for standing in ledger.classes.iter().chain([&ledger.any]) {
            prop_assert!(is_share(standing.availability) && standing.outages_per_year >= -1e-9);
        }
        prop_assert!(ledger.any.unavailability >= least - 1e-12, "whoever fails, some class fails");
        for part in &ledger.parts {
            let weight = part.any;
            for share in [part.unavailability, weight.birnbaum, weight.fussell_vesely, weight.criticality] {
                prop_assert!(share.is_none_or(is_share), "{}: {share:?}\n{}", part.name, random.text);
            }
        }
    }

    #[test]
    fn equal_seeds_give_equal_files(random in random_scenario(), seed in 0_u64..1_000) {
        let scenario = scenario(&random.text);
        let (one, two) = (run(&scenario, seed, EVENTS_MOST / 4), run(&scenario, seed, EVENTS_MOST / 4));
        prop_assert!(one.files == two.files);
        prop_assert!(one.results.incidents == two.results.incidents);
        prop_assert!(one.results.outages == two.results.outages);
    }
}

/// Each request once, in order, and its time once.
fn check_requests(outcome: &Outcome) -> Result<(), TestCaseError> {
    let results = &outcome.results;
    prop_assert_eq!(results.offered, results.ended + results.in_flight);
    prop_assert_eq!(results.ended, outcome.requests.len() as u64);
    let mut earlier: Option<(u64, Time)> = None;
    for (row, times) in &outcome.requests {
        if let Some((id, start)) = earlier {
            prop_assert!(row.id > id, "{} comes after {id}", row.id);
            prop_assert!(row.start >= start, "request {} starts before {id}", row.id);
        }
        earlier = Some((row.id, row.start));
        prop_assert!(row.id < results.offered);
        prop_assert!(row.start + row.latency <= results.ended_at);
        prop_assert!(row.attempts >= 1);
        let spent: u128 = times.iter().map(|&time| u128::from(time)).sum();
        prop_assert_eq!(spent, u128::from(row.latency), "{:?} {:?}", row, times);
    }
    Ok(())
}

/// What is written of the times of a request comes to its latency, whatever it went through.
fn check_columns(scenario: &Scenario, outcome: &Outcome) -> Result<(), TestCaseError> {
    let columns = time_columns(scenario);
    for (row, times) in &outcome.requests {
        let written: u128 = columns.iter().map(|&(column, _)| u128::from(times[column])).sum();
        prop_assert_eq!(written, u128::from(row.latency), "{:?} {:?}", row, times);
    }
    Ok(())
}

/// Of each good answer all of its latency is known, and the same is told without rows.
fn check_paths(scenario: &Scenario, outcome: &Outcome, seed: u64) -> Result<(), TestCaseError> {
    let mut known = 0;
    for class in &outcome.results.paths.classes {
        prop_assert_eq!(class.one_in, 1);
        for (path, times) in class.all() {
            let spent: u128 = times.iter().map(|&(_, time)| u128::from(time)).sum();
            prop_assert_eq!(spent, u128::from(path.latency), "{:?} {:?}", path, times);
            known += 1;
        }
    }
    let good = outcome.requests.iter().filter(|(row, _)| row.outcome.is_ok()).count();
    prop_assert_eq!(known, good);
    for rows in [RowSampling::None, RowSampling::Share(0.2)] {
        let summary = summary_with(scenario, seed, EVENTS_MOST, rows);
        prop_assert!(summary == outcome.files.last().expect("a summary").1, "otherwise with {:?}", rows);
    }
    Ok(())
}

/// The summary of the same run, of which other rows are kept.
fn summary_with(scenario: &Scenario, seed: u64, events_most: u64, rows: RowSampling) -> String {
    let plan = plan::compile(scenario);
    let mut simulation = Simulation::new(&plan, Options { seed, replication: 0, rows });
    simulation.follow_a_sample();
    let mut advance = Advance::Paused;
    while advance != Advance::Ended && simulation.events() < events_most {
        advance = simulation.advance(NEVER, events_most - simulation.events());
        simulation.clear_rows();
    }
    let results = simulation.finish(advance != Advance::Ended);
    let mut bytes = Vec::new();
    json::write(&mut bytes, &Findings::of(scenario, seed, &results)).expect("memory takes everything");
    String::from_utf8(bytes).expect("the files are UTF-8")
}

fn check_classes(scenario: &Scenario, outcome: &Outcome) -> Result<(), TestCaseError> {
    let results = &outcome.results;
    let edges = &results.bucket_edges;
    prop_assert!(edges.windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", edges);
    prop_assert_eq!(edges.first(), Some(&0));
    prop_assert_eq!(edges.last(), Some(&results.ended_at));
    let (mut offered, mut ended, mut attempts, mut good) = (0, 0, 0, 0);
    for class in &results.classes {
        prop_assert_eq!(class.buckets.len() + 1, edges.len());
        let mut in_flight = 0;
        for bucket in &class.buckets {
            let done: u64 = bucket.outcomes.iter().sum();
            in_flight = in_flight + bucket.offered - done;
            prop_assert_eq!(bucket.in_flight, in_flight);
            prop_assert!(bucket.good <= bucket.outcomes[0]);
            prop_assert!(
                bucket.latency_sum <= u128::from(bucket.latency_max) * u128::from(bucket.outcomes[0])
            );
            offered += bucket.offered;
            ended += done;
            attempts += bucket.attempts;
            good += bucket.outcomes[0];
        }
    }
    prop_assert_eq!((offered, ended), (results.offered, results.ended));
    prop_assert_eq!(attempts, outcome.requests.iter().map(|(row, _)| u64::from(row.attempts)).sum::<u64>());
    prop_assert_eq!(good, outcome.requests.iter().filter(|(row, _)| row.outcome.is_ok()).count() as u64);
    let cells: u64 =
        results.classes.iter().flat_map(|class| &class.cells).map(|&count| u64::from(count)).sum();
    prop_assert_eq!(cells, good);
    check_timeline(outcome)?;
    let warmup = if let Warmup::Requests(requests) = scenario.run.warmup { requests } else { 0 };
    if let (RunEnd::Requests(requests), StopReason::Requests) = (scenario.run.end, results.stop) {
        // A crash ends many at once, and the run with them.
        let wanted = requests + warmup;
        let earlier = |(row, _): &&(Row, Vec<u64>)| row.start + row.latency < results.ended_at;
        let earlier = outcome.requests.iter().filter(earlier).count() as u64;
        prop_assert!(earlier < wanted && wanted <= results.ended, "{earlier} {}", results.ended);
        prop_assert!(wanted == results.ended || !results.incidents.is_empty(), "{}", results.ended);
    }
    Ok(())
}

/// The lines of the timeline add up to the run.
fn check_timeline(outcome: &Outcome) -> Result<(), TestCaseError> {
    let timeline = &outcome.files[1].1;
    let mut sums = (0, 0);
    for line in timeline.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        if fields[2] == "all" {
            let count = |place: usize| fields[place].parse::<u64>().expect("a count");
            sums = (sums.0 + count(3), sums.1 + count(4));
        }
    }
    prop_assert_eq!(sums, (outcome.results.offered, outcome.results.ended));
    Ok(())
}

/// The kernel takes so many connections for a process that hangs, however short its line.
const BACKLOG_OF_HUNG: u32 = 128;

/// Nobody holds more slots or cores than there are, and nobody ends who has not come.
fn check_nodes(scenario: &Scenario, results: &RunResults) -> Result<(), TestCaseError> {
    let mut records = results.nodes.iter();
    let hangs = results.incidents.iter().any(|incident| incident.kind == "hang");
    for node in &scenario.nodes {
        let behaviour = node.behaviour.as_ref();
        let slots = behaviour.map_or(0, |behaviour| behaviour.slots);
        let line = behaviour.map_or(0, |behaviour| behaviour.queue);
        let line = if hangs { line.max(BACKLOG_OF_HUNG) } else { line };
        let cores = match &node.kind {
            spof::nodes::NodeKind::Server(server) => Some(server.cores),
            _ => behaviour.and_then(|behaviour| behaviour.shared_cores),
        };
        for record in records.by_ref().take(node.replicas as usize) {
            let (mut visits, mut started, mut ended) = (0, 0, 0);
            for (bucket, edges) in record.buckets.iter().zip(results.bucket_edges.windows(2)) {
                let length = u128::from(edges[1] - edges[0]);
                visits += bucket.visits;
                started += bucket.started;
                ended += bucket.ended;
                prop_assert!(started <= visits && ended <= visits, "{}: {:?}", node.name, bucket);
                prop_assert!(bucket.waited <= bucket.started && bucket.failed <= bucket.ended);
                prop_assert!(bucket.down <= length, "{}: {:?}", node.name, bucket);
                prop_assert!(bucket.unwanted <= bucket.ended && bucket.hits <= bucket.lookups);
                // Requests stand at their user without being served there.
                prop_assert!(
                    behaviour.is_none() || bucket.calling <= bucket.served,
                    "{}: {:?}",
                    node.name,
                    bucket
                );
                if slots != UNLIMITED {
                    prop_assert!(bucket.held <= u128::from(slots) * length, "{}: {:?}", node.name, bucket);
                }
                if line != UNLIMITED {
                    prop_assert!(bucket.queue_max <= line, "{}: {:?}", node.name, bucket);
                    prop_assert!(bucket.queued <= u128::from(line) * length, "{}: {:?}", node.name, bucket);
                }
                if let Some(cores) = cores {
                    prop_assert!(bucket.cpu <= u128::from(cores) * length, "{}: {:?}", node.name, bucket);
                    prop_assert!(bucket.cpu <= bucket.on_cpu, "{}: {:?}", node.name, bucket);
                }
            }
        }
    }
    prop_assert!(records.next().is_none());
    Ok(())
}

/// Whoever comes gets a slot, leaves the line, is turned away, or still stands in line.
fn check_lines(scenario: &Scenario, results: &RunResults) -> Result<(), TestCaseError> {
    let mut records = results.nodes.iter();
    for node in &scenario.nodes {
        for record in records.by_ref().take(node.replicas as usize) {
            let Some(behaviour) = &node.behaviour else { continue };
            let sum = record.buckets.iter().fold(NodeBucket::default(), NodeBucket::join);
            let told = sum.started + sum.left;
            prop_assert!(told <= sum.visits, "{}: {:?}", node.name, sum);
            prop_assert!(sum.waited_time <= sum.queued, "{}: {:?}", node.name, sum);
            let waits_now = record.buckets.last().map_or(0, |bucket| u64::from(bucket.queue_max));
            let still = sum.queued - sum.waited_time - sum.left_time;
            prop_assert!(still <= u128::from(waits_now) * u128::from(results.ended_at), "{still} {sum:?}");
            // What is wrong with a node turns others away, and SYNs come again.
            let is_plain = results.incidents.is_empty()
                && matches!(behaviour.when_full, WhenFull::Answer(_))
                && behaviour.limits == [None, None];
            if is_plain {
                let known = told + sum.turned_away;
                prop_assert!(
                    known <= sum.visits && sum.visits <= known + waits_now,
                    "{}: {sum:?}",
                    node.name
                );
            }
        }
    }
    Ok(())
}

/// No more is in use than there is, and no wait is counted that was not one.
fn check_resources(scenario: &Scenario, results: &RunResults) -> Result<(), TestCaseError> {
    for record in &results.resources {
        let name = name(scenario, record.kind, record.owner);
        prop_assert!(record.waits.maximum().is_none_or(|longest| longest <= results.ended_at), "{name}");
        for place in &record.places {
            prop_assert_eq!(place.buckets.len() + 1, results.bucket_edges.len());
            let sum = place.buckets.iter().fold(ResourceBucket::default(), ResourceBucket::join);
            prop_assert!(sum.waited <= sum.taken && sum.waited_time <= sum.waiting, "{name}: {sum:?}");
            // Those who wait now are all that is missing.
            let waits_now = place.buckets.last().map_or(0, |bucket| bucket.waiting_max);
            let still = sum.waiting - sum.waited_time - sum.left_time;
            let most = u128::from(waits_now) * u128::from(results.ended_at);
            prop_assert!(still <= most, "{name}: {sum:?}");
            for (bucket, edges) in place.buckets.iter().zip(results.bucket_edges.windows(2)) {
                let length = edges[1] - edges[0];
                let lines = record.lines;
                prop_assert!(bucket.full <= length.saturating_mul(lines), "{name}: {bucket:?}");
                prop_assert!(bucket.down <= length, "{name}: {bucket:?}");
                let most = u128::from(bucket.waiting_max) * u128::from(length);
                prop_assert!(bucket.waiting <= most, "{name}: {bucket:?}");
            }
        }
    }
    let all = measured(scenario, results);
    prop_assert_eq!(all.len(), resources(scenario).len());
    for measured in &all {
        for (bucket, edges) in results.bucket_edges.windows(2).enumerate() {
            let length = edges[1] - edges[0];
            for place in 0..measured.places() {
                let usage = measured.usage(place, bucket, length);
                let name = name(scenario, measured.resource.kind, measured.resource.owner);
                let told = || format!("{name}: {usage:?} in {length}");
                prop_assert!(usage.full <= usage.up && usage.up <= length, "{}", told());
                prop_assert!(usage.in_use >= 0.0 && usage.offered >= 0.0, "{}", told());
                prop_assert!(usage.in_use <= usage.offered * (1.0 + 1e-9) + 1.0, "{}", told());
            }
        }
    }
    for one in summarise_resources(scenario, results, &Window::of(scenario, results)) {
        let shares = [one.utilisation, one.utilisation_max, Some(one.full_share), one.waited_share];
        prop_assert!(shares.iter().flatten().all(|share| (0.0..=1.0).contains(share)), "{one:?}");
        let run_ms = results.ended_at as f64 * 1e-6;
        let waits = [one.wait_mean_ms, one.wait_p99_ms, one.left_wait_mean_ms];
        prop_assert!(waits.iter().flatten().all(|&wait| (0.0..=run_ms).contains(&wait)), "{one:?}");
        prop_assert!(one.utilisation <= one.utilisation_max, "{one:?}");
    }
    Ok(())
}

/// What goes wrong begins in order, and ends after it began or not at all.
fn check_incidents(results: &RunResults) -> Result<(), TestCaseError> {
    let incidents = &results.incidents;
    prop_assert!(incidents.windows(2).all(|pair| pair[0].start <= pair[1].start), "{:?}", incidents);
    for incident in incidents {
        let end = incident.end.unwrap_or(results.ended_at);
        prop_assert!(incident.start <= end && end <= results.ended_at, "{:?}", incident);
    }
    Ok(())
}

/// Outages end in order, lose no more than failed, and blame what had begun by then.
fn check_outages(results: &RunResults) -> Result<(), TestCaseError> {
    let outages = &results.outages;
    prop_assert!(outages.windows(2).all(|pair| pair[0].end <= pair[1].end), "{:?}", outages);
    for outage in outages {
        prop_assert!(outage.start <= outage.end && outage.end <= results.ended_at, "{:?}", outage);
        prop_assert!(!outage.first_error.is_ok() && !outage.last_error.is_ok(), "{:?}", outage);
        if let Some(cause) = outage.cause {
            let incident = results.incidents.get(cause as usize);
            prop_assert!(incident.is_some_and(|incident| incident.start <= outage.end), "{:?}", outage);
        }
    }
    let failed = |bucket: &ClassBucket| bucket.outcomes[1..].iter().sum::<u64>();
    let failed: u64 = results.classes.iter().flat_map(|class| &class.buckets).map(failed).sum();
    prop_assert!(outages.iter().map(|outage| outage.lost).sum::<u64>() <= failed, "{:?}", outages);
    Ok(())
}
