//! The tool `calendar`: days between dates, dates after days, weekdays. The proleptic Gregorian calendar.

use super::ToolError;

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: i64,
    pub(crate) month: i64,
    pub(crate) day: i64,
}

impl Date {
    /// Days since 1970-01-01.
    ///
    /// Source: Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`.
    pub(crate) fn number(self) -> i64 {
        let year = if self.month <= 2 { self.year - 1 } else { self.year };
        let era = year.div_euclid(400);
        let of_era = year - era * 400;
        let of_year = (153 * (self.month + if self.month > 2 { -3 } else { 9 }) + 2) / 5 + self.day - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// The date of a day since 1970-01-01 (`civil_from_days` of the same source).
    pub(crate) fn of_number(number: i64) -> Self {
        let shifted = number + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted - era * 146_097;
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * of_year + 2) / 153;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self { year, month, day: of_year - (153 * shifted_month + 2) / 5 + 1 }
    }

    pub(crate) fn weekday(self) -> &'static str {
        // 1970-01-01 was a Thursday.
        let day = (self.number() + 3).rem_euclid(7) as usize;
        WEEKDAYS.get(day).copied().unwrap_or_default()
    }

    fn parse(text: &str) -> Result<Self, ToolError> {
        let wrong = || ToolError::new(format!("'{text}' is no date; write YYYY-MM-DD"));
        let parts: Vec<i64> = text.split('-').map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong())?;
        let [year @ 1..=9_999, month @ 1..=12, day @ 1..=31] = parts[..] else { return Err(wrong()) };
        let date = Self { year, month, day };
        // The 30th of February is another day's name.
        if Self::of_number(date.number()) == date { Ok(date) } else { Err(wrong()) }
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Answers `days from DATE to DATE`, `DATE + 30 days`, `DATE - 2 weeks` and `weekday of DATE`.
///
/// # Errors
/// It is written otherwise, or a date does not exist.
pub(crate) fn answer(input: &str) -> Result<String, ToolError> {
    let text = input.trim().trim_end_matches('?').to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        ["days", "from" | "between", from, "to" | "and", to] => {
            let days = Date::parse(to)?.number() - Date::parse(from)?.number();
            Ok(format!("{days} days from {from} to {to}"))
        }
        ["weekday", "of", date] => Ok(format!("{date} is a {}", Date::parse(date)?.weekday())),
        [date, sign @ ("+" | "-"), count, unit] => {
            let count: i64 = count.parse().ok().filter(|n| (0..=3_000_000).contains(n)).ok_or_else(|| form(input))?;
            let days = match *unit {
                "day" | "days" => count,
                "week" | "weeks" => 7 * count,
                _ => return Err(form(input)),
            };
            let days = if *sign == "-" { -days } else { days };
            let after = Date::of_number(Date::parse(date)?.number() + days);
            if !(1..=9_999).contains(&after.year) {
                return Err(ToolError::new("the date is outside the years 1 to 9999"));
            }
            Ok(format!("{date} {sign} {count} {unit} = {after}"))
        }
        _ => Err(form(input)),
    }
}

fn form(input: &str) -> ToolError {
    ToolError::new(format!(
        "'{input}' can't be read; write 'days from 2024-01-31 to 2024-03-01', '2024-02-28 + 30 days' or 'weekday of \
         2024-02-29'"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_has_one_date_and_the_next_weekday() {
        let first = Date { year: 1800, month: 1, day: 1 }.number();
        let mut last = Date::of_number(first - 1);
        for number in first..first + 146_097 {
            let date = Date::of_number(number);
            assert_eq!(date.number(), number);
            assert!((date.year, date.month, date.day) > (last.year, last.month, last.day));
            last = date;
        }
        assert_eq!(last, Date { year: 2199, month: 12, day: 31 });
    }

    #[test]
    fn questions_are_answered_as_the_calendar_says() {
        for (question, expected) in [
            ("weekday of 2000-01-01", "2000-01-01 is a Saturday"),
            ("Weekday of 1969-07-20?", "1969-07-20 is a Sunday"),
            ("days from 2024-01-31 to 2024-03-01", "30 days from 2024-01-31 to 2024-03-01"),
            ("2023-02-28 + 1 day", "2023-02-28 + 1 day = 2023-03-01"),
            ("2024-01-01 - 2 weeks", "2024-01-01 - 2 weeks = 2023-12-18"),
        ] {
            assert_eq!(answer(question).unwrap(), expected);
        }
        for (question, why) in [
            ("weekday of 2023-02-29", "no date"),
            ("2024-01-01 + many days", "can't be read"),
            ("9999-12-31 + 1 day", "outside the years"),
            ("tomorrow", "can't be read"),
        ] {
            assert!(answer(question).unwrap_err().to_string().contains(why), "{question}");
        }
    }
}
