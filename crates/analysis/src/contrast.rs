//! Two levels of a factor: which procedure, on which data.

use ergon_design::spec::{Estimand, Procedure};
use ergon_domain::{Family, ParameterName, Value};

use crate::additive::{ModelRows, of_means, over_blocks};
use crate::ask::{Ask, Contrast};
use crate::cells::{Matching, matched_cells};
use crate::error::AnalysisError;
use crate::frame::{Frame, same_level};
use crate::independent::independent;
use crate::inference::{Inference, Scale};
use crate::method;
use crate::odds::odds_ratio;
use crate::paired::{Prepared, paired};
use crate::ratio::ratio;
use crate::response::Response;
use crate::result::{Analysis, Companion, Dropped, Warning};
use crate::structure::{Adjusting, Blocking, adjusting, blocking};
use crate::survival;
use crate::write_up::{Subject, write_up};

/// Treatment minus control, adjusted for every other varied parameter.
///
/// # Errors
/// Unknown names, a confounded contrast, too few runs or replicates, censored or non-positive values.
pub fn contrast(frame: &Frame, ask: &Ask, contrast: &Contrast) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    let known = |level: &Value| known_level(frame, &contrast.factor, level);
    let pair = [known(&contrast.treatment)?, known(&contrast.control)?];
    if ask.estimand == Some(Estimand::HazardRatio) && response.metric.family != Family::TimeToEvent {
        return Err(AnalysisError::NotAvailable {
            asked: format!("estimand hazard_ratio of {}, which is no time to an event,", response.metric.id),
            available: vec!["mean_difference", "ratio", "log_ratio", "odds_ratio"],
        });
    }
    if method::is_survival(ask, &response)? {
        return survival::of_levels(frame, ask, &contrast.factor, &pair);
    }
    let subject = Subject { factor: &contrast.factor, levels: &pair };
    let (scale, why) = method::scale(ask, &response)?;
    refuse_unusable(frame, &response, &subject, scale)?;
    let seed = frame.digest(Some(&response.metric.id));
    let data = Prepared { frame, response, scale, ask, seed };
    // Shifts, signs and equal variances have no form for these.
    let no_form = !matches!(
        method::forced(ask)?,
        None | Some(Procedure::Auto | Procedure::Welch | Procedure::Paired | Procedure::LinearModel)
    );
    if no_form && matches!(scale, Scale::Ratio | Scale::OddsRatio) {
        return Err(AnalysisError::NotAvailable {
            asked: format!("estimand {} by {}", scale.estimand(), ask.forced_test().unwrap_or("auto")),
            available: vec!["test: auto", "estimand: mean_difference"],
        });
    }
    let mut found = match scale {
        Scale::Ratio => ratio(&data, &subject, &pair)?,
        Scale::OddsRatio => odds_ratio(&data, &subject, &pair)?,
        Scale::Difference | Scale::LogRatio => {
            let matching = matched_cells(frame, &contrast.factor, &pair, |row| data.response.value(row).is_some());
            decide(&data, &subject, &pair, &matching)?
        }
    };
    found.trail.insert(0, why);
    if let Some(forced) = ask.forced_test() {
        found.trail.push(format!("The procedure was asked for by name ({forced})."));
    } else {
        found.trail.push(
            "The procedure follows from metric, estimand and design alone; what checks of assumptions found is shown \
             beside it and changes nothing."
                .into(),
        );
    }
    Ok(write_up(&data, &subject, found))
}

/// Levels of a factor that runs have.
pub(crate) fn known_levels(frame: &Frame, factor: &str) -> Result<Vec<Value>, AnalysisError> {
    let levels = frame.levels(factor);
    if levels.is_empty() {
        return Err(AnalysisError::UnknownFactor { name: factor.to_owned(), available: frame.varied() });
    }
    Ok(levels)
}

/// A level of a factor as the frame writes it.
pub(crate) fn known_level(frame: &Frame, factor: &str, level: &Value) -> Result<Value, AnalysisError> {
    let levels = known_levels(frame, factor)?;
    levels.iter().find(|l| same_level(l, level)).cloned().ok_or_else(|| AnalysisError::UnknownLevel {
        factor: factor.into(),
        level: level.to_string(),
        available: levels.iter().map(ToString::to_string).collect(),
    })
}

/// Refuses means of censored times, ratios of what isn't positive, and levels without values.
pub(crate) fn refuse_unusable(
    frame: &Frame,
    response: &Response<'_>,
    subject: &Subject<'_>,
    scale: Scale,
) -> Result<(), AnalysisError> {
    let metric = response.metric.id.clone();
    let rows = subject.all_rows(frame);
    let account = response.account(rows.iter().copied());
    if account.censored > 0 {
        return Err(AnalysisError::Censored { metric, censored: account.censored });
    }
    for level in subject.levels {
        let account = response.account(subject.rows_at(frame, level));
        if account.values == 0 {
            let reasons = format!("{} = {level}: {}", subject.factor, account.reasons());
            return Err(AnalysisError::NoValues { metric, reasons });
        }
    }
    if scale == Scale::LogRatio {
        let count = response.values(&rows).iter().filter(|x| **x <= 0.0).count();
        if count > 0 {
            return Err(AnalysisError::NotPositive { metric, count });
        }
    }
    Ok(())
}

/// How the levels of a subject are to be compared.
pub(crate) fn plan_of(
    data: &Prepared<'_>,
    matching: &Matching,
) -> Result<(Blocking, Adjusting, Vec<String>), AnalysisError> {
    let mut trail = Vec::new();
    let forced = method::forced(data.ask)?;
    let phases = &matching.candidate_phases;
    let designed = blocking(data.frame, phases);
    let blocks = match forced {
        Some(Procedure::Welch | Procedure::Student | Procedure::RankSum) => Blocking::Independent("as asked".into()),
        Some(Procedure::Paired | Procedure::SignedRank | Procedure::WithinRanks) => match &designed {
            Blocking::Replicates(_) => designed.clone(),
            Blocking::Independent(_) => Blocking::Replicates("as asked".into()),
        },
        _ => designed.clone(),
    };
    match (&designed, &blocks) {
        (Blocking::Replicates(why), Blocking::Independent(_)) => trail.push(format!(
            "The design would pair runs by replicate ({why}); this was set aside, which makes the interval wrong in \
             width."
        )),
        (Blocking::Independent(_), Blocking::Replicates(_)) => trail.push(
            "Nothing in the design ties runs of a replicate together; pairing them loses degrees of freedom.".into(),
        ),
        _ => {}
    }
    let adjust = match forced {
        Some(Procedure::LinearModel) if !matching.others.is_empty() => Adjusting::AdditiveModel("as asked".into()),
        Some(
            Procedure::Welch
            | Procedure::Student
            | Procedure::Paired
            | Procedure::RankSum
            | Procedure::SignedRank
            | Procedure::WithinRanks,
        ) if !matching.others.is_empty() => Adjusting::Matching,
        _ => adjusting(data.frame, phases, matching.others.len(), &designed),
    };
    Ok((blocks, adjust, trail))
}

fn decide(
    data: &Prepared<'_>,
    subject: &Subject<'_>,
    pair: &[Value; 2],
    matching: &Matching,
) -> Result<Inference, AnalysisError> {
    let (blocks, adjust, trail) = plan_of(data, matching)?;
    let usable = |row: usize| data.response.value(row).is_some();
    let mut found = match (&adjust, &blocks) {
        (Adjusting::AdditiveModel(why), Blocking::Independent(_)) => {
            let rows = ModelRows::of(data.frame, subject.factor, pair, usable);
            of_means(data, &rows, pair, why)?
        }
        (Adjusting::AdditiveModel(why), Blocking::Replicates(why_blocks)) => {
            let rows = ModelRows::of(data.frame, subject.factor, pair, usable);
            over_blocks(data, rows, pair, why_blocks, why)?
        }
        (_, blocks) => {
            refuse_confounded(subject, pair, matching)?;
            let mut found = match blocks {
                Blocking::Replicates(why) => paired(data, matching, why)?,
                Blocking::Independent(why) => independent(data, matching, why)?,
            };
            say_matching(matching, &mut found);
            found
        }
    };
    found.trail.extend(trail);
    take_forced(data, &mut found)?;
    Ok(found)
}

/// A contrast that no cell carries would be a contrast of other factors too.
pub(crate) fn refuse_confounded(
    subject: &Subject<'_>,
    levels: &[Value],
    matching: &Matching,
) -> Result<(), AnalysisError> {
    if !matching.cells.is_empty() {
        return Ok(());
    }
    let others = if matching.entangled.is_empty() { matching.others.clone() } else { matching.entangled.clone() };
    let others = if others.is_empty() { vec![ParameterName::new("phase")] } else { others };
    let name = |i: usize| levels.get(i).map(ToString::to_string).unwrap_or_default();
    Err(AnalysisError::Confounded { factor: subject.factor.into(), treatment: name(0), control: name(1), others })
}

/// Reports what was matched and what wasn't.
pub(crate) fn say_matching(matching: &Matching, found: &mut Inference) {
    if matching.others.is_empty() {
        return;
    }
    let names: Vec<&str> = matching.others.iter().map(ParameterName::as_str).collect();
    found.trail.insert(
        0,
        format!(
            "The runs differ in {} too: levels are compared only within combinations of these that hold all of them \
             ({} cells).",
            names.join(", "),
            matching.cells.len()
        ),
    );
    if matching.unmatched > 0 {
        found.dropped.push(Dropped {
            reason: "no run of the other level under the same other factors".into(),
            count: matching.unmatched,
        });
    }
    let signs = |up: bool| found.heterogeneity.iter().filter(|c| (c.estimate > 0.0) == up).count();
    let (up, down) = (signs(true), signs(false));
    let all_shown = found.heterogeneity.iter().all(|c| c.estimate.is_finite());
    if found.heterogeneity.len() > 1 && all_shown && up > 0 && down > 0 && !found.procedure.contains("log") {
        found.warnings.push(Warning::new(
            "heterogeneous",
            format!("the difference is above 0 in {up} cells and not in {down}: the average hides that"),
        ));
    }
}

/// Puts a companion in the place of the t test, when the user insists on it.
fn take_forced(data: &Prepared<'_>, found: &mut Inference) -> Result<(), AnalysisError> {
    let prefix = match method::forced(data.ask)? {
        Some(Procedure::Student) => "Student",
        Some(Procedure::RankSum) => "Mann–Whitney",
        Some(Procedure::SignedRank) => "Wilcoxon",
        Some(Procedure::WithinRanks) => "Sign test",
        Some(Procedure::Permutation) => "Permutation",
        None | Some(Procedure::Auto | Procedure::Welch | Procedure::Paired | Procedure::LinearModel) => return Ok(()),
        // Answered before there is a difference of means.
        Some(Procedure::LogRank) => return Ok(()),
    };
    let Some(position) = found.companions.iter().position(|c| c.procedure.starts_with(prefix)) else {
        return Err(AnalysisError::NotAvailable {
            asked: format!("{prefix} over several cells of independent runs"),
            available: vec!["auto", "t_welch", "linear_model"],
        });
    };
    let chosen = found.companions.remove(position);
    found.companions.insert(
        0,
        Companion {
            procedure: std::mem::replace(&mut found.procedure, chosen.procedure),
            p: found.p,
            estimate: None,
            note: "the procedure that the design calls for".into(),
        },
    );
    found.p = chosen.p;
    found.not_tested = None;
    found.statistic = None;
    found.df.clear();
    if let Some(estimate) = chosen.estimate {
        found.estimate = estimate.value;
        found.se = None;
        found.ci = estimate.ci;
        found.effect = None;
        found.trail.push(format!("Estimate and interval belong to the procedure asked for: {}.", chosen.note));
    } else {
        found.trail.push("The interval is that of the t test of the same difference.".into());
    }
    Ok(())
}
