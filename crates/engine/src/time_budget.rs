//! The hours that a campaign may take, all its executions together.

use crate::execute::Limits;
use crate::watching::nearly;

/// Why an execution stops whose time is used up.
pub(crate) const HOURS_USED_UP: &str = "budget.hours is used up; raise it and run again to go on";

/// What is left of a campaign's time.
pub(crate) struct TimeBudget {
    budget_s: Option<f64>,
    spent_s: f64,
    warned: bool,
}

impl TimeBudget {
    pub(crate) fn of(limits: &Limits) -> Self {
        Self { budget_s: limits.budget_s, spent_s: limits.spent_s, warned: false }
    }

    /// Whether all is used up after so many seconds of this execution.
    pub(crate) fn is_used_up(&self, now_s: f64) -> bool {
        self.budget_s.is_some_and(|budget_s| self.spent_s + now_s >= budget_s)
    }

    /// That it is nearly used up; said once.
    pub(crate) fn warning(&mut self, now_s: f64) -> Option<String> {
        let budget_s = self.budget_s.filter(|_| !self.warned)?;
        let warning = nearly("budget.hours", (self.spent_s + now_s) / 3600.0, budget_s / 3600.0, "h");
        self.warned = warning.is_some();
        warning
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_of_earlier_executions_count_and_the_last_fifth_is_told_of_once() {
        let mut time = TimeBudget { budget_s: Some(3600.0), spent_s: 1800.0, warned: false };
        assert_eq!((time.warning(1079.0), time.is_used_up(1079.0)), (None, false));
        assert_eq!(time.warning(1080.0).as_deref(), Some("budget.hours: 80 % of 1 h are used"));
        assert_eq!((time.warning(1200.0), time.is_used_up(1799.0)), (None, false));
        assert!(time.is_used_up(1800.0));
        let mut free = TimeBudget { budget_s: None, spent_s: 1e9, warned: false };
        assert_eq!((free.warning(1e9), free.is_used_up(1e9)), (None, false));
    }
}
