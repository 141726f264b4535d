//! Figures of comparisons: forest plot and survival curves.

use ergon_analysis::{Analysis, Detail, compare};

use crate::figure::{Figure, ForestInput, ForestRow, SurvivalCurve, SurvivalInput, SurvivalStep};

use super::drawing::{Drawing, DrawingError, Words};

impl Drawing<'_> {
    /// The effect of a factor. Of two levels: in each cell of the other factors, and overall. Of more: each pair.
    ///
    /// # Errors
    /// Other than one factor, unknown names, nothing to compare, times to an event.
    pub fn forest(&self, by: &[String]) -> Result<Figure, DrawingError> {
        let [factor] = by else {
            return Err(self.needs("a forest plot", "one factor, whose levels are compared", by));
        };
        let analyses = compare(self.frame, self.ask, factor)?;
        let pairs: Vec<(&Analysis, ForestRow<'_>, String)> = analyses
            .iter()
            .filter_map(|analysis| {
                let question = &analysis.question;
                let (treatment, control) = question.treatment.as_ref().zip(question.control.as_ref())?;
                let main = analysis.main_estimate()?;
                let ci = main.ci.map(|ci| (ci.lo, ci.hi)).filter(|ci| ci.0.is_finite() && ci.1.is_finite());
                let row = ForestRow { label: "", estimate: main.value, ci, n: analysis.n, overall: false };
                let sign = if question.estimand == "log_ratio" { "/" } else { "−" };
                Some((analysis, row, format!("{treatment} {sign} {control}")))
            })
            .collect();
        let Some((first, main, pair)) = pairs.first() else {
            return Err(self.needs("a forest plot", "a comparison of means: this metric gives none", by));
        };
        let question = &first.question;
        let ratio = matches!(question.estimand.as_str(), "log_ratio" | "ratio" | "odds_ratio");
        let words = pairs.iter().fold(Words::of(first), |words, (analysis, _, _)| words.and(&Words::of(analysis)));
        let what = if ratio { "Ratio" } else { "Difference" };
        let unit = if ratio { "" } else { question.unit.as_str() };
        let single = pairs.len() == 1;
        let title = if single {
            format!("{what} of {}, {pair}", question.metric_title)
        } else {
            format!("{what} of {}", question.metric_title)
        };
        let words = words.about(title, unit);
        let mut rows: Vec<ForestRow<'_>> = Vec::new();
        if single {
            rows.extend(first.heterogeneity.iter().filter(|cell| cell.estimate.is_finite()).map(|cell| ForestRow {
                label: &cell.cell,
                estimate: cell.estimate,
                ci: cell.ci.map(|ci| (ci.lo, ci.hi)).filter(|ci| ci.0.is_finite() && ci.1.is_finite()),
                n: cell.n_treatment + cell.n_control,
                overall: false,
            }));
            rows.push(ForestRow { label: "Overall", overall: !rows.is_empty(), ..*main });
        } else {
            rows.extend(pairs.iter().map(|(_, row, label)| ForestRow { label, ..*row }));
        }
        Ok(ForestInput { setting: self.setting(&words), ratio, rows }.draw()?)
    }

    /// Kaplan–Meier curves of the levels of a factor.
    ///
    /// # Errors
    /// Other than one factor, unknown names, a metric that is no time to an event.
    pub fn survival(&self, by: &[String]) -> Result<Figure, DrawingError> {
        let [factor] = by else {
            return Err(self.needs("a survival plot", "one factor, whose levels are compared", by));
        };
        let analyses = compare(self.frame, self.ask, factor)?;
        let found = analyses.iter().find_map(|analysis| match &analysis.detail {
            Some(Detail::Survival(survival)) => Some((analysis, survival)),
            _ => None,
        });
        let Some((analysis, survival)) = found else {
            let metric = &self.metric()?.id;
            let what =
                format!("a metric that is a time to an event (some runs may not have had it), and {metric} is none");
            return Err(self.needs("a survival plot", &what, by));
        };
        let words = Words::of(analysis);
        let curves = survival.curves.iter().map(|curve| SurvivalCurve {
            label: &curve.level,
            n: curve.n,
            steps: curve
                .steps
                .iter()
                .map(|step| SurvivalStep {
                    time: step.time,
                    events: step.events,
                    survival: step.survival,
                    ci: step.ci.map(|ci| (ci.lo, ci.hi)),
                })
                .collect(),
            censored_at: &curve.censored_at,
            median: curve.median,
        });
        Ok(SurvivalInput { setting: self.setting(&words), curves: curves.collect() }.draw()?)
    }
}
