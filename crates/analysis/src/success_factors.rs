//! Which factors go with success: shares by level, and odds ratios adjusted for the other factors.

use ergon_domain::{Value, WireNumber};
use ergon_stats::{GlmOptions, StatError, logistic, p_adjust, proportion_ci};
use serde::Serialize;

use crate::ask::Ask;
use crate::contrast::known_levels;
use crate::correct::adjustment;
use crate::detail::Detail;
use crate::error::AnalysisError;
use crate::frame::{Frame, same_level};
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Interval, Statistic, Warning, wire, wire_option};
use crate::write_up::{blank, question};

/// What goes with a yes.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct SuccessFactors {
    /// One per level of each factor, in the order of the spec; the first of each is the reference.
    pub levels: Vec<SuccessLevel>,
}

/// A level of a factor.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct SuccessLevel {
    /// The factor.
    pub factor: String,
    /// The level.
    pub level: String,
    /// The level it is compared with; `None`: it is the reference itself.
    pub control: Option<String>,
    /// Runs with an answer.
    pub n: usize,
    /// Of these, the ones with a yes.
    pub successes: usize,
    /// Their share.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub share: f64,
    /// Wilson's interval of the share.
    pub share_ci: Interval,
    /// Odds against the reference, the other factors held; `None` where there is no finite estimate.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub odds_ratio: Option<f64>,
    /// Its interval (Wald, on the log odds).
    pub odds_ci: Option<Interval>,
    /// p-value of the odds ratio, two-sided.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub p: Option<f64>,
    /// The same, corrected over all levels of all factors.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub p_adjusted: Option<f64>,
}

/// Success by the levels of factors. Shares always have an interval; odds ratios come from a logistic regression of all
/// factors together, and where success is separated by them (a level that always succeeds) there are none, said so.
///
/// # Errors
/// Unknown names, a metric that is not yes or no, no values.
pub fn success_factors(frame: &Frame, ask: &Ask, factors: &[String]) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    let account = response.account(0..frame.rows.len());
    let metric = response.metric.id.clone();
    let rows: Vec<usize> = (0..frame.rows.len()).filter(|row| response.value(*row).is_some()).collect();
    if rows.is_empty() {
        return Err(AnalysisError::NoValues { metric, reasons: account.reasons() });
    }
    let y = response.values(&rows);
    let count = y.iter().filter(|x| **x != 0.0 && **x != 1.0).count();
    if count > 0 {
        return Err(AnalysisError::NotBinary { metric, count, instead: "mean_difference" });
    }
    let (mut levels, mut columns) = (Vec::new(), Vec::new());
    for factor in factors {
        let known = known_levels(frame, factor)?;
        for (i, level) in known.iter().enumerate() {
            let at: Vec<f64> = rows.iter().map(|row| f64::from(u8::from(is_at(frame, *row, factor, level)))).collect();
            levels.push(share_of(factor, level, (i > 0).then(|| &known[0]), &y, &at, ask.confidence)?);
            if i > 0 {
                columns.push(at);
            }
        }
    }
    let title = &response.metric.title;
    let mut asked = question(&response, ask, format!("Which of {} go with {title}?", factors.join(", ")), "odds_ratio");
    asked.by = factors.to_vec();
    let procedure = "Logistic regression of all factors, with Wilson's intervals of the shares";
    let mut analysis = blank(frame, asked, AnalysisKind::SuccessFactors, procedure, ask, &account);
    analysis.trail.push(format!(
        "Odds ratios compare each level with the first of its factor, the others held: main effects only, {} runs taken as \
         independent. Their p-values are corrected over all levels.",
        rows.len()
    ));
    analysis.references = vec![
        "Hosmer, Lemeshow & Sturdivant (2013), Applied Logistic Regression".into(),
        "Wilson (1927), Journal of the American Statistical Association 22, 209–212".into(),
    ];
    match fitted(&y, &columns, ask, &mut levels) {
        Ok((chi2, df, p)) => {
            analysis.statistic = Some(Statistic { name: "χ²".into(), value: chi2 });
            analysis.df = vec![WireNumber(df)];
            analysis.p = Some(p);
        }
        Err(why) => {
            analysis.warnings.push(Warning::new("no_odds_ratios", format!("there are no odds ratios: {why}")));
            analysis.not_tested = Some(why);
        }
    }
    analysis.detail = Some(Detail::SuccessFactors(SuccessFactors { levels }));
    Ok(analysis)
}

fn is_at(frame: &Frame, row: usize, factor: &str, level: &Value) -> bool {
    let value = frame.rows.get(row).and_then(|r| r.condition.condition.get(factor));
    value.is_some_and(|value| same_level(value, level))
}

fn share_of(
    factor: &str,
    level: &Value,
    control: Option<&Value>,
    y: &[f64],
    at: &[f64],
    confidence: f64,
) -> Result<SuccessLevel, AnalysisError> {
    let n = at.iter().filter(|x| **x == 1.0).count();
    let successes = y.iter().zip(at).filter(|(y, at)| **y == 1.0 && **at == 1.0).count();
    let found = proportion_ci(successes as u64, n as u64, confidence)?;
    Ok(SuccessLevel {
        factor: factor.to_owned(),
        level: level.to_string(),
        control: control.map(ToString::to_string),
        n,
        successes,
        share: found.estimate,
        share_ci: Interval { lo: found.wilson.low, hi: found.wilson.high, level: confidence },
        odds_ratio: None,
        odds_ci: None,
        p: None,
        p_adjusted: None,
    })
}

/// Fills in the odds ratios; likelihood-ratio χ² of all factors together, its degrees of freedom and p-value.
fn fitted(y: &[f64], columns: &[Vec<f64>], ask: &Ask, levels: &mut [SuccessLevel]) -> Result<(f64, f64, f64), String> {
    let x: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let options = GlmOptions { level: ask.confidence, ..GlmOptions::default() };
    let model = logistic(y, &x, &options).map_err(|e| match e {
        StatError::Separation { .. } => {
            "a level or a combination of levels always succeeds or always fails, so that its odds are infinite; the shares \
             stand, more runs may tell"
                .to_owned()
        }
        StatError::RankDeficient { .. } => {
            "the factors can't be told apart: a level of one comes only with a level of another".to_owned()
        }
        other => other.to_string(),
    })?;
    let coefficients: Vec<_> = model.coefficients.iter().skip(1).collect();
    let raw: Vec<f64> = coefficients.iter().map(|c| c.p).collect();
    let adjusted = p_adjust(&raw, adjustment(ask.correction)).map_err(|e| e.to_string())?;
    let compared = levels.iter_mut().filter(|level| level.control.is_some());
    for ((level, coefficient), p) in compared.zip(coefficients).zip(adjusted) {
        level.odds_ratio = Some(coefficient.ratio);
        let ci = coefficient.ratio_ci;
        level.odds_ci = Some(Interval { lo: ci.low, hi: ci.high, level: ask.confidence });
        level.p = Some(coefficient.p);
        level.p_adjusted = Some(p);
    }
    Ok((model.lr_chi2, model.lr_df, model.lr_p))
}
