//! Conditions over metrics and the turn: `cooperation >= 8 or turns >= 20`, `not (deals == 0) and support > 0.5`.

use std::collections::BTreeSet;

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Compare { name: String, operator: Operator, bound: f64 },
    Not(Box<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    AtLeast,
    Above,
    AtMost,
    Below,
    Equal,
    Unequal,
}

impl Operator {
    /// Longer ones first, so that `>=` is not read as `>`.
    pub(super) const NAMES: [(&'static str, Self); 7] = [
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        ("==", Self::Equal),
        ("!=", Self::Unequal),
        (">", Self::Above),
        ("<", Self::Below),
        ("=", Self::Equal),
    ];

    pub(super) fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::AtLeast => value >= bound,
            Self::Above => value > bound,
            Self::AtMost => value <= bound,
            Self::Below => value < bound,
            Self::Equal => value == bound,
            Self::Unequal => value != bound,
        }
    }

    /// An operator and a number: `>= 7`.
    pub(super) fn with_bound(text: &str) -> Option<(Self, f64)> {
        let text = text.trim();
        let (operator, rest) = Self::NAMES.iter().find_map(|(name, op)| Some((*op, text.strip_prefix(name)?)))?;
        rest.trim().parse().ok().filter(|x: &f64| x.is_finite()).map(|bound| (operator, bound))
    }
}

impl Expression {
    /// Reads a condition.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { rest: text };
        let expression = reader.any()?;
        match reader.rest.trim() {
            "" => Ok(expression),
            rest => Err(format!("'{rest}' is left over; expected a condition such as cooperation >= 8 or turns >= 20")),
        }
    }

    /// The metrics it looks at.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        match self {
            Self::Compare { name, .. } => BTreeSet::from([name.as_str()]),
            Self::Not(inner) => inner.names(),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::names).collect(),
        }
    }

    /// Whether it holds; `None` where that hangs on a value that is missing (Kleene's three-valued logic).
    pub(super) fn holds(&self, value_of: &dyn Fn(&str) -> Option<f64>) -> Option<bool> {
        match self {
            Self::Compare { name, operator, bound } => value_of(name).map(|value| operator.holds(value, *bound)),
            Self::Not(inner) => inner.holds(value_of).map(|holds| !holds),
            Self::All(parts) => decided(parts, value_of, false),
            Self::Any(parts) => decided(parts, value_of, true),
        }
    }
}

/// One part that is `deciding` decides the whole; else one that is missing leaves it open.
fn decided(parts: &[Expression], value_of: &dyn Fn(&str) -> Option<f64>, deciding: bool) -> Option<bool> {
    let known: Vec<Option<bool>> = parts.iter().map(|part| part.holds(value_of)).collect();
    if known.contains(&Some(deciding)) {
        Some(deciding)
    } else if known.contains(&None) {
        None
    } else {
        Some(!deciding)
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn any(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.all()?];
        while self.word("or") || self.symbol("||") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::Any(parts) })
    }

    fn all(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.one()?];
        while self.word("and") || self.symbol("&&") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::All(parts) })
    }

    fn one(&mut self) -> Result<Expression, String> {
        if self.word("not") {
            return Ok(Expression::Not(Box::new(self.one()?)));
        }
        if self.symbol("(") {
            let inner = self.any()?;
            return if self.symbol(")") { Ok(inner) } else { Err("a parenthesis is not closed".into()) };
        }
        let name = self.take(|c| c.is_alphanumeric() || c == '_' || c == '.');
        if name.is_empty() {
            return Err(format!("expected a metric's name or turns where '{}' stands", self.rest.trim()));
        }
        let Some(operator) = Operator::NAMES.iter().find_map(|(sign, op)| self.symbol(sign).then_some(*op)) else {
            return Err(format!("expected one of >=, >, <=, <, ==, != after {name}"));
        };
        let number = self.take(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e'));
        match number.parse::<f64>() {
            Ok(bound) if bound.is_finite() => Ok(Expression::Compare { name: name.to_owned(), operator, bound }),
            _ => Err(format!("expected a number after {name}")),
        }
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        let found = self.rest.trim_start().strip_prefix(symbol);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let Some(after) = rest.get(..word.len()).filter(|w| w.eq_ignore_ascii_case(word)).map(|_| &rest[word.len()..])
        else {
            return false;
        };
        let ends = !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        if ends {
            self.rest = after;
        }
        ends
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest.trim_start();
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        self.rest = &rest[end..];
        &rest[..end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<bool> {
        Expression::parse(text).unwrap().holds(&|name| match name {
            "turns" => Some(20.0),
            "cooperation" => Some(7.5),
            _ => None,
        })
    }

    #[test]
    fn a_condition_holds_as_it_reads() {
        for (text, expected) in [
            ("cooperation >= 8 or turns >= 20", Some(true)),
            ("cooperation >= 8 and turns >= 20", Some(false)),
            ("not cooperation > 8", Some(true)),
            ("(turns < 3 or turns == 20) and cooperation != 7", Some(true)),
            ("cooperation<=7.5", Some(true)),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn what_hangs_on_a_missing_value_is_open_and_never_false() {
        assert_eq!(said("unmeasured > 1"), None);
        assert_eq!(said("not unmeasured > 1"), None);
        assert_eq!(said("unmeasured > 1 or turns == 20"), Some(true));
        assert_eq!(said("unmeasured > 1 and turns == 3"), Some(false));
    }

    #[test]
    fn what_is_no_condition_is_refused_with_what_is_missing() {
        let wrong = |text: &str| Expression::parse(text).unwrap_err();
        assert_eq!(wrong("cooperation"), "expected one of >=, >, <=, <, ==, != after cooperation");
        assert_eq!(wrong("cooperation > high"), "expected a number after cooperation");
        assert_eq!(wrong("(turns > 1"), "a parenthesis is not closed");
        assert!(wrong("turns > 1 maybe").starts_with("'maybe' is left over"));
        assert!(wrong("").starts_with("expected a metric's name or turns"));
    }
}
