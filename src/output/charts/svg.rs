//! A drawing as SVG, at whole numbers: the page is so large that a pixel of the screen is ten
//! units wide. A picture may have many thousands of shapes, so that they are written one after the
//! other into one text.

use super::drawing::{Anchor, Drawing, Label, Point, Shape};
use super::theme::Color;
use crate::output::number::{NUMBER_BYTES_MOST, Text};

const UNITS: f64 = 10.0;

/// More than any shape takes but for its points and its words.
const SHAPE_BYTES: usize = 256;

pub fn render(drawing: &Drawing) -> String {
    render_named(drawing, "")
}

/// With a prefix to the names within it, so that several can stand in one page.
pub fn render_named(drawing: &Drawing, prefix: &str) -> String {
    let mut page = Page(Text::new());
    page.words(&heading(drawing, prefix));
    page.rectangle((0, 0), (units(drawing.width), units(drawing.height)), drawing.background);
    for shape in &drawing.shapes {
        match shape {
            Shape::Rectangle { x, y, width, height, fill } => {
                page.rectangle(place(&(*x, *y)), place(&(x + width, y + height)), *fill);
            }
            Shape::Polygon { points, fill } => page.polygon(points, *fill),
            Shape::Line { points, color, width } => page.line(points, *color, *width),
            Shape::Circle { center, radius, fill } => page.circle(place(center), *radius, *fill),
            Shape::Label(label) => page.label(label),
        }
    }
    page.words("</svg>\n");
    page.0.into_string()
}

fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

fn place(point: &Point) -> (i32, i32) {
    (units(point.0), units(point.1))
}

/// The page gets its size on the screen, and words for those who cannot see it.
fn heading(drawing: &Drawing, prefix: &str) -> String {
    let (title, about) = (escaped(&drawing.title), escaped(&drawing.about));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" \
         role=\"img\" aria-labelledby=\"{prefix}title {prefix}about\">\n<title id=\"{prefix}title\">{title}</title>\n\
         <desc id=\"{prefix}about\">{about}</desc>\n",
        (drawing.width * drawing.zoom).round(),
        (drawing.height * drawing.zoom).round(),
        units(drawing.width) as u32,
        units(drawing.height) as u32,
    )
}

fn escaped(text: &str) -> String {
    let text: String = text.chars().filter(|letter| !letter.is_control()).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The picture in the making.
struct Page(Text);

impl Page {
    /// Any text, of whatever length.
    fn words(&mut self, text: &str) {
        self.0.make_room(text.len());
        self.0.push_all(text.as_bytes());
    }

    #[inline(always)]
    fn number(&mut self, before: &[u8], number: i32) {
        self.0.push_all(before);
        self.0.push_signed(number.into());
    }

    /// With what stands around it.
    #[inline(always)]
    fn color(&mut self, before: &[u8], color: Color, after: &[u8]) {
        const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
        self.0.push_all(before);
        for part in [color.red, color.green, color.blue].map(usize::from) {
            self.0.push_all(&[DIGITS[part >> 4], DIGITS[part & 15]]);
        }
        self.0.push_all(after);
    }

    fn rectangle(&mut self, from: (i32, i32), to: (i32, i32), fill: Color) {
        self.0.make_room(SHAPE_BYTES);
        self.number(b"<rect x=\"", from.0);
        self.number(b"\" y=\"", from.1);
        self.number(b"\" width=\"", to.0 - from.0);
        self.number(b"\" height=\"", to.1 - from.1);
        self.color(b"\" fill=\"#", fill, b"\" stroke=\"none\"/>\n");
    }

    fn polygon(&mut self, points: &[Point], fill: Color) {
        self.0.make_room(SHAPE_BYTES);
        self.color(b"<polygon fill=\"#", fill, b"\" points=\"");
        self.points(points);
    }

    fn line(&mut self, points: &[Point], color: Color, width: f64) {
        self.0.make_room(SHAPE_BYTES);
        self.color(b"<polyline fill=\"none\" stroke=\"#", color, b"\"");
        self.number(b" stroke-width=\"", units(width).max(1));
        self.0.push_all(b"\" points=\"");
        self.points(points);
    }

    /// To the end of the shape.
    fn points(&mut self, points: &[Point]) {
        for point in points.iter().map(place) {
            self.0.make_room(2 * NUMBER_BYTES_MOST);
            self.number(b"", point.0);
            self.number(b",", point.1);
            self.0.push(b' ');
        }
        self.words("\"/>\n");
    }

    fn circle(&mut self, center: (i32, i32), radius: f64, fill: Color) {
        self.0.make_room(SHAPE_BYTES);
        self.number(b"<circle cx=\"", center.0);
        self.number(b"\" cy=\"", center.1);
        self.number(b"\" r=\"", units(radius).max(1));
        self.color(b"\" fill=\"#", fill, b"\" stroke=\"none\" stroke-width=\"1\"/>\n");
    }

    fn label(&mut self, label: &Label) {
        /// Text hangs down from a point so far above the line on which the letters stand.
        const ASCENT_OF_EM: f64 = 0.76;
        let place = place(&(label.x, label.y - ASCENT_OF_EM * label.size));
        self.0.make_room(2 * SHAPE_BYTES);
        self.number(b"<text x=\"", place.0);
        self.number(b"\" y=\"", place.1);
        self.0.push_all(b"\" dy=\"0.76em\" text-anchor=\"");
        self.0.push_all(match label.anchor {
            Anchor::Start => b"start",
            Anchor::Middle => b"middle",
            Anchor::End => b"end",
        });
        self.0.push_all(b"\" font-family=\"sans-serif\" font-size=\"");
        self.0.push_figure(size(label));
        self.color(b"\" fill=\"#", label.color, b"\"");
        self.0.push_all(if label.bold { b" font-weight=\"bold\">\n" } else { b">\n" });
        self.letters(&label.text);
        self.words("\n</text>\n");
    }

    fn letters(&mut self, text: &str) {
        let mut rest = text;
        while let Some(place) = rest.find(['<', '>', '&', '"', '\'']) {
            let (before, behind) = rest.split_at(place);
            self.words(before);
            self.words(match behind.as_bytes()[0] {
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'&' => "&amp;",
                b'"' => "&quot;",
                _ => "&apos;",
            });
            rest = &behind[1..];
        }
        self.words(rest);
    }
}

/// As plotters, which wrote these pictures once, takes and gives it: the height from the lowest to the
/// highest point, and from that the size again.
fn size(label: &Label) -> f64 {
    const HEIGHT_OF_EM: f64 = 1.24;
    f64::from(units(label.size)) * HEIGHT_OF_EM / HEIGHT_OF_EM
}
