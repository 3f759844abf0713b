//! The one form of all reports: first what everybody wants to know, then what engineers look into, then
//! the small print. A page opens anywhere, without a network and, but for the interaction, without JavaScript.

use super::colours;
use super::html::{escaped, section};

const STYLE: &str = include_str!("report.css");
const PRINT_STYLE: &str = include_str!("print.css");
const SCRIPT: &str = include_str!("report.js");
const UPLOT: &str = include_str!("../../../assets/uplot/uPlot.iife.min.js");
const UPLOT_STYLE: &str = include_str!("../../../assets/uplot/uPlot.min.css");
const UPLOT_LICENSE: &str = include_str!("../../../assets/uplot/LICENSE");

/// Who reads a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Whoever has a minute: the answer.
    Anybody,
    Engineer,
    /// Whoever doubts it, or wants to do it again.
    Doubter,
}

pub struct Section {
    id: &'static str,
    heading: &'static str,
    reader: Reader,
    body: String,
}

impl Section {
    pub fn new(reader: Reader, id: &'static str, heading: &'static str, body: String) -> Section {
        Section { id, heading, reader, body }
    }
}

pub struct Page<'a> {
    /// What it is about.
    pub name: &'a str,
    /// How it was made, in one line.
    pub about: String,
    pub version: &'a str,
    /// In the order of their readers; those without a body are left out.
    pub sections: Vec<Section>,
    /// The series of diagrams that can be looked into, as JSON.
    pub series: Option<String>,
}

impl Page<'_> {
    pub fn text(&self) -> String {
        debug_assert!(self.sections.is_sorted_by_key(|section| section.reader as u8));
        let sections: Vec<&Section> =
            self.sections.iter().filter(|section| !section.body.is_empty()).collect();
        let (name, version) = (escaped(self.name), escaped(self.version));
        let first = sections.first().map_or("", |section| section.id);
        let (links, body) = (links(&sections), body(&sections));
        let (head, scripts) = (self.head(&body), self.scripts());
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n{head}<body>\n\
             <a class=\"skip\" href=\"#{first}\">Skip to the answer</a>\n\
             <header>\n<h1>{name}</h1>\n<p>{}</p>\n</header>\n\
             <nav aria-label=\"Sections\">\n{links}</nav>\n<main>\n{body}</main>\n\
             <footer>\n<p>Made with spof {version}. All times are those of the model.</p>\n</footer>\n\
             {scripts}</body>\n</html>\n",
            self.about
        )
    }

    fn head(&self, body: &str) -> String {
        let (name, version) = (escaped(self.name), escaped(self.version));
        let (colours, uplot) =
            (colours::meanings(body), if self.series.is_some() { UPLOT_STYLE } else { "" });
        format!(
            "<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"generator\" content=\"spof {version}\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
             script-src 'unsafe-inline'; img-src data:\">\n\
             <title>{name} · spof</title>\n<link rel=\"icon\" href=\"data:,\">\n\
             <style>\n{uplot}\n{STYLE}{PRINT_STYLE}{colours}</style>\n</head>\n"
        )
    }

    fn scripts(&self) -> String {
        let Some(series) = &self.series else { return String::new() };
        // JSON within HTML must not be able to end its element.
        let series = series.replace('<', "\\u003c");
        format!(
            "<script type=\"application/json\" id=\"series\">{series}</script>\n\
             <script>\n/*\n{}*/\n{UPLOT}</script>\n<script>\n{SCRIPT}</script>\n",
            UPLOT_LICENSE.replace("*/", "* /")
        )
    }
}

/// To the sections, reader by reader.
fn links(sections: &[&Section]) -> String {
    let groups = sections.chunk_by(|one, next| one.reader == next.reader);
    let group = |sections: &[&Section]| {
        let link = |section: &&Section| format!("<a href=\"#{}\">{}</a>", section.id, section.heading);
        format!("<span>{}</span>\n", sections.iter().map(link).collect::<Vec<_>>().join("\n"))
    };
    groups.map(group).collect()
}

fn body(sections: &[&Section]) -> String {
    let groups = sections.chunk_by(|one, next| one.reader == next.reader);
    let group = |sections: &[&Section]| {
        let class = match sections[0].reader {
            Reader::Anybody => "anybody",
            Reader::Engineer => "engineer",
            Reader::Doubter => "doubter",
        };
        let sections = sections.iter().map(|one| section(one.id, one.heading, &one.body));
        format!("<div class=\"{class}\">\n{}</div>\n", sections.collect::<String>())
    };
    groups.map(group).collect()
}
