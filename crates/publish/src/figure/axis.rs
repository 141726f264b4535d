//! The value axis: its range, its ticks and what is written at them.

use super::FigureError;
use super::text_extent::width;
use crate::number::{exact, superscript};

/// Size of the text at ticks.
pub(super) const TICK_SIZE: f64 = 6.5;

/// Text and the room around it that a tick needs beside and above its neighbours.
const BESIDE: f64 = 16.0;
const ABOVE: f64 = 16.0;

/// How values become places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    Linear,
    /// Equal ratios are equal distances; only for values above zero.
    Log,
}

/// An axis over part of the page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
    scale: Scale,
    upright: bool,
    /// Where ticks stand and what is written there.
    pub(super) ticks: Vec<(f64, String)>,
    /// Written at the end of the axis when the tick texts are to be multiplied: `×10⁶`.
    pub(super) multiplier: Option<String>,
}

impl Axis {
    /// From `low` to `high` and not beyond, between two places on the page.
    pub(super) fn between(low: f64, high: f64, left: f64, right: f64) -> Self {
        Self::scaled(low, high, (left, right), Scale::Linear, false)
    }

    /// The same from the bottom of the page upwards.
    pub(super) fn upright(low: f64, high: f64, bottom: f64, top: f64) -> Self {
        Self::scaled(low, high, (bottom, top), Scale::Linear, true)
    }

    /// Logarithmic, from left to right; both ends above zero.
    pub(super) fn logarithmic(low: f64, high: f64, left: f64, right: f64) -> Self {
        Self::scaled(low, high, (left, right), Scale::Log, false)
    }

    fn scaled(low: f64, high: f64, (start, end): (f64, f64), scale: Scale, upright: bool) -> Self {
        let mut axis = Self { low, high, start, end, scale, upright, ticks: Vec::new(), multiplier: None };
        match scale {
            Scale::Linear => axis.set_ticks(),
            Scale::Log => axis.set_log_ticks(),
        }
        axis
    }

    /// Where a value stands on the page.
    pub(super) fn place(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log => libm::log(value / self.low) / libm::log(self.high / self.low),
        };
        self.start + share * (self.end - self.start)
    }

    /// Puts ticks at these values instead, written in full, if their texts fit.
    pub(super) fn ticks_at(&mut self, values: &[f64]) {
        let ticks: Vec<(f64, String)> = values.iter().map(|value| (*value, exact(*value).replace('-', "−"))).collect();
        if self.fit(&ticks) {
            self.ticks = ticks;
            self.multiplier = None;
        }
    }

    /// Whether the texts of neighbouring ticks stay apart.
    fn fit(&self, ticks: &[(f64, String)]) -> bool {
        ticks.windows(2).all(|pair| {
            let distance = (self.place(pair[1].0) - self.place(pair[0].0)).abs();
            let half = |text: &str| width(text, TICK_SIZE) / 2.0;
            let needed = if self.upright { ABOVE } else { half(&pair[0].1) + half(&pair[1].1) + 6.0 };
            distance >= needed
        })
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
            // Ends that are ticks themselves must not be lost to rounding.
            let first = (self.low / step - 1e-9).ceil();
            let count = ((self.high / step + 1e-9).floor() - first).max(0.0);
            self.ticks = (0..=20)
                .map(f64::from)
                .take_while(|index| *index <= count)
                .map(|index| {
                    let value = (first + index) * step;
                    (value, tick_text(value, shift, decimals))
                })
                .collect();
            let widest = self.ticks.iter().map(|(_, text)| width(text, TICK_SIZE)).fold(0.0, f64::max);
            let needed = if self.upright { ABOVE } else { widest + BESIDE };
            if needed <= step / span * (self.end - self.start).abs() {
                return;
            }
        }
    }

    /// 1, 2 and 5 times powers of ten; fewer where these don't fit; evenly spaced ones in a narrow range.
    fn set_log_ticks(&mut self) {
        let powers = (exponent_of(self.low), exponent_of(self.high));
        for digits in [&[1.0, 2.0, 5.0][..], &[1.0, 3.0], &[1.0]] {
            let values = (powers.0..=powers.1).flat_map(|power| {
                let unit = power_of_ten(power);
                digits.iter().map(move |digit| digit * unit)
            });
            let inside = values.filter(|value| (self.low..=self.high).contains(value));
            let ticks: Vec<(f64, String)> = inside.map(|value| (value, log_tick_text(value))).collect();
            if ticks.len() >= 3 && self.fit(&ticks) {
                self.ticks = ticks;
                return;
            }
        }
        self.set_ticks();
        let mut ticks = std::mem::take(&mut self.ticks);
        while !self.fit(&ticks) && ticks.len() > 2 {
            ticks = ticks.into_iter().step_by(2).collect();
        }
        self.ticks = ticks;
    }
}

/// Smallest and largest of some values.
pub(super) fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let (low, high) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    (low <= high).then_some((low, high))
}

/// A range with some room at both ends.
pub(super) fn padded(low: f64, high: f64) -> Result<(f64, f64), FigureError> {
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
    Ok((low - padding, high + padding))
}

/// A range that holds zero, with room at the ends that aren't zero: for bars, whose length is the message.
pub(super) fn from_zero(low: f64, high: f64) -> Result<(f64, f64), FigureError> {
    let (low, high) = (low.min(0.0), high.max(0.0));
    let (wide_low, wide_high) = padded(low, high)?;
    Ok(match (low < 0.0, high > 0.0) {
        (true, true) => (wide_low, wide_high),
        (true, false) => (wide_low, 0.0),
        (false, true) => (0.0, wide_high),
        (false, false) => (0.0, 1.0),
    })
}

fn log_tick_text(value: f64) -> String {
    let exponent = exponent_of(value);
    if (-3..5).contains(&exponent) {
        return exact(value);
    }
    let digit = (value / power_of_ten(exponent)).round();
    let power = format!("10{}", superscript(exponent));
    if digit == 1.0 { power } else { format!("{digit}×{power}") }
}

fn tick_text(value: f64, shift: i32, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value / power_of_ten(shift));
    let is_zero = !text.contains(|character: char| ('1'..='9').contains(&character));
    if is_zero { text.replace('-', "") } else { text.replace('-', "−") }
}

/// 1, 2 or 5 times a power of ten, whichever is nearest to `rough`; and the power.
pub(super) fn nice_step(rough: f64) -> (f64, i32) {
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

    fn around(values: &[f64], left: f64, right: f64) -> Axis {
        let (low, high) = range(values.iter().copied()).unwrap();
        let (low, high) = padded(low, high).unwrap();
        Axis::between(low, high, left, right)
    }

    fn texts(values: &[f64]) -> (Vec<String>, Option<String>) {
        let axis = around(values, 0.0, 250.0);
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
        assert_eq!(range(std::iter::empty()), None);
        assert_eq!(padded(-1e308, 1e308), Err(FigureError::RangeTooWide));
    }

    #[test]
    fn every_value_lands_between_the_ends() {
        for values in [[1e9, 1e9 + 1e-3], [-5.0, -5.0], [1e-320, 3e-320], [0.0, 1e300]] {
            let axis = around(&values, 10.0, 20.0);
            for value in values {
                assert!((10.0..=20.0).contains(&axis.place(value)), "{values:?}");
            }
        }
    }

    #[test]
    fn logarithmic_ticks_are_few_and_round() {
        for (ends, ticks) in [
            ((0.1, 10.0), vec!["0.1", "0.2", "0.5", "1", "2", "5", "10"]),
            ((0.8, 1.3), vec!["0.8", "0.9", "1.0", "1.1", "1.2", "1.3"]),
            ((1.0, 1e6), vec!["1", "10", "100", "1000", "10000", "10⁵", "10⁶"]),
        ] {
            let axis = Axis::logarithmic(ends.0, ends.1, 0.0, 250.0);
            let found: Vec<&str> = axis.ticks.iter().map(|tick| tick.1.as_str()).collect();
            assert_eq!(found, ticks);
        }
    }

    #[test]
    fn bars_begin_at_zero() {
        for (values, ends) in [((2.0, 10.0), (0.0, 10.4)), ((-10.0, -2.0), (-10.4, 0.0)), ((0.0, 0.0), (0.0, 1.0))] {
            assert_eq!(from_zero(values.0, values.1), Ok(ends));
        }
    }
}
