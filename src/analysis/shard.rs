//! A study in pieces: each shard has the figures of some of its runs, made on any machine and at
//! any time; together they say, to the last bit, what one machine would have said.

use super::columns::Columns;
use super::study::StudySummary;
use crate::parts::fingerprint::Fingerprint;
use crate::scenario::model::Scenario;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;

/// A study has at most so many runs, and so at most so many shards.
pub const REPLICATIONS_MOST: u64 = 1_000_000;

/// Which of how many shards; they count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    number: u64,
    of: u64,
}

impl Part {
    /// There is none beyond the last.
    pub fn new(number: u64, of: u64) -> Option<Part> {
        ((1..=of).contains(&number) && of <= REPLICATIONS_MOST).then_some(Part { number, of })
    }

    pub fn number(self) -> u64 {
        self.number
    }

    pub fn of(self) -> u64 {
        self.of
    }

    /// All that there are.
    pub fn all(of: u64) -> impl Iterator<Item = Part> {
        (1..=of.min(REPLICATIONS_MOST)).map(move |number| Part { number, of })
    }

    /// Its runs, of so many: as many as the others have, or one more or less.
    pub fn runs(self, replications: u64) -> Range<u64> {
        let replications = replications.min(REPLICATIONS_MOST);
        (self.number - 1) * replications / self.of..self.number * replications / self.of
    }

    /// `shard-2-of-8.spof`
    pub fn file_name(self) -> String {
        format!("shard-{}-of-{}.spof", self.number, self.of)
    }

    /// Of which shard this is the name.
    pub fn of_file_name(name: &str) -> Option<Part> {
        let (number, of) = name.strip_prefix("shard-")?.strip_suffix(".spof")?.split_once("-of-")?;
        let part = Part::new(number.parse().ok()?, of.parse().ok()?)?;
        (part.file_name() == name).then_some(part)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "shard {} of {}", self.number, self.of)
    }
}

/// What all shards of a study have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// Another version might have other figures.
    pub version: String,
    /// Of the scenario with all its settings and all the files that it names.
    pub scenario: String,
    pub seed: u64,
    pub replications: u64,
    pub columns: Columns,
}

impl Study {
    pub fn of(scenario: &Scenario, seed: u64, replications: u64, columns: Columns) -> Study {
        // A comment that moves a line makes no other scenario.
        let mut placeless = scenario.clone();
        placeless.expectations.iter_mut().for_each(|expectation| expectation.place = 0..0);
        Study {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: Fingerprint::of_value(&placeless).to_string(),
            seed,
            replications,
            columns,
        }
    }
}

/// The usual files of the first run, which the shard with that run has written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirstRun {
    pub files: Vec<String>,
    /// Of its `summary.json`.
    pub summary: String,
    /// What happened in it, in words.
    #[serde(default)]
    pub story: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Shard {
    pub study: Study,
    pub part: Part,
    /// The words that made it, but for which part it is.
    pub command: Vec<String>,
    pub first_run: Option<FirstRun>,
    /// Of each of its runs.
    pub figures: Vec<Vec<f64>>,
}

impl Shard {
    pub fn runs(&self) -> Range<u64> {
        self.part.runs(self.study.replications)
    }
}

/// All shards of a study together.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    pub study: Study,
    pub figures: Vec<Vec<f64>>,
    pub first_run: Option<FirstRun>,
}

/// Why shards cannot be put together, with the names under which they were given.
#[derive(Clone, Debug, PartialEq)]
pub enum Unmergeable {
    Nothing,
    /// One differs from the first in something that all have in common.
    Foreign {
        name: String,
        first: String,
        difference: String,
    },
    /// Both have the same runs.
    Twice {
        name: String,
        other: String,
        part: Part,
    },
    /// These are not there; they are made by these words and the name of the part.
    Lost {
        parts: Vec<Part>,
        command: Vec<String>,
    },
}

/// In any order.
pub fn merge(shards: Vec<(String, Shard)>) -> Result<Merged, Unmergeable> {
    let Some((first, one)) = shards.first().cloned() else { return Err(Unmergeable::Nothing) };
    let mut found: Vec<Option<(String, Shard)>> = Vec::new();
    found.resize_with(one.part.of as usize, || None);
    for (name, shard) in shards {
        if let Some(difference) = difference(&one, &shard) {
            return Err(Unmergeable::Foreign { name, first, difference });
        }
        let place = &mut found[shard.part.number as usize - 1];
        if let Some((other, _)) = place.take() {
            return Err(Unmergeable::Twice { name, other, part: shard.part });
        }
        *place = Some((name, shard));
    }
    let is_lost = |part: &Part| found[part.number as usize - 1].is_none();
    let lost: Vec<Part> = Part::all(one.part.of).filter(is_lost).collect();
    if !lost.is_empty() {
        return Err(Unmergeable::Lost { parts: lost, command: one.command });
    }
    let mut merged = Merged { study: one.study, figures: Vec::new(), first_run: None };
    for (_, shard) in found.into_iter().flatten() {
        merged.first_run = merged.first_run.or(shard.first_run);
        merged.figures.extend(shard.figures);
    }
    Ok(merged)
}

/// What two shards of one study cannot differ in.
fn difference(one: &Shard, other: &Shard) -> Option<String> {
    let (a, b) = (&one.study, &other.study);
    if a.version != b.version {
        return Some(format!("it was made by spof {}, not {}", b.version, a.version));
    }
    if a.scenario != b.scenario || a.columns != b.columns {
        return Some("its scenario is another one, or has other settings".to_owned());
    }
    if a.seed != b.seed {
        return Some(format!("its seed is {}, not {}", b.seed, a.seed));
    }
    if a.replications != b.replications {
        return Some(format!("it belongs to {} replications, not {}", b.replications, a.replications));
    }
    if one.part.of != other.part.of {
        return Some(format!("it is one of {} shards, not of {}", other.part.of, one.part.of));
    }
    None
}

impl Merged {
    /// As one machine would have told it that was asked for so many runs.
    pub fn summarise(&self) -> StudySummary {
        self.study.columns.summarise(self.study.seed, &self.figures, AS_ASKED)
    }
}

/// Why a study has no more runs if its number was given.
pub const AS_ASKED: &str = "as many as were asked for";

impl fmt::Display for Unmergeable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unmergeable::Nothing => write!(formatter, "there are no shards to put together"),
            Unmergeable::Foreign { name, first, difference } => {
                write!(formatter, "{name} does not belong to {first}: {difference}")
            }
            Unmergeable::Twice { name, other, part } => write!(
                formatter,
                "{name} and {other} are both {part}, with the same replications; name one of them"
            ),
            Unmergeable::Lost { parts, .. } => {
                let numbers: Vec<String> = parts.iter().map(|part| part.number.to_string()).collect();
                let of = parts.first().map_or(0, |part| part.of);
                let (word, verb) = if numbers.len() == 1 { ("shard", "is") } else { ("shards", "are") };
                write!(formatter, "{word} {} of {of} {verb} not there", numbers.join(", "))
            }
        }
    }
}

impl std::error::Error for Unmergeable {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::study::Measures;
    use crate::scenario::load::load_text;

    const TEXT: &str = "
run: { duration: 1m }
nodes: { users: { kind: user, arrivals: 1/s }, web: { kind: station } }
requests: { page: { path: [ web: 1ms ] } }
expect: [ 'mean < 20ms' ]
";

    fn scenario() -> Scenario {
        load_text("site.yaml", TEXT, &[]).scenario.unwrap()
    }

    fn shard(number: u64, of: u64, replications: u64) -> (String, Shard) {
        let scenario = scenario();
        let measures = Measures::of(&scenario, &[]);
        let study = Study::of(&scenario, 3, replications, measures.columns());
        let part = Part::new(number, of).unwrap();
        // Figures with bits that no rounding would leave as they are.
        let figures = |run: u64| vec![0.1 + run as f64 / 3.0; study.columns.number()];
        let figures = part.runs(replications).map(figures).collect();
        let shard = Shard { study, part, command: vec!["simulate".to_owned()], first_run: None, figures };
        (part.file_name(), shard)
    }

    #[test]
    fn shards_have_each_run_once() {
        for (replications, of) in [(2, 1), (2, 2), (10, 3), (1_000_000, 7), (9, 9), (100, 64)] {
            let runs: Vec<u64> = Part::all(of).flat_map(|part| part.runs(replications)).collect();
            assert!(runs.iter().copied().eq(0..replications), "{replications} in {of}");
            let sizes: Vec<usize> = Part::all(of).map(|part| part.runs(replications).count()).collect();
            let spread = sizes.iter().max().unwrap() - sizes.iter().min().unwrap();
            assert!(spread <= 1, "{replications} in {of}: {sizes:?}");
        }
        assert_eq!((Part::new(0, 4), Part::new(5, 4), Part::new(1, 0)), (None, None, None));
        assert_eq!(Part::new(1, u64::MAX), None);
    }

    #[test]
    fn shards_in_any_order_are_what_one_machine_says() {
        let (_, whole) = shard(1, 1, 10);
        let scenario = scenario();
        let expected = Measures::of(&scenario, &[]).summarise(3, &whole.figures, AS_ASKED);
        let shards = [3, 1, 4, 2].map(|number| shard(number, 4, 10)).to_vec();
        let merged = merge(shards).unwrap();
        assert_eq!(merged.figures, whole.figures);
        assert_eq!(format!("{:?}", merged.summarise()), format!("{expected:?}"));
    }

    #[test]
    fn a_scenario_is_known_by_what_it_says_and_not_by_how_it_is_written() {
        let fingerprint = |text: &str| {
            let scenario = load_text("site.yaml", text, &[]).scenario.unwrap();
            Study::of(&scenario, 1, 2, Measures::of(&scenario, &[]).columns()).scenario
        };
        let same = TEXT.replace("run:", "# A remark.\nrun:");
        assert_eq!(fingerprint(&same), fingerprint(TEXT));
        for (one, other) in [("1ms", "1.000001ms"), ("1/s", "2/s"), ("20ms", "21ms"), ("web", "app")] {
            assert_ne!(fingerprint(&TEXT.replace(one, other)), fingerprint(TEXT), "{other}");
        }
    }

    #[test]
    fn what_does_not_belong_together_is_refused_by_name() {
        let all = || [1, 2, 3].map(|number| shard(number, 3, 10)).to_vec();
        type Shards = Vec<(String, Shard)>;
        let refusal = |change: fn(&mut Shards)| {
            let mut shards = all();
            change(&mut shards);
            merge(shards).unwrap_err().to_string()
        };
        let foreign = "shard-3-of-3.spof does not belong to shard-1-of-3.spof: ";
        let of = |difference: &str| format!("{foreign}{difference}");
        assert_eq!(refusal(|shards| shards[2].1.study.seed = 9), of("its seed is 9, not 3"));
        assert_eq!(
            refusal(|shards| shards[2].1.study.version = "9.9".into()),
            of(&format!("it was made by spof 9.9, not {}", env!("CARGO_PKG_VERSION")))
        );
        assert_eq!(
            refusal(|shards| shards[2].1.study.scenario = "0".into()),
            of("its scenario is another one, or has other settings")
        );
        assert_eq!(
            refusal(|shards| shards[2] = shard(3, 3, 11)).split(": ").nth(1),
            Some("it belongs to 11 replications, not 10")
        );
        let other_cut = refusal(|shards| shards[2] = shard(3, 4, 10));
        assert!(other_cut.ends_with("it is one of 4 shards, not of 3"), "{other_cut}");
        let twice = refusal(|shards| shards.push(("copy.spof".to_owned(), shards[1].1.clone())));
        assert!(twice.starts_with("copy.spof and shard-2-of-3.spof are both shard 2 of 3"), "{twice}");
        assert_eq!(refusal(|shards| shards.truncate(1)), "shards 2, 3 of 3 are not there");
        assert_eq!(refusal(|shards| shards.clear()), "there are no shards to put together");
    }
}
