//! `--where factor=level`.

use ergon_domain::{Condition, Value};

/// Keeps conditions in which a parameter has one of the given levels.
#[derive(Clone, Debug, PartialEq)]
pub struct WhereFilter {
    /// The parameter.
    pub parameter: String,
    /// Accepted levels, as written.
    pub levels: Vec<String>,
}

/// Text that is not a filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a filter; expected factor=level, or factor=level,level")]
pub struct NotAFilter(String);

impl WhereFilter {
    /// Reads `factor=level` or `factor=level,level`.
    ///
    /// # Errors
    /// Text of another form.
    pub fn parse(text: &str) -> Result<Self, NotAFilter> {
        let refuse = || NotAFilter(text.to_owned());
        let (parameter, levels) = text.split_once('=').ok_or_else(refuse)?;
        let levels: Vec<_> = levels.split(',').map(|l| l.trim().to_owned()).collect();
        let parameter = parameter.trim().to_owned();
        if parameter.is_empty() || levels.iter().any(String::is_empty) {
            return Err(refuse());
        }
        Ok(Self { parameter, levels })
    }

    /// Whether a level is accepted: by its printed form, or by its number.
    pub fn accepts(&self, value: &Value) -> bool {
        let printed = value.to_string();
        self.levels.iter().any(|level| {
            *level == printed
                || value.as_f64().is_some_and(|x| level.parse::<f64>().is_ok_and(|y| x.total_cmp(&y).is_eq() || x == y))
        })
    }

    /// Whether the condition has the parameter at an accepted level.
    pub fn matches(&self, condition: &Condition) -> bool {
        condition.get(&self.parameter).is_some_and(|value| self.accepts(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_reads_levels_as_the_plan_prints_them() {
        let filter = WhereFilter::parse("fault_rate=0.10,0").unwrap();
        assert!(filter.accepts(&Value::Real(0.1)) && filter.accepts(&Value::Int(0)));
        assert!(!filter.accepts(&Value::Real(0.2)));
        assert!(WhereFilter::parse("agent_type = llm").unwrap().accepts(&Value::text("llm")));
        assert_eq!(
            WhereFilter::parse("llm").unwrap_err().to_string(),
            "'llm' is not a filter; expected factor=level, or factor=level,level"
        );
        assert!(WhereFilter::parse("a=").is_err() && WhereFilter::parse("=b").is_err());
    }
}
