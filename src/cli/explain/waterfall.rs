//! One simulated request as bars over time, one for each visit.

use super::words::time;
use crate::analysis::waterfall::{Activity, Bar, Waterfall};
use crate::output::terminal::figure::count;
use crate::output::terminal::folding::{columns_of, cut_in_the_middle};
use crate::output::terminal::letters::Letters;
use crate::output::terminal::page::Page;
use crate::output::terminal::table::{Paint, painted};

const BAR_COLUMNS: usize = 56;
const NAME_COLUMNS: usize = 24;
const NAME_COLUMNS_LEAST: usize = 12;
/// Of the times, and of what is between them and the rest.
const TIME_COLUMNS: usize = 14;
/// A longer story is left to the JSON.
const BARS_MOST: usize = 40;

pub fn text(class: &str, waterfall: Option<&Waterfall>, page: Page) -> String {
    let Some(waterfall) = waterfall else {
        return format!("  No request `{class}` came to its end in a short simulation.\n");
    };
    let title = format!("One simulated request `{class}`, a typical one: {}", time(waterfall.latency_ms));
    let about = format!(
        "number {}, {} after the start; the one in the middle of {} by latency; ended as: {}{}",
        count(waterfall.request),
        time(1e3 * waterfall.start_s),
        count(waterfall.requests as u64),
        waterfall.outcome,
        if waterfall.attempts > 1 { format!(", {} tries", waterfall.attempts) } else { String::new() },
    );
    let mut text = format!(
        "  {}\n  {}\n\n",
        painted(&page.wrapped(&title, 2), Paint::Strong),
        painted(&page.wrapped(&about, 2), Paint::Faint)
    );
    let (names, bars) = columns(page);
    let end = page.spelt(&time(waterfall.latency_ms)).into_owned();
    let space = bars.saturating_sub(1 + columns_of(&end));
    text.push_str(&format!("  {:names$} {:>9}  0{:space$}{end}\n", "", "its own", ""));
    for bar in waterfall.bars.iter().take(BARS_MOST) {
        text.push_str(&line(bar, waterfall.latency_ms, (names, bars), page));
    }
    if waterfall.bars.len() > BARS_MOST {
        text.push_str(&format!("  … and {} more visits, in --json\n", waterfall.bars.len() - BARS_MOST));
    }
    let [travels, waits, works, calls] = marks(page.strokes());
    let legend =
        format!("{works} at work   {waits} in line   {calls} waits for others   {travels} on the network");
    text.push_str(&format!("  {}\n", painted(&page.wrapped(&legend, 2), Paint::Faint)));
    text
}

/// Those of names, and of bars.
fn columns(page: Page) -> (usize, usize) {
    let room = page.prose().saturating_sub(TIME_COLUMNS);
    let names = (room / 3).clamp(NAME_COLUMNS_LEAST, NAME_COLUMNS);
    (names, room.saturating_sub(names).clamp(1, BAR_COLUMNS))
}

fn line(bar: &Bar, whole_ms: f64, (names, bars): (usize, usize), page: Page) -> String {
    let replica = bar.replica.map_or(String::new(), |replica| format!("/{replica}"));
    let name = format!("{}{}{replica}", "  ".repeat(bar.depth.min(6)), bar.node);
    let name = cut_in_the_middle(&page.spelt(&name), names, page.letters().ellipsis());
    let name = format!("{name}{}", " ".repeat(names - columns_of(&name)));
    let own = bar.in_line_ms + bar.working_ms;
    let own = if own > 0.0 { page.spelt(&time(own)).into_owned() } else { String::new() };
    let drawn = drawn(bar, whole_ms, bars, page);
    let line = format!("  {name} {own:>9}  {drawn}");
    format!("{}\n", line.trim_end())
}

/// Each character is a slice of the time, and shows what fills most of it. A piece too short
/// for that gets a character all the same, so that nothing that happened is missing.
fn drawn(bar: &Bar, whole_ms: f64, bars: usize, page: Page) -> String {
    let slice_ms = whole_ms / bars as f64;
    if bar.until_ms <= bar.from_ms || slice_ms <= 0.0 {
        return String::new();
    }
    let marks = marks(page.strokes());
    let mark = |doing| match doing {
        Activity::Travelling => 0,
        Activity::InLine => 1,
        Activity::Working => 2,
    };
    let mut characters = vec![' '; bars];
    for (number, character) in characters.iter_mut().enumerate() {
        let (from_ms, until_ms) = (number as f64 * slice_ms, (number + 1) as f64 * slice_ms);
        let within = |from: f64, until: f64| (until.min(until_ms) - from.max(from_ms)).max(0.0);
        let inside_ms = within(bar.from_ms, bar.until_ms);
        if inside_ms <= 1e-9 * slice_ms {
            continue;
        }
        let mut sums_ms = [0.0; 4];
        for piece in &bar.pieces {
            sums_ms[mark(piece.doing)] += within(piece.from_ms, piece.until_ms);
        }
        sums_ms[3] = inside_ms - sums_ms.iter().sum::<f64>();
        let most = (0..4).max_by(|&a, &b| sums_ms[a].total_cmp(&sums_ms[b])).unwrap_or(3);
        *character = marks[most];
    }
    let place = |at_ms: f64| ((at_ms / slice_ms) as usize).min(bars - 1);
    for piece in bar.pieces.iter().filter(|piece| piece.doing != Activity::Travelling) {
        let drawn = marks[mark(piece.doing)];
        if !characters[place(piece.from_ms)..=place(piece.until_ms)].contains(&drawn) {
            characters[place(0.5 * (piece.from_ms + piece.until_ms))] = drawn;
        }
    }
    characters.into_iter().collect()
}

/// On the network, in line, at work, waiting for others.
fn marks(letters: Letters) -> [char; 4] {
    match letters {
        Letters::Unicode => ['·', '░', '█', '─'],
        Letters::Ascii => ['.', ':', '#', '-'],
    }
}
