//! `report.html`: a run in one page that opens anywhere, without a network and, but for the
//! interaction, without JavaScript. It is made of the run's files alone.

mod cards;
mod colours;
mod html;
mod limits;
mod scenario;
mod shared_boxes;
mod story;
mod tables;
#[cfg(test)]
mod tests;
mod timelines;
mod tried;

use super::charts::{Chart, Look, PaintError, Theme, WIDTH_USUAL, embedded};
use super::record::{Facts, Record};
use super::terminal::figure::count;
use crate::telling::Sentence;
use crate::telling::words::span;
use cards::cards;
use html::{details, escaped, list, section};
use std::fmt;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");
const UPLOT: &str = include_str!("../../../assets/uplot/uPlot.iife.min.js");
const UPLOT_STYLE: &str = include_str!("../../../assets/uplot/uPlot.min.css");
const UPLOT_LICENSE: &str = include_str!("../../../assets/uplot/LICENSE");

/// The name of the file.
pub const FILE_NAME: &str = "report.html";

/// Why there is no report.
#[derive(Debug)]
pub enum ReportError {
    /// The file without which there is nothing to report.
    Missing(&'static str),
    Paint(PaintError),
}

impl fmt::Display for ReportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReportError::Missing(file) => write!(formatter, "{file} is missing"),
            ReportError::Paint(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for ReportError {}

pub fn render(record: &Record) -> Result<String, ReportError> {
    let facts = record.facts.as_ref().ok_or(ReportError::Missing("summary.json"))?;
    let sections = [
        ("summary", "In short", summary(record, facts)),
        ("tried", "What would help", record.advice.as_ref().map_or(String::new(), tried::body)),
        ("availability", "Availability", availability(record, facts)?),
        ("timelines", "Over time", over_time(record)?),
        ("requests", "Requests and latencies", requests(record, facts)?),
        ("nodes", "Nodes", nodes(record, facts)?),
        ("trust", "How far to trust the figures", trust(facts)),
        ("scenario", "The scenario", scenario::body(record, facts)),
        ("limits", "Limits of the model", limits()),
    ];
    let sections: Vec<_> = sections.into_iter().filter(|(_, _, body)| !body.is_empty()).collect();
    let links = sections.iter().map(|(id, heading, _)| format!("<a href=\"#{id}\">{heading}</a>"));
    let links: Vec<String> = links.collect();
    let body: String = sections.iter().map(|(id, heading, body)| section(id, heading, body)).collect();
    Ok(page(record, facts, &links.join("\n"), &body))
}

fn page(record: &Record, facts: &Facts, links: &str, body: &str) -> String {
    let (name, version) = (escaped(&record.name), escaped(&facts.version));
    let heading = heading(facts);
    let colours = colours::meanings(body);
    // JSON within HTML must not be able to end its element.
    let data = timelines::timelines(record);
    let data = data.and_then(|data| serde_json::to_string(&data).ok()).unwrap_or("null".to_owned());
    let data = data.replace('<', "\\u003c");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"generator\" content=\"spof {version}\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src 'unsafe-inline'; img-src data:\">\n\
         <title>{name} · spof</title>\n<link rel=\"icon\" href=\"data:,\">\n\
         <style>\n{UPLOT_STYLE}\n{STYLE}{colours}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#summary\">Skip to the summary</a>\n\
         <header>\n<h1>{name}</h1>\n<p>{heading}</p>\n</header>\n\
         <nav aria-label=\"Sections\">\n{links}\n</nav>\n<main>\n{body}</main>\n\
         <footer>\n<p>Simulated with spof {version}. All times are simulated.</p>\n</footer>\n\
         <script type=\"application/json\" id=\"series\">{data}</script>\n\
         <script>\n/*\n{}*/\n{UPLOT}</script>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        UPLOT_LICENSE.replace("*/", "* /")
    )
}

fn heading(facts: &Facts) -> String {
    let run = &facts.run;
    let warmup = match run.warmup_s {
        0.0 => String::new(),
        seconds => format!("; the first {} are warm-up ({})", span(seconds), escaped(&run.warmup)),
    };
    let stopped = match run.stopped.as_str() {
        "" => String::new(),
        stopped => format!(", stopped {}", escaped(stopped)),
    };
    let requests = run.offered.map_or("no".to_owned(), count);
    format!("{} simulated{stopped}; {requests} requests; seed {}{warmup}.", span(run.simulated_s), facts.seed)
}

fn summary(record: &Record, facts: &Facts) -> String {
    let told = &facts.told;
    if told.headline.is_empty() {
        // Files of an earlier version.
        return format!("<p class=\"verdict\">This run has not been judged.</p>\n{}", cards(facts));
    }
    let class = if told.is_bad { "bad" } else { "good" };
    let mut text = format!("<p class=\"verdict {class}\">{}</p>\n", html::sentence(&told.headline.text));
    text.push_str(&format!("<p>{}</p>\n", html::sentence(&told.how_sure.text)));
    text.push_str(&cards(facts));
    let texts = |sentences: &[Sentence]| sentences.iter().map(|one| one.text.clone()).collect::<Vec<_>>();
    let headroom: Vec<String> = told.headroom.iter().map(|one| one.text.clone()).collect();
    for (heading, told) in [
        ("What happened, and why", texts(&told.happened)),
        ("What it cost", story::cost(record, facts)),
        ("What was lost without anybody being told", texts(&told.in_silence)),
        ("How much more it carries", headroom),
        ("What would help", record.advice.iter().map(|answer| answer.told.headline.text.clone()).collect()),
    ] {
        if !told.is_empty() {
            text.push_str(&format!("<h3>{heading}</h3>\n{}", list(&told)));
        }
    }
    text
}

/// A chart within the page, if its file is there.
fn figure(record: &Record, chart: Chart, class: &str) -> Result<String, ReportError> {
    if !chart.can_be_drawn(record) {
        return Ok(String::new());
    }
    let picture = |theme: Theme| {
        let look = Look { theme, width: f64::from(WIDTH_USUAL) };
        embedded(chart, record, &look).map_err(ReportError::Paint)
    };
    let picture = colours::in_both(&picture(Theme::Light)?, &picture(Theme::Dark)?);
    let id = format!("chart-{}", chart.name());
    Ok(format!("<figure id=\"{id}\"{class}>\n{picture}</figure>\n"))
}

fn availability(record: &Record, facts: &Facts) -> Result<String, ReportError> {
    let picture = figure(record, Chart::Availability, "")?;
    let tables = [
        tables::phases(facts),
        tables::outages_table(record),
        tables::events_table(record),
        tables::views(facts),
    ];
    Ok(picture + &tables.concat())
}

/// The pictures are there for paper and for browsers without JavaScript, which otherwise puts
/// diagrams in their place that can be looked into.
fn over_time(record: &Record) -> Result<String, ReportError> {
    let still = " class=\"still\"";
    let text = figure(record, Chart::Timeline, still)?;
    Ok(format!("<div id=\"interactive\" hidden></div>\n{text}"))
}

fn requests(record: &Record, facts: &Facts) -> Result<String, ReportError> {
    let mut text = tables::expectations(facts) + &tables::classes(facts);
    text.push_str(&figure(record, Chart::Latency, "")?);
    text.push_str(&tables::tail(facts));
    for chart in [Chart::Waterfall, Chart::Heatmap] {
        text.push_str(&figure(record, chart, "")?);
    }
    Ok(text)
}

fn nodes(record: &Record, facts: &Facts) -> Result<String, ReportError> {
    let topology = figure(record, Chart::Topology, "")? + &shared_boxes::lists(record);
    let utilisation = figure(record, Chart::Utilisation, "")?;
    Ok(topology + &tables::resources(facts) + &tables::nodes(facts) + &utilisation)
}

fn trust(facts: &Facts) -> String {
    let mut told: Vec<String> = facts.notices.iter().map(|notice| notice.text.clone()).collect();
    let close = facts.expectations.iter().filter(|expectation| expectation.uncertain);
    told.extend(close.map(|expectation| {
        format!("`{}` is a close call: another seed may judge otherwise.", expectation.text)
    }));
    told.push(
        "± is half of a 95 % confidence interval of this one run. Latency counts from the moment the user meant to \
         send until the last byte of the answer, retries included."
            .to_owned(),
    );
    list(&told)
}

fn limits() -> String {
    let intro = "<p>What is not so in reality. Where it matters to a question, the answer needs a second thought.</p>\n";
    let limits = limits::limits();
    format!("{intro}{}", details(&format!("{} limits", limits.len()), &list(&limits)))
}
