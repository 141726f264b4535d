//! A constraint as a tree.

use std::sync::Arc;

use ergon_domain::Value;

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A constraint as a tree.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    /// A number, quoted text, true or false.
    Literal(Value),
    /// A bare word that is no parameter: text.
    Word(Arc<str>),
    /// The value of a parameter.
    Parameter(Arc<str>),
    /// Negation.
    Not(Box<Expression>),
    /// All hold.
    And(Vec<Expression>),
    /// One holds.
    Or(Vec<Expression>),
    /// A comparison.
    Compare {
        /// Left side.
        left: Box<Expression>,
        /// How.
        how: Comparison,
        /// Right side.
        right: Box<Expression>,
    },
    /// Membership.
    In {
        /// What is looked for.
        left: Box<Expression>,
        /// Where.
        list: Vec<Expression>,
        /// `not in`.
        negated: bool,
    },
}

impl Expression {
    /// Visits every part.
    pub(crate) fn visit<'a>(&'a self, f: &mut impl FnMut(&'a Expression)) {
        f(self);
        match self {
            Self::Literal(_) | Self::Word(_) | Self::Parameter(_) => {}
            Self::Not(inner) => inner.visit(f),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|p| p.visit(f)),
            Self::Compare { left, right, .. } => {
                left.visit(f);
                right.visit(f);
            }
            Self::In { left, list, .. } => {
                left.visit(f);
                list.iter().for_each(|p| p.visit(f));
            }
        }
    }
}
