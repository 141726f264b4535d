//! Histograms of one quantity, one group above the other on the same axes.

use super::axis::{nice_step, range};
use super::canvas::Canvas;
use super::ecdf_plot::ValuesGroup;
use super::order_statistics::quantile;
use super::palette::{INK, colour};
use super::panel::{Across, Panel, Plan};
use super::series::Key;
use super::{Figure, FigureError, Setting, all_finite, alt_text, at_most};

/// What histograms show.
#[derive(Debug, Clone, PartialEq)]
pub struct HistogramInput<'a> {
    /// Title, quantity, width and provenance.
    pub setting: Setting<'a>,
    /// The groups, from top to bottom.
    pub groups: Vec<ValuesGroup<'a>>,
}

const MOST_GROUPS: usize = 8;
const FEWEST_BINS: f64 = 5.0;
const MOST_BINS: f64 = 60.0;

/// Equally wide bins: lower end of the first, width, number.
struct Bins {
    low: f64,
    width: f64,
    count: usize,
}

impl HistogramInput<'_> {
    /// Draws the figure.
    ///
    /// # Errors
    /// Nothing to draw, too many groups, values that aren't finite, an impossible width or range.
    pub fn draw(&self) -> Result<Figure, FigureError> {
        at_most(MOST_GROUPS, self.groups.len(), "histograms")?;
        for group in &self.groups {
            all_finite(group.label, group.values.iter().copied())?;
        }
        let bins = Bins::of(self.groups.iter().flat_map(|group| group.values.iter().copied()).collect())?;
        let counts: Vec<Vec<u32>> = self.groups.iter().map(|group| bins.count(group.values)).collect();
        let most = counts.iter().flatten().max().copied().unwrap_or(1);
        let heads = self.groups.iter().map(|group| match group.label {
            "" => "all runs".to_owned(),
            label => crate::escape::visible(label),
        });
        let panel = Panel::new(
            &self.setting,
            Plan {
                across: Across::Numbers {
                    low: bins.low - bins.width * 0.3,
                    high: bins.edge(bins.count) + bins.width * 0.3,
                    logarithmic: false,
                    ticks: Vec::new(),
                },
                across_title: self.setting.axis_title(),
                up: (0.0, f64::from(most.max(1)) * 1.06),
                up_title: "Runs".to_owned(),
                height: if self.groups.len() == 1 { 120.0 } else { 62.0 },
                heads: heads.collect(),
                below: 0.0,
                left: 0.0,
                key: Key::new(std::iter::empty(), 0.0, false),
            },
        )?;
        let mut svg = String::new();
        let mut canvas = Canvas::new(&mut svg, panel.size.0, panel.size.1);
        panel.draw(&mut canvas)?;
        let mut alt = alt_text::opening("Histograms", &self.setting, self.groups.len());
        for (position, (group, counts)) in self.groups.iter().zip(&counts).enumerate() {
            bars(&mut canvas, &panel, position, &bins, counts)?;
            let mut sorted = group.values.to_vec();
            sorted.sort_by(f64::total_cmp);
            alt.push_str(&format!(" {}: {}", group.label, alt_text::count(group.values.len(), group.missing)));
            if sorted.is_empty() {
                panel.draw_no_data(&mut canvas, position)?;
            }
            let Some((bottom, top)) = panel.spans.get(position) else { continue };
            for (name, share, dashes) in [("median", 0.5, &[][..]), ("95th percentile", 0.95, &[2.5, 1.8])] {
                if let Some(value) = quantile(&sorted, share) {
                    let x = panel.x(value);
                    canvas.dashed(&[(x, *bottom), (x, *top)], 0.9, INK, dashes)?;
                    alt.push_str(&format!(", {name} {}", alt_text::as_for(value, None)));
                }
            }
            alt.push('.');
        }
        canvas.finish()?;
        let title = format!("Histogram of {}", self.setting.quantity.title);
        let notes = vec![
            "Solid line: median; dashed line: 95th percentile.".to_owned(),
            "Bin width by the rule of Freedman and Diaconis, made round.".to_owned(),
        ];
        Figure::assemble(&svg, panel.size, (title, alt), notes, &self.setting)
    }
}

impl Bins {
    /// Width 2 · IQR · n^(−1/3) (Freedman & Diaconis 1981), rounded to 1, 2 or 5 times a power of ten.
    fn of(mut values: Vec<f64>) -> Result<Self, FigureError> {
        values.sort_by(f64::total_cmp);
        let (low, high) = range(values.iter().copied()).ok_or(FigureError::NoValues)?;
        let span = high - low;
        if !(span * 2.0).is_finite() {
            return Err(FigureError::RangeTooWide);
        }
        let size = low.abs().max(high.abs());
        if span <= size * 1e-12 || span == 0.0 {
            let width = if size > 0.0 { size * 0.05 } else { 1.0 };
            return Ok(Self { low: low - width / 2.0, width, count: 1 });
        }
        #[allow(clippy::cast_precision_loss)]
        let n = values.len() as f64;
        let quartiles = quantile(&values, 0.75).zip(quantile(&values, 0.25)).map_or(0.0, |(q3, q1)| q3 - q1);
        let rule = if quartiles > 0.0 { 2.0 * quartiles / libm::cbrt(n) } else { span / FEWEST_BINS };
        let (width, _) = nice_step(rule.clamp(span / MOST_BINS, span / FEWEST_BINS));
        let first = (low / width).floor();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let count = (((high / width).floor() - first) as usize + 1).min(200);
        Ok(Self { low: first * width, width, count })
    }

    #[allow(clippy::cast_precision_loss)]
    fn edge(&self, index: usize) -> f64 {
        self.low + self.width * index as f64
    }

    /// Values in each bin; a value on an edge belongs to the bin above it.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn count(&self, values: &[f64]) -> Vec<u32> {
        let mut counts = vec![0; self.count];
        for value in values {
            let index = ((value - self.low) / self.width + 1e-9).floor().max(0.0) as usize;
            if let Some(count) = counts.get_mut(index.min(self.count - 1)) {
                *count += 1;
            }
        }
        counts
    }
}

fn bars(
    canvas: &mut Canvas<'_>,
    panel: &Panel,
    position: usize,
    bins: &Bins,
    counts: &[u32],
) -> Result<(), FigureError> {
    let Some(axis) = panel.plots.get(position) else { return Ok(()) };
    for (index, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let (left, right) = (panel.x(bins.edge(index)), panel.x(bins.edge(index + 1)));
        let (bottom, top) = (axis.place(0.0), axis.place(f64::from(*count)));
        let corners = [(left, bottom), (left, top), (right, top), (right, bottom)];
        canvas.fill(&corners, colour(position), 0.55)?;
        canvas.line(&[corners[0], corners[1], corners[2], corners[3], corners[0]], 0.5, colour(position), 1.0)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_in_one_bin_and_edges_are_round() {
        for values in [vec![0.0, 0.1, 0.2, 0.3, 1.0], (0..500).map(f64::from).collect(), vec![7.0; 9], vec![-3.0, 1e6]]
        {
            let bins = Bins::of(values.clone()).unwrap();
            let total: u32 = bins.count(&values).iter().sum();
            assert_eq!(total as usize, values.len());
            assert!(bins.low <= values[0] && bins.edge(bins.count) >= values[values.len() - 1], "{values:?}");
        }
        let bins = Bins::of((0..500).map(f64::from).collect()).unwrap();
        assert_eq!((bins.low, bins.width, bins.count), (0.0, 50.0, 10));
    }
}
