//! What a plain scalar means: the YAML 1.2 core schema, where `no` is text and a date is text.

use crate::tree::Content;

/// Meaning of a scalar that is not quoted.
///
/// # Errors
/// A whole number that fits no 64-bit type, or an infinite or undefined number, in words.
pub(crate) fn resolve_plain(text: &str) -> Result<Content, String> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Content::Null),
        "true" | "True" | "TRUE" => return Ok(Content::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Content::Bool(false)),
        ".nan" | ".NaN" | ".NAN" => return Err("NaN is not accepted".into()),
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Err("an infinite number is not accepted".into());
    }
    if let Some(digits) = text.strip_prefix("0o").filter(|d| is_all(d, |b| matches!(b, b'0'..=b'7'))) {
        return whole(i128::from_str_radix(digits, 8).ok(), text);
    }
    if let Some(digits) = text.strip_prefix("0x").filter(|d| is_all(d, |b| b.is_ascii_hexdigit())) {
        return whole(i128::from_str_radix(digits, 16).ok(), text);
    }
    if is_all(unsigned, |b| b.is_ascii_digit()) {
        return whole(text.strip_prefix('+').unwrap_or(text).parse().ok(), text);
    }
    if is_real(unsigned) {
        return match text.parse::<f64>() {
            Ok(x) if x.is_finite() => Ok(Content::Real(x)),
            _ => Err(format!("{} is too large for a number", shorten(text))),
        };
    }
    Ok(Content::Text(text.to_owned()))
}

fn whole(parsed: Option<i128>, text: &str) -> Result<Content, String> {
    match parsed {
        Some(i) if i >= i128::from(i64::MIN) && i <= i128::from(u64::MAX) => Ok(Content::Int(i)),
        _ => Err(format!("{} does not fit a 64-bit whole number; put it in quotes if it is text", shorten(text))),
    }
}

/// The start of a text that may be very long.
pub(crate) fn shorten(text: &str) -> String {
    let mut start: String = text.chars().take(40).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

fn is_all(text: &str, accepted: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(accepted)
}

/// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_real(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |t: &str| is_all(t, |b| b.is_ascii_digit());
    let mantissa_ok = match mantissa.split_once('.') {
        Some(("", fraction)) => digits(fraction),
        Some((whole, fraction)) => digits(whole) && (fraction.is_empty() || digits(fraction)),
        None => digits(mantissa),
    };
    mantissa_ok && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norway_dates_and_octals_mean_what_yaml_1_2_says() {
        let text = |s: &str| Ok(Content::Text(s.to_owned()));
        for word in ["no", "yes", "on", "off", "n", "2026-01-31", "12:30:45", "1_000", "0b11", "1e", ".", "-", "+.e1"] {
            assert_eq!(resolve_plain(word), text(word), "{word}");
        }
        assert_eq!(resolve_plain("0o17"), Ok(Content::Int(15)));
        assert_eq!(resolve_plain("017"), Ok(Content::Int(17)));
        assert_eq!(resolve_plain("0xff"), Ok(Content::Int(255)));
        assert_eq!(resolve_plain("1e3"), Ok(Content::Real(1000.0)));
        assert_eq!(resolve_plain(".5"), Ok(Content::Real(0.5)));
        assert_eq!(resolve_plain("18446744073709551615"), Ok(Content::Int(i128::from(u64::MAX))));
        assert!(resolve_plain("18446744073709551616").is_err());
        assert!(resolve_plain(&"9".repeat(60)).is_err());
        assert!(resolve_plain(".inf").is_err() && resolve_plain("1e999").is_err() && resolve_plain(".nan").is_err());
    }
}
