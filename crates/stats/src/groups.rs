//! Several independent groups, cleaned and summed up in one common unit.

use std::borrow::Cow;

use crate::StatError;
use crate::account::{SampleSummary, Warning};
use crate::missing::{MissingPolicy, observed};
use crate::moments::{Moments, unit_of};
use crate::sum::Sum;

/// Groups with their values and moments.
pub(crate) struct Groups<'a> {
    pub(crate) values: Vec<Cow<'a, [f64]>>,
    pub(crate) moments: Vec<Moments>,
    pub(crate) dropped: Vec<usize>,
    pub(crate) unit: f64,
}

impl<'a> Groups<'a> {
    /// Cleans the groups: at least two of them, each with at least `least` observations.
    pub(crate) fn of<G: AsRef<[f64]>>(
        groups: &'a [G],
        least: usize,
        missing: MissingPolicy,
    ) -> Result<Self, StatError> {
        if groups.len() < 2 {
            return Err(StatError::TooFew { what: "groups", needed: 2, found: groups.len() });
        }
        let mut values = Vec::with_capacity(groups.len());
        let mut dropped = Vec::with_capacity(groups.len());
        for group in groups {
            let (kept, n) = observed(group.as_ref(), "a group", missing)?;
            if kept.is_empty() {
                return Err(StatError::Empty { what: "a group" });
            }
            if kept.len() < least {
                return Err(StatError::TooFew { what: "a group", needed: least, found: kept.len() });
            }
            values.push(kept);
            dropped.push(n);
        }
        let unit = unit_of(values.iter().map(|v| v.as_ref()));
        let moments = values.iter().map(|v| Moments::in_unit(v, unit)).collect();
        Ok(Self { values, moments, dropped, unit })
    }

    pub(crate) fn count(&self) -> usize {
        self.moments.len()
    }

    pub(crate) fn n_used(&self) -> usize {
        self.moments.iter().map(|m| m.n).sum()
    }

    pub(crate) fn n_dropped(&self) -> usize {
        self.dropped.iter().sum()
    }

    /// Sum of squares within groups, in units².
    pub(crate) fn ss_within(&self) -> f64 {
        crate::sum::sum(self.moments.iter().map(|m| m.ss))
    }

    /// The mean of all observations, in units.
    pub(crate) fn grand_mean(&self) -> Sum {
        let mut total = Sum::default();
        for m in &self.moments {
            total.join(m.total);
        }
        total.divided_by(self.n_used() as f64)
    }

    /// True if every observation of every group has one value.
    pub(crate) fn all_equal(&self) -> bool {
        let mut values = self.values.iter().flat_map(|v| v.iter());
        match values.next() {
            Some(first) => values.all(|v| v == first),
            None => true,
        }
    }

    pub(crate) fn summaries(&self) -> Vec<SampleSummary> {
        self.moments
            .iter()
            .zip(&self.dropped)
            .map(|(m, &n_dropped)| SampleSummary { n: m.n, n_dropped, mean: m.mean(), sd: m.sd() })
            .collect()
    }

    /// Few observations and lack of balance.
    pub(crate) fn warn(&self, warnings: &mut Vec<Warning>) {
        let sizes = || self.moments.iter().map(|m| m.n);
        let (small, large) = (sizes().min().unwrap_or(0), sizes().max().unwrap_or(0));
        if small < 5 {
            warnings.push(Warning::FewObservations { n: small });
        }
        if large as f64 > 1.5 * small as f64 {
            warnings.push(Warning::Unbalanced { smallest: small, largest: large });
        }
    }

    /// Variances that differ by more than a factor of four, for methods that assume one.
    pub(crate) fn warn_of_unequal_variances(&self, warnings: &mut Vec<Warning>) {
        let variances = || self.moments.iter().filter(|m| m.n > 1).map(Moments::variance_in_units);
        let large = variances().fold(0.0, f64::max);
        let small = variances().fold(f64::INFINITY, f64::min);
        if small > 0.0 && large > 4.0 * small {
            warnings.push(Warning::Heteroscedastic { ratio: large / small });
        }
    }
}
