//! The value axis: its range, its ticks and what is written at them.

use super::FigureError;
use super::text_extent::width;
use crate::number::superscript;

/// Size of the text at ticks.
pub(super) const TICK_SIZE: f64 = 6.5;

/// A linear axis over part of the page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    left: f64,
    right: f64,
    /// Where ticks stand and what is written there.
    pub(super) ticks: Vec<(f64, String)>,
    /// Written at the end of the axis when the tick texts are to be multiplied: `×10⁶`.
    pub(super) multiplier: Option<String>,
}

impl Axis {
    /// An axis that shows all `values`, between two places on the page.
    pub(super) fn new(values: impl Iterator<Item = f64>, left: f64, right: f64) -> Result<Option<Self>, FigureError> {
        let (low, high) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if low > high {
            return Ok(None);
        }
        let span = high - low;
        if !(span * 2.0).is_finite() {
            return Err(FigureError::RangeTooWide);
        }
        let size = low.abs().max(high.abs());
        // Values that differ by rounding only are one value, shown in the middle.
        let padding = if span > size * 1e-12 {
            span * 0.04
        } else if size > 0.0 {
            size * 0.05
        } else {
            0.5
        };
        let mut axis =
            Self { low: low - padding, high: high + padding, left, right, ticks: Vec::new(), multiplier: None };
        axis.set_ticks();
        Ok(Some(axis))
    }

    /// Where a value stands on the page.
    pub(super) fn place(&self, value: f64) -> f64 {
        self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)
    }

    /// As many ticks as their texts leave room for.
    fn set_ticks(&mut self) {
        let span = self.high - self.low;
        let exponent = exponent_of(self.low.abs().max(self.high.abs()));
        let shift = if (-3..5).contains(&exponent) { 0 } else { exponent.div_euclid(3) * 3 };
        self.multiplier = (shift != 0).then(|| format!("×10{}", superscript(shift)));
        for wanted in [7.0, 6.0, 5.0, 4.0, 3.0, 2.0] {
            let (step, power) = nice_step(span / wanted);
            let decimals = usize::try_from(shift - power).unwrap_or(0);
            let first = (self.low / step).ceil();
            let count = ((self.high / step).floor() - first).max(0.0);
            self.ticks = (0..=20)
                .map(f64::from)
                .take_while(|index| *index <= count)
                .map(|index| {
                    let value = (first + index) * step;
                    (value, tick_text(value, shift, decimals))
                })
                .collect();
            let widest = self.ticks.iter().map(|(_, text)| width(text, TICK_SIZE)).fold(0.0, f64::max);
            if widest + 16.0 <= step / span * (self.right - self.left) {
                return;
            }
        }
    }
}

fn tick_text(value: f64, shift: i32, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value / power_of_ten(shift));
    let is_zero = !text.contains(|character: char| ('1'..='9').contains(&character));
    if is_zero { text.replace('-', "") } else { text.replace('-', "−") }
}

/// 1, 2 or 5 times a power of ten, whichever is nearest to `rough`; and the power.
fn nice_step(rough: f64) -> (f64, i32) {
    let power = exponent_of(rough);
    let unit = power_of_ten(power);
    match rough / unit {
        share if share <= 1.5 => (unit, power),
        share if share <= 3.5 => (2.0 * unit, power),
        share if share <= 7.5 => (5.0 * unit, power),
        _ => (power_of_ten(power + 1), power + 1),
    }
}

fn exponent_of(magnitude: f64) -> i32 {
    let text = format!("{magnitude:e}");
    text.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0)
}

/// Correctly rounded, which `powi` doesn't promise.
fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[f64]) -> (Vec<String>, Option<String>) {
        let axis = Axis::new(values.iter().copied(), 0.0, 250.0).unwrap().unwrap();
        (axis.ticks.into_iter().map(|tick| tick.1).collect(), axis.multiplier)
    }

    #[test]
    fn ticks_are_round_numbers_with_just_enough_digits() {
        for (values, ticks, multiplier) in [
            (vec![0.0, 10.0], vec!["0", "2", "4", "6", "8", "10"], None),
            (vec![-0.3, 0.2], vec!["−0.3", "−0.2", "−0.1", "0.0", "0.1", "0.2"], None),
            (vec![1e6, 3e6], vec!["1.0", "1.5", "2.0", "2.5", "3.0"], Some("×10⁶")),
            (vec![2e-9, 4e-9], vec!["2.0", "2.5", "3.0", "3.5", "4.0"], Some("×10⁻⁹")),
            (vec![5.0], vec!["4.8", "4.9", "5.0", "5.1", "5.2"], None),
            (vec![0.0], vec!["−0.4", "−0.2", "0.0", "0.2", "0.4"], None),
        ] {
            let expected: Vec<String> = ticks.into_iter().map(str::to_owned).collect();
            assert_eq!(texts(&values), (expected, multiplier.map(str::to_owned)), "{values:?}");
        }
    }

    #[test]
    fn no_values_have_no_axis_and_absurd_ranges_are_refused() {
        assert_eq!(Axis::new(std::iter::empty(), 0.0, 1.0), Ok(None));
        assert_eq!(Axis::new([-1e308, 1e308].into_iter(), 0.0, 1.0), Err(FigureError::RangeTooWide));
    }

    #[test]
    fn every_value_lands_between_the_ends() {
        for values in [[1e9, 1e9 + 1e-3], [-5.0, -5.0], [1e-320, 3e-320], [0.0, 1e300]] {
            let axis = Axis::new(values.into_iter(), 10.0, 20.0).unwrap().unwrap();
            for value in values {
                assert!((10.0..=20.0).contains(&axis.place(value)), "{values:?}");
            }
        }
    }
}
