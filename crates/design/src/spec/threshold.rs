//! A share of a baseline, as people write it.

/// The share in a text such as `50% of baseline`, `50 %` or `0.5`; `None` for another text or a share outside (0, 1).
pub fn threshold_share(text: &str) -> Option<f64> {
    let text = text.trim().to_ascii_lowercase();
    let number = text.strip_suffix("of baseline").unwrap_or(&text).trim();
    let share = match number.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok()? / 100.0,
        None => number.parse::<f64>().ok()?,
    };
    (share > 0.0 && share < 1.0).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_read_as_people_write_it() {
        for (text, share) in [
            ("50% of baseline", Some(0.5)),
            ("75 % of baseline", Some(0.75)),
            ("0.8", Some(0.8)),
            (" 90%", Some(0.9)),
            ("half", None),
            ("0% of baseline", None),
            ("120%", None),
        ] {
            assert_eq!(threshold_share(text), share, "{text}");
        }
    }
}
