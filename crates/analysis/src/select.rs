//! A part of a frame: phases and `factor=level` filters.

use std::sync::Arc;

use ergon_design::WhereFilter;
use ergon_design::spec::FrameChoice;
use ergon_domain::{PlannedCondition, Value};

use crate::error::AnalysisError;
use crate::frame::{Frame, same_level};

impl Frame {
    /// The runs of the named phases (all when none is named) that match every filter.
    ///
    /// # Errors
    /// An unknown phase or parameter, a filter that can't be read, or nothing left.
    pub fn select(&self, choice: &FrameChoice) -> Result<Self, AnalysisError> {
        let phases = self.phase_positions(&choice.phases)?;
        let filters = self.filters(&choice.filters)?;
        let in_phase = |of: &[u16]| phases.is_empty() || of.is_empty() || of.iter().any(|p| phases.contains(p));
        let keep: Vec<bool> = self
            .rows
            .iter()
            .map(|row| in_phase(&row.phases) && filters.iter().all(|f| f.matches(&row.condition.condition)))
            .collect();
        if !keep.contains(&true) {
            return Err(AnalysisError::NoRuns);
        }
        let mut part = self.keeping(&keep);
        if !phases.is_empty() {
            for row in &mut part.rows {
                if row.phases.iter().any(|p| !phases.contains(p)) {
                    row.phases = row.phases.iter().copied().filter(|p| phases.contains(p)).collect::<Arc<[u16]>>();
                }
            }
        }
        part.structure.missing.retain(|missing| {
            let matches = missing.condition.as_ref().is_none_or(|c| filters.iter().all(|f| f.matches(&c.condition)));
            in_phase(&missing.phases) && matches
        });
        part.selection.phases.extend(choice.phases.iter().cloned());
        part.selection.filters.extend(choice.filters.iter().cloned());
        Ok(part)
    }

    /// The runs at one level of a factor, and what is missing there.
    pub(crate) fn only(&self, factor: &str, level: &Value) -> Self {
        let at = |c: &PlannedCondition| c.condition.get(factor).is_some_and(|v| same_level(v, level));
        let keep: Vec<bool> = self.rows.iter().map(|row| at(&row.condition)).collect();
        let mut part = self.keeping(&keep);
        part.structure.missing.retain(|missing| missing.condition.as_ref().is_none_or(|c| at(c)));
        part.selection.filters.push(format!("{factor}={level}"));
        part
    }

    fn keeping(&self, keep: &[bool]) -> Self {
        let mut part = self.clone();
        let mut kept = keep.iter();
        part.rows.retain(|_| kept.next().copied().unwrap_or(false));
        for column in part.columns.values_mut() {
            let mut kept = keep.iter();
            column.retain(|_| kept.next().copied().unwrap_or(false));
        }
        part
    }

    fn phase_positions(&self, names: &[String]) -> Result<Vec<u16>, AnalysisError> {
        let position = |name: &String| {
            let found = self.structure.phases.iter().position(|p| p.name == *name);
            found.and_then(|p| u16::try_from(p).ok()).ok_or_else(|| AnalysisError::UnknownPhase {
                name: name.clone(),
                available: self.structure.phases.iter().map(|p| p.name.clone()).collect(),
            })
        };
        names.iter().map(position).collect()
    }

    fn filters(&self, texts: &[String]) -> Result<Vec<WhereFilter>, AnalysisError> {
        let read = |text: &String| {
            let filter = WhereFilter::parse(text).map_err(|e| AnalysisError::BadFilter(e.to_string()))?;
            let known = self.rows.iter().any(|row| row.condition.condition.get(&filter.parameter).is_some());
            if known || self.rows.is_empty() {
                return Ok(filter);
            }
            Err(AnalysisError::UnknownFactor { name: filter.parameter, available: self.varied() })
        };
        texts.iter().map(read).collect()
    }
}
