//! Forest plot: an effect in each of several comparisons, and overall.

use super::canvas::{Align, Canvas};
use super::frame::{Frame, Includes, Layout, RowLabel};
use super::lettering::TICK;
use super::palette::{GREY, INK, colour};
use super::text_extent::width;
use super::{Estimate, Figure, FigureError, Setting, all_finite, alt_text, at_most};

/// One comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ForestRow<'a> {
    /// What is compared.
    pub label: &'a str,
    /// The effect with its interval; without one where the comparison has too few runs.
    pub estimate: f64,
    /// Its interval.
    pub ci: Option<(f64, f64)>,
    /// Runs it rests on.
    pub n: usize,
    /// Whether it sums up the others: drawn as a diamond as wide as its interval.
    pub overall: bool,
}

/// What a forest plot shows; the quantity of the setting is the effect.
#[derive(Debug, Clone, PartialEq)]
pub struct ForestInput<'a> {
    /// Title, quantity, width and provenance.
    pub setting: Setting<'a>,
    /// Whether effects are ratios: no effect is 1 then, and the axis is logarithmic.
    pub ratio: bool,
    /// The comparisons, from top to bottom.
    pub rows: Vec<ForestRow<'a>>,
}

const ROW_HEIGHT: f64 = 21.0;
const MOST_ROWS: usize = 40;
/// Half the side of the largest square.
const LARGEST: f64 = 4.0;

impl ForestInput<'_> {
    /// Draws the figure.
    ///
    /// # Errors
    /// Nothing to draw, too many rows, values that aren't finite (or, as ratios, not above zero), an impossible width.
    pub fn draw(&self) -> Result<Figure, FigureError> {
        at_most(MOST_ROWS, self.rows.len(), "comparisons")?;
        for row in &self.rows {
            all_finite(row.label, row.ends())?;
        }
        let labels: Vec<RowLabel<'_>> =
            self.rows.iter().map(|row| RowLabel { label: row.label, n: row.n, missing: 0 }).collect();
        let texts: Vec<String> = self.rows.iter().map(ForestRow::text).collect();
        let right = texts.iter().map(|text| width(text, TICK.size)).fold(0.0, f64::max);
        let includes = if self.ratio { Includes::One } else { Includes::AroundZero };
        let layout = Layout { includes, right, ..Layout::rows(ROW_HEIGHT) };
        let frame = Frame::new(&self.setting, &labels, self.rows.iter().flat_map(ForestRow::ends), layout)?;
        let Some(axis) = &frame.axis else { return Err(FigureError::NoValues) };
        let mut svg = String::new();
        let mut canvas = Canvas::new(&mut svg, frame.size.0, frame.size.1);
        frame.draw(&mut canvas)?;
        let none = axis.place(if self.ratio { 1.0 } else { 0.0 });
        let bottom = frame.rows.last().map_or(0.0, |top| top + frame.row_height);
        canvas.dashed(&[(none, frame.rows[0]), (none, bottom)], 0.7, GREY, &[3.0, 2.0])?;
        let most = self.rows.iter().filter(|row| !row.overall).map(|row| row.n).max().unwrap_or(1).max(1);
        for ((row, top), text) in self.rows.iter().zip(&frame.rows).zip(&texts) {
            let y = top + frame.row_height / 2.0;
            let mean = axis.place(row.estimate);
            let ends = row.ci.map(|(low, high)| (axis.place(low), axis.place(high)));
            match ends {
                Some((low, high)) if row.overall => {
                    canvas.fill(&[(low, y), (mean, y - 4.0), (high, y), (mean, y + 4.0)], INK, 1.0)?;
                }
                _ => {
                    if let Some((low, high)) = ends {
                        canvas.line(&[(low, y), (high, y)], 0.9, colour(0), 1.0)?;
                    }
                    #[allow(clippy::cast_precision_loss)]
                    let half = (LARGEST * (row.n as f64 / most as f64).sqrt()).max(1.2);
                    let square = [
                        (mean - half, y - half),
                        (mean + half, y - half),
                        (mean + half, y + half),
                        (mean - half, y + half),
                    ];
                    canvas.fill(&square, if row.overall { INK } else { colour(0) }, 1.0)?;
                }
            }
            canvas.text(text, (frame.size.0 - super::lettering::MARGIN, y), Align::Right, TICK)?;
        }
        canvas.finish()?;
        let title = format!("Forest plot of {}", self.setting.quantity.title);
        let none = if self.ratio { "1" } else { "0" };
        let mut notes = vec![format!(
            "Squares: estimate, their area in proportion to the runs; lines: {}; dashed: no effect ({none}).",
            self.setting.interval_name()
        )];
        if self.rows.iter().any(|row| row.overall) {
            notes.push("Diamond: overall, as wide as its interval.".to_owned());
        }
        Figure::assemble(&svg, frame.size, (title, self.alt(&texts)), notes, &self.setting)
    }

    fn alt(&self, texts: &[String]) -> String {
        let mut alt = alt_text::opening("Forest plot", &self.setting, self.rows.len());
        for (row, text) in self.rows.iter().zip(texts) {
            alt.push_str(&format!(" {}: n = {}, {text}.", row.label, row.n));
        }
        alt
    }
}

impl ForestRow<'_> {
    fn ends(&self) -> impl Iterator<Item = f64> + use<> {
        let ci = self.ci;
        [self.estimate].into_iter().chain(ci.into_iter().flat_map(|(low, high)| [low, high]))
    }

    /// `0.31 [0.10, 0.52]`
    fn text(&self) -> String {
        let estimate = self.ci.map(|(low, high)| Estimate { mean: self.estimate, ci_low: low, ci_high: high });
        let show = |value| alt_text::as_for(value, estimate);
        match self.ci {
            Some((low, high)) => format!("{} [{}, {}]", show(self.estimate), show(low), show(high)),
            None => format!("{}, no interval", show(self.estimate)),
        }
    }
}
