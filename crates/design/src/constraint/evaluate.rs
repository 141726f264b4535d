//! Whether a constraint holds.

use std::borrow::Cow;
use std::cmp::Ordering;

use ergon_domain::Value;

use super::expression::{Comparison, Expression};

/// Values that can't be compared as the constraint wants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct TypeProblem(String);

type Lookup<'l, 'a> = &'l dyn Fn(&str) -> Option<&'a Value>;

/// Truth of an expression.
pub(crate) fn truth<'a>(expression: &Expression, lookup: Lookup<'_, 'a>) -> Result<bool, TypeProblem> {
    match expression {
        Expression::Not(inner) => truth(inner, lookup).map(|b| !b),
        Expression::And(parts) => {
            for part in parts {
                if !truth(part, lookup)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Expression::Or(parts) => {
            for part in parts {
                if truth(part, lookup)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Expression::Compare { left, how, right } => {
            compare(left, *how, right, operand(left, lookup)?.as_deref(), operand(right, lookup)?.as_deref())
        }
        Expression::In { left, list, negated } => {
            let wanted = operand(left, lookup)?;
            for item in list {
                let item = operand(item, lookup)?;
                if let (Some(a), Some(b)) = (&wanted, &item)
                    && is_equal(a, b)
                {
                    return Ok(!negated);
                }
            }
            Ok(*negated)
        }
        leaf => match operand(leaf, lookup)?.as_deref() {
            Some(Value::Bool(b)) => Ok(*b),
            None => Ok(false),
            Some(value) => {
                Err(TypeProblem(format!("{} is {}; expected true or false", say(leaf, value), value.kind())))
            }
        },
    }
}

fn operand<'a>(expression: &Expression, lookup: Lookup<'_, 'a>) -> Result<Option<Cow<'a, Value>>, TypeProblem> {
    Ok(match expression {
        Expression::Parameter(name) => lookup(name).map(Cow::Borrowed),
        Expression::Literal(value) => Some(Cow::Owned(value.clone())),
        Expression::Word(word) => Some(Cow::Owned(Value::Text(std::sync::Arc::clone(word)))),
        nested => Some(Cow::Owned(Value::Bool(truth(nested, lookup)?))),
    })
}

/// Numbers are equal by value; different kinds are never equal, except true and the word `true`.
fn is_equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a == b,
        _ => match (a.as_f64(), b.as_f64()) {
            (Some(x), Some(y)) => x == y,
            _ => a == b,
        },
    }
}

fn compare(
    left: &Expression,
    how: Comparison,
    right: &Expression,
    a: Option<&Value>,
    b: Option<&Value>,
) -> Result<bool, TypeProblem> {
    let (Some(a), Some(b)) = (a, b) else { return Ok(how == Comparison::NotEqual) };
    match how {
        Comparison::Equal => return Ok(is_equal(a, b)),
        Comparison::NotEqual => return Ok(!is_equal(a, b)),
        _ => {}
    }
    let order = match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        _ => a.as_f64().zip(b.as_f64()).and_then(|(x, y)| x.partial_cmp(&y)),
    };
    let Some(order) = order else {
        let (l, r) = (say(left, a), say(right, b));
        return Err(TypeProblem(format!("{l} is {} and {r} is {}: they have no order", a.kind(), b.kind())));
    };
    Ok(match how {
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        _ => order != Ordering::Less,
    })
}

fn say(expression: &Expression, value: &Value) -> String {
    match expression {
        Expression::Parameter(name) => name.to_string(),
        _ => value.to_string(),
    }
}
