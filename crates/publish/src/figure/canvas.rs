//! A page measured in points, on top of plotters' SVG backend.
//!
//! plotters places everything on whole units; the canvas makes a unit a tenth of a point, finer than
//! any printer.

use plotters::coord::Shift;
use plotters::prelude::{
    Circle, Color, DrawingArea, IntoDrawingArea, PathElement, Polygon, RGBColor, SVGBackend, Text,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, IntoFont, ShapeStyle, TextStyle};

use super::FigureError;
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

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lettering {
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) colour: RGBColor,
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
        let horizontal = match align {
            Align::Left => HPos::Left,
            Align::Middle => HPos::Center,
            Align::Right => HPos::Right,
        };
        let style = if lettering.bold { FontStyle::Bold } else { FontStyle::Normal };
        let font = (FAMILY, lettering.size * UNITS * PLOTTERS_FONT_SCALE).into_font().style(style);
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
