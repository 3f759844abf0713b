//! Whether a design is better than another, in words.

use super::answer::{Answer, claim, few, how_sure, known, stands};
use super::claims::{Claim, Sentence};
use super::figure::{count, difference};
use super::words::{and, and_more, capital};
use crate::analysis::comparison::{ComparedFigure, Comparison, Difference};
use crate::analysis::preference::{MATTER_MOST, Preference, Stands};

/// Figures that are told with all that is known of them; others are named.
const FIGURES_MOST: usize = 2;
const NAMED_MOST: usize = 4;
/// When it takes so many times as many replications, saying so helps less than saying how small
/// the difference is at most.
const MANY_TIMES: u64 = 100;

pub fn tell(comparison: &Comparison) -> Answer {
    let sentences: Vec<Sentence> =
        (0..comparison.preferences.len()).map(|place| of_variant(comparison, place)).collect();
    let (headline, further) = match <[Sentence; 1]>::try_from(sentences) {
        Ok([one]) => (one, Vec::new()),
        Err(several) => (together(comparison), several),
    };
    Answer { headline, is_bad: false, how_sure: sure(comparison), further }
}

/// How the difference of a variant to the first is called, and told.
struct Pair<'c> {
    comparison: &'c Comparison,
    /// Among the variants but the first.
    place: usize,
    preference: &'c Preference,
}

impl Pair<'_> {
    fn figure(&self, name: &str) -> Option<&ComparedFigure> {
        self.comparison.figures.iter().find(|figure| figure.class.is_none() && figure.name == name)
    }

    fn first(&self) -> &str {
        &self.comparison.variants[0].name
    }

    /// `availability (99.2 ±0.3 % instead of 71.0 ±4.0 %, +28.1 ±4.0 points)`
    fn told(&self, name: &str) -> Option<(String, Vec<Claim>)> {
        let figure = self.figure(name)?;
        let found = &figure.differences[self.place];
        let (own, first) = (&figure.means[self.place + 1], &figure.means[0]);
        let apart = difference(found.estimate.value?, found.estimate.half_width, figure.unit);
        let text = format!(
            "{name} ({} instead of {}, {apart})",
            known(own, figure.unit)?,
            known(first, figure.unit)?
        );
        let claims = [
            claim(name, &self.preference.variant, own),
            claim(name, self.first(), first),
            claim(&format!("{name} difference"), &self.preference.variant, &found.estimate),
        ];
        Some((text, claims.into_iter().flatten().collect()))
    }

    /// Those that matter most, or else the first, with all that is known of them; the others by name.
    fn all(&self, names: &[String]) -> (String, Vec<Claim>) {
        let matter_most = names.iter().take_while(|name| MATTER_MOST.contains(&name.as_str())).count();
        let in_full = matter_most.clamp(1, FIGURES_MOST);
        let mut claims = Vec::new();
        let mut parts = Vec::new();
        for (place, name) in names.iter().enumerate() {
            let (text, more) = match self.told(name).filter(|_| place < in_full) {
                Some(told) => told,
                None => (name.clone(), Vec::new()),
            };
            parts.push(text);
            claims.extend(more);
        }
        (and_more(&parts, NAMED_MOST), claims)
    }

    /// All variants are of one file, with other settings.
    fn is_by_settings(&self) -> bool {
        let variants = &self.comparison.variants;
        let first = &variants[0];
        variants.iter().all(|variant| variant.file == first.file && variant.name != first.file)
            && variants[self.place + 1].settings != first.settings
    }

    /// `Without retries it`, `With more workers it`, or `other` of another file.
    fn subject(&self) -> String {
        let name = &self.preference.variant;
        let (first, rest) = name.split_once(' ').unwrap_or((name, ""));
        match (self.is_by_settings(), first.to_lowercase().as_str()) {
            (true, "no" | "without") if !rest.is_empty() => format!("Without {rest} it"),
            (true, "with") if !rest.is_empty() => format!("With {rest} it"),
            (true, _) => format!("With `{name}` it"),
            (false, _) => format!("`{name}`"),
        }
    }

    /// What it is held against, where that does not go without saying.
    fn than(&self) -> String {
        match self.is_by_settings() {
            true => String::new(),
            false => format!(" than `{}`", self.first()),
        }
    }
}

fn pair(comparison: &Comparison, place: usize) -> Pair<'_> {
    Pair { comparison, place, preference: &comparison.preferences[place] }
}

fn of_variant(comparison: &Comparison, place: usize) -> Sentence {
    let pair = pair(comparison, place);
    let preference = pair.preference;
    let (for_it, against_it) = (&preference.better_in, &preference.worse_in);
    let (subject, than) = (pair.subject(), pair.than());
    let (word, opposite, main, contrary) = match preference.stands {
        Stands::Better => ("better", "worse", for_it, against_it),
        Stands::Worse => ("worse", "better", against_it, for_it),
        Stands::Mixed => return mixed(&pair),
        Stands::Alike => return alike(&pair),
        Stands::CannotTell => return cannot_tell(&pair),
    };
    let (mut text, mut claims) = pair.all(main);
    claims.push(stands(&preference.variant, word));
    if !contrary.is_empty() {
        let (told, more) = pair.all(contrary);
        text.push_str(&format!("; but {opposite} in {told}"));
        claims.extend(more);
    }
    let open: Vec<String> = preference.cannot_tell.clone();
    if !open.is_empty() {
        text.push_str(&format!("; no difference can be told in {}", and_more(&open, NAMED_MOST)));
    }
    Sentence::new(format!("{subject} is {word}{than}: in {text}."), claims)
}

fn mixed(pair: &Pair) -> Sentence {
    let (better, mut claims) = pair.all(&pair.preference.better_in);
    let (worse, more) = pair.all(&pair.preference.worse_in);
    claims.extend(more);
    claims.push(stands(&pair.preference.variant, "mixed"));
    let text = format!("{} is better{} in {better}, and worse in {worse}.", pair.subject(), pair.than());
    Sentence::new(text, claims)
}

fn alike(pair: &Pair) -> Sentence {
    let names = and_more(&pair.preference.alike, NAMED_MOST);
    let than = if pair.is_by_settings() { String::new() } else { format!(" than `{}`", pair.first()) };
    Sentence::new(
        format!("{} is no different{than}: {names} were the same in every run.", pair.subject()),
        vec![stands(&pair.preference.variant, "alike")],
    )
}

/// How far apart they are at most, and what it would take to tell.
fn cannot_tell(pair: &Pair) -> Sentence {
    let preference = pair.preference;
    let replications = pair.comparison.replications;
    let mut claims = vec![stands(&preference.variant, "cannot_tell")];
    let told = preference.cannot_tell.iter().take(FIGURES_MOST).filter_map(|name| {
        let figure = pair.figure(name)?;
        let found = &figure.differences[pair.place];
        claims.extend(claim(&format!("{name} difference"), &preference.variant, &found.estimate));
        Some(match found.at_most {
            Some(at_most) => {
                let most = difference(at_most, None, figure.unit);
                format!("{name} differs by at most {}", most.trim_start_matches('+'))
            }
            None => format!("{name} has no interval yet"),
        })
    });
    let told: Vec<String> = told.collect();
    let needed = preference.cannot_tell.iter().find_map(|name| {
        let needed = needed(&pair.figure(name)?.differences[pair.place], replications)?;
        Some(format!(
            "; about {} replications would tell a difference in {name} as large as the one seen",
            count(needed)
        ))
    });
    let needed = needed.unwrap_or_default();
    Sentence::new(
        format!(
            "Whether {} is better{} cannot be told after {} replications: {}{needed}.",
            decapitalised(&pair.subject()),
            pair.than(),
            count(replications),
            and(&told)
        ),
        claims,
    )
}

fn decapitalised(subject: &str) -> String {
    let mut letters = subject.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

/// So many would tell, unless that is out of reach.
pub fn needed(found: &Difference, replications: u64) -> Option<u64> {
    found.replications_needed.filter(|needed| *needed <= replications.saturating_mul(MANY_TIMES))
}

/// Several variants in one sentence.
fn together(comparison: &Comparison) -> Sentence {
    let first = comparison.variants.first().map_or("", |variant| variant.name.as_str());
    let mut claims = Vec::new();
    let mut parts = Vec::new();
    for (wanted, word) in [
        (Stands::Better, format!("better than `{first}`")),
        (Stands::Worse, "worse".to_owned()),
        (Stands::Mixed, "better in some and worse in others".to_owned()),
        (Stands::CannotTell, "not to be told yet".to_owned()),
        (Stands::Alike, "no different".to_owned()),
    ] {
        let mut named = Vec::new();
        for (place, preference) in comparison.preferences.iter().enumerate() {
            if preference.stands != wanted {
                continue;
            }
            claims.push(stands(&preference.variant, as_data(wanted)));
            let apart = decisive(&pair(comparison, place));
            let told = apart.map_or(String::new(), |(text, claim)| {
                claims.extend(claim);
                format!(" ({text})")
            });
            named.push(format!("`{}`{told}", preference.variant));
        }
        if !named.is_empty() {
            let is = if named.len() == 1 { "is" } else { "are" };
            parts.push(format!("{} {is} {word}", and(&named)));
        }
    }
    Sentence::new(format!("{}.", capital(&parts.join("; "))), claims)
}

/// `availability +28.1 ±4.0 points`
fn decisive(pair: &Pair) -> Option<(String, Option<Claim>)> {
    let preference = pair.preference;
    let name = preference.decided_by.as_ref();
    let name = name.or(preference.better_in.first()).or(preference.worse_in.first())?;
    let figure = pair.figure(name)?;
    let estimate = &figure.differences[pair.place].estimate;
    let text = format!("{name} {}", difference(estimate.value?, estimate.half_width, figure.unit));
    Some((text, claim(&format!("{name} difference"), &preference.variant, estimate)))
}

fn as_data(wanted: Stands) -> &'static str {
    match wanted {
        Stands::Better => "better",
        Stands::Worse => "worse",
        Stands::Mixed => "mixed",
        Stands::Alike => "alike",
        Stands::CannotTell => "cannot_tell",
    }
}

fn sure(comparison: &Comparison) -> Sentence {
    let percent = |level: f64| (level * 1e4).round() / 100.0;
    let pairs = format!("{} pairs of runs that share their chance", count(comparison.replications));
    let level = format!("an interval holds the truth in {} of 100 comparisons", percent(comparison.level));
    let each = (comparison.variants.len() > 2).then(|| {
        format!(
            "those of one figure all at once, and each by itself in {} (Bonferroni)",
            percent(comparison.level_of_each)
        )
    });
    how_sure([Some(pairs), few(comparison.replications), Some(level), each].into_iter().flatten())
}
