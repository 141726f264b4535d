//! A number as it is written: its text and its exact decimal value, of which a binary fraction would keep a part.

/// A decimal number, exactly: `digits` × 10^`exponent`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Decimal {
    is_negative: bool,
    /// Without zeros at either end; empty: the number is 0.
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// Of digits before and after the point, and a power of ten.
    fn new(is_negative: bool, whole: &str, fraction: &str, power: i64) -> Self {
        let all = format!("{whole}{fraction}");
        let leading = all.trim_start_matches('0');
        let digits = leading.trim_end_matches('0');
        if digits.is_empty() {
            return Self { is_negative: false, digits: String::new(), exponent: 0 };
        }
        let exponent = power - fraction.len() as i64 + (leading.len() - digits.len()) as i64;
        Self { is_negative, digits: digits.to_owned(), exponent }
    }
}

/// A written number.
#[derive(Clone, Debug)]
pub struct Figure {
    text: String,
    decimal: Decimal,
    value: f64,
}

/// Two figures are equal that say the same number, however they are written.
impl PartialEq for Figure {
    fn eq(&self, other: &Self) -> bool {
        self.decimal == other.decimal
    }
}

impl Figure {
    /// A text that is a number and nothing else: `1,234`, `-3.5`, `6e23`. Digits after a leading zero are a name, such as
    /// a postcode, and no number.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let unsigned = text.strip_prefix(['-', '−', '+']).unwrap_or(text);
        let (scanned, length) = Scanned::at(unsigned)?;
        let is_name = scanned.whole.len() > 1 && scanned.whole.starts_with('0');
        (length == unsigned.len() && !is_name).then(|| scanned.figure(text, text.starts_with(['-', '−'])))?
    }

    /// A number that a program made.
    pub fn of(value: f64) -> Option<Self> {
        Self::read(&value.to_string())
    }

    /// As it is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The nearest binary fraction.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Whether it says a whole number, as `7`, `7.0` and `1e3` do.
    pub fn is_whole(&self) -> bool {
        self.decimal.exponent >= 0
    }

    /// Whether the two are the same number, or differ by at most `tolerance` as a share of this one (of 1 below 1).
    pub fn is_near(&self, other: &Self, tolerance: f64) -> bool {
        self == other || (tolerance > 0.0 && (self.value - other.value).abs() <= tolerance * self.value.abs().max(1.0))
    }
}

/// Numbers in a text: digits with commas between groups of three, a decimal point (`.5` too), a power of ten, a sign that no word
/// precedes.
pub(super) fn figures(text: &str) -> impl Iterator<Item = Figure> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += text.get(at..)?.find(|c: char| c.is_ascii_digit())?;
            // ".5" begins at its point; "v2.5" and "1.2.3" are read from a digit.
            let lead = text.get(..at)?.strip_suffix('.').is_some_and(|b| !b.ends_with(char::is_alphanumeric));
            at -= usize::from(lead);
            let mut before = text.get(..at)?.chars().rev();
            let is_negative =
                matches!(before.next(), Some('-' | '−')) && !before.next().is_some_and(char::is_alphanumeric);
            let (scanned, length) = Scanned::at(text.get(at..)?)?;
            let written = text.get(at..at + length)?;
            at += length;
            let signed = if is_negative { format!("-{written}") } else { written.to_owned() };
            if let Some(figure) = scanned.figure(&signed, is_negative) {
                return Some(figure);
            }
        }
    })
}

/// The digits of a number without its sign.
struct Scanned {
    whole: String,
    fraction: String,
    power: i64,
}

impl Scanned {
    /// Reads the number that a text begins with, and its length in bytes.
    fn at(text: &str) -> Option<(Self, usize)> {
        let bytes = text.as_bytes();
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let run = |from: usize| from + bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
        let first = run(0);
        if first == 0 && !(bytes.first() == Some(&b'.') && digit(1)) {
            return None;
        }
        let mut at = first;
        let mut whole = text.get(..first)?.to_owned();
        while (1..=3).contains(&first) && bytes.get(at) == Some(&b',') && run(at + 1) == at + 4 {
            whole.push_str(text.get(at + 1..at + 4)?);
            at += 4;
        }
        let mut fraction = String::new();
        if bytes.get(at) == Some(&b'.') && digit(at + 1) {
            let end = run(at + 1);
            fraction.push_str(text.get(at + 1..end)?);
            at = end;
        }
        let mut power = 0;
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            let end = run(at + 1 + sign);
            let ends = !text.get(end..)?.starts_with(char::is_alphanumeric);
            if end > at + 1 + sign && ends {
                power = text.get(at + 1..end)?.parse().ok()?;
                at = end;
            }
        }
        Some((Self { whole, fraction, power }, at))
    }

    /// The number with its sign; `None` where it is beyond what a program computes with.
    fn figure(&self, text: &str, is_negative: bool) -> Option<Figure> {
        let sign = if is_negative { "-" } else { "" };
        let value: f64 = format!("{sign}0{}.{}e{}", self.whole, self.fraction, self.power).parse().ok()?;
        let decimal = Decimal::new(is_negative, &self.whole, &self.fraction, self.power);
        value.is_finite().then(|| Figure { text: text.to_owned(), decimal, value })
    }
}
