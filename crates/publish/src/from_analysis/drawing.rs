//! What every figure made from a frame shares: the question, the labels, the stamp, and why there may be none.

use ergon_analysis::{Analysis, AnalysisError, Ask, Frame, LevelSummary, describe, values_by};
use ergon_domain::{Metric, Value};

use crate::figure::{
    BarChartInput, EcdfInput, Estimate, Figure, FigureError, HistogramInput, IntervalGroup, Quantity, RaincloudGroup,
    RaincloudInput, Setting, Stamp, ValuesGroup,
};

use super::{provenance, unit};

/// Why there is no figure.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DrawingError {
    /// The data can't answer.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// It can't be drawn.
    #[error(transparent)]
    Figure(#[from] FigureError),
    /// This kind of figure needs something else.
    #[error("{0}")]
    Needs(String),
}

/// Data and question of a figure, and how it will be printed.
#[derive(Debug, Clone, Copy)]
pub struct Drawing<'a> {
    /// The data.
    pub frame: &'a Frame,
    /// The metric and how it is estimated.
    pub ask: &'a Ask,
    /// Width in inches.
    pub width_inches: f64,
    /// The version that draws.
    pub ergon_version: &'a str,
}

/// Words and hashes that a figure borrows.
pub(super) struct Words {
    title: String,
    unit: String,
    source: crate::Provenance,
    data_hash: String,
    spec_hash: String,
}

impl<'a> Drawing<'a> {
    /// A raincloud of the metric in every cell of `by`: the default figure.
    ///
    /// # Errors
    /// Unknown names, no values, an impossible width.
    pub fn raincloud(&self, by: &[String]) -> Result<Figure, DrawingError> {
        let described = describe(self.frame, self.ask, by)?;
        let groups = values_by(self.frame, &self.ask.metric, by)?;
        let words = Words::of(&described);
        let groups: Vec<RaincloudGroup<'_>> = groups
            .iter()
            .zip(&described.levels)
            .map(|(group, level)| RaincloudGroup {
                label: &group.label,
                values: &group.values,
                estimate: estimate(level),
                missing: group.missing,
            })
            .collect();
        Ok(RaincloudInput { setting: self.setting(&words), groups }.draw()?)
    }

    /// Bars as long as the means in every cell of `by`.
    ///
    /// # Errors
    /// Unknown names, no values, an impossible width.
    pub fn bars(&self, by: &[String]) -> Result<Figure, DrawingError> {
        let described = describe(self.frame, self.ask, by)?;
        let words = Words::of(&described);
        let groups = described.levels.iter().map(|level| IntervalGroup {
            label: &level.label,
            estimate: estimate(level),
            n: level.n,
            missing: missing(level),
        });
        Ok(BarChartInput { setting: self.setting(&words), groups: groups.collect() }.draw()?)
    }

    /// Distribution functions of the metric in every cell of `by`.
    ///
    /// # Errors
    /// Unknown names, no values, censored values, an impossible width.
    pub fn ecdf(&self, by: &[String]) -> Result<Figure, DrawingError> {
        self.of_values(by, |setting, groups| EcdfInput { setting, groups }.draw())
    }

    /// Histograms of the metric in every cell of `by`.
    ///
    /// # Errors
    /// Unknown names, no values, censored values, an impossible width.
    pub fn histogram(&self, by: &[String]) -> Result<Figure, DrawingError> {
        self.of_values(by, |setting, groups| HistogramInput { setting, groups }.draw())
    }

    fn of_values(
        &self,
        by: &[String],
        draw: impl Fn(Setting<'_>, Vec<ValuesGroup<'_>>) -> Result<Figure, FigureError>,
    ) -> Result<Figure, DrawingError> {
        let described = describe(self.frame, self.ask, by)?;
        if described.levels.iter().any(|level| level.censored > 0) {
            return Err(DrawingError::Needs(format!(
                "{} holds censored values, which have no place in a distribution of values: draw 'survival'",
                self.ask.metric
            )));
        }
        let words = Words::of(&described);
        let groups = values_by(self.frame, &self.ask.metric, by)?;
        let groups = groups.iter().map(|group| ValuesGroup {
            label: &group.label,
            values: &group.values,
            missing: group.missing,
        });
        Ok(draw(self.setting(&words), groups.collect())?)
    }

    pub(super) fn setting<'w>(&self, words: &'w Words) -> Setting<'w>
    where
        'a: 'w,
    {
        Setting {
            title: None,
            quantity: Quantity { title: &words.title, unit: unit(&words.unit) },
            ci_level: self.ask.confidence,
            provenance: words.source,
            width_inches: self.width_inches,
            stamp: Stamp {
                data_hash: &words.data_hash,
                spec_hash: &words.spec_hash,
                ergon_version: self.ergon_version,
            },
        }
    }

    /// The metric asked about.
    pub(super) fn metric(&self) -> Result<&'a Metric, DrawingError> {
        Ok(self.frame.metric(&self.ask.metric)?)
    }

    /// The levels of a factor, refused with what there is when there is no such factor.
    pub(super) fn levels(&self, factor: &str) -> Result<Vec<Value>, DrawingError> {
        let levels = self.frame.levels(factor);
        if levels.is_empty() {
            let error = AnalysisError::UnknownFactor { name: factor.to_owned(), available: self.frame.varied() };
            return Err(error.into());
        }
        Ok(levels)
    }
}

impl Words {
    pub(super) fn of(analysis: &Analysis) -> Self {
        let question = &analysis.question;
        Self {
            title: question.metric_title.clone(),
            unit: question.unit.clone(),
            source: provenance(&analysis.provenance),
            data_hash: analysis.frame.digest.to_string(),
            spec_hash: analysis.frame.spec_hash.to_string(),
        }
    }

    /// The same about another quantity.
    pub(super) fn about(mut self, title: impl Into<String>, unit: &str) -> Self {
        (self.title, self.unit) = (title.into(), unit.to_owned());
        self
    }

    /// The weakest provenance of both.
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.source = self.source.max(other.source);
        self
    }

    /// Stands for data of several metrics: the digest of the whole frame.
    pub(super) fn of_all(mut self, frame: &Frame) -> Self {
        self.data_hash = frame.digest(None).to_string();
        self
    }
}

/// Mean with its interval; none where either is absent.
pub(super) fn estimate(level: &LevelSummary) -> Option<Estimate> {
    level.mean.zip(level.ci).map(|(mean, ci)| Estimate { mean, ci_low: ci.lo, ci_high: ci.hi })
}

/// Runs without a number.
pub(super) fn missing(level: &LevelSummary) -> usize {
    level.censored + level.missing.iter().map(|dropped| dropped.count).sum::<usize>()
}
