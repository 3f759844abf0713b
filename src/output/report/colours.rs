//! Pictures that are light on a light page and dark on a dark one, each only once in the page: where a
//! colour differs between both, a variable stands that is named after the two.

use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use std::fmt::Write;

/// `#rrggbb` without the mark.
const DIGITS: usize = 6;

/// Made of the same picture in both themes, which differ in colours alone; the light one if they do not.
pub fn in_both(light: &str, dark: &str) -> String {
    if light.len() != dark.len() {
        return light.to_owned();
    }
    let mut picture = String::with_capacity(light.len() + light.len() / 4);
    let mut rest = 0;
    for (place, _) in light.match_indices("\"#") {
        let (start, end) = (place + 2, place + 2 + DIGITS);
        let [Some(one), Some(other)] = [light, dark].map(|text| code(text, start, end)) else { continue };
        picture.push_str(&light[rest..=place]);
        for part in ["var(--", one, other, ")"] {
            picture.push_str(part);
        }
        rest = end;
    }
    picture.push_str(&light[rest..]);
    picture
}

/// The digits of a colour that ends with its attribute.
fn code(text: &str, start: usize, end: usize) -> Option<&str> {
    let digits = text.get(start..end)?;
    let is_one = digits.bytes().all(|byte| byte.is_ascii_hexdigit()) && text[end..].starts_with('"');
    is_one.then_some(digits)
}

/// What these variables mean, for all that stand in a page.
pub fn meanings(page: &str) -> String {
    let names = page.match_indices("\"var(--").filter_map(|(place, mark)| {
        let start = place + mark.len();
        page.get(start..start + 2 * DIGITS)
    });
    let names: FxHashSet<&str> = names.collect();
    let names: BTreeSet<&str> = names.into_iter().collect();
    let all = |first: usize| {
        let mut text = String::new();
        for name in names.iter().filter(|name| name.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            write!(text, "--{name}:#{};", &name[first..first + DIGITS]).expect("a text takes everything");
        }
        text
    };
    format!(
        ":root {{ {} }}\n@media screen and (prefers-color-scheme: dark) {{ :root {{ {} }} }}\n",
        all(0),
        all(DIGITS)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_variables_of_both_themes_and_nothing_else_does() {
        let light = "<rect fill=\"#FFFFFF\"/><text fill=\"#1C2630\">a \"#12\" é</text>";
        let dark = "<rect fill=\"#13171C\"/><text fill=\"#E8ECF0\">a \"#12\" é</text>";
        let both = in_both(light, dark);
        assert_eq!(
            both,
            "<rect fill=\"var(--FFFFFF13171C)\"/><text fill=\"var(--1C2630E8ECF0)\">a \"#12\" é</text>"
        );
        assert_eq!(
            meanings(&both),
            ":root { --1C2630E8ECF0:#1C2630;--FFFFFF13171C:#FFFFFF; }\n@media screen and \
             (prefers-color-scheme: dark) { :root { --1C2630E8ECF0:#E8ECF0;--FFFFFF13171C:#13171C; } }\n"
        );
        assert_eq!(in_both(light, "<rect/>"), light);
    }
}
