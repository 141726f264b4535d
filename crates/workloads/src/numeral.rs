//! Numbers that a text states, read strictly: what could be meant in two ways is no number.

/// The numbers that a text states, in order. A sign is `-`, `−` or `–`; thousands are separated by commas, in groups of
/// three; the decimal mark is a point. Digits that belong to a name (`CO2`, `GPT-4`) state no number.
///
/// # Errors
/// What could be meant in two ways, such as `1,5` or `1.2.3`, in words that help to mend it.
pub(crate) fn stated(text: &str) -> Result<Vec<f64>, String> {
    let mut numbers = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(|c: char| c.is_ascii_digit()).map(|at| from + at) {
        let start = start - usize::from(begins_with_point(&text[..start]));
        let rest = &text[start..];
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))).unwrap_or(rest.len());
        let body = rest[..digits].trim_end_matches(['.', ',']);
        let exponent = exponent(&rest[body.len()..]);
        let numeral = &rest[..body.len() + exponent.len()];
        from = start + numeral.len();
        let (negative, before) = sign(&text[..start]);
        if before.is_some_and(|c| c.is_alphabetic() || c == '_') {
            continue;
        }
        let unclear = || format!("'{numeral}' is unclear; write a number with a decimal point and no separators");
        let plain = without_thousands(body).ok_or_else(unclear)?;
        let size: f64 = format!("{plain}{exponent}").parse().map_err(|_| unclear())?;
        if !size.is_finite() {
            return Err(unclear());
        }
        numbers.push(if negative { -size } else { size });
    }
    Ok(numbers)
}

/// The one number that a text states, once or several times.
///
/// # Errors
/// It states none or several, or something unclear.
pub(crate) fn only(text: &str) -> Result<f64, String> {
    let numbers = stated(text)?;
    match numbers.split_first() {
        None => Err("it holds no number".into()),
        Some((first, others)) if others.iter().all(|other| other == first) => Ok(*first),
        Some(_) => {
            let listed: Vec<String> = numbers.iter().map(f64::to_string).collect();
            Err(format!("it holds several numbers ({}); expected one", listed.join(", ")))
        }
    }
}

/// Whether a minus stands before a number, with or without a currency between, and the character before it all. A dash
/// after a digit or a letter joins and is no sign.
fn sign(head: &str) -> (bool, Option<char>) {
    let bare = head.strip_suffix(['$', '€', '£', '¥']).unwrap_or(head);
    let last = |text: &str| text.chars().next_back();
    match bare.strip_suffix(['-', '−', '–']).map(last) {
        Some(Some(joined)) if joined.is_alphanumeric() => (false, Some(joined)),
        Some(before) => (true, before),
        None => (false, last(head)),
    }
}

/// Whether the point before a number's digits is its own, as in `.5`, and ends no word before it.
fn begins_with_point(head: &str) -> bool {
    head.strip_suffix('.').is_some_and(|before| !before.ends_with(|c: char| c.is_alphanumeric() || c == '.'))
}

/// `e9`, `E-9` at the beginning of a text, where no further letter or digit follows.
fn exponent(rest: &str) -> &str {
    let Some(marked) = rest.strip_prefix(['e', 'E']) else { return "" };
    let digits = marked.strip_prefix(['-', '+']).unwrap_or(marked);
    let count = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let length = rest.len() - digits.len() + count;
    if count == 0 || digits[count..].starts_with(char::is_alphanumeric) { "" } else { &rest[..length] }
}

/// Digits with at most one point; `None`: it is neither plain nor separated as `\d{1,3}(,\d{3})+` is.
fn without_thousands(digits: &str) -> Option<String> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.contains(['.', ',']) {
        return None;
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let is_separated = whole.contains(',');
    if is_separated && (first.is_empty() || first.len() > 3 || first.starts_with('0') || groups.any(|g| g.len() != 3)) {
        return None;
    }
    Some(digits.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_with_sign_point_and_thousands() {
        for (text, expected) in [
            ("7", vec![7.0]),
            ("Trust is 7.", vec![7.0]),
            ("0.25, I think", vec![0.25]),
            ("-3", vec![-3.0]),
            ("−5", vec![-5.0]),
            ("–5 °C", vec![-5.0]),
            ("-$12.50", vec![-12.5]),
            ("$1,240", vec![1240.0]),
            ("12,345,678.9 people", vec![12_345_678.9]),
            ("1.5e3 and 2E-2", vec![1500.0, 0.02]),
            ("42%", vec![42.0]),
            ("-.5 or .25", vec![-0.5, 0.25]),
            ("See Fig.5.", vec![5.0]),
            ("7kg", vec![7.0]),
            ("x=-3", vec![-3.0]),
            ("a scale from 0 to 10: 7", vec![0.0, 10.0, 7.0]),
            ("10-20", vec![10.0, 20.0]),
            ("7/10", vec![7.0, 10.0]),
            ("CO2 is 7", vec![7.0]),
            ("GPT-4 and Qwen2.5 say 7", vec![7.0]),
            ("none", vec![]),
        ] {
            assert_eq!(stated(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_could_be_meant_in_two_ways_is_no_number() {
        for text in ["1,5", "0,500", "1,24", "12,3456", "1,2,3", "1.2.3", "1.500,5", "1234,567", "9e999"] {
            assert!(stated(text).is_err_and(|why| why.contains("is unclear")), "{text}: {:?}", stated(text));
        }
    }

    #[test]
    fn one_number_may_be_stated_twice_but_two_are_none() {
        assert_eq!(only("7. So: 7.0"), Ok(7.0));
        assert_eq!(only("from 0 to 10: 7").unwrap_err(), "it holds several numbers (0, 10, 7); expected one");
        assert_eq!(only("CO2").unwrap_err(), "it holds no number");
    }
}
