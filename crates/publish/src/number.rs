//! Numbers as a reader sees them. The only place where Ergon decides how many digits to show.
//!
//! The rule: a value is rounded where the second significant digit of its standard error stands,
//! because the digits after it are noise (JCGM 100:2008 “GUM”, 7.2.6). Rounding works on the exact
//! decimal expansion of the `f64`, once, so the result is the same on every machine.

/// How many digits to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Digits {
    /// Two significant digits of the standard error; without one, three significant digits of the
    /// value, never rounding left of the decimal point.
    #[default]
    Uncertainty,
    /// As many as a standard error of this size (`f64` bits) allows, without showing it: for
    /// numbers that belong to an estimate, such as its interval or its SD. See [`Digits::as_for`].
    AsForError(u64),
    /// This many digits after the decimal point.
    Decimals(u8),
    /// This many significant digits.
    Significant(u8),
}

impl Digits {
    /// The digits that a standard error of this size allows.
    pub fn as_for(standard_error: f64) -> Self {
        Self::AsForError(standard_error.to_bits())
    }
}

/// How to separate thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// `12345`
    None,
    /// `12 345` (narrow no-break space) from five digits on, as SI asks.
    Space,
    /// `12,345` from four digits on, as APA asks.
    Comma,
}

/// A finite or infinite number, rounded and ready to be written in any format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Below zero after rounding (never for zero).
    pub negative: bool,
    /// Digits with a decimal point, e.g. `81.23`; `∞` for an infinite value.
    pub digits: String,
    /// The standard error to the same place, e.g. `0.41`.
    pub error: Option<String>,
    /// Power of ten that both are multiplied with.
    pub exponent: Option<i32>,
}

/// Largest power of ten still written out.
const PLAIN_MAX: i32 = 6;
/// Smallest power of ten still written out.
const PLAIN_MIN: i32 = -4;
/// An `f64` carries no more significant digits than this.
const F64_DIGITS: i32 = 17;

impl Shown {
    /// Rounds `value` (and its standard error, when to be shown). `None` for NaN: not a number is
    /// not a value and is published as missing.
    pub fn new(value: f64, standard_error: Option<f64>, digits: Digits) -> Option<Self> {
        if value.is_nan() {
            return None;
        }
        if value.is_infinite() {
            return Some(Self { negative: value < 0.0, digits: "∞".to_owned(), error: None, exponent: None });
        }
        let error = standard_error.filter(|error| error.is_finite() && *error >= 0.0);
        let place = last_place(value, error, digits);
        let value_digits = digits_to_place(value.abs(), place);
        let error_digits = error.map(|error| digits_to_place(error, place));
        let magnitude = [Some(&value_digits), error_digits.as_ref()]
            .into_iter()
            .flatten()
            .filter_map(|digits| magnitude(digits, place))
            .max();
        let exponent = magnitude.filter(|magnitude| match digits {
            Digits::Decimals(_) => *magnitude >= 15,
            _ => !(PLAIN_MIN..=PLAIN_MAX).contains(magnitude),
        });
        let decimals = place + exponent.unwrap_or(0);
        Some(Self {
            negative: value < 0.0 && value_digits.bytes().any(|digit| digit != b'0'),
            digits: with_point(&value_digits, decimals),
            error: error_digits.map(|digits| with_point(&digits, decimals)),
            exponent,
        })
    }

    /// Digits before the decimal point.
    pub fn integer_digits(&self) -> usize {
        self.digits.split('.').next().map_or(0, str::len)
    }

    /// Digits after the decimal point.
    pub fn decimals(&self) -> usize {
        self.digits.split_once('.').map_or(0, |(_, after)| after.len())
    }

    /// The standard error as a count of units in the last place: `41` for `81.23 ± 0.41`.
    pub fn error_units(&self) -> Option<String> {
        let error = self.error.as_ref()?;
        let digits: String = error.chars().filter(char::is_ascii_digit).collect();
        let trimmed = digits.trim_start_matches('0');
        Some(if trimmed.is_empty() { "0" } else { trimmed }.to_owned())
    }

    /// For numbers that can't exceed 1 in magnitude, APA drops the zero: `0.52` becomes `.52`.
    pub fn without_leading_zero(mut self) -> Self {
        if self.exponent.is_none() && self.digits.starts_with("0.") {
            self.digits.remove(0);
        }
        self
    }

    /// As read by a person: `−1.2 × 10⁻¹¹`, `81.23 ± 0.41`, `12 345`.
    pub fn to_text(&self, grouping: Grouping) -> String {
        let sign = if self.negative { "−" } else { "" };
        let digits = grouped(&self.digits, grouping);
        let body = match &self.error {
            Some(error) => format!("{sign}{digits} ± {}", grouped(error, grouping)),
            None => format!("{sign}{digits}"),
        };
        match (self.exponent, &self.error) {
            (None, _) => body,
            (Some(exponent), None) => format!("{body} × 10{}", superscript(exponent)),
            (Some(exponent), Some(_)) => format!("({body}) × 10{}", superscript(exponent)),
        }
    }

    /// With the standard error in brackets, in units of the last place: `81.23(41)`.
    pub fn to_compact_text(&self, grouping: Grouping) -> String {
        let Some(units) = self.error_units() else {
            return self.to_text(grouping);
        };
        let alone = Self { exponent: None, error: None, ..self.clone() };
        let body = format!("{}({units})", alone.to_text(grouping));
        match self.exponent {
            None => body,
            Some(exponent) => format!("{body} × 10{}", superscript(exponent)),
        }
    }
}

/// A value alone, by the digits its standard error allows.
pub fn value(value: f64, standard_error: f64) -> Option<String> {
    Some(Shown::new(value, None, Digits::as_for(standard_error))?.to_text(Grouping::Space))
}

/// A fraction as a percentage: `percentage(0.1234, 1)` is `12.3 %`.
pub fn percentage(fraction: f64, decimals: u8) -> Option<String> {
    let shown = Shown::new(fraction * 100.0, None, Digits::Decimals(decimals))?;
    Some(with_unit(&shown.to_text(Grouping::Space), "%"))
}

/// A number and its unit, kept together by a no-break space.
pub fn with_unit(number: &str, unit: &str) -> String {
    if unit.is_empty() { number.to_owned() } else { format!("{number}\u{a0}{unit}") }
}

/// The heading of a column or axis: `Response time (s)`; dimensionless ones have no brackets.
pub fn heading_with_unit(name: &str, unit: &str) -> String {
    if unit.is_empty() { name.to_owned() } else { format!("{name} ({unit})") }
}

/// A count.
pub fn count(count: u64, grouping: Grouping) -> String {
    grouped(&count.to_string(), grouping)
}

/// The shortest text that reads back as exactly this `f64`, for machines.
pub fn exact(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 || (1e-5..1e16).contains(&magnitude) || !value.is_finite() {
        format!("{value}")
    } else {
        format!("{value:e}")
    }
}

/// The number of decimals to round to; negative to round left of the decimal point.
fn last_place(value: f64, error: Option<f64>, digits: Digits) -> i32 {
    let from_error = |error: f64| {
        let place = 1 - power_of_ten(error, 2)?;
        // An error far below the resolution of the value must not conjure up digits.
        let finest = power_of_ten(value.abs(), 1).map_or(place, |power| F64_DIGITS - 1 - power);
        Some(place.min(finest))
    };
    let without_error = || power_of_ten(value.abs(), 3).map_or(0, |power| (2 - power).max(0));
    match digits {
        Digits::Decimals(decimals) => i32::from(decimals),
        Digits::Significant(count) => {
            let count = i32::from(count.max(1));
            power_of_ten(value.abs(), count).map_or(0, |power| count - 1 - power)
        }
        Digits::Uncertainty => error.and_then(from_error).unwrap_or_else(without_error),
        Digits::AsForError(bits) => Some(f64::from_bits(bits))
            .filter(|error| error.is_finite() && *error > 0.0)
            .and_then(from_error)
            .unwrap_or_else(without_error),
    }
}

/// The power of ten of a number's first digit once rounded to `significant` digits; `None` for 0.
fn power_of_ten(magnitude: f64, significant: i32) -> Option<i32> {
    if magnitude == 0.0 {
        return None;
    }
    let precision = usize::try_from(significant - 1).unwrap_or(0);
    let text = format!("{magnitude:.precision$e}");
    text.split_once('e').and_then(|(_, power)| power.parse().ok())
}

/// The digits of `magnitude` rounded to `place` decimals, as a whole number of units in that place.
fn digits_to_place(magnitude: f64, place: i32) -> String {
    if let Ok(precision) = usize::try_from(place) {
        return format!("{magnitude:.precision$}").replace('.', "");
    }
    let Some(power) = power_of_ten(magnitude, F64_DIGITS) else {
        return "0".to_owned();
    };
    match usize::try_from(power + place) {
        Ok(precision) => {
            let text = format!("{magnitude:.precision$e}");
            let (mantissa, rounded_power) = text.split_once('e').unwrap_or((&text, "0"));
            let carried = rounded_power.parse() != Ok(power);
            let zero = if carried { "0" } else { "" };
            format!("{}{zero}", mantissa.replace('.', ""))
        }
        // Smaller than one unit of the place: one unit if at least half of it.
        Err(_) => {
            let half = libm::exp10(f64::from(-place)) / 2.0;
            if magnitude >= half { "1" } else { "0" }.to_owned()
        }
    }
}

/// The power of ten of the first digit that isn't zero.
fn magnitude(digits: &str, place: i32) -> Option<i32> {
    let significant = digits.trim_start_matches('0').len();
    (significant > 0).then(|| i32::try_from(significant).unwrap_or(i32::MAX) - 1 - place)
}

/// Puts the decimal point `decimals` digits before the end; pads with zeros where digits lack.
fn with_point(digits: &str, decimals: i32) -> String {
    let trimmed = digits.trim_start_matches('0');
    match usize::try_from(decimals) {
        Ok(0) | Err(_) if trimmed.is_empty() => "0".to_owned(),
        Ok(0) => trimmed.to_owned(),
        Ok(decimals) => {
            let padded = format!("{trimmed:0>width$}", width = decimals + 1);
            let (before, after) = padded.split_at(padded.len() - decimals);
            format!("{before}.{after}")
        }
        Err(_) => {
            let zeros = usize::try_from(decimals.unsigned_abs()).unwrap_or(0);
            format!("{trimmed}{}", "0".repeat(zeros))
        }
    }
}

fn grouped(digits: &str, grouping: Grouping) -> String {
    let (separator, from) = match grouping {
        Grouping::None => return digits.to_owned(),
        Grouping::Space => ('\u{202f}', 5),
        Grouping::Comma => (',', 4),
    };
    let (whole, rest) = match digits.find('.') {
        Some(point) => digits.split_at(point),
        None => (digits, ""),
    };
    if whole.len() < from || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits.to_owned();
    }
    let mut text = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text + rest
}

/// An integer in superscript characters: `⁻¹¹`.
pub fn superscript(number: i32) -> String {
    number
        .to_string()
        .chars()
        .map(|character| match character {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            digit => char::from_u32(u32::from('⁰') + u32::from(digit) - u32::from('0')).unwrap_or(digit),
        })
        .collect()
}

#[cfg(test)]
mod tests;
