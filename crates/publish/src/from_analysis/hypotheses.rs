//! The hypotheses board.

use ergon_analysis::HypothesisResult;

use crate::RichText;
use crate::number::exact;
use crate::table::{Cell, Column, Content, Notes, Row, Table};

use super::comparison::{family_note, statistic};
use super::{interval, interval_name, label, number, provenance};

/// One row a hypothesis: verdict, estimate with interval, corrected p, and what was expected.
pub fn hypotheses_table(results: &[HypothesisResult]) -> Table {
    let level = results.iter().find_map(|r| r.analysis.as_ref()?.ci).map_or(0.95, |ci| ci.level);
    let columns = vec![
        Column::new("Verdict"),
        Column::new("Estimate"),
        Column::new(interval_name(level)),
        Column::new("Test"),
        Column::new(RichText::variable("p").plain(" corrected")),
        Column::new("Expected"),
    ];
    let mut notes = Notes::default();
    let mut rows = Vec::new();
    for (result, marker) in results.iter().zip(markers()) {
        rows.push(row(result).map_label(&marker));
        let statement = result.statement.as_deref().map(|s| format!("{s}. ")).unwrap_or_default();
        let statement = statement.replace(".. ", ". ");
        notes.specific.push((marker, format!("{statement}{} Rule: {}", result.sentence, result.rule).into()));
    }
    notes.general.push("Expected sizes are shown beside the estimates; they decide nothing.".into());
    let family = results.iter().find_map(|r| r.analysis.as_ref()?.family.as_ref());
    if let Some(family) = family {
        notes.probability.push(family_note(family).into());
    }
    let rows = rows.into_iter().map(|labelled| labelled.0).collect();
    Table { label: label("hypotheses", &[]), notes, ..Table::plain("Hypotheses", "Hypothesis", columns, rows) }
}

/// A row whose verdict still lacks its note marker.
struct Labelled(Row);

impl Labelled {
    fn map_label(mut self, marker: &str) -> Self {
        if let Some(verdict) = self.0.cells.first_mut() {
            verdict.note = Some(marker.to_owned());
        }
        self
    }
}

fn row(result: &HypothesisResult) -> Labelled {
    let analysis = result.analysis.as_ref();
    let source = analysis.map_or(crate::Provenance::Measured, |a| provenance(&a.provenance));
    let main = analysis.and_then(|a| a.estimates.get("mean_difference").or_else(|| a.estimates.get("ratio")));
    let se = main.and_then(|e| e.se);
    let expected: Vec<String> = result
        .beside_expected
        .iter()
        .map(|b| format!("{} {} to {}: {}", b.of, exact(b.expected[0]), exact(b.expected[1]), b.position))
        .collect();
    let statistic = analysis.and_then(statistic);
    Labelled(Row::new(
        result.id.clone(),
        vec![
            Cell::text(result.verdict.words()),
            number(main.map(|e| e.value), se, source),
            interval(analysis.and_then(|a| a.ci), se, source),
            statistic.map_or_else(Cell::missing, |text| Content::Mathematics(text).into()),
            analysis.and_then(|a| a.p_adjusted.or(a.p)).map_or_else(Cell::missing, Cell::p_value),
            if expected.is_empty() { Cell::missing() } else { Cell::text(expected.join("; ")) },
        ],
    ))
}

/// `a`, `b`, … `z`, `aa`, …
fn markers() -> impl Iterator<Item = String> {
    (0_u32..).map(|i| {
        let letter = char::from(b'a' + u8::try_from(i % 26).unwrap_or(0));
        let times = usize::try_from(i / 26).unwrap_or(0) + 1;
        letter.to_string().repeat(times)
    })
}
