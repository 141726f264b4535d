//! Pairs of levels: estimate, interval, effect, corrected p.

use ergon_analysis::{Analysis, AnalysisKind, FamilyOfTests};

use crate::RichText;
use crate::number::{Digits, Grouping, Shown};
use crate::p_value::{PStyle, ShownP};
use crate::table::{Cell, Column, Content, Notes, Row, RowGroup, Table};

use super::descriptive::sentence;
use super::{degrees, interval, interval_name, label, number, provenance, two_decimal_interval, two_decimals, unit};

/// A table of the contrasts among some analyses; those of one metric and factor stand together. Omnibus tests stand in
/// the notes. `None` when there is no contrast.
pub fn comparison_table(analyses: &[Analysis]) -> Option<Table> {
    let contrasts: Vec<&Analysis> = analyses.iter().filter(|a| is_contrast(a)).collect();
    let first = contrasts.first()?;
    let level = contrasts.iter().find_map(|a| a.ci).map_or(0.95, |ci| ci.level);
    let many = contrasts.iter().any(|a| place(a) != place(first));
    let mut groups: Vec<RowGroup> = Vec::new();
    let mut at: Option<(&str, &str)> = None;
    for analysis in &contrasts {
        let (row, heading) = (row(analysis), heading(analysis));
        if at != Some(place(analysis)) || groups.is_empty() {
            groups.push(RowGroup { label: many.then(|| heading.into()), rows: Vec::new() });
            at = Some(place(analysis));
        }
        if let Some(group) = groups.last_mut() {
            group.rows.push(row);
        }
    }
    let columns = vec![
        Column::new(RichText::variable("n")),
        Column::new("Estimate"),
        Column::new(interval_name(level)),
        Column::new("Test"),
        Column::new(RichText::variable("g")),
        Column::new(RichText::default().plain(interval_name(level)).plain(" of ").and_variable("g")),
        Column::new(RichText::variable("p")),
        Column::new(RichText::variable("p").plain(" corrected")),
    ];
    let caption = if many { "Differences between levels".to_owned() } else { heading(first) };
    Some(Table {
        caption: caption.into(),
        label: if many { label("comparison", &[]) } else { label("comparison", &[place(first).0, place(first).1]) },
        stub: "Levels".into(),
        columns,
        groups,
        notes: notes(analyses, &contrasts),
    })
}

pub(super) fn is_contrast(analysis: &Analysis) -> bool {
    let pair = analysis.question.treatment.is_some() && analysis.question.control.is_some();
    pair && matches!(analysis.kind, AnalysisKind::Contrast | AnalysisKind::Survival)
}

fn place(analysis: &Analysis) -> (&str, &str) {
    (analysis.question.metric.as_str(), analysis.question.factor.as_deref().unwrap_or_default())
}

fn heading(analysis: &Analysis) -> String {
    let question = &analysis.question;
    let factor = question.factor.as_deref().unwrap_or_default();
    let title = crate::number::heading_with_unit(&question.metric_title, unit(&question.unit));
    let what = match question.estimand.as_str() {
        "log_ratio" => "ratio of geometric means of",
        "ratio" => "ratio of means of",
        "odds_ratio" => "odds ratio of",
        "hazard_ratio" => "hazard ratio of",
        "survival" => "survival of",
        _ => "difference of",
    };
    sentence(&format!("{what} {title} by {factor}")).trim_end_matches('.').to_owned()
}

fn row(analysis: &Analysis) -> Row {
    let question = &analysis.question;
    let source = provenance(&analysis.provenance);
    let level = |l: &Option<String>| l.clone().unwrap_or_default();
    let main = analysis.main_estimate();
    let se = main_error(analysis);
    let effect = analysis.effect.as_ref();
    let ends = effect.and_then(|e| e.lo.zip(e.hi));
    let sign = if question.estimand.ends_with("ratio") { "/" } else { "−" };
    Row::new(
        format!("{} {sign} {}", level(&question.treatment), level(&question.control)),
        vec![
            Cell::count(analysis.n as u64),
            number(main.map(|e| e.value), se, source),
            interval(main.and_then(|e| e.ci), se, source),
            statistic(analysis).map_or_else(Cell::missing, |text| Content::Mathematics(text).into()),
            effect.map_or_else(Cell::missing, |e| two_decimals(e.value, source)),
            ends.map_or_else(Cell::missing, |(lo, hi)| two_decimal_interval(lo, hi, source)),
            analysis.p.map_or_else(Cell::missing, Cell::p_value),
            analysis.p_adjusted.map_or_else(Cell::missing, Cell::p_value),
        ],
    )
}

/// Standard error of the main estimate, in its unit: that of a ratio of geometric means by the delta method, from its
/// log's. `None` where there is none.
pub(super) fn main_error(analysis: &Analysis) -> Option<f64> {
    let main = analysis.main_estimate()?;
    match analysis.estimates.get("log_ratio") {
        Some(log) if analysis.question.estimand == "log_ratio" => log.se.map(|se| main.value * se),
        _ => main.se,
    }
}

/// *t*(9.3) = 2.41
pub(super) fn statistic(analysis: &Analysis) -> Option<RichText> {
    let statistic = analysis.statistic.as_ref()?;
    let df: Vec<String> = analysis.df.iter().map(|df| degrees(df.0)).collect();
    let value = Shown::new(statistic.value, None, Digits::Decimals(2))?.to_text(Grouping::None);
    // A z has no degrees of freedom.
    let df = if df.is_empty() { String::new() } else { format!("({})", df.join(", ")) };
    Some(RichText::variable(statistic.name.clone()).plain(format!("{df} = {value}")))
}

/// Which tests p-values were corrected over, and how.
pub(super) fn family_note(family: &FamilyOfTests) -> String {
    let tests = if family.size == 1 { "test" } else { "tests" };
    let correction = sentence(&family.correction);
    format!("{} correction over {} {tests}: {}.", correction.trim_end_matches('.'), family.size, family.name)
}

fn notes(analyses: &[Analysis], contrasts: &[&Analysis]) -> Notes {
    let mut notes = Notes::default();
    let mut say = |text: RichText| {
        if !notes.general.contains(&text) {
            notes.general.push(text);
        }
    };
    for analysis in contrasts {
        say(format!("{} ({}).", analysis.procedure, analysis.unit_of_analysis).into());
        if let Some(effect) = &analysis.effect {
            let unit = match effect.name.as_str() {
                "Hedges' g_z" => ", in standard deviations of a replicate's mean difference",
                _ => "",
            };
            let says = RichText::variable("g").plain(": ");
            let named = match effect.name.split_once('_') {
                Some((name, index)) => says.plain(name).subscript(index),
                None => says.plain(&effect.name),
            };
            say(named.plain(format!("{unit}.")));
        }
    }
    for analysis in analyses.iter().filter(|a| a.kind == AnalysisKind::Omnibus) {
        if let (Some(statistic), Some(p)) =
            (statistic(analysis), analysis.p.and_then(|p| ShownP::new(p, PStyle::Plain)))
        {
            let mut text = RichText::from(format!("All levels of {}: {}, ", place(analysis).1, analysis.procedure));
            text.0.extend(statistic.0);
            say(text.plain(", ").and_variable("p").plain(format!(" {}.", p.to_sentence_text())));
        }
    }
    for warning in contrasts.iter().flat_map(|a| &a.warnings).filter(|w| w.code != "simulated") {
        say(sentence(&warning.message).into());
    }
    let mut families: Vec<String> = Vec::new();
    for family in contrasts.iter().filter_map(|a| a.family.as_ref()) {
        let text = family_note(family);
        if !families.contains(&text) {
            families.push(text);
        }
    }
    notes.probability = families.into_iter().map(Into::into).collect();
    notes
}
