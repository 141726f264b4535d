use super::*;
use proptest::prelude::*;

fn with_error(value: f64, error: f64) -> String {
    Shown::new(value, Some(error), Digits::Uncertainty).unwrap().to_text(Grouping::Space)
}

fn alone(value: f64, digits: Digits) -> String {
    Shown::new(value, None, digits).unwrap().to_text(Grouping::Space)
}

#[test]
fn digits_come_from_the_uncertainty() {
    for (value, error, shown) in [
        (81.2345, 0.4123, "81.23 ± 0.41"),
        (81.2345, 4.123, "81.2 ± 4.1"),
        (81.2345, 41.23, "81 ± 41"),
        (0.000123456, 0.0000021, "0.0001235 ± 0.0000021"),
        (1.0, 0.0996, "1.00 ± 0.10"),
        (-2.34567, 0.0271, "−2.346 ± 0.027"),
        (56_789.0, 1234.0, "56\u{202f}800 ± 1200"),
        (123_456_789.0, 23_456.0, "(1.23457 ± 0.00023) × 10⁸"),
        (0.0, 0.5, "0.00 ± 0.50"),
        (0.0, 1e-9, "(0.0 ± 1.0) × 10⁻⁹"),
        (3.0, 120.0, "0 ± 120"),
        (7.0, 120.0, "10 ± 120"),
    ] {
        assert_eq!(with_error(value, error), shown, "{value} ± {error}");
    }
}

#[test]
fn an_error_of_zero_or_none_leaves_three_significant_digits_and_whole_numbers_whole() {
    for (value, shown) in
        [(1.0, "1.00"), (0.012345, "0.0123"), (1234.5, "1234"), (123_456.0, "123\u{202f}456"), (0.0, "0")]
    {
        assert_eq!(alone(value, Digits::Uncertainty), shown);
        assert_eq!(alone(value, Digits::as_for(0.0)), shown);
    }
}

#[test]
fn an_error_below_the_resolution_of_the_value_conjures_up_no_digits() {
    assert_eq!(alone(0.1, Digits::as_for(1e-40)), "0.10000000000000001");
}

#[test]
fn asked_for_digits_are_given() {
    for (value, digits, shown) in [
        (2.5, Digits::Decimals(0), "2"),
        (2.34567, Digits::Decimals(2), "2.35"),
        (-0.001, Digits::Decimals(2), "0.00"),
        (0.00001, Digits::Decimals(2), "0.00"),
        (9.996, Digits::Significant(3), "10.0"),
        (1234.0, Digits::Significant(2), "1200"),
        (9960.0, Digits::Significant(2), "10\u{202f}000"),
        (12_345_678.0, Digits::Significant(3), "1.23 × 10⁷"),
        (9.9996e8, Digits::Significant(3), "1.00 × 10⁹"),
        (1.5e-300, Digits::Significant(2), "1.5 × 10⁻³⁰⁰"),
        (5e-324, Digits::Significant(2), "4.9 × 10⁻³²⁴"),
        (f64::MAX, Digits::Significant(3), "1.80 × 10³⁰⁸"),
        (f64::NEG_INFINITY, Digits::Significant(3), "−∞"),
    ] {
        assert_eq!(alone(value, digits), shown, "{value} {digits:?}");
    }
}

#[test]
fn not_a_number_is_never_shown_as_one() {
    assert_eq!(Shown::new(f64::NAN, None, Digits::Uncertainty), None);
}

#[test]
fn compact_form_counts_the_error_in_units_of_the_last_place() {
    for (value, error, shown) in [
        (81.2345, 0.4123, "81.23(41)"),
        (81.2345, 4.123, "81.2(41)"),
        (56_789.0, 1234.0, "56800(1200)"),
        (1.5e-9, 2e-11, "1.500(20) × 10⁻⁹"),
    ] {
        let shown_number = Shown::new(value, Some(error), Digits::Uncertainty).unwrap();
        assert_eq!(shown_number.to_compact_text(Grouping::None), shown);
    }
}

#[test]
fn a_leading_zero_is_dropped_only_where_it_leads() {
    for (value, shown) in [(0.52, ".52"), (-0.52, "−.52"), (1.0, "1.00"), (0.0, ".00")] {
        let number = Shown::new(value, None, Digits::Decimals(2)).unwrap();
        assert_eq!(number.without_leading_zero().to_text(Grouping::None), shown);
    }
}

#[test]
fn percentages_units_headings_counts_and_machine_numbers() {
    assert_eq!(percentage(0.1234, 1).unwrap(), "12.3\u{a0}%");
    assert_eq!(percentage(f64::NAN, 1), None);
    assert_eq!(value(81.2345, 0.41).unwrap(), "81.23");
    assert_eq!(with_unit("3.2", "J"), "3.2\u{a0}J");
    assert_eq!(with_unit("3.2", ""), "3.2");
    assert_eq!(heading_with_unit("Energy", "J"), "Energy (J)");
    assert_eq!(heading_with_unit("Agreement", ""), "Agreement");
    for (grouping, shown) in
        [(Grouping::None, "1234567"), (Grouping::Space, "1\u{202f}234\u{202f}567"), (Grouping::Comma, "1,234,567")]
    {
        assert_eq!(count(1_234_567, grouping), shown);
    }
    assert_eq!(count(1234, Grouping::Space), "1234");
    assert_eq!(count(1234, Grouping::Comma), "1,234");
    assert_eq!((exact(0.1), exact(1e-300)), ("0.1".to_owned(), "1e-300".to_owned()));
}

proptest! {
    #[test]
    fn what_is_shown_is_within_half_a_unit_of_the_last_place(
        value in prop::num::f64::NORMAL, error in 1e-200f64..1e200,
    ) {
        let Some(shown) = Shown::new(value, Some(error), Digits::Uncertainty) else {
            return Err(TestCaseError::fail("a finite number was not shown"));
        };
        let exponent = shown.exponent.unwrap_or(0);
        let read: f64 = format!("{}e{exponent}", shown.digits).parse().unwrap();
        let signed = if shown.negative { -read } else { read };
        prop_assert!((signed - value).abs() <= error * 0.051 + value.abs() * 1e-15);
    }

    #[test]
    fn machine_numbers_read_back_exactly(value in prop::num::f64::ANY) {
        let back: f64 = exact(value).parse().unwrap();
        prop_assert!(back == value || value.is_nan());
    }
}
