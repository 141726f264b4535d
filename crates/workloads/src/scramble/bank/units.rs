//! Conversions between units. Answers are exact decimals.

use super::super::item::Difficulty::{Easy, Hard, Medium};
use super::template::{Template, number, real};

const DOMAIN: &str = "measurement";

pub(super) static TEMPLATES: [Template; 12] = [
    Template {
        name: "km_to_m",
        domain: DOMAIN,
        difficulty: Easy,
        write: |d| {
            let km = d.between(2, 95);
            number(format!("How many metres are {km} kilometres?"), 1000 * km)
        },
    },
    Template {
        name: "h_to_min",
        domain: DOMAIN,
        difficulty: Easy,
        write: |d| {
            let (h, min) = (d.between(2, 12), d.between(1, 59));
            number(format!("A journey takes {h} hours and {min} minutes. How many minutes is that?"), 60 * h + min)
        },
    },
    Template {
        name: "kg_to_g",
        domain: DOMAIN,
        difficulty: Easy,
        write: |d| {
            let (kg, g) = (d.between(2, 9), d.between(50, 950));
            number(format!("A parcel weighs {kg} kilograms and {g} grams. What is its weight in grams?"), 1000 * kg + g)
        },
    },
    Template {
        name: "days_to_hours",
        domain: DOMAIN,
        difficulty: Easy,
        write: |d| {
            let days = d.between(3, 30);
            number(format!("How many hours do {days} days have?"), 24 * days)
        },
    },
    Template {
        name: "cm_to_m",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let cm = d.between(105, 990);
            real(format!("A rope is {cm} centimetres long. What is its length in metres?"), cm as f64 / 100.0)
        },
    },
    Template {
        name: "litre_glasses",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let (glass, litres) = (d.one(&[200, 250, 500, 125], 250), d.between(3, 15));
            number(
                format!(
                    "A glass holds {glass} millilitres. How many such glasses can be filled from {litres} litres of juice?"
                ),
                1000 * litres / glass,
            )
        },
    },
    Template {
        name: "kmh_to_ms",
        domain: DOMAIN,
        difficulty: Hard,
        write: |d| {
            let ms = d.between(3, 40);
            real(
                format!(
                    "A car travels at {} kilometres per hour. What is its speed in metres per second?",
                    (36 * ms) as f64 / 10.0
                ),
                ms as f64,
            )
        },
    },
    Template {
        name: "celsius",
        domain: DOMAIN,
        difficulty: Hard,
        write: |d| {
            let fives = d.between(-4, 20);
            number(
                format!(
                    "A thermometer shows {} degrees Celsius. What is this temperature in degrees Fahrenheit?",
                    5 * fives
                ),
                9 * fives + 32,
            )
        },
    },
    Template {
        name: "hectares",
        domain: DOMAIN,
        difficulty: Hard,
        write: |d| {
            let (length, width) = (100 * d.between(2, 9), 50 * d.between(1, 9));
            real(
                format!("A field is a rectangle of {length} by {width} metres. What is its area in hectares?"),
                (length * width) as f64 / 10_000.0,
            )
        },
    },
    Template {
        name: "seconds_split",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let (min, s) = (d.between(3, 20), d.between(1, 59));
            number(format!("A song lasts {} seconds. How many full minutes is that?", 60 * min + s), min)
        },
    },
    Template {
        name: "dozen_weight",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let (grams, dozens) = (d.between(50, 75), d.between(2, 8));
            number(
                format!("An egg weighs {grams} grams. How many grams do {dozens} dozen such eggs weigh?"),
                12 * grams * dozens,
            )
        },
    },
    Template {
        name: "cube_litres",
        domain: DOMAIN,
        difficulty: Hard,
        write: |d| {
            let tens = d.between(2, 9);
            number(
                format!("A cubic tank has edges of {} centimetres. How many litres does it hold?", 10 * tens),
                tens * tens * tens,
            )
        },
    },
];
