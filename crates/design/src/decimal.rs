//! Ranges in exact decimal: 0.0 to 0.5 by 0.1 is 0, 0.1, 0.2, 0.3, 0.4, 0.5 and nothing else.

use ergon_domain::Value;

/// Most levels a range may have.
const MOST_LEVELS: i128 = 100_000;

/// A range that can't be expanded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RangeProblem {
    /// The step is zero.
    #[error("a step of 0 never ends")]
    ZeroStep,
    /// The step leads away from the end.
    #[error("a step of {step} never leads from {from} to {to}")]
    WrongWay {
        /// From.
        from: String,
        /// To.
        to: String,
        /// Step.
        step: String,
    },
    /// More levels than a factor can use.
    #[error("the range has more than 100000 levels")]
    TooLong,
    /// A bound with more digits than fit.
    #[error("'{0}' is not a number with at most 18 decimal places")]
    NotDecimal(String),
}

/// A number as `units · 10^-places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Decimal {
    units: i128,
    places: u32,
}

impl Decimal {
    /// From a value's shortest decimal form, which is what was written.
    fn of(value: &Value) -> Option<Self> {
        let text = match value {
            Value::Int(i) => i.to_string(),
            Value::Real(x) if x.abs() < 1e18 => format!("{x}"),
            _ => return None,
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let places = u32::try_from(fraction.len()).ok().filter(|p| *p <= 18)?;
        let units = format!("{whole}{fraction}").parse().ok()?;
        Some(Self { units, places })
    }

    fn scaled_to(self, places: u32) -> Option<i128> {
        self.units.checked_mul(10i128.checked_pow(places.checked_sub(self.places)?)?)
    }
}

/// The value of `units · 10^-places`, read from its decimal text so that it is the nearest f64 to it.
fn value(units: i128, places: u32) -> Option<Value> {
    if places == 0 {
        return i64::try_from(units).ok().map(Value::Int);
    }
    let (sign, magnitude) = if units < 0 { ("-", units.unsigned_abs()) } else { ("", units.unsigned_abs()) };
    let width = places as usize + 1;
    let digits = format!("{magnitude:0width$}");
    let (whole, fraction) = digits.split_at(digits.len() - places as usize);
    format!("{sign}{whole}.{fraction}").parse().ok().map(Value::real)
}

/// Every level from `from` to `to` by `step`, both ends included when reached.
pub(crate) fn expand_range(from: &Value, to: &Value, step: &Value) -> Result<Vec<Value>, RangeProblem> {
    let decimal = |v: &Value| Decimal::of(v).ok_or_else(|| RangeProblem::NotDecimal(v.to_string()));
    let (a, b, s) = (decimal(from)?, decimal(to)?, decimal(step)?);
    let places = a.places.max(b.places).max(s.places);
    let scaled = |d: Decimal, v: &Value| d.scaled_to(places).ok_or_else(|| RangeProblem::NotDecimal(v.to_string()));
    let (first, last, step_units) = (scaled(a, from)?, scaled(b, to)?, scaled(s, step)?);
    if step_units == 0 {
        return Err(RangeProblem::ZeroStep);
    }
    let distance = last - first;
    if distance != 0 && (distance < 0) != (step_units < 0) {
        return Err(RangeProblem::WrongWay { from: from.to_string(), to: to.to_string(), step: step.to_string() });
    }
    let steps = distance / step_units;
    if steps >= MOST_LEVELS {
        return Err(RangeProblem::TooLong);
    }
    (0..=steps)
        .map(|i| value(first + i * step_units, places).ok_or_else(|| RangeProblem::NotDecimal(to.to_string())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: f64, to: f64, step: f64) -> Vec<f64> {
        let levels = expand_range(&Value::real(from), &Value::real(to), &Value::real(step)).unwrap();
        levels.iter().filter_map(Value::as_f64).collect()
    }

    #[test]
    fn ranges_expand_in_decimal() {
        assert_eq!(range(0.0, 0.5, 0.1), [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]);
        assert_eq!(range(1.0, 0.0, -0.25), [1.0, 0.75, 0.5, 0.25, 0.0]);
        assert_eq!(range(-0.3, 0.3, 0.3), [-0.3, 0.0, 0.3]);
        assert_eq!(range(0.0, 1.0, 0.3), [0.0, 0.3, 0.6, 0.9]);
        assert_eq!(range(2.0, 2.0, 1.0), [2.0]);
        let thousandths = range(0.0, 1.0, 0.001);
        assert!(thousandths.iter().enumerate().all(|(i, x)| *x == format!("{}e-3", i).parse::<f64>().unwrap()));
    }

    #[test]
    fn whole_ranges_stay_whole() {
        let levels = expand_range(&Value::Int(5), &Value::Int(20), &Value::Int(5)).unwrap();
        assert_eq!(levels, [5, 10, 15, 20].map(Value::Int));
    }

    #[test]
    fn a_range_that_never_ends_is_refused() {
        let refuse = |a, b, s| expand_range(&Value::real(a), &Value::real(b), &Value::real(s)).unwrap_err();
        assert_eq!(refuse(0.0, 1.0, 0.0), RangeProblem::ZeroStep);
        assert_eq!(refuse(0.0, 1.0, -0.1).to_string(), "a step of -0.1 never leads from 0 to 1");
        assert_eq!(refuse(0.0, 1e12, 0.1), RangeProblem::TooLong);
        assert!(matches!(refuse(0.0, 1e300, 1.0), RangeProblem::NotDecimal(_)));
        assert!(matches!(refuse(0.0, 1.0, 1e-30), RangeProblem::NotDecimal(_)));
    }
}
