//! The site as its users felt it, from the beginning to the end: every state as long as it was, and a
//! mark for each outage that is too short to be seen.

use super::drawing::{Anchor, Label};
use super::frame::{MARGIN, NORMAL, Page, Panel, SMALL};
use super::scale::Scale;
use super::states::{State, of_site, outages};
use super::theme::Color;
use crate::output::record::{Outage, Record, Stretch, UnlistedOutages};
use crate::output::terminal::count;
use crate::telling::figure::counted;
use crate::telling::words::span;

const HEIGHT: f64 = 34.0;
/// What is narrower is drawn this wide, and has a mark.
const HAIR: f64 = 0.5;
/// What is at least this wide needs none.
const SEEN: f64 = 2.0;
pub const MARK: f64 = 5.0;

/// Captions stand at their outages if there are no more, and if there is room.
const AT_PLACE_MOST: usize = 6;
/// More would be a table.
const LISTED_MOST: usize = 8;
const LINE: f64 = 14.0;

pub fn state_color(page: &Page, state: State) -> Color {
    let palette = &page.palette;
    match state {
        State::Uncounted | State::Idle => palette.idle,
        State::Up => palette.up,
        State::Maintenance => palette.maintenance,
        State::Degraded => palette.degraded,
        State::Down => palette.down,
    }
}

/// The colours of bad states, if there are any.
pub fn key(page: &mut Page, states: &[State]) {
    let named =
        [(State::Degraded, "slow or failing"), (State::Down, "down"), (State::Maintenance, "maintenance")];
    let mut x = MARGIN;
    for (state, name) in named.into_iter().filter(|(state, _)| states.contains(state)) {
        if x == MARGIN {
            page.top += 14.0;
        }
        let color = state_color(page, state);
        page.drawing.rectangle(x, page.top - 9.0, 11.0, 9.0, color);
        let label = Label::new(name, x + 16.0, page.top, SMALL, page.palette.muted);
        x += 16.0 + label.width() + 16.0;
        page.drawing.label(label);
    }
    if x > MARGIN {
        page.top += 4.0;
    }
}

/// With its name at the left and a figure at the right, and below it what its outages were.
pub fn draw(page: &mut Page, panel: &Panel, scale: &Scale, record: &Record, (name, share): (&str, &str)) {
    let y = page.top;
    let ink = page.palette.ink;
    let base = y + HEIGHT / 2.0 + 4.5;
    let label = Label::new(name, panel.left - 10.0, base, NORMAL, ink).bold();
    page.drawing.label(label.within(panel.left - 10.0 - MARGIN).anchored(Anchor::End));
    let figure = Label::new(share, panel.right() + 8.0, base, NORMAL, ink).bold();
    page.drawing.label(figure.within(page.width() - MARGIN - panel.right() + 16.0));
    strip(page, panel, scale, &of_site(record), (y, HEIGHT));
    page.top = y + HEIGHT;
    let outages = outages(record);
    let unlisted = record.unlisted_outages.as_ref();
    if outages.is_empty() && unlisted.is_none() {
        page.top += 10.0;
        return;
    }
    if marks(page, scale, outages) {
        page.top += MARK + 1.0;
    }
    if unlisted.is_some() || !captions_at_place(page, panel, scale, outages) {
        list(page, panel, scale, (outages, unlisted));
    }
    page.top += 10.0;
}

/// States one after the other, each at its true width.
pub fn strip(
    page: &mut Page,
    panel: &Panel,
    scale: &Scale,
    states: &[(Stretch, State)],
    (y, height): (f64, f64),
) {
    let idle = page.palette.idle;
    page.drawing.rectangle(panel.left, y, panel.width, height, idle);
    // The worse covers the better where hairs lie side by side.
    for wanted in [State::Up, State::Degraded, State::Maintenance, State::Down] {
        let color = state_color(page, wanted);
        let mut of_state: Vec<Stretch> =
            states.iter().filter(|(_, state)| *state == wanted).map(|(stretch, _)| *stretch).collect();
        of_state.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
        let mut drawn: Option<(f64, f64)> = None;
        for stretch in of_state {
            let from = scale.place(stretch.start_s).clamp(panel.left, panel.right() - HAIR);
            let to = scale.place(stretch.end_s()).clamp(from + HAIR, panel.right());
            drawn = Some(match drawn {
                Some((start, end)) if from <= end => (start, end.max(to)),
                Some((start, end)) => {
                    page.drawing.rectangle(start, y, end - start, height, color);
                    (from, to)
                }
                None => (from, to),
            });
        }
        if let Some((start, end)) = drawn {
            page.drawing.rectangle(start, y, end - start, height, color);
        }
    }
}

/// Points at what is too narrow; whether there was any.
pub fn marks(page: &mut Page, scale: &Scale, outages: &[Outage]) -> bool {
    let width = |outage: &Outage| scale.place(outage.end_s) - scale.place(outage.start_s);
    let mut is_any = false;
    for planned in [true, false] {
        let color = if planned { page.palette.maintenance } else { page.palette.down };
        let mut last = f64::MIN;
        for outage in outages.iter().filter(|outage| outage.planned == planned && width(outage) < SEEN) {
            is_any = true;
            let x = scale.place((outage.start_s + outage.end_s) / 2.0);
            // Marks that cover each other are one.
            if x - last >= 0.5 {
                last = x;
                let top = page.top + 1.0;
                let corners = vec![(x, top), (x - MARK / 2.0, top + MARK), (x + MARK / 2.0, top + MARK)];
                page.drawing.polygon(corners, color);
            }
        }
    }
    is_any
}

fn told(outage: &Outage) -> String {
    let lost = match outage.requests_lost {
        Some(lost) if lost > 0 => format!(", {} lost", counted(lost, "request")),
        _ => String::new(),
    };
    format!("{}: {}{lost}", span(outage.length_s), outage.cause)
}

/// In one line, each below the middle of its outage; nothing if one of them finds no room there.
fn captions_at_place(page: &mut Page, panel: &Panel, scale: &Scale, outages: &[Outage]) -> bool {
    if outages.len() > AT_PLACE_MOST {
        return false;
    }
    let y = page.top + LINE;
    let ink = page.palette.ink;
    let mut labels: Vec<Label> = Vec::new();
    for outage in outages {
        let middle = scale.place((outage.start_s + outage.end_s) / 2.0);
        let label = Label::new(told(outage), 0.0, y, SMALL, ink);
        let half = label.width() / 2.0;
        let x = (middle - half).min(panel.right() - 2.0 * half).max(panel.left);
        let label = Label { x, ..label };
        // A caption that its outage is not above would be taken for that of another.
        let is_above = x <= middle && middle <= x + 2.0 * half && 2.0 * half <= panel.width;
        if !is_above || labels.iter().any(|other| other.overlaps(&label)) {
            return false;
        }
        labels.push(label);
    }
    labels.into_iter().for_each(|label| page.drawing.label(label));
    page.top = y + 2.0;
    true
}

/// The longest by numbers in the order of time, in columns, and how many there are beside them.
fn list(
    page: &mut Page,
    panel: &Panel,
    scale: &Scale,
    (outages, unlisted): (&[Outage], Option<&UnlistedOutages>),
) {
    let mut order: Vec<&Outage> = outages.iter().collect();
    order.sort_by(|a, b| b.length_s.total_cmp(&a.length_s));
    let mut listed: Vec<&Outage> = order.into_iter().take(LISTED_MOST).collect();
    listed.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    let y = page.top + LINE - 3.0;
    let (ink, muted) = (page.palette.ink, page.palette.muted);
    let mut free_from = panel.left;
    for (number, outage) in (1..).zip(&listed) {
        // Numbers of outages side by side stand side by side.
        let label = Label::new(format!("{number}"), 0.0, y, SMALL, ink);
        let half = label.width() / 2.0;
        let middle = scale.place((outage.start_s + outage.end_s) / 2.0);
        let x = (middle - half).max(free_from);
        free_from = x + 2.0 * half + 3.0;
        page.drawing.label(Label { x, ..label });
    }
    page.top = y + 3.0;
    let columns = if panel.width >= 560.0 { 2 } else { 1 };
    let width = panel.width / columns as f64;
    let rows = listed.len().div_ceil(columns);
    for (place, outage) in listed.iter().enumerate() {
        let (column, row) = (place / rows, place % rows);
        let text = format!("{}  {}", place + 1, told(outage));
        let (x, y) = (panel.left + width * column as f64, page.top + LINE * (row + 1) as f64);
        page.drawing.label(Label::new(text, x, y, SMALL, ink).within(width - 12.0));
    }
    page.top += LINE * rows as f64;
    let text = rest(outages, &listed, unlisted);
    if !text.is_empty() {
        page.top += LINE;
        page.drawing.label(Label::new(text, panel.left, page.top, SMALL, muted).within(panel.width));
    }
}

/// `and 29 shorter, 5 h 2 min in all; 52 for maintenance, 18 min 13 s in all`; and what those come to
/// that no file lists one by one.
fn rest(outages: &[Outage], listed: &[&Outage], unlisted: Option<&UnlistedOutages>) -> String {
    let others = || outages.iter().filter(|outage| !listed.iter().any(|one| std::ptr::eq(*one, *outage)));
    let sum = |planned: bool| {
        let of_kind = others().filter(|outage| outage.planned == planned);
        of_kind.fold((0u64, 0.0), |(number, length_s), outage| (number + 1, length_s + outage.length_s))
    };
    let told = |(number, length_s): (u64, f64), what: &str| {
        (number > 0).then(|| format!("{} {what}, {} in all", count(number), span(length_s)))
    };
    let unlisted = unlisted.map(|more| format!("{}, {} in all", more.told, span(more.length_s)));
    let parts = [told(sum(false), "shorter"), told(sum(true), "for maintenance"), unlisted];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!("and {}", parts.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::super::drawing::Shape;
    use super::super::frame::Look;
    use super::super::theme::Theme;
    use super::*;

    const DAY: f64 = 86_400.0;

    fn outage(start_s: f64, length_s: f64) -> Outage {
        let cause = "fail server".to_owned();
        Outage { start_s, end_s: start_s + length_s, length_s, cause, ..Outage::default() }
    }

    fn page() -> (Page, Panel, Scale) {
        let look = Look::new(Theme::Light, 1_000.0);
        let panel = Panel { left: 100.0, top: 0.0, width: 800.0, height: 0.0 };
        (Page::new(&look, "", ""), panel, Scale::linear(0.0, 365.0 * DAY, 100.0, 900.0))
    }

    fn width_of(page: &Page, color: Color, height: f64) -> f64 {
        let widths = page.drawing.shapes.iter().filter_map(|shape| match shape {
            Shape::Rectangle { fill, width, height: own, .. } if *fill == color && *own == height => {
                Some(*width)
            }
            _ => None,
        });
        widths.sum()
    }

    #[test]
    fn a_state_is_drawn_as_long_as_it_was_and_never_so_short_that_nobody_sees_it() {
        let (mut page, panel, scale) = page();
        let of = |start_s: f64, length_s: f64, state| (Stretch { start_s, length_s }, state);
        let states = [
            of(0.0, 100.0 * DAY, State::Up),
            of(100.0 * DAY, 600.0, State::Down),
            of(100.0 * DAY + 600.0, 36.5 * DAY, State::Maintenance),
            of(136.5 * DAY + 600.0, 228.5 * DAY, State::Up),
        ];
        strip(&mut page, &panel, &scale, &states, (0.0, HEIGHT));
        assert!((width_of(&page, page.palette.maintenance, HEIGHT) - 80.0).abs() < 0.1);
        assert!((width_of(&page, page.palette.down, HEIGHT) - HAIR).abs() < 1e-6);
    }

    #[test]
    fn every_outage_too_short_to_be_seen_has_a_mark_and_the_longest_are_numbered() {
        let (mut page, panel, scale) = page();
        let outages: Vec<Outage> =
            (0..30).map(|number| outage(f64::from(number) * 12.0 * DAY, 60.0 + f64::from(number))).collect();
        assert!(marks(&mut page, &scale, &outages));
        let marked =
            page.drawing.shapes.iter().filter(|shape| matches!(shape, Shape::Polygon { .. })).count();
        assert_eq!(marked, 30);
        assert!(!captions_at_place(&mut page, &panel, &scale, &outages));
        let more =
            UnlistedOutages { length_s: 7_200.0, told: "9 outages more".to_owned(), ..Default::default() };
        list(&mut page, &panel, &scale, (&outages, Some(&more)));
        let texts: Vec<&str> = page.drawing.labels().map(|label| label.text.as_str()).collect();
        assert!(texts.contains(&"8  1 min 29 s: fail server") && texts.contains(&"8"), "{texts:?}");
        assert!(texts.iter().any(|text| text.starts_with("and 22 shorter, ")), "{texts:?}");
        assert!(texts.iter().any(|text| text.ends_with("; 9 outages more, 2 h in all")), "{texts:?}");
    }

    #[test]
    fn few_outages_have_their_captions_below_them() {
        let (mut page, panel, scale) = page();
        let outages = [outage(50.0 * DAY, 10.0 * DAY), outage(250.0 * DAY, 10.0 * DAY)];
        assert!(!marks(&mut page, &scale, &outages));
        assert!(captions_at_place(&mut page, &panel, &scale, &outages));
        let close = [outage(50.0 * DAY, DAY), outage(52.0 * DAY, DAY)];
        assert!(!captions_at_place(&mut page, &panel, &scale, &close), "one would hide the other");
    }
}
