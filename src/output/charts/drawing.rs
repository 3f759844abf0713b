//! A picture as a list of shapes, before it becomes SVG or PNG. Lengths are in pixels of a
//! screen, from the upper left corner.

use super::theme::Color;

pub type Point = (f64, f64);

#[derive(Clone, Debug)]
pub struct Drawing {
    pub width: f64,
    pub height: f64,
    /// So many times as large it is shown.
    pub zoom: f64,
    pub background: Color,
    /// What a screen reader says.
    pub title: String,
    pub about: String,
    pub shapes: Vec<Shape>,
}

#[derive(Clone, Debug)]
pub enum Shape {
    Rectangle { x: f64, y: f64, width: f64, height: f64, fill: Color },
    Polygon { points: Vec<Point>, fill: Color },
    Line { points: Vec<Point>, color: Color, width: f64 },
    Circle { center: Point, radius: f64, fill: Color },
    Label(Label),
}

/// A line of text; `y` is that of the line on which the letters stand.
#[derive(Clone, Debug)]
pub struct Label {
    pub text: String,
    pub x: f64,
    pub y: f64,
    pub size: f64,
    pub bold: bool,
    pub anchor: Anchor,
    pub color: Color,
}

/// Where `x` lies in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

impl Label {
    pub fn new(text: impl Into<String>, x: f64, y: f64, size: f64, color: Color) -> Label {
        Label { text: printable(&text.into()), x, y, size, bold: false, anchor: Anchor::Start, color }
    }

    pub fn bold(mut self) -> Label {
        self.bold = true;
        self
    }

    pub fn anchored(mut self, anchor: Anchor) -> Label {
        self.anchor = anchor;
        self
    }

    /// Shortened to so many pixels.
    pub fn within(mut self, width: f64) -> Label {
        self.text = shortened(&self.text, self.size, self.bold, width);
        self
    }

    pub fn width(&self) -> f64 {
        text_width(&self.text, self.size, self.bold)
    }

    /// Left, top, right and bottom.
    pub fn bounds(&self) -> (f64, f64, f64, f64) {
        let width = self.width();
        let left = match self.anchor {
            Anchor::Start => self.x,
            Anchor::Middle => self.x - width / 2.0,
            Anchor::End => self.x - width,
        };
        (left, self.y - 0.76 * self.size, left + width, self.y + 0.22 * self.size)
    }

    pub fn overlaps(&self, other: &Label) -> bool {
        let (a, b) = (self.bounds(), other.bounds());
        a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
    }
}

impl Drawing {
    pub fn new(width: f64, background: Color, title: &str) -> Drawing {
        let title = printable(title);
        Drawing { width, height: 0.0, zoom: 1.0, background, title, about: String::new(), shapes: Vec::new() }
    }

    pub fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64, fill: Color) {
        if width > 0.0 && height > 0.0 {
            self.shapes.push(Shape::Rectangle { x, y, width, height, fill });
        }
    }

    /// A rectangle between two corners on whole pixels, so that no ground shows between it and
    /// its neighbours.
    pub fn tile(&mut self, from: Point, to: Point, fill: Color) {
        let (left, top) = (from.0.round(), from.1.round());
        self.rectangle(left, top, to.0.round() - left, to.1.round() - top, fill);
    }

    /// A rectangle's edge alone, drawn inside of it.
    pub fn outline(&mut self, x: f64, y: f64, width: f64, height: f64, color: Color, line: f64) {
        let (left, top) = (x + line / 2.0, y + line / 2.0);
        let (right, bottom) = (x + width - line / 2.0, y + height - line / 2.0);
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top), (right, top)];
        self.line(&corners, color, line);
    }

    pub fn polygon(&mut self, points: Vec<Point>, fill: Color) {
        if points.len() > 2 {
            self.shapes.push(Shape::Polygon { points, fill });
        }
    }

    pub fn line(&mut self, points: &[Point], color: Color, width: f64) {
        if points.len() > 1 {
            self.shapes.push(Shape::Line { points: points.to_vec(), color, width });
        }
    }

    pub fn circle(&mut self, center: Point, radius: f64, fill: Color) {
        self.shapes.push(Shape::Circle { center, radius, fill });
    }

    /// With everything as large as it is shown.
    #[cfg(feature = "png")]
    pub fn enlarged(&self) -> Drawing {
        let zoom = self.zoom;
        let of = |point: &Point| (point.0 * zoom, point.1 * zoom);
        let enlarged = |shape: &Shape| match shape {
            Shape::Rectangle { x, y, width, height, fill } => Shape::Rectangle {
                x: x * zoom,
                y: y * zoom,
                width: width * zoom,
                height: height * zoom,
                fill: *fill,
            },
            Shape::Polygon { points, fill } => {
                Shape::Polygon { points: points.iter().map(of).collect(), fill: *fill }
            }
            Shape::Line { points, color, width } => {
                Shape::Line { points: points.iter().map(of).collect(), color: *color, width: width * zoom }
            }
            Shape::Circle { center, radius, fill } => {
                Shape::Circle { center: of(center), radius: radius * zoom, fill: *fill }
            }
            Shape::Label(label) => {
                let (x, y) = of(&(label.x, label.y));
                Shape::Label(Label { x, y, size: label.size * zoom, ..label.clone() })
            }
        };
        Drawing {
            width: self.width * zoom,
            height: self.height * zoom,
            zoom: 1.0,
            shapes: self.shapes.iter().map(enlarged).collect(),
            ..self.clone()
        }
    }

    pub fn label(&mut self, label: Label) {
        if !label.text.is_empty() {
            self.shapes.push(Shape::Label(label));
        }
    }

    /// Writes a text only where it hides no other.
    pub fn label_if_free(&mut self, label: Label) -> bool {
        let free = !label.text.is_empty() && !self.labels().any(|other| other.overlaps(&label));
        if free {
            self.label(label);
        }
        free
    }

    pub fn labels(&self) -> impl Iterator<Item = &Label> {
        self.shapes.iter().filter_map(|shape| match shape {
            Shape::Label(label) => Some(label),
            _ => None,
        })
    }
}

/// Names come from scenarios, and control characters would break a picture.
fn printable(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

/// About as wide as in a font with wide letters; which one a viewer has is not known.
pub fn text_width(text: &str, size: f64, bold: bool) -> f64 {
    let letter = |letter: char| match letter {
        'i' | 'j' | 'l' | '\'' | '|' => 0.28,
        ' ' | '.' | ',' | ':' | ';' | 'f' | 'I' | '!' | '·' => 0.33,
        'r' | 't' | '(' | ')' | '[' | ']' | '/' | '-' => 0.40,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '—' | '…' => 0.96,
        'A'..='Z' | '+' | '=' | '<' | '>' | '×' | '±' | '≥' | '≤' => 0.74,
        '0'..='9' => 0.635,
        // Ideographs and pictures are as wide as high.
        wide if wide as u32 >= 0x2e80 => 1.0,
        _ => 0.61,
    };
    let sum: f64 = text.chars().map(letter).sum();
    sum * size * if bold { 1.1 } else { 1.0 }
}

/// A text that is too long loses its middle: what tells names apart is at either end.
pub fn shortened(text: &str, size: f64, bold: bool, width: f64) -> String {
    if text_width(text, size, bold) <= width {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let cut = |kept: usize| -> String {
        let (first, last) = (kept.div_ceil(2), kept / 2);
        letters[..first].iter().chain(&['…']).chain(&letters[letters.len() - last..]).collect()
    };
    let shorter = (1..letters.len()).rev().map(cut).find(|text| text_width(text, size, bold) <= width);
    shorter.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLACK: Color = Color::rgb(0, 0, 0);

    #[test]
    fn long_names_lose_their_middle_and_control_characters_are_left_out() {
        assert_eq!(shortened("gunicorn", 12.0, false, 100.0), "gunicorn");
        assert_eq!(shortened("a very long name of a node", 12.0, false, 60.0), "a ve…ode");
        assert_eq!(shortened("gunicorn", 12.0, false, 3.0), "");
        assert_eq!(Label::new("a\u{0}b\n", 0.0, 0.0, 10.0, BLACK).text, "ab");
    }

    #[test]
    fn a_label_is_left_out_where_another_stands() {
        let mut drawing = Drawing::new(100.0, BLACK, "");
        assert!(drawing.label_if_free(Label::new("one", 10.0, 20.0, 10.0, BLACK)));
        assert!(!drawing.label_if_free(Label::new("two", 15.0, 22.0, 10.0, BLACK)));
        let end = Label::new("three", 9.0, 20.0, 10.0, BLACK).anchored(Anchor::End);
        assert!(drawing.label_if_free(end) && drawing.labels().count() == 2);
    }
}
