//! Figures, drawn once as SVG; every other format is made from that master.
//!
//! A figure is drawn at the size at which it will be printed: text 8 pt, ticks 6.5 pt, strokes of
//! 0.5 pt and more, whatever the venue's width. It carries its data hash, spec hash and Ergon version
//! as metadata and describes itself in words. It draws only what the data support: no density for a
//! handful of values, no box for three.

mod alt_text;
mod axis;
mod canvas;
mod density;
mod document;
mod frame;
mod interval_plot;
mod marker;
mod order_statistics;
mod palette;
mod raincloud;
mod text_extent;
mod venue;

pub use interval_plot::{IntervalGroup, IntervalPlotInput};
pub use raincloud::{RaincloudGroup, RaincloudInput};
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
    /// The SVG writer failed.
    #[error("drawing failed: {0}")]
    Drawing(String),
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
