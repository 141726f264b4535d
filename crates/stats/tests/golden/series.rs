//! Answers of series and of areas.

use ergon_stats::*;
use serde_json::{Value, json};

use crate::judge::numbers;

pub(crate) fn lags(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let lags = options["nlags"].as_u64().unwrap_or(0) as usize;
    let a = autocorrelation(&numbers(&inputs["y"]), lags)?;
    Ok(json!({
        "acf": a.acf, "pacf_yw": a.pacf, "ljung_box_Q": [a.ljung_box[0], a.ljung_box[lags - 1]],
        "ljung_box_p": [a.ljung_box_p[0], a.ljung_box_p[lags - 1]],
    }))
}

pub(crate) fn areas(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let [pos, neg, x, y] = ["pos", "neg", "x", "y"].map(|key| numbers(&inputs[key]));
    let curve = curve_area(&x, &y)?;
    let steps = ecdf_areas(&pos, &neg, MissingPolicy::Refuse)?;
    Ok(json!({
        "roc_auc": roc_auc(&pos, &neg, MissingPolicy::Refuse)?, "trapezoid": curve.trapezoid,
        "simpson": curve.simpson, "ecdf_area_between": steps.between,
        "ecdf_area_pos_on_pooled_range": steps.first,
        "ecdf_at": ecdf(&pos, &[-1.0, 0.0, 0.5, 1.0, 2.0], MissingPolicy::Refuse)?,
    }))
}
