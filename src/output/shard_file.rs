//! `shard-2-of-8.spof`: the figures of some runs of a study, bit for bit, with all that it takes to
//! put them together with the others, and with a fingerprint by which a torn file is known.

use crate::analysis::shard::{FirstRun, Part, REPLICATIONS_MOST, Shard, Study};
use crate::parts::fingerprint::Fingerprint;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// The first line; another number stands for another form of what follows.
const HEADING: &str = "spof shard 1";
const FINGERPRINT: &str = "fingerprint ";

/// The second line.
#[derive(Serialize, Deserialize)]
struct Header {
    part: Part,
    study: Study,
    command: Vec<String>,
    first_run: Option<FirstRun>,
}

/// The number of each run and its figures as the bits of their numbers.
pub fn to_text(shard: &Shard) -> String {
    let header = Header {
        part: shard.part,
        study: shard.study.clone(),
        command: shard.command.clone(),
        first_run: shard.first_run.clone(),
    };
    let header = serde_json::to_string(&header).expect("it holds nothing that JSON cannot say");
    let mut text = format!("{HEADING}\n{header}\n");
    for (number, figures) in shard.runs().zip(&shard.figures) {
        // Writing to a text cannot fail.
        let _ = write!(text, "{number}");
        figures.iter().for_each(|figure| {
            let _ = write!(text, " {:016x}", figure.to_bits());
        });
        text.push('\n');
    }
    let fingerprint = Fingerprint::of(text.as_bytes());
    text + &format!("{FINGERPRINT}{fingerprint}\n")
}

/// What is wrong is told in a sentence.
pub fn from_text(text: &str) -> Result<Shard, String> {
    let Some(rest) = text.strip_prefix("spof shard ") else {
        return Err("this is no shard of a study".to_owned());
    };
    if !text.starts_with(&format!("{HEADING}\n")) {
        let form = rest.lines().next().unwrap_or("");
        return Err(format!("this is a shard of form {form}, which this spof does not read"));
    }
    const TORN: &str = "this shard is torn: it is not what was written";
    let (body, last) = text.trim_end_matches('\n').rsplit_once('\n').ok_or(TORN)?;
    let body = &text[..body.len() + 1];
    if last.strip_prefix(FINGERPRINT) != Some(&Fingerprint::of(body.as_bytes()).to_string()) {
        return Err(TORN.to_owned());
    }
    // From here on only a file that was made to look like one is refused.
    let mut lines = body.lines().skip(1);
    let header: Header =
        serde_json::from_str(lines.next().unwrap_or("")).map_err(|error| format!("its header: {error}"))?;
    let Header { part, study, command, first_run } = header;
    let part = Part::new(part.number(), part.of())
        .filter(|part| part.of() <= study.replications && study.replications <= REPLICATIONS_MOST)
        .ok_or_else(|| format!("{part} of {} replications cannot be", study.replications))?;
    let mut figures = Vec::new();
    for (number, line) in part.runs(study.replications).zip(&mut lines) {
        figures.push(run(line, number, study.columns.number()).ok_or(TORN)?);
    }
    if lines.next().is_some() || figures.len() != part.runs(study.replications).count() {
        return Err(TORN.to_owned());
    }
    Ok(Shard { study, part, command, first_run, figures })
}

fn run(line: &str, number: u64, figures: usize) -> Option<Vec<f64>> {
    let mut words = line.split(' ');
    if words.next()?.parse() != Ok(number) {
        return None;
    }
    let figure = |word: &str| u64::from_str_radix(word, 16).ok().map(f64::from_bits);
    let found: Vec<f64> = words.map(figure).collect::<Option<_>>()?;
    (found.len() == figures).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::study::Measures;
    use crate::scenario::load::load_text;

    fn shard() -> Shard {
        let text = "
run: { duration: 1m }
nodes: { users: { kind: user, arrivals: 1/s }, web: { kind: station } }
requests: { page: { path: [ web: 1ms ] } }
expect: [ 'mean < 20.3ms', 'p99.9 < 0.1s' ]
";
        let scenario = load_text("site.yaml", text, &[]).scenario.unwrap();
        let study = Study::of(&scenario, u64::MAX, 5, Measures::of(&scenario, &[]).columns());
        let odd = [f64::NAN, -0.0, f64::INFINITY, 0.1 + 0.2, f64::MIN_POSITIVE / 2.0];
        let run = |first: usize| (0..study.columns.number()).map(|place| odd[(first + place) % 5]).collect();
        let figures = vec![run(0), run(1), run(2)];
        let first_run = FirstRun {
            files: vec!["summary.json".to_owned()],
            summary: "0".to_owned(),
            story: Some("all went well".to_owned()),
        };
        let command = vec!["simulate".to_owned(), "a \"b\"\nc.yaml".to_owned()];
        Shard { study, part: Part::new(2, 2).unwrap(), command, first_run: Some(first_run), figures }
    }

    #[test]
    fn what_was_written_is_read_back_to_the_bit() {
        let shard = shard();
        let found = from_text(&to_text(&shard)).unwrap();
        let bits =
            |shard: &Shard| -> Vec<u64> { shard.figures.iter().flatten().map(|f| f.to_bits()).collect() };
        assert_eq!(bits(&found), bits(&shard));
        let bare = |shard: &Shard| Shard { figures: Vec::new(), ..shard.clone() };
        assert_eq!(bare(&found), bare(&shard));
        assert_eq!(to_text(&found), to_text(&shard));
    }

    #[test]
    fn what_is_not_whole_is_refused_wherever_it_is_cut_or_changed() {
        let text = to_text(&shard());
        for end in 0..text.len() - 1 {
            if let Some(cut) = text.get(..end) {
                assert!(from_text(cut).is_err(), "cut at {end}");
            }
        }
        for place in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[place] = if bytes[place] == b'1' { b'2' } else { b'1' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(from_text(&changed).is_err(), "changed at {place}");
        }
        let told = |text: &str| from_text(text).unwrap_err();
        assert_eq!(told("replication,mean_ms\n"), "this is no shard of a study");
        assert!(told("spof shard 2\n{}\n").contains("of form 2"));
    }

    #[test]
    fn what_only_looks_whole_is_refused_as_well() {
        let text = to_text(&shard());
        let body = &text[..text.find(FINGERPRINT).unwrap()];
        let sealed = |body: String| format!("{body}{FINGERPRINT}{}\n", Fingerprint::of(body.as_bytes()));
        assert!(from_text(&sealed(body.to_owned())).is_ok());
        for (from, to) in [
            ("\"number\":2", "\"number\":0"),
            ("\"of\":2", "\"of\":18446744073709551615"),
            ("\"replications\":5", "\"replications\":4000000000"),
            ("\"replications\":5", "\"replications\":4"),
            ("\n3 ", "\n4 "),
            ("\n4 ", "\n4 00 "),
            ("\"seed\"", "\"sed\""),
        ] {
            assert!(body.contains(from), "{from}");
            assert!(from_text(&sealed(body.replacen(from, to, 1))).is_err(), "{from} {to}");
        }
        let no_runs = body.lines().take(2).map(|line| format!("{line}\n")).collect::<String>();
        assert!(from_text(&sealed(no_runs)).is_err());
        assert!(from_text(&sealed(format!("{body}5\n"))).is_err());
    }
}
