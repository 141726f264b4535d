//! Figures, drawn once as SVG; every other format is made from that master.
//!
//! A figure is drawn at the size at which it will be printed: text 8 pt, ticks 6.5 pt, strokes of
//! 0.5 pt and more, whatever the venue's width. It carries its data hash, spec hash and Ergon version
//! as metadata and describes itself in words. It draws only what the data support: no density for a
//! handful of values, no box for three.

mod alt_text;
mod axis;
mod bar_chart;
mod canvas;
mod density;
mod document;
mod ecdf_plot;
mod forest_plot;
mod frame;
mod front_plot;
mod heat_map;
mod histogram;
mod interaction_plot;
mod interval_plot;
mod lettering;
mod marker;
mod order_statistics;
#[cfg(feature = "outline")]
mod outline;
mod palette;
mod panel;
mod pareto_plot;
#[cfg(feature = "print")]
pub mod print;
mod profile_plot;
mod raincloud;
mod scalability_plot;
mod series;
mod stacked_bars;
mod survival_plot;
mod text_extent;
mod venue;
mod viridis;

pub use bar_chart::BarChartInput;
pub use ecdf_plot::{EcdfInput, ValuesGroup};
pub use forest_plot::{ForestInput, ForestRow};
pub use front_plot::{FrontInput, FrontPoints};
pub use heat_map::{HeatCell, HeatMapInput};
pub use histogram::HistogramInput;
pub use interaction_plot::{InteractionCurve, InteractionPlotInput};
pub use interval_plot::{IntervalGroup, IntervalPlotInput};
#[cfg(feature = "outline")]
pub use outline::outlined;
pub use pareto_plot::{ParetoInput, TradeOff};
pub use profile_plot::{ProfileInput, ProfileMetric};
pub use raincloud::{RaincloudGroup, RaincloudInput};
pub use scalability_plot::{Limit, ScalabilityInput, SizeCurve, SizePoint};
pub use stacked_bars::{StackedBar, StackedBarsInput};
pub use survival_plot::{SurvivalCurve, SurvivalInput, SurvivalStep};
pub use venue::{Span, Venue};

use crate::Provenance;

/// A finished figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The master.
    pub svg: String,
    /// What the figure shows, in words and numbers. Also inside the SVG.
    pub alt: String,
    /// How it was drawn, for the caption: one sentence each.
    pub notes: Vec<String>,
}

/// The quantity on the value axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity<'a> {
    /// Its title, e.g. `Response time`.
    pub title: &'a str,
    /// Its unit; empty for none.
    pub unit: &'a str,
}

/// A mean (or other estimate) with its confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub mean: f64,
    /// Lower end of its interval.
    pub ci_low: f64,
    /// Upper end of its interval.
    pub ci_high: f64,
}

/// What makes a figure traceable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp<'a> {
    /// Hash of the data shown.
    pub data_hash: &'a str,
    /// Hash of the campaign's spec.
    pub spec_hash: &'a str,
    /// Version of Ergon that drew the figure.
    pub ergon_version: &'a str,
}

/// What every figure of a quantity by groups shares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting<'a> {
    /// Title inside the figure; papers put it into the caption instead.
    pub title: Option<&'a str>,
    /// The quantity shown.
    pub quantity: Quantity<'a>,
    /// Confidence level of the intervals, e.g. 0.95.
    pub ci_level: f64,
    /// Weakest provenance of the values.
    pub provenance: Provenance,
    /// Width in inches; see [`Venue::width`].
    pub width_inches: f64,
    /// What makes the figure traceable.
    pub stamp: Stamp<'a>,
}

/// Why a figure can't be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FigureError {
    /// No group.
    #[error("a figure by groups needs at least one group")]
    NoGroups,
    /// No group has a value.
    #[error("there is no value to draw")]
    NoValues,
    /// A value is NaN or infinite.
    #[error("group “{group}” holds a value that is not a finite number")]
    NotFinite {
        /// Label of the group.
        group: String,
    },
    /// The values span more than a float can subtract.
    #[error("the values span too wide a range to draw")]
    RangeTooWide,
    /// The width can't hold a figure.
    #[error("a width of {width} inches is not between 2 and 20")]
    Width {
        /// The width asked for.
        width: String,
    },
    /// Less than the figure is made for.
    #[error("this figure needs {fewest} {what} or more, and there are {count}")]
    TooFew {
        /// What there is too little of.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many it takes.
        fewest: usize,
    },
    /// More curves, rows or columns than a reader can tell apart.
    #[error("{count} {what} can't be told apart in one figure (at most {most}): name fewer factors, or select levels")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many can be shown.
        most: usize,
    },
    /// The SVG writer failed.
    #[error("drawing failed: {0}")]
    Drawing(String),
}

impl Figure {
    /// Dresses a drawing: title, words for those who can't see it, stamp, and the note that says if nothing was
    /// measured.
    fn assemble(
        drawing: &str,
        size: (f64, f64),
        (title, alt): (String, String),
        mut notes: Vec<String>,
        setting: &Setting<'_>,
    ) -> Result<Self, FigureError> {
        let title = setting.title.map_or(title, str::to_owned);
        let svg = document::document(drawing, size, &title, &alt, setting.stamp)?;
        if let (Some(mark), Some(note)) = (setting.provenance.mark(), setting.provenance.note()) {
            notes.push(format!("{mark} {note}"));
        }
        Ok(Self { svg, alt, notes })
    }
}

impl Estimate {
    fn ends(self) -> [f64; 3] {
        [self.ci_low, self.mean, self.ci_high]
    }
}

/// Refuses what has no place on an axis.
fn all_finite(group: &str, values: impl IntoIterator<Item = f64>) -> Result<(), FigureError> {
    if values.into_iter().all(f64::is_finite) {
        Ok(())
    } else {
        Err(FigureError::NotFinite { group: group.to_owned() })
    }
}

/// Refuses more than can be told apart.
fn at_most(most: usize, count: usize, what: &'static str) -> Result<(), FigureError> {
    if count == 0 {
        return Err(FigureError::NoGroups);
    }
    if count > most { Err(FigureError::TooMany { what, count, most }) } else { Ok(()) }
}

impl Setting<'_> {
    fn check(&self) -> Result<(), FigureError> {
        if (2.0..=20.0).contains(&self.width_inches) {
            Ok(())
        } else {
            Err(FigureError::Width { width: self.width_inches.to_string() })
        }
    }

    /// `95% CI`
    fn interval_name(&self) -> String {
        format!("{}% CI", crate::number::exact((self.ci_level * 1e6).round() / 1e4))
    }

    /// Title and unit of the quantity, and whether it wasn't measured.
    fn axis_title(&self) -> String {
        let title = crate::number::heading_with_unit(self.quantity.title, self.quantity.unit);
        match self.provenance.mark() {
            Some(mark) => format!("{title}, {}{mark}", self.provenance.word()),
            None => title,
        }
    }
}
