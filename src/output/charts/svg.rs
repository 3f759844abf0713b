//! A drawing as SVG. Plotters draws at whole numbers, so it is given a page on which a pixel
//! of the screen is ten units wide.

use super::drawing::{Anchor, Drawing, Label, Shape};
use super::theme::Color;
use plotters::prelude::{DrawingBackend, SVGBackend};
use plotters::style::{RGBAColor, ShapeStyle};
use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{BackendColor, BackendTextStyle, DrawingErrorKind, FontFamily, FontStyle};
use std::convert::Infallible;
use std::error::Error;
use std::fmt::Write;

const UNITS: f64 = 10.0;

/// Plotters takes a font's size for its height from the lowest to the highest point.
const HEIGHT_OF_EM: f64 = 1.24;
/// It hangs a text up this far above the line on which the letters stand.
const ASCENT_OF_EM: f64 = 0.76;

pub fn render(drawing: &Drawing) -> Result<String, Box<dyn Error>> {
    render_named(drawing, "")
}

/// With a prefix to the names within it, so that several can stand in one page.
pub fn render_named(drawing: &Drawing, prefix: &str) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    let size = (units(drawing.width) as u32, units(drawing.height) as u32);
    let mut backend = SVGBackend::with_string(&mut text, size);
    paint(&mut backend, drawing).map_err(|error| error.to_string())?;
    backend.present()?;
    drop(backend);
    Ok(with_heading(&text, drawing, size, prefix))
}

fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

fn style(color: Color, width: f64, filled: bool) -> ShapeStyle {
    let Color { red, green, blue } = color;
    ShapeStyle { color: RGBAColor(red, green, blue, 1.0), filled, stroke_width: units(width).max(1) as u32 }
}

fn paint<B: DrawingBackend>(
    backend: &mut B,
    drawing: &Drawing,
) -> Result<(), DrawingErrorKind<B::ErrorType>> {
    let corner = (units(drawing.width), units(drawing.height));
    backend.draw_rect((0, 0), corner, &style(drawing.background, 0.0, true), true)?;
    let place = |point: &(f64, f64)| (units(point.0), units(point.1));
    for shape in &drawing.shapes {
        match shape {
            Shape::Rectangle { x, y, width, height, fill } => {
                let (from, to) = (place(&(*x, *y)), place(&(x + width, y + height)));
                backend.draw_rect(from, to, &style(*fill, 0.0, true), true)?;
            }
            Shape::Polygon { points, fill } => {
                backend.fill_polygon(points.iter().map(place), &style(*fill, 0.0, true))?;
            }
            Shape::Line { points, color, width } => {
                backend.draw_path(points.iter().map(place), &style(*color, *width, false))?;
            }
            Shape::Circle { center, radius, fill } => {
                let radius = units(*radius).max(1) as u32;
                backend.draw_circle(place(center), radius, &style(*fill, 0.0, true), true)?;
            }
            Shape::Label(label) => {
                let top = label.y - ASCENT_OF_EM * label.size;
                backend.draw_text(&label.text, &LabelStyle(label), place(&(label.x, top)))?;
            }
        }
    }
    Ok(())
}

/// The page gets its size on the screen, and words for those who cannot see it.
fn with_heading(text: &str, drawing: &Drawing, size: (u32, u32), prefix: &str) -> String {
    let body = text.split_once('\n').map_or("", |(_, body)| body);
    let mut page = String::with_capacity(text.len() + 512);
    let (title, about) = (escaped(&drawing.title), escaped(&drawing.about));
    writeln!(
        page,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" \
         role=\"img\" aria-labelledby=\"{prefix}title {prefix}about\">\n<title id=\"{prefix}title\">{title}</title>\n\
         <desc id=\"{prefix}about\">{about}</desc>",
        (drawing.width * drawing.zoom).round(),
        (drawing.height * drawing.zoom).round(),
        size.0,
        size.1,
    )
    .expect("a text takes everything");
    page.push_str(&body.replace(" opacity=\"1\"", ""));
    page
}

fn escaped(text: &str) -> String {
    let text: String = text.chars().filter(|letter| !letter.is_control()).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A label's looks, for a backend that only has to pass them on.
struct LabelStyle<'a>(&'a Label);

impl BackendTextStyle for LabelStyle<'_> {
    type FontError = Infallible;

    fn color(&self) -> BackendColor {
        let Color { red, green, blue } = self.0.color;
        BackendColor { alpha: 1.0, rgb: (red, green, blue) }
    }

    fn size(&self) -> f64 {
        f64::from(units(self.0.size)) * HEIGHT_OF_EM
    }

    fn style(&self) -> FontStyle {
        if self.0.bold { FontStyle::Bold } else { FontStyle::Normal }
    }

    fn anchor(&self) -> Pos {
        let across = match self.0.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        Pos::new(across, VPos::Top)
    }

    fn family(&self) -> FontFamily<'_> {
        FontFamily::SansSerif
    }

    fn layout_box(&self, _text: &str) -> Result<((i32, i32), (i32, i32)), Infallible> {
        Ok(((0, 0), (0, 0)))
    }

    fn draw<E, DrawFunc: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        _text: &str,
        _pos: (i32, i32),
        _draw: DrawFunc,
    ) -> Result<Result<(), E>, Infallible> {
        Ok(Ok(()))
    }
}
