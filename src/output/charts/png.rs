//! A drawing as PNG, with letters from a font that is part of the program: what fonts a
//! machine has makes no difference. Everything is painted larger than needed and then made
//! smaller, which gives smooth edges.

use super::drawing::{Anchor, Drawing, Label, Shape};
use super::theme::Color;
use ab_glyph::{Font, FontRef, ScaleFont, point};
use plotters::prelude::{BitMapBackend, DrawingBackend};
use plotters::style::{RGBAColor, ShapeStyle};
use plotters_backend::BackendColor;
use std::error::Error;

const REGULAR: &[u8] = include_bytes!("fonts/regular.ttf");
const BOLD: &[u8] = include_bytes!("fonts/bold.ttf");

/// Pixels of the file for one of the drawing, in either direction; screens are fine today.
const PIXELS: u32 = 2;
/// So many are painted for each of these.
const SAMPLES: u32 = 2;
const SCALE: f64 = (PIXELS * SAMPLES) as f64;

pub fn render(drawing: &Drawing) -> Result<Vec<u8>, Box<dyn Error>> {
    let width = drawing.width.round() as u32 * PIXELS;
    let height = drawing.height.round() as u32 * PIXELS;
    let large = (width * SAMPLES, height * SAMPLES);
    let mut pixels = vec![0; 3 * large.0 as usize * large.1 as usize];
    {
        let mut backend = BitMapBackend::with_buffer(&mut pixels, large);
        paint(&mut backend, drawing)?;
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&smaller(&pixels, width as usize, height as usize))?;
    writer.finish()?;
    Ok(file)
}

/// Each pixel becomes the mean of its samples.
fn smaller(pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
    let samples = SAMPLES as usize;
    let stride = width * samples * 3;
    let mut mean = Vec::with_capacity(width * height * 3);
    for row in 0..height {
        for column in 0..width {
            for part in 0..3 {
                let mut sum = 0u32;
                for down in 0..samples {
                    for across in 0..samples {
                        let place = (row * samples + down) * stride + (column * samples + across) * 3;
                        sum += u32::from(pixels[place + part]);
                    }
                }
                mean.push((sum / (SAMPLES * SAMPLES)) as u8);
            }
        }
    }
    mean
}

fn scaled(length: f64) -> i32 {
    (length * SCALE).round() as i32
}

fn paint(backend: &mut BitMapBackend, drawing: &Drawing) -> Result<(), Box<dyn Error>> {
    let (regular, bold) = (FontRef::try_from_slice(REGULAR)?, FontRef::try_from_slice(BOLD)?);
    let place = |point: &(f64, f64)| (scaled(point.0), scaled(point.1));
    let corner = (scaled(drawing.width), scaled(drawing.height));
    backend.draw_rect((0, 0), corner, &style(drawing.background), true)?;
    for shape in &drawing.shapes {
        match shape {
            Shape::Rectangle { x, y, width, height, fill } => {
                let (from, to) = (place(&(*x, *y)), place(&(x + width, y + height)));
                let to = (to.0.max(from.0 + 1), to.1.max(from.1 + 1));
                backend.draw_rect(from, to, &style(*fill), true)?;
            }
            Shape::Polygon { points, fill } => {
                backend.fill_polygon(points.iter().map(place), &style(*fill))?;
            }
            Shape::Line { points, color, width } => line(backend, points, *color, *width)?,
            Shape::Circle { center, radius, fill } => {
                let radius = scaled(*radius).max(1) as u32;
                backend.draw_circle(place(center), radius, &style(*fill), true)?;
            }
            Shape::Label(label) => text(backend, if label.bold { &bold } else { &regular }, label)?,
        }
    }
    Ok(())
}

fn style(color: Color) -> ShapeStyle {
    let Color { red, green, blue } = color;
    ShapeStyle { color: RGBAColor(red, green, blue, 1.0), filled: true, stroke_width: 1 }
}

/// Each piece is a small rectangle of its own, with a disc at each bend.
fn line(
    backend: &mut BitMapBackend,
    points: &[(f64, f64)],
    color: Color,
    width: f64,
) -> Result<(), Box<dyn Error>> {
    let half = width / 2.0;
    let style = style(color);
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let (across, down) = (to.0 - from.0, to.1 - from.1);
        let length = (across * across + down * down).sqrt();
        if length == 0.0 {
            continue;
        }
        let (x, y) = (down / length * half, -across / length * half);
        if across == 0.0 || down == 0.0 {
            let (left, right) = (from.0.min(to.0) - x.abs(), from.0.max(to.0) + x.abs());
            let (top, bottom) = (from.1.min(to.1) - y.abs(), from.1.max(to.1) + y.abs());
            let corner = (scaled(right).max(scaled(left) + 1), scaled(bottom).max(scaled(top) + 1));
            backend.draw_rect((scaled(left), scaled(top)), corner, &style, true)?;
        } else {
            let corners = [
                (from.0 + x, from.1 + y),
                (to.0 + x, to.1 + y),
                (to.0 - x, to.1 - y),
                (from.0 - x, from.1 - y),
            ];
            backend.fill_polygon(corners.map(|corner| (scaled(corner.0), scaled(corner.1))), &style)?;
        }
    }
    let radius = scaled(half);
    for &(x, y) in points.iter().skip(1).take(points.len().saturating_sub(2)) {
        if radius > 1 {
            backend.draw_circle((scaled(x), scaled(y)), radius as u32, &style, true)?;
        }
    }
    Ok(())
}

/// Letter by letter, each where the sum of those before it ends.
fn text(backend: &mut BitMapBackend, font: &FontRef, label: &Label) -> Result<(), Box<dyn Error>> {
    let units_per_em = font.units_per_em().ok_or("the font has no size")?;
    let font = font.as_scaled((label.size * SCALE) as f32 * font.height_unscaled() / units_per_em);
    let width: f32 = label.text.chars().map(|letter| font.h_advance(font.glyph_id(letter))).sum();
    let mut x = (label.x * SCALE) as f32
        - match label.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => width / 2.0,
            Anchor::End => width,
        };
    let y = (label.y * SCALE) as f32;
    let (columns, rows) = backend.get_size();
    let Color { red, green, blue } = label.color;
    for letter in label.text.chars() {
        let mut glyph = font.scaled_glyph(letter);
        glyph.position = point(x, y);
        x += font.h_advance(glyph.id);
        let Some(outline) = font.outline_glyph(glyph) else { continue };
        let corner = outline.px_bounds().min;
        let mut covered = Vec::new();
        outline.draw(|across, down, share| covered.push((across, down, share)));
        for (across, down, share) in covered {
            let (x, y) = (corner.x as i32 + across as i32, corner.y as i32 + down as i32);
            if share > 0.0 && (0..columns as i32).contains(&x) && (0..rows as i32).contains(&y) {
                let color = BackendColor { alpha: f64::from(share.min(1.0)), rgb: (red, green, blue) };
                backend.draw_pixel((x, y), color)?;
            }
        }
    }
    Ok(())
}
