//! The tool `units`: a quantity in another unit.

use super::ToolError;
use crate::workflow::item::shown;

/// Dimension, names, factor to the dimension's base unit. Factors are exact by definition (SI brochure, 9th edition;
/// international yard and pound agreement of 1959) but for those of the calorie (thermochemical) and the horsepower (metric).
pub(crate) const UNITS: &[(&str, &[&str], f64)] = &[
    ("length", &["m", "metre", "metres", "meter", "meters"], 1.0),
    ("length", &["km", "kilometre", "kilometres", "kilometer", "kilometers"], 1e3),
    ("length", &["cm", "centimetre", "centimetres", "centimeter", "centimeters"], 1e-2),
    ("length", &["mm", "millimetre", "millimetres", "millimeter", "millimeters"], 1e-3),
    ("length", &["mi", "mile", "miles"], 1_609.344),
    ("length", &["yd", "yard", "yards"], 0.9144),
    ("length", &["ft", "foot", "feet"], 0.3048),
    ("length", &["in", "inch", "inches"], 0.0254),
    ("length", &["nmi", "nautical mile", "nautical miles"], 1_852.0),
    ("mass", &["kg", "kilogram", "kilograms"], 1.0),
    ("mass", &["g", "gram", "grams"], 1e-3),
    ("mass", &["t", "tonne", "tonnes"], 1e3),
    ("mass", &["lb", "lbs", "pound", "pounds"], 0.453_592_37),
    ("mass", &["oz", "ounce", "ounces"], 0.028_349_523_125),
    ("volume", &["l", "litre", "litres", "liter", "liters"], 1.0),
    ("volume", &["ml", "millilitre", "millilitres", "milliliter", "milliliters"], 1e-3),
    ("volume", &["gal", "gallon", "gallons"], 3.785_411_784),
    ("time", &["s", "second", "seconds"], 1.0),
    ("time", &["min", "minute", "minutes"], 60.0),
    ("time", &["h", "hour", "hours"], 3_600.0),
    ("time", &["d", "day", "days"], 86_400.0),
    ("speed", &["m/s"], 1.0),
    ("speed", &["km/h"], 1.0 / 3.6),
    ("speed", &["mph"], 0.447_04),
    ("speed", &["kn", "knot", "knots"], 1_852.0 / 3_600.0),
    ("energy", &["j", "joule", "joules"], 1.0),
    ("energy", &["kj", "kilojoule", "kilojoules"], 1e3),
    ("energy", &["kwh"], 3.6e6),
    ("energy", &["wh"], 3.6e3),
    ("energy", &["kcal"], 4_184.0),
    ("power", &["w", "watt", "watts"], 1.0),
    ("power", &["kw", "kilowatt", "kilowatts"], 1e3),
    ("power", &["hp"], 735.498_75),
    ("data", &["b", "byte", "bytes"], 1.0),
    ("data", &["kib"], 1_024.0),
    ("data", &["mib"], 1_048_576.0),
    ("data", &["gib"], 1_073_741_824.0),
    ("data", &["gb"], 1e9),
];

/// Degrees: names, size of a degree in kelvin, zero in kelvin.
const DEGREES: &[(&[&str], f64, f64)] = &[
    (&["c", "°c", "celsius", "degrees celsius"], 1.0, 273.15),
    (&["f", "°f", "fahrenheit", "degrees fahrenheit"], 5.0 / 9.0, 459.67 * 5.0 / 9.0),
    (&["k", "kelvin"], 1.0, 0.0),
];

/// Converts what is written as `26.2 mi in km`.
///
/// # Errors
/// It is written otherwise, or the units don't fit together.
pub(crate) fn convert(input: &str) -> Result<String, ToolError> {
    let form = || ToolError::new("write QUANTITY UNIT in UNIT, as in '26.2 mi in km'");
    let text = input.trim().trim_end_matches('?').to_lowercase();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | ','))).ok_or_else(form)?;
    let (number, units) = text.split_at(end);
    let value: f64 = number.replace(',', "").parse().map_err(|_| form())?;
    // The last one: an inch is written `in` too.
    let (from, to) = units.rsplit_once(" in ").or_else(|| units.rsplit_once(" to ")).ok_or_else(form)?;
    let (from, to) = (from.trim(), to.trim());
    let converted = match (degrees(from), degrees(to)) {
        (Some((size, zero)), Some((other_size, other_zero))) => ((value * size + zero) - other_zero) / other_size,
        _ => {
            let (dimension, factor) = unit(from)?;
            let (other, other_factor) = unit(to)?;
            if dimension != other {
                return Err(ToolError::new(format!("'{from}' is a {dimension}, '{to}' a {other}")));
            }
            value * factor / other_factor
        }
    };
    Ok(format!("{} {from} = {} {to}", shown(value), shown(converted)))
}

fn unit(name: &str) -> Result<(&'static str, f64), ToolError> {
    let found = UNITS.iter().find(|(_, names, _)| names.contains(&name)).map(|(of, _, factor)| (*of, *factor));
    found.ok_or_else(|| {
        let known: Vec<&str> = UNITS.iter().filter_map(|(_, names, _)| names.first().copied()).collect();
        ToolError::new(format!("there is no unit '{name}'; known are {}, C, F, K", known.join(", ")))
    })
}

fn degrees(name: &str) -> Option<(f64, f64)> {
    DEGREES.iter().find(|(names, ..)| names.contains(&name)).map(|(_, size, zero)| (*size, *zero))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_converted_by_their_definitions() {
        for (input, expected) in [
            ("26.2 mi in km", "26.2 mi = 42.164813 km"),
            ("12 in in cm", "12 in = 30.48 cm"),
            ("1 kWh to J", "1 kwh = 3600000 j"),
            ("100 C in F", "100 c = 212 f"),
            ("-40 F in C", "-40 f = -40 c"),
            ("90 km/h in m/s", "90 km/h = 25 m/s"),
        ] {
            assert_eq!(convert(input).unwrap(), expected);
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error_that_says_why() {
        for (input, why) in [
            ("5 km in kg", "'km' is a length, 'kg' a mass"),
            ("5 parsec in km", "no unit 'parsec'; known are m, km"),
            ("km in mi", "write QUANTITY UNIT in UNIT"),
            ("5 C in km", "no unit 'c'"),
            ("", "write QUANTITY"),
        ] {
            assert!(convert(input).unwrap_err().to_string().contains(why), "{input}");
        }
    }
}
