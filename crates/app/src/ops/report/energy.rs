//! What the report says of energy.

use std::collections::BTreeSet;

use ergon_domain::{EnergyWindowKind, Measurement, Observed};
use ergon_publish::Provenance;
use ergon_publish::from_analysis::{Bounded, EnergyFacts};
use ergon_store::EnergySessionRecord;

use crate::app::App;
use crate::energy::{EnergyTold, energy_of, value, whole_of};
use crate::error::AppError;

/// Energy of a campaign's sessions; `None` where none was ever read.
pub(super) async fn energy_facts(app: &App, campaign: i64) -> Result<Option<EnergyFacts>, AppError> {
    let store = app.store().await?;
    let sessions = store.energy_sessions(campaign).await?;
    if sessions.is_empty() {
        return Ok(None);
    }
    let told = EnergyTold::of_sessions(&sessions);
    let windows: Vec<_> = sessions.iter().flat_map(whole_of).collect();
    let energies: Vec<&Measurement> = windows.iter().filter_map(|w| energy_of(&w.measurements)).collect();
    let sum = |of: fn(&Measurement) -> Option<f64>| energies.iter().map(|m| of(m)).sum::<Option<f64>>();
    let runs = store.resources(campaign).await?;
    let own = |m: &Measurement| {
        matches!(m.metric.as_str(), "energy_j" | "dynamic_energy_j") && matches!(m.observed, Observed::Value(_))
    };
    let flags: BTreeSet<&str> = energies.iter().flat_map(|m| m.flags.0.iter().map(AsRef::as_ref)).collect();
    let modes: BTreeSet<&str> = sessions.iter().map(|s| s.mode.name()).collect();
    Ok(Some(EnergyFacts {
        energy_j: told.joules.map(|value| Bounded { value, bounds: sum(|m| m.lo).zip(sum(|m| m.hi)) }),
        provenance: match told.provenance.as_deref() {
            Some("derived") => Provenance::Derived,
            Some("estimated") => Provenance::Estimated,
            Some("simulated") => Provenance::Simulated,
            _ => Provenance::Measured,
        },
        note: told.note.or_else(|| energies.is_empty().then(|| "no session wrote down what it drew".into())),
        modes: modes.into_iter().map(str::to_owned).collect(),
        idle_w: last(&sessions, EnergyWindowKind::BaselineBefore, "idle_power_w")
            .and_then(|m| value(m).map(|value| Bounded { value, bounds: m.lo.zip(m.hi) })),
        idle_drift_w: last(&sessions, EnergyWindowKind::Session, "idle_drift_w").and_then(value),
        attempts: windows.iter().map(|w| w.attempts).sum(),
        runs_with_energy: runs.values().filter(|r| r.measurements.iter().any(own)).count() as u64,
        flags: flags.into_iter().map(str::to_owned).collect(),
    }))
}

fn last<'a>(sessions: &'a [EnergySessionRecord], kind: EnergyWindowKind, name: &str) -> Option<&'a Measurement> {
    let windows = sessions.iter().rev().flat_map(|s| &s.windows).filter(|w| w.kind == kind);
    windows.flat_map(|w| &w.measurements).find(|m| m.metric.as_str() == name)
}
