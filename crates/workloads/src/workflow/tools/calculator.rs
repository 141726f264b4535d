//! The tool `calculator`: an expression's value. Mathematics by `libm`, so that it is the same on every machine.

use super::ToolError;

/// Names that an expression may use besides functions and `pi`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope {
    /// The value of `n`, where it has one.
    pub n: Option<f64>,
}

/// Deepest nesting: text that is all parentheses must not exhaust the stack.
const DEPTH: usize = 64;
/// Longest expression, bytes.
const LENGTH: usize = 1_000;

/// The value of an expression: numbers, `+ - * / % ^`, parentheses, `abs ceil exp floor ln max min round sqrt`, `pi`.
///
/// # Errors
/// It can't be read, or has no finite value.
pub fn evaluate(expression: &str, scope: Scope) -> Result<f64, ToolError> {
    if expression.len() > LENGTH {
        return Err(ToolError::new(format!("an expression has at most {LENGTH} characters")));
    }
    // What models write for signs and for powers.
    let text = expression.replace("**", "^").replace(['×', '·'], "*").replace('÷', "/").replace('−', "-");
    let mut parser = Parser { rest: text.trim(), scope, depth: 0 };
    let value = parser.sum()?;
    if !parser.rest.is_empty() {
        return Err(ToolError::new(format!("'{}' can't be read in '{expression}'", first(parser.rest))));
    }
    if value.is_finite() { Ok(value) } else { Err(ToolError::new(format!("'{expression}' has no finite value"))) }
}

struct Parser<'a> {
    rest: &'a str,
    scope: Scope,
    depth: usize,
}

fn first(text: &str) -> String {
    text.chars().take(12).collect()
}

impl Parser<'_> {
    fn takes(&mut self, sign: char) -> bool {
        let Some(rest) = self.rest.strip_prefix(sign) else { return false };
        self.rest = rest.trim_start();
        true
    }

    fn needs(&mut self, sign: char) -> Result<(), ToolError> {
        if self.takes(sign) {
            Ok(())
        } else {
            Err(ToolError::new(format!("'{sign}' is missing before '{}'", first(self.rest))))
        }
    }

    fn sum(&mut self) -> Result<f64, ToolError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(ToolError::new(format!("nested more than {DEPTH} deep")));
        }
        let mut value = self.product()?;
        loop {
            if self.takes('+') {
                value += self.product()?;
            } else if self.takes('-') {
                value -= self.product()?;
            } else {
                self.depth -= 1;
                return Ok(value);
            }
        }
    }

    fn product(&mut self) -> Result<f64, ToolError> {
        let mut value = self.signed()?;
        loop {
            if self.takes('*') {
                value *= self.signed()?;
            } else if self.takes('/') {
                value /= self.divisor()?;
            } else if self.takes('%') {
                let by = self.divisor()?;
                // The remainder has the sign of the divisor, as in the languages that tasks are about.
                value -= by * libm::floor(value / by);
            } else {
                return Ok(value);
            }
        }
    }

    fn divisor(&mut self) -> Result<f64, ToolError> {
        let by = self.signed()?;
        if by == 0.0 { Err(ToolError::new("division by zero")) } else { Ok(by) }
    }

    fn signed(&mut self) -> Result<f64, ToolError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(ToolError::new(format!("nested more than {DEPTH} deep")));
        }
        let value = if self.takes('-') {
            -self.signed()?
        } else if self.takes('+') {
            self.signed()?
        } else {
            self.power()?
        };
        self.depth -= 1;
        Ok(value)
    }

    fn power(&mut self) -> Result<f64, ToolError> {
        let base = self.atom()?;
        if self.takes('^') { Ok(libm::pow(base, self.signed()?)) } else { Ok(base) }
    }

    fn atom(&mut self) -> Result<f64, ToolError> {
        if self.takes('(') {
            let value = self.sum()?;
            self.needs(')')?;
            return Ok(value);
        }
        let digits = self.rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(self.rest.len());
        if digits > 0 {
            let (number, rest) = self.rest.split_at(digits);
            self.rest = rest.trim_start();
            return number.parse().map_err(|_| ToolError::new(format!("'{number}' is no number")));
        }
        let letters = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(letters);
        let name = name.to_ascii_lowercase();
        self.rest = rest.trim_start();
        match (name.as_str(), self.scope.n) {
            ("", _) if self.rest.is_empty() => Err(ToolError::new("the expression ends too early")),
            ("", _) => Err(ToolError::new(format!("'{}' can't be read", first(self.rest)))),
            ("pi", _) => Ok(std::f64::consts::PI),
            ("n", Some(n)) => Ok(n),
            _ => self.function(&name),
        }
    }

    fn function(&mut self, name: &str) -> Result<f64, ToolError> {
        let known = "abs, ceil, exp, floor, ln, max, min, round, sqrt, pi";
        if !self.takes('(') {
            return Err(ToolError::new(format!("'{name}' is not known; known are {known}")));
        }
        let mut given = vec![self.sum()?];
        while self.takes(',') {
            given.push(self.sum()?);
        }
        self.needs(')')?;
        match (name, given.as_slice()) {
            ("abs", [x]) => Ok(x.abs()),
            ("ceil", [x]) => Ok(libm::ceil(*x)),
            ("exp", [x]) => Ok(libm::exp(*x)),
            ("floor", [x]) => Ok(libm::floor(*x)),
            ("ln", [x]) => Ok(libm::log(*x)),
            ("round", [x]) => Ok(libm::round(*x)),
            ("sqrt", [x]) => Ok(x.sqrt()),
            ("max", [x, more @ ..]) => Ok(more.iter().copied().fold(*x, f64::max)),
            ("min", [x, more @ ..]) => Ok(more.iter().copied().fold(*x, f64::min)),
            _ => Err(ToolError::new(format!("'{name}' with {} values is not known; known are {known}", given.len()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_have_the_values_that_arithmetic_gives_them() {
        for (expression, expected) in [
            ("5 + 7", 12.0),
            ("60*3 + 40*2", 260.0),
            ("2 + 3 * 4 ^ 2 / 8", 8.0),
            ("2^3^2", 512.0),
            ("-2^2", -4.0),
            ("(1 + 2) * -(3 - 5)", 6.0),
            ("17 % 5 + -1 % 5", 6.0),
            ("sqrt(2) ** 2", 2.0),
            ("max(1, 7, 3) - min(4, 2)", 5.0),
            ("round(10/3) + floor(2.9) + ceil(0.1) + abs(-1)", 7.0),
            ("3 × 4 ÷ 2", 6.0),
            ("ln(exp(2)) + 0*pi", 2.0),
        ] {
            let found = evaluate(expression, Scope::default()).unwrap();
            assert!((found - expected).abs() < 1e-12, "{expression} = {found}");
        }
        assert_eq!(evaluate("n*(n+1)/2", Scope { n: Some(4.0) }).unwrap(), 10.0);
    }

    #[test]
    fn what_has_no_value_is_an_error_that_says_why() {
        for (expression, why) in [
            ("1/0", "division by zero"),
            ("5 % (2 - 2)", "division by zero"),
            ("sqrt(-1)", "no finite value"),
            ("10^400", "no finite value"),
            ("2 +", "ends too early"),
            ("two plus two", "'two' is not known"),
            ("n + 1", "'n' is not known"),
            ("(1 + 2", "')' is missing"),
            ("1 2", "can't be read"),
            ("1.2.3", "no number"),
            ("system(1)", "'system' with 1 values is not known"),
        ] {
            let said = evaluate(expression, Scope::default()).unwrap_err().to_string();
            assert!(said.contains(why), "{expression}: {said}");
        }
        assert!(evaluate(&"(".repeat(999), Scope::default()).is_err());
        assert!(evaluate(&"-".repeat(999), Scope::default()).is_err());
    }
}
