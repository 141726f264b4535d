//! The data-quality check as a table.

use ergon_analysis::{QualityReport, Severity};

use crate::number::Digits;
use crate::table::{Cell, Column, Notes, Number, Row, Table};

use super::label;

/// Score and parts, then the findings.
pub fn quality_table(report: &QualityReport) -> Table {
    let part = |name: &str, value: f64, what: &str| {
        let value = Number { digits: Digits::Decimals(3), at_most_one: true, ..Number::new(value, None) };
        Row::new(name, vec![value.into(), Cell::text(what)])
    };
    let mut rows = vec![
        part("Completeness", report.completeness, "expected runs there × readings there among those due"),
        part("Ranges", report.ranges, "values within their metric's range"),
        part("Consistency", report.consistency, "metrics set, replicates equal, run keys unique"),
        part("Validity", report.validity, "values within the fences of their condition"),
        part("Score", report.score, "product of the four"),
    ];
    for finding in &report.findings {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        };
        rows.push(Row::new(
            finding.place.clone(),
            vec![Cell::text(severity), Cell::text(format!("{}; {}", finding.message, finding.advice))],
        ));
    }
    let columns = vec![Column::new("Share"), Column::new("What")];
    let runs = format!("{} of {} runs are present.", report.present, report.expected);
    Table {
        label: label("quality", &[]),
        notes: Notes { general: vec![runs.into()], ..Notes::default() },
        ..Table::plain("Data quality", "Part", columns, rows)
    }
}
