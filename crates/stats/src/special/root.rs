//! Root of a monotone function: a bracket grown from a guess, then false position with the
//! Illinois correction, and a bisection whenever that is slow (Dowell & Jarratt 1971).

/// A point where `f` changes sign, found from a guess and a first step that doubles until the
/// sign changes; `None` if it never does within `lower` and `upper`.
pub(crate) fn monotone_root(f: impl Fn(f64) -> f64, guess: f64, step: f64, lower: f64, upper: f64) -> Option<f64> {
    let guess = guess.clamp(lower, upper);
    let start = f(guess);
    if start == 0.0 {
        return Some(guess);
    }
    if start.is_nan() {
        return None;
    }
    let mut low = (guess, start);
    let mut high = (guess, start);
    let mut width = step;
    for _ in 0..200 {
        let x = (low.0 - width).max(lower);
        let below = (x, f(x));
        if below.1 * start <= 0.0 {
            return Some(between(f, below, low));
        }
        low = below;
        let x = (high.0 + width).min(upper);
        let above = (x, f(x));
        if above.1 * start <= 0.0 {
            return Some(between(f, high, above));
        }
        high = above;
        if (low.0 <= lower && high.0 >= upper) || low.1.is_nan() || high.1.is_nan() {
            return None;
        }
        width *= 2.0;
    }
    None
}

/// The root inside a bracket with values of opposite sign at its ends.
pub(crate) fn between(
    f: impl Fn(f64) -> f64,
    (mut low, mut f_low): (f64, f64),
    (mut high, mut f_high): (f64, f64),
) -> f64 {
    if f_low == 0.0 {
        return low;
    }
    if f_high == 0.0 {
        return high;
    }
    let mut reference = high - low;
    let mut side = 0;
    for k in 1..400 {
        let width = high - low;
        let middle = 0.5 * (low + high);
        if width.abs() <= 2.0 * f64::EPSILON * middle.abs() || middle == low || middle == high {
            return middle;
        }
        let slow = k % 3 == 0 && width > 0.5 * reference;
        if k % 3 == 0 {
            reference = width;
        }
        let secant = (low * f_high - high * f_low) / (f_high - f_low);
        let x = if slow || !(secant > low && secant < high) { middle } else { secant };
        let fx = f(x);
        if fx == 0.0 {
            return x;
        }
        if fx * f_low < 0.0 {
            high = x;
            f_high = fx;
            if side == -1 {
                f_low *= 0.5;
            }
            side = -1;
        } else {
            low = x;
            f_low = fx;
            if side == 1 {
                f_high *= 0.5;
            }
            side = 1;
        }
    }
    0.5 * (low + high)
}

/// A few secant steps on a nearly linear function whose slope is about `slope`; `None` if they do
/// not settle. Stops when a step is below `small`: the one after it would be smaller by more than
/// the square.
pub(crate) fn secant(f: &impl Fn(f64) -> f64, guess: f64, slope: f64, small: f64) -> Option<f64> {
    let (mut x, mut y) = (guess, f(guess));
    let mut next = x - y / slope;
    for _ in 0..8 {
        if !next.is_finite() || next == x {
            return next.is_finite().then_some(next);
        }
        let value = f(next);
        let slope = (value - y) / (next - x);
        (x, y) = (next, value);
        next = x - y / slope;
        if (next - x).abs() <= small {
            return Some(next);
        }
    }
    None
}
