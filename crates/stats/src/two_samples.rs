//! Two independent samples, cleaned and summed up: what Welch's and Student's tests, and the
//! effect sizes, start from.

use crate::StatError;
use crate::account::{SampleSummary, Warning};
use crate::missing::observed;
use crate::moments::{Moments, unit_of};
use crate::options::TestOptions;

/// Moments of two samples in one common unit.
pub(crate) struct TwoSamples {
    pub(crate) x: Moments,
    pub(crate) y: Moments,
    pub(crate) dropped: [usize; 2],
    pub(crate) unit: f64,
}

impl TwoSamples {
    /// Cleans both samples and takes their moments; `least` is the least size of each.
    pub(crate) fn of(x: &[f64], y: &[f64], least: usize, options: &TestOptions) -> Result<Self, StatError> {
        options.check()?;
        let (x, x_dropped) = observed(x, "x", options.missing)?;
        let (y, y_dropped) = observed(y, "y", options.missing)?;
        for (what, sample) in [("x", &x), ("y", &y)] {
            if sample.is_empty() {
                return Err(StatError::Empty { what });
            }
            if sample.len() < least {
                return Err(StatError::TooFew { what, needed: least, found: sample.len() });
            }
        }
        let unit = unit_of([x.as_ref(), y.as_ref()]);
        Ok(Self { x: Moments::in_unit(&x, unit), y: Moments::in_unit(&y, unit), dropped: [x_dropped, y_dropped], unit })
    }

    pub(crate) fn n_used(&self) -> usize {
        self.x.n + self.y.n
    }

    pub(crate) fn n_dropped(&self) -> usize {
        self.dropped[0] + self.dropped[1]
    }

    /// mean(x) − mean(y), in units, rounded once.
    pub(crate) fn mean_difference_in_units(&self) -> f64 {
        self.x.center.minus(self.y.center)
    }

    /// Pooled variance in units², and its degrees of freedom.
    pub(crate) fn pooled_variance_in_units(&self) -> (f64, f64) {
        let df = (self.x.n + self.y.n - 2) as f64;
        ((self.x.ss + self.y.ss) / df, df)
    }

    pub(crate) fn summaries(&self) -> Vec<SampleSummary> {
        [(&self.x, self.dropped[0]), (&self.y, self.dropped[1])]
            .map(|(m, n_dropped)| SampleSummary { n: m.n, n_dropped, mean: m.mean(), sd: m.sd() })
            .to_vec()
    }

    /// What to be warned of, whatever the procedure.
    pub(crate) fn warn(&self, warnings: &mut Vec<Warning>) {
        let (small, large) = (self.x.n.min(self.y.n), self.x.n.max(self.y.n));
        if small < 5 {
            warnings.push(Warning::FewObservations { n: small });
        }
        if large as f64 > 1.5 * small as f64 {
            warnings.push(Warning::Unbalanced { smallest: small, largest: large });
        }
        if self.x.is_nearly_constant() && self.y.is_nearly_constant() {
            warnings.push(Warning::NearlyConstant);
        }
    }
}
