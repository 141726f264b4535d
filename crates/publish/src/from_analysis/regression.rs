//! A response over a numeric factor: coefficients of the line and of the parabola.

use ergon_analysis::{Analysis, Detail, Fitted};

use crate::number::{Digits, Grouping, Shown};
use crate::p_value::{PStyle, ShownP};
use crate::table::{Cell, Column, Notes, Row, RowGroup, Table};
use crate::{Provenance, RichText};

use super::descriptive::sentence;
use super::{interval, interval_name, label, number, provenance, unit};

/// The coefficients of a regression. `None` for another kind of analysis.
pub fn regression_table(analysis: &Analysis) -> Option<Table> {
    let Some(Detail::Regression(found)) = &analysis.detail else { return None };
    let question = &analysis.question;
    let source = provenance(&analysis.provenance);
    let fits = [("Line", Some(&found.linear)), ("Parabola", found.quadratic.as_ref())];
    let coefficients = |fit: &Fitted| fit.coefficients.iter().find_map(|c| c.ci).map(|ci| ci.level);
    let level = coefficients(&found.linear).unwrap_or(0.95);
    let columns = vec![
        Column::new("Estimate"),
        Column::new(RichText::variable("SE")),
        Column::new(interval_name(level)),
        Column::new(RichText::variable("p")),
    ];
    let groups = fits.iter().filter_map(|(name, fit)| {
        let rows = fit.as_ref()?.coefficients.iter().map(|c| row(&found.factor, c, source)).collect();
        Some(RowGroup { label: Some((*name).into()), rows })
    });
    let mut general: Vec<RichText> = vec![format!("{} ({}).", analysis.procedure, analysis.unit_of_analysis).into()];
    for (name, fit) in &fits {
        let share = fit.and_then(|fit| fit.r2_of_means).and_then(|r2| Shown::new(r2, None, Digits::Decimals(2)));
        if let Some(share) = share {
            let text =
                format!(" of the means of the levels, {}: {}.", name.to_lowercase(), share.to_text(Grouping::None));
            general.push(RichText::variable("R").superscript("2").plain(text));
        }
    }
    if let Some(p) = found.curvature_p.and_then(|p| ShownP::new(p, PStyle::Plain)) {
        general.push(RichText::from("Curvature: ").and_variable("p").plain(format!(" {}.", p.to_sentence_text())));
    }
    for warning in analysis.warnings.iter().filter(|warning| warning.code != "simulated") {
        general.push(sentence(&warning.message).into());
    }
    let title = crate::number::heading_with_unit(&question.metric_title, unit(&question.unit));
    Some(Table {
        caption: format!("{title} over {}", found.factor).into(),
        label: label("regression", &[question.metric.as_str(), &found.factor]),
        stub: "Coefficient".into(),
        columns,
        groups: groups.collect(),
        notes: Notes { general, ..Notes::default() },
    })
}

fn row(factor: &str, coefficient: &ergon_analysis::FittedCoefficient, source: Provenance) -> Row {
    let name = match coefficient.power {
        0 => RichText::from("Constant"),
        1 => RichText::from(factor),
        power => RichText::from(factor).superscript(power.to_string()),
    };
    let se = coefficient.se;
    Row::new(
        name,
        vec![
            number(Some(coefficient.estimate), se, source),
            number(se, se, source),
            interval(coefficient.ci, se, source),
            coefficient.p.map_or_else(Cell::missing, Cell::p_value),
        ],
    )
}
