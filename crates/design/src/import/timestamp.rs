//! Times as Python prints them: `2025-08-12 00:29:52.359318`, without a zone.

/// Microseconds since 1970-01-01 00:00, taken as UTC; `None` for anything else than such a time.
pub(super) fn utc_us(text: &str) -> Option<i64> {
    let (date, clock) = text.split_once([' ', 'T'])?;
    let whole = |text: &str, digits: usize| {
        let is_number = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| text.parse::<i64>().ok()).flatten()
    };
    let mut parts = date.split('-');
    let (year, month, day) = (whole(parts.next()?, 4)?, whole(parts.next()?, 2)?, whole(parts.next()?, 2)?);
    let (seconds, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts_of_day = seconds.split(':');
    let mut next = || whole(parts_of_day.next()?, 2);
    let (hour, minute, second) = (next()?, next()?, next()?);
    let has_rest = parts.next().is_some() || parts_of_day.next().is_some();
    let is_fraction = fraction.len() <= 6 && fraction.bytes().all(|b| b.is_ascii_digit());
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days_of_month = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if has_rest || !is_fraction || !(1..=days_of_month).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let us: i64 = format!("{fraction:0<6}").parse().ok()?;
    Some((days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second) * 1_000_000 + us)
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_what_date_says() {
        for (text, expected) in [
            ("1970-01-01 00:00:00", Some(0)),
            ("2000-02-29 00:00:01.5", Some(951_782_401_500_000)),
            // date -u -d '2025-08-12 00:29:52.359318' +%s%6N
            ("2025-08-12 00:29:52.359318", Some(1_754_958_592_359_318)),
            ("2025-08-12T00:29:52", Some(1_754_958_592_000_000)),
            ("2025-02-29 00:00:00", None),
            ("2025-08-12", None),
            ("2025-08-12 25:00:00", None),
            ("2025-08-12 00:00", None),
            ("yesterday", None),
        ] {
            assert_eq!(utc_us(text), expected, "{text}");
        }
    }
}
