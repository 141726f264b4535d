//! Stacked bars: how a whole splits into parts, one bar a group.

use super::canvas::{Align, Canvas};
use super::frame::{Frame, Includes, Layout, RowLabel};
use super::lettering::{LINE, TICK};
use super::palette::{INK, colour};
use super::text_extent::width;
use super::{Figure, FigureError, Setting, all_finite, alt_text, at_most};

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct StackedBar<'a> {
    /// What it is of.
    pub label: &'a str,
    /// Runs it rests on.
    pub n: usize,
    /// Lengths of its parts, in the order of the parts' names; `None` where it has no such part.
    pub lengths: Vec<Option<f64>>,
}

/// What stacked bars show; the quantity of the setting is the parts' length.
#[derive(Debug, Clone, PartialEq)]
pub struct StackedBarsInput<'a> {
    /// Title, quantity, width and provenance.
    pub setting: Setting<'a>,
    /// Names of the parts, in the order they are stacked.
    pub parts: Vec<&'a str>,
    /// The bars, from top to bottom.
    pub bars: Vec<StackedBar<'a>>,
}

const ROW_HEIGHT: f64 = 24.0;
const MOST_BARS: usize = 20;
const MOST_PARTS: usize = 8;
const HALF: f64 = 6.0;

impl StackedBarsInput<'_> {
    /// Draws the figure. Parts below zero are stacked to the left of it.
    ///
    /// # Errors
    /// No bars or too many, values that aren't finite, an impossible width.
    pub fn draw(&self) -> Result<Figure, FigureError> {
        at_most(MOST_BARS, self.bars.len(), "bars")?;
        at_most(MOST_PARTS, self.parts.len(), "parts")?;
        for bar in &self.bars {
            all_finite(bar.label, bar.lengths.iter().flatten().copied())?;
        }
        let labels: Vec<RowLabel<'_>> =
            self.bars.iter().map(|bar| RowLabel { label: bar.label, n: bar.n, missing: 0 }).collect();
        let ends = self.bars.iter().flat_map(|bar| bar.pieces().into_iter().flat_map(|(_, from, to)| [from, to]));
        let layout = Layout { includes: Includes::Zero, key: true, ..Layout::rows(ROW_HEIGHT) };
        let frame = Frame::new(&self.setting, &labels, ends, layout)?;
        let Some(axis) = &frame.axis else { return Err(FigureError::NoValues) };
        let mut svg = String::new();
        let mut canvas = Canvas::new(&mut svg, frame.size.0, frame.size.1);
        frame.draw(&mut canvas)?;
        for (bar, top) in self.bars.iter().zip(&frame.rows) {
            let y = top + frame.row_height / 2.0;
            for (part, from, to) in bar.pieces() {
                let (left, right) = (axis.place(from), axis.place(to));
                let corners = [(left, y - HALF), (right, y - HALF), (right, y + HALF), (left, y + HALF)];
                canvas.fill(&corners, colour(part), 0.75)?;
                canvas.line(&[corners[0], corners[1], corners[2], corners[3], corners[0]], 0.5, INK, 1.0)?;
            }
        }
        if let Some(y) = frame.key {
            let mut x = frame.plot.0;
            for (part, name) in self.parts.iter().enumerate() {
                let box_of = |x: f64| [(x, y - 3.0), (x + 6.0, y - 3.0), (x + 6.0, y + 3.0), (x, y + 3.0)];
                canvas.fill(&box_of(x), colour(part), 0.75)?;
                canvas.text(name, (x + 9.0, y), Align::Left, TICK)?;
                x += 9.0 + width(name, TICK.size) + LINE;
            }
        }
        canvas.finish()?;
        let title = format!("{} by part", self.setting.quantity.title);
        let notes = vec!["Bars: means of the parts, stacked in the order of the key.".to_owned()];
        Figure::assemble(&svg, frame.size, (title, self.alt()), notes, &self.setting)
    }

    fn alt(&self) -> String {
        let mut alt = alt_text::opening("Stacked bars", &self.setting, self.bars.len());
        for bar in &self.bars {
            let parts = self
                .parts
                .iter()
                .zip(&bar.lengths)
                .filter_map(|(name, length)| Some(format!("{name} {}", alt_text::as_for((*length)?, None))));
            alt.push_str(&format!(" {}: n = {}, {}.", bar.label, bar.n, parts.collect::<Vec<_>>().join(", ")));
        }
        alt
    }
}

impl StackedBar<'_> {
    /// Part, start and end of each piece.
    fn pieces(&self) -> Vec<(usize, f64, f64)> {
        let (mut right, mut left) = (0.0, 0.0);
        let mut pieces = Vec::with_capacity(self.lengths.len());
        for (part, length) in self.lengths.iter().enumerate() {
            let Some(length) = length else { continue };
            let from = if *length < 0.0 { &mut left } else { &mut right };
            pieces.push((part, *from, *from + length));
            *from += length;
        }
        pieces
    }
}
