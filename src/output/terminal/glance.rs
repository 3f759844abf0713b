//! A run at a glance, for a person without a browser: how latencies were spread, and when the
//! site was up.

use super::figure::length;
use super::folding::columns_of;
use super::letters::Letters;
use super::page::Page;
use super::table::{Paint, painted};
use crate::output::charts::scale::{Scale, Tick, latency_ticks, time_ticks};
use crate::output::charts::states::{State, in_columns, in_pieces, of_site};
use crate::output::record::{LogRows, Record};

const COLUMNS: usize = 64;
const COLUMNS_LEAST: usize = 16;
/// The names at the left, with what is between them and the columns.
const INDENT: usize = 16;
const NANOSECOND_MS: f64 = 1e-6;

pub struct Glance {
    /// The share of the good answers in each column.
    latencies: Vec<f64>,
    low_ms: f64,
    high_ms: f64,
    states: Vec<State>,
    end_s: f64,
}

impl Glance {
    pub fn of(record: &Record) -> Glance {
        let histogram = record.latencies.as_ref().map(|latencies| latencies.since(record.warmup_s(), None));
        let cells = histogram.as_ref().map_or(&[][..], |histogram| histogram.cells());
        let extremes = (
            cells.iter().position(|&count| count > 0),
            cells.iter().rposition(|&count| count > 0),
            histogram.as_ref().and_then(|histogram| Some((histogram.minimum()?, histogram.maximum()?))),
        );
        let end_s = record.end_s();
        let states = in_columns(&of_site(record), end_s, COLUMNS);
        let mut glance = Glance { latencies: Vec::new(), low_ms: 0.0, high_ms: 0.0, states, end_s };
        if let (Some(first), Some(last), Some((low, high))) = extremes {
            glance.latencies = LogRows::new(first, last, COLUMNS).shares(cells);
            glance.low_ms = low.max(1) as f64 * NANOSECOND_MS;
            glance.high_ms = high as f64 * NANOSECOND_MS;
        }
        glance
    }

    /// On a narrow page, several columns share one.
    pub fn text(&self, page: Page) -> String {
        let columns = page.columns().map_or(COLUMNS, |columns| columns.saturating_sub(INDENT));
        let columns = columns.clamp(COLUMNS_LEAST, COLUMNS);
        self.narrowed(columns).drawn(page, columns)
    }

    fn narrowed(&self, columns: usize) -> Glance {
        let pieces =
            |all: usize| (0..columns).map(move |column| column * all / columns..(column + 1) * all / columns);
        let latencies = pieces(self.latencies.len()).map(|piece| self.latencies[piece].iter().sum());
        // The worst is what has to be seen.
        let states = pieces(self.states.len()).filter_map(|piece| self.states[piece].iter().copied().max());
        Glance {
            latencies: if self.latencies.is_empty() { Vec::new() } else { latencies.collect() },
            states: states.collect(),
            ..*self
        }
    }

    fn drawn(&self, page: Page, columns: usize) -> String {
        let letters = page.strokes();
        let mut text = String::new();
        if !self.latencies.is_empty() {
            let scale = Scale::logarithmic(self.low_ms, self.high_ms, 0.0, columns as f64);
            let mut ticks = latency_ticks(&scale, columns as f64 * 10.0);
            if ticks.is_empty() {
                // All latencies lie between two round ones.
                ticks.push(Tick { value: self.low_ms, text: length(self.low_ms) });
            }
            text.push_str(&line("latency", &self.bars(letters)));
            text.push_str(&axis(&scale, &ticks, "", page));
        }
        if self.end_s > 0.0 && self.states.iter().any(|state| *state > State::Idle) {
            let scale = Scale::linear(0.0, self.end_s, 0.0, columns as f64);
            let (ticks, unit) = time_ticks(self.end_s, if columns < COLUMNS { 3 } else { 6 });
            text.push_str(&line("availability", &self.strip(letters)));
            text.push_str(&axis(&scale, &ticks, unit, page));
            text.push_str(&self.key(letters));
        }
        text
    }

    fn bars(&self, letters: Letters) -> String {
        let levels: [char; 9] = match letters {
            Letters::Unicode => [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
            Letters::Ascii => [' ', '.', ':', '-', '=', '+', '*', '%', '#'],
        };
        let most = self.latencies.iter().copied().fold(0.0, f64::max).max(f64::MIN_POSITIVE);
        let bar = |share: &f64| {
            // What is there at all is to be seen.
            let level = (share / most * 8.0).round() as usize;
            levels[if *share > 0.0 { level.clamp(1, 8) } else { 0 }]
        };
        self.latencies.iter().map(bar).collect()
    }

    fn strip(&self, letters: Letters) -> String {
        let pieces = in_pieces(&self.states);
        let text = pieces.into_iter().map(|(from, to, state)| {
            let (letter, paint) = look(state, letters);
            painted(&letter.to_string().repeat(to - from), paint)
        });
        text.collect()
    }

    /// What the letters of the strip mean, if there are others than that of being up.
    fn key(&self, letters: Letters) -> String {
        let names = [
            (State::Up, "up"),
            (State::Degraded, "slow or failing"),
            (State::Down, "down"),
            (State::Maintenance, "maintenance"),
            (State::Idle, "no requests"),
        ];
        let seen: Vec<String> = names
            .into_iter()
            .filter(|(state, _)| self.states.contains(state))
            .map(|(state, name)| {
                let (letter, paint) = look(state, letters);
                format!("{} {}", painted(&letter.to_string(), paint), painted(name, Paint::Faint))
            })
            .collect();
        if seen.len() < 2 { String::new() } else { format!("{}{}\n", " ".repeat(INDENT), seen.join("  ")) }
    }
}

fn look(state: State, letters: Letters) -> (char, Paint) {
    let unicode = letters == Letters::Unicode;
    match state {
        State::Up => (if unicode { '█' } else { '#' }, Paint::Good),
        State::Maintenance => (if unicode { '▒' } else { 'm' }, Paint::Faint),
        State::Degraded => (if unicode { '▄' } else { '+' }, Paint::Doubtful),
        State::Down => (if unicode { '▁' } else { '_' }, Paint::Bad),
        State::Idle => (if unicode { '·' } else { '.' }, Paint::Faint),
        State::Uncounted => (' ', Paint::Faint),
    }
}

fn line(name: &str, content: &str) -> String {
    let gap = " ".repeat(INDENT - 2 - name.len());
    format!("  {}{gap}{}\n", painted(name, Paint::Faint), content.trim_end())
}

/// Values below their columns, as far as there is room.
fn axis(scale: &Scale, ticks: &[Tick], unit: &str, page: Page) -> String {
    let room = page.columns().map_or(usize::MAX, |columns| columns - INDENT);
    let mut text = String::new();
    let mut column = 0;
    for (number, tick) in ticks.iter().enumerate() {
        let with_unit = match unit {
            // Once, at the last.
            unit if number + 1 == ticks.len() && !unit.is_empty() => format!("{} {unit}", tick.text),
            _ => tick.text.clone(),
        };
        let with_unit = page.strokes().spelt(&with_unit);
        let width = columns_of(&with_unit);
        let place = (scale.place(tick.value).round() as usize).min(room.saturating_sub(width));
        // At least two blanks lie between two values.
        if column == 0 || place >= column + 2 {
            text.push_str(&" ".repeat(place.saturating_sub(column)));
            column = place.max(column) + width;
            text.push_str(&with_unit);
        }
    }
    format!("{}{}\n", " ".repeat(INDENT), painted(&text, Paint::Faint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::record::{ClassLatencies, Count, Latencies, Spread, Stretch, Timeline};

    fn record() -> Record {
        let buckets: Vec<Stretch> =
            (0..20).map(|number| Stretch { start_s: 30.0 * f64::from(number), length_s: 30.0 }).collect();
        let good = |number: usize| match number {
            7 => 20,
            8 => 80,
            _ => 100,
        };
        let all =
            (0..20).map(|number| Count { ended: 100, good: good(number), ..Count::default() }).collect();
        let spread = |stretch: &Stretch| Spread {
            stretch: *stretch,
            cells: vec![(490, 5), (500, 40), (510, 60), (520, 30), (540, 9), (620, 1)],
        };
        let class = ClassLatencies { name: "page".to_owned(), buckets: buckets.iter().map(spread).collect() };
        Record {
            timeline: Some(Timeline { buckets, all, ..Timeline::default() }),
            latencies: Some(Latencies { classes: vec![class] }),
            ..Record::default()
        }
    }

    fn plain(columns: usize, letters: Letters) -> String {
        let page = Page::of_columns(columns, letters);
        anstream::adapter::strip_str(&Glance::of(&record()).text(page)).to_string()
    }

    #[test]
    fn a_run_is_seen_at_a_glance() {
        insta::assert_snapshot!("glance", plain(80, Letters::Unicode));
    }

    #[test]
    fn on_a_narrow_page_several_columns_share_one() {
        let text = plain(50, Letters::Unicode);
        assert!(text.lines().all(|line| line.chars().count() <= 50), "{text}");
        insta::assert_snapshot!("glance_narrow", text);
    }

    #[test]
    fn plain_letters_are_ascii() {
        let text = plain(80, Letters::Ascii);
        assert!(text.is_ascii(), "{text}");
        insta::assert_snapshot!("glance_ascii", text);
    }

    #[test]
    fn nothing_is_shown_where_there_is_nothing() {
        assert_eq!(Glance::of(&Record::default()).text(Page::endless()), "");
    }
}
