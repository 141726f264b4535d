//! Rules between phases.

/// A rule of a conditional plan: `c1: total_tokens > 100`, `c1: tax_multiplier between 2 and 10`.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    phase: String,
    metric: String,
    operator: String,
    bounds: (f64, f64),
}

/// Operators of a rule.
const OPERATORS: [&str; 6] = [">=", "<=", "==", ">", "<", "between"];

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// What is wrong, and how a rule is written.
    pub fn parse(text: &str) -> Result<Self, String> {
        let form = || format!("'{text}' is no rule; write PHASE: METRIC {} NUMBER", OPERATORS.join("|"));
        let (phase, rest) = text.split_once(':').ok_or_else(form)?;
        let words: Vec<&str> = rest.split_whitespace().collect();
        let number = |word: &str| word.parse::<f64>().ok().filter(|x| x.is_finite()).ok_or_else(form);
        let (metric, operator, bounds) = match words.as_slice() {
            [metric, "between", low, "and", high] => (metric, "between", (number(low)?, number(high)?)),
            [metric, operator, bound] if OPERATORS.contains(operator) && *operator != "between" => {
                (metric, *operator, (number(bound)?, number(bound)?))
            }
            _ => return Err(form()),
        };
        let phase = phase.trim().to_owned();
        Ok(Self { phase, metric: (*metric).to_owned(), operator: operator.to_owned(), bounds })
    }

    /// The metric whose mean it looks at, or `tax_multiplier`.
    pub fn metric(&self) -> &str {
        &self.metric
    }

    /// The phase it looks at.
    pub fn phase(&self) -> &str {
        &self.phase
    }

    /// Whether a value is within its bounds.
    pub fn holds(&self, x: f64) -> bool {
        let (low, high) = self.bounds;
        match self.operator.as_str() {
            ">" => x > low,
            ">=" => x >= low,
            "<" => x < low,
            "<=" => x <= low,
            "==" => x == low,
            _ => (low..=high).contains(&x),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_read_and_decided_by_its_operator() {
        for (text, x, holds) in [
            ("c1: total_tokens > 100", 100.0, false),
            ("c1: total_tokens >= 100", 100.0, true),
            ("C1: ipc < 0.8", 0.5, true),
            ("c1: tax_multiplier between 2 and 10", 10.0, true),
            ("c1: m == 3", 3.0, true),
        ] {
            assert_eq!(Rule::parse(text).unwrap().holds(x), holds, "{text}");
        }
        for wrong in ["total_tokens > 100", "c1: total_tokens", "c1: m > many", "c1: m between 2", "c1: m != 2"] {
            assert!(Rule::parse(wrong).unwrap_err().contains("write PHASE: METRIC"), "{wrong}");
        }
    }
}
