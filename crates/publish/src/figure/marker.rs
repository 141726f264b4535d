//! Shapes, so that groups can be told apart without colour.

use plotters::style::RGBColor;

use super::FigureError;
use super::canvas::Canvas;

/// The shape of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    Circle,
    Triangle,
    Square,
    Diamond,
    TriangleDown,
    Cross,
    Plus,
}

/// Seven shapes against eight colours: 56 groups before a pair repeats.
const ALL: [Marker; 7] = [
    Marker::Circle,
    Marker::Triangle,
    Marker::Square,
    Marker::Diamond,
    Marker::TriangleDown,
    Marker::Cross,
    Marker::Plus,
];

impl Marker {
    /// The shape of the group at this position.
    pub(super) fn at(position: usize) -> Self {
        ALL[position % ALL.len()]
    }

    /// Draws the shape so that all shapes look about equally large.
    pub(super) fn draw(
        self,
        canvas: &mut Canvas<'_>,
        (x, y): (f64, f64),
        radius: f64,
        colour: RGBColor,
        opacity: f64,
    ) -> Result<(), FigureError> {
        let mut polygon = |corners: &[(f64, f64)]| {
            let corners: Vec<(f64, f64)> = corners.iter().map(|(dx, dy)| (x + dx * radius, y + dy * radius)).collect();
            canvas.fill(&corners, colour, opacity)
        };
        match self {
            Self::Circle => canvas.disc((x, y), radius, colour, opacity),
            Self::Triangle => polygon(&[(-1.1, 0.8), (1.1, 0.8), (0.0, -1.2)]),
            Self::TriangleDown => polygon(&[(-1.1, -0.8), (1.1, -0.8), (0.0, 1.2)]),
            Self::Square => polygon(&[(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)]),
            Self::Diamond => polygon(&[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)]),
            Self::Plus | Self::Cross => {
                let (long, short) = if self == Self::Plus { (1.2, 0.0) } else { (0.9, 0.9) };
                let stroke = (radius * 0.5).max(0.5);
                let end = |dx: f64, dy: f64| (x + dx * radius, y + dy * radius);
                canvas.line(&[end(-long, -short), end(long, short)], stroke, colour, opacity)?;
                canvas.line(&[end(-short, long), end(short, -long)], stroke, colour, opacity)
            }
        }
    }
}
