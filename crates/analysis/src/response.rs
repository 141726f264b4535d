//! A metric's column read as numbers, and the account of what is no number. Missing is never zero.

use std::collections::BTreeMap;

use ergon_domain::{Family, Metric, Observed, Provenance, SIMULATED_MODEL};

use crate::error::AnalysisError;
use crate::frame::{Frame, Reading};
use crate::result::{Dropped, Warning};

/// A metric's column.
#[derive(Clone, Copy)]
pub(crate) struct Response<'a> {
    pub(crate) metric: &'a Metric,
    column: Option<&'a [Option<Reading>]>,
}

/// What a set of rows holds besides numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    /// Rows with a number.
    pub(crate) values: usize,
    /// Rows with a censored value.
    pub(crate) censored: usize,
    /// Rows without a value, by reason.
    pub(crate) missing: BTreeMap<String, usize>,
    /// Values and censored values by provenance.
    pub(crate) provenances: BTreeMap<String, usize>,
    /// The weakest of them.
    pub(crate) weakest: Option<Provenance>,
    /// Whether a simulated model is behind any of them.
    pub(crate) simulated_model: bool,
}

/// Reasons, each with how many runs it has. A reason's figures (a duration, a bound) are its run's: reasons that are else
/// the same are said once.
pub(crate) fn in_words<'r>(reasons: impl Iterator<Item = (&'r str, usize)>, between: &str) -> String {
    let mut kinds: Vec<(String, &str, usize, bool)> = Vec::new();
    for (reason, runs) in reasons {
        let kind = reason.replace(|c: char| c.is_ascii_digit() || c == '.', "");
        match kinds.iter_mut().find(|(known, ..)| *known == kind) {
            Some((_, _, count, several)) => (*count, *several) = (*count + runs, true),
            None => kinds.push((kind, reason, runs, false)),
        }
    }
    let said = kinds.iter().map(|(_, reason, runs, several)| {
        format!("{runs}{between}{reason}{}", if *several { " (the figures are the first one's)" } else { "" })
    });
    said.collect::<Vec<_>>().join("; ")
}

impl<'a> Response<'a> {
    pub(crate) fn of(frame: &'a Frame, metric: &str) -> Result<Self, AnalysisError> {
        let metric = frame.metric(metric)?;
        Ok(Self { metric, column: frame.columns.get(&metric.id).map(Vec::as_slice) })
    }

    fn reading(&self, row: usize) -> Option<&'a Reading> {
        self.column?.get(row)?.as_ref()
    }

    /// The number of a row, where there is one.
    pub(crate) fn value(&self, row: usize) -> Option<f64> {
        match self.reading(row)?.observed {
            Observed::Value(x) if x.is_finite() => Some(x),
            _ => None,
        }
    }

    /// The time of a row, and whether the event happened at it.
    pub(crate) fn time(&self, row: usize) -> Option<(f64, bool)> {
        match self.reading(row)?.observed {
            Observed::Value(x) if x.is_finite() => Some((x, true)),
            Observed::Censored { at } if at.is_finite() => Some((at, false)),
            _ => None,
        }
    }

    /// The numbers of some rows.
    pub(crate) fn values(&self, rows: &[usize]) -> Vec<f64> {
        rows.iter().filter_map(|r| self.value(*r)).collect()
    }

    pub(crate) fn account(&self, rows: impl IntoIterator<Item = usize>) -> Account {
        let mut account = Account::default();
        for row in rows {
            account.add(self.reading(row));
        }
        account
    }

    /// Whether a ratio of two values means something.
    pub(crate) fn is_ratio_scale(&self) -> bool {
        let never_negative = self.metric.range.0.is_some_and(|low| low >= 0.0);
        let by_family = !matches!(self.metric.family, Family::Continuous);
        never_negative || by_family
    }
}

impl Account {
    fn add(&mut self, reading: Option<&Reading>) {
        let Some(reading) = reading else {
            *self.missing.entry("never set by the run".into()).or_default() += 1;
            return;
        };
        match &reading.observed {
            Observed::Value(x) if x.is_finite() => self.values += 1,
            Observed::Value(_) => {
                *self.missing.entry("not a finite number".into()).or_default() += 1;
                return;
            }
            Observed::Censored { .. } => self.censored += 1,
            Observed::Undefined(why) => {
                *self.missing.entry(format!("undefined: {why}")).or_default() += 1;
                return;
            }
            Observed::Unavailable(why) => {
                *self.missing.entry(format!("unavailable: {why}")).or_default() += 1;
                return;
            }
        }
        *self.provenances.entry(reading.provenance.name().to_owned()).or_default() += 1;
        if self.weakest.as_ref().is_none_or(|w| *w < reading.provenance) {
            self.weakest = Some(reading.provenance.clone());
        }
        self.simulated_model |= reading.flags.0.contains(SIMULATED_MODEL);
    }

    pub(crate) fn missing_count(&self) -> usize {
        self.missing.values().sum()
    }

    pub(crate) fn dropped(&self) -> Vec<Dropped> {
        self.missing.iter().map(|(reason, count)| Dropped { reason: reason.clone(), count: *count }).collect()
    }

    /// Name of the weakest provenance.
    pub(crate) fn provenance(&self) -> String {
        self.weakest.as_ref().map_or("none", Provenance::name).to_owned()
    }

    /// What stands in place of values, in words.
    pub(crate) fn reasons(&self) -> String {
        let censored = (self.censored > 0).then_some(("censored", self.censored));
        let missing = self.missing.iter().map(|(why, n)| (why.as_str(), *n));
        let said = in_words(missing.chain(censored), " ");
        if said.is_empty() { "no run".into() } else { said }
    }

    /// What a reader has to know about where the values come from.
    pub(crate) fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if self.provenances.len() > 1 {
            let kinds: Vec<String> = self.provenances.iter().map(|(name, n)| format!("{n} {name}")).collect();
            warnings.push(Warning::new(
                "mixed_provenance",
                format!("values of different provenance are compared: {}", kinds.join(", ")),
            ));
        }
        let used = self.values + self.censored;
        match (&self.weakest, self.provenances.get("simulated")) {
            (Some(Provenance::Simulated), Some(n)) if *n == used => {
                warnings.push(Warning::new("simulated", "all values are simulated"));
            }
            (Some(Provenance::Simulated), Some(n)) => {
                warnings.push(Warning::new("simulated", format!("{n} of {used} values are simulated")));
            }
            (Some(Provenance::Estimated(_)), _) => {
                warnings.push(Warning::new("estimated", "values are estimated, not measured"));
            }
            _ => {}
        }
        if self.simulated_model {
            warnings.push(Warning::new(
                "simulated_model",
                "a simulated model is behind these values: they are no evidence about any real model",
            ));
        }
        warnings
    }
}
