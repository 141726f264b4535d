//! `energy_idle`: what the machine draws while nobody asks anything of it.

use std::time::Duration;

use ergon_energy::{Baseline, HostLoadReader, Roots};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;

/// Processor load above which the machine is not at rest, percent.
const BUSY_PERCENT: f64 = 10.0;

/// How long to look.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct IdleRequest {
    /// Seconds, one sample each; 30 when left out.
    pub seconds: Option<u32>,
}

/// Idle power of a domain.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct IdleDomain {
    /// The domain.
    pub domain: String,
    /// Median of the seconds' means, W; `None`: not known, and `why` says why.
    pub watts: Option<f64>,
    /// Median absolute deviation from it, W.
    pub mad_w: Option<f64>,
    /// Why there are no watts.
    pub why: Option<String>,
    /// `measured`, `derived` or `estimated`, and how.
    pub provenance: String,
}

/// What was found.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct IdleReply {
    /// By domain.
    pub domains: Vec<IdleDomain>,
    /// Seconds.
    pub duration_s: f64,
    /// Mean processor load meanwhile, percent of all cores.
    pub cpu_percent: Option<f64>,
    /// What speaks against it.
    pub warnings: Vec<String>,
}

/// Measures idle power. Campaigns measure their own before and after their runs; this is to see what it will come to.
///
/// # Errors
/// A number of seconds out of range.
pub async fn energy_idle(app: &App, request: IdleRequest) -> Result<IdleReply, AppError> {
    let seconds = request.seconds.unwrap_or(30);
    if !(3..=600).contains(&seconds) {
        let message = format!("{seconds} s are not accepted; expected a whole number from 3 to 600");
        return Err(AppError::input("out_of_range", message).field("seconds"));
    }
    let sensing = app.clone();
    let sensors = tokio::task::spawn_blocking(move || sensing.sensors())
        .await
        .map_err(|e| AppError::operation("internal", e.to_string()))?;
    let meter = &sensors.meter;
    let mut load = HostLoadReader::new(&Roots::from_environment().procfs);
    let first = meter.mark();
    let mut baseline = Baseline::begin(meter);
    let mut loads = Vec::new();
    for _ in 0..seconds {
        tokio::time::sleep(Duration::from_secs(1)).await;
        baseline.sample(meter);
        loads.extend(load.read().cpu_percent);
    }
    let duration_s = meter.mark().since_s(&first);
    let idle = baseline.finish(meter.channels());
    let domains = meter.channels().iter().zip(&idle).map(|(channel, idle)| IdleDomain {
        domain: channel.domain.to_string(),
        watts: idle.map(|idle| idle.watts).ok(),
        mad_w: idle.map(|idle| idle.mad_w).ok(),
        why: idle.err().map(str::to_owned),
        provenance: channel.provenance.to_string(),
    });
    let cpu_percent = (!loads.is_empty()).then(|| loads.iter().sum::<f64>() / loads.len() as f64);
    let mut warnings = Vec::new();
    if let Some(busy) = cpu_percent.filter(|percent| *percent > BUSY_PERCENT) {
        warnings.push(format!("the processor was {busy:.0} % busy: this is not what the machine draws at rest"));
    }
    if meter.channels().is_empty() {
        warnings.push("nothing here can be read".into());
    }
    Ok(IdleReply { domains: domains.collect(), duration_s, cpu_percent, warnings })
}
