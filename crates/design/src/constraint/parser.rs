//! Tokens to a tree, by recursive descent with a limit on depth.

use std::sync::Arc;

use ergon_domain::Value;

use super::ConstraintProblem;
use super::expression::Expression;
use super::lexer::{Placed, Token, tokens};

const DEEPEST: usize = 64;

struct Parser<'a> {
    tokens: Vec<Placed>,
    next: usize,
    end_column: usize,
    is_parameter: &'a dyn Fn(&str) -> bool,
}

type Parsed = Result<Expression, ConstraintProblem>;

/// Reads a whole expression.
pub(crate) fn parse(text: &str, is_parameter: &dyn Fn(&str) -> bool) -> Parsed {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, end_column: text.chars().count() + 1, is_parameter };
    let expression = parser.or(0)?;
    match parser.tokens.get(parser.next) {
        None => Ok(expression),
        Some(_) => Err(parser.refuse("'and', 'or' or the end")),
    }
}

impl Parser<'_> {
    fn refuse(&self, expected: &str) -> ConstraintProblem {
        match self.tokens.get(self.next) {
            Some(t) => {
                ConstraintProblem { column: t.column, message: format!("'{}' where {expected} is expected", t.text) }
            }
            None => ConstraintProblem {
                column: self.end_column,
                message: format!("the expression ends where {expected} is expected"),
            },
        }
    }

    fn check_depth(&self, depth: usize) -> Result<(), ConstraintProblem> {
        let column = self.tokens.get(self.next).map_or(self.end_column, |t| t.column);
        let message = format!("nested deeper than {DEEPEST} levels");
        if depth > DEEPEST { Err(ConstraintProblem { column, message }) } else { Ok(()) }
    }

    fn take_word(&mut self, word: &str) -> bool {
        let there = matches!(self.tokens.get(self.next), Some(Placed { token: Token::Word(w), .. }) if w == word);
        self.next += usize::from(there);
        there
    }

    fn take_sign(&mut self, sign: char) -> bool {
        let there = matches!(self.tokens.get(self.next), Some(Placed { token: Token::Sign(s), .. }) if *s == sign);
        self.next += usize::from(there);
        there
    }

    fn or(&mut self, depth: usize) -> Parsed {
        self.check_depth(depth)?;
        let first = self.and(depth)?;
        let mut parts = vec![first];
        while self.take_word("or") {
            parts.push(self.and(depth)?);
        }
        Ok(if parts.len() > 1 { Expression::Or(parts) } else { parts.swap_remove(0) })
    }

    fn and(&mut self, depth: usize) -> Parsed {
        let first = self.not(depth)?;
        let mut parts = vec![first];
        while self.take_word("and") {
            parts.push(self.not(depth)?);
        }
        Ok(if parts.len() > 1 { Expression::And(parts) } else { parts.swap_remove(0) })
    }

    fn not(&mut self, depth: usize) -> Parsed {
        self.check_depth(depth)?;
        if self.take_word("not") {
            return Ok(Expression::Not(Box::new(self.not(depth + 1)?)));
        }
        self.comparison(depth)
    }

    fn comparison(&mut self, depth: usize) -> Parsed {
        let left = self.operand(depth)?;
        if let Some(Placed { token: Token::Compare(how), .. }) = self.tokens.get(self.next) {
            let how = *how;
            self.next += 1;
            let right = Box::new(self.operand(depth)?);
            return Ok(Expression::Compare { left: Box::new(left), how, right });
        }
        let negated = self.take_word("not");
        if self.take_word("in") {
            let list = self.list(depth)?;
            return Ok(Expression::In { left: Box::new(left), list, negated });
        }
        if negated { Err(self.refuse("'in'")) } else { Ok(left) }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Expression>, ConstraintProblem> {
        if !self.take_sign('[') {
            return Err(self.refuse("'['"));
        }
        let mut list = vec![self.operand(depth)?];
        while self.take_sign(',') {
            list.push(self.operand(depth)?);
        }
        if self.take_sign(']') { Ok(list) } else { Err(self.refuse("',' or ']'")) }
    }

    fn operand(&mut self, depth: usize) -> Parsed {
        if self.take_sign('(') {
            let inner = self.or(depth + 1)?;
            return if self.take_sign(')') { Ok(inner) } else { Err(self.refuse("')'")) };
        }
        let Some(placed) = self.tokens.get(self.next) else { return Err(self.refuse("a value")) };
        let expression = match &placed.token {
            Token::Int(i) => Expression::Literal(Value::Int(*i)),
            Token::Real(x) => Expression::Literal(Value::real(*x)),
            Token::Quoted(s) => Expression::Literal(Value::text(s)),
            Token::Word(w) if w == "true" || w == "false" => Expression::Literal(Value::Bool(w == "true")),
            Token::Word(w) if matches!(w.as_str(), "and" | "or" | "in" | "not") => {
                return Err(self.refuse("a value"));
            }
            Token::Word(w) if (self.is_parameter)(w) => Expression::Parameter(Arc::from(w.as_str())),
            Token::Word(w) => Expression::Word(Arc::from(w.as_str())),
            Token::Compare(_) | Token::Sign(_) => return Err(self.refuse("a value")),
        };
        self.next += 1;
        Ok(expression)
    }
}
