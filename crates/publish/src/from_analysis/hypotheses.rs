//! The hypotheses board.

use ergon_analysis::{Analysis, HypothesisResult};

use crate::RichText;
use crate::number::{Digits, Grouping, Shown, exact};
use crate::table::{Cell, Column, Content, Notes, Row, Table};

use super::comparison::{family_note, main_error, statistic};
use super::{interval, interval_name, label, number, provenance, unit};

/// One row a hypothesis: verdict, what is estimated, its estimate with interval, corrected p, and what was expected.
pub fn hypotheses_table(results: &[HypothesisResult]) -> Table {
    let level = results.iter().find_map(|r| r.analysis.as_ref()?.ci).map_or(0.95, |ci| ci.level);
    let columns = vec![
        Column::new("Verdict"),
        Column::new("Estimated"),
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
        // The question names a threshold where there is one, and the rule a margin.
        let asked = result.analysis.as_ref().map(|a| format!("{} ", a.question.text)).unwrap_or_default();
        notes.specific.push((marker, format!("{statement}{asked}{} Rule: {}", result.sentence, result.rule).into()));
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
    let main = analysis.and_then(Analysis::main_estimate);
    let se = analysis.and_then(main_error);
    let expected = expected(result);
    let statistic = analysis.and_then(statistic);
    Labelled(Row::new(
        result.id.clone(),
        vec![
            Cell::text(verdict(result)),
            analysis.map_or_else(Cell::missing, |a| Cell::text(estimated(a))),
            number(main.map(|e| e.value), se, source),
            interval(main.and_then(|e| e.ci), se, source),
            statistic.map_or_else(Cell::missing, |text| Content::Mathematics(text).into()),
            analysis.and_then(|a| a.p_adjusted.or(a.p)).map_or_else(Cell::missing, Cell::p_value),
            if expected.is_empty() { Cell::missing() } else { Cell::text(expected.join("; ")) },
        ],
    ))
}

/// The verdict, and what the rule found where a simulated model makes that no evidence.
fn verdict(result: &HypothesisResult) -> String {
    let words = result.verdict.words();
    result.in_simulation.map_or_else(|| words.to_owned(), |found| format!("{words} ({})", found.words()))
}

/// What the estimate is of, with its unit: `difference of means, llm − heuristic (s)`.
fn estimated(analysis: &Analysis) -> String {
    let question = &analysis.question;
    let level = |level: &Option<String>| level.clone().unwrap_or_default();
    let (treatment, control) = (level(&question.treatment), level(&question.control));
    let factor = level(&question.factor);
    let what = match question.estimand.as_str() {
        "mean_difference" => format!("difference of means, {treatment} − {control}"),
        "ratio" => format!("ratio of means, {treatment} / {control}"),
        "log_ratio" => format!("ratio of geometric means, {treatment} / {control}"),
        "odds_ratio" => format!("odds ratio, {treatment} / {control}"),
        "hazard_ratio" => format!("hazard ratio, {treatment} / {control}"),
        "mean" => format!("mean, {treatment}"),
        "slope" => format!("slope on {factor}"),
        other => other.replace('_', " "),
    };
    let unit = analysis.main_estimate().map_or("", |e| unit(&e.unit));
    crate::number::heading_with_unit(&what, unit)
}

/// What was expected, each with the estimate beside it where there is one.
fn expected(result: &HypothesisResult) -> Vec<String> {
    let written = result.expected.iter().flat_map(|e| {
        let all = [("ratio", e.ratio), ("difference", e.difference), ("value", e.value)];
        all.into_iter().filter_map(|(of, range)| Some((of, range?)))
    });
    let shown = |x: f64| Some(Shown::new(x, None, Digits::Uncertainty)?.to_text(Grouping::None));
    written
        .map(|(of, [low, high])| {
            let found = result.beside_expected.iter().find(|b| b.of == of);
            let found = found.and_then(|b| Some(format!("{} is {}", shown(b.estimate)?, b.position)));
            let found = found.unwrap_or_else(|| "not estimated".to_owned());
            format!("{of} {} to {}: {found}", exact(low), exact(high))
        })
        .collect()
}

/// `a`, `b`, … `z`, `aa`, …
fn markers() -> impl Iterator<Item = String> {
    (0_u32..).map(|i| {
        let letter = char::from(b'a' + u8::try_from(i % 26).unwrap_or(0));
        let times = usize::try_from(i / 26).unwrap_or(0) + 1;
        letter.to_string().repeat(times)
    })
}
