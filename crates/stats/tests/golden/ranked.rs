//! Answers of the rank procedures on several groups or blocks.

use ergon_stats::*;
use serde_json::{Value, json};

use crate::judge::lists;

pub(crate) fn kruskal(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let k = kruskal_wallis(&lists(&inputs["groups"]), MissingPolicy::Refuse)?;
    Ok(json!({"H": k.h, "df": k.df, "p": k.p, "epsilon2": k.epsilon2, "eta2_H": k.eta2}))
}

pub(crate) fn pairs(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let groups = lists(&inputs["groups"]);
    let adjusted = |method| -> Result<Vec<f64>, StatError> {
        Ok(dunn(&groups, method, MissingPolicy::Refuse)?.pairs.iter().map(|c| c.p_adjusted).collect())
    };
    let d = dunn(&groups, Adjustment::None, MissingPolicy::Refuse)?;
    Ok(json!({
        "pairs": d.pairs.iter().map(|c| [c.first, c.second]).collect::<Vec<_>>(),
        "z": d.pairs.iter().map(|c| c.z).collect::<Vec<_>>(),
        "p_raw": d.pairs.iter().map(|c| c.p).collect::<Vec<_>>(),
        "p_bonferroni": adjusted(Adjustment::Bonferroni)?,
        "p_holm": adjusted(Adjustment::Holm)?,
        "p_sidak": adjusted(Adjustment::Sidak)?,
        "p_fdr_bh": adjusted(Adjustment::BenjaminiHochberg)?,
    }))
}

pub(crate) fn blocks(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let f = friedman(&lists(&inputs["Y"]), MissingPolicy::Refuse)?;
    Ok(json!({"chi2": f.chi2, "df": f.df, "p": f.p, "kendall_w": f.kendall_w}))
}

pub(crate) fn successes(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let c = cochran_q(&lists(&inputs["Y"]), MissingPolicy::Refuse)?;
    Ok(json!({"Q": c.q, "df": c.df, "p": c.p}))
}
