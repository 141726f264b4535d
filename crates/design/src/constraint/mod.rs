//! Constraints: expressions that every condition fulfils, such as `not (agent_count == 5 and fault_rate >= 0.4)`.
//!
//! ```text
//! or   := and ("or" and)*
//! and  := not ("and" not)*
//! not  := "not" not | comparison
//! comparison := operand (("==" | "!=" | "<" | "<=" | ">" | ">=") operand | ["not"] "in" "[" operand, … "]")?
//! operand := number | 'text' | "text" | true | false | name | "(" or ")"
//! ```
//! A name that is a parameter stands for its value; any other bare word is text.

mod evaluate;
mod expression;
mod lexer;
mod parser;

use std::collections::BTreeSet;

use ergon_domain::Value;

pub(crate) use evaluate::TypeProblem;
use expression::Expression;

/// A constraint that can't be read; the column counts characters of the expression from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {column} of the constraint: {message}")]
pub struct ConstraintProblem {
    /// Where.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

/// A parsed constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// As written.
    pub text: String,
    expression: Expression,
}

impl Constraint {
    /// Reads a constraint; `is_parameter` decides which bare words stand for a value.
    ///
    /// # Errors
    /// Text that is not an expression, with the column.
    pub fn parse(text: &str, is_parameter: &dyn Fn(&str) -> bool) -> Result<Self, ConstraintProblem> {
        let expression = parser::parse(text, is_parameter)?;
        Ok(Self { text: text.to_owned(), expression })
    }

    /// Parameters it looks at.
    pub fn parameters(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.expression.visit(&mut |e| {
            if let Expression::Parameter(name) = e {
                names.insert(&**name);
            }
        });
        names
    }

    /// Parameters and the texts they are compared with.
    pub fn compared_words(&self) -> BTreeSet<(&str, &str)> {
        fn text(e: &Expression) -> Option<&str> {
            match e {
                Expression::Word(word) | Expression::Literal(Value::Text(word)) => Some(word),
                _ => None,
            }
        }
        let mut pairs = BTreeSet::new();
        self.expression.visit(&mut |e| match e {
            Expression::Compare { left, right, .. } => match (&**left, &**right) {
                (Expression::Parameter(name), other) | (other, Expression::Parameter(name)) => {
                    pairs.extend(text(other).map(|word| (&**name, word)));
                }
                _ => {}
            },
            Expression::In { left, list, .. } => {
                if let Expression::Parameter(name) = &**left {
                    pairs.extend(list.iter().filter_map(text).map(|word| (&**name, word)));
                }
            }
            _ => {}
        });
        pairs
    }

    /// Bare words on the left of a comparison that are no parameter: nearly always a slip.
    pub fn left_words(&self) -> BTreeSet<&str> {
        let mut words = BTreeSet::new();
        self.expression.visit(&mut |e| {
            if let Expression::Compare { left, .. } | Expression::In { left, .. } = e
                && let Expression::Word(word) = &**left
            {
                words.insert(&**word);
            }
        });
        words
    }

    /// Whether it holds, given the values of parameters; an absent one equals nothing.
    ///
    /// # Errors
    /// An order between values that have none.
    pub(crate) fn holds<'a>(&self, value: &dyn Fn(&str) -> Option<&'a Value>) -> Result<bool, TypeProblem> {
        evaluate::truth(&self.expression, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ergon_domain::Condition;

    fn parse(text: &str) -> Result<Constraint, ConstraintProblem> {
        Constraint::parse(text, &|name| matches!(name, "agent_count" | "fault_rate" | "agent_type" | "fast" | "gone"))
    }

    fn holds(text: &str) -> Result<bool, String> {
        let condition = Condition(
            [
                ("agent_count".into(), Value::Int(5)),
                ("fault_rate".into(), Value::Real(0.4)),
                ("agent_type".into(), Value::text("llm")),
                ("fast".into(), Value::Bool(true)),
            ]
            .into_iter()
            .collect(),
        );
        let constraint = parse(text).map_err(|e| e.to_string())?;
        constraint.holds(&|name| condition.get(name)).map_err(|e| e.to_string())
    }

    #[test]
    fn expressions_mean_what_they_say() {
        for (text, truth) in [
            ("not (agent_count == 5 and fault_rate >= 0.4)", false),
            ("agent_count == 5.0", true),
            ("fault_rate < 0.4 or agent_type == llm", true),
            ("agent_type in [heuristic, 'llm']", true),
            ("agent_type not in [heuristic, \"llm\"]", false),
            ("agent_count in [10, 15]", false),
            ("fast and not agent_count > 5", true),
            ("fast == true", true),
            ("not fast or agent_count != 5 or fault_rate <= 0.4", true),
            ("0.3 < fault_rate", true),
            ("gone == 3", false),
            ("gone != 3", true),
            ("gone > 3", false),
            ("agent_count > -1e1", true),
        ] {
            assert_eq!(holds(text), Ok(truth), "{text}");
        }
    }

    #[test]
    fn mistakes_are_named_with_their_column() {
        for (text, said) in [
            ("agent_count = 5", "column 13 of the constraint: '=' compares with '=='"),
            ("agent_count == ", "column 16 of the constraint: the expression ends where a value is expected"),
            ("(agent_count == 5", "column 18 of the constraint: the expression ends where ')' is expected"),
            (
                "agent_count == 5 fault_rate",
                "column 18 of the constraint: 'fault_rate' where 'and', 'or' or the end is expected",
            ),
            ("agent_type in heuristic", "column 15 of the constraint: 'heuristic' where '[' is expected"),
            ("agent_type == 'llm", "column 15 of the constraint: this text has no closing quote"),
            ("agent_count $ 5", "column 13 of the constraint: '$' can't stand here"),
            ("", "column 1 of the constraint: the expression ends where a value is expected"),
            ("agent_type < 3", "agent_type is text and 3 is a whole number: they have no order"),
            ("agent_count", "agent_count is a whole number; expected true or false"),
            ("agent_type == llm == llm", "column 19 of the constraint: '==' where 'and', 'or' or the end is expected"),
        ] {
            assert_eq!(holds(text), Err(said.to_owned()), "{text}");
        }
        let deep = format!("{}fast{}", "(".repeat(200), ")".repeat(200));
        assert!(holds(&deep).unwrap_err().contains("nested deeper than 64"));
        assert!(holds(&"not ".repeat(100_000)).unwrap_err().contains("nested deeper than 64"));
    }
}
