//! Where there is room for what is written beside the lines of a topology: not on another text, nor on a line, a box
//! or the edge of a frame.

use super::drawing::{Anchor, Drawing, Label, Point};

/// Left, top, right and bottom.
pub type Area = (f64, f64, f64, f64);

/// Between a text and what it must not touch.
const APART: f64 = 3.0;
/// Between a text and a line that is not its own, if there is so much room.
const FAR_APART: f64 = 9.0;
/// Along a line, between the places that are tried; of a short one all are.
const STEP_MOST: f64 = 9.0;
const STEP_LEAST: f64 = 1.5;
const PLACES: f64 = 40.0;

/// What takes up room.
#[derive(Default)]
pub struct Field {
    /// Nothing may be written outside of it.
    page: Area,
    boxes: Vec<Area>,
    lines: Vec<Path>,
}

struct Path {
    points: Vec<Point>,
    half_width: f64,
    around: Area,
}

impl Field {
    pub fn new(page: Area) -> Field {
        Field { page, ..Field::default() }
    }

    pub fn take(&mut self, area: Area) {
        self.boxes.push(area);
    }

    /// Returns its number.
    pub fn take_line(&mut self, points: &[Point], width: f64) -> usize {
        let none = (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
        let around = points
            .iter()
            .fold(none, |area, &(x, y)| (area.0.min(x), area.1.min(y), area.2.max(x), area.3.max(y)));
        self.lines.push(Path { points: points.to_vec(), half_width: width / 2.0, around });
        self.lines.len() - 1
    }

    /// Only the edge: what is inside is free.
    pub fn take_edge(&mut self, area: Area, width: f64) {
        let (left, top, right, bottom) = area;
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
        corners.windows(2).for_each(|side| {
            self.take_line(side, width);
        });
    }

    fn is_free(&self, area: Area, own: usize, far: f64) -> bool {
        let (left, top, right, bottom) = area;
        let page = self.page;
        if left < page.0 || top < page.1 || right > page.2 || bottom > page.3 {
            return false;
        }
        !self.boxes.iter().any(|other| overlap(wider(area, APART), *other))
            && self.lines.iter().enumerate().all(|(number, path)| {
                let apart = path.half_width + if number == own { APART - 1.0 } else { far };
                let wide = wider(area, apart);
                !overlap(wide, wider(path.around, 0.01))
                    || !path.points.windows(2).any(|side| crosses(wide, side[0], side[1]))
            })
    }

    pub fn has_no_line(&self, area: Area) -> bool {
        let crossing = |path: &Path| {
            let wide = wider(area, path.half_width);
            path.points.windows(2).any(|side| crosses(wide, side[0], side[1]))
        };
        !self.lines.iter().any(crossing)
    }

    /// Writes the first text for which there is a place beside the line, and the nearer to one of its
    /// ends the better.
    pub fn write_beside(&mut self, drawing: &mut Drawing, line: usize, texts: &[Label]) -> bool {
        for far in [FAR_APART, APART] {
            for text in texts {
                let Some(label) =
                    self.places(line, text).find(|label| self.is_free(label.bounds(), line, far))
                else {
                    continue;
                };
                self.take(label.bounds());
                drawing.label(label);
                return true;
            }
        }
        false
    }

    fn places<'a>(&'a self, line: usize, text: &'a Label) -> impl Iterator<Item = Label> + 'a {
        let path = &self.lines[line];
        let (width, height) = (text.width(), text.size);
        let reach = path.half_width + APART;
        along(&path.points).into_iter().flat_map(move |(x, y)| {
            let below = y + reach + 0.76 * height;
            let above = y - reach - 0.22 * height;
            let beside = y + 0.27 * height;
            // A steep line needs more room beside it than a level one above it.
            [0.0, 5.0, 11.0]
                .into_iter()
                .flat_map(move |more| {
                    [
                        (x, above - more, Anchor::Middle),
                        (x, below + more, Anchor::Middle),
                        (x + reach + 1.0 + more, beside, Anchor::Start),
                        (x - reach - 1.0 - more, beside, Anchor::End),
                        (x - width / 3.0, above - more, Anchor::Middle),
                        (x + width / 3.0, above - more, Anchor::Middle),
                        (x - width / 3.0, below + more, Anchor::Middle),
                        (x + width / 3.0, below + more, Anchor::Middle),
                    ]
                })
                .map(|(x, y, anchor)| Label { x, y, ..text.clone() }.anchored(anchor))
        })
    }
}

/// Points of a line at equal distances, those at its ends first.
fn along(points: &[Point]) -> Vec<Point> {
    let length_of = |side: &[Point]| {
        let (across, down) = (side[1].0 - side[0].0, side[1].1 - side[0].1);
        (across * across + down * down).sqrt()
    };
    let whole: f64 = points.windows(2).map(length_of).sum();
    let step = (whole / PLACES).clamp(STEP_LEAST, STEP_MOST);
    let mut places = Vec::new();
    let mut rest = 0.0;
    for side in points.windows(2) {
        let (from, to) = (side[0], side[1]);
        let length = length_of(side);
        let mut at = rest;
        while at < length {
            let share = at / length;
            places.push((from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1)));
            at += step;
        }
        rest = at - length;
    }
    let count = places.len();
    (0..count)
        .map(|number| if number % 2 == 0 { count - 1 - number / 2 } else { number / 2 })
        .map(|number| places[number])
        .collect()
}

fn wider(area: Area, by: f64) -> Area {
    (area.0 - by, area.1 - by, area.2 + by, area.3 + by)
}

pub fn overlap(a: Area, b: Area) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

/// Whether a straight line comes into an area: it is cut at each of its edges.
pub fn crosses(area: Area, from: Point, to: Point) -> bool {
    let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
    let (across, down) = (to.0 - from.0, to.1 - from.1);
    for (step, room) in [
        (-across, from.0 - area.0),
        (across, area.2 - from.0),
        (-down, from.1 - area.1),
        (down, area.3 - from.1),
    ] {
        if step == 0.0 {
            if room <= 0.0 {
                return false;
            }
        } else if step < 0.0 {
            enters = enters.max(room / step);
        } else {
            leaves = leaves.min(room / step);
        }
    }
    enters < leaves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_crosses_an_area_only_where_it_comes_into_it() {
        let area = (10.0, 10.0, 20.0, 20.0);
        assert!(crosses(area, (0.0, 15.0), (30.0, 15.0)));
        assert!(crosses(area, (12.0, 12.0), (13.0, 13.0)));
        assert!(crosses(area, (0.0, 0.0), (30.0, 30.0)));
        assert!(!crosses(area, (0.0, 15.0), (9.0, 15.0)));
        assert!(!crosses(area, (0.0, 25.0), (30.0, 25.0)));
        // It passes the corner.
        assert!(!crosses(area, (0.0, 18.0), (18.0, 36.0)));
    }

    #[test]
    fn places_at_the_ends_are_tried_first() {
        let places: Vec<f64> = along(&[(0.0, 0.0), (6.5, 0.0)]).into_iter().map(|(x, _)| x).collect();
        assert_eq!(places, [6.0, 0.0, 4.5, 1.5, 3.0]);
    }
}
