//! Texts of one kind, which differ in names and figures only: many of them are told as one.

use rustc_hash::FxHashMap;

/// In the order of the first of each kind.
pub fn kinds<T>(items: &[T], text: impl Fn(&T) -> &str) -> Vec<Vec<&T>> {
    let mut kinds: Vec<Vec<&T>> = Vec::new();
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    for item in items {
        let place = *places.entry(shape(text(item))).or_insert(kinds.len());
        match kinds.get_mut(place) {
            Some(alike) => alike.push(item),
            None => kinds.push(vec![item]),
        }
    }
    kinds
}

/// What a text is about, beside another of its kind: the first name that the other has not.
pub fn name_in<'t>(text: &'t str, other: &str) -> Option<&'t str> {
    names(text).zip(names(other)).find(|(own, others)| own != others).map(|(own, _)| own)
}

/// Names stand in backquotes.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn shape(text: &str) -> String {
    let mut shape = String::new();
    for (number, piece) in text.split('`').enumerate() {
        if number % 2 == 1 {
            shape.push('`');
            continue;
        }
        let is_figure = |letter: char| letter.is_ascii_digit() || ".,".contains(letter);
        shape.extend(piece.chars().filter(|letter| !is_figure(*letter)));
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_in_names_and_figures_are_of_one_kind() {
        let texts = ["the cores of `a` take 120 %", "`a` is idle", "the cores of `b` take 97.5 %"];
        let kinds = kinds(&texts, |text| text);
        assert_eq!(kinds, [vec![&texts[0], &texts[2]], vec![&texts[1]]]);
        assert_eq!(name_in(texts[2], texts[0]), Some("b"));
        assert_eq!(name_in(texts[0], texts[0]), None);
    }
}
