//! A page as a reader sees it who takes nothing on trust: every element is closed, every name is there
//! once, tables are read by their captions, and colours by what the style says.

use std::collections::BTreeMap;

/// These have no end.
const VOID: [&str; 6] = ["meta", "link", "br", "img", "hr", "input"];

pub struct Page {
    text: String,
    pub elements: Vec<Element>,
}

#[derive(Clone, Debug, Default)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    /// All that is read within it.
    pub text: String,
    /// The elements around it, by their place.
    pub around: Vec<usize>,
}

impl Page {
    /// Panics where something is not closed, or closed twice.
    pub fn read(text: &str) -> Page {
        let mut elements: Vec<Element> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let mut rest = text.strip_prefix("<!DOCTYPE html>").expect("it says what it is");
        while let Some((before, behind)) = rest.split_once('<') {
            open.iter().for_each(|place| elements[*place].text.push_str(&unescaped(before)));
            let (tag, after) = behind.split_once('>').expect("a tag ends");
            rest = after;
            if let Some(name) = tag.strip_prefix('/') {
                let last = open.pop().unwrap_or_else(|| panic!("</{name}> closes nothing"));
                assert_eq!(elements[last].name, name, "{}", elements[last].text);
                continue;
            }
            let is_closed = tag.ends_with('/');
            let (name, attributes) = tag.trim_end_matches('/').split_once(' ').unwrap_or((tag, ""));
            elements.push(Element {
                name: name.trim_end_matches('/').to_owned(),
                attributes: attributes_of(attributes),
                text: String::new(),
                around: open.clone(),
            });
            let place = elements.len() - 1;
            match name {
                // What stands in these is no HTML.
                "script" | "style" => {
                    let (inside, after) = rest.split_once(&format!("</{name}>")).expect("it ends");
                    elements[place].text = inside.to_owned();
                    rest = after;
                }
                name if is_closed || VOID.contains(&name) => {}
                _ => open.push(place),
            }
        }
        assert!(
            open.is_empty(),
            "{:?} stay open",
            open.iter().map(|it| &elements[*it].name).collect::<Vec<_>>()
        );
        Page { text: text.to_owned(), elements }
    }

    pub fn size(&self) -> usize {
        self.text.len()
    }

    pub fn all(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.elements.iter().filter(move |element| element.name == name)
    }

    /// What somebody reads from top to bottom.
    pub fn words(&self) -> String {
        let body = self.all("body").next().expect("there is a body");
        body.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The lines of the first table whose caption begins so, cell by cell.
    pub fn table(&self, caption: &str) -> Vec<Vec<String>> {
        let is_it = |element: &&Element| element.name == "caption" && element.text.starts_with(caption);
        let found = self.elements.iter().find(is_it).unwrap_or_else(|| panic!("a table `{caption}`"));
        let table = *found.around.last().expect("it stands in a table");
        let mut lines: Vec<(usize, Vec<String>)> = Vec::new();
        for element in self.elements.iter().filter(|element| element.around.contains(&table)) {
            let is_cell =
                element.name == "td" || element.attributes.get("scope").is_some_and(|it| it == "row");
            if let (true, Some(line)) = (is_cell, element.around.last().copied()) {
                match lines.last_mut().filter(|(last, _)| *last == line) {
                    Some((_, cells)) => cells.push(element.text.clone()),
                    None => lines.push((line, vec![element.text.clone()])),
                }
            }
        }
        lines.into_iter().map(|(_, cells)| cells).collect()
    }

    /// The colours that the style gives names to: on a light page, and on a dark one.
    pub fn colours(&self) -> [BTreeMap<String, String>; 2] {
        let style = &self.all("style").next().expect("there is a style").text;
        let named = |from: &str| -> BTreeMap<String, String> {
            let block = from.split_once(":root {").expect("colours have names").1;
            let block = block.split_once('}').expect("they end").0;
            let pairs = block.split(';').filter_map(|pair| pair.trim().strip_prefix("--")?.split_once(':'));
            pairs.map(|(name, colour)| (name.to_owned(), colour.trim().to_owned())).collect()
        };
        let light = style.split_once("color-scheme: light dark").expect("it is both").0;
        let own = &style[light.rfind(":root").expect("colours have names")..];
        let dark = own.split_once("@media (prefers-color-scheme: dark)").expect("there is a dark one").1;
        [named(own), named(dark)]
    }
}

fn attributes_of(text: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut rest = text;
    while let Some((name, behind)) = rest.split_once("=\"") {
        let (value, after) = behind.split_once('"').expect("a value ends");
        // Words without a value stand before it.
        let name = name.split_whitespace().last().unwrap_or_default().to_owned();
        assert!(all.insert(name.clone(), unescaped(value)).is_none(), "{name} is there twice");
        rest = after;
    }
    all
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// How well two colours, `#rrggbb` or `#rgb`, can be told apart, as WCAG has it: from 1 to 21.
pub fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: &str) -> f64 {
    let digits = colour.trim_start_matches('#');
    let digits: String = match digits.len() {
        3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
        _ => digits.to_owned(),
    };
    let part = |place: usize| {
        let share = f64::from(u8::from_str_radix(&digits[place..place + 2], 16).expect("two digits")) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}
