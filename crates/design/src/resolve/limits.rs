//! Names and numbers that need no workload to be judged.

use super::findings::{Findings, nth, place, under};
use crate::spec::{Cooldown, Spec};

/// Formats that exports come in.
const FORMATS: [&str; 9] = ["csv", "json", "jsonl", "parquet", "xlsx", "dta", "sav", "rds", "sqlite"];

/// Names under which people write secrets.
const SECRETS: [&str; 8] = ["api_key", "apikey", "api_token", "key", "token", "secret", "password", "authorization"];

/// Fewest seconds (and so samples of power) whose median is called idle power.
const LEAST_BASELINE_S: f64 = 3.0;

/// Checks the campaign's id, and the ranges of execution, budget, quality, alerts, analysis and export.
pub(crate) fn check(spec: &Spec, findings: &mut Findings<'_>) {
    let id = &spec.campaign.id;
    if id.is_empty() || id.len() > 100 || !id.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
        let expected = "1 to 100 lower-case letters, digits and hyphens";
        findings.refuse(&place(&["campaign", "id"]), format!("'{id}' is not an id"), expected);
    }
    let execution = &spec.execution;
    let mut positive = |keys: &[&str], x: Option<f64>| {
        if x.is_some_and(|x| !(x > 0.0 && x.is_finite())) {
            findings.refuse(&place(keys), format!("{} is out of range", x.unwrap_or_default()), "a number above 0");
        }
    };
    positive(&["execution", "timeout"], Some(execution.timeout));
    if let Some(requires) = &execution.requires {
        positive(&["execution", "requires", "memory_gb"], requires.memory_gb);
        positive(&["execution", "requires", "disk_gb"], requires.disk_gb);
        positive(&["execution", "requires", "cost_limit"], requires.cost_limit);
    }
    let alerts = &spec.alerts;
    positive(&["alerts", "duration_variance_ratio"], alerts.duration_variance_ratio);
    positive(&["alerts", "temperature_c"], alerts.temperature_c);
    positive(&["alerts", "cost_per_hour"], alerts.cost_per_hour);
    positive(&["alerts", "calls_per_minute"], alerts.calls_per_minute);
    if execution.retries > 1000 {
        let expected = "a whole number from 0 to 1000";
        findings.refuse(&place(&["execution", "retries"]), format!("{} is out of range", execution.retries), expected);
    }
    let idle_s = execution.energy_baseline;
    if idle_s != 0.0 && !(LEAST_BASELINE_S..=3600.0).contains(&idle_s) {
        let expected =
            format!("0 (no baseline), or from {LEAST_BASELINE_S} to 3600 seconds: idle power is a median of seconds");
        findings.refuse(&place(&["execution", "energy_baseline"]), format!("{idle_s} is out of range"), expected);
    }
    let mut between = |keys: &[&str], x: Option<f64>, most: f64| {
        if x.is_some_and(|x| !(0.0..=most).contains(&x)) {
            let expected = format!("a number from 0 to {most}");
            findings.refuse(&place(keys), format!("{} is out of range", x.unwrap_or_default()), expected);
        }
    };
    match execution.cooldown {
        Cooldown::Seconds(s) => between(&["execution", "cooldown"], Some(s), 86_400.0),
        Cooldown::Until { until_within_c, at_most } => {
            between(&["execution", "cooldown", "until_within_c"], Some(until_within_c), 100.0);
            between(&["execution", "cooldown", "at_most"], Some(at_most), 86_400.0);
        }
    }
    let (budget, quality) = (&spec.budget, &spec.quality);
    between(&["budget", "usd"], budget.usd, 1e9);
    between(&["budget", "usd_per_run"], budget.usd_per_run, 1e9);
    between(&["budget", "energy_j"], budget.energy_j, 1e18);
    between(&["budget", "hours"], budget.hours, 1e6);
    between(&["quality", "min_score"], quality.min_score, 1.0);
    between(&["quality", "max_outlier_ratio"], quality.max_outlier_ratio, 1.0);
    between(&["quality", "min_success_rate"], quality.min_success_rate, 1.0);
    between(&["alerts", "failure_rate"], alerts.failure_rate, 1.0);
    between(&["alerts", "model_error_rate"], alerts.model_error_rate, 1.0);
    between(&["alerts", "data_quality"], alerts.data_quality, 1.0);
    between(&["alerts", "cpu_percent"], alerts.cpu_percent, 100.0);
    between(&["alerts", "memory_percent"], alerts.memory_percent, 100.0);
    between(&["alerts", "disk_percent"], alerts.disk_percent, 100.0);
    if !(spec.analysis.confidence > 0.0 && spec.analysis.confidence < 1.0) {
        let message = format!("{} is out of range", spec.analysis.confidence);
        findings.refuse(&place(&["analysis", "confidence"]), message, "a number between 0 and 1");
    }
    for (name, model) in &spec.models {
        for key in model.settings.keys().filter(|k| SECRETS.contains(&k.to_lowercase().as_str())) {
            let message = "a spec holds no secrets: it is stored, exported and shared";
            let expected = "the key in the system's keychain or the provider's environment variable";
            findings.refuse(&place(&["models", name, key]), message, expected);
        }
    }
    for (i, format) in spec.export.formats.iter().enumerate() {
        let path = nth(&under(&place(&["export"]), &["formats"]), i);
        findings.known(&path, "format", format, FORMATS);
    }
}
