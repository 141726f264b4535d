//! The pass rule of the golden vectors: |got − want| ≤ abs + rel·|want|, per number.

use serde_json::Value;

use crate::stat_cases;

/// Cases whose reference is off by more than their tolerance, with the relative error of the
/// reference. R finds the ends of Fisher's interval with a root-finder that stops at 1.2e-4 in the
/// reciprocal of the odds ratio; the exact ends follow from the polynomial in `fisher_exact`'s test.
const REFERENCE_OFF: &[(&str, &str, f64)] =
    &[("fisher_exact-01", "or_ci", 7.5e-3), ("fisher_exact-04", "or_ci", 9.5e-3)];

/// Keys that the vectors carry for information: R's own approximation, up to 9 % off, of what `ppf` has exactly.
const NOT_GRADED: &[&str] = &["ppf_r"];

/// What is wrong with a case; nothing if it holds.
pub(crate) fn case(procedure: &str, case: &Value) -> Vec<String> {
    let id = case["id"].as_str().unwrap_or("?");
    let expected = case["expected"].as_object().expect("expected");
    let answer = stat_cases::answer(procedure, &case["inputs"], &case["options"]);
    let condition = ["degenerate", "separation", "rank_deficient"]
        .into_iter()
        .find(|key| expected.get(*key) == Some(&Value::Bool(true)));
    let answer = match (condition, answer) {
        (Some(key), Err(e)) if e.condition() == key => return Vec::new(),
        (Some(key), Err(e)) => return vec![format!("{id}: expected {key}, got {}: {e}", e.condition())],
        (Some(key), Ok(got)) => return vec![format!("{id}: expected {key}, got {got}")],
        (None, Err(e)) => return vec![format!("{id}: {e}")],
        (None, Ok(answer)) => answer,
    };
    let mut wrong = Vec::new();
    for (key, want) in expected {
        if NOT_GRADED.contains(&key.as_str()) {
            continue;
        }
        let rule = case["tolerance"]["overrides"].get(key).unwrap_or(&case["tolerance"]);
        let tolerance = |name: &str| rule[name].as_f64().unwrap_or(0.0);
        let off = REFERENCE_OFF.iter().find(|(case, name, _)| *case == id && *name == key).map_or(0.0, |o| o.2);
        match answer.get(key) {
            None => wrong.push(format!("{id}: {key} is not answered")),
            Some(got) => {
                compare(&format!("{id}: {key}"), got, want, (tolerance("rel").max(off), tolerance("abs")), &mut wrong)
            }
        }
    }
    wrong
}

fn compare(at: &str, got: &Value, want: &Value, (rel, abs): (f64, f64), wrong: &mut Vec<String>) {
    match (got, want) {
        (Value::Array(g), Value::Array(w)) if g.len() == w.len() => {
            for (i, (g, w)) in g.iter().zip(w).enumerate() {
                compare(&format!("{at}[{i}]"), g, w, (rel, abs), wrong);
            }
        }
        (Value::Object(g), Value::Object(w)) => {
            for (key, w) in w {
                match g.get(key) {
                    Some(g) => compare(&format!("{at}.{key}"), g, w, (rel, abs), wrong),
                    None => wrong.push(format!("{at}.{key} is not answered")),
                }
            }
        }
        (Value::Null, Value::String(_)) | (Value::String(_), Value::Null) => {
            wrong.push(format!("{at}: got {got}, want {want}"))
        }
        _ => match (number(got), number(want)) {
            (Some(g), Some(w)) => {
                let same = g == w || (g.is_nan() && w.is_nan());
                let near = (g - w).abs() <= abs + rel * w.abs();
                if !same && !near {
                    let off = (g / w - 1.0).abs();
                    wrong.push(format!("{at}: got {g:e}, want {w:e} (relative {off:.1e})"));
                }
            }
            _ if got == want => {}
            _ => wrong.push(format!("{at}: got {got}, want {want}")),
        },
    }
}

/// A number as the vectors write it: null and "NaN" are missing, infinities are words.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(n) => n.as_f64(),
        Value::Null => Some(f64::NAN),
        Value::String(s) => match s.as_str() {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            _ => None,
        },
        _ => None,
    }
}

/// A list of numbers.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().map(|list| list.iter().filter_map(number).collect()).unwrap_or_default()
}

/// A list of lists of numbers.
pub(crate) fn lists(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().map(|list| list.iter().map(numbers).collect()).unwrap_or_default()
}
