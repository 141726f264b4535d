//! A mean against a number: one level's own, or that over all levels of a factor.

use ergon_design::spec::Sided;
use ergon_domain::Value;

use crate::ask::Ask;
use crate::contrast::{known_level, known_levels, refuse_unusable};
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::inference::{Inference, Scale};
use crate::level_means::LevelMeans;
use crate::paired::Prepared;
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Estimate, Question};
use crate::write_levels::{about_levels, write_levels};
use crate::write_up::Subject;

/// Tests the mean at a level of a factor, over the conditions run at it, against `ask.null`.
///
/// # Errors
/// Unknown names, too few runs or replicates, censored values.
pub fn mean_of_level(frame: &Frame, ask: &Ask, factor: &str, level: &Value) -> Result<Analysis, AnalysisError> {
    let level = known_level(frame, factor, level)?;
    let at = format!("at {factor} = {level}");
    mean(frame, ask, factor, &[level], &at)
}

/// Tests the mean over all levels of a factor, each weighing the same, against `ask.null`: what pulls one level up and
/// another down (who speaks first, say) is not in it.
///
/// # Errors
/// Unknown names, too few runs or replicates, censored values.
pub fn mean_of_levels(frame: &Frame, ask: &Ask, factor: &str) -> Result<Analysis, AnalysisError> {
    mean(frame, ask, factor, &known_levels(frame, factor)?, &format!("over all levels of {factor}"))
}

fn mean(frame: &Frame, ask: &Ask, factor: &str, levels: &[Value], at: &str) -> Result<Analysis, AnalysisError> {
    let subject = Subject { factor, levels };
    let response = Response::of(frame, &ask.metric)?;
    refuse_unusable(frame, &response, &subject, Scale::Difference)?;
    let seed = frame.digest(Some(&response.metric.id));
    let data = Prepared { frame, response, scale: Scale::Difference, ask, seed };
    let means = if levels.len() == 1 { LevelMeans::of_one(&data, &subject)? } else { LevelMeans::of(&data, &subject)? };
    let of_level = means.combine(&vec![1.0 / levels.len() as f64; levels.len()]);
    let mut found = Inference { used: means.used(), ..means.notes };
    if of_level.se > 0.0 {
        found.take_t(of_level.value, of_level.se, of_level.df, ask);
    } else {
        found.no_variation(of_level.value, "the mean is the same in every unit");
    }
    found.procedure = if levels.len() == 1 {
        "One-sample t test of the level's mean"
    } else {
        "One-sample t test of the mean over levels"
    }
    .into();
    let side = match ask.direction {
        Sided::Greater => "above",
        Sided::Less => "below",
        Sided::TwoSided => "elsewhere than at",
    };
    let null = ask.null_value();
    let (title, unit) = (&data.response.metric.title, &data.response.metric.unit);
    let unit = if unit.as_ref() == "1" { String::new() } else { format!(" {unit}") };
    let text = format!("Does {title} {at} lie {side} {null}{unit} on average?");
    let main =
        Estimate { value: of_level.value, se: found.se, ci: found.ci, unit: data.response.metric.unit.to_string() };
    let one = levels.first().filter(|_| levels.len() == 1).map(ToString::to_string);
    let asked = Question { treatment: one, ..about_levels(&data, factor, text, "mean") };
    let mut analysis = write_levels(&data, &subject, found, AnalysisKind::Mean, asked);
    analysis.estimates.insert("mean".into(), main);
    Ok(analysis)
}
