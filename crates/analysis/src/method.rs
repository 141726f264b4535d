//! The estimand and the procedure: by default from the metric's family and the design, or as the user insists.

use ergon_design::spec::{Estimand, Procedure};
use ergon_domain::Family;

use crate::ask::Ask;
use crate::error::AnalysisError;
use crate::inference::Scale;
use crate::response::Response;

/// The procedure asked for, if not `auto`.
pub(crate) fn forced(ask: &Ask) -> Result<Option<Procedure>, AnalysisError> {
    let Some(name) = ask.forced_test() else { return Ok(None) };
    match Procedure::named(name) {
        Some(procedure) => Ok(Some(procedure)),
        None => Err(AnalysisError::NotAvailable {
            asked: format!("test '{name}'"),
            available: Procedure::names().collect(),
        }),
    }
}

/// The scale of the estimate, its name, and why.
pub(crate) fn scale(ask: &Ask, response: &Response<'_>) -> Result<(Scale, String), AnalysisError> {
    let family = family_name(response.metric.family);
    let metric = &response.metric.id;
    match ask.estimand {
        None if response.metric.family == Family::Positive => Ok((
            Scale::LogRatio,
            format!("{metric} is {family}: levels are compared by the ratio of their geometric means, on logarithms."),
        )),
        None => {
            Ok((Scale::Difference, format!("{metric} is {family}: levels are compared by the difference of means.")))
        }
        Some(Estimand::MeanDifference) => {
            Ok((Scale::Difference, format!("The difference of means of {metric} was asked for.")))
        }
        Some(Estimand::LogRatio) => Ok((Scale::LogRatio, format!("The mean log ratio of {metric} was asked for."))),
        Some(Estimand::Ratio) => Ok((Scale::Ratio, format!("The ratio of the means of {metric} was asked for."))),
        Some(Estimand::OddsRatio) => Ok((Scale::OddsRatio, format!("The odds ratio of {metric} was asked for."))),
        Some(other) => Err(AnalysisError::NotAvailable {
            asked: format!("estimand {} for a comparison of levels", other.name()),
            available: vec!["mean_difference", "ratio", "log_ratio", "odds_ratio", "hazard_ratio"],
        }),
    }
}

/// Whether the question is about times to an event.
pub(crate) fn is_survival(ask: &Ask, response: &Response<'_>) -> Result<bool, AnalysisError> {
    Ok(match forced(ask)? {
        Some(Procedure::LogRank) => true,
        Some(_) => false,
        None => {
            let by_default = response.metric.family == Family::TimeToEvent && ask.estimand.is_none();
            by_default || ask.estimand == Some(Estimand::HazardRatio)
        }
    })
}

fn family_name(family: Family) -> &'static str {
    match family {
        Family::Continuous => "a real quantity",
        Family::Positive => "a positive quantity",
        Family::Proportion => "a proportion",
        Family::Count => "a count",
        Family::Binary => "yes or no",
        Family::TimeToEvent => "a time to an event",
    }
}
