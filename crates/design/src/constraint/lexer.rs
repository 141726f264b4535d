//! The words and signs of a constraint.

use super::ConstraintProblem;
use super::expression::Comparison;

/// A word or sign.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// A bare word.
    Word(String),
    /// Quoted text.
    Quoted(String),
    /// A whole number.
    Int(i64),
    /// Another number.
    Real(f64),
    /// A comparison sign.
    Compare(Comparison),
    /// One of `( ) [ ] ,`.
    Sign(char),
}

/// A token, its text and its column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placed {
    /// What it is.
    pub(crate) token: Token,
    /// As written.
    pub(crate) text: String,
    /// From 1.
    pub(crate) column: usize,
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | ':')
}

/// All tokens.
pub(crate) fn tokens(text: &str) -> Result<Vec<Placed>, ConstraintProblem> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if c.is_whitespace() {
            at += 1;
            continue;
        }
        let refuse = |message: String| Err(ConstraintProblem { column: at + 1, message });
        let next = chars.get(at + 1).copied();
        let (token, length) = match (c, next) {
            ('(' | ')' | '[' | ']' | ',', _) => (Token::Sign(c), 1),
            ('=', Some('=')) => (Token::Compare(Comparison::Equal), 2),
            ('!', Some('=')) => (Token::Compare(Comparison::NotEqual), 2),
            ('<', Some('=')) => (Token::Compare(Comparison::LessOrEqual), 2),
            ('>', Some('=')) => (Token::Compare(Comparison::GreaterOrEqual), 2),
            ('<', _) => (Token::Compare(Comparison::Less), 1),
            ('>', _) => (Token::Compare(Comparison::Greater), 1),
            ('=', _) => return refuse("'=' compares with '=='".into()),
            ('\'' | '"', _) => match chars[at + 1..].iter().position(|x| *x == c) {
                Some(length) => (Token::Quoted(chars[at + 1..at + 1 + length].iter().collect()), length + 2),
                None => return refuse("this text has no closing quote".into()),
            },
            ('+', _) | (_, _) if c == '+' || is_word(c) => word(&chars[at..]),
            _ => return refuse(format!("'{c}' can't stand here")),
        };
        let text = chars[at..at + length].iter().collect();
        out.push(Placed { token, text, column: at + 1 });
        at += length;
    }
    Ok(out)
}

/// A number if all of the word is one, else text.
fn word(rest: &[char]) -> (Token, usize) {
    let exponent_sign = |i: usize| {
        matches!(rest.get(i), Some('+'))
            && (i == 0 || (matches!(rest.get(i - 1), Some('e' | 'E')) && rest[0].is_ascii_digit()))
    };
    let length = (0..rest.len()).find(|i| !(is_word(rest[*i]) || exponent_sign(*i))).unwrap_or(rest.len()).max(1);
    let text: String = rest[..length].iter().collect();
    let numeric = text.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let token = match (text.parse::<i64>(), text.parse::<f64>()) {
        (Ok(i), _) if numeric => Token::Int(i),
        (_, Ok(x)) if numeric && x.is_finite() => Token::Real(x),
        _ => Token::Word(text),
    };
    (token, length)
}
