//! Writes up what was found about several levels of a factor at once.

use ergon_domain::WireNumber;

use crate::describe::summary;
use crate::inference::Inference;
use crate::paired::Prepared;
use crate::result::{Analysis, AnalysisKind, Question};
use crate::write_up::{Subject, approximate, blank, distinct, identity, joined, question};

/// A question about the levels of a factor.
pub(crate) fn about_levels(data: &Prepared<'_>, factor: &str, text: String, estimand: &str) -> Question {
    Question { factor: Some(factor.to_owned()), ..question(&data.response, data.ask, text, estimand) }
}

/// An analysis of the levels of a subject; estimates and detail are the caller's to add.
pub(crate) fn write_levels(
    data: &Prepared<'_>,
    subject: &Subject<'_>,
    found: Inference,
    kind: AnalysisKind,
    asked: Question,
) -> Analysis {
    let account = data.response.account(found.used.iter().copied());
    let mut used = found.used;
    used.sort_unstable();
    let mut analysis = blank(data.frame, asked, kind, &found.procedure, data.ask, &account);
    analysis.id = identity(&analysis.question, &found.procedure, data.ask, &analysis.frame);
    analysis.levels = subject
        .levels
        .iter()
        .map(|level| {
            let rows = subject.rows_at(data.frame, level);
            let rows: Vec<usize> = rows.into_iter().filter(|r| used.binary_search(r).is_ok()).collect();
            summary(&data.response, &rows, vec![(subject.factor.to_owned(), level.to_string())], data.ask.confidence)
        })
        .collect();
    analysis.statistic = found.statistic;
    analysis.df = found.df.into_iter().map(WireNumber).collect();
    analysis.p = found.p;
    analysis.ci = found.ci;
    analysis.effect = found.effect;
    analysis.unit_of_analysis = found.unit_of_analysis;
    analysis.assumptions = found.assumptions;
    let mut dropped = found.dropped;
    dropped.extend(data.response.account(subject.all_rows(data.frame)).dropped());
    analysis.dropped = joined(dropped);
    let mut warnings = found.warnings;
    warnings.append(&mut analysis.warnings);
    warnings.extend(approximate(&data.response, analysis.statistic.as_ref()));
    analysis.warnings = distinct(warnings);
    analysis.trail = found.trail;
    analysis.references = found.references;
    analysis.not_tested = found.not_tested;
    analysis
}
