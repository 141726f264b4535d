//! From analyses to the tables, figures and texts a researcher takes away.
//!
//! Belongs here: which columns a kind of table has, which notes it needs, which sections a summary has. Doesn't belong
//! here: a statistic, a choice of what to publish, a file.

mod bargaining;
mod batch;
mod campaign_summary;
mod comparison;
mod comparison_figures;
mod descriptive;
mod detail_lines;
mod drawing;
mod energy_section;
mod factor_figures;
mod hypotheses;
mod pairwise;
mod pivot;
mod quality;
mod regression;
mod summary;
mod surface_figures;
mod surface_lines;
mod surface_tables;
mod trade_off;
mod workflow;

pub use bargaining::bargaining_table;
pub use batch::{cost_efficiency_table, success_factors_table};
pub use campaign_summary::{CampaignFacts, campaign_summary};
pub use comparison::comparison_table;
pub use descriptive::descriptive_table;
pub use drawing::{Drawing, DrawingError};
pub use energy_section::{Bounded, EnergyFacts};
pub use hypotheses::hypotheses_table;
pub use pairwise::pairwise_table;
pub use pivot::pivot_table;
pub use quality::quality_table;
pub use regression::regression_table;
pub use summary::summary_table;
pub use surface_tables::{ab_test_table, contamination_table, dependency_table, threshold_table};
pub use workflow::{per_correct_table, phase_shares_table, tax_table};

use ergon_analysis::Interval;

use crate::Provenance;
use crate::number::{Digits, Grouping, Shown, exact};
use crate::table::{Cell, Content, Number};

/// The provenance of this name.
fn provenance(name: &str) -> Provenance {
    match name {
        "simulated" => Provenance::Simulated,
        "estimated" => Provenance::Estimated,
        "derived" => Provenance::Derived,
        _ => Provenance::Measured,
    }
}

/// A number with the digits of its standard error; a dash for none.
fn number(value: Option<f64>, se: Option<f64>, source: Provenance) -> Cell {
    value.map_or_else(Cell::missing, |value| Cell::number(value, se).from_source(source))
}

/// A number that stands beside an estimate and takes its digits from that one's standard error, without having it.
fn beside(value: Option<f64>, se: Option<f64>, source: Provenance) -> Cell {
    let digits = se.map_or(Digits::Uncertainty, Digits::as_for);
    value.map_or_else(Cell::missing, |value| Number { digits, provenance: source, ..Number::new(value, None) }.into())
}

/// An interval with the digits of the standard error of its estimate; a dash for none.
fn interval(ci: Option<Interval>, se: Option<f64>, source: Provenance) -> Cell {
    ci.map_or_else(Cell::missing, |ci| Cell::interval(ci.lo, ci.hi, se).from_source(source))
}

/// A standardised effect: two decimals.
fn two_decimals(value: f64, source: Provenance) -> Cell {
    Number { digits: Digits::Decimals(2), provenance: source, ..Number::new(value, None) }.into()
}

/// The interval of a standardised effect.
fn two_decimal_interval(low: f64, high: f64, source: Provenance) -> Cell {
    Content::Interval { low, high, digits: Digits::Decimals(2), provenance: source }.into()
}

/// `95% CI`.
fn interval_name(level: f64) -> String {
    format!("{}% CI", exact((level * 1e6).round() / 1e4))
}

/// Degrees of freedom: whole as they are, others with one decimal.
fn degrees(df: f64) -> String {
    let decimals = if df.fract() == 0.0 { 0 } else { 1 };
    Shown::new(df, None, Digits::Decimals(decimals)).map_or_else(String::new, |s| s.to_text(Grouping::None))
}

/// A unit as a heading shows it; none for pure numbers.
fn unit(unit: &str) -> &str {
    if unit == "1" { "" } else { unit }
}

/// A label for cross-references.
fn label(kind: &str, parts: &[&str]) -> String {
    let mut label = format!("tab:{kind}");
    for part in parts {
        label.push('-');
        label.push_str(&part.replace('_', "-"));
    }
    label
}
