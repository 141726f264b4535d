//! What stands in a cell.

use crate::number::{Digits, Shown, count};
use crate::p_value::ShownP;
use crate::{Provenance, RichText};

use super::TableStyle;

/// A cell: its content, and the marker of a specific note it refers to.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// What stands in the cell.
    pub content: Content,
    /// Marker of a specific note (`a`, `b`, …), raised after the content.
    pub note: Option<String>,
}

/// Typed content of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A number, with its uncertainty where known.
    Number(Number),
    /// An interval, `[0.31, 1.30]`.
    Interval {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
        /// Digits of both ends; [`Digits::as_for`] the standard error of the estimate.
        digits: Digits,
        /// Where it came from.
        provenance: Provenance,
    },
    /// A p-value.
    PValue(f64),
    /// A count of things.
    Count(u64),
    /// Words.
    Text(RichText),
    /// A formula or statistic, e.g. *t*(72) = 11.31.
    Mathematics(RichText),
    /// There is no value. Shown as a dash, never as 0.
    Missing,
}

/// How a number's standard error is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UncertaintyForm {
    /// Not shown; it only decides the digits.
    #[default]
    Hidden,
    /// `81.23 ± 0.41`
    PlusMinus,
    /// `81.23(41)`
    Compact,
}

/// A number in a cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Number {
    /// The value; NaN is shown as missing.
    pub value: f64,
    /// Its standard error, in the same unit.
    pub standard_error: Option<f64>,
    /// How many digits to show.
    pub digits: Digits,
    /// How the standard error is shown.
    pub form: UncertaintyForm,
    /// Where the value came from.
    pub provenance: Provenance,
    /// It can't exceed 1 in magnitude by definition (a proportion, a correlation): APA drops the 0.
    pub at_most_one: bool,
    /// Set in bold, because a test separates it from the next best. Ask for no bold without one.
    pub best: Option<Best>,
}

/// Why a value may be set in bold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Best {
    /// The corrected test that separates it from the next best; named in the note.
    pub test: String,
}

impl Number {
    /// A number whose digits come from its standard error, which isn't shown itself.
    pub fn new(value: f64, standard_error: Option<f64>) -> Self {
        Self { value, standard_error, ..Self::default() }
    }

    /// As shown in this style; `None` if it isn't a number.
    pub(super) fn shown(&self, style: TableStyle) -> Option<Shown> {
        // The error always reaches the rounding; whether it is printed is another matter.
        let digits = match (self.digits, self.standard_error) {
            (Digits::Uncertainty, Some(error)) => Digits::as_for(error),
            (digits, _) => digits,
        };
        let error = self.standard_error.filter(|_| self.form != UncertaintyForm::Hidden);
        let shown = Shown::new(self.value, error, digits)?;
        let drop = style.drops_leading_zero() && self.at_most_one;
        Some(if drop { shown.without_leading_zero() } else { shown })
    }
}

impl Cell {
    /// A number, by the digits its standard error allows.
    pub fn number(value: f64, standard_error: Option<f64>) -> Self {
        Number::new(value, standard_error).into()
    }

    /// `value ± standard error`.
    pub fn plus_minus(value: f64, standard_error: f64) -> Self {
        Number { form: UncertaintyForm::PlusMinus, ..Number::new(value, Some(standard_error)) }.into()
    }

    /// An interval with digits fit for an estimate of this standard error.
    pub fn interval(low: f64, high: f64, standard_error: Option<f64>) -> Self {
        let digits = standard_error.map_or(Digits::Uncertainty, Digits::as_for);
        Content::Interval { low, high, digits, provenance: Provenance::Measured }.into()
    }

    /// A p-value.
    pub fn p_value(p: f64) -> Self {
        Content::PValue(p).into()
    }

    /// A count.
    pub fn count(count: u64) -> Self {
        Content::Count(count).into()
    }

    /// Words.
    pub fn text(text: impl Into<RichText>) -> Self {
        Content::Text(text.into()).into()
    }

    /// No value.
    pub fn missing() -> Self {
        Content::Missing.into()
    }

    /// The same cell, with where its value came from.
    pub fn from_source(mut self, source: Provenance) -> Self {
        match &mut self.content {
            Content::Number(Number { provenance, .. }) | Content::Interval { provenance, .. } => {
                *provenance = source;
            }
            _ => {}
        }
        self
    }

    /// The same cell, referring to a specific note.
    pub fn noted(mut self, marker: impl Into<String>) -> Self {
        self.note = Some(marker.into());
        self
    }

    /// Where the value came from, if the cell holds one.
    pub fn provenance(&self) -> Option<Provenance> {
        match &self.content {
            Content::Number(number) => Some(number.provenance),
            Content::Interval { provenance, .. } => Some(*provenance),
            _ => None,
        }
    }

    /// Why it is in bold, if it is.
    pub(super) fn best(&self) -> Option<&Best> {
        match &self.content {
            Content::Number(number) => number.best.as_ref(),
            _ => None,
        }
    }

    /// What is written after the content: provenance mark, then note marker.
    pub(super) fn marks(&self) -> String {
        let mark = self.provenance().filter(|_| !self.is_missing()).and_then(Provenance::mark);
        let mut marks: String = mark.into_iter().collect();
        if let Some(note) = &self.note {
            if !marks.is_empty() {
                marks.push(',');
            }
            marks.push_str(note);
        }
        marks
    }

    /// True if no value will be seen.
    pub fn is_missing(&self) -> bool {
        match &self.content {
            Content::Number(number) => number.value.is_nan(),
            Content::Interval { low, high, .. } => low.is_nan() || high.is_nan(),
            Content::PValue(p) => !(0.0..=1.0).contains(p),
            Content::Missing => true,
            Content::Text(text) | Content::Mathematics(text) => text.is_empty(),
            Content::Count(_) => false,
        }
    }

    /// The content as a reader sees it, without marks.
    pub(super) fn to_rich_text(&self, style: TableStyle) -> RichText {
        let grouping = style.grouping();
        let text = match &self.content {
            Content::Text(text) | Content::Mathematics(text) if !self.is_missing() => return text.clone(),
            Content::Number(number) => number.shown(style).map(|shown| match number.form {
                UncertaintyForm::Compact => shown.to_compact_text(grouping),
                _ => shown.to_text(grouping),
            }),
            Content::Interval { low, high, digits, .. } => interval_text(*low, *high, *digits, style),
            Content::PValue(p) => ShownP::new(*p, style.p_values()).map(|p| p.to_cell_text()),
            Content::Count(number) => Some(count(*number, grouping)),
            _ => None,
        };
        text.unwrap_or_else(|| "—".to_owned()).into()
    }
}

fn interval_text(low: f64, high: f64, digits: Digits, style: TableStyle) -> Option<String> {
    let end = |value| Some(Shown::new(value, None, digits)?.to_text(style.grouping()));
    Some(format!("[{}, {}]", end(low)?, end(high)?))
}

impl From<Content> for Cell {
    fn from(content: Content) -> Self {
        Self { content, note: None }
    }
}

impl From<Number> for Cell {
    fn from(number: Number) -> Self {
        Content::Number(number).into()
    }
}
