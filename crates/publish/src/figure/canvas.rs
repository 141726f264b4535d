//! A page measured in points, on top of plotters' SVG backend.
//!
//! plotters places everything on whole units; the canvas makes a unit a tenth of a point, finer than
//! any printer.

use plotters::coord::Shift;
use plotters::prelude::{
    Circle, Color, DrawingArea, IntoDrawingArea, PathElement, Polygon, RGBColor, SVGBackend, Text,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, FontTransform, IntoFont, ShapeStyle, TextStyle};

use super::FigureError;
use super::lettering::Lettering;
use crate::escape::visible;

/// Units in a point.
const UNITS: f64 = 10.0;
/// plotters divides font sizes by this when it writes SVG.
const PLOTTERS_FONT_SCALE: f64 = 1.24;
/// Fonts of the same widths, one of which every system has.
const FAMILY: &str = "Helvetica, Arial, Liberation Sans, sans-serif";

/// Where a text stands relative to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Middle,
    Right,
}

pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(buffer: &'a mut String, width: f64, height: f64) -> Self {
        let size = (units(width).unsigned_abs(), units(height).unsigned_abs());
        Self { area: SVGBackend::with_string(buffer, size).into_drawing_area() }
    }

    /// A line through points.
    pub(super) fn line(
        &mut self,
        points: &[(f64, f64)],
        stroke: f64,
        colour: RGBColor,
        opacity: f64,
    ) -> Result<(), FigureError> {
        let style =
            ShapeStyle { color: colour.mix(opacity), filled: false, stroke_width: units(stroke).unsigned_abs() };
        let points: Vec<(i32, i32)> = points.iter().copied().map(place).collect();
        self.area.draw(&PathElement::new(points, style)).map_err(drawing)
    }

    /// A line through points, broken into dashes and gaps of these lengths; an empty pattern is solid.
    pub(super) fn dashed(
        &mut self,
        points: &[(f64, f64)],
        stroke: f64,
        colour: RGBColor,
        pattern: &[f64],
    ) -> Result<(), FigureError> {
        if pattern.is_empty() {
            return self.line(points, stroke, colour, 1.0);
        }
        dashes(points, pattern).iter().try_for_each(|dash| self.line(dash, stroke, colour, 1.0))
    }

    /// A filled shape.
    pub(super) fn fill(&mut self, corners: &[(f64, f64)], colour: RGBColor, opacity: f64) -> Result<(), FigureError> {
        let corners: Vec<(i32, i32)> = corners.iter().copied().map(place).collect();
        self.area.draw(&Polygon::new(corners, colour.mix(opacity).filled())).map_err(drawing)
    }

    /// A filled circle.
    pub(super) fn disc(
        &mut self,
        centre: (f64, f64),
        radius: f64,
        colour: RGBColor,
        opacity: f64,
    ) -> Result<(), FigureError> {
        let circle = Circle::new(place(centre), units(radius), colour.mix(opacity).filled());
        self.area.draw(&circle).map_err(drawing)
    }

    /// One line of text, vertically centred on the point.
    pub(super) fn text(
        &mut self,
        text: &str,
        at: (f64, f64),
        align: Align,
        lettering: Lettering,
    ) -> Result<(), FigureError> {
        self.turned_text(text, at, align, lettering, FontTransform::None)
    }

    /// One line of text that reads upwards, centred on the point.
    pub(super) fn text_upwards(&mut self, text: &str, at: (f64, f64), lettering: Lettering) -> Result<(), FigureError> {
        self.turned_text(text, at, Align::Middle, lettering, FontTransform::Rotate270)
    }

    fn turned_text(
        &mut self,
        text: &str,
        at: (f64, f64),
        align: Align,
        lettering: Lettering,
        turn: FontTransform,
    ) -> Result<(), FigureError> {
        let horizontal = match align {
            Align::Left => HPos::Left,
            Align::Middle => HPos::Center,
            Align::Right => HPos::Right,
        };
        let style = if lettering.bold { FontStyle::Bold } else { FontStyle::Normal };
        let font = (FAMILY, lettering.size * UNITS * PLOTTERS_FONT_SCALE).into_font().style(style).transform(turn);
        let style = TextStyle::from(font).color(&lettering.colour).pos(Pos::new(horizontal, VPos::Center));
        self.area.draw(&Text::new(visible(text), place(at), style)).map_err(drawing)
    }

    pub(super) fn finish(self) -> Result<(), FigureError> {
        self.area.present().map_err(drawing)
    }
}

fn drawing(error: impl std::fmt::Display) -> FigureError {
    FigureError::Drawing(error.to_string())
}

fn place((x, y): (f64, f64)) -> (i32, i32) {
    (units(x), units(y))
}

/// Points to units. Figures are at most 20 inches wide, so this can't overflow.
#[allow(clippy::cast_possible_truncation)]
fn units(points: f64) -> i32 {
    (points * UNITS).round() as i32
}

/// The dashes of a line through points.
fn dashes(points: &[(f64, f64)], pattern: &[f64]) -> Vec<Vec<(f64, f64)>> {
    let mut found: Vec<Vec<(f64, f64)>> = Vec::new();
    let (mut part, mut left) = (0, pattern[0]);
    if let Some(first) = points.first() {
        found.push(vec![*first]);
    }
    for pair in points.windows(2) {
        let [mut from, to] = [pair[0], pair[1]];
        loop {
            let length = libm::hypot(to.0 - from.0, to.1 - from.1);
            let drawn = part % 2 == 0;
            if length <= left {
                left -= length;
                if let Some(dash) = found.last_mut().filter(|_| drawn) {
                    dash.push(to);
                }
                break;
            }
            let share = left / length;
            from = (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1));
            match found.last_mut() {
                Some(dash) if drawn => dash.push(from),
                _ => found.push(vec![from]),
            }
            part = (part + 1) % pattern.len();
            left = pattern[part].max(0.5);
        }
    }
    found.retain(|dash| dash.len() > 1);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_go_around_corners() {
        let corner = [(0.0, 0.0), (4.0, 0.0), (4.0, 10.0)];
        assert_eq!(
            dashes(&corner, &[6.0, 3.0]),
            [vec![(0.0, 0.0), (4.0, 0.0), (4.0, 2.0)], vec![(4.0, 5.0), (4.0, 10.0)]]
        );
    }
}
